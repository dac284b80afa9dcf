#include "ledger/state/accounts.hpp"

#include <array>

#include "ledger/base/assert.hpp"
#include "ledger/state/codec.hpp"
#include "ledger/state/keys.hpp"

namespace dengji::state {
namespace {

constexpr std::array kTypes = {
    AccountType{"fee/<payee>/due/<FY>", Normal::debit, 2, false, "Open fee"},
    AccountType{"fee/<payee>/income/<kind>", Normal::credit, 2, false, "Assessed, gross"},
    AccountType{"fee/<payee>/waived/<line>", Normal::debit, 2, false, "Waived (contra income)"},
    AccountType{"fee/<payee>/owed/<FY>", Normal::credit, 2, false, "Refund owed"},
    AccountType{"fee/<payee>/bank", Normal::debit, 2, false, "Received by voucher"},
    AccountType{"pool/<code>/<year>/authority", Normal::debit, 3, false, "Budget given"},
    AccountType{"pool/<code>/<year>/carried_in", Normal::debit, 3, false, "Budget carried over from the year before"},
    AccountType{"pool/<code>/<year>/available", Normal::credit, 3, false,
                "Free budget; its pending debit is what claims have reserved"},
    AccountType{"pool/<code>/<year>/round/<window>", Normal::credit, 3, false, "Pot of a pro-rata round"},
    AccountType{"pool/<code>/<year>/payable/<BT>", Normal::credit, 3, false, "Approved, unpaid"},
    AccountType{"pool/<code>/<year>/disbursed", Normal::credit, 3, false, "Paid, gross"},
    AccountType{"pool/<code>/<year>/receivable/<BT>", Normal::debit, 3, false, "Clawback due"},
    AccountType{"pool/<code>/<year>/deferred", Normal::credit, 3, false, "Mirror of all receivables"},
    AccountType{"pool/<code>/<year>/returned", Normal::debit, 3, false, "Money back"},
    AccountType{"pool/<code>/<year>/carried_out", Normal::credit, 3, false, "Carried over to the next year"},
    AccountType{"pool/<code>/<year>/surrendered", Normal::credit, 3, false, "Returned to treasury"},
    AccountType{"cap/<line>/<year>/issue/<k>", Normal::debit, 3, true, "A cap opened"},
    AccountType{"cap/<line>/<year>/headroom/<k>", Normal::credit, 3, true, "What is left of a cap"},
    AccountType{"cap/<line>/<year>/used/<k>", Normal::credit, 3, true, "What is used of a cap"},
    AccountType{"trade/<JY>/contract", Normal::debit, 2, false, "Ceiling of the contract"},
    AccountType{"trade/<JY>/headroom", Normal::credit, 2, false, "What may still be settled"},
    AccountType{"trade/<JY>/settled", Normal::credit, 2, false, "Settled, net of refunds"},
};

// Takes the next segment off; the last one leaves `rest` empty.
std::string_view next_segment(std::string_view& rest) {
  const auto slash = rest.find('/');
  const auto segment = rest.substr(0, slash);
  rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
  return segment;
}

bool matches(std::string_view account, std::string_view pattern) {
  while (!account.empty() && !pattern.empty()) {
    const auto part = next_segment(account);
    const auto wanted = next_segment(pattern);
    if (part.empty() || (wanted.front() != '<' && wanted != part)) return false;
  }
  return account.empty() && pattern.empty();
}

}  // namespace

std::span<const AccountType> account_types() {
  return kTypes;
}

const AccountType* account_type(std::string_view account) {
  if (account.ends_with('/')) return nullptr;
  for (const AccountType& type : kTypes) {
    if (matches(account, type.pattern)) return &type;
  }
  return nullptr;
}

std::string account_book(std::string_view account, const AccountType& type) {
  std::string_view rest = account;
  std::string book;
  for (int i = 0; i < type.book_segments; ++i) book.append(i ? "/" : "").append(next_segment(rest));
  if (type.book_has_last) book.append("/").append(account.substr(account.rfind('/') + 1));
  return book;
}

Account read_account(const ReadView& view, std::string_view account) {
  const auto bytes = view.get(account_key(account));
  return bytes ? decode<Account>(*bytes) : Account{};
}

Fen posted_balance(const ReadView& view, std::string_view account) {
  const AccountType* type = account_type(account);
  LEDGER_ASSERT(type);
  return Fen(read_account(view, account).balance(type->normal));
}

Fen free_balance(const ReadView& view, std::string_view account) {
  const AccountType* type = account_type(account);
  LEDGER_ASSERT(type);
  return Fen(read_account(view, account).free(type->normal));
}

}  // namespace dengji::state
