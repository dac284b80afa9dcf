// Who waits for the ledger to grow: reads with min_size and streams that have sent all there is. One thread, woken by
// each published checkpoint and by deadlines.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

namespace dengji::api {

class SizeWaiter {
 public:
  using Clock = std::chrono::steady_clock;
  // true: the size is reached; false: the deadline passed, or the node is stopping. On the waiter's thread, or before
  // wait() returns.
  using Done = std::move_only_function<void(bool reached)>;

  SizeWaiter();
  ~SizeWaiter();
  SizeWaiter(const SizeWaiter&) = delete;
  SizeWaiter& operator=(const SizeWaiter&) = delete;

  void publish(std::uint64_t size);
  void wait(std::uint64_t size, Clock::time_point deadline, Done done);
  void stop();
  bool stopped() const;

 private:
  struct Waiter {
    Clock::time_point deadline;
    Done done;
  };
  void work();

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::multimap<std::uint64_t, Waiter> waiters_;  // guarded by mutex_, by the size they want
  std::uint64_t size_ = 0;                        // guarded by mutex_
  bool stopping_ = false;                         // guarded by mutex_
  std::thread thread_;
};

}  // namespace dengji::api
