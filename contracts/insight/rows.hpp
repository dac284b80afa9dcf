// The rows of the read model: what statistics, prices and inspections need of the ledger, and no more. Each row is what
// one entry brought about, bears that entry's seq, and is never changed: a later version of an object is a later row.
// Parties, data sets and trades are known by small numbers here (Tables has their names). docs/adr/0007 says why.
#pragma once

#include <cstdint>
#include <string>

#include "contracts/certification/certification.hpp"
#include "contracts/fee/fees.hpp"
#include "contracts/filing/filings.hpp"
#include "contracts/subsidy/subsidies.hpp"
#include "contracts/trade/trades.hpp"

namespace dengji::contracts::insight {

using Party = std::uint32_t;
using DatasetIndex = std::uint32_t;
using TradeIndex = std::uint32_t;
using RowIndex = std::uint32_t;
inline constexpr std::uint32_t kNone = 0xffffffff;

struct OrgRow {
  std::uint64_t seq = 0;
  Party party = kNone;
  Org org;
};

struct DatasetRow {
  std::uint64_t seq = 0;
  DatasetIndex dataset = kNone;
  Party holder = kNone;
  std::uint32_t industry = kNone;  // Tables::words
  std::uint32_t region = 0;        // six digits as a number
  Date applied_on;
  Date valid_from;  // of the registration; meaningless before it
  Date valid_to;
  Date registered_on;  // days 0: not registered yet
  Date frozen_until;   // last day of the freeze, for status frozen
  DatasetStatus status = DatasetStatus::applied;
  Category category = Category::general;
};

struct CertificateRow {
  std::uint64_t seq = 0;
  std::uint32_t certificate = kNone;
  DatasetIndex dataset = kNone;
  Date valid_from;
  Date valid_to;
  CertificateStatus status = CertificateStatus::valid;
};

struct RatingRow {
  std::uint64_t seq = 0;
  DatasetIndex dataset = kNone;
  RatingGrade grade = RatingGrade::pass;
};

struct ReserveRow {
  std::uint64_t seq = 0;
  DatasetIndex dataset = kNone;
  ReserveTier tier = ReserveTier::basic;
  ReserveStatus status = ReserveStatus::listed;
};

// What an agreement fixed for ever.
struct TradeRow {
  std::uint64_t seq = 0;
  std::array<char, 20> no{};
  Party seller = kNone;
  Party buyer = kNone;
  DatasetIndex dataset = kNone;
  std::uint32_t seller_region = 0;
  std::uint32_t buyer_region = 0;
  Date day;
  TradeMode mode = TradeMode::catalogue;
  Scale seller_scale = Scale::small;
  Scale buyer_scale = Scale::small;
  Ownership seller_ownership = Ownership::private_owned;
  bool cross_province = false;

  std::string_view number() const { return {no.data(), no.size()}; }
};

// What may change of a trade.
struct TradeVersionRow {
  std::uint64_t seq = 0;
  std::int64_t amount_fen = 0;  // ceiling
  std::int64_t price_fen = 0;   // of one unit; 0: free
  TradeIndex trade = kNone;
  std::uint32_t unit = kNone;  // Tables::words
  TradeStatus status = TradeStatus::agreed;
  bool flagged = false;
};

enum class MoneyKind : std::uint8_t { settlement, refund, reversal };

// Money that went from buyer to seller (above 0) or back (below 0).
struct MoneyRow {
  std::uint64_t seq = 0;
  std::int64_t fen = 0;
  std::uint64_t voucher = 0;  // 64 bits of its hash, mixed; 0 for money that went back
  TradeIndex trade = kNone;
  Date day;             // at the bank; of money that went back: the ledger's day
  std::uint32_t n = 0;  // serial of the settlement within the trade
  MoneyKind kind = MoneyKind::settlement;
};
static_assert(sizeof(MoneyRow) <= 48, "a million settlements stay below 48 MB");

struct FilingRow {
  std::uint64_t seq = 0;
  std::int64_t amount_fen = 0;  // of the contract
  // Reported for periods of a running contract, by label.
  std::int64_t reported_fen = 0;
  std::int64_t reported_one_sided_fen = 0;
  std::int64_t reported_mismatched_fen = 0;
  std::uint32_t filing = kNone;
  Party seller = kNone;
  Party buyer = kNone;
  DatasetIndex dataset = kNone;  // where it names a registration number
  Date day;                      // first day of the contract
  Date declared_on;
  FilingStatus status = FilingStatus::declared;
};

struct FeeRow {
  std::uint64_t seq = 0;
  std::int64_t assessed_fen = 0;  // net of what was cancelled
  std::int64_t waived_fen = 0;
  std::int64_t received_fen = 0;
  std::uint32_t fee = kNone;
  Party payer = kNone;
  DatasetIndex dataset = kNone;  // what it is about, one of the two
  TradeIndex trade = kNone;
  Date assessed_on;
  FeeKind kind = FeeKind::registration;
};

struct ClaimRow {
  std::uint64_t seq = 0;
  std::int64_t amount_fen = 0;  // reserved or granted now
  std::int64_t paid_fen = 0;
  std::int64_t clawed_fen = 0;
  std::int64_t recovered_fen = 0;
  std::uint32_t claim = kNone;
  Party claimant = kNone;
  DatasetIndex dataset = kNone;
  std::uint32_t line = kNone;  // Tables::words
  Date claimed_on;
  ClaimStatus status = ClaimStatus::claimed;
};

}  // namespace dengji::contracts::insight
