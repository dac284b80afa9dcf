#include "ledger/json/strict_json.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "ledger/json/text.hpp"

using namespace dengji;
using namespace std::string_literals;

namespace {

struct Refused {
  std::string text;
  ErrorCode code;
  std::string pointer;
};

std::string nested(int depth, std::string_view innermost = "") {
  std::string text(static_cast<std::size_t>(depth), '[');
  text += innermost;
  return text.append(static_cast<std::size_t>(depth), ']');
}

}  // namespace

TEST_CASE("every text outside the restricted JSON is refused with its code and its place") {
  const std::vector<Refused> table = {
      // Not JSON at all.
      {"", ErrorCode::json_syntax, ""},
      {" ", ErrorCode::json_syntax, ""},
      {"{", ErrorCode::json_syntax, ""},
      {"[1", ErrorCode::json_syntax, "/1"},
      {"[1,]", ErrorCode::json_syntax, "/1"},
      {"[1 2]", ErrorCode::json_syntax, "/1"},
      {R"({"a":1,})", ErrorCode::json_syntax, ""},
      {R"({"a" 1})", ErrorCode::json_syntax, "/a"},
      {R"({"a":})", ErrorCode::json_syntax, "/a"},
      {R"({"a":{"b":[0,tru]}})", ErrorCode::json_syntax, "/a/b/1"},
      {"{a:1}", ErrorCode::json_syntax, ""},
      {"'a'", ErrorCode::json_syntax, ""},
      {"// no comment\n1", ErrorCode::json_syntax, ""},
      {"/* no comment */1", ErrorCode::json_syntax, ""},
      {"NaN", ErrorCode::json_syntax, ""},
      {"Infinity", ErrorCode::json_syntax, ""},
      {"[01]", ErrorCode::json_syntax, "/1"},
      {"[+1]", ErrorCode::json_syntax, "/0"},
      {"[-]", ErrorCode::json_syntax, "/0"},
      {"[.5]", ErrorCode::json_syntax, "/0"},
      {"[0x10]", ErrorCode::json_syntax, "/1"},
      {"[1.]", ErrorCode::json_syntax, "/0"},
      {R"(["\x41"])", ErrorCode::json_syntax, "/0"},
      {R"(["\ud83d"])", ErrorCode::json_syntax, "/0"},
      {R"(["\ude00"])", ErrorCode::json_syntax, "/0"},
      {R"(["\ud83d\u0041"])", ErrorCode::json_syntax, "/0"},
      {R"(["abc)", ErrorCode::json_syntax, "/0"},
      {"[1,\0 2]"s, ErrorCode::json_syntax, "/1"},
      // Before and after the value.
      {"\xEF\xBB\xBF{}", ErrorCode::json_bom, ""},
      {"{}{}", ErrorCode::json_trailing_bytes, ""},
      {"{},", ErrorCode::json_trailing_bytes, ""},
      {"1 1", ErrorCode::json_trailing_bytes, ""},
      {"{}\0"s, ErrorCode::json_trailing_bytes, ""},
      {"{}\0{\"a\":1}"s, ErrorCode::json_trailing_bytes, ""},
      {"{}\xFF", ErrorCode::json_trailing_bytes, ""},
      // Members.
      {R"({"a":1,"a":1})", ErrorCode::json_duplicate_member, "/a"},
      {R"({"a":1,"\u0061":2})", ErrorCode::json_duplicate_member, "/a"},
      {R"({"b":1,"a":2,"b":3})", ErrorCode::json_duplicate_member, "/b"},
      {R"([{"x":{"b":1,"a":2,"a":{}}}])", ErrorCode::json_duplicate_member, "/0/x/a"},
      {R"({"":1})", ErrorCode::json_member_name, "/"},
      {R"({"A":1})", ErrorCode::json_member_name, "/A"},
      {R"({"_a":1})", ErrorCode::json_member_name, "/_a"},
      {R"({"9a":1})", ErrorCode::json_member_name, "/9a"},
      {R"({"a-b":1})", ErrorCode::json_member_name, "/a-b"},
      {R"({"x":[{"a/b~c":1}]})", ErrorCode::json_member_name, "/x/0/a~1b~0c"},
      {R"({"名":1})", ErrorCode::json_member_name, "/名"},
      {R"({"a\u0000":1})", ErrorCode::json_member_name, ""},
      {R"({"x":{"a\u202eb":1}})", ErrorCode::json_member_name, "/x"},
      {R"({")" + std::string(65, 'a') + R"(":1})", ErrorCode::json_member_name, "/" + std::string(65, 'a')},
      // Numbers.
      {"[1.0]", ErrorCode::json_float, "/0"},
      {"[1e2]", ErrorCode::json_float, "/0"},
      {"[1E2]", ErrorCode::json_float, "/0"},
      {"[-0.0]", ErrorCode::json_float, "/0"},
      {"[0e0]", ErrorCode::json_float, "/0"},
      {"[1e999]", ErrorCode::json_float, "/0"},
      {R"({"a":[0,1,2.5]})", ErrorCode::json_float, "/a/2"},
      {"-0", ErrorCode::json_negative_zero, ""},
      {R"({"a":{"b":-0}})", ErrorCode::json_negative_zero, "/a/b"},
      {"[9007199254740992]", ErrorCode::json_integer_range, "/0"},
      {"[-9007199254740992]", ErrorCode::json_integer_range, "/0"},
      {"[18446744073709551615]", ErrorCode::json_integer_range, "/0"},
      {"[18446744073709551616]", ErrorCode::json_integer_range, "/0"},
      {"[-9223372036854775809]", ErrorCode::json_integer_range, "/0"},
      {"[1" + std::string(400, '0') + "]", ErrorCode::json_integer_range, "/0"},
      // Nesting.
      {nested(17), ErrorCode::json_depth, "/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0"},
      {nested(5000), ErrorCode::json_depth, "/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0"},
      {nested(16, R"({"a":1})"), ErrorCode::json_depth, "/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0"},
      // Text.
      {"[\"\xFF\"]", ErrorCode::json_invalid_utf8, "/0"},
      {"[\"\xC0\x80\"]", ErrorCode::json_invalid_utf8, "/0"},
      {"[\"\xED\xA0\x80\"]", ErrorCode::json_invalid_utf8, "/0"},
      {"[\"\xF4\x90\x80\x80\"]", ErrorCode::json_invalid_utf8, "/0"},
      {"[\"\xE5\xBC\"]", ErrorCode::json_invalid_utf8, "/0"},
      {"[\"\xE5\xBC", ErrorCode::json_invalid_utf8, "/0"},
      {"[\xE5]", ErrorCode::json_invalid_utf8, "/0"},
      {"[\"a\tb\"]", ErrorCode::json_text, "/0"},
      {"[\"a\nb\"]", ErrorCode::json_text, "/0"},
      {"{\"a\":\"\x01\"}", ErrorCode::json_text, "/a"},
      {"[\"a\0\"]"s, ErrorCode::json_text, "/0"},
      {R"(["\u0000"])", ErrorCode::json_text, "/0"},
      {R"(["\n"])", ErrorCode::json_text, "/0"},
      {R"(["\t"])", ErrorCode::json_text, "/0"},
      {"[\"\x7F\"]", ErrorCode::json_text, "/0"},
      {R"(["\u007f"])", ErrorCode::json_text, "/0"},
      {R"(["\u0080"])", ErrorCode::json_text, "/0"},
      {R"(["\u009f"])", ErrorCode::json_text, "/0"},
      {R"(["张\u0085"])", ErrorCode::json_text, "/0"},
      {R"(["\u061c"])", ErrorCode::json_text, "/0"},
      {R"(["\u200e"])", ErrorCode::json_text, "/0"},
      {R"(["\u200f"])", ErrorCode::json_text, "/0"},
      {R"(["\u202a"])", ErrorCode::json_text, "/0"},
      {R"(["\u202e"])", ErrorCode::json_text, "/0"},
      {R"(["\u2066"])", ErrorCode::json_text, "/0"},
      {R"(["\u2069"])", ErrorCode::json_text, "/0"},
      {R"(["\u0378"])", ErrorCode::json_text, "/0"},
      {R"(["\ufdd0"])", ErrorCode::json_text, "/0"},
      {R"(["\uffff"])", ErrorCode::json_text, "/0"},
      {R"(["\udbff\udfff"])", ErrorCode::json_text, "/0"},
      {R"(["\u2ffc"])", ErrorCode::json_text, "/0"},        // assigned in Unicode 15.1
      {R"(["\ud81b\udea0"])", ErrorCode::json_text, "/0"},  // U+16EA0, assigned in Unicode 17.0
      {R"(["e\u0301"])", ErrorCode::json_not_nfc, "/0"},
      {R"(["\u212b"])", ErrorCode::json_not_nfc, "/0"},
      {R"(["\uf900"])", ErrorCode::json_not_nfc, "/0"},
      {R"(["\u1100\u1161"])", ErrorCode::json_not_nfc, "/0"},
      {R"({"a":{"b":["x","q\u0307\u0323"]}})", ErrorCode::json_not_nfc, "/a/b/1"},
  };
  for (const Refused& row : table) {
    CAPTURE(row.text);
    const auto result = json::read_strict(row.text);
    REQUIRE_FALSE(result.has_value());
    CHECK(error_row(result.error().code).slug == error_row(row.code).slug);
    CHECK(result.error().pointer == row.pointer);
  }
}

