// Personal data stays out of the ledger. A body field marked `personal` holds only the digest of a disclosure in the
// form of SD-JWT (RFC 9901): base64url of the JSON array [salt, name, value]. The disclosure travels beside the entry,
// is stored apart and can be erased; the digest in the leaf, and with it every proof, stays good.
#pragma once

#include <string>
#include <string_view>

#include "ledger/base/error.hpp"
#include "ledger/base/hash32.hpp"
#include "ledger/json/strict_json.hpp"

namespace dengji::entry {

inline constexpr std::size_t kMaxDisclosureBytes = 8'192;

struct Disclosure {
  std::string salt;  // 16 raw bytes, fresh for each disclosure: they keep the digest from being guessed
  std::string name;  // the member that it discloses
  json::Json value;

  friend bool operator==(const Disclosure&, const Disclosure&) = default;
};

// The text that travels. Its JSON is in RFC 8785 form.
std::string write_disclosure(const Disclosure& disclosure);
// ≤ kMaxDisclosureBytes (body_too_large); base64_form; the codes of the JSON reader; value_type, value_format,
// value_range at /0 (salt), /1 (name) or the whole. The JSON need not be canonical: another library may have made it.
Result<Disclosure> parse_disclosure(std::string_view text);

// SHA-256 of the text as it travels; JSON carries it in base64url.
Hash32 disclosure_digest(std::string_view text);
Hash32 disclosure_digest(const Disclosure& disclosure);

}  // namespace dengji::entry
