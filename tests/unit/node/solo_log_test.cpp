#include "node/ordering/solo_log.hpp"

#include "tests/unit/node/ordered_log_conformance.hpp"

using namespace dengji;

namespace {

SystemClock& clock_of_tests() {
  static SystemClock clock;
  return clock;
}

}  // namespace

TEST_CASE("the solo order keeps what every order must") {
  test::check_ordered_log([] { return std::make_unique<node::SoloLog>(clock_of_tests(), node::SoloLimits{}); });
}

TEST_CASE("a full queue refuses at once and takes again when there is room") {
  node::SoloLog log(clock_of_tests(), {.max_queued = 2});
  REQUIRE(log.start(""));
  REQUIRE(log.append(test::raw_entry(1)));
  REQUIRE(log.append(test::raw_entry(2)));
  const auto refused = log.append(test::raw_entry(3));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::overloaded);
  CHECK(test::take(log, 2).size() == 2);
  CHECK(log.append(test::raw_entry(3)));
}

TEST_CASE("a batch is all that waits, up to its bound") {
  node::SoloLog log(clock_of_tests(), {.max_batch_entries = 4});
  REQUIRE(log.start(""));
  for (std::uint64_t ticket = 1; ticket <= 6; ++ticket) REQUIRE(log.append(test::raw_entry(ticket)));
  auto first = log.next(test::kSoon);
  auto second = log.next(test::kSoon);
  REQUIRE((first && *first && second && *second));
  CHECK((*first)->entries.size() == 4);
  CHECK((*second)->entries.size() == 2);
}
