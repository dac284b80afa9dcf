// Who stands for whom after a succession: a successor goes on with what its predecessor began, and a new firm without a
// history of its own takes the predecessor's place in caps and bases of subsidies, so that a new organisation code
// opens no second cap. org.succeed writes what is read here.
#pragma once

#include <vector>

#include "contracts/common/organisations.hpp"

namespace dengji::contracts {

// Whose place an organisation holds in caps, bases and first contracts: its own, for most.
OrgId place_of(const ReadView& view, const OrgId& org);
// Who holds that place, or held it: its first holder, then those who took it, by id.
std::vector<OrgId> holders_of_place(const ReadView& view, const OrgId& place);
// May `actor` do what is for `party` to do? Itself may, and its successor, however many successions later.
bool stands_for(const ReadView& view, const OrgId& actor, const OrgId& party);
// `party`, or the last of its successors.
OrgId successor_now(const ReadView& view, const OrgId& party);

}  // namespace dengji::contracts
