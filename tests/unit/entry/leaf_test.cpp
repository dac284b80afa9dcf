#include "ledger/entry/leaf.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "ledger/entry/envelope.hpp"
#include "tests/unit/entry/make_entry.hpp"

using namespace dengji;
using namespace dengji::entry;
using json::Json;

namespace {

Leaf example_leaf() {
  return {.seq = Seq{7},
          .time = LedgerTime{1'772'438'400'000},
          .effects = Json::array({{{"kind", "number"}, {"value", "JY32010020260000001Z"}}}),
          .jws_text = R"({"payload":"e30","signatures":[]})",
          .status = {}};
}

void check_corrupt(const std::string& bytes, const std::string& pointer) {
  CAPTURE(bytes);
  const auto leaf = decode_leaf(bytes);
  REQUIRE_FALSE(leaf.has_value());
  CHECK(leaf.error().code == ErrorCode::corrupt);
  CHECK(leaf.error().pointer == pointer);
}

}  // namespace

TEST_CASE("a leaf is exactly these bytes") {
  Leaf leaf = example_leaf();
  CHECK(encode_leaf(leaf).value() ==
        R"({"effects":[{"kind":"number","value":"JY32010020260000001Z"}],"entry":{"payload":"e30","signatures":[]},)"
        R"("seq":7,"time":1772438400000,"v":1})");
  leaf.status = StatusList{.size = 12, .sha256 = Hash32{}};
  CHECK(encode_leaf(leaf).value() ==
        R"({"effects":[{"kind":"number","value":"JY32010020260000001Z"}],"entry":{"payload":"e30","signatures":[]},)"
        R"("seq":7,"status":{"sha256":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","size":12},)"
        R"("time":1772438400000,"v":1})");
}

TEST_CASE("a leaf is read back as it was, the entry byte for byte") {
  Leaf leaf = example_leaf();
  leaf.jws_text = parse_entry(test::signed_text(test::envelope(3)))->jws_text;
  leaf.status = StatusList{.size = 0, .sha256 = Hash32{}};
  const auto decoded = decode_leaf(encode_leaf(leaf).value());
  REQUIRE(decoded.has_value());
  CHECK(*decoded == leaf);
  CHECK(parse_entry(decoded->jws_text)->envelope == test::envelope(3));
}

TEST_CASE("whatever encode_leaf would not write is corrupt, with its place") {
  const std::string good = encode_leaf(example_leaf()).value();
  const auto with = [&](std::string_view from, std::string_view to) {
    std::string text = good;
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
  };
  CHECK(decode_leaf(good).has_value());
  check_corrupt("", "");
  check_corrupt("[]", "");
  check_corrupt(good + "\n", "");
  check_corrupt(" " + good, "");
  check_corrupt(good.substr(0, good.size() - 1), "");
  check_corrupt(with(R"(,"v":1)", ""), "/v");
  check_corrupt(with(R"("v":1)", R"("v":2)"), "/v");
  check_corrupt(with(R"("v":1)", R"("v":1,"w":1)"), "/w");
  check_corrupt(with(R"("seq":7)", R"("seq":-7)"), "/seq");
  check_corrupt(with(R"("seq":7)", R"("seq":"7")"), "/seq");
  check_corrupt(with(R"("seq":7)", R"("seq":7.0)"), "/seq");
  check_corrupt(with(R"("seq":7,)", ""), "/seq");
  check_corrupt(with(R"("seq":7)", R"("seq":7,"seq":8)"), "/seq");
  check_corrupt(with(R"("seq":7)", R"("seq": 7)"), "");
  check_corrupt(with(R"("time":1772438400000)", R"("time":null)"), "/time");
  check_corrupt(with(R"([{"kind":"number","value":"JY32010020260000001Z"}])", "{}"), "/effects");
  check_corrupt(with(R"({"payload":"e30","signatures":[]})", "[]"), "/entry");
  check_corrupt(with(R"({"payload":"e30","signatures":[]})", R"("x")"), "/entry");
  check_corrupt(with(R"("payload":"e30","signatures":[])", R"("signatures":[],"payload":"e30")"), "");
  check_corrupt(with(R"("value":"JY)", R"("value":"\u004aY)"), "");
  check_corrupt(with(R"("kind":"number","value":"JY32010020260000001Z")", R"("value":1,"kind":2)"), "");
  check_corrupt(with(R"("time")", R"("status":null,"time")"), "/status");
  check_corrupt(with(R"("time")", R"("status":{"size":1},"time")"), "/status/sha256");
  check_corrupt(with(R"("time")", R"("status":{"sha256":"AA","size":1},"time")"), "/status/sha256");
  check_corrupt(
      with(R"("time")", R"("status":{"a":1,"sha256":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","size":1},"time")"),
      "/status/a");
}

