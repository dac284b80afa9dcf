// What every OrderedLog must keep, whatever orders: run it over each implementation.
#pragma once

#include <doctest/doctest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "node/ordering/ordered_log.hpp"

namespace dengji::test {

using MakeLog = std::function<std::unique_ptr<node::OrderedLog>()>;

inline constexpr std::chrono::milliseconds kSoon{5'000};

inline node::OrderedEntry raw_entry(std::uint64_t ticket) {
  return {nullptr, "entry " + std::to_string(ticket), ticket};
}

// All entries until `count` have come, in the order given.
inline std::vector<std::uint64_t> take(node::OrderedLog& log, std::size_t count,
                                       std::vector<std::string>* positions = nullptr) {
  std::vector<std::uint64_t> tickets;
  while (tickets.size() < count) {
    auto batch = log.next(kSoon);
    REQUIRE(batch);
    REQUIRE(*batch);
    REQUIRE_FALSE((*batch)->entries.empty());
    for (const auto& entry : (*batch)->entries) tickets.push_back(entry.ticket);
    if (positions) positions->push_back((*batch)->position);
    log.applied((*batch)->position);
  }
  return tickets;
}

inline void check_ordered_log(const MakeLog& make) {
  SUBCASE("what is appended comes out once, in the order of one appender") {
    const auto log = make();
    REQUIRE(log->start(""));
    std::vector<std::uint64_t> expected;
    for (std::uint64_t ticket = 1; ticket <= 100; ++ticket) {
      REQUIRE(log->append(raw_entry(ticket)));
      expected.push_back(ticket);
    }
    CHECK(take(*log, 100) == expected);
    const auto nothing = log->next(std::chrono::milliseconds(1));
    REQUIRE(nothing);
    CHECK_FALSE(*nothing);
  }
  SUBCASE("several appenders at once: nothing lost, nothing twice, each one's order kept") {
    const auto log = make();
    REQUIRE(log->start(""));
    constexpr std::uint64_t kThreads = 4;
    constexpr std::uint64_t kEach = 500;
    std::vector<std::thread> threads;
    std::atomic<int> refused{0};
    for (std::uint64_t t = 0; t < kThreads; ++t) {
      threads.emplace_back([&log, &refused, t] {
        for (std::uint64_t i = 1; i <= kEach; ++i) refused += log->append(raw_entry(t * kEach + i)) ? 0 : 1;
      });
    }
    const auto tickets = take(*log, kThreads * kEach);
    for (auto& thread : threads) thread.join();
    CHECK(refused == 0);
    CHECK(std::set<std::uint64_t>(tickets.begin(), tickets.end()).size() == kThreads * kEach);
    std::vector<std::uint64_t> last(kThreads);
    for (const std::uint64_t ticket : tickets) {
      auto& before = last[(ticket - 1) / kEach];
      CHECK(ticket > before);
      before = ticket;
    }
  }
  SUBCASE("positions differ, and the order goes on behind the one that was kept") {
    std::vector<std::string> positions;
    {
      const auto log = make();
      REQUIRE(log->start(""));
      for (std::uint64_t ticket = 1; ticket <= 3; ++ticket) {
        REQUIRE(log->append(raw_entry(ticket)));
        take(*log, 1, &positions);
      }
    }
    const auto log = make();
    REQUIRE(log->start(positions.back()));
    REQUIRE(log->append(raw_entry(4)));
    CHECK(take(*log, 1, &positions) == std::vector<std::uint64_t>{4});
    CHECK(std::set<std::string>(positions.begin(), positions.end()).size() == positions.size());
  }
  SUBCASE("a position of something else is refused") {
    CHECK_FALSE(make()->start("not a position"));
  }
  SUBCASE("stop wakes the reader, gives what is queued, then nothing more") {
    const auto log = make();
    REQUIRE(log->start(""));
    REQUIRE(log->append(raw_entry(1)));
    log->stop();
    CHECK_FALSE(log->append(raw_entry(2)));
    CHECK(take(*log, 1) == std::vector<std::uint64_t>{1});
    const auto end = log->next(kSoon);
    REQUIRE_FALSE(end);
    CHECK(end.error().code == ErrorCode::unavailable);
  }
}

}  // namespace dengji::test
