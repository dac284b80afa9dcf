// What must hold of trades at every seq: settled net of refunds within the ceiling, no settlement refunded beyond
// itself, no voucher used beyond its total; a certificate in force wherever something was agreed, delivered or used;
// what was agreed and settled is never rewritten. No contract calls it.
#pragma once

#include "contracts/invariants/touch.hpp"

namespace dengji::contracts {

void check_trade_invariants(const ReadView& view, Faults& faults);
// The same of what an entry wrote.
void check_touched_trades(Touch& touch);

}  // namespace dengji::contracts
