// The way in: parse and verify entries on a pool of threads, hand them to the ordered log, and remember who waits for
// what became of them. Bounded: a full queue answers `overloaded` at once.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "api/ports.hpp"
#include "ledger/state/registry.hpp"
#include "node/key_cache.hpp"
#include "node/metrics.hpp"
#include "node/ordering/ordered_log.hpp"

namespace dengji::node {

struct SubmissionLimits {
  int verify_threads = 2;
  std::size_t max_waiting = 16'384;
  std::size_t max_waiting_bytes = 64 << 20;
};

class Submissions final : public api::SubmitPort {
 public:
  Submissions(const state::Registry& registry, KeyCache& keys, OrderedLog& log, Metrics& metrics,
              SubmissionLimits limits);
  ~Submissions() override;  // close()

  void submit(std::string bytes, api::SubmitDone done) override;

  // Who waits for these tickets; ticket 0 and tickets unknown here give an empty function. Apply thread.
  std::vector<api::SubmitDone> claim(const std::vector<OrderedEntry>& entries);

  // Takes nothing new; what waits is verified and passed on. Then close() ends the threads.
  void drain();
  void close();
  // Answers everyone who still waits with `error`.
  void abandon(const Error& error);

 private:
  struct Waiting {
    std::string bytes;
    api::SubmitDone done;
  };

  // Takes both, or neither and says why.
  std::optional<Error> enqueue(std::string& bytes, api::SubmitDone& done);
  void work();
  void check(Waiting waiting);
  void pass_on(contracts::CheckedEntry checked, api::SubmitDone done);

  const state::Registry& registry_;
  KeyCache& keys_;
  OrderedLog& log_;
  Metrics& metrics_;
  const SubmissionLimits limits_;

  std::mutex mutex_;
  std::condition_variable arrived_;
  std::condition_variable idle_;
  std::deque<Waiting> queue_;  // guarded by mutex_, as all below
  std::size_t queued_bytes_ = 0;
  int busy_ = 0;
  bool draining_ = false;
  bool closed_ = false;

  std::mutex pending_mutex_;
  std::unordered_map<std::uint64_t, api::SubmitDone> pending_;  // guarded by pending_mutex_, as below
  std::uint64_t last_ticket_ = 0;

  std::vector<std::thread> threads_;
};

}  // namespace dengji::node
