#include "contracts/pool/pools.hpp"

#include "tests/unit/contracts/subsidy/subsidy_bench.hpp"

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

TEST_CASE("pool.open gives a pool-year its terms once, after its first allocation, by its funder") {
  SubsidyBench world;
  CHECK(refused_as(world.open_pool(), General::object_unknown, "/body/pool"));
  REQUIRE(accepted(world.allocate(1'000)));
  CHECK(refused_as(world.open_pool(Json::object(), 2026, kPlatform), V::not_the_funder, "/parties/0/org"));
  REQUIRE(accepted(world.open_pool({{"purpose", "first trades"}, {"document", "2026-17"}})));
  const Json shown = world.bench.shown("pool", "POOL-A-2026");
  CHECK(shown["title"] == "Data trade");
  CHECK(shown["document"] == "2026-17");
  CHECK(shown["available_fen"] == 1'000);
  CHECK(refused_as(world.open_pool(), V::pool_terms_given, "/body/pool"));
  REQUIRE(accepted(world.close()));
  REQUIRE(accepted(world.carry()));
  CHECK_FALSE(world.bench.object<Pool>("POOL-A-2027").title.has_value());
  CHECK(accepted(world.open_pool(Json::object(), 2027)));
  CHECK(refused_as(world.open_pool(), V::pool_closed, "/body/pool"));
}

TEST_CASE("several give to one pool: each takes back no more than its own, and the funder alone pays") {
  SubsidyBench world;
  world.enact("SUB-TRD", SubsidyBench::flat_line(100'000));
  REQUIRE(accepted(world.allocate(100'000)));
  CHECK(refused_as(world.allocate(1, 2026, "POOL-A", kPlatform), V::not_the_funder, "/parties/0/org"));
  const Json city{{"org", kPlatform}, {"pledged_fen", 80'000}};
  CHECK(refused_as(world.open_pool({{"contributors", Json::array({city, city})}}), V::contributor_twice,
                   "/body/contributors/1/org"));
  CHECK(refused_as(world.open_pool({{"contributors", Json::array({Json{{"org", kFinance}}})}}), V::contributor_twice,
                   "/body/contributors/0/org"));
  CHECK(refused_as(world.open_pool({{"contributors", Json::array({Json{{"org", "91320000000000009X"}}})}}),
                   General::object_unknown, "/body/contributors/0/org"));
  REQUIRE(accepted(world.open_pool({{"contributors", Json::array({city})}})));
  REQUIRE(accepted(world.allocate(60'000, 2026, "POOL-A", kPlatform)));
  CHECK(world.pool("authority") == 160'000);
  const auto given = [&] { return world.bench.object<Pool>("POOL-A-2026").contributors.at(0).given_fen.value(); };
  CHECK(given() == 60'000);
  CHECK(refused_as(world.adjust(60'001, 2026, kPlatform), V::pool_cut_too_deep, "/body/cut_fen"));
  CHECK(refused_as(world.adjust(100'001), V::pool_cut_too_deep, "/body/cut_fen"));
  REQUIRE(accepted(world.adjust(10'000, 2026, kPlatform)));
  CHECK(given() == 50'000);
  // 150,000 are left; what a claim has reserved stays out of reach for both.
  world.sold(1'200'000);
  const std::string no = world.claim("SUB-TRD");
  CHECK(refused_as(world.adjust(30'001, 2026, kPlatform), V::pool_cut_too_deep, "/body/cut_fen"));
  REQUIRE(accepted(world.adjust(30'000, 2026, kPlatform)));
  CHECK(given() == 20'000);
  world.approved(no);
  CHECK(refused_as(world.pay(no, "instruct", kPlatform), SubsidyVerdict::not_the_payer, "/parties/0/org"));
  CHECK(accepted(world.pay(no, "instruct")));
  // Who gives money claims none of it.
  CHECK(refused_as(world.try_claim("SUB-TRD", Json::object(), kPlatform), SubsidyVerdict::own_claim, "/parties/0/org"));
}

TEST_CASE("the successor of a funder, a contributor or a fee's payee goes on in its place") {
  SubsidyBench world(SubsidyBench::flat_line(100'000), 200'000);
  REQUIRE(accepted(world.open_pool({{"contributors", Json::array({Json{{"org", kPlatform}}})}})));
  REQUIRE(accepted(world.allocate(50'000, 2026, "POOL-A", kPlatform)));
  REQUIRE(accepted(world.act("fee.assess",
                             {{"payer", kSeller},
                              {"cause_kind", "dataset"},
                              {"cause", "ds-1"},
                              {"line", "storage"},
                              {"amount_fen", 900},
                              {"reason", "tariff"}},
                             {{"platform", kPlatform}})));
  const std::string fee = world.bench.subject();
  world.sold(1'000'000);
  const std::string no = world.claim("SUB-TRD");
  world.approved(no);
  constexpr const char* kNewFinance = "F:SG:uen:finance";
  constexpr const char* kNewPlatform = "F:SG:uen:platform";
  CHECK(refused_as(world.pay(no, "instruct", kNewFinance), SubsidyVerdict::not_the_payer, "/parties/0/org"));
  const auto succeeds = [&](const char* successor, const char* predecessor) {
    Org after = org_of(successor, "320000");
    after.ties.push_back({OrgId(predecessor), "predecessor", *parse_date("2026-01-05"), std::nullopt});
    Org before = world.bench.object<Org>(predecessor);
    before.ties.push_back({OrgId(successor), "successor", *parse_date("2026-01-05"), std::nullopt});
    world.bench.put(after);
    world.bench.put(before);
  };
  succeeds(kNewFinance, kFinance);
  succeeds(kNewPlatform, kPlatform);
  CHECK(accepted(world.pay(no, "instruct", kNewFinance)));
  CHECK(accepted(world.pay(no, "confirm", kNewFinance)));
  CHECK(refused_as(world.adjust(50'001, 2026, kNewPlatform), V::pool_cut_too_deep, "/body/cut_fen"));
  CHECK(accepted(world.adjust(50'000, 2026, kNewPlatform)));
  CHECK(accepted(world.act(
      "fee.waive",
      {{"fee", fee}, {"line", "hardship"}, {"amount_fen", 900}, {"borne_by", kNewPlatform}, {"reason", "hardship"}},
      {{"payee", kNewPlatform}})));
  CHECK(accepted(world.close(2026, false, kNewFinance)));
  CHECK(accepted(world.carry(2026, kNewFinance)));
  CHECK(world.pool("available", 2027) == 100'000);
}

TEST_CASE("a pool-year takes claims to the end of the day that its terms name") {
  SubsidyBench world(SubsidyBench::flat_line(100'000));
  CHECK(refused_as(world.open_pool({{"claims_until", "2026-01-04"}}), V::claims_until_range, "/body/claims_until"));
  CHECK(refused_as(world.open_pool({{"claims_until", "2027-01-01"}}), V::claims_until_range, "/body/claims_until"));
  REQUIRE(accepted(world.open_pool({{"claims_until", "2026-11-30"}})));
  CHECK(world.bench.effects_of<DeadlineEffect>().at(0).until == *parse_date("2026-11-30"));
  world.bench.at("2026-11-30T15:59:59.999Z");
  world.sold(1'000'000);
  const std::string no = world.claim("SUB-TRD");
  world.bench.at("2026-11-30T16:00:00Z");
  CHECK(refused_as(world.try_claim("SUB-TRD"), SubsidyVerdict::pool_claims_ended, "/body/line"));
  world.paid(no);
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
