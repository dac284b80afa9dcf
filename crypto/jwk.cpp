#include "crypto/jwk.hpp"

#include "crypto/base64.hpp"
#include "crypto/sha256.hpp"

namespace dengji::crypto {
namespace {

constexpr std::size_t kMaxJwkBytes = 512;

Result<std::string_view> text_member(const json::Json& object, std::string_view name, std::string_view pointer) {
  const std::string place = std::string(pointer) + "/" + std::string(name);
  const auto member = object.find(name);
  if (member == object.end()) return fail(ErrorCode::member_missing, "a key has exactly kty, crv and x", place);
  if (!member->is_string()) return fail(ErrorCode::value_type, "must be a string", place);
  return member->get_ref<const std::string&>();
}

Result<void> constant_member(const json::Json& object, std::string_view name, std::string_view value,
                             std::string_view pointer) {
  const auto text = text_member(object, name, pointer);
  if (!text) return std::unexpected(text.error());
  if (*text != value) {
    return fail(ErrorCode::bad_key, std::string(name) + " must be \"" + std::string(value) + "\"",
                std::string(pointer) + "/" + std::string(name));
  }
  return {};
}

}  // namespace

Result<PublicKey> read_jwk(const json::Json& object, std::string_view pointer) {
  if (!object.is_object()) return fail(ErrorCode::value_type, "a key is a JWK object", std::string(pointer));
  for (const auto& item : object.items()) {
    const std::string& name = item.key();
    if (name != "kty" && name != "crv" && name != "x") {
      return fail(ErrorCode::member_unknown, "a key has exactly kty, crv and x",
                  std::string(pointer) + "/" + json::pointer_token(name));
    }
  }
  if (auto kty = constant_member(object, "kty", "OKP", pointer); !kty) return std::unexpected(kty.error());
  if (auto crv = constant_member(object, "crv", "Ed25519", pointer); !crv) return std::unexpected(crv.error());
  const auto x = text_member(object, "x", pointer);
  if (!x) return std::unexpected(x.error());
  PublicKey key;
  if (!base64url_decode_into(*x, key.bytes.data(), key.bytes.size()))
    return fail(ErrorCode::base64_form, "x must be 32 bytes in base64url", std::string(pointer) + "/x");
  if (!acceptable_key(key)) {
    return fail(ErrorCode::bad_key, "x is no point of the prime-order group; make the key with an Ed25519 library",
                std::string(pointer) + "/x");
  }
  return key;
}

Result<PublicKey> parse_jwk(std::string_view text) {
  const auto object = json::read_strict(text, {.max_bytes = kMaxJwkBytes});
  if (!object) return std::unexpected(object.error());
  return read_jwk(*object, "");
}

json::Json to_jwk(const PublicKey& key) {
  return {{"crv", "Ed25519"}, {"kty", "OKP"}, {"x", base64url_encode(key.view())}};
}

std::string write_jwk(const PublicKey& key) {
  return R"({"crv":"Ed25519","kty":"OKP","x":")" + base64url_encode(key.view()) + R"("})";
}

KeyId thumbprint(const PublicKey& key) {
  return KeyId{to_b64(sha256(write_jwk(key)))};
}

bool is_key_id(std::string_view text) {
  return hash_from_b64(text).has_value();
}

}  // namespace dengji::crypto
