#include "api/versions.hpp"

#include <algorithm>

#include "crypto/base64.hpp"
#include "ledger/state/codec.hpp"
#include "ledger/state/entry_meta.hpp"
#include "ledger/state/keys.hpp"

namespace dengji::api {

Result<VersionPage> read_versions(const Core& core, const Page& page, std::string_view key) {
  std::uint64_t below = page.as_of.size;
  if (!page.after.empty()) below = std::min(below, parse_number(page.after).value_or(0));
  VersionPage found;
  auto visited = core.ports.ledger.history(key, below, [&](Seq seq, std::optional<std::string_view> value) {
    if (found.versions.size() == page.limit) {
      found.next = std::to_string(found.versions.back().first.value);
      return false;
    }
    found.versions.emplace_back(seq, value ? std::optional(std::string(*value)) : std::nullopt);
    return true;
  });
  if (!visited) return std::unexpected(std::move(visited.error()));
  return found;
}

state::Json version_head(Seq seq, const LeafView& leaf, const state::ReadView& view) {
  state::Json json{{"seq", seq.value}, {"time", format_time(leaf.time)}, {"entry_id", crypto::to_b64(leaf.entry_id())}};
  if (const auto meta = view.get(state::entry_meta_key(seq)))
    json["type"] = state::decode<state::EntryMeta>(*meta).type;
  return json;
}

}  // namespace dengji::api
