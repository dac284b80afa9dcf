// A period of the past once more, under drafts, on a private copy of the state: the run "as it would be". Every entry
// is judged by the same apply_entry; where the drafts lead to other numbers and amounts, later entries are understood
// to mean the same things (renumbering.hpp, amounts.hpp). What cannot happen any more is told, and the replay goes on.
// Pure; single-threaded. Memory: what changed in the period.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "contracts/dry_run/burn_down.hpp"
#include "contracts/dry_run/drafts.hpp"
#include "contracts/dry_run/renumbering.hpp"

namespace dengji::contracts::dry_run {

// An entry of the past and what came of it then.
struct PastEntry {
  const CheckedEntry& checked;
  Moment moment;
  const std::vector<state::Effect>& effects;
  const state::Writes& writes;
  std::optional<Fen> stake;  // at_stake() of the state just before it
};

// Why an entry of the past is not in the replay.
enum class Why : std::uint8_t {
  refused,        // by the rules, with a verdict
  nothing_there,  // it acts on something that did not come about, or of which nothing is left
  replaced,       // it enacts or retires what a draft stands for
};

struct NotTaken {
  std::uint64_t seq = 0;
  LedgerTime time;
  std::string type;
  OrgId org;  // of its first party
  Why why = Why::refused;
  state::Refusal refusal;  // for Why::refused; else its context tells the reason
};

// A draft that the rules refuse.
struct DraftRefused {
  std::size_t draft = 0;
  state::Refusal refusal;
};

class Replay {
 public:
  // `base` is the state at the beginning of `from`; it must outlive this and not change.
  Replay(const state::ReadView& base, std::vector<PolicyEnactBody> drafts, Date from);

  // Before the first entry: tries every draft on a copy and puts in force those that are from the start. `next` is the
  // seq of the entry that comes next.
  std::expected<void, DraftRefused> begin(Seq next);
  // Puts a draft in force when its day has come, then decides the entry anew.
  std::expected<void, DraftRefused> take(const PastEntry& entry);
  void finish(Date last) { burn_down_.finish(last, state_); }

  const std::vector<Draft>& drafts() const { return drafts_; }
  const state::Overlay& state() const { return state_; }
  const BurnDown& burn_down() const { return burn_down_; }
  const std::vector<NotTaken>& not_taken() const { return not_taken_; }
  // Entries that were taken with other effects than in the past, but for the version of a rule.
  std::uint64_t decided_otherwise() const { return decided_otherwise_; }

 private:
  std::expected<void, DraftRefused> enact_until(Date day, Seq seq);
  // What the entry means in the replay; nullptr: what it says. Refused if it has nothing to act on.
  std::expected<state::BodyPtr, state::Refusal> body_for(const PastEntry& entry) const;
  void decide(const PastEntry& entry, const CheckedEntry& checked);
  void accept(const PastEntry& entry, Accepted accepted);
  void leave_out(const PastEntry& entry, Why why, state::Refusal refusal);
  void note_exhausted(const PastEntry& entry);

  const Date from_;
  std::vector<Draft> drafts_;
  std::vector<bool> in_force_;
  state::Overlay state_;
  BurnDown burn_down_;
  Renumbering names_;
  std::vector<NotTaken> not_taken_;
  std::uint64_t decided_otherwise_ = 0;
};

}  // namespace dengji::contracts::dry_run
