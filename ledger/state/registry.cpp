#include "ledger/state/registry.hpp"

#include <algorithm>

#include "ledger/base/assert.hpp"

namespace dengji::state {
namespace {

template <class T, class Key>
const T* find_sorted(const std::vector<const T*>& sorted, const Key& key, Key T::* member) {
  const auto found = std::lower_bound(sorted.begin(), sorted.end(), key,
                                      [member](const T* item, const Key& wanted) { return item->*member < wanted; });
  return found != sorted.end() && (*found)->*member == key ? *found : nullptr;
}

template <class T, class Key>
void sort_unique(std::vector<const T*>& items, Key T::* member) {
  std::sort(items.begin(), items.end(), [member](const T* a, const T* b) { return a->*member < b->*member; });
  LEDGER_ASSERT(std::adjacent_find(items.begin(), items.end(), [member](const T* a, const T* b) {
                  return a->*member == b->*member;
                }) == items.end());
}

}  // namespace

Registry::Registry(std::span<const Area> areas) {
  for (const VerdictRow& row : general_verdicts()) {
    LEDGER_ASSERT(row.number >= 1 && row.number < 100);
    verdicts_.push_back(&row);
  }
  for (const Area& area : areas) {
    for (const EntryTypeInfo& type : area.types) types_.push_back(&type);
    for (const ObjectKindInfo& kind : area.kinds) kinds_.push_back(&kind);
    for (const VerdictRow& row : area.verdicts) {
      LEDGER_ASSERT(row.number > area.first_verdict && row.number < area.first_verdict + 100);
      verdicts_.push_back(&row);
    }
  }
  sort_unique(types_, &EntryTypeInfo::type);
  sort_unique(verdicts_, &VerdictRow::number);
  sort_unique(kinds_, &ObjectKindInfo::plural);
  sort_unique(kinds_, &ObjectKindInfo::kind);
}

const EntryTypeInfo* Registry::type(std::string_view name) const {
  return find_sorted(types_, name, &EntryTypeInfo::type);
}

const ObjectKindInfo* Registry::kind(std::string_view kind) const {
  return find_sorted(kinds_, kind, &ObjectKindInfo::kind);
}

const ObjectKindInfo* Registry::kind_by_plural(std::string_view plural) const {
  const auto found =
      std::find_if(kinds_.begin(), kinds_.end(), [&](const ObjectKindInfo* info) { return info->plural == plural; });
  return found == kinds_.end() ? nullptr : *found;
}

const VerdictRow& Registry::verdict(std::uint16_t number) const {
  const VerdictRow* row = find_sorted(verdicts_, number, &VerdictRow::number);
  LEDGER_ASSERT(row);
  return *row;
}

}  // namespace dengji::state
