// The order of a ledger with one node: the order in which entries arrive. A batch is all that waits when the applier
// asks, up to a bound, so the next batch forms while the last is written. Nothing is kept here: what is durable is what
// the applier has committed, and the position counts batches.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>

#include "ledger/base/environment.hpp"
#include "node/ordering/ordered_log.hpp"

namespace dengji::node {

struct SoloLimits {
  std::size_t max_queued = 16'384;
  std::size_t max_queued_bytes = 64 << 20;
  std::size_t max_batch_entries = 1'024;
  std::size_t max_batch_bytes = 8 << 20;
};

class SoloLog final : public OrderedLog {
 public:
  SoloLog(Clock& clock, SoloLimits limits) : clock_(clock), limits_(limits) {}

  Result<void> start(std::string position) override;
  Result<void> append(OrderedEntry entry) override;
  Result<std::optional<OrderedBatch>> next(std::chrono::milliseconds wait) override;
  void applied(const std::string& position) override;
  void stop() override;

 private:
  Clock& clock_;
  const SoloLimits limits_;
  std::uint64_t batches_ = 0;  // owned by the thread of next()

  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<OrderedEntry> queue_;  // guarded by mutex_, as all below
  std::size_t queued_bytes_ = 0;
  bool stopped_ = false;
};

}  // namespace dengji::node
