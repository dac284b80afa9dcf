#include "contracts/fee/fees.hpp"

#include <algorithm>
#include <array>

#include "contracts/common/succession.hpp"
#include "contracts/subsidy/subsidies.hpp"
#include "ledger/base/assert.hpp"

namespace dengji::contracts {
namespace {

using V = FeeVerdict;

constexpr std::string_view kRegistrationLine = "registration";
constexpr std::string_view kFeeMark = "fee";
constexpr std::string_view kOnceMark = "fee_once";
constexpr std::string_view kWaiverMark = "waiver";

constexpr VerdictRow row(V verdict, std::string_view slug, std::string_view en, std::string_view zh, int http = 422) {
  return {static_cast<std::uint16_t>(verdict), slug, http, en, zh};
}

constexpr std::array kVerdicts = {
    row(V::own_fee, "own_fee", "The payer of a fee cannot decide or record anything about it",
        "缴费人不得办理自己的费用", 403),
    row(V::not_the_payee, "not_the_payee", "The signer is not the payee of the fee", "签名方不是收费方", 403),
    row(V::nothing_owed, "nothing_owed", "No refund of the fee is owed", "该费用没有应退款"),
    row(V::refund_pending, "refund_pending", "A refund of the fee is instructed and not answered yet",
        "该费用已有退款指令待确认"),
    row(V::no_refund_pending, "no_refund_pending", "No refund of the fee is instructed", "该费用没有待确认的退款指令"),
    row(V::nothing_to_cancel, "nothing_to_cancel", "Nothing of the fee is open or kept, so nothing can be cancelled",
        "该费用没有可取消的金额"),
    row(V::no_such_waiver, "no_such_waiver", "The fee has no waiver of this line", "该费用没有此项减免"),
    row(V::waiver_reinstated, "waiver_reinstated", "The waiver was taken back already", "该减免已被撤回"),
    row(V::assessed_already, "assessed_already", "The fee of this cause, line and payer was assessed already",
        "同一事由、项目和缴费人的费用已核定"),
    row(V::waived_already, "waived_already", "This cause, line and payer had its waiver already",
        "同一事由、项目和缴费人已享受减免"),
    row(V::line_name, "line_name", "A line is named by letters, digits, hyphen, dot and underscore",
        "项目名只能含字母、数字、连字符、点和下划线"),
    row(V::step_member, "step_member", "A member does not belong to this step", "该步骤不应含此成员"),
    row(V::bank_date_future, "fee_bank_date_future", "The bank date lies after the ledger's day",
        "银行日期晚于账本日期"),
    row(V::bank_date_before_instruction, "bank_date_before_instruction",
        "The bank date lies before the refund was instructed", "银行日期早于退款指令"),
    row(V::waive_too_much, "waive_too_much", "More would be waived than is open or kept", "减免金额超出未缴与已缴之和"),
    row(V::refund_too_much, "refund_too_much", "More would be refunded than is owed", "退款金额超出应退款"),
    row(V::refund_amount_differs, "refund_amount_differs", "The amount is not the one that was instructed",
        "金额与退款指令不符"),
};

std::string yuan(Fen fen) {
  return std::to_string(fen.value()) + " fen";
}

// --- account names
std::string book(const Fee& fee) {
  return "fee/" + fee.payee.text;
}
std::string due_account(const Fee& fee) {
  return book(fee) + "/due/" + fee.no.text;
}
std::string owed_account(const Fee& fee) {
  return book(fee) + "/owed/" + fee.no.text;
}
std::string income_account(const Fee& fee) {
  return book(fee) + "/income/" + std::string(name_of(fee.kind));
}
std::string waived_account(const Fee& fee, std::string_view line) {
  return book(fee) + "/waived/" + std::string(line);
}
std::string bank_account(const Fee& fee) {
  return book(fee) + "/bank";
}

void add_line(std::vector<PostingLine>& lines, std::string debit, std::string credit, Fen fen) {
  if (fen > Fen(0)) lines.push_back({std::move(debit), std::move(credit), fen});
}

// A line name becomes a segment of an account id.
bool is_line_name(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == '_';
  });
}

