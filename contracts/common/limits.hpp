// Last days that hang on the calendar and on the time limits in force, for the kinds that have deadlines
// (ledger/state/deadlines.hpp). The same arithmetic as the effects in the leaves, but by the calendar as now known.
#pragma once

#include <cstdint>
#include <string_view>

#include "contracts/common/policies.hpp"
#include "ledger/state/deadlines.hpp"

namespace dengji::contracts {

// Last day of `days` working days after `since`.
Date working_days_end(DeadlineCall& call, Date since, std::int64_t days);

enum class LimitOf : std::uint8_t { review, ruling };
// Last day of a limit that began on `since` in `region`, by the time limits in force on that day.
Date limit_end(DeadlineCall& call, LimitOf limit, std::string_view region, Date since);

}  // namespace dengji::contracts
