#include "node/ordering/solo_log.hpp"

#include <charconv>

namespace dengji::node {
namespace {

std::size_t weight(const OrderedEntry& entry) {
  return entry.checked ? entry.checked->entry.jws_text.size() : entry.bytes.size();
}

}  // namespace

Result<void> SoloLog::start(std::string position) {
  if (position.empty()) return {};
  const auto [end, error] = std::from_chars(position.data(), position.data() + position.size(), batches_);
  if (error != std::errc{} || end != position.data() + position.size()) {
    return fail(ErrorCode::ledger_inconsistent, "the store's order position is not of a solo ledger: " + position);
  }
  return {};
}

Result<void> SoloLog::append(OrderedEntry entry) {
  const std::size_t bytes = weight(entry);
  {
    const std::lock_guard lock(mutex_);
    if (stopped_) return fail(ErrorCode::unavailable, "the node is shutting down");
    if (queue_.size() >= limits_.max_queued || queued_bytes_ + bytes > limits_.max_queued_bytes) {
      return fail(ErrorCode::overloaded, std::to_string(queue_.size()) + " entries wait for their turn");
    }
    queued_bytes_ += bytes;
    queue_.push_back(std::move(entry));
  }
  arrived_.notify_one();
  return {};
}

Result<std::optional<OrderedBatch>> SoloLog::next(std::chrono::milliseconds wait) {
  OrderedBatch batch;
  {
    std::unique_lock lock(mutex_);
    arrived_.wait_for(lock, wait, [this] { return stopped_ || !queue_.empty(); });
    if (queue_.empty()) {
      if (stopped_) return fail(ErrorCode::unavailable, "the log is stopped");
      return std::optional<OrderedBatch>();
    }
    std::size_t bytes = 0;
    while (!queue_.empty() && batch.entries.size() < limits_.max_batch_entries && bytes < limits_.max_batch_bytes) {
      bytes += weight(queue_.front());
      batch.entries.push_back(std::move(queue_.front()));
      queue_.pop_front();
    }
    queued_bytes_ -= bytes;
  }
  batch.position = std::to_string(++batches_);
  batch.time = clock_.now();
  return std::optional(std::move(batch));
}

void SoloLog::applied(const std::string&) {}

void SoloLog::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  arrived_.notify_all();
}

}  // namespace dengji::node
