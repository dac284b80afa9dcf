#include "contracts/pools.hpp"

#include "tests/unit/contracts/subsidy_bench.hpp"

namespace dengji::contracts {
namespace {

using V = PoolVerdict;

TEST_CASE("the first allocation opens a pool-year, later ones raise it") {
  SubsidyBench world;
  REQUIRE(accepted(world.allocate(2'000'000)));
  CHECK(world.pool("authority") == 2'000'000);
  CHECK(world.pool("available") == 2'000'000);
  CHECK(world.bench.effects_of<StatusEffect>().at(0).to == "open");
  REQUIRE(accepted(world.allocate(500'000)));
  CHECK(world.pool("authority") == 2'500'000);
  CHECK(world.bench.effects_of<StatusEffect>().empty());
  const Pool pool = world.bench.object<Pool>("POOL-A-2026");
  CHECK(pool.funder == OrgId(kFinance));
  CHECK(world.bench.shown("pool", "POOL-A-2026")["available_fen"] == 2'500'000);
}

TEST_CASE("only its funder acts on a pool") {
  SubsidyBench world;
  REQUIRE(accepted(world.allocate(100)));
  CHECK(refused_as(world.allocate(100, 2026, "POOL-A", kPlatform), V::not_the_funder, "/parties/0/org"));
  CHECK(refused_as(world.adjust(1, 2026, kPlatform), V::not_the_funder, "/parties/0/org"));
  CHECK(refused_as(world.close(2026, false, kPlatform), V::not_the_funder, "/parties/0/org"));
  CHECK(refused_as(world.carry(2026, kPlatform), V::not_the_funder, "/parties/0/org"));
}

TEST_CASE("money is given to this year or the next, under a proper code") {
  SubsidyBench world;
  CHECK(refused_as(world.allocate(1, 2025), V::pool_year_range, "/body/year"));
  CHECK(refused_as(world.allocate(1, 2028), V::pool_year_range, "/body/year"));
  CHECK(accepted(world.allocate(1, 2027)));
  CHECK(refused_as(world.allocate(1, 2026, "pool/a"), V::pool_code_form, "/body/pool"));
  CHECK(refused_as(world.adjust(1, 2026), General::object_unknown, "/body/pool"));
}

TEST_CASE("nasty 11: a pool is cut to exactly what is reserved, never below") {
  SubsidyBench world;
  world.enact("SUB-TRD", SubsidyBench::worked_line());
  REQUIRE(accepted(world.allocate(2'500'000)));
  world.sold(33'333'333);
  world.claim("SUB-TRD");
  const auto before = world.snapshot();
  CHECK(refused_as(world.adjust(1'300'002), V::pool_cut_too_deep, "/body/cut_fen"));
  CHECK(world.snapshot() == before);
  REQUIRE(accepted(world.adjust(1'300'001)));
  CHECK(world.pool("available") == 1'199'999);
  CHECK(world.pool_pending() == 1'199'999);
  CHECK(refused_as(world.adjust(1), V::pool_cut_too_deep, "/body/cut_fen"));
}

TEST_CASE("money that was carried in cannot be cut as authority") {
  SubsidyBench world;
  REQUIRE(accepted(world.allocate(1'000)));
  world.bench.day("2026-12-31");
  REQUIRE(accepted(world.close()));
  REQUIRE(accepted(world.carry()));
  CHECK(world.pool("available", 2027) == 1'000);
  CHECK(refused_as(world.adjust(1, 2027), V::pool_cut_too_deep, "/body/cut_fen"));
  REQUIRE(accepted(world.allocate(300, 2027)));
  CHECK(refused_as(world.adjust(301, 2027), V::pool_cut_too_deep, "/body/cut_fen"));
  CHECK(accepted(world.adjust(300, 2027)));
}

TEST_CASE("a closed pool takes no allocation, cut or second close; what is free may be surrendered") {
  SubsidyBench world;
  REQUIRE(accepted(world.allocate(1'000)));
  CHECK(refused_as(world.carry(), V::pool_not_closed, "/body/pool"));
  REQUIRE(accepted(world.close(2026, true)));
  CHECK(world.pool("surrendered") == 1'000);
  CHECK(world.pool("available") == 0);
  CHECK(refused_as(world.allocate(1), V::pool_closed, "/body/pool"));
  CHECK(refused_as(world.adjust(1), V::pool_closed, "/body/pool"));
  CHECK(refused_as(world.close(), V::pool_closed, "/body/pool"));
  CHECK(refused_as(world.carry(), V::nothing_to_carry, "/body/pool"));
}

TEST_CASE("carrying over moves what is free and what is approved, not what is instructed or to be recovered") {
  SubsidyBench world;
  world.enact("SUB-A", SubsidyBench::flat_line(10'000));
  REQUIRE(accepted(world.allocate(100'000)));
  const std::string sale = world.sold(1'000'000);
  const std::string first = world.claim("SUB-A");
  world.paid(first);
  world.sold(2'000'000);
  const std::string second = world.claim("SUB-A");
  world.approved(second);
  world.sold(500'000);
  const std::string third = world.claim("SUB-A");
  world.approved(third);
  REQUIRE(accepted(world.pay(third, "instruct")));
  world.sold(100'000);
  const std::string fourth = world.claim("SUB-A");
  world.bench.day("2026-12-31");
  REQUIRE(accepted(world.close()));
  REQUIRE(accepted(world.carry()));
  CHECK(world.pool("carried_out") == 64'000 + 20'000);
  CHECK(world.pool("available", 2027) == 64'000);
  CHECK(world.pool("payable/" + second, 2027) == 20'000);
  CHECK(world.subsidy(second).pool_year == 2027);
  CHECK(world.subsidy(third).pool_year == 2026);
  // What was reserved runs on in its own year, and follows once it is approved.
  REQUIRE(accepted(world.review(fourth)));
  REQUIRE(accepted(world.approve(fourth)));
  REQUIRE(accepted(world.carry()));
  CHECK(world.subsidy(fourth).pool_year == 2027);
  // What bounces is payable again, and follows too; so does what is recovered later.
  REQUIRE(accepted(world.pay(third, "bounce")));
  world.refund(sale, 1'000'000);
  CHECK(world.amount(first) == 10'000);  // the latest bore it
  CHECK(world.status(fourth) == "lapsed");
  REQUIRE(accepted(world.carry()));
  CHECK(world.pool("available") == 0);
  CHECK(refused_as(world.carry(), V::nothing_to_carry, "/body/pool"));
}

TEST_CASE("a next year that is closed takes nothing") {
  SubsidyBench world;
  REQUIRE(accepted(world.allocate(1'000)));
  REQUIRE(accepted(world.allocate(1, 2027)));
  REQUIRE(accepted(world.close()));
  REQUIRE(accepted(world.close(2027)));
  CHECK(refused_as(world.carry(), V::next_pool_closed, "/body/year"));
}

}  // namespace
}  // namespace dengji::contracts
