// What must hold of claims and pools at every seq: the pool book, the cap books and the claim's own sums tell the same;
// nobody keeps more than all that is known entitles to, so that a refund, a flag, an affiliation or a revocation cannot
// go unnoticed; who claims does not review, approve or pay. No contract calls it.
#pragma once

#include "contracts/invariants/books.hpp"

namespace dengji::contracts {

void check_subsidy_invariants(const ReadView& view, const AccountTable& accounts, Faults& faults);
// The same of what an entry wrote. Entitlements only of payees whose claims, settlements or trades it changed.
void check_touched_subsidies(Touch& touch);

}  // namespace dengji::contracts
