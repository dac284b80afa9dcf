// The money of a trade: one object per settlement, by JY number and serial. Part of the trade area (trades.hpp).
//
// Settling is the hottest path of the ledger: it reads the trade, its voucher and the accounts, and writes one
// settlement; the trade itself is written again only when its status changes. Subsidies find their base through the
// indexes of settlements: "seller_year" and "buyer_year", value "<org>/<year of the bank date>". The serial of the last
// settlement of a trade stands in the counter "settlement/<JY no.>".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/common/vouchers.hpp"

namespace dengji::contracts {

struct Settlement {
  static constexpr std::string_view kKind = "settlement";

  RegNo trade;
  std::int64_t n = 1;  // from 1 within the trade
  OrgId seller;
  OrgId buyer;
  OrgId platform;  // that recorded it
  Fen amount_fen;
  Fen refunded_fen;
  Date bank_date;
  bool cross_province = false;
  LedgerTime at;  // ledger time of the entry
  std::int64_t seq = 0;
  Hash32 voucher;
  std::int64_t voucher_line = 1;
  Fen reversed_fen;
  bool prepaid = false;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("trade", self.trade, Spec{"JY number"});
    visit("n", self.n, Spec{"Serial within the trade", 1});
    visit("seller", self.seller, Spec{"Seller"});
    visit("buyer", self.buyer, Spec{"Buyer"});
    visit("platform", self.platform, Spec{"Platform that recorded it"});
    visit("amount_fen", self.amount_fen, Spec{"Amount"});
    visit("refunded_fen", self.refunded_fen, Spec{"Refunded of it"});
    visit("bank_date", self.bank_date, Spec{"Bank date"});
    visit("cross_province", self.cross_province, Spec{"Seller and buyer are in different provinces"});
    visit("at", self.at, Spec{"Ledger time"});
    visit("seq", self.seq, Spec{"Entry that recorded it"});
    visit("voucher", self.voucher, Spec{"SHA-256 of the voucher"});
    visit("voucher_line", self.voucher_line, Spec{"Line of the voucher"});
    visit("reversed_fen", self.reversed_fen, Spec{"Reversed of it, because it was recorded in error"});
    visit("prepaid", self.prepaid, Spec{"Recorded before anything was delivered or used"});
  }

  std::string object_id() const { return id(trade, n); }
  // "<JY no.>-<n in six digits>": the ids of one trade sort in the order of settling.
  static std::string id(const RegNo& trade, std::int64_t n);
  static void indexes(const Settlement& settlement, IndexSink& sink);  // trade, seller_year, buyer_year
  std::vector<OrgId> readers() const { return {seller, buyer, platform}; }
  // Adds id, status (settled, part_refunded, refunded, reversed) and net_fen.
  static void extend_json(const Settlement& settlement, const ReadView& view, LedgerTime now, Json& json);

  std::string_view status() const;
  Fen net() const { return Fen(amount_fen.value() - refunded_fen.value() - reversed_fen.value()); }
  // At which instant a policy that asks for the certificate "at settlement" looks: the last millisecond of the bank
  // day, or the entry's time if that is earlier.
  LedgerTime certificate_instant() const;
};

inline constexpr std::int64_t kMaxSettlements = 999'999;  // per trade

struct SettleBody {
  RegNo trade;
  Fen amount_fen;
  VoucherForm voucher;
  Date bank_date;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("trade", self.trade, Spec{"JY number"});
    visit("amount_fen", self.amount_fen, Spec{"Amount", 1});
    visit("voucher", self.voucher, Spec{"Voucher that proves the payment"});
    visit("bank_date", self.bank_date, Spec{"Day of the payment at the bank"});
  }
};

struct RefundBody {
  std::string settlement;
  Fen amount_fen;
  VoucherForm voucher;
  Date bank_date;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("settlement", self.settlement, Spec{"Id of the settlement, such as JY32050020260000001F-000001", 27, 27});
    visit("amount_fen", self.amount_fen, Spec{"Amount", 1});
    visit("voucher", self.voucher, Spec{"Voucher that proves the payment back"});
    visit("bank_date", self.bank_date, Spec{"Day of the payment at the bank"});
  }
};

// money.reverse 红字冲销: the settlement should never have been recorded. All that is left of it goes: back to the
// trade's headroom and to its voucher, whose line stays used, and with it every service fee on it.
struct ReverseBody {
  std::string settlement;
  std::string reason;
  std::optional<Hash32> red_invoice;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("settlement", self.settlement, Spec{"Id of the settlement, such as JY32050020260000001F-000001", 27, 27});
    visit("reason", self.reason, Spec{"Why", 1, 300});
    visit("red_invoice", self.red_invoice, Spec{"SHA-256 of the red-letter invoice"});
  }
};

}  // namespace dengji::contracts
