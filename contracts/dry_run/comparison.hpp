// Two runs of one period side by side, as it was and as it would be: per organisation, per line of a policy, per pool.
// Taken from what each run changed of fees and claims, so that it costs the same whatever the ledger holds beside.
#pragma once

#include <map>
#include <string>
#include <tuple>

#include "contracts/dry_run/replay.hpp"

namespace dengji::contracts::dry_run {

// Changes within the period; each may be negative (a refund, a clawback of what was granted before). Sums saturate.
struct OrgFigures {
  std::int64_t fees_due_fen = 0;  // assessed, net of what was cancelled; waivers not taken off
  std::int64_t fees_waived_fen = 0;
  std::int64_t granted_fen = 0;  // subsidy reserved or granted, net of cuts and clawbacks
  std::int64_t paid_fen = 0;     // subsidy paid, net of bounces

  // What the organisation has of it: subsidy granted less fees that it bears.
  std::int64_t net() const;
  friend bool operator==(const OrgFigures&, const OrgFigures&) = default;
};

struct LineFigures {
  std::int64_t count = 0;  // fees assessed, waivers given, claims made
  std::int64_t fen = 0;    // assessed, waived or granted
  std::int64_t paid_fen = 0;

  friend bool operator==(const LineFigures&, const LineFigures&) = default;
};

// What a line is of: "fee", "waiver" or "subsidy"; the policy's code, empty for an act of discretion; the line's name.
using LineKey = std::tuple<std::string, std::string, std::string>;

struct Figures {
  std::map<std::string, OrgFigures> organisations;
  std::map<LineKey, LineFigures> lines;
};
// Of one run: what stands in `changed`, against `base`.
Figures figures_of(const state::ReadView& base, const state::Writes& changed);

template <class T>
struct Pair {
  T was;
  T would;

  bool differs() const { return !(was == would); }
};

struct Comparison {
  std::map<std::string, Pair<OrgFigures>> organisations;
  std::map<LineKey, Pair<LineFigures>> lines;
  std::map<BurnDown::PoolKey, Pair<PoolStory>> pools;
};

// Both runs over one base. note() and replay() have nothing in common but the base, which neither changes: they may run
// in two threads, each in the order of the entries.
class DryRun {
 public:
  DryRun(const state::ReadView& base, std::vector<PolicyEnactBody> drafts, Date from);

  std::expected<void, DraftRefused> begin(Seq next) { return replay_.begin(next); }

  // --- as it was. `was()` is the state just before the entry that comes next: what a caller applies that entry to.
  const state::ReadView& was() const { return was_; }
  // The stake that the replay of the entry must know.
  std::optional<Fen> note(const CheckedEntry& checked, Moment moment, state::Writes writes);
  // --- as it would be
  std::expected<void, DraftRefused> replay(const PastEntry& entry);

  void finish(Date last);

  std::uint64_t entries() const { return entries_; }
  const Replay& replay() const { return replay_; }
  Comparison compare() const;

 private:
  const state::ReadView& base_;
  state::Overlay was_;
  BurnDown burn_down_;
  Replay replay_;
  std::uint64_t entries_ = 0;  // replayed
};

// The whole answer as `dengji policy dry-run -o json` prints it but for what only the caller knows (docs/formats.md
// "Dry run"). Organisations by difference, winners first; of entries that were not taken the first `most`.
json::Json answer_of(const DryRun& run, const state::Registry& registry, std::size_t most);

}  // namespace dengji::contracts::dry_run
