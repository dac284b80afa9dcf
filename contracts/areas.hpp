// The list of business areas: one line each. Adding an area is one new folder and one line in areas.cpp.
#pragma once

#include "ledger/state/registry.hpp"

namespace dengji::contracts {

// Every entry type, object kind and verdict of this build. Made once.
const state::Registry& registry();
std::span<const state::Area> areas();

}  // namespace dengji::contracts
