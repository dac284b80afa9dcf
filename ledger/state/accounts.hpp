// Double-entry accounts of 分, with pending (reserved) and posted sides. Posted sides only grow; pending ones return to
// zero. Every account has a normal side, and pending included never crosses it:
//   credit-normal: debits + pending debits ≤ credits      debit-normal: credits + pending credits ≤ debits
// No posting crosses books. Balances stay ≤ 2^53-1, turnover ≤ 2^63-1. The account types are a closed list.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "ledger/state/fields.hpp"
#include "ledger/state/verdict.hpp"
#include "ledger/state/view.hpp"

namespace dengji::state {

enum class Normal : std::uint8_t { debit, credit };

struct AccountType {
  std::string_view pattern;  // "fee/<payee>/due/<FY no.>": parts in <> stand for one path segment
  Normal normal;
  int book_segments;  // how many leading segments name the book (cap accounts add their last one)
  bool book_has_last;
  std::string_view doc;
};

std::span<const AccountType> account_types();
// nullptr if the id fits no type.
const AccountType* account_type(std::string_view account);
// The book that an account of this type belongs to: postings stay within one.
std::string account_book(std::string_view account, const AccountType& type);

struct Account {
  std::int64_t debits = 0;
  std::int64_t credits = 0;
  std::int64_t pending_debits = 0;
  std::int64_t pending_credits = 0;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("debits", self.debits, Spec{"Posted debits, fen"});
    visit("credits", self.credits, Spec{"Posted credits, fen"});
    visit("pending_debits", self.pending_debits, Spec{"Reserved debits, fen"});
    visit("pending_credits", self.pending_credits, Spec{"Reserved credits, fen"});
  }

  friend bool operator==(const Account&, const Account&) = default;

  // Posted balance on the normal side.
  std::int64_t balance(Normal normal) const { return normal == Normal::debit ? debits - credits : credits - debits; }
  // What may still be taken, reservations counted as taken.
  std::int64_t free(Normal normal) const {
    return normal == Normal::debit ? debits - credits - pending_credits : credits - debits - pending_debits;
  }
};

// A zero account if it was never posted to.
Account read_account(const ReadView& view, std::string_view account);
// Balance of an account by its type's normal side; LEDGER_ASSERT on an id that fits no type.
Fen posted_balance(const ReadView& view, std::string_view account);
Fen free_balance(const ReadView& view, std::string_view account);

}  // namespace dengji::state
