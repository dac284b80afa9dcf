#include "api/deadlines.hpp"

#include <algorithm>

#include "ledger/state/keys.hpp"

namespace dengji::api {

namespace {

using state::Deadline;
using state::ObjectKindInfo;

// Sorts behind every name of a limit: the place behind all limits of an object.
constexpr std::string_view kBehindObject = "\x7f";

std::string place_of(std::string_view day, std::string_view kind, std::string_view id, std::string_view rest) {
  return state::join_key({day, kind, id, rest});
}

std::string place_of(const ObjectKindInfo& kind, std::string_view id, const Deadline& deadline) {
  return place_of(format_date(deadline.due), kind.kind, id,
                  state::join_key({deadline.what, deadline.org ? std::string_view(deadline.org->text) : ""}));
}

// The part of `place` before the next separator, which is taken off with it.
std::string_view take_part(std::string_view& place) {
  const std::size_t end = std::min(place.find(state::kSeparator), place.size());
  const std::string_view part = place.substr(0, end);
  place.remove_prefix(std::min(end + 1, place.size()));
  return part;
}

class Listing {
 public:
  Listing(const state::Registry& registry, const state::ReadView& view, Date today, const Reader& reader,
          const DeadlineQuery& query)
      : registry_(registry), view_(view), today_(today), reader_(reader), query_(query), call_(view, today) {}

  DeadlineList run() {
    DeadlineList list;
    for_each_kind([&](const ObjectKindInfo& kind) { list.cut_off |= !look_at_open(kind); });
    put_in_order();
    list.overdue = static_cast<std::uint64_t>(
        std::count_if(found_.begin(), found_.end(), [&](const FoundDeadline& one) { return late(one.deadline); }));
    std::erase_if(found_, [&](const FoundDeadline& one) { return one.place <= query_.after; });
    if (!query_.overdue.value_or(false)) {
      set_last_day();
      for_each_kind([&](const ObjectKindInfo& kind) { look_at_lapses(kind); });
      put_in_order();
    }
    end_page(list);
    return list;
  }

 private:
  template <class Look>
  void for_each_kind(const Look& look) {
    for (const ObjectKindInfo* kind : registry_.kinds()) {
      if (kind->deadlines && (!query_.kind || query_.kind == kind)) look(*kind);
    }
  }

  bool late(const Deadline& deadline) const { return deadline.due < today_; }

  bool fits(const Deadline& deadline) const {
    if (late(deadline) && deadline.lapses) return false;
    if (query_.overdue && *query_.overdue != late(deadline)) return false;
    if (!query_.role.empty() && deadline.role != query_.role) return false;
    if (!query_.org.empty() && (!deadline.org || deadline.org->text != query_.org)) return false;
    return (!query_.from || deadline.due >= *query_.from) && (!query_.to || deadline.due <= *query_.to);
  }

  // Keeps the object's limits that fit and that `wanted` takes; how many those are.
  template <class Wanted>
  std::size_t keep(const ObjectKindInfo& kind, std::string_view id, const Wanted& wanted) {
    const auto record = view_.get(state::object_key(kind.kind, id));
    if (!record) return 0;
    std::vector<Deadline> all = kind.deadlines(*record, call_);
    std::erase_if(all, [&](const Deadline& one) { return !fits(one) || !wanted(one); });
    if (all.empty() || !reader_.may_see(kind, *record)) return 0;
    for (Deadline& one : all) {
      found_.push_back({place_of(kind, id, one), &kind, std::string(id), std::move(one)});
    }
    return all.size();
  }

  // False where too many stand open.
  bool look_at_open(const ObjectKindInfo& kind) {
    const std::string prefix = state::index_prefix(kind.kind, state::kDeadlineIndex, state::kDeadlineOpen);
    bool all = true;
    view_.scan(prefix, prefix, [&](std::string_view key, std::string_view) {
      all = ++looked_ <= kMaxOpenLooked;
      if (all) keep(kind, key.substr(prefix.size()), [](const Deadline&) { return true; });
      return all;
    });
    return all;
  }

  // Limits that lapse need not be looked at beyond the page that is full without them.
  void set_last_day() {
    last_day_ = query_.to ? format_date(*query_.to) : "9999-12-31";
    if (found_.size() > query_.limit) last_day_ = std::min(last_day_, format_date(found_[query_.limit].deadline.due));
  }

  // Where the kind's index of days goes on behind `after`: kinds before it have told all of that day.
  std::string begin_of(const ObjectKindInfo& kind, const std::string& prefix) const {
    const std::string first = format_date(query_.from ? std::max(today_, *query_.from) : today_);
    std::string_view rest = query_.after;
    const std::string_view day = take_part(rest);
    const std::string_view at = take_part(rest);
    const std::string_view id = take_part(rest);
    if (day < first) return prefix + first;
    std::string begin = prefix + std::string(day);
    if (kind.kind < at) return begin + static_cast<char>(state::kSeparator + 1);
    if (kind.kind == at) begin.append(1, state::kSeparator).append(id);
    return begin;
  }

  void look_at_lapses(const ObjectKindInfo& kind) {
    const std::string prefix = state::join_key({"x", kind.kind, state::kDeadlineIndex, ""});
    std::size_t looked = 0;
    std::size_t kept = 0;
    view_.scan(prefix, begin_of(kind, prefix), [&](std::string_view key, std::string_view) {
      std::string_view id = key.substr(prefix.size());
      const std::string_view day = take_part(id);
      if (day > last_day_) return false;  // "open" too: letters sort behind digits
      const auto lapses_then = [&](const Deadline& one) {
        return one.lapses && format_date(one.due) == day && place_of(kind, id, one) > query_.after;
      };
      kept += keep(kind, id, lapses_then);
      if (kept <= query_.limit && ++looked < kMaxLapsesLooked) return true;
      std::string behind = place_of(day, kind.kind, id, kBehindObject);
      if (!told_to_ || behind < *told_to_) told_to_ = std::move(behind);
      return false;
    });
  }

  // An object may be found by several of its limits.
  void put_in_order() {
    std::sort(found_.begin(), found_.end(), [](const auto& a, const auto& b) { return a.place < b.place; });
    const auto same = [](const auto& a, const auto& b) { return a.place == b.place; };
    found_.erase(std::unique(found_.begin(), found_.end(), same), found_.end());
  }

  void end_page(DeadlineList& list) {
    if (told_to_) std::erase_if(found_, [&](const FoundDeadline& one) { return one.place > *told_to_; });
    if (found_.size() > query_.limit) {
      found_.resize(query_.limit);
      list.next = found_.back().place;
    } else {
      list.next = told_to_;
    }
    list.items = std::move(found_);
  }

  const state::Registry& registry_;
  const state::ReadView& view_;
  const Date today_;
  const Reader& reader_;
  const DeadlineQuery& query_;
  state::DeadlineCall call_;
  std::vector<FoundDeadline> found_;
  std::size_t looked_ = 0;
  std::string last_day_;
  std::optional<std::string> told_to_;  // beyond this place some kind was not read any more
};

}  // namespace

DeadlineList list_deadlines(const state::Registry& registry, const state::ReadView& view, Date today,
                            const Reader& reader, const DeadlineQuery& query) {
  return Listing(registry, view, today, reader, query).run();
}

}  // namespace dengji::api
