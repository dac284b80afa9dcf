#include "ledger/state/numbers.hpp"

#include <algorithm>
#include <cstdio>

namespace dengji::state {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

bool digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::int64_t value_of(std::string_view text) {
  std::int64_t value = 0;
  for (const char c : text) value = value * 10 + (c - '0');
  return value;
}

}  // namespace

std::string NumberSeries::counter() const {
  return prefix + region + std::to_string(year);
}

char mod_37_36(std::string_view text) {
  std::size_t p = 36;
  for (const char c : text) {
    const auto value = kAlphabet.find(c);
    if (value == std::string_view::npos) return '\0';
    std::size_t s = (p + value) % 36;
    if (s == 0) s = 36;
    p = 2 * s % 37;
  }
  return kAlphabet[(37 - p) % 36];
}

RegNo make_number(const NumberSeries& series, std::int64_t serial) {
  char tail[32];
  std::snprintf(tail, sizeof tail, "%04d%07lld", series.year, static_cast<long long>(serial));
  std::string no = series.prefix + series.region + tail;
  no.push_back(mod_37_36(no));
  return RegNo(std::move(no));
}

std::optional<ParsedNumber> parse_number(std::string_view no) {
  if (no.size() != 20 || !digits(no.substr(2, 17)) || mod_37_36(no.substr(0, 19)) != no.back()) return std::nullopt;
  ParsedNumber parsed{
      {std::string(no.substr(0, 2)), std::string(no.substr(2, 6)), static_cast<int>(value_of(no.substr(8, 4)))},
      value_of(no.substr(12, 7))};
  if (parsed.serial == 0) return std::nullopt;
  return parsed;
}

}  // namespace dengji::state
