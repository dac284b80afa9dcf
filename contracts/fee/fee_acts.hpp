// How the fee area is put together from its files: what each hands to fee_area(), the accounts of a fee, and the steps
// that several acts take. Nothing outside the area needs it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "contracts/fee/fees.hpp"

namespace dengji::contracts {

inline constexpr std::string_view kFeeArea = "fee";
inline constexpr std::string_view kFeeMark = "fee";  // (cause, line, payer) of every fee ever assessed

std::vector<EntryTypeInfo> fee_assessment_types();  // fee_assessment.cpp: assess, cancel
std::vector<EntryTypeInfo> fee_payment_types();     // fee_payments.cpp: receive, refund
std::vector<EntryTypeInfo> fee_waiver_types();      // fee_waivers.cpp: waive, reinstate

// Who may act on a fee: a platform, a registrar or its payee.
SignerRule fee_collector();

std::string fee_due_account(const Fee& fee);
std::string fee_owed_account(const Fee& fee);
std::string fee_income_account(const Fee& fee);
std::string fee_waived_account(const Fee& fee, std::string_view line);
std::string fee_bank_account(const Fee& fee);
// Nothing where the amount is 0.
void add_fee_line(std::vector<PostingLine>& lines, std::string debit, std::string credit, Fen fen);

// "<cause>/<line>/<payer>", the key of the marks that keep a fee and a waiver unique.
std::string fee_triple(std::string_view cause, std::string_view line, const OrgId& payer);

// The fee that a body names, if its signer may act on it: any platform or registrar, or the payee itself, never the
// payer.
std::expected<Fee, Refusal> fee_to_act_on(EntryTx& tx, const RegNo& no);
std::vector<Fee> fees_of_cause(const ReadView& view, std::string_view cause);
// After the postings: the status that follows from them, told in the leaf if it changed, and the record.
void save_fee(EntryTx& tx, Fee& fee);

// A fee of at least one fen whose (cause, line, payer) the caller has marked. `steps` show how the amount came about.
std::expected<RegNo, Refusal> assess_fee(EntryTx& tx, Fee fee, std::string_view region, Rounding rounding,
                                         std::vector<WorkingStep> steps);
// Takes `amount` (not above open + kept) off the assessment: open part first, then what was paid becomes owed.
Verdict cancel_fee(EntryTx& tx, Fee& fee, const FeeBalances& now, Fen amount);

}  // namespace dengji::contracts
