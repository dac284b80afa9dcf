// Fees: one object per FY number, its money in the books of its payee (fee/<payee>/…). Most fees arise as effects of
// other entries through the functions below; the entry types are for money that comes in or goes back, and for
// discretionary acts. (cause, line, payer) is unique, whichever way a fee arose. Verdicts 501 to 599.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/common/policies.hpp"
#include "contracts/common/vouchers.hpp"
#include "ledger/state/registry.hpp"

namespace dengji::contracts {

enum class FeeVerdict : std::uint16_t {
  own_fee = 501,
  not_the_payee,
  nothing_owed,
  refund_pending,
  no_refund_pending,
  nothing_to_cancel,
  no_such_waiver,
  waiver_reinstated,
  assessed_already,
  waived_already,
  line_name,
  step_member,
  bank_date_future,
  bank_date_before_instruction,
  waive_too_much,
  refund_too_much,
  refund_amount_differs,
};

enum class FeeKind : std::uint8_t { registration, service, other };

// From the amounts, in this order: something open (part_paid once money came), something owed, all cancelled, refunded,
// paid, waived.
enum class FeeStatus : std::uint8_t { due, part_paid, paid, waived, owed, refunded, cancelled };

struct WaiverGiven {
  std::string line;
  OrgId borne_by;
  std::optional<std::string> rule;  // "<policy code>@<version>"; absent for a discretionary waiver
  Fen open_fen;                     // taken off what was open
  Fen paid_fen;                     // turned into a refund owed
  bool reinstated = false;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("line", self.line, Spec{"Line of the waiver", 1, 32});
    visit("borne_by", self.borne_by, Spec{"Who bears it"});
    visit("rule", self.rule, Spec{"Policy and version; absent for a discretionary waiver", 1, 80});
    visit("open_fen", self.open_fen, Spec{"Part that was open"});
    visit("paid_fen", self.paid_fen, Spec{"Part that had been paid and became a refund owed"});
    visit("reinstated", self.reinstated, Spec{"Taken back"});
  }
};

// The record holds what the accounts cannot tell per fee; what is open, owed, on its way back and refunded is read from
// them when the fee is shown.
struct Fee {
  static constexpr std::string_view kKind = "fee";

  RegNo no;
  FeeKind kind = FeeKind::registration;
  std::string cause;  // id of a data set, JY number, or id of a settlement
  std::string line;
  OrgId payer;
  OrgId payee;
  std::string rule;                        // schedule, frozen; empty for a discretionary fee
  std::optional<std::string> waiver_rule;  // frozen at acceptance
  FeeStatus status = FeeStatus::due;
  Fen assessed_fen;   // gross
  Fen cancelled_fen;  // of the assessed
  Fen waived_fen;     // net of what was reinstated
  Fen received_fen;   // all money that came in, also beyond what was due
  Date assessed_on;
  std::int64_t assessed_seq = 0;
  std::optional<Date> first_paid_on;  // bank date
  std::vector<WaiverGiven> waivers;
  std::optional<Date> refund_instructed_on;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("no", self.no, Spec{"FY number, in the payer's region"});
    visit("kind", self.kind, Spec{"Kind of fee"});
    visit("cause", self.cause, Spec{"Data set, trade or settlement that it is about", 1, 64});
    visit("line", self.line, Spec{"Line of the schedule", 1, 32});
    visit("payer", self.payer, Spec{"Who pays"});
    visit("payee", self.payee, Spec{"Who receives"});
    visit("rule", self.rule, Spec{"Fee schedule and version, frozen; empty for a discretionary fee", 0, 80});
    visit("waiver_rule", self.waiver_rule, Spec{"Waiver and version, frozen at acceptance", 1, 80});
    visit("status", self.status, Spec{"Status"});
    visit("assessed_fen", self.assessed_fen, Spec{"Assessed, gross"});
    visit("cancelled_fen", self.cancelled_fen, Spec{"Cancelled of what was assessed"});
    visit("waived_fen", self.waived_fen, Spec{"Waived"});
    visit("received_fen", self.received_fen, Spec{"Money that came in"});
    visit("assessed_on", self.assessed_on, Spec{"Day of assessment"});
    visit("assessed_seq", self.assessed_seq, Spec{"Entry that assessed it"});
    visit("first_paid_on", self.first_paid_on, Spec{"Bank date of the first payment"});
    visit("waivers", self.waivers, Spec{"Waivers given"});
    visit("refund_instructed_on", self.refund_instructed_on, Spec{"Day of the refund instruction under way"});
  }

  std::string object_id() const { return no.text; }
  static void indexes(const Fee& fee, IndexSink& sink);  // cause, payer, status
  std::vector<OrgId> readers() const { return {payer, payee}; }
  // Adds open_fen, paid_fen (what came in and stays), owed_fen, refund_pending_fen and refunded_fen.
  static void extend_json(const Fee& fee, const ReadView& view, LedgerTime now, Json& json);
  // What it comes to, open or paid, entry by entry; fee_explain.cpp.
  static Result<Explanation> explain(const Fee& fee, const ReadView& view, const EntryHistory& entries, LedgerTime now);
};

