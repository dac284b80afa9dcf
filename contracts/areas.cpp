#include "contracts/areas.hpp"

#include <array>

#include "contracts/governance.hpp"

namespace dengji::contracts {

std::span<const state::Area> areas() {
  static const std::array all = {
      governance_area(),
  };
  return all;
}

const state::Registry& registry() {
  static const state::Registry made(areas());
  return made;
}

}  // namespace dengji::contracts
