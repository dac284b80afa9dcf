#include "api/loop.hpp"

#include <boost/asio/post.hpp>
#include <ctime>

namespace dengji::api {

namespace {

constexpr std::chrono::milliseconds kTick{50};
constexpr std::chrono::milliseconds kDrainTime{500};

}  // namespace

Loop::Loop() : context_(1), timer_(context_) {
  renew_date();
}

Loop::~Loop() {
  stop_and_join();
}

void Loop::start() {
  tick();
  work_.emplace(context_.get_executor());
  thread_ = std::thread([this] {
    thread_id_ = std::this_thread::get_id();
    context_.run();
    const std::lock_guard lock(mutex_);
    finished_ = true;
    ended_.notify_all();
  });
}

void Loop::stop_and_join() {
  if (!thread_.joinable()) return;
  post([this] {
    stopping_ = true;
    timer_.cancel();
    work_.reset();
  });
  {
    // Sessions that were shut have aborted operations to collect; what has not come back by then never will.
    std::unique_lock lock(mutex_);
    ended_.wait_for(lock, kDrainTime, [this] { return finished_; });
  }
  context_.stop();
  thread_.join();
  const std::lock_guard lock(mutex_);
  inbox_.clear();
}

void Loop::post(std::move_only_function<void()> work) {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    first = inbox_.empty();
    inbox_.push_back(std::move(work));
  }
  // One wake-up for all that gathers until the thread comes round.
  if (first) boost::asio::post(context_, [this] { drain(); });
}

void Loop::drain() {
  {
    const std::lock_guard lock(mutex_);
    working_.swap(inbox_);
  }
  for (auto& work : working_) work();
  working_.clear();
}

void Loop::tick() {
  renew_date();
  const auto now = Steady::now();
  std::vector<std::shared_ptr<Timed>> late;  // on_deadline may forget its session
  for (const auto& timed : watched_)
    if (timed->deadline <= now) late.push_back(timed);
  for (const auto& timed : late) {
    timed->deadline = Steady::time_point::max();
    timed->on_deadline();
  }
  timer_.expires_after(kTick);
  timer_.async_wait([this](const boost::system::error_code& ec) {
    if (!ec && !stopping_) tick();
  });
}

void Loop::tell_stopping() {
  const std::vector<std::shared_ptr<Timed>> all(watched_.begin(), watched_.end());
  for (const auto& timed : all) timed->on_stopping();
}

void Loop::abort_all() {
  const std::vector<std::shared_ptr<Timed>> all(watched_.begin(), watched_.end());
  for (const auto& timed : all) timed->on_abort();
}

void Loop::renew_date() {
  const std::time_t now = std::time(nullptr);
  if (now == date_second_) return;
  date_second_ = now;
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::tm utc{};
  gmtime_r(&now, &utc);
  char text[64];
  std::snprintf(text, sizeof text, "Date: %s, %02d %s %04d %02d:%02d:%02d GMT\r\n", kDays[utc.tm_wday], utc.tm_mday,
                kMonths[utc.tm_mon], utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
  date_line_ = text;
}

}  // namespace dengji::api
