// The one JSON reader for every text that decides something (entries, headers, tokens, policies, key files), and the
// one writer of bytes that are hashed. A room of its own, below crypto, because JWS headers must be read as strictly as
// entries. Built on nlohmann/json's SAX interface; the refusals are ours.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "ledger/base/error.hpp"
#include "ledger/base/limits.hpp"

namespace dengji::json {

using Json = nlohmann::json;

struct ReadLimits {
  std::size_t max_bytes = kMaxEntryBytes;
  int max_depth = kMaxJsonDepth;
  // Members named like [a-z][a-z0-9_]{0,63}; false only for foreign documents (Croissant, datapackage.json, JWK sets).
  bool strict_names = true;
};

// Refused, with the JSON Pointer of the place: duplicate members (compared unescaped), BOM, trailing bytes, invalid
// UTF-8, floats and exponents, -0, |integer| > 2^53-1, nesting deeper than max_depth, member names off the pattern, and
// strings that fail check_text. White space of RFC 8259 may stand around the value. A member name that is unfit as text
// is reported at the object that holds it. A text longer than max_bytes is refused before it is read (body_too_large).
Result<Json> read_strict(std::string_view text, ReadLimits limits = {});

// nullopt if the string is fit for the ledger: valid UTF-8, no control or bidi character, no code point unassigned in
// Unicode 15.0, NFC. ASCII text costs one pass and no table look-up.
std::optional<ErrorCode> check_text(std::string_view text);

// RFC 8785 for the values that read_strict lets through: members sorted, shortest escapes, no white space. A float or
// an integer beyond 2^53-1 in `value` is a bug of the caller.
std::string write_canonical(const Json& value);
void append_canonical(std::string& out, const Json& value);

// [a-z][a-z0-9_]{0,63}
bool is_member_name(std::string_view name);

// RFC 6901: one reference token escaped (~ and /).
std::string pointer_token(std::string_view token);

}  // namespace dengji::json
