// Trades on the platform: seller and buyer agree on a certified data set, the seller delivers, the buyer accepts, the
// platform records the money. The trade's book (trade/<JY no.>/…) holds the ceiling, what is left of it and what is
// settled net. Verdicts 401 to 499.
//
// Here is the trade itself and how it begins, changes and ends; settlements.hpp has its money, trade_performance.hpp
// what was delivered and used, trade_disputes.hpp disputes and flags. A trade is closed or terminated by both sides,
// void only while no money was recorded; what ended before stays as it is, and money and disputes can be recorded in
// every status.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/common/organisations.hpp"
#include "contracts/fee/fees.hpp"
#include "contracts/trade/settlements.hpp"
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
  disputed,
  has_money,
  ceiling_below_settled,
  nothing_amended,
  limit_needs_price,
  serials_used_up,
  delivery_judged,
  reason_missing,
  accept_member,
  accept_too_much,
  not_metered,
  usage_signers,
  usage_member,
  usage_period,
  usage_overlaps,
  over_usage,
  dispute_open,
  dispute_resolved,
  judge_is_party,
  flagged_already,
  not_flagged,
  flagged_by_bureau,
  evidence_unknown,
  nothing_to_reverse,
  word_unknown,
};

enum class TradeSubject : std::uint8_t { dataset, product, api, service };
enum class TradeMode : std::uint8_t { assured, custom, catalogue, paired };  // 保障 定制 电商 结对子
enum class PriceModel : std::uint8_t { one_off, per_call, per_period };
enum class Delivery : std::uint8_t { download, api, data_space, privacy_computing };
// agreed → delivered → accepted → settling → closed | terminated | void; disputed and back. Settling as soon as money
// was recorded, also before anything is delivered: `performance` goes on telling what was. Money is recorded in every
// status.
enum class TradeStatus : std::uint8_t { agreed, settling, closed, terminated, delivered, accepted, disputed, voided };
enum class FlagReason : std::uint8_t { circular, related, price, split, other };

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
  std::optional<bool> limits_settling;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("model", self.model, Spec{"What the price is for"});
    visit("unit_fen", self.unit_fen, Spec{"Price of a unit"});
    visit("by_scale", self.by_scale, Spec{"How the price differs by the buyer's scale", 1, 200});
    visit("limits_settling", self.limits_settling,
          Spec{"Whether no more may be settled than the usage recorded so far is worth at unit_fen"});
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
  std::optional<Date> deliver_by;
  std::optional<std::int64_t> accept_within_days;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("certificate", self.certificate, Spec{"ZS number of the certificate"});
    visit("subject", self.subject, Spec{"What is traded"});
    visit("mode", self.mode, Spec{"Supply mode"});
    visit("purpose", self.purpose,
          Spec{"What the buyer will use it for; a word of the vocabulary purpose, where a policy has one", 1, 300});
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
    visit("deliver_by", self.deliver_by, Spec{"Day by which the seller delivers"});
    visit("accept_within_days", self.accept_within_days,
          Spec{"Calendar days in which the buyer accepts or refuses a delivery", 1, 366});
  }
};

// Counts, so that the trade alone tells how far it has come; what they count is in trade_performance.hpp.
struct Performance {
  std::int64_t deliveries = 0;
  std::int64_t open = 0;      // deliveries that are neither accepted whole nor refused
  std::int64_t accepted = 0;  // deliveries accepted whole
  std::int64_t usages = 0;
  std::int64_t used_units = 0;
  Fen used_fen;  // used_units at unit_fen
  std::optional<Date> used_until;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("deliveries", self.deliveries, Spec{"Deliveries"});
    visit("open", self.open, Spec{"Deliveries not yet accepted whole or refused"});
    visit("accepted", self.accepted, Spec{"Deliveries accepted whole"});
    visit("usages", self.usages, Spec{"Usage records"});
    visit("used_units", self.used_units, Spec{"Calls or periods used so far"});
    visit("used_fen", self.used_fen, Spec{"What they are worth at the unit price"});
    visit("used_until", self.used_until, Spec{"Last day of the last usage record"});
  }

  // agreed while nothing was performed (or all that was delivered was refused), delivered, or accepted.
  TradeStatus reached() const {
    if (open > 0) return TradeStatus::delivered;
    if (accepted > 0) return TradeStatus::accepted;
    return usages > 0 ? TradeStatus::delivered : TradeStatus::agreed;
  }
};

