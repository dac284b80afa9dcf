// What clients get wrong, tried on every member of every body by reflection over the schemas: numbers and days out of
// range, codes that are none, Chinese text at each limit and one beyond, names that look like others. The strict reader
// names the place, or the rules give a verdict; nothing crashes, nothing that is refused leaves a trace.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/support/rules_player.hpp"
#include "tests/support/schema_bodies.hpp"

namespace dengji::test {
namespace {

std::string repeated(std::int64_t times, const char* character) {
  std::string text;
  for (std::int64_t i = 0; i < times; ++i) text += character;
  return text;
}

// Values that the reader must refuse at the place itself.
std::vector<Json> unreadable(const Json& schema) {
  const std::string type = schema.at("type");
  if (type == "boolean") return {1, "true", nullptr};
  if (type == "integer") {
    std::vector<Json> values{"1", true, nullptr, 1.5, std::uint64_t{1} << 63};
    values.push_back(schema.at("maximum").get<std::int64_t>() + 1);
    values.push_back(schema.at("minimum").get<std::int64_t>() - 1);
    return values;
  }
  std::vector<Json> values{1, nullptr, Json::array(), Json::object()};
  const auto add = [&](std::initializer_list<const char*> texts) {
    values.insert(values.end(), texts.begin(), texts.end());
  };
  const std::string format = schema.value("format", "");
  const std::string pattern = schema.value("pattern", "");
  if (schema.contains("enum")) {
    add({"", "nothing_such", "Ｈold", "保障 "});
  } else if (format == "date") {
    add({"", "0001-01-01", "1969-12-31", "2026-02-30", "2026-13-01", "2026-00-10", "2026-2-3", "10000-01-01",
         "2026-02-29", "2026-02-03T00:00:00Z", "２０２６-02-03", "二〇二六年二月三日"});
  } else if (format == "date-time") {
    add({"", "2026-02-30T00:00:00Z", "2026-02-03", "2026-02-03T24:00:00Z", "2026-02-03T08:00:00+08:00"});
  } else if (pattern.ends_with("{43}$")) {
    add({"", "AA", "数据"});
    values.push_back(b64_of("x") + "=");
    values.push_back(std::string(42, 'A') + "+");
    values.push_back(std::string(42, 'A') + "B");  // stray bits at the end
  } else if (pattern.ends_with("{20}$")) {
    add({"", "DJ3205002026000000", "dj32050020260000001b", "ＤＪ32050020260000001B"});
  } else if (!pattern.empty()) {
    add({"", "91320500 MA1EAMPA7Y", "９１320500MA1EAMPA7Y", "苏州数据"});
    values.push_back(std::string(65, '9'));
  } else {
    const auto most = schema.at("maxLength").get<std::int64_t>();
    const auto least = schema.at("minLength").get<std::int64_t>();
    for (const char* character : {"数", "x", "\U00020BB7"}) values.push_back(repeated(most + 1, character));
    if (least > 0) values.push_back(repeated(least - 1, "数"));
  }
  return values;
}

// Values that read well and mean nothing, or something else than they seem to.
std::vector<Json> misleading(const Json& schema) {
  const std::string type = schema.at("type");
  if (type == "boolean") return {};
  if (type == "integer") return {schema.at("maximum"), schema.at("minimum")};
  if (schema.contains("enum")) return {};
  const std::string format = schema.value("format", "");
  if (format == "date") return {"1970-01-01", "9999-12-31", "2024-02-29"};
  if (format == "date-time") return {"1970-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z"};
  const std::string pattern = schema.value("pattern", "");
  if (pattern.ends_with("{43}$")) return {b64_of("nothing")};
  if (pattern.ends_with("{20}$")) return {"DJ32050020260000001C", "ZZ99999999999999999Z", "00000000000000000000"};
  if (!pattern.empty()) return {"91320500MA1EAMPA7Z", "9132O500MA1EAMPA7Y", "F:XX:a:b", ".", "-"};
  const auto most = schema.at("maxLength").get<std::int64_t>();
  const auto least = schema.at("minLength").get<std::int64_t>();
  std::vector<Json> values;
  for (const char* character : {"数", "x", "\U00020BB7"}) {
    values.push_back(repeated(most, character));
    values.push_back(repeated(least, character));
    values.push_back(repeated((most + least) / 2, character));
  }
  // Cyrillic, full width, a space of another kind, a hyphen of another kind.
  for (const char* name : {"РООL-А", "ＰＯＯＬ－Ａ", "POOL‑A", "POOL-A\u3000", "LIMITS@1", "../x", "%00", "'; --"}) {
    const std::string text(name);
    const auto length = std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; });
    if (length >= least && length <= most) values.push_back(text);
  }
  return values;
}

