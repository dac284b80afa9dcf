// What the files of the filing area share: how a deal is known, what it must fulfil, how two accounts of it are
// compared, and who may read what is said about it.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "contracts/filing/filings.hpp"

namespace dengji::contracts {

// Alias of a filing: known to its own parties alone, so that nobody else's filing of the hash stands in its way.
std::string filed_deal_key(const Deal& deal);
// That two parties, a subject and a term that can be are named.
Verdict check_filed_deal(const Deal& deal);
Verdict check_filing_status(const EntryTx& tx, const Filing& filing, std::initializer_list<FilingStatus> allowed);
// Where two JSON views of one record differ, in the order of their members' names.
std::vector<Mismatch> compare_members(const Json& ours, const Json& theirs);
// Subject and readers of the entry.
void about_filing(EntryTx& tx, const Filing& filing);
// Looks for other filings of what may be the same deal and names each in the other. The caller puts `filing`.
void flag_look_alikes(EntryTx& tx, Filing& filing);

// filing.amend, .dispute, .withdraw, .revoke: filing_changes.cpp
void add_filing_change_types(std::vector<EntryTypeInfo>& types);

}  // namespace dengji::contracts
