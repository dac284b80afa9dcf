#include "ledger/state/fields.hpp"

#include <doctest/doctest.h>

#include "ledger/state/codec.hpp"
#include "ledger/state/json_fields.hpp"
#include "ledger/state/schema.hpp"

namespace {

using namespace dengji;
using namespace dengji::state;

struct Inner {
  std::string name;
  std::int64_t count = 0;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("name", self.name, Spec{"A name", 1, 4});
    visit("count", self.count, Spec{"A count", 0, 9});
  }
};

struct Outer {
  bool flag = false;
  Fen amount;
  Date day;
  LedgerTime time;
  Hash32 hash;
  OrgId org;
  Rounding rounding = Rounding::down;
  std::optional<std::string> note;
  std::vector<Inner> inner;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("flag", self.flag, Spec{"A flag"});
    visit("amount", self.amount, Spec{"Money"});
    visit("day", self.day, Spec{"A day"});
    visit("time", self.time, Spec{"A time"});
    visit("hash", self.hash, Spec{"A hash"});
    visit("org", self.org, Spec{"An organisation"});
    visit("rounding", self.rounding, Spec{"A rounding"});
    visit("note", self.note, Spec{"A note", 1, 10});
    visit("inner", self.inner, Spec{.doc = "Records", .items_min = 1, .items_max = 2});
  }
};

// Outer before `inner` was added: its bytes must stay readable.
struct Older {
  bool flag = false;
  Fen amount;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("flag", self.flag, Spec{});
    visit("amount", self.amount, Spec{});
  }
};

Json good() {
  return Json{{"flag", true},
              {"amount", 300000},
              {"day", "2026-03-02"},
              {"time", "2026-03-02T08:00:00.125Z"},
              {"hash", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
              {"org", "91320500MA1EAMPA7Y"},
              {"rounding", "half_even"},
              {"inner", Json::array({Json{{"name", "数据"}, {"count", 9}}})}};
}

}  // namespace

TEST_CASE("a record goes through JSON and the binary codec and comes back the same") {
  const auto read = from_json<Outer>(good(), "/body");
  REQUIRE(read);
  CHECK(to_json(*read) == good());
  CHECK(to_json(decode<Outer>(encode(*read))) == good());
}

TEST_CASE("members added at the end read as their defaults from older bytes") {
  Older older;
  older.flag = true;
  older.amount = Fen(-7);
  const Outer newer = decode<Outer>(encode(older));
  CHECK(newer.flag);
  CHECK(newer.amount == Fen(-7));
  CHECK(newer.inner.empty());
  CHECK_FALSE(newer.note);
}

TEST_CASE("integers at the edges survive the codec") {
  for (const std::int64_t value :
       {std::int64_t{0}, std::int64_t{-1}, std::int64_t{63}, std::int64_t{64}, kMaxSafeInteger,
        std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()}) {
    CAPTURE(value);
    CHECK(decode<Inner>(encode(Inner{"x", value})).count == value);
  }
}

TEST_CASE("each fault of a body is refused at its place") {
  struct Case {
    std::string pointer;
    ErrorCode code;
    std::function<void(Json&)> spoil;
  };
  const std::vector<Case> cases = {
      {"/body", ErrorCode::member_missing, [](Json& j) { j.erase("flag"); }},
      {"/body/extra", ErrorCode::member_unknown, [](Json& j) { j["extra"] = 1; }},
      {"/body/flag", ErrorCode::value_type, [](Json& j) { j["flag"] = 1; }},
      {"/body/amount", ErrorCode::value_type, [](Json& j) { j["amount"] = "1"; }},
      {"/body/amount", ErrorCode::value_range, [](Json& j) { j["amount"] = -1; }},
      {"/body/day", ErrorCode::value_format, [](Json& j) { j["day"] = "2026-02-30"; }},
      {"/body/time", ErrorCode::value_format, [](Json& j) { j["time"] = "2026-03-02 08:00"; }},
      {"/body/hash", ErrorCode::value_format, [](Json& j) { j["hash"] = "AAAA"; }},
      {"/body/org", ErrorCode::value_format, [](Json& j) { j["org"] = "a/b"; }},
      {"/body/rounding", ErrorCode::value_range, [](Json& j) { j["rounding"] = "nearest"; }},
      {"/body/rounding", ErrorCode::value_type, [](Json& j) { j["rounding"] = 1; }},
      {"/body/note", ErrorCode::value_range, [](Json& j) { j["note"] = ""; }},
      {"/body/note", ErrorCode::value_type, [](Json& j) { j["note"] = nullptr; }},
      {"/body/inner", ErrorCode::value_range, [](Json& j) { j["inner"] = Json::array(); }},
      {"/body/inner", ErrorCode::value_type, [](Json& j) { j["inner"] = Json::object(); }},
      {"/body/inner/0", ErrorCode::value_type, [](Json& j) { j["inner"][0] = 1; }},
      {"/body/inner/0/name", ErrorCode::value_range, [](Json& j) { j["inner"][0]["name"] = "12345"; }},
      {"/body/inner/0/count", ErrorCode::value_range, [](Json& j) { j["inner"][0]["count"] = 10; }},
      {"/body/inner/0/more", ErrorCode::member_unknown, [](Json& j) { j["inner"][0]["more"] = 10; }},
  };
  for (const Case& one : cases) {
    Json body = good();
    one.spoil(body);
    const auto read = from_json<Outer>(body, "/body");
    CAPTURE(one.pointer);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == one.code);
    CHECK(read.error().pointer == one.pointer);
  }
}

TEST_CASE("length counts code points, not bytes") {
  Json body = good();
  body["inner"][0]["name"] = "高质量数";
  CHECK(from_json<Outer>(body));
}

TEST_CASE("the schema requires what is not optional and forbids the rest") {
  const Json schema = schema_of<Outer>();
  CHECK(schema["additionalProperties"] == false);
  CHECK(schema["required"].size() == 8);
  CHECK(schema["properties"]["note"]["maxLength"] == 10);
  CHECK(schema["properties"]["inner"]["items"]["properties"]["count"]["maximum"] == 9);
  CHECK(schema["properties"]["rounding"]["enum"] == Json::array({"down", "half_even", "up"}));
}
