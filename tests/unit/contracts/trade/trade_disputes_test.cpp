#include "contracts/trade/trade_disputes.hpp"

#include "tests/unit/contracts/subsidy/subsidy_bench.hpp"
#include "tests/unit/contracts/trade/trade_bench.hpp"

namespace dengji::contracts {
namespace {

using V = TradeVerdict;

TEST_CASE("a dispute holds the trade, tells the day of the answer, and ends with its resolution") {
  TradeBench world(1'000);
  REQUIRE(accepted(world.dispute()));
  CHECK(world.bench.subject() == "JY32050020260000001F-X000001");
  const auto deadlines = world.bench.effects_of<DeadlineEffect>();
  REQUIRE(deadlines.size() == 1);
  CHECK(deadlines[0].kind == "dispute");
  CHECK(deadlines[0].what == "answer");
  CHECK(format_date(deadlines[0].until) == "2026-04-24");  // Friday the 10th, ten working days
  CHECK(refused_as(world.deliver(), V::disputed, "/body/trade"));
  REQUIRE(accepted(world.resolve({{"outcome", "part_upheld"}})));
  const Dispute dispute = world.dispute_of();
  CHECK(dispute.status == DisputeStatus::resolved);
  CHECK(dispute.outcome == DisputeOutcome::part_upheld);
  CHECK(dispute.resolved_by->text == kPlatform);
  CHECK(dispute.readers().size() == 2);
  CHECK(world.bench.shown("dispute", dispute.object_id())["id"] == dispute.object_id());
  CHECK(refused_as(world.resolve(), V::dispute_resolved, "/body/dispute"));
  CHECK(accepted(world.deliver()));
  REQUIRE(accepted(world.dispute()));
  CHECK(world.dispute_of(2).status == DisputeStatus::open);
}

TEST_CASE("each side has one dispute open; the trade goes on when the last is resolved") {
  TradeBench world(1'000);
  REQUIRE(accepted(world.dispute(kByBuyer)));
  CHECK(refused_as(world.dispute(kByBuyer), V::dispute_open, "/body/trade"));
  REQUIRE(accepted(world.dispute(kBySeller)));
  CHECK(refused_as(world.dispute(kBySeller), V::dispute_open, "/body/trade"));
  CHECK(refused_as(world.dispute({"buyer", kOther}), V::not_the_party, "/parties"));
  REQUIRE(accepted(world.resolve({}, 1)));
  CHECK(world.status() == "disputed");
  REQUIRE(accepted(world.resolve({}, 2)));
  CHECK(world.status() == "agreed");
  CHECK(refused_as(world.resolve({}, 3), General::object_unknown, "/body/dispute"));
}

TEST_CASE("a resolution may end the trade, once; one that had ended stays ended") {
  TradeBench world(1'000);
  REQUIRE(accepted(world.dispute(kByBuyer)));
  REQUIRE(accepted(world.dispute(kBySeller)));
  REQUIRE(accepted(world.resolve({{"terminates", true}}, 1)));
  CHECK(world.status() == "disputed");
  CHECK(refused_as(world.resolve({{"terminates", true}}, 2), V::status_not_open, "/body/terminates"));
  REQUIRE(accepted(world.resolve({}, 2)));
  CHECK(world.status() == "terminated");
  CHECK(accepted(world.settle(1)));
  CHECK(world.status() == "terminated");
}

TEST_CASE("who judges is no party of the trade, nor its successor, nor related to one") {
  TradeBench world(1'000);
  const char* const judge = "91320000000000009J";
  world.bench.put(org_of(judge, "320000"));
  REQUIRE(accepted(world.dispute()));
  const auto refused_for = [&](AreaBench::By by) {
    return refused_as(world.resolve({}, 1, by), V::judge_is_party, "/parties/0/org") &&
           refused_as(world.flag("other", by), V::judge_is_party, "/parties/0/org") &&
           refused_as(world.clear(by), V::judge_is_party, "/parties/0/org");
  };
  CHECK(refused_for({"platform", kSeller}));
  CHECK(refused_for({"bureau", kBuyer}));
  Org org = world.bench.object<Org>(judge);
  org.ties.push_back({OrgId(kBuyer), "affiliate", *parse_date("2026-01-01"), *parse_date("2026-04-10")});
  world.bench.put(org);
  CHECK(refused_for({"bureau", judge}));
  world.bench.day("2026-04-11");
  CHECK(accepted(world.resolve({}, 1, {"bureau", judge})));
}

TEST_CASE("a policy says how many working days a dispute's answer takes") {
  TradeBench world(1'000);
  Policy policy;
  policy.kind = PolicyKind::time_limits;
  policy.code = "TIME-A";
  policy.title = "time limits";
  policy.jurisdiction = "320000";
  policy.effective_from = *parse_date("2026-01-01");
  policy.time_limits = TimeLimits{};
  policy.time_limits->dispute_answer_working_days = 3;
  enact(world.bench, policy);
  REQUIRE(accepted(world.dispute()));
  CHECK(format_date(world.dispute_of().answer_due) == "2026-04-15");
}

TEST_CASE("a flag names reason and evidence, stands until cleared, and what the bureau flagged only it clears") {
  TradeBench world(1'000);
  world.bench.put(org_of(kBureau, "320000"));
  CHECK(refused_as(world.flag("split", kByPlatform, {0, 100'000}), V::evidence_unknown, "/body/evidence/1"));
  REQUIRE(accepted(world.flag("split", kByPlatform, {0, 1})));
  const auto flags = world.bench.effects_of<FlagEffect>();
  REQUIRE(flags.size() == 1);
  CHECK(flags[0].id == kTrade);
  CHECK(flags[0].code == "split");
  CHECK(flags[0].members == std::vector<std::string>{"0", "1"});
  CHECK(world.trade().flag->reason == FlagReason::split);
  CHECK(refused_as(world.flag(), V::flagged_already, "/body/trade"));
  REQUIRE(accepted(world.clear()));
  CHECK(world.bench.flagged("cleared"));
  CHECK_FALSE(world.trade().flag.has_value());
  CHECK(refused_as(world.clear(), V::not_flagged, "/body/trade"));
  REQUIRE(accepted(world.flag("price", {"bureau", kBureau})));
  CHECK(refused_as(world.clear(), V::flagged_by_bureau, "/parties/0/role"));
  CHECK(accepted(world.clear({"bureau", kBureau})));
}

// --- what earns nothing
Json about(const std::string& trade, const char* reason = "circular") {
  return {{"trade", trade}, {"reason", reason}, {"evidence", {0}}};
}

TEST_CASE("invariant 5: a trade flagged before the claim earns nothing, and the claim says so") {
  SubsidyBench world(SubsidyBench::flat_line(50'000));
  const std::string trade = world.agree(2'000'000);
  const std::string settlement = world.settle(trade, 2'000'000);
  world.sold(1'000'000);
  REQUIRE(accepted(world.act("trade.flag", about(trade), {{"platform", kPlatform}})));
  const std::string claim = world.claim("SUB-TRD");
  CHECK(world.amount(claim) == 50'000);
  const auto flags = world.bench.effects_of<FlagEffect>();
  REQUIRE(flags.size() == 1);
  CHECK(flags[0].code == "flagged_left_out");
  CHECK(flags[0].members == std::vector<std::string>{settlement});
  REQUIRE(accepted(world.act("trade.clear", {{"trade", trade}, {"reason", "shown"}}, {{"platform", kPlatform}})));
  CHECK(world.amount(world.claim("SUB-TRD")) == 100'000);
}

TEST_CASE("ruling R33: flagging takes the trade out of what was granted at once, clearing lets it be claimed again") {
  for (const bool paid : {false, true}) {
    CAPTURE(paid);
    SubsidyBench world(SubsidyBench::flat_line(50'000));
    const std::string trade = world.agree(2'000'000);
    world.settle(trade, 2'000'000);
    world.sold(1'000'000);
    const std::string claim = world.claim("SUB-TRD");
    if (paid) world.paid(claim);
    REQUIRE(accepted(world.act("trade.flag", about(trade), {{"bureau", kBureau}})));
    CHECK(world.amount(claim) == 50'000);
    CHECK(world.bench.balance("pool/POOL-A/2026/receivable/" + claim) == (paid ? 100'000 : 0));
    CHECK(number_of(world.try_claim("SUB-TRD")) != 0);
    REQUIRE(accepted(world.act("trade.clear", {{"trade", trade}, {"reason", "shown"}}, {{"bureau", kBureau}})));
    CHECK(world.amount(claim) == 50'000);
    CHECK(world.amount(world.claim("SUB-TRD")) == 100'000);
  }
}

TEST_CASE("a service fee of a flagged trade counts for no line of paid fees") {
  SubsidyLine line = SubsidyBench::flat_line(300'000);
  line.base = SubsidyBase::fee_paid;
  SubsidyBench world(line);
  const std::string trade = world.agree(1'000'000);
  world.bench.put(Fee{.no = RegNo(SubsidyBench::number("FY", 1)),
                      .kind = FeeKind::service,
                      .cause = world.settle(trade, 1'000'000),
                      .line = "deal",
                      .payer = OrgId(kSeller),
                      .payee = OrgId(kPlatform),
                      .assessed_fen = Fen(100'000),
                      .received_fen = Fen(100'000),
                      .first_paid_on = parse_date("2026-01-05")});
  const std::string claim = world.claim("SUB-TRD");
  CHECK(world.amount(claim) == 30'000);
  REQUIRE(accepted(world.act("trade.flag", about(trade), {{"platform", kPlatform}})));
  CHECK(world.amount(claim) == 0);
  REQUIRE(accepted(world.act("trade.clear", {{"trade", trade}, {"reason", "shown"}}, {{"platform", kPlatform}})));
  CHECK(world.amount(world.claim("SUB-TRD")) == 30'000);
}

TEST_CASE("ruling R22: a reversal lowers what was granted, as a refund does") {
  SubsidyBench world(SubsidyBench::flat_line(50'000));
  const std::string settlement = world.sold(2'000'000);
  world.sold(1'000'000);
  const std::string claim = world.paid_claim("SUB-TRD");
  REQUIRE(accepted(world.act("money.reverse", {{"settlement", settlement}, {"reason", "recorded twice"}},
                             {{"platform", kPlatform}})));
  CHECK(world.amount(claim) == 50'000);
  CHECK(world.bench.balance("pool/POOL-A/2026/receivable/" + claim) == 100'000);
}

TEST_CASE("money on a void trade earns nothing, nor while such a trade is disputed") {
  SubsidyBench world(SubsidyBench::flat_line(50'000));
  const std::string trade = world.agree(2'000'000);
  REQUIRE(accepted(
      world.act("trade.void", {{"trade", trade}, {"reason", "forged"}}, {{"seller", kSeller}, {"buyer", kBuyer}})));
  world.settle(trade, 2'000'000);
  CHECK(number_of(world.try_claim("SUB-TRD")) != 0);
  REQUIRE(accepted(world.act("trade.dispute", {{"trade", trade}, {"ground", "payment"}, {"statement", "paid in error"}},
                             {{"buyer", kBuyer}})));
  CHECK(number_of(world.try_claim("SUB-TRD")) != 0);
}

TEST_CASE("an amendment of the tax moves the base of a line that leaves the tax out") {
  SubsidyLine line = SubsidyBench::flat_line(50'000);
  line.base_tax = BaseTax::excl;
  SubsidyBench world(line);
  const std::string trade = world.agree(1'000'000);
  world.settle(trade, 1'000'000);
  const std::string claim = world.claim("SUB-TRD");
  CHECK(world.amount(claim) == 50'000);
  REQUIRE(accepted(world.act(
      "trade.amend", {{"trade", trade}, {"contract_hash", b64_of(8)}, {"tax_fen", 60'000}, {"reason", "tax stated"}},
      {{"seller", kSeller}, {"buyer", kBuyer}, {"platform", kPlatform}})));
  CHECK(world.amount(claim) == 47'000);
}

}  // namespace
}  // namespace dengji::contracts
