// Working days from calendar entries. Without an entry, Monday to Friday are working days; calendar.set names the days
// that differ. A period of n working days starts on the next working day and ends at 24:00 of its n-th.
#pragma once

#include "ledger/state/entry_tx.hpp"

namespace dengji::contracts {

bool is_working_day(const state::ReadView& view, Date day);
// Last day of a period of n working days that starts after `from`; `from` itself for n = 0.
Date working_days_after(const state::ReadView& view, Date from, std::int64_t n);

}  // namespace dengji::contracts
