#include "contracts/governance/relations.hpp"

#include <doctest/doctest.h>

#include "contracts/common/succession.hpp"
#include "contracts/trade/trades.hpp"
#include "tests/support/contract_fixture.hpp"
#include "tests/unit/contracts/subsidy/subsidy_bench.hpp"

namespace dengji::test {
namespace {

using contracts::GovernanceVerdict;
using contracts::Org;
using contracts::OrgStatus;
using contracts::SubsidyBench;
using contracts::SubsidyLine;
using state::General;
using V = GovernanceVerdict;

Json evidence() {
  return Json::array({b64_of("register extract")});
}

Json affiliation(const char* since, const Json& more = Json::object()) {
  Json body{{"org", Cast::seller},
            {"other", Cast::buyer},
            {"relation", "controls"},
            {"since", since},
            {"evidence", evidence()}};
  body.update(more);
  return body;
}

Json succession(const std::string& predecessor, const char* on, const char* cause = "merger") {
  return {{"predecessor", predecessor}, {"cause", cause}, {"on", on}, {"evidence", evidence()}};
}

Submitted succeed(ContractFixture& ledger, const std::string& successor, const Json& body) {
  return ledger.submit("org.succeed", {{"successor", successor}, {"registrar", Cast::registrar}}, body);
}

}  // namespace

TEST_CASE("an affiliation stands with both, on the right sides, and names the entry with its evidence") {
  ContractFixture ledger;
  ledger.at("2026-03-02");
  const auto done = ledger.submit("org.affiliate", kByPlatform, affiliation("2025-06-01"));
  REQUIRE(done.accepted());
  const auto seq = static_cast<std::int64_t>(ledger.leaves().size()) - 1;
  const Json of_seller = ledger.show("org", Cast::seller).at("ties").at(0);
  CHECK(of_seller ==
        Json{{"other", Cast::buyer}, {"nature", "controlled"}, {"since", "2025-06-01"}, {"recorded_seq", seq}});
  CHECK(ledger.show("org", Cast::buyer).at("ties").at(0).at("nature") == "controller");
  CHECK(done.effect("flag").at("members") == Json::array({Cast::buyer, "2025-06-01"}));
}

TEST_CASE("a relation is ended by its first day, once, and a later one may follow") {
  ContractFixture ledger;
  ledger.at("2026-03-02");
  const auto record = [&](const char* since, const Json& more = Json::object()) {
    return ledger.submit("org.affiliate", kByPlatform, affiliation(since, more));
  };
  REQUIRE(record("2025-06-01").accepted());
  CHECK(record("2025-06-01").refused(V::nothing_changes));
  const auto overlapping = record("2026-01-01");
  CHECK(overlapping.refused(V::tie_recorded));
  CHECK(overlapping.context().ends_with(" since 2025-06-01; give that first day to change its end, or other days"));
  REQUIRE(record("2025-06-01", {{"until", "2025-12-31"}}).accepted());
  CHECK(record("2025-12-31").refused(V::tie_recorded));
  CHECK(record("2026-01-01").accepted());
  CHECK(record("2025-01-01", {{"until", "2025-05-31"}}).accepted());
  CHECK(ledger.object<Org>(Cast::buyer).ties.size() == 3);
  // The other way round is another relation.
  CHECK(
      ledger.submit("org.affiliate", kByPlatform, affiliation("2025-06-01", {{"relation", "affiliated"}})).accepted());
}

TEST_CASE("a relation is refused for strangers, for oneself, for days to come and beyond the most there may be") {
  ContractFixture ledger;
  ledger.at("2026-03-02");
  const auto record = [&](const Json& body, const std::vector<By>& by = kByPlatform) {
    return ledger.submit("org.affiliate", by, body);
  };
  CHECK(record(affiliation("2026-01-01"), {{"holder", Cast::outsider}, {"platform", Cast::platform}})
            .refused(V::not_the_holder));
  CHECK(record(affiliation("2026-01-01"), {{"holder", Cast::buyer}}).refused(General::signer_missing));
  CHECK(record(affiliation("2026-01-01", {{"other", Cast::seller}})).refused(V::tie_to_itself));
  const auto unknown = record(affiliation("2026-01-01", {{"other", make_uscc("91320000", "MA1UNKNW")}}));
  CHECK(unknown.refused(General::object_unknown));
  CHECK(unknown.pointer() == "/body/other");
  CHECK(record(affiliation("2026-03-03")).refused(V::tie_days));
  CHECK(record(affiliation("2026-01-01", {{"until", "2025-12-31"}})).refused(V::tie_days));
  const auto early = record(affiliation("2026-01-01", {{"until", "2026-03-03"}}));
  CHECK(early.refused(V::tie_days));
  CHECK(early.context() == "today is 2026-03-02; record the end when it has come");
  ledger.change<Org>(Cast::seller, [](Org& org) {
    for (int i = 0; i < 64; ++i) {
      org.ties.push_back({OrgId(Cast::outsider), "affiliate", add_days(*parse_date("2000-01-01"), i),
                          add_days(*parse_date("2000-01-01"), i), 0});
    }
  });
  CHECK(record(affiliation("2026-01-01")).refused(V::records_full));
  CHECK(record(affiliation("2026-01-01"), {{"holder", Cast::buyer}, {"governor", Cast::bureau}})
            .refused(V::records_full));
}

TEST_CASE("a successor takes over: the predecessor can no longer sign and is succeeded once") {
  ContractFixture ledger;
  ledger.at("2026-03-02");
  CHECK(succeed(ledger, Cast::seller, succession(Cast::seller, "2026-03-01")).refused(V::tie_to_itself));
  CHECK(succeed(ledger, Cast::seller, succession(Cast::second_seller, "2026-03-03")).refused(V::tie_days));
  CHECK(ledger
            .submit("org.succeed", {{"successor", Cast::seller}, {"platform", Cast::platform}},
                    succession(Cast::second_seller, "2026-03-01"))
            .refused(General::signer_not_wanted));
  const auto done = succeed(ledger, Cast::seller, succession(Cast::second_seller, "2026-03-01"));
  REQUIRE(done.accepted());
  CHECK(done.effect("status").at("to") == "succeeded");
  CHECK(ledger.show("org", Cast::second_seller).at("status") == "succeeded");
  const auto again = succeed(ledger, Cast::buyer, succession(Cast::second_seller, "2026-03-02"));
  CHECK(again.refused(V::succeeded_already));
  CHECK(again.context() == "by " + Cast::seller);
  CHECK(succeed(ledger, Cast::second_seller, succession(Cast::buyer, "2026-03-02")).refused(General::org_not_active));
  CHECK(contracts::stands_for(ledger.view(), OrgId(Cast::seller), OrgId(Cast::second_seller)));
  CHECK_FALSE(contracts::stands_for(ledger.view(), OrgId(Cast::second_seller), OrgId(Cast::seller)));
  REQUIRE(succeed(ledger, Cast::buyer, succession(Cast::seller, "2026-03-02")).accepted());
  CHECK(contracts::stands_for(ledger.view(), OrgId(Cast::buyer), OrgId(Cast::second_seller)));
  CHECK(contracts::successor_now(ledger.view(), OrgId(Cast::second_seller)) == OrgId(Cast::buyer));
}

TEST_CASE("a new firm takes the place of the first it succeeds, through a chain; one with a history keeps its own") {
  ContractFixture ledger;
  const std::string middle = make_uscc("91320500", "MA1M1DDL");
  const std::string last = make_uscc("91320500", "MA1LATTT");
  ledger.register_org({.id = middle});
  ledger.register_org({.id = last});
  ledger.at("2026-03-02");
  const auto first = succeed(ledger, middle, succession(Cast::seller, "2026-03-01", "new_code"));
  REQUIRE(first.accepted());
  CHECK(first.effect("flag") == Json{{"fx", "flag"},
                                     {"kind", "org"},
                                     {"id", middle},
                                     {"code", "takes_place"},
                                     {"members", Json::array({Cast::seller})}});
  REQUIRE(succeed(ledger, last, succession(middle, "2026-03-02")).accepted());
  // It holds a place by now: the second it succeeds keeps its own.
  REQUIRE(succeed(ledger, last, succession(Cast::second_seller, "2026-03-02")).accepted());
  CHECK(ledger.show("org", last).at("place") == Cast::seller);
  CHECK(contracts::place_of(ledger.view(), OrgId(last)) == OrgId(Cast::seller));
  CHECK(contracts::holders_of_place(ledger.view(), OrgId(Cast::seller)).size() == 3);
  CHECK(contracts::holders_of_place(ledger.view(), OrgId(Cast::second_seller)).size() == 1);
}

TEST_CASE("a governor's seat goes to its successor, and the quorum stays within reach") {
  ContractFixture ledger;
  const std::string office = make_uscc("11320000", "MB1NEWBU");
  ledger.register_org({.id = office});
  REQUIRE(succeed(ledger, office, succession(Cast::bureau, "2026-01-02", "new_code")).accepted());
  const Json governors = ledger.show("ledger", "self").at("governors");
  CHECK(std::find(governors.begin(), governors.end(), office) != governors.end());
  CHECK(std::find(governors.begin(), governors.end(), Cast::bureau) == governors.end());
  CHECK(ledger.submit("role.grant", {{"governor", office}}, {{"org", office}, {"role", "bureau"}}).accepted());
  // Two seats that become one leave fewer than must sign.
  ledger.change<contracts::Ledger>("self", [&](contracts::Ledger& self) {
    self.governors = {OrgId(office), OrgId(Cast::finance)};
    self.quorum = 2;
  });
  const auto merged = succeed(ledger, office, succession(Cast::finance, "2026-01-02"));
  CHECK(merged.refused(V::quorum_range));
}

}  // namespace dengji::test

