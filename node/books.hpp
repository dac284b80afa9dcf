// The ledger's books in forms that other people's accounting programs read: a journal of hledger, or CSV. It reads
// along while an export is audited, so that what comes out was recomputed, not believed. docs/formats.md "Books".
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/base/time.hpp"
#include "node/audit.hpp"

namespace dengji::node {

enum class BookForm : std::uint8_t { hledger, csv };

struct BookSelection {
  std::string
      book;  // a book or the beginning of its path, such as fee, fee/<payee>, pool/<code>/2026; empty: every book
  std::optional<Date> from;  // what came before is one opening balance for each account
  std::optional<Date> to;
};

// Postings in the order of the ledger, then the closing balances. Reservations move nothing: they are comments in a
// journal and rows of their own in CSV. Money stays an integer of fen until it is printed.
class BookWriter {
 public:
  BookWriter(BookForm form, BookSelection selection, std::ostream& out)
      : form_(form), selection_(std::move(selection)), out_(out) {}

  // Every entry of the ledger from 0 on, in order.
  void take(const AuditedEntry& entry);
  // After the last entry.
  void finish(const AuditSummary& summary);

  std::uint64_t postings() const { return postings_; }
  std::uint64_t accounts() const { return balances_.size(); }

 private:
  struct Posting {
    std::string debit;
    std::string credit;
    std::int64_t fen = 0;
  };

  bool selected(std::string_view account) const;
  void begin();
  void take_effect(const AuditedEntry& entry, Date day, const json::Json& effect);
  std::vector<Posting> selected_lines(const json::Json& effect) const;
  void write_transaction(const AuditedEntry& entry, Date day, const json::Json& effect,
                         const std::vector<Posting>& lines);
  void write_rows(const AuditedEntry& entry, Date day, const json::Json& effect, const std::vector<Posting>& lines);
  void write_balances(std::string_view what, Date day, bool asserted);

  const BookForm form_;
  const BookSelection selection_;
  std::ostream& out_;
  std::map<std::string, std::int64_t> balances_;  // debits less credits, posted
  std::optional<Date> day_;                       // of the last entry taken
  bool begun_ = false;
  std::uint64_t postings_ = 0;
};

// "fee/9132…/due/FY…" as hledger names it: segments become levels, a colon inside one is written %3A and a percent %25.
std::string hledger_account(std::string_view account);

}  // namespace dengji::node