std::string triple(std::string_view cause, std::string_view line, const OrgId& payer) {
  return std::string(cause).append("/").append(line).append("/").append(payer.text);
}

FeeStatus status_from(const Fee& fee, const FeeBalances& now) {
  if (now.open > Fen(0)) return fee.received_fen > Fen(0) ? FeeStatus::part_paid : FeeStatus::due;
  if (now.owed > Fen(0)) return FeeStatus::owed;
  if (fee.cancelled_fen == fee.assessed_fen) return FeeStatus::cancelled;
  if (now.refunded > Fen(0)) return FeeStatus::refunded;
  return now.kept > Fen(0) ? FeeStatus::paid : FeeStatus::waived;
}

// After the postings: the status that follows from them, told in the leaf if it changed, and the record.
void save(EntryTx& tx, Fee& fee) {
  const FeeStatus next = status_from(fee, fee_balances(tx.view(), fee));
  if (next != fee.status) tx.status(Fee::kKind, fee.no.text, name_of(fee.status), name_of(next));
  fee.status = next;
  tx.put(fee);
}

void about(EntryTx& tx, const Fee& fee) {
  tx.subject(Fee::kKind, fee.no.text);
  tx.reader(fee.payer);
  tx.reader(fee.payee);
}

std::vector<Fee> fees_of(const ReadView& view, std::string_view cause) {
  const std::string prefix = index_prefix(Fee::kKind, "cause", cause);
  std::vector<std::string> numbers;
  view.scan(prefix, prefix, [&](std::string_view key, std::string_view) {
    numbers.emplace_back(key.substr(prefix.size()));
    return true;
  });
  std::vector<Fee> fees;
  for (const std::string& no : numbers) {
    auto fee = find_object<Fee>(view, no);
    LEDGER_ASSERT(fee);
    fees.push_back(std::move(*fee));
  }
  return fees;
}

// --- assessing
// A fee of at least one fen whose (cause, line, payer) the caller has marked. `steps` show how the amount came about.
std::expected<RegNo, Refusal> assess(EntryTx& tx, Fee fee, std::string_view region, Rounding rounding,
                                     std::vector<WorkingStep> steps) {
  auto no = tx.assign_number("FY", Fee::kKind, region);
  if (!no) return no;
  fee.no = *no;
  fee.assessed_on = tx.context().day();
  fee.assessed_seq = static_cast<std::int64_t>(tx.context().seq.value);
  tx.status(Fee::kKind, fee.no.text, "", name_of(fee.status));
  if (!fee.rule.empty()) {
    tx.working({.cause = fee.no.text,
                .rule = fee.rule,
                .line = fee.line,
                .rounding = rounding,
                .steps = std::move(steps),
                .fen = fee.assessed_fen});
  }
  DENGJI_TRY(tx.post("fee_assessed", fee.no.text, {{due_account(fee), income_account(fee), fee.assessed_fen}}));
  tx.put(fee);
  return no;
}

// --- waiving
struct Waived {
  std::string line;
  OrgId borne_by;
  std::optional<std::string> rule;
  Fen amount;  // not above open + kept
};

Verdict waive(EntryTx& tx, Fee& fee, const FeeBalances& now, Waived waived) {
  const Fen open = std::min(waived.amount, now.open);
  const Fen paid = minus(waived.amount, open);
  LEDGER_ASSERT(paid <= now.kept);
  std::vector<PostingLine> lines;
  add_line(lines, waived_account(fee, waived.line), due_account(fee), open);
  add_line(lines, waived_account(fee, waived.line), owed_account(fee), paid);
  DENGJI_TRY(tx.post("fee_waived", fee.no.text, std::move(lines)));
  fee.waived_fen = plus(fee.waived_fen, waived.amount);
  fee.waivers.push_back({std::move(waived.line), std::move(waived.borne_by), std::move(waived.rule), open, paid});
  save(tx, fee);
  return paid > Fen(0) ? on_fee_changed(tx, fee) : Verdict{};
}

