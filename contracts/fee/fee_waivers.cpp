#include <algorithm>

#include "contracts/common/text_forms.hpp"
#include "contracts/fee/fee_acts.hpp"
#include "contracts/subsidy/subsidies.hpp"
#include "ledger/base/assert.hpp"

namespace dengji::contracts {
namespace {

using V = FeeVerdict;

constexpr std::string_view kWaiverMark = "waiver";

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
  add_fee_line(lines, fee_waived_account(fee, waived.line), fee_due_account(fee), open);
  add_fee_line(lines, fee_waived_account(fee, waived.line), fee_owed_account(fee), paid);
  DENGJI_TRY(tx.post("fee_waived", fee.no.text, std::move(lines)));
  fee.waived_fen = plus(fee.waived_fen, waived.amount);
  fee.waivers.push_back({std::move(waived.line), std::move(waived.borne_by), std::move(waived.rule), open, paid});
  save_fee(tx, fee);
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
  if (reason.empty() && tx.marked(kWaiverMark, fee_triple(fee.cause, waiver.line, fee.payer))) reason = "given_before";
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
  tx.mark(kWaiverMark, fee_triple(fee.cause, waiver.line, fee.payer));
  return waive(tx, fee, now, {waiver.line, waiver.borne_by, fee.waiver_rule, amount});
}

Verdict apply_waive(EntryTx& tx, const FeeWaiveBody& body) {
  auto fee = fee_to_act_on(tx, body.fee);
  if (!fee) return std::unexpected(std::move(fee.error()));
  if (!is_line_name(body.line)) return refuse(V::line_name, body.line, "/body/line");
  const std::string key = fee_triple(fee->cause, body.line, fee->payer);
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
                  fee->no.text + " is " + std::string(name_of(fee->status)) + " with " + fen_text(now.open) +
                      " open and " + fen_text(now.kept) + " kept",
                  "/body/amount_fen");
  }
  tx.mark(kWaiverMark, key);
  return waive(tx, *fee, now, {body.line, body.borne_by, std::nullopt, body.amount_fen});
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
  add_fee_line(lines, fee_owed_account(*fee), fee_waived_account(*fee, body.line), from_owed);
  add_fee_line(lines, fee_due_account(*fee), fee_waived_account(*fee, body.line), minus(total, from_owed));
  DENGJI_TRY(tx.post("fee_reinstated", fee->no.text, std::move(lines)));
  waiver->reinstated = true;
  fee->waived_fen = minus(fee->waived_fen, total);
  save_fee(tx, *fee);
  return {};
}

}  // namespace

Verdict waive_first_registration(EntryTx& tx, const FirstRegistration& registration) {
  for (Fee& fee : fees_of_cause(tx.view(), registration.dataset)) {
    if (fee.kind == FeeKind::registration && fee.waiver_rule) {
      DENGJI_TRY(apply_frozen_waiver(tx, fee, registration));
    }
  }
  return {};
}

std::vector<EntryTypeInfo> fee_waiver_types() {
  return {
      entry_type<FeeWaiveBody, &apply_waive>("fee.waive", kFeeArea,
                                             {"Waives a part of a fee by decision", "酌情减免费用"}, {fee_collector()},
                                             Visibility::parties),
      entry_type<FeeReinstateBody, &apply_reinstate>(
          "fee.reinstate", kFeeArea, {"Takes back a waiver that should not have been given", "撤回不当减免"},
          {fee_collector()}, Visibility::parties),
  };
}

}  // namespace dengji::contracts
