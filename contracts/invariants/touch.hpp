// What an entry changed, as the touched form of the invariants looks at it: the state just before, the state just after
// and the keys in between. Each subject's invariants have two forms that must find the same: over a whole state, and
// over the keys of one entry, which costs little enough to be asked after every entry (watch.hpp).
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ledger/state/entry_tx.hpp"

namespace dengji::contracts {

using namespace dengji::state;  // NOLINT: contracts speak the vocabulary of state throughout

using Faults = std::vector<std::string>;

// Sums over many accounts: turnover may come close to 2^63 in each.
using Sum = __int128;

std::string text_of_sum(Sum value);
void expect_equal(Faults& faults, Sum left, Sum right, const std::string& what);

// Every record of a kind, by id.
template <Object T>
void each_record(const ReadView& view, const std::function<void(const T&)>& visit) {
  const std::string prefix = object_prefix(T::kKind);
  view.scan(prefix, prefix, [&](std::string_view, std::string_view value) {
    visit(decode<T>(value));
    return true;
  });
}

// Every record that stands under an index value.
template <Object T>
void each_indexed(const ReadView& view, std::string_view index, std::string_view value,
                  const std::function<void(const T&)>& visit) {
  const std::string prefix = index_prefix(T::kKind, index, value);
  view.scan(prefix, prefix, [&](std::string_view key, std::string_view) {
    if (const auto found = find_object<T>(view, key.substr(prefix.size()))) visit(*found);
    return true;
  });
}

// An accepted entry with what it wrote.
struct WatchedEntry {
  Seq seq;
  LedgerTime time;
  std::string_view type;
  std::span<const entry::Party> parties;
  const Writes& writes;

  Date day() const { return shanghai_day(time); }
};

class Touch {
 public:
  Touch(const ReadView& state_before, const WatchedEntry& watched)
      : before(state_before), entry(watched), after_(state_before) {
    after_.add(watched.writes);
  }

  const ReadView& before;
  const WatchedEntry& entry;
  const ReadView& after() const { return after_; }
  Faults faults;

  void fault(std::string what) { faults.push_back(std::move(what)); }
  void add(Faults more) { faults.insert(faults.end(), more.begin(), more.end()); }

  // Every record of the kind that was written, as it was (nullopt: new) and as it is.
  template <Object T>
  void each_changed(const std::function<void(const std::optional<T>& was, const T& is)>& visit) const {
    each_written(object_prefix(T::kKind), [&](const std::string& key, std::string_view, const std::string& value) {
      const auto old = before.get(key);
      visit(old ? std::optional(decode<T>(*old)) : std::nullopt, decode<T>(value));
    });
  }

  // Every key written with the prefix: the key, what follows the prefix, the value. Erased keys are left out.
  using Written = std::function<void(const std::string& key, std::string_view rest, const std::string& value)>;
  void each_written(const std::string& prefix, const Written& visit) const {
    for (auto at = entry.writes.lower_bound(prefix); at != entry.writes.end() && at->first.starts_with(prefix); ++at) {
      if (at->second) visit(at->first, std::string_view(at->first).substr(prefix.size()), *at->second);
    }
  }

 private:
  BatchOverlay after_;
};

}  // namespace dengji::contracts
