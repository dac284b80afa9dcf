// Base64 in the two alphabets of RFC 4648: base64url without padding (JOSE and every hash or key in JSON) and standard
// with padding (signed notes). Decoding is strict: one text per value, so that a signed text cannot be respelled.
// By tables, several times faster than libsodium's codec, whose 1.0.18 also takes bytes above 0x7f for letters. For
// public data only: the time depends on the bytes. Secret bytes never pass here.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ledger/base/hash32.hpp"

namespace dengji::crypto {

std::string base64url_encode(std::string_view bytes);
// nullopt for padding, white space, a foreign character, an impossible length or trailing bits that are not zero.
std::optional<std::string> base64url_decode(std::string_view text);

std::string base64_encode(std::string_view bytes);
// As above, but the padding must be there and right.
std::optional<std::string> base64_decode(std::string_view text);

// Decoded straight into a buffer of known size, no allocation; false if the text is not exactly `size` bytes' worth.
bool base64url_decode_into(std::string_view text, void* out, std::size_t size);

// A hash as JSON carries it: 43 characters of base64url.
std::string to_b64(const Hash32& hash);
std::optional<Hash32> hash_from_b64(std::string_view text);

}  // namespace dengji::crypto
