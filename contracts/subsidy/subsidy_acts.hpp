// How the subsidy area is put together from its files: what each hands to subsidy_area(), and the checks that they
// share. Nothing outside the area needs it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "contracts/common/text_forms.hpp"
#include "contracts/subsidy/claim_books.hpp"

namespace dengji::contracts {

std::vector<EntryTypeInfo> claim_types();      // subsidy_claims.cpp: claim, review, approve, reject, withdraw, lapse
std::vector<EntryTypeInfo> objection_types();  // subsidy_objections.cpp: object, rule
std::vector<EntryTypeInfo> payment_types();    // subsidy_payments.cpp: pay, recover, clawback, write_off
std::vector<EntryTypeInfo> round_types();      // subsidy_rounds.cpp: window.close

// The claim that a body names; the leaf is then about it and its claimant may read it.
std::expected<Claim, Refusal> claim_to_act_on(EntryTx& tx, const RegNo& no);
// Refuses a signer that is the claimant.
Verdict check_not_claimant(const EntryTx& tx, const Claim& claim);
// Refuses a signer that is not the funder of the pool-year that holds the claim's money, or that is its claimant or
// reviewer.
Verdict check_payer(const EntryTx& tx, const Claim& claim);
// The last day of the notice of a reviewed claim, by the calendar as now known; its day of review if there is none.
Date claim_notice_end(const EntryTx& tx, const Claim& claim);
// `wanted` says in which states it would be allowed.
std::unexpected<Refusal> wrong_status(const Claim& claim, std::string_view wanted);

}  // namespace dengji::contracts
