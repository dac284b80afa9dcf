#include "crypto/jws.hpp"

#include <array>
#include <optional>
#include <utility>

#include "crypto/base64.hpp"
#include "crypto/jwk.hpp"
#include "ledger/base/assert.hpp"

namespace dengji::crypto {
namespace {

constexpr std::size_t kMaxProtectedText = (kMaxProtectedBytes * 4 + 2) / 3;

std::string ordinal(std::size_t index, std::size_t count) {
  return "signature " + std::to_string(index + 1) + " of " + std::to_string(count);
}

std::string signed_bytes(std::string_view protected_b64, std::string_view payload_b64) {
  std::string bytes;
  bytes.reserve(protected_b64.size() + 1 + payload_b64.size());
  bytes.append(protected_b64).append(1, '.').append(payload_b64);
  return bytes;
}

// The error of something that was encoded inside `place`: its own pointer leads nowhere there, so it goes into the
// text.
std::unexpected<Error> inside(Error error, std::string_view what, std::string_view place) {
  std::string context = std::string(what) + ": " + error.context;
  if (!error.pointer.empty()) context += " at " + error.pointer + " of the decoded text";
  return fail(error.code, std::move(context), std::string(place));
}

std::unexpected<Error> wrong_typ(std::string_view expected, std::string_view found) {
  return fail(ErrorCode::jws_typ,
              "typ must be \"" + std::string(expected) + "\" here, it is \"" + std::string(found) + "\"");
}

// The member if `object` has it as a string; it is moved out.
Result<std::string> take_text(json::Json& object, std::string_view name, std::string_view place) {
  const std::string pointer = std::string(place) + "/" + std::string(name);
  const auto member = object.find(name);
  if (member == object.end()) return fail(ErrorCode::jws_form, "the member is missing", pointer);
  if (!member->is_string()) return fail(ErrorCode::jws_form, "must be a string", pointer);
  return std::move(member->get_ref<std::string&>());
}

Result<void> only_members(const json::Json& object, std::array<std::string_view, 2> allowed, std::string_view place) {
  if (!object.is_object()) {
    return fail(ErrorCode::jws_form,
                "must be an object with exactly " + std::string(allowed[0]) + " and " + std::string(allowed[1]),
                std::string(place));
  }
  for (const auto& item : object.items()) {
    if (item.key() == allowed[0] || item.key() == allowed[1]) continue;
    return fail(ErrorCode::jws_form,
                "only " + std::string(allowed[0]) + " and " + std::string(allowed[1]) + " are allowed here",
                std::string(place) + "/" + json::pointer_token(item.key()));
  }
  return {};
}

Result<JwsSignature> take_signature(json::Json& object, std::string_view what, const std::string& place) {
  if (auto members = only_members(object, {"protected", "signature"}, place); !members)
    return std::unexpected(members.error());
  auto header_text = take_text(object, "protected", place);
  if (!header_text) return std::unexpected(header_text.error());
  auto header = parse_protected(*header_text);
  if (!header) return inside(std::move(header.error()), what, place + "/protected");
  const auto signature_text = take_text(object, "signature", place);
  if (!signature_text) return std::unexpected(signature_text.error());
  JwsSignature result{.protected_b64 = std::move(*header_text), .header = std::move(*header), .signature = {}};
  if (!base64url_decode_into(*signature_text, result.signature.bytes.data(), result.signature.bytes.size())) {
    return fail(ErrorCode::base64_form, std::string(what) + ": must be 64 bytes in base64url without padding",
                place + "/signature");
  }
  return result;
}

// The canonical form, taken apart without building a value: nearly every entry comes so, and its payload is one long
// string. Whatever differs from it by a single byte is left to the strict reader, which also knows what to say.
class CanonicalForm {
 public:
  explicit CanonicalForm(std::string_view text) : rest_(text) {}

  // nullopt: not in this form, or not right.
  std::optional<Jws> read() {
    Jws jws;
    std::string_view payload;
    if (!word(R"({"payload":")") || !letters(payload) || !word(R"(","signatures":[)")) return std::nullopt;
    do {
      std::string_view header;
      std::string_view signature;
      if (jws.signatures.size() == kMaxParties || !word(R"({"protected":")") || !letters(header) ||
          !word(R"(","signature":")") || !letters(signature) || !word(R"("})")) {
        return std::nullopt;
      }
      auto parsed = parse_protected(header);
      if (!parsed) return std::nullopt;
      auto& one = jws.signatures.emplace_back(std::string(header), std::move(*parsed), Signature{});
      if (!base64url_decode_into(signature, one.signature.bytes.data(), one.signature.bytes.size()))
        return std::nullopt;
    } while (word(","));
    if (!word("]}") || !rest_.empty()) return std::nullopt;
    auto decoded = base64url_decode(payload);
    if (!decoded) return std::nullopt;
    jws.payload_b64 = payload;
    jws.payload = std::move(*decoded);
    return jws;
  }

