// Time limits: in what order, for whom, page by page, as of when.
#include "api/deadlines.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "fakes.hpp"
#include "tests/support/http_client.hpp"

using namespace dengji;
using namespace dengji::test;

namespace {

Date day_of(const char* text) {
  return *parse_date(text);
}

// A state with watches and visits alone.
class Rota {
 public:
  template <class T>
  void put(const T& object) {
    state::EntryTx tx(*view_, {Seq{0}, LedgerTime{}, Hash32{}, kLedger, "test", {}});
    tx.put(object);
    overlay_.absorb(tx.take_writes());
  }
  void watch(const std::string& id, const std::string& owner, Date due, bool lapses = false) {
    put(Watch{id, OrgId(owner), due, lapses});
  }
  void visit(const std::string& id, const std::string& owner, Date due, bool lapses = false) {
    Visit visit;
    visit.id = id;
    visit.owner = OrgId(owner);
    visit.due = due;
    visit.lapses = lapses;
    put(visit);
  }

  api::DeadlineList list(api::DeadlineQuery query, const api::Reader& reader = {}) const {
    if (query.limit == 0) query.limit = 100;
    return api::list_deadlines(registry(), overlay_, today, reader, query);
  }
  // Every page put together, and how many there were.
  std::vector<std::string> all(api::DeadlineQuery query, const api::Reader& reader = {}, int* pages = nullptr) const {
    std::vector<std::string> places;
    for (int page = 1;; ++page) {
      REQUIRE(page < 2'000);
      const api::DeadlineList found = list(query, reader);
      CHECK(found.items.size() <= query.limit);
      for (const api::FoundDeadline& one : found.items) places.push_back(one.place);
      if (pages) *pages = page;
      if (!found.next) return places;
      CHECK(*found.next > query.after);
      query.after = *found.next;
    }
  }

  Date today = day_of("2026-03-10");

 private:
  MemoryView base_{{}};
  state::Overlay overlay_{base_};
  const state::ReadView* view_ = &overlay_;
};

std::vector<std::string> ids_of(const api::DeadlineList& list) {
  std::vector<std::string> ids;
  for (const api::FoundDeadline& one : list.items) ids.push_back(one.id);
  return ids;
}

using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE("what is overdue comes first, then what is due next; what lapsed is told no more") {
  Rota rota;
  rota.watch("today", "A", day_of("2026-03-10"));
  rota.watch("late", "A", day_of("2026-03-09"));
  rota.watch("next week", "B", day_of("2026-03-17"));
  rota.watch("very late", "B", day_of("2025-12-31"));
  rota.watch("lapsed", "A", day_of("2026-03-09"), true);
  rota.watch("lapses today", "A", day_of("2026-03-10"), true);
  rota.watch("lapses in April", "A", day_of("2026-04-01"), true);
  const api::DeadlineList all = rota.list({});
  CHECK(ids_of(all) == Ids{"very late", "late", "lapses today", "today", "next week", "lapses in April"});
  CHECK(all.overdue == 2);
  CHECK_FALSE(all.next);
  CHECK_FALSE(all.cut_off);

  CHECK(ids_of(rota.list({.overdue = true})) == Ids{"very late", "late"});
  CHECK(ids_of(rota.list({.overdue = false})) == Ids{"lapses today", "today", "next week", "lapses in April"});
  CHECK(ids_of(rota.list({.role = "guest"})) == Ids{"lapses today", "lapses in April"});
  CHECK(ids_of(rota.list({.org = "B"})) == Ids{"very late", "next week"});
  CHECK(ids_of(rota.list({.from = day_of("2026-03-10"), .to = day_of("2026-03-17")})) ==
        Ids{"lapses today", "today", "next week"});
  CHECK(ids_of(rota.list({.to = day_of("2026-03-08")})) == Ids{"very late"});
  CHECK(rota.list({.org = "B"}).overdue == 1);

  // A later day: what lapses is gone, what waits is late.
  rota.today = day_of("2026-05-01");
  CHECK(ids_of(rota.list({})) == Ids{"very late", "late", "today", "next week"});
  CHECK(rota.list({}).overdue == 4);
}

TEST_CASE("a limit is told to whoever may read its object") {
  Rota rota;
  rota.watch("W", "A", day_of("2026-03-20"));
  rota.visit("V1", "A", day_of("2026-03-01"));
  rota.visit("V2", "B", day_of("2026-03-02"));
  rota.visit("V3", "B", day_of("2026-03-30"), true);
  const api::Reader a{.org = OrgId("A"), .kid = ""};
  const api::Reader b{.org = OrgId("B"), .kid = ""};
  const api::Reader bureau{.org = OrgId("C"), .sees_all = true, .kid = ""};
  CHECK(ids_of(rota.list({})) == Ids{"W"});
  CHECK(rota.list({}).overdue == 0);
  CHECK(ids_of(rota.list({}, a)) == Ids{"V1", "W"});
  CHECK(ids_of(rota.list({}, b)) == Ids{"V2", "W", "V3"});
  CHECK(ids_of(rota.list({}, bureau)) == Ids{"V1", "V2", "W", "V3"});
  CHECK(rota.list({}, bureau).overdue == 2);
  CHECK(ids_of(rota.list({.kind = registry().kind("visit")}, bureau)) == Ids{"V1", "V2", "V3"});
}

TEST_CASE("pages of any length put together are the whole, each limit once and in its order") {
  const std::uint64_t seed = 4711;
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  Rota rota;
  std::vector<std::string> expected;
  for (int i = 0; i < 400; ++i) {
    const std::string id = "I" + std::to_string(random() % 100'000) + "-" + std::to_string(i);
    const Date due = add_days(rota.today, static_cast<int>(random() % 40) - 12);
    const bool lapses = random() % 2 == 0;
    const bool visit = random() % 2 == 0;
    const std::string owner = random() % 2 == 0 ? "A" : "B";
    if (visit) {
      rota.visit(id, owner, due, lapses);
    } else {
      rota.watch(id, owner, due, lapses);
    }
    if (lapses && due < rota.today) continue;
    expected.push_back(state::join_key({format_date(due), visit ? "visit" : "watch", id, "stand", owner}));
  }
  std::sort(expected.begin(), expected.end());
  const api::Reader bureau{.org = OrgId("C"), .sees_all = true, .kid = ""};
  for (const std::uint64_t limit : {1U, 2U, 7U, 50U, 399U, 500U}) {
    CAPTURE(limit);
    CHECK(rota.all({.limit = limit}, bureau) == expected);
  }
  std::vector<std::string> visits = expected;
  std::erase_if(visits, [](const std::string& place) { return place.find("visit") == std::string::npos; });
  CHECK(rota.all({.kind = registry().kind("visit"), .limit = 3}, bureau) == visits);
}

TEST_CASE("a page looks at a bounded number of limits that lapse and says where it goes on") {
  Rota rota;
  const int many = static_cast<int>(api::kMaxLapsesLooked) * 2 + 10;
  for (int i = 0; i < many; ++i) {
    // All on one day, so that the day alone does not tell where to go on.
    const std::string digits = std::to_string(1'000'000 + i);
    rota.watch(digits, i == many - 1 ? "RARE" : "COMMON", day_of("2026-03-20"), true);
  }
  rota.visit("V", "RARE", day_of("2026-03-20"), true);
  rota.watch("LAST", "RARE", day_of("2026-03-21"), true);
  const api::Reader rare{.org = OrgId("RARE"), .kid = ""};
  int pages = 0;
  const auto places = rota.all({.org = "RARE", .limit = 50}, rare, &pages);
  CHECK(pages == 3);
  REQUIRE(places.size() == 3);
  CHECK(places[0].find("V") != std::string::npos);
  CHECK(places[1].find(std::to_string(1'000'000 + many - 1)) != std::string::npos);
  CHECK(places[2].find("LAST") != std::string::npos);
}

TEST_CASE("ten thousand open limits are one answer, in order") {
  Rota rota;
  for (int i = 0; i < 10'000; ++i) {
    rota.watch(std::to_string(100'000 + i), "A", add_days(rota.today, i % 60 - 30));
  }
  const api::DeadlineList first = rota.list({.limit = 500});
  CHECK(first.items.size() == 500);
  CHECK(first.overdue == 5'010);
  CHECK_FALSE(first.cut_off);
  CHECK(first.items.front().deadline.due == add_days(rota.today, -30));
}

TEST_CASE("the route answers with days counted, a place to read the object, and both languages") {
  Bench bench;
  bench.clock.ms = start_of_day(day_of("2026-03-10")).ms + 1;
  bench.ledger.put(Watch{"W/1", OrgId("BUYER"), day_of("2026-03-08"), false});
  bench.ledger.put(Watch{"W2", OrgId("BUYER"), day_of("2026-03-12"), true});
  Visit visit;
  visit.id = "V1";
  visit.owner = OrgId("BUYER");
  visit.due = day_of("2026-03-10");
  bench.ledger.put(visit);

  const auto get = [&](const std::string& query, const std::string& fields = {}) {
    const auto reply = http_get(bench.port(), "/v1/deadlines" + query, fields);
    REQUIRE(reply);
    return Json::parse(reply->body);
  };
  const Json open = get("");
  REQUIRE(open["items"].size() == 2);
  const Json expected{{"kind", "watch"},           {"id", "W/1"},         {"what", "stand"},
                      {"since", "2026-02-26"},     {"due", "2026-03-08"}, {"lapses", false},
                      {"role", "keeper"},          {"org", "BUYER"},      {"overdue_days", 2},
                      {"doc", "Stands the watch"}, {"doc_zh", "值守"},    {"href", "/v1/watches/W%2F1"}};
  CHECK(open["items"][0] == expected);
  CHECK(open["items"][1]["days_left"] == 2);
  CHECK(open["overdue"] == 1);
  CHECK(open["today"] == "2026-03-10");
  CHECK(get("", bench.as(bench.buyer))["items"].size() == 3);
  CHECK(get("", bench.as(bench.stranger))["items"].size() == 2);
  CHECK(http_get(bench.port(), "/v1/deadlines")->field("Cache-Control") == "private, no-store");

  // As of a moment: before the second watch was there, judged on that day.
  const Json before = get("?as_of=0");
  REQUIRE(before["items"].size() == 1);
  CHECK(before["today"] == "2026-01-01");
  CHECK(before["items"][0]["days_left"] == 66);
  CHECK(get("?overdue=true")["items"].size() == 1);
  CHECK(get("?role=guest")["items"][0]["id"] == "W2");
  CHECK(get("?kind=visit&org=BUYER", bench.as(bench.buyer))["items"][0]["days_left"] == 0);

  const Json first = get("?limit=1");
  REQUIRE(first.contains("next"));
  const Json second = get("?limit=1&cursor=" + first["next"].get<std::string>());
  CHECK(second["items"][0]["id"] == "W2");
  CHECK_FALSE(second.contains("next"));

  struct Row {
    const char* query;
    const char* pointer;
  };
  for (const Row& row : {Row{"?kind=thing", "?kind"}, Row{"?kind=nothing", "?kind"}, Row{"?from=soon", "?from"},
                         Row{"?to=2026-02-30", "?to"}, Row{"?overdue=yes", "?overdue"}, Row{"?due=1", "?due"}}) {
    CAPTURE(row.query);
    const Json refused = get(row.query);
    CHECK(refused["status"] == 400);
    CHECK(refused["errors"][0]["pointer"] == row.pointer);
  }
}
