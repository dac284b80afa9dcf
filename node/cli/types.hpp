// What dengji type list and type show print, of any registry: the command gives that of this build, a test another one.
#pragma once

#include <string>

#include "ledger/state/registry.hpp"
#include "node/cli/command.hpp"

namespace dengji::cli {

// One row per entry type: type, area, doc, doc_zh.
Json list_types(const state::Registry& registry);
// One type with its signers and the JSON Schema of its body. Error: unknown_type.
Result<Json> show_type(const state::Registry& registry, const std::string& name);

}  // namespace dengji::cli
