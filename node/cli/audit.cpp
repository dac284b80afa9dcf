// dengji audit, and dengji key token for the read token that fetches an export.
#include <cstdio>
#include <fstream>

#include "crypto/base64.hpp"
#include "node/cli/exports.hpp"

namespace dengji::cli {
namespace {

struct Audit {
  ExportSource from;
  std::string keep;
};

// Takes the pieces of an export as they come: keeps them, if that is asked for, and audits them.
class Taker {
 public:
  Taker(node::AuditTrust trust, const std::string& keep)
      : audit_(std::move(trust), progress_of("audit")), file_(keep) {}

  Result<void> open() {
    if (file_.empty()) return {};
    kept_.open(file_, std::ios::binary | std::ios::trunc);
    if (!kept_) return fail(ErrorCode::io, "cannot write " + file_);
    return {};
  }

  Result<void> take(std::string_view piece) {
    if (!file_.empty() && !kept_.write(piece.data(), static_cast<std::streamsize>(piece.size())))
      return fail(ErrorCode::io, "writing " + file_);
    return audit_.feed(piece);
  }

  Result<node::AuditSummary> finish() {
    if (!file_.empty() && !kept_.flush()) return fail(ErrorCode::io, "writing " + file_);
    return audit_.finish();
  }

 private:
  node::ExportAudit audit_;
  std::string file_;
  std::ofstream kept_;
};

Result<void> run_audit(Shared& shared, const Audit& options) {
  auto trust = trust_for(options.from);
  if (!trust) return std::unexpected(std::move(trust.error()));
  const bool pinned = !trust->log_keys.empty();
  const bool compared = trust->kept.has_value();
  Taker taker(std::move(*trust), options.keep);
  if (auto opened = taker.open(); !opened) return opened;
  if (auto read = read_export(shared, options.from, [&](std::string_view piece) { return taker.take(piece); }); !read)
    return read;
  const auto summary = taker.finish();
  if (!summary) return std::unexpected(summary.error());
  Json types = Json::object();
  for (const auto& [type, count] : summary->entries_by_type) types[type] = count;
  print_object(shared, Json{{"verdict", "consistent"},
                            {"ledger", summary->ledger},
                            {"genesis", crypto::to_b64(summary->genesis)},
                            {"size", summary->size},
                            {"root", crypto::to_b64(summary->root)},
                            {"first", format_time(summary->first)},
                            {"last", format_time(summary->last)},
                            {"signatures", summary->signatures},
                            {"accounts", summary->accounts},
                            {"log_key", pinned ? "given" : "genesis"},
                            {"kept_checkpoint", compared ? "is a prefix" : "none given"},
                            {"entries", std::move(types)}});
  return {};
}

struct Token {
  std::string key;
  std::string org;
  std::string audience;
  bool read_key = false;
};

Result<void> make_token(const Shared& shared, const Token& options) {
  auto key = open_key_file(shared, options.key, options.read_key ? crypto::KeyUse::read : crypto::KeyUse::sign);
  if (!key) return std::unexpected(key.error());
  std::printf("%s\n", make_read_token(*key, {.org = options.org, .audience = options.audience}).c_str());
  return {};
}

}  // namespace

void add_audit_commands(CLI::App& app, Shared& shared) {
  auto asked = std::make_shared<Audit>();
  auto* audit = app.add_subcommand(
      "audit",
      "Recompute a whole ledger from its export, with no trust in the node: every signature, contract, balance, the\n"
      "root and the checkpoint. Exit code 14 (or 10 for a signature) names the first fault.");
  add_export_options(*audit, asked->from);
  audit->add_option("--keep", asked->keep, "Also keep the export in this file");
  on_run(*audit, shared, [&shared, asked] { return run_audit(shared, *asked); });

  auto options = std::make_shared<Token>();
  auto* token = app.add_subcommand("token", "Make a read token (dengji-read+jwt), good for five minutes");
  token->add_option("--key", options->key, "Key file")->required();
  token->add_option("--org", options->org, "Organisation that the key belongs to")->required();
  token->add_option("--audience", options->audience, "Base URL of the node")->required();
  token->add_flag("--read-key", options->read_key, "The key file is of use read");
  on_run(*token, shared, [&shared, options] { return make_token(shared, *options); });
}

}  // namespace dengji::cli