TEST_CASE("changing any one byte of a leaf never gives the same leaf") {
  Leaf leaf = example_leaf();
  leaf.jws_text = test::signed_text(test::envelope());
  const std::string good = encode_leaf(leaf).value();
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    const auto decoded = decode_leaf(bad);
    if (decoded) CHECK_FALSE(*decoded == leaf);
  }
}

TEST_CASE("a leaf may be 65,535 bytes long and no longer") {
  Leaf leaf = example_leaf();
  leaf.effects = Json::array({""});
  const std::size_t rest = encode_leaf(leaf)->size();
  leaf.effects = Json::array({std::string(kMaxLeafBytes - rest, 'x')});
  const auto largest = encode_leaf(leaf);
  REQUIRE(largest.has_value());
  CHECK(largest->size() == kMaxLeafBytes);
  CHECK(decode_leaf(*largest) == leaf);

  leaf.effects = Json::array({std::string(kMaxLeafBytes - rest + 1, 'x')});
  const auto larger = encode_leaf(leaf);
  REQUIRE_FALSE(larger.has_value());
  CHECK(larger.error().code == ErrorCode::body_too_large);
}

TEST_CASE("the largest entry fits in a leaf with as many bytes of effects again") {
  Leaf leaf = example_leaf();
  leaf.jws_text = R"({"a":")" + std::string(kMaxEntryBytes - 8, 'x') + R"("})";
  REQUIRE(leaf.jws_text.size() == kMaxEntryBytes);
  leaf.effects = Json::array({std::string(kMaxLeafBytes - kMaxEntryBytes - 200, 'x')});
  CHECK(encode_leaf(leaf).has_value());
}

TEST_CASE("an effect may nest as deep as an entry's body") {
  Json deep = Json::array();
  for (int i = 1; i < kMaxJsonDepth; ++i) deep = Json::array({std::move(deep)});
  Leaf leaf = example_leaf();
  leaf.effects = Json::array({Json{{"value", deep}}});
  CHECK(decode_leaf(encode_leaf(leaf).value()) == leaf);
}

TEST_CASE("an hour begins where the whole hours since 1970 differ") {
  const LedgerTime noon = *parse_time("2026-03-02T12:00:00Z");
  const LedgerTime before{noon.ms - 1};
  CHECK(begins_hour(noon, std::nullopt));
  CHECK(begins_hour(noon, before));
  CHECK_FALSE(begins_hour(noon, noon));
  CHECK_FALSE(begins_hour(LedgerTime{noon.ms + 3'599'999}, noon));
  CHECK(begins_hour(LedgerTime{noon.ms + 3'600'000}, noon));
}

TEST_CASE("a trusted leaf is split where it would be decoded, whatever its effects say") {
  Leaf leaf = example_leaf();
  leaf.effects.push_back(Json{{"value", R"(],"entry":{"payload":"x","seq":1,"time":2)"}});
  for (const bool status : {false, true}) {
    if (status) leaf.status = StatusList{.size = 12, .sha256 = Hash32{}};
    const std::string bytes = encode_leaf(leaf).value();
    const auto parts = split_trusted_leaf(bytes);
    REQUIRE(parts);
    CHECK(parts->seq == leaf.seq);
    CHECK(parts->time == leaf.time);
    CHECK(parts->jws_text == leaf.jws_text);
  }
  for (const std::string_view other : {"", "{}", R"({"effects":[],"entry":{"payload":"e30"},"time":1,"v":1})",
                                       R"({"effects":[],"entry":{"payload":"e30"},"seq":x,"time":1,"v":1})"}) {
    CHECK(split_trusted_leaf(other).error().code == ErrorCode::corrupt);
  }
}
