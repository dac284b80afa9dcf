// Where every fen of a subsidy comes from, and what stopped the rest. Of a claim: Claim::explain (subsidies.hpp). Of
// what an organisation would be due under a line if it claimed now: here. Reads only.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "contracts/subsidy/subsidies.hpp"

namespace dengji::contracts {

// Members by name: line and org, and as in a claim year, side and dataset.
using DueQuery = std::vector<std::pair<std::string, std::string>>;

// The answer for the day of `now`. Its amount is what a claim would be granted, 0 where it would be refused; what is
// due for all that stands in `now`. Errors: member_missing, value_format and value_range with the pointer ?<member>;
// those of `entries`.
Result<Explanation> explain_due(const ReadView& view, const EntryHistory& entries, const DueQuery& query,
                                LedgerTime now);

}  // namespace dengji::contracts
