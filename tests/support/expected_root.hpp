// What the fixed history comes to. It changes only with the history's own script or with what an entry leaves in leaf
// or state; `replay_root` prints it anew.
#pragma once

#include <cstdint>
#include <string_view>

namespace dengji::test {

inline constexpr std::uint64_t kFixedSeed = 20'260'101;
inline constexpr std::size_t kFixedLeaves = 3'000;
inline constexpr std::string_view kFixedRoot = "P_hVeA086KMvDSpHw_emiLpWbZ-9Ff-VUajsZrkBmQ0";
inline constexpr std::string_view kFixedState = "YsZBJz3GvGlLh1fXTylP8NOl3-UTfWsyCsc5M065Xt0";

}  // namespace dengji::test
