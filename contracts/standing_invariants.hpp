// What must hold at every seq beside money and registrations (invariants.hpp): exports by
// the route that the year's sums ask for, the sums of filed periods. Recomputed from the objects with no help from the
// contracts' own counters. Used by audit and by tests; no contract calls it.
#pragma once

#include <map>
#include <string>

#include "contracts/export/exports.hpp"
#include "contracts/invariants/touch.hpp"

namespace dengji::contracts {

// Every fault found, a sentence each; empty if all holds. Reads all exports, filings and periods.
Faults check_standing(const ReadView& view);

// Exports entry by entry. What a decision rested on is judged by the policy of its day: the thresholds kept with it
// must be those in force just before it.
class ExportWatch {
 public:
  void take(Touch& touch);

 private:
  std::map<std::string, ExportTotal> totals_;  // by exporter and year
};

// Filings whose periods an entry wrote.
void check_touched_filings(Touch& touch);

}  // namespace dengji::contracts
