#include "contracts/invariants.hpp"

#include <algorithm>

#include "contracts/invariants/books.hpp"
#include "contracts/invariants/subsidy_invariants.hpp"
#include "contracts/invariants/trade_invariants.hpp"
#include "contracts/registration/registration_invariants.hpp"
#include "contracts/standing_invariants.hpp"

namespace dengji::contracts {

Faults check_money_invariants(const ReadView& view) {
  Faults faults;
  const AccountTable accounts = accounts_of(view);
  check_books(faults, accounts);
  check_trade_invariants(view, faults);
  check_subsidy_invariants(view, accounts, faults);
  return faults;
}

Faults check_invariants(const ReadView& view, Date day) {
  Faults faults = check_money_invariants(view);
  for (std::string& fault : check_registration_invariants(view, day)) faults.push_back(std::move(fault));
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
  check_account_limits(faults_, where + " " + *debit, accounts_[*debit], from->debit_normal);
  check_account_limits(faults_, where + " " + *credit, accounts_[*credit], to->debit_normal);
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

Faults PostingsLedger::faults() const {
  Faults faults = faults_;
  check_books(faults, accounts_);
  check_granted(faults);
  return faults;
}

Faults PostingsLedger::compare(const ReadView& view) const {
  Faults faults;
  const AccountTable theirs = accounts_of(view);
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
