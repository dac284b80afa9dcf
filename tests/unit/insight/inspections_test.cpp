// Abuse planted, and beside it what only nearly is: each finder tells the one and not the other.
#include "contracts/insight/inspections.hpp"

#include <doctest/doctest.h>

#include "tests/unit/insight/market.hpp"

namespace dengji::contracts::insight {
namespace {

struct Watched {
  Json ask(Query query, const Part& part = {}, std::uint64_t size = 0) {
    Model model;
    market.feed(model);
    const Scope scope(model, {size == 0 ? market.size() : size, noon(day_of("2026-12-31"))});
    auto answer = inspections(scope, EmptyState(), query, part);
    REQUIRE(answer.has_value());
    return std::move(*answer);
  }
  Json items(const std::string& kind, Query more = {}) {
    more.emplace_back("kind", kind);
    return ask(more)["items"];
  }
  Market market;
};

struct Ring : Watched {
  Ring() {
    for (const char* id : {"A", "B", "C", "D", "E", "F", "G", "H"}) market.org(id);
  }
};

}  // namespace

TEST_CASE("money that goes round three organisations is found with the entries that show it") {
  Ring ring;
  ring.market.pay("A", "B", 1'000, "2026-03-01");
  ring.market.pay("B", "C", 990, "2026-03-10");
  ring.market.pay("D", "A", 5, "2026-03-11");
  ring.market.pay("C", "A", 980, "2026-05-30");
  const Json items = ring.items("cycle");
  REQUIRE(items.size() == 1);
  CHECK(items[0]["figures"]["length"] == 3);
  CHECK(items[0]["figures"]["least_fen"] == 980);
  CHECK(items[0]["figures"]["most_fen"] == 1'000);
  CHECK(items[0]["day"] == "2026-05-30");
  // Eight organisations, then agreement and payment in turn.
  CHECK(items[0]["entries"] == Json::array({9, 11, 15}));
  CHECK(items[0]["objects"].size() == 6);
  CHECK(items[0]["why"].get<std::string>().find("within 90 days") != std::string::npos);
  CHECK(items[0]["why_zh"].get<std::string>().find("回流") != std::string::npos);
}

TEST_CASE("one day outside the window is no loop, the last day of it is") {
  Ring ring;
  ring.market.pay("A", "B", 1'000, "2026-03-01");
  ring.market.pay("B", "A", 1'000, "2026-05-31");  // 91 days on
  CHECK(ring.items("cycle").empty());
  CHECK(ring.items("cycle", {{"window_days", "91"}}).size() == 1);
  CHECK(ring.items("cycle", {{"window_days", "90"}}).empty());
}

TEST_CASE("loops of two to six are found, seven is beyond, and the order of the days does not matter") {
  for (std::size_t length = 2; length <= 7; ++length) {
    CAPTURE(length);
    for (const bool backwards : {false, true}) {
      Ring ring;
      const std::string ids = "ABCDEFGH";
      for (std::size_t i = 0; i < length; ++i) {
        const std::size_t leg = backwards ? length - 1 - i : i;
        ring.market.pay(ids.substr(leg, 1), ids.substr((leg + 1) % length, 1), 100,
                        "2026-03-0" + std::to_string(i + 1));
      }
      const Json items = ring.items("cycle");
      REQUIRE(items.size() == (length <= 6 ? 1 : 0));
      if (length <= 6) CHECK(items[0]["entries"].size() == length);
      CHECK(ring.items("cycle", {{"max_length", "3"}}).size() == (length <= 3 ? 1 : 0));
    }
  }
}

TEST_CASE("a loop has one id however often it is closed and however large the ledger grows") {
  Ring ring;
  ring.market.pay("A", "B", 100, "2026-03-01");
  ring.market.pay("B", "A", 100, "2026-03-02");
  const Json once = ring.items("cycle");
  ring.market.pay("A", "B", 300, "2026-03-03");
  ring.market.pay("B", "A", 300, "2026-03-04");
  const Json twice = ring.items("cycle");
  REQUIRE(twice.size() == 1);
  CHECK(once[0]["id"] == twice[0]["id"]);
  CHECK(once[0]["figures"]["closings"] == 1);
  CHECK(twice[0]["figures"]["closings"] == 3);
  CHECK(twice[0]["day"] == "2026-03-04");
}

TEST_CASE("chains that come home nowhere are no loops, and the search says that it saw everything") {
  Ring ring;
  ring.market.pay("A", "B", 100, "2026-03-01");
  ring.market.pay("B", "C", 100, "2026-03-02");
  ring.market.pay("C", "D", 100, "2026-03-03");
  ring.market.pay("A", "D", 100, "2026-03-04");
  const Json answer = ring.ask({{"kind", "cycle"}});
  CHECK(answer["items"].empty());
  CHECK(answer["searches"]["cycle"]["complete"] == true);
  CHECK(answer["searches"]["cycle"]["starts_cut_off"] == 0);
}

TEST_CASE("a search that is cut off says so") {
  Watched watched;
  constexpr int kOrgs = 30;
  for (int i = 0; i < kOrgs; ++i) watched.market.org("O" + std::to_string(i));
  for (int i = 0; i < kOrgs; ++i) {
    for (int j = 0; j < kOrgs; ++j) {
      if (i != j) watched.market.pay("O" + std::to_string(i), "O" + std::to_string(j), 100, "2026-03-01");
    }
  }
  const Json search = watched.ask({{"kind", "cycle"}})["searches"]["cycle"];
  CHECK(search["starts_cut_off"] > 0);
  CHECK(search["complete"] == false);
}

TEST_CASE("as of a size before the closing payment there is no loop") {
  Ring ring;
  ring.market.pay("A", "B", 100, "2026-03-01");
  const std::uint64_t before = ring.market.size();
  ring.market.pay("B", "A", 100, "2026-03-02");
  CHECK(ring.ask({{"kind", "cycle"}}, {}, before)["items"].empty());
  CHECK(ring.ask({{"kind", "cycle"}})["items"].size() == 1);
}

TEST_CASE("only loops whose last payment is in the period are told") {
  Ring ring;
  ring.market.pay("A", "B", 100, "2026-03-01");
  ring.market.pay("B", "A", 100, "2026-03-02");
  CHECK(ring.items("cycle", {{"from", "2026-03-02"}}).size() == 1);
  CHECK(ring.items("cycle", {{"from", "2026-03-03"}}).empty());
  CHECK(ring.items("cycle", {{"to", "2026-03-01"}}).empty());
}

TEST_CASE("deals within one group are told per pair; strangers are not") {
  Watched watched;
  watched.market.org("S", {.group = "G-1"});
  watched.market.org("B", {.group = "G-1"});
  watched.market.org("X", {.group = "G-2"});
  watched.market.dataset("steel", "S", "manufacturing");
  const std::string first = watched.market.trade("S", "B", "steel", {.day = "2026-02-01"});
  const std::string second = watched.market.trade("S", "B", "steel", {.day = "2026-03-01"});
  watched.market.trade("S", "X", "steel", {});
  watched.market.settle(first, 700, "2026-02-03");
  const Json items = watched.items("common_controller");
  REQUIRE(items.size() == 1);
  CHECK(items[0]["figures"]["trades"] == 2);
  CHECK(items[0]["figures"]["net_fen"] == 700);
  CHECK(items[0]["figures"]["tie"] == "group G-1");
  CHECK(items[0]["entries"] == Json::array({4, 5}));
  CHECK(item_with(items[0]["objects"], "id", second)["kind"] == "trade");
}

TEST_CASE("contracts just below a threshold that reach it together within the days") {
  Watched watched;
  watched.market.org("S");
  watched.market.org("B");
  watched.market.org("C");
  const auto agree = [&](const std::string& buyer, std::int64_t fen, const std::string& day) {
    return watched.market.trade("S", buyer, {}, {.day = day, .amount_fen = fen});
  };
  agree("B", 95'000, "2026-02-01");
  agree("B", 90'000, "2026-03-03");  // 30 days on
  agree("C", 95'000, "2026-02-01");
  agree("C", 90'000, "2026-03-04");   // 31 days on
  agree("B", 79'999, "2026-02-02");   // not near
  agree("B", 100'000, "2026-02-03");  // not below
  const Query query{{"threshold_fen", "100000"}};
  const Json items = watched.items("split_contract", query);
  REQUIRE(items.size() == 1);
  CHECK(items[0]["figures"]["trades"] == 2);
  CHECK(items[0]["figures"]["sum_fen"] == 185'000);
  CHECK(items[0]["entries"] == Json::array({3, 4}));
  CHECK(watched.items("split_contract", {{"threshold_fen", "100000"}, {"split_days", "31"}}).size() == 2);
  // Without a threshold in force or asked for there is nothing to split below.
  CHECK(watched.items("split_contract").empty());
}

TEST_CASE("a price far from the others is told with the fence that it is outside of") {
  Watched watched;
  watched.market.org("S");
  watched.market.org("B");
  watched.market.dataset("steel", "S", "manufacturing");
  std::string odd;
  for (const std::int64_t fen : {100, 110, 120, 130, 140, 186}) {
    odd = watched.market.trade("S", "B", "steel", {.unit_fen = fen, .unit = "call"});
  }
  // Quartiles 110, 125, 140: the fence ends at 185.
  const Json items = watched.items("price_outlier");
  REQUIRE(items.size() == 1);
  CHECK(items[0]["figures"]["price_fen"] == 186);
  CHECK(items[0]["figures"]["above_fen"] == 185);
  CHECK(items[0]["figures"]["median_fen"] == 125);
  CHECK(item_with(items[0]["objects"], "kind", "trade")["id"] == odd);
}

TEST_CASE("one payment on two vouchers, one deal filed and traded, one deal filed twice") {
  Watched watched;
  for (const char* id : {"S", "B", "C"}) watched.market.org(id);
  const std::string trade = watched.market.trade("S", "B", {}, {.day = "2026-02-01", .amount_fen = 90'000});
  watched.market.settle(trade, 500, "2026-02-05", "one");
  watched.market.settle(trade, 500, "2026-02-05", "another");
  watched.market.settle(trade, 500, "2026-02-06", "one");    // another day
  watched.market.settle(trade, 600, "2026-02-07", "lines");  // two lines of
  watched.market.settle(trade, 600, "2026-02-07", "lines");  // one voucher
  watched.market.filing("S", "B", 90'000, "2026-02-01", FilingStatus::declared);
  watched.market.filing("S", "C", 40, "2026-02-02", FilingStatus::confirmed);
  watched.market.filing("S", "C", 40, "2026-02-02", FilingStatus::confirmed);
  watched.market.filing("S", "C", 41, "2026-02-02", FilingStatus::confirmed);
  const Json items = watched.items("voucher_twice");
  REQUIRE(items.size() == 3);
  CHECK(items[0]["figures"]["form"] == "two_filings");
  CHECK(items[1]["figures"]["form"] == "filing_and_trade");
  CHECK(items[1]["entries"] == Json::array({3, 9}));
  CHECK(items[2]["figures"]["form"] == "two_vouchers");
  CHECK(items[2]["entries"] == Json::array({4, 5}));
}

TEST_CASE("a settlement that was reversed closes no loop and is no second payment") {
  Ring ring;
  ring.market.pay("A", "B", 100, "2026-03-01");
  const std::string back = ring.market.pay("B", "A", 100, "2026-03-02");
  CHECK(ring.items("cycle").size() == 1);
  ring.market.reverse(back, "2026-03-03");
  CHECK(ring.items("cycle").empty());
  const std::string trade = ring.market.trade("A", "B", {}, {});
  ring.market.reverse(ring.market.settle(trade, 500, "2026-04-01", "wrong"), "2026-04-02");
  ring.market.settle(trade, 500, "2026-04-01", "right");
  CHECK(ring.items("voucher_twice").empty());
}

TEST_CASE("pages of all kinds put together are the whole, in the same order") {
  Ring ring;
  ring.market.pay("A", "B", 100, "2026-03-01");
  ring.market.pay("B", "A", 100, "2026-03-02");
  ring.market.pay("C", "D", 100, "2026-03-01");
  ring.market.pay("D", "C", 100, "2026-03-02");
  ring.market.filing("A", "C", 7, "2026-04-01", FilingStatus::confirmed);
  ring.market.filing("A", "C", 7, "2026-04-01", FilingStatus::confirmed);
  const Json whole = ring.ask({});
  CHECK(whole["items"].size() == 3);
  CHECK_FALSE(whole.contains("next"));
  Json together = Json::array();
  Part part{.limit = 1, .after = {}};
  for (int page = 0; page < 5; ++page) {
    const Json answer = ring.ask({}, part);
    for (const Json& item : answer["items"]) together.push_back(item);
    if (!answer.contains("next")) break;
    part.after = answer["next"].get<std::string>();
  }
  CHECK(together == whole["items"]);
}

TEST_CASE("a model built at once finds what one finds that grew") {
  Ring ring;
  ring.market.dataset("steel", "A", "manufacturing");
  ring.market.pay("A", "B", 100, "2026-03-01");
  ring.market.pay("B", "C", 100, "2026-03-02");
  ring.market.pay("C", "A", 100, "2026-03-03");
  ring.market.filing("B", "A", 100, "2026-03-01", FilingStatus::confirmed);
  Model grown;
  ring.market.feed(grown);
  Model built;
  REQUIRE(built.rebuild(ring.market, ring.market.size()).has_value());
  for (std::uint64_t size = 1; size <= ring.market.size(); ++size) {
    const AsOf at{size, noon(day_of("2026-12-31"))};
    const EmptyState state;
    CHECK(inspections(Scope(grown, at), state, {}, {}).value() == inspections(Scope(built, at), state, {}, {}).value());
  }
}

TEST_CASE("wrong members of the query are named") {
  Ring ring;
  Model model;
  const EmptyState state;
  const Scope scope(model, {});
  CHECK(inspections(scope, state, {{"kind", "theft"}}, {}).error().pointer == "?kind");
  CHECK(inspections(scope, state, {{"max_length", "7"}}, {}).error().pointer == "?max_length");
  CHECK(inspections(scope, state, {{"window_days", "x"}}, {}).error().pointer == "?window_days");
  CHECK(inspections(scope, state, {}, {.limit = 1, .after = "nonsense"}).error().pointer == "?cursor");
}

}  // namespace dengji::contracts::insight
