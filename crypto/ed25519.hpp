// Ed25519 (RFC 8032) with one exact rule of acceptance, because libraries differ at the edges and every node must give
// the same verdict for ever. A signature (R, S) by the key A is good iff
//   S < L;  R and A are canonical encodings;  neither has small order;  encode([S]B - [k]A) == R, byte for byte
// (the cofactorless equation). libsodium 1.0.18 built without ED25519_COMPAT checks exactly this. Later releases check
// the cofactored equation instead, and nothing in their interface tells: self_test() does, and a node that fails it
// must not start. What no library's verify refuses is a key with a torsion component (A + T8): acceptable_key() does,
// and no other key may be registered.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/secret.hpp"
#include "ledger/base/environment.hpp"
#include "ledger/base/error.hpp"

namespace dengji::crypto {

struct PublicKey {
  std::array<std::uint8_t, 32> bytes{};

  friend auto operator<=>(const PublicKey&, const PublicKey&) = default;
  std::string_view view() const { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
  // nullopt unless exactly 32 bytes. Says nothing about the point: see acceptable_key().
  static std::optional<PublicKey> from_bytes(std::string_view raw);
};

struct Signature {
  std::array<std::uint8_t, 64> bytes{};

  friend auto operator<=>(const Signature&, const Signature&) = default;
  std::string_view view() const { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
  static std::optional<Signature> from_bytes(std::string_view raw);
};

// The 32 secret bytes of RFC 8032 that a key is made from.
class Seed : public SecretArray<32> {
 public:
  static Seed generate(Rng& rng);
  // nullopt unless exactly 32 bytes. The caller wipes `raw`.
  static std::optional<Seed> from_bytes(std::string_view raw);
};

class SecretKey {
 public:
  explicit SecretKey(const Seed& seed);

  const PublicKey& public_key() const { return public_key_; }
  // Deterministic (RFC 8032): needs no randomness.
  Signature sign(std::string_view message) const;
  Seed seed() const;

 private:
  SecretArray<64> expanded_;  // libsodium's form: seed, then public key
  PublicKey public_key_;
};

// The rule above. About 40 µs; safe from any thread.
bool verify(const PublicKey& key, std::string_view message, const Signature& signature);

// Canonical, on the curve, in the prime-order group, not of small order. Nearly as dear as verify(): ask once, when the
// key is registered.
bool acceptable_key(const PublicKey& key);

// Prepares libsodium; call once before any other thread uses crypto. Fails only if the system gives no randomness.
Result<void> init();

// Vectors at the edges of the rule, one that must verify and those that must not. Run at start-up; an error means that
// this machine's library would give other verdicts than the ledger's.
Result<void> self_test();

}  // namespace dengji::crypto
