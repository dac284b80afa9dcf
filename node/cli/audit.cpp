// dengji audit, and dengji key token for the read token that fetches an export.
#include "node/audit.hpp"

#include <cstdio>
#include <fstream>
#include <iostream>

#include "crypto/base64.hpp"
#include "crypto/jwk.hpp"
#include "crypto/jws.hpp"
#include "crypto/random.hpp"
#include "crypto/uuid.hpp"
#include "ledger/base/environment.hpp"
#include "node/cli/command.hpp"

namespace dengji::cli {
namespace {

Result<void> run_audit(const Shared& shared, const std::string& file) {
  std::ifstream opened;
  if (file != "-") {
    opened.open(file, std::ios::binary);
    if (!opened) return fail(ErrorCode::not_found, file);
  }
  const auto summary = node::audit_export(file == "-" ? std::cin : opened, [](std::uint64_t done, std::uint64_t size) {
    std::fprintf(stderr, "audit: %llu of %llu entries\n", static_cast<unsigned long long>(done),
                 static_cast<unsigned long long>(size));
  });
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
  crypto::SystemRng rng;
  SystemClock clock;
  const LedgerTime now = clock.now();
  const Json claims{{"iss", options.org},
                    {"aud", options.audience},
                    {"iat", now.ms / 1000},
                    {"exp", now.ms / 1000 + 300},
                    {"jti", crypto::make_uuid_v7(now, rng)}};
  std::printf("%s\n", crypto::sign_compact(json::write_canonical(claims), *key, crypto::kTypRead).c_str());
  return {};
}

}  // namespace

void add_audit_commands(CLI::App& app, Shared& shared) {
  auto file = std::make_shared<std::string>("-");
  auto* audit = app.add_subcommand("audit", "Recompute a whole ledger from its export, with no trust in the node");
  audit->add_option("export", *file, "Export file, - for standard input")->capture_default_str();
  on_run(*audit, shared, [&shared, file] { return run_audit(shared, *file); });

  auto options = std::make_shared<Token>();
  auto* token = app.add_subcommand("token", "Make a read token (dengji-read+jwt), good for five minutes");
  token->add_option("--key", options->key, "Key file")->required();
  token->add_option("--org", options->org, "Organisation that the key belongs to")->required();
  token->add_option("--audience", options->audience, "Base URL of the node")->required();
  token->add_flag("--read-key", options->read_key, "The key file is of use read");
  on_run(*token, shared, [&shared, options] { return make_token(shared, *options); });
}

}  // namespace dengji::cli
