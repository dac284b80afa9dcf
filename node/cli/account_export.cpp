// dengji account export: the books as a journal of hledger or as CSV, out of an audited export.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "node/books.hpp"
#include "node/cli/accounts.hpp"
#include "node/cli/exports.hpp"

namespace dengji::cli {
namespace {

struct BookExport {
  ExportSource from;
  std::string form = "hledger";
  std::string book;
  std::string first;
  std::string last;
  std::string out = "-";
};

Result<std::optional<Date>> day_option(const char* name, const std::string& text) {
  if (text.empty()) return std::nullopt;
  const auto day = parse_date(text);
  if (!day) return fail(ErrorCode::usage, std::string(name) + " " + text + " is no day (YYYY-MM-DD)");
  return *day;
}

Result<node::BookSelection> selection_of(const BookExport& options) {
  const auto first = day_option("--from", options.first);
  if (!first) return std::unexpected(first.error());
  const auto last = day_option("--to", options.last);
  if (!last) return std::unexpected(last.error());
  if (*first && *last && **last < **first)
    return fail(ErrorCode::usage, "--to " + options.last + " lies before --from " + options.first);
  std::string book = options.book;
  while (book.ends_with('/')) book.pop_back();
  return node::BookSelection{.book = std::move(book), .from = *first, .to = *last};
}

Result<void> write_books(Shared& shared, const BookExport& options, node::BookSelection selection, std::ostream& out) {
  node::BookWriter writer(options.form == "csv" ? node::BookForm::csv : node::BookForm::hledger, std::move(selection),
                          out);
  const auto summary = audit_source(shared, options.from, "account export",
                                    [&](const node::AuditedEntry& entry) { writer.take(entry); });
  if (!summary) return std::unexpected(summary.error());
  writer.finish(*summary);
  if (!out.flush()) return fail(ErrorCode::io, "writing " + options.out);
  if (writer.accounts() == 0 && !options.book.empty())
    return fail(ErrorCode::not_found,
                "no posting in a book " + options.book + "; books begin with fee, pool, cap, trade");
  std::fprintf(stderr, "account export: %llu postings, %llu accounts, from %llu audited entries\n",
               static_cast<unsigned long long>(writer.postings()), static_cast<unsigned long long>(writer.accounts()),
               static_cast<unsigned long long>(summary->size));
  return {};
}

// A file appears whole, after a good audit, or not at all.
Result<void> export_books(Shared& shared, const BookExport& options) {
  auto selection = selection_of(options);
  if (!selection) return std::unexpected(std::move(selection.error()));
  if (options.out == "-") return write_books(shared, options, std::move(*selection), std::cout);
  const std::filesystem::path half = options.out + ".part";
  std::ofstream out(half, std::ios::binary | std::ios::trunc);
  if (!out) return fail(ErrorCode::io, "cannot write " + half.string());
  auto written = write_books(shared, options, std::move(*selection), out);
  out.close();
  std::error_code failed;
  if (written) {
    std::filesystem::rename(half, options.out, failed);
    if (failed) written = fail(ErrorCode::io, "cannot rename " + half.string() + ": " + failed.message());
  }
  if (!written) std::filesystem::remove(half, failed);
  return written;
}

}  // namespace

void add_account_export(CLI::App& group, Shared& shared) {
  auto options = std::make_shared<BookExport>();
  auto* command = group.add_subcommand(
      "export",
      "The books for other accounting programs, out of an export that is audited on the way: a journal that hledger\n"
      "reads and whose closing balances it checks, or CSV");
  add_export_options(*command, options->from);
  command->add_option("--format", options->form, "hledger or csv")
      ->check(CLI::IsMember({"hledger", "csv"}))
      ->capture_default_str();
  command->add_option("--book", options->book, "A book or the beginning of its path, such as fee or pool/TRADE/2026");
  command->add_option("--from", options->first,
                      "First day, YYYY-MM-DD in UTC+8; what came before is one opening balance");
  command->add_option("--to", options->last, "Last day; default the last entry's");
  command->add_option("--out", options->out, "File to write; default standard output")->capture_default_str();
  on_run(*command, shared, [&shared, options] { return export_books(shared, *options); });
}

}  // namespace dengji::cli
