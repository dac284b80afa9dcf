#include "node/start_check.hpp"

#include <cstdlib>

#include "api/server.hpp"
#include "ledger/store/store.hpp"
#include "node/files.hpp"
#include "node/membership.hpp"

namespace dengji::node {
namespace {

// Why a passphrase cannot be had now; empty if it can.
std::string out_of_reach(const PassphraseSource& source) {
  if (!source.environment.empty()) {
    return std::getenv(source.environment.c_str()) ? "" : "the variable " + source.environment + " is not set here";
  }
  if (!source.file.empty()) return {};
  return source.descriptor >= 0 ? "it comes over descriptor " + std::to_string(source.descriptor)
                                : "the terminal is asked for it";
}

// The public half; opened with the passphrase where that is at hand.
Result<crypto::PublicKey> check_log_key(const Config& config, std::vector<std::string>& notes) {
  if (std::string why = out_of_reach(config.passphrase); !why.empty()) {
    notes.push_back("the passphrase of " + config.log_key.string() + " was not tried: " + why);
    const auto info = read_key_info(config.log_key, crypto::KeyUse::log);
    if (!info) return std::unexpected(info.error());
    return info->public_key;
  }
  const auto passphrase = read_passphrase(config.passphrase, "");
  if (!passphrase) return std::unexpected(passphrase.error());
  const auto key = open_key(config.log_key, crypto::KeyUse::log, *passphrase);
  if (!key) return std::unexpected(key.error());
  return key->public_key();
}

}  // namespace

std::string note_on_tokens(const Config& config) {
  if (!config.api.audiences.empty()) return {};
  return "http.base_urls is not set: no read token will be accepted, so only what is public can be read";
}

Result<std::vector<std::string>> check_start(const Config& config, const state::Registry& registry, LedgerTime now) {
  std::vector<std::string> notes;
  const auto log_key = check_log_key(config, notes);
  if (!log_key) return std::unexpected(log_key.error());
  if (auto listening = api::check_listening(config.http); !listening) return std::unexpected(listening.error());
  if (store::Store::is_there(config.data.string())) {
    notes.push_back("the store in " + config.data.string() +
                    " was not opened: a start asks whether it is this ledger's");
  } else if (auto genesis = right_genesis(config, *log_key, registry, now); !genesis) {
    return std::unexpected(std::move(genesis.error()));
  }
  if (std::string note = note_on_tokens(config); !note.empty()) notes.push_back(std::move(note));
  return notes;
}

}  // namespace dengji::node
