// What must hold of who acts, asked of each entry: no key outside its validity or role signs, nobody reviews or issues
// for itself; core data is never registered and important data not without its approval; the entries of a ledger follow
// each other. These are facts about the entry and the state just before it; a whole state cannot tell them afterwards.
#pragma once

#include "contracts/invariants/touch.hpp"

namespace dengji::contracts {

void check_acts(Touch& touch);

}  // namespace dengji::contracts
