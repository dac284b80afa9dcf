// Working days from calendar entries. Without an entry, Monday to Friday are working days; calendar.set names the days
// that differ. A period of n working days starts on the next working day and ends at 24:00 of its n-th.
#pragma once

#include <string>
#include <vector>

#include "ledger/state/entry_tx.hpp"

namespace dengji::contracts {

using namespace dengji::state;  // NOLINT: contracts speak the vocabulary of state throughout

struct CalendarDay {
  Date day;
  bool working = false;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("day", self.day, Spec{"The day"});
    visit("working", self.working, Spec{"Whether it is a working day"});
  }
};

// The days of one year that calendar.set has named, ascending. Written only by the policy area.
struct CalendarYear {
  static constexpr std::string_view kKind = "calendar";

  std::string year;
  std::vector<CalendarDay> days;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("year", self.year, Spec{"Year", 4, 4});
    visit("days", self.days, Spec{.doc = "Days that were set", .items_max = 366});
  }

  std::string object_id() const { return year; }
};

bool is_working_day(const ReadView& view, Date day);
// Last day of a period of n working days that starts after `from`; `from` itself for n = 0. Where the calendar holds
// no working days for years on end, the weekdays count after `kMaxCalendarSearch` days.
Date working_days_after(const ReadView& view, Date from, std::int64_t n);

inline constexpr int kMaxCalendarSearch = 366 * 10;

}  // namespace dengji::contracts
