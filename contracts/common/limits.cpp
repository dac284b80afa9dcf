#include "contracts/common/limits.hpp"

#include "contracts/common/calendar.hpp"

namespace dengji::contracts {

Date working_days_end(DeadlineCall& call, Date since, std::int64_t days) {
  const auto last = call.once("end " + std::to_string(since.days) + " " + std::to_string(days),
                              [&] { return std::int64_t{working_days_after(call.view(), since, days).days}; });
  return Date{static_cast<std::int32_t>(last)};
}

Date limit_end(DeadlineCall& call, LimitOf limit, std::string_view region, Date since) {
  const bool review = limit == LimitOf::review;
  std::string key = review ? "review " : "ruling ";
  key.append(region).append(" ").append(std::to_string(since.days));
  const std::int64_t days = call.once(std::move(key), [&] {
    const TimeLimits limits = time_limits_on(call.view(), region, since);
    return review ? limits.review_working_days : limits.days_to_rule();
  });
  return working_days_end(call, since, days);
}

}  // namespace dengji::contracts
