#include <doctest/doctest.h>

#include "contracts/policy/policies.hpp"
#include "tests/support/contract_fixture.hpp"
#include "tests/unit/contracts/subsidy/subsidy_bench.hpp"

namespace dengji::contracts {
namespace {

// The city pays 5 %, the province 3 %, both together at most 70,000 fen a firm and year.
SubsidyLine sharing(std::int64_t ppm) {
  SubsidyLine line = SubsidyBench::flat_line(ppm);
  line.joint_cap = JointCap{"JOINT-TRD", Fen(70'000)};
  return line;
}

void enact_two_lines(SubsidyBench& world) {
  world.enact("SUB-CITY", sharing(50'000));
  world.enact("SUB-PROV", sharing(30'000));
  REQUIRE(accepted(world.allocate(1'000'000)));
}

const std::string kBook = "cap/JOINT-TRD/2026/";
const std::string kPayee = std::string("/JOINT-TRD@") + kSeller;

}  // namespace

TEST_CASE("R38: a city's and a province's line fill one joint ceiling, which clips what is due at the claim") {
  SubsidyBench world;
  enact_two_lines(world);
  world.bench.day("2026-03-02");
  world.sold(1'000'000);
  const std::string city = world.paid_claim("SUB-CITY");
  CHECK(world.amount(city) == 50'000);
  CHECK(world.bench.balance(kBook + "issue" + kPayee) == 70'000);
  CHECK(world.bench.balance(kBook + "headroom" + kPayee) == 20'000);
  const std::string province = world.claim("SUB-PROV");
  CHECK(world.amount(province) == 20'000);  // 30,000 less what the ceiling lacks
  const auto workings = world.bench.effects_of<WorkingEffect>();
  REQUIRE(workings.size() == 1);
  CHECK(shown(workings[0], "headroom") == 20'000);
  CHECK(world.subsidy(province).caps == std::vector<std::string>{"JOINT-TRD@" + std::string(kSeller)});
  world.paid(province);
  CHECK(world.bench.balance(kBook + "used" + kPayee) == 70'000);
  CHECK(number_of(world.try_claim("SUB-PROV")) == static_cast<std::uint16_t>(SubsidyVerdict::nothing_due));
}

TEST_CASE("what comes back of one line is headroom for the other") {
  SubsidyBench world;
  enact_two_lines(world);
  world.bench.day("2026-03-02");
  const std::string settled = world.sold(400'000);
  world.sold(600'000);
  world.paid(world.claim("SUB-CITY"));
  const std::string province = world.paid_claim("SUB-PROV");
  CHECK(world.amount(province) == 20'000);
  // Base 600,000: the city is due 30,000 of its 50,000, the province 18,000 of its 20,000.
  world.refund(settled, 400'000);
  CHECK(world.amount(province) == 18'000);
  CHECK(world.bench.balance(kBook + "used" + kPayee) == 48'000);
  CHECK(world.bench.balance(kBook + "headroom" + kPayee) == 22'000);
  world.sold(200'000);
  CHECK(world.amount(world.claim("SUB-PROV")) == 6'000);
}

TEST_CASE("each payee has a joint ceiling of its own, beside the caps of the lines") {
  SubsidyBench world;
  SubsidyLine line = sharing(100'000);
  line.cap_org_fen = Fen(60'000);
  world.enact("SUB-CITY", line);
  REQUIRE(accepted(world.allocate(1'000'000)));
  world.certify("ds-9", kOther, 9);
  world.bench.day("2026-03-02");
  world.sold(1'000'000);
  world.settle(world.agree(500'000, kOther, kBuyer, 9), 500'000);
  CHECK(world.amount(world.claim("SUB-CITY")) == 60'000);
  CHECK(world.amount(world.claim("SUB-CITY", Json::object(), kOther)) == 50'000);
  CHECK(world.bench.balance(kBook + "issue/JOINT-TRD@" + kOther) == 70'000);
}

}  // namespace dengji::contracts

namespace dengji::test {

TEST_CASE("lines that share a ceiling state the same amount in any one year, and its code has its form") {
  ContractFixture ledger;
  const std::vector<By> both{{"bureau", Cast::bureau}, {"finance", Cast::finance}};
  const auto enact = [&](const char* code, const char* jurisdiction, std::int64_t fen, const char* from = "2026-01-02",
                         const char* joint = "JOINT-TRD") {
    Json line = subsidy_line();
    line["joint_cap"] = {{"code", joint}, {"fen", fen}};
    return ledger.submit("policy.enact", both,
                         {{"kind", "subsidy_line"},
                          {"code", code},
                          {"title", "补贴"},
                          {"jurisdiction", jurisdiction},
                          {"effective_from", from},
                          {"effective_to", std::string(from).substr(0, 4) + "-12-31"},
                          {"subsidy_line", line}});
  };
  CHECK(enact("SUB-CITY", "320500", 100, "2026-01-02", "joint/a").refused(contracts::PolicyVerdict::code_form));
  REQUIRE(enact("SUB-CITY", "320500", 100).accepted());
  const auto other = enact("SUB-PROV", "320000", 200);
  CHECK(other.refused(contracts::PolicyVerdict::joint_cap_differs));
  CHECK(other.context() == "SUB-CITY@1 has 100 fen");
  CHECK(enact("SUB-PROV", "320000", 100).accepted());
  CHECK(enact("SUB-PROV", "320000", 200, "2027-01-01").accepted());
  CHECK(enact("SUB-CITY", "320500", 100, "2027-01-01").refused(contracts::PolicyVerdict::joint_cap_differs));
}

}  // namespace dengji::test
