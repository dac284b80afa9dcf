#include "contracts/subsidy/subsidy_explain.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include "contracts/common/story.hpp"
#include "contracts/subsidy/claim_due.hpp"
#include "contracts/subsidy/subsidy_acts.hpp"
#include "ledger/base/assert.hpp"

namespace dengji::contracts {
namespace {

using V = SubsidyVerdict;

constexpr std::size_t kMostEntries = 32;  // behind one stop, the newest

// What a working is of: stops are looked for among the claims that came before it.
struct Looked {
  const Policy& policy;
  const EarnUnit& unit;
  const std::vector<Claim>& before;
  bool as_it_was = false;  // at an earlier claim: what has ended since was granted then
};

// Collects what stopped an amount, with the entries behind it. The first error of the log ends it.
class Stops {
 public:
  Stops(const ReadView& view, const EntryHistory& entries, const Looked& looked)
      : view_(view), entries_(entries), looked_(looked) {}

  void add_steps(const ExplainedWorking& working) {
    for (const ExplainedStep& step : working.steps) add_step(step);
  }

  // Settlements that were left out of the base.
  void add_left_out(std::string why, const std::vector<std::string>& settlements) {
    if (settlements.empty()) return;
    ExplainedStop stop{.why = std::move(why), .fen = std::nullopt, .entries = {}, .note = std::nullopt};
    std::set<std::string> trades;
    for (const std::string& id : settlements) {
      const auto settlement = find_object<Settlement>(view_, id);
      LEDGER_ASSERT(settlement);
      if (stop.why == "related") {
        name(stop, settlement->seq, id);
      } else if (trades.insert(settlement->trade.text).second) {
        name_flag(stop, settlement->trade.text);
      }
    }
    take(std::move(stop));
  }

  // Why a claim would be refused. The first one takes all that is due.
  void add_refusal(const Refusal& refusal, const Claim& claim, std::optional<Fen> fen) {
    ExplainedStop stop{.why = slug_of(refusal.verdict), .fen = fen, .entries = {}, .note = refusal.context};
    switch (static_cast<V>(refusal.verdict)) {
      case V::nothing_due:
        break;
      case V::pool_exhausted:
        name_last(stop, account_key(claim_account(claim, "available")));
        break;
      case V::pool_not_open:
      case V::pool_claims_ended:
      case V::own_claim:
        name_last(stop, object_key(Pool::kKind, Pool::id(looked_.policy.subsidy_line->pool, claim.pool_year)));
        break;
      default:
        name_policy(stop);
    }
    take(std::move(stop));
  }

  Result<std::vector<ExplainedStop>> finish() {
    if (error_) return std::unexpected(std::move(*error_));
    return std::move(stops_);
  }

  static std::string slug_of(std::uint16_t verdict) {
    for (const VerdictRow& row : subsidy_area().verdicts) {
      if (row.number == verdict) return std::string(row.slug);
    }
    return std::to_string(verdict);
  }

 private:
  void add_step(const ExplainedStep& step) {
    ExplainedStop stop{.why = step.step, .fen = Fen(-step.adds_fen.value()), .entries = {}, .note = step.note};
    if (step.step == "threshold") {
      stop.fen.reset();
      stop.note = "the base is below " + fen_text(step.base_fen.value_or(Fen(0)));
      name_policy(stop);
    } else if (step.step == "cap") {
      name_policy(stop);
    } else if (step.step == "granted") {
      if (step.fen == Fen(0)) return;
      name_claims(stop, [&](const Claim& claim) { return unit_of(claim) == looked_.unit; });
    } else if (step.step == "forfeited") {
      name_clawbacks(stop);
    } else if (step.step == "stacking") {
      name_claims(stop, [&](const Claim& claim) { return rivals(claim); });
    } else if (step.step == "headroom") {
      name_users_of(stop, *step.note);
    } else {
      return;
    }
    take(std::move(stop));
  }

