// The reference part of docs/domain.md, made from the registry: entry types with signers and bodies, object kinds,
// effects, accounts, verdicts. A test compares the page with this, so neither can drift from the code.
#pragma once

#include <span>
#include <string>

#include "ledger/state/registry.hpp"

namespace dengji::contracts {

// Markdown, headings from ## on; the same for the same areas.
std::string type_reference(std::span<const state::Area> areas);

}  // namespace dengji::contracts