// Why a frozen waiver does not apply; empty if it does.
std::string_view why_not(EntryTx& tx, const Waiver& waiver, const FirstRegistration& registration) {
  const bool first = waiver.first_scope == FirstScope::enterprise ? registration.first_of_enterprise
                     : waiver.first_scope == FirstScope::group    ? registration.first_of_group
                                                                  : registration.first_of_dataset;
  if (!first) return "not_first";
  const std::int64_t days = tx.context().day().days - registration.registered_on.days;
  return days > waiver.within_days ? "too_late" : "";
}

Verdict apply_frozen_waiver(EntryTx& tx, Fee& fee, const FirstRegistration& registration) {
  const auto policy = policy_by_rule(tx.view(), *fee.waiver_rule);
  LEDGER_ASSERT(policy && policy->waiver);
  const Waiver& waiver = *policy->waiver;
  const FeeBalances now = fee_balances(tx.view(), fee);
  WorkingEffect working{.cause = fee.no.text,
                        .rule = *fee.waiver_rule,
                        .line = waiver.line,
                        .rounding = waiver.rounding,
                        .steps = {},
                        .fen = Fen(0)};
  std::string_view reason = why_not(tx, waiver, registration);
  if (reason.empty() && tx.marked(kWaiverMark, triple(fee.cause, waiver.line, fee.payer))) reason = "given_before";
  const Fen net = minus(fee.assessed_fen, fee.cancelled_fen);
  const auto rated = ppm_of(net, waiver.ppm, waiver.rounding);
  LEDGER_ASSERT(rated);
  const Fen amount = std::min(*rated, plus(now.open, now.kept));
  if (reason.empty() && amount == Fen(0)) reason = "nothing_left";
  if (!reason.empty()) {
    working.steps.push_back({.step = std::string(reason), .fen = Fen(0)});
    tx.working(std::move(working));
    return {};
  }
  working.steps.push_back({.step = "rate", .base_fen = net, .ppm = waiver.ppm, .fen = *rated});
  if (amount < *rated) working.steps.push_back({.step = "left", .fen = amount});
  working.fen = amount;
  tx.working(std::move(working));
  tx.mark(kWaiverMark, triple(fee.cause, waiver.line, fee.payer));
  return waive(tx, fee, now, {waiver.line, waiver.borne_by, fee.waiver_rule, amount});
}

// --- cancelling
// Takes `amount` (not above open + kept) off the assessment: open part first, then what was paid becomes owed.
Verdict cancel(EntryTx& tx, Fee& fee, const FeeBalances& now, Fen amount) {
  const Fen open = std::min(amount, now.open);
  std::vector<PostingLine> lines;
  add_line(lines, income_account(fee), due_account(fee), open);
  add_line(lines, income_account(fee), owed_account(fee), minus(amount, open));
  DENGJI_TRY(tx.post("fee_cancelled", fee.no.text, std::move(lines)));
  fee.cancelled_fen = plus(fee.cancelled_fen, amount);
  save(tx, fee);
  return amount > open ? on_fee_changed(tx, fee) : Verdict{};
}

// --- entry types
// The fee that a body names, if its signer may act on it: any platform or registrar, or the payee itself, never the
// payer.
std::expected<Fee, Refusal> fee_to_act_on(EntryTx& tx, const RegNo& no) {
  auto fee = tx.find<Fee>(no.text);
  if (!fee) return refuse(General::object_unknown, "fee " + no.text, "/body/fee");
  const entry::Party& signer = tx.context().parties.front();
  if (stands_for(tx.view(), signer.org, fee->payer)) {
    return refuse(V::own_fee, signer.org.text + " is the payer of " + no.text, "/parties/0/org");
  }
  if (signer.role == "payee" && !stands_for(tx.view(), signer.org, fee->payee)) {
    return refuse(V::not_the_payee, "the payee of " + no.text + " is " + fee->payee.text, "/parties/0/org");
  }
  about(tx, *fee);
  return std::move(*fee);
}

