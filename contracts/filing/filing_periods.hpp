// Periods of a running contract: once the contract is filed, either party reports what a period came to, and the other
// confirms by reporting the same. A period is known by its filing and first day; reported periods never overlap. Each
// carries the label of what it rests on, and the filing keeps one sum per label (PeriodTotals).
//
//   declared (one-sided) → confirmed | mismatched, the fields listed; while mismatched either side may report anew
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/filing/filings.hpp"

namespace dengji::contracts {

enum class PeriodStatus : std::uint8_t { declared, confirmed, mismatched };

// What both parties must say alike.
struct PeriodFigures {
  Date from;
  Date to;
  Fen amount_fen;
  std::optional<std::int64_t> volume_mb;
  std::optional<std::int64_t> calls;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("from", self.from, Spec{"First day of the period"});
    visit("to", self.to, Spec{"Last day of the period"});
    visit("amount_fen", self.amount_fen, Spec{"Amount of the period"});
    visit("volume_mb", self.volume_mb, Spec{"Volume in megabytes"});
    visit("calls", self.calls, Spec{"Number of calls"});
  }
};

struct FilingPeriodBody {
  RegNo filing;
  PeriodFigures figures;  // its members stand beside `filing`
  std::optional<std::vector<Hash32>> evidence;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("filing", self.filing, Spec{"BA number"});
    PeriodFigures::fields(self.figures, visit);
    visit("evidence", self.evidence, Spec{.doc = "SHA-256 of papers that support it", .items_max = 16});
  }
};

struct FilingPeriod {
  static constexpr std::string_view kKind = "filing_period";

  RegNo filing;
  OrgId seller;
  OrgId buyer;
  PeriodStatus status = PeriodStatus::declared;
  OrgId reporter;         // who reported first
  PeriodFigures figures;  // the reporter's
  std::optional<std::vector<Hash32>> evidence;
  LedgerTime reported_at;
  std::int64_t reported_seq = 0;
  std::optional<PeriodFigures> answer;  // the other party's
  std::optional<std::vector<Hash32>> answer_evidence;
  std::optional<LedgerTime> answered_at;
  std::vector<Mismatch> mismatches;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("filing", self.filing, Spec{"BA number"});
    visit("seller", self.seller, Spec{"Seller"});
    visit("buyer", self.buyer, Spec{"Buyer"});
    visit("status", self.status, Spec{"Status"});
    visit("reporter", self.reporter, Spec{"Party that reported first"});
    visit("figures", self.figures, Spec{"What it reported"});
    visit("evidence", self.evidence, Spec{"Its evidence"});
    visit("reported_at", self.reported_at, Spec{"Ledger time of its report"});
    visit("reported_seq", self.reported_seq, Spec{"Entry of its report"});
    visit("answer", self.answer, Spec{"What the other party reported"});
    visit("answer_evidence", self.answer_evidence, Spec{"The other party's evidence"});
    visit("answered_at", self.answered_at, Spec{"Ledger time of the other party's report"});
    visit("mismatches", self.mismatches, Spec{"Where the parties differ"});
  }

  // "<BA no.>-<first day>": the periods of a filing sort in their order.
  std::string object_id() const { return id(filing, figures.from); }
  static std::string id(const RegNo& filing, Date from);
  static void indexes(const FilingPeriod& period, IndexSink& sink);
  std::vector<OrgId> readers() const { return {seller, buyer}; }
  // Adds id, label (filed, one_sided, mismatched) and filing_status.
  static void extend_json(const FilingPeriod& period, const ReadView& view, LedgerTime now, Json& json);
};

inline constexpr int kMaxPeriodDays = 366;

void add_filing_period_types(std::vector<EntryTypeInfo>& types);

}  // namespace dengji::contracts

template <>
struct dengji::state::EnumNames<dengji::contracts::PeriodStatus> {
  static constexpr std::array names{"declared", "confirmed", "mismatched"};
};