namespace dengji::contracts {
namespace {

Json ids(const char* org, const char* other, const char* since) {
  return {{"org", org},
          {"other", other},
          {"relation", "controls"},
          {"since", since},
          {"evidence", Json::array({b64_of(9)})}};
}

constexpr const char* kNewCode = "91320500MA1NEWAA0X";

Verdict new_code(SubsidyBench& world, const char* on) {
  return world.act(
      "org.succeed",
      {{"predecessor", kSeller}, {"cause", "new_code"}, {"on", on}, {"evidence", Json::array({b64_of(9)})}},
      {{"successor", kNewCode}, {"bureau", kBureau}});
}

}  // namespace

TEST_CASE("a relation that began after the bank date leaves what was granted") {
  SubsidyLine line = SubsidyBench::flat_line(100'000);
  line.related_lookback_days = 30;
  SubsidyBench world(line);
  world.bench.day("2026-03-02");
  world.sold(1'000'000);
  const std::string no = world.paid_claim("SUB-TRD");
  REQUIRE(accepted(world.act("org.affiliate", ids(kBuyer, kSeller, "2026-03-02"), {{"bureau", kBureau}})));
  CHECK(world.pool("receivable/" + no) == 100'000);
  REQUIRE(accepted(world.act("org.affiliate", ids(kOther, kSeller, "2026-03-02"), {{"bureau", kBureau}})));
  CHECK(world.pool("receivable/" + no) == 100'000);
}

TEST_CASE("a group joined late, since before the trade, claws back from whichever member was paid") {
  SubsidyLine line = SubsidyBench::flat_line(100'000);
  line.related_lookback_days = 0;
  SubsidyBench world(line);
  world.bench.day("2026-03-02");
  Org seller = world.bench.object<Org>(kSeller);
  seller.groups.push_back({"G1", *parse_date("2026-01-01"), std::nullopt});
  world.bench.put(seller);
  world.sold(1'000'000);
  const std::string no = world.paid_claim("SUB-TRD");
  const auto join = [&](const char* since) {
    return world.act("org.update",
                     {{"org", kBuyer}, {"chain_roles", Json::array()}, {"group", "G1"}, {"group_since", since}},
                     {{"platform", kReviewer}});
  };
  REQUIRE(accepted(join("2026-03-02")));
  CHECK(world.pool("receivable/" + no) == 100'000);
}

TEST_CASE("R11: under a new code the same cap and base go on; what the old code earned and was granted counts") {
  SubsidyBench world(SubsidyBench::worked_line());
  world.bench.put(org_of(kNewCode, "320500"));
  world.bench.day("2026-03-02");
  const std::string trade = world.agree(60'000'000);
  world.settle(trade, 33'333'333);
  const std::string first = world.paid_claim("SUB-TRD");
  CHECK(world.amount(first) == 1'199'999);
  world.bench.day("2026-07-01");
  REQUIRE(accepted(new_code(world, "2026-07-01")));
  // The open trade goes on; its money counts for the place.
  world.settle(trade, 22'222'225);
  const std::string second = world.claim("SUB-TRD", Json::object(), kNewCode);
  CHECK(world.amount(second) == 300'001);
  CHECK(world.subsidy(second).caps == std::vector<std::string>{kSeller});
  CHECK(world.subsidy(second).place == OrgId(kSeller));
  CHECK(world.cap("headroom", kSeller) == 300'001);  // reserved, so still there and pending
  CHECK(world.bench.account("cap/SUB-TRD/2026/headroom/" + std::string(kSeller)).pending_debits == 300'001);
  REQUIRE(accepted(world.end("subsidy.withdraw", second, "claimant", kNewCode)));
}

TEST_CASE("a successor with a history keeps its own cap and base beside the predecessor's") {
  SubsidyBench world(SubsidyBench::worked_line());
  world.bench.put(org_of(kNewCode, "320500"));
  world.certify("ds-9", kNewCode, 9);
  world.bench.day("2026-03-02");
  world.sold(33'333'333);
  world.paid_claim("SUB-TRD");
  REQUIRE(accepted(new_code(world, "2026-03-02")));
  CHECK_FALSE(world.bench.object<Org>(kNewCode).place.has_value());
  world.settle(world.agree(10'000'000, kNewCode, kBuyer, 9), 10'000'000);
  const std::string own = world.claim("SUB-TRD", Json::object(), kNewCode);
  CHECK(world.amount(own) == 500'000);
  CHECK(world.subsidy(own).caps == std::vector<std::string>{kNewCode});
}

TEST_CASE("an open trade is ended by the successor of its seller, and not by a stranger or the predecessor's like") {
  SubsidyBench world(SubsidyBench::worked_line());
  world.bench.put(org_of(kNewCode, "320500"));
  world.bench.day("2026-03-02");
  const std::string trade = world.agree(1'000'000);
  const auto close = [&](const char* seller) {
    return world.act("trade.close", {{"trade", trade}, {"reason", "fulfilled"}},
                     {{"seller", seller}, {"buyer", kBuyer}});
  };
  CHECK(number_of(close(kNewCode)) == static_cast<std::uint16_t>(TradeVerdict::not_the_party));
  REQUIRE(accepted(new_code(world, "2026-03-02")));
  CHECK(number_of(close(kOther)) == static_cast<std::uint16_t>(TradeVerdict::not_the_party));
  CHECK(accepted(close(kNewCode)));
}

}  // namespace dengji::contracts
