// One payment or deal on two papers: the same parties, day and amount under two vouchers, in two filings, or in a
// filing and on the platform. Each may be honest twice over; together they are worth a look. That one voucher cannot
// have two totals, nor a line be used twice, the rules see to when it is recorded.
#include <algorithm>
#include <map>

#include "contracts/common/text_forms.hpp"
#include "contracts/insight/finders.hpp"

namespace dengji::contracts::insight {
namespace {

enum class Paper : std::uint8_t { settlement, agreement, filing };

struct Deal {
  Party seller = kNone;
  Party buyer = kNone;
  Date day;
  std::int64_t fen = 0;

  friend bool operator==(const Deal&, const Deal&) = default;
};

struct Sheet {
  Paper paper = Paper::settlement;
  std::uint32_t row = 0;
  std::uint64_t voucher = 0;  // of a settlement
};

std::uint64_t mix(const Deal& deal) {
  std::uint64_t value = (std::uint64_t{deal.seller} << 32 | deal.buyer) * 0x9e3779b97f4a7c15;
  value ^= static_cast<std::uint64_t>(deal.fen) * 0xc2b2ae3d27d4eb4f + static_cast<std::uint64_t>(deal.day.days);
  value = (value ^ value >> 29) * 0xbf58476d1ce4e5b9;
  return value ^ value >> 32;
}

// Sheets by deal, in an open table that holds the first sheet of each; the further ones are few.
class SheetTable {
 public:
  explicit SheetTable(std::size_t most) {
    std::size_t size = 64;
    while (size < most * 2) size *= 2;
    slots_.resize(size, kNone);
  }

  void put(const Deal& deal, Sheet sheet) {
    std::uint32_t& slot = slots_[slot_of(deal)];
    if (slot == kNone) {
      slot = static_cast<std::uint32_t>(first_.size());
      first_.push_back({deal, sheet});
    } else {
      more_[slot].push_back(sheet);
    }
  }
  bool has(const Deal& deal) const { return slots_[slot_of(deal)] != kNone; }

  // visit(deal, sheets) for every deal with more than one sheet.
  template <class Visit>
  void each_double(Visit&& visit) const {
    for (const auto& [slot, further] : more_) {
      std::vector<Sheet> sheets{first_[slot].second};
      sheets.insert(sheets.end(), further.begin(), further.end());
      visit(first_[slot].first, sheets);
    }
  }

 private:
  std::size_t slot_of(const Deal& deal) const {
    std::size_t at = mix(deal) & (slots_.size() - 1);
    while (slots_[at] != kNone && !(first_[slots_[at]].first == deal)) at = (at + 1) & (slots_.size() - 1);
    return at;
  }

  std::vector<std::uint32_t> slots_;
  std::vector<std::pair<Deal, Sheet>> first_;
  std::map<std::uint32_t, std::vector<Sheet>> more_;
};

class SamePapers final : public Finder {
 public:
  SamePapers(const Scope& scope, const InspectionRules& rules) : scope_(scope) {
    const auto& tables = scope.tables();
    const std::vector<RowIndex> filings = scope.last_rows(tables.filings, &FilingRow::filing);
    SheetTable table(filings.size() + scope.count(tables.money) + 1);
    for (const RowIndex row : filings) {
      const FilingRow& filing = tables.filings[row];
      if (ended(filing)) continue;
      const Deal deal{filing.seller, filing.buyer, filing.day, filing.amount_fen};
      if (rules.period.holds(filing.day)) table.put(deal, {Paper::filing, row, 0});
    }
    if (!filings.empty()) {
      tables.trades.each(scope.count(tables.trades), [&](std::size_t row, const TradeRow& trade) {
        const auto index = static_cast<TradeIndex>(row);
        const Deal deal{trade.seller, trade.buyer, trade.day, scope.trade(index)->amount_fen};
        if (table.has(deal)) table.put(deal, {Paper::agreement, index, 0});
      });
    }
    tables.money.each(scope.count(tables.money), [&](std::size_t row, const MoneyRow& money) {
      if (money.kind != MoneyKind::settlement || !rules.period.holds(money.day) || !scope.stands(money)) return;
      const TradeRow& trade = tables.trades[money.trade];
      table.put({trade.seller, trade.buyer, money.day, money.fen},
                {Paper::settlement, static_cast<RowIndex>(row), money.voucher});
    });
    table.each_double([&](const Deal& deal, std::vector<Sheet>& sheets) {
      if (form_of(sheets) != nullptr) doubles_.push_back({deal, std::move(sheets)});
    });
    std::sort(doubles_.begin(), doubles_.end(),
              [&](const Double& a, const Double& b) { return last_seq(a) > last_seq(b); });
  }

