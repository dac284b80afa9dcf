// Plays the fixed history, applies its accepted entries again from their bytes alone, and prints size, root and state
// hash on one line. Exit code 1 if they are not the committed ones, or if the second run differs from the first.
#include <cstdio>
#include <string>

#include "crypto/base64.hpp"
#include "tests/support/expected_root.hpp"
#include "tests/support/long_history.hpp"

int main() {
  using namespace dengji;
  using namespace dengji::test;
  LongHistory history(kFixedSeed);
  history.run(kFixedLeaves);
  const std::string root = crypto::to_b64(history.root());
  const std::string state = crypto::to_b64(history.state());
  std::printf("%zu %s %s\n", history.play().ledger().leaves().size(), root.c_str(), state.c_str());
  const Replay again = replay(history.play().sent());
  if (again.root != history.root() || again.state != history.state()) {
    std::fprintf(stderr, "the accepted entries alone come to %s %s\n", crypto::to_b64(again.root).c_str(),
                 crypto::to_b64(again.state).c_str());
    return 1;
  }
  if (root == kFixedRoot && state == kFixedState) return 0;
  std::fprintf(stderr, "expected %s %s\n", kFixedRoot.data(), kFixedState.data());
  return 1;
}
