#include "node/cli/exports.hpp"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <optional>

#include "node/cli/verify.hpp"

namespace dengji::cli {
namespace {

constexpr std::size_t kPieceBytes = 256 * 1024;

Result<void> read_url(Shared& shared, const ExportSource& source, const ExportSink& sink) {
  RemoteOptions at = source.remote;
  at.url = source.source;
  auto remote = Remote::open(shared, at);
  if (!remote) return std::unexpected(std::move(remote.error()));
  std::optional<Error> fault;
  const auto answer = remote->download("/v1/export", [&](std::string_view piece) {
    if (auto taken = sink(piece); !taken) fault = std::move(taken.error());
    return !fault;
  });
  // A fault of the export stops the download, which then fails as well.
  if (fault) return std::unexpected(std::move(*fault));
  if (!answer) return std::unexpected(answer.error());
  return {};
}

Result<void> read_stream(const std::string& file, const ExportSink& sink) {
  std::ifstream opened;
  if (file != "-") {
    opened.open(file, std::ios::binary);
    if (!opened) return fail(ErrorCode::not_found, file);
  }
  std::istream& in = file == "-" ? std::cin : opened;
  std::string piece(kPieceBytes, '\0');
  while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())), in.gcount() > 0) {
    if (auto taken = sink({piece.data(), static_cast<std::size_t>(in.gcount())}); !taken) return taken;
  }
  return {};
}

}  // namespace

void add_export_options(CLI::App& command, ExportSource& source) {
  command
      .add_option("export", source.source, "Export file, - for standard input, or the node's URL (needs --key, --org)")
      ->capture_default_str();
  command.add_option("--checkpoint", source.checkpoint, "An older checkpoint: must be a prefix of this history")
      ->group("Trust");
  add_log_key_option(command, source.log_keys);
  add_remote_options(command, source.remote, NeedUrl::own);
}

Result<node::AuditTrust> trust_for(const ExportSource& source) {
  auto keys = parse_log_keys(source.log_keys);
  if (!keys) return std::unexpected(std::move(keys.error()));
  node::AuditTrust trust{.log_keys = std::move(*keys), .kept = std::nullopt};
  if (source.checkpoint.empty()) return trust;
  const auto note = read_input(source.checkpoint, crypto::kMaxNoteBytes);
  if (!note) return std::unexpected(note.error());
  auto kept = verify_log_note(*note, trust.log_keys);
  if (!kept) return fail(kept.error().code, source.checkpoint + ": " + kept.error().context);
  trust.kept = std::move(*kept);
  return trust;
}

Result<void> read_export(Shared& shared, const ExportSource& source, const ExportSink& sink) {
  return is_url(source.source) ? read_url(shared, source, sink) : read_stream(source.source, sink);
}

node::AuditProgress progress_of(std::string command) {
  return [command = std::move(command)](std::uint64_t done, std::uint64_t size) {
    std::fprintf(stderr, "%s: %llu of %llu entries\n", command.c_str(), static_cast<unsigned long long>(done),
                 static_cast<unsigned long long>(size));
  };
}

Result<node::AuditSummary> audit_source(Shared& shared, const ExportSource& source, const std::string& command,
                                        node::AuditObserver observer, const AuditedState& at_end) {
  auto trust = trust_for(source);
  if (!trust) return std::unexpected(std::move(trust.error()));
  node::ExportAudit audit(std::move(*trust), progress_of(command), std::move(observer));
  if (auto read = read_export(shared, source, [&](std::string_view piece) { return audit.feed(piece); }); !read)
    return std::unexpected(std::move(read.error()));
  auto summary = audit.finish();
  if (summary && at_end) at_end(audit.state());
  return summary;
}

Result<Until> read_until(const std::string& text) {
  if (text.empty()) return Until{};
  if (std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }) && text.size() < 18) {
    return Until{std::stoull(text), std::nullopt};
  }
  if (const auto time = parse_time(text)) return Until{std::nullopt, *time};
  if (const auto day = parse_date(text)) return Until{std::nullopt, LedgerTime{start_of_day(add_days(*day, 1)).ms - 1}};
  return fail(ErrorCode::usage, "--as-of takes a seq, an instant such as 2026-03-02T08:00:00Z, or a day");
}

}  // namespace dengji::cli
