// Workings as an explanation shows them: beside what a step gave, what it adds to the amount, so that anybody can add
// the steps up. Pure; the names of the steps are those that fees and subsidies put into their leaves.
#pragma once

#include <optional>

#include "ledger/state/explain.hpp"

namespace dengji::contracts {

using namespace dengji::state;  // NOLINT: contracts speak the vocabulary of state throughout

// The steps add up to working.fen. What no step of the working tells becomes a last step, `limited`.
ExplainedWorking add_up(const WorkingEffect& working, std::optional<ExplainedEntry> entry = std::nullopt);

}  // namespace dengji::contracts
