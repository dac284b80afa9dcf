// Entry bundles (c2sp.org/tlog-tiles, "Log entries"): up to 256 leaves, each after its length in 2 bytes, big endian.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ledger/base/error.hpp"
#include "ledger/merkle/tile.hpp"

namespace dengji::merkle {

// `leaf` must be ≤ 65,535 bytes: asserted.
void append_to_bundle(std::string& bundle, std::string_view leaf);
// Views into `bundle`. Error: value_format if a length runs over the end, or if there are not exactly `width` entries.
Result<std::vector<std::string_view>> parse_bundle(std::string_view bundle, unsigned width);

}  // namespace dengji::merkle
