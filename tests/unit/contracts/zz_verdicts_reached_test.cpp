// Runs last: test cases run in the order of their files' names. Makes sense only in a run of the whole program.
#include <doctest/doctest.h>

#include "contracts/areas.hpp"
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

}  // namespace dengji::test
