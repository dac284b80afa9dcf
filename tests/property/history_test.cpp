// One history over every area, its root and state fixed. The same program built by clang (target replay_root, stage
// `compilers` of scripts/test.sh) must come to the same.
#include <doctest/doctest.h>

#include <set>

#include "crypto/base64.hpp"
#include "tests/support/expected_root.hpp"
#include "tests/support/long_history.hpp"

namespace dengji::test {

TEST_CASE("the fixed history comes to the committed root and state, with its refusals and without them") {
  LongHistory history(kFixedSeed);
  history.run(kFixedLeaves);
  CHECK(crypto::to_b64(history.root()) == kFixedRoot);
  CHECK(crypto::to_b64(history.state()) == kFixedState);
  CHECK(history.play().refused() > 500);

  const Replay accepted_alone = replay(history.play().sent());
  CHECK(accepted_alone.root == history.root());
  CHECK(accepted_alone.state == history.state());

  std::set<std::string> areas;
  for (const auto& [what, count] : history.play().outcomes()) {
    if (!what.ends_with(" ok")) continue;
    const auto* type = contracts::registry().type(what.substr(0, what.find(' ')));
    REQUIRE(type);
    areas.insert(std::string(type->area));
  }
  CHECK(areas == std::set<std::string>{"certification", "fee", "filing", "governance", "policy", "registration",
                                       "subsidy", "trade"});
}

}  // namespace dengji::test
