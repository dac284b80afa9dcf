// Cursor pagination. A cursor names the version of the ledger that its first page was read from, so pages do not drift
// while the ledger grows, the place to go on at, and the query it belongs to. It is opaque to clients and no secret.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "api/as_of.hpp"
#include "api/router.hpp"

namespace dengji::api {

inline constexpr std::uint64_t kDefaultLimit = 50;
inline constexpr std::uint64_t kMaxLimit = 500;

struct Page {
  AsOf as_of;
  std::uint64_t limit = kDefaultLimit;
  std::string after;  // the last key of the page before, empty for the first
};

// Reads as_of, limit and cursor. `query_name` must be the same on every page of one listing (route and filters).
Result<Page> read_page(const Core& core, const Call& call, std::string_view query_name);
std::string make_cursor(const Page& page, std::string_view query_name, std::string_view after);
// The answer: `body` with the version that it is of and, where the listing goes on behind `after`, the next cursor.
Response page_response(state::Json body, const Page& page, std::string_view query_name,
                       const std::optional<std::string>& after);

// The parameters that read_page reads, for the route's table.
std::vector<Parameter> page_parameters();

}  // namespace dengji::api
