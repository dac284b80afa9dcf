#include "contracts/subsidy/unit_entitlement.hpp"

#include <algorithm>
#include <map>

#include "contracts/common/succession.hpp"
#include "crypto/base64.hpp"
#include "crypto/sha256.hpp"
#include "ledger/base/assert.hpp"

namespace dengji::contracts {
namespace {

EntitlementTerms terms_of(const SubsidyLine& line, const EarnUnit& unit) {
  EntitlementTerms terms{.line = line};
  if (line.payee == Payee::split) {
    const std::int64_t seller = line.seller_share_ppm.value_or(kWholePpm);
    terms.share_ppm = unit.side == Side::seller ? seller : kWholePpm - seller;
  }
  terms.cap = line.unit == SubsidyUnit::org ? line.cap_org_fen : line.cap_dataset_fen;
  return terms;
}

// What each item adds to the entitlement, in the order of settling; the shares sum to it.
std::vector<Fen> shares_of(const EntitlementTerms& terms, const Base& base) {
  std::vector<Fen> shares;
  BaseSum sum;
  Fen before;
  for (const BaseItem& item : base.items) {
    sum.add(item.fen, item.cross);
    const Fen after = entitlement(terms, sum);
    shares.emplace_back(after.value() - before.value());
    before = after;
  }
  return shares;
}

// The entry of the first live claim of a unit that covered what entry `seq` recorded.
std::optional<std::int64_t> covered_at(const std::vector<Claim>& claims, const EarnUnit& unit, std::int64_t seq) {
  for (const Claim& claim : claims) {
    if (claim.live() && claim.claimed_seq > seq && unit_of(claim) == unit) return claim.claimed_seq;
  }
  return std::nullopt;
}

bool excludes(const SubsidyLine& a, const SubsidyLine& b) {
  return a.stacking == Stacking::exclusive && b.stacking == Stacking::exclusive && a.stacking_group == b.stacking_group;
}

// Where lines exclude each other, each settlement counts for a line only with what exceeds the best other line whose
// live claim covered it earlier.
class Stack {
 public:
  Stack(const ReadView& view, const SubsidyLine& line, const EarnUnit& unit, const std::vector<Claim>& claims)
      : view_(view), line_(line), unit_(unit), claims_(claims) {}

  // What is lost to other lines.
  Fen deduction(const EntitlementTerms& terms, const Base& base) {
    find_rivals();
    if (rivals_.empty()) return Fen(0);
    const std::vector<Fen> shares = shares_of(terms, base);
    std::int64_t lost = 0;
    for (std::size_t i = 0; i < shares.size(); ++i) {
      lost += std::min(shares[i], best_before(base.items[i])).value();
    }
    return Fen(lost);
  }

 private:
  struct Rival {
    EarnUnit unit;
    std::map<std::string, Fen> shares;  // by item
  };

  void find_rivals() {
    for (const Claim& claim : claims_) {
      const EarnUnit other = unit_of(claim);
      const bool known =
          std::any_of(rivals_.begin(), rivals_.end(), [&](const Rival& rival) { return rival.unit == other; });
      if (!claim.live() || other == unit_ || other.side != unit_.side || known) continue;
      const auto policy = policy_by_rule(view_, claim.rule);
      LEDGER_ASSERT(policy && policy->subsidy_line);
      if (!excludes(line_, *policy->subsidy_line)) continue;
      rivals_.push_back(rival(*policy->subsidy_line, other));
    }
  }

  Rival rival(const SubsidyLine& line, const EarnUnit& unit) const {
    Rival made{unit, {}};
    const Base base = collect_base(view_, line, unit);
    const std::vector<Fen> shares = shares_of(terms_of(line, unit), base);
    for (std::size_t i = 0; i < shares.size(); ++i) made.shares.emplace(base.items[i].id, shares[i]);
    return made;
  }

  Fen best_before(const BaseItem& item) const {
    const auto mine = covered_at(claims_, unit_, item.seq);
    Fen best;
    for (const Rival& rival : rivals_) {
      const auto share = rival.shares.find(item.id);
      if (share == rival.shares.end()) continue;
      const auto theirs = covered_at(claims_, rival.unit, item.seq);
      if (theirs && (!mine || *theirs < *mine)) best = std::max(best, share->second);
    }
    return best;
  }

