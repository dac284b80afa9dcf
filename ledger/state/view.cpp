#include "ledger/state/view.hpp"

#include <utility>

namespace dengji::state {

std::optional<std::string> Overlay::get(std::string_view key) const {
  const auto found = writes_.find(key);
  return found == writes_.end() ? base_.get(key) : found->second;
}

void Overlay::scan(std::string_view prefix, std::string_view from, const Visit& visit) const {
  auto mine = writes_.lower_bound(from < prefix ? prefix : from);
  const auto in_prefix = [&] { return mine != writes_.end() && mine->first.starts_with(prefix); };
  bool going = true;
  // Changes whose key sorts before `below` (or all, for nullopt) are handed out, erased ones passed over.
  const auto emit_below = [&](std::optional<std::string_view> below) {
    while (going && in_prefix() && (!below || mine->first < *below)) {
      if (mine->second) going = visit(mine->first, *mine->second);
      ++mine;
    }
  };
  base_.scan(prefix, from, [&](std::string_view key, std::string_view value) {
    emit_below(key);
    if (!going) return false;
    if (in_prefix() && mine->first == key) {
      if (mine->second) going = visit(key, *mine->second);
      ++mine;
      return going;
    }
    going = visit(key, value);
    return going;
  });
  emit_below(std::nullopt);
}

void Overlay::put(std::string_view key, std::string value) {
  writes_.insert_or_assign(std::string(key), std::move(value));
}

void Overlay::erase(std::string_view key) {
  writes_.insert_or_assign(std::string(key), std::nullopt);
}

void Overlay::absorb(const Writes& writes) {
  for (const auto& [key, value] : writes) writes_.insert_or_assign(key, value);
}

}  // namespace dengji::state
