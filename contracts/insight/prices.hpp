// Unit prices by industry, supply mode and unit, and how far sellers are concentrated: for watching prices and markets.
// One agreement gives one price: the stated price of a unit, else the ceiling by the quantity, else the ceiling itself
// (unit "whole"). Free deals and deals between related parties are left out, counted, and said to be.
//
// Median of an even count: the mean of the two in the middle, rounded half to even. Quartiles: the medians of the lower
// and the upper half; the middle value of an odd count is in neither. An outlier lies more than k times the
// interquartile range outside the quartiles. HHI: the sum of the squares of the sellers' shares in per cent, 0 to
// 10,000 points, over net settled money.
#pragma once

#include <cstdint>
#include <vector>

#include "contracts/insight/groups.hpp"
#include "contracts/insight/stats.hpp"

namespace dengji::contracts::insight {

struct Quartiles {
  std::int64_t low = 0;
  std::int64_t median = 0;
  std::int64_t high = 0;
};
// `sorted` ascending and not empty; of one value all three are that value.
Quartiles quartiles(const std::vector<std::int64_t>& sorted);

// Amounts ≥ 0 of each seller. 0 of nothing.
std::int64_t hhi_points(const std::vector<__int128>& amounts);

// Agreements with one industry, mode and unit.
struct PriceGroup {
  std::uint32_t industry = kNone;
  TradeMode mode = TradeMode::catalogue;
  std::uint32_t unit = kNone;
  std::vector<std::int64_t> prices;  // ascending
  std::vector<TradeIndex> trades;    // whose prices these are
  std::uint64_t left_out_free = 0;
  std::uint64_t left_out_related = 0;
};

struct PriceRule {
  Period period;                     // of the day of agreement
  std::int64_t lookback_days = 365;  // related on some day so far before the agreement, or on its day
  std::int64_t k_ppm = 1'500'000;    // times the interquartile range
  std::int64_t least = 4;            // fewer prices have no outliers
};
Result<PriceRule> price_rule(const Query& query);

std::vector<PriceGroup> price_groups(const Scope& scope, const PriceRule& rule);

// Prices outside [low, high]; absent where there are too few prices.
struct Fence {
  std::int64_t low = 0;
  std::int64_t high = 0;
};
std::optional<Fence> fence_of(const PriceGroup& group, const PriceRule& rule);

// Are the parties of a trade related, as now known, on its day or within the days before?
bool related_parties(const Scope& scope, const TradeRow& trade, std::int64_t lookback_days);

// industry, mode, unit, from, to, lookback_days, k_ppm.
Result<Json> prices(const Scope& scope, const Query& query);
// The same members: the agreements behind the prices, by industry, mode, unit and price.
Result<Json> price_entries(const Scope& scope, const Query& query, const Part& part);

}  // namespace dengji::contracts::insight
