// What must hold of the registrations of a ledger at every seq, read from a whole state with no help from the code that
// brought it about. No contract calls it.
#pragma once

#include <string>
#include <vector>

#include "ledger/base/time.hpp"
#include "ledger/state/view.hpp"

namespace dengji::contracts {

// Every fault found on `day`, a sentence each; empty if all holds. One live data set per manifest root and right; one
// first registration per enterprise and per root; certificate within registration within source agreement; licences
// within those of the parents, of the data set, of the licence above; an exclusive licence overlaps no other.
std::vector<std::string> check_registration_invariants(const state::ReadView& view, Date day);

}  // namespace dengji::contracts
