#include "contracts/subsidy/claim_due.hpp"

#include <algorithm>

#include "contracts/common/policy_directory.hpp"
#include "contracts/common/succession.hpp"
#include "contracts/subsidy/subsidy_acts.hpp"
#include "ledger/base/assert.hpp"

namespace dengji::contracts {
namespace {

using V = SubsidyVerdict;

// The checks have a fixed order: who and which line, side and data set; the pool; the time; the amounts.
class DueFinder {
 public:
  DueFinder(const ReadView& view, const ClaimAsk& ask) : view_(view), body_(ask.body), today_(ask.today) {
    found_.claim.claimant = ask.claimant;
    found_.unit.line = body_.line;
    found_.unit.payee = place_of(view, ask.claimant);
  }

  std::expected<DueClaim, Refusal> run() {
    if (auto line = find_line(); !line) return std::unexpected(std::move(line.error()));
    stop(find_pool());
    stop(check_time());
    stop(find_amount());
    return std::move(found_);
  }

 private:
  const SubsidyLine& line() const { return *found_.policy.subsidy_line; }

  void stop(Verdict verdict) {
    if (!verdict) found_.stops.push_back(std::move(verdict.error()));
  }

  Verdict find_line() {
    const auto versions = policy_versions(view_, body_.line);
    const auto first = versions.empty() ? std::nullopt : policy_by_rule(view_, versions.front().rule());
    if (!first || !first->subsidy_line) return refuse(V::line_unknown, body_.line, "/body/line");
    EarnUnit& unit = found_.unit;
    const std::int64_t year = body_.year.value_or(civil(today_).year);
    if (auto policy = line_for_year(view_, body_.line, year);
        policy && policy->subsidy_line->earn == EarnPeriod::calendar) {
      found_.policy = std::move(*policy);
      unit.year = year;
      unit.span = {*make_date(static_cast<int>(year), 1, 1), *make_date(static_cast<int>(year), 12, 31)};
      DENGJI_TRY(find_unit());
    } else {
      DENGJI_TRY(find_months(*first));
    }
    const Policy& policy = found_.policy;
    if (today_ < policy.effective_from) {
      return refuse(V::line_not_in_force, policy.rule() + " begins on " + format_date(policy.effective_from),
                    "/body/line");
    }
    return {};
  }

  // A line with months from an event has one period per unit, whichever year it falls into.
  Verdict find_months(const Policy& first) {
    if (first.subsidy_line->earn == EarnPeriod::calendar) {
      return refuse(V::line_not_in_force, "no version of " + body_.line + " governs the year", "/body/line");
    }
    found_.policy = first;
    DENGJI_TRY(find_unit());
    EarnUnit& unit = found_.unit;
    auto period = line_for_event(view_, unit);
    if (!period) {
      return refuse(V::earn_period_missing,
                    "the period of " + body_.line + " begins with the first " +
                        std::string(name_of(line().earn_event.value_or(EarnEvent::first_contract))),
                    "/body/line");
    }
    found_.policy = std::move(period->policy);
    unit.span = period->span;
    unit.year = civil(period->span.from).year;
    return {};
  }

  Verdict find_unit() {
    EarnUnit& unit = found_.unit;
    if (line().payee == Payee::split) {
      if (!body_.side) return refuse(V::side_needed, body_.line, "/body/side");
      unit.side = *body_.side;
    } else {
      unit.side = line().payee == Payee::seller ? Side::seller : Side::buyer;
      if (body_.side && *body_.side != unit.side) {
        return refuse(V::side_wrong, body_.line + " subsidises the " + std::string(name_of(unit.side)), "/body/side");
      }
    }
    if (line().unit == SubsidyUnit::org) {
      return body_.dataset ? refuse(V::dataset_excess, body_.line + " is counted per organisation", "/body/dataset")
                           : Verdict{};
    }
    return find_dataset();
  }

  Verdict find_dataset() {
    if (!body_.dataset) return refuse(V::dataset_needed, body_.line, "/body/dataset");
    const auto dataset = find_object<Dataset>(view_, resolve_alias(view_, Dataset::kKind, *body_.dataset));
    if (!dataset) return refuse(General::object_unknown, "dataset " + *body_.dataset, "/body/dataset");
    if (!dataset->no) {
      return refuse(V::dataset_needed, *body_.dataset + " is " + std::string(name_of(dataset->status)),
                    "/body/dataset");
    }
    found_.unit.dataset = dataset->id;
    dataset_no_ = dataset->no;
    return {};
  }

  Verdict find_pool() {
    Claim& claim = found_.claim;
    const bool round = line().allocation == Allocation::pro_rata && line().window_to;
    claim.pool_year = round ? civil(*line().window_to).year : civil(today_).year;
    const std::string id = Pool::id(line().pool, claim.pool_year);
    const auto pool = find_object<Pool>(view_, id);
    if (!pool || pool->status != PoolStatus::open) {
      return refuse(V::pool_not_open, "pool " + id + " is " + (pool ? std::string(name_of(pool->status)) : "not there"),
                    "/body/line");
    }
    if (pool->gives(view_, claim.claimant)) {
      return refuse(V::own_claim, claim.claimant.text + " gives money to pool " + id, "/parties/0/org");
    }
    if (!pool->claims_until || today_ <= *pool->claims_until) return {};
    return refuse(V::pool_claims_ended, "pool " + id + " took claims until " + format_date(*pool->claims_until),
                  "/body/line");
  }

