#include "contracts/subsidy/subsidy_explain.hpp"

#include "contracts/common/workings.hpp"
#include "tests/unit/contracts/subsidy/subsidy_bench.hpp"

namespace dengji::contracts {
namespace {

Explanation explained(const SubsidyBench& world, const std::string& no) {
  auto shown = Claim::explain(world.subsidy(no), world.bench.view(), world.bench.history(), world.bench.time());
  REQUIRE(shown.has_value());
  return std::move(*shown);
}

Explanation due_now(const SubsidyBench& world, const DueQuery& more = {}, const char* org = kSeller) {
  DueQuery query{{"line", "SUB-TRD"}, {"org", org}};
  query.insert(query.end(), more.begin(), more.end());
  auto shown = explain_due(world.bench.view(), world.bench.history(), query, world.bench.time());
  REQUIRE(shown.has_value());
  return std::move(*shown);
}

Error due_error(const SubsidyBench& world, const DueQuery& query) {
  const auto shown = explain_due(world.bench.view(), world.bench.history(), query, world.bench.time());
  REQUIRE_FALSE(shown.has_value());
  return shown.error();
}

std::int64_t added(const ExplainedWorking& working) {
  std::int64_t sum = 0;
  for (const ExplainedStep& step : working.steps) sum += step.adds_fen.value();
  return sum;
}

// Everything in an explanation adds up, with no step that had to be made up.
void check_sums(const Explanation& shown) {
  std::vector<ExplainedWorking> workings = shown.workings;
  if (shown.now) workings.push_back(*shown.now);
  for (const ExplainedWorking& working : workings) {
    CHECK(added(working) == working.fen.value());
    CHECK(std::none_of(working.steps.begin(), working.steps.end(),
                       [](const ExplainedStep& step) { return step.step == "limited"; }));
  }
  std::int64_t changed = 0;
  for (const ExplainedChange& change : shown.changes) {
    changed += change.fen.value();
    CHECK(change.after_fen.value() == changed);
  }
  if (!shown.changes.empty()) CHECK(changed == shown.amount_fen.value());
  std::int64_t parts = 0;
  for (const ExplainedPart& part : shown.parts) parts += part.fen.value();
  if (shown.id) CHECK(parts == shown.amount_fen.value());
}

const ExplainedStop& stop_of(const Explanation& shown, std::string_view why) {
  const auto found = std::find_if(shown.stopped.begin(), shown.stopped.end(),
                                  [&](const ExplainedStop& stop) { return stop.why == why; });
  std::string all;
  for (const ExplainedStop& stop : shown.stopped) all += " " + stop.why;
  REQUIRE_MESSAGE(found != shown.stopped.end(), "stopped by" << all);
  return *found;
}

bool same_steps(const ExplainedWorking& a, const ExplainedWorking& b) {
  return a.fen == b.fen && a.rule == b.rule &&
         std::equal(a.steps.begin(), a.steps.end(), b.steps.begin(), b.steps.end(),
                    [](const ExplainedStep& x, const ExplainedStep& y) {
                      return x.step == y.step && x.base_fen == y.base_fen && x.ppm == y.ppm && x.fen == y.fen &&
                             x.adds_fen == y.adds_fen && x.note == y.note;
                    });
}

TEST_CASE("what would be due now is, step by step, what the claim's own entry then tells") {
  SubsidyLine line = SubsidyBench::worked_line();
  line.cross_province_bonus_ppm = 5'000;
  line.floor_fen = Fen(10'000);
  SubsidyBench world(line);
  world.sold(33'333'333);
  for (int round = 0; round < 3; ++round) {
    const Explanation before = due_now(world);
    check_sums(before);
    const std::string no = world.claim("SUB-TRD");
    const Explanation after = explained(world, no);
    check_sums(after);
    REQUIRE(after.workings.size() == 1);
    CHECK(same_steps(*before.now, after.workings.front()));
    CHECK(before.amount_fen == after.amount_fen);
    CHECK(after.workings.front().entry->type == "subsidy.claim");
    world.sold(5'555'557);
  }
}

TEST_CASE(
    "the worked year's second claim: the cap stopped the rest, the first claim had its part, a refund lowered it") {
  SubsidyBench world(SubsidyBench::worked_line());
  world.sold(33'333'333);
  const std::string first = world.paid_claim("SUB-TRD");
  const std::string sale = world.sold(22'222'225);
  const std::string second = world.paid_claim("SUB-TRD");
  world.refund(sale, 12'345'678);

  const Explanation shown = explained(world, second);
  check_sums(shown);
  CHECK(shown.rule == "SUB-TRD@1");
  CHECK(shown.amount_fen == Fen(296'297));
  CHECK(shown.status == "clawback_due");
  CHECK(stop_of(shown, "cap").fen == Fen(255'555));
  CHECK(stop_of(shown, "cap").entries.front().id == "SUB-TRD@1");
  CHECK(stop_of(shown, "granted").fen == Fen(1'199'999));
  CHECK(stop_of(shown, "granted").entries.front().type == "subsidy.claim");
  CHECK(stop_of(shown, "granted").entries.front().id == first);
  const ExplainedStop& refund = stop_of(shown, "clawback_due");
  CHECK(refund.fen == Fen(3'704));
  CHECK(refund.entries.front().type == "trade.refund");
  // Claimed, reviewed, approved, instructed, paid, lowered.
  REQUIRE(shown.changes.size() == 6);
  CHECK(shown.changes[3].entry.type == "subsidy.pay");
  CHECK(shown.changes[3].fen == Fen(0));
  CHECK(shown.changes[3].postings.front().event == "subsidy_instructed");
  REQUIRE(shown.workings.size() == 2);
  CHECK(shown.workings[1].fen == Fen(-3'704));
  CHECK(shown.now->fen == Fen(0));
  check_sums(explained(world, first));
}

TEST_CASE("one lowering that two claims bear is told to both") {
  SubsidyBench world(SubsidyBench::worked_line());
  const std::string sale = world.sold(10'000'000);
  const std::string first = world.paid_claim("SUB-TRD");
  world.sold(1'000'000);
  const std::string second = world.paid_claim("SUB-TRD");
  world.refund(sale, 9'000'000);
  for (const std::string& no : {first, second}) {
    const Explanation shown = explained(world, no);
    check_sums(shown);
    REQUIRE(shown.workings.size() == 2);
    CHECK(shown.workings[1].entry->type == "trade.refund");
  }
}

TEST_CASE("a claim's amount is where its parts say, whatever became of it") {
  SubsidyBench world(SubsidyBench::worked_line());
  const std::string sale = world.sold(33'333'333);
  const std::string first = world.claim("SUB-TRD");
  check_sums(explained(world, first));
  CHECK(explained(world, first).parts.front().part == "reserved");
  world.approved(first);
  REQUIRE(accepted(world.pay(first, "instruct")));
  world.refund(sale, 1'000'000);
  check_sums(explained(world, first));
  REQUIRE(accepted(world.pay(first, "bounce")));
  check_sums(explained(world, first));
  REQUIRE(accepted(world.pay(first, "instruct")));
  REQUIRE(accepted(world.pay(first, "confirm")));
  world.refund(sale, 2'000'000);
  REQUIRE(accepted(world.decide("subsidy.write_off", first, 10'000, "finance", kFinance)));
  check_sums(explained(world, first));
  world.sold(5'000'000);
  const std::string second = world.claim("SUB-TRD");
  world.approved(second);
  REQUIRE(accepted(world.recover(first, {{"offset", second}, {"amount_fen", 20'000}})));
  check_sums(explained(world, first));
  check_sums(explained(world, second));
  REQUIRE(accepted(world.decide("subsidy.clawback", first, 100, "bureau", kBureau)));
  check_sums(explained(world, first));
  CHECK(stop_of(explained(world, first), "clawback_due").entries.front().type == "trade.refund");
}

TEST_CASE("what was forfeited is named by its clawback, and approving a part by its approval") {
  SubsidyBench world(SubsidyBench::worked_line());
  world.sold(10'000'000);
  const std::string no = world.claim("SUB-TRD");
  REQUIRE(accepted(world.review(no)));
  REQUIRE(accepted(world.approve(no, 400'000)));
  CHECK(stop_of(explained(world, no), "subsidy_released").fen == Fen(100'000));
  CHECK(stop_of(explained(world, no), "subsidy_released").entries.front().type == "subsidy.approve");
  REQUIRE(accepted(world.decide("subsidy.clawback", no, 50'000, "bureau", kBureau)));
  const Explanation due = due_now(world);
  check_sums(due);
  CHECK(due.amount_fen == Fen(100'000));
  CHECK(stop_of(due, "forfeited").fen == Fen(50'000));
  CHECK(stop_of(due, "forfeited").entries.front().type == "subsidy.clawback");
}

TEST_CASE("where a claim would be refused, the answer computes all the same and names the entries in the way") {
  SubsidyBench world(SubsidyBench::worked_line(), 1'000'000);
  world.sold(33'333'333);
  const Explanation exhausted = due_now(world);
  check_sums(exhausted);
  CHECK(exhausted.amount_fen == Fen(0));
  CHECK(exhausted.now->fen == Fen(1'199'999));
  CHECK(stop_of(exhausted, "pool_exhausted").fen == Fen(1'199'999));
  CHECK(stop_of(exhausted, "pool_exhausted").entries.front().type == "pool.allocate");
  REQUIRE(accepted(world.close()));
  CHECK(stop_of(due_now(world), "pool_not_open").entries.front().type == "pool.close");

  SubsidyLine windowed = SubsidyBench::worked_line();
  windowed.threshold_fen = Fen(50'000'000);
  windowed.window_from = parse_date("2026-06-01");
  windowed.window_to = parse_date("2026-06-30");
  SubsidyBench early(windowed);
  early.sold(33'333'333);
  const Explanation shut = due_now(early);
  check_sums(shut);
  CHECK(stop_of(shut, "threshold").note == "the base is below 50000000 fen");
  CHECK(stop_of(shut, "window_shut").entries.front().id == "SUB-TRD@1");
  CHECK(stop_of(shut, "nothing_due").entries.empty());
}

TEST_CASE(
    "a cap that other lines or firms of the group have used names their claims, of other firms only the entries") {
  SubsidyLine line = SubsidyBench::flat_line(50'000);
  line.joint_cap = JointCap{"CEILING", Fen(60'000)};
  SubsidyBench world(line);
  world.enact("SUB-TWO", line);
  world.sold(1'000'000);
  const std::string first = world.claim("SUB-TWO");
  const Explanation joint = due_now(world);
  check_sums(joint);
  CHECK(joint.amount_fen == Fen(10'000));
  CHECK(stop_of(joint, "headroom").fen == Fen(40'000));
  CHECK(stop_of(joint, "headroom").entries.front().id == first);

  SubsidyLine grouped = SubsidyBench::flat_line(50'000);
  grouped.cap_group_fen = Fen(60'000);
  SubsidyBench firms(grouped);
  for (const char* firm : {kSeller, kOther}) {
    Org org = firms.bench.object<Org>(firm);
    org.groups.push_back({"G-1", *parse_date("2026-01-01")});
    firms.bench.put(org);
  }
  firms.certify("ds-2", kOther, 2);
  firms.sold(1'000'000);
  firms.settle(firms.agree(1'000'000, kOther, kBuyer, 2), 1'000'000);
  firms.claim("SUB-TRD", Json::object(), kOther);
  const Explanation shared = due_now(firms);
  check_sums(shared);
  CHECK(shared.amount_fen == Fen(10'000));
  REQUIRE(stop_of(shared, "headroom").entries.size() == 1);
  CHECK(stop_of(shared, "headroom").entries.front().type == "subsidy.claim");
  CHECK_FALSE(stop_of(shared, "headroom").entries.front().id.has_value());
}

TEST_CASE("an exclusive line that came first is named by the claim that covered the settlements") {
  SubsidyLine line = SubsidyBench::flat_line(50'000);
  line.stacking = Stacking::exclusive;
  line.stacking_group = "one";
  SubsidyBench world(line);
  SubsidyLine lower = line;
  lower.tiers = {{std::nullopt, 20'000}};
  world.enact("SUB-TWO", lower);
  world.sold(1'000'000);
  const std::string first = world.claim("SUB-TWO");
  const Explanation due = due_now(world);
  check_sums(due);
  CHECK(due.amount_fen == Fen(30'000));
  CHECK(stop_of(due, "stacking").fen == Fen(20'000));
  CHECK(stop_of(due, "stacking").entries.front().id == first);
}

TEST_CASE("settlements that were left out are named: related ones by their entry, flagged ones by the flag") {
  SubsidyLine line = SubsidyBench::flat_line(50'000);
  line.related_lookback_days = 365;
  SubsidyBench world(line);
  const std::string own = world.sold(1'000'000);
  Org seller = world.bench.object<Org>(kSeller);
  Org buyer = world.bench.object<Org>(kBuyer);
  seller.groups.push_back({"G-1", *parse_date("2026-01-01")});
  buyer.groups.push_back({"G-1", *parse_date("2026-01-01")});
  world.bench.put(seller);
  world.bench.put(buyer);
  const std::string trade = world.agree(400'000, kSeller, kOther);
  world.settle(trade, 400'000);
  const std::string odd = world.agree(300'000, kSeller, kOther);
  world.settle(odd, 300'000);
  REQUIRE(accepted(
      world.act("trade.flag", {{"trade", odd}, {"reason", "circular"}, {"evidence", {0}}}, {{"bureau", kBureau}})));
  const Explanation due = due_now(world);
  check_sums(due);
  CHECK(due.amount_fen == Fen(20'000));
  CHECK(stop_of(due, "related").entries.front().id == own);
  CHECK(stop_of(due, "related").entries.front().type == "trade.settle");
  CHECK(stop_of(due, "flagged").entries.front().id == odd);
  CHECK(stop_of(due, "flagged").entries.front().type == "trade.flag");
  const Explanation claimed = explained(world, world.claim("SUB-TRD"));
  CHECK(stop_of(claimed, "related").entries.size() == 1);
  CHECK(stop_of(claimed, "flagged").entries.size() == 1);
}

TEST_CASE("a round's award is a working of its own, and its close stopped the rest") {
  SubsidyLine line = SubsidyBench::worked_line();
  line.allocation = Allocation::pro_rata;
  line.window = "W1";
  line.window_from = parse_date("2026-01-01");
  line.window_to = parse_date("2026-03-31");
  SubsidyBench world(line, 1'000'000);
  world.sold(33'333'333);
  const std::string no = world.claim("SUB-TRD");
  world.bench.day("2026-04-01");
  REQUIRE(accepted(world.act("window.close", {{"line", "SUB-TRD"}}, {{"finance", kFinance}})));
  const Explanation shown = explained(world, no);
  check_sums(shown);
  CHECK(shown.amount_fen == Fen(1'000'000));
  REQUIRE(shown.workings.size() == 2);
  CHECK(shown.workings[1].entry->type == "window.close");
  CHECK(stop_of(shown, "subsidy_lowered").fen == Fen(199'999));
  CHECK(stop_of(shown, "subsidy_lowered").entries.front().type == "window.close");
}

TEST_CASE("a question that cannot be answered names the member; a period that has not begun is an answer") {
  SubsidyBench world(SubsidyBench::worked_line());
  CHECK(due_error(world, {{"org", kSeller}}).pointer == "?line");
  CHECK(due_error(world, {{"line", "SUB-TRD"}}).pointer == "?org");
  CHECK(due_error(world, {{"line", "NONE"}, {"org", kSeller}}).pointer == "?line");
  CHECK(due_error(world, {{"line", "SUB-TRD"}, {"org", "nobody"}}).pointer == "?org");
  CHECK(due_error(world, {{"line", "SUB-TRD"}, {"org", kSeller}, {"side", "middle"}}).pointer == "?side");
  CHECK(due_error(world, {{"line", "SUB-TRD"}, {"org", kSeller}, {"side", "buyer"}}).pointer == "?side");
  CHECK(due_error(world, {{"line", "SUB-TRD"}, {"org", kSeller}, {"year", "26"}}).pointer == "?year");
  CHECK(due_error(world, {{"line", "SUB-TRD"}, {"org", kSeller}, {"dataset", "ds-1"}}).pointer == "?dataset");

  SubsidyLine months = SubsidyBench::worked_line();
  months.earn = EarnPeriod::months;
  months.earn_months = 12;
  months.earn_event = EarnEvent::first_contract;
  SubsidyBench waiting(months);
  const Explanation shown = due_now(waiting);
  CHECK(shown.amount_fen == Fen(0));
  CHECK_FALSE(shown.now.has_value());
  CHECK(shown.stopped.front().why == "earn_period_missing");
}

TEST_CASE("a working whose steps do not lead to its amount shows what is missing as a step of its own") {
  const ExplainedWorking shown =
      add_up({.cause = "FY",
              .rule = "FEE@1",
              .line = "seller",
              .steps = {{.step = "rate", .base_fen = Fen(100), .ppm = 500'000, .fen = Fen(50)},
                        {.step = "assessed", .fen = Fen(80)}},
              .fen = Fen(-10)});
  REQUIRE(shown.steps.size() == 3);
  CHECK(shown.steps[1].adds_fen == Fen(-80));
  CHECK(shown.steps[2].step == "limited");
  CHECK(shown.steps[2].adds_fen == Fen(20));
}

}  // namespace
}  // namespace dengji::contracts
