// The whole state in memory, as a replay makes it from the beginning: for an auditor, and for a dry run to stand on.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "ledger/state/view.hpp"

namespace dengji::node {

// Not thread-safe. A copy is a state of its own.
class ReplayedState final : public state::ReadView {
 public:
  std::optional<std::string> get(std::string_view key) const override {
    const auto found = values_.find(key);
    return found == values_.end() ? std::nullopt : found->second;
  }

  void scan(std::string_view prefix, std::string_view from, const Visit& visit) const override {
    for (auto at = values_.lower_bound(std::max(prefix, from)); at != values_.end(); ++at) {
      if (!at->first.starts_with(prefix) || !visit(at->first, *at->second)) return;
    }
  }

  void absorb(state::Writes writes) {
    while (!writes.empty()) {
      auto write = writes.extract(writes.begin());
      if (!write.mapped()) {
        values_.erase(write.key());
        continue;
      }
      auto inserted = values_.insert(std::move(write));
      if (!inserted.inserted) inserted.position->second = std::move(inserted.node.mapped());
    }
  }

 private:
  state::Writes values_;  // each with a value: so that what an entry wrote moves in whole
};

}  // namespace dengji::node
