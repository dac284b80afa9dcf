// From a claim to its approval.
#include <algorithm>

#include "contracts/common/calendar.hpp"
#include "contracts/common/succession.hpp"
#include "contracts/subsidy/claim_due.hpp"
#include "contracts/subsidy/subsidy_acts.hpp"
#include "ledger/base/assert.hpp"

namespace dengji::contracts {
namespace {

using V = SubsidyVerdict;

// --- claiming
void flag_left_out(EntryTx& tx, const Claim& claim, std::string_view code, std::vector<std::string> members) {
  constexpr std::size_t kMost = 64;
  if (members.empty()) return;
  if (members.size() > kMost) members.resize(kMost);
  tx.flag(Claim::kKind, claim.no.text, code, std::move(members));
}

Verdict accept_claim(EntryTx& tx, DueClaim due) {
  Claim& claim = due.claim;
  auto no = tx.assign_number("BT", Claim::kKind, due.region);
  if (!no) return std::unexpected(std::move(no.error()));
  claim.no = *no;
  claim.asked_fen = due.fen;
  claim.amount_fen = due.fen;
  claim.claimed_on = tx.context().day();
  claim.claimed_seq = static_cast<std::int64_t>(tx.context().seq.value);
  tx.status(Claim::kKind, no->text, "", name_of(claim.status));
  WorkingEffect working = due.working();
  working.cause = no->text;
  tx.working(std::move(working));
  flag_left_out(tx, claim, "related_left_out", std::move(due.entitled.base.related));
  flag_left_out(tx, claim, "flagged_left_out", std::move(due.entitled.base.flagged));
  DENGJI_TRY(reserve_claim(tx, claim, due.caps));
  tx.subject(Claim::kKind, no->text);
  return {};
}

Verdict apply_claim(EntryTx& tx, const SubsidyClaimBody& body) {
  auto due = find_due(tx.view(), {body, tx.context().org("claimant"), tx.context().day()});
  if (!due) return std::unexpected(std::move(due.error()));
  if (!due->stops.empty()) return std::unexpected(std::move(due->stops.front()));
  return accept_claim(tx, std::move(*due));
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
