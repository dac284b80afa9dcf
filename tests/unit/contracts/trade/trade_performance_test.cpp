#include "contracts/trade/trade_performance.hpp"

#include "tests/unit/contracts/trade/trade_bench.hpp"

namespace dengji::contracts {
namespace {

using V = TradeVerdict;

// Another certificate of the same data set, valid from a day on.
void put_next_certificate(AreaBench& bench, const char* from) {
  Certificate certificate = bench.object<Certificate>(kCertificate);
  certificate.no = RegNo("ZS32050020260000002P");
  certificate.valid_from = *parse_date(from);
  certificate.status = CertificateStatus::valid;
  certificate.history = {{start_of_day(certificate.valid_from), CertificateStatus::valid}};
  bench.put(certificate);
}

TEST_CASE("the seller delivers, the buyer accepts: delivered, then accepted, each with its own record") {
  TradeBench world(1'000);
  REQUIRE(accepted(world.deliver({{"quantity", 10}, {"bytes", 4'096}})));
  CHECK(world.status() == "delivered");
  CHECK(world.bench.subject() == "JY32050020260000001F-D000001");
  CHECK(world.bench.shown("delivery", world.bench.subject())["id"] == world.bench.subject());
  const DeliveryNote note = world.note();
  CHECK(note.status == DeliveryStatus::delivered);
  CHECK(note.hash == hash_of(9));
  CHECK(note.certificate.text == kCertificate);
  CHECK_FALSE(note.late);
  CHECK(note.readers().size() == 3);
  REQUIRE(accepted(world.accept()));
  CHECK(world.status() == "accepted");
  CHECK(world.note().status == DeliveryStatus::accepted);
  CHECK(world.note().accepted_quantity == 10);
  CHECK(refused_as(world.accept(), V::delivery_judged, "/body/delivery"));
}

TEST_CASE("a delivery is accepted in part until the rest is accepted or refused; parts never shrink") {
  TradeBench world(1'000);
  REQUIRE(accepted(world.deliver({{"quantity", 10}})));
  CHECK(refused_as(world.accept("part", {{"quantity", 10}}), V::accept_too_much, "/body/quantity"));
  REQUIRE(accepted(world.accept("part", {{"quantity", 4}})));
  CHECK(world.note().status == DeliveryStatus::part_accepted);
  CHECK(world.note().reason == "two files lack");
  CHECK(world.status() == "delivered");
  CHECK(refused_as(world.accept("part", {{"quantity", 3}}), V::accept_too_much, "/body/quantity"));
  REQUIRE(accepted(world.accept("part", {{"quantity", 6}})));
  CHECK(world.bench.effects_of<StatusEffect>().empty());
  REQUIRE(accepted(world.accept()));
  CHECK(world.note().accepted_quantity == 10);
  CHECK(world.status() == "accepted");
}

TEST_CASE("a refused delivery leaves the trade as if nothing was delivered; the seller delivers anew") {
  TradeBench world(1'000);
  REQUIRE(accepted(world.deliver()));
  CHECK(refused_as(world.accept("refused", {{"quantity", 1}}), V::accept_member, "/body/quantity"));
  REQUIRE(accepted(world.accept("refused")));
  CHECK(world.status() == "agreed");
  CHECK(world.note().status == DeliveryStatus::refused);
  CHECK(refused_as(world.accept(), V::delivery_judged, "/body/delivery"));
  REQUIRE(accepted(world.deliver()));
  CHECK(world.status() == "delivered");
  REQUIRE(accepted(world.accept("whole", {}, 2)));
  CHECK(world.status() == "accepted");
  REQUIRE(accepted(world.deliver()));
  CHECK(world.status() == "delivered");
}

TEST_CASE("refusing and accepting in part need a reason; only the parties deliver and accept") {
  TradeBench world(1'000);
  REQUIRE(accepted(world.deliver()));
  const auto without_reason = [&](const char* outcome) {
    return world.bench.act("trade.accept", {{"delivery", DeliveryNote::id(RegNo(kTrade), 1)}, {"outcome", outcome}},
                           {kByBuyer});
  };
  CHECK(refused_as(without_reason("part"), V::reason_missing, "/body/reason"));
  CHECK(refused_as(without_reason("refused"), V::reason_missing, "/body/reason"));
  CHECK(refused_as(world.deliver({}, {"seller", kOther}), V::not_the_party, "/parties"));
  CHECK(refused_as(world.accept("whole", {}, 1, {"buyer", kOther}), V::not_the_party, "/parties"));
  CHECK(refused_as(world.accept("whole", {}, 2), General::object_unknown, "/body/delivery"));
}

TEST_CASE("a delivery after its day is late, not refused; the days of acceptance are told") {
  TradeBench world(std::nullopt);
  Json body = trade_terms(100);
  body["deliver_by"] = "2026-05-31";
  body["accept_within_days"] = 15;
  REQUIRE(accepted(world.agree(body)));
  world.bench.day("2026-05-31");
  REQUIRE(accepted(world.deliver()));
  CHECK_FALSE(world.bench.flagged("late"));
  const auto deadlines = world.bench.effects_of<DeadlineEffect>();
  REQUIRE(deadlines.size() == 1);
  CHECK(deadlines[0].what == "acceptance");
  CHECK(format_date(deadlines[0].until) == "2026-06-15");
  world.bench.day("2026-06-01");
  REQUIRE(accepted(world.deliver()));
  CHECK(world.bench.flagged("late"));
  CHECK(world.note(2).late);
}

TEST_CASE("delivery and acceptance wait for seller and buyer, as long as the trade runs and is not disputed") {
  TradeBench world(std::nullopt);
  Json body = trade_terms(1'000);
  body["deliver_by"] = "2026-05-31";
  body["ends_on"] = "2026-12-31";
  body["accept_within_days"] = 15;
  REQUIRE(accepted(world.agree(body)));
  const auto of_trade = [&] { return world.bench.limits("trade", kTrade); };
  const auto of_delivery = [&](int n) { return world.bench.limits("delivery", DeliveryNote::id(RegNo(kTrade), n)); };
  const std::string term = "term 2026-12-31, term 2026-12-31";  // seller's and buyer's
  CHECK(of_trade() == "delivery 2026-05-31, " + term);
  REQUIRE(accepted(world.settle(400)));  // paid in advance: still to be delivered
  CHECK(of_trade() == "delivery 2026-05-31, " + term);
  world.bench.day("2026-06-01");
  CHECK(of_trade() == "delivery 2026-05-31 overdue, " + term);
  REQUIRE(accepted(world.deliver()));
  CHECK(of_trade() == term);
  CHECK(of_delivery(1) == "acceptance 2026-06-16");
  REQUIRE(accepted(world.dispute()));
  CHECK(of_trade() == term);
  CHECK(of_delivery(1).empty());
  CHECK(world.bench.limits("dispute", std::string(kTrade) + "-X000001") == "answer 2026-06-15");
  REQUIRE(accepted(world.resolve({{"outcome", "dismissed"}})));
  CHECK(world.bench.limits("dispute", std::string(kTrade) + "-X000001").empty());
  world.bench.day("2026-06-17");
  CHECK(of_delivery(1) == "acceptance 2026-06-16 overdue");
  REQUIRE(accepted(world.accept("refused", {{"reason", "incomplete"}})));
  CHECK(of_delivery(1).empty());
  CHECK(of_trade() == "delivery 2026-05-31 overdue, " + term);  // to be delivered again
  REQUIRE(accepted(world.deliver()));
  REQUIRE(accepted(world.accept("whole", {}, 2)));
  world.bench.day("2027-01-01");
  CHECK(of_trade().empty());
}

TEST_CASE("delivery needs a certificate in force: the one agreed on, or what has replaced it") {
  TradeBench world(1'000);
  world.bench.day("2026-05-01");
  suspend(world.bench);
  CHECK(refused_as(world.deliver(), V::certificate_not_in_force, "/body/trade"));
  put_next_certificate(world.bench, "2026-05-02");
  CHECK(refused_as(world.deliver(), V::certificate_not_in_force, "/body/trade"));
  world.bench.day("2026-05-02");
  REQUIRE(accepted(world.deliver()));
  CHECK(world.note().certificate.text == "ZS32050020260000002P");
}

TEST_CASE("what was agreed runs off after its registration was cancelled, and no longer once it is revoked") {
  TradeBench world(std::nullopt);
  REQUIRE(accepted(world.agree(TradeBench::metered_terms(1'000, 7))));
  world.bench.day("2026-05-10");
  put_certified(world.bench, CertificateStatus::cancelled);
  CHECK(refused_as(world.agree(trade_terms(1)), V::certificate_not_in_force, "/body/certificate"));
  world.bench.day("2026-05-31");
  CHECK(accepted(world.deliver()));
  CHECK(accepted(world.use("2026-05-01", "2026-05-31")));
  put_certified(world.bench, CertificateStatus::revoked);
  CHECK(refused_as(world.deliver(), V::certificate_not_in_force, "/body/trade"));
}

TEST_CASE("usage adds up units and what they are worth, period after period") {
  TradeBench world(std::nullopt);
  REQUIRE(accepted(world.agree(TradeBench::metered_terms(1'000, 7))));
  world.bench.day("2026-06-30");
  REQUIRE(accepted(world.use("2026-04-10", "2026-04-30", {{"calls", 10}, {"volume_mb", 3}})));
  CHECK(world.bench.subject() == "JY32050020260000001F-U000001");
  CHECK(world.status() == "delivered");
  REQUIRE(accepted(world.use("2026-05-01", "2026-05-31", {{"calls", 0}}, {kBySeller, kByBuyer})));
  const auto second = world.bench.object<UsageRecord>(world.bench.subject());
  CHECK_FALSE(second.platform.has_value());
  CHECK(second.worth_fen == Fen(0));
  const Performance performance = world.trade().performance;
  CHECK(performance.usages == 2);
  CHECK(performance.used_units == 10);
  CHECK(performance.used_fen == Fen(70));
  CHECK(format_date(*performance.used_until) == "2026-05-31");
}

TEST_CASE("a price per period counts periods, one unless told otherwise; without a unit price usage has no worth") {
  TradeBench world(std::nullopt);
  Json body = trade_terms(1'000);
  body["price"] = {{"model", "per_period"}, {"unit_fen", 100}};
  REQUIRE(accepted(world.agree(body)));
  world.bench.day("2026-06-30");
  REQUIRE(accepted(world.use("2026-04-10", "2026-04-30", {{"calls", 99}})));
  REQUIRE(accepted(world.use("2026-05-01", "2026-06-30", {{"periods", 2}})));
  CHECK(world.trade().performance.used_units == 3);
  CHECK(world.trade().performance.used_fen == Fen(300));

  TradeBench free_of_price(std::nullopt);
  body["price"] = {{"model", "per_period"}};
  REQUIRE(accepted(free_of_price.agree(body)));
  REQUIRE(accepted(free_of_price.use("2026-04-10", "2026-04-10", Json::object())));
  CHECK_FALSE(free_of_price.bench.object<UsageRecord>(free_of_price.bench.subject()).worth_fen.has_value());
}

TEST_CASE("usage is signed by the platform alone or by seller and buyer, none other") {
  TradeBench world(std::nullopt);
  REQUIRE(accepted(world.agree(TradeBench::metered_terms(1'000, 7))));
  const auto by = [&](const std::vector<AreaBench::By>& signers) {
    return world.use("2026-04-10", "2026-04-10", {{"calls", 1}}, signers);
  };
  CHECK(refused_as(by({kBySeller}), V::usage_signers, "/parties"));
  CHECK(refused_as(by({kByBuyer}), V::usage_signers, "/parties"));
  CHECK(refused_as(by({kBySeller, kByPlatform}), V::usage_signers, "/parties"));
  CHECK(refused_as(by({kBySeller, kByBuyer, kByPlatform}), V::usage_signers, "/parties"));
  CHECK(refused_as(by({{"platform", kSeller}}), V::platform_is_party, "/parties"));
  CHECK(refused_as(by({{"seller", kOther}, kByBuyer}), V::not_the_party, "/parties"));
  CHECK(accepted(by({kBySeller, kByBuyer})));
}

TEST_CASE("a period of use is past, within the term, and after the last one") {
  TradeBench world(std::nullopt);
  Json body = TradeBench::metered_terms(1'000, 7);
  body["starts_on"] = "2026-05-01";
  body["ends_on"] = "2026-06-30";
  REQUIRE(accepted(world.agree(body)));
  world.bench.day("2026-06-15");
  CHECK(refused_as(world.use("2026-05-02", "2026-05-01"), V::usage_period, "/body/to"));
  CHECK(refused_as(world.use("2026-05-01", "2026-06-16"), V::usage_period, "/body/to"));
  CHECK(refused_as(world.use("2026-04-30", "2026-05-01"), V::usage_period, "/body/from"));
  REQUIRE(accepted(world.use("2026-05-01", "2026-05-31")));
  CHECK(refused_as(world.use("2026-05-31", "2026-06-01"), V::usage_overlaps, "/body/from"));
  world.bench.day("2026-07-02");
  CHECK(refused_as(world.use("2026-06-01", "2026-07-01"), V::usage_period, "/body/to"));
  CHECK(accepted(world.use("2026-06-01", "2026-06-30")));
}

TEST_CASE("usage carries what the price counts and belongs to metered trades") {
  TradeBench one_off(1'000);
  CHECK(refused_as(one_off.use("2026-04-10", "2026-04-10"), V::not_metered, "/body/trade"));
  TradeBench world(std::nullopt);
  REQUIRE(accepted(world.agree(TradeBench::metered_terms(1'000, kMaxSafeInteger / 2))));
  CHECK(refused_as(world.use("2026-04-10", "2026-04-10", Json::object()), V::usage_member, "/body/calls"));
  CHECK(refused_as(world.use("2026-04-10", "2026-04-10", {{"calls", 1}, {"periods", 1}}), V::usage_member,
                   "/body/periods"));
  CHECK(refused_as(world.use("2026-04-10", "2026-04-10", {{"calls", 3}}), General::amount_overflow, "/body"));
  CHECK(accepted(world.use("2026-04-10", "2026-04-10", {{"calls", 2}})));
}

TEST_CASE("the certificate is in force throughout a period of use, not only at its ends") {
  TradeBench world(std::nullopt);
  REQUIRE(accepted(world.agree(TradeBench::metered_terms(1'000, 7))));
  Certificate certificate = world.bench.object<Certificate>(kCertificate);
  certificate.history.push_back({*parse_time("2026-05-10T04:00:00Z"), CertificateStatus::suspended});
  certificate.history.push_back({*parse_time("2026-05-12T04:00:00Z"), CertificateStatus::valid});
  world.bench.put(certificate);
  world.bench.day("2026-06-15");
  CHECK(refused_as(world.use("2026-05-01", "2026-05-31"), V::certificate_not_in_force, "/body/trade"));
  CHECK(accepted(world.use("2026-04-10", "2026-05-09")));
  CHECK(refused_as(world.use("2026-05-10", "2026-05-10"), V::certificate_not_in_force, "/body/trade"));
  CHECK(refused_as(world.use("2026-05-12", "2026-05-13"), V::certificate_not_in_force, "/body/trade"));
  CHECK(accepted(world.use("2026-05-13", "2026-05-31")));
  // A revoked certificate never was in force.
  certificate.status = CertificateStatus::revoked;
  world.bench.put(certificate);
  CHECK(refused_as(world.use("2026-06-01", "2026-06-01"), V::certificate_not_in_force, "/body/trade"));
}

TEST_CASE("a trade has only so many deliveries, usage records and disputes") {
  TradeBench world(std::nullopt);
  REQUIRE(accepted(world.agree(TradeBench::metered_terms(1'000, 7))));
  Trade trade = world.trade();
  trade.performance.deliveries = trade.performance.usages = trade.disputes = 999'999;
  world.bench.put(trade);
  CHECK(refused_as(world.deliver(), V::serials_used_up, "/body/trade"));
  CHECK(refused_as(world.use("2026-04-10", "2026-04-10"), V::serials_used_up, "/body/trade"));
  CHECK(refused_as(world.dispute(), V::serials_used_up, "/body/trade"));
}

}  // namespace
}  // namespace dengji::contracts
