// Public keys as JSON Web Keys (RFC 8037: kty OKP, crv Ed25519) and the key id that follows from them (RFC 7638).
#pragma once

#include <string>
#include <string_view>

#include "crypto/ed25519.hpp"
#include "ledger/base/error.hpp"
#include "ledger/base/ids.hpp"
#include "ledger/json/strict_json.hpp"

namespace dengji::crypto {

// Exactly the members kty, crv and x, as entries carry a key. `pointer` is the place of the object, for the error.
// Also refused (bad_key): a point that acceptable_key() refuses, so that a key read here may be registered.
Result<PublicKey> read_jwk(const json::Json& object, std::string_view pointer);
Result<PublicKey> parse_jwk(std::string_view text);

json::Json to_jwk(const PublicKey& key);
// The RFC 8785 form, which is also the thumbprint's input: {"crv":"Ed25519","kty":"OKP","x":"…"}.
std::string write_jwk(const PublicKey& key);

// SHA-256 of write_jwk, base64url.
KeyId thumbprint(const PublicKey& key);

// The form of a thumbprint: 43 characters of strict base64url.
bool is_key_id(std::string_view text);

}  // namespace dengji::crypto
