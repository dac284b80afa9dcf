// From a claim to its approval.
#include <algorithm>

#include "contracts/common/calendar.hpp"
#include "contracts/common/policy_directory.hpp"
#include "contracts/common/succession.hpp"
#include "contracts/subsidy/subsidy_acts.hpp"
#include "ledger/base/assert.hpp"

namespace dengji::contracts {
namespace {

using V = SubsidyVerdict;

// --- claiming
// One claim on its way through its checks, in their fixed order: who and which line, side and data set; the pool; the
// time; the amounts.
class Claiming {
 public:
  Claiming(EntryTx& tx, const SubsidyClaimBody& body) : tx_(tx), body_(body), today_(tx.context().day()) {
    unit_.line = body.line;
    claim_.claimant = tx.context().org("claimant");
    unit_.payee = place_of(tx.view(), claim_.claimant);
  }

  Verdict run() {
    DENGJI_TRY(find_line());
    DENGJI_TRY(find_pool());
    DENGJI_TRY(check_time());
    DENGJI_TRY(find_due());
    return accept();
  }

 private:
  const SubsidyLine& line() const { return *policy_.subsidy_line; }

  Verdict find_line() {
    const auto versions = policy_versions(tx_.view(), body_.line);
    const auto first = versions.empty() ? std::nullopt : policy_by_rule(tx_.view(), versions.front().rule());
    if (!first || !first->subsidy_line) return refuse(V::line_unknown, body_.line, "/body/line");
    const std::int64_t year = body_.year.value_or(tx_.context().year());
    if (auto policy = line_for_year(tx_.view(), body_.line, year);
        policy && policy->subsidy_line->earn == EarnPeriod::calendar) {
      policy_ = std::move(*policy);
      unit_.year = year;
      unit_.span = {*make_date(static_cast<int>(year), 1, 1), *make_date(static_cast<int>(year), 12, 31)};
      DENGJI_TRY(find_unit());
    } else {
      DENGJI_TRY(find_months(*first));
    }
    if (today_ < policy_.effective_from) {
      return refuse(V::line_not_in_force, policy_.rule() + " begins on " + format_date(policy_.effective_from),
                    "/body/line");
    }
    return {};
  }

  // A line with months from an event has one period per unit, whichever year it falls into.
  Verdict find_months(const Policy& first) {
    if (first.subsidy_line->earn == EarnPeriod::calendar) {
      return refuse(V::line_not_in_force, "no version of " + body_.line + " governs the year", "/body/line");
    }
    policy_ = first;
    DENGJI_TRY(find_unit());
    auto period = line_for_event(tx_.view(), unit_);
    if (!period) {
      return refuse(V::earn_period_missing,
                    "the period of " + body_.line + " begins with the first " +
                        std::string(name_of(line().earn_event.value_or(EarnEvent::first_contract))),
                    "/body/line");
    }
    policy_ = std::move(period->policy);
    unit_.span = period->span;
    unit_.year = civil(period->span.from).year;
    return {};
  }

  Verdict find_unit() {
    if (line().payee == Payee::split) {
      if (!body_.side) return refuse(V::side_needed, body_.line, "/body/side");
      unit_.side = *body_.side;
    } else {
      unit_.side = line().payee == Payee::seller ? Side::seller : Side::buyer;
      if (body_.side && *body_.side != unit_.side) {
        return refuse(V::side_wrong, body_.line + " subsidises the " + std::string(name_of(unit_.side)), "/body/side");
      }
    }
    if (line().unit == SubsidyUnit::org) {
      return body_.dataset ? refuse(V::dataset_excess, body_.line + " is counted per organisation", "/body/dataset")
                           : Verdict{};
    }
    if (!body_.dataset) return refuse(V::dataset_needed, body_.line, "/body/dataset");
    const auto dataset = tx_.need<Dataset>(*body_.dataset, "/body/dataset");
    if (!dataset) return std::unexpected(dataset.error());
    if (!dataset->no) {
      return refuse(V::dataset_needed, *body_.dataset + " is " + std::string(name_of(dataset->status)),
                    "/body/dataset");
    }
    unit_.dataset = dataset->id;
    dataset_no_ = dataset->no;
    return {};
  }

