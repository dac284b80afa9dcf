// The entry: a JWS whose payload, the envelope, says for which ledger it is, of what type, by whom, until when it may
// be taken, and what it wants (`body`). Everything that can be judged without state, without ledger time and without
// signature mathematics is judged here, once; the rest belongs to the verify pool and to the contracts.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/jws.hpp"
#include "ledger/base/error.hpp"
#include "ledger/base/hash32.hpp"
#include "ledger/base/ids.hpp"
#include "ledger/base/time.hpp"
#include "ledger/json/strict_json.hpp"

namespace dengji::entry {

inline constexpr std::size_t kSaltBytes = 16;
inline constexpr std::size_t kMaxLedgerIdBytes = 128;
inline constexpr std::size_t kMaxTypeBytes = 64;
inline constexpr std::size_t kMaxRoleBytes = 32;
inline constexpr std::string_view kGenesisType = "genesis";

struct Party {
  std::string role;
  OrgId org;
  KeyId kid;

  friend bool operator==(const Party&, const Party&) = default;
};

struct Envelope {
  std::string ledger;             // ledger id
  std::optional<Hash32> genesis;  // SHA-256 of entry 0's payload; absent in entry 0 alone
  std::string type;               // trade.agree
  std::string id;                 // UUIDv7
  std::string salt;               // 16 raw bytes
  LedgerTime made_at;
  LedgerTime valid_until;
  std::vector<Party> parties;  // in the order of the signatures
  json::Json body;             // an object

  friend bool operator==(const Envelope&, const Envelope&) = default;
};

// One entry, parsed once.
struct SignedEntry {
  crypto::Jws jws;       // its payload bytes are those that were signed
  std::string jws_text;  // RFC 8785 form of the JWS: what a leaf holds
  Hash32 entry_id;       // SHA-256 of the payload bytes
  Envelope envelope;

  std::string_view payload() const { return jws.payload; }
};

// Errors: those of crypto::parse_jws and json::read_strict, jws_typ, and for the envelope member_missing,
// member_unknown, value_type, value_format, value_range, envelope_form. A pointer to a place in the JWS starts with
// /payload or /signatures, one to a place in the payload with the payload's own member (/made_at, /body/title).
// The signatures are not verified.
Result<SignedEntry> parse_entry(std::string_view bytes);
// The envelope rules alone, over payload bytes that nobody has signed yet.
Result<Envelope> parse_payload(std::string_view payload);

// The payload in RFC 8785 form. Assumes that the envelope keeps the rules; parse_payload tells.
std::string write_payload(const Envelope& envelope);

// host/name, such as ledger.example/js-data: no scheme, lower-case, ≤ 128 bytes; the origin of every checkpoint.
bool is_ledger_id(std::string_view text);
// [a-z]+(\.[a-z_]+)?, ≤ 64 bytes.
bool is_type_name(std::string_view text);

}  // namespace dengji::entry
