// Small numbers for texts that stand in many rows. One writer gives them out, in whatever order they are met, so a
// number means nothing outside one model; readers turn a number back into its text.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "contracts/insight/column.hpp"

namespace dengji::contracts::insight {

template <class Key>
class Names {
 public:
  // Writer only.
  std::uint32_t number(const Key& key) {
    const auto [at, added] = numbers_.try_emplace(key, static_cast<std::uint32_t>(numbers_.size()));
    if (added) names_.push(key);
    return at->second;
  }
  // Writer only. nullptr: never met.
  const std::uint32_t* find(const Key& key) const {
    const auto at = numbers_.find(key);
    return at == numbers_.end() ? nullptr : &at->second;
  }

  // Any thread; a number that a row told.
  const Key& name(std::uint32_t number) const { return names_[number]; }
  std::size_t size() const { return names_.size(); }

 private:
  std::map<Key, std::uint32_t> numbers_;
  Column<Key> names_;
};

}  // namespace dengji::contracts::insight
