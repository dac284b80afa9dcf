// From the approval to the money, and the way back.
#include <algorithm>

#include "contracts/common/succession.hpp"
#include "contracts/subsidy/subsidy_acts.hpp"
#include "ledger/base/assert.hpp"

namespace dengji::contracts {
namespace {

using V = SubsidyVerdict;

std::vector<PostingLine> payment_lines(const Claim& claim, Fen fen) {
  return {{payable_account(claim), claim_account(claim, "disbursed"), fen}};
}

// --- paying
Verdict check_step_date(const EntryTx& tx, const Claim& claim, const SubsidyPayBody& body) {
  if (!body.bank_date) return {};
  if (body.step != PayStep::confirm) {
    return refuse(V::pay_bank_date, "bank_date belongs to step confirm", "/body/bank_date");
  }
  const Date from = claim.instructed_on.value_or(tx.context().day());
  if (from <= *body.bank_date && *body.bank_date <= tx.context().day()) return {};
  return refuse(V::pay_bank_date, "between " + format_date(from) + " and " + format_date(tx.context().day()),
                "/body/bank_date");
}

Verdict instruct(EntryTx& tx, Claim& claim) {
  const Fen payable = posted_balance(tx.view(), payable_account(claim));
  LEDGER_ASSERT(payable > Fen(0));
  DENGJI_TRY(tx.reserve("subsidy_instructed", claim.no.text, payment_lines(claim, payable)));
  claim.instructed_on = tx.context().day();
  save_claim(tx, claim);
  return {};
}

Verdict confirm(EntryTx& tx, Claim& claim, const SubsidyPayBody& body) {
  const Fen pending(read_account(tx.view(), payable_account(claim)).pending_debits);
  DENGJI_TRY(tx.take("subsidy_paid", claim.no.text, payment_lines(claim, pending)));
  claim.paid_fen = plus(claim.paid_fen, pending);
  claim.last_payment_fen = pending;
  claim.paid_on = body.bank_date.value_or(tx.context().day());
  claim.instructed_on.reset();
  save_claim(tx, claim);
  return {};
}

// Before the confirmation the instruction is void; after it the money is back and payable again, once per payment.
// What has become receivable in the meantime then settles itself.
Verdict bounce(EntryTx& tx, Claim& claim) {
  if (claim.status == ClaimStatus::instructed) {
    const Fen pending(read_account(tx.view(), payable_account(claim)).pending_debits);
    DENGJI_TRY(tx.unreserve("subsidy_bounced", claim.no.text, payment_lines(claim, pending)));
    claim.instructed_on.reset();
  } else {
    const Fen paid = *claim.last_payment_fen;
    DENGJI_TRY(
        tx.post("subsidy_bounced", claim.no.text, {{claim_account(claim, "returned"), payable_account(claim), paid}}));
    claim.paid_fen = minus(claim.paid_fen, paid);
    claim.last_payment_fen.reset();
  }
  DENGJI_TRY(offset_itself(tx, claim));
  save_claim(tx, claim);
  return {};
}

std::unexpected<Refusal> wrong_step(const Claim& claim, std::string_view wanted) {
  return refuse(V::payment_step,
                "subsidy " + claim.no.text + " is " + std::string(name_of(claim.status)) + "; " + std::string(wanted),
                "/body/step");
}

Verdict check_step(const Claim& claim, PayStep step) {
  const bool instructed = claim.status == ClaimStatus::instructed;
  switch (step) {
    case PayStep::instruct:
      if (claim.status != ClaimStatus::approved) return wrong_step(claim, "only an approved one can be instructed");
      return {};
    case PayStep::confirm:
      if (!instructed) return wrong_step(claim, "only an instructed payment can be confirmed");
      return {};
    case PayStep::bounce:
      if (instructed) return {};
      if (!claim.last_payment_fen) return wrong_step(claim, "no payment of it can bounce");
      if (claim.recovered_fen > Fen(0) || claim.written_off_fen > Fen(0)) {
        return refuse(V::payment_recovered,
                      fen_text(claim.recovered_fen) + " of " + claim.no.text + " were recovered and " +
                          fen_text(claim.written_off_fen) + " written off",
                      "/body/step");
      }
      return {};
  }
  std::unreachable();
}

Verdict apply_pay(EntryTx& tx, const SubsidyPayBody& body) {
  auto claim = claim_to_act_on(tx, body.subsidy);
  if (!claim) return std::unexpected(std::move(claim.error()));
  DENGJI_TRY(check_payer(tx, *claim));
  DENGJI_TRY(check_step(*claim, body.step));
  DENGJI_TRY(check_step_date(tx, *claim, body));
  switch (body.step) {
    case PayStep::instruct:
      return instruct(tx, *claim);
    case PayStep::confirm:
      return confirm(tx, *claim, body);
    case PayStep::bounce:
      return bounce(tx, *claim);
  }
  std::unreachable();
}

// --- recovering
Verdict check_receivable(const EntryTx& tx, const Claim& claim) {
  if (claim.status == ClaimStatus::instructed) {
    return wrong_status(claim, "a payment under instruction is confirmed or bounced first");
  }
  if (posted_balance(tx.view(), receivable_account(claim)) > Fen(0)) return {};
  return refuse(V::nothing_receivable,
                "subsidy " + claim.no.text + " is " + std::string(name_of(claim.status)) + " and owes nothing",
                "/body/subsidy");
}

bool goes_to_treasury(const EntryTx& tx, const Claim& claim) {
  const auto policy = policy_by_rule(tx.view(), claim.rule);
  LEDGER_ASSERT(policy && policy->subsidy_line);
  return policy->subsidy_line->recovery_to == RecoveryTo::treasury;
}

Verdict recover_money(EntryTx& tx, Claim& claim, const SubsidyRecoverBody& body) {
  const Fen receivable = posted_balance(tx.view(), receivable_account(claim));
  const Fen fen = body.amount_fen.value_or(receivable);
  if (fen > receivable) {
    return refuse(V::recover_too_much, claim.no.text + " owes " + fen_text(receivable), "/body/amount_fen");
  }
  if (body.voucher) DENGJI_TRY(use_voucher(tx, *body.voucher, fen));
  const std::string_view to = goes_to_treasury(tx, claim) ? "surrendered" : "available";
  DENGJI_TRY(tx.post("subsidy_recovered", claim.no.text,
                     {{claim_account(claim, "returned"), receivable_account(claim), fen},
                      {claim_account(claim, "deferred"), claim_account(claim, to), fen}}));
  claim.recovered_fen = plus(claim.recovered_fen, fen);
  save_claim(tx, claim);
  return {};
}

Verdict check_offset(const EntryTx& tx, const Claim& claim, const Claim& other) {
  constexpr const char* kPlace = "/body/offset";
  if (other.no == claim.no) return refuse(V::offset_itself, claim.no.text, kPlace);
  if (successor_now(tx.view(), other.claimant) != successor_now(tx.view(), claim.claimant)) {
    return refuse(V::offset_other_payee, other.no.text + " is of " + other.claimant.text, kPlace);
  }
  if (other.pool != claim.pool || other.pool_year != claim.pool_year) {
    return refuse(V::offset_other_pool,
                  claim.no.text + " is in pool " + Pool::id(claim.pool, claim.pool_year) + ", " + other.no.text +
                      " in " + Pool::id(other.pool, other.pool_year),
                  kPlace);
  }
  if (other.status != ClaimStatus::approved) {
    return refuse(V::offset_status, other.no.text + " is " + std::string(name_of(other.status)), kPlace);
  }
  return check_not_claimant(tx, other);
}

// The payee keeps less of another claim instead of paying back.
Verdict recover_by_offset(EntryTx& tx, Claim& claim, const SubsidyRecoverBody& body) {
  auto other = tx.find<Claim>(body.offset->text);
  if (!other) return refuse(General::object_unknown, "subsidy " + body.offset->text, "/body/offset");
  DENGJI_TRY(check_offset(tx, claim, *other));
  const Fen receivable = posted_balance(tx.view(), receivable_account(claim));
  const Fen payable = posted_balance(tx.view(), payable_account(*other));
  const Fen fen = body.amount_fen.value_or(std::min(receivable, payable));
  if (fen > receivable) {
    return refuse(V::recover_too_much, claim.no.text + " owes " + fen_text(receivable), "/body/amount_fen");
  }
  if (fen > payable) {
    return refuse(V::offset_too_much, fen_text(payable) + " of " + other->no.text + " are payable", "/body/amount_fen");
  }
  DENGJI_TRY(tx.post("subsidy_offset", claim.no.text,
                     {{payable_account(*other), receivable_account(claim), fen},
                      {claim_account(claim, "deferred"), claim_account(claim, "available"), fen}}));
  other->offset_fen = plus(other->offset_fen, fen);
  save_claim(tx, *other);
  claim.recovered_fen = plus(claim.recovered_fen, fen);
  save_claim(tx, claim);
  return {};
}

Verdict apply_recover(EntryTx& tx, const SubsidyRecoverBody& body) {
  auto claim = claim_to_act_on(tx, body.subsidy);
  if (!claim) return std::unexpected(std::move(claim.error()));
  DENGJI_TRY(check_payer(tx, *claim));
  DENGJI_TRY(check_receivable(tx, *claim));
  return body.offset ? recover_by_offset(tx, *claim, body) : recover_money(tx, *claim, body);
}

// --- decisions
// The amount is forfeited: its headroom comes back, but this unit cannot claim it again.
Verdict apply_clawback(EntryTx& tx, const SubsidyDecisionBody& body) {
  auto claim = claim_to_act_on(tx, body.subsidy);
  if (!claim) return std::unexpected(std::move(claim.error()));
  DENGJI_TRY(check_not_claimant(tx, *claim));
  if (!claim->live() || claim->before_approval()) {
    return wrong_status(*claim, "what was approved can be clawed back; before that it can be rejected");
  }
  if (body.amount_fen > claim->amount_fen) {
    return refuse(V::clawback_too_much, fen_text(claim->amount_fen) + " of " + claim->no.text + " are granted",
                  "/body/amount_fen");
  }
  claim->forfeited_fen = plus(claim->forfeited_fen, body.amount_fen);
  claim->reason = body.reason;
  return take_back(tx, *claim, body.amount_fen);
}

Verdict apply_write_off(EntryTx& tx, const SubsidyDecisionBody& body) {
  auto claim = claim_to_act_on(tx, body.subsidy);
  if (!claim) return std::unexpected(std::move(claim.error()));
  DENGJI_TRY(check_payer(tx, *claim));
  DENGJI_TRY(check_receivable(tx, *claim));
  const Fen receivable = posted_balance(tx.view(), receivable_account(*claim));
  if (body.amount_fen > receivable) {
    return refuse(V::recover_too_much, claim->no.text + " owes " + fen_text(receivable), "/body/amount_fen");
  }
  DENGJI_TRY(tx.post("subsidy_written_off", claim->no.text,
                     {{claim_account(*claim, "deferred"), receivable_account(*claim), body.amount_fen}}));
  claim->written_off_fen = plus(claim->written_off_fen, body.amount_fen);
  claim->reason = body.reason;
  save_claim(tx, *claim);
  return {};
}

}  // namespace

std::vector<EntryTypeInfo> payment_types() {
  constexpr std::string_view kArea = "subsidy";
  constexpr auto kParties = Visibility::parties;
  const SignerRule kFunder{{"finance", "platform"}, 1, 1};
  const SignerRule kBureau{{"bureau"}, 1, 1};
  return {
      entry_type<SubsidyPayBody, &apply_pay>("subsidy.pay", kArea,
                                             {"Instructs, confirms or bounces a payment", "补贴付款：指令、确认或退票"},
                                             {kFunder}, kParties),
      entry_type<SubsidyRecoverBody, &apply_recover>(
          "subsidy.recover", kArea,
          {"Records what was clawed back: money that came in, or set against another claim", "追回补贴：收款或抵扣"},
          {kFunder}, kParties),
      entry_type<SubsidyDecisionBody, &apply_clawback>(
          "subsidy.clawback", kArea, {"Claws a granted amount back by decision; it is forfeited", "决定追缴补贴"},
          {kBureau}, kParties),
      entry_type<SubsidyDecisionBody, &apply_write_off>("subsidy.write_off", kArea,
                                                        {"Writes off what cannot be recovered", "核销无法追回的补贴"},
                                                        {kFunder}, kParties),
  };
}

}  // namespace dengji::contracts
