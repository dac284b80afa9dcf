// The tools of the long random histories (property_rules) keep what they promise: a history can be played again from
// its steps, and a failing one is cut down to what makes it fail.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/support/rules_player.hpp"

namespace dengji::test {
namespace {

TEST_CASE(
    "a random history of every type keeps the invariants, and comes to the same when its steps are played again") {
  RulesHistory history(20'261'124);
  while (history.steps().size() < 1'500) {
    history.go_on();
    for (const std::string& fault : history.world().faults()) FAIL(fault);
  }
  history.world().check_whole();
  history.world().check_replay();
  CHECK(history.world().faults().empty());
  CHECK(history.world().accepted() > 300);
  CHECK(fault_of(history.steps()).empty());

  RulesHistory again(20'261'124);
  while (again.steps().size() < history.steps().size()) again.go_on();
  CHECK(again.world().ledger().leaves() == history.world().ledger().leaves());
}

TEST_CASE("a failing history is cut down to the steps that make it fail, under the names that they give") {
  RulesHistory history(7);
  // A fault to look for that no rule forbids: money was paid back.
  const Judge refunded = [](std::vector<Step> steps) -> std::string {
    RulesLedger world;
    std::map<std::string, std::string> names;
    for (Step& step : steps) {
      const std::vector<std::string> made = step.made;
      rename_ids(step.body, names);
      if (world.play(step).accepted() && step.type == "trade.refund") return "money was paid back";
      if (made.size() != step.made.size()) continue;
      for (std::size_t i = 0; i < made.size(); ++i) names[made[i]] = step.made[i];
    }
    return {};
  };
  while (history.world().outcomes().count("trade.refund ok") == 0) {
    REQUIRE(history.steps().size() < 5'000);
    history.go_on();
  }
  REQUIRE(refunded(history.steps()) == "money was paid back");
  const std::vector<Step> shortest = shrink(history.steps(), "money was paid back", refunded);
  CHECK(shortest.size() < 12);
  CHECK(shortest.back().type == "trade.refund");
  // Not one of what is left can be done without.
  for (std::size_t i = 0; i < shortest.size(); ++i) {
    std::vector<Step> without = shortest;
    without.erase(without.begin() + static_cast<std::ptrdiff_t>(i));
    CHECK_MESSAGE(refunded(without).empty(), shortest[i].type);
  }
  // The names are those of the short history itself: a signed ledger takes it as it stands.
  ContractFixture ledger;
  for (const Step& step : shortest) {
    ledger.at(format_time(LedgerTime{ledger.time().ms + step.wait_hours * 3'600'000}));
    const Submitted done = ledger.submit(step.type, step.by, step.body);
    CHECK_MESSAGE(done.accepted(), step.type, ": ", done.context());
  }
  CHECK(pasteable(shortest).find("ledger.submit(\"trade.refund\"") != std::string::npos);
}

TEST_CASE("faults that differ in numbers and names alone are the same fault") {
  CHECK(words_of("subsidy BT32050020260000001H: granted 5, entitled to 4") ==
        words_of("subsidy BT32050020260000002F: granted 70, entitled to 0"));
  CHECK(words_of("pool A lost turnover") != words_of("pool A holds 1"));
}

}  // namespace
}  // namespace dengji::test