  const ReadView& view_;
  const SubsidyLine& line_;
  const EarnUnit& unit_;
  const std::vector<Claim>& claims_;
  std::vector<Rival> rivals_;
};

// A group id is free text: one that would not make a single short segment of an account id stands as its hash.
std::string group_k(const std::string& group) {
  const bool plain = group.find('/') == std::string::npos && !group.starts_with('#');
  return plain ? "G:" + group : "G:#" + crypto::to_b64(crypto::sha256(group));
}

// The period as now known, for a line whose event may have been voided since.
std::optional<EarnUnit> unit_now(const ReadView& view, const Policy& policy, const EarnUnit& unit) {
  if (policy.subsidy_line->earn == EarnPeriod::calendar) return unit;
  const auto period = line_for_event(view, unit);
  if (!period || civil(period->span.from).year != unit.year) return std::nullopt;
  EarnUnit now = unit;
  now.span = period->span;
  return now;
}

}  // namespace

std::vector<Claim> claims_of(const ReadView& view, const OrgId& payee) {
  std::vector<Claim> claims;
  for (const OrgId& holder : holders_of_place(view, place_of(view, payee))) {
    const std::string prefix = index_prefix(Claim::kKind, "claimant", holder.text);
    view.scan(prefix, prefix, [&](std::string_view key, std::string_view) {
      auto claim = find_object<Claim>(view, key.substr(prefix.size()));
      LEDGER_ASSERT(claim);
      claims.push_back(std::move(*claim));
      return true;
    });
  }
  std::sort(claims.begin(), claims.end(), [](const Claim& a, const Claim& b) { return a.claimed_seq < b.claimed_seq; });
  return claims;
}

UnitEntitlement unit_entitlement(const ReadView& view, const Policy& policy, const EarnUnit& unit,
                                 const std::vector<Claim>& claims) {
  LEDGER_ASSERT(policy.subsidy_line);
  const SubsidyLine& line = *policy.subsidy_line;
  const auto now = unit_now(view, policy, unit);
  if (!now) return {{}, Fen(0), {{.step = "event", .fen = Fen(0), .note = "void"}}};
  UnitEntitlement result{collect_base(view, line, *now), Fen(0), {}};
  const EntitlementTerms terms = terms_of(line, unit);
  const BaseSum sum = result.base.sum();
  result.steps = entitlement_steps(terms, sum);
  result.fen = entitlement(terms, sum);
  if (line.stacking == Stacking::exclusive) {
    const Fen lost = Stack(view, line, unit, claims).deduction(terms, result.base);
    if (lost > Fen(0)) {
      result.fen = Fen(result.fen.value() - lost.value());
      result.steps.push_back({.step = "stacking", .fen = result.fen, .note = line.stacking_group});
    }
  }
  return result;
}

Granted granted_to(const EarnUnit& unit, const std::vector<Claim>& claims) {
  std::int64_t live = 0;
  std::int64_t forfeited = 0;
  for (const Claim& claim : claims) {
    if (!(unit_of(claim) == unit)) continue;
    live += claim.live() ? claim.amount_fen.value() : 0;
    forfeited += claim.forfeited_fen.value();
  }
  return {Fen(live), Fen(forfeited)};
}

std::vector<CapUse> caps_of(const SubsidyLine& line, const CapOwners& owners) {
  std::vector<CapUse> caps;
  if (line.unit == SubsidyUnit::dataset && line.cap_dataset_fen && owners.dataset_no) {
    caps.push_back({owners.dataset_no->text, *line.cap_dataset_fen});
  }
  if (line.cap_org_fen) caps.push_back({owners.payee.text, *line.cap_org_fen});
  if (line.cap_group_fen && owners.group) caps.push_back({group_k(*owners.group), *line.cap_group_fen});
  if (line.joint_cap) caps.push_back({line.joint_cap->code + "@" + owners.payee.text, line.joint_cap->fen});
  return caps;
}

std::optional<std::string_view> joint_code(std::string_view k) {
  // Only a group's name may hold an @ too; ids of organisations and numbers of data sets do not.
  const auto at = k.find('@');
  if (at == std::string_view::npos || k.starts_with("G:")) return std::nullopt;
  return k.substr(0, at);
}

}  // namespace dengji::contracts
