#include "node/insight_feed.hpp"

#include <spdlog/spdlog.h>

#include <chrono>

#include "ledger/entry/leaf.hpp"
#include "ledger/state/keys.hpp"

namespace dengji::node {
namespace {

namespace insight = contracts::insight;
using SteadyClock = std::chrono::steady_clock;

// More waits only while the model is built; beyond this it is cheaper to build once more.
constexpr std::size_t kMaxQueuedFacts = 400'000;
constexpr std::chrono::milliseconds kReaderPatience{2'000};
constexpr std::chrono::seconds kRetryAfterFailure{5};
constexpr std::size_t kPiece = 2'048;

class StoreSource final : public insight::FactSource {
 public:
  StoreSource(const store::Store& store, std::uint64_t size) : store_(store), size_(size) {}

  Result<void> each(insight::FactKind kind, const Visit& visit) override {
    const std::string prefix = state::object_prefix(insight::kind_name(kind));
    store::VersionsQuery query{.prefix = prefix, .size = size_, .after_key = {}, .after_seq = {}, .limit = kPiece};
    while (true) {
      const auto piece = store_.versions(query);
      if (!piece) return std::unexpected(piece.error());
      if (piece->empty()) return {};
      for (const store::KeyVersion& one : *piece) {
        if (one.version.value) visit(one.version.seq.value, *one.version.value);
      }
      query.after_key = piece->back().key;
      query.after_seq = piece->back().version.seq;
    }
  }

  Result<LedgerTime> time_of(std::uint64_t seq) override {
    const auto bytes = store_.leaf(Seq{seq});
    if (!bytes) return std::unexpected(bytes.error());
    const auto leaf = entry::decode_leaf(*bytes);
    if (!leaf) return std::unexpected(leaf.error());
    return leaf->time;
  }

 private:
  const store::Store& store_;
  const std::uint64_t size_;
};

}  // namespace

void InsightFeed::start() {
  committed_ = store_.head().size;
  thread_ = std::thread([this] { run(); });
}

void InsightFeed::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

std::vector<insight::Fact> InsightFeed::gather(const store::BatchCommit& batch) {
  std::vector<insight::Fact> facts;
  facts.reserve(batch.entries.size() * 2);
  std::uint64_t seq = batch.first.value;
  for (const store::EntryCommit& entry : batch.entries) insight::add_facts(entry.writes, seq++, entry.time, facts);
  return facts;
}

void InsightFeed::push(std::vector<insight::Fact> facts, std::uint64_t size) {
  {
    const std::lock_guard lock(mutex_);
    committed_ = size;
    if (build_again_) return;
    queued_facts_ += facts.size();
    queue_.push_back({std::move(facts), size});
    if (queued_facts_ > kMaxQueuedFacts) build_again_ = true;
  }
  changed_.notify_all();
}

void InsightFeed::rebuild(std::uint64_t size) {
  {
    const std::lock_guard lock(mutex_);
    committed_ = size;
    build_again_ = true;
  }
  changed_.notify_all();
}

void InsightFeed::run() {
  while (build()) {
    if (!follow()) return;
  }
}

bool InsightFeed::build() {
  const auto began = SteadyClock::now();
  std::uint64_t size = 0;
  {
    const std::lock_guard lock(mutex_);
    size = committed_;
    build_again_ = false;
    queue_.clear();
    queued_facts_ = 0;
    model_.reset();
  }
  rows_built_ = 0;
  auto model = std::make_shared<insight::Model>();
  StoreSource source(store_, size);
  const auto built = model->rebuild(source, size, [this](std::uint64_t rows) {
    rows_built_ = rows;
    return !stopping_;
  });
  if (stopping_) return false;
  std::unique_lock lock(mutex_);
  if (!built) {
    spdlog::warn("statistics are not available: {}", built.error().message());
    changed_.wait_for(lock, kRetryAfterFailure, [this] { return stopping_.load(); });
    build_again_ = true;
    return !stopping_;
  }
  model_ = std::move(model);
  const std::chrono::duration<double> took = SteadyClock::now() - began;
  metrics_.insight_build_seconds.Set(took.count());
  metrics_.insight_rows.Set(static_cast<double>(model_->rows()));
  lock.unlock();
  changed_.notify_all();
  spdlog::debug("statistics over {} entries ready after {:.2f} s", size, took.count());
  return true;
}

bool InsightFeed::follow() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || build_again_ || !queue_.empty(); });
    if (stopping_) return false;
    if (build_again_) return true;
    const std::shared_ptr<insight::Model> model = model_;
    std::deque<Batch> batches;
    batches.swap(queue_);
    queued_facts_ = 0;
    lock.unlock();
    for (const Batch& batch : batches) {
      model->take(batch.facts);
      model->cover(batch.size);
    }
    metrics_.insight_rows.Set(static_cast<double>(model->rows()));
    changed_.notify_all();
    lock.lock();
  }
}

Error InsightFeed::not_ready(std::uint64_t size) const {
  if (model_) {
    return {ErrorCode::unavailable,
            "statistics have come to entry " + std::to_string(model_->size()) + " of " + std::to_string(size),
            {}};
  }
  return {ErrorCode::unavailable,
          "statistics are being built: " + std::to_string(rows_built_.load()) + " rows of " +
              std::to_string(committed_) + " entries so far",
          {}};
}

Result<std::shared_ptr<const insight::Model>> InsightFeed::model_of(std::uint64_t size) const {
  std::unique_lock lock(mutex_);
  const auto there = [&] { return stopping_ || !model_ || model_->size() >= size; };
  changed_.wait_for(lock, kReaderPatience, there);
  if (stopping_ || !model_ || model_->size() < size) return std::unexpected(not_ready(size));
  return model_;
}

}  // namespace dengji::node
