#include "contracts/fee/fees.hpp"

#include <array>

#include "contracts/common/succession.hpp"
#include "contracts/fee/fee_acts.hpp"
#include "ledger/base/assert.hpp"

namespace dengji::contracts {
namespace {

using V = FeeVerdict;

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

std::string fee_book(const Fee& fee) {
  return "fee/" + fee.payee.text;
}
FeeStatus status_from(const Fee& fee, const FeeBalances& now) {
  if (now.open > Fen(0)) return fee.received_fen > Fen(0) ? FeeStatus::part_paid : FeeStatus::due;
  if (now.owed > Fen(0)) return FeeStatus::owed;
  if (fee.cancelled_fen == fee.assessed_fen) return FeeStatus::cancelled;
  if (now.refunded > Fen(0)) return FeeStatus::refunded;
  return now.kept > Fen(0) ? FeeStatus::paid : FeeStatus::waived;
}

void about_fee(EntryTx& tx, const Fee& fee) {
  tx.subject(Fee::kKind, fee.no.text);
  tx.reader(fee.payer);
  tx.reader(fee.payee);
}

std::vector<EntryTypeInfo> all_fee_types() {
  std::vector<EntryTypeInfo> all;
  for (auto&& types : {fee_assessment_types(), fee_payment_types(), fee_waiver_types()}) {
    all.insert(all.end(), types.begin(), types.end());
  }
  return all;
}

}  // namespace

SignerRule fee_collector() {
  return {{"platform", "registrar", "payee"}, 1, 1};
}

std::string fee_due_account(const Fee& fee) {
  return fee_book(fee) + "/due/" + fee.no.text;
}
std::string fee_owed_account(const Fee& fee) {
  return fee_book(fee) + "/owed/" + fee.no.text;
}
std::string fee_income_account(const Fee& fee) {
  return fee_book(fee) + "/income/" + std::string(name_of(fee.kind));
}
std::string fee_waived_account(const Fee& fee, std::string_view line) {
  return fee_book(fee) + "/waived/" + std::string(line);
}
std::string fee_bank_account(const Fee& fee) {
  return fee_book(fee) + "/bank";
}

void add_fee_line(std::vector<PostingLine>& lines, std::string debit, std::string credit, Fen fen) {
  if (fen > Fen(0)) lines.push_back({std::move(debit), std::move(credit), fen});
}

std::string fee_triple(std::string_view cause, std::string_view line, const OrgId& payer) {
  return std::string(cause).append("/").append(line).append("/").append(payer.text);
}

void save_fee(EntryTx& tx, Fee& fee) {
  const FeeStatus next = status_from(fee, fee_balances(tx.view(), fee));
  if (next != fee.status) tx.status(Fee::kKind, fee.no.text, name_of(fee.status), name_of(next));
  fee.status = next;
  tx.put(fee);
}

std::vector<Fee> fees_of_cause(const ReadView& view, std::string_view cause) {
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
  about_fee(tx, *fee);
  return std::move(*fee);
}

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
  const Account owed = read_account(view, fee_owed_account(fee));
  FeeBalances now;
  now.open = posted_balance(view, fee_due_account(fee));
  now.owed = Fen(owed.balance(Normal::credit));
  now.refund_pending = Fen(owed.pending_debits);
  now.kept = Fen(fee.assessed_fen.value() - fee.cancelled_fen.value() - fee.waived_fen.value() - now.open.value());
  now.refunded = Fen(fee.received_fen.value() - now.owed.value() - now.kept.value());
  return now;
}

const Area& fee_area() {
  static const std::vector<EntryTypeInfo> types = all_fee_types();
  static const std::vector<ObjectKindInfo> kinds{
      object_kind<Fee>("fees", {"Fees by FY number, with what is open, paid, waived and owed", "费用"},
                       Visibility::parties,
                       {{"cause", "Data set, trade or settlement"},
                        {"payer", "Who pays"},
                        {"status", "due, part_paid, paid, waived, owed, refunded or cancelled"}}),
  };
  static const Area area{kFeeArea, 500, types, kinds, kVerdicts};
  return area;
}

}  // namespace dengji::contracts
