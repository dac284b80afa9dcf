#include "crypto/jwk.hpp"

#include "support.hpp"

namespace dengji::crypto {
namespace {

constexpr std::string_view kJwk = R"({"crv":"Ed25519","kty":"OKP","x":"iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w"})";

struct JwkRefusal {
  ErrorCode code;
  std::string pointer;
  friend bool operator==(const JwkRefusal&, const JwkRefusal&) = default;
};

JwkRefusal jwk_refusal(std::string_view text) {
  const auto key = parse_jwk(text);
  REQUIRE_FALSE(key.has_value());
  return {key.error().code, key.error().pointer};
}

}  // namespace

TEST_CASE("a key is written as its RFC 8785 JWK and read back") {
  const PublicKey key = key_of(1).public_key();
  CHECK(write_jwk(key) == kJwk);
  CHECK(json::write_canonical(to_jwk(key)) == kJwk);
  CHECK(parse_jwk(kJwk) == key);
  CHECK(parse_jwk(R"( {"x":"iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w","kty":"OKP","crv":"Ed25519"} )") == key);
}

TEST_CASE("the key id is the RFC 7638 thumbprint") {
  CHECK(thumbprint(key_of(1).public_key()).text == "UDDReOZl1ipXAfp9wYsm13sDBMK5og--QWdBjzuf6o4");
  // RFC 8037, appendix A.3.
  const auto key = parse_jwk(R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})");
  REQUIRE(key.has_value());
  CHECK(thumbprint(*key).text == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

TEST_CASE("a JWK has exactly kty, crv and x, and the refusal names the place") {
  using enum ErrorCode;
  CHECK(jwk_refusal("[]") == JwkRefusal{value_type, ""});
  CHECK(jwk_refusal("{") == JwkRefusal{json_syntax, ""});
  CHECK(jwk_refusal(R"({"crv":"Ed25519","kty":"OKP"})") == JwkRefusal{member_missing, "/x"});
  CHECK(jwk_refusal(R"({"crv":"Ed25519","x":"iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w"})") ==
        JwkRefusal{member_missing, "/kty"});
  CHECK(jwk_refusal(R"({"crv":"Ed25519","kty":"OKP","kid":"a","x":"iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w"})") ==
        JwkRefusal{member_unknown, "/kid"});
  CHECK(jwk_refusal(R"({"crv":"Ed25519","d":"AQ","kty":"OKP","x":"iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w"})") ==
        JwkRefusal{member_unknown, "/d"});
  CHECK(jwk_refusal(R"({"crv":"Ed25519","kty":"OKP","x":7})") == JwkRefusal{value_type, "/x"});
  CHECK(jwk_refusal(R"({"crv":"X25519","kty":"OKP","x":"iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w"})") ==
        JwkRefusal{bad_key, "/crv"});
  CHECK(jwk_refusal(R"({"crv":"Ed25519","kty":"EC","x":"iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w"})") ==
        JwkRefusal{bad_key, "/kty"});
  CHECK(jwk_refusal(R"({"crv":"Ed25519","kty":"OKP","x":"iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1x"})") ==
        JwkRefusal{base64_form, "/x"});
  CHECK(jwk_refusal(R"({"crv":"Ed25519","kty":"OKP","x":"iojj"})") == JwkRefusal{base64_form, "/x"});
  CHECK(jwk_refusal(R"({"crv":"Ed25519","crv":"Ed25519","kty":"OKP","x":"iojj"})").code == json_duplicate_member);
  CHECK(jwk_refusal(std::string(kJwk) + std::string(1000, ' ')).code == body_too_large);
}

TEST_CASE("a JWK of a point outside the prime-order group is a bad key") {
  // A + T8 and the point of order 8.
  CHECK(jwk_refusal(R"({"crv":"Ed25519","kty":"OKP","x":"nqPxH1vTTwzXFH_QpDbAiPYkxhAMHfalPAop4F1gzqA"})") ==
        JwkRefusal{ErrorCode::bad_key, "/x"});
  CHECK(jwk_refusal(R"({"crv":"Ed25519","kty":"OKP","x":"xxdqcD1N2E-6PAt2DRBnDyogU_osOczGTsf9d5KsA3o"})") ==
        JwkRefusal{ErrorCode::bad_key, "/x"});
}

TEST_CASE("the pointer of a nested JWK starts at its place") {
  const auto key = read_jwk(json::Json{{"crv", "Ed25519"}, {"kty", "OKP"}}, "/body/key");
  REQUIRE_FALSE(key.has_value());
  CHECK(key.error().pointer == "/body/key/x");
}

TEST_CASE("a key id is 43 characters of strict base64url") {
  CHECK(is_key_id("UDDReOZl1ipXAfp9wYsm13sDBMK5og--QWdBjzuf6o4"));
  CHECK_FALSE(is_key_id("UDDReOZl1ipXAfp9wYsm13sDBMK5og--QWdBjzuf6o5"));
  CHECK_FALSE(is_key_id("UDDReOZl1ipXAfp9wYsm13sDBMK5og--QWdBjzuf6o"));
  CHECK_FALSE(is_key_id(""));
}

}  // namespace dengji::crypto
