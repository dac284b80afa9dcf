// Subsidies: claims (BT numbers) under subsidy lines, paid from pools. What a payee is due is always computed
// cumulatively, entitlement (base to date) less what was granted, and computed anew whenever a refund, a revocation or
// an affiliation changes the base: what was granted too much comes back, latest claim first. Pools (pools.hpp) belong
// to the same area. Verdicts 601 to 699.
//
//   claimed (reserved) → reviewed → approved → instructed → paid → clawback_due → recovered | written_off
//                        reviewed ⇄ objected (waits for a ruling)
//   ends before approval: rejected, withdrawn, lapsed (nothing is left of it)
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/certification/certification.hpp"
#include "contracts/pool/pools.hpp"
#include "contracts/trade/trades.hpp"
#include "ledger/state/registry.hpp"

namespace dengji::contracts {

enum class SubsidyVerdict : std::uint16_t {
  not_the_claimant = 620,
  own_claim,
  reviewer_related,
  reviewer_pays,
  not_the_payer,
  line_unknown,
  line_not_in_force,
  side_needed,
  side_wrong,
  dataset_needed,
  dataset_excess,
  pool_not_open,
  earn_period_missing,
  earn_year_wrong,
  earn_year_future,
  claim_too_late,
  window_shut,
  nothing_due,
  pool_exhausted,
  claim_status,
  round_not_closed,
  notice_runs,
  approve_too_much,
  payment_step,
  payment_recovered,
  pay_bank_date,
  nothing_receivable,
  recover_too_much,
  offset_other_payee,
  offset_other_pool,
  offset_itself,
  offset_status,
  offset_too_much,
  clawback_too_much,
  not_a_round,
  window_runs,
  round_done,
  objection_late,
  objected_already,
  no_open_objection,
  own_objection,
  pool_claims_ended,
};

enum class ClaimStatus : std::uint8_t {
  claimed,
  reviewed,
  approved,
  instructed,
  paid,
  clawback_due,
  recovered,
  written_off,
  rejected,
  withdrawn,
  lapsed,
  objected,
};

// 异议: raised by anyone registered while the notice of a reviewed claim runs. Without `upheld` it waits for its
// ruling.
struct ClaimObjection {
  OrgId by;
  Date on;
  std::string reason;
  std::vector<Hash32> evidence;
  std::optional<bool> upheld;
  std::optional<Date> ruled_on;
  std::optional<std::string> ruling;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("by", self.by, Spec{"Who objects"});
    visit("on", self.on, Spec{"Day of the objection"});
    visit("reason", self.reason, Spec{"Why", 1, 300});
    visit("evidence", self.evidence, Spec{.doc = "SHA-256 of what is handed in", .items_max = 16});
    visit("upheld", self.upheld, Spec{"What the bureau ruled; absent while it waits"});
    visit("ruled_on", self.ruled_on, Spec{"Day of the ruling"});
    visit("ruling", self.ruling, Spec{"Why it was ruled so", 1, 300});
  }
};

struct Claim {
  static constexpr std::string_view kKind = "subsidy";