  // The claims of the payee, or of whoever holds its place, that fit.
  template <class Fits>
  void name_claims(ExplainedStop& stop, Fits&& fits) {
    for (const Claim& claim : looked_.before) {
      if ((looked_.as_it_was || claim.live()) && fits(claim)) name(stop, claim.claimed_seq, claim.no.text);
    }
  }

  bool rivals(const Claim& claim) const {
    if (claim.line == looked_.unit.line || claim.side != looked_.unit.side) return false;
    const auto policy = policy_by_rule(view_, claim.rule);
    LEDGER_ASSERT(policy && policy->subsidy_line);
    return policy->subsidy_line->stacking == Stacking::exclusive &&
           policy->subsidy_line->stacking_group == looked_.policy.subsidy_line->stacking_group;
  }

  // Claims that used the same cap book. Of a group others may have: they are named by their entries alone.
  void name_users_of(ExplainedStop& stop, const std::string& k) {
    const auto uses = [&](const Claim& claim) {
      return claim.earn_year == looked_.unit.year && (joint_code(k) || claim.line == looked_.unit.line) &&
             std::find(claim.caps.begin(), claim.caps.end(), k) != claim.caps.end();
    };
    name_claims(stop, uses);
    if (!k.starts_with("G:")) return;
    const std::string prefix = index_prefix(Claim::kKind, "line", looked_.unit.line);
    view_.scan(prefix, prefix, [&](std::string_view key, std::string_view) {
      const auto claim = find_object<Claim>(view_, key.substr(prefix.size()));
      LEDGER_ASSERT(claim);
      const bool own = std::any_of(looked_.before.begin(), looked_.before.end(),
                                   [&](const Claim& mine) { return mine.no == claim->no; });
      if (!own && claim->live() && uses(*claim)) name(stop, claim->claimed_seq);
      return true;
    });
  }

  void name_clawbacks(ExplainedStop& stop) {
    for (const Claim& claim : looked_.before) {
      if (!(unit_of(claim) == looked_.unit) || claim.forfeited_fen == Fen(0)) continue;
      name_typed(stop, object_key(Claim::kKind, claim.no.text), "subsidy.clawback", claim.no.text);
    }
  }

  void name_flag(ExplainedStop& stop, const std::string& trade) {
    name_typed(stop, object_key(Trade::kKind, trade), "trade.flag", trade);
  }

  // The entries of one type that wrote a key.
  void name_typed(ExplainedStop& stop, const std::string& key, std::string_view type, const std::string& id) {
    const auto versions = entries_.versions(key);
    if (!versions) return failed(versions.error());
    for (const EntryHistory::Version& version : *versions) {
      auto entry = explained_entry(entries_, version.seq, id);
      if (!entry) return failed(entry.error());
      if (entry->type == type) stop.entries.push_back(std::move(*entry));
    }
  }

  void name_policy(ExplainedStop& stop) { name(stop, looked_.policy.enacted_seq, looked_.policy.rule()); }

  void name_last(ExplainedStop& stop, const std::string& key) {
    const auto last = entries_.last_change(key);
    if (!last) return failed(last.error());
    if (*last) name(stop, static_cast<std::int64_t>((*last)->value));
  }

  void name(ExplainedStop& stop, std::int64_t seq, std::optional<std::string> id = std::nullopt) {
    auto entry = explained_entry(entries_, Seq{static_cast<std::uint64_t>(seq)}, std::move(id));
    if (!entry) return failed(entry.error());
    stop.entries.push_back(std::move(*entry));
  }

  void failed(const Error& error) {
    if (!error_) error_ = error;
  }

  void take(ExplainedStop stop) {
    auto& entries = stop.entries;
    std::sort(entries.begin(), entries.end(),
              [](const ExplainedEntry& a, const ExplainedEntry& b) { return a.seq < b.seq; });
    if (entries.size() > kMostEntries) entries.erase(entries.begin(), entries.end() - kMostEntries);
    stops_.push_back(std::move(stop));
  }