TEST_CASE("what the restricted JSON allows is read as it stands") {
  const std::vector<std::string> table = {
      "null",
      "true",
      "false",
      "0",
      "-1",
      "9007199254740991",
      "-9007199254740991",
      "\"\"",
      "[]",
      "{}",
      " \t\r\n{ } \n",
      R"({"a":[],"b":{},"a0_z":null})",
      nested(16),
      R"(["a\u0041\"\\\/"])",
      R"(["张三，《数据》"])",
      R"(["\ud83d\ude00"])",
      "[\"\xF0\x9F\x98\x80\"]",
      R"(["é"])",
      R"(["한국"])",
      R"(["\u4e00\u9fff"])",
      R"(["\ue000"])",
      R"({")" + std::string(64, 'a') + R"(":1})",
      R"(["\ud888\udc00"])",  // U+32000, an ideograph of Unicode 15.0
  };
  for (const std::string& text : table) {
    CAPTURE(text);
    const auto result = json::read_strict(text);
    if (!result) FAIL(result.error().message());
    CHECK(*result == json::Json::parse(text));
  }
}

TEST_CASE("limits hold at their edge") {
  const std::string text = "[\"" + std::string(96, 'x') + "\"]";
  CHECK(json::read_strict(text, {.max_bytes = 100}).has_value());
  const auto larger = json::read_strict(text, {.max_bytes = 99});
  REQUIRE_FALSE(larger.has_value());
  CHECK(larger.error().code == ErrorCode::body_too_large);

  CHECK(json::read_strict(nested(3), {.max_depth = 3}).has_value());
  CHECK_FALSE(json::read_strict(nested(4), {.max_depth = 3}).has_value());

  const std::string largest = "\"" + std::string(kMaxEntryBytes - 2, 'x') + "\"";
  CHECK(json::read_strict(largest).has_value());
  CHECK_FALSE(json::read_strict(largest + " ").has_value());
}

