// Which verdicts the tests of this program have seen so far. What runs contracts notes them here; the last test of the
// program asks whether one was never seen.
#pragma once

#include <cstdint>
#include <set>

namespace dengji::test {

inline std::set<std::uint16_t>& verdicts_reached() {
  static std::set<std::uint16_t> reached;
  return reached;
}

}  // namespace dengji::test
