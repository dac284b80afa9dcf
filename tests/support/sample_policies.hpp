// Policy bodies that several tests enact: a fee schedule with a fee once and a rate, and a first-registration waiver.
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

}  // namespace dengji::test
