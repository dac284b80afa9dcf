#include <algorithm>

#include "contracts/certification/certification.hpp"
#include "contracts/fee/fees.hpp"
#include "contracts/trade/trades.hpp"
#include "tests/unit/contracts/area_bench.hpp"

namespace dengji::contracts {
namespace {

const AreaBench::By kPlatformActs{"platform", kPlatform};

// A registration fee of 300,000 for S, with a waiver of all of it in store.
struct ExplainedFee {
  AreaBench bench{&fee_area()};
  std::string no;

  explicit ExplainedFee(std::int64_t waived_ppm = 1'000'000) {
    put_parties(bench);
    ServiceFee rate;
    rate.line = "seller";
    rate.ppm = 25'000;
    rate.rounding = Rounding::half_even;
    enact(bench, fee_policy(Fen(300'000), {rate}));
    enact(bench, waiver_policy(waived_ppm));
    bench.day("2026-03-02");
    const auto assessed = bench.run([](EntryTx& tx) {
      return assess_registration_fee(tx, {.dataset = "ds-1", .payer = OrgId(kSeller), .region = "320500"});
    });
    REQUIRE((assessed && *assessed));
    no = (*assessed)->text;
  }

  // As certificate.issue does.
  void certify(const char* registered_on, std::int64_t serial = 1) {
    REQUIRE(accepted(bench.run([&](EntryTx& tx) -> Verdict {
      Certificate certificate;
      certificate.no = RegNo(make_number({"ZS", "320500", 2026}, serial).text);
      certificate.dataset = "ds-1";
      certificate.holder = OrgId(kSeller);
      tx.put(certificate);
      return waive_first_registration(tx, {"ds-1", *parse_date(registered_on), true, true, true});
    })));
  }
  void act(std::string_view type, Json more) {
    more["fee"] = no;
    REQUIRE(accepted(bench.act(type, more, {kPlatformActs})));
  }
  void receive(std::int64_t fen) { act("fee.receive", {{"amount_fen", fen}, {"bank_date", "2026-03-02"}}); }

  Explanation explained() const { return explained(no); }
  Explanation explained(const std::string& fee) const {
    auto shown = Fee::explain(bench.object<Fee>(fee), bench.view(), bench.history(), bench.time());
    REQUIRE(shown.has_value());
    return std::move(*shown);
  }
};

void check_fee_sums(const Explanation& shown) {
  std::int64_t changed = 0;
  for (const ExplainedChange& change : shown.changes) {
    changed += change.fen.value();
    CHECK(change.after_fen.value() == changed);
  }
  CHECK(changed == shown.amount_fen.value());
  std::int64_t parts = 0;
  for (const ExplainedPart& part : shown.parts) parts += part.fen.value();
  CHECK(parts == shown.amount_fen.value());
  for (const ExplainedWorking& working : shown.workings) {
    std::int64_t added = 0;
    for (const ExplainedStep& step : working.steps) added += step.adds_fen.value();
    CHECK(added == working.fen.value());
  }
}

const ExplainedStop& fee_stop(const Explanation& shown, std::string_view why) {
  const auto found = std::find_if(shown.stopped.begin(), shown.stopped.end(),
                                  [&](const ExplainedStop& stop) { return stop.why == why; });
  REQUIRE(found != shown.stopped.end());
  return *found;
}

TEST_CASE("the worked year's fee: assessed, paid in part, waived, refunded; every fen has its entry") {
  ExplainedFee world;
  world.receive(120'000);
  Explanation shown = world.explained();
  check_fee_sums(shown);
  CHECK(shown.amount_fen == Fen(300'000));
  CHECK(shown.parts.size() == 2);
  CHECK(shown.rule == "FEE-A@1");
  world.certify("2026-02-20");
  world.act("fee.refund", {{"step", "instruct"}});
  world.act("fee.refund", {{"step", "confirm"}});
  shown = world.explained();
  check_fee_sums(shown);
  CHECK(shown.amount_fen == Fen(0));
  CHECK(shown.status == "refunded");
  REQUIRE(shown.workings.size() == 2);
  CHECK(shown.workings[1].rule == "WAIVE-FIRST@1");
  CHECK(fee_stop(shown, "fee_waived").fen == Fen(300'000));
  REQUIRE(shown.changes.size() == 5);
  CHECK(shown.changes[1].entry.type == "fee.receive");
  CHECK(shown.changes[1].fen == Fen(0));
  CHECK(shown.changes[1].postings.front().fen == Fen(120'000));
  CHECK(shown.changes[4].postings.front().event == "fee_refund_confirmed");
}

TEST_CASE("the assessment that the entry told and the one computed anew from the state are the same") {
  ExplainedFee world;
  const Explanation shown = world.explained();
  REQUIRE(shown.now.has_value());
  CHECK(shown.now->fen == shown.workings.front().fen);
  CHECK(shown.now->rule == shown.workings.front().rule);
  CHECK(shown.now->steps.front().step == shown.workings.front().steps.front().step);
  CHECK(shown.now->fen == Fen(300'000));
}

TEST_CASE("a waiver that was not given says why and by which entry, although the fee stayed as it was") {
  ExplainedFee world;
  world.certify("2025-01-02");
  const Explanation shown = world.explained();
  check_fee_sums(shown);
  CHECK(shown.amount_fen == Fen(300'000));
  CHECK(shown.changes.size() == 1);
  const ExplainedStop& late = fee_stop(shown, "too_late");
  CHECK(late.entries.front().seq > shown.changes.front().entry.seq);
  CHECK(late.note == "waiver WAIVE-FIRST@1 was not given");
  ExplainedFee given;
  given.certify("2026-02-20");
  given.certify("2026-02-20", 2);
  CHECK(fee_stop(given.explained(), "given_before").entries.size() == 1);
}

TEST_CASE("what decisions did to a fee is told without a rule: waived, taken back, cancelled") {
  ExplainedFee world(500'000);
  world.act("fee.waive", {{"line", "hardship"}, {"amount_fen", 40'000}, {"borne_by", kPlatform}, {"reason", "r"}});
  world.act("fee.reinstate", {{"line", "hardship"}, {"reason", "r"}});
  world.act("fee.waive", {{"line", "other"}, {"amount_fen", 10'000}, {"borne_by", kPlatform}, {"reason", "r"}});
  world.certify("2026-02-20");
  Explanation shown = world.explained();
  check_fee_sums(shown);
  CHECK(shown.amount_fen == Fen(140'000));
  CHECK(shown.changes[2].fen == Fen(40'000));
  CHECK(shown.changes[2].entry.type == "fee.reinstate");
  world.act("fee.cancel", {{"reason", "r"}});
  shown = world.explained();
  check_fee_sums(shown);
  CHECK(shown.amount_fen == Fen(0));
  CHECK(fee_stop(shown, "fee_cancelled").entries.front().type == "fee.cancel");
}

TEST_CASE("a rate is shown on its settlement, and a refund lowers it with the working that says to what") {
  ExplainedFee world;
  Settlement settlement;
  settlement.trade = RegNo(make_number({"JY", "320500", 2026}, 1).text);
  settlement.seller = OrgId(kSeller);
  settlement.buyer = OrgId(kBuyer);
  settlement.amount_fen = Fen(1'000'060);
  world.bench.put(settlement);
  const ServiceTerms terms{"FEE-A@1", OrgId(kPlatform), {{"seller", Side::seller, 25'000, Rounding::half_even}}};
  const ServiceFeeParties parties{OrgId(kSeller), OrgId(kBuyer), "320500", "320100"};
  const std::string id = settlement.object_id();
  REQUIRE(accepted(world.bench.run(
      [&](EntryTx& tx) { return assess_service_fees_on_settle(tx, terms, parties, id, settlement.amount_fen); })));
  const std::string no = make_number({"FY", "320500", 2026}, 2).text;
  Explanation shown = world.explained(no);
  check_fee_sums(shown);
  CHECK(shown.amount_fen == Fen(25'002));  // 25,001.5 to the even one
  REQUIRE(shown.now.has_value());
  CHECK(shown.now->fen == shown.workings.front().fen);
  CHECK(shown.now->steps.front().base_fen == Fen(1'000'060));
  CHECK(shown.now->rounding == Rounding::half_even);
  REQUIRE(accepted(
      world.bench.run([&](EntryTx& tx) { return lower_service_fees_on_refund(tx, terms, id, Fen(400'000)); })));
  shown = world.explained(no);
  check_fee_sums(shown);
  CHECK(shown.amount_fen == Fen(10'000));
  REQUIRE(shown.workings.size() == 2);
  CHECK(shown.workings[1].fen == Fen(-15'002));
}

TEST_CASE("a fee by decision has no rule to compute it by") {
  ExplainedFee world;
  world.bench.put([] {
    Trade trade;
    trade.no = RegNo(make_number({"JY", "320500", 2026}, 9).text);
    trade.seller = OrgId(kSeller);
    trade.buyer = OrgId(kBuyer);
    return trade;
  }());
  REQUIRE(accepted(world.bench.act("fee.assess",
                                   {{"payer", kSeller},
                                    {"cause_kind", "trade"},
                                    {"cause", make_number({"JY", "320500", 2026}, 9).text},
                                    {"line", "extra"},
                                    {"amount_fen", 700},
                                    {"reason", "r"}},
                                   {kPlatformActs})));
  const Explanation shown = world.explained(make_number({"FY", "320500", 2026}, 2).text);
  check_fee_sums(shown);
  CHECK(shown.rule.empty());
  CHECK(shown.workings.empty());
  CHECK_FALSE(shown.now.has_value());
  CHECK(shown.amount_fen == Fen(700));
}

}  // namespace
}  // namespace dengji::contracts
