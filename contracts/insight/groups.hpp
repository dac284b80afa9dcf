// By what figures are told apart: industry, city, region group, category, rating, month and so on. A group is a small
// number while figures are added up, and a word with its English and Chinese name when they are told.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/common/reference_policies.hpp"
#include "contracts/insight/scope.hpp"
#include "ledger/base/error.hpp"
#include "ledger/state/fields.hpp"

namespace dengji::contracts::insight {

enum class GroupBy : std::uint8_t {
  all,
  industry,
  city,
  province,
  region_group,
  category,
  tier,
  rating,
  mode,
  scale,
  ownership,
  month,
  fee_kind,
  line,  // of subsidies
};

// Groups of rows. kNone: the row does not tell.
using Group = std::uint32_t;

struct GroupName {
  std::string key;  // as it stands in a query
  std::string en;
  std::string zh;
};

// "industry, city, …": for refusals and documents.
std::string group_names();
std::optional<GroupBy> group_by(std::string_view name);

// The entry behind a part of a figure, and the object that it is about.
struct Behind {
  std::uint64_t seq = 0;
  std::string_view kind;
  std::uint32_t object = kNone;  // data set, trade, or a number of Tables::numbers, by kind
  Party buyer = kNone;           // of a trade, settlement or filing
};

class Grouper {
 public:
  Grouper(const Scope& scope, GroupBy by);

  GroupBy by() const { return by_; }
  // Of the row's own facts, as at the event where the row keeps them (region and scale of a trade), else as last known.
  Group of(const DatasetRow& row) const;
  Group of(const TradeRow& row, Date day) const;
  Group of(const FilingRow& row) const;
  Group of(const FeeRow& row) const;
  Group of(const ClaimRow& row) const;
  // Of the buyer of a trade or filing, where the group is one of places: as at the agreement, or as last known.
  Group of_buyer(const Behind& behind) const;

  GroupName name(Group group) const;

 private:
  // What a row tells of itself; where it keeps no region, scale or ownership, those of its party as last known.
  struct Told {
    Date day;
    DatasetIndex dataset = kNone;
    Party party = kNone;
    std::optional<std::uint32_t> region = {};
    std::optional<Scale> scale = {};
    std::optional<Ownership> ownership = {};
    Group mode = kNone;
    Group fee_kind = kNone;
    Group line = kNone;
  };

  Group of(const Told& told) const;
  Group of_dataset(DatasetIndex dataset) const;
  Group of_party(Party party) const;
  Group of_region(std::uint32_t region) const;

  const Scope& scope_;
  const GroupBy by_;
  std::vector<WordForm> words_;                 // of industries, where they are asked for
  std::vector<RegionGroupForm> region_groups_;  // as above
  std::map<std::uint32_t, Group> city_groups_;  // by the first four digits of the region
};

}  // namespace dengji::contracts::insight

template <>
struct dengji::state::EnumNames<dengji::contracts::insight::GroupBy> {
  static constexpr std::array names{"all",    "industry", "city",  "province",  "region_group", "category", "tier",
                                    "rating", "mode",     "scale", "ownership", "month",        "fee_kind", "line"};
};
