// JWS (RFC 7515) in the two forms that the ledger knows: General JSON for entries (one signature per party) and compact
// for tokens. Signed bytes are verified as they came, never re-encoded. The registered key, not the header, decides the
// algorithm. Every `typ` has one purpose and every verification names the one it expects, so a signature made for one
// purpose is worth nothing for another.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/ed25519.hpp"
#include "ledger/base/error.hpp"
#include "ledger/base/ids.hpp"
#include "ledger/base/limits.hpp"
#include "ledger/json/strict_json.hpp"

namespace dengji::crypto {

inline constexpr std::string_view kTypEntry = "dengji+jws";
inline constexpr std::string_view kTypBatch = "dengji-batch+jws";
inline constexpr std::string_view kTypRead = "dengji-read+jwt";
inline constexpr std::string_view kTypSdJwt = "dc+sd-jwt";

inline constexpr std::size_t kMaxCompactBytes = 16'384;

struct ProtectedHeader {
  std::string alg;  // "EdDSA", or "Ed25519" (RFC 9864); we write the first, which every library knows
  KeyId kid;
  std::string typ;

  friend bool operator==(const ProtectedHeader&, const ProtectedHeader&) = default;
};

// ≤ 256 bytes decoded; an object with exactly alg, kid (a thumbprint) and typ, in any order. Errors: base64_form,
// jws_header, and those of the JSON reader; the pointer is empty, callers know the place.
Result<ProtectedHeader> parse_protected(std::string_view b64);
// {"alg":"EdDSA","kid":"…","typ":"…"} in base64url.
std::string make_protected(const KeyId& kid, std::string_view typ);

struct JwsSignature {
  std::string protected_b64;  // as it came: these bytes are signed
  ProtectedHeader header;     // what they say
  Signature signature;

  friend bool operator==(const JwsSignature&, const JwsSignature&) = default;
};

struct Jws {
  std::string payload_b64;  // as it came: these bytes are signed
  std::string payload;      // decoded
  std::vector<JwsSignature> signatures;

  friend bool operator==(const Jws&, const Jws&) = default;
};

// Exactly {"payload", "signatures": [{"protected", "signature"} …]} with 1–16 signatures; compact and flattened forms,
// unknown and repeated members are refused (jws_form, or the JSON reader's code) at their JSON Pointer. The canonical
// form may be ≤ kMaxEntryBytes long (entry_too_large); `text` may spend as much again on white space.
Result<Jws> parse_jws(std::string_view text);
// The same from a value that the strict reader has read, as inside a leaf; pointers start with `pointer`.
Result<Jws> read_jws(json::Json value, std::string_view pointer);

// RFC 8785 form.
std::string write_jws(const Jws& jws);
// write_jws(jws).size(), without writing.
std::size_t jws_size(const Jws& jws);

// A JWS over `payload` without signatures yet.
Jws make_jws(std::string payload);
// Adds one signature after those that are there.
void sign(Jws& jws, const SecretKey& key, std::string_view typ);

// One signature, by index from 0. Errors: jws_typ, bad_signature, with "signature 2 of 3" and a pointer to the
// signature. That all signatures are good, and whose they are, is for the caller to ask.
Result<void> verify_signature(const Jws& jws, std::size_t index, const PublicKey& key, std::string_view expected_typ);

// A compact JWS, taken apart but not yet verified: the header names the key to look up first.
struct ParsedCompact {
  ProtectedHeader header;
  std::string payload;       // decoded
  std::string signed_bytes;  // header.payload, as they came
  Signature signature;
};

std::string sign_compact(std::string_view payload, const SecretKey& key, std::string_view typ);
// ≤ kMaxCompactBytes. Errors: jws_form, jws_header, jws_typ, base64_form.
Result<ParsedCompact> parse_compact(std::string_view token, std::string_view expected_typ);
// Error: bad_signature.
Result<void> verify_compact(const ParsedCompact& token, const PublicKey& key);

}  // namespace dengji::crypto
