// The money of one claim: its pool-year book and its cap books move together, in one leaf, under the claim's BT number,
// so that the two always agree. Every function posts, keeps the claim's own sums and writes it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "contracts/subsidy/unit_entitlement.hpp"

namespace dengji::contracts {

// "cap/<line>/<year>/<name>/<k>" of a cap that the claim uses; of a joint ceiling, whose k is "<code>@<place>", the
// code stands for the line, since all lines that share it use one book.
std::string cap_account(const Claim& claim, std::string_view name, std::string_view k);
// "pool/<code>/<year>/<name>" in the book that holds the claim's money; for payable and receivable with its BT number.
std::string claim_account(const Claim& claim, std::string_view name);
std::string payable_account(const Claim& claim);
std::string receivable_account(const Claim& claim);

// What is left of a cap for new claims; the whole cap before it is opened.
Fen cap_headroom(const ReadView& view, const Claim& claim, const CapUse& cap);

// Opens the caps that are new and reserves amount_fen; a pro-rata claim reserves of its caps only.
Verdict reserve_claim(EntryTx& tx, Claim& claim, const std::vector<CapUse>& caps);
// Approves A ≤ amount_fen; what is not approved is free again.
Verdict approve_claim(EntryTx& tx, Claim& claim, Fen amount);
// Frees all that is reserved and ends the claim with `status`.
Verdict release_claim(EntryTx& tx, Claim& claim, ClaimStatus status, std::string_view event);
// Takes `fen` ≤ amount_fen back, whatever state the claim is in: what is reserved is reserved anew lower, what is
// payable returns to the pool, what was paid or is under instruction becomes receivable. Headroom comes back.
Verdict take_back(EntryTx& tx, Claim& claim, Fen fen);
// After a pro-rata round: from the ask to the award.
Verdict award_claim(EntryTx& tx, Claim& claim, Fen award);
// A receivable and the payable of one claim, after its payment bounced: they settle each other.
Verdict offset_itself(EntryTx& tx, Claim& claim);

// The status that follows from the books, told in the leaf if it changed, and the record.
void save_claim(EntryTx& tx, Claim& claim);
void end_claim(EntryTx& tx, Claim& claim, ClaimStatus status);

}  // namespace dengji::contracts
