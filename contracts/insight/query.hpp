// What a reader asks for: the members of a query, read strictly. Each error names the member as "?name" and says what
// would be right.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ledger/base/error.hpp"
#include "ledger/base/time.hpp"

namespace dengji::contracts::insight {

using Query = std::vector<std::pair<std::string, std::string>>;

// The first member of that name; nullptr if there is none.
const std::string* member(const Query& query, std::string_view name);

struct NumberRange {
  std::int64_t min = 0;
  std::int64_t max = 0;
  std::int64_t otherwise = 0;  // where the member is absent
};
Result<std::int64_t> number_member(const Query& query, std::string_view name, NumberRange range);

// Days, both ends included; open where the member is absent.
struct Period {
  std::optional<Date> from;
  std::optional<Date> to;

  bool holds(Date day) const { return (!from || *from <= day) && (!to || day <= *to); }
};
Result<Period> period_members(const Query& query);

// As it stands in a query: all but RFC 3986 unreserved characters escaped.
std::string query_text(std::string_view text);
// Which part of a long answer is wanted. `after` is what the part before gave as "next".
struct Part {
  std::uint64_t limit = 50;
  std::string after;
};
// How many items came before, where "next" counts them.
Result<std::uint64_t> part_start(const Part& part);

// "&from=2026-01-01&to=2026-12-31", as far as it is limited.
std::string period_text(const Period& period);

}  // namespace dengji::contracts::insight
