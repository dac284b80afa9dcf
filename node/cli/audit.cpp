// dengji audit, and dengji key token for the read token that fetches an export.
#include "node/audit.hpp"

#include <cstdio>
#include <fstream>
#include <iostream>

#include "crypto/base64.hpp"
#include "node/cli/verify.hpp"

namespace dengji::cli {
namespace {

constexpr std::size_t kPieceBytes = 256 * 1024;

struct Audit {
  RemoteOptions remote;
  std::string source = "-";
  std::string keep;
  std::string checkpoint;
  std::vector<std::string> log_keys;
};

Result<node::AuditTrust> trust_for(const Audit& options) {
  auto keys = parse_log_keys(options.log_keys);
  if (!keys) return std::unexpected(std::move(keys.error()));
  node::AuditTrust trust{.log_keys = std::move(*keys), .kept = std::nullopt};
  if (options.checkpoint.empty()) return trust;
  const auto note = read_input(options.checkpoint, crypto::kMaxNoteBytes);
  if (!note) return std::unexpected(note.error());
  auto kept = verify_log_note(*note, trust.log_keys);
  if (!kept) return fail(kept.error().code, options.checkpoint + ": " + kept.error().context);
  trust.kept = std::move(*kept);
  return trust;
}

void tell_progress(std::uint64_t done, std::uint64_t size) {
  std::fprintf(stderr, "audit: %llu of %llu entries\n", static_cast<unsigned long long>(done),
               static_cast<unsigned long long>(size));
}

// Takes the pieces of an export as they come: keeps them, if that is asked for, and audits them.
class Taker {
 public:
  Taker(node::AuditTrust trust, const std::string& keep) : audit_(std::move(trust), tell_progress), file_(keep) {}

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

Result<void> take_url(Shared& shared, const Audit& options, Taker& taker) {
  RemoteOptions at = options.remote;
  at.url = options.source;
  auto remote = Remote::open(shared, at);
  if (!remote) return std::unexpected(std::move(remote.error()));
  std::optional<Error> fault;
  const auto answer = remote->download("/v1/export", [&](std::string_view piece) {
    if (auto taken = taker.take(piece); !taken) fault = std::move(taken.error());
    return !fault;
  });
  // A fault of the export stops the download, which then fails as well.
  if (fault) return std::unexpected(std::move(*fault));
  if (!answer) return std::unexpected(answer.error());
  return {};
}

Result<void> take_file(const std::string& file, Taker& taker) {
  std::ifstream opened;
  if (file != "-") {
    opened.open(file, std::ios::binary);
    if (!opened) return fail(ErrorCode::not_found, file);
  }
  std::istream& in = file == "-" ? std::cin : opened;
  std::string piece(kPieceBytes, '\0');
  while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())), in.gcount() > 0) {
    if (auto taken = taker.take({piece.data(), static_cast<std::size_t>(in.gcount())}); !taken) return taken;
  }
  return {};
}

Result<void> run_audit(Shared& shared, const Audit& options) {
  auto trust = trust_for(options);
  if (!trust) return std::unexpected(std::move(trust.error()));
  const bool pinned = !trust->log_keys.empty();
  const bool compared = trust->kept.has_value();
  Taker taker(std::move(*trust), options.keep);
  if (auto opened = taker.open(); !opened) return opened;
  if (auto taken = is_url(options.source) ? take_url(shared, options, taker) : take_file(options.source, taker); !taken)
    return taken;
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
  audit
      ->add_option("export", asked->source, "Export file, - for standard input, or the node's URL (needs --key, --org)")
      ->capture_default_str();
  audit->add_option("--keep", asked->keep, "Also keep the export in this file");
  audit->add_option("--checkpoint", asked->checkpoint, "An older checkpoint: must be a prefix of this history")
      ->group("Trust");
  add_log_key_option(*audit, asked->log_keys);
  add_remote_options(*audit, asked->remote, NeedUrl::own);
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
