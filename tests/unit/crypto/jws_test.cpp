#include "crypto/jws.hpp"

#include "crypto/base64.hpp"
#include "crypto/jwk.hpp"
#include "support.hpp"

namespace dengji::crypto {
namespace {

constexpr std::string_view kKid = "UDDReOZl1ipXAfp9wYsm13sDBMK5og--QWdBjzuf6o4";  // of the seed 01…01

struct Refusal {
  ErrorCode code;
  std::string pointer;
  friend bool operator==(const Refusal&, const Refusal&) = default;
};

Refusal refusal(std::string_view text) {
  const auto jws = parse_jws(text);
  REQUIRE_FALSE(jws.has_value());
  return {jws.error().code, jws.error().pointer};
}

ErrorCode header_refusal(std::string_view json) {
  const auto header = parse_protected(base64url_encode(json));
  REQUIRE_FALSE(header.has_value());
  return header.error().code;
}

Jws signed_by(std::string payload, std::initializer_list<char> seeds) {
  Jws jws = make_jws(std::move(payload));
  for (const char seed : seeds) sign(jws, key_of(seed), kTypEntry);
  return jws;
}

Result<void> verify_entry(const Jws& jws, std::size_t index, char seed) {
  return verify_signature(jws, index, key_of(seed).public_key(), kTypEntry);
}

}  // namespace

TEST_CASE("a protected header is read whatever the order of its members and with either name of the algorithm") {
  const ProtectedHeader expected{.alg = "EdDSA", .kid = KeyId{kKid}, .typ = "dengji+jws"};
  const std::string kid(kKid);
  CHECK(parse_protected(make_protected(KeyId{kKid}, kTypEntry)) == expected);
  CHECK(parse_protected(base64url_encode(R"({"typ":"dengji+jws","kid":")" + kid + R"(","alg":"EdDSA"})")) == expected);
  CHECK(parse_protected(base64url_encode(R"({ "kid" : ")" + kid + R"(" , "alg":"EdDSA", "typ":"dengji+jws"})")) ==
        expected);
  const auto other = parse_protected(base64url_encode(R"({"typ":"a","kid":")" + kid + R"(","alg":"Ed25519"})"));
  REQUIRE(other.has_value());
  CHECK(other->alg == "Ed25519");
}

TEST_CASE("a protected header with more, less or other than alg, kid and typ is refused") {
  using enum ErrorCode;
  const std::string kid = R"("kid":")" + std::string(kKid) + R"(")";
  CHECK(header_refusal(R"({"alg":"EdDSA",)" + kid + "}") == jws_header);
  CHECK(header_refusal(R"({"alg":"EdDSA","typ":"a"})") == jws_header);
  CHECK(header_refusal(R"({"typ":"a",)" + kid + "}") == jws_header);
  CHECK(header_refusal(R"({"alg":"EdDSA","crit":["b64"],"typ":"a",)" + kid + "}") == jws_header);
  CHECK(header_refusal(R"({"alg":"EdDSA","jwk":{},"typ":"a",)" + kid + "}") == jws_header);
  CHECK(header_refusal(R"({"alg":"none","typ":"a",)" + kid + "}") == jws_header);
  CHECK(header_refusal(R"({"alg":"eddsa","typ":"a",)" + kid + "}") == jws_header);
  CHECK(header_refusal(R"({"alg":"HS256","typ":"a",)" + kid + "}") == jws_header);
  CHECK(header_refusal(R"({"alg":1,"typ":"a",)" + kid + "}") == jws_header);
  CHECK(header_refusal(R"({"alg":"EdDSA","kid":"short","typ":"a"})") == jws_header);
  CHECK(header_refusal(R"({"alg":"EdDSA","alg":"EdDSA","typ":"a",)" + kid + "}") == json_duplicate_member);
  CHECK(header_refusal("[]") == jws_header);
  CHECK(header_refusal("") == json_syntax);
  CHECK(header_refusal(R"({"alg":"EdDSA","typ":"a",)" + kid + "} ]") == json_trailing_bytes);
  CHECK(parse_protected("e30=").error().code == base64_form);
}

TEST_CASE("a protected header may have 256 bytes and no more") {
  const std::string json = R"({"alg":"EdDSA","kid":")" + std::string(kKid) + R"(","typ":"a"})";
  CHECK(parse_protected(base64url_encode(json + std::string(256 - json.size(), ' '))).has_value());
  CHECK(header_refusal(json + std::string(257 - json.size(), ' ')) == ErrorCode::jws_header);
  CHECK(header_refusal(json + std::string(100'000, ' ')) == ErrorCode::jws_header);
}

TEST_CASE("a signed entry has the form that stock libraries read, and survives writing and parsing") {
  const Jws jws = signed_by(R"({"v":1})", {1});
  CHECK(
      write_jws(jws) ==
      R"({"payload":"eyJ2IjoxfQ","signatures":[{"protected":"eyJhbGciOiJFZERTQSIsImtpZCI6IlVERFJlT1psMWlwWEFmcDl3WXNtMTNzREJNSzVvZy0tUVdkQmp6dWY2bzQiLCJ0eXAiOiJkZW5namkrandzIn0","signature":")" +
          base64url_encode(
              key_of(1)
                  .sign("eyJhbGciOiJFZERTQSIsImtpZCI6IlVERFJlT1psMWlwWEFmcDl3WXNtMTNzREJNSzVvZy0tUVdkQmp6dWY2bzQiLCJ0"
                        "eXAiOiJkZW5namkrandzIn0.eyJ2IjoxfQ")
                  .view()) +
          R"("}]})");
  for (const Jws& one : {jws, signed_by("", {1}), signed_by("合同", {1, 2, 3})}) {
    const std::string text = write_jws(one);
    CHECK(text.size() == jws_size(one));
    CHECK(parse_jws(text) == one);
    CHECK(json::write_canonical(json::Json::parse(text)) == text);
  }
}

