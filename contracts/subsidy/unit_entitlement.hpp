// What one unit (a payee under a line in an earn period) is entitled to by all that is known now, and what it was
// granted: the two numbers whose difference is due or comes back. Reads only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "contracts/subsidy/subsidy_base.hpp"

namespace dengji::contracts {

struct UnitEntitlement {
  Base base;
  Fen fen;
  std::vector<WorkingStep> steps;
};

// Every claim of a payee and of whoever holds or held its place, in the order of claiming.
std::vector<Claim> claims_of(const ReadView& view, const OrgId& payee);

// `policy` is the version that governs the unit; `claims` all claims of its payee, whose live ones decide what
// exclusive lines leave to each other. A line with months from an event that is void by now gives nothing.
UnitEntitlement unit_entitlement(const ReadView& view, const Policy& policy, const EarnUnit& unit,
                                 const std::vector<Claim>& claims);

struct Granted {
  Fen live;       // reserved or granted, net of cuts and clawbacks
  Fen forfeited;  // clawed back by decision: cannot be claimed again
};
Granted granted_to(const EarnUnit& unit, const std::vector<Claim>& claims);

// The caps that a claim of this unit uses, the unit's own first. `group` is the payee's group on the day of the claim;
// `dataset_no` the DJ number of the unit's data set.
struct CapUse {
  std::string k;
  Fen fen;
};
struct CapOwners {
  OrgId payee;
  std::optional<std::string> group;
  std::optional<RegNo> dataset_no;
};
std::vector<CapUse> caps_of(const SubsidyLine& line, const CapOwners& owners);
// The code of the joint ceiling that a k stands for; nullopt for the k of a line's own cap.
std::optional<std::string_view> joint_code(std::string_view k);

}  // namespace dengji::contracts
