// When the base of a granted subsidy changes: every unit that may be touched is computed anew, and what was granted
// beyond its entitlement is taken back, latest claim first, whatever state the claims are in.
#include <algorithm>
#include <functional>
#include <set>

#include "contracts/subsidy/subsidy_acts.hpp"
#include "ledger/base/assert.hpp"

namespace dengji::contracts {
namespace {

using Touched = std::function<bool(const EarnUnit&, const SubsidyLine&)>;

struct Excess {
  EarnUnit unit;
  Policy policy;
  UnitEntitlement entitled;
  Fen granted;
  Fen fen;
};

// The live units of a payee that were granted more than they are entitled to by now. All are judged by the same claims
// before any is changed, so that the order among lines decides nothing.
std::vector<Excess> find_excesses(const ReadView& view, const std::vector<Claim>& claims, const Touched& touched) {
  std::vector<Excess> excesses;
  std::vector<EarnUnit> seen;
  for (const Claim& claim : claims) {
    const EarnUnit unit = unit_of(claim);
    if (!claim.live() || std::find(seen.begin(), seen.end(), unit) != seen.end()) continue;
    seen.push_back(unit);
    auto policy = policy_by_rule(view, claim.rule);
    LEDGER_ASSERT(policy && policy->subsidy_line);
    if (!touched(unit, *policy->subsidy_line)) continue;
    UnitEntitlement entitled = unit_entitlement(view, *policy, unit, claims);
    const Fen granted = granted_to(unit, claims).live;
    if (granted <= entitled.fen) continue;
    const Fen fen(granted.value() - entitled.fen.value());
    excesses.push_back({unit, std::move(*policy), std::move(entitled), granted, fen});
  }
  return excesses;
}

// Which claim bears how much, latest first.
struct Part {
  Claim* claim;
  Fen fen;
};

std::vector<Part> share_out(const Excess& excess, std::vector<Claim>& claims) {
  std::vector<Part> parts;
  Fen left = excess.fen;
  for (auto claim = claims.rbegin(); claim != claims.rend() && left > Fen(0); ++claim) {
    if (!claim->live() || claim->amount_fen == Fen(0) || !(unit_of(*claim) == excess.unit)) continue;
    const Fen fen = std::min(left, claim->amount_fen);
    parts.push_back({&*claim, fen});
    left = Fen(left.value() - fen.value());
  }
  LEDGER_ASSERT(left == Fen(0));
  return parts;
}

void show(EntryTx& tx, const Excess& excess, const std::vector<Part>& parts) {
  constexpr std::size_t kMostSteps = 60;
  std::vector<WorkingStep> steps = excess.entitled.steps;
  steps.push_back({.step = "entitled", .fen = excess.entitled.fen});
  steps.push_back({.step = "granted", .fen = excess.granted});
  for (const Part& part : parts) {
    if (steps.size() == kMostSteps) break;
    steps.push_back({.step = "taken_back", .fen = part.fen, .note = part.claim->no.text});
  }
  tx.working({.cause = parts.front().claim->no.text,
              .rule = excess.policy.rule(),
              .line = excess.unit.line,
              .rounding = excess.policy.subsidy_line->rounding,
              .steps = std::move(steps),
              .fen = Fen(-excess.fen.value())});
}

Verdict recompute(EntryTx& tx, const OrgId& payee, const Touched& touched) {
  std::vector<Claim> claims = claims_of(tx.view(), payee);
  if (claims.empty()) return {};
  const std::vector<Excess> excesses = find_excesses(tx.view(), claims, touched);
  for (const Excess& excess : excesses) {
    const std::vector<Part> parts = share_out(excess, claims);
    show(tx, excess, parts);
    for (const Part& part : parts) DENGJI_TRY(take_back(tx, *part.claim, part.fen));
  }
  std::set<OrgId> claimants;
  for (const Claim& claim : claims) claimants.insert(claim.claimant);
  if (excesses.empty()) claimants.clear();
  for (const OrgId& claimant : claimants) tx.reader(claimant);
  return {};
}

bool everything(const EarnUnit&, const SubsidyLine&) {
  return true;
}

// Both sides of every trade behind an index of trades.
void add_traders(const ReadView& view, std::string_view index, std::string_view value, std::set<OrgId>& traders) {
  const std::string prefix = index_prefix(Trade::kKind, index, value);
  view.scan(prefix, prefix, [&](std::string_view key, std::string_view) {
    const auto trade = find_object<Trade>(view, key.substr(prefix.size()));
    LEDGER_ASSERT(trade);
    traders.insert(trade->seller);
    traders.insert(trade->buyer);
    return true;
  });
}

}  // namespace

Verdict on_settlement_changed(EntryTx& tx, const Trade& trade, const Settlement& settlement) {
  const Date day = settlement.bank_date;
  for (const Side side : {Side::seller, Side::buyer}) {
    // What a settlement earned under one exclusive line bears on the others, whatever their own periods are.
    const auto touched = [&](const EarnUnit& unit, const SubsidyLine& line) {
      if (unit.side != side || !counts_settlements(line)) return false;
      return line.stacking == Stacking::exclusive || line.earn == EarnPeriod::months ||
             (unit.span.from <= day && day <= unit.span.to);
    };
    DENGJI_TRY(recompute(tx, side == Side::seller ? trade.seller : trade.buyer, touched));
  }
  return {};
}

Verdict on_trade_changed(EntryTx& tx, const Trade& trade) {
  for (const Side side : {Side::seller, Side::buyer}) {
    DENGJI_TRY(recompute(tx, side == Side::seller ? trade.seller : trade.buyer,
                         [side](const EarnUnit& unit, const SubsidyLine& line) {
                           if (line.base == SubsidyBase::fee_paid) return true;
                           return unit.side == side && counts_settlements(line);
                         }));
  }
  return {};
}

Verdict on_certificate_changed(EntryTx& tx, const Certificate& certificate) {
  if (certificate.status != CertificateStatus::revoked) return {};
  std::set<OrgId> payees{certificate.holder};
  add_traders(tx.view(), "certificate", certificate.no.text, payees);
  for (const OrgId& payee : payees) DENGJI_TRY(recompute(tx, payee, everything));
  return {};
}

Verdict on_rating_changed(EntryTx& tx, const Rating& rating) {
  const auto dataset = tx.find<Dataset>(rating.assessment.dataset);
  LEDGER_ASSERT(dataset);
  std::set<OrgId> payees{rating.holder, dataset->holder, dataset->original};
  add_traders(tx.view(), "dataset", dataset->id, payees);
  for (const OrgId& payee : payees) {
    DENGJI_TRY(recompute(tx, payee, [](const EarnUnit&, const SubsidyLine& line) {
      return line.void_if_failed.value_or(false) || line.milestone == Milestone::rating_excellent;
    }));
  }
  return {};
}

Verdict on_fee_changed(EntryTx& tx, const Fee& fee) {
  return recompute(tx, fee.payer,
                   [](const EarnUnit&, const SubsidyLine& line) { return line.base == SubsidyBase::fee_paid; });
}

Verdict recompute_subsidies(EntryTx& tx, const OrgId& payee) {
  return recompute(tx, payee, everything);
}

}  // namespace dengji::contracts
