// What can be verified without trust in a node: that a leaf is in a tree whose checkpoint a known log key signed, and
// that the signatures of the entry inside are good. Says apart what was verified and what could not be.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/note.hpp"
#include "ledger/entry/envelope.hpp"
#include "ledger/entry/leaf.hpp"
#include "ledger/merkle/tlog_proof.hpp"
#include "node/cli/remote.hpp"
#include "node/proven.hpp"

namespace dengji::cli {

inline constexpr std::size_t kMaxProofFileBytes = 2 * merkle::kMaxTlogProofBytes;

// --log-key (DENGJI_LOG_KEY): C2SP verifier keys, any of which may have signed.
void add_log_key_option(CLI::App& command, std::vector<std::string>& texts);
Result<std::vector<crypto::NoteKey>> parse_log_keys(const std::vector<std::string>& texts);
// The keys that the node names as its own: good for following one node, worth nothing against it.
Result<std::vector<crypto::NoteKey>> fetch_log_keys(Remote& remote);

// Whose signature a checkpoint must bear.
struct Trust {
  std::vector<crypto::NoteKey> keys;
  std::string_view source;  // given, node, none
};
// Whether a command offers --arithmetic, hashes without a signature, and whether it was asked for.
enum class Arithmetic : std::uint8_t { not_offered, offered, wanted };
// The keys of --log-key; failing these those that the node names, or none where that is wanted. Error: usage.
Result<Trust> trust_of(const std::vector<std::string>& log_keys, Remote* remote,
                       Arithmetic arithmetic = Arithmetic::not_offered);

using node::parse_proof;
using node::prove;
using node::Proven;
using node::verify_log_note;

// A public key by its thumbprint; nullopt if this source does not know it.
using PartyKeys = std::function<Result<std::optional<crypto::PublicKey>>(const KeyId& kid)>;
// Keys that come in the entry's own body, then those of the files (JWK, JWK set or key file), then the node's, if there
// is one. A key is taken by its thumbprint, so no source can pass off another one.
Result<PartyKeys> party_keys(const std::vector<std::string>& files, Remote* remote);

struct PartySignature {
  entry::Party party;
  bool verified = false;  // false: the key is not known here
};
// Error: bad_signature for the first signature that is wrong, with its place.
Result<std::vector<PartySignature>> check_signatures(const entry::SignedEntry& entry, const PartyKeys& keys);
std::size_t count_verified(const std::vector<PartySignature>& signatures);

// The numbers that an entry was given, in the order of its effects.
std::vector<std::string> numbers_in(const Json& effects);

}  // namespace dengji::cli
