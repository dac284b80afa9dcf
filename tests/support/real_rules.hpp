// Subsidy rules of five places in China as they were published, as bodies of subsidy lines. The money of each comes
// from the pool POOL-A of its own test. Amounts in fen: 2,000,000 yuan are 200,000,000.
#pragma once

#include "tests/support/contract_fixture.hpp"

namespace dengji::test {

// A line without a cap, counting what the organisation settled in the calendar year, at `ppm`; `more` over it.
inline Json rule_line(std::int64_t ppm, const Json& more) {
  Json line = subsidy_line();
  line.erase("cap_org_fen");
  line["tiers"] = Json::array({Json{{"ppm", ppm}}});
  line.update(more);
  return line;
}

// A sum for a milestone: no rates.
inline Json rule_sum(std::int64_t fen, const char* milestone, const Json& more) {
  Json line = rule_line(0, more);
  line["tiers"] = Json::array();
  line["base"] = "fixed";
  line["fixed_fen"] = fen;
  line["milestone"] = milestone;
  return line;
}

// Beijing: 4 % of the first year of each product's first contract, at most 2,000,000 yuan per firm and year.
inline Json beijing_first_contract() {
  return rule_line(40'000, {{"scope", "first_contract"},
                            {"unit", "dataset"},
                            {"earn", "months"},
                            {"earn_months", 12},
                            {"earn_event", "first_contract"},
                            {"cap_org_fen", 200'000'000}});
}

// Beijing: 30 % of the certificate fees of the first batch, at most 100,000 yuan.
inline Json beijing_certificate_fees() {
  return rule_line(300'000, {{"base", "fee_paid"},
                             {"fee_lines", Json::array({"certificate"})},
                             {"requires_first_registration", true},
                             {"cap_org_fen", 10'000'000}});
}

// Shenzhen: up to 30 % of purchases from unrelated sellers, at most 2,000,000 yuan, one window a year, out of a pool of
// 50,000,000 yuan.
inline Json shenzhen_purchases() {
  return rule_line(300'000, {{"payee", "buyer"},
                             {"allocation", "pro_rata"},
                             {"window", "W2026"},
                             {"window_from", "2026-10-01"},
                             {"window_to", "2026-10-31"},
                             {"regions", Json::array({"4403"})},
                             {"related_lookback_days", 365},
                             {"cap_org_fen", 200'000'000}});
}

// Shanghai: up to 100,000 yuan once, for a seller's first listing and for a buyer's first purchase.
inline Json shanghai_first_listing() {
  return rule_sum(10'000'000, "certificate", {{"earn", "months"}, {"earn_months", 12}, {"earn_event", "certificate"}});
}
inline Json shanghai_first_purchase() {
  return rule_sum(10'000'000, "first_trade",
                  {{"payee", "buyer"},
                   {"earn", "months"},
                   {"earn_months", 12},
                   {"earn_event", "first_trade"},
                   {"related_lookback_days", 365}});
}

// Shanghai: a buyer pays the platform 9,980 yuan once, a supplier 2.5 % of what is settled.
inline Json shanghai_service_fees(const std::string& payee) {
  return {{"payee", payee},
          {"registration_fen", 0},
          {"service", Json::array({Json{{"line", "buyer"},
                                        {"side", "buyer"},
                                        {"mode", "once"},
                                        {"amount_fen", 998'000},
                                        {"rounding", "down"},
                                        {"on_refund", "keep"}},
                                   Json{{"line", "supplier"},
                                        {"side", "seller"},
                                        {"mode", "rate"},
                                        {"ppm", 25'000},
                                        {"rounding", "down"},
                                        {"on_refund", "proportional"}}})}};
}

// Baoding: 30 % of a buyer's yearly spend once it reaches 300,000 yuan, at most 300,000 yuan.
inline Json baoding_spend() {
  return rule_line(300'000, {{"payee", "buyer"}, {"threshold_fen", 30'000'000}, {"cap_org_fen", 30'000'000}});
}

// Shandong: 750,000 yuan for a data set, 750,000 more if it is rated excellent, all of it back if it fails.
inline Json shandong_base() {
  return rule_sum(75'000'000, "registration", {{"unit", "dataset"}, {"void_if_failed", true}});
}
inline Json shandong_excellent() {
  return rule_sum(75'000'000, "rating_excellent", {{"unit", "dataset"}, {"void_if_failed", true}});
}

}  // namespace dengji::test
