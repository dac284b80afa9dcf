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
  CHECK(history.world().accepted() > 150);
  CHECK(fault_of(history.steps()).empty());

  RulesHistory again(20'261'124);
  while (again.steps().size() < history.steps().size()) again.go_on();
  CHECK(again.world().ledger().leaves() == history.world().ledger().leaves());
}

TEST_CASE("faults that differ in numbers and names alone are the same fault") {
  CHECK(words_of("subsidy BT32050020260000001H: granted 5, entitled to 4") ==
        words_of("subsidy BT32050020260000002F: granted 70, entitled to 0"));
  CHECK(words_of("pool A lost turnover") != words_of("pool A holds 1"));
}

}  // namespace
}  // namespace dengji::test
