#include "contracts/insight/groups.hpp"

#include <algorithm>
#include <utility>

namespace dengji::contracts::insight {
namespace {

struct NamedPlace {
  std::uint32_t code;
  std::string_view en;
  std::string_view zh;
};
constexpr std::array kPlaces = {
    NamedPlace{320000, "Jiangsu", "江苏"},   NamedPlace{320100, "Nanjing", "南京"},
    NamedPlace{320200, "Wuxi", "无锡"},      NamedPlace{320300, "Xuzhou", "徐州"},
    NamedPlace{320400, "Changzhou", "常州"}, NamedPlace{320500, "Suzhou", "苏州"},
    NamedPlace{320600, "Nantong", "南通"},   NamedPlace{320700, "Lianyungang", "连云港"},
    NamedPlace{320800, "Huaian", "淮安"},    NamedPlace{320900, "Yancheng", "盐城"},
    NamedPlace{321000, "Yangzhou", "扬州"},  NamedPlace{321100, "Zhenjiang", "镇江"},
    NamedPlace{321200, "Taizhou", "泰州"},   NamedPlace{321300, "Suqian", "宿迁"},
};

// A state in which no policy says anything: what is built in holds.
class NoPolicies final : public state::ReadView {
 public:
  std::optional<std::string> get(std::string_view) const override { return std::nullopt; }
  void scan(std::string_view, std::string_view, const Visit&) const override {}
};

std::string region_text(std::uint32_t region) {
  std::string digits = std::to_string(region);
  return std::string(6 - std::min<std::size_t>(6, digits.size()), '0') + digits;
}

Group month_of(Date day) {
  const CivilDay civil_day = civil(day);
  return static_cast<Group>(civil_day.year * 12 + civil_day.month - 1);
}

GroupName month_name(Group group) {
  std::string month = std::to_string(group % 12 + 1);
  if (month.size() == 1) month.insert(0, 1, '0');
  const std::string text = std::to_string(group / 12) + "-" + month;
  return {text, text, text};
}

GroupName none_name(GroupBy by) {
  switch (by) {
    case GroupBy::rating:
      return {"none", "Not rated", "未评级"};
    case GroupBy::tier:
      return {"none", "Not in the reserve", "未入库"};
    default:
      return {"unknown", "Not told by the entry", "条目未载明"};
  }
}

template <class E>
GroupName enum_name(Group group, std::initializer_list<std::string_view> zh) {
  const std::string name(name_of(static_cast<E>(group)));
  return {name, name, group < zh.size() ? std::string(*(zh.begin() + group)) : name};
}

}  // namespace

std::string group_names() {
  std::string text;
  for (const std::string_view name : state::EnumNames<GroupBy>::names)
    text.append(text.empty() ? "" : ", ").append(name);
  return text;
}

std::optional<GroupBy> group_by(std::string_view name) {
  return state::enum_of<GroupBy>(name);
}

Grouper::Grouper(const Scope& scope, GroupBy by) : scope_(scope), by_(by) {
  const NoPolicies none;
  const state::ReadView& view = scope.view() == nullptr ? none : *scope.view();
  if (by == GroupBy::industry) words_ = words_on(view, Vocabulary::industry, kProvince, scope.today()).all();
  if (by != GroupBy::region_group) return;
  region_groups_ = region_groups_on(view, kProvince, scope.today());
  for (std::size_t i = 0; i < region_groups_.size(); ++i) {
    for (const std::string& city : region_groups_[i].regions) {
      city_groups_.emplace(static_cast<std::uint32_t>(std::stoul(city)) / 100, static_cast<Group>(i));
    }
  }
}

Group Grouper::of_region(std::uint32_t region) const {
  switch (by_) {
    case GroupBy::city:
      return region / 100 * 100;
    case GroupBy::province:
      return region / 10'000 * 10'000;
    case GroupBy::region_group: {
      const auto found = city_groups_.find(region / 100);
      return found == city_groups_.end() ? static_cast<Group>(region_groups_.size()) : found->second;
    }
    default:
      return kNone;
  }
}

Group Grouper::of_dataset(DatasetIndex dataset) const {
  const DatasetRow* row = dataset == kNone ? nullptr : scope_.dataset(dataset);
  switch (by_) {
    case GroupBy::industry:
      return row == nullptr ? kNone : row->industry;
    case GroupBy::category:
      return row == nullptr ? kNone : static_cast<Group>(row->category);
    case GroupBy::rating: {
      if (row == nullptr) return kNone;
      const RatingRow* rating = scope_.rating(dataset);
      return rating == nullptr ? kNone : static_cast<Group>(rating->grade);
    }
    case GroupBy::tier: {
      const auto tier = row == nullptr ? std::nullopt : scope_.tier(dataset);
      return tier ? static_cast<Group>(*tier) : kNone;
    }
    default:
      return kNone;
  }
}

Group Grouper::of_party(Party party) const {
  const Org* org = scope_.org(party);
  if (org == nullptr) return kNone;
  switch (by_) {
    case GroupBy::scale:
      return static_cast<Group>(org->scale);
    case GroupBy::ownership:
      return static_cast<Group>(org->ownership);
    default:
      return of_region(static_cast<std::uint32_t>(std::stoul(org->region)));
  }
}

Group Grouper::of(const Told& told) const {
  switch (by_) {
    case GroupBy::all:
      return 0;
    case GroupBy::month:
      return month_of(told.day);
    case GroupBy::industry:
    case GroupBy::category:
    case GroupBy::tier:
    case GroupBy::rating:
      return of_dataset(told.dataset);
    case GroupBy::city:
    case GroupBy::province:
    case GroupBy::region_group:
      return told.region ? of_region(*told.region) : of_party(told.party);
    case GroupBy::scale:
      return told.scale ? static_cast<Group>(*told.scale) : of_party(told.party);
    case GroupBy::ownership:
      return told.ownership ? static_cast<Group>(*told.ownership) : of_party(told.party);
    case GroupBy::mode:
      return told.mode;
    case GroupBy::fee_kind:
      return told.fee_kind;
    case GroupBy::line:
      return told.line;
  }
  std::unreachable();
}

Group Grouper::of(const DatasetRow& row) const {
  return of(Told{.day = row.registered_on.days == 0 ? row.applied_on : row.registered_on,
                 .dataset = row.dataset,
                 .party = row.holder,
                 .region = row.region});
}

Group Grouper::of(const TradeRow& row, Date day) const {
  return of(Told{.day = day,
                 .dataset = row.dataset,
                 .region = row.seller_region,
                 .scale = row.seller_scale,
                 .ownership = row.seller_ownership,
                 .mode = static_cast<Group>(row.mode)});
}

Group Grouper::of(const FilingRow& row) const {
  return of(Told{.day = row.day, .dataset = row.dataset, .party = row.seller});
}

Group Grouper::of(const FeeRow& row) const {
  Told told{
      .day = row.assessed_on, .dataset = row.dataset, .party = row.payer, .fee_kind = static_cast<Group>(row.kind)};
  if (row.trade != kNone) {
    const TradeRow& trade = scope_.tables().trades[row.trade];
    told.dataset = trade.dataset;
    told.mode = static_cast<Group>(trade.mode);
  }
  return of(told);
}

Group Grouper::of(const ClaimRow& row) const {
  return of(Told{.day = row.claimed_on, .dataset = row.dataset, .party = row.claimant, .line = row.line});
}

Group Grouper::of_buyer(const Behind& behind) const {
  if (behind.kind == Trade::kKind || behind.kind == Settlement::kKind) {
    return of_region(scope_.tables().trades[behind.object].buyer_region);
  }
  return behind.buyer == kNone ? kNone : of_party(behind.buyer);
}

GroupName Grouper::name(Group group) const {
  if (by_ == GroupBy::all) return {"all", "All", "合计"};
  if (group == kNone) return none_name(by_);
  switch (by_) {
    case GroupBy::industry: {
      const std::string& code = scope_.tables().words.name(group);
      const auto word =
          std::find_if(words_.begin(), words_.end(), [&](const WordForm& one) { return one.code == code; });
      if (word == words_.end()) return {code, code, code};
      return {code, word->en, word->zh};
    }
    case GroupBy::city:
    case GroupBy::province: {
      const std::string code = region_text(group);
      for (const NamedPlace& place : kPlaces) {
        if (place.code == group) return {code, std::string(place.en), std::string(place.zh)};
      }
      return {code, code, code};
    }
    case GroupBy::region_group: {
      if (group >= region_groups_.size()) return {"other", "Elsewhere", "其他"};
      const RegionGroupForm& at = region_groups_[group];
      return {at.code, at.en, at.zh};
    }
    case GroupBy::category:
      return enum_name<Category>(group, {"通识", "行业通识", "行业专识"});
    case GroupBy::tier:
      return enum_name<ReserveTier>(group, {"基础库", "特色库", "战略库"});
    case GroupBy::rating:
      return enum_name<RatingGrade>(group, {"优秀", "良好", "合格", "不合格"});
    case GroupBy::mode:
      return enum_name<TradeMode>(group, {"保障", "定制", "电商", "结对子"});
    case GroupBy::scale:
      return enum_name<Scale>(group, {"大型", "中型", "小型", "微型"});
    case GroupBy::ownership:
      return enum_name<Ownership>(group, {"国有", "民营", "外资", "公共机构"});
    case GroupBy::fee_kind:
      return enum_name<FeeKind>(group, {"登记费", "服务费", "其他"});
    case GroupBy::line: {
      const std::string& code = scope_.tables().words.name(group);
      return {code, code, code};
    }
    default:
      return month_name(group);
  }
}

}  // namespace dengji::contracts::insight