  RegNo no;
  ClaimStatus status = ClaimStatus::claimed;
  OrgId claimant;
  std::string line;
  std::string rule;  // "<line>@<version>": governs the earn period for ever
  Side side = Side::seller;
  std::optional<std::string> dataset;  // object id, for a line counted per data set
  std::int64_t earn_year = 0;          // the cap-year
  Date earn_from;
  Date earn_to;
  std::string pool;
  std::int64_t pool_year = 0;         // in whose book its money is now
  std::vector<std::string> caps;      // k of each cap book that it uses; the unit's own first
  std::optional<std::string> window;  // of a pro-rata line
  bool awarded = false;               // its round has been closed
  Fen asked_fen;                      // due at the claim
  Fen amount_fen;                     // reserved or granted now: net of cuts and clawbacks
  Fen approved_fen;
  Fen cut_fen;          // taken off after approval, before payment
  Fen clawed_fen;       // made receivable
  Fen forfeited_fen;    // of these, by decision: cannot be claimed again
  Fen paid_fen;         // confirmed, net of bounces
  Fen offset_fen;       // of its payable, used for another claim's receivable
  Fen self_offset_fen;  // of its payable, used for its own receivable after a bounce
  Fen recovered_fen;
  Fen written_off_fen;
  std::optional<Fen> last_payment_fen;  // confirmed and not bounced
  Date claimed_on;
  std::int64_t claimed_seq = 0;
  std::optional<OrgId> reviewer;
  std::optional<Date> reviewed_on;
  std::int64_t notice_days = 0;  // working days, fixed at the claim
  std::optional<OrgId> approver;
  std::optional<Date> approved_on;
  std::optional<Date> instructed_on;
  std::optional<Date> paid_on;
  std::optional<std::string> reason;  // of rejection, lapse, clawback or write-off
  std::optional<OrgId> place;         // predecessor whose place the claimant holds in caps and bases
  std::vector<ClaimObjection> objections;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("no", self.no, Spec{"BT number, in the payee's region"});
    visit("status", self.status, Spec{"Status"});
    visit("claimant", self.claimant, Spec{"Who claims and is paid"});
    visit("line", self.line, Spec{"Code of the subsidy line", 1, 32});
    visit("rule", self.rule, Spec{"Line and version", 1, 80});
    visit("side", self.side, Spec{"In which role the claimant earned it"});
    visit("dataset", self.dataset, Spec{"Data set, for a line counted per data set", 1, 64});
    visit("earn_year", self.earn_year, Spec{"Year of the caps"});
    visit("earn_from", self.earn_from, Spec{"First day of the earn period"});
    visit("earn_to", self.earn_to, Spec{"Last day of the earn period"});
    visit("pool", self.pool, Spec{"Code of the pool", 1, 32});
    visit("pool_year", self.pool_year, Spec{"Year of the pool that holds its money now"});
    visit("caps", self.caps, Spec{"Whose caps it uses: organisation, G:group or DJ number"});
    visit("window", self.window, Spec{"Claim window of a pro-rata line", 1, 32});
    visit("awarded", self.awarded, Spec{"The round of its window has been closed"});
    visit("asked_fen", self.asked_fen, Spec{"Due at the claim"});
    visit("amount_fen", self.amount_fen, Spec{"Reserved or granted now, net of cuts and clawbacks"});
    visit("approved_fen", self.approved_fen, Spec{"Approved"});
    visit("cut_fen", self.cut_fen, Spec{"Cut after approval and before payment"});
    visit("clawed_fen", self.clawed_fen, Spec{"Made receivable"});
    visit("forfeited_fen", self.forfeited_fen, Spec{"Of these by decision, never to be claimed again"});
    visit("paid_fen", self.paid_fen, Spec{"Paid, net of bounces"});
    visit("offset_fen", self.offset_fen, Spec{"Used to settle another claim's receivable"});
    visit("self_offset_fen", self.self_offset_fen, Spec{"Used to settle its own receivable after a bounce"});
    visit("recovered_fen", self.recovered_fen, Spec{"Recovered"});
    visit("written_off_fen", self.written_off_fen, Spec{"Written off"});
    visit("last_payment_fen", self.last_payment_fen, Spec{"Last payment, confirmed and not bounced"});
    visit("claimed_on", self.claimed_on, Spec{"Day of the claim"});
    visit("claimed_seq", self.claimed_seq, Spec{"Entry of the claim"});
    visit("reviewer", self.reviewer, Spec{"Platform that reviewed it"});
    visit("reviewed_on", self.reviewed_on, Spec{"Day of the review"});
    visit("notice_days", self.notice_days, Spec{"Working days of notice after the review"});
    visit("approver", self.approver, Spec{"Bureau that approved it"});
    visit("approved_on", self.approved_on, Spec{"Day of approval"});
    visit("instructed_on", self.instructed_on, Spec{"Day of the payment instruction under way"});
    visit("paid_on", self.paid_on, Spec{"Day of the last payment"});
    visit("reason", self.reason, Spec{"Why it was rejected, lapsed, clawed back or written off", 1, 300});
    visit("place", self.place, Spec{"Predecessor whose place the claimant holds in caps and bases"});
    visit("objections", self.objections, Spec{"Objections and their rulings"});
  }

  std::string object_id() const { return no.text; }
  static void indexes(const Claim& claim, IndexSink& sink);  // claimant, line, status, payable, window
  static constexpr std::array kDeadlines{
      DeadlineName{"notice", "The public notice runs: whoever objects does so by then", "补贴公示期，可提出异议"},
      DeadlineName{"ruling", "The bureau rules on an objection", "主管部门裁定异议"}};
  static std::vector<Deadline> deadlines(const Claim& claim, DeadlineCall& call);
  std::vector<OrgId> readers() const;
  // Adds payable_fen, receivable_fen and, after the review, notice_until.
  static void extend_json(const Claim& claim, const ReadView& view, LedgerTime now, Json& json);
  // What the claim was granted, entry by entry, and what stopped the rest; subsidy_explain.hpp.
  static Result<Explanation> explain(const Claim& claim, const ReadView& view, const EntryHistory& entries,
                                     LedgerTime now);

  // Neither rejected, withdrawn nor lapsed: its settlements are covered, its amount is granted.
  bool live() const {
    return status != ClaimStatus::rejected && status != ClaimStatus::withdrawn && status != ClaimStatus::lapsed;
  }
  // Its notice was opened and it may still be objected to while that runs.
  bool in_notice() const {
    return (status == ClaimStatus::reviewed || status == ClaimStatus::objected) && reviewed_on && notice_days > 0;
  }
  bool before_approval() const {
    return status == ClaimStatus::claimed || status == ClaimStatus::reviewed || status == ClaimStatus::objected;
  }
};

