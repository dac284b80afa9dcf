#include <doctest/doctest.h>

#include "contracts/policy/policies.hpp"
#include "tests/support/contract_fixture.hpp"

namespace dengji::test {
namespace {

using contracts::PolicyVerdict;
using state::General;
using V = PolicyVerdict;

const std::vector<By> kBothOffices{{"bureau", Cast::bureau}, {"finance", Cast::finance}};
const std::vector<By> kBureau{{"bureau", Cast::bureau}};

Json limits(int notice) {
  return {{"apply_within_working_days", 20},
          {"review_working_days", 10},
          {"notice_working_days", notice},
          {"valid_months", 36},
          {"renew_window_days", 60}};
}

Json fees(std::int64_t fen) {
  return {{"payee", Cast::platform}, {"registration_fen", fen}, {"service", Json::array()}};
}

Submitted retire(ContractFixture& ledger, const char* rule, const char* last, const Json& more = Json::object(),
                 const std::vector<By>& by = kBothOffices) {
  Json body{{"policy", rule}, {"last_day", last}, {"reason", "上位政策调整"}};
  body.update(more);
  return ledger.submit("policy.retire", by, body);
}

std::int64_t notice_on(const ContractFixture& ledger, const char* on) {
  return contracts::time_limits_on(ledger.view(), "320500", *parse_date(on)).notice_working_days;
}

}  // namespace

TEST_CASE("a retired version ends on its last day and its predecessor does not come back") {
  ContractFixture ledger;
  ledger.enact("time_limits", "LIMITS", limits(7));
  ledger.enact("time_limits", "LIMITS", limits(5), "2026-02-01");
  ledger.at("2026-03-02");
  const auto done = retire(ledger, "LIMITS@2", "2026-03-31", Json::object(), kBureau);
  REQUIRE(done.accepted());
  CHECK(done.effect("status").at("to") == "retired");
  CHECK(ledger.show("policy", "LIMITS@2").at("retired_to") == "2026-03-31");
  CHECK(notice_on(ledger, "2026-03-31") == 5);
  CHECK(notice_on(ledger, "2026-04-01") == 10);  // the default
  CHECK(notice_on(ledger, "2026-01-05") == 7);
  CHECK(retire(ledger, "LIMITS@2", "2026-03-30").refused(V::retired_already));
}

TEST_CASE("a version that has not begun never comes into force, and the one before it goes on") {
  ContractFixture ledger;
  ledger.enact("time_limits", "LIMITS", limits(7));
  ledger.enact("time_limits", "LIMITS", limits(5), "2026-04-01");
  REQUIRE(retire(ledger, "LIMITS@2", "2026-01-02").accepted());
  CHECK(notice_on(ledger, "2026-04-01") == 7);
  // Its number is not used again.
  CHECK(ledger.enact("time_limits", "LIMITS", limits(3), "2026-05-01").effect("status").at("id") == "LIMITS@3");
  CHECK(notice_on(ledger, "2026-05-01") == 3);
}

TEST_CASE("a policy is not retired from a day that is past, that it ends before anyway, or that it began after") {
  ContractFixture ledger;
  ledger.enact("time_limits", "LIMITS", limits(7));
  ledger.enact("time_limits", "LIMITS", limits(5), "2026-04-01");
  ledger.at("2026-03-02");
  const auto past = retire(ledger, "LIMITS@1", "2026-03-01");
  CHECK(past.refused(V::effective_in_past));
  CHECK(past.context() == "today is 2026-03-02; end it then, or set retroactive");
  const auto anyway = retire(ledger, "LIMITS@1", "2026-03-31");
  CHECK(anyway.refused(V::retire_day));
  CHECK(anyway.context() == "LIMITS@1 ends on 2026-03-31 anyway");
  CHECK(retire(ledger, "LIMITS@1", "2026-01-01", {{"retroactive", true}}).refused(V::retire_day));
  CHECK(retire(ledger, "LIMITS@3", "2026-03-31").refused(General::object_unknown));
  REQUIRE(retire(ledger, "LIMITS@1", "2026-02-28", {{"retroactive", true}}).accepted());
  CHECK(notice_on(ledger, "2026-03-01") == 10);
  CHECK(notice_on(ledger, "2026-04-01") == 5);
}

TEST_CASE("what moves money is retired by bureau and finance, and a subsidy line not before today") {
  ContractFixture ledger;
  ledger.enact("fee_schedule", "FEE-A", fees(1));
  ledger.enact("subsidy_line", "SUB-A", subsidy_line());
  ledger.at("2026-03-02");
  CHECK(retire(ledger, "FEE-A@1", "2026-03-31", Json::object(), kBureau).refused(General::signer_missing));
  CHECK(retire(ledger, "FEE-A@1", "2026-03-31", Json::object(), {{"finance", Cast::finance}})
            .refused(General::signer_missing));
  CHECK(retire(ledger, "FEE-A@1", "2026-03-31").accepted());
  CHECK(retire(ledger, "SUB-A@1", "2026-03-01", {{"retroactive", true}}).refused(V::retire_day));
  REQUIRE(retire(ledger, "SUB-A@1", "2026-06-30").accepted());
  // The year that it governed stays its own.
  const auto within = ledger.submit("policy.enact", kBothOffices,
                                    {{"kind", "subsidy_line"},
                                     {"code", "SUB-A"},
                                     {"title", "补贴"},
                                     {"jurisdiction", "320000"},
                                     {"effective_from", "2026-07-01"},
                                     {"subsidy_line", subsidy_line()}});
  CHECK(within.refused(V::earn_year_taken));
  CHECK(ledger.enact("subsidy_line", "SUB-A", subsidy_line(), "2027-01-01").accepted());
}

TEST_CASE("R10: of two schedules in force the smallest code decides, until it is retired") {
  ContractFixture ledger;
  ledger.enact("fee_schedule", "FEE-B", fees(200));
  ledger.enact("fee_schedule", "FEE-A", fees(100));
  const auto fee_on = [&](const char* on) {
    return contracts::policy_in_force(ledger.view(), contracts::PolicyKind::fee_schedule, "320500", *parse_date(on))
        ->fee_schedule->registration_fen.value();
  };
  CHECK(fee_on("2026-01-02") == 100);
  REQUIRE(retire(ledger, "FEE-A@1", "2026-01-31").accepted());
  CHECK(fee_on("2026-01-31") == 100);
  CHECK(fee_on("2026-02-01") == 200);
}

}  // namespace dengji::test