  Verdict find_pool() {
    const bool round = line().allocation == Allocation::pro_rata && line().window_to;
    claim_.pool_year = round ? civil(*line().window_to).year : tx_.context().year();
    const std::string id = Pool::id(line().pool, claim_.pool_year);
    const auto pool = tx_.find<Pool>(id);
    if (!pool || pool->status != PoolStatus::open) {
      return refuse(V::pool_not_open, "pool " + id + " is " + (pool ? std::string(name_of(pool->status)) : "not there"),
                    "/body/line");
    }
    if (pool->gives(tx_.view(), claim_.claimant)) {
      return refuse(V::own_claim, claim_.claimant.text + " gives money to pool " + id, "/parties/0/org");
    }
    claims_until_ = pool->claims_until;
    return {};
  }

  Verdict check_time() const {
    if (claims_until_ && *claims_until_ < today_) {
      return refuse(
          V::pool_claims_ended,
          "pool " + Pool::id(line().pool, claim_.pool_year) + " took claims until " + format_date(*claims_until_),
          "/body/line");
    }
    if (body_.year && *body_.year != unit_.year) {
      return refuse(V::earn_year_wrong,
                    "the period began on " + format_date(unit_.span.from) + "; name its year, or none", "/body/year");
    }
    if (today_ < unit_.span.from) {
      return refuse(V::earn_year_future, "the period begins on " + format_date(unit_.span.from), "/body/year");
    }
    if (const auto days = line().claim_deadline_days) {
      const Date last = add_days(unit_.span.to, static_cast<int>(*days));
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

  Verdict find_due() {
    const std::vector<Claim> claims = claims_of(tx_.view(), unit_.payee);
    entitled_ = unit_entitlement(tx_.view(), policy_, unit_, claims);
    const Granted granted = granted_to(unit_, claims);
    entitled_.steps.push_back({.step = "granted", .fen = granted.live});
    if (granted.forfeited > Fen(0)) entitled_.steps.push_back({.step = "forfeited", .fen = granted.forfeited});
    due_ = Fen(entitled_.fen.value() - granted.live.value() - granted.forfeited.value());
    prepare();
    clip_by_caps();
    if (due_ <= Fen(0)) {
      return refuse(V::nothing_due,
                    "entitled to " + fen_text(entitled_.fen) + " by a base of " + fen_text(entitled_.base.sum().base) +
                        ", granted " + fen_text(granted.live) + clipped_by_,
                    "/body/line");
    }
    if (claim_.window) return {};
    const Fen free = free_balance(tx_.view(), claim_account(claim_, "available"));
    if (due_ <= free) return {};
    return refuse(V::pool_exhausted,
                  fen_text(due_) + " are due and pool " + Pool::id(claim_.pool, claim_.pool_year) + " has " +
                      fen_text(free) + " free",
                  "/body/line");
  }

  void prepare() {
    if (unit_.payee != claim_.claimant) claim_.place = unit_.payee;
    claim_.line = unit_.line;
    claim_.rule = policy_.rule();
    claim_.side = unit_.side;
    claim_.dataset = unit_.dataset;
    claim_.earn_year = unit_.year;
    claim_.earn_from = unit_.span.from;
    claim_.earn_to = unit_.span.to;
    claim_.pool = line().pool;
    if (line().allocation == Allocation::pro_rata) claim_.window = line().window.value_or("window");
    claim_.notice_days = line().notice_days;
    const auto org = tx_.find<Org>(claim_.claimant.text);
    LEDGER_ASSERT(org);
    region_ = org->region;
    CapOwners owners{.payee = unit_.payee, .dataset_no = dataset_no_};
    if (const std::string* group = org->group_on(today_)) owners.group = *group;
    caps_ = caps_of(line(), owners);
  }

  // The unit's own cap has clipped the entitlement already; the others clip by what is left of them now.
  void clip_by_caps() {
    for (const CapUse& cap : caps_) {
      const Fen left = cap_headroom(tx_.view(), claim_, cap);
      if (due_ <= left) continue;
      due_ = left;
      entitled_.steps.push_back({.step = "headroom", .fen = left, .note = cap.k});
      clipped_by_ = "; the cap of " + cap.k + " has " + fen_text(left) + " left";
    }
  }

  Verdict accept() {
    auto no = tx_.assign_number("BT", Claim::kKind, region_);
    if (!no) return std::unexpected(std::move(no.error()));
    claim_.no = *no;
    claim_.asked_fen = due_;
    claim_.amount_fen = due_;
    claim_.claimed_on = today_;
    claim_.claimed_seq = static_cast<std::int64_t>(tx_.context().seq.value);
    tx_.status(Claim::kKind, no->text, "", name_of(claim_.status));
    entitled_.steps.push_back({.step = "due", .fen = due_});
    tx_.working({.cause = no->text,
                 .rule = claim_.rule,
                 .line = claim_.line,
                 .rounding = line().rounding,
                 .steps = std::move(entitled_.steps),
                 .fen = due_});
    flag_left_out("related_left_out", std::move(entitled_.base.related));
    flag_left_out("flagged_left_out", std::move(entitled_.base.flagged));
    DENGJI_TRY(reserve_claim(tx_, claim_, caps_));
    tx_.subject(Claim::kKind, no->text);
    return {};
  }

  void flag_left_out(std::string_view code, std::vector<std::string> members) {
    constexpr std::size_t kMost = 64;
    if (members.empty()) return;
    if (members.size() > kMost) members.resize(kMost);
    tx_.flag(Claim::kKind, claim_.no.text, code, std::move(members));
  }

  EntryTx& tx_;
  const SubsidyClaimBody& body_;
  const Date today_;
  EarnUnit unit_;
  Policy policy_;
  std::optional<RegNo> dataset_no_;
  std::optional<Date> claims_until_;
  std::string region_;
  UnitEntitlement entitled_;
  std::vector<CapUse> caps_;
  Fen due_;
  std::string clipped_by_;
  Claim claim_;
};

Verdict apply_claim(EntryTx& tx, const SubsidyClaimBody& body) {
  return Claiming(tx, body).run();
}

// --- reviewing
Verdict check_reviewer(const EntryTx& tx, const Claim& claim) {
  DENGJI_TRY(check_not_claimant(tx, claim));
  const OrgId& signer = tx.context().org("platform");
  const auto reviewer = tx.find<Org>(signer.text);
  const auto claimant = tx.find<Org>(claim.claimant.text);
  const auto pool = tx.find<Pool>(Pool::id(claim.pool, claim.pool_year));
  LEDGER_ASSERT(reviewer && claimant && pool);
  const Date today = tx.context().day();
  if (related(*reviewer, *claimant, {today, today})) {
    return refuse(V::reviewer_related, signer.text + " is related to " + claim.claimant.text, "/parties/0/org");
  }
  if (stands_for(tx.view(), signer, pool->funder)) {
    return refuse(V::reviewer_pays, signer.text + " funds pool " + pool->object_id(), "/parties/0/org");
  }
  return {};
}

Verdict apply_review(EntryTx& tx, const SubsidyReviewBody& body) {
  auto claim = claim_to_act_on(tx, body.subsidy);
  if (!claim) return std::unexpected(std::move(claim.error()));
  DENGJI_TRY(check_reviewer(tx, *claim));
  if (claim->status != ClaimStatus::claimed) return wrong_status(*claim, "only a claimed one can be reviewed");
  claim->reviewer = tx.context().org("platform");
  claim->reviewed_on = tx.context().day();
  end_claim(tx, *claim, ClaimStatus::reviewed);
  if (claim->notice_days > 0) {
    tx.deadline(Claim::kKind, claim->no.text, "notice", claim_notice_end(tx, *claim));
  }
  return {};
}

// --- approving
// The notice opens at the review; approval is possible from the day after its end.
Verdict check_notice(const EntryTx& tx, const Claim& claim) {
  if (claim.notice_days == 0) return {};
  const Date until = claim_notice_end(tx, claim);
  if (until < tx.context().day()) return {};
  return refuse(V::notice_runs, "the notice of " + claim.no.text + " runs to the end of " + format_date(until),
                "/body/subsidy");
}

Verdict apply_approve(EntryTx& tx, const SubsidyApproveBody& body) {
  auto claim = claim_to_act_on(tx, body.subsidy);
  if (!claim) return std::unexpected(std::move(claim.error()));
  DENGJI_TRY(check_not_claimant(tx, *claim));
  if (claim->status == ClaimStatus::objected) {
    return wrong_status(*claim, "it can be approved once every objection is dismissed");
  }
  if (claim->status != ClaimStatus::reviewed) return wrong_status(*claim, "only a reviewed one can be approved");
  if (claim->window && !claim->awarded) {
    return refuse(V::round_not_closed, "window " + *claim->window + " of " + claim->rule + "; close it first",
                  "/body/subsidy");
  }
  DENGJI_TRY(check_notice(tx, *claim));
  const Fen amount = body.amount_fen.value_or(claim->amount_fen);
  if (amount > claim->amount_fen) {
    return refuse(V::approve_too_much, fen_text(claim->amount_fen) + " are reserved for " + claim->no.text,
                  "/body/amount_fen");
  }
  claim->approver = tx.context().org("bureau");
  claim->approved_on = tx.context().day();
  return approve_claim(tx, *claim, amount);
}

// --- ending before approval
Verdict end_before_approval(EntryTx& tx, Claim& claim, const SubsidyEndBody& body, ClaimStatus status) {
  if (!claim.before_approval()) return wrong_status(claim, "it can only be ended before its approval");
  claim.reason = body.reason;
  return release_claim(tx, claim, status, std::string("subsidy_").append(name_of(status)));
}

Verdict apply_reject(EntryTx& tx, const SubsidyEndBody& body) {
  auto claim = claim_to_act_on(tx, body.subsidy);
  if (!claim) return std::unexpected(std::move(claim.error()));
  DENGJI_TRY(check_not_claimant(tx, *claim));
  return end_before_approval(tx, *claim, body, ClaimStatus::rejected);
}

Verdict apply_lapse(EntryTx& tx, const SubsidyEndBody& body) {
  auto claim = claim_to_act_on(tx, body.subsidy);
  if (!claim) return std::unexpected(std::move(claim.error()));
  DENGJI_TRY(check_not_claimant(tx, *claim));
  return end_before_approval(tx, *claim, body, ClaimStatus::lapsed);
}

Verdict apply_withdraw(EntryTx& tx, const SubsidyEndBody& body) {
  auto claim = claim_to_act_on(tx, body.subsidy);
  if (!claim) return std::unexpected(std::move(claim.error()));
  if (!stands_for(tx.view(), tx.context().org("claimant"), claim->claimant)) {
    return refuse(V::not_the_claimant, claim->no.text + " was claimed by " + claim->claimant.text, "/parties/0/org");
  }
  return end_before_approval(tx, *claim, body, ClaimStatus::withdrawn);
}

}  // namespace

std::vector<EntryTypeInfo> claim_types() {
  constexpr std::string_view kArea = "subsidy";
  constexpr auto kParties = Visibility::parties;
  const SignerRule kClaimant{{"claimant"}, 1, 1};
  const SignerRule kPlatform{{"platform"}, 1, 1};
  const SignerRule kBureau{{"bureau"}, 1, 1};
  const SignerRule kOffice{{"platform", "bureau"}, 1, 1};
  return {
      entry_type<SubsidyClaimBody, &apply_claim>(
          "subsidy.claim", kArea,
          {"Claims what is due under a subsidy line; the ledger computes and reserves it",
           "申请补贴，由账本计算并预留"},
          {kClaimant}, kParties),
      entry_type<SubsidyReviewBody, &apply_review>("subsidy.review", kArea,
                                                   {"Reviews a claim and opens its notice", "审核补贴申请并公示"},
                                                   {kPlatform}, kParties),
      entry_type<SubsidyApproveBody, &apply_approve>(
          "subsidy.approve", kArea, {"Approves a reviewed claim, wholly or in part", "核准补贴"}, {kBureau}, kParties),
      entry_type<SubsidyEndBody, &apply_reject>(
          "subsidy.reject", kArea, {"Rejects a claim before its approval", "驳回补贴申请"}, {kOffice}, kParties),
      entry_type<SubsidyEndBody, &apply_withdraw>(
          "subsidy.withdraw", kArea, {"Withdraws a claim before its approval", "撤回补贴申请"}, {kClaimant}, kParties),
      entry_type<SubsidyEndBody, &apply_lapse>(
          "subsidy.lapse", kArea, {"Lets a claim lapse before its approval", "补贴申请失效"}, {kOffice}, kParties),
  };
}

}  // namespace dengji::contracts
