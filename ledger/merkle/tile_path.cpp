#include "ledger/merkle/tile_path.hpp"

#include <charconv>
#include <vector>

#include "ledger/base/assert.hpp"

namespace dengji::merkle {
namespace {

// Decimal without leading zeros, 0..max.
std::optional<std::uint64_t> decimal(std::string_view text, std::uint64_t max) {
  if (text.empty() || text.size() > 3 || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value > max) return std::nullopt;
  return value;
}

std::optional<unsigned> three_digits(std::string_view text) {
  if (text.size() != 3) return std::nullopt;
  unsigned value = 0;
  for (const char digit : text) {
    if (digit < '0' || digit > '9') return std::nullopt;
    value = value * 10 + static_cast<unsigned>(digit - '0');
  }
  return value;
}

// Takes the part before the next slash off `rest`.
std::string_view next_part(std::string_view& rest) {
  const std::size_t slash = rest.find('/');
  const std::string_view part = rest.substr(0, slash);
  rest.remove_prefix(slash == std::string_view::npos ? rest.size() : slash + 1);
  return part;
}

// Groups of an index: x001/x234/067. `rest` keeps what follows the last group (".p/W" or nothing).
std::optional<std::uint64_t> parse_index(std::string_view& rest) {
  std::uint64_t index = 0;
  for (bool first = true;; first = false) {
    const bool more = rest.starts_with('x');
    if (more) rest.remove_prefix(1);
    const auto group = three_digits(rest.substr(0, 3));
    if (!group || (more && first && *group == 0)) return std::nullopt;
    if (__builtin_mul_overflow(index, 1000, &index) || __builtin_add_overflow(index, *group, &index))
      return std::nullopt;
    rest.remove_prefix(3);
    if (!more) return index;
    if (!rest.starts_with('/')) return std::nullopt;
    rest.remove_prefix(1);
  }
}

std::string three_digit_text(std::uint64_t group) {
  std::string text = std::to_string(group);
  return std::string(3 - text.size(), '0') + text;
}

}  // namespace

std::optional<TilePath> parse_tile_path(std::string_view path) {
  if (path.size() > kMaxTilePathBytes || !path.starts_with("tile/")) return std::nullopt;
  path.remove_prefix(5);
  TilePath out;
  const std::string_view level = next_part(path);
  if (level == "entries") {
    out.entries = true;
  } else {
    const auto number = decimal(level, 63);
    if (!number) return std::nullopt;
    out.id.level = static_cast<unsigned>(*number);
  }
  const auto index = parse_index(path);
  if (!index) return std::nullopt;
  out.id.index = *index;
  if (path.empty()) return out;
  if (!path.starts_with(".p/")) return std::nullopt;
  const auto width = decimal(path.substr(3), kTileWidth - 1);
  if (!width || *width == 0) return std::nullopt;
  out.width = static_cast<unsigned>(*width);
  return out;
}

std::string format_tile_path(const TilePath& path) {
  LEDGER_ASSERT(path.width >= 1 && path.width <= kTileWidth && path.id.level <= 63);
  std::vector<std::uint64_t> groups;
  for (std::uint64_t rest = path.id.index; groups.empty() || rest > 0; rest /= 1000) groups.push_back(rest % 1000);
  std::string out = "tile/" + (path.entries ? std::string("entries") : std::to_string(path.id.level));
  for (std::size_t i = groups.size(); i-- > 0;) out += (i > 0 ? "/x" : "/") + three_digit_text(groups[i]);
  if (path.width < kTileWidth) out += ".p/" + std::to_string(path.width);
  return out;
}

}  // namespace dengji::merkle
