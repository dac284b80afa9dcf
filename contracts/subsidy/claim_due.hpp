// What a claim under a line would get on a day, and all that stands against it: subsidy.claim takes what this finds, an
// explanation shows it, so that the two cannot differ. Reads only.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "contracts/subsidy/unit_entitlement.hpp"

namespace dengji::contracts {

struct ClaimAsk {
  const SubsidyClaimBody& body;
  OrgId claimant;
  Date today;
};

struct DueClaim {
  EarnUnit unit;
  Policy policy;
  std::string region;  // the claimant's, now
  std::vector<Claim> before;
  UnitEntitlement entitled;  // its steps go on to what was granted and clipped
  Granted granted;
  std::vector<CapUse> caps;
  Fen fen;      // due; 0 where nothing is
  Claim claim;  // as it would be written, without number, amount and day
  // Why a claim would be refused all the same, in the order of the checks: pool, time, amounts.
  std::vector<Refusal> stops;

  // From the base to what is due, without its cause.
  WorkingEffect working() const;
};

// Refused where there is nothing to compute: no such line, side, data set or period.
std::expected<DueClaim, Refusal> find_due(const ReadView& view, const ClaimAsk& ask);

}  // namespace dengji::contracts
