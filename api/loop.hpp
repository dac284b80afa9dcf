// One IO thread: an io_context, an inbox that other threads post to, and one ticking timer that looks after the
// deadlines of every session on it (setting a deadline is then a plain assignment, not a timer operation).
#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_set>
#include <vector>

namespace dengji::api {

using Steady = std::chrono::steady_clock;

// Something with a deadline on a loop. Both members belong to the loop's thread.
class Timed {
 public:
  virtual ~Timed() = default;
  // The deadline passed; it is not asked again before a new one is set.
  virtual void on_deadline() = 0;
  // The server is stopping: finish what runs, take nothing new.
  virtual void on_stopping() = 0;
  // Stop at once.
  virtual void on_abort() = 0;

  Steady::time_point deadline = Steady::time_point::max();
};

class Loop {
 public:
  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void start();
  // Lets what was closed come to its end (bounded), ends the thread and joins it; whatever is posted later is dropped.
  void stop_and_join();

  boost::asio::io_context& context() { return context_; }
  bool on_thread() const { return thread_id_.load(std::memory_order_relaxed) == std::this_thread::get_id(); }
  // Runs `work` on the thread, in order of posting. From any thread.
  void post(std::move_only_function<void()> work);

  // On the thread only.
  void watch(std::shared_ptr<Timed> timed) { watched_.insert(std::move(timed)); }
  void forget(const std::shared_ptr<Timed>& timed) { watched_.erase(timed); }
  bool empty() const { return watched_.empty(); }
  void tell_stopping();
  void abort_all();
  // RFC 9110 date line, "Date: …\r\n", renewed every second.
  const std::string& date_line() const { return date_line_; }

 private:
  using WorkGuard = boost::asio::executor_work_guard<boost::asio::io_context::executor_type>;

  void drain();
  void tick();
  void renew_date();

  boost::asio::io_context context_;
  boost::asio::steady_timer timer_;
  std::optional<WorkGuard> work_;
  std::atomic<std::thread::id> thread_id_;
  bool stopping_ = false;
  std::unordered_set<std::shared_ptr<Timed>> watched_;
  std::string date_line_;
  std::int64_t date_second_ = -1;

  std::mutex mutex_;
  std::condition_variable ended_;
  bool finished_ = false;                               // guarded by mutex_
  std::vector<std::move_only_function<void()>> inbox_;  // guarded by mutex_
  std::vector<std::move_only_function<void()>> working_;

  std::thread thread_;
};

}  // namespace dengji::api
