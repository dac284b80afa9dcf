// Objections during a claim's notice, and the rulings on them.
#include "tests/unit/contracts/subsidy/subsidy_bench.hpp"

namespace dengji::contracts {
namespace {

using V = SubsidyVerdict;

// A claim of 100,000 reviewed on Monday 5 January; its notice runs to the end of Thursday the 8th.
struct Noticed {
  SubsidyBench world;
  std::string no;

  Noticed() : world(line()), no((world.sold(1'000'000), world.claim("SUB-TRD"))) {
    REQUIRE(accepted(world.review(no)));
  }
  static SubsidyLine line() {
    SubsidyLine line = SubsidyBench::flat_line(100'000);
    line.notice_days = 3;
    line.cap_org_fen = Fen(100'000);
    return line;
  }
};

TEST_CASE("anyone registered may object while the notice runs; the claim then waits for the bureau's ruling") {
  Noticed at;
  at.world.bench.at("2026-01-08T15:59:59.999Z");
  REQUIRE(accepted(at.world.object(at.no)));
  CHECK(at.world.status(at.no) == "objected");
  CHECK(at.world.bench.effects_of<DeadlineEffect>().at(0).what == "ruling");
  CHECK(at.world.bench.effects_of<DeadlineEffect>().at(0).until == *parse_date("2026-01-22"));
  CHECK(at.world.pool_pending() == 100'000);
  at.world.bench.day("2026-01-12");
  CHECK(refused_as(at.world.approve(at.no), V::claim_status, "/body/subsidy"));
  REQUIRE(accepted(at.world.rule(at.no, false)));
  CHECK(at.world.status(at.no) == "reviewed");
  CHECK(at.world.subsidy(at.no).objections.at(0).upheld == false);
  REQUIRE(accepted(at.world.approve(at.no)));
}

TEST_CASE("a dismissed objection does not shorten the notice") {
  Noticed at;
  REQUIRE(accepted(at.world.object(at.no)));
  REQUIRE(accepted(at.world.rule(at.no, false)));
  CHECK(refused_as(at.world.approve(at.no), V::notice_runs, "/body/subsidy"));
  at.world.bench.at("2026-01-08T16:00:00Z");
  CHECK(accepted(at.world.approve(at.no)));
}

TEST_CASE("an objection is too late once the notice has ended, and without a notice there is none") {
  Noticed at;
  at.world.bench.at("2026-01-08T16:00:00Z");
  CHECK(refused_as(at.world.object(at.no), V::objection_late, "/body/subsidy"));
  SubsidyBench quick(SubsidyBench::flat_line(100'000));
  quick.sold(1'000'000);
  const std::string no = quick.claim("SUB-TRD");
  CHECK(refused_as(quick.object(no), V::claim_status, "/body/subsidy"));
  REQUIRE(accepted(quick.review(no)));
  CHECK(refused_as(quick.object(no), V::objection_late, "/body/subsidy"));
}

TEST_CASE("an upheld objection rejects the claim and frees pool and cap; what was due can be claimed again") {
  Noticed at;
  REQUIRE(accepted(at.world.object(at.no)));
  REQUIRE(accepted(at.world.object(at.no, kBuyer)));
  REQUIRE(accepted(at.world.rule(at.no, true)));
  CHECK(at.world.status(at.no) == "rejected");
  CHECK(at.world.amount(at.no) == 0);
  CHECK(at.world.pool_pending() == 0);
  CHECK(at.world.cap("headroom", kSeller) == 100'000);
  CHECK(refused_as(at.world.rule(at.no, true, kBuyer), V::claim_status, "/body/subsidy"));
  CHECK(at.world.amount(at.world.claim("SUB-TRD")) == 100'000);
}

TEST_CASE("a claim goes on when the last of several objections is dismissed; each organisation objects once") {
  Noticed at;
  REQUIRE(accepted(at.world.object(at.no)));
  REQUIRE(accepted(at.world.object(at.no, kBuyer)));
  REQUIRE(accepted(at.world.rule(at.no, false)));
  CHECK(at.world.status(at.no) == "objected");
  CHECK(refused_as(at.world.rule(at.no, false), V::no_open_objection, "/body/objector"));
  CHECK(refused_as(at.world.object(at.no), V::objected_already, "/body/subsidy"));
  REQUIRE(accepted(at.world.rule(at.no, false, kBuyer)));
  CHECK(at.world.status(at.no) == "reviewed");
}

TEST_CASE("neither the claimant objects to its claim, nor an objector rules on its objection") {
  Noticed at;
  CHECK(refused_as(at.world.object(at.no, kSeller), V::own_claim, "/parties/0/org"));
  REQUIRE(accepted(at.world.object(at.no, kBureau)));
  CHECK(refused_as(at.world.rule(at.no, true, kBureau), V::own_objection, "/parties/0/org"));
  CHECK(accepted(at.world.rule(at.no, true, kBureau, kReviewer)));
}

TEST_CASE("an objector sees the claim, and a refund lowers what waits for a ruling") {
  Noticed at;
  REQUIRE(accepted(at.world.object(at.no)));
  const std::vector<OrgId> readers = at.world.subsidy(at.no).readers();
  CHECK(std::find(readers.begin(), readers.end(), OrgId(kOther)) != readers.end());
  at.world.refund("JY32050020260000001F-000001", 400'000);
  CHECK(at.world.status(at.no) == "objected");
  CHECK(at.world.amount(at.no) == 60'000);
  CHECK(at.world.pool_pending() == 60'000);
}

}  // namespace
}  // namespace dengji::contracts
