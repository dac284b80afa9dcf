#include "contracts/invariants/subsidy_invariants.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "contracts/certification/certification.hpp"
#include "contracts/pool/pools.hpp"
#include "contracts/subsidy/claim_books.hpp"
#include "contracts/trade/settlements.hpp"
#include "contracts/trade/trades.hpp"

namespace dengji::contracts {
namespace {

// What claims say of accounts that they share: by used account, and by pool id.
struct ClaimSums {
  std::map<std::string, Sum> used;
  std::map<std::string, Sum> reserved;
};

std::int64_t fen_of(Fen amount) {
  return amount.value();
}

std::int64_t reserved_for(const ReadView& view, const std::string& cause, const std::string& debit,
                          const std::string& credit) {
  const auto bytes = view.get(reservation_key(cause, debit, credit));
  std::int64_t fen = 0;
  if (bytes) Decoder(*bytes).read(fen);
  return fen;
}

std::int64_t pending_of(const Claim& claim) {
  return claim.before_approval() ? claim.amount_fen.value() : 0;
}

void add_claim(ClaimSums& sums, const Claim& claim, int sign) {
  if (!claim.window) sums.reserved[Pool::id(claim.pool, claim.pool_year)] += sign * Sum{pending_of(claim)};
  if (claim.before_approval() || !claim.live()) return;
  for (const std::string& k : claim.caps) {
    sums.used[cap_account(claim, "used", k)] += sign * Sum{claim.amount_fen.value()};
  }
}

void check_granted_sums(const ReadView& view, const Claim& claim, const std::string& name, Faults& faults) {
  expect_equal(faults, fen_of(claim.amount_fen),
               fen_of(claim.approved_fen) - fen_of(claim.cut_fen) - fen_of(claim.clawed_fen),
               name + " granted = approved - cut - clawed back");
  expect_equal(faults, fen_of(posted_balance(view, payable_account(claim))),
               fen_of(claim.approved_fen) - fen_of(claim.cut_fen) - fen_of(claim.offset_fen) -
                   fen_of(claim.self_offset_fen) - fen_of(claim.paid_fen),
               name + " payable = approved - cut - offset - paid");
  expect_equal(faults, fen_of(posted_balance(view, receivable_account(claim))),
               fen_of(claim.clawed_fen) - fen_of(claim.recovered_fen) - fen_of(claim.written_off_fen) -
                   fen_of(claim.self_offset_fen),
               name + " receivable = clawed back - recovered - written off");
}

// Its reservations and its own sums.
void check_claim_books(const ReadView& view, const Claim& claim, Faults& faults) {
  const std::string name = "subsidy " + claim.no.text;
  const std::int64_t pending = pending_of(claim);
  expect_equal(faults, reserved_for(view, claim.no.text, claim_account(claim, "available"), payable_account(claim)),
               claim.window ? 0 : pending, name + " reserved in the pool");
  for (const std::string& k : claim.caps) {
    const std::string headroom = cap_account(claim, "headroom", k);
    expect_equal(faults, reserved_for(view, claim.no.text, headroom, cap_account(claim, "used", k)), pending,
                 name + " reserved in the cap of " + k);
  }
  if (!claim.live()) {
    expect_equal(faults, claim.amount_fen.value(), 0, name + " has ended and holds nothing");
  } else if (!claim.before_approval()) {
    check_granted_sums(view, claim, name, faults);
  }
}

void check_separation(const ReadView& view, const Claim& claim, Faults& faults) {
  const std::string name = "subsidy " + claim.no.text;
  if (claim.reviewer == claim.claimant) faults.push_back(name + " was reviewed by its claimant");
  if (claim.approver == claim.claimant) faults.push_back(name + " was approved by its claimant");
  const auto pool = find_object<Pool>(view, Pool::id(claim.pool, claim.pool_year));
  if (!pool) {
    faults.push_back(name + " is paid from no pool");
  } else if (pool->funder == claim.claimant || pool->funder == claim.reviewer) {
    faults.push_back(name + " is paid by who claims or reviews it");
  }
}

// What contributors have in a pool-year is a part of its authority.
void check_pool_sums(const ReadView& view, const Pool& pool, Faults& faults) {
  Sum given = 0;
  for (const Contributor& one : pool.contributors) given += one.given_fen.value();
  const Fen authority = posted_balance(view, pool_account(pool.code, pool.year, "authority"));
  if (given > authority.value()) faults.push_back("pool " + pool.object_id() + " was given more than its authority");
}

// Exclusive lines are left out: a claim under one of them takes settlements that shielded another, which is made up for
// when that one is next computed anew.
void check_entitled(const ReadView& view, const OrgId& payee, Faults& faults) {
  const auto claims = claims_of(view, payee);
  std::vector<EarnUnit> units;
  for (const Claim& claim : claims) {
    if (!claim.live()) continue;
    const EarnUnit unit = unit_of(claim);
    if (std::find(units.begin(), units.end(), unit) != units.end()) continue;
    units.push_back(unit);
    const auto policy = policy_by_rule(view, claim.rule);
    if (policy->subsidy_line->stacking == Stacking::exclusive) continue;
    const Fen entitled = unit_entitlement(view, *policy, unit, claims).fen;
    const Fen granted = granted_to(unit, claims).live;
    if (granted > entitled) {
      faults.push_back("subsidy " + claim.no.text + ": granted " + std::to_string(granted.value()) + ", entitled to " +
                       std::to_string(entitled.value()));
    }
  }
}

void compare_shared(const AccountTable& accounts, ClaimSums& sums, Faults& faults) {
  for (const auto& [id, account] : accounts) {
    const auto chart = chart_of(id);
    if (!chart) continue;
    if (chart->book.starts_with("cap/") && chart->name == "used") {
      expect_equal(faults, chart_balance(account, false), sums.used[id], id + " = granted amounts of its claims");
    }
    if (chart->book.starts_with("pool/") && chart->name == "available") {
      const auto parts = path_segments(id);
      expect_equal(faults, account.pending_debits, sums.reserved[parts[1] + "-" + parts[2]],
                   id + " pending = reserved for its claims");
    }
  }
}

// The accounts that claims share change by what the claims change.
void compare_touched(Touch& touch, ClaimSums& sums) {
  const auto expect_change = [&](std::map<std::string, Sum>& expected, const std::string& key, Sum by,
                                 const std::string& id) {
    expect_equal(touch.faults, by, expected[key], id + " changes by what its claims change");
    expected.erase(key);
  };
  touch.each_written(account_key(""), [&](const std::string&, std::string_view rest, const std::string& value) {
    const std::string id(rest);
    const bool cap = id.starts_with("cap/");
    if (!cap && !id.starts_with("pool/")) return;
    const auto chart = chart_of(id);
    if (!chart) return;
    const Account was = read_account(touch.before, id);
    const Account is = decode<Account>(value);
    if (cap && chart->name == "used") {
      expect_change(sums.used, id, Sum{chart_balance(is, false)} - chart_balance(was, false), id);
    } else if (!cap && chart->name == "available") {
      const auto parts = path_segments(id);
      expect_change(sums.reserved, parts[1] + "-" + parts[2], Sum{is.pending_debits} - was.pending_debits, id);
    }
  });
  for (const auto& [id, by] : sums.used) expect_equal(touch.faults, 0, by, id + " changes by what its claims change");
  for (const auto& [id, by] : sums.reserved) {
    expect_equal(touch.faults, 0, by, "pool " + id + " changes by what its claims change");
  }
}

// Whose entitlement the entry may have lowered, or whose claims it raised.
std::set<OrgId> payees_touched(const Touch& touch) {
  std::set<OrgId> payees;
  touch.each_changed<Claim>([&](const std::optional<Claim>& was, const Claim& is) {
    if (!was || was->amount_fen < is.amount_fen) payees.insert(is.claimant);
  });
  touch.each_changed<Settlement>([&](const std::optional<Settlement>& was, const Settlement& is) {
    if (was && is.net() < was->net()) payees.insert({is.seller, is.buyer});
  });
  touch.each_changed<Trade>([&](const std::optional<Trade>& was, const Trade& is) {
    if (was && was->earns() && !is.earns()) payees.insert({is.seller, is.buyer});
  });
  touch.each_changed<Certificate>([&](const std::optional<Certificate>& was, const Certificate& is) {
    if (was && is.status == CertificateStatus::revoked) payees.insert(is.holder);
  });
  touch.each_changed<Org>([&](const std::optional<Org>& was, const Org& is) {
    if (was && (was->ties.size() != is.ties.size() || was->groups.size() != is.groups.size())) payees.insert(is.id);
  });
  return payees;
}

}  // namespace

void check_subsidy_invariants(const ReadView& view, const AccountTable& accounts, Faults& faults) {
  ClaimSums sums;
  std::set<OrgId> payees;
  each_record<Claim>(view, [&](const Claim& claim) {
    check_claim_books(view, claim, faults);
    check_separation(view, claim, faults);
    add_claim(sums, claim, 1);
    if (claim.live()) payees.insert(claim.claimant);
  });
  compare_shared(accounts, sums, faults);
  for (const OrgId& payee : payees) check_entitled(view, payee, faults);
  each_record<Pool>(view, [&](const Pool& pool) { check_pool_sums(view, pool, faults); });
}

void check_touched_subsidies(Touch& touch) {
  ClaimSums sums;
  touch.each_changed<Claim>([&](const std::optional<Claim>& was, const Claim& is) {
    check_claim_books(touch.after(), is, touch.faults);
    check_separation(touch.after(), is, touch.faults);
    if (was) add_claim(sums, *was, -1);
    add_claim(sums, is, 1);
    if (was && (was->rule != is.rule || was->claimant != is.claimant || was->earn_from != is.earn_from ||
                was->asked_fen != is.asked_fen || is.clawed_fen < was->clawed_fen)) {
      touch.fault("subsidy " + is.no.text + " was rewritten");
    }
  });
  compare_touched(touch, sums);
  for (const OrgId& payee : payees_touched(touch)) check_entitled(touch.after(), payee, touch.faults);
  touch.each_changed<Pool>(
      [&](const std::optional<Pool>&, const Pool& is) { check_pool_sums(touch.after(), is, touch.faults); });
}

}  // namespace dengji::contracts
