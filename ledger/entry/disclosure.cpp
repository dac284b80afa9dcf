#include "ledger/entry/disclosure.hpp"

#include <utility>

#include "crypto/base64.hpp"
#include "crypto/sha256.hpp"
#include "ledger/base/assert.hpp"
#include "ledger/entry/envelope.hpp"

namespace dengji::entry {
std::string write_disclosure(const Disclosure& disclosure) {
  LEDGER_ASSERT(disclosure.salt.size() == kSaltBytes);
  return crypto::base64url_encode(json::write_canonical(
      json::Json::array({crypto::base64url_encode(disclosure.salt), disclosure.name, disclosure.value})));
}

Result<Disclosure> parse_disclosure(std::string_view text) {
  if (text.size() > kMaxDisclosureBytes) {
    return fail(ErrorCode::body_too_large,
                "a disclosure has at most " + std::to_string(kMaxDisclosureBytes) + " bytes");
  }
  const auto decoded = crypto::base64url_decode(text);
  if (!decoded) return fail(ErrorCode::base64_form, "the disclosure");
  auto value = json::read_strict(*decoded);
  if (!value) return std::unexpected(std::move(value.error()));
  if (!value->is_array() || value->size() != 3) return fail(ErrorCode::value_type, "[salt, name, value] is expected");
  json::Json& salt_text = (*value)[0];
  json::Json& name = (*value)[1];
  if (!salt_text.is_string()) return fail(ErrorCode::value_type, "the salt is a string", "/0");
  if (!name.is_string()) return fail(ErrorCode::value_type, "the name is a string", "/1");
  auto salt = crypto::base64url_decode(salt_text.get_ref<const std::string&>());
  if (!salt || salt->size() != kSaltBytes) return fail(ErrorCode::value_format, "16 bytes in base64url", "/0");
  if (!json::is_member_name(name.get_ref<const std::string&>())) {
    return fail(ErrorCode::value_format, "[a-z][a-z0-9_]{0,63}", "/1");
  }
  return Disclosure{*std::move(salt), std::move(name.get_ref<std::string&>()), std::move((*value)[2])};
}

Hash32 disclosure_digest(std::string_view text) {
  return crypto::sha256(text);
}

Hash32 disclosure_digest(const Disclosure& disclosure) {
  return disclosure_digest(write_disclosure(disclosure));
}

}  // namespace dengji::entry
