// Time limits that run for objects: what is due, by which day, who is to act. An object kind says what runs for one of
// its objects (T::deadlines, with the names in T::kDeadlines) and how such an object is found (index_open and
// index_lapse in T::indexes); the API lists them all from that, as of any moment, and nothing else is stored. A passed
// deadline is shown and changes nothing by itself.
//
// One index, "deadline", holds both sorts of limit, so that neither is searched for among all objects of the ledger:
//   open         somebody has to act, or the day hangs on the calendar: every such object is looked at, overdue or not
//   YYYY-MM-DD   the limit is over by itself after that day, whoever does what: found by the day, left alone otherwise
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/base/ids.hpp"
#include "ledger/base/time.hpp"
#include "ledger/state/entry_tx.hpp"
#include "ledger/state/view.hpp"

namespace dengji::state {

inline constexpr std::string_view kDeadlineIndex = "deadline";
inline constexpr std::string_view kDeadlineOpen = "open";

inline void index_open(IndexSink& sink) {
  sink.add(kDeadlineIndex, kDeadlineOpen);
}
// `last` must be the very day that T::deadlines gives, and that deadline must lapse.
inline void index_lapse(IndexSink& sink, Date last) {
  sink.add(kDeadlineIndex, format_date(last));
}

// What one limit of a kind is called; static text.
struct DeadlineName {
  std::string_view what;
  std::string_view doc;     // one English sentence
  std::string_view doc_zh;  // one Chinese sentence
};

struct Deadline {
  std::string_view what;     // one of the kind's DeadlineNames
  Date since;                // first day: when it began to run, or from when it can be met
  Date due;                  // last day, to its 24:00
  std::string_view role;     // role in which somebody acts by then; see the kind's signers
  std::optional<OrgId> org;  // who that is, where it is settled
  bool lapses = false;       // after `due` it is over by itself: nobody is late, and it is told no more
};

// What the deadlines of many objects are worked out with: one state, one day. R1: the calendar is that of `view`,
// whatever was known when the limit began. Not thread-safe; lives for one question.
class DeadlineCall {
 public:
  DeadlineCall(const ReadView& view, Date today) : view_(view), today_(today) {}
  DeadlineCall(const DeadlineCall&) = delete;
  DeadlineCall& operator=(const DeadlineCall&) = delete;

  const ReadView& view() const { return view_; }
  Date today() const { return today_; }

  // What `make` gives, asked once per key: objects that began on one day in one region share their last day, which
  // spares the policies and calendars behind it.
  template <class Make>
  std::int64_t once(std::string key, Make&& make) {
    const auto [at, is_new] = known_.try_emplace(std::move(key));
    if (is_new) at->second = make();
    return at->second;
  }

 private:
  const ReadView& view_;
  const Date today_;
  std::map<std::string, std::int64_t, std::less<>> known_;
};

// `static std::vector<Deadline> deadlines(const T&, DeadlineCall&)` beside a static list of DeadlineName.
template <class T>
concept Limited = requires(const T& object, DeadlineCall& call) {
  { T::deadlines(object, call) } -> std::same_as<std::vector<Deadline>>;
  T::kDeadlines.begin();
};

}  // namespace dengji::state
