// What apply costs: CPU of apply_entry alone, per entry, over the worked year and over the long fixed history.
// Signatures were verified before and nothing is written to disk; folding an entry's writes into the state is left out
// too, as the node does it beside the commit. docs/performance.md has what it gave.
#include <benchmark/benchmark.h>

#include <ctime>

#include "ledger/base/assert.hpp"
#include "tests/support/expected_root.hpp"
#include "tests/support/long_history.hpp"
#include "tests/support/worked_history.hpp"

namespace dengji::test {
namespace {

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// A history whose entries have passed all that can be said without state.
struct Prepared {
  std::vector<contracts::CheckedEntry> entries;
  std::vector<LedgerTime> times;
};

struct Timed {
  double all = 0;
  double slowest = 0;
};

Timed apply_all(const Prepared& history) {
  MemoryView view;
  std::optional<LedgerTime> previous;
  Timed seconds;
  for (std::size_t seq = 0; seq < history.entries.size(); ++seq) {
    const double began = cpu_seconds();
    const contracts::Outcome outcome =
        contracts::apply_entry(view, history.entries[seq], {Seq{seq}, history.times[seq], previous});
    const double took = cpu_seconds() - began;
    seconds.all += took;
    seconds.slowest = std::max(seconds.slowest, took);
    const auto* accepted = std::get_if<contracts::Accepted>(&outcome);
    LEDGER_ASSERT(accepted);
    view.absorb(accepted->writes);
    previous = history.times[seq];
  }
  return seconds;
}

Prepared prepare(const std::vector<MoneyPlay::Sent>& sent) {
  MemoryView view;
  Prepared history;
  std::optional<LedgerTime> previous;
  const contracts::KeyLookup keys = [&](const KeyId& kid) -> std::optional<crypto::PublicKey> {
    const auto key = state::find_object<contracts::Key>(view, kid.text);
    return key ? crypto::PublicKey::from_bytes(key->x.view()) : std::nullopt;
  };
  for (const MoneyPlay::Sent& entry : sent) {
    auto checked = contracts::check_entry(entry.bytes, contracts::registry(), keys);
    LEDGER_ASSERT(checked.has_value());
    const contracts::Outcome outcome =
        contracts::apply_entry(view, *checked, {Seq{history.entries.size()}, entry.time, previous});
    const auto* accepted = std::get_if<contracts::Accepted>(&outcome);
    LEDGER_ASSERT(accepted);
    view.absorb(accepted->writes);
    history.entries.push_back(std::move(*checked));
    history.times.push_back(entry.time);
    previous = entry.time;
  }
  return history;
}

void run(benchmark::State& state, const Prepared& history) {
  Timed sum;
  std::int64_t runs = 0;
  for ([[maybe_unused]] const auto once : state) {
    const Timed seconds = apply_all(history);
    state.SetIterationTime(seconds.all);
    sum.all += seconds.all;
    sum.slowest += seconds.slowest;
    ++runs;
  }
  const auto count = static_cast<double>(history.entries.size());
  state.counters["entries"] = count;
  state.counters["us_per_entry"] = sum.all * 1e6 / (count * static_cast<double>(runs));
  state.counters["us_slowest"] = sum.slowest * 1e6 / static_cast<double>(runs);
}

void worked_year(benchmark::State& state) {
  static const Prepared history = prepare(worked_history());
  run(state, history);
}

void fixed_history(benchmark::State& state) {
  static const Prepared history = [] {
    LongHistory made(kFixedSeed);
    made.run(kFixedLeaves);
    return prepare(made.play().sent());
  }();
  run(state, history);
}

BENCHMARK(worked_year)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(fixed_history)->UseManualTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace dengji::test

BENCHMARK_MAIN();
