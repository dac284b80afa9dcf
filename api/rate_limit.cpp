#include "api/rate_limit.hpp"

#include <algorithm>
#include <cmath>

namespace dengji::api {

namespace {

constexpr std::size_t kMaxBuckets = 65'536;

double refilled(double tokens, std::chrono::steady_clock::duration passed, const RateLimit& limit) {
  return std::min(limit.burst, tokens + std::chrono::duration<double>(passed).count() * limit.per_second);
}

}  // namespace

int RateLimiter::take(std::string_view address, Time now) {
  if (limit_.per_second <= 0) return 0;
  const std::lock_guard lock(mutex_);
  if (buckets_.size() >= kMaxBuckets) forget_full(now);
  const auto [found, fresh] = buckets_.try_emplace(std::string(address), Bucket{limit_.burst, now});
  Bucket& bucket = found->second;
  bucket.tokens = refilled(bucket.tokens, now - bucket.at, limit_);
  bucket.at = now;
  if (bucket.tokens >= 1) {
    bucket.tokens -= 1;
    return 0;
  }
  return std::max(1, static_cast<int>(std::ceil((1 - bucket.tokens) / limit_.per_second)));
}

std::size_t RateLimiter::size() const {
  const std::lock_guard lock(mutex_);
  return buckets_.size();
}

void RateLimiter::forget_full(Time now) {
  std::erase_if(buckets_, [&](const auto& item) {
    return refilled(item.second.tokens, now - item.second.at, limit_) >= limit_.burst;
  });
  // Every address is busy: forgetting all of them is kinder than growing.
  if (buckets_.size() >= kMaxBuckets) buckets_.clear();
}

}  // namespace dengji::api
