#include "ledger/base/time.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace dengji {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kShanghaiOffsetMs = 8 * 3'600'000;

std::int64_t floor_div(std::int64_t value, std::int64_t by) {
  const std::int64_t quotient = value / by;
  return value % by < 0 ? quotient - 1 : quotient;
}

// All digits, fixed width; -1 otherwise.
int number(std::string_view text, std::size_t at, std::size_t width) {
  int value = 0;
  for (std::size_t i = at; i < at + width; ++i) {
    if (i >= text.size() || text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

std::chrono::year_month_day ymd(Date date) {
  return std::chrono::sys_days{std::chrono::days{date.days}};
}

Date from_ymd(std::chrono::year_month_day day) {
  return Date{static_cast<std::int32_t>(std::chrono::sys_days{day}.time_since_epoch().count())};
}

}  // namespace

CivilDay civil(Date date) {
  const auto day = ymd(date);
  return {static_cast<int>(day.year()), static_cast<int>(static_cast<unsigned>(day.month())),
          static_cast<int>(static_cast<unsigned>(day.day()))};
}

std::optional<Date> make_date(int year, int month, int day) {
  if (year < 1970 || year > 9999 || month < 1 || day < 1) return std::nullopt;
  const std::chrono::year_month_day candidate{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                              std::chrono::day{static_cast<unsigned>(day)}};
  if (!candidate.ok()) return std::nullopt;
  return from_ymd(candidate);
}

int weekday(Date date) {
  return static_cast<int>(floor_div(date.days + 3, 7) * -7 + date.days + 3);
}

Date add_days(Date date, int days) {
  return Date{date.days + days};
}

Date add_months(Date date, int months) {
  const auto day = ymd(date);
  const auto month = std::chrono::year_month{day.year(), day.month()} + std::chrono::months{months};
  const auto last = std::chrono::year_month_day_last{month.year(), std::chrono::month_day_last{month.month()}}.day();
  return from_ymd({month.year(), month.month(), std::min(day.day(), last)});
}

Date shanghai_day(LedgerTime time) {
  return Date{static_cast<std::int32_t>(floor_div(time.ms + kShanghaiOffsetMs, kDayMs))};
}

LedgerTime start_of_day(Date date) {
  return LedgerTime{date.days * kDayMs - kShanghaiOffsetMs};
}

std::optional<Date> parse_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const int year = number(text, 0, 4);
  const int month = number(text, 5, 2);
  const int day = number(text, 8, 2);
  if (year < 0 || month < 0 || day < 0) return std::nullopt;
  return make_date(year, month, day);
}

std::string format_date(Date date) {
  const CivilDay day = civil(date);
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02d-%02d", day.year, day.month, day.day);
  return text;
}

std::optional<LedgerTime> parse_time(std::string_view text) {
  if (text.size() != 20 && text.size() != 24) return std::nullopt;
  if (text[10] != 'T' || text[13] != ':' || text[16] != ':' || text.back() != 'Z') return std::nullopt;
  const auto date = parse_date(text.substr(0, 10));
  const int hour = number(text, 11, 2);
  const int minute = number(text, 14, 2);
  const int second = number(text, 17, 2);
  int milli = 0;
  if (text.size() == 24) {
    if (text[19] != '.') return std::nullopt;
    milli = number(text, 20, 3);
  }
  if (!date || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59 || milli < 0) {
    return std::nullopt;
  }
  return LedgerTime{date->days * kDayMs + ((hour * 60LL + minute) * 60 + second) * 1000 + milli};
}

std::string format_time(LedgerTime time) {
  const std::int64_t days = floor_div(time.ms, kDayMs);
  const std::int64_t rest = time.ms - days * kDayMs;
  const CivilDay day = civil(Date{static_cast<std::int32_t>(days)});
  char text[48];
  std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", day.year, day.month, day.day,
                static_cast<int>(rest / 3'600'000), static_cast<int>(rest / 60'000 % 60),
                static_cast<int>(rest / 1000 % 60), static_cast<int>(rest % 1000));
  return text;
}

}  // namespace dengji
