// What the fixed history comes to. It changes only with the history's own script or with what an entry leaves in leaf
// or state; `replay_root` prints it anew.
#pragma once

#include <cstdint>
#include <string_view>

namespace dengji::test {

inline constexpr std::uint64_t kFixedSeed = 20'260'101;
inline constexpr std::size_t kFixedLeaves = 3'000;
inline constexpr std::string_view kFixedRoot = "WoVNl9SeKtTBoj8YpXJq4FqtQUP7lLv0b-SwWQ-vRjg";
inline constexpr std::string_view kFixedState = "POLkglsbv6MxoojMThR2b1BVHhYY-AEg3be9dlrV8n8";

}  // namespace dengji::test
