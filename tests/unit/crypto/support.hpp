// Keys of fixed seeds and seeded randomness for the tests of crypto/.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>

#include "crypto/ed25519.hpp"
#include "crypto/secret.hpp"
#include "ledger/base/environment.hpp"
#include "ledger/base/hash32.hpp"

namespace dengji::crypto {

class SeededRng final : public Rng {
 public:
  explicit SeededRng(std::uint64_t seed) : engine_(seed) {}
  void fill(std::span<std::uint8_t> out) override {
    for (auto& byte : out) byte = static_cast<std::uint8_t>(engine_());
  }
  std::uint64_t below(std::uint64_t bound) { return engine_() % bound; }
  std::string bytes(std::size_t size) {
    std::string out(size, '\0');
    fill({reinterpret_cast<std::uint8_t*>(out.data()), out.size()});
    return out;
  }

 private:
  std::mt19937_64 engine_;
};

inline Seed seed_of(char byte) {
  auto seed = Seed::from_bytes(std::string(32, byte));
  REQUIRE(seed.has_value());
  return std::move(*seed);
}

inline SecretKey key_of(char byte) {
  return SecretKey(seed_of(byte));
}

inline std::string unhex(std::string_view hex) {
  const auto bytes = from_hex(hex);
  REQUIRE(bytes.has_value());
  return *bytes;
}

inline PublicKey public_key(std::string_view hex) {
  const auto key = PublicKey::from_bytes(unhex(hex));
  REQUIRE(key.has_value());
  return *key;
}

inline Signature signature(std::string_view hex) {
  const auto value = Signature::from_bytes(unhex(hex));
  REQUIRE(value.has_value());
  return *value;
}

}  // namespace dengji::crypto
