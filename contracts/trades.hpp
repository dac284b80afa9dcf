// Trades on the platform: seller and buyer agree on a certified data set, the platform records the money. The trade's
// book (trade/<JY no.>/…) holds the ceiling, what is left of it and what is settled net. Verdicts 401 to 499.
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

#include "contracts/common/organisations.hpp"
#include "contracts/common/vouchers.hpp"
#include "contracts/fees.hpp"
#include "ledger/state/registry.hpp"

namespace dengji::contracts {

enum class TradeVerdict : std::uint16_t {
  platform_is_party = 401,
  not_the_party,
  seller_not_holder,
  certificate_not_in_force,
  status_not_open,
  settlement_serials_used_up,
  term_order,
  bank_date_before_agreement,
  bank_date_before_settlement,
  bank_date_future,
  tax_exceeds_amount,
  shares_exceed,
  share_of_seller,
  over_ceiling,
  over_settlement,
};

enum class TradeSubject : std::uint8_t { dataset, product, api, service };
enum class TradeMode : std::uint8_t { assured, custom, catalogue, paired };  // 保障 定制 电商 结对子
enum class PriceModel : std::uint8_t { one_off, per_call, per_period };
enum class Delivery : std::uint8_t { download, api, data_space, privacy_computing };
// Money is recorded in every status.
enum class TradeStatus : std::uint8_t { agreed, settling, closed, terminated };

struct Share {
  OrgId org;
  std::int64_t ppm = 0;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("org", self.org, Spec{"The beneficiary"});
    visit("ppm", self.ppm, Spec{"Its part of the price", 1, 1'000'000});
  }
};

struct PriceTerms {
  PriceModel model = PriceModel::one_off;
  std::optional<Fen> unit_fen;
  std::optional<std::string> by_scale;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("model", self.model, Spec{"What the price is for"});
    visit("unit_fen", self.unit_fen, Spec{"Price of a unit"});
    visit("by_scale", self.by_scale, Spec{"How the price differs by the buyer's scale", 1, 200});
  }
};

// What the parties agreed: the body of trade.agree and a part of the trade.
struct TradeTerms {
  RegNo certificate;
  TradeSubject subject = TradeSubject::dataset;
  TradeMode mode = TradeMode::catalogue;
  std::string purpose;
  Hash32 contract_hash;
  std::optional<std::string> order_no;
  PriceTerms price;
  std::optional<std::int64_t> quantity;
  std::optional<std::string> unit;
  Fen amount_fen;  // ceiling, tax included; 0 for assured supply that is free
  Fen tax_fen;
  std::optional<Date> starts_on;
  std::optional<Date> ends_on;
  Delivery delivery = Delivery::download;
  std::optional<std::string> connector;
  std::optional<std::string> offer;
  std::optional<std::string> demand;
  std::optional<std::string> procurement_no;
  std::optional<std::vector<Share>> shares;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("certificate", self.certificate, Spec{"ZS number of the certificate"});
    visit("subject", self.subject, Spec{"What is traded"});
    visit("mode", self.mode, Spec{"Supply mode"});
    visit("purpose", self.purpose, Spec{"What the buyer will use it for", 1, 300});
    visit("contract_hash", self.contract_hash, Spec{"SHA-256 of the signed contract"});
    visit("order_no", self.order_no, Spec{"Order number under that contract", 1, 64});
    visit("price", self.price, Spec{"Price terms"});
    visit("quantity", self.quantity, Spec{"Quantity", 1});
    visit("unit", self.unit, Spec{"Unit of the quantity", 1, 32});
    visit("amount_fen", self.amount_fen, Spec{"Ceiling of what may be settled, tax included"});
    visit("tax_fen", self.tax_fen, Spec{"Tax within it"});
    visit("starts_on", self.starts_on, Spec{"First day of the term"});
    visit("ends_on", self.ends_on, Spec{"Last day of the term"});
    visit("delivery", self.delivery, Spec{"Way of delivery"});
    visit("connector", self.connector, Spec{"Connector, for delivery through a data space", 1, 128});
    visit("offer", self.offer, Spec{"Offer that it answers", 1, 64});
    visit("demand", self.demand, Spec{"Demand that it answers", 1, 64});
    visit("procurement_no", self.procurement_no, Spec{"Number of the public procurement", 1, 64});
    visit("shares", self.shares, Spec{.doc = "Other beneficiaries", .items_max = 16});
  }
};

