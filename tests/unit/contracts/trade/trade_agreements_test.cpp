#include "contracts/trade/trades.hpp"
#include "tests/unit/contracts/trade/trade_bench.hpp"

namespace dengji::contracts {
namespace {

using V = TradeVerdict;

TEST_CASE("an amendment moves the ceiling up or down, not below what is settled") {
  TradeBench world(1'000);
  REQUIRE(accepted(world.settle(400)));
  REQUIRE(accepted(world.amend({{"amount_fen", 1'500}})));
  const auto up = world.bench.effects_of<PostEffect>();
  REQUIRE(up.size() == 1);
  CHECK(up[0].event == "trade_amended");
  CHECK(up[0].cause == kTrade);
  CHECK(world.book("contract") == 1'500);
  CHECK(world.book("headroom") == 1'100);
  CHECK(refused_as(world.amend({{"amount_fen", 399}}), V::ceiling_below_settled, "/body/amount_fen"));
  REQUIRE(accepted(world.amend({{"amount_fen", 400}})));
  CHECK(world.book("headroom") == 0);
  CHECK(refused_as(world.settle(1), V::over_ceiling, "/body/amount_fen"));
  CHECK(world.trade().amendments == 2);
  CHECK(world.trade().amended_hash == hash_of(6));
  CHECK(world.trade().terms.contract_hash == hash_of(5));
  CHECK(check_money_invariants(world.bench.view()).empty());
}

TEST_CASE("an amendment changes term and quantity and tells the new days; what it leaves out stays") {
  TradeBench world(1'000);
  REQUIRE(accepted(world.amend({{"ends_on", "2026-12-31"}, {"deliver_by", "2026-06-30"}, {"quantity", 5}})));
  const auto deadlines = world.bench.effects_of<DeadlineEffect>();
  REQUIRE(deadlines.size() == 2);
  CHECK(deadlines[0].what == "delivery");
  CHECK(format_date(deadlines[0].until) == "2026-06-30");
  CHECK(deadlines[1].what == "term");
  CHECK(world.trade().terms.quantity == 5);
  CHECK(world.trade().terms.amount_fen == Fen(1'000));
  CHECK(world.trade().seller.text == kSeller);
  CHECK(world.trade().buyer.text == kBuyer);
  CHECK(refused_as(world.amend({{"starts_on", "2027-01-01"}}), V::term_order, "/body/ends_on"));
  CHECK(refused_as(world.amend({{"tax_fen", 1'001}}), V::tax_exceeds_amount, "/body/tax_fen"));
  CHECK(refused_as(world.amend({{"quantity", 5}}), V::nothing_amended, "/body"));
  CHECK(refused_as(world.amend(Json::object()), V::nothing_amended, "/body"));
}

TEST_CASE("an amendment needs both parties of the trade and a platform apart from them") {
  TradeBench world(1'000);
  const Json more{{"amount_fen", 2'000}};
  CHECK(refused_as(world.amend(more, {{"seller", kOther}, kByBuyer, kByPlatform}), V::not_the_party, "/parties"));
  CHECK(refused_as(world.amend(more, {kBySeller, {"buyer", kOther}, kByPlatform}), V::not_the_party, "/parties"));
  CHECK(refused_as(world.amend(more, {kBySeller, kByBuyer, {"platform", kBuyer}}), V::platform_is_party, "/parties"));
  CHECK(accepted(world.amend(more)));
}

TEST_CASE("who has succeeded a party acts for it, also through several successions, and nobody else") {
  TradeBench world(1'000);
  const auto succeed = [&](const char* from, const char* to, const char* since) {
    Org org = world.bench.object<Org>(from);
    org.ties.push_back({OrgId(to), "successor", *parse_date(since), std::nullopt});
    world.bench.put(org);
  };
  const char* const second = "91320200MA1DELLR0X";
  world.bench.put(org_of(second, "320200"));
  world.bench.day("2026-04-11");
  CHECK(refused_as(world.deliver({}, {"seller", second}), V::not_the_party, "/parties"));
  succeed(kSeller, second, "2026-04-11");
  CHECK(accepted(world.deliver({}, {"seller", second})));
  succeed(second, kOther, "2026-04-11");
  CHECK(accepted(world.deliver({}, {"seller", kOther})));
}

TEST_CASE("a trade is void only while no money was recorded, and stays void; late money is flagged and pays no fee") {
  TradeBench paid(1'000);
  REQUIRE(accepted(paid.settle(10)));
  REQUIRE(accepted(paid.reverse()));
  CHECK(refused_as(paid.end("trade.void"), V::has_money, "/body/trade"));

  TradeBench world(1'000,
                   {{"deal", Side::seller, FeeMode::rate, std::nullopt, 100'000, Rounding::down, OnRefund::keep}});
  REQUIRE(accepted(world.end("trade.void")));
  CHECK(world.status() == "void");
  REQUIRE(accepted(world.settle(100)));
  CHECK(world.bench.flagged("void_trade"));
  CHECK(world.status() == "void");
  CHECK(world.bench.balance(std::string("fee/") + kPlatform + "/income/service") == 0);
  CHECK(accepted(world.refund(100)));
}

TEST_CASE("the days of an agreement are told as deadlines") {
  TradeBench world(std::nullopt);
  Json body = trade_terms(100);
  body["deliver_by"] = "2026-05-31";
  body["ends_on"] = "2026-12-31";
  REQUIRE(accepted(world.agree(body)));
  const auto deadlines = world.bench.effects_of<DeadlineEffect>();
  REQUIRE(deadlines.size() == 2);
  CHECK(deadlines[0].id == kTrade);
  CHECK(deadlines[0].what == "delivery");
  CHECK(deadlines[1].what == "term");
  CHECK(format_date(deadlines[1].until) == "2026-12-31");
}

TEST_CASE("settling is limited to usage only where a unit price says what usage is worth") {
  TradeBench world(std::nullopt);
  Json one_off = trade_terms(100);
  one_off["price"]["limits_settling"] = true;
  one_off["price"]["unit_fen"] = 5;
  CHECK(refused_as(world.agree(one_off), V::limit_needs_price, "/body/price/limits_settling"));
  Json no_price = TradeBench::metered_terms(100, 5, true);
  no_price["price"].erase("unit_fen");
  CHECK(refused_as(world.agree(no_price), V::limit_needs_price, "/body/price/limits_settling"));
  CHECK(accepted(world.agree(TradeBench::metered_terms(100, 5, true))));
}

TEST_CASE("any purpose will do until a policy lists them; then purpose and supply mode are words in force") {
  TradeBench world(std::nullopt);
  Json body = trade_terms(100);
  body["purpose"] = "训练客服模型";
  REQUIRE(accepted(world.agree(body)));
  const auto list = [&](Vocabulary name, const char* code, WordForm word) {
    Policy policy;
    policy.kind = PolicyKind::vocabulary;
    policy.code = code;
    policy.title = "words";
    policy.jurisdiction = "320000";
    policy.effective_from = shanghai_day(world.bench.time());
    policy.vocabulary = VocabularyForm{name, {std::move(word)}};
    enact(world.bench, policy);
  };
  list(Vocabulary::purpose, "PURPOSE", {"training", "Training", "训练"});
  CHECK(refused_as(world.agree(body), V::word_unknown, "/body/purpose"));
  REQUIRE(accepted(world.agree(trade_terms(100))));
  list(Vocabulary::supply_mode, "MODES", {"custom", "Custom", "定制"});
  CHECK(refused_as(world.agree(trade_terms(100)), V::word_unknown, "/body/mode"));
  body = trade_terms(100);
  body["mode"] = "custom";
  CHECK(accepted(world.agree(body)));
}

TEST_CASE("a beneficiary of a share is registered") {
  TradeBench world(std::nullopt);
  Json body = trade_terms(100);
  body["shares"] = Json::array({{{"org", "91350100M000100Y43"}, {"ppm", 1}}});
  CHECK(refused_as(world.agree(body), General::object_unknown, "/body/shares/0/org"));
}

}  // namespace
}  // namespace dengji::contracts
