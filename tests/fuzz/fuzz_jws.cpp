// JWS and what is read beside it: what parses is written in one form, which parses to the same. First byte: '0' a JWS
// in General JSON, '1' a compact token, '2' a protected header (as JSON, encoded here), '3' a JWK, else a key file.
#include <cstdint>
#include <string_view>

#include "crypto/base64.hpp"
#include "crypto/jwk.hpp"
#include "crypto/jws.hpp"
#include "crypto/key_file.hpp"
#include "ledger/base/assert.hpp"

namespace {

using namespace dengji;
using namespace dengji::crypto;

void check_header(const ProtectedHeader& header, std::string_view protected_b64) {
  LEDGER_ASSERT(header.alg == "EdDSA" || header.alg == "Ed25519");
  LEDGER_ASSERT(is_key_id(header.kid.text));
  const auto bytes = base64url_decode(protected_b64);
  LEDGER_ASSERT(bytes.has_value() && bytes->size() <= kMaxProtectedBytes);
  LEDGER_ASSERT(base64url_encode(*bytes) == protected_b64);
}

void check_jws(std::string_view text) {
  const auto jws = parse_jws(text);
  if (!jws) return;
  LEDGER_ASSERT(!jws->signatures.empty() && jws->signatures.size() <= kMaxParties);
  LEDGER_ASSERT(base64url_encode(jws->payload) == jws->payload_b64);
  for (const JwsSignature& one : jws->signatures) check_header(one.header, one.protected_b64);
  const std::string written = write_jws(*jws);
  LEDGER_ASSERT(written.size() == jws_size(*jws) && written.size() <= kMaxEntryBytes);
  LEDGER_ASSERT(parse_jws(written) == *jws);
  const auto value = json::read_strict(written);
  LEDGER_ASSERT(value.has_value() && json::write_canonical(*value) == written);
}

void check_compact(std::string_view token) {
  for (const std::string_view typ : {kTypRead, kTypSdJwt}) {
    const auto parsed = parse_compact(token, typ);
    if (!parsed) continue;
    LEDGER_ASSERT(parsed->header.typ == typ);
    check_header(parsed->header, token.substr(0, token.find('.')));
    LEDGER_ASSERT(parsed->signed_bytes.ends_with("." + base64url_encode(parsed->payload)));
    LEDGER_ASSERT(parsed->signed_bytes + "." + base64url_encode(parsed->signature.view()) == token);
  }
}

void check_key_file(std::string_view bytes) {
  const auto info = read_key_file(bytes);
  if (!info) return;
  LEDGER_ASSERT(info->kid == thumbprint(info->public_key));
  LEDGER_ASSERT(info->cost.memory_bytes <= kMaxKdfMemory && info->cost.passes <= kMaxKdfPasses);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0]) {
    case '0':
      check_jws(text);
      break;
    case '1':
      check_compact(text);
      break;
    case '2': {
      const std::string encoded = base64url_encode(text);
      if (const auto header = parse_protected(encoded)) check_header(*header, encoded);
      break;
    }
    case '3':
      if (const auto key = parse_jwk(text)) LEDGER_ASSERT(parse_jwk(write_jwk(*key)) == *key);
      break;
    default:
      check_key_file(text);
  }
  return 0;
}
