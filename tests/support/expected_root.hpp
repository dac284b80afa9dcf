// What the fixed history comes to. It changes only with the history's own script or with what an entry leaves in leaf
// or state; `replay_root` prints it anew.
#pragma once

#include <cstdint>
#include <string_view>

namespace dengji::test {

inline constexpr std::uint64_t kFixedSeed = 20'260'101;
inline constexpr std::size_t kFixedLeaves = 3'000;
inline constexpr std::string_view kFixedRoot = "rX3_SMlKgW1BN_wqIDFRj6Yxm42vl8T6lo9PdEls9SA";
inline constexpr std::string_view kFixedState = "UpagcBK6P3IlW91BqIknlM9kRYfxGP7YHaqzZ9csFWc";

}  // namespace dengji::test