struct Trade {
  static constexpr std::string_view kKind = "trade";

  RegNo no;  // JY number, in the seller's region
  TradeStatus status = TradeStatus::agreed;
  OrgId seller;
  OrgId buyer;
  std::optional<OrgId> platform;  // that attested the agreement
  std::string dataset;            // object id of the data set behind the certificate
  TradeTerms terms;
  // As at the agreement; what changes later does not reach back.
  std::string seller_region;
  std::string buyer_region;
  Scale seller_scale = Scale::small;
  Scale buyer_scale = Scale::small;
  bool cross_province = false;
  bool first_contract = false;  // first ever agreed for (seller, data set), whatever becomes of it
  LedgerTime agreed_at;
  std::int64_t agreed_seq = 0;
  std::optional<ServiceTerms> service;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("no", self.no, Spec{"JY number"});
    visit("status", self.status, Spec{"Status"});
    visit("seller", self.seller, Spec{"Seller"});
    visit("buyer", self.buyer, Spec{"Buyer"});
    visit("platform", self.platform, Spec{"Platform that attested the agreement"});
    visit("dataset", self.dataset, Spec{"Data set behind the certificate", 1, 64});
    visit("terms", self.terms, Spec{"What was agreed"});
    visit("seller_region", self.seller_region, Spec{"Seller's region at the agreement", 6, 6});
    visit("buyer_region", self.buyer_region, Spec{"Buyer's region at the agreement", 6, 6});
    visit("seller_scale", self.seller_scale, Spec{"Seller's scale at the agreement"});
    visit("buyer_scale", self.buyer_scale, Spec{"Buyer's scale at the agreement"});
    visit("cross_province", self.cross_province, Spec{"Seller and buyer are in different provinces"});
    visit("first_contract", self.first_contract, Spec{"First agreement of this seller for this data set"});
    visit("agreed_at", self.agreed_at, Spec{"Ledger time of the agreement"});
    visit("agreed_seq", self.agreed_seq, Spec{"Entry of the agreement"});
    visit("service", self.service, Spec{"Service fee rates, frozen at the agreement"});
  }

  std::string object_id() const { return no.text; }
  static void indexes(const Trade& trade, IndexSink& sink);  // seller, buyer, certificate, dataset
  std::vector<OrgId> readers() const;                        // seller, buyer, the attesting platform
  // Adds settled_fen (net of refunds) and headroom_fen.
  static void extend_json(const Trade& trade, const ReadView& view, LedgerTime now, Json& json);

  Date agreed_on() const { return shanghai_day(agreed_at); }
};

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
  }

  std::string object_id() const { return id(trade, n); }
  // "<JY no.>-<n in six digits>": the ids of one trade sort in the order of settling.
  static std::string id(const RegNo& trade, std::int64_t n);
  static void indexes(const Settlement& settlement, IndexSink& sink);  // trade, seller_year, buyer_year
  std::vector<OrgId> readers() const { return {seller, buyer, platform}; }
  // Adds id, status (settled, part_refunded, refunded) and net_fen.
  static void extend_json(const Settlement& settlement, const ReadView& view, LedgerTime now, Json& json);

  std::string_view status() const;
  Fen net() const { return Fen(amount_fen.value() - refunded_fen.value()); }
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

// trade.close and trade.terminate.
struct EndTradeBody {
  RegNo trade;
  std::string reason;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("trade", self.trade, Spec{"JY number"});
    visit("reason", self.reason, Spec{"Why", 1, 300});
  }
};

const Area& trade_area();

}  // namespace dengji::contracts

template <>
struct dengji::state::EnumNames<dengji::contracts::TradeSubject> {
  static constexpr std::array names{"dataset", "product", "api", "service"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::TradeMode> {
  static constexpr std::array names{"assured", "custom", "catalogue", "paired"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::PriceModel> {
  static constexpr std::array names{"one_off", "per_call", "per_period"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::Delivery> {
  static constexpr std::array names{"download", "api", "data_space", "privacy_computing"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::TradeStatus> {
  static constexpr std::array names{"agreed", "settling", "closed", "terminated"};
};