Verdict apply_receive(EntryTx& tx, const FeeReceiveBody& body) {
  auto fee = fee_to_act_on(tx, body.fee);
  if (!fee) return std::unexpected(std::move(fee.error()));
  if (body.bank_date > tx.context().day()) {
    return refuse(V::bank_date_future, "today is " + format_date(tx.context().day()), "/body/bank_date");
  }
  const auto received = checked_add(fee->received_fen, body.amount_fen);
  if (!received) return refuse(General::amount_overflow, fee->no.text, "/body/amount_fen");
  if (body.voucher) DENGJI_TRY(use_voucher(tx, *body.voucher, body.amount_fen));
  const Fen due = std::min(body.amount_fen, fee_balances(tx.view(), *fee).open);
  std::vector<PostingLine> lines;
  add_line(lines, bank_account(*fee), due_account(*fee), due);
  add_line(lines, bank_account(*fee), owed_account(*fee), minus(body.amount_fen, due));
  DENGJI_TRY(tx.post("fee_received", fee->no.text, std::move(lines)));
  fee->received_fen = *received;
  if (!fee->first_paid_on) fee->first_paid_on = body.bank_date;
  save(tx, *fee);
  return {};
}

Verdict apply_waive(EntryTx& tx, const FeeWaiveBody& body) {
  auto fee = fee_to_act_on(tx, body.fee);
  if (!fee) return std::unexpected(std::move(fee.error()));
  if (!is_line_name(body.line)) return refuse(V::line_name, body.line, "/body/line");
  const std::string key = triple(fee->cause, body.line, fee->payer);
  if (tx.marked(kWaiverMark, key)) {
    return refuse(V::waived_already, "waiver " + body.line + " of " + fee->no.text + "; use another line",
                  "/body/line");
  }
  if (!tx.find<Org>(body.borne_by.text)) {
    return refuse(General::object_unknown, "org " + body.borne_by.text + "; register it first", "/body/borne_by");
  }
  const FeeBalances now = fee_balances(tx.view(), *fee);
  if (body.amount_fen > plus(now.open, now.kept)) {
    return refuse(V::waive_too_much,
                  fee->no.text + " is " + std::string(name_of(fee->status)) + " with " + yuan(now.open) + " open and " +
                      yuan(now.kept) + " kept",
                  "/body/amount_fen");
  }
  tx.mark(kWaiverMark, key);
  return waive(tx, *fee, now, {body.line, body.borne_by, std::nullopt, body.amount_fen});
}

Verdict instruct_refund(EntryTx& tx, Fee& fee, const FeeRefundBody& body) {
  const FeeBalances now = fee_balances(tx.view(), fee);
  if (now.refund_pending > Fen(0)) {
    return refuse(V::refund_pending,
                  yuan(now.refund_pending) + " of " + fee.no.text + " are instructed; confirm or bounce them first",
                  "/body/step");
  }
  if (now.owed == Fen(0)) {
    return refuse(V::nothing_owed, fee.no.text + " is " + std::string(name_of(fee.status)), "/body/fee");
  }
  if (body.bank_date) return refuse(V::step_member, "bank_date belongs to step confirm", "/body/bank_date");
  const Fen amount = body.amount_fen.value_or(now.owed);
  if (amount > now.owed) {
    return refuse(V::refund_too_much, yuan(now.owed) + " of " + fee.no.text + " are owed", "/body/amount_fen");
  }
  fee.refund_instructed_on = tx.context().day();
  DENGJI_TRY(tx.reserve("fee_refund_instructed", fee.no.text, {{owed_account(fee), bank_account(fee), amount}}));
  save(tx, fee);
  return {};
}

