#include "api/size_waiter.hpp"

#include <vector>

namespace dengji::api {

SizeWaiter::SizeWaiter() : thread_([this] { work(); }) {}

SizeWaiter::~SizeWaiter() {
  stop();
}

void SizeWaiter::publish(std::uint64_t size) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    if (size <= size_) return;
    size_ = size;
    wake = !waiters_.empty() && waiters_.begin()->first <= size;
  }
  if (wake) changed_.notify_one();
}

void SizeWaiter::wait(std::uint64_t size, Clock::time_point deadline, Done done) {
  bool reached = false;
  {
    const std::lock_guard lock(mutex_);
    reached = size <= size_;
    if (!reached && !stopping_) {
      waiters_.emplace(size, Waiter{deadline, std::move(done)});
      changed_.notify_one();  // its deadline may be the nearest
      return;
    }
  }
  done(reached);
}

void SizeWaiter::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

bool SizeWaiter::stopped() const {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

void SizeWaiter::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    std::vector<std::pair<Done, bool>> due;
    const Clock::time_point now = Clock::now();
    Clock::time_point next = Clock::time_point::max();
    for (auto at = waiters_.begin(); at != waiters_.end();) {
      const bool reached = at->first <= size_;
      if (reached || stopping_ || at->second.deadline <= now) {
        due.emplace_back(std::move(at->second.done), reached);
        at = waiters_.erase(at);
      } else {
        next = std::min(next, at->second.deadline);
        ++at;
      }
    }
    if (!due.empty()) {
      lock.unlock();
      for (auto& [done, reached] : due) done(reached);
      lock.lock();
      continue;
    }
    if (stopping_) return;
    if (next == Clock::time_point::max()) {
      changed_.wait(lock);
    } else {
      changed_.wait_until(lock, next);
    }
  }
}

}  // namespace dengji::api
