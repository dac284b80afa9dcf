// How amounts stand in refusals, and the two forms of what becomes a segment of an account id. Shared, so that every
// area writes and reads them alike.
#pragma once

#include <string>
#include <string_view>

#include "ledger/base/fen.hpp"

namespace dengji::contracts {

// "120 fen"
std::string fen_text(Fen fen);

// A policy, pool, window or ceiling: a capital letter, then 1 to 31 capitals, digits and hyphens.
bool is_code(std::string_view text);

// A line of a schedule, a waiver or a fee: letters, digits, hyphen, dot and underscore.
bool is_line_name(std::string_view text);

}  // namespace dengji::contracts
