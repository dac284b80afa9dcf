// The threads that answer reads, so that a slow scan never delays a session's IO. A bounded queue; a full one refuses.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace dengji::api {

class ReadPool {
 public:
  using Job = std::move_only_function<void()>;

  ReadPool(int threads, std::size_t queue);
  ~ReadPool();  // stop()
  ReadPool(const ReadPool&) = delete;
  ReadPool& operator=(const ReadPool&) = delete;

  // False if the queue is full: `job` is then untouched.
  bool post(Job& job);
  // Takes nothing new; what is queued is still done.
  void stop();

 private:
  void work();

  const std::size_t limit_;
  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<Job> queue_;  // guarded by mutex_
  bool stopping_ = false;  // guarded by mutex_
  std::vector<std::thread> threads_;
};

}  // namespace dengji::api
