// The newest state, as the writer reads it: values used last are kept in memory, absent keys too, within a limit of
// bytes. Commits go through it, so it never has to be thrown away. Only what was read is kept: most of what an entry
// writes (its own objects, their index keys) is not read again, and would push out what is.
#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "ledger/store/core.hpp"

namespace dengji::store {

// Writer thread only, but for the counters.
class LiveState final : public StateView {
 public:
  LiveState(const Core& core, std::size_t limit_bytes) : core_(core), limit_bytes_(limit_bytes) {}

  std::optional<std::string> get(std::string_view key) const override;
  void scan(std::string_view prefix, std::string_view from, const Visit& visit) const override;
  std::optional<Error> fault() const override { return core_.failure(); }

  // What a commit made of the key.
  void written(const std::string& key, std::optional<std::string> value);
  // After every commit and before a reopen: lets go of the iterator over what was the newest state.
  void refresh();
  void clear();

  std::uint64_t hits() const { return hits_.load(std::memory_order_relaxed); }
  std::uint64_t misses() const { return misses_.load(std::memory_order_relaxed); }
  std::uint64_t bytes() const { return bytes_.load(std::memory_order_relaxed); }

 private:
  struct Item {
    std::string key;
    std::optional<std::string> value;
  };
  using Index = std::unordered_map<std::string_view, std::list<Item>::iterator>;

  static std::size_t weight(const Item& item);
  void keep(std::string_view key, std::optional<std::string> value) const;
  void drop(Index::iterator found) const;
  Result<std::optional<std::string>> read(std::string_view key) const;

  const Core& core_;
  std::size_t limit_bytes_;
  // Making an iterator costs more than a read through it; one serves all misses between two commits.
  mutable std::shared_ptr<Database> database_;  // outlives cursor_
  mutable std::optional<Cursor> cursor_;
  mutable std::list<Item> recent_;  // most recently used first
  mutable Index index_;
  mutable std::atomic<std::uint64_t> bytes_{0};
  mutable std::atomic<std::uint64_t> hits_{0};
  mutable std::atomic<std::uint64_t> misses_{0};
};

}  // namespace dengji::store
