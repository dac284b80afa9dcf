#include "contracts/invariants.hpp"

#include <algorithm>
#include <set>

#include "contracts/standing_invariants.hpp"
#include "contracts/subsidy/claim_books.hpp"
#include "ledger/state/keys.hpp"

namespace dengji::contracts {
namespace {

using Faults = std::vector<std::string>;

// Sums over many accounts: turnover may come close to 2^63 in each.
using Sum = __int128;

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

std::vector<std::string> segments(std::string_view path) {
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

// --- the chart of accounts once more, read off the rulebook and not off ledger/state
struct Chart {
  std::string book;
  std::string name;  // due, available, headroom …
  bool debit_normal = false;
};

// nullopt if the id fits no account of the rulebook.
std::optional<Chart> chart_of(std::string_view account) {
  static const std::set<std::string> kCreditNormal{
      "fee income",     "fee owed",       "pool available",   "pool round",       "pool payable",
      "pool disbursed", "pool deferred",  "pool carried_out", "pool surrendered", "cap headroom",
      "cap used",       "trade headroom", "trade settled"};
  static const std::set<std::string> kDebitNormal{"fee due",        "fee waived",      "fee bank",
                                                  "pool authority", "pool carried_in", "pool receivable",
                                                  "pool returned",  "cap issue",       "trade contract"};
  const auto parts = segments(account);
  const std::string& area = parts.front();
  const std::size_t place = area == "fee" || area == "trade" ? 2 : 3;
  if (parts.size() <= place) return std::nullopt;
  Chart chart{area, parts[place], kDebitNormal.contains(area + " " + parts[place])};
  if (!chart.debit_normal && !kCreditNormal.contains(area + " " + parts[place])) return std::nullopt;
  for (std::size_t i = 1; i < place; ++i) chart.book += "/" + parts[i];
  if (area == "cap") chart.book += "/" + parts.back();
  return chart;
}

std::int64_t balance_of(const Account& account, bool debit_normal) {
  return debit_normal ? account.debits - account.credits : account.credits - account.debits;
}

void check_account(Faults& faults, const std::string& id, const Account& account, bool debit_normal) {
  if (account.debits < 0 || account.credits < 0 || account.pending_debits < 0 || account.pending_credits < 0) {
    faults.push_back(id + " has a negative side");
  }
  const std::int64_t pending = debit_normal ? account.pending_credits : account.pending_debits;
  const std::int64_t balance = balance_of(account, debit_normal);
  if (balance < pending)
    faults.push_back(id + " holds " + std::to_string(balance) + ", pending " + std::to_string(pending));
  if (balance > kMaxSafeInteger) faults.push_back(id + " is beyond 2^53-1");
}

// --- books
struct Book {
  Sum debits = 0;
  Sum credits = 0;
  Sum pending_debits = 0;
  Sum pending_credits = 0;
  std::map<std::string, Sum> balance;  // by account name, summed

  Sum of(const char* name) const {
    const auto found = balance.find(name);
    return found == balance.end() ? 0 : found->second;
  }
};

using Accounts = std::map<std::string, Account, std::less<>>;

std::map<std::string, Book> books_of(Faults& faults, const Accounts& accounts) {
  std::map<std::string, Book> books;
  for (const auto& [id, account] : accounts) {
    const auto chart = chart_of(id);
    if (!chart) {
      faults.push_back(id + " is no account of the rulebook");
      continue;
    }
    check_account(faults, id, account, chart->debit_normal);
    Book& book = books[chart->book];
    book.debits += account.debits;
    book.credits += account.credits;
    book.pending_debits += account.pending_debits;
    book.pending_credits += account.pending_credits;
    book.balance[chart->name] += balance_of(account, chart->debit_normal);
  }
  return books;
}

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

void check_books(Faults& faults, const Accounts& accounts) {
  for (const auto& [name, book] : books_of(faults, accounts)) check_book(faults, name, book);
}

// --- a state
Accounts accounts_of(const ReadView& view) {
  Accounts accounts;
  const std::string prefix = account_key("");
  view.scan(prefix, prefix, [&](std::string_view key, std::string_view value) {
    accounts.emplace(std::string(key.substr(prefix.size())), decode<Account>(value));
    return true;
  });
  return accounts;
}

template <Object T>
void each(const ReadView& view, const std::function<void(const T&)>& visit) {
  const std::string prefix = object_prefix(T::kKind);
  view.scan(prefix, prefix, [&](std::string_view, std::string_view value) {
    visit(decode<T>(value));
    return true;
  });
}

std::int64_t reserved(const ReadView& view, const std::string& cause, const std::string& debit,
                      const std::string& credit) {
  const auto bytes = view.get(reservation_key(cause, debit, credit));
  std::int64_t fen = 0;
  if (bytes) Decoder(*bytes).read(fen);
  return fen;
}

class StateCheck {
 public:
  explicit StateCheck(const ReadView& view) : view_(view), accounts_(accounts_of(view)) {}

  Faults run() {
    check_books(faults_, accounts_);
    check_trades();
    each<Claim>(view_, [&](const Claim& claim) { check_claim(claim); });
    check_totals();
    each<Pool>(view_, [&](const Pool& pool) { check_pool(pool); });
    each<Voucher>(view_, [&](const Voucher& voucher) {
      if (voucher.used_fen > voucher.total_fen)
        faults_.push_back("voucher " + voucher.hash + " is used beyond its total");
    });
    return std::move(faults_);
  }

 private:
  void check_trades() {
    std::map<std::string, Sum> net;
    each<Settlement>(view_, [&](const Settlement& settlement) {
      net[settlement.trade.text] += settlement.net().value();
      if (settlement.net() < Fen(0)) {
        faults_.push_back("settlement " + settlement.object_id() + " is reversed or refunded beyond its amount");
      }
    });
    each<Trade>(view_, [&](const Trade& trade) {
      const std::string book = "trade/" + trade.no.text;
      const std::int64_t settled = posted_balance(view_, book + "/settled").value();
      expect_equal(faults_, settled, net[trade.no.text], book + " settled = settlements net of refunds");
      expect_equal(faults_, posted_balance(view_, book + "/contract").value(), trade.terms.amount_fen.value(),
                   book + " contract = ceiling");
    });
  }

  // The pool book, the cap books and the claim's own sums tell the same.
  void check_claim(const Claim& claim) {
    const std::string name = "subsidy " + claim.no.text;
    const std::int64_t pending = claim.before_approval() ? claim.amount_fen.value() : 0;
    const std::int64_t in_pool =
        reserved(view_, claim.no.text, claim_account(claim, "available"), payable_account(claim));
    expect_equal(faults_, in_pool, claim.window ? 0 : pending, name + " reserved in the pool");
    reserved_in_pool_[Pool::id(claim.pool, claim.pool_year)] += in_pool;
    for (const std::string& k : claim.caps) {
      const std::string headroom = cap_account(claim, "headroom", k);
      const std::string used = cap_account(claim, "used", k);
      expect_equal(faults_, reserved(view_, claim.no.text, headroom, used), pending,
                   name + " reserved in the cap of " + k);
      if (!claim.before_approval() && claim.live()) used_[used] += claim.amount_fen.value();
    }
    if (claim.live() && !claim.before_approval()) check_granted(claim, name);
    if (!claim.live()) expect_equal(faults_, claim.amount_fen.value(), 0, name + " has ended and holds nothing");
  }

  void check_granted(const Claim& claim, const std::string& name) {
    const auto fen = [](Fen amount) { return amount.value(); };
    expect_equal(faults_, fen(claim.amount_fen), fen(claim.approved_fen) - fen(claim.cut_fen) - fen(claim.clawed_fen),
                 name + " granted = approved - cut - clawed back");
    expect_equal(faults_, fen(posted_balance(view_, payable_account(claim))),
                 fen(claim.approved_fen) - fen(claim.cut_fen) - fen(claim.offset_fen) - fen(claim.self_offset_fen) -
                     fen(claim.paid_fen),
                 name + " payable = approved - cut - offset - paid");
    expect_equal(
        faults_, fen(posted_balance(view_, receivable_account(claim))),
        fen(claim.clawed_fen) - fen(claim.recovered_fen) - fen(claim.written_off_fen) - fen(claim.self_offset_fen),
        name + " receivable = clawed back - recovered - written off");
  }

  // What contributors have in a pool-year is a part of its authority.
  void check_pool(const Pool& pool) {
    Sum given = 0;
    for (const Contributor& one : pool.contributors) given += one.given_fen.value();
    const Fen authority = posted_balance(view_, pool_account(pool.code, pool.year, "authority"));
    if (given > authority.value()) faults_.push_back("pool " + pool.object_id() + " was given more than its authority");
  }

  void check_totals() {
    for (const auto& [id, account] : accounts_) {
      const auto chart = chart_of(id);
      if (!chart) continue;
      if (chart->book.starts_with("cap/") && chart->name == "used") {
        expect_equal(faults_, balance_of(account, false), used_[id], id + " = granted amounts of its claims");
      }
      if (chart->book.starts_with("pool/") && chart->name == "available") {
        const auto parts = segments(id);
        expect_equal(faults_, account.pending_debits, reserved_in_pool_[parts[1] + "-" + parts[2]],
                     id + " pending = reserved for its claims");
      }
    }
  }

  const ReadView& view_;
  Accounts accounts_;
  Faults faults_;
  std::map<std::string, Sum> used_;              // by used account
  std::map<std::string, Sum> reserved_in_pool_;  // by pool id
};

}  // namespace

std::vector<std::string> check_invariants(const ReadView& view) {
  Faults faults = StateCheck(view).run();
  for (std::string& fault : check_standing(view)) faults.push_back(std::move(fault));
  return faults;
}

// --- postings alone
namespace {

struct Sides {
  std::int64_t posted;
  std::int64_t pending;
};

std::optional<Sides> sides_of(std::string_view movement, std::int64_t fen) {
  if (movement == "post") return Sides{fen, 0};
  if (movement == "reserve") return Sides{0, fen};
  if (movement == "take") return Sides{fen, -fen};
  if (movement == "void") return Sides{0, -fen};
  return std::nullopt;
}

// 0 unless it is an amount.
std::int64_t amount_of(const json::Json& fen) {
  if (!fen.is_number_integer()) return 0;
  if (fen.is_number_unsigned() && fen.get<std::uint64_t>() > static_cast<std::uint64_t>(kMaxSafeInteger)) return 0;
  return std::max<std::int64_t>(0, fen.get<std::int64_t>());
}

bool add_to(std::int64_t& sum, std::int64_t by) {
  return !__builtin_add_overflow(sum, by, &sum);
}

const std::string* text_of(const json::Json& object, const char* member) {
  const auto found = object.find(member);
  return found == object.end() ? nullptr : found->get_ptr<const std::string*>();
}

}  // namespace

void PostingsLedger::add(std::uint64_t seq, const json::Json& effects) {
  std::size_t index = 0;
  for (const json::Json& effect : effects) {
    const std::string where = "entry " + std::to_string(seq) + " effect " + std::to_string(index++);
    const std::string* movement = text_of(effect, "fx");
    if (!movement) {
      faults_.push_back(where + " has no fx");
      continue;
    }
    if (!sides_of(*movement, 0)) continue;
    const std::string* cause = text_of(effect, "cause");
    const auto lines = effect.find("lines");
    if (!cause || lines == effect.end() || !lines->is_array() || lines->empty()) {
      faults_.push_back(where + " is not of the form of a posting");
      continue;
    }
    for (const json::Json& line : *lines) add_line(where, *movement, *cause, line);
  }
}

void PostingsLedger::add_line(const std::string& where, const std::string& movement, const std::string& cause,
                              const json::Json& line) {
  const std::string* debit = text_of(line, "debit");
  const std::string* credit = text_of(line, "credit");
  const auto fen = line.find("fen");
  const std::int64_t amount = fen == line.end() ? 0 : amount_of(*fen);
  if (!debit || !credit || amount == 0) {
    faults_.push_back(where + " has a line that is not of the form of a posting");
    return;
  }
  const auto from = chart_of(*debit);
  const auto to = chart_of(*credit);
  if (!from || !to || from->book != to->book) {
    faults_.push_back(where + " posts from " + *debit + " to " + *credit + ", which is within no book");
    return;
  }
  const Sides by = *sides_of(movement, amount);
  Account& debited = accounts_[*debit];
  Account& credited = accounts_[*credit];
  const bool debited_well = add_to(debited.debits, by.posted) && add_to(debited.pending_debits, by.pending);
  const bool credited_well = add_to(credited.credits, by.posted) && add_to(credited.pending_credits, by.pending);
  if (!debited_well || !credited_well) faults_.push_back(where + " leaves the range of turnover");
  check_account(faults_, where + " " + *debit, accounts_[*debit], from->debit_normal);
  check_account(faults_, where + " " + *credit, accounts_[*credit], to->debit_normal);
  std::int64_t& held = reserved_[cause + "\n" + *debit + "\n" + *credit];
  if (!add_to(held, by.pending) || held < 0) faults_.push_back(where + " takes more than was reserved for " + cause);
  add_granted(movement, cause, *debit, *credit, amount);
}

// What a BT number was granted by its pool and by each of its caps; payments, recoveries and carrying over move money
// that was granted before.
void PostingsLedger::add_granted(const std::string& movement, const std::string& cause, const std::string& debit,
                                 const std::string& credit, std::int64_t fen) {
  const auto from = chart_of(debit);
  const auto to = chart_of(credit);
  const bool pool = from->book.starts_with("pool/");
  const auto moves = [&](const char* a, const char* b) { return from->name == a && to->name == b; };
  int sign = 0;
  if (pool && (moves("available", "payable") || moves("round", "payable"))) sign = 1;
  if (pool && (moves("payable", "available") || moves("receivable", "deferred"))) sign = -1;
  if (from->book.starts_with("cap/") && moves("headroom", "used")) sign = 1;
  if (from->book.starts_with("cap/") && moves("used", "headroom")) sign = -1;
  if (sign == 0) return;
  Granted& granted = pool ? pool_granted_[cause] : cap_granted_[cause][from->book];
  const Sides by = *sides_of(movement, fen);
  if (!add_to(granted.posted, sign * by.posted) || !add_to(granted.pending, sign * by.pending)) {
    faults_.push_back(cause + " is granted beyond the range of turnover");
  }
}

void PostingsLedger::check_granted(std::vector<std::string>& faults) const {
  for (const auto& [cause, caps] : cap_granted_) {
    const auto found = pool_granted_.find(cause);
    const Granted pool = found == pool_granted_.end() ? Granted{} : found->second;
    for (const auto& [book, cap] : caps) {
      expect_equal(faults, cap.posted, pool.posted, cause + " granted by " + book + " and by its pool");
      // Of a pro-rata claim only the caps are reserved.
      if (pool.pending != 0)
        expect_equal(faults, cap.pending, pool.pending, cause + " reserved in " + book + " and in its pool");
    }
  }
}

std::vector<std::string> PostingsLedger::faults() const {
  Faults faults = faults_;
  check_books(faults, accounts_);
  check_granted(faults);
  return faults;
}

std::vector<std::string> PostingsLedger::compare(const ReadView& view) const {
  Faults faults;
  const Accounts theirs = accounts_of(view);
  for (const auto& [id, account] : theirs) {
    if (!accounts_.contains(id)) faults.push_back(id + " stands in the state and in no posting");
  }
  for (const auto& [id, account] : accounts_) {
    const auto found = theirs.find(id);
    if (found == theirs.end()) {
      faults.push_back(id + " stands in postings and not in the state");
    } else if (!(found->second == account)) {
      faults.push_back(id + " differs between the postings and the state");
    }
  }
  return faults;
}

}  // namespace dengji::contracts
