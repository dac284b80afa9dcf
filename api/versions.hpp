// What a key held after each entry that changed it, page by page, newest first: histories of objects and statements of
// accounts are made of these.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/leaf_view.hpp"
#include "api/paging.hpp"

namespace dengji::api {

struct VersionPage {
  std::vector<std::pair<Seq, std::optional<std::string>>> versions;  // nullopt: gone after that entry
  std::optional<std::string> next;                                   // where the next page goes on, if there is one
};

// Errors: those of the ledger port.
Result<VersionPage> read_versions(const Core& core, const Page& page, std::string_view key);

// The entry that made a version: seq, time, entry_id, and its type as the state `view` knows it.
state::Json version_head(Seq seq, const LeafView& leaf, const state::ReadView& view);

}  // namespace dengji::api