Verdict answer_refund(EntryTx& tx, Fee& fee, const FeeRefundBody& body) {
  const Fen pending = fee_balances(tx.view(), fee).refund_pending;
  if (pending == Fen(0)) {
    return refuse(V::no_refund_pending,
                  fee.no.text + " is " + std::string(name_of(fee.status)) + "; instruct the refund first",
                  "/body/step");
  }
  const bool confirmed = body.step == RefundStep::confirm;
  if (!confirmed && body.bank_date) {
    return refuse(V::step_member, "bank_date belongs to step confirm", "/body/bank_date");
  }
  if (body.bank_date && *body.bank_date > tx.context().day()) {
    return refuse(V::bank_date_future, "today is " + format_date(tx.context().day()), "/body/bank_date");
  }
  if (body.bank_date && *body.bank_date < *fee.refund_instructed_on) {
    return refuse(V::bank_date_before_instruction, "instructed on " + format_date(*fee.refund_instructed_on),
                  "/body/bank_date");
  }
  if (body.amount_fen && *body.amount_fen != pending) {
    return refuse(V::refund_amount_differs, yuan(pending) + " were instructed", "/body/amount_fen");
  }
  std::vector<PostingLine> lines{{owed_account(fee), bank_account(fee), pending}};
  DENGJI_TRY(confirmed ? tx.take("fee_refund_confirmed", fee.no.text, std::move(lines))
                       : tx.unreserve("fee_refund_bounced", fee.no.text, std::move(lines)));
  fee.refund_instructed_on.reset();
  save(tx, fee);
  return {};
}

Verdict apply_refund(EntryTx& tx, const FeeRefundBody& body) {
  auto fee = fee_to_act_on(tx, body.fee);
  if (!fee) return std::unexpected(std::move(fee.error()));
  return body.step == RefundStep::instruct ? instruct_refund(tx, *fee, body) : answer_refund(tx, *fee, body);
}

Verdict apply_cancel(EntryTx& tx, const FeeCancelBody& body) {
  auto fee = fee_to_act_on(tx, body.fee);
  if (!fee) return std::unexpected(std::move(fee.error()));
  const FeeBalances now = fee_balances(tx.view(), *fee);
  const Fen amount = plus(now.open, now.kept);
  if (amount == Fen(0)) {
    return refuse(V::nothing_to_cancel, fee->no.text + " is " + std::string(name_of(fee->status)), "/body/fee");
  }
  return cancel(tx, *fee, now, amount);
}

Verdict apply_reinstate(EntryTx& tx, const FeeReinstateBody& body) {
  auto fee = fee_to_act_on(tx, body.fee);
  if (!fee) return std::unexpected(std::move(fee.error()));
  const auto waiver = std::find_if(fee->waivers.begin(), fee->waivers.end(),
                                   [&](const WaiverGiven& given) { return given.line == body.line; });
  if (waiver == fee->waivers.end()) {
    return refuse(V::no_such_waiver, fee->no.text + " has no waiver " + body.line, "/body/line");
  }
  if (waiver->reinstated) {
    return refuse(V::waiver_reinstated, "waiver " + body.line + " of " + fee->no.text, "/body/line");
  }
  const FeeBalances now = fee_balances(tx.view(), *fee);
  const Fen total = plus(waiver->open_fen, waiver->paid_fen);
  // Only what is neither refunded nor on its way to the payer can be kept back; the rest is due again.
  const Fen from_owed = std::min(waiver->paid_fen, minus(now.owed, now.refund_pending));
  std::vector<PostingLine> lines;
  add_line(lines, owed_account(*fee), waived_account(*fee, body.line), from_owed);
  add_line(lines, due_account(*fee), waived_account(*fee, body.line), minus(total, from_owed));
  DENGJI_TRY(tx.post("fee_reinstated", fee->no.text, std::move(lines)));
  waiver->reinstated = true;
  fee->waived_fen = minus(fee->waived_fen, total);
  save(tx, *fee);
  return {};
}

