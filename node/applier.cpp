#include "node/applier.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "ledger/merkle/hash.hpp"
#include "ledger/merkle/proof.hpp"

namespace dengji::node {
namespace {

constexpr std::chrono::milliseconds kIdleWait{1'000};
constexpr std::chrono::milliseconds kRetryWait{250};

}  // namespace

// One of `receipt_seq` and `refusal` for each entry, in order.
struct Applier::Made {
  struct One {
    Hash32 entry_id;
    Hash32 leaf_hash;  // if created
    std::optional<Seq> seq;
    bool created = false;
    std::optional<state::Refusal> refusal;
    std::optional<Error> error;
  };
  std::vector<One> entries;
  store::BatchCommit commit;
  std::vector<std::string> leaves;  // of commit.entries, kept for the receipts
};

void Applier::start() {
  const store::Head head = store_.head();
  publisher_.publish(head.size, head.root, head.time);
  metrics_.ledger_size.Set(static_cast<double>(head.size));
  thread_ = std::thread([this] { run(); });
}

void Applier::join() {
  if (thread_.joinable()) thread_.join();
}

std::string Applier::trouble() const {
  const std::lock_guard lock(trouble_mutex_);
  return trouble_;
}

void Applier::set_trouble(std::string text) {
  const std::lock_guard lock(trouble_mutex_);
  trouble_ = std::move(text);
}

void Applier::run() {
  while (true) {
    auto batch = log_.next(kIdleWait);
    if (!batch) {
      if (batch.error().code != ErrorCode::unavailable) halt(batch.error());
      return submissions_.abandon(batch.error());
    }
    if (!*batch) continue;
    if (halted()) {
      fail_batch({ErrorCode::unavailable, "the node has halted; an operator must act", {}},
                 submissions_.claim((*batch)->entries));
    } else {
      process(std::move(**batch));
    }
  }
}

contracts::Outcome Applier::apply_one(const state::ReadView& view, const OrderedEntry& entry,
                                      contracts::Moment moment) const {
  return contracts::apply_entry(view, *entry.checked, moment);
}

Applier::Made Applier::apply(const OrderedBatch& batch, LedgerTime time) const {
  const store::Head head = store_.head();
  Made made;
  made.commit.first = Seq{head.size};
  made.commit.order_position = batch.position;
  made.entries.reserve(batch.entries.size());
  made.commit.entries.reserve(batch.entries.size());
  state::BatchOverlay overlay(store_.live());
  std::optional<LedgerTime> previous = head.size > 0 ? std::optional(head.time) : std::nullopt;
  for (const OrderedEntry& entry : batch.entries) {
    const Seq seq{head.size + made.commit.entries.size()};
    auto& one = made.entries.emplace_back();
    one.entry_id = entry.checked->entry.entry_id;
    auto outcome = apply_one(overlay, entry, {seq, time, previous});
    if (auto* accepted = std::get_if<contracts::Accepted>(&outcome)) {
      one.seq = seq;
      one.created = true;
      previous = time;
      made.leaves.push_back(accepted->leaf);
      one.leaf_hash = merkle::leaf_hash(accepted->leaf);
      made.commit.entries.push_back(
          {std::move(accepted->leaf), one.leaf_hash, one.entry_id, time, std::move(accepted->writes)});
      overlay.add(made.commit.entries.back().writes);
    } else if (const auto* seen = std::get_if<contracts::Seen>(&outcome)) {
      one.seq = seen->seq;
    } else {
      one.refusal = std::get<state::Refusal>(std::move(outcome));
    }
  }
  return made;
}

void Applier::process(OrderedBatch batch) {
  metrics_.batch_entries.Observe(static_cast<double>(batch.entries.size()));
  auto waiting = submissions_.claim(batch.entries);
  const LedgerTime time = std::max(store_.head().time, batch.time);
  spdlog::debug("batch {}: {} entries on size {}", batch.position, batch.entries.size(), store_.head().size);
  Made made = apply(batch, time);
  // A read that met a damaged record looks like an absent key: nothing decided on it may stand.
  if (const auto failure = store_.failure()) {
    halt(*failure);
    return fail_batch(*failure, std::move(waiting));
  }
  if (!made.commit.entries.empty()) {
    auto facts = InsightFeed::gather(made.commit);
    const auto began = std::chrono::steady_clock::now();
    const auto head = store_.commit(std::move(made.commit));
    if (!head) {
      metrics_.failed_commits.Increment();
      fail_batch({ErrorCode::outcome_unknown, head.error().message(), {}}, std::move(waiting));
      return recover(head.error());
    }
    metrics_.commit_seconds.Observe(std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
    metrics_.ledger_size.Set(static_cast<double>(head->size));
    publisher_.publish(head->size, head->root, head->time);
    insight_.push(std::move(facts), head->size);
    log_.applied(batch.position);
  }
  answer(std::move(made), std::move(waiting));
  spdlog::debug("batch {}: answered, size {}", batch.position, store_.head().size);
}

void Applier::answer(Made made, std::vector<api::SubmitDone> waiting) {
  const auto checkpoint = publisher_.current();
  merkle::ProofBuilder proofs(store_.hashes(), checkpoint->size);
  std::size_t next_leaf = 0;
  for (std::size_t i = 0; i < made.entries.size(); ++i) {
    auto& one = made.entries[i];
    if (one.refusal) {
      metrics_.refused.Increment();
      if (waiting[i])
        waiting[i](api::Refusal{&registry_.verdict(one.refusal->verdict), one.refusal->pointer, one.refusal->context,
                                one.entry_id});
      continue;
    }
    (one.created ? metrics_.accepted : metrics_.repeated).Increment();
    Result<std::string> leaf = one.created ? std::move(made.leaves[next_leaf++]) : store_.leaf(*one.seq);
    if (!waiting[i]) continue;
    auto inclusion = proofs.inclusion(one.seq->value, checkpoint->size);
    if (!leaf || !inclusion) {
      const Error error = leaf ? inclusion.error() : leaf.error();
      halt(error);
      waiting[i](api::SubmitError{error, one.entry_id, 0});
      continue;
    }
    const Hash32 leaf_hash = one.created ? one.leaf_hash : merkle::leaf_hash(*leaf);
    waiting[i](api::Receipt{one.created, *one.seq, one.entry_id, std::move(*leaf), leaf_hash, std::move(*inclusion),
                            checkpoint});
  }
}

void Applier::fail_batch(const Error& error, std::vector<api::SubmitDone> waiting) {
  for (auto& done : waiting) {
    if (done) done(api::SubmitError{error, std::nullopt, 1});
  }
}

bool Applier::refuse_arrivals(const Error& error) {
  const auto until = std::chrono::steady_clock::now() + kRetryWait;
  while (true) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    if (left.count() <= 0) return true;
    auto batch = log_.next(left);
    if (!batch) return false;
    if (*batch) fail_batch(error, submissions_.claim((*batch)->entries));
  }
}

void Applier::recover(Error error) {
  while (true) {
    set_trouble(error.message());
    spdlog::error("writes wait: {}", error.message());
    const auto code = error.code == ErrorCode::disk_full ? ErrorCode::disk_full : ErrorCode::unavailable;
    if (!refuse_arrivals({code, error.context, {}})) return;
    auto reopened = store_.reopen();
    if (reopened) {
      spdlog::info("writes go on at size {}{}", reopened->head.size,
                   reopened->batch_in ? "; the failed batch is in" : "");
      publisher_.publish(reopened->head.size, reopened->head.root, reopened->head.time);
      if (reopened->batch_in) insight_.rebuild(reopened->head.size);
      return set_trouble({});
    }
    error = reopened.error();
    if (error.code != ErrorCode::disk_full && error.code != ErrorCode::io) return halt(error);
  }
}

void Applier::halt(const Error& error) {
  spdlog::critical("halted: {}", error.message());
  set_trouble("halted: " + error.message());
  halted_.store(true, std::memory_order_release);
}

}  // namespace dengji::node
