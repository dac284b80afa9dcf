// The chart of accounts once more, read off the rulebook and not off ledger/state, and what must hold of each book:
// account limits, balanced sides, the identities of docs/domain.md. The same arithmetic serves a whole state, the
// postings of leaves alone, and the differences that one entry made: the identities are linear.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "contracts/invariants/touch.hpp"

namespace dengji::contracts {

using AccountTable = std::map<std::string, Account, std::less<>>;

std::vector<std::string> path_segments(std::string_view path);

struct Chart {
  std::string book;
  std::string name;  // due, available, headroom …
  bool debit_normal = false;
};
// nullopt if the id fits no account of the rulebook.
std::optional<Chart> chart_of(std::string_view account);

std::int64_t chart_balance(const Account& account, bool debit_normal);
// No side below zero, nothing pending beyond the balance, no balance beyond 2^53-1.
void check_account_limits(Faults& faults, const std::string& id, const Account& account, bool debit_normal);

AccountTable accounts_of(const ReadView& view);
// Limits of every account and identities of every book.
void check_books(Faults& faults, const AccountTable& accounts);
// The limits of the accounts that an entry wrote, and the identities over the differences.
void check_touched_books(Touch& touch);

}  // namespace dengji::contracts
