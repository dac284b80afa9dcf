// The worked year of the accounts as entries ready to be applied: fee and waiver, one trade, two claims under a cap, a
// refund with its clawback, the pool carried over. tests/unit/contracts/worked_year_test.cpp checks every balance of
// it; here it is material for whoever needs an ordinary history.
#pragma once

#include <vector>

#include "tests/support/money_play.hpp"

namespace dengji::test {

// Accepted entries, genesis first.
std::vector<MoneyPlay::Sent> worked_history();

}  // namespace dengji::test
