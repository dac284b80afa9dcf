// An in-memory state for tests: what the store is to the node.
#pragma once

#include <map>
#include <string>

#include "ledger/state/view.hpp"

namespace dengji::test {

class MapView final : public state::ReadView {
 public:
  std::optional<std::string> get(std::string_view key) const override {
    const auto found = values.find(key);
    return found == values.end() ? std::nullopt : std::optional(found->second);
  }
  void scan(std::string_view prefix, std::string_view from, const Visit& visit) const override {
    for (auto at = values.lower_bound(std::max(prefix, from)); at != values.end() && at->first.starts_with(prefix);
         ++at) {
      if (!visit(at->first, at->second)) return;
    }
  }
  void absorb(const state::Writes& writes) {
    for (const auto& [key, value] : writes) {
      if (value) {
        values[key] = *value;
      } else {
        values.erase(key);
      }
    }
  }

  std::map<std::string, std::string, std::less<>> values;
};

}  // namespace dengji::test
