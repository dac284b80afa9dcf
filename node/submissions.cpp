#include "node/submissions.hpp"

#include "crypto/sha256.hpp"

namespace dengji::node {

Submissions::Submissions(const state::Registry& registry, KeyCache& keys, OrderedLog& log, Metrics& metrics,
                         SubmissionLimits limits)
    : registry_(registry), keys_(keys), log_(log), metrics_(metrics), limits_(limits) {
  for (int i = 0; i < limits_.verify_threads; ++i) threads_.emplace_back([this] { work(); });
}

Submissions::~Submissions() {
  close();
}

std::optional<Error> Submissions::enqueue(std::string& bytes, api::SubmitDone& done) {
  const std::lock_guard lock(mutex_);
  if (draining_ || closed_) return Error{ErrorCode::unavailable, "the node is shutting down", {}};
  if (queue_.size() >= limits_.max_waiting || queued_bytes_ + bytes.size() > limits_.max_waiting_bytes) {
    return Error{ErrorCode::overloaded, std::to_string(queue_.size()) + " entries wait to be verified", {}};
  }
  queued_bytes_ += bytes.size();
  queue_.push_back({std::move(bytes), std::move(done)});
  return std::nullopt;
}

void Submissions::submit(std::string bytes, api::SubmitDone done) {
  auto refused = enqueue(bytes, done);
  if (!refused) {
    arrived_.notify_one();
    return;
  }
  metrics_.overloaded.Increment();
  done(api::SubmitError{std::move(*refused), std::nullopt, 1});
}

void Submissions::work() {
  while (true) {
    Waiting waiting;
    {
      std::unique_lock lock(mutex_);
      arrived_.wait(lock, [this] { return closed_ || !queue_.empty(); });
      if (queue_.empty()) return;
      waiting = std::move(queue_.front());
      queue_.pop_front();
      queued_bytes_ -= waiting.bytes.size();
      ++busy_;
    }
    check(std::move(waiting));
    {
      const std::lock_guard lock(mutex_);
      --busy_;
      if (!draining_ || busy_ > 0 || !queue_.empty()) continue;
    }
    idle_.notify_all();
  }
}

void Submissions::check(Waiting waiting) {
  auto checked = contracts::check_entry(waiting.bytes, registry_, [this](const KeyId& kid) { return keys_.find(kid); });
  if (checked) return pass_on(std::move(*checked), std::move(waiting.done));
  metrics_.malformed.Increment();
  waiting.done(api::SubmitError{std::move(checked.error()), std::nullopt, 0});
}

void Submissions::pass_on(contracts::CheckedEntry checked, api::SubmitDone done) {
  const Hash32 entry_id = checked.entry.entry_id;
  OrderedEntry entry{std::make_shared<const contracts::CheckedEntry>(std::move(checked)), {}, 0};
  {
    const std::lock_guard lock(pending_mutex_);
    entry.ticket = ++last_ticket_;
    pending_.emplace(entry.ticket, std::move(done));
  }
  const std::uint64_t ticket = entry.ticket;
  auto appended = log_.append(std::move(entry));
  if (appended) return;
  api::SubmitDone refused;
  {
    const std::lock_guard lock(pending_mutex_);
    const auto node = pending_.extract(ticket);
    if (node.empty()) return;
    refused = std::move(node.mapped());
  }
  metrics_.overloaded.Increment();
  refused(api::SubmitError{std::move(appended.error()), entry_id, 1});
}

std::vector<api::SubmitDone> Submissions::claim(const std::vector<OrderedEntry>& entries) {
  std::vector<api::SubmitDone> claimed(entries.size());
  const std::lock_guard lock(pending_mutex_);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].ticket == 0) continue;
    if (auto node = pending_.extract(entries[i].ticket)) claimed[i] = std::move(node.mapped());
  }
  return claimed;
}

void Submissions::drain() {
  std::unique_lock lock(mutex_);
  draining_ = true;
  idle_.wait(lock, [this] { return queue_.empty() && busy_ == 0; });
}

void Submissions::close() {
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    closed_ = true;
  }
  arrived_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Submissions::abandon(const Error& error) {
  std::unordered_map<std::uint64_t, api::SubmitDone> left;
  {
    const std::lock_guard lock(pending_mutex_);
    left.swap(pending_);
  }
  for (auto& [ticket, done] : left) done(api::SubmitError{error, std::nullopt, 1});
}

}  // namespace dengji::node