Verdict apply_assess(EntryTx& tx, const FeeAssessBody& body) {
  const OrgId& payee = tx.context().parties.front().org;
  if (payee == body.payer) return refuse(V::own_fee, payee.text + " cannot be payer and payee", "/body/payer");
  const auto payer = tx.need<Org>(body.payer.text, "/body/payer");
  if (!payer) return std::unexpected(payer.error());
  const std::string_view kind = name_of(body.cause_kind);
  const std::string cause = resolve_alias(tx.view(), kind, body.cause);
  if (!tx.view().get(object_key(kind, cause))) {
    return refuse(General::object_unknown, std::string(kind) + " " + body.cause, "/body/cause");
  }
  if (!is_line_name(body.line)) return refuse(V::line_name, body.line, "/body/line");
  if (!tx.mark(kFeeMark, triple(cause, body.line, body.payer))) {
    return refuse(V::assessed_already, "line " + body.line + " of " + cause + " for " + body.payer.text, "/body/line");
  }
  const auto no = assess(tx,
                         {.kind = FeeKind::other,
                          .cause = cause,
                          .line = body.line,
                          .payer = body.payer,
                          .payee = payee,
                          .rule = "",
                          .assessed_fen = body.amount_fen},
                         payer->region, Rounding::down, {});
  if (!no) return std::unexpected(no.error());
  tx.subject(Fee::kKind, no->text);
  tx.reader(body.payer);
  return {};
}

std::vector<EntryTypeInfo> make_types() {
  constexpr std::string_view kArea = "fee";
  constexpr auto kParties = Visibility::parties;
  const SignerRule kCollector{{"platform", "registrar", "payee"}, 1, 1};
  const SignerRule kAuthority{{"platform", "registrar"}, 1, 1};
  return {
      entry_type<FeeAssessBody, &apply_assess>(
          "fee.assess", kArea, {"Assesses a fee by decision; most fees arise from other entries", "核定一笔费用"},
          {kAuthority}, kParties),
      entry_type<FeeReceiveBody, &apply_receive>(
          "fee.receive", kArea,
          {"Records money received for a fee; what exceeds the open part is owed back",
           "登记费用到账，多收部分转为应退"},
          {kCollector}, kParties),
      entry_type<FeeWaiveBody, &apply_waive>("fee.waive", kArea, {"Waives a part of a fee by decision", "酌情减免费用"},
                                             {kCollector}, kParties),
      entry_type<FeeRefundBody, &apply_refund>(
          "fee.refund", kArea, {"Instructs, confirms or bounces a refund of what is owed", "退费：指令、确认或退回"},
          {kCollector}, kParties),
      entry_type<FeeCancelBody, &apply_cancel>(
          "fee.cancel", kArea, {"Cancels an assessment; what was paid is owed back", "取消核定，已缴部分转为应退"},
          {kCollector}, kParties),
      entry_type<FeeReinstateBody, &apply_reinstate>(
          "fee.reinstate", kArea, {"Takes back a waiver that should not have been given", "撤回不当减免"}, {kCollector},
          kParties),
  };
}

}  // namespace

void Fee::indexes(const Fee& fee, IndexSink& sink) {
  sink.add("cause", fee.cause);
  sink.add("payer", fee.payer.text);
  sink.add("status", name_of(fee.status));
}

void Fee::extend_json(const Fee& fee, const ReadView& view, LedgerTime, Json& json) {
  const FeeBalances now = fee_balances(view, fee);
  json["open_fen"] = now.open.value();
  json["paid_fen"] = now.kept.value();
  json["owed_fen"] = now.owed.value();
  json["refund_pending_fen"] = now.refund_pending.value();
  json["refunded_fen"] = now.refunded.value();
}

