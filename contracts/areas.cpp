#include "contracts/areas.hpp"

#include <array>

#include "contracts/certification.hpp"
#include "contracts/exports.hpp"
#include "contracts/fees.hpp"
#include "contracts/filings.hpp"
#include "contracts/governance.hpp"
#include "contracts/lists.hpp"
#include "contracts/market.hpp"
#include "contracts/policies.hpp"
#include "contracts/registration.hpp"
#include "contracts/subsidies.hpp"
#include "contracts/trades.hpp"

namespace dengji::contracts {

std::span<const state::Area> areas() {
  static const std::array all = {
      governance_area(), policy_area(), registration_area(), certification_area(), trade_area(), fee_area(),
      subsidy_area(),    filing_area(), market_area(),       export_area(),        list_area(),
  };
  return all;
}

const state::Registry& registry() {
  static const state::Registry made(areas());
  return made;
}

}  // namespace dengji::contracts