TEST_CASE("an EdDSA signature of RFC 8037 verifies as a compact JWS would be") {
  // Appendix A.4; its header has only alg, so the parts are put together by hand.
  Jws jws{
      .payload_b64 = "RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc", .payload = "Example of Ed25519 signing", .signatures = {}};
  JwsSignature one{
      .protected_b64 = "eyJhbGciOiJFZERTQSJ9", .header = {.alg = "EdDSA", .kid = {}, .typ = "x"}, .signature = {}};
  REQUIRE(
      base64url_decode_into("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
                            one.signature.bytes.data(), 64));
  jws.signatures.push_back(one);
  const auto key = parse_jwk(R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})");
  REQUIRE(key.has_value());
  CHECK(verify_signature(jws, 0, *key, "x").has_value());
}

TEST_CASE("a JWS with other than the exact members is refused at its place") {
  using enum ErrorCode;
  const std::string good = write_jws(signed_by("{}", {1}));
  REQUIRE(parse_jws(good).has_value());
  const std::string list = good.substr(good.find(R"("signatures")"));  // with the closing brace
  const std::string one = list.substr(14, list.size() - 16);           // the signature object
  const std::string signature = one.substr(one.find(R"("signature")"));

  CHECK(refusal("7") == Refusal{jws_form, ""});
  CHECK(refusal("[]") == Refusal{jws_form, ""});
  CHECK(refusal("{}") == Refusal{jws_form, "/payload"});
  CHECK(refusal("{" + list) == Refusal{jws_form, "/payload"});
  CHECK(refusal(R"({"payload":"e30"})") == Refusal{jws_form, "/signatures"});
  CHECK(refusal(R"({"payload":{},)" + list) == Refusal{jws_form, "/payload"});
  CHECK(refusal(R"({"payload":"e31",)" + list) == Refusal{base64_form, "/payload"});
  CHECK(refusal(R"({"payload":"e30=",)" + list) == Refusal{base64_form, "/payload"});
  CHECK(refusal(R"({"header":{},"payload":"e30",)" + list) == Refusal{jws_form, "/header"});
  CHECK(refusal(R"({"payload":"e30","payload":"e30",)" + list).code == json_duplicate_member);
  CHECK(refusal(R"({"payload":"e30","\u0070ayload":"e30",)" + list).code == json_duplicate_member);
  CHECK(refusal(R"({"payload":"e30",)" + one.substr(1)).code == jws_form);  // the flattened form
  CHECK(refusal(R"({"payload":"e30","signatures":{}})") == Refusal{jws_form, "/signatures"});
  CHECK(refusal(R"({"payload":"e30","signatures":[]})") == Refusal{jws_form, "/signatures"});
  CHECK(refusal(R"({"payload":"e30","signatures":[7]})") == Refusal{jws_form, "/signatures/0"});
  CHECK(refusal(R"({"payload":"e30","signatures":[)" + one + ",{" + signature + "]}") ==
        Refusal{jws_form, "/signatures/1/protected"});
  CHECK(refusal(R"({"payload":"e30","signatures":[{"header":{},)" + one.substr(1) + "]}") ==
        Refusal{jws_form, "/signatures/0/header"});
  CHECK(refusal(R"({"payload":"e30","signatures":[{"protected":"e30",)" + signature + "]}") ==
        Refusal{jws_header, "/signatures/0/protected"});
  CHECK(refusal(R"({"payload":"e30","signatures":[)" + one.substr(0, one.find(R"(,"signature")")) + "}]}") ==
        Refusal{jws_form, "/signatures/0/signature"});
  CHECK(refusal(R"({"payload":"e30","signatures":[)" + one.substr(0, one.size() - 3) + R"("}]})") ==
        Refusal{base64_form, "/signatures/0/signature"});
  CHECK(refusal(good + "x").code == json_trailing_bytes);
  CHECK(refusal(sign_compact("{}", key_of(1), kTypEntry)).code == json_syntax);
}

