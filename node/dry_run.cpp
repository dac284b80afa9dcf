#include "node/dry_run.hpp"

#include <algorithm>

#include "contracts/areas.hpp"
#include "ledger/base/assert.hpp"

namespace dengji::node {
namespace {

Date earliest_first_day(const std::vector<contracts::PolicyEnactBody>& drafts) {
  LEDGER_ASSERT(!drafts.empty());
  return std::min_element(drafts.begin(), drafts.end(),
                          [](const auto& a, const auto& b) { return a.effective_from < b.effective_from; })
      ->effective_from;
}

}  // namespace

DryRunFeed::DryRunFeed(DryRunAsked asked)
    : asked_(std::move(asked)), from_(asked_.from.value_or(earliest_first_day(asked_.drafts))) {}

DryRunFeed::~DryRunFeed() {
  if (replaying_.valid()) replaying_.wait();
}

Result<void> DryRunFeed::told(Taken taken) {
  if (taken) return {};
  refused_ = std::move(taken.error());
  return fail(ErrorCode::bad_request, refused_->refusal.context, refused_->refusal.pointer);
}

Result<bool> DryRunFeed::in_period(contracts::Moment moment) {
  const Date day = shanghai_day(moment.time);
  if (!first_) first_ = day;
  past_the_end_ = asked_.to && *asked_.to < day;
  if (!past_the_end_) last_ = day;
  if (day < from_ || past_the_end_) return false;
  if (run_) return true;
  run_.emplace(base_, asked_.drafts, from_);
  if (auto begun = told(run_->begin(moment.seq)); !begun) return std::unexpected(std::move(begun.error()));
  return true;
}

Result<void> DryRunFeed::take(const contracts::CheckedEntry& checked, contracts::Moment moment,
                              const std::vector<state::Effect>& effects, const state::Writes& writes) {
  const auto within = in_period(moment);
  if (!within) return std::unexpected(within.error());
  if (*within) {
    const auto stake = run_->note(checked, moment, writes);
    return told(run_->replay({checked, moment, effects, writes, stake}));
  }
  if (!past_the_end_) base_.absorb(writes);
  return {};
}

Result<contracts::Accepted> DryRunFeed::execute_one(const ReadEntry& read, const state::ReadView& view) const {
  auto outcome = contracts::apply_entry(view, read.checked, read.moment, contracts::LeafBytes::left_out);
  if (auto* accepted = std::get_if<contracts::Accepted>(&outcome)) return std::move(*accepted);
  const auto* refusal = std::get_if<state::Refusal>(&outcome);
  return fail(ErrorCode::ledger_inconsistent,
              "entry " + std::to_string(read.moment.seq.value) +
                  ": the rules refuse it: " + (refusal ? refusal->context : "it is in the ledger twice"));
}

Result<void> DryRunFeed::replayed_so_far() {
  return replaying_.valid() ? told(replaying_.get()) : Result<void>{};
}

Result<void> DryRunFeed::execute(std::vector<ReadEntry> batch) {
  std::vector<Past> past;
  for (ReadEntry& read : batch) {
    const auto within = in_period(read.moment);
    if (!within) return std::unexpected(within.error());
    if (past_the_end_) break;
    const state::ReadView& view = *within ? run_->was() : base_;
    auto accepted = execute_one(read, view);
    if (!accepted) return std::unexpected(std::move(accepted.error()));
    if (*within) {
      const auto stake = run_->note(read.checked, read.moment, accepted->writes);
      past.push_back({std::move(read), std::move(accepted->effects), std::move(accepted->writes), stake});
    } else {
      base_.absorb(std::move(accepted->writes));
    }
  }
  if (auto replayed = replayed_so_far(); !replayed || past.empty()) return replayed;
  replaying_ = std::async(std::launch::async, [this, past = std::move(past)]() -> Taken {
    for (const Past& one : past) {
      auto taken = run_->replay({one.read.checked, one.read.moment, one.effects, one.writes, one.stake});
      if (!taken) return taken;
    }
    return {};
  });
  return {};
}

Result<json::Json> DryRunFeed::finish(std::size_t most_not_taken) {
  if (auto replayed = replayed_so_far(); !replayed) return std::unexpected(std::move(replayed.error()));
  const Date to = asked_.to.value_or(last_);
  if (!run_) {
    return fail(ErrorCode::usage, "no entry lies between " + format_date(from_) + " and " + format_date(to) +
                                      (first_ ? "; the ledger begins on " + format_date(*first_) : "") +
                                      "; choose the period with --from and --to");
  }
  run_->finish(to);
  json::Json answer = contracts::dry_run::answer_of(*run_, contracts::registry(), most_not_taken);
  answer["from"] = format_date(from_);
  answer["to"] = format_date(to);
  return answer;
}

}  // namespace dengji::node
