#include "ledger/state/view.hpp"

#include <utility>

namespace dengji::state {
namespace {

const std::optional<std::string>& value_or_none(const std::optional<std::string>& value) {
  return value;
}
const std::optional<std::string>& value_or_none(const std::optional<std::string>* value) {
  return *value;
}

// `base` with `changes` laid over it.
template <class Changes>
void scan_merged(const ReadView& base, const Changes& changes, std::string_view prefix, std::string_view from,
                 const ReadView::Visit& visit) {
  auto mine = changes.lower_bound(from < prefix ? prefix : from);
  const auto in_prefix = [&] { return mine != changes.end() && mine->first.starts_with(prefix); };
  bool going = true;
  // Changes whose key sorts before `below` (or all, for nullopt) are handed out, erased ones passed over.
  const auto emit_below = [&](std::optional<std::string_view> below) {
    while (going && in_prefix() && (!below || mine->first < *below)) {
      if (const auto& value = value_or_none(mine->second)) going = visit(mine->first, *value);
      ++mine;
    }
  };
  base.scan(prefix, from, [&](std::string_view key, std::string_view base_value) {
    emit_below(key);
    if (!going) return false;
    if (in_prefix() && mine->first == key) {
      if (const auto& value = value_or_none(mine->second)) going = visit(key, *value);
      ++mine;
      return going;
    }
    going = visit(key, base_value);
    return going;
  });
  emit_below(std::nullopt);
}

}  // namespace

std::optional<std::string> Overlay::get(std::string_view key) const {
  const auto found = writes_.find(key);
  return found == writes_.end() ? base_.get(key) : found->second;
}

void Overlay::scan(std::string_view prefix, std::string_view from, const Visit& visit) const {
  scan_merged(base_, writes_, prefix, from, visit);
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

void Overlay::absorb(Writes&& writes) {
  while (!writes.empty()) {
    auto inserted = writes_.insert(writes.extract(writes.begin()));
    if (!inserted.inserted) inserted.position->second = std::move(inserted.node.mapped());
  }
}

std::optional<std::string> BatchOverlay::get(std::string_view key) const {
  const auto found = newest_.find(key);
  return found == newest_.end() ? base_.get(key) : *found->second;
}

void BatchOverlay::scan(std::string_view prefix, std::string_view from, const Visit& visit) const {
  scan_merged(base_, newest_, prefix, from, visit);
}

void BatchOverlay::add(const Writes& writes) {
  for (const auto& [key, value] : writes) {
    // The view of an older entry's key is as good as this one's: its node stays, too.
    newest_.insert_or_assign(key, &value);
  }
}

}  // namespace dengji::state