// --- what other areas call ----------------------------------------------------------------------------------------
// After a settlement was written with less net, or is not to count any more: refunds, reversals. Recomputes what its
// seller and buyer are entitled to and takes back what was granted too much.
Verdict on_settlement_changed(EntryTx& tx, const Trade& trade, const Settlement& settlement);
// After a trade was written flagged, cleared or with another tax: its settlements and the fees on it count anew.
Verdict on_trade_changed(EntryTx& tx, const Trade& trade);
// After a certificate was written with another status. Only revoking matters: it is void from the start.
Verdict on_certificate_changed(EntryTx& tx, const Certificate& certificate);
// After a rating was written. A failure takes from lines that ask for none what the data set had earned.
Verdict on_rating_changed(EntryTx& tx, const Rating& rating);
// After a fee was refunded, cancelled or waived.
Verdict on_fee_changed(EntryTx& tx, const Fee& fee);
// After anything else that an organisation's entitlements hang on: affiliation, succession, revoked registration.
Verdict recompute_subsidies(EntryTx& tx, const OrgId& payee);

// --- bodies -------------------------------------------------------------------------------------------------------
struct SubsidyClaimBody {
  std::string line;
  std::optional<std::int64_t> year;
  std::optional<Side> side;
  std::optional<std::string> dataset;
  std::optional<std::vector<Hash32>> evidence;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("line", self.line, Spec{"Code of the subsidy line", 1, 32});
    visit("year", self.year, Spec{"An earlier earn year; the current one if absent", 1970, 9999});
    visit("side", self.side, Spec{"For a line that is split between seller and buyer"});
    visit("dataset", self.dataset, Spec{"For a line counted per data set: its id or DJ number", 1, 64});
    visit("evidence", self.evidence, Spec{.doc = "SHA-256 of what is handed in", .items_max = 16});
  }
};

