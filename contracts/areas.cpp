#include "contracts/areas.hpp"

#include <array>

#include "contracts/certification/certification.hpp"
#include "contracts/export/exports.hpp"
#include "contracts/fee/fees.hpp"
#include "contracts/filing/filings.hpp"
#include "contracts/governance/governance.hpp"
#include "contracts/list/lists.hpp"
#include "contracts/market/market.hpp"
#include "contracts/policy/policies.hpp"
#include "contracts/registration/registration.hpp"
#include "contracts/subsidy/subsidies.hpp"
#include "contracts/trade/trades.hpp"

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