TEST_CASE("the error inside a protected header says which signature it belongs to") {
  Jws jws = signed_by("{}", {1, 2, 3});
  jws.signatures[1].protected_b64 = base64url_encode(R"({"alg":"EdDSA","alg":"EdDSA"})");
  const auto parsed = parse_jws(write_jws(jws));
  REQUIRE_FALSE(parsed.has_value());
  CHECK(parsed.error().code == ErrorCode::json_duplicate_member);
  CHECK(parsed.error().pointer == "/signatures/1/protected");
  CHECK(parsed.error().context.starts_with("signature 2 of 3: "));
}

TEST_CASE("sixteen signatures are allowed, seventeen not") {
  Jws jws = make_jws("{}");
  for (char seed = 1; seed <= 16; ++seed) sign(jws, key_of(seed), kTypEntry);
  CHECK(parse_jws(write_jws(jws)) == jws);
  sign(jws, key_of(17), kTypEntry);
  CHECK(refusal(write_jws(jws)) == Refusal{ErrorCode::jws_form, "/signatures"});
}

TEST_CASE("the canonical form is limited, white space is allowed once more") {
  const std::size_t rest = jws_size(signed_by("", {1}));
  const std::size_t largest = (kMaxEntryBytes - rest) / 4 * 3;
  const Jws fits = signed_by(std::string(largest, 'x'), {1});
  const std::string text = write_jws(fits);
  REQUIRE(text.size() <= kMaxEntryBytes);
  CHECK(parse_jws(text) == fits);
  CHECK(parse_jws(text + std::string(kMaxEntryBytes, ' ')) == fits);
  CHECK(refusal(text + std::string(2 * kMaxEntryBytes, ' ')).code == ErrorCode::entry_too_large);
  CHECK(refusal(write_jws(signed_by(std::string(largest + 4, 'x'), {1}))).code == ErrorCode::entry_too_large);
}

TEST_CASE("each signature verifies with its own key, and only there") {
  const Jws jws = signed_by("{}", {1, 2, 3});
  for (std::size_t i = 0; i < 3; ++i)
    for (char seed = 1; seed <= 3; ++seed)
      CHECK(verify_entry(jws, i, seed).has_value() == (seed == static_cast<char>(i + 1)));
}

TEST_CASE("a bad signature is named with its place among the others") {
  Jws jws = signed_by("{}", {1, 2, 3});
  jws.signatures[1].signature.bytes[0] ^= 1;
  const auto result = verify_entry(jws, 1, 2);
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().code == ErrorCode::bad_signature);
  CHECK(result.error().pointer == "/signatures/1/signature");
  CHECK(result.error().context.starts_with("signature 2 of 3 (key "));
  CHECK(verify_entry(jws, 0, 1).has_value());
  CHECK(verify_entry(jws, 2, 3).has_value());
}

TEST_CASE("signed bytes are verified as they came: another spelling of the header or payload is another text") {
  Jws jws = signed_by(R"({"a":1})", {1});
  jws.signatures[0].protected_b64 =
      base64url_encode(R"({"kid":")" + std::string(kKid) + R"(","alg":"EdDSA","typ":"dengji+jws"})");
  const auto parsed = parse_jws(write_jws(jws));
  REQUIRE(parsed.has_value());
  CHECK_FALSE(verify_entry(*parsed, 0, 1).has_value());

  Jws respelled = signed_by(R"({"a":1})", {1});
  respelled.payload_b64 = base64url_encode(R"({"a": 1})");
  CHECK_FALSE(verify_entry(respelled, 0, 1).has_value());
}

TEST_CASE("a signature made for another purpose is refused as such") {
  Jws jws = make_jws("{}");
  sign(jws, key_of(1), kTypBatch);
  const auto result = verify_entry(jws, 0, 1);
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().code == ErrorCode::jws_typ);
  CHECK(result.error().pointer == "/signatures/0/protected");
  CHECK(verify_signature(jws, 0, key_of(1).public_key(), kTypBatch).has_value());
  // Compared exactly.
  for (const char* typ : {"dengji-batch", "Dengji-batch+jws", "application/dengji-batch+jws", ""})
    CHECK_FALSE(verify_signature(jws, 0, key_of(1).public_key(), typ).has_value());
}

