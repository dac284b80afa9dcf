#include "contracts/insight/prices.hpp"

#include <doctest/doctest.h>

#include "tests/unit/insight/market.hpp"

namespace dengji::contracts::insight {
namespace {

struct Priced {
  Priced() {
    market.org("S", {.group = "G-1"});
    market.org("T", {.region = "320100"});
    market.org("B", {.region = "320300"});
    market.org("SISTER", {.region = "320300", .group = "G-1"});
    market.dataset("steel", "S", "manufacturing");
    market.dataset("ore", "T", "manufacturing");
  }
  void calls(const std::string& seller, const std::string& buyer, std::int64_t unit_fen) {
    market.trade(seller, buyer, seller == "S" ? "steel" : "ore",
                 {.amount_fen = 1'000'000, .unit_fen = unit_fen, .unit = "call"});
  }
  Json ask(const Query& query = {}) {
    Model model;
    market.feed(model);
    auto answer = prices(Scope(model, as_of(market)), query);
    REQUIRE(answer.has_value());
    return std::move(*answer);
  }
  Market market;
};

}  // namespace

TEST_CASE("quartiles are the medians of the halves; an even count has the mean of the middle two, half to even") {
  // 1 2 3 4 5 6 7: halves 1 2 3 and 5 6 7.
  const Quartiles odd = quartiles({1, 2, 3, 4, 5, 6, 7});
  CHECK(odd.low == 2);
  CHECK(odd.median == 4);
  CHECK(odd.high == 6);
  // 10 20 | 31 40: 25.5 to 26, halves 15 and 35.5 to 36.
  const Quartiles even = quartiles({10, 20, 31, 40});
  CHECK(even.low == 15);
  CHECK(even.median == 26);
  CHECK(even.high == 36);
  // 24.5 goes to 24.
  CHECK(quartiles({20, 29}).median == 24);
  CHECK(quartiles({5}).low == 5);
  CHECK(quartiles({5}).high == 5);
}

TEST_CASE("HHI in points: one seller 10,000, two equal 5,000, shares of 50, 30 and 20 per cent 3,800") {
  CHECK(hhi_points({7}) == 10'000);
  CHECK(hhi_points({7, 7}) == 5'000);
  CHECK(hhi_points({50, 30, 20}) == 3'800);
  CHECK(hhi_points({1, 1, 1}) == 3'333);
  CHECK(hhi_points({}) == 0);
  // A market of amounts at the limit.
  CHECK(hhi_points(std::vector<__int128>(4, static_cast<__int128>(9'007'199'254'740'991) * 1'000'000)) == 2'500);
}

TEST_CASE("prices of one industry, mode and unit; free and related deals are left out and counted") {
  Priced priced;
  for (const std::int64_t fen : {100, 110, 120, 130, 140, 1'000}) priced.calls("S", "B", fen);
  priced.calls("S", "SISTER", 9'999);
  priced.market.trade("S", "B", "steel", {.amount_fen = 0, .unit_fen = 5, .unit = "call"});
  const Json answer = priced.ask();
  REQUIRE(answer["items"].size() == 1);
  const Json& item = answer["items"][0];
  CHECK(item["industry"] == "manufacturing");
  CHECK(item["mode"] == "catalogue");
  CHECK(item["unit"] == "call");
  CHECK(item["prices"] == 6);
  CHECK(item["left_out"]["related"] == 1);
  CHECK(item["left_out"]["free"] == 1);
  CHECK(item["quartile_1_fen"] == 110);
  CHECK(item["median_fen"] == 125);
  CHECK(item["quartile_3_fen"] == 140);
  // 1.5 times 30 beyond the quartiles.
  CHECK(item["outliers"]["below_fen"] == 65);
  CHECK(item["outliers"]["above_fen"] == 185);
  CHECK(item["outliers"]["count"] == 1);
  CHECK(answer["rules"]["k_ppm"] == 1'500'000);
  // With a wider fence nothing is odd.
  CHECK(priced.ask({{"k_ppm", "40000000"}})["items"][0]["outliers"]["count"] == 0);
}

TEST_CASE("a price without a stated unit is the ceiling by the quantity, or the whole ceiling") {
  Priced priced;
  priced.market.trade("S", "B", "steel", {.amount_fen = 1'000, .quantity = 3, .unit = "GB"});
  priced.market.trade("S", "B", "steel", {.amount_fen = 777});
  const Json items = priced.ask()["items"];
  CHECK(item_with(items, "unit", "GB")["median_fen"] == 333);
  CHECK(item_with(items, "unit", "whole")["median_fen"] == 777);
  CHECK(priced.ask({{"unit", "GB"}})["items"].size() == 1);
  CHECK(priced.ask({{"mode", "custom"}})["items"].empty());
}

TEST_CASE("too few prices have no outliers") {
  Priced priced;
  for (const std::int64_t fen : {1, 2, 100'000}) priced.calls("S", "B", fen);
  CHECK_FALSE(priced.ask()["items"][0].contains("outliers"));
}

TEST_CASE("concentration goes by net money of each seller") {
  Priced priced;
  const std::string of_s = priced.market.trade("S", "B", "steel", {});
  const std::string of_t = priced.market.trade("T", "B", "ore", {});
  const std::string paid = priced.market.settle(of_s, 90'000, "2026-03-01");
  priced.market.settle(of_t, 20'000, "2026-03-01");
  priced.market.refund(paid, 10'000, "2026-03-05");
  const Json item = priced.ask()["items"][0];
  CHECK(item["concentration"]["sellers"] == 2);
  CHECK(item["concentration"]["net_fen"] == 100'000);
  // 80² + 20².
  CHECK(item["concentration"]["hhi_points"] == 6'800);
}

TEST_CASE("relation is looked for so many days back, both ends included") {
  Priced priced;
  const Tie was{OrgId("T"), "affiliate", day_of("2025-01-01"), day_of("2025-12-31")};
  priced.market.org("COUSIN", {.ties = {was}});
  priced.market.org("T", {.region = "320100", .ties = {{OrgId("COUSIN"), "affiliate", was.since, was.until}}});
  priced.market.trade("T", "COUSIN", "ore", {.day = "2026-01-31", .amount_fen = 50});
  CHECK(priced.ask({{"lookback_days", "31"}})["items"][0]["left_out"]["related"] == 1);
  CHECK(priced.ask({{"lookback_days", "30"}})["items"][0]["left_out"]["related"] == 0);
}

TEST_CASE("wrong members of the query are named") {
  Priced priced;
  Model model;
  CHECK(prices(Scope(model, {}), {{"mode", "barter"}}).error().pointer == "?mode");
  CHECK(prices(Scope(model, {}), {{"k_ppm", "-1"}}).error().pointer == "?k_ppm");
  CHECK(prices(Scope(model, {}), {{"lookback_days", "ten"}}).error().pointer == "?lookback_days");
}

}  // namespace dengji::contracts::insight
