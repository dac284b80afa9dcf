#include "contracts/trade/trades.hpp"

#include <map>

#include "tests/unit/contracts/trade/trade_bench.hpp"

namespace dengji::contracts {
namespace {

using V = TradeVerdict;

TEST_CASE("an agreement opens the trade's book and freezes regions, scales and whether provinces are crossed") {
  TradeBench world;
  const Trade trade = world.trade();
  CHECK(trade.no.text == kTrade);
  CHECK(trade.status == TradeStatus::agreed);
  CHECK(trade.seller_region == "320500");
  CHECK(trade.buyer_region == "320100");
  CHECK_FALSE(trade.cross_province);
  CHECK(trade.first_contract);
  CHECK(trade.platform->text == kPlatform);
  CHECK(world.book("contract") == 60'000'000);
  CHECK(world.book("headroom") == 60'000'000);
  Org moved = org_of(kBuyer, "440300");
  moved.scale = Scale::large;
  world.bench.put(moved);
  CHECK_FALSE(world.trade().cross_province);
  CHECK(world.trade().buyer_scale == Scale::small);
  REQUIRE(accepted(world.agree(trade_terms(1))));
  const Trade second = world.bench.object<Trade>(world.bench.subject());
  CHECK(second.cross_province);
  CHECK(second.buyer_scale == Scale::large);
  CHECK_FALSE(second.first_contract);
}

TEST_CASE("worked year, the trade's book: agreed, settled twice, refunded in part") {
  TradeBench world;  // row 10
  world.bench.day("2026-05-20");
  REQUIRE(accepted(world.settle(33'333'333)));  // row 11
  CHECK(world.book("settled") == 33'333'333);
  CHECK(world.book("headroom") == 26'666'667);
  CHECK(world.trade().status == TradeStatus::settling);
  world.bench.day("2026-09-15");
  REQUIRE(accepted(world.settle(22'222'225)));  // row 15
  CHECK(world.book("settled") == 55'555'558);
  CHECK(world.book("headroom") == 4'444'442);
  CHECK(world.bench.effects_of<StatusEffect>().size() == 1);  // the settlement's alone
  CHECK(refused_as(world.settle(4'444'443), V::over_ceiling, "/body/amount_fen"));
  world.bench.day("2026-11-10");
  REQUIRE(accepted(world.refund(12'345'678, "JY32050020260000001F-000002")));  // row 18
  CHECK(world.book("settled") == 43'209'880);
  CHECK(world.book("headroom") == 16'790'120);
  CHECK(world.book("contract") == 60'000'000);
  CHECK(world.settlement("JY32050020260000001F-000002").net() == Fen(9'876'547));
  CHECK(world.bench.shown("trade", kTrade)["settled_fen"] == 43'209'880);
  CHECK(check_money_invariants(world.bench.view()).empty());
}

TEST_CASE("exactly the headroom passes, one fen more is refused with what is left") {
  TradeBench world(4'444'442);
  const auto refused = world.settle(4'444'443);
  REQUIRE(refused_as(refused, V::over_ceiling, "/body/amount_fen"));
  CHECK(refused.error().context.find("4444442 fen") != std::string::npos);
  CHECK(accepted(world.settle(4'444'442)));
  CHECK(refused_as(world.settle(1), V::over_ceiling, "/body/amount_fen"));
}

TEST_CASE("a refund names its settlement and takes no more than is left of it; its headroom can be settled again") {
  TradeBench world(100);
  REQUIRE(accepted(world.settle(60)));
  REQUIRE(accepted(world.settle(40)));
  CHECK(refused_as(world.refund(61), V::over_settlement, "/body/amount_fen"));
  REQUIRE(accepted(world.refund(50)));
  CHECK(world.bench.effects_of<StatusEffect>().at(0).to == "part_refunded");
  CHECK(refused_as(world.refund(11), V::over_settlement, "/body/amount_fen"));
  REQUIRE(accepted(world.refund(10)));
  CHECK(world.settlement().status() == "refunded");
  CHECK(refused_as(world.refund(1), V::over_settlement, "/body/amount_fen"));
  CHECK(world.book("settled") == 40);
  CHECK(accepted(world.settle(60)));
  CHECK(refused_as(world.refund(1, "JY32050020260000001F-000009"), General::object_unknown, "/body/settlement"));
}

TEST_CASE("settlement ids are serials of the trade that sort in order, and lists by year follow the bank date") {
  TradeBench world(100);
  world.bench.day("2027-01-03");
  Json body = TradeBench::settle_body(10, 90, 1, 10);
  body["bank_date"] = "2026-12-31";
  REQUIRE(accepted(world.settle_with(body)));
  CHECK(world.bench.subject() == "JY32050020260000001F-000001");
  REQUIRE(accepted(world.settle(10)));
  CHECK(world.bench.subject() == "JY32050020260000001F-000002");
  const auto listed = [&](const char* index, const std::string& value) {
    const std::string prefix = index_prefix(Settlement::kKind, index, value);
    std::vector<std::string> ids;
    world.bench.view().scan(prefix, prefix, [&](std::string_view key, std::string_view) {
      ids.emplace_back(key.substr(prefix.size()));
      return true;
    });
    return ids;
  };
  CHECK(listed("seller_year", std::string(kSeller) + "/2026") ==
        std::vector<std::string>{"JY32050020260000001F-000001"});
  CHECK(listed("buyer_year", std::string(kBuyer) + "/2027") == std::vector<std::string>{"JY32050020260000001F-000002"});
  CHECK(listed("trade", kTrade).size() == 2);
  CHECK(Settlement::id(RegNo("JY"), 9) < Settlement::id(RegNo("JY"), 10));
}

TEST_CASE("a policy that looks at the certificate at settlement looks at the end of the bank day, or now if earlier") {
  TradeBench world(100);
  world.bench.at("2026-05-20T04:00:00Z");
  REQUIRE(accepted(world.settle(10)));
  CHECK(world.settlement().certificate_instant() == world.bench.time());
  Json body = TradeBench::settle_body(10, 90, 1, 10);
  body["bank_date"] = "2026-05-19";
  REQUIRE(accepted(world.settle_with(body)));
  CHECK(format_time(world.settlement("JY32050020260000001F-000002").certificate_instant()) ==
        "2026-05-19T15:59:59.999Z");
}

TEST_CASE("nasty 8: one voucher may stand behind two trades within its total, not one fen over") {
  TradeBench world(1'000);
  REQUIRE(accepted(world.agree(trade_terms(1'000))));
  const std::string second = world.bench.subject();
  REQUIRE(accepted(world.settle_with(TradeBench::settle_body(600, 1, 1, 1'000))));
  CHECK(refused_as(world.settle_with(TradeBench::settle_body(401, 1, 2, 1'000, second.c_str())),
                   VoucherVerdict::exceeded, "/body/amount_fen"));
  CHECK(refused_as(world.settle_with(TradeBench::settle_body(400, 1, 1, 1'000, second.c_str())),
                   VoucherVerdict::line_used, "/body/voucher/line"));
  CHECK(refused_as(world.settle_with(TradeBench::settle_body(400, 1, 2, 1'001, second.c_str())),
                   VoucherVerdict::total_differs, "/body/voucher/total_fen"));
  REQUIRE(accepted(world.settle_with(TradeBench::settle_body(400, 1, 2, 1'000, second.c_str()))));
  CHECK(refused_as(world.settle_with(TradeBench::settle_body(1, 1, 3, 1'000)), VoucherVerdict::exceeded,
                   "/body/amount_fen"));
  // A refund gives nothing back to the voucher.
  REQUIRE(accepted(world.refund(600)));
  CHECK(refused_as(world.settle_with(TradeBench::settle_body(1, 1, 3, 1'000)), VoucherVerdict::exceeded,
                   "/body/amount_fen"));
}

TEST_CASE("a refused settlement uses up neither voucher nor serial") {
  TradeBench world(100);
  REQUIRE_FALSE(world.settle_with(TradeBench::settle_body(101, 1, 1, 101)).has_value());
  REQUIRE(accepted(world.settle_with(TradeBench::settle_body(100, 1, 1, 100))));
  CHECK(world.bench.subject() == "JY32050020260000001F-000001");
}

TEST_CASE("bank dates lie between agreement and today; a refund's not before its settlement's") {
  TradeBench world(100);
  world.bench.day("2026-05-20");
  const auto settle_on = [&](const char* date) {
    Json body = TradeBench::settle_body(10, ++world.voucher, 1, 10);
    body["bank_date"] = date;
    return world.settle_with(body);
  };
  CHECK(refused_as(settle_on("2026-04-09"), V::bank_date_before_agreement, "/body/bank_date"));
  CHECK(refused_as(settle_on("2026-05-21"), V::bank_date_future, "/body/bank_date"));
  CHECK(accepted(settle_on("2026-04-10")));
  CHECK(accepted(settle_on("2026-05-20")));
  Json refund = world.refund_body(1, "JY32050020260000001F-000002");
  refund["bank_date"] = "2026-05-19";
  CHECK(refused_as(world.bench.act("trade.refund", refund, {kByPlatform}), V::bank_date_before_settlement,
                   "/body/bank_date"));
  refund["bank_date"] = "2026-05-21";
  CHECK(refused_as(world.bench.act("trade.refund", refund, {kByPlatform}), V::bank_date_future, "/body/bank_date"));
}

TEST_CASE("seller, buyer and platform are three") {
  TradeBench world(std::nullopt);
  CHECK(refused_as(world.agree(trade_terms(1), {kBySeller, {"buyer", kSeller}}), General::same_party, "/parties"));
  CHECK(refused_as(world.agree(trade_terms(1), {kBySeller, kByBuyer, {"platform", kBuyer}}), V::platform_is_party,
                   "/parties"));
  REQUIRE(accepted(world.agree(trade_terms(100), {kBySeller, kByBuyer})));
  CHECK_FALSE(world.trade().platform.has_value());
  CHECK(world.trade().readers().size() == 2);
  CHECK(refused_as(world.settle_with(TradeBench::settle_body(1, 1, 1, 1), {"platform", kSeller}), V::platform_is_party,
                   "/parties/0/org"));
}

TEST_CASE("an agreement needs the seller's own certificate, in force") {
  TradeBench world(std::nullopt);
  Json unknown = trade_terms(1);
  unknown["certificate"] = "ZS32050020260000009X";
  CHECK(refused_as(world.agree(unknown), General::object_unknown, "/body/certificate"));
  CHECK(refused_as(world.agree(trade_terms(1), {{"seller", kOther}, kByBuyer}), V::seller_not_holder,
                   "/body/certificate"));
  suspend(world.bench);
  CHECK(refused_as(world.agree(trade_terms(1)), V::certificate_not_in_force, "/body/certificate"));
}

TEST_CASE("money is recorded whatever happened to the certificate since, and after the trade has ended") {
  TradeBench world(100);
  suspend(world.bench);
  CHECK(accepted(world.settle(10)));
  CHECK(accepted(world.refund(1)));
  REQUIRE(accepted(world.end("trade.terminate")));
  CHECK(accepted(world.settle(10)));
  CHECK(accepted(world.refund(1)));
  CHECK(world.trade().status == TradeStatus::terminated);
}

TEST_CASE("a trade ends once, by its two parties, from agreed or settling") {
  for (const char* type : {"trade.close", "trade.terminate"}) {
    for (const bool settled : {false, true}) {
      TradeBench world(100);
      if (settled) REQUIRE(accepted(world.settle(10)));
      CHECK(refused_as(world.end(type, {{"seller", kOther}, kByBuyer}), V::not_the_party, "/parties"));
      REQUIRE(accepted(world.end(type)));
      CHECK(refused_as(world.end("trade.close"), V::status_not_open, "/body/trade"));
      CHECK(refused_as(world.end("trade.terminate"), V::status_not_open, "/body/trade"));
    }
  }
  TradeBench none(std::nullopt);
  CHECK(refused_as(none.end("trade.close"), General::object_unknown, "/body/trade"));
  CHECK(refused_as(none.settle(1), General::object_unknown, "/body/trade"));
}

TEST_CASE("terms that cannot be are refused") {
  TradeBench world(std::nullopt);
  const auto with = [](const char* member, const Json& value) {
    Json body = trade_terms(100);
    body[member] = value;
    return body;
  };
  CHECK(refused_as(world.agree(with("tax_fen", 101)), V::tax_exceeds_amount, "/body/tax_fen"));
  Json term = with("starts_on", "2026-05-02");
  term["ends_on"] = "2026-05-01";
  CHECK(refused_as(world.agree(term), V::term_order, "/body/ends_on"));
  const auto share = [](const char* org, std::int64_t ppm) { return Json{{"org", org}, {"ppm", ppm}}; };
  CHECK(refused_as(world.agree(with("shares", Json::array({share(kSeller, 1)}))), V::share_of_seller,
                   "/body/shares/0/org"));
  CHECK(refused_as(world.agree(with("shares", Json::array({share(kOther, 600'000), share(kPlatform, 400'001)}))),
                   V::shares_exceed, "/body/shares/1/ppm"));
  CHECK(refused_as(world.agree(with("shares", Json::array({share(kOther, 1), share(kOther, 1)}))), V::shares_exceed,
                   "/body/shares/1/org"));
  CHECK(accepted(world.agree(with("shares", Json::array({share(kOther, 600'000), share(kPlatform, 400'000)})))));
}

TEST_CASE("assured supply may be free: no posting, and nothing to settle") {
  TradeBench world(std::nullopt);
  Json free_of_charge = trade_terms(0);
  free_of_charge["mode"] = "assured";
  REQUIRE(accepted(world.agree(free_of_charge)));
  CHECK(world.bench.effects_of<PostEffect>().empty());
  CHECK(refused_as(world.settle(1), V::over_ceiling, "/body/amount_fen"));
}

TEST_CASE("amounts up to 2^53-1 are recorded to the fen, turnover beyond it too") {
  TradeBench world(kMaxSafeInteger);
  for (int round = 0; round < 3; ++round) {
    REQUIRE(accepted(world.settle(kMaxSafeInteger)));
    CHECK(world.book("settled") == kMaxSafeInteger);
    const std::string id = world.bench.subject();
    REQUIRE(accepted(world.refund(kMaxSafeInteger, id.c_str())));
    CHECK(world.book("headroom") == kMaxSafeInteger);
  }
  CHECK(world.bench.account("trade/JY32050020260000001F/settled").credits == 3 * kMaxSafeInteger);
}

TEST_CASE("service fees follow the trade: once at the agreement, a rate at each settlement, less at a refund") {
  TradeBench world(
      100'000'000,
      {{"entry", Side::buyer, FeeMode::once, Fen(998'000), std::nullopt, Rounding::down, OnRefund::keep},
       {"deal", Side::seller, FeeMode::rate, std::nullopt, 25'000, Rounding::down, OnRefund::proportional}});
  const std::string income = std::string("fee/") + kPlatform + "/income/service";
  CHECK(world.bench.balance(income) == 998'000);
  REQUIRE(accepted(world.settle(33'333'333)));
  CHECK(world.bench.balance(income) == 998'000 + 833'333);
  REQUIRE(accepted(world.refund(3'333'332)));
  CHECK(world.bench.balance(income) == 998'000 + 750'000);
  REQUIRE(accepted(world.refund(30'000'001)));
  CHECK(world.bench.balance(income) == 998'000);
  CHECK(check_money_invariants(world.bench.view()).empty());
}

TEST_CASE("a serial beyond the last of a trade is refused") {
  TradeBench world(100);
  world.bench.run([](EntryTx& tx) {
    std::string bytes;
    Encoder(bytes).write(kMaxSettlements);
    tx.put_raw(counter_key(std::string("settlement/") + kTrade), bytes);
    return true;
  });
  CHECK(refused_as(world.settle(1), V::settlement_serials_used_up, "/body/trade"));
}

TEST_CASE("serials of trades turn with the year of Asia/Shanghai") {
  TradeBench world(std::nullopt);
  world.bench.at("2026-12-31T15:59:59.999Z");
  REQUIRE(accepted(world.agree(trade_terms(1))));
  CHECK(world.bench.subject().starts_with("JY32050020260000001"));
  world.bench.at("2026-12-31T16:00:00Z");
  REQUIRE(accepted(world.agree(trade_terms(1))));
  CHECK(world.bench.subject().starts_with("JY32050020270000001"));
}

TEST_CASE("each act on a trade has its signers: both sides, one of them, the platform, or who judges") {
  using Roles = std::vector<std::string_view>;
  const std::map<std::string_view, Roles> expected{
      {"trade.agree", {"seller", "buyer"}},
      {"trade.amend", {"seller", "buyer", "platform"}},
      {"trade.close", {"seller", "buyer"}},
      {"trade.terminate", {"seller", "buyer"}},
      {"trade.void", {"seller", "buyer"}},
      {"trade.deliver", {"seller"}},
      {"trade.accept", {"buyer"}},
      {"trade.usage", {}},  // the contract asks for the platform alone or both sides
      {"trade.settle", {"platform"}},
      {"trade.refund", {"platform"}},
      {"money.reverse", {"platform"}},
      {"trade.dispute", {"seller", "buyer"}},
      {"trade.resolve", {"platform", "bureau"}},
      {"trade.flag", {"platform", "bureau"}},
      {"trade.clear", {"platform", "bureau"}},
  };
  CHECK(trade_area().types.size() == expected.size());
  for (const EntryTypeInfo& type : trade_area().types) {
    CAPTURE(type.type);
    Roles must;
    for (const SignerRule& rule : type.signers) {
      if (rule.min > 0) must.insert(must.end(), rule.roles.begin(), rule.roles.end());
    }
    CHECK(must == expected.at(type.type));
    CHECK(type.visibility == Visibility::parties);
  }
}

TEST_CASE("every verdict of the trade area has a row in both languages") {
  std::vector<std::uint16_t> numbers;
  for (std::uint16_t n = 401; n <= static_cast<std::uint16_t>(V::nothing_to_reverse); ++n) numbers.push_back(n);
  for (std::uint16_t n = 460; n <= static_cast<std::uint16_t>(VoucherVerdict::exceeded); ++n) numbers.push_back(n);
  for (const std::uint16_t n : numbers) {
    const auto& rows = trade_area().verdicts;
    const auto found = std::find_if(rows.begin(), rows.end(), [n](const VerdictRow& one) { return one.number == n; });
    REQUIRE(found != rows.end());
    CHECK_FALSE(found->en.empty());
    CHECK_FALSE(found->zh.empty());
  }
}

}  // namespace
}  // namespace dengji::contracts
