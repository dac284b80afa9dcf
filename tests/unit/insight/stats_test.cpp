// Figures worked by hand over a small market.
#include "contracts/insight/stats.hpp"

#include <doctest/doctest.h>

#include "tests/unit/insight/market.hpp"

namespace dengji::contracts::insight {
namespace {

const std::string kSuzhou = "SUZHOU";      // small, private
const std::string kNanjing = "NANJING";    // large, state-owned
const std::string kXuzhou = "XUZHOU";      // micro
const std::string kShenzhen = "SHENZHEN";  // of another province

// Two data sets, three trades, four payments of which one went back in part, three filings, two fees, two claims.
struct Planted {
  Planted() {
    market.org(kSuzhou, {.region = "320500"});
    market.org(kNanjing, {.region = "320100", .ownership = Ownership::state_owned, .scale = Scale::large});
    market.org(kXuzhou, {.region = "320300", .scale = Scale::micro});
    market.org(kShenzhen, {.region = "440300"});
    market.dataset("steel", kSuzhou, "manufacturing");
    market.dataset("roads", kNanjing, "transport");
    steel_at_home = market.trade(kSuzhou, kXuzhou, "steel", {.day = "2026-02-01", .amount_fen = 10'000});
    steel_away = market.trade(kSuzhou, kShenzhen, "steel", {.day = "2026-02-10", .amount_fen = 50'000});
    roads =
        market.trade(kNanjing, kXuzhou, "roads", {.day = "2026-03-01", .amount_fen = 9'000, .mode = TradeMode::custom});
    market.settle(steel_at_home, 4'000, "2026-02-05");
    const std::string away = market.settle(steel_away, 30'000, "2026-02-20");
    market.settle(steel_away, 20'000, "2026-03-02");
    market.settle(roads, 9'000, "2026-03-20");
    before_refund = market.size();
    market.refund(away, 5'000, "2026-04-01");
    market.filing(kSuzhou, kXuzhou, 700, "2026-05-01", FilingStatus::confirmed, "steel");
    market.filing(kSuzhou, kNanjing, 90, "2026-05-02", FilingStatus::declared);
    market.filing(kNanjing, kXuzhou, 8, "2026-05-03", FilingStatus::mismatched);
    market.fee(kSuzhou, "steel", FeeKind::registration, 3'000, 3'000);
    market.fee(kNanjing, roads, FeeKind::service, 400, 0);
    market.claim(kSuzhou, "SUB-TRD", 1'500, 1'000);
    market.claim(kXuzhou, "SUB-BUY", 200, 0);
    market.feed(model);
  }

  Json ask(const Query& query, std::uint64_t size = 0) {
    const Scope scope(model, {size == 0 ? market.size() : size, noon(day_of("2026-12-31"))});
    auto answer = stats(scope, query);
    REQUIRE(answer.has_value());
    return std::move(*answer);
  }

  Market market;
  Model model;
  std::string steel_at_home;
  std::string steel_away;
  std::string roads;
  std::uint64_t before_refund = 0;
};

std::int64_t value(const Json& item, const std::string& figure) {
  const Json& figures = item["figures"];
  return figures.contains(figure) ? figures[figure]["value"].get<std::int64_t>() : 0;
}

}  // namespace

TEST_CASE("figures by industry, to the fen; refunds are taken off and shown") {
  Planted planted;
  const Json answer = planted.ask({{"group", "industry"}});
  const Json steel = item_with(answer["items"], "key", "manufacturing");
  CHECK(steel["name_zh"] == "工业制造");
  CHECK(value(steel, "datasets.registered") == 1);
  CHECK(value(steel, "datasets.in_force") == 1);
  CHECK(value(steel, "platform.trades") == 2);
  CHECK(value(steel, "platform.settled_fen") == 54'000);
  CHECK(value(steel, "platform.refunded_fen") == 5'000);
  CHECK(value(steel, "platform.net_fen") == 49'000);
  CHECK(value(steel, "platform.cross_net_fen") == 45'000);
  CHECK(value(steel, "platform.sme_net_fen") == 49'000);
  CHECK(value(steel, "platform.state_net_fen") == 0);
  CHECK(value(steel, "filed.confirmed_fen") == 700);
  CHECK(value(steel, "fees.waived_fen") == 3'000);
  // 45,000 of 49,000.
  CHECK(steel["ratios"]["cross_province"]["ppm"] == 918'367);

  const Json roads = item_with(answer["items"], "key", "transport");
  CHECK(value(roads, "platform.net_fen") == 9'000);
  CHECK(value(roads, "platform.state_net_fen") == 9'000);
  CHECK(value(roads, "platform.sme_net_fen") == 0);
  // The service fee is about a trade of this data set.
  CHECK(value(roads, "fees.assessed_fen") == 400);

  CHECK(value(answer["totals"], "platform.net_fen") == 58'000);
  CHECK(value(answer["totals"], "subsidies.paid_fen") == 1'000);
  // 58,000 net for 1,000 of subsidy: 58 fen per fen.
  CHECK(answer["totals"]["ratios"]["net_trade_per_subsidy"]["ppm"] == 58'000'000);
}

TEST_CASE("filed, one-sided and mismatched volumes are figures of their own, apart from the platform's") {
  Planted planted;
  const Json totals = planted.ask({})["totals"];
  CHECK(value(totals, "platform.net_fen") == 58'000);
  CHECK(value(totals, "filed.confirmed_fen") == 700);
  CHECK(value(totals, "filed.one_sided_fen") == 90);
  CHECK(value(totals, "filed.mismatched_fen") == 8);
  CHECK(value(totals, "filed.confirmed") == 1);
  const Json answer = planted.ask({});
  for (const Json& row : answer["legend"]) CHECK_FALSE(row["label"].get<std::string>().empty());
}

TEST_CASE("as of a size before an entry, the entry is not there") {
  Planted planted;
  const Json before = planted.ask({}, planted.before_refund)["totals"];
  CHECK(value(before, "platform.net_fen") == 63'000);
  CHECK(value(before, "platform.refunded_fen") == 0);
  CHECK(value(before, "filed.confirmed_fen") == 0);
  const Json after = planted.ask({}, planted.before_refund + 1)["totals"];
  CHECK(value(after, "platform.net_fen") == 58'000);
  CHECK(planted.ask({}, 1)["items"].empty());
}

TEST_CASE("months go by the bank day of payments and by the day a refund was recorded") {
  Planted planted;
  const Json items = planted.ask({{"group", "month"}})["items"];
  CHECK(value(item_with(items, "key", "2026-02"), "platform.net_fen") == 34'000);
  CHECK(value(item_with(items, "key", "2026-03"), "platform.net_fen") == 29'000);
  CHECK(value(item_with(items, "key", "2026-04"), "platform.net_fen") == -5'000);
  const Json march = planted.ask({{"from", "2026-03-01"}, {"to", "2026-03-31"}})["totals"];
  CHECK(value(march, "platform.net_fen") == 29'000);
  CHECK(value(march, "platform.trades") == 1);
}

TEST_CASE("cities, region groups, scale and ownership are those of the seller at the agreement") {
  Planted planted;
  CHECK(value(item_with(planted.ask({{"group", "city"}})["items"], "key", "320500"), "platform.net_fen") == 49'000);
  CHECK(value(item_with(planted.ask({{"group", "region_group"}})["items"], "key", "south"), "platform.net_fen") ==
        58'000);
  const Json scales = planted.ask({{"group", "scale"}})["items"];
  CHECK(value(item_with(scales, "key", "large"), "platform.net_fen") == 9'000);
  CHECK(value(item_with(scales, "key", "small"), "platform.net_fen") == 49'000);
  // A later change does not reach back.
  planted.market.org(kSuzhou, {.region = "440300", .scale = Scale::large});
  Model later;
  planted.market.feed(later);
  const Scope scope(later, as_of(planted.market));
  const Json by_scale = stats(scope, {{"group", "scale"}}).value()["items"];
  CHECK(value(item_with(by_scale, "key", "large"), "platform.net_fen") == 9'000);
  CHECK(value(item_with(stats(scope, {{"group", "city"}}).value()["items"], "key", "320500"), "platform.net_fen") ==
        49'000);
}

TEST_CASE("a data set that was cancelled counts as registered, one revoked does not; neither is in force") {
  Planted planted;
  planted.market.dataset_status("steel", DatasetStatus::cancelled);
  planted.market.dataset_status("roads", DatasetStatus::revoked);
  Model model;
  planted.market.feed(model);
  const Json totals = stats(Scope(model, as_of(planted.market)), {}).value()["totals"];
  CHECK(value(totals, "datasets.applied") == 2);
  CHECK(value(totals, "datasets.registered") == 1);
  CHECK(value(totals, "datasets.in_force") == 0);
  // What ran out by its date alone is not in force either.
  const Json late = stats(Scope(planted.model, {planted.market.size() - 2, noon(day_of("2029-12-31"))}), {}).value();
  CHECK(value(late["totals"], "datasets.in_force") == 0);
}

TEST_CASE("a frozen data set is not in force until the day after its freeze") {
  Planted planted;
  planted.market.dataset_status("steel", DatasetStatus::frozen, day_of("2026-07-31"));
  Model model;
  planted.market.feed(model);
  const auto in_force = [&](const char* day) {
    const Json totals = stats(Scope(model, as_of(planted.market, day)), {}).value()["totals"];
    return value(totals, "datasets.in_force");
  };
  CHECK(in_force("2026-07-31") == 1);
  CHECK(in_force("2026-08-01") == 2);
}

TEST_CASE("a void trade is no trade, a flagged one is counted and shown, until the flag is cleared") {
  Planted planted;
  const std::string never = planted.market.trade(kSuzhou, kXuzhou, "steel", {});
  planted.market.change_trade(never, [](Trade& trade) { trade.status = TradeStatus::voided; });
  planted.market.change_trade(planted.roads, [](Trade& trade) { trade.flag = TradeFlag{}; });
  const std::uint64_t flagged = planted.market.size();
  planted.market.change_trade(planted.roads, [](Trade& trade) { trade.flag.reset(); });
  Model model;
  planted.market.feed(model);
  const auto totals = [&](std::uint64_t size) {
    return stats(Scope(model, {size, noon(day_of("2026-12-31"))}), {}).value()["totals"];
  };
  CHECK(value(totals(flagged), "platform.trades") == 3);
  CHECK(value(totals(flagged), "platform.flagged_trades") == 1);
  CHECK(value(totals(flagged), "platform.flagged_net_fen") == 9'000);
  CHECK(value(totals(flagged), "platform.net_fen") == 58'000);
  CHECK(value(totals(flagged + 1), "platform.flagged_trades") == 0);
}

TEST_CASE("what was recorded in error is reversed, not refunded") {
  Planted planted;
  const std::string wrong = planted.market.settle(planted.roads, 700, "2026-05-01");
  planted.market.reverse(wrong, "2026-05-02");
  Model model;
  planted.market.feed(model);
  const Json totals = stats(Scope(model, as_of(planted.market)), {}).value()["totals"];
  CHECK(value(totals, "platform.net_fen") == 58'000);
  CHECK(value(totals, "platform.settled_fen") == 63'700);
  CHECK(value(totals, "platform.refunded_fen") == 5'000);
  CHECK(value(totals, "platform.reversed_fen") == 700);
}

TEST_CASE("tiers are those in which the project stands now") {
  Planted planted;
  planted.market.reserve("steel", ReserveTier::strategic);
  planted.market.reserve("roads", ReserveTier::basic);
  planted.market.reserve("roads", ReserveTier::basic, ReserveStatus::delisted);
  Model model;
  planted.market.feed(model);
  const Json items = stats(Scope(model, as_of(planted.market)), {{"group", "tier"}}).value()["items"];
  CHECK(value(item_with(items, "key", "strategic"), "datasets.in_force") == 1);
  CHECK(item_with(items, "key", "strategic")["name_zh"] == "战略库");
  CHECK(value(item_with(items, "key", "none"), "datasets.in_force") == 1);
  CHECK(item_with(items, "key", "basic").is_null());
}

TEST_CASE("filings in dispute have a label of their own, withdrawn and revoked ones count nowhere") {
  Planted planted;
  planted.market.filing(kSuzhou, kXuzhou, 3, "2026-05-04", FilingStatus::disputed);
  planted.market.filing(kSuzhou, kXuzhou, 5, "2026-05-05", FilingStatus::withdrawn);
  planted.market.filing(kSuzhou, kXuzhou, 7, "2026-05-06", FilingStatus::revoked);
  Model model;
  planted.market.feed(model);
  const Json totals = stats(Scope(model, as_of(planted.market)), {}).value()["totals"];
  CHECK(value(totals, "filed.disputed") == 1);
  CHECK(value(totals, "filed.disputed_fen") == 3);
  CHECK(value(totals, "filed.confirmed_fen") == 700);
}

TEST_CASE("subsidies by line, fees by kind") {
  Planted planted;
  const Json lines = planted.ask({{"group", "line"}})["items"];
  CHECK(value(item_with(lines, "key", "SUB-TRD"), "subsidies.granted_fen") == 1'500);
  CHECK(value(item_with(lines, "key", "SUB-BUY"), "subsidies.granted_fen") == 200);
  CHECK(lines.size() == 2);
  const Json kinds = planted.ask({{"group", "fee_kind"}})["items"];
  CHECK(value(item_with(kinds, "key", "registration"), "fees.waived_fen") == 3'000);
  CHECK(value(item_with(kinds, "key", "service"), "fees.assessed_fen") == 400);
}

TEST_CASE("the query beside a figure lists entries that add up to it") {
  Planted planted;
  const Scope scope(planted.model, as_of(planted.market));
  const Query query{{"figure", "platform.net_fen"}, {"group", "industry"}, {"key", "manufacturing"}};
  const Json whole = stats_entries(scope, query, {.limit = 50, .after = {}}).value();
  CHECK(whole["count"] == 4);
  CHECK(whole["value"] == 49'000);
  CHECK(whole["items"][0]["value"] == 4'000);
  CHECK(whole["items"][0]["id"] == planted.steel_at_home);
  CHECK(whole["items"][3]["value"] == -5'000);
  CHECK(whole["items"][3]["seq"] == planted.before_refund);
  CHECK_FALSE(whole.contains("next"));

  const Json first = stats_entries(scope, query, {.limit = 3, .after = {}}).value();
  CHECK(first["items"].size() == 3);
  CHECK(first["next"] == "3");
  const Json rest = stats_entries(scope, query, {.limit = 3, .after = "3"}).value();
  CHECK(rest["items"] == Json::array({whole["items"][3]}));

  const Json told = item_with(stats(scope, {{"group", "industry"}}).value()["items"], "key", "manufacturing");
  CHECK(told["figures"]["platform.net_fen"]["query"] ==
        "/v1/stats/entries?figure=platform.net_fen&group=industry&key=manufacturing&as_of=" +
            std::to_string(planted.market.size() - 1) + "@" + format_date(shanghai_day(as_of(planted.market).now)));
}

TEST_CASE("every figure of every group is the sum of the entries behind it") {
  Planted planted;
  const Scope scope(planted.model, as_of(planted.market));
  int checked = 0;
  for (const std::string_view group : state::EnumNames<GroupBy>::names) {
    const Json answer = stats(scope, {{"group", std::string(group)}}).value();
    for (const Json& item : answer["items"]) {
      for (const auto& [figure, told] : item["figures"].items()) {
        const Query query{{"figure", figure}, {"group", std::string(group)}, {"key", item["key"].get<std::string>()}};
        const Json behind = stats_entries(scope, query, {.limit = 500, .after = {}}).value();
        std::int64_t sum = 0;
        for (const Json& entry : behind["items"]) sum += entry["value"].get<std::int64_t>();
        CHECK_MESSAGE(sum == told["value"].get<std::int64_t>(), figure << " by " << group);
        ++checked;
      }
    }
  }
  CHECK(checked > 150);
}

TEST_CASE("the flow matrix goes from buyers to sellers, filings beside it") {
  Planted planted;
  const Scope scope(planted.model, as_of(planted.market));
  const Json provinces = flow(scope, {}).value();
  CHECK(provinces["level"] == "province");
  const Json from_guangdong = item_with(provinces["items"], "buyers", "440000");
  CHECK(from_guangdong["sellers"] == "320000");
  CHECK(from_guangdong["platform"]["net_fen"] == 45'000);
  CHECK(from_guangdong["platform"]["trades"] == 1);
  const Json at_home = item_with(provinces["items"], "buyers", "320000");
  CHECK(at_home["platform"]["net_fen"] == 13'000);
  CHECK(at_home["filed"]["confirmed_fen"] == 700);

  // The query of a cell lists its entries.
  const Json behind =
      stats_entries(
          scope, {{"figure", "platform.net_fen"}, {"group", "province"}, {"key", "320000"}, {"buyers", "440000"}}, {})
          .value();
  CHECK(behind["value"] == 45'000);
  CHECK(flow(scope, {{"level", "month"}}).error().pointer == "?level");
}

TEST_CASE("a wrong member of the query is named") {
  Planted planted;
  const Scope scope(planted.model, as_of(planted.market));
  CHECK(stats(scope, {{"group", "colour"}}).error().pointer == "?group");
  CHECK(stats(scope, {{"from", "2026"}}).error().pointer == "?from");
  CHECK(stats(scope, {{"from", "2026-02-01"}, {"to", "2026-01-01"}}).error().pointer == "?to");
  CHECK(stats_entries(scope, {{"figure", "platform.gross"}}, {}).error().pointer == "?figure");
  CHECK(stats_entries(scope, {{"figure", "platform.trades"}, {"group", "city"}}, {}).error().pointer == "?key");
}

TEST_CASE("sums beyond what a JSON number holds are told as text") {
  CHECK(big_number(9'007'199'254'740'991) == 9'007'199'254'740'991);
  CHECK(big_number(9'007'199'254'740'992) == "9007199254740992");
  CHECK(big_number(static_cast<__int128>(-9'007'199'254'740'991) * 3) == "-27021597764222973");
}

TEST_CASE("a model built at once answers as one that grew entry by entry") {
  Planted planted;
  Model built;
  REQUIRE(built.rebuild(planted.market, planted.market.size()).has_value());
  CHECK(built.rows() == planted.model.rows());
  for (std::uint64_t size = 1; size <= planted.market.size(); ++size) {
    const AsOf at{size, noon(day_of("2026-12-31"))};
    for (const std::string_view group : state::EnumNames<GroupBy>::names) {
      const Query query{{"group", std::string(group)}};
      CHECK(stats(Scope(built, at), query).value() == stats(Scope(planted.model, at), query).value());
    }
    CHECK(flow(Scope(built, at), {}).value() == flow(Scope(planted.model, at), {}).value());
  }
}

TEST_CASE("building can be stopped") {
  Planted planted;
  for (int i = 0; i < 5'000; ++i) planted.market.org("ORG" + std::to_string(i));
  Model built;
  const auto stopped = built.rebuild(planted.market, planted.market.size(), [](std::uint64_t) { return false; });
  REQUIRE_FALSE(stopped.has_value());
  CHECK(stopped.error().code == ErrorCode::unavailable);
  CHECK(built.size() == 0);
}

}  // namespace dengji::contracts::insight
