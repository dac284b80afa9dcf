#include "node/books.hpp"

#include <array>

#include "ledger/state/accounts.hpp"

namespace dengji::node {
namespace {

using json::Json;

constexpr std::array kMoneyEffects = {"post", "take", "reserve", "void"};

// What is set aside or set free again moves nothing.
bool moves(std::string_view fx) {
  return fx == "post" || fx == "take";
}

bool is_money(const Json& effect) {
  const auto& fx = effect.at("fx").get_ref<const std::string&>();
  for (const std::string_view known : kMoneyEffects) {
    if (fx == known) return true;
  }
  return false;
}

// -1234 → "CNY -12.34"
std::string amount_text(std::int64_t fen) {
  const auto size = fen < 0 ? ~static_cast<std::uint64_t>(fen) + 1 : static_cast<std::uint64_t>(fen);
  const std::string cents = std::to_string(size % 100);
  return std::string("CNY ") + (fen < 0 ? "-" : "") + std::to_string(size / 100) + (cents.size() < 2 ? ".0" : ".") +
         cents;
}

// RFC 4180.
std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + '"';
}

}  // namespace

std::string hledger_account(std::string_view account) {
  std::string name;
  for (const char c : account) {
    switch (c) {
      case '/':
        name += ':';
        break;
      case ':':
        name += "%3A";
        break;
      case '%':
        name += "%25";
        break;
      default:
        name += c;
    }
  }
  return name;
}

bool BookWriter::selected(std::string_view account) const {
  if (selection_.book.empty()) return true;
  const state::AccountType* type = state::account_type(account);
  if (type == nullptr) return false;
  const std::string book = state::account_book(account, *type);
  return book == selection_.book || book.starts_with(selection_.book + "/");
}

void BookWriter::take(const AuditedEntry& entry) {
  const Date day = shanghai_day(entry.leaf.time);
  if (selection_.to && day > *selection_.to) return;
  if (!begun_ && !(selection_.from && day < *selection_.from)) begin();
  for (const Json& effect : entry.leaf.effects) {
    if (is_money(effect)) take_effect(entry, day, effect);
  }
  day_ = day;
}

// The head of the file, and what every account had before the first day.
void BookWriter::begin() {
  begun_ = true;
  if (form_ == BookForm::csv) {
    out_ << "seq,time,date,type,fx,event,cause,debit,credit,fen\r\n";
  } else {
    out_ << "; Made by dengji account export from an audited ledger. Amounts are yuan; a debit is positive.\n"
            "decimal-mark .\n"
            "commodity CNY 1000.00\n\n";
  }
  const bool before = day_.has_value() && !balances_.empty();
  if (before) write_balances("opening", *selection_.from, false);
}

// One event may move money in several books, each line within one.
std::vector<BookWriter::Posting> BookWriter::selected_lines(const Json& effect) const {
  std::vector<Posting> lines;
  for (const Json& line : effect.at("lines")) {
    Posting posting{line.at("debit").get<std::string>(), line.at("credit").get<std::string>(),
                    line.at("fen").get<std::int64_t>()};
    if (selected(posting.debit)) lines.push_back(std::move(posting));
  }
  return lines;
}

void BookWriter::take_effect(const AuditedEntry& entry, Date day, const Json& effect) {
  const auto lines = selected_lines(effect);
  if (lines.empty()) return;
  const bool moving = moves(effect.at("fx").get_ref<const std::string&>());
  for (const Posting& line : lines) {
    if (!moving) break;
    balances_[line.debit] += line.fen;
    balances_[line.credit] -= line.fen;
  }
  if (!begun_) return;
  if (moving) postings_ += lines.size();
  form_ == BookForm::csv ? write_rows(entry, day, effect, lines) : write_transaction(entry, day, effect, lines);
}

void BookWriter::write_transaction(const AuditedEntry& entry, Date day, const Json& effect,
                                   const std::vector<Posting>& lines) {
  const auto& fx = effect.at("fx").get_ref<const std::string&>();
  const char* const margin = moves(fx) ? "" : "; ";
  out_ << margin << format_date(day) << " * (" << entry.leaf.seq.value << ") "
       << effect.at("event").get_ref<const std::string&>() << " | " << effect.at("cause").get_ref<const std::string&>()
       << "  ; type:" << entry.type << ", fx:" << fx << ", time:" << format_time(entry.leaf.time) << "\n";
  for (const Posting& line : lines) {
    out_ << margin << "    " << hledger_account(line.debit) << "  " << amount_text(line.fen) << "\n"
         << margin << "    " << hledger_account(line.credit) << "  " << amount_text(-line.fen) << "\n";
  }
  out_ << "\n";
}

void BookWriter::write_rows(const AuditedEntry& entry, Date day, const Json& effect,
                            const std::vector<Posting>& lines) {
  for (const Posting& line : lines) {
    out_ << entry.leaf.seq.value << ',' << format_time(entry.leaf.time) << ',' << format_date(day) << ','
         << csv_field(entry.type) << ',' << effect.at("fx").get_ref<const std::string&>() << ','
         << csv_field(effect.at("event").get_ref<const std::string&>()) << ','
         << csv_field(effect.at("cause").get_ref<const std::string&>()) << ',' << csv_field(line.debit) << ','
         << csv_field(line.credit) << ',' << line.fen << "\r\n";
  }
}

// In a journal every book balances by itself, so all opening balances are one transaction, and the closing ones are
// assertions that the reader's own program checks.
void BookWriter::write_balances(std::string_view what, Date day, bool asserted) {
  if (form_ == BookForm::hledger) {
    out_ << format_date(day) << " * " << what << " balances" << (asserted ? "  ; asserted" : "") << "\n";
  }
  for (const auto& [account, fen] : balances_) {
    if (form_ == BookForm::hledger) {
      out_ << "    " << hledger_account(account) << "  "
           << (asserted ? "CNY 0.00 = " + amount_text(fen) : amount_text(fen)) << "\n";
      continue;
    }
    const std::string name = csv_field(account);
    out_ << ",," << format_date(day) << ",," << what << ",,," << (fen < 0 ? "" : name) << ',' << (fen < 0 ? name : "")
         << ',' << (fen < 0 ? -fen : fen) << "\r\n";
  }
  if (form_ == BookForm::hledger) out_ << "\n";
}

void BookWriter::finish(const AuditSummary& summary) {
  if (!begun_) begin();
  if (!balances_.empty()) write_balances("closing", selection_.to ? *selection_.to : *day_, true);
  if (form_ == BookForm::hledger) {
    out_ << "; ledger " << summary.ledger << ", " << summary.size << " entries, last at " << format_time(summary.last)
         << "\n";
  }
}

}  // namespace dengji::node
