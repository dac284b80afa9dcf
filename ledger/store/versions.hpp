// Reading versioned state: newest version below a size, for one key or for all keys of a prefix. The live view, as-of
// views and history all stand on this.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/base/error.hpp"
#include "ledger/state/view.hpp"
#include "ledger/store/database.hpp"
#include "ledger/store/store.hpp"

namespace dengji::store {

// As the state was after the first `size` entries. With a cursor of the caller's, made after they were committed, many
// reads cost one iterator.
Result<std::optional<std::string>> read_version(Cursor& cursor, std::string_view key, std::uint64_t size);
Result<std::optional<std::string>> read_version(const Database& database, std::string_view key, std::uint64_t size);
Result<void> scan_versions(const Database& database, std::string_view prefix, std::string_view from, std::uint64_t size,
                           const state::ReadView::Visit& visit);
Result<std::vector<Version>> read_history(const Database& database, const HistoryQuery& query);
Result<std::vector<KeyVersion>> read_versions(const Database& database, const VersionsQuery& query);

}  // namespace dengji::store
