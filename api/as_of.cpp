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

namespace {

std::unexpected<Error> out_of_range(std::string why) {
  return fail(ErrorCode::value_range, std::move(why), "?as_of");
}

Result<AsOf> behind_entry(const Core& core, std::uint64_t seq) {
  const std::uint64_t size = core.size();
  if (seq >= size) {
    return out_of_range("the ledger holds " + std::to_string(size) + " entries; as_of names the last that counts");
  }
  return as_of_size(core, seq + 1);
}

// The end of a day; of the day that is not over yet, `newest`. What the ledger will say tomorrow nobody knows.
Result<LedgerTime> end_of(Date day, LedgerTime newest) {
  if (day > shanghai_day(newest)) {
    return out_of_range("the day " + format_date(day) + " has not come; today is " + format_date(shanghai_day(newest)));
  }
  return std::min(LedgerTime{start_of_day(add_days(day, 1)).ms - 1}, newest);
}

// "41@2026-03-02": behind entry 41, seen on that day.
Result<AsOf> behind_entry_on(const Core& core, std::uint64_t seq, Date day, LedgerTime newest) {
  auto as_of = behind_entry(core, seq);
  if (!as_of) return as_of;
  const auto now = end_of(day, newest);
  if (!now) return std::unexpected(now.error());
  if (*now < as_of->now) {
    return out_of_range("entry " + std::to_string(seq) + " is of " + format_date(shanghai_day(as_of->now)) +
                        ", after the day " + format_date(day));
  }
  as_of->now = *now;
  return as_of;
}

Result<LedgerTime> moment_of(const std::string& text, LedgerTime newest) {
  if (const auto time = parse_time(text)) {
    if (*time > newest) return out_of_range("that moment has not come; it is " + format_time(newest));
    return *time;
  }
  if (const auto day = parse_date(text)) return end_of(*day, newest);
  return fail(ErrorCode::value_format,
              "as_of must be a seq, an instant like 2026-03-02T08:00:00Z, a day, or a seq on a day (41@2026-03-02)",
              "?as_of");
}

}  // namespace

Result<AsOf> resolve_as_of(const Core& core, const std::string* text) {
  if (text == nullptr) return as_of_newest(core);
  if (const auto seq = parse_number(*text)) return behind_entry(core, *seq);
  const LedgerTime newest = as_of_newest(core).now;
  if (const std::size_t at = text->find('@'); at != std::string::npos) {
    const auto seq = parse_number(std::string_view(*text).substr(0, at));
    const auto day = parse_date(std::string_view(*text).substr(at + 1));
    if (seq && day) return behind_entry_on(core, *seq, *day, newest);
  }
  const auto time = moment_of(*text, newest);
  if (!time) return std::unexpected(time.error());
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