TEST_CASE("foreign documents may have other names, but not other text or duplicates") {
  const json::ReadLimits foreign{.strict_names = false};
  CHECK(json::read_strict(R"({"@context":{"sc:Dataset":1},"":2})", foreign).has_value());

  const auto duplicate = json::read_strict(R"({"@id":1,"@id":2})", foreign);
  REQUIRE_FALSE(duplicate.has_value());
  CHECK(duplicate.error().code == ErrorCode::json_duplicate_member);
  CHECK(duplicate.error().pointer == "/@id");

  const auto hidden = json::read_strict(R"({"x":{"a\u202eb":1}})", foreign);
  REQUIRE_FALSE(hidden.has_value());
  CHECK(hidden.error().code == ErrorCode::json_text);
  CHECK(hidden.error().pointer == "/x");

  const auto decomposed = json::read_strict(R"({"e\u0301":1})", foreign);
  REQUIRE_FALSE(decomposed.has_value());
  CHECK(decomposed.error().code == ErrorCode::json_not_nfc);
}

TEST_CASE("a syntax error says at which byte") {
  const auto result = json::read_strict(R"({"a":1,"b":x})");
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().context == "at byte 12");
}

TEST_CASE("check_text judges a string alone") {
  CHECK_FALSE(json::check_text("").has_value());
  CHECK_FALSE(json::check_text("plain ASCII ~").has_value());
  CHECK_FALSE(json::check_text("数据集").has_value());
  CHECK(json::check_text("a\x1F") == ErrorCode::json_text);
  CHECK(json::check_text("\xC2\x80") == ErrorCode::json_text);
  CHECK(json::check_text("\x80") == ErrorCode::json_invalid_utf8);
  CHECK(json::check_text("\xE2\x80\xAE") == ErrorCode::json_text);
  CHECK(json::check_text("e\xCC\x81") == ErrorCode::json_not_nfc);
  // Ill-formed beats a control character: such bytes are no text at all.
  CHECK(json::check_text("\x01\xFF") == ErrorCode::json_invalid_utf8);
}

