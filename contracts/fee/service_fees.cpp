#include <algorithm>

#include "contracts/fee/fee_acts.hpp"
#include "ledger/base/assert.hpp"

namespace dengji::contracts {
namespace {

constexpr std::string_view kOnceMark = "fee_once";

}  // namespace

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
    if (!tx.mark(kFeeMark, fee_triple(trade, service.line, payer))) continue;
    const auto no = assess_fee(tx,
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
    if (!tx.mark(kFeeMark, fee_triple(settlement, rate.line, payer))) continue;
    const auto no = assess_fee(tx,
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
  for (Fee& fee : fees_of_cause(tx.view(), settlement)) {
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
    DENGJI_TRY(cancel_fee(tx, fee, now, amount));
  }
  return {};
}

Verdict reverse_service_fees(EntryTx& tx, std::string_view settlement) {
  for (Fee& fee : fees_of_cause(tx.view(), settlement)) {
    const FeeBalances now = fee_balances(tx.view(), fee);
    const Fen amount = plus(now.open, now.kept);
    if (amount > Fen(0)) DENGJI_TRY(cancel_fee(tx, fee, now, amount));
  }
  return {};
}

}  // namespace dengji::contracts
