// What must hold of time limits after every accepted entry of every test: the objects say the same as the entry's
// deadline effects, and each limit that an object says is found by the index that the API lists them from.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "ledger/state/keys.hpp"
#include "ledger/state/registry.hpp"

namespace dengji::test {

// "kind what" of the limits that the tests of this program have seen run so far; its last test asks whether one never
// did.
inline std::set<std::string>& limits_reached() {
  static std::set<std::string> reached;
  return reached;
}

namespace detail {

inline std::string limit_text(std::string_view kind, std::string_view id, std::string_view what, Date due) {
  return std::string(kind) + " " + std::string(id) + " " + std::string(what) + " due " + format_date(due);
}

inline void check_found(const state::ReadView& view, const state::ObjectKindInfo& info, const std::string& id,
                        const std::vector<state::Deadline>& limits, std::vector<std::string>& faults) {
  const auto stands = [&](std::string_view value) {
    return view.get(state::index_key(info.kind, state::kDeadlineIndex, value, id)).has_value();
  };
  for (const state::Deadline& limit : limits) {
    const std::string text = limit_text(info.kind, id, limit.what, limit.due);
    bool named = false;
    for (const state::DeadlineName& name : info.deadline_names) named |= name.what == limit.what;
    limits_reached().insert(std::string(info.kind) + " " + std::string(limit.what));
    if (!named) faults.push_back(text + ": not among the kind's names");
    if (limit.role.empty()) faults.push_back(text + ": nobody's");
    if (!stands(state::kDeadlineOpen) && !(limit.lapses && stands(format_date(limit.due)))) {
      faults.push_back(text + ": in no index");
    }
  }
}

// The object goes on to say what the effect told; a delivery day that is amended after the delivery bears on nothing.
inline void check_told(const state::DeadlineEffect& effect, const std::vector<state::Deadline>& limits,
                       std::vector<std::string>& faults) {
  bool runs = false;
  for (const state::Deadline& limit : limits) {
    if (limit.what != effect.what) continue;
    runs = true;
    if (limit.due == effect.until) return;
  }
  if (!runs && effect.kind == "trade" && effect.what == "delivery") return;
  faults.push_back(limit_text(effect.kind, effect.id, effect.what, effect.until) + ": told by the leaf alone");
}

}  // namespace detail

// "review 2026-03-16, notice 2026-03-24 overdue": those of one object that have not lapsed, as its kind gives them.
inline std::string limits_text(const state::ReadView& view, const state::ObjectKindInfo& info, std::string_view id,
                               Date today) {
  state::DeadlineCall call(view, today);
  const auto record = view.get(state::object_key(info.kind, state::resolve_alias(view, info.kind, id)));
  std::string text;
  if (!record) return text;
  for (const state::Deadline& limit : info.deadlines(*record, call)) {
    if (limit.lapses && limit.due < today) continue;
    text.append(text.empty() ? "" : ", ").append(limit.what).append(" ").append(format_date(limit.due));
    if (limit.due < today) text += " overdue";
  }
  return text;
}

// Empty if all is well. `kind_of` gives the ObjectKindInfo of a name, nullptr if the test knows none; `view` is the
// state after the entry that wrote `writes` and told `effects`.
template <class KindOf>
std::vector<std::string> deadline_faults(const KindOf& kind_of, const state::ReadView& view,
                                         const state::Writes& writes, const std::vector<state::Effect>& effects,
                                         LedgerTime now) {
  std::vector<std::string> faults;
  state::DeadlineCall call(view, shanghai_day(now));
  const auto limits_of = [&](const state::ObjectKindInfo& info, std::string_view id) {
    const auto record = view.get(state::object_key(info.kind, id));
    return record ? info.deadlines(*record, call) : std::vector<state::Deadline>{};
  };
  const std::string objects = state::join_key({"o", ""});
  for (auto at = writes.lower_bound(objects); at != writes.end() && at->first.starts_with(objects); ++at) {
    const std::size_t end = at->first.find(state::kSeparator, objects.size());
    const auto* info = kind_of(std::string_view(at->first).substr(objects.size(), end - objects.size()));
    if (!info || !info->deadlines) continue;
    const std::string id = at->first.substr(end + 1);
    detail::check_found(view, *info, id, limits_of(*info, id), faults);
  }
  for (const state::Effect& effect : effects) {
    const auto* told = std::get_if<state::DeadlineEffect>(&effect);
    if (!told) continue;
    const auto* info = kind_of(told->kind);
    if (!info) continue;
    detail::check_told(*told, info->deadlines ? limits_of(*info, told->id) : std::vector<state::Deadline>{}, faults);
  }
  return faults;
}

}  // namespace dengji::test
