// The order of all entries, behind one port: take entries from here, give batches in one order to everyone, say what is
// durable. Two implementations: solo (this process alone) and, for several nodes, one over an existing consensus
// engine. Both pass tests/unit/node/ordered_log_conformance.hpp.
//
// Whoever applies pulls: next() hands out the next batch of the order, applied() says that it is on disk with its
// position. A position is opaque bytes that the store keeps in the same write as the batch; start() goes on behind it.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "contracts/engine.hpp"
#include "ledger/base/error.hpp"
#include "ledger/base/time.hpp"

namespace dengji::node {

// One entry on its way. `checked` is set where this process has parsed and verified it already; an entry that comes
// from elsewhere has only its bytes. `ticket` is the submitter's own number, 0 for entries that were not appended here.
struct OrderedEntry {
  std::shared_ptr<const contracts::CheckedEntry> checked;
  std::string bytes;
  std::uint64_t ticket = 0;
};

struct OrderedBatch {
  std::string position;  // where the order stands after this batch
  LedgerTime time;       // proposed ledger time; the applier never lets time go back
  std::vector<OrderedEntry> entries;
};

class OrderedLog {
 public:
  virtual ~OrderedLog() = default;

  // Begins behind `position` (empty: the beginning). Once, before anything else.
  virtual Result<void> start(std::string position) = 0;

  // Takes an entry; it comes out of next() in some batch, or never if the process ends before. Any thread. Errors:
  // overloaded when the queue is full, unavailable after stop().
  virtual Result<void> append(OrderedEntry entry) = 0;

  // The next batch of the order, waiting for one at most `wait`. nullopt: none came in time. Errors: unavailable once
  // stopped and drained; ledger_inconsistent if the order contradicts what was given before. One thread.
  virtual Result<std::optional<OrderedBatch>> next(std::chrono::milliseconds wait) = 0;

  // The batch that ends at `position` is durable here; what came before it may be trimmed once it is durable everywhere
  // else too. Called in order, by the thread of next().
  virtual void applied(const std::string& position) = 0;

  // No more appends; next() gives what is queued, then `unavailable`. Any thread.
  virtual void stop() = 0;
};

}  // namespace dengji::node