// What the accounts say of one fee. kept = received − owed − refunded, the money that stays with the payee.
struct FeeBalances {
  Fen open;
  Fen owed;            // pending included
  Fen refund_pending;  // instructed, not confirmed
  Fen kept;
  Fen refunded;
};
FeeBalances fee_balances(const ReadView& view, const Fee& fee);

// --- registration -------------------------------------------------------------------------------------------------
struct RegistrationFeeCause {
  std::string dataset;       // the object id of the data set, the same for ever
  OrgId payer;               // the applicant
  std::string region;        // the payer's, now
  bool recognition = false;  // of another province's registration: the schedule's own sum, and no waiver
};
// At acceptance or recognition: by the fee schedule and waiver in force today for the payer's region, both frozen. No
// FY number where no schedule is in force, its fee is 0, or the payer is its payee. The line is "registration".
std::expected<std::optional<RegNo>, Refusal> assess_registration_fee(EntryTx& tx, const RegistrationFeeCause& cause);

struct FirstRegistration {
  std::string dataset;  // as in RegistrationFeeCause
  Date registered_on;
  bool first_of_enterprise = false;
  bool first_of_group = false;
  bool first_of_dataset = false;
};
// At certificate.issue: applies the waiver that was frozen with the data set's registration fee. Open part first, then
// the paid part becomes owed. Where it does not apply (no fee, no waiver then, no first registration in its scope, too
// late, given before) nothing is waived and the entry goes on; the working tells why.
Verdict waive_first_registration(EntryTx& tx, const FirstRegistration& registration);

// --- service fees -------------------------------------------------------------------------------------------------
struct RateLine {
  std::string line;
  Side side = Side::seller;
  std::int64_t ppm = 0;
  Rounding rounding = Rounding::down;
  OnRefund on_refund = OnRefund::proportional;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("line", self.line, Spec{"Name of the line", 1, 32});
    visit("side", self.side, Spec{"Who pays"});
    visit("ppm", self.ppm, Spec{"Rate on settled amounts"});
    visit("rounding", self.rounding, Spec{"Rounding of each settlement's fee"});
    visit("on_refund", self.on_refund, Spec{"Whether a refund lowers the fee"});
  }
};

// The rate lines of the schedule at the agreement, frozen in the trade: a settlement reads no policy.
struct ServiceTerms {
  std::string rule;
  OrgId payee;
  std::vector<RateLine> lines;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("rule", self.rule, Spec{"Fee schedule and version", 1, 80});
    visit("payee", self.payee, Spec{"Who receives"});
    visit("lines", self.lines, Spec{.doc = "Rates on settled amounts", .items_max = 8});
  }
};

struct ServiceFeeParties {
  OrgId seller;
  OrgId buyer;
  std::string seller_region;  // as at the agreement
  std::string buyer_region;
};

// At the agreement, by the schedule in force for the seller's region: assesses the lines of mode once (once per payer
// and line for ever) and gives back the rate lines, or nothing if there are none.
std::expected<std::optional<ServiceTerms>, Refusal> assess_service_fees_on_agree(EntryTx& tx, std::string_view trade,
                                                                                 const ServiceFeeParties& parties);
