// The files that people write: node.toml and the genesis file of dengji ledger init. No text may crash; what is taken
// keeps every limit that the readers promise, and a genesis body is read by its own strict reader without harm. The
// first byte says which file: 0 the node's, anything else the genesis.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "contracts/areas.hpp"
#include "crypto/jwk.hpp"
#include "crypto/sha256.hpp"
#include "ledger/base/assert.hpp"
#include "ledger/entry/envelope.hpp"
#include "node/config.hpp"
#include "node/genesis_file.hpp"

using namespace dengji;

namespace {

void check_config(std::string_view text) {
  const auto config = node::parse_config(text, "/etc/dengji");
  if (!config) {
    LEDGER_ASSERT(config.error().code == ErrorCode::config && !config.error().context.empty());
    return;
  }
  LEDGER_ASSERT(text.size() <= node::kMaxConfigBytes);
  LEDGER_ASSERT(entry::is_ledger_id(config->ledger_id));
  LEDGER_ASSERT(!config->data.empty() && !config->node_id.empty() && !config->log_key.empty());
  LEDGER_ASSERT(config->data.is_absolute() && config->log_key.is_absolute());
  LEDGER_ASSERT(!config->http.address.empty() && config->http.threads >= 1 && config->api.read_threads >= 1);
  LEDGER_ASSERT(config->http.tls.certificate_file.empty() == config->http.tls.key_file.empty());
  LEDGER_ASSERT(config->submissions.verify_threads >= 1 && config->solo.max_batch_entries >= 1);
  const auto& passphrase = config->passphrase;
  LEDGER_ASSERT(!passphrase.environment.empty() + !passphrase.file.empty() + (passphrase.descriptor >= 0) <= 1);
}

// A key for every path: which one follows from the path, so that the same file twice is the same key.
Result<crypto::KeyFileInfo> key_at(const std::filesystem::path& path) {
  if (path.native().ends_with("missing")) return fail(ErrorCode::not_found, path.string());
  static const auto keys = [] {
    LEDGER_ASSERT(crypto::init().has_value());
    std::vector<crypto::KeyFileInfo> made(4);
    for (std::size_t i = 0; i < made.size(); ++i) {
      const Hash32 seed = crypto::sha256(std::to_string(i));
      made[i].public_key = crypto::SecretKey(*crypto::Seed::from_bytes(seed.view())).public_key();
      made[i].kid = crypto::thumbprint(made[i].public_key);
    }
    return made;
  }();
  return keys[crypto::sha256(path.native()).bytes[0] % keys.size()];
}

void check_genesis(std::string_view text) {
  const auto draft = node::parse_genesis_file(text, "/etc/dengji", &key_at);
  if (!draft) {
    LEDGER_ASSERT(!draft.error().context.empty());
    return;
  }
  LEDGER_ASSERT(draft->body.at("governors").size() == draft->signers.size() && !draft->signers.empty());
  LEDGER_ASSERT(!draft->body.at("nodes").empty());
  const auto body = contracts::registry().type(entry::kGenesisType)->read(draft->body);
  if (!body) LEDGER_ASSERT(body.error().pointer.starts_with("/body"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] == '0') {
    check_config(text);
  } else {
    check_genesis(text);
  }
  return 0;
}
