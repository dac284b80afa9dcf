// What must hold at every seq beside the money (invariants.hpp): certificates within their registrations, exports by
// the route that the year's sums ask for, the sums of filed periods. Recomputed from the objects with no help from the
// contracts' own counters. Used by audit and by tests; no contract calls it.
#pragma once

#include <string>
#include <vector>

#include "ledger/state/view.hpp"

namespace dengji::contracts {

// Every fault found, a sentence each; empty if all holds. Reads all certificates, exports, filings and periods.
std::vector<std::string> check_standing(const state::ReadView& view);

}  // namespace dengji::contracts
