// Ledger time and civil days. The ledger's zone is Asia/Shanghai as a fixed UTC+8: no tzdata, no locale, so the same
// log gives the same days on every machine. Text forms: RFC 3339 with Z for instants, YYYY-MM-DD for days.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dengji {

// Milliseconds since 1970-01-01T00:00:00Z.
struct LedgerTime {
  std::int64_t ms = 0;
  friend constexpr auto operator<=>(LedgerTime, LedgerTime) = default;
};

// A civil day in Asia/Shanghai, as days since 1970-01-01.
struct Date {
  std::int32_t days = 0;
  friend constexpr auto operator<=>(Date, Date) = default;
};

struct CivilDay {
  int year;
  int month;  // 1..12
  int day;    // 1..31
};

CivilDay civil(Date date);
// nullopt if there is no such day, or year outside 1970..9999.
std::optional<Date> make_date(int year, int month, int day);
// 0 = Monday … 6 = Sunday.
int weekday(Date date);
Date add_days(Date date, int days);
// The same day n months on, clipped to the month's end.
Date add_months(Date date, int months);

Date shanghai_day(LedgerTime time);
// 00:00 of the day in Asia/Shanghai; the end of a day is start_of_day(add_days(d, 1)) exclusive.
LedgerTime start_of_day(Date date);

// "YYYY-MM-DD", exactly.
std::optional<Date> parse_date(std::string_view text);
std::string format_date(Date date);
// RFC 3339 in UTC with a capital T and Z, seconds or exactly milliseconds: 2026-03-02T08:00:00Z, …00.125Z. No leap
// second.
std::optional<LedgerTime> parse_time(std::string_view text);
// Always with milliseconds.
std::string format_time(LedgerTime time);

}  // namespace dengji
