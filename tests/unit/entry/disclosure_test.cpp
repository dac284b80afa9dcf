#include "ledger/entry/disclosure.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "crypto/base64.hpp"
#include "ledger/entry/envelope.hpp"

using namespace dengji;
using namespace dengji::entry;
using json::Json;

TEST_CASE("the disclosure of a known value has the known digest") {
  const Disclosure disclosure{.salt = std::string(kSaltBytes, '\x03'), .name = "contact_name", .value = "张三"};
  const std::string text = write_disclosure(disclosure);
  CHECK(crypto::base64url_decode(text) == R"(["AwMDAwMDAwMDAwMDAwMDAw","contact_name","张三"])");
  CHECK(crypto::to_b64(disclosure_digest(disclosure)) == "UvsVRkbu0KrbfMToDVxdfhwxGh0BGj85dSLsgLUtEag");
  CHECK(disclosure_digest(text) == disclosure_digest(disclosure));
  CHECK(parse_disclosure(text) == disclosure);
}

TEST_CASE("a disclosure may hold any value of the restricted JSON") {
  for (const Json& value : {Json(nullptr), Json(7), Json::array({1, "a"}), Json{{"phone", "+86 25 0000 0000"}}}) {
    const Disclosure disclosure{.salt = std::string(kSaltBytes, 's'), .name = "contact", .value = value};
    CHECK(parse_disclosure(write_disclosure(disclosure)) == disclosure);
  }
}

TEST_CASE("another library's spelling is accepted, with the digest of its own bytes") {
  const std::string text = crypto::base64url_encode("[ \"AwMDAwMDAwMDAwMDAwMDAw\", \"name\", 1 ]");
  const auto parsed = parse_disclosure(text);
  REQUIRE(parsed.has_value());
  CHECK(parsed->value == 1);
  CHECK_FALSE(disclosure_digest(text) == disclosure_digest(*parsed));
}

TEST_CASE("every wrong disclosure is refused with its code and its place") {
  struct Refused {
    std::string text;
    ErrorCode code;
    std::string pointer;
  };
  const std::string salt = R"("AwMDAwMDAwMDAwMDAwMDAw")";
  const auto b64 = [](const std::string& text) { return crypto::base64url_encode(text); };
  const std::vector<Refused> table = {
      {"", ErrorCode::json_syntax, ""},
      {"e30=", ErrorCode::base64_form, ""},
      {b64("{}"), ErrorCode::value_type, ""},
      {b64("[]"), ErrorCode::value_type, ""},
      {b64("[" + salt + R"(,"a"])"), ErrorCode::value_type, ""},
      {b64("[" + salt + R"(,"a",1,2])"), ErrorCode::value_type, ""},
      {b64(R"([1,"a",1])"), ErrorCode::value_type, "/0"},
      {b64(R"(["AwMD","a",1])"), ErrorCode::value_format, "/0"},
      {b64(R"(["not base64!","a",1])"), ErrorCode::value_format, "/0"},
      {b64("[" + salt + ",1,1]"), ErrorCode::value_type, "/1"},
      {b64("[" + salt + R"(,"A",1])"), ErrorCode::value_format, "/1"},
      {b64("[" + salt + R"(,"",1])"), ErrorCode::value_format, "/1"},
      {b64("[" + salt + R"(,"a",1.5])"), ErrorCode::json_float, "/2"},
      {b64("[" + salt + R"(,"a",{"b":1,"b":2}])"), ErrorCode::json_duplicate_member, "/2/b"},
      {std::string(kMaxDisclosureBytes + 1, 'A'), ErrorCode::body_too_large, ""},
  };
  for (const Refused& row : table) {
    CAPTURE(row.text);
    const auto result = parse_disclosure(row.text);
    REQUIRE_FALSE(result.has_value());
    CHECK(error_row(result.error().code).slug == error_row(row.code).slug);
    CHECK(result.error().pointer == row.pointer);
  }
}
