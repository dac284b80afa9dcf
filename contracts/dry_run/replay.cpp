#include "contracts/dry_run/replay.hpp"

#include "contracts/dry_run/amounts.hpp"
#include "contracts/subsidy/subsidies.hpp"

namespace dengji::contracts::dry_run {
namespace {

// A draft is another version than the one it is compared with; that alone decides nothing.
Effect without_version(const Effect& effect) {
  Effect same = effect;
  if (auto* working = std::get_if<WorkingEffect>(&same))
    working->rule = working->rule.substr(0, working->rule.find('@'));
  return same;
}

std::string bytes_of(const Effect& effect) {
  return std::visit([](const auto& one) { return encode(one); }, effect);
}

bool same_decision(const std::vector<Effect>& a, const std::vector<Effect>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].index() != b[i].index()) return false;
    if (bytes_of(without_version(a[i])) != bytes_of(without_version(b[i]))) return false;
  }
  return true;
}

Refusal nothing_there(std::string why) {
  return {0, std::move(why), {}};
}

}  // namespace

Replay::Replay(const ReadView& base, std::vector<PolicyEnactBody> drafts, Date from)
    : from_(from), in_force_(drafts.size()), state_(base), burn_down_(from) {
  for (PolicyEnactBody& draft : drafts) drafts_.push_back(draft_over(std::move(draft), from));
}

std::expected<void, DraftRefused> Replay::begin(Seq next) {
  Overlay trial(static_cast<const ReadView&>(state_));
  for (std::size_t i = 0; i < drafts_.size(); ++i) {
    if (auto verdict = put_in_force(drafts_[i], next, start_of_day(from_), trial); !verdict)
      return std::unexpected(DraftRefused{i, std::move(verdict.error())});
  }
  return enact_until(from_, next);
}

std::expected<void, DraftRefused> Replay::enact_until(Date day, Seq seq) {
  for (std::size_t i = 0; i < drafts_.size(); ++i) {
    if (in_force_[i] || day < drafts_[i].first) continue;
    if (auto verdict = put_in_force(drafts_[i], seq, start_of_day(drafts_[i].first), state_); !verdict)
      return std::unexpected(DraftRefused{i, std::move(verdict.error())});
    in_force_[i] = true;
  }
  return {};
}

std::expected<void, DraftRefused> Replay::take(const PastEntry& entry) {
  const Date day = shanghai_day(entry.moment.time);
  burn_down_.reach(day, state_);
  if (auto enacted = enact_until(day, entry.moment.seq); !enacted) return enacted;
  for (std::size_t i = 0; i < drafts_.size(); ++i) {
    if (!in_force_[i] || !is_about_code_of(drafts_[i], entry.checked)) continue;
    leave_out(entry, Why::replaced, nothing_there("the draft stands for " + drafts_[i].body.code));
    return {};
  }
  auto body = body_for(entry);
  if (!body) {
    leave_out(entry, Why::nothing_there, std::move(body.error()));
  } else if (*body) {
    decide(entry, {entry.checked.entry, entry.checked.type, std::move(*body), entry.checked.verified});
  } else {
    decide(entry, entry.checked);
  }
  return {};
}

std::expected<BodyPtr, Refusal> Replay::body_for(const PastEntry& entry) const {
  auto renamed = names_.rename(entry.checked);
  if (!renamed) {
    return std::unexpected(nothing_there(renamed.error().name + ": entry " + std::to_string(renamed.error().seq) +
                                         " did not bring it about"));
  }
  if (!entry.stake) return std::move(*renamed);
  const CheckedEntry means{{}, entry.checked.type, *renamed ? *renamed : entry.checked.body, {}};
  const auto stake = at_stake(state_, means);
  if (!stake) return std::move(*renamed);
  Repeated repeated = repeat_amount(means, *entry.stake, *stake);
  if (repeated.nothing_left) return std::unexpected(nothing_there("nothing is left of what it was about"));
  return repeated.body ? std::move(repeated.body) : std::move(*renamed);
}

void Replay::decide(const PastEntry& entry, const CheckedEntry& checked) {
  Outcome outcome = apply_entry(state_, checked, entry.moment, LeafBytes::left_out);
  if (auto* accepted = std::get_if<Accepted>(&outcome)) return accept(entry, std::move(*accepted));
  if (auto* refusal = std::get_if<Refusal>(&outcome)) {
    if (refusal->verdict == static_cast<std::uint16_t>(SubsidyVerdict::pool_exhausted)) note_exhausted(entry);
    leave_out(entry, Why::refused, std::move(*refusal));
  }
}

void Replay::accept(const PastEntry& entry, Accepted accepted) {
  if (accepted.writes != entry.writes && !same_decision(accepted.effects, entry.effects)) {
    ++decided_otherwise_;
    names_.learn(entry.moment.seq.value, brought_about(entry.effects, entry.writes),
                 brought_about(accepted.effects, accepted.writes));
  }
  const Date day = shanghai_day(entry.moment.time);
  const auto moved = BurnDown::moved_by(accepted.writes);
  state_.absorb(std::move(accepted.writes));
  burn_down_.take(day, moved, state_);
}

void Replay::leave_out(const PastEntry& entry, Why why, Refusal refusal) {
  const auto& envelope = entry.checked.entry.envelope;
  not_taken_.push_back({entry.moment.seq.value, entry.moment.time, envelope.type, envelope.parties.front().org, why,
                        std::move(refusal)});
  names_.learn(entry.moment.seq.value, brought_about(entry.effects, entry.writes), {});
}

void Replay::note_exhausted(const PastEntry& entry) {
  const auto& claim = static_cast<const TypedBody<SubsidyClaimBody>&>(*entry.checked.body).value;
  const Date day = shanghai_day(entry.moment.time);
  const auto policy = policy_version_on(state_, claim.line, day);
  if (policy && policy->subsidy_line) burn_down_.exhausted({policy->subsidy_line->pool, civil(day).year}, day);
}

}  // namespace dengji::contracts::dry_run