TEST_CASE("a JWS inside a leaf is read with pointers from the leaf's root") {
  const auto jws = read_jws(json::Json{{"payload", "e30"}, {"signatures", json::Json::array()}}, "/entry");
  REQUIRE_FALSE(jws.has_value());
  CHECK(jws.error().pointer == "/entry/signatures");
  const Jws good = signed_by("{}", {1, 2});
  CHECK(read_jws(json::Json::parse(write_jws(good)), "/entry") == good);
}

TEST_CASE("no byte of a signed entry can be changed unnoticed") {
  constexpr std::uint64_t kSeed = 7515;
  CAPTURE(kSeed);
  SeededRng rng(kSeed);
  const std::string text = write_jws(signed_by(R"({"type":"trade.agree","v":1})", {1, 2}));
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string damaged = text;
    damaged[i] = static_cast<char>(static_cast<std::uint8_t>(damaged[i]) ^ (1U + rng.below(255)));
    const auto jws = parse_jws(damaged);
    if (!jws) continue;
    const bool good = jws->signatures.size() == 2 && verify_entry(*jws, 0, 1) && verify_entry(*jws, 1, 2);
    CAPTURE(i);
    CHECK_FALSE(good);
  }
}

TEST_CASE("a compact token is made, taken apart and verified") {
  const std::string token = sign_compact(R"({"iss":"a"})", key_of(1), kTypRead);
  const auto parsed = parse_compact(token, kTypRead);
  REQUIRE(parsed.has_value());
  CHECK(parsed->payload == R"({"iss":"a"})");
  CHECK(parsed->header.kid.text == kKid);
  CHECK(verify_compact(*parsed, key_of(1).public_key()).has_value());
  const auto wrong = verify_compact(*parsed, key_of(2).public_key());
  REQUIRE_FALSE(wrong.has_value());
  CHECK(wrong.error().code == ErrorCode::bad_signature);
}

TEST_CASE("a malformed or misused token is refused") {
  using enum ErrorCode;
  const std::string token = sign_compact("{}", key_of(1), kTypRead);
  const auto code = [](std::string_view text, std::string_view typ) {
    const auto parsed = parse_compact(text, typ);
    REQUIRE_FALSE(parsed.has_value());
    return parsed.error().code;
  };
  CHECK(code(token, kTypEntry) == jws_typ);
  CHECK(code("", kTypRead) == jws_form);
  CHECK(code("a.b", kTypRead) == jws_form);
  CHECK(code(token + ".a", kTypRead) == base64_form);
  CHECK(code(token + "=", kTypRead) == base64_form);
  CHECK(code(token.substr(0, token.size() - 1), kTypRead) == base64_form);
  CHECK(code(" " + token, kTypRead) == base64_form);
  CHECK(code("e30.e30.", kTypRead) == jws_header);
  CHECK(code(token + std::string(kMaxCompactBytes, 'A'), kTypRead) == jws_form);
}

TEST_CASE("the canonical form is read as the strict reader reads it, whatever byte of it is changed") {
  // parse_jws takes the canonical form apart by itself; read_jws over the strict reader is the other way to the same.
  const auto slowly = [](std::string_view text) -> Result<Jws> {
    auto value = json::read_strict(text, {.max_bytes = 2 * kMaxEntryBytes});
    if (!value) return std::unexpected(value.error());
    return read_jws(std::move(*value), "");
  };
  const std::string text = write_jws(signed_by(R"({"v":1})", {1, 2}));
  REQUIRE(parse_jws(text).has_value());
  std::size_t taken = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (const char other : {'"', '\\', 'A', '-', ',', '}', ' ', '\x1f', '\x7f', '\xff'}) {
      std::string changed = text;
      changed[at] = other;
      const auto fast = parse_jws(changed);
      const auto slow = slowly(changed);
      CAPTURE(changed);
      REQUIRE(fast.has_value() == slow.has_value());
      if (fast) CHECK(*fast == *slow);
      if (!fast) CHECK(fast.error().code == slow.error().code);
      if (!fast) CHECK(fast.error().pointer == slow.error().pointer);
      taken += fast.has_value();
    }
    CHECK_FALSE(parse_jws(text.substr(0, at)).has_value());
  }
  CHECK(taken > 0);
  for (const std::string_view typ : {kTypEntry, kTypBatch, kTypRead, kTypSdJwt}) {
    const auto header = parse_protected(make_protected(KeyId{kKid}, typ));
    REQUIRE(header.has_value());
    CHECK(*header == ProtectedHeader{.alg = "EdDSA", .kid = KeyId{kKid}, .typ = std::string(typ)});
  }
}

}  // namespace dengji::crypto
