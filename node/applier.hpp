// The commit path from the order to the answer, on one thread that owns the state: contracts, leaves, one synced write,
// checkpoint, answers. Recovery is the same path: a restart goes on behind the position that the store holds.
#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "contracts/engine.hpp"
#include "ledger/store/store.hpp"
#include "node/insight_feed.hpp"
#include "node/metrics.hpp"
#include "node/ordering/ordered_log.hpp"
#include "node/publisher.hpp"
#include "node/submissions.hpp"

namespace dengji::node {

class Applier {
 public:
  Applier(const state::Registry& registry, store::Store& store, OrderedLog& log, Submissions& submissions,
          Publisher& publisher, InsightFeed& insight, Metrics& metrics)
      : registry_(registry),
        store_(store),
        log_(log),
        submissions_(submissions),
        publisher_(publisher),
        insight_(insight),
        metrics_(metrics) {}
  ~Applier() { join(); }

  // Publishes the checkpoint of what the store holds, then applies until the log is stopped and drained.
  void start();
  void join();

  // Why writes wait (disk full); empty if they do not. Any thread.
  std::string trouble() const;
  // Set once the node has stopped applying for good. Any thread.
  bool halted() const { return halted_.load(std::memory_order_acquire); }

 private:
  struct Made;  // what became of each entry of a batch

  void run();
  void process(OrderedBatch batch);
  Made apply(const OrderedBatch& batch, LedgerTime time) const;
  contracts::Outcome apply_one(const state::ReadView& view, const OrderedEntry& entry, contracts::Moment moment) const;
  void answer(Made made, std::vector<api::SubmitDone> waiting);
  void fail_batch(const Error& error, std::vector<api::SubmitDone> waiting);
  // After a failed write: tries until the store takes writes again, refusing what arrives meanwhile.
  void recover(Error error);
  // False once the log is stopped.
  bool refuse_arrivals(const Error& error);
  void halt(const Error& error);
  void set_trouble(std::string text);

  const state::Registry& registry_;
  store::Store& store_;
  OrderedLog& log_;
  Submissions& submissions_;
  Publisher& publisher_;
  InsightFeed& insight_;
  Metrics& metrics_;

  std::thread thread_;
  std::atomic<bool> halted_{false};
  mutable std::mutex trouble_mutex_;
  std::string trouble_;  // guarded by trouble_mutex_
};

}  // namespace dengji::node
