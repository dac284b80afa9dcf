// A history in memory replayed under drafts, for tests of the dry run: entries are read and applied as a node does it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "contracts/dry_run/comparison.hpp"
#include "tests/support/contract_fixture.hpp"
#include "tests/support/money_play.hpp"

namespace dengji::test {

// The body of a policy.enact that begins on a day.
inline Json draft_of(const std::string& kind, const std::string& code, const Json& form,
                     const std::string& from = "2026-01-05") {
  return {{"kind", kind},           {"code", code}, {"title", "draft"}, {"jurisdiction", "320000"},
          {"effective_from", from}, {kind, form}};
}

class Trial {
 public:
  Trial(const std::vector<MoneyPlay::Sent>& past, const std::vector<Json>& drafts,
        const std::string& from = "2026-01-05") {
    std::vector<contracts::PolicyEnactBody> bodies;
    for (const Json& draft : drafts) {
      auto body = contracts::dry_run::read_draft(draft.dump());
      LEDGER_ASSERT(body);
      bodies.push_back(std::move(*body));
    }
    const Date first = *parse_date(from);
    std::optional<LedgerTime> previous;
    std::uint64_t seq = 0;
    for (const MoneyPlay::Sent& sent : past) {
      const contracts::Moment moment{Seq{seq++}, sent.time, previous};
      previous = sent.time;
      const auto checked = contracts::read_trusted_entry(sent.bytes, contracts::registry());
      LEDGER_ASSERT(checked);
      const bool within = shanghai_day(sent.time) >= first;
      if (within && !run_) {
        run_.emplace(base_, bodies, first);
        if (auto begun = run_->begin(moment.seq); !begun) {
          refused_ = begun.error();
          return;
        }
      }
      const state::ReadView& view = within ? run_->was() : base_;
      auto outcome = contracts::apply_entry(view, *checked, moment);
      const auto& accepted = std::get<contracts::Accepted>(outcome);
      if (!within) {
        base_.absorb(accepted.writes);
        continue;
      }
      const auto stake = run_->note(*checked, moment, accepted.writes);
      if (auto taken = run_->replay({*checked, moment, accepted.effects, accepted.writes, stake}); !taken) {
        refused_ = taken.error();
        return;
      }
    }
    run_->finish(shanghai_day(*previous));
  }

  const std::optional<contracts::dry_run::DraftRefused>& refused() const { return refused_; }
  const contracts::dry_run::DryRun& run() const { return *run_; }
  const contracts::dry_run::Replay& replay() const { return run_->replay(); }
  contracts::dry_run::Comparison compare() const { return run_->compare(); }
  Json answer() const { return contracts::dry_run::answer_of(*run_, contracts::registry(), 100); }

  // Of the run as it would be.
  template <state::Object T>
  std::optional<T> would(const std::string& id) const {
    return state::find_object<T>(replay().state(), id);
  }
  std::int64_t would_balance(const std::string& account) const {
    return state::posted_balance(replay().state(), account).value();
  }
  // Types of the entries that were not taken, in their order.
  std::vector<std::string> not_taken() const {
    std::vector<std::string> types;
    for (const auto& one : replay().not_taken()) types.push_back(one.type);
    return types;
  }

 private:
  MemoryView base_;
  std::optional<contracts::dry_run::DryRun> run_;
  std::optional<contracts::dry_run::DraftRefused> refused_;
};

}  // namespace dengji::test
