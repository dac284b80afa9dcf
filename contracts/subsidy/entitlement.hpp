// From a base to an entitlement, to the fen: threshold, marginal tiers, cross-province bonus, split share, one rounding
// on the total, floor, cap. Pure arithmetic without state; every step can be shown.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "contracts/common/policy_forms.hpp"

namespace dengji::contracts {

inline constexpr std::int64_t kWholePpm = 1'000'000;

// What a line counted: `cross` is the cross-province part of `base`. Sums stay at 2^53-1 once they reach it.
struct BaseSum {
  Fen base;
  Fen cross;

  void add(Fen amount, bool cross_province);
};

// The arithmetic of one line for one payee.
struct EntitlementTerms {
  const SubsidyLine& line;
  std::int64_t share_ppm = kWholePpm;  // of a line that is split between seller and buyer
  std::optional<Fen> cap;              // the unit's own
};

// A result beyond 2^53-1 counts as 2^53-1, or as the cap.
Fen entitlement(const EntitlementTerms& terms, const BaseSum& sum);
// The same, step by step: base, threshold, tier …, cross_province, share, rounded, floor, cap.
std::vector<WorkingStep> entitlement_steps(const EntitlementTerms& terms, const BaseSum& sum);

}  // namespace dengji::contracts
