// Events for streams: one per entry, made once and shared by all consumers near the tip. A consumer pulls: it gets the
// next batch only after it has taken the last, so nobody's slowness costs memory; who falls behind reads from the
// ledger.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "api/core.hpp"
#include "api/reader.hpp"
#include "ledger/state/entry_meta.hpp"

namespace dengji::api {

struct Event {
  Seq seq;
  state::EntryMeta meta;
  std::string json;  // a CloudEvent (docs/formats.md, "Stream event")
};

class EventFeed {
 public:
  explicit EventFeed(const Core& core);
  // Below the published size.
  Result<std::shared_ptr<const Event>> event(Seq seq);
  // What tells a consumer that it is up to date: the size below which it has seen all that it may see.
  std::string heartbeat(std::uint64_t size) const;

  // A place among the consumers; nullptr if there are too many.
  std::shared_ptr<void> take_place();
  std::size_t consumers() const { return consumers_->load(); }

 private:
  const Core& core_;
  std::mutex mutex_;
  std::vector<std::shared_ptr<const Event>> recent_;  // guarded by mutex_; slot = seq modulo its size
  const std::shared_ptr<std::atomic<std::size_t>> consumers_;
};

struct EventFilter {
  std::uint64_t from = 0;          // the first seq of interest
  std::vector<std::string> types;  // empty: all
};

// One consumer's way through the events. One fetch at a time.
class Subscription : public std::enable_shared_from_this<Subscription> {
 public:
  struct Batch {
    std::vector<std::shared_ptr<const Event>> events;
    std::optional<std::uint64_t> heartbeat;  // the size up to which all is seen
    std::optional<Error> ended;              // the key was revoked, the node stops, …
  };
  using Done = std::move_only_function<void(Batch)>;

  Subscription(Core& core, Reader reader, EventFilter filter, std::shared_ptr<void> place)
      : core_(core), reader_(std::move(reader)), filter_(std::move(filter)), place_(std::move(place)) {}

  // `done` comes from another thread: as soon as there is something, or a heartbeat is due.
  void fetch(Done done);

 private:
  void look(Done done);
  bool wanted(const Event& event) const;
  std::optional<Error> check_standing();

  Core& core_;
  Reader reader_;
  EventFilter filter_;
  const std::shared_ptr<void> place_;
  std::chrono::steady_clock::time_point checked_{};
  std::chrono::steady_clock::time_point last_heartbeat_ = std::chrono::steady_clock::now();
};

}  // namespace dengji::api
