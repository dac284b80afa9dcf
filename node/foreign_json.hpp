// JSON that is not the ledger's own: descriptions of data that other people wrote (Frictionless, Croissant), answers of
// a node, files that were kept. Any member names, line breaks in strings, fractions. Hostile all the same: limits
// first, duplicate members and broken UTF-8 refused. What is taken from it into an entry passes json::to_fit_text
// first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "ledger/base/error.hpp"
#include "ledger/json/strict_json.hpp"

namespace dengji::node {

using json::Json;

struct ForeignLimits {
  std::size_t max_bytes = std::size_t{64} << 20;
  int max_depth = 64;
  std::size_t max_values = 2'000'000;
  bool fractions = true;  // false: a number that is no integer is refused
};

// Errors: body_too_large (bytes or values), json_syntax, json_depth, json_duplicate_member, json_integer_range for a
// number that no 64-bit value or double holds, json_float; with the place where known.
Result<Json> read_foreign(std::string_view text, ForeignLimits limits = {});
// A member of a certain type; Error: value_format naming it.
Result<std::string> text_of(const Json& object, const char* member);
Result<std::uint64_t> number_of(const Json& object, const char* member);

}  // namespace dengji::node
