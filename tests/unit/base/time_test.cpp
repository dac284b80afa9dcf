#include "ledger/base/time.hpp"

#include <doctest/doctest.h>

using namespace dengji;

TEST_CASE("a Shanghai day turns at 16:00 UTC") {
  const auto before = parse_time("2026-12-31T15:59:59.999Z");
  const auto after = parse_time("2026-12-31T16:00:00Z");
  REQUIRE(before);
  REQUIRE(after);
  CHECK(format_date(shanghai_day(*before)) == "2026-12-31");
  CHECK(format_date(shanghai_day(*after)) == "2027-01-01");
  CHECK(start_of_day(shanghai_day(*after)) == *after);
}

TEST_CASE("weekday: 2026-03-02 is a Monday, 1970-01-01 a Thursday") {
  CHECK(weekday(*make_date(2026, 3, 2)) == 0);
  CHECK(weekday(Date{0}) == 3);
  CHECK(weekday(*make_date(2026, 3, 1)) == 6);
}

TEST_CASE("months clip at the month's end") {
  CHECK(format_date(add_months(*make_date(2026, 1, 31), 1)) == "2026-02-28");
  CHECK(format_date(add_months(*make_date(2024, 2, 29), 36)) == "2027-02-28");
  CHECK(format_date(add_months(*make_date(2026, 3, 15), -3)) == "2025-12-15");
}

TEST_CASE("only the exact RFC 3339 forms are read") {
  for (const char* bad :
       {"2026-03-02T08:00:00", "2026-03-02t08:00:00Z", "2026-03-02T08:00:00.1Z", "2026-02-30T08:00:00Z",
        "2026-03-02T24:00:00Z", "2026-03-02T08:00:60Z", "2026-03-02T08:00:00+00:00", "1969-12-31T23:59:59Z"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_time(bad));
  }
  CHECK(format_time(*parse_time("2026-03-02T08:00:00.125Z")) == "2026-03-02T08:00:00.125Z");
  CHECK(parse_time("2026-01-01T00:00:00Z")->ms == 1767225600000);
}