FeeBalances fee_balances(const ReadView& view, const Fee& fee) {
  const Account owed = read_account(view, owed_account(fee));
  FeeBalances now;
  now.open = posted_balance(view, due_account(fee));
  now.owed = Fen(owed.balance(Normal::credit));
  now.refund_pending = Fen(owed.pending_debits);
  now.kept = Fen(fee.assessed_fen.value() - fee.cancelled_fen.value() - fee.waived_fen.value() - now.open.value());
  now.refunded = Fen(fee.received_fen.value() - now.owed.value() - now.kept.value());
  return now;
}

std::expected<std::optional<RegNo>, Refusal> assess_registration_fee(EntryTx& tx, const RegistrationFeeCause& cause) {
  const Date today = tx.context().day();
  const auto schedule = policy_in_force(tx.view(), PolicyKind::fee_schedule, cause.region, today);
  if (!schedule || schedule->fee_schedule->payee == cause.payer) return std::nullopt;
  const FeeSchedule& sums = *schedule->fee_schedule;
  const Fen amount = cause.recognition ? sums.recognition_fen.value_or(Fen(0)) : sums.registration_fen;
  if (amount == Fen(0)) return std::nullopt;
  if (!tx.mark(kFeeMark, triple(cause.dataset, kRegistrationLine, cause.payer))) return std::nullopt;
  const auto waiver = policy_in_force(tx.view(), PolicyKind::waiver, cause.region, today);
  Fee fee{.kind = FeeKind::registration,
          .cause = cause.dataset,
          .line = std::string(kRegistrationLine),
          .payer = cause.payer,
          .payee = sums.payee,
          .rule = schedule->rule(),
          .assessed_fen = amount};
  if (waiver && !cause.recognition) fee.waiver_rule = waiver->rule();
  const OrgId payee = fee.payee;
  auto no = assess(tx, std::move(fee), cause.region, Rounding::down, {{.step = "schedule", .fen = amount}});
  if (!no) return std::unexpected(std::move(no.error()));
  tx.reader(payee);
  return *no;
}

Verdict waive_first_registration(EntryTx& tx, const FirstRegistration& registration) {
  for (Fee& fee : fees_of(tx.view(), registration.dataset)) {
    if (fee.kind == FeeKind::registration && fee.waiver_rule) {
      DENGJI_TRY(apply_frozen_waiver(tx, fee, registration));
    }
  }
  return {};
}

std::expected<std::optional<ServiceTerms>, Refusal> assess_service_fees_on_agree(EntryTx& tx, std::string_view trade,
                                                                                 const ServiceFeeParties& parties) {
  const auto policy = policy_in_force(tx.view(), PolicyKind::fee_schedule, parties.seller_region, tx.context().day());
  if (!policy || policy->fee_schedule->service.empty()) return std::nullopt;
  ServiceTerms terms{policy->rule(), policy->fee_schedule->payee, {}};
  for (const ServiceFee& service : policy->fee_schedule->service) {
    if (service.mode == FeeMode::rate) {
      terms.lines.push_back({service.line, service.side, service.ppm.value_or(0), service.rounding, service.on_refund});
      continue;
    }
    const bool seller = service.side == Side::seller;
    const OrgId& payer = seller ? parties.seller : parties.buyer;
    const Fen amount = service.amount_fen.value_or(Fen(0));
    if (amount == Fen(0) || payer == terms.payee) continue;
    if (!tx.mark(kOnceMark, service.line + "/" + payer.text)) continue;
    if (!tx.mark(kFeeMark, triple(trade, service.line, payer))) continue;
    const auto no = assess(tx,
                           {.kind = FeeKind::service,
                            .cause = std::string(trade),
                            .line = service.line,
                            .payer = payer,
                            .payee = terms.payee,
                            .rule = terms.rule,
                            .assessed_fen = amount},
                           seller ? parties.seller_region : parties.buyer_region, Rounding::down,
                           {{.step = "once", .fen = amount}});
    if (!no) return std::unexpected(no.error());
  }
  if (terms.lines.empty()) return std::nullopt;
  return terms;
}