  std::size_t count() const override { return doubles_.size(); }

  Finding at(std::size_t index) const override {
    const auto& [deal, sheets] = doubles_[index];
    const auto& tables = scope_.tables();
    const Form& form = *form_of(sheets);
    Finding finding;
    finding.kind = InspectionKind::voucher_twice;
    finding.day = deal.day;
    finding.mark = std::string(form.name) + ">" + tables.parties.name(deal.seller) + ">" +
                   tables.parties.name(deal.buyer) + ">" + format_date(deal.day) + ">" + std::to_string(deal.fen);
    tell_org(scope_, deal.seller, finding);
    tell_org(scope_, deal.buyer, finding);
    std::vector<std::uint64_t> seqs;
    for (const Sheet& sheet : sheets) seqs.push_back(seq_of(sheet));
    for (const Sheet& sheet : sheets) {
      if (finding.objects.size() >= kMaxEntriesTold) break;
      switch (sheet.paper) {
        case Paper::settlement: {
          const MoneyRow& row = tables.money[sheet.row];
          finding.objects.emplace_back(Settlement::kKind,
                                       Settlement::id(RegNo(tables.trades[row.trade].number()), row.n));
          break;
        }
        case Paper::agreement:
          tell_trade(scope_, sheet.row, finding);
          break;
        case Paper::filing:
          finding.objects.emplace_back(Filing::kKind, tables.numbers.name(tables.filings[sheet.row].filing));
          break;
      }
    }
    tell_entries(std::move(seqs), finding);
    finding.figures = {{"form", form.name}, {"amount_fen", deal.fen}, {"papers", sheets.size()}};
    finding.why = std::string(form.en) + ": same parties, day " + format_date(deal.day) + " and amount of " +
                  fen_text(Fen(deal.fen));
    finding.why_zh = std::string(form.zh) + "：双方、日期（" + format_date(deal.day) + "）和金额（" +
                     std::to_string(deal.fen) + " 分）相同";
    return finding;
  }

 private:
  struct Double {
    Deal deal;
    std::vector<Sheet> sheets;
  };
  struct Form {
    std::string_view name;
    std::string_view en;
    std::string_view zh;
  };

  static bool ended(const FilingRow& filing) {
    return filing.status == FilingStatus::withdrawn || filing.status == FilingStatus::revoked;
  }

  // nullptr: nothing odd, such as two lines of one voucher.
  static const Form* form_of(const std::vector<Sheet>& sheets) {
    static constexpr Form kVouchers{"two_vouchers", "Two vouchers for what looks like one payment",
                                    "两份凭证疑为同一笔付款"};
    static constexpr Form kBoth{"filing_and_trade", "A filing and a trade on the platform for what looks like one deal",
                                "备案与平台交易疑为同一笔交易"};
    static constexpr Form kFilings{"two_filings", "Two filings of what looks like one deal", "两项备案疑为同一笔交易"};
    std::size_t filings = 0;
    bool on_platform = false;
    std::uint64_t voucher = 0;
    bool other_voucher = false;
    for (const Sheet& sheet : sheets) {
      filings += sheet.paper == Paper::filing ? 1 : 0;
      on_platform = on_platform || sheet.paper != Paper::filing;
      if (sheet.paper != Paper::settlement) continue;
      other_voucher = other_voucher || (voucher != 0 && voucher != sheet.voucher);
      voucher = sheet.voucher;
    }
    if (filings > 0 && on_platform) return &kBoth;
    if (filings > 1) return &kFilings;
    return other_voucher ? &kVouchers : nullptr;
  }

  std::uint64_t seq_of(const Sheet& sheet) const {
    const auto& tables = scope_.tables();
    switch (sheet.paper) {
      case Paper::settlement:
        return tables.money[sheet.row].seq;
      case Paper::agreement:
        return tables.trades[sheet.row].seq;
      case Paper::filing:
        break;
    }
    return tables.filings[sheet.row].seq;
  }
  std::uint64_t last_seq(const Double& found) const {
    std::uint64_t last = 0;
    for (const Sheet& sheet : found.sheets) last = std::max(last, seq_of(sheet));
    return last;
  }

  const Scope& scope_;
  std::vector<Double> doubles_;
};

}  // namespace

std::unique_ptr<Finder> find_same_papers(const Scope& scope, const InspectionRules& rules) {
  return std::make_unique<SamePapers>(scope, rules);
}

}  // namespace dengji::contracts::insight
