// JSON that other people wrote for other purposes (Frictionless, Croissant): any member names, line breaks in strings,
// fractions. Hostile all the same: limits first, duplicate members and broken UTF-8 refused. What is taken from it
// passes json::to_fit_text before it goes anywhere.
#pragma once

#include <cstddef>
#include <string_view>

#include "ledger/base/error.hpp"
#include "ledger/json/strict_json.hpp"

namespace dengji::node {

using json::Json;

struct ForeignLimits {
  std::size_t max_bytes = std::size_t{64} << 20;
  int max_depth = 64;
  std::size_t max_values = 2'000'000;
};

// Errors: body_too_large (bytes or values), json_syntax, json_depth, json_duplicate_member, json_integer_range for a
// number that no 64-bit value or double holds; with the place where known.
Result<Json> read_foreign(std::string_view text, ForeignLimits limits = {});

}  // namespace dengji::node
