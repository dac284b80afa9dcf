#include "contracts/trade/settlements.hpp"
#include "tests/unit/contracts/trade/trade_bench.hpp"

namespace dengji::contracts {
namespace {

using V = TradeVerdict;

constexpr const char* kFirstSettlement = "JY32050020260000001F-000001";
const std::string kIncome = std::string("fee/") + kPlatform + "/income/service";

TEST_CASE("money before delivery is shown as prepaid, on the settlement for ever and on the trade until it delivers") {
  TradeBench world(1'000);
  REQUIRE(accepted(world.settle(300)));
  CHECK(world.settlement().prepaid);
  CHECK(world.status() == "settling");
  CHECK(world.shown()["prepaid_fen"] == 300);
  REQUIRE(accepted(world.deliver()));
  CHECK(world.status() == "settling");
  CHECK(world.shown()["prepaid_fen"] == 0);
  REQUIRE(accepted(world.settle(100)));
  CHECK(world.settlement().prepaid);
  CHECK_FALSE(world.settlement("JY32050020260000001F-000002").prepaid);
  REQUIRE(accepted(world.accept("refused")));
  CHECK(world.status() == "settling");
  CHECK(world.shown()["prepaid_fen"] == 400);
}

TEST_CASE("of a metered trade what is settled beyond the usage recorded is prepaid") {
  TradeBench world(std::nullopt);
  REQUIRE(accepted(world.agree(TradeBench::metered_terms(1'000, 10))));
  REQUIRE(accepted(world.settle(250)));
  CHECK(world.shown()["prepaid_fen"] == 250);
  REQUIRE(accepted(world.use("2026-04-10", "2026-04-10", {{"calls", 20}})));
  CHECK(world.shown()["prepaid_fen"] == 50);
  world.bench.day("2026-04-11");
  REQUIRE(accepted(world.use("2026-04-11", "2026-04-11", {{"calls", 20}})));
  CHECK(world.shown()["prepaid_fen"] == 0);
}

TEST_CASE("where the terms limit settling to usage, exactly what usage is worth passes, one fen more is refused") {
  TradeBench world(std::nullopt);
  REQUIRE(accepted(world.agree(TradeBench::metered_terms(1'000, 10, true))));
  CHECK(refused_as(world.settle(1), V::over_usage, "/body/amount_fen"));
  REQUIRE(accepted(world.use("2026-04-10", "2026-04-10", {{"calls", 20}})));
  CHECK(refused_as(world.settle(201), V::over_usage, "/body/amount_fen"));
  REQUIRE(accepted(world.settle(150)));
  CHECK(refused_as(world.settle(51), V::over_usage, "/body/amount_fen"));
  REQUIRE(accepted(world.settle(50)));
  CHECK_FALSE(world.settlement().prepaid);
  REQUIRE(accepted(world.refund(20)));
  CHECK(accepted(world.settle(20)));
}

TEST_CASE("ruling R22: money.reverse takes all that is left, gives it back to trade and voucher, the line stays used") {
  TradeBench world(1'000);
  REQUIRE(accepted(world.settle_with(TradeBench::settle_body(600, 1, 1, 600))));
  REQUIRE(accepted(world.refund(100)));
  REQUIRE(accepted(world.reverse()));
  const Settlement reversed = world.settlement();
  CHECK(reversed.reversed_fen == Fen(500));
  CHECK(reversed.net() == Fen(0));
  CHECK(reversed.status() == "reversed");
  const auto posts = world.bench.effects_of<PostEffect>();
  REQUIRE(posts.size() == 1);
  CHECK(posts[0].event == "trade_reversed");
  CHECK(world.bench.effects_of<StatusEffect>().at(0).from == "part_refunded");
  CHECK(world.book("settled") == 0);
  CHECK(world.book("headroom") == 1'000);
  CHECK(world.bench.object<Voucher>(b64_of(1)).used_fen == Fen(100));
  CHECK(refused_as(world.settle_with(TradeBench::settle_body(500, 1, 1, 600)), VoucherVerdict::line_used,
                   "/body/voucher/line"));
  CHECK(refused_as(world.settle_with(TradeBench::settle_body(501, 1, 2, 600)), VoucherVerdict::exceeded,
                   "/body/amount_fen"));
  CHECK(accepted(world.settle_with(TradeBench::settle_body(500, 1, 2, 600))));
  CHECK(refused_as(world.reverse(), V::nothing_to_reverse, "/body/settlement"));
  CHECK(refused_as(world.refund(1), V::over_settlement, "/body/amount_fen"));
  CHECK(check_money_invariants(world.bench.view()).empty());
}

TEST_CASE("nothing is left to reverse of what was refunded wholly; only a platform apart reverses") {
  TradeBench world(1'000);
  CHECK(refused_as(world.reverse(), General::object_unknown, "/body/settlement"));
  REQUIRE(accepted(world.settle(100)));
  CHECK(refused_as(world.reverse(kFirstSettlement, {"platform", kBuyer}), V::platform_is_party, "/parties/0/org"));
  REQUIRE(accepted(world.refund(100)));
  CHECK(refused_as(world.reverse(), V::nothing_to_reverse, "/body/settlement"));
}

TEST_CASE("ruling R22: service fees of a reversed settlement go, also those that a refund would keep") {
  TradeBench world(
      100'000'000,
      {{"entry", Side::buyer, FeeMode::once, Fen(998'000), std::nullopt, Rounding::down, OnRefund::keep},
       {"kept", Side::seller, FeeMode::rate, std::nullopt, 10'000, Rounding::down, OnRefund::keep},
       {"deal", Side::buyer, FeeMode::rate, std::nullopt, 25'000, Rounding::down, OnRefund::proportional}});
  REQUIRE(accepted(world.settle(40'000'000)));
  CHECK(world.bench.balance(kIncome) == 998'000 + 400'000 + 1'000'000);
  REQUIRE(accepted(world.refund(20'000'000)));
  CHECK(world.bench.balance(kIncome) == 998'000 + 400'000 + 500'000);
  REQUIRE(accepted(world.reverse()));
  CHECK(world.bench.balance(kIncome) == 998'000);
  CHECK(check_money_invariants(world.bench.view()).empty());
}

TEST_CASE("the split among beneficiaries is shown at each settlement, refund and reversal, and sums to the fen") {
  TradeBench world(std::nullopt);
  Json body = trade_terms(1'000'000);
  body["shares"] = Json::array({{{"org", kOther}, {"ppm", 333'333}}, {{"org", kPlatform}, {"ppm", 100'000}}});
  REQUIRE(accepted(world.agree(body)));
  const auto shown = [&](std::int64_t net, std::int64_t first, std::int64_t second, std::int64_t rest) {
    const auto workings = world.bench.effects_of<WorkingEffect>();
    REQUIRE(workings.size() == 1);
    CHECK(workings[0].cause == kFirstSettlement);
    CHECK(workings[0].line == "shares");
    CHECK(workings[0].fen == Fen(net));
    REQUIRE(workings[0].steps.size() == 3);
    CHECK(workings[0].steps[0].note == kOther);
    CHECK(workings[0].steps[0].fen == Fen(first));
    CHECK(workings[0].steps[1].fen == Fen(second));
    CHECK(workings[0].steps[2].step == "seller_keeps");
    CHECK(workings[0].steps[2].fen == Fen(rest));
    CHECK(first + second + rest == net);
  };
  REQUIRE(accepted(world.settle(1'001)));
  shown(1'001, 333, 100, 568);
  REQUIRE(accepted(world.refund(1)));
  shown(1'000, 333, 100, 567);
  REQUIRE(accepted(world.reverse()));
  shown(0, 0, 0, 0);
}

}  // namespace
}  // namespace dengji::contracts
