#include "contracts/insight/query.hpp"

#include <charconv>

#include "ledger/base/limits.hpp"

namespace dengji::contracts::insight {

const std::string* member(const Query& query, std::string_view name) {
  for (const auto& [key, value] : query) {
    if (key == name) return &value;
  }
  return nullptr;
}

Result<std::int64_t> number_member(const Query& query, std::string_view name, NumberRange range) {
  const std::string* text = member(query, name);
  if (text == nullptr) return range.otherwise;
  std::int64_t value = 0;
  const auto [end, ec] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (ec != std::errc{} || end != text->data() + text->size() || value < range.min || value > range.max) {
    return fail(ErrorCode::value_range,
                std::string(name) + " must be a whole number from " + std::to_string(range.min) + " to " +
                    std::to_string(range.max),
                "?" + std::string(name));
  }
  return value;
}

namespace {

Result<std::optional<Date>> day_member(const Query& query, std::string_view name) {
  const std::string* text = member(query, name);
  if (text == nullptr) return std::optional<Date>();
  const auto day = parse_date(*text);
  if (!day) {
    return fail(ErrorCode::value_format, std::string(name) + " must be a day such as 2026-12-31",
                "?" + std::string(name));
  }
  return std::optional(*day);
}

}  // namespace

Result<Period> period_members(const Query& query) {
  const auto from = day_member(query, "from");
  if (!from) return std::unexpected(from.error());
  const auto to = day_member(query, "to");
  if (!to) return std::unexpected(to.error());
  if (*from && *to && **to < **from) return fail(ErrorCode::value_range, "to lies before from", "?to");
  return Period{*from, *to};
}

std::string query_text(std::string_view text) {
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
                       c == '_' || c == '.' || c == '~';
    if (plain) {
      out.push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out.append({'%', kHex[byte >> 4], kHex[byte & 15]});
  }
  return out;
}

Result<std::uint64_t> part_start(const Part& part) {
  const auto start = number_member({{"cursor", part.after.empty() ? "0" : part.after}}, "cursor",
                                   {.min = 0, .max = kMaxSafeInteger, .otherwise = 0});
  if (!start) return std::unexpected(start.error());
  return static_cast<std::uint64_t>(*start);
}

std::string period_text(const Period& period) {
  std::string text;
  if (period.from) text.append("&from=").append(format_date(*period.from));
  if (period.to) text.append("&to=").append(format_date(*period.to));
  return text;
}

}  // namespace dengji::contracts::insight