struct SubsidyReviewBody {
  RegNo subsidy;
  std::optional<std::string> note;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("subsidy", self.subsidy, Spec{"BT number"});
    visit("note", self.note, Spec{"What the review found", 1, 300});
  }
};

struct SubsidyObjectBody {
  RegNo subsidy;
  std::string reason;
  std::optional<std::vector<Hash32>> evidence;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("subsidy", self.subsidy, Spec{"BT number"});
    visit("reason", self.reason, Spec{"Why it should not be granted", 1, 300});
    visit("evidence", self.evidence, Spec{.doc = "SHA-256 of what is handed in", .items_max = 16});
  }
};

struct SubsidyRuleBody {
  RegNo subsidy;
  OrgId objector;
  bool upheld = false;
  std::string reason;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("subsidy", self.subsidy, Spec{"BT number"});
    visit("objector", self.objector, Spec{"Whose objection is ruled on"});
    visit("upheld", self.upheld, Spec{"true rejects the claim; false dismisses the objection"});
    visit("reason", self.reason, Spec{"Why", 1, 300});
  }
};

struct SubsidyApproveBody {
  RegNo subsidy;
  std::optional<Fen> amount_fen;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("subsidy", self.subsidy, Spec{"BT number"});
    visit("amount_fen", self.amount_fen, Spec{"At most what is reserved; all of it if absent", 1});
  }
};

// subsidy.reject, subsidy.withdraw, subsidy.lapse.
struct SubsidyEndBody {
  RegNo subsidy;
  std::string reason;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("subsidy", self.subsidy, Spec{"BT number"});
    visit("reason", self.reason, Spec{"Why", 1, 300});
  }
};

enum class PayStep : std::uint8_t { instruct, confirm, bounce };

struct SubsidyPayBody {
  RegNo subsidy;
  PayStep step = PayStep::instruct;
  std::optional<Date> bank_date;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("subsidy", self.subsidy, Spec{"BT number"});
    visit("step", self.step, Spec{"Instruct the bank to pay all that is payable, or tell what it answered"});
    visit("bank_date", self.bank_date, Spec{"Day of the payment at the bank, for step confirm"});
  }
};

struct SubsidyRecoverBody {
  RegNo subsidy;
  std::optional<Fen> amount_fen;
  std::optional<RegNo> offset;
  std::optional<VoucherForm> voucher;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("subsidy", self.subsidy, Spec{"BT number of the claim that is to be recovered"});
    visit("amount_fen", self.amount_fen, Spec{"Amount; all that can be recovered if absent", 1});
    visit("offset", self.offset, Spec{"BT number of the approved claim whose money is kept; absent: money came back"});
    visit("voucher", self.voucher, Spec{"Voucher that proves the money that came back"});
  }
};

// subsidy.clawback and subsidy.write_off: acts of decision.
struct SubsidyDecisionBody {
  RegNo subsidy;
  Fen amount_fen;
  std::string reason;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("subsidy", self.subsidy, Spec{"BT number"});
    visit("amount_fen", self.amount_fen, Spec{"Amount", 1});
    visit("reason", self.reason, Spec{"Why", 1, 300});
  }
};

struct WindowCloseBody {
  std::string line;
  std::optional<std::int64_t> year;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("line", self.line, Spec{"Code of a pro-rata subsidy line", 1, 32});
    visit("year", self.year, Spec{"Earn year of the version; the newest version that has begun if absent", 1970, 9999});
  }
};

// Pools, claims and rounds.
const Area& subsidy_area();

}  // namespace dengji::contracts

template <>
struct dengji::state::EnumNames<dengji::contracts::ClaimStatus> {
  static constexpr std::array names{"claimed",   "reviewed",    "approved", "instructed", "paid",   "clawback_due",
                                    "recovered", "written_off", "rejected", "withdrawn",  "lapsed", "objected"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::PayStep> {
  static constexpr std::array names{"instruct", "confirm", "bounce"};
};
