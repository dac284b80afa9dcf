// Twelve cases that break ledgers. Those of money are here, the others beside what they are about.
//
//  1  amounts near 2^53 × 1,000,000 ppm                               here; also entitlement_test, fees_test
//  2  two entries on either side of midnight of 31 December           here; also trades_test
//  3  two claims in one batch that fit alone and not together         here
//  4  full payment and certificate in one batch, both orders          here; also fees_test
//  5  cancel and register again, under each first_scope               registration_first_test
//  6  an affiliation recorded after payment, since before the trade   subsidy_lines_test, relations_test
//  7  a certificate suspended, resumed, revoked around a payment      here
//  8  one voucher over two trades to its total, then a fen over       here; also the tests of trades
//  9  a third party files someone else's contract hash first          filings_test
// 10  a refund in year y+1 of a year-y settlement, the pool closed    here
// 11  a pool cut below, then exactly to, what is reserved             here
// 12  ten exports under the threshold that together cross it          exports_test
#include "tests/support/sample_policies.hpp"
#include "tests/unit/contracts/subsidy/subsidy_bench.hpp"

namespace dengji::contracts {
namespace {

using P = PoolVerdict;
using V = SubsidyVerdict;

TEST_CASE("nasty case 1: the largest amount goes all the way, and can be refunded and earned again") {
  SubsidyBench world(SubsidyBench::flat_line(1'000'000), kMaxSafeInteger);
  const std::string trade = world.agree(kMaxSafeInteger);
  const std::string sale = world.settle(trade, kMaxSafeInteger);
  const std::string no = world.paid_claim("SUB-TRD");
  CHECK(world.amount(no) == kMaxSafeInteger);
  world.refund(sale, kMaxSafeInteger);
  CHECK(world.pool("receivable/" + no) == kMaxSafeInteger);
  REQUIRE(accepted(world.recover(no)));
  CHECK(world.pool("available") == kMaxSafeInteger);
  world.settle(trade, kMaxSafeInteger);
  CHECK(world.amount(world.claim("SUB-TRD")) == kMaxSafeInteger);
}

TEST_CASE("nasty case 2: number, cap and pool year turn at midnight in Shanghai") {
  SubsidyBench world(SubsidyBench::worked_line());
  REQUIRE(accepted(world.allocate(1'000'000, 2027)));
  world.bench.day("2026-12-31");
  const std::string trade = world.agree(50'000'000);
  world.bench.at("2026-12-31T15:59:59.999Z");
  world.settle(trade, 10'000'000);
  const std::string old_year = world.claim("SUB-TRD");
  CHECK(old_year == "BT32050020260000001H");
  CHECK(world.pool_pending(2026) == 500'000);
  world.bench.at("2026-12-31T16:00:00Z");
  world.settle(trade, 2'000'000);
  const std::string new_year = world.claim("SUB-TRD");
  CHECK(new_year.starts_with("BT32050020270000001"));
  CHECK(world.amount(new_year) == 100'000);
  CHECK(world.pool_pending(2027) == 100'000);
  CHECK(world.cap("issue", kSeller, "SUB-TRD", 2027) == 1'500'000);
}

TEST_CASE("nasty case 3: two claims that fit alone and not together, in both orders") {
  for (const bool seller_first : {true, false}) {
    SubsidyBench world;
    SubsidyLine line = SubsidyBench::flat_line(100'000);
    world.enact("SUB-SELL", line);
    line.payee = Payee::buyer;
    world.enact("SUB-BUY", line);
    REQUIRE(accepted(world.allocate(150'000)));
    world.sold(1'000'000);
    const auto claim = [&](bool seller) {
      return seller ? world.try_claim("SUB-SELL") : world.try_claim("SUB-BUY", Json::object(), kBuyer);
    };
    CHECK(accepted(claim(seller_first)));
    const auto before = world.snapshot();
    CHECK(refused_as(claim(!seller_first), V::pool_exhausted, "/body/line"));
    CHECK(world.snapshot() == before);
    CHECK(world.pool_pending() == 100'000);
  }
}

// The whole way: an application accepted under a fee of 300,000 and a full waiver, registered, then both at one
// instant.
TEST_CASE("nasty case 4: full payment and certificate in one batch end alike in both orders") {
  const auto end_of = [](bool paid_first) {
    test::ContractFixture ledger;
    ledger.enact("fee_schedule", "FEE-REG",
                 {{"payee", test::Cast::platform}, {"registration_fen", 300'000}, {"service", Json::array()}});
    ledger.enact("waiver", "WAIVE-FIRST", test::sample_waiver(1'000'000, 180, "down"));
    const auto must = [&](const char* type, const char* role, const std::string& org, const Json& body) {
      const test::Submitted done = ledger.submit(type, {{role, org}}, body);
      REQUIRE_MESSAGE(done.accepted(), type << ": " << done.context());
      return done;
    };
    const std::string id = must("dataset.apply", "applicant", test::Cast::seller, test::application("A")).entry_id;
    ledger.at("2026-03-02");
    must("dataset.review", "registrar", test::Cast::registrar, {{"dataset", id}, {"outcome", "accept"}});
    ledger.at("2026-03-17");
    must("dataset.register", "registrar", test::Cast::registrar, {{"dataset", id}});
    ledger.at("2026-04-01");
    const auto pay = [&] {
      must("fee.receive", "platform", test::Cast::platform,
           {{"fee", "FY32050020260000001Z"}, {"amount_fen", 300'000}, {"bank_date", "2026-04-01"}});
    };
    const auto certify = [&] {
      must("certificate.issue", "platform", test::Cast::platform,
           {{"dataset", id}, {"scope", "roads"}, {"grade", "good"}});
    };
    if (paid_first) {
      pay();
      certify();
    } else {
      certify();
      pay();
    }
    CHECK(check_invariants(ledger.view(), ledger.today()).empty());
    Json fee = ledger.show("fee", "FY32050020260000001Z");
    CHECK(fee.at("waivers").at(0).at("paid_fen") == (paid_first ? 300'000 : 0));
    fee.erase("waivers");
    return fee;
  };
  const Json fee = end_of(true);
  CHECK(fee == end_of(false));
  CHECK(fee.at("status") == "owed");
  CHECK(fee.at("waived_fen") == 300'000);
  CHECK(fee.at("open_fen") == 0);
  CHECK(fee.at("owed_fen") == 300'000);
}

TEST_CASE("nasty case 7: a certificate suspended between approval and payment, then resumed, then revoked") {
  SubsidyLine line = SubsidyBench::flat_line(100'000);
  line.cert_valid_at = CertValidAt::both;
  SubsidyBench world(line);
  world.bench.day("2026-03-02");
  world.sold(1'000'000);
  const std::string no = world.claim("SUB-TRD");
  world.approved(no);
  world.bench.day("2026-03-03");
  world.set_certificate(1, CertificateStatus::suspended);
  REQUIRE(accepted(world.pay(no, "instruct")));
  REQUIRE(accepted(world.pay(no, "confirm")));
  world.bench.day("2026-03-04");
  world.set_certificate(1, CertificateStatus::valid);
  CHECK(world.status(no) == "paid");
  world.bench.day("2026-03-05");
  world.set_certificate(1, CertificateStatus::revoked);
  CHECK(world.status(no) == "clawback_due");
  CHECK(world.pool("receivable/" + no) == 100'000);
}

TEST_CASE("nasty case 8: one voucher stands behind two trades to its total, one fen over is refused") {
  SubsidyBench world;
  const std::string first = world.agree(1'000);
  const std::string second = world.agree(1'000);
  const auto settle = [&](const std::string& trade, std::int64_t line, std::int64_t fen) {
    const Json voucher{{"hash", b64_of(9)}, {"line", line}, {"total_fen", 1'500}};
    return world.act("trade.settle",
                     {{"trade", trade}, {"amount_fen", fen}, {"voucher", voucher}, {"bank_date", world.today()}},
                     {{"platform", kPlatform}});
  };
  REQUIRE(accepted(settle(first, 1, 1'000)));
  const auto before = world.snapshot();
  CHECK(refused_as(settle(second, 2, 501), VoucherVerdict::exceeded, "/body/amount_fen"));
  CHECK(world.snapshot() == before);
  REQUIRE(accepted(settle(second, 2, 500)));
  CHECK(refused_as(settle(second, 3, 1), VoucherVerdict::exceeded, "/body/amount_fen"));
}

TEST_CASE(
    "nasty case 10: a refund in the next year after the pool closed is receivable where it was paid, and follows") {
  SubsidyBench world(SubsidyBench::flat_line(100'000));
  world.bench.day("2026-11-02");
  const std::string sale = world.sold(1'000'000);
  const std::string no = world.paid_claim("SUB-TRD");
  world.bench.day("2026-12-31");
  REQUIRE(accepted(world.close()));
  REQUIRE(accepted(world.carry()));
  world.bench.day("2027-02-01");
  world.sold(5'000'000);  // of another earn year: it shields nothing
  world.refund(sale, 400'000);
  CHECK(world.pool("receivable/" + no, 2026) == 40'000);
  CHECK(world.amount(no) == 60'000);
  REQUIRE(accepted(world.recover(no)));
  CHECK(world.pool("available", 2026) == 40'000);
  REQUIRE(accepted(world.carry()));
  CHECK(world.pool("available", 2026) == 0);
  CHECK(world.pool("available", 2027) == 2'440'000);
}

TEST_CASE("nasty case 11: a pool is cut to exactly what is reserved, never below") {
  SubsidyBench world;
  world.enact("SUB-TRD", SubsidyBench::worked_line());
  REQUIRE(accepted(world.allocate(2'500'000)));
  world.sold(33'333'333);
  world.claim("SUB-TRD");
  const auto before = world.snapshot();
  CHECK(refused_as(world.adjust(1'300'002), P::pool_cut_too_deep, "/body/cut_fen"));
  CHECK(world.snapshot() == before);
  REQUIRE(accepted(world.adjust(1'300'001)));
  CHECK(world.pool("available") == 1'199'999);
  CHECK(world.pool_pending() == 1'199'999);
  CHECK(refused_as(world.adjust(1), P::pool_cut_too_deep, "/body/cut_fen"));
}

}  // namespace
}  // namespace dengji::contracts
