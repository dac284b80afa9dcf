#include "contracts/invariants/books.hpp"

#include <algorithm>
#include <array>

namespace dengji::contracts {
namespace {

struct Book {
  Sum debits = 0;
  Sum credits = 0;
  Sum pending_debits = 0;
  Sum pending_credits = 0;
  std::map<std::string, Sum> balance;  // by account name, summed

  void add(const Chart& chart, const Account& account, int sign = 1) {
    debits += sign * Sum{account.debits};
    credits += sign * Sum{account.credits};
    pending_debits += sign * Sum{account.pending_debits};
    pending_credits += sign * Sum{account.pending_credits};
    balance[chart.name] += sign * Sum{chart_balance(account, chart.debit_normal)};
  }
  Sum of(const char* name) const {
    const auto found = balance.find(name);
    return found == balance.end() ? 0 : found->second;
  }
};

constexpr std::array<std::string_view, 13> kCreditNormal{
    "fee income",     "fee owed",       "pool available",   "pool round",       "pool payable",
    "pool disbursed", "pool deferred",  "pool carried_out", "pool surrendered", "cap used",
    "cap headroom",   "trade headroom", "trade settled"};
constexpr std::array<std::string_view, 9> kDebitNormal{"fee due",        "fee waived",      "fee bank",
                                                       "pool authority", "pool carried_in", "pool receivable",
                                                       "pool returned",  "cap issue",       "trade contract"};

// The identities of each kind of book.
void check_book(Faults& faults, const std::string& name, const Book& book) {
  expect_equal(faults, book.debits, book.credits, name + " debits = credits");
  expect_equal(faults, book.pending_debits, book.pending_credits, name + " pending debits = pending credits");
  if (name.starts_with("fee/")) {
    // The bank holds what was paid less what was refunded.
    expect_equal(faults, book.of("income"), book.of("waived") + (book.of("bank") - book.of("owed")) + book.of("due"),
                 name + " assessed = waived + (paid - owed - refunded) + open");
  } else if (name.starts_with("pool/")) {
    expect_equal(faults, book.of("authority") + book.of("carried_in") + book.of("returned"),
                 book.of("available") + book.of("round") + book.of("payable") + book.of("disbursed") +
                     book.of("carried_out") + book.of("surrendered"),
                 name +
                     " authority + carried_in + returned = available + round + payable + disbursed + carried_out + "
                     "surrendered");
    expect_equal(faults, book.of("receivable"), book.of("deferred"), name + " receivable = deferred");
  } else if (name.starts_with("cap/")) {
    expect_equal(faults, book.of("issue"), book.of("headroom") + book.of("used"), name + " issue = headroom + used");
  } else {
    expect_equal(faults, book.of("contract"), book.of("headroom") + book.of("settled"),
                 name + " contract = headroom + settled");
  }
}

}  // namespace

std::string text_of_sum(Sum value) {
  const bool negative = value < 0;
  std::string digits;
  do {
    const int digit = static_cast<int>(value % 10);
    digits.push_back(static_cast<char>('0' + (digit < 0 ? -digit : digit)));
    value /= 10;
  } while (value != 0);
  if (negative) digits.push_back('-');
  std::reverse(digits.begin(), digits.end());
  return digits;
}

void expect_equal(Faults& faults, Sum left, Sum right, const std::string& what) {
  if (left != right) faults.push_back(what + ": " + text_of_sum(left) + " is not " + text_of_sum(right));
}

std::vector<std::string> path_segments(std::string_view path) {
  std::vector<std::string> parts{""};
  for (const char c : path) {
    if (c == '/') {
      parts.emplace_back();
    } else {
      parts.back().push_back(c);
    }
  }
  return parts;
}

std::optional<Chart> chart_of(std::string_view account) {
  const auto parts = path_segments(account);
  const std::string& area = parts.front();
  const std::size_t place = area == "fee" || area == "trade" ? 2 : 3;
  if (parts.size() <= place) return std::nullopt;
  const std::string type = area + " " + parts[place];
  const auto among = [&](const auto& types) { return std::find(types.begin(), types.end(), type) != types.end(); };
  Chart chart{area, parts[place], among(kDebitNormal)};
  if (!chart.debit_normal && !among(kCreditNormal)) return std::nullopt;
  for (std::size_t i = 1; i < place; ++i) chart.book += "/" + parts[i];
  if (area == "cap") chart.book += "/" + parts.back();
  return chart;
}

std::int64_t chart_balance(const Account& account, bool debit_normal) {
  return debit_normal ? account.debits - account.credits : account.credits - account.debits;
}

void check_account_limits(Faults& faults, const std::string& id, const Account& account, bool debit_normal) {
  if (account.debits < 0 || account.credits < 0 || account.pending_debits < 0 || account.pending_credits < 0) {
    faults.push_back(id + " has a negative side");
  }
  const std::int64_t pending = debit_normal ? account.pending_credits : account.pending_debits;
  const std::int64_t balance = chart_balance(account, debit_normal);
  if (balance < pending)
    faults.push_back(id + " holds " + std::to_string(balance) + ", pending " + std::to_string(pending));
  if (balance > kMaxSafeInteger) faults.push_back(id + " is beyond 2^53-1");
}

AccountTable accounts_of(const ReadView& view) {
  AccountTable accounts;
  const std::string prefix = account_key("");
  view.scan(prefix, prefix, [&](std::string_view key, std::string_view value) {
    accounts.emplace(std::string(key.substr(prefix.size())), decode<Account>(value));
    return true;
  });
  return accounts;
}

void check_books(Faults& faults, const AccountTable& accounts) {
  std::map<std::string, Book> books;
  for (const auto& [id, account] : accounts) {
    const auto chart = chart_of(id);
    if (!chart) {
      faults.push_back(id + " is no account of the rulebook");
      continue;
    }
    check_account_limits(faults, id, account, chart->debit_normal);
    books[chart->book].add(*chart, account);
  }
  for (const auto& [name, book] : books) check_book(faults, name, book);
}

void check_touched_books(Touch& touch) {
  std::map<std::string, Book> changes;
  touch.each_written(account_key(""), [&](const std::string&, std::string_view rest, const std::string& value) {
    const std::string id(rest);
    const auto chart = chart_of(id);
    if (!chart) return touch.fault(id + " is no account of the rulebook");
    const Account was = read_account(touch.before, id);
    const Account is = decode<Account>(value);
    check_account_limits(touch.faults, id, is, chart->debit_normal);
    if (is.debits < was.debits || is.credits < was.credits) touch.fault(id + " lost turnover");
    Book& book = changes[chart->book];
    book.add(*chart, is);
    book.add(*chart, was, -1);
  });
  for (const auto& [name, book] : changes) check_book(touch.faults, name, book);
}

}  // namespace dengji::contracts
