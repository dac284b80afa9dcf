#include "contracts/dry_run/comparison.hpp"

#include <limits>

#include "contracts/dry_run/amounts.hpp"
#include "contracts/fee/fees.hpp"
#include "contracts/subsidy/subsidies.hpp"

namespace dengji::contracts::dry_run {
namespace {

std::int64_t plus_saturating(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return a < 0 ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
}

void add_to(std::int64_t& sum, std::int64_t fen) {
  sum = plus_saturating(sum, fen);
}

// visit(before, after) for every object of a kind that the run wrote; `before` is a new one's default.
template <Object T, class Visit>
void each_changed(const ReadView& base, const Writes& changed, Visit&& visit) {
  const std::string prefix = object_prefix(T::kKind);
  for (auto at = changed.lower_bound(prefix); at != changed.end() && at->first.starts_with(prefix); ++at) {
    if (!at->second) continue;
    const auto before = base.get(at->first);
    visit(before ? std::optional(decode<T>(*before)) : std::nullopt, decode<T>(*at->second));
  }
}

std::string code_of(std::string_view rule) {
  return std::string(rule.substr(0, rule.find('@')));
}

std::int64_t due(const Fee& fee) {
  return fee.assessed_fen.value() - fee.cancelled_fen.value();
}

std::int64_t given(const WaiverGiven& waiver) {
  return waiver.reinstated ? 0 : waiver.open_fen.value() + waiver.paid_fen.value();
}

void add_fee(const std::optional<Fee>& before, const Fee& fee, Figures& figures) {
  const std::int64_t due_fen = due(fee) - (before ? due(*before) : 0);
  OrgFigures& payer = figures.organisations[fee.payer.text];
  add_to(payer.fees_due_fen, due_fen);
  add_to(payer.fees_waived_fen, fee.waived_fen.value() - (before ? before->waived_fen.value() : 0));
  LineFigures& line = figures.lines[{"fee", code_of(fee.rule), fee.line}];
  line.count += before ? 0 : 1;
  add_to(line.fen, due_fen);
  for (std::size_t i = 0; i < fee.waivers.size(); ++i) {
    const bool old = before && i < before->waivers.size();
    LineFigures& waiver = figures.lines[{"waiver", code_of(fee.waivers[i].rule.value_or("")), fee.waivers[i].line}];
    waiver.count += old ? 0 : 1;
    add_to(waiver.fen, given(fee.waivers[i]) - (old ? given(before->waivers[i]) : 0));
  }
}

void add_claim(const std::optional<Claim>& before, const Claim& claim, Figures& figures) {
  const std::int64_t granted = claim.amount_fen.value() - (before ? before->amount_fen.value() : 0);
  const std::int64_t paid = claim.paid_fen.value() - (before ? before->paid_fen.value() : 0);
  OrgFigures& claimant = figures.organisations[claim.claimant.text];
  add_to(claimant.granted_fen, granted);
  add_to(claimant.paid_fen, paid);
  LineFigures& line = figures.lines[{"subsidy", claim.line, claim.line}];
  line.count += before ? 0 : 1;
  add_to(line.fen, granted);
  add_to(line.paid_fen, paid);
}

template <class Key, class Value>
void join(const std::map<Key, Value>& one, Value Pair<Value>::* side, std::map<Key, Pair<Value>>& into) {
  for (const auto& [key, value] : one) into[key].*side = value;
}

}  // namespace

std::int64_t OrgFigures::net() const {
  std::int64_t borne = 0;
  if (__builtin_sub_overflow(fees_due_fen, fees_waived_fen, &borne)) borne = fees_due_fen;
  std::int64_t net = 0;
  if (__builtin_sub_overflow(granted_fen, borne, &net)) net = granted_fen;
  return net;
}

Figures figures_of(const ReadView& base, const Writes& changed) {
  Figures figures;
  each_changed<Fee>(base, changed, [&](const auto& before, const Fee& fee) { add_fee(before, fee, figures); });
  each_changed<Claim>(base, changed,
                      [&](const auto& before, const Claim& claim) { add_claim(before, claim, figures); });
  return figures;
}

DryRun::DryRun(const ReadView& base, std::vector<PolicyEnactBody> drafts, Date from)
    : base_(base), was_(base), burn_down_(from), replay_(base, std::move(drafts), from) {}

std::optional<Fen> DryRun::note(const CheckedEntry& checked, Moment moment, Writes writes) {
  const Date day = shanghai_day(moment.time);
  const auto stake = at_stake(was_, checked);
  burn_down_.reach(day, was_);
  const auto moved = BurnDown::moved_by(writes);
  was_.absorb(std::move(writes));
  burn_down_.take(day, moved, was_);
  return stake;
}

std::expected<void, DraftRefused> DryRun::replay(const PastEntry& entry) {
  ++entries_;
  return replay_.take(entry);
}

void DryRun::finish(Date last) {
  burn_down_.finish(last, was_);
  replay_.finish(last);
}

Comparison DryRun::compare() const {
  const Figures was = figures_of(base_, was_.writes());
  const Figures would = figures_of(base_, replay_.state().writes());
  Comparison both;
  join(was.organisations, &Pair<OrgFigures>::was, both.organisations);
  join(would.organisations, &Pair<OrgFigures>::would, both.organisations);
  join(was.lines, &Pair<LineFigures>::was, both.lines);
  join(would.lines, &Pair<LineFigures>::would, both.lines);
  join(burn_down_.stories(), &Pair<PoolStory>::was, both.pools);
  join(replay_.burn_down().stories(), &Pair<PoolStory>::would, both.pools);
  return both;
}

}  // namespace dengji::contracts::dry_run
