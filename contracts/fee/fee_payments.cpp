#include <algorithm>

#include "contracts/common/text_forms.hpp"
#include "contracts/fee/fee_acts.hpp"

namespace dengji::contracts {
namespace {

using V = FeeVerdict;

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
  add_fee_line(lines, fee_bank_account(*fee), fee_due_account(*fee), due);
  add_fee_line(lines, fee_bank_account(*fee), fee_owed_account(*fee), minus(body.amount_fen, due));
  DENGJI_TRY(tx.post("fee_received", fee->no.text, std::move(lines)));
  fee->received_fen = *received;
  if (!fee->first_paid_on) fee->first_paid_on = body.bank_date;
  save_fee(tx, *fee);
  return {};
}

Verdict instruct_refund(EntryTx& tx, Fee& fee, const FeeRefundBody& body) {
  const FeeBalances now = fee_balances(tx.view(), fee);
  if (now.refund_pending > Fen(0)) {
    return refuse(V::refund_pending,
                  fen_text(now.refund_pending) + " of " + fee.no.text + " are instructed; confirm or bounce them first",
                  "/body/step");
  }
  if (now.owed == Fen(0)) {
    return refuse(V::nothing_owed, fee.no.text + " is " + std::string(name_of(fee.status)), "/body/fee");
  }
  if (body.bank_date) return refuse(V::step_member, "bank_date belongs to step confirm", "/body/bank_date");
  const Fen amount = body.amount_fen.value_or(now.owed);
  if (amount > now.owed) {
    return refuse(V::refund_too_much, fen_text(now.owed) + " of " + fee.no.text + " are owed", "/body/amount_fen");
  }
  fee.refund_instructed_on = tx.context().day();
  DENGJI_TRY(
      tx.reserve("fee_refund_instructed", fee.no.text, {{fee_owed_account(fee), fee_bank_account(fee), amount}}));
  save_fee(tx, fee);
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
    return refuse(V::refund_amount_differs, fen_text(pending) + " were instructed", "/body/amount_fen");
  }
  std::vector<PostingLine> lines{{fee_owed_account(fee), fee_bank_account(fee), pending}};
  DENGJI_TRY(confirmed ? tx.take("fee_refund_confirmed", fee.no.text, std::move(lines))
                       : tx.unreserve("fee_refund_bounced", fee.no.text, std::move(lines)));
  fee.refund_instructed_on.reset();
  save_fee(tx, fee);
  return {};
}

Verdict apply_refund(EntryTx& tx, const FeeRefundBody& body) {
  auto fee = fee_to_act_on(tx, body.fee);
  if (!fee) return std::unexpected(std::move(fee.error()));
  return body.step == RefundStep::instruct ? instruct_refund(tx, *fee, body) : answer_refund(tx, *fee, body);
}

}  // namespace

std::vector<EntryTypeInfo> fee_payment_types() {
  return {
      entry_type<FeeReceiveBody, &apply_receive>(
          "fee.receive", kFeeArea,
          {"Records money received for a fee; what exceeds the open part is owed back",
           "登记费用到账，多收部分转为应退"},
          {fee_collector()}, Visibility::parties),
      entry_type<FeeRefundBody, &apply_refund>(
          "fee.refund", kFeeArea, {"Instructs, confirms or bounces a refund of what is owed", "退费：指令、确认或退回"},
          {fee_collector()}, Visibility::parties),
  };
}

}  // namespace dengji::contracts
