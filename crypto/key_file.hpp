// A private key at rest: always sealed with a passphrase (Argon2id, then XSalsa20-Poly1305), never in the clear. Bytes
// in, bytes out; reading, writing and asking for the passphrase is for the programs. The form is in docs/formats.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/ed25519.hpp"
#include "crypto/secret.hpp"
#include "ledger/base/environment.hpp"
#include "ledger/base/error.hpp"
#include "ledger/base/ids.hpp"

namespace dengji::crypto {

// What the key is for. `sign` and `read` are an organisation's, the others a node's.
enum class KeyUse : std::uint8_t { sign, read, batch, log, cosign };
std::string_view to_text(KeyUse use);

// What one guess at the passphrase costs. The default is libsodium's "moderate": about a second and 256 MiB.
struct KdfCost {
  std::uint64_t passes = 3;
  std::size_t memory_bytes = 268'435'456;
};
inline constexpr KdfCost kCheapKdf{.passes = 1, .memory_bytes = 8'192};  // for tests and throw-away demo keys

inline constexpr std::size_t kMaxKeyFileBytes = 4'096;
inline constexpr std::size_t kMaxKdfMemory = std::size_t{1} << 30;
inline constexpr std::uint64_t kMaxKdfPasses = 20;

// What can be read without the passphrase. Only unseal() proves it.
struct KeyFileInfo {
  KeyId kid;
  PublicKey public_key;
  KeyUse use = KeyUse::sign;
  KdfCost cost;
};

struct OpenedKey {
  SecretKey key;
  KeyUse use;
};

// The file's bytes: one line of canonical JSON. Errors: usage for an empty passphrase or a cost out of bounds;
// internal if the memory is not to be had.
Result<std::string> seal_key(const Seed& seed, KeyUse use, const Secret& passphrase, KdfCost cost, Rng& rng);

// Error: key_file_form, also for a kid that is not the key's and for a cost beyond the bounds.
Result<KeyFileInfo> read_key_file(std::string_view bytes);

// Errors: key_file_form; wrong_passphrase; key_file_form too if kid, key or use were altered from what was sealed.
Result<OpenedKey> unseal_key(std::string_view bytes, const Secret& passphrase);

}  // namespace dengji::crypto
