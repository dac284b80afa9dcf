// What looks like abuse: money that goes round, deals between related parties, contracts split below a threshold, odd
// prices, one payment or deal on two papers. An inspection points at entries and changes nothing: only a signed entry
// acts. Each kind has a finder of its own (finders.hpp, cycles.hpp); here they are asked, put in order and told.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "contracts/insight/prices.hpp"
#include "ledger/state/view.hpp"

namespace dengji::contracts::insight {

enum class InspectionKind : std::uint8_t { cycle, common_controller, split_contract, price_outlier, voucher_twice };
inline constexpr std::size_t kInspectionKinds = 5;

struct Finding {
  InspectionKind kind = InspectionKind::cycle;
  // What makes it this finding and no other, as long as the ledger grows: its id is made of this.
  std::string mark;
  std::string why;
  std::string why_zh;
  Date day;                            // of the last entry that it rests on
  std::vector<std::uint64_t> entries;  // seqs, ascending; the newest where there are too many
  std::uint64_t entries_total = 0;
  std::vector<std::pair<std::string_view, std::string>> objects;  // kind, id
  Json figures = Json::object();
};
inline constexpr std::size_t kMaxEntriesTold = 64;

// What counts as odd; each is a member of the query with the default as here.
struct InspectionRules {
  Period period;  // of the last entry's day
  std::int64_t window_days = 90;
  std::int64_t max_length = 6;
  std::int64_t lookback_days = 365;
  std::int64_t k_ppm = 1'500'000;
  std::int64_t split_days = 30;
  std::int64_t near_ppm = 800'000;
  std::int64_t threshold_fen = 0;  // 0: those of the subsidy lines in force
};
Result<InspectionRules> inspection_rules(const Query& query);

// kind, from, to, window_days, max_length, lookback_days, k_ppm, split_days, near_ppm, threshold_fen: items, newest
// first within a kind, "next" if there are more, and for each kind asked how many there are and what was cut off.
// `view` is the state as of the scope: thresholds stand in policies.
Result<Json> inspections(const Scope& scope, const state::ReadView& view, const Query& query, const Part& part);

Json finding_json(const Finding& finding);

}  // namespace dengji::contracts::insight

template <>
struct dengji::state::EnumNames<dengji::contracts::insight::InspectionKind> {
  static constexpr std::array names{"cycle", "common_controller", "split_contract", "price_outlier", "voucher_twice"};
};
