// Policy bodies that several tests enact: a fee schedule with a fee once and a rate, a first-registration waiver, and a
// subsidy line of each shape.
#pragma once

#include "tests/support/contract_fixture.hpp"

namespace dengji::test {

inline Json sample_fee_schedule() {
  return {{"payee", Cast::platform},
          {"registration_fen", 30'001},
          {"service", Json::array({Json{{"line", "buyer_once"},
                                        {"side", "buyer"},
                                        {"mode", "once"},
                                        {"amount_fen", 9'980},
                                        {"rounding", "down"},
                                        {"on_refund", "keep"}},
                                   Json{{"line", "seller_rate"},
                                        {"side", "seller"},
                                        {"mode", "rate"},
                                        {"ppm", 2'503},
                                        {"rounding", "half_even"},
                                        {"on_refund", "proportional"}}})}};
}

inline Json sample_waiver(std::int64_t ppm, std::int64_t within_days, const char* rounding) {
  return {{"line", "first"},
          {"ppm", ppm},
          {"within_days", within_days},
          {"first_scope", "enterprise"},
          {"borne_by", Cast::platform},
          {"rounding", rounding}};
}

inline Json flat_tier(std::int64_t ppm) {
  return Json::array({Json{{"ppm", ppm}}});
}

// Names of lines and what makes each different from the worked year's.
inline std::vector<std::pair<std::string, Json>> sample_lines() {
  const std::string group = "TRADE";
  return {
      {"SUB-TRD", {{"cert_valid_at", "both"}}},
      {"SUB-BUY",
       {{"payee", "buyer"},
        {"tiers", flat_tier(7'001)},
        {"rounding", "half_even"},
        {"cap_org_fen", 90'000},
        {"notice_days", 3}}},
      {"SUB-SPLIT",
       {{"payee", "split"},
        {"seller_share_ppm", 333'333},
        {"cross_province_bonus_ppm", 4'999},
        {"rounding", "up"},
        {"recovery_to", "treasury"}}},
      {"SUB-LOW",
       {{"stacking", "exclusive"}, {"stacking_group", group}, {"tiers", flat_tier(20'000)}, {"notice_days", 1}}},
      {"SUB-HIGH",
       {{"stacking", "exclusive"}, {"stacking_group", group}, {"threshold_fen", 500'000}, {"floor_fen", 30'000}}},
      {"SUB-SET",
       {{"unit", "dataset"},
        {"cap_dataset_fen", 60'000},
        {"cap_org_fen", 100'000},
        {"cap_group_fen", 150'000},
        {"earn", "months"},
        {"earn_months", 5},
        {"earn_event", "first_contract"},
        {"scope", "certified_dataset"}}},
      {"SUB-FEE", {{"base", "fee_paid"}, {"tiers", flat_tier(300'000)}, {"cap_org_fen", 40'000}}},
      {"SUB-ROUND",
       {{"allocation", "pro_rata"},
        {"window", "ROUND-1"},
        {"window_from", "2026-01-05"},
        {"window_to", "2026-05-31"},
        {"base_tax", "excl"}}},
      {"SUB-GOAL",
       {{"base", "fixed"},
        {"fixed_fen", 75'000},
        {"milestone", "certificate"},
        {"tiers", Json::array()},
        {"void_if_failed", true}}},
  };
}

}  // namespace dengji::test
