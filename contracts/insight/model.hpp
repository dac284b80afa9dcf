// The read model: the ledger's facts as columns of small rows, from which statistics, prices and inspections are
// answered without touching the store. Kept in memory only, since it follows from the ledger at any time; "as of" a
// size is the rows whose seq is below it.
//
// One thread writes (take, cover, rebuild); any number read, with no lock: rows once published never change. A reader
// asks size() first and looks only below it.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <vector>

#include "contracts/insight/column.hpp"
#include "contracts/insight/facts.hpp"
#include "contracts/insight/names.hpp"
#include "contracts/insight/rows.hpp"

namespace dengji::contracts::insight {

// What readers see. Each column is in the order of seq.
struct Tables {
  Names<std::string> parties;  // organisations, registered or named in a filing
  Names<Hash32> datasets;      // entry ids of applications
  Names<std::string> words;    // industries, units, subsidy lines
  Names<std::string> numbers;  // certificates, filings, fees, claims

  Column<OrgRow> orgs;
  Column<DatasetRow> dataset_rows;
  Column<CertificateRow> certificates;
  Column<RatingRow> ratings;
  Column<ReserveRow> reserves;
  Column<TradeRow> trades;
  Column<TradeVersionRow> trade_versions;
  Column<MoneyRow> money;
  Column<FilingRow> filings;
  Column<FeeRow> fees;
  Column<ClaimRow> claims;
};

class Model {
 public:
  // --- the writer
  // Facts of the entries from size() on, in order; then cover().
  void take(std::span<const Fact> facts);
  // Everything below `size` is in.
  void cover(std::uint64_t size) { size_.store(size, std::memory_order_release); }
  // From nothing: all facts of the first `size` entries. Only on a new model. progress(rows so far) now and then; false
  // ends it early, with `unavailable`. Errors: the source's.
  using Progress = std::function<bool(std::uint64_t rows)>;
  Result<void> rebuild(FactSource& source, std::uint64_t size, const Progress& progress = {});

  // --- readers
  // So many entries are in.
  std::uint64_t size() const { return size_.load(std::memory_order_acquire); }
  std::uint64_t rows() const;
  const Tables& tables() const { return tables_; }

 private:
  struct SettlementVersion {
    std::uint64_t seq = 0;
    std::int64_t amount_fen = 0;
    std::int64_t net_fen = 0;
    std::uint64_t voucher = 0;
    TradeIndex trade = kNone;
    Date day;
    std::uint32_t n = 0;
    bool reversed = false;
  };
  struct TradeVersion {
    TradeRow fixed;
    TradeVersionRow changing;
  };

  // From a record to a row: names become numbers.
  OrgRow read_org(std::uint64_t seq, std::string_view record);
  DatasetRow read_dataset(std::uint64_t seq, std::string_view record);
  CertificateRow read_certificate(std::uint64_t seq, std::string_view record);
  RatingRow read_rating(std::uint64_t seq, std::string_view record);
  ReserveRow read_reserve(std::uint64_t seq, std::string_view record);
  TradeVersion read_trade(std::uint64_t seq, std::string_view record);
  SettlementVersion read_settlement(std::uint64_t seq, std::string_view record);
  FilingRow read_filing(std::uint64_t seq, std::string_view record);
  FeeRow read_fee(std::uint64_t seq, std::string_view record);
  ClaimRow read_claim(std::uint64_t seq, std::string_view record);

  // In the order of seq.
  void add(OrgRow row);
  void add(TradeVersion version);
  // True if `time` of the entry is needed: money went back.
  bool goes_back(const SettlementVersion& version) const { return version.net_fen < version.amount_fen; }
  void add(const SettlementVersion& version, LedgerTime time);

  DatasetIndex dataset(std::string_view id);
  // The row of a JY number; kNone if there is none.
  TradeIndex find_trade(std::string_view number) const;
  TradeIndex& trade_slot(std::string_view number);
  Ownership ownership_at(Party party, std::uint64_t seq) const;
  // Reads all of a kind, then adds it in the order of seq.
  template <class Row, class Add>
  Result<void> load(FactSource& source, FactKind kind, Row (Model::*read)(std::uint64_t, std::string_view),
                    const Progress& progress, Add&& add_row);

  Tables tables_;
  std::atomic<std::uint64_t> size_{0};

  // The writer's own look-ups.
  std::vector<std::vector<RowIndex>> org_rows_;  // by party
  // JY numbers are gapless per region and year: (region, year) → row by serial - 1.
  std::map<std::pair<std::uint32_t, int>, std::vector<TradeIndex>> trade_numbers_;
  struct Numbered {
    DatasetIndex dataset = kNone;
    std::uint64_t seq = 0;  // from which on it bears the number
  };
  std::map<std::string, Numbered, std::less<>> dataset_numbers_;      // by DJ number
  std::map<std::pair<TradeIndex, std::uint32_t>, std::int64_t> net_;  // of settlements not whole any more
};

}  // namespace dengji::contracts::insight
