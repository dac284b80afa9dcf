// Numbers that people read: prefix(2) + region(6) + year(4) + serial(7) + an ISO 7064 MOD 37,36 check character over
// all 19, such as DJ32050020260000001B. Gapless per prefix, region and year.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ledger/base/ids.hpp"

namespace dengji::state {

struct NumberSeries {
  std::string prefix;  // DJ ZS JY FY BT BA
  std::string region;  // six digits, GB/T 2260
  int year = 0;        // of ledger time, Asia/Shanghai

  std::string counter() const;  // name of the counter that holds the last serial
};

inline constexpr std::int64_t kMaxSerial = 9'999'999;

// ISO 7064 MOD 37,36 over [0-9A-Z]; '\0' if another character is in it.
char mod_37_36(std::string_view text);
RegNo make_number(const NumberSeries& series, std::int64_t serial);

struct ParsedNumber {
  NumberSeries series;
  std::int64_t serial;
};
// nullopt unless the form and the check character are right.
std::optional<ParsedNumber> parse_number(std::string_view no);

}  // namespace dengji::state
