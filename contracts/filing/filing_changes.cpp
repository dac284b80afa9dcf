#include "contracts/filing/filing_changes.hpp"

#include "contracts/filing/filing_acts.hpp"

namespace dengji::contracts {
namespace {

using V = FilingVerdict;
using S = FilingStatus;

std::expected<Filing, Refusal> need_filing(const EntryTx& tx, const RegNo& no) {
  return tx.need<Filing>(no.text, "/body/filing");
}

Verdict check_declarant(const EntryTx& tx, const Filing& filing) {
  if (tx.context().org("declarant") != filing.declarant) {
    return refuse(V::not_the_declarant, "filing " + filing.no.text + " was declared by " + filing.declarant.text,
                  "/parties/0/org");
  }
  const entry::Party* confirmer = tx.context().party("confirmer");
  if (!confirmer || confirmer->org == filing.other_party()) return {};
  return refuse(
      V::not_other_party,
      "the other party of " + filing.no.text + " is " + filing.other_party().text + ", not " + confirmer->org.text,
      "/parties");
}

void change_filing(EntryTx& tx, Filing& filing, S to, const std::string& reason) {
  if (to != filing.status) tx.status(Filing::kKind, filing.no.text, name_of(filing.status), name_of(to));
  filing.status = to;
  filing.changed_at = tx.context().time;
  filing.reason = reason;
  tx.put(filing);
  about_filing(tx, filing);
}

// --- filing.amend
// What the filing is known by stays; periods that were reported must still lie within the term.
Verdict check_amendment(const Filing& filing, const Deal& deal) {
  if (filed_deal_key(deal) != filed_deal_key(filing.deal)) {
    return refuse(V::deal_identity,
                  "filing " + filing.no.text + " is of another contract or other parties; withdraw it and declare anew",
                  "/body");
  }
  DENGJI_TRY(check_filed_deal(deal));
  if (!filing.reported) return {};
  const PeriodTotals& reported = *filing.reported;
  const std::string what = "filing " + filing.no.text + " has periods from " + format_date(reported.from) + " to " +
                           format_date(reported.to);
  if (deal.term != FilingTerm::periodic) return refuse(V::not_periodic, what, "/body/term");
  if (deal.starts_on > reported.from) return refuse(V::period_outside, what, "/body/starts_on");
  if (deal.ends_on && *deal.ends_on < reported.to) return refuse(V::period_outside, what, "/body/ends_on");
  return {};
}

// By the declarant alone it is one-sided again, except that a dispute stands until the other party settles it.
S status_after_amendment(const EntryTx& tx, const Filing& filing) {
  if (tx.context().party("confirmer")) return S::confirmed;
  return filing.status == S::disputed ? S::disputed : S::declared;
}

Verdict apply_filing_amend(EntryTx& tx, const FilingAmendBody& body) {
  auto filing = need_filing(tx, body.filing);
  if (!filing) return std::unexpected(std::move(filing.error()));
  DENGJI_TRY(check_declarant(tx, *filing));
  DENGJI_TRY(check_filing_status(tx, *filing, {S::declared, S::confirmed, S::mismatched, S::disputed}));
  DENGJI_TRY(check_amendment(*filing, body.deal));
  const S to = status_after_amendment(tx, *filing);
  filing->deal = body.deal;
  if (body.evidence) filing->evidence = body.evidence;
  filing->amendments = filing->amendments.value_or(0) + 1;
  filing->mismatches.clear();
  if (to == S::declared) filing->answered_at.reset();
  if (to == S::confirmed) filing->answered_at = tx.context().time;
  flag_look_alikes(tx, *filing);
  change_filing(tx, *filing, to, body.reason);
  return {};
}

// --- filing.dispute
Verdict apply_filing_dispute(EntryTx& tx, const FilingDisputeBody& body) {
  auto filing = need_filing(tx, body.filing);
  if (!filing) return std::unexpected(std::move(filing.error()));
  const OrgId& disputer = tx.context().org("disputer");
  if (disputer != filing->other_party()) {
    return refuse(V::not_other_party,
                  "the other party of " + filing->no.text + " is " + filing->other_party().text +
                      (disputer == filing->declarant ? "; the declarant amends or withdraws" : ""),
                  "/parties/0/org");
  }
  DENGJI_TRY(check_filing_status(tx, *filing, {S::declared, S::confirmed, S::mismatched}));
  filing->dispute_evidence = body.evidence;
  filing->answered_at = tx.context().time;
  change_filing(tx, *filing, S::disputed, body.reason);
  return {};
}

// --- filing.withdraw, filing.revoke
// The deal may then be declared anew.
void end_filing(EntryTx& tx, Filing& filing, S to, const std::string& reason) {
  tx.erase_raw(alias_key(Filing::kKind, filed_deal_key(filing.deal)));
  change_filing(tx, filing, to, reason);
}

Verdict apply_filing_withdraw(EntryTx& tx, const FilingEndBody& body) {
  auto filing = need_filing(tx, body.filing);
  if (!filing) return std::unexpected(std::move(filing.error()));
  DENGJI_TRY(check_declarant(tx, *filing));
  DENGJI_TRY(check_filing_status(tx, *filing, {S::declared, S::confirmed, S::mismatched, S::disputed}));
  if (filing->status == S::confirmed && !tx.context().party("confirmer")) {
    return refuse(V::confirmer_missing,
                  "filing " + filing->no.text + " is confirmed; " + filing->other_party().text +
                      " signs as confirmer with the declarant",
                  "/parties");
  }
  end_filing(tx, *filing, S::withdrawn, body.reason);
  return {};
}

Verdict apply_filing_revoke(EntryTx& tx, const FilingEndBody& body) {
  auto filing = need_filing(tx, body.filing);
  if (!filing) return std::unexpected(std::move(filing.error()));
  const OrgId& platform = tx.context().org("platform");
  if (platform == filing->deal.seller || platform == filing->deal.buyer) {
    return refuse(V::platform_in_deal,
                  platform.text + " is a party of " + filing->no.text + "; another platform decides", "/parties/0/org");
  }
  DENGJI_TRY(check_filing_status(tx, *filing, {S::declared, S::confirmed, S::mismatched, S::disputed}));
  end_filing(tx, *filing, S::revoked, body.reason);
  return {};
}

}  // namespace

void add_filing_change_types(std::vector<EntryTypeInfo>& types) {
  constexpr std::string_view kArea = "filing";
  constexpr auto kParties = Visibility::parties;
  const std::vector<SignerRule> declarant{{{"declarant"}, 1, 1}, {{"confirmer"}, 0, 1}};
  types.push_back(entry_type<FilingAmendBody, &apply_filing_amend>(
      "filing.amend", kArea,
      {"The declarant amends a filing; it is one-sided again unless the other party signs too",
       "申报方变更备案；对方未同签的，恢复为单方备案"},
      declarant, kParties));
  types.push_back(entry_type<FilingDisputeBody, &apply_filing_dispute>(
      "filing.dispute", kArea, {"The other party of a filing disputes it", "对方对备案提出异议"},
      {{{"disputer"}, 1, 1}}, kParties));
  types.push_back(entry_type<FilingEndBody, &apply_filing_withdraw>(
      "filing.withdraw", kArea,
      {"The declarant takes a filing back; a confirmed one together with the other party",
       "撤回备案；已确认的由双方共同撤回"},
      declarant, kParties));
  types.push_back(entry_type<FilingEndBody, &apply_filing_revoke>(
      "filing.revoke", kArea, {"The platform revokes a filing that was found false", "平台撤销不实备案"},
      {{{"platform"}, 1, 1}}, kParties));
}

}  // namespace dengji::contracts