// Why a trade earns nothing for the time being.
struct TradeFlag {
  FlagReason reason = FlagReason::other;
  std::optional<std::string> note;
  OrgId by;
  bool by_bureau = false;  // then only the bureau clears it
  Date on;
  std::vector<std::int64_t> evidence;  // entries that show it

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("reason", self.reason, Spec{"Why it was flagged"});
    visit("note", self.note, Spec{"In words", 1, 300});
    visit("by", self.by, Spec{"Who flagged it"});
    visit("by_bureau", self.by_bureau, Spec{"Whether as the bureau"});
    visit("on", self.on, Spec{"Day of the flag"});
    visit("evidence", self.evidence, Spec{.doc = "Entries that show it, by seq", .items_max = 32});
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
  Performance performance;
  std::int64_t amendments = 0;
  std::optional<Hash32> amended_hash;
  std::int64_t disputes = 0;
  std::int64_t open_disputes = 0;
  std::optional<TradeStatus> resumes;  // while disputed: where it goes on
  std::optional<TradeFlag> flag;

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
    visit("performance", self.performance, Spec{"What was delivered, accepted and used"});
    visit("amendments", self.amendments, Spec{"How often the terms were amended"});
    visit("amended_hash", self.amended_hash, Spec{"SHA-256 of the last supplement to the contract"});
    visit("disputes", self.disputes, Spec{"Disputes raised"});
    visit("open_disputes", self.open_disputes, Spec{"Disputes not yet resolved"});
    visit("resumes", self.resumes, Spec{"Status to which it returns when its disputes are resolved"});
    visit("flag", self.flag, Spec{"Why it earns no subsidy until it is cleared"});
  }

  std::string object_id() const { return no.text; }
  static void indexes(const Trade& trade, IndexSink& sink);  // seller, buyer, certificate, dataset, flag
  static constexpr std::array kDeadlines{DeadlineName{"delivery", "The seller delivers", "卖方交付期限"},
                                         DeadlineName{"term", "The agreed term runs", "合同期限"}};
  static std::vector<Deadline> deadlines(const Trade& trade, DeadlineCall& call);
  std::vector<OrgId> readers() const;  // seller, buyer, the attesting platform
  // Adds settled_fen (net of refunds and reversals), headroom_fen and prepaid_fen, what is settled beyond what was
  // delivered or used.
  static void extend_json(const Trade& trade, const ReadView& view, LedgerTime now, Json& json);

  Date agreed_on() const { return shanghai_day(agreed_at); }
  bool ended() const {
    return status == TradeStatus::closed || status == TradeStatus::terminated || status == TradeStatus::voided;
  }
  // Running, with a last day for delivery, and nothing delivered that was not refused; while it is disputed nobody may.
  bool awaits_delivery() const {
    return terms.deliver_by && !ended() && status != TradeStatus::disputed &&
           performance.reached() == TradeStatus::agreed;
  }
  // Flagged or void: its settlements stay out of every base.
  bool earns() const { return !flag && status != TradeStatus::voided && resumes != TradeStatus::voided; }
};

// trade.amend: what is absent stays as agreed. The parties never change.
struct AmendBody {
  RegNo trade;
  Hash32 contract_hash;
  std::optional<Fen> amount_fen;
  std::optional<Fen> tax_fen;
  std::optional<std::int64_t> quantity;
  std::optional<Date> starts_on;
  std::optional<Date> ends_on;
  std::optional<Date> deliver_by;
  std::string reason;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("trade", self.trade, Spec{"JY number"});
    visit("contract_hash", self.contract_hash, Spec{"SHA-256 of the signed supplement"});
    visit("amount_fen", self.amount_fen, Spec{"New ceiling, not below what is settled"});
    visit("tax_fen", self.tax_fen, Spec{"Tax within it"});
    visit("quantity", self.quantity, Spec{"New quantity", 1});
    visit("starts_on", self.starts_on, Spec{"First day of the term"});
    visit("ends_on", self.ends_on, Spec{"Last day of the term"});
    visit("deliver_by", self.deliver_by, Spec{"Day by which the seller delivers"});
    visit("reason", self.reason, Spec{"Why", 1, 300});
  }
};

// trade.close, trade.terminate and trade.void.
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
  static constexpr std::array names{"agreed",    "settling", "closed",   "terminated",
                                    "delivered", "accepted", "disputed", "void"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::FlagReason> {
  static constexpr std::array names{"circular", "related", "price", "split", "other"};
};