  const ReadView& view_;
  const EntryHistory& entries_;
  const Looked looked_;
  std::vector<ExplainedStop> stops_;
  std::optional<Error> error_;
};

// --- a claim
// Where the amount is: reserved before the approval, afterwards payable, paid or set against another claim, less what
// came back and what has yet to.
std::vector<ExplainedPart> parts_of(const ReadView& view, const Claim& claim) {
  std::vector<ExplainedPart> parts;
  const auto add = [&parts](const char* part, std::int64_t fen) {
    if (fen != 0) parts.push_back({part, Fen(fen)});
  };
  if (claim.before_approval()) {
    add("reserved", claim.amount_fen.value());
    return parts;
  }
  add("payable", posted_balance(view, payable_account(claim)).value());
  add("paid", claim.paid_fen.value());
  add("set_against", claim.offset_fen.value());
  add("recovered", -claim.recovered_fen.value());
  add("written_off", -claim.written_off_fen.value());
  add("receivable", -posted_balance(view, receivable_account(claim)).value());
  return parts;
}

// The unit of the claim by all that is known now: what it is entitled to, what all its claims were granted, and the
// difference, negative where something will be taken back.
ExplainedWorking unit_working(const ReadView& view, const Policy& policy, const Claim& claim,
                              const std::vector<Claim>& claims) {
  const EarnUnit unit = unit_of(claim);
  UnitEntitlement entitled = unit_entitlement(view, policy, unit, claims);
  const Granted granted = granted_to(unit, claims);
  entitled.steps.push_back({.step = "granted", .fen = granted.live});
  if (granted.forfeited > Fen(0)) entitled.steps.push_back({.step = "forfeited", .fen = granted.forfeited});
  const Fen left(entitled.fen.value() - granted.live.value() - granted.forfeited.value());
  return add_up({.cause = claim.no.text,
                 .rule = claim.rule,
                 .line = claim.line,
                 .rounding = policy.subsidy_line->rounding,
                 .steps = std::move(entitled.steps),
                 .fen = left});
}

std::vector<std::string> left_out_of(const std::vector<Effect>& effects, const Claim& claim, std::string_view code) {
  for (const Effect& effect : effects) {
    const auto* flag = std::get_if<FlagEffect>(&effect);
    if (flag != nullptr && flag->id == claim.no.text && flag->code == code) return flag->members;
  }
  return {};
}

Result<std::vector<ExplainedStop>> stops_at_claim(const ReadView& view, const EntryHistory& entries, const Claim& claim,
                                                  const Looked& looked, const ExplainedWorking& working) {
  const auto told = entries.told(Seq{static_cast<std::uint64_t>(claim.claimed_seq)});
  if (!told) return std::unexpected(told.error());
  Stops stops(view, entries, looked);
  stops.add_left_out("related", left_out_of(told->effects, claim, "related_left_out"));
  stops.add_left_out("flagged", left_out_of(told->effects, claim, "flagged_left_out"));
  stops.add_steps(working);
  return stops.finish();
}

// --- what would be due
const std::string* member_of(const DueQuery& query, std::string_view name) {
  const auto found = std::find_if(query.begin(), query.end(), [&](const auto& member) { return member.first == name; });
  return found == query.end() ? nullptr : &found->second;
}

Result<SubsidyClaimBody> read_query(const DueQuery& query) {
  SubsidyClaimBody body;
  for (const char* name : {"line", "org"}) {
    if (member_of(query, name) == nullptr) return fail(ErrorCode::member_missing, name, std::string("?") + name);
  }
  body.line = *member_of(query, "line");
  if (const std::string* dataset = member_of(query, "dataset")) body.dataset = *dataset;
  if (const std::string* side = member_of(query, "side")) {
    body.side = enum_of<Side>(*side);
    if (!body.side) return fail(ErrorCode::value_range, "side is seller or buyer", "?side");
  }
  if (const std::string* text = member_of(query, "year")) {
    std::int64_t year = 0;
    const auto [end, ec] = std::from_chars(text->data(), text->data() + text->size(), year);
    if (ec != std::errc{} || end != text->data() + text->size() || year < 1970 || year > 9999)
      return fail(ErrorCode::value_range, "year is one of 1970 to 9999", "?year");
    body.year = year;
  }
  return body;
}

// Nothing could be computed: a wrong question, or a period that has not begun.
Result<Explanation> without_amount(const Refusal& refusal) {
  const auto verdict = static_cast<V>(refusal.verdict);
  if (verdict != V::line_not_in_force && verdict != V::earn_period_missing) {
    const std::size_t slash = refusal.pointer.rfind('/');
    const std::string member = slash == std::string::npos ? refusal.pointer : refusal.pointer.substr(slash + 1);
    return fail(ErrorCode::value_range, Stops::slug_of(refusal.verdict) + ": " + refusal.context, "?" + member);
  }
  Explanation shown{.kind = std::string(Claim::kKind)};
  shown.stopped.push_back(
      {.why = Stops::slug_of(refusal.verdict), .fen = std::nullopt, .entries = {}, .note = refusal.context});
  return shown;
}

}  // namespace

Result<Explanation> Claim::explain(const Claim& claim, const ReadView& view, const EntryHistory& entries, LedgerTime) {
  const auto policy = policy_by_rule(view, claim.rule);
  LEDGER_ASSERT(policy && policy->subsidy_line);
  auto story = story_of(entries, {Claim::kKind, claim.no.text, {}}, [](std::string_view record) {
    const auto then = decode<Claim>(record);
    return AmountThen{then.amount_fen, std::string(name_of(then.status))};
  });
  if (!story) return std::unexpected(std::move(story.error()));
  const EarnUnit unit = unit_of(claim);
  const std::vector<Claim> claims = claims_of(view, unit.payee);
  std::vector<Claim> before;
  std::copy_if(claims.begin(), claims.end(), std::back_inserter(before),
               [&](const Claim& other) { return other.claimed_seq < claim.claimed_seq; });
  // The first working of a claim is that of its own entry.
  LEDGER_ASSERT(!story->workings.empty());
  auto stopped = stops_at_claim(view, entries, claim, {*policy, unit, before, true}, story->workings.front());
  if (!stopped) return std::unexpected(std::move(stopped.error()));
  stopped->insert(stopped->end(), story->lowered.begin(), story->lowered.end());
  return Explanation{.kind = std::string(Claim::kKind),
                     .id = claim.no.text,
                     .rule = claim.rule,
                     .status = std::string(name_of(claim.status)),
                     .amount_fen = claim.amount_fen,
                     .parts = parts_of(view, claim),
                     .workings = std::move(story->workings),
                     .now = unit_working(view, *policy, claim, claims),
                     .changes = std::move(story->changes),
                     .stopped = std::move(*stopped)};
}

Result<Explanation> explain_due(const ReadView& view, const EntryHistory& entries, const DueQuery& query,
                                LedgerTime now) {
  const auto body = read_query(query);
  if (!body) return std::unexpected(body.error());
  const std::string& org = *member_of(query, "org");
  if (!find_object<Org>(view, org)) return fail(ErrorCode::value_range, "no organisation " + org, "?org");
  const auto due = find_due(view, {*body, OrgId(org), shanghai_day(now)});
  if (!due) return without_amount(due.error());
  Explanation shown{.kind = std::string(Claim::kKind), .rule = due->policy.rule()};
  shown.now = add_up(due->working());
  Stops stops(view, entries, {due->policy, due->unit, due->before, false});
  stops.add_left_out("related", due->entitled.base.related);
  stops.add_left_out("flagged", due->entitled.base.flagged);
  stops.add_steps(*shown.now);
  std::optional<Fen> refused = due->fen;
  for (const Refusal& refusal : due->stops) {
    stops.add_refusal(refusal, due->claim, refused);
    refused.reset();
  }
  auto stopped = stops.finish();
  if (!stopped) return std::unexpected(std::move(stopped.error()));
  shown.stopped = std::move(*stopped);
  if (due->stops.empty()) shown.amount_fen = due->fen;
  return shown;
}

}  // namespace dengji::contracts
