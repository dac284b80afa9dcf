#include "api/reader.hpp"

#include <algorithm>
#include <array>

#include "crypto/jws.hpp"
#include "ledger/json/strict_json.hpp"

namespace dengji::api {

namespace {

constexpr std::int64_t kClockSkewSeconds = 60;
constexpr std::size_t kMaxTokenBytes = 2048;

std::unexpected<Error> bad(std::string why) {
  return fail(ErrorCode::bad_token, std::move(why));
}

Reader reader_of(const Core& core, const OrgId& org, std::string_view kid) {
  static constexpr std::array<std::string_view, 4> kSeesAll{"auditor", "bureau", "finance", "platform"};
  Reader reader{.org = org, .sees_all = false, .supervises = false, .may_export = false, .kid = std::string(kid)};
  for (const std::string& role : core.ports.auth.roles(org)) {
    if (std::find(kSeesAll.begin(), kSeesAll.end(), role) != kSeesAll.end()) reader.sees_all = true;
    if (role == "auditor" || role == "bureau") reader.may_export = true;
    if (role == "auditor" || role == "bureau" || role == "cyberspace") reader.supervises = true;
  }
  return reader;
}

struct Claims {
  std::string iss;
  std::string aud;
  std::int64_t iat = 0;
  std::int64_t exp = 0;
};

Result<Claims> read_claims(std::string_view payload) {
  auto parsed = json::read_strict(payload, {.max_bytes = kMaxTokenBytes});
  if (!parsed) return bad("the payload is not strict JSON: " + parsed.error().message());
  if (!parsed->is_object()) return bad("the payload must be an object");
  Claims claims;
  for (const auto& [name, value] : parsed->items()) {
    if (name == "iss" && value.is_string()) {
      claims.iss = value.get<std::string>();
    } else if (name == "aud" && value.is_string()) {
      claims.aud = value.get<std::string>();
    } else if (name == "iat" && value.is_number_integer()) {
      claims.iat = value.get<std::int64_t>();
    } else if (name == "exp" && value.is_number_integer()) {
      claims.exp = value.get<std::int64_t>();
    } else if (name != "jti" || !value.is_string()) {
      return bad("the payload must hold exactly iss, aud, jti (text), iat and exp (whole seconds); not so: " + name);
    }
  }
  if (parsed->size() != 5) return bad("the payload must hold exactly iss, aud, iat, exp and jti");
  return claims;
}

}  // namespace

bool Reader::sees(state::Visibility visibility) const {
  switch (visibility) {
    case state::Visibility::everyone:
      return true;
    case state::Visibility::parties:
      return sees_all;
    case state::Visibility::supervised:
      break;
  }
  return supervises;
}

bool Reader::may_see(const state::Registry& registry, const state::EntryMeta& entry) const {
  if (entry.is_public) return true;
  const state::EntryTypeInfo* type = registry.type(entry.type);
  if (sees(type ? type->visibility : state::Visibility::parties)) return true;
  return org && std::find(entry.readers.begin(), entry.readers.end(), *org) != entry.readers.end();
}

bool Reader::may_see(const state::ObjectKindInfo& kind, std::string_view record) const {
  if (sees(kind.visibility)) return true;
  if (!org || kind.readers == nullptr) return false;
  const std::vector<OrgId> readers = kind.readers(record);
  return std::find(readers.begin(), readers.end(), *org) != readers.end();
}

Result<Reader> read_token(const Core& core, std::string_view authorization) {
  if (authorization.empty()) return Reader{};
  constexpr std::string_view kScheme = "Bearer ";
  if (authorization.size() <= kScheme.size() || !equals_ignore_case(authorization.substr(0, kScheme.size()), kScheme)) {
    return bad("the Authorization field must be: Bearer <token>");
  }
  const std::string_view text = authorization.substr(kScheme.size());
  if (text.size() > kMaxTokenBytes) return bad("the token is longer than 2048 bytes");
  auto token = crypto::parse_compact(text, crypto::kTypRead);
  if (!token) return bad(token.error().message());
  auto claims = read_claims(token->payload);
  if (!claims) return std::unexpected(std::move(claims.error()));
  const std::int64_t now = core.ports.clock.now().ms / 1000;
  if (claims->exp <= now) return bad("expired; make a new token");
  if (claims->iat > now + kClockSkewSeconds) return bad("iat lies in the future; check the clock");
  if (claims->exp > claims->iat + kMaxTokenSeconds) return bad("exp may be at most 300 seconds after iat");
  const auto& audiences = core.config.audiences;
  if (std::find(audiences.begin(), audiences.end(), claims->aud) == audiences.end()) {
    if (audiences.empty()) {
      return bad("aud is '" + claims->aud +
                 "', but this node was told no address of its own: its operator sets "
                 "http.base_urls");
    }
    return bad("aud is '" + claims->aud + "', but this node is '" + audiences.front() + "'");
  }
  auto key = core.ports.auth.key(token->header.kid.text);
  if (!key) return std::unexpected(std::move(key.error()));
  if (key->org.text != claims->iss) return bad("iss is not the organisation that the key belongs to");
  if (auto verified = crypto::verify_compact(*token, key->key); !verified) return std::unexpected(verified.error());
  return reader_of(core, key->org, token->header.kid.text);
}

Result<Reader> standing(const Core& core, const Reader& reader) {
  if (!reader.org) return reader;
  auto key = core.ports.auth.key(reader.kid);
  if (!key) return std::unexpected(std::move(key.error()));
  return reader_of(core, key->org, reader.kid);
}

}  // namespace dengji::api