Verdict assess_service_fees_on_settle(EntryTx& tx, const ServiceTerms& terms, const ServiceFeeParties& parties,
                                      std::string_view settlement, Fen amount);
// Proportional lines fall to the fee of the settlement's new net, rounded once; open part of the difference first, then
// the paid part becomes owed.
Verdict lower_service_fees_on_refund(EntryTx& tx, const ServiceTerms& terms, std::string_view settlement, Fen new_net);
// A settlement that should never have been recorded: all fees on it go, whether refunds lower them or not.
Verdict reverse_service_fees(EntryTx& tx, std::string_view settlement);

// --- bodies -------------------------------------------------------------------------------------------------------
struct FeeReceiveBody {
  RegNo fee;
  Fen amount_fen;
  std::optional<VoucherForm> voucher;
  Date bank_date;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("fee", self.fee, Spec{"FY number"});
    visit("amount_fen", self.amount_fen, Spec{"Amount; what exceeds the open part is owed back", 1});
    visit("voucher", self.voucher, Spec{"Voucher that proves the payment"});
    visit("bank_date", self.bank_date, Spec{"Day of the payment at the bank"});
  }
};

struct FeeWaiveBody {
  RegNo fee;
  std::string line;
  Fen amount_fen;
  OrgId borne_by;
  std::string reason;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("fee", self.fee, Spec{"FY number"});
    visit("line", self.line, Spec{"Line of the waiver: letters, digits, - . _", 1, 32});
    visit("amount_fen", self.amount_fen, Spec{"Amount: of the open part first, then of what was paid", 1});
    visit("borne_by", self.borne_by, Spec{"Who bears it"});
    visit("reason", self.reason, Spec{"Why", 1, 300});
  }
};

enum class RefundStep : std::uint8_t { instruct, confirm, bounce };

struct FeeRefundBody {
  RegNo fee;
  RefundStep step = RefundStep::instruct;
  std::optional<Fen> amount_fen;
  std::optional<Date> bank_date;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("fee", self.fee, Spec{"FY number"});
    visit("step", self.step, Spec{"Instruct the bank, or tell what it answered"});
    visit("amount_fen", self.amount_fen, Spec{"Amount; absent: all that is owed, or all that was instructed", 1});
    visit("bank_date", self.bank_date, Spec{"Day of the payment at the bank, for step confirm"});
  }
};

struct FeeCancelBody {
  RegNo fee;
  std::string reason;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("fee", self.fee, Spec{"FY number"});
    visit("reason", self.reason, Spec{"Why", 1, 300});
  }
};

struct FeeReinstateBody {
  RegNo fee;
  std::string line;
  std::string reason;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("fee", self.fee, Spec{"FY number"});
    visit("line", self.line, Spec{"Line of the waiver that is taken back", 1, 32});
    visit("reason", self.reason, Spec{"Why", 1, 300});
  }
};

enum class FeeCause : std::uint8_t { dataset, trade };

// A fee by decision: the signer is its payee.
struct FeeAssessBody {
  OrgId payer;
  FeeCause cause_kind = FeeCause::trade;
  std::string cause;
  std::string line;
  Fen amount_fen;
  std::string reason;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("payer", self.payer, Spec{"Who pays"});
    visit("cause_kind", self.cause_kind, Spec{"What the fee is about"});
    visit("cause", self.cause, Spec{"Its id or number", 1, 64});
    visit("line", self.line, Spec{"Line of the fee: letters, digits, - . _", 1, 32});
    visit("amount_fen", self.amount_fen, Spec{"Amount", 1});
    visit("reason", self.reason, Spec{"Why", 1, 300});
  }
};

const Area& fee_area();

}  // namespace dengji::contracts

template <>
struct dengji::state::EnumNames<dengji::contracts::FeeKind> {
  static constexpr std::array names{"registration", "service", "other"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::FeeStatus> {
  static constexpr std::array names{"due", "part_paid", "paid", "waived", "owed", "refunded", "cancelled"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::RefundStep> {
  static constexpr std::array names{"instruct", "confirm", "bounce"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::FeeCause> {
  static constexpr std::array names{"dataset", "trade"};
};