TEST_CASE("the well-formed prefix ends where a sequence breaks") {
  CHECK(json::well_formed_prefix("") == 0);
  CHECK(json::well_formed_prefix("abc") == 3);
  CHECK(json::well_formed_prefix("a\xC3\xA9") == 3);
  CHECK(json::well_formed_prefix("a\xC3") == 1);
  CHECK(json::well_formed_prefix("a\xC1\xBF") == 1);
  CHECK(json::well_formed_prefix("\xE0\x9F\xBF") == 0);
  CHECK(json::well_formed_prefix("\xE0\xA0\x80") == 3);
  CHECK(json::well_formed_prefix("\xED\x9F\xBF\xED\xA0\x80") == 3);
  CHECK(json::well_formed_prefix("\xF0\x8F\xBF\xBF") == 0);
  CHECK(json::well_formed_prefix("\xF4\x8F\xBF\xBF\xF5\x80\x80\x80") == 4);
}

TEST_CASE("canonical text is RFC 8785's") {
  const auto canonical = [](std::string_view text, bool strict_names = true) {
    const auto value = json::read_strict(text, {.strict_names = strict_names});
    REQUIRE(value.has_value());
    return json::write_canonical(*value);
  };
  CHECK(canonical(R"( { "b" : [ 1 , -2 , true , null ] , "a" : { } , "c" : [ ] } )") ==
        R"({"a":{},"b":[1,-2,true,null],"c":[]})");
  CHECK(canonical(R"(["\u0041\/\"\\","\u20ac"])") == R"(["A/\"\\","€"])");
  CHECK(canonical(R"({"a_b":1,"a":2,"a1":3})") == R"({"a":2,"a1":3,"a_b":1})");
  // RFC 8785, 3.2.3: names in the order of UTF-16 code units, not of bytes or code points.
  CHECK(canonical(R"({"\uff01":1,"\ud83d\ude00":2,"\u20ac":3,"1":4,"\u00f6":5})", false) ==
        "{\"1\":4,\"\u00f6\":5,\"\u20ac\":3,\"\U0001F600\":2,\"\uFF01\":1}");
  CHECK(json::write_canonical(json::Json("\b\t\n\f\r\x01\x1F\x7F")) == "\"\\b\\t\\n\\f\\r\\u0001\\u001f\x7F\"");
}

TEST_CASE("pointer tokens are escaped as RFC 6901 says") {
  CHECK(json::pointer_token("") == "");
  CHECK(json::pointer_token("a/b~c~1") == "a~1b~0c~01");
}

TEST_CASE("a member name is a lower-case letter and up to 63 more letters, digits or underscores") {
  CHECK(json::is_member_name("a"));
  CHECK(json::is_member_name("a_9z"));
  CHECK(json::is_member_name(std::string(64, 'z')));
  CHECK_FALSE(json::is_member_name(std::string(65, 'z')));
  CHECK_FALSE(json::is_member_name(""));
  CHECK_FALSE(json::is_member_name("0a"));
  CHECK_FALSE(json::is_member_name("a."));
}
