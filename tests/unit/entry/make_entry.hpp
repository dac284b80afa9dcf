// Entries for the tests of this folder, signed with keys whose seeds are 01×32, 02×32 …
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "crypto/ed25519.hpp"
#include "crypto/jwk.hpp"
#include "crypto/jws.hpp"
#include "ledger/entry/envelope.hpp"

namespace dengji::entry::test {

inline crypto::SecretKey key(int number) {
  return crypto::SecretKey(*crypto::Seed::from_bytes(std::string(32, static_cast<char>(number))));
}

inline KeyId kid(int number) {
  return crypto::thumbprint(key(number).public_key());
}

// An entry of `parties` parties whose keys are 1 … parties.
inline Envelope envelope(int parties = 1) {
  Envelope result{
      .ledger = "ledger.example/js-data",
      .genesis = Hash32{},
      .type = "trade.agree",
      .id = "019b77b5-4180-7000-8000-000000000001",
      .salt = std::string(kSaltBytes, '\x03'),
      .made_at = *parse_time("2026-03-02T08:00:00Z"),
      .valid_until = *parse_time("2026-03-03T08:00:00Z"),
      .parties = {},
      .body = {{"amount_fen", 100}, {"title", "交通数据集"}},
  };
  for (int i = 1; i <= parties; ++i) {
    result.parties.push_back({.role = "enterprise", .org = OrgId("91350100M000100Y43"), .kid = kid(i)});
  }
  return result;
}

// The payload as it is, signed by the keys 1 … signers.
inline std::string signed_text(std::string payload, int signers = 1, std::string_view typ = crypto::kTypEntry) {
  crypto::Jws jws = crypto::make_jws(std::move(payload));
  for (int i = 1; i <= signers; ++i) crypto::sign(jws, key(i), typ);
  return crypto::write_jws(jws);
}

inline std::string signed_text(const Envelope& value) {
  return signed_text(write_payload(value), static_cast<int>(value.parties.size()));
}

}  // namespace dengji::entry::test
