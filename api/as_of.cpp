#include "api/as_of.hpp"

#include <algorithm>

#include "api/leaf_view.hpp"
#include "api/router.hpp"

namespace dengji::api {

AsOf as_of_newest(const Core& core) {
  const auto checkpoint = core.ports.ledger.checkpoint();
  return {.size = checkpoint->size, .now = std::max(core.ports.clock.now(), checkpoint->time)};
}

Result<AsOf> as_of_size(const Core& core, std::uint64_t size) {
  if (size == 0) return AsOf{};
  auto leaf = core.ports.ledger.leaf(Seq{size - 1});
  if (!leaf) return std::unexpected(std::move(leaf.error()));
  return AsOf{.size = size, .now = view_leaf(*leaf).time};
}

Result<AsOf> resolve_as_of(const Core& core, const std::string* text) {
  if (text == nullptr) return as_of_newest(core);
  if (const auto seq = parse_number(*text)) {
    const std::uint64_t size = core.size();
    if (*seq >= size) {
      return fail(ErrorCode::value_range,
                  "the ledger holds " + std::to_string(size) + " entries; as_of names the last that counts", "?as_of");
    }
    return as_of_size(core, *seq + 1);
  }
  std::optional<LedgerTime> time = parse_time(*text);
  if (const auto day = time ? std::nullopt : parse_date(*text)) {
    time = LedgerTime{start_of_day(add_days(*day, 1)).ms - 1};
  }
  if (!time) {
    return fail(ErrorCode::value_format, "as_of must be a seq, an instant like 2026-03-02T08:00:00Z or a day",
                "?as_of");
  }
  auto size = core.ports.ledger.size_at(*time);
  if (!size) return std::unexpected(std::move(size.error()));
  return AsOf{.size = *size, .now = *time};
}

void tell_as_of(Response& response, const AsOf& as_of) {
  if (as_of.size == 0) return;
  response.add_field("Dengji-As-Of", std::to_string(as_of.size - 1));
  response.add_field("Dengji-As-Of-Time", format_time(as_of.now));
}

}  // namespace dengji::api
