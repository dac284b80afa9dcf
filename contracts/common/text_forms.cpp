#include "contracts/common/text_forms.hpp"

#include <algorithm>

namespace dengji::contracts {
namespace {

bool is_capital(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

std::string fen_text(Fen fen) {
  return std::to_string(fen.value()) + " fen";
}

bool is_code(std::string_view text) {
  return text.size() >= 2 && text.size() <= 32 && is_capital(text.front()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_capital(c) || is_digit(c) || c == '-'; });
}

bool is_line_name(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || is_capital(c) || is_digit(c) || c == '-' || c == '.' || c == '_';
  });
}

}  // namespace dengji::contracts