 private:
  bool word(std::string_view expected) {
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }
  // Up to the closing quote; the decoders refuse every character that is no base64url.
  bool letters(std::string_view& out) {
    const std::size_t end = rest_.find('"');
    if (end == std::string_view::npos) return false;
    out = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return true;
  }

  std::string_view rest_;
};

// {"alg":"EdDSA","kid":"…","typ":"…"} as make_protected writes it; nullopt for any other text.
std::optional<ProtectedHeader> usual_header(std::string_view text) {
  static constexpr std::string_view kStart = R"({"alg":"EdDSA","kid":")";
  static constexpr std::string_view kMiddle = R"(","typ":")";
  constexpr std::size_t kKidBytes = 43;
  if (!text.starts_with(kStart) || text.size() < kStart.size() + kKidBytes) return std::nullopt;
  const std::string_view kid = text.substr(kStart.size(), kKidBytes);
  text.remove_prefix(kStart.size() + kKidBytes);
  if (!is_key_id(kid) || !text.starts_with(kMiddle)) return std::nullopt;
  text.remove_prefix(kMiddle.size());
  for (const std::string_view typ : {kTypEntry, kTypBatch, kTypRead, kTypSdJwt}) {
    if (text.size() == typ.size() + 2 && text.starts_with(typ) && text.ends_with(R"("})"))
      return ProtectedHeader{.alg = "EdDSA", .kid = KeyId(std::string(kid)), .typ = std::string(typ)};
  }
  return std::nullopt;
}

}  // namespace

Result<ProtectedHeader> parse_protected(std::string_view b64) {
  if (b64.size() > kMaxProtectedText)
    return fail(ErrorCode::jws_header, "longer than " + std::to_string(kMaxProtectedBytes) + " bytes");
  const auto text = base64url_decode(b64);
  if (!text) return fail(ErrorCode::base64_form, "the protected header is not strict base64url");
  if (auto usual = usual_header(*text)) return std::move(*usual);
  auto value = json::read_strict(*text, {.max_bytes = kMaxProtectedBytes});
  if (!value) return std::unexpected(std::move(value.error()));
  if (!value->is_object()) return fail(ErrorCode::jws_header, "not an object");

  ProtectedHeader header;
  std::size_t found = 0;
  for (const auto& item : value->items()) {
    const std::string& name = item.key();
    std::string* const target = name == "alg"   ? &header.alg
                                : name == "kid" ? &header.kid.text
                                : name == "typ" ? &header.typ
                                                : nullptr;
    if (target == nullptr) return fail(ErrorCode::jws_header, "the member \"" + name + "\" is not allowed");
    if (!item.value().is_string()) return fail(ErrorCode::jws_header, "the member \"" + name + "\" must be a string");
    *target = std::move(item.value().get_ref<std::string&>());
    ++found;
  }
  // The reader lets no name come twice, so three found are the three.
  if (found != 3) return fail(ErrorCode::jws_header, "one of alg, kid and typ is missing");
  if (header.alg != "EdDSA" && header.alg != "Ed25519")
    return fail(ErrorCode::jws_header, "alg must be EdDSA or Ed25519, it is \"" + header.alg + "\"");
  if (!is_key_id(header.kid.text))
    return fail(ErrorCode::jws_header, "kid must be the key's RFC 7638 thumbprint, 43 characters of base64url");
  return header;
}

std::string make_protected(const KeyId& kid, std::string_view typ) {
  return base64url_encode(R"({"alg":"EdDSA","kid":")" + kid.text + R"(","typ":")" + std::string(typ) + R"("})");
}

Result<Jws> parse_jws(std::string_view text) {
  if (text.size() <= kMaxEntryBytes) {
    if (auto canonical = CanonicalForm(text).read()) return std::move(*canonical);
  }
  auto value = json::read_strict(text, {.max_bytes = 2 * kMaxEntryBytes});
  if (!value) {
    if (value.error().code == ErrorCode::body_too_large) value.error().code = ErrorCode::entry_too_large;
    return std::unexpected(std::move(value.error()));
  }
  return read_jws(std::move(*value), "");
}

Result<Jws> read_jws(json::Json value, std::string_view pointer) {
  if (auto members = only_members(value, {"payload", "signatures"}, pointer); !members)
    return std::unexpected(members.error());
  Jws jws;
  auto payload_text = take_text(value, "payload", pointer);
  if (!payload_text) return std::unexpected(payload_text.error());
  jws.payload_b64 = std::move(*payload_text);

  const std::string list_place = std::string(pointer) + "/signatures";
  const auto list = value.find("signatures");
  if (list == value.end() || !list->is_array())
    return fail(ErrorCode::jws_form, "must be an array of signatures", list_place);
  if (list->empty() || list->size() > kMaxParties)
    return fail(ErrorCode::jws_form, "must hold 1 to " + std::to_string(kMaxParties) + " signatures", list_place);
  jws.signatures.reserve(list->size());
  for (std::size_t i = 0; i < list->size(); ++i) {
    auto signature = take_signature((*list)[i], ordinal(i, list->size()), list_place + "/" + std::to_string(i));
    if (!signature) return std::unexpected(std::move(signature.error()));
    jws.signatures.push_back(std::move(*signature));
  }

  if (const std::size_t size = jws_size(jws); size > kMaxEntryBytes) {
    return fail(ErrorCode::entry_too_large,
                std::to_string(size) + " bytes in canonical form, " + std::to_string(kMaxEntryBytes) + " are allowed",
                std::string(pointer));
  }
  auto payload = base64url_decode(jws.payload_b64);
  if (!payload)
    return fail(ErrorCode::base64_form, "must be base64url without padding", std::string(pointer) + "/payload");
  jws.payload = std::move(*payload);
  return jws;
}

