#include "contracts/subsidy/subsidies.hpp"

#include "tests/unit/contracts/subsidy/subsidy_bench.hpp"

namespace dengji::contracts {
namespace {

using V = SubsidyVerdict;

TEST_CASE("a claim reserves what is due in the pool and in the cap, and shows how it came about") {
  SubsidyBench world;
  world.enact("SUB-TRD", SubsidyBench::worked_line());
  REQUIRE(accepted(world.allocate(2'500'000)));
  world.sold(33'333'333);
  const std::string no = world.claim("SUB-TRD");
  CHECK(no == "BT32050020260000001H");
  CHECK(world.pool("available") == 2'500'000);
  CHECK(world.pool_pending() == 1'199'999);
  CHECK(world.cap("issue", kSeller) == 1'500'000);
  CHECK(world.bench.account("cap/SUB-TRD/2026/headroom/" + std::string(kSeller)).pending_debits == 1'199'999);
  const auto workings = world.bench.effects_of<WorkingEffect>();
  REQUIRE(workings.size() == 1);
  CHECK(workings[0].rule == "SUB-TRD@1");
  CHECK(shown(workings[0], "base") == 33'333'333);
  CHECK(shown(workings[0], "due") == 1'199'999);
  CHECK(world.bench.shown("subsidy", no)["status"] == "claimed");
}

TEST_CASE("the base to date counts what no claim covers yet, so a new sale shields an older one") {
  SubsidyBench world(SubsidyBench::flat_line(10'000));
  const std::string sale = world.sold(1'000'000);
  const std::string no = world.paid_claim("SUB-TRD");
  world.sold(400'000);
  world.refund(sale, 300'000);
  CHECK(world.amount(no) == 10'000);
  world.refund(sale, 200'000);
  CHECK(world.amount(no) == 9'000);
  CHECK(world.pool("receivable/" + no) == 1'000);
}

TEST_CASE("approving a part leaves the rest claimable, and a refund takes only what exceeds the entitlement") {
  SubsidyBench world(SubsidyBench::worked_line());
  const std::string sale = world.sold(10'000'000);
  const std::string first = world.claim("SUB-TRD");
  REQUIRE(accepted(world.review(first)));
  REQUIRE(accepted(world.approve(first, 400'000)));
  CHECK(world.pool("payable/" + first) == 400'000);
  CHECK(world.pool_pending() == 0);
  CHECK(world.cap("headroom", kSeller) == 1'100'000);
  world.refund(sale, 2'000'000);  // entitled to 400,000: nothing too much
  CHECK(world.amount(first) == 400'000);
  CHECK(number_of(world.try_claim("SUB-TRD")) == static_cast<std::uint16_t>(V::nothing_due));
  world.sold(1'000'000);
  CHECK(world.amount(world.claim("SUB-TRD")) == 50'000);
}

TEST_CASE("what is rejected, withdrawn or lapsed frees its reservations and can be claimed again") {
  for (const auto& [how, role, by] :
       {std::tuple{"subsidy.reject", "bureau", kBureau}, std::tuple{"subsidy.reject", "platform", kReviewer},
        std::tuple{"subsidy.withdraw", "claimant", kSeller}, std::tuple{"subsidy.lapse", "platform", kReviewer}}) {
    SubsidyBench world(SubsidyBench::worked_line());
    world.sold(33'333'333);
    const std::string no = world.claim("SUB-TRD");
    REQUIRE(accepted(world.review(no)));
    REQUIRE(accepted(world.end(how, no, role, by)));
    CHECK(world.amount(no) == 0);
    CHECK(world.pool_pending() == 0);
    CHECK(world.cap("headroom", kSeller) == 1'500'000);
    CHECK(world.amount(world.claim("SUB-TRD")) == 1'199'999);
  }
}

TEST_CASE("approval waits for the end of the notice, which opens at the review") {
  SubsidyLine line = SubsidyBench::worked_line();
  line.notice_days = 5;
  SubsidyBench world(line);
  world.bench.day("2026-03-02");  // a Monday
  world.sold(1'000'000);
  const std::string no = world.claim("SUB-TRD");
  world.bench.day("2026-03-03");
  REQUIRE(accepted(world.review(no)));
  CHECK(world.bench.effects_of<DeadlineEffect>().at(0).until == *parse_date("2026-03-10"));
  CHECK(world.bench.shown("subsidy", no)["notice_until"] == "2026-03-10");
  world.bench.at("2026-03-10T15:59:59.999Z");
  CHECK(refused_as(world.approve(no), V::notice_runs, "/body/subsidy"));
  world.bench.at("2026-03-10T16:00:00Z");
  CHECK(accepted(world.approve(no)));
}

TEST_CASE("a payment is instructed, then confirmed or bounced") {
  SubsidyBench world(SubsidyBench::worked_line());
  world.sold(10'000'000);
  const std::string no = world.claim("SUB-TRD");
  world.approved(no);
  REQUIRE(accepted(world.pay(no, "instruct")));
  CHECK(world.status(no) == "instructed");
  CHECK(world.bench.account(pool_account("POOL-A", 2026, "payable/" + no)).pending_debits == 500'000);
  REQUIRE(accepted(world.pay(no, "bounce")));
  CHECK(world.status(no) == "approved");
  REQUIRE(accepted(world.pay(no, "instruct")));
  REQUIRE(accepted(world.pay(no, "confirm")));
  CHECK(world.status(no) == "paid");
  CHECK(world.pool("disbursed") == 500'000);
  REQUIRE(accepted(world.pay(no, "bounce")));
  CHECK(world.status(no) == "approved");
  CHECK(world.pool("returned") == 500'000);
  CHECK(world.pool("payable/" + no) == 500'000);
  CHECK(refused_as(world.pay(no, "bounce"), V::payment_step, "/body/step"));
  REQUIRE(accepted(world.pay(no, "instruct")));
  REQUIRE(accepted(world.pay(no, "confirm")));
  CHECK(world.pool("disbursed") == 1'000'000);
  CHECK(world.subsidy(no).paid_fen == Fen(500'000));
}

TEST_CASE("a refund while the payment is instructed is a receivable; if it bounces, the claim offsets itself") {
  SubsidyBench world(SubsidyBench::flat_line(100'000));
  const std::string sale = world.sold(1'000'000);
  const std::string no = world.claim("SUB-TRD");
  world.approved(no);
  REQUIRE(accepted(world.pay(no, "instruct")));
  world.refund(sale, 300'000);
  CHECK(world.status(no) == "instructed");
  CHECK(world.pool("receivable/" + no) == 30'000);
  CHECK(refused_as(world.recover(no), V::claim_status, "/body/subsidy"));
  REQUIRE(accepted(world.pay(no, "bounce")));
  CHECK(world.pool("receivable/" + no) == 0);
  CHECK(world.pool("payable/" + no) == 70'000);
  CHECK(world.status(no) == "approved");
  REQUIRE(accepted(world.pay(no, "instruct")));
  REQUIRE(accepted(world.pay(no, "confirm")));
  CHECK(world.status(no) == "paid");
  CHECK(world.pool("available") == 2'500'000 - 70'000);
  // Had it been confirmed, it would have been due back.
  SubsidyBench other(SubsidyBench::flat_line(100'000));
  const std::string sold = other.sold(1'000'000);
  const std::string second = other.claim("SUB-TRD");
  other.approved(second);
  REQUIRE(accepted(other.pay(second, "instruct")));
  other.refund(sold, 300'000);
  REQUIRE(accepted(other.pay(second, "confirm")));
  CHECK(other.status(second) == "clawback_due");
  REQUIRE(accepted(other.recover(second)));
  CHECK(other.status(second) == "recovered");
}

TEST_CASE("a clawback is recovered in parts, by offset within the pool-year, or written off") {
  SubsidyBench world(SubsidyBench::flat_line(100'000));
  const std::string sale = world.sold(1'000'000);
  const std::string no = world.paid_claim("SUB-TRD");
  world.refund(sale, 400'000);
  CHECK(world.status(no) == "clawback_due");
  REQUIRE(accepted(world.recover(no, {{"amount_fen", 10'000}, {"voucher", world.voucher(10'000)}})));
  CHECK(world.pool("returned") == 10'000);
  CHECK(refused_as(world.recover(no, {{"amount_fen", 30'001}}), V::recover_too_much, "/body/amount_fen"));
  CHECK(refused_as(world.pay(no, "bounce"), V::payment_recovered, "/body/step"));
  world.sold(200'000);
  const std::string next = world.claim("SUB-TRD");
  CHECK(world.amount(next) == 20'000);
  world.approved(next);
  const std::int64_t available = world.pool("available");
  REQUIRE(accepted(world.recover(no, {{"amount_fen", 15'000}, {"offset", next}})));
  CHECK(world.pool("payable/" + next) == 5'000);
  CHECK(world.pool("available") == available + 15'000);
  REQUIRE(accepted(world.pay(next, "instruct")));
  REQUIRE(accepted(world.pay(next, "confirm")));
  CHECK(world.status(next) == "paid");
  REQUIRE(accepted(world.decide("subsidy.write_off", no, 15'000, "finance", kFinance)));
  CHECK(world.status(no) == "written_off");
  CHECK(world.pool("deferred") == 0);
  // Granted is net of clawbacks: more sales earn the amount anew.
  world.sold(400'000);
  CHECK(world.amount(world.claim("SUB-TRD")) == 40'000);
}

TEST_CASE("a claim that was offset wholly is paid by it, and a later clawback of it is receivable") {
  SubsidyBench world(SubsidyBench::flat_line(100'000));
  const std::string sale = world.sold(1'000'000);
  const std::string no = world.paid_claim("SUB-TRD");
  world.refund(sale, 1'000'000);
  const std::string again = world.sold(300'000);
  const std::string next = world.claim("SUB-TRD");
  world.approved(next);
  REQUIRE(accepted(world.recover(no, {{"offset", next}})));
  CHECK(world.status(next) == "paid");
  CHECK(world.pool("receivable/" + no) == 70'000);
  world.refund(again, 100'000);
  CHECK(world.pool("receivable/" + next) == 10'000);
  CHECK(world.status(next) == "clawback_due");
}

TEST_CASE("recovered money goes to the treasury where the line says so; an offset stays in the pool") {
  SubsidyLine line = SubsidyBench::flat_line(100'000);
  line.recovery_to = RecoveryTo::treasury;
  SubsidyBench world(line);
  const std::string sale = world.sold(1'000'000);
  const std::string no = world.paid_claim("SUB-TRD");
  world.refund(sale, 400'000);
  REQUIRE(accepted(world.recover(no)));
  CHECK(world.pool("surrendered") == 40'000);
  CHECK(world.pool("available") == 2'400'000);
}

TEST_CASE("a clawback by decision is forfeited: headroom returns, but this unit cannot claim it again") {
  SubsidyBench world(SubsidyBench::worked_line());
  world.sold(33'333'333);
  const std::string no = world.paid_claim("SUB-TRD");
  REQUIRE(accepted(world.decide("subsidy.clawback", no, 199'999, "bureau", kBureau)));
  CHECK(world.pool("receivable/" + no) == 199'999);
  CHECK(world.cap("headroom", kSeller) == 500'000);
  CHECK(number_of(world.try_claim("SUB-TRD")) == static_cast<std::uint16_t>(V::nothing_due));
  CHECK(refused_as(world.decide("subsidy.clawback", no, 1'000'001, "bureau", kBureau), V::clawback_too_much,
                   "/body/amount_fen"));
}

TEST_CASE("an earlier earn year is claimed from this year's pool until the deadline") {
  SubsidyLine line = SubsidyBench::worked_line();
  line.claim_deadline_days = 31;
  SubsidyBench world(line);
  world.bench.day("2026-12-31");
  world.sold(10'000'000);
  world.bench.day("2027-01-15");
  CHECK(refused_as(world.try_claim("SUB-TRD", {{"year", 2026}}), V::pool_not_open, "/body/line"));
  REQUIRE(accepted(world.allocate(1'000'000, 2027)));
  CHECK(number_of(world.try_claim("SUB-TRD")) == static_cast<std::uint16_t>(V::nothing_due));
  const std::string no = world.claim("SUB-TRD", {{"year", 2026}});
  CHECK(no.starts_with("BT3205002027"));
  CHECK(world.pool_pending(2027) == 500'000);
  CHECK(world.cap("issue", kSeller) == 1'500'000);
  world.bench.day("2027-01-31");
  CHECK(number_of(world.try_claim("SUB-TRD", {{"year", 2026}})) == static_cast<std::uint16_t>(V::nothing_due));
  world.bench.day("2027-02-01");
  CHECK(refused_as(world.try_claim("SUB-TRD", {{"year", 2026}}), V::claim_too_late, "/body/line"));
}

}  // namespace
}  // namespace dengji::contracts
