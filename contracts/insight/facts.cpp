#include "contracts/insight/facts.hpp"

#include <array>

#include "contracts/insight/rows.hpp"
#include "ledger/state/keys.hpp"

namespace dengji::contracts::insight {
namespace {

constexpr std::array<std::string_view, kFactKinds> kNames{
    Org::kKind,   Dataset::kKind,    Certificate::kKind, Rating::kKind, Reserve::kKind,
    Trade::kKind, Settlement::kKind, Filing::kKind,      Fee::kKind,    Claim::kKind};

}  // namespace

std::string_view kind_name(FactKind kind) {
  return kNames[static_cast<std::size_t>(kind)];
}

void add_facts(const state::Writes& writes, std::uint64_t seq, LedgerTime time, std::vector<Fact>& to) {
  static const std::array<std::string, kFactKinds> kPrefixes = [] {
    std::array<std::string, kFactKinds> made;
    for (std::size_t i = 0; i < kFactKinds; ++i) made[i] = state::object_prefix(kNames[i]);
    return made;
  }();
  for (std::size_t i = 0; i < kFactKinds; ++i) {
    const std::string& prefix = kPrefixes[i];
    for (auto at = writes.lower_bound(prefix); at != writes.end() && at->first.starts_with(prefix); ++at) {
      if (at->second) to.push_back({static_cast<FactKind>(i), seq, time, *at->second});
    }
  }
}

}  // namespace dengji::contracts::insight
