#include "api/event_feed.hpp"

#include <algorithm>

#include "api/leaf_view.hpp"
#include "api/receipt.hpp"
#include "ledger/state/codec.hpp"
#include "ledger/state/keys.hpp"

namespace dengji::api {

namespace {

constexpr std::size_t kRecent = 1024;
constexpr std::size_t kBatchEvents = 32;
constexpr std::size_t kBatchBytes = 128 * 1024;
constexpr std::size_t kLooked = 1024;  // entries passed over in one go
constexpr std::chrono::seconds kStandingAge{5};

}  // namespace

EventFeed::EventFeed(const Core& core)
    : core_(core), recent_(kRecent), consumers_(std::make_shared<std::atomic<std::size_t>>(0)) {}

Result<std::shared_ptr<const Event>> EventFeed::event(Seq seq) {
  auto& slot = recent_[seq.value % kRecent];
  {
    const std::lock_guard lock(mutex_);
    if (slot && slot->seq == seq) return slot;
  }
  auto leaf = core_.ports.ledger.leaf(seq);
  if (!leaf) return std::unexpected(std::move(leaf.error()));
  const auto meta = core_.ports.ledger.view_at(seq.value + 1)->get(state::entry_meta_key(seq));
  if (!meta) return fail(ErrorCode::corrupt, "what entry " + std::to_string(seq.value) + " is about is missing");
  auto event = std::make_shared<Event>(Event{.seq = seq, .meta = state::decode<state::EntryMeta>(*meta), .json = {}});
  std::string& json = event->json;
  json.reserve(leaf->size() + 256);
  json.append(R"({"specversion":"1.0","id":")").append(std::to_string(seq.value));
  json.append(R"(","source":)");
  append_json_string(json, core_.ports.ledger.ledger_id());
  json.append(R"(,"type":")").append(event->meta.type).append("\"");
  if (!event->meta.subject_kind.empty()) {
    json.append(R"(,"subject":)");
    append_json_string(json, event->meta.subject_kind + "/" + event->meta.subject_id);
  }
  json.append(R"(,"time":")").append(format_time(view_leaf(*leaf).time));
  json.append(R"(","datacontenttype":"application/json","data":)").append(*leaf).append("}");
  const std::lock_guard lock(mutex_);
  if (!slot || slot->seq < seq) slot = event;  // the tip matters more than who reads old entries
  return event;
}

std::string EventFeed::heartbeat(std::uint64_t size) const {
  std::string json = R"({"specversion":"1.0","id":"size-)" + std::to_string(size) + R"(","source":)";
  append_json_string(json, core_.ports.ledger.ledger_id());
  return json.append(R"(,"type":"dengji.heartbeat","data":{"size":)").append(std::to_string(size)).append("}}");
}

std::shared_ptr<void> EventFeed::take_place() {
  if (consumers_->fetch_add(1) >= core_.config.streams) {
    consumers_->fetch_sub(1);
    return nullptr;
  }
  return {consumers_.get(), [counter = consumers_](void*) { counter->fetch_sub(1); }};
}

void Subscription::fetch(Done done) {
  ReadPool::Job job = [self = shared_from_this(), done = std::move(done)]() mutable { self->look(std::move(done)); };
  if (core_.pool.post(job)) return;
  // Reads are crowded out or the node stops: try again when something happens.
  auto kept = std::make_shared<ReadPool::Job>(std::move(job));
  const auto soon = SizeWaiter::Clock::now() + std::chrono::milliseconds(200);
  core_.waiter.wait(UINT64_MAX, soon, [self = shared_from_this(), kept](bool) {
    if (self->core_.waiter.stopped() || !self->core_.pool.post(*kept)) kept->operator()();
  });
}

void Subscription::look(Done done) {
  Batch batch;
  if (core_.waiter.stopped()) {
    batch.ended = Error{ErrorCode::unavailable, "the node is stopping", {}};
    return done(std::move(batch));
  }
  batch.ended = check_standing();
  if (batch.ended) return done(std::move(batch));
  const std::uint64_t size = core_.size();
  std::size_t bytes = 0;
  for (std::size_t looked = 0;
       filter_.from < size && looked < kLooked && batch.events.size() < kBatchEvents && bytes < kBatchBytes; ++looked) {
    auto event = core_.feed->event(Seq{filter_.from});
    if (!event) {
      batch.ended = std::move(event.error());
      return done(std::move(batch));
    }
    ++filter_.from;
    if (!wanted(**event)) continue;
    bytes += (*event)->json.size();
    batch.events.push_back(std::move(*event));
  }
  const auto now = SizeWaiter::Clock::now();
  if (batch.events.empty() && now - last_heartbeat_ >= core_.config.heartbeat) {
    last_heartbeat_ = now;
    batch.heartbeat = filter_.from;
  }
  if (!batch.events.empty() || batch.heartbeat) return done(std::move(batch));
  if (filter_.from < size) return fetch(std::move(done));  // others get their turn
  core_.waiter.wait(
      filter_.from + 1, last_heartbeat_ + core_.config.heartbeat,
      [self = shared_from_this(), done = std::move(done)](bool) mutable { self->fetch(std::move(done)); });
}

bool Subscription::wanted(const Event& event) const {
  if (!filter_.types.empty() &&
      std::find(filter_.types.begin(), filter_.types.end(), event.meta.type) == filter_.types.end()) {
    return false;
  }
  return reader_.may_see(core_.tables.registry, event.meta);
}

std::optional<Error> Subscription::check_standing() {
  const auto now = std::chrono::steady_clock::now();
  if (!reader_.org || now - checked_ < kStandingAge) return std::nullopt;
  auto now_is = standing(core_, reader_);
  if (!now_is) return std::move(now_is.error());
  reader_ = std::move(*now_is);
  checked_ = now;
  return std::nullopt;
}

}  // namespace dengji::api