std::string write_jws(const Jws& jws) {
  std::string text;
  text.reserve(jws_size(jws));
  text.append(R"({"payload":")").append(jws.payload_b64).append(R"(","signatures":[)");
  for (const JwsSignature& one : jws.signatures) {
    if (&one != &jws.signatures.front()) text.push_back(',');
    text.append(R"({"protected":")").append(one.protected_b64);
    text.append(R"(","signature":")").append(base64url_encode(one.signature.view())).append(R"("})");
  }
  text.append("]}");
  return text;
}

std::size_t jws_size(const Jws& jws) {
  constexpr std::size_t kOuter = std::string_view(R"({"payload":"","signatures":[]})").size();
  constexpr std::size_t kEach = std::string_view(R"({"protected":"","signature":""})").size() + 86;
  std::size_t size = kOuter + jws.payload_b64.size() + jws.signatures.size() * kEach;
  for (const JwsSignature& one : jws.signatures) size += one.protected_b64.size();
  return jws.signatures.empty() ? size : size + jws.signatures.size() - 1;  // the commas
}

Jws make_jws(std::string payload) {
  std::string encoded = base64url_encode(payload);
  return {.payload_b64 = std::move(encoded), .payload = std::move(payload), .signatures = {}};
}

void sign(Jws& jws, const SecretKey& key, std::string_view typ) {
  ProtectedHeader header{.alg = "EdDSA", .kid = thumbprint(key.public_key()), .typ = std::string(typ)};
  std::string encoded = make_protected(header.kid, typ);
  const Signature signature = key.sign(signed_bytes(encoded, jws.payload_b64));
  jws.signatures.push_back({.protected_b64 = std::move(encoded), .header = std::move(header), .signature = signature});
}

Result<void> verify_signature(const Jws& jws, std::size_t index, const PublicKey& key, std::string_view expected_typ) {
  LEDGER_ASSERT(index < jws.signatures.size());
  const JwsSignature& one = jws.signatures[index];
  const std::string pointer = "/signatures/" + std::to_string(index);
  if (one.header.typ != expected_typ) {
    return inside(wrong_typ(expected_typ, one.header.typ).error(), ordinal(index, jws.signatures.size()),
                  pointer + "/protected");
  }
  if (verify(key, signed_bytes(one.protected_b64, jws.payload_b64), one.signature)) return {};
  return fail(ErrorCode::bad_signature,
              ordinal(index, jws.signatures.size()) + " (key " + one.header.kid.text +
                  ") does not fit the payload; sign the payload exactly as it is sent",
              pointer + "/signature");
}

std::string sign_compact(std::string_view payload, const SecretKey& key, std::string_view typ) {
  std::string token = signed_bytes(make_protected(thumbprint(key.public_key()), typ), base64url_encode(payload));
  const Signature signature = key.sign(token);
  return token.append(1, '.').append(base64url_encode(signature.view()));
}

Result<ParsedCompact> parse_compact(std::string_view token, std::string_view expected_typ) {
  if (token.size() > kMaxCompactBytes) return fail(ErrorCode::jws_form, "the token is too long");
  const std::size_t first = token.find('.');
  const std::size_t second = first == token.npos ? token.npos : token.find('.', first + 1);
  if (second == token.npos) return fail(ErrorCode::jws_form, "a compact JWS is header.payload.signature");

  auto header = parse_protected(token.substr(0, first));
  if (!header) return std::unexpected(std::move(header.error()));
  if (header->typ != expected_typ) return wrong_typ(expected_typ, header->typ);
  auto payload = base64url_decode(token.substr(first + 1, second - first - 1));
  if (!payload) return fail(ErrorCode::base64_form, "the payload of the token is not strict base64url");
  ParsedCompact parsed{.header = std::move(*header),
                       .payload = std::move(*payload),
                       .signed_bytes = std::string(token.substr(0, second)),
                       .signature = {}};
  // A third dot lands in here and is refused as a foreign character.
  if (!base64url_decode_into(token.substr(second + 1), parsed.signature.bytes.data(), parsed.signature.bytes.size()))
    return fail(ErrorCode::base64_form, "the signature of the token must be 64 bytes in strict base64url");
  return parsed;
}

Result<void> verify_compact(const ParsedCompact& token, const PublicKey& key) {
  if (verify(key, token.signed_bytes, token.signature)) return {};
  return fail(ErrorCode::bad_signature, "the token is not signed by key " + token.header.kid.text);
}

}  // namespace dengji::crypto
