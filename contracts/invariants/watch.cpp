#include "contracts/invariants/watch.hpp"

#include "contracts/invariants/books.hpp"
#include "contracts/invariants/subsidy_invariants.hpp"
#include "contracts/invariants/trade_invariants.hpp"

namespace dengji::contracts {

Faults InvariantWatch::take(const ReadView& before, const WatchedEntry& entry) {
  Touch touch(before, entry);
  if (entry.seq.value != next_) touch.fault("entry " + std::to_string(next_) + " is missing");
  if (entry.time < last_) touch.fault("ledger time goes back");
  next_ = entry.seq.value + 1;
  last_ = entry.time;
  check_acts(touch);
  check_touched_books(touch);
  check_touched_trades(touch);
  check_touched_subsidies(touch);
  registrations_.take(touch);
  exports_.take(touch);
  check_touched_filings(touch);
  return std::move(touch.faults);
}

}  // namespace dengji::contracts
