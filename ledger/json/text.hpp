// Which strings the ledger takes: the Unicode half of the strict JSON reader. Kept apart so that only text.cpp knows
// ICU. The tables are pinned to Unicode 15.0 whatever the installed ICU is, so that every node judges a string alike.
#pragma once

#include <cstddef>
#include <string_view>

namespace dengji::json {

// Bytes of the longest well-formed UTF-8 prefix (Unicode table 3-7: no overlong form, surrogate or value > U+10FFFF).
std::size_t well_formed_prefix(std::string_view text);

}  // namespace dengji::json