Verdict assess_service_fees_on_settle(EntryTx& tx, const ServiceTerms& terms, const ServiceFeeParties& parties,
                                      std::string_view settlement, Fen amount) {
  for (const RateLine& rate : terms.lines) {
    const bool seller = rate.side == Side::seller;
    const OrgId& payer = seller ? parties.seller : parties.buyer;
    const auto fen = ppm_of(amount, rate.ppm, rate.rounding);
    LEDGER_ASSERT(fen);
    if (*fen == Fen(0) || payer == terms.payee) continue;
    // A settlement is new and a schedule names each line once, but the mark makes it hold for every other way too.
    if (!tx.mark(kFeeMark, triple(settlement, rate.line, payer))) continue;
    const auto no = assess(tx,
                           {.kind = FeeKind::service,
                            .cause = std::string(settlement),
                            .line = rate.line,
                            .payer = payer,
                            .payee = terms.payee,
                            .rule = terms.rule,
                            .assessed_fen = *fen},
                           seller ? parties.seller_region : parties.buyer_region, rate.rounding,
                           {{.step = "rate", .base_fen = amount, .ppm = rate.ppm, .fen = *fen}});
    if (!no) return std::unexpected(no.error());
  }
  return {};
}

Verdict lower_service_fees_on_refund(EntryTx& tx, const ServiceTerms& terms, std::string_view settlement, Fen new_net) {
  if (terms.lines.empty()) return {};
  for (Fee& fee : fees_of(tx.view(), settlement)) {
    const auto rate = std::find_if(terms.lines.begin(), terms.lines.end(),
                                   [&](const RateLine& line) { return line.line == fee.line; });
    if (rate == terms.lines.end() || rate->on_refund == OnRefund::keep) continue;
    const auto target = ppm_of(new_net, rate->ppm, rate->rounding);
    LEDGER_ASSERT(target);
    const FeeBalances now = fee_balances(tx.view(), fee);
    const Fen before = minus(fee.assessed_fen, fee.cancelled_fen);
    // What was waived is no longer there to be cancelled.
    const Fen amount = std::min(minus(before, *target), plus(now.open, now.kept));
    if (amount <= Fen(0)) continue;
    tx.working({.cause = fee.no.text,
                .rule = terms.rule,
                .line = fee.line,
                .rounding = rate->rounding,
                .steps = {{.step = "rate", .base_fen = new_net, .ppm = rate->ppm, .fen = *target},
                          {.step = "assessed", .fen = before}},
                .fen = Fen(-amount.value())});
    DENGJI_TRY(cancel(tx, fee, now, amount));
  }
  return {};
}

Verdict reverse_service_fees(EntryTx& tx, std::string_view settlement) {
  for (Fee& fee : fees_of(tx.view(), settlement)) {
    const FeeBalances now = fee_balances(tx.view(), fee);
    const Fen amount = plus(now.open, now.kept);
    if (amount > Fen(0)) DENGJI_TRY(cancel(tx, fee, now, amount));
  }
  return {};
}

const Area& fee_area() {
  static const std::vector<EntryTypeInfo> types = make_types();
  static const std::vector<ObjectKindInfo> kinds{
      object_kind<Fee>("fees", {"Fees by FY number, with what is open, paid, waived and owed", "费用"},
                       Visibility::parties,
                       {{"cause", "Data set, trade or settlement"},
                        {"payer", "Who pays"},
                        {"status", "due, part_paid, paid, waived, owed, refunded or cancelled"}}),
  };
  static const Area area{"fee", 500, types, kinds, kVerdicts};
  return area;
}

}  // namespace dengji::contracts
