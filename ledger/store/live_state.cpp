#include "ledger/store/live_state.hpp"

#include <utility>

#include "ledger/store/versions.hpp"

namespace dengji::store {

std::size_t LiveState::weight(const Item& item) {
  // List node, hash node and the allocator's share: measured, about 160 bytes beside the strings.
  return 160 + item.key.size() + (item.value ? item.value->size() : 0);
}

std::optional<std::string> LiveState::get(std::string_view key) const {
  const auto found = index_.find(key);
  if (found != index_.end()) {
    hits_.fetch_add(1, std::memory_order_relaxed);
    recent_.splice(recent_.begin(), recent_, found->second);
    return found->second->value;
  }
  misses_.fetch_add(1, std::memory_order_relaxed);
  auto value = read(key);
  if (!value) {
    core_.note_failure(value.error());
    return std::nullopt;
  }
  keep(key, *value);
  return std::move(*value);
}

Result<std::optional<std::string>> LiveState::read(std::string_view key) const {
  if (!cursor_) {
    auto database = core_.pin();
    if (!database) return std::unexpected(std::move(database).error());
    database_ = std::move(*database);
    cursor_.emplace(*database_, Cursor::Caching::keep);
  }
  auto value = read_version(*cursor_, key, core_.size());
  if (!value) cursor_.reset();
  return value;
}

void LiveState::scan(std::string_view prefix, std::string_view from, const Visit& visit) const {
  const auto database = core_.pin();
  const auto scanned = database ? scan_versions(**database, prefix, from, core_.size(), visit)
                                : Result<void>(std::unexpected(database.error()));
  if (!scanned) core_.note_failure(scanned.error());
}

// The key is not there yet.
void LiveState::keep(std::string_view key, std::optional<std::string> value) const {
  recent_.push_front({.key = std::string(key), .value = std::move(value)});
  index_.emplace(recent_.front().key, recent_.begin());
  bytes_.fetch_add(weight(recent_.front()), std::memory_order_relaxed);
  while (bytes_.load(std::memory_order_relaxed) > limit_bytes_ && !recent_.empty()) {
    drop(index_.find(recent_.back().key));
  }
}

void LiveState::drop(Index::iterator found) const {
  const auto item = found->second;
  bytes_.fetch_sub(weight(*item), std::memory_order_relaxed);
  index_.erase(found);
  recent_.erase(item);
}

void LiveState::written(const std::string& key, std::optional<std::string> value) {
  const auto found = index_.find(key);
  if (found == index_.end()) return;
  Item& item = *found->second;
  // A key that was absent was most likely read only to make sure of that.
  if (!item.value || !value) return drop(found);
  bytes_.fetch_sub(weight(item), std::memory_order_relaxed);
  item.value = std::move(value);
  bytes_.fetch_add(weight(item), std::memory_order_relaxed);
}

void LiveState::refresh() {
  cursor_.reset();
  database_.reset();
}

void LiveState::clear() {
  refresh();
  index_.clear();
  recent_.clear();
  bytes_.store(0, std::memory_order_relaxed);
}

}  // namespace dengji::store
