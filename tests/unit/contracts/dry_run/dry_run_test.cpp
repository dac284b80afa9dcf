// A past year under other policies: figures worked by hand from the worked year of the accounts, whose refund, claims
// and waiver all hang on what was decided before.
#include <doctest/doctest.h>

#include "contracts/fee/fees.hpp"
#include "contracts/invariants.hpp"
#include "contracts/pool/pools.hpp"
#include "contracts/subsidy/subsidies.hpp"
#include "tests/support/long_history.hpp"
#include "tests/support/sample_policies.hpp"
#include "tests/support/worked_history.hpp"
#include "tests/unit/contracts/dry_run/trial.hpp"

namespace dengji::test {
namespace {

using contracts::Claim;
using contracts::Fee;
using contracts::dry_run::PoolMonth;
using contracts::dry_run::Why;

constexpr const char* kYearFee = "FY32050020260000001Z";
constexpr const char* kClaim1 = "BT32050020260000001H";
constexpr const char* kClaim2 = "BT32050020260000002F";

const std::vector<MoneyPlay::Sent>& worked() {
  static const std::vector<MoneyPlay::Sent> sent = worked_history();
  return sent;
}

Json line_with(const std::string& member, const Json& value) {
  Json line = subsidy_line();
  line[member] = value;
  return line;
}

Json fee_schedule(std::int64_t registration_fen) {
  return {{"payee", Cast::platform}, {"registration_fen", registration_fen}, {"service", Json::array()}};
}

void check_books(const Trial& trial) {
  for (const std::string& fault : contracts::check_money_invariants(trial.replay().state())) FAIL_CHECK(fault);
}

void check_unchanged(const Trial& trial) {
  CHECK(trial.replay().decided_otherwise() == 0);
  for (const auto& one : trial.replay().not_taken()) CHECK(one.why == Why::replaced);
  const auto both = trial.compare();
  for (const auto& [org, pair] : both.organisations) CHECK_MESSAGE(!pair.differs(), org);
  for (const auto& [key, pair] : both.lines) CHECK_MESSAGE(!pair.differs(), std::get<1>(key));
  for (const auto& [key, pair] : both.pools) CHECK_MESSAGE(!pair.differs(), key.first);
  check_books(trial);
}

TEST_CASE("dry run: drafts equal to the policies in force change nothing at all in the worked year") {
  const Trial trial(worked(), {draft_of("fee_schedule", "FEE-REG", fee_schedule(300'000)),
                               draft_of("waiver", "WAIVE-FIRST", sample_waiver(1'000'000, 180, "down")),
                               draft_of("subsidy_line", "SUB-TRD", subsidy_line())});
  REQUIRE_FALSE(trial.refused());
  check_unchanged(trial);
  CHECK(trial.not_taken().empty());
  const auto both = trial.compare();
  const auto& seller = both.organisations.at(Cast::seller);
  CHECK(seller.was.fees_due_fen == 300'000);
  CHECK(seller.was.fees_waived_fen == 300'000);
  CHECK(seller.was.granted_fen == 1'496'296);
  CHECK(seller.was.paid_fen == 1'500'000);
}

// Every policy of a long history as its own draft, in the middle of it: claims, rounds, windows and caps under way.
TEST_CASE("dry run: every policy of a long history as its own draft changes nothing from any day on") {
  LongHistory history(20'260'007);
  history.run(700);
  const auto& sent = history.play().sent();
  std::vector<Json> drafts;
  for (const MoneyPlay::Sent& one : sent) {
    const auto parsed = entry::parse_entry(one.bytes);
    REQUIRE(parsed);
    if (parsed->envelope.type == "policy.enact") drafts.push_back(parsed->envelope.body);
  }
  REQUIRE(drafts.size() > 5);
  const Date last = shanghai_day(sent.back().time);
  const Date first = shanghai_day(sent.front().time);
  for (const int part : {1, 3, 6}) {
    const Date from = add_days(first, 5 + (last.days - first.days) * part / 8);
    const Trial trial(sent, drafts, format_date(from));
    REQUIRE_MESSAGE(!trial.refused(), trial.refused()->refusal.context);
    CHECK(trial.run().entries() > 50);
    check_unchanged(trial);
  }
}

TEST_CASE("dry run: a cap of 5,000,000 gives the second claim 555,556 and takes 259,259 back") {
  const Trial trial(worked(), {draft_of("subsidy_line", "SUB-TRD", line_with("cap_org_fen", 5'000'000))});
  REQUIRE_FALSE(trial.refused());
  CHECK(trial.would<Claim>(kClaim1)->asked_fen == Fen(1'199'999));
  CHECK(trial.would<Claim>(kClaim2)->asked_fen == Fen(555'556));
  CHECK(trial.would<Claim>(kClaim2)->clawed_fen == Fen(259'259));
  CHECK(trial.would_balance("pool/POOL-A/2027/available") == 1'003'704);
  CHECK(trial.not_taken().empty());
  const auto both = trial.compare();
  const auto& seller = both.organisations.at(Cast::seller);
  CHECK(seller.would.granted_fen == 1'496'296);
  CHECK(seller.would.paid_fen == 1'755'555);
  check_books(trial);

  const auto& pool = both.pools.at({"POOL-A", 2026});
  REQUIRE(pool.was.months.size() == 12);
  REQUIRE(pool.would.months.size() == 12);
  CHECK(pool.was.months[0] == PoolMonth{2026, 1, Fen(2'000'000), Fen(2'000'000), Fen(0), Fen(0), Fen(0)});
  CHECK(pool.was.months[5] ==
        PoolMonth{2026, 6, Fen(2'500'000), Fen(1'300'001), Fen(0), Fen(1'199'999), Fen(1'199'999)});
  CHECK(pool.would.months[5] == pool.was.months[5]);
  CHECK(pool.was.months[9] ==
        PoolMonth{2026, 10, Fen(2'500'000), Fen(1'000'000), Fen(0), Fen(1'500'000), Fen(1'500'000)});
  CHECK(pool.would.months[9] ==
        PoolMonth{2026, 10, Fen(2'500'000), Fen(744'445), Fen(0), Fen(1'755'555), Fen(1'755'555)});
  CHECK_FALSE(pool.would.dry_on);
}

TEST_CASE("dry run: a higher first rate makes a winner, and what there is nothing to recover of is told") {
  Json tiers = subsidy_line().at("tiers");
  tiers[0]["ppm"] = 60'000;
  const Trial trial(worked(), {draft_of("subsidy_line", "SUB-TRD", line_with("tiers", tiers))});
  REQUIRE_FALSE(trial.refused());
  // 600,000 + 699,999.99, then the cap of 1,500,000; after the refund the entitlement is 1,596,296, still capped.
  CHECK(trial.would<Claim>(kClaim1)->asked_fen == Fen(1'299'999));
  CHECK(trial.would<Claim>(kClaim2)->asked_fen == Fen(200'001));
  CHECK(trial.would<Claim>(kClaim2)->clawed_fen == Fen(0));
  CHECK(trial.not_taken() == std::vector<std::string>{"subsidy.recover"});
  const Json answer = trial.answer();
  CHECK(answer.at("winners") == 1);
  CHECK(answer.at("losers") == 0);
  CHECK(answer.at("organisations")[0].at("org") == Cast::seller);
  CHECK(answer.at("organisations")[0].at("difference_fen") == 3'704);
  CHECK(answer.at("not_taken")[0].at("code") == "nothing_receivable");
  CHECK(answer.at("not_taken_count") == 1);
  check_books(trial);
}

TEST_CASE("dry run: a pool that a higher rate empties is told with the day, and the claim that finds nothing") {
  Json line = line_with("cap_org_fen", 9'000'000);
  line["tiers"] = Json::array({Json{{"ppm", 75'000}}});
  const Trial trial(worked(), {draft_of("subsidy_line", "SUB-TRD", line)});
  REQUIRE_FALSE(trial.refused());
  CHECK(trial.would<Claim>(kClaim1)->asked_fen == Fen(2'499'999));  // 33,333,333 × 7.5 %, of 2,500,000
  CHECK_FALSE(trial.would<Claim>(kClaim2));
  const auto pool = trial.compare().pools.at({"POOL-A", 2026});
  CHECK_FALSE(pool.was.dry_on);
  REQUIRE(pool.would.dry_on);
  CHECK(format_date(*pool.would.dry_on) == "2026-10-08");
  const auto& left_out = trial.replay().not_taken();
  REQUIRE(left_out.size() >= 2);
  CHECK(left_out[0].refusal.verdict == static_cast<std::uint16_t>(contracts::SubsidyVerdict::pool_exhausted));
  CHECK(left_out[1].why == Why::nothing_there);
  CHECK(left_out[1].type == "subsidy.review");
  check_books(trial);
}

TEST_CASE("dry run: once a claim is refused, entries about later ones act on these under their new numbers") {
  const Trial trial(worked(), {draft_of("subsidy_line", "SUB-TRD", line_with("threshold_fen", 40'000'000))});
  REQUIRE_FALSE(trial.refused());
  // The first claim's base is below the threshold: its entries have nothing to act on; the second bears its number.
  CHECK(trial.not_taken() ==
        std::vector<std::string>{"subsidy.claim", "subsidy.review", "subsidy.approve", "subsidy.pay", "subsidy.pay"});
  CHECK(trial.would<Claim>(kClaim1)->asked_fen == Fen(1'500'000));
  CHECK(trial.would<Claim>(kClaim1)->recovered_fen == Fen(3'704));
  CHECK_FALSE(trial.would<Claim>(kClaim2));
  CHECK_FALSE(trial.compare().organisations.at(Cast::seller).was.granted_fen !=
              trial.compare().organisations.at(Cast::seller).would.granted_fen);
  check_books(trial);
}

TEST_CASE("dry run: fees are assessed and waived anew, and half a waiver makes a loser") {
  const Trial higher(worked(), {draft_of("fee_schedule", "FEE-REG", fee_schedule(400'000))});
  const auto lines = higher.compare().lines;
  CHECK(lines.at({"fee", "FEE-REG", "registration"}).was.fen == 300'000);
  CHECK(lines.at({"fee", "FEE-REG", "registration"}).would.fen == 400'000);
  CHECK(lines.at({"waiver", "WAIVE-FIRST", "first"}).would.fen == 400'000);
  CHECK(higher.would<Fee>(kYearFee)->waivers.at(0).paid_fen == Fen(120'000));
  check_books(higher);

  const Trial half(worked(), {draft_of("waiver", "WAIVE-FIRST", sample_waiver(500'000, 180, "down"))});
  CHECK(half.answer().at("losers") == 1);
  CHECK(half.answer().at("organisations")[0].at("difference_fen") == -150'000);
  // 150,000 of the 180,000 open are waived: nothing of what was paid is owed back.
  CHECK(half.not_taken() == std::vector<std::string>{"fee.refund", "fee.refund"});
  check_books(half);
}

TEST_CASE("dry run: where no fee falls due, its payments and refunds have nothing to act on") {
  const Trial trial(worked(), {draft_of("fee_schedule", "FEE-REG", fee_schedule(0))});
  CHECK(trial.not_taken() == std::vector<std::string>{"fee.receive", "fee.refund", "fee.refund"});
  for (const auto& one : trial.replay().not_taken()) CHECK(one.why == Why::nothing_there);
  CHECK(trial.replay().not_taken()[0].refusal.context.find(kYearFee) != std::string::npos);
  check_books(trial);
}

TEST_CASE("dry run: a receipt that paid all pays all of the other fee, a part stays that part up to what there is") {
  const Trial trial(worked(), {draft_of("fee_schedule", "FEE-REG", fee_schedule(100'000))});
  // 120,000 of 300,000 were paid: of 100,000 no more than that, so that the waiver owes 100,000 back.
  CHECK(trial.would<Fee>(kYearFee)->received_fen == Fen(100'000));
  CHECK(trial.would<Fee>(kYearFee)->waivers.at(0).paid_fen == Fen(100'000));
  CHECK(trial.not_taken().empty());
  CHECK(trial.would_balance("fee/" + Cast::platform + "/bank") == 0);
  check_books(trial);
}

TEST_CASE("dry run: a draft of a later day leaves the time before it as it was") {
  const Trial trial(worked(), {draft_of("fee_schedule", "FEE-REG", fee_schedule(400'000), "2026-03-03")});
  REQUIRE_FALSE(trial.refused());
  check_unchanged(trial);
}

TEST_CASE("dry run: policies that the past enacts later give way to a draft of the same code") {
  // From the day of genesis' policies on: the entries that enact them lie in the period.
  ContractFixture ledger;
  ledger.at("2026-02-02");
  ledger.enact("fee_schedule", "FEE-REG", fee_schedule(300'000));
  std::vector<MoneyPlay::Sent> sent;
  for (const std::string& leaf : ledger.leaves()) {
    const Json json = Json::parse(leaf);
    sent.push_back({json.at("entry").dump(), LedgerTime{json.at("time").get<std::int64_t>()}});
  }
  const Trial trial(sent, {draft_of("fee_schedule", "FEE-REG", fee_schedule(1), "2026-02-01")}, "2026-02-01");
  REQUIRE_FALSE(trial.refused());
  REQUIRE(trial.replay().not_taken().size() == 1);
  CHECK(trial.replay().not_taken()[0].why == Why::replaced);
  const auto policy = contracts::policy_version_on(trial.replay().state(), "FEE-REG", *parse_date("2026-03-01"));
  REQUIRE(policy);
  CHECK(policy->fee_schedule->registration_fen == Fen(1));
}

TEST_CASE("dry run: a draft that cannot be read names the place, one that the rules refuse names rule and place") {
  Json draft = draft_of("subsidy_line", "SUB-TRD", line_with("cap_org_fen", "much"));
  const auto read = contracts::dry_run::read_draft(draft.dump());
  REQUIRE_FALSE(read);
  CHECK(read.error().code == ErrorCode::value_type);
  CHECK(read.error().pointer == "/subsidy_line/cap_org_fen");
  CHECK(contracts::dry_run::read_draft("{\"kind\":\"waiver\",\"kind\":\"waiver\"}").error().code ==
        ErrorCode::json_duplicate_member);

  Json tiers = subsidy_line().at("tiers");
  tiers.back()["upto_fen"] = 90'000'000;
  const Trial refused(worked(), {draft_of("waiver", "WAIVE-FIRST", sample_waiver(1'000'000, 180, "down")),
                                 draft_of("subsidy_line", "SUB-TRD", line_with("tiers", tiers))});
  REQUIRE(refused.refused());
  CHECK(refused.refused()->draft == 1);
  CHECK(refused.refused()->refusal.verdict == static_cast<std::uint16_t>(contracts::PolicyVerdict::tiers_order));
  CHECK(refused.refused()->refusal.pointer == "/body/subsidy_line/tiers/2");

  // One version governs an earn year: from its middle on, another cannot be enacted.
  const Trial midyear(worked(), {draft_of("subsidy_line", "SUB-TRD", subsidy_line(), "2026-07-01")});
  REQUIRE(midyear.refused());
  CHECK(midyear.refused()->refusal.verdict == static_cast<std::uint16_t>(contracts::PolicyVerdict::earn_year_taken));
}

TEST_CASE("dry run: claims made before the period are judged by the draft once it governs their year") {
  const Trial trial(worked(), {draft_of("subsidy_line", "SUB-TRD", line_with("cap_org_fen", 1'300'000), "2026-01-01")},
                    "2026-07-01");
  REQUIRE_FALSE(trial.refused());
  CHECK(trial.would<Claim>(kClaim1)->rule == "SUB-TRD@2");
  CHECK(trial.would<Claim>(kClaim2)->asked_fen == Fen(100'001));
  check_books(trial);
}

}  // namespace
}  // namespace dengji::test
