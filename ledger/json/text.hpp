// Which strings the ledger takes: the Unicode half of the strict JSON reader. Kept apart so that only text.cpp knows
// ICU. The tables are pinned to Unicode 15.0 whatever the installed ICU is, so that every node judges a string alike.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace dengji::json {

// Bytes of the longest well-formed UTF-8 prefix (Unicode table 3-7: no overlong form, surrogate or value > U+10FFFF).
std::size_t well_formed_prefix(std::string_view text);

// The nearest text that check_text takes, for what foreign documents say: ill-formed bytes, bidirectional controls,
// noncharacters and what Unicode 15.0 does not know go; line breaks, tabs and other controls count as white space, a
// run of which becomes one space, none at the ends; the rest in NFC. Never for what was signed.
std::string to_fit_text(std::string_view text);

// Code points of well-formed text, and its longest prefix of at most `characters` of them.
std::size_t count_characters(std::string_view text);
std::string_view first_characters(std::string_view text, std::size_t characters);

}  // namespace dengji::json
