// Objections to a claim while its notice runs, and what the bureau rules on them.
#include <algorithm>

#include "contracts/common/calendar.hpp"
#include "contracts/common/limits.hpp"
#include "contracts/subsidy/subsidy_acts.hpp"

namespace dengji::contracts {
namespace {

using V = SubsidyVerdict;

bool waits(const ClaimObjection& objection) {
  return !objection.upheld;
}

// The region in the claim's number: that of its claimant when it claimed.
std::string region_of(const Claim& claim) {
  return claim.no.text.substr(2, 6);
}

Verdict apply_object(EntryTx& tx, const SubsidyObjectBody& body) {
  auto claim = claim_to_act_on(tx, body.subsidy);
  if (!claim) return std::unexpected(std::move(claim.error()));
  DENGJI_TRY(check_not_claimant(tx, *claim));
  if (claim->status != ClaimStatus::reviewed && claim->status != ClaimStatus::objected) {
    return wrong_status(*claim, "an objection is raised after its review, while its notice runs");
  }
  const OrgId& objector = tx.context().org("objector");
  const auto before = std::find_if(claim->objections.begin(), claim->objections.end(),
                                   [&](const ClaimObjection& objection) { return objection.by == objector; });
  if (before != claim->objections.end()) {
    return refuse(V::objected_already,
                  objector.text + " objected to " + claim->no.text + " on " + format_date(before->on), "/body/subsidy");
  }
  const Date today = tx.context().day();
  const Date until = claim_notice_end(tx, *claim);
  if (claim->notice_days == 0 || until < today) {
    return refuse(V::objection_late,
                  "the notice of " + claim->no.text +
                      (claim->notice_days == 0 ? " has no days" : " ran to the end of " + format_date(until)),
                  "/body/subsidy");
  }
  claim->objections.push_back(
      {.by = objector, .on = today, .reason = body.reason, .evidence = body.evidence.value_or(std::vector<Hash32>{})});
  end_claim(tx, *claim, ClaimStatus::objected);
  const TimeLimits limits = time_limits_on(tx.view(), region_of(*claim), today);
  tx.deadline(Claim::kKind, claim->no.text, "ruling", working_days_after(tx.view(), today, limits.days_to_rule()));
  return {};
}

// Upheld, the claim is rejected and frees all it had reserved. Dismissed, it goes on as a reviewed one once nothing
// else waits for a ruling; its notice is not lengthened.
Verdict apply_rule(EntryTx& tx, const SubsidyRuleBody& body) {
  auto claim = claim_to_act_on(tx, body.subsidy);
  if (!claim) return std::unexpected(std::move(claim.error()));
  DENGJI_TRY(check_not_claimant(tx, *claim));
  if (tx.context().org("bureau") == body.objector) {
    return refuse(V::own_objection, body.objector.text + " objects to " + claim->no.text, "/parties/0/org");
  }
  if (claim->status != ClaimStatus::objected) return wrong_status(*claim, "a ruling is made on one objected to");
  const auto objection = std::find_if(claim->objections.begin(), claim->objections.end(),
                                      [&](const ClaimObjection& one) { return one.by == body.objector && waits(one); });
  if (objection == claim->objections.end()) {
    std::string waiting;
    for (const ClaimObjection& one : claim->objections) {
      if (waits(one)) waiting += (waiting.empty() ? "" : ", ") + one.by.text;
    }
    return refuse(V::no_open_objection, claim->no.text + " waits for a ruling on that of " + waiting, "/body/objector");
  }
  objection->upheld = body.upheld;
  objection->ruled_on = tx.context().day();
  objection->ruling = body.reason;
  tx.reader(body.objector);
  if (body.upheld) {
    claim->reason = body.reason;
    return release_claim(tx, *claim, ClaimStatus::rejected, "subsidy_rejected");
  }
  const bool open = std::any_of(claim->objections.begin(), claim->objections.end(), waits);
  end_claim(tx, *claim, open ? ClaimStatus::objected : ClaimStatus::reviewed);
  return {};
}

}  // namespace

std::vector<Deadline> Claim::deadlines(const Claim& claim, DeadlineCall& call) {
  std::vector<Deadline> found;
  if (claim.in_notice()) {
    const Date last = working_days_end(call, *claim.reviewed_on, claim.notice_days);
    found.push_back({"notice", *claim.reviewed_on, last, "objector", std::nullopt, true});
  }
  if (claim.status != ClaimStatus::objected) return found;
  for (const ClaimObjection& objection : claim.objections) {
    if (!waits(objection)) continue;
    const Date last = limit_end(call, LimitOf::ruling, region_of(claim), objection.on);
    found.push_back({"ruling", objection.on, last, "bureau", std::nullopt});
  }
  return found;
}

Date claim_notice_end(const EntryTx& tx, const Claim& claim) {
  return working_days_after(tx.view(), *claim.reviewed_on, claim.notice_days);
}

std::vector<EntryTypeInfo> objection_types() {
  constexpr std::string_view kArea = "subsidy";
  constexpr auto kParties = Visibility::parties;
  return {
      entry_type<SubsidyObjectBody, &apply_object>(
          "subsidy.object", kArea,
          {"Objects to a claim while its notice runs; it then waits for a ruling", "对公示中的补贴申请提出异议"},
          {{{"objector"}, 1, 1}}, kParties),
      entry_type<SubsidyRuleBody, &apply_rule>(
          "subsidy.rule", kArea, {"Rules on an objection: the claim is rejected, or goes on", "裁定对补贴申请的异议"},
          {{{"bureau"}, 1, 1}}, kParties),
  };
}

}  // namespace dengji::contracts