  Verdict check_time() const {
    const EarnSpan span = found_.unit.span;
    if (body_.year && *body_.year != found_.unit.year) {
      return refuse(V::earn_year_wrong, "the period began on " + format_date(span.from) + "; name its year, or none",
                    "/body/year");
    }
    if (today_ < span.from) {
      return refuse(V::earn_year_future, "the period begins on " + format_date(span.from), "/body/year");
    }
    if (const auto days = line().claim_deadline_days) {
      const Date last = add_days(span.to, static_cast<int>(*days));
      if (last < today_) return refuse(V::claim_too_late, "the last day was " + format_date(last), "/body/line");
    }
    const bool early = line().window_from && today_ < *line().window_from;
    const bool late = line().window_to && *line().window_to < today_;
    if (!early && !late) return {};
    return refuse(V::window_shut,
                  early ? "the window opens on " + format_date(*line().window_from)
                        : "the window ended on " + format_date(*line().window_to),
                  "/body/line");
  }

  Verdict find_amount() {
    found_.before = claims_of(view_, found_.unit.payee);
    UnitEntitlement& entitled = found_.entitled;
    entitled = unit_entitlement(view_, found_.policy, found_.unit, found_.before);
    const Granted granted = granted_to(found_.unit, found_.before);
    found_.granted = granted;
    entitled.steps.push_back({.step = "granted", .fen = granted.live});
    if (granted.forfeited > Fen(0)) entitled.steps.push_back({.step = "forfeited", .fen = granted.forfeited});
    Fen due(entitled.fen.value() - granted.live.value() - granted.forfeited.value());
    prepare();
    const std::string clipped_by = clip_by_caps(due);
    if (due <= Fen(0)) {
      return refuse(V::nothing_due,
                    "entitled to " + fen_text(entitled.fen) + " by a base of " + fen_text(entitled.base.sum().base) +
                        ", granted " + fen_text(granted.live) + clipped_by,
                    "/body/line");
    }
    found_.fen = due;
    const Claim& claim = found_.claim;
    if (claim.window) return {};
    const Fen free = free_balance(view_, claim_account(claim, "available"));
    if (due <= free) return {};
    return refuse(V::pool_exhausted,
                  fen_text(due) + " are due and pool " + Pool::id(claim.pool, claim.pool_year) + " has " +
                      fen_text(free) + " free",
                  "/body/line");
  }

  void prepare() {
    const EarnUnit& unit = found_.unit;
    Claim& claim = found_.claim;
    if (unit.payee != claim.claimant) claim.place = unit.payee;
    claim.line = unit.line;
    claim.rule = found_.policy.rule();
    claim.side = unit.side;
    claim.dataset = unit.dataset;
    claim.earn_year = unit.year;
    claim.earn_from = unit.span.from;
    claim.earn_to = unit.span.to;
    claim.pool = line().pool;
    if (line().allocation == Allocation::pro_rata) claim.window = line().window.value_or("window");
    claim.notice_days = line().notice_days;
    const auto org = find_object<Org>(view_, claim.claimant.text);
    LEDGER_ASSERT(org);
    found_.region = org->region;
    CapOwners owners{.payee = unit.payee, .dataset_no = dataset_no_};
    if (const std::string* group = org->group_on(today_)) owners.group = *group;
    found_.caps = caps_of(line(), owners);
  }

  // The unit's own cap has clipped the entitlement already; the others clip by what is left of them now.
  std::string clip_by_caps(Fen& due) {
    std::string clipped_by;
    for (const CapUse& cap : found_.caps) {
      const Fen left = cap_headroom(view_, found_.claim, cap);
      if (due <= left) continue;
      due = left;
      found_.entitled.steps.push_back({.step = "headroom", .fen = left, .note = cap.k});
      clipped_by = "; the cap of " + cap.k + " has " + fen_text(left) + " left";
    }
    return clipped_by;
  }

  const ReadView& view_;
  const SubsidyClaimBody& body_;
  const Date today_;
  std::optional<RegNo> dataset_no_;
  DueClaim found_;
};

}  // namespace

WorkingEffect DueClaim::working() const {
  WorkingEffect working{.cause = {},
                        .rule = claim.rule,
                        .line = claim.line,
                        .rounding = policy.subsidy_line->rounding,
                        .steps = entitled.steps,
                        .fen = fen};
  working.steps.push_back({.step = "due", .fen = fen});
  return working;
}

std::expected<DueClaim, Refusal> find_due(const ReadView& view, const ClaimAsk& ask) {
  return DueFinder(view, ask).run();
}

}  // namespace dengji::contracts
