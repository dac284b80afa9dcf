#include "contracts/insight/prices.hpp"

#include <algorithm>
#include <map>
#include <span>
#include <tuple>

#include "contracts/common/vocabularies.hpp"
#include "ledger/base/fen.hpp"

namespace dengji::contracts::insight {
namespace {

std::int64_t half_even(std::int64_t a, std::int64_t b) {
  const __int128 sum = static_cast<__int128>(a) + b;
  const auto low = static_cast<std::int64_t>(sum / 2);
  return sum % 2 == 0 || low % 2 == 0 ? low : low + 1;
}

std::int64_t median_of(std::span<const std::int64_t> sorted) {
  const std::size_t middle = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[middle] : half_even(sorted[middle - 1], sorted[middle]);
}

Json number_name(const Scope& scope, std::uint32_t word) {
  return word == kNone ? Json("unknown") : Json(scope.tables().words.name(word));
}

// An ended or void trade was a price when it was agreed; one that never was to be paid is none.
bool counts(const TradeVersionRow& trade) {
  return trade.status != TradeStatus::voided;
}

using SellerNet = std::map<std::pair<std::uint32_t, TradeMode>, std::map<Party, __int128>>;

SellerNet net_by_seller(const Scope& scope, const Period& period) {
  const auto& tables = scope.tables();
  std::vector<__int128> by_trade(scope.count(tables.trades), 0);
  scope.each(tables.money, [&](const MoneyRow& row) {
    if (period.holds(row.day)) by_trade[row.trade] += row.fen;
  });
  SellerNet net;
  for (std::size_t i = 0; i < by_trade.size(); ++i) {
    if (by_trade[i] == 0) continue;
    const TradeRow& trade = tables.trades[i];
    const DatasetRow* dataset = trade.dataset == kNone ? nullptr : scope.dataset(trade.dataset);
    net[{dataset == nullptr ? kNone : dataset->industry, trade.mode}][trade.seller] += by_trade[i];
  }
  return net;
}

Json concentration(const std::map<Party, __int128>& by_seller) {
  std::vector<__int128> amounts;
  __int128 total = 0;
  for (const auto& [seller, fen] : by_seller) {
    if (fen <= 0) continue;
    amounts.push_back(fen);
    total += fen;
  }
  return Json{{"hhi_points", hhi_points(amounts)}, {"sellers", amounts.size()}, {"net_fen", big_number(total)}};
}

Json group_json(const Scope& scope, const PriceGroup& group, const PriceRule& rule, const SellerNet& net) {
  const std::vector<std::int64_t>& sorted = group.prices;
  const Word* industry =
      group.industry == kNone ? nullptr : find_word(Vocabulary::industry, scope.tables().words.name(group.industry));
  Json json{{"industry", number_name(scope, group.industry)},
            {"industry_zh", industry == nullptr ? std::string("未载明") : std::string(industry->zh)},
            {"mode", state::name_of(group.mode)},
            {"unit", number_name(scope, group.unit)},
            {"prices", sorted.size()},
            {"left_out", {{"free", group.left_out_free}, {"related", group.left_out_related}}}};
  if (!sorted.empty()) {
    const Quartiles found = quartiles(sorted);
    json["min_fen"] = sorted.front();
    json["quartile_1_fen"] = found.low;
    json["median_fen"] = found.median;
    json["quartile_3_fen"] = found.high;
    json["max_fen"] = sorted.back();
  }
  if (const auto fence = fence_of(group, rule)) {
    const auto outside = std::count_if(sorted.begin(), sorted.end(),
                                       [&](std::int64_t price) { return price < fence->low || price > fence->high; });
    json["outliers"] = {{"count", outside}, {"below_fen", fence->low}, {"above_fen", fence->high}};
  }
  const auto sold = net.find({group.industry, group.mode});
  if (sold != net.end()) json["concentration"] = concentration(sold->second);
  return json;
}

}  // namespace

Quartiles quartiles(const std::vector<std::int64_t>& sorted) {
  const std::span<const std::int64_t> all(sorted);
  const std::size_t half = all.size() / 2;
  if (half == 0) return {all[0], all[0], all[0]};
  return {median_of(all.first(half)), median_of(all), median_of(all.last(half))};
}

std::int64_t hhi_points(const std::vector<__int128>& amounts) {
  __int128 total = 0;
  for (const __int128 amount : amounts) total += amount;
  if (total <= 0) return 0;
  // Shares in parts per thousand million; the sum of their squares is at most 10^18.
  constexpr __int128 kWhole = 1'000'000'000;
  __int128 squares = 0;
  for (const __int128 amount : amounts) {
    const __int128 share = (amount * kWhole + total / 2) / total;
    squares += share * share;
  }
  constexpr __int128 kPerPoint = kWhole * kWhole / 10'000;
  return static_cast<std::int64_t>((squares + kPerPoint / 2) / kPerPoint);
}

Result<PriceRule> price_rule(const Query& query) {
  PriceRule rule;
  auto period = period_members(query);
  if (!period) return std::unexpected(std::move(period.error()));
  rule.period = *period;
  const auto lookback =
      number_member(query, "lookback_days", {.min = 0, .max = 3'660, .otherwise = rule.lookback_days});
  if (!lookback) return std::unexpected(lookback.error());
  rule.lookback_days = *lookback;
  const auto k = number_member(query, "k_ppm", {.min = 0, .max = 100'000'000, .otherwise = rule.k_ppm});
  if (!k) return std::unexpected(k.error());
  rule.k_ppm = *k;
  return rule;
}

bool related_parties(const Scope& scope, const TradeRow& trade, std::int64_t lookback_days) {
  const Org* seller = scope.org(trade.seller);
  const Org* buyer = scope.org(trade.buyer);
  if (seller == nullptr || buyer == nullptr) return false;
  // Most organisations belong to nobody.
  if (seller->ties.empty() && seller->groups.empty()) return false;
  if (buyer->ties.empty() && buyer->groups.empty()) return false;
  return related(*seller, *buyer, {add_days(trade.day, -static_cast<int>(lookback_days)), trade.day});
}

std::vector<PriceGroup> price_groups(const Scope& scope, const PriceRule& rule) {
  const auto& tables = scope.tables();
  std::map<std::tuple<std::uint32_t, TradeMode, std::uint32_t>, PriceGroup> groups;
  std::map<const PriceGroup*, std::vector<std::pair<std::int64_t, TradeIndex>>> found;
  tables.trades.each(scope.count(tables.trades), [&](std::size_t index, const TradeRow& row) {
    const auto trade = static_cast<TradeIndex>(index);
    const TradeVersionRow* now = scope.trade(trade);
    if (now == nullptr || !rule.period.holds(row.day) || !counts(*now)) return;
    const DatasetRow* dataset = row.dataset == kNone ? nullptr : scope.dataset(row.dataset);
    const std::uint32_t industry = dataset == nullptr ? kNone : dataset->industry;
    PriceGroup& group = groups[{industry, row.mode, now->unit}];
    group.industry = industry;
    group.mode = row.mode;
    group.unit = now->unit;
    if (now->price_fen <= 0) {
      ++group.left_out_free;
    } else if (related_parties(scope, row, rule.lookback_days)) {
      ++group.left_out_related;
    } else {
      found[&group].emplace_back(now->price_fen, trade);
    }
  });
  std::vector<PriceGroup> list;
  for (auto& [key, group] : groups) {
    auto& prices = found[&group];
    std::sort(prices.begin(), prices.end());
    for (const auto& [price, trade] : prices) {
      group.prices.push_back(price);
      group.trades.push_back(trade);
    }
    list.push_back(std::move(group));
  }
  const auto word = [&](std::uint32_t number) { return number == kNone ? std::string() : tables.words.name(number); };
  std::sort(list.begin(), list.end(), [&](const PriceGroup& a, const PriceGroup& b) {
    return std::tuple(word(a.industry), a.mode, word(a.unit)) < std::tuple(word(b.industry), b.mode, word(b.unit));
  });
  return list;
}

std::optional<Fence> fence_of(const PriceGroup& group, const PriceRule& rule) {
  if (static_cast<std::int64_t>(group.prices.size()) < rule.least) return std::nullopt;
  const Quartiles found = quartiles(group.prices);
  const __int128 reach = static_cast<__int128>(found.high - found.low) * rule.k_ppm / 1'000'000;
  const auto clipped = [](__int128 value) {
    return static_cast<std::int64_t>(std::clamp<__int128>(value, 0, kMaxSafeInteger));
  };
  return Fence{clipped(found.low - reach), clipped(found.high + reach)};
}

namespace {

// Groups that the query leaves in.
Result<std::vector<PriceGroup>> asked_groups(const Scope& scope, const Query& query, const PriceRule& rule) {
  const std::string* industry = member(query, "industry");
  const std::string* mode = member(query, "mode");
  const std::string* unit = member(query, "unit");
  if (mode != nullptr && !state::enum_of<TradeMode>(*mode)) {
    return fail(ErrorCode::value_range, "mode must be assured, custom, catalogue or paired", "?mode");
  }
  std::vector<PriceGroup> groups = price_groups(scope, rule);
  std::erase_if(groups, [&](const PriceGroup& group) {
    return (industry != nullptr && number_name(scope, group.industry) != *industry) ||
           (mode != nullptr && state::name_of(group.mode) != *mode) ||
           (unit != nullptr && number_name(scope, group.unit) != *unit);
  });
  return groups;
}

}  // namespace

Result<Json> prices(const Scope& scope, const Query& query) {
  const auto rule = price_rule(query);
  if (!rule) return std::unexpected(rule.error());
  const auto groups = asked_groups(scope, query, *rule);
  if (!groups) return std::unexpected(groups.error());
  const SellerNet net = net_by_seller(scope, rule->period);
  Json items = Json::array();
  for (const PriceGroup& group : *groups) {
    Json item = group_json(scope, group, *rule, net);
    std::string behind = "/v1/prices/entries?mode=" + std::string(state::name_of(group.mode));
    behind.append("&industry=").append(query_text(number_name(scope, group.industry).get<std::string>()));
    behind.append("&unit=").append(query_text(number_name(scope, group.unit).get<std::string>()));
    behind.append("&lookback_days=").append(std::to_string(rule->lookback_days));
    behind.append("&k_ppm=").append(std::to_string(rule->k_ppm));
    item["query"] = behind + period_text(rule->period) + as_of_text(scope.as_of());
    items.push_back(std::move(item));
  }
  Json rules{{"price", "stated price of a unit, else ceiling by quantity, else the ceiling as unit 'whole'"},
             {"left_out", "free deals, and deals between parties related within lookback_days; counted per item"},
             {"median", "of an even count the mean of the middle two, half to even"},
             {"quartiles", "medians of the halves, the middle value of an odd count in neither"},
             {"outlier", "beyond the quartiles by more than k_ppm millionths of the interquartile range"},
             {"hhi_points", "sum of squared shares of sellers in per cent, over net settled money on the platform"},
             {"lookback_days", rule->lookback_days},
             {"k_ppm", rule->k_ppm}};
  return Json{{"items", std::move(items)}, {"rules", std::move(rules)}};
}

Result<Json> price_entries(const Scope& scope, const Query& query, const Part& part) {
  const auto rule = price_rule(query);
  if (!rule) return std::unexpected(rule.error());
  const auto groups = asked_groups(scope, query, *rule);
  if (!groups) return std::unexpected(groups.error());
  const auto skip = part_start(part);
  if (!skip) return std::unexpected(skip.error());
  std::uint64_t count = 0;
  Json items = Json::array();
  for (const PriceGroup& group : *groups) {
    const auto fence = fence_of(group, *rule);
    for (std::size_t i = 0; i < group.prices.size(); ++i) {
      if (++count <= *skip || items.size() == part.limit) continue;
      const TradeRow& trade = scope.tables().trades[group.trades[i]];
      items.push_back({{"seq", trade.seq},
                       {"kind", Trade::kKind},
                       {"id", trade.number()},
                       {"price_fen", group.prices[i]},
                       {"industry", number_name(scope, group.industry)},
                       {"mode", state::name_of(group.mode)},
                       {"unit", number_name(scope, group.unit)},
                       {"outlier", fence && (group.prices[i] < fence->low || group.prices[i] > fence->high)}});
    }
  }
  Json body{{"count", count}};
  if (const std::uint64_t told = *skip + items.size(); told < count) body["next"] = std::to_string(told);
  body["items"] = std::move(items);
  return body;
}

}  // namespace dengji::contracts::insight
