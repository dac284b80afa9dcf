#include "contracts/common/calendar.hpp"

#include <algorithm>

namespace dengji::contracts {
namespace {

// Walks over days in order and reads each year's record once.
class Calendar {
 public:
  explicit Calendar(const ReadView& view) : view_(view) {}

  bool working(Date day) {
    const std::string year = std::to_string(civil(day).year);
    if (year != year_.year) {
      year_ = find_object<CalendarYear>(view_, year).value_or(CalendarYear{});
      year_.year = year;
    }
    const auto found = std::lower_bound(year_.days.begin(), year_.days.end(), day,
                                        [](const CalendarDay& item, Date wanted) { return item.day < wanted; });
    if (found != year_.days.end() && found->day == day) return found->working;
    return weekday(day) < 5;
  }

 private:
  const ReadView& view_;
  CalendarYear year_;
};

}  // namespace

bool is_working_day(const ReadView& view, Date day) {
  return Calendar(view).working(day);
}

Date working_days_after(const ReadView& view, Date from, std::int64_t n) {
  Calendar calendar(view);
  Date day = from;
  int searched = 0;
  for (std::int64_t counted = 0; counted < n;) {
    day = add_days(day, 1);
    const bool working = ++searched <= kMaxCalendarSearch ? calendar.working(day) : weekday(day) < 5;
    if (working) ++counted;
  }
  return day;
}

}  // namespace dengji::contracts
