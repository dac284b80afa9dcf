// Time limits that run, of every kind that has any, in the order of their last days: what is overdue comes first. Made
// from the registry alone (ledger/state/deadlines.hpp); nothing here knows what a limit means.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/reader.hpp"
#include "ledger/state/registry.hpp"

namespace dengji::api {

struct DeadlineQuery {
  const state::ObjectKindInfo* kind = nullptr;  // nullptr: all
  std::string role;                             // empty: any
  std::string org;                              // empty: any
  std::optional<bool> overdue;
  std::optional<Date> from;  // of the last day
  std::optional<Date> to;
  std::uint64_t limit = 0;
  std::string after;  // what the page before gave as `next`; empty for the first
};

struct FoundDeadline {
  std::string place;  // what it is listed by: last day, kind, id, what, who
  const state::ObjectKindInfo* kind = nullptr;
  std::string id;
  state::Deadline deadline;
};

struct DeadlineList {
  std::vector<FoundDeadline> items;
  std::uint64_t overdue = 0;  // how many there are in all, on this page or not
  bool cut_off = false;       // there are more objects with open limits than are looked at
  std::optional<std::string> next;
};

// Those that `reader` may see and that fit. Limits that somebody must meet are all looked at on each page, up to
// kMaxOpenLooked objects; those that lapse are read from today on, by day, as far as the page needs.
DeadlineList list_deadlines(const state::Registry& registry, const state::ReadView& view, Date today,
                            const Reader& reader, const DeadlineQuery& query);

inline constexpr std::size_t kMaxOpenLooked = 100'000;
inline constexpr std::size_t kMaxLapsesLooked = 5'000;  // of one kind, for one page

}  // namespace dengji::api
