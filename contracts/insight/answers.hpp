// The questions that the read model answers, by the name that they have behind /v1/: a node serves them from its
// running model, the command line from the replay of an export.
#pragma once

#include <string_view>

#include "contracts/insight/inspections.hpp"
#include "contracts/insight/targets.hpp"

namespace dengji::contracts::insight {

struct Question {
  const Scope& scope;
  const state::ReadView& view;  // the state as of the scope; only policies, pools and lists are looked up in it
  const Query& query;
  Part part;
};

// stats, stats/entries, stats/flow, stats/targets, prices, prices/entries, inspections. Errors: not_found for another
// name; those of the query, pointing to its member.
Result<Json> answer(std::string_view name, const Question& question);

}  // namespace dengji::contracts::insight
