// The time limits that run for a data set, from its application to its end.
#include "tests/support/deadline_check.hpp"
#include "tests/unit/contracts/registration/registration_bench.hpp"

namespace dengji::test {
namespace {

std::string limits_of(const ContractFixture& ledger, std::string_view kind, const std::string& id) {
  return limits_text(ledger.view(), *ledger.registry().kind(kind), id, ledger.today());
}

void set_calendar(ContractFixture& ledger, const std::string& day, bool working) {
  const Json body{{"days", Json::array({Json{{"day", day}, {"working", working}}})}};
  REQUIRE(ledger.submit("calendar.set", kByBureau, body).accepted());
}

bool stands_open(const ContractFixture& ledger, const std::string& dataset) {
  return ledger.view()
      .get(state::index_key("dataset", state::kDeadlineIndex, state::kDeadlineOpen, dataset))
      .has_value();
}

}  // namespace

TEST_CASE("a limit of working days is judged by the calendar known when asked, whatever the leaf said") {
  RegistryBench registry;
  registry.ledger.enact("time_limits", "LIMITS", limits_of_notice(10));
  registry.ledger.at("2026-03-02");
  const Submitted applied = registry.apply(application("A"));
  CHECK(deadline_of(applied).at("until") == "2026-03-16");
  CHECK(limits_of(registry.ledger, "dataset", applied.entry_id) == "review 2026-03-16");
  set_calendar(registry.ledger, "2026-03-10", false);
  CHECK(limits_of(registry.ledger, "dataset", applied.entry_id) == "review 2026-03-17");
  set_calendar(registry.ledger, "2026-03-14", true);  // a Saturday
  CHECK(limits_of(registry.ledger, "dataset", applied.entry_id) == "review 2026-03-16");
}

TEST_CASE("a limit goes by the time limits that were in force when it began to run") {
  RegistryBench registry;
  registry.ledger.enact("time_limits", "LIMITS", limits_of_notice(10));
  registry.ledger.at("2026-03-02");
  const std::string before = registry.applied("A");
  Json faster = limits_of_notice(10);
  faster["review_working_days"] = 2;
  registry.ledger.at("2026-03-03");
  registry.ledger.enact("time_limits", "LIMITS", faster);
  const std::string after = registry.applied("B");
  CHECK(limits_of(registry.ledger, "dataset", before) == "review 2026-03-16");
  CHECK(limits_of(registry.ledger, "dataset", after) == "review 2026-03-05");
}

TEST_CASE("a passed deadline is told as overdue, and nothing has changed by itself") {
  RegistryBench registry;
  registry.ledger.at("2026-03-02");
  const std::string id = registry.applied("A");
  registry.ledger.at("2026-06-01");
  CHECK(limits_of(registry.ledger, "dataset", id) == "review 2026-03-16 overdue");
  CHECK(registry.ledger.show("dataset", id).at("status") == "applied");
  CHECK(registry.review(id, "accept").accepted());
}

TEST_CASE("limits follow an application: review, supplement and review again, notice, objection and ruling") {
  RegistryBench registry;
  registry.ledger.enact("time_limits", "LIMITS", limits_of_notice(10));
  registry.ledger.at("2026-03-02");
  const std::string id = registry.applied("A");
  CHECK(stands_open(registry.ledger, id));
  RegistryBench::must(registry.review(id, "more", "缺少授权"));
  CHECK(limits_of(registry.ledger, "dataset", id).empty());
  CHECK_FALSE(stands_open(registry.ledger, id));
  registry.ledger.at("2026-03-09");
  RegistryBench::must(registry.supplement(id));
  CHECK(limits_of(registry.ledger, "dataset", id) == "review 2026-03-23");  // anew from the answer
  registry.ledger.at("2026-03-10");
  RegistryBench::must(registry.review(id, "accept"));
  CHECK(limits_of(registry.ledger, "dataset", id) == "notice 2026-03-24");
  registry.ledger.at("2026-03-12");
  RegistryBench::must(registry.object(id));
  CHECK(limits_of(registry.ledger, "dataset", id) == "ruling 2026-03-26, notice 2026-03-24");
  registry.ledger.at("2026-03-13");
  RegistryBench::must(registry.rule(id, "dismissed"));
  CHECK(limits_of(registry.ledger, "dataset", id) == "notice 2026-03-24");
  RegistryBench::must(registry.withdraw(id));
  CHECK(limits_of(registry.ledger, "dataset", id).empty());
  CHECK_FALSE(stands_open(registry.ledger, id));
}

TEST_CASE("limits follow a registration: validity, the window of renewal, freeze, and none once it is cancelled") {
  QuickRegistry registry;
  const std::string no = registry.number("A");  // on 2026-01-02, to 2029-01-01
  const std::string id = registry.ledger.show("dataset", no).at("id");
  CHECK(limits_of(registry.ledger, "dataset", no) == "validity 2029-01-01, renewal 2029-01-01");
  CHECK_FALSE(stands_open(registry.ledger, id));

  state::DeadlineCall call(registry.ledger.view(), registry.ledger.today());
  const auto limits = contracts::Dataset::deadlines(registry.ledger.object<contracts::Dataset>(no), call);
  CHECK(format_date(limits[1].since) == "2028-11-03");  // the last sixty days
  CHECK(limits[1].org == OrgId(Cast::seller));
  CHECK(limits[0].lapses);

  RegistryBench::must(registry.freeze(no, "2026-03-31"));
  CHECK(limits_of(registry.ledger, "dataset", no) == "validity 2029-01-01, renewal 2029-01-01, freeze 2026-03-31");
  RegistryBench::must(registry.unfreeze(no));
  CHECK(limits_of(registry.ledger, "dataset", no) == "validity 2029-01-01, renewal 2029-01-01");
  registry.ledger.at("2028-11-03");
  RegistryBench::must(registry.renew(no));
  CHECK(limits_of(registry.ledger, "dataset", no) == "validity 2032-01-01, renewal 2032-01-01");
  RegistryBench::must(registry.cancel(no));
  CHECK(limits_of(registry.ledger, "dataset", no).empty());
}

TEST_CASE("a pledge with a last day waits for its creditor, and is overdue until it is discharged") {
  QuickRegistry registry;
  const std::string no = registry.number("A");
  const std::string id = registry.ledger.show("dataset", no).at("id");
  const Json pledge{{"dataset", no}, {"agreement", b64_of("pledge")}, {"until", "2026-06-30"}};
  REQUIRE(registry.ledger.submit("dataset.encumber", {{"holder", Cast::seller}, {"creditor", Cast::outsider}}, pledge)
              .accepted());
  CHECK(stands_open(registry.ledger, id));
  registry.ledger.at("2026-07-15");
  CHECK(limits_of(registry.ledger, "dataset", no) ==
        "validity 2029-01-01, renewal 2029-01-01, encumbrance 2026-06-30 overdue");
  RegistryBench::must(registry.revoke(no));
  CHECK(limits_of(registry.ledger, "dataset", no) == "encumbrance 2026-06-30 overdue");
  RegistryBench::must(registry.discharge(no));
  CHECK(limits_of(registry.ledger, "dataset", no).empty());
  CHECK_FALSE(stands_open(registry.ledger, id));
}

}  // namespace dengji::test
