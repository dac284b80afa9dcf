// Keeps the read model of statistics and inspections (contracts/insight) beside the ledger. A thread of its own builds
// it from the store when the node starts, while the node serves already, and from then on takes what the apply thread
// hands over after each commit. It holds nothing that could not be made anew: whenever it has missed something, it
// builds again.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "contracts/insight/model.hpp"
#include "ledger/store/store.hpp"
#include "node/metrics.hpp"

namespace dengji::node {

class InsightFeed {
 public:
  InsightFeed(const store::Store& store, Metrics& metrics) : store_(store), metrics_(metrics) {}
  ~InsightFeed() { stop(); }
  InsightFeed(const InsightFeed&) = delete;
  InsightFeed& operator=(const InsightFeed&) = delete;

  // Starts to build from what the store holds.
  void start();
  // Ends the thread, also in the middle of building. Idempotent.
  void stop();

  // --- the apply thread
  // What a batch will add; before the store takes its writes.
  static std::vector<contracts::insight::Fact> gather(const store::BatchCommit& batch);
  // The batch is committed; `size` is the ledger's now. Never waits for the model.
  void push(std::vector<contracts::insight::Fact> facts, std::uint64_t size);
  // The store holds entries that were not pushed: builds anew.
  void rebuild(std::uint64_t size);

  // --- readers, any thread
  // A model that has at least `size` entries; waits a moment for the last batches. Error: unavailable, with how far the
  // model has come.
  Result<std::shared_ptr<const contracts::insight::Model>> model_of(std::uint64_t size) const;

 private:
  struct Batch {
    std::vector<contracts::insight::Fact> facts;
    std::uint64_t size = 0;
  };

  void run();
  // False if it is to end.
  bool build();
  bool follow();
  Error not_ready(std::uint64_t size) const;

  const store::Store& store_;
  Metrics& metrics_;
  std::thread thread_;
  std::atomic<bool> stopping_{false};
  std::atomic<std::uint64_t> rows_built_{0};

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::deque<Batch> queue_;  // guarded by mutex_, as all below
  std::size_t queued_facts_ = 0;
  std::uint64_t committed_ = 0;  // what the ledger has
  bool build_again_ = true;
  std::shared_ptr<contracts::insight::Model> model_;  // null while it is built
};

}  // namespace dengji::node