// What the strict reader must say of a text that is no text: before any schema is asked.
const std::vector<std::string>& unwritable() {
  static const std::vector<std::string> texts{"a\u202eb", "e\u0301", "a\u0007", "\u0378"};
  return texts;
}

// A ledger with something of everything on it, the body of a type, and its parties.
struct Stage {
  RulesHistory history{41};
  std::map<std::string, std::vector<By>> parties;

  Stage() {
    while (history.steps().size() < 1'200) history.go_on();
    for (const Step& step : history.steps()) parties.try_emplace(step.type, step.by);
  }
  // Refused or accepted: all that matters is that it comes back, and that the invariants hold.
  void send(const std::string& type, const Json& body) {
    Step step{0, type, parties[type], body, {}};
    history.world().play(step);
    for (const std::string& fault : history.world().faults()) FAIL(type << " " << body.dump() << ": " << fault);
  }
};

TEST_CASE("a value that no member can have is refused at its own place, in every body") {
  int places = 0;
  for (const state::EntryTypeInfo* type : contracts::registry().types()) {
    const Json schema = type->schema();
    Json body = largest_body(schema, 8, 2);
    REQUIRE_MESSAGE(type->read(body).has_value(), std::string(type->type));
    each_place(schema, body, "/body", [&](const Json& own, const std::string& pointer, Json& place) {
      if (pointer.ends_with("/kty") || pointer.ends_with("/crv")) return;
      const Json good = place;
      for (const Json& bad : unreadable(own)) {
        place = bad;
        const auto read = type->read(body);
        if (read) {
          FAIL_CHECK(type->type << " " << pointer << " took " << bad.dump());
        } else if (read.error().pointer != pointer) {
          FAIL_CHECK(type->type << " " << pointer << " with " << bad.dump() << " is refused at "
                                << read.error().pointer);
        }
      }
      place = good;
      ++places;
    });
  }
  CHECK(places > 400);
}

TEST_CASE("text that must not be written at all is refused before the schema is asked") {
  ContractFixture ledger;
  for (const std::string& text : unwritable()) {
    const Submitted done = ledger.submit("pool.adjust", kByFinance,
                                         {{"pool", "POOL-A"}, {"year", 2026}, {"cut_fen", 1}, {"reason", text}});
    REQUIRE(done.error);
    CHECK(done.error->pointer == "/body/reason");
  }
}

TEST_CASE("extreme and misleading values are judged in every member of every body, and break nothing") {
  Stage stage;
  for (const state::EntryTypeInfo* type : contracts::registry().types()) {
    const Json schema = type->schema();
    // From a body that was really sent, where there is one: it comes furthest.
    std::vector<Json> bodies{largest_body(schema, 8, 1)};
    for (const Step& step : stage.history.steps()) {
      if (step.type == type->type && !step.made.empty()) bodies = {step.body};
    }
    for (Json& body : bodies) {
      std::vector<Json> changed;
      each_place(schema, body, "/body", [&](const Json& own, const std::string&, Json& place) {
        const Json good = place;
        for (const Json& odd : misleading(own)) {
          place = odd;
          changed.push_back(body);
        }
        place = good;
      });
      for (const Json& one : changed) stage.send(std::string(type->type), one);
    }
  }
  stage.history.world().check_whole();
  for (const std::string& fault : stage.history.world().faults()) FAIL_CHECK(fault);
}

TEST_CASE("a name that looks like another stands for nothing") {
  ContractFixture ledger;
  ledger.submit("pool.allocate", kByFinance, {{"pool", "POOL-A"}, {"year", 2026}, {"amount_fen", 100}});
  for (const char* name : {"РООL-А", "ＰＯＯＬ－Ａ", "POOL‑A", "pool-a", "POOL-A "}) {
    const Submitted done =
        ledger.submit("pool.adjust", kByFinance, {{"pool", name}, {"year", 2026}, {"cut_fen", 1}, {"reason", "x"}});
    CHECK_MESSAGE(!done.accepted(), std::string(name));
    const Submitted given =
        ledger.submit("pool.allocate", kByFinance, {{"pool", name}, {"year", 2026}, {"amount_fen", 100}});
    CHECK_MESSAGE(!given.accepted(), std::string(name));
  }
  CHECK(ledger.balance("pool/POOL-A/2026/available") == 100);
}

}  // namespace
}  // namespace dengji::test
