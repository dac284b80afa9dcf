// Who finds what (inspections.hpp). A finder works out what there is when it is made, lightly, and tells a finding in
// full when asked for it.
#pragma once

#include <cstddef>
#include <memory>

#include "contracts/insight/inspections.hpp"

namespace dengji::contracts::insight {

class Finder {
 public:
  virtual ~Finder() = default;
  // Newest first.
  virtual std::size_t count() const = 0;
  virtual Finding at(std::size_t index) const = 0;
  // How the search went, where it has bounds; null where it looks at everything.
  virtual Json search() const { return nullptr; }
};

// Thresholds below which it may pay to split: what is told of them, and the amount.
struct Threshold {
  std::string rule;
  std::int64_t fen = 0;
};

std::unique_ptr<Finder> find_cycles(const Scope& scope, const InspectionRules& rules);
std::unique_ptr<Finder> find_common_controllers(const Scope& scope, const InspectionRules& rules);
std::unique_ptr<Finder> find_split_contracts(const Scope& scope, const InspectionRules& rules,
                                             const std::vector<Threshold>& thresholds);
std::unique_ptr<Finder> find_price_outliers(const Scope& scope, const InspectionRules& rules);
std::unique_ptr<Finder> find_same_papers(const Scope& scope, const InspectionRules& rules);

// --- for finders
void tell_org(const Scope& scope, Party party, Finding& finding);
void tell_trade(const Scope& scope, TradeIndex trade, Finding& finding);
// Sorted, each once, cut to the newest kMaxEntriesTold.
void tell_entries(std::vector<std::uint64_t> seqs, Finding& finding);

}  // namespace dengji::contracts::insight
