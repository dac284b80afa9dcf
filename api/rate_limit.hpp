// A token bucket per address: `per_second` requests on average, `burst` at once. Bounded memory: addresses whose bucket
// is full again are forgotten.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace dengji::api {

struct RateLimit {
  double per_second = 0;  // 0: no limit
  double burst = 0;
};

class RateLimiter {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit RateLimiter(RateLimit limit) : limit_(limit) {}
  // 0 = go on; otherwise refused, and the number of seconds to wait.
  int take(std::string_view address, Time now);
  std::size_t size() const;

 private:
  struct Bucket {
    double tokens;
    Time at;
  };
  void forget_full(Time now);

  const RateLimit limit_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Bucket> buckets_;
};

}  // namespace dengji::api
