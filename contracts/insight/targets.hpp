// How far the plan's targets are reached: each measure in force says what counts and how much by when; where no policy
// says so, the plan's own four hold.
#pragma once

#include "contracts/insight/stats.hpp"
#include "ledger/state/view.hpp"

namespace dengji::contracts::insight {

// region (320000 where absent): a member of the query that names whose measures. `view` is the state as of the scope.
Result<Json> targets(const Scope& scope, const state::ReadView& view, const Query& query);

}  // namespace dengji::contracts::insight
