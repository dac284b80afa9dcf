// Every verdict of the subsidy area, each with its place in the payload, a context, and a state that stays as it was.
#include <set>

#include "tests/unit/contracts/subsidy/subsidy_bench.hpp"

namespace dengji::contracts {
namespace {

using P = PoolVerdict;
using V = SubsidyVerdict;

class Reached {
 public:
  template <class E, class Act>
  void refused(const SubsidyBench& world, E expected, std::string_view pointer, Act&& act) {
    const auto before = world.snapshot();
    const Verdict verdict = act();
    CHECK(refused_as(verdict, expected, pointer));
    CHECK(world.snapshot() == before);
    if (!verdict) CHECK_FALSE(verdict.error().context.empty());
    numbers_.insert(static_cast<std::uint16_t>(expected));
  }
  void check_all() const {
    for (const VerdictRow& row : subsidy_area().verdicts) CHECK_MESSAGE(numbers_.contains(row.number), row.slug);
    CHECK(numbers_.size() == subsidy_area().verdicts.size());
  }

 private:
  std::set<std::uint16_t> numbers_;
};

SubsidyLine round_line() {
  SubsidyLine line = SubsidyBench::flat_line(100'000);
  line.allocation = Allocation::pro_rata;
  line.window = "SPRING";
  line.window_from = *parse_date("2026-03-01");
  line.window_to = *parse_date("2026-03-31");
  return line;
}

void pool_verdicts_of(Reached& reached) {
  SubsidyBench world(SubsidyBench::worked_line(), 1'000);
  reached.refused(world, P::not_the_funder, "/parties/0/org", [&] { return world.adjust(1, 2026, kPlatform); });
  reached.refused(world, P::pool_code_form, "/body/pool", [&] { return world.allocate(1, 2026, "pool"); });
  reached.refused(world, P::pool_year_range, "/body/year", [&] { return world.allocate(1, 2029); });
  reached.refused(world, P::pool_cut_too_deep, "/body/cut_fen", [&] { return world.adjust(1'001); });
  reached.refused(world, P::pool_not_closed, "/body/pool", [&] { return world.carry(); });
  reached.refused(world, P::claims_until_range, "/body/claims_until",
                  [&] { return world.open_pool({{"claims_until", "2027-01-01"}}); });
  reached.refused(world, P::contributor_twice, "/body/contributors/0/org",
                  [&] { return world.open_pool({{"contributors", Json::array({Json{{"org", kFinance}}})}}); });
  REQUIRE(accepted(world.open_pool({{"claims_until", "2026-01-05"}})));
  reached.refused(world, P::pool_terms_given, "/body/pool", [&] { return world.open_pool(); });
  world.bench.day("2026-01-06");
  reached.refused(world, V::pool_claims_ended, "/body/line", [&] { return world.try_claim("SUB-TRD"); });
  REQUIRE(accepted(world.allocate(1, 2027)));
  REQUIRE(accepted(world.close(2027, true)));
  REQUIRE(accepted(world.close()));
  reached.refused(world, P::pool_closed, "/body/pool", [&] { return world.adjust(1); });
  reached.refused(world, P::next_pool_closed, "/body/year", [&] { return world.carry(); });
  reached.refused(world, P::nothing_to_carry, "/body/pool", [&] { return world.carry(2027); });
}

void claim_verdicts_of(Reached& reached) {
  SubsidyBench world(SubsidyBench::worked_line(), 1'000);
  const auto claim = [&](const char* line, const Json& more = Json::object(), const char* by = kSeller) {
    return [&world, line, more, by] { return world.try_claim(line, more, by); };
  };
  reached.refused(world, V::line_unknown, "/body/line", claim("SUB-NONE"));
  reached.refused(world, V::line_not_in_force, "/body/line", claim("SUB-TRD", {{"year", 2025}}));
  reached.refused(world, V::side_wrong, "/body/side", claim("SUB-TRD", {{"side", "buyer"}}));
  reached.refused(world, V::dataset_excess, "/body/dataset", claim("SUB-TRD", {{"dataset", "ds-1"}}));
  reached.refused(world, V::earn_year_future, "/body/year", claim("SUB-TRD", {{"year", 2027}}));
  reached.refused(world, V::nothing_due, "/body/line", claim("SUB-TRD"));
  reached.refused(world, V::own_claim, "/parties/0/org", claim("SUB-TRD", Json::object(), kFinance));
  world.sold(100'000);
  reached.refused(world, V::pool_exhausted, "/body/line", claim("SUB-TRD"));

  SubsidyLine split = SubsidyBench::flat_line(1);
  split.payee = Payee::split;
  split.seller_share_ppm = 500'000;
  world.enact("SUB-SPLIT", split);
  reached.refused(world, V::side_needed, "/body/side", claim("SUB-SPLIT"));

  SubsidyLine unit = SubsidyBench::flat_line(1);
  unit.unit = SubsidyUnit::dataset;
  unit.earn = EarnPeriod::months;
  unit.earn_months = 6;
  unit.earn_event = EarnEvent::first_contract;
  world.enact("SUB-DS", unit);
  world.certify("ds-2", kSeller, 2);
  reached.refused(world, V::dataset_needed, "/body/dataset", claim("SUB-DS"));
  reached.refused(world, V::earn_period_missing, "/body/line", claim("SUB-DS", {{"dataset", "ds-2"}}));
  reached.refused(world, V::earn_year_wrong, "/body/year", claim("SUB-DS", {{"dataset", "ds-1"}, {"year", 2025}}));

  SubsidyLine elsewhere = SubsidyBench::flat_line(1);
  elsewhere.pool = "POOL-B";
  world.enact("SUB-B", elsewhere);
  reached.refused(world, V::pool_not_open, "/body/line", claim("SUB-B"));
  unit.pool = "POOL-B";
  world.enact("SUB-DS-B", unit);
  CHECK(refused_as(world.try_claim("SUB-DS-B", {{"dataset", "ds-1"}, {"year", 2025}}), V::pool_not_open, "/body/line"));

  world.enact("SUB-PR", round_line());
  reached.refused(world, V::window_shut, "/body/line", claim("SUB-PR"));

  SubsidyLine dated = SubsidyBench::flat_line(1);
  dated.claim_deadline_days = 0;
  world.enact("SUB-DATED", dated, "2026-01-01", "2026-12-31");
  REQUIRE(accepted(world.allocate(1, 2027)));
  world.bench.day("2027-01-01");
  reached.refused(world, V::claim_too_late, "/body/line", claim("SUB-DATED", {{"year", 2026}}));
}

void review_verdicts_of(Reached& reached) {
  SubsidyLine line = SubsidyBench::flat_line(100'000);
  line.notice_days = 3;
  SubsidyBench world(line);
  world.sold(1'000'000);
  const std::string no = world.claim("SUB-TRD");
  reached.refused(world, V::reviewer_pays, "/parties/0/org", [&] { return world.review(no, kFinance); });
  Org reviewer = world.bench.object<Org>(kPlatform);
  reviewer.ties.push_back({OrgId(kSeller), "affiliate", *parse_date("2026-01-01"), std::nullopt});
  world.bench.put(reviewer);
  reached.refused(world, V::reviewer_related, "/parties/0/org", [&] { return world.review(no, kPlatform); });
  reached.refused(world, V::claim_status, "/body/subsidy", [&] { return world.approve(no); });
  reached.refused(world, V::not_the_claimant, "/parties/0/org",
                  [&] { return world.end("subsidy.withdraw", no, "claimant", kBuyer); });
  REQUIRE(accepted(world.review(no)));
  reached.refused(world, V::notice_runs, "/body/subsidy", [&] { return world.approve(no); });
  REQUIRE(accepted(world.object(no)));
  reached.refused(world, V::objected_already, "/body/subsidy", [&] { return world.object(no); });
  reached.refused(world, V::own_objection, "/parties/0/org", [&] { return world.rule(no, true, kBureau); });
  reached.refused(world, V::no_open_objection, "/body/objector", [&] { return world.rule(no, true, kBuyer); });
  REQUIRE(accepted(world.rule(no, false)));
  world.bench.day("2026-01-12");
  reached.refused(world, V::objection_late, "/body/subsidy", [&] { return world.object(no, kBuyer); });
  reached.refused(world, V::approve_too_much, "/body/amount_fen", [&] { return world.approve(no, 100'001); });
}

void payment_verdicts_of(Reached& reached) {
  SubsidyBench world(SubsidyBench::flat_line(100'000));
  SubsidyLine buyers = SubsidyBench::flat_line(10'000);
  buyers.payee = Payee::buyer;
  world.enact("SUB-BUY", buyers);
  const std::string sale = world.sold(1'000'000);
  const std::string no = world.claim("SUB-TRD");
  world.approved(no);
  reached.refused(world, V::not_the_payer, "/parties/0/org", [&] { return world.pay(no, "instruct", kPlatform); });
  reached.refused(world, V::payment_step, "/body/step", [&] { return world.pay(no, "confirm"); });
  REQUIRE(accepted(world.pay(no, "instruct")));
  reached.refused(world, V::pay_bank_date, "/body/bank_date", [&] {
    return world.act("subsidy.pay", {{"subsidy", no}, {"step", "confirm"}, {"bank_date", "2026-01-06"}},
                     {{"finance", kFinance}});
  });
  REQUIRE(accepted(world.pay(no, "confirm")));
  reached.refused(world, V::nothing_receivable, "/body/subsidy", [&] { return world.recover(no); });
  reached.refused(world, V::clawback_too_much, "/body/amount_fen",
                  [&] { return world.decide("subsidy.clawback", no, 100'001, "bureau", kBureau); });
  world.refund(sale, 500'000);
  reached.refused(world, V::recover_too_much, "/body/amount_fen",
                  [&] { return world.recover(no, {{"amount_fen", 50'001}}); });
  const auto offset = [&](const std::string& other, const Json& more = Json::object()) {
    Json body{{"offset", other}};
    body.update(more);
    return [&world, no, body] { return world.recover(no, body); };
  };
  reached.refused(world, V::offset_itself, "/body/offset", offset(no));
  world.sold(200'000);
  const std::string next = world.claim("SUB-TRD");
  reached.refused(world, V::offset_status, "/body/offset", offset(next));
  world.approved(next);
  reached.refused(world, V::offset_too_much, "/body/amount_fen", offset(next, {{"amount_fen", 20'001}}));
  const std::string bought = world.claim("SUB-BUY", Json::object(), kBuyer);
  reached.refused(world, V::offset_other_payee, "/body/offset", offset(bought));
  REQUIRE(accepted(world.recover(no, {{"amount_fen", 1}})));
  reached.refused(world, V::payment_recovered, "/body/step", [&] { return world.pay(no, "bounce"); });
  REQUIRE(accepted(world.close()));
  REQUIRE(accepted(world.carry()));
  reached.refused(world, V::offset_other_pool, "/body/offset", offset(next));
}

void round_verdicts_of(Reached& reached) {
  SubsidyBench world(round_line());
  world.enact("SUB-FLAT", SubsidyBench::flat_line(1));
  world.sold(1'000'000);
  world.bench.day("2026-03-02");
  const std::string no = world.claim("SUB-TRD");
  REQUIRE(accepted(world.review(no)));
  reached.refused(world, V::round_not_closed, "/body/subsidy", [&] { return world.approve(no); });
  const auto close_window = [&](const char* line) {
    return [&world, line] { return world.act("window.close", {{"line", line}}, {{"finance", kFinance}}); };
  };
  reached.refused(world, V::not_a_round, "/body/line", close_window("SUB-FLAT"));
  reached.refused(world, V::window_runs, "/body/line", close_window("SUB-TRD"));
  world.bench.day("2026-04-01");
  REQUIRE(accepted(close_window("SUB-TRD")()));
  reached.refused(world, V::round_done, "/body/line", close_window("SUB-TRD"));
}

TEST_CASE("every verdict of the subsidy area is reached, and a refusal changes nothing") {
  Reached reached;
  pool_verdicts_of(reached);
  claim_verdicts_of(reached);
  review_verdicts_of(reached);
  payment_verdicts_of(reached);
  round_verdicts_of(reached);
  reached.check_all();
}

TEST_CASE("acts on a claim that is not there are refused with its number") {
  SubsidyBench world;
  const std::string no = SubsidyBench::number("BT", 9);
  CHECK(refused_as(world.review(no), General::object_unknown, "/body/subsidy"));
  CHECK(refused_as(world.approve(no), General::object_unknown, "/body/subsidy"));
  CHECK(refused_as(world.pay(no, "instruct"), General::object_unknown, "/body/subsidy"));
  CHECK(refused_as(world.recover(no), General::object_unknown, "/body/subsidy"));
  CHECK(refused_as(world.end("subsidy.reject", no, "bureau", kBureau), General::object_unknown, "/body/subsidy"));
}

TEST_CASE("nobody reviews, approves, pays or ends a claim of its own") {
  SubsidyBench world(SubsidyBench::flat_line(100'000));
  world.sold(1'000'000);
  const std::string no = world.claim("SUB-TRD");
  CHECK(refused_as(world.review(no, kSeller), V::own_claim, "/parties/0/org"));
  CHECK(refused_as(world.end("subsidy.reject", no, "bureau", kSeller), V::own_claim, "/parties/0/org"));
  REQUIRE(accepted(world.review(no)));
  CHECK(refused_as(world.approve(no, std::nullopt, kSeller), V::own_claim, "/parties/0/org"));
}

// Every act in every state: what is not named here is refused and changes nothing.
TEST_CASE("each state of a claim allows exactly its acts") {
  const auto reach = [](SubsidyBench& world, ClaimStatus status) {
    const std::string sale = world.sold(1'000'000);
    const std::string no = world.claim("SUB-TRD");
    const bool objected = status == ClaimStatus::objected;
    const auto at_least = [&](ClaimStatus wanted) { return status >= wanted && status <= ClaimStatus::written_off; };
    if (status == ClaimStatus::rejected) REQUIRE(accepted(world.end("subsidy.reject", no, "bureau", kBureau)));
    if (status == ClaimStatus::withdrawn) REQUIRE(accepted(world.end("subsidy.withdraw", no, "claimant", kSeller)));
    if (status == ClaimStatus::lapsed) REQUIRE(accepted(world.end("subsidy.lapse", no, "platform", kReviewer)));
    if (at_least(ClaimStatus::reviewed) || objected) REQUIRE(accepted(world.review(no)));
    if (objected) REQUIRE(accepted(world.object(no, kBuyer)));
    if (at_least(ClaimStatus::approved)) world.bench.day("2026-01-12");
    if (at_least(ClaimStatus::approved)) REQUIRE(accepted(world.approve(no)));
    if (at_least(ClaimStatus::instructed)) REQUIRE(accepted(world.pay(no, "instruct")));
    if (at_least(ClaimStatus::paid)) REQUIRE(accepted(world.pay(no, "confirm")));
    if (at_least(ClaimStatus::clawback_due)) world.refund(sale, 400'000);
    if (status == ClaimStatus::recovered) REQUIRE(accepted(world.recover(no)));
    if (status == ClaimStatus::written_off) {
      REQUIRE(accepted(world.decide("subsidy.write_off", no, 40'000, "finance", kFinance)));
    }
    CHECK(world.status(no) == name_of(status));
    return no;
  };
  const std::vector<std::pair<std::string, std::function<Verdict(SubsidyBench&, const std::string&)>>> acts{
      {"review", [](SubsidyBench& w, const std::string& no) { return w.review(no); }},
      {"object", [](SubsidyBench& w, const std::string& no) { return w.object(no); }},
      {"rule", [](SubsidyBench& w, const std::string& no) { return w.rule(no, false, kBuyer); }},
      {"approve",
       [](SubsidyBench& w, const std::string& no) {
         w.bench.day("2026-01-12");  // the notice has ended
         return w.approve(no);
       }},
      {"reject", [](SubsidyBench& w, const std::string& no) { return w.end("subsidy.reject", no, "bureau", kBureau); }},
      {"withdraw",
       [](SubsidyBench& w, const std::string& no) { return w.end("subsidy.withdraw", no, "claimant", kSeller); }},
      {"lapse",
       [](SubsidyBench& w, const std::string& no) { return w.end("subsidy.lapse", no, "platform", kReviewer); }},
      {"instruct", [](SubsidyBench& w, const std::string& no) { return w.pay(no, "instruct"); }},
      {"confirm", [](SubsidyBench& w, const std::string& no) { return w.pay(no, "confirm"); }},
      {"bounce", [](SubsidyBench& w, const std::string& no) { return w.pay(no, "bounce"); }},
      {"recover", [](SubsidyBench& w, const std::string& no) { return w.recover(no); }},
      {"clawback",
       [](SubsidyBench& w, const std::string& no) { return w.decide("subsidy.clawback", no, 1, "bureau", kBureau); }},
      {"write_off", [](SubsidyBench& w,
                       const std::string& no) { return w.decide("subsidy.write_off", no, 1, "finance", kFinance); }},
  };
  const std::map<ClaimStatus, std::set<std::string>> allowed{
      {ClaimStatus::claimed, {"review", "reject", "withdraw", "lapse"}},
      {ClaimStatus::reviewed, {"object", "approve", "reject", "withdraw", "lapse"}},
      {ClaimStatus::objected, {"object", "rule", "reject", "withdraw", "lapse"}},
      {ClaimStatus::approved, {"instruct", "clawback"}},
      {ClaimStatus::instructed, {"confirm", "bounce", "clawback"}},
      {ClaimStatus::paid, {"bounce", "clawback"}},
      {ClaimStatus::clawback_due, {"bounce", "recover", "clawback", "write_off"}},
      {ClaimStatus::recovered, {"clawback"}},
      {ClaimStatus::written_off, {"clawback"}},
      {ClaimStatus::rejected, {}},
      {ClaimStatus::withdrawn, {}},
      {ClaimStatus::lapsed, {}},
  };
  for (const auto& [status, names] : allowed) {
    for (const auto& [name, act] : acts) {
      SubsidyLine line = SubsidyBench::flat_line(100'000);
      line.notice_days = 3;
      SubsidyBench world(line);
      const std::string no = reach(world, status);
      const auto before = world.snapshot();
      const Verdict verdict = act(world, no);
      CHECK_MESSAGE(verdict.has_value() == names.contains(name), name_of(status), " ", name);
      if (!verdict) CHECK(world.snapshot() == before);
    }
  }
}

}  // namespace
}  // namespace dengji::contracts
