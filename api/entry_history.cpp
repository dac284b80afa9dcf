#include "api/entry_history.hpp"

#include <algorithm>

#include "api/leaf_view.hpp"
#include "ledger/state/codec.hpp"
#include "ledger/state/entry_meta.hpp"
#include "ledger/state/keys.hpp"

namespace dengji::api {

Result<state::EntryHistory::Told> LedgerEntries::told(Seq seq) const {
  if (seq.value >= size_) return fail(ErrorCode::not_found, "entry " + std::to_string(seq.value));
  const auto leaf = ledger_.leaf(seq);
  if (!leaf) return std::unexpected(leaf.error());
  const LeafView entry = view_leaf(*leaf);
  Told told{.type = {}, .time = entry.time, .effects = {}};
  if (const auto meta = view_.get(state::entry_meta_key(seq))) told.type = state::decode<state::EntryMeta>(*meta).type;
  const state::Json effects = state::Json::parse(entry.effects, nullptr, false);
  for (const state::Json& effect : effects) {
    auto read = state::effect_from_json(effect);
    if (!read) return std::unexpected(std::move(read.error()));
    told.effects.push_back(std::move(*read));
  }
  return told;
}

Result<std::vector<state::EntryHistory::Version>> LedgerEntries::versions(std::string_view key) const {
  std::vector<Version> found;
  const auto visited = ledger_.history(key, size_, [&](Seq seq, std::optional<std::string_view> value) {
    found.push_back({seq, value ? std::optional(std::string(*value)) : std::nullopt});
    return true;
  });
  if (!visited) return std::unexpected(visited.error());
  std::reverse(found.begin(), found.end());
  return found;
}

Result<std::optional<Seq>> LedgerEntries::last_change(std::string_view key) const {
  std::optional<Seq> last;
  const auto visited = ledger_.history(key, size_, [&](Seq seq, std::optional<std::string_view>) {
    last = seq;
    return false;
  });
  if (!visited) return std::unexpected(visited.error());
  return last;
}

}  // namespace dengji::api
