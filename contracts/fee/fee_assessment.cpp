#include <algorithm>

#include "contracts/common/text_forms.hpp"
#include "contracts/fee/fee_acts.hpp"
#include "contracts/subsidy/subsidies.hpp"

namespace dengji::contracts {
namespace {

using V = FeeVerdict;

constexpr std::string_view kRegistrationLine = "registration";

Verdict apply_cancel(EntryTx& tx, const FeeCancelBody& body) {
  auto fee = fee_to_act_on(tx, body.fee);
  if (!fee) return std::unexpected(std::move(fee.error()));
  const FeeBalances now = fee_balances(tx.view(), *fee);
  const Fen amount = plus(now.open, now.kept);
  if (amount == Fen(0)) {
    return refuse(V::nothing_to_cancel, fee->no.text + " is " + std::string(name_of(fee->status)), "/body/fee");
  }
  return cancel_fee(tx, *fee, now, amount);
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
  if (!tx.mark(kFeeMark, fee_triple(cause, body.line, body.payer))) {
    return refuse(V::assessed_already, "line " + body.line + " of " + cause + " for " + body.payer.text, "/body/line");
  }
  const auto no = assess_fee(tx,
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

}  // namespace

std::expected<RegNo, Refusal> assess_fee(EntryTx& tx, Fee fee, std::string_view region, Rounding rounding,
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
  DENGJI_TRY(tx.post("fee_assessed", fee.no.text, {{fee_due_account(fee), fee_income_account(fee), fee.assessed_fen}}));
  tx.put(fee);
  return no;
}

Verdict cancel_fee(EntryTx& tx, Fee& fee, const FeeBalances& now, Fen amount) {
  const Fen open = std::min(amount, now.open);
  std::vector<PostingLine> lines;
  add_fee_line(lines, fee_income_account(fee), fee_due_account(fee), open);
  add_fee_line(lines, fee_income_account(fee), fee_owed_account(fee), minus(amount, open));
  DENGJI_TRY(tx.post("fee_cancelled", fee.no.text, std::move(lines)));
  fee.cancelled_fen = plus(fee.cancelled_fen, amount);
  save_fee(tx, fee);
  return amount > open ? on_fee_changed(tx, fee) : Verdict{};
}

std::expected<std::optional<RegNo>, Refusal> assess_registration_fee(EntryTx& tx, const RegistrationFeeCause& cause) {
  const Date today = tx.context().day();
  const auto schedule = policy_in_force(tx.view(), PolicyKind::fee_schedule, cause.region, today);
  if (!schedule || schedule->fee_schedule->payee == cause.payer) return std::nullopt;
  const FeeSchedule& sums = *schedule->fee_schedule;
  const Fen amount = cause.recognition ? sums.recognition_fen.value_or(Fen(0)) : sums.registration_fen;
  if (amount == Fen(0)) return std::nullopt;
  if (!tx.mark(kFeeMark, fee_triple(cause.dataset, kRegistrationLine, cause.payer))) return std::nullopt;
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
  auto no = assess_fee(tx, std::move(fee), cause.region, Rounding::down, {{.step = "schedule", .fen = amount}});
  if (!no) return std::unexpected(std::move(no.error()));
  tx.reader(payee);
  return *no;
}

std::vector<EntryTypeInfo> fee_assessment_types() {
  return {
      entry_type<FeeAssessBody, &apply_assess>(
          "fee.assess", kFeeArea, {"Assesses a fee by decision; most fees arise from other entries", "核定一笔费用"},
          {SignerRule{{"platform", "registrar"}, 1, 1}}, Visibility::parties),
      entry_type<FeeCancelBody, &apply_cancel>(
          "fee.cancel", kFeeArea, {"Cancels an assessment; what was paid is owed back", "取消核定，已缴部分转为应退"},
          {fee_collector()}, Visibility::parties),
  };
}

}  // namespace dengji::contracts
