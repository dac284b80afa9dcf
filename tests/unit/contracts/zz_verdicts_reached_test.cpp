// Runs last: test cases run in the order of their files' names. Makes sense only in a run of the whole program.
#include <doctest/doctest.h>

#include "contracts/areas.hpp"
#include "tests/support/deadline_check.hpp"
#include "tests/support/verdicts_reached.hpp"

namespace dengji::test {

TEST_CASE("every verdict of the registry was reached by a test before this one") {
  std::string missing;
  for (const auto* row : contracts::registry().verdicts()) {
    if (verdicts_reached().contains(row->number)) continue;
    missing += " " + std::to_string(row->number) + " " + std::string(row->slug);
  }
  CHECK_MESSAGE(missing.empty(), "never reached:" << missing);
}

TEST_CASE("every time limit of the registry was seen to run by a test before this one") {
  std::string missing;
  for (const auto* kind : contracts::registry().kinds()) {
    for (const state::DeadlineName& name : kind->deadline_names) {
      const std::string limit = std::string(kind->kind) + " " + std::string(name.what);
      if (!limits_reached().contains(limit)) missing += ", " + limit;
    }
  }
  CHECK_MESSAGE(missing.empty(), "never seen" << missing);
}

}  // namespace dengji::test
