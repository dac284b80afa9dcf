// The days that policies name, as time limits.
#include <doctest/doctest.h>

#include "tests/support/contract_fixture.hpp"
#include "tests/support/deadline_check.hpp"

namespace dengji::test {
namespace {

std::string limits_of_policy(const ContractFixture& ledger, const std::string& rule) {
  return limits_text(ledger.view(), *ledger.registry().kind("policy"), rule, ledger.today());
}

Submitted enact_until(ContractFixture& ledger, std::string_view kind, const Json& form, const char* to) {
  return ledger.submit("policy.enact", {{"bureau", Cast::bureau}, {"finance", Cast::finance}},
                       {{"kind", std::string(kind)},
                        {"code", "POL"},
                        {"title", "政策"},
                        {"jurisdiction", "320000"},
                        {"effective_from", format_date(ledger.today())},
                        {"effective_to", to},
                        {std::string(kind), form}});
}

const Json kLimits{{"apply_within_working_days", 20},
                   {"review_working_days", 10},
                   {"notice_working_days", 10},
                   {"valid_months", 36},
                   {"renew_window_days", 60}};

}  // namespace

TEST_CASE("each earn year of a line can be claimed to its own last day, by the version that governs it") {
  ContractFixture ledger;
  Json line = subsidy_line();
  line["claim_deadline_days"] = 60;
  ledger.enact("subsidy_line", "SUB", line);
  CHECK(limits_of_policy(ledger, "SUB@1") == "claim 2027-03-01");
  ledger.at("2026-06-01");
  line["claim_deadline_days"] = 30;
  ledger.enact("subsidy_line", "SUB", line, "2028-01-01");
  CHECK(limits_of_policy(ledger, "SUB@2").empty());  // no year of its own yet
  ledger.at("2027-02-01");
  CHECK(limits_of_policy(ledger, "SUB@1") == "claim 2027-03-01, claim 2028-02-29");
  ledger.at("2027-03-02");
  CHECK(limits_of_policy(ledger, "SUB@1") == "claim 2028-02-29");
  ledger.at("2028-03-01");
  CHECK(limits_of_policy(ledger, "SUB@1").empty());
  CHECK(limits_of_policy(ledger, "SUB@2") == "claim 2029-01-30");
}

TEST_CASE("a claim window is told until it has closed") {
  ContractFixture ledger;
  Json line = subsidy_line();
  line["allocation"] = "pro_rata";
  line["window"] = "W1";
  line["window_from"] = "2026-03-01";
  line["window_to"] = "2026-03-31";
  ledger.enact("subsidy_line", "SUB", line);
  CHECK(limits_of_policy(ledger, "SUB@1") == "window 2026-03-31");
  ledger.at("2026-04-01");
  CHECK(limits_of_policy(ledger, "SUB@1").empty());
}

TEST_CASE("the last day of a policy is told while no later version takes over, that of a measure always") {
  ContractFixture ledger;
  REQUIRE(enact_until(ledger, "time_limits", kLimits, "2026-12-31").accepted());
  CHECK(limits_of_policy(ledger, "POL@1") == "validity 2026-12-31");
  ledger.enact("time_limits", "POL", kLimits, "2027-01-01");
  CHECK(limits_of_policy(ledger, "POL@1").empty());
  ledger.enact(
      "measure", "MEA",
      {{"number", 1}, {"name", "数据集"}, {"counts", "registered_datasets"}, {"target", 1'000}, {"by", "2027-12-31"}});
  CHECK(limits_of_policy(ledger, "MEA@1") == "target 2027-12-31");
}

}  // namespace dengji::test
