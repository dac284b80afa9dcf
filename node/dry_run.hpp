// A dry run fed by a ledger's entries in their order (contracts/dry_run has the rules): builds the state up to the
// period, tries the drafts, replays the period beside what it was. The entries come from an audit that goes on at the
// same time, or are executed here, for an export that the caller trusts.
#pragma once

#include <future>
#include <optional>
#include <vector>

#include "contracts/dry_run/comparison.hpp"
#include "ledger/base/error.hpp"
#include "node/replayed_state.hpp"
#include "node/trusted_export.hpp"

namespace dengji::node {

struct DryRunAsked {
  std::vector<contracts::PolicyEnactBody> drafts;
  std::optional<Date> from;  // default: the earliest first day of a draft
  std::optional<Date> to;    // default: the day of the last entry
};

// Memory: the state, and what each of the two runs changes. Not thread-safe; with execute() it replays one batch in a
// thread of its own while the next one is executed as it was.
class DryRunFeed {
 public:
  explicit DryRunFeed(DryRunAsked asked);
  DryRunFeed(const DryRunFeed&) = delete;
  DryRunFeed& operator=(const DryRunFeed&) = delete;
  ~DryRunFeed();

  // The next entry, with what came of it. Error: bad_request if the rules refuse a draft; refused() tells which and
  // why.
  Result<void> take(const contracts::CheckedEntry& checked, contracts::Moment moment,
                    const std::vector<state::Effect>& effects, const state::Writes& writes);
  // The next entries, executed here. Errors: those of take(), perhaps of an earlier batch; ledger_inconsistent if the
  // rules refuse an entry.
  Result<void> execute(std::vector<ReadEntry> batch);
  // After the last entry: the comparison, with `from` and `to`. Errors: usage if no entry lies in the period; those of
  // take().
  Result<json::Json> finish(std::size_t most_not_taken);

  const std::optional<contracts::dry_run::DraftRefused>& refused() const { return refused_; }
  std::uint64_t replayed() const { return run_ ? run_->entries() : 0; }

 private:
  using Taken = std::expected<void, contracts::dry_run::DraftRefused>;
  // An entry of the period as it was, on its way to the replay.
  struct Past {
    ReadEntry read;
    std::vector<state::Effect> effects;
    state::Writes writes;
    std::optional<Fen> stake;
  };

  // Whether the entry belongs to the period, whose run then has begun.
  Result<bool> in_period(contracts::Moment moment);
  Result<contracts::Accepted> execute_one(const ReadEntry& read, const state::ReadView& view) const;
  Result<void> told(Taken taken);
  // Waits for the batch that is being replayed.
  Result<void> replayed_so_far();

  const DryRunAsked asked_;
  Date from_;
  ReplayedState base_;
  std::optional<contracts::dry_run::DryRun> run_;
  std::future<Taken> replaying_;
  std::optional<contracts::dry_run::DraftRefused> refused_;
  std::optional<Date> first_;  // of all entries
  Date last_;                  // of those taken
  bool past_the_end_ = false;
};

}  // namespace dengji::node
