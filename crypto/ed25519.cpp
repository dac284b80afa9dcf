#include "crypto/ed25519.hpp"

#include <sodium.h>

#include <algorithm>
#include <cstring>

#include "ledger/base/assert.hpp"
#include "ledger/base/hash32.hpp"

namespace dengji::crypto {
namespace {

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

template <class T>
std::optional<T> exactly(std::string_view raw) {
  T value;
  if (raw.size() != value.bytes.size()) return std::nullopt;
  std::ranges::copy(raw, value.bytes.begin());
  return value;
}

struct Vector {
  std::string_view name;
  std::string_view key;
  std::string_view message;
  std::string_view signature;
};

// By the key of the seed 01…01 unless the key says otherwise. A library that accepts one of the refused follows another
// rule: a lax S, the cofactored equation, or no look at small orders.
constexpr std::string_view kKey = "8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c";
constexpr Vector kGood = {"a plain good signature", kKey, "dengji",
                          "124bc630ff57b62ac5b1e7f322741fde47b75133dd60b00c747acef1f036b5d3"
                          "02aa109ca157bb1087d6f2472b93b8391b7e6e300ba8c06a8c95cda643146705"};
constexpr Vector kRefused[] = {
    {"S + L", kKey, "dengji",
     "124bc630ff57b62ac5b1e7f322741fde47b75133dd60b00c747acef1f036b5d3"
     "ef7d06f9bbbacd685d73eaea098d974e1b7e6e300ba8c06a8c95cda643146715"},
    {"R + T8, good only by the cofactored equation", kKey, "dengji",
     "6a84d583f06569edb3f5ed77df65544b27d6948b4f0b2cb76f33dd8413b20719"
     "eef927a8d3809634fc37110036fd4a7e2f8c5037c56a47e88df4983635856204"},
    {"R of order 1", kKey, "dengji",
     "0100000000000000000000000000000000000000000000000000000000000000"
     "eb82f8835c1dec16ab7b5d96e66b92869ebf7b1a4dd643699daf5e3aa32fd005"},
    {"R of order 1, not canonical", kKey, "dengji",
     "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
     "557324440da6d37c21cb47e3c4686c3ec17bc3a2a4fc6544abb4bfc1630d9106"},
    {"A of order 8, S = 0", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", "dengji0",
     "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"
     "0000000000000000000000000000000000000000000000000000000000000000"},
};
constexpr Vector kRefusedKeys[] = {
    {"A + T8", "9ea3f11f5bd34f0cd7147fd0a436c088f624c6100c1df6a53c0a29e05d60cea0", {}, {}},
    {"A of order 8", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", {}, {}},
    {"A of order 1", "0100000000000000000000000000000000000000000000000000000000000000", {}, {}},
    {"A of order 1, not canonical", "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", {}, {}},
    {"A off the curve", "0200000000000000000000000000000000000000000000000000000000000000", {}, {}},
};

template <class T>
T from_vector(std::string_view hex) {
  const auto raw = from_hex(hex);
  LEDGER_ASSERT(raw.has_value());
  const auto value = T::from_bytes(*raw);
  LEDGER_ASSERT(value.has_value());
  return *value;
}

bool accepts(const Vector& vector) {
  return verify(from_vector<PublicKey>(vector.key), vector.message, from_vector<Signature>(vector.signature));
}

std::unexpected<Error> wrong_verdict(std::string_view verdict, std::string_view vector) {
  return fail(ErrorCode::internal, "this machine's libsodium (" + std::string(sodium_version_string()) + ") " +
                                       std::string(verdict) + " the Ed25519 vector \"" + std::string(vector) +
                                       "\"; install libsodium 1.0.18, built without ED25519_COMPAT");
}

}  // namespace

std::optional<PublicKey> PublicKey::from_bytes(std::string_view raw) {
  return exactly<PublicKey>(raw);
}

std::optional<Signature> Signature::from_bytes(std::string_view raw) {
  return exactly<Signature>(raw);
}

Seed Seed::generate(Rng& rng) {
  Seed seed;
  rng.fill({seed.data(), seed.size()});
  return seed;
}

std::optional<Seed> Seed::from_bytes(std::string_view raw) {
  if (raw.size() != size()) return std::nullopt;
  Seed seed;
  std::memcpy(seed.data(), raw.data(), raw.size());
  return seed;
}

SecretKey::SecretKey(const Seed& seed) {
  crypto_sign_seed_keypair(public_key_.bytes.data(), expanded_.data(), seed.data());
}

Signature SecretKey::sign(std::string_view message) const {
  Signature signature;
  crypto_sign_detached(signature.bytes.data(), nullptr, bytes_of(message), message.size(), expanded_.data());
  return signature;
}

Seed SecretKey::seed() const {
  Seed seed;
  crypto_sign_ed25519_sk_to_seed(seed.data(), expanded_.data());
  return seed;
}

// What 1.0.18 does, in its order: S < L; R not among the encodings of small order (canonical or not); A canonical and
// not of small order; A on the curve; then the bytes of [S]B - [k]A against those of R, which also makes R canonical.
bool verify(const PublicKey& key, std::string_view message, const Signature& signature) {
  return crypto_sign_verify_detached(signature.bytes.data(), bytes_of(message), message.size(), key.bytes.data()) == 0;
}

bool acceptable_key(const PublicKey& key) {
  return crypto_core_ed25519_is_valid_point(key.bytes.data()) == 1;
}

Result<void> init() {
  if (sodium_init() < 0) return fail(ErrorCode::internal, "libsodium found no source of randomness");
  return {};
}

Result<void> self_test() {
  if (!accepts(kGood)) return wrong_verdict("refuses", kGood.name);
  for (const Vector& vector : kRefused)
    if (accepts(vector)) return wrong_verdict("accepts", vector.name);
  if (!acceptable_key(from_vector<PublicKey>(kKey))) return wrong_verdict("refuses", "a plain good key");
  for (const Vector& vector : kRefusedKeys)
    if (acceptable_key(from_vector<PublicKey>(vector.key))) return wrong_verdict("accepts", vector.name);
  const auto seed = Seed::from_bytes(std::string(32, '\x01'));
  LEDGER_ASSERT(seed.has_value());
  if (SecretKey{*seed}.sign(kGood.message) != from_vector<Signature>(kGood.signature))
    return wrong_verdict("signs otherwise than", kGood.name);
  return {};
}

}  // namespace dengji::crypto
