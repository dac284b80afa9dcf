// The market before a trade: offers of certified data sets, demands of buyers, and how a trade says which of them it
// answers (供需对接). An offer or a demand binds nobody; the trade that names one is checked against it. Complaints
// have a file of their own (complaints.hpp). Verdicts 1001 to 1099.
//
//   offer    published → withdrawn;   over when its last day has passed or its certificate is not in force
//   demand   open → met (by a trade that names it) | closed;   over when its last day has passed
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/market/complaints.hpp"
#include "contracts/trade/trades.hpp"
#include "ledger/state/registry.hpp"

namespace dengji::contracts {

enum class MarketVerdict : std::uint16_t {
  offer_not_holder = 1001,
  offer_certificate,
  offer_validity_order,
  offer_validity_past,
  offer_validity_outside,
  not_the_offerer,
  offer_withdrawn,
  demand_validity_past,
  not_the_demander,
  demand_ended,
  demand_trade_other,
  offer_other,
  offer_not_open,
  demand_other,
  demand_not_open,
  complaint_of_own,
  complaint_ruled,
  complaint_ruler_related,
  complaint_measures,
  complaint_measure_past,
};

enum class OfferStatus : std::uint8_t { published, withdrawn };
enum class DemandStatus : std::uint8_t { open, met, closed };

// --- offers
struct OfferBody {
  RegNo certificate;
  TradeSubject subject = TradeSubject::dataset;
  std::string title;
  std::string description;
  std::vector<TradeMode> modes;
  std::vector<Delivery> deliveries;
  PriceTerms price;
  std::optional<std::string> unit;
  std::optional<Date> valid_from;
  Date valid_to;
  std::optional<std::vector<std::string>> purposes;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("certificate", self.certificate, Spec{"ZS number of the certificate"});
    visit("subject", self.subject, Spec{"What is offered"});
    visit("title", self.title, Spec{"Title", 1, 200});
    visit("description", self.description, Spec{"What is offered, and on what terms", 1, 2000});
    visit("modes", self.modes, Spec{.doc = "Supply modes", .items_min = 1, .items_max = 4});
    visit("deliveries", self.deliveries, Spec{.doc = "Ways of delivery", .items_min = 1, .items_max = 4});
    visit("price", self.price, Spec{"Price terms"});
    visit("unit", self.unit, Spec{"Unit that the price is for", 1, 32});
    visit("valid_from", self.valid_from, Spec{"First day; the day of the entry if absent"});
    visit("valid_to", self.valid_to, Spec{"Last day, within the certificate's validity"});
    visit("purposes", self.purposes, Spec{.doc = "Uses that are allowed", .min = 1, .max = 200, .items_max = 16});
  }
};

struct OfferWithdrawBody {
  std::string offer;
  std::string reason;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("offer", self.offer, Spec{"entry_id of the offer", 43, 43});
    visit("reason", self.reason, Spec{"Why it is withdrawn", 1, 500});
  }
};

struct Offer {
  static constexpr std::string_view kKind = "offer";

  std::string id;  // entry_id of the publication, base64url
  OfferStatus status = OfferStatus::published;
  OrgId seller;
  std::string dataset;
  RegNo dataset_no;
  OfferBody terms;
  Date valid_from;
  Date published_on;
  std::int64_t published_seq = 0;
  std::optional<Date> withdrawn_on;
  std::optional<std::string> reason;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("id", self.id, Spec{"entry_id of the offer"});
    visit("status", self.status, Spec{"Status as last set; effective_status also looks at dates and certificate"});
    visit("seller", self.seller, Spec{"Seller"});
    visit("dataset", self.dataset, Spec{"Data set behind the certificate"});
    visit("dataset_no", self.dataset_no, Spec{"Its registration number"});
    visit("terms", self.terms, Spec{"What is offered"});
    visit("valid_from", self.valid_from, Spec{"First day"});
    visit("published_on", self.published_on, Spec{"Day of publication"});
    visit("published_seq", self.published_seq, Spec{"Entry of publication"});
    visit("withdrawn_on", self.withdrawn_on, Spec{"Day of withdrawal"});
    visit("reason", self.reason, Spec{"Why it was withdrawn", 1, 500});
  }

  std::string object_id() const { return id; }
  static void indexes(const Offer& offer, IndexSink& sink);
  static constexpr std::array kDeadlines{DeadlineName{"offer", "The offer stands", "供给有效期"}};
  static std::vector<Deadline> deadlines(const Offer& offer, DeadlineCall& call);
  static void extend_json(const Offer& offer, const ReadView& view, LedgerTime now, Json& json);
};

// open, not_yet_open, expired, withdrawn, or certificate_not_in_force.
std::string_view effective_status(const ReadView& view, const Offer& offer, LedgerTime now);

// --- demands
struct DemandBody {
  std::string title;
  std::string description;
  std::optional<std::vector<std::string>> keywords;
  std::optional<std::vector<TradeMode>> modes;
  std::optional<std::vector<Delivery>> deliveries;
  std::optional<Fen> budget_fen;
  std::optional<std::string> purpose;
  Date valid_to;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("title", self.title, Spec{"Title", 1, 200});
    visit("description", self.description, Spec{"What data is wanted", 1, 2000});
    visit("keywords", self.keywords, Spec{.doc = "Keywords", .min = 1, .max = 64, .items_max = 16});
    visit("modes", self.modes, Spec{.doc = "Supply modes that would do", .items_max = 4});
    visit("deliveries", self.deliveries, Spec{.doc = "Ways of delivery that would do", .items_max = 4});
    visit("budget_fen", self.budget_fen, Spec{"Budget", 1});
    visit("purpose", self.purpose, Spec{"What it will be used for", 1, 300});
    visit("valid_to", self.valid_to, Spec{"Last day on which it stands"});
  }
};

struct DemandCloseBody {
  std::string demand;
  std::optional<RegNo> trade;
  std::string reason;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("demand", self.demand, Spec{"entry_id of the demand", 43, 43});
    visit("trade", self.trade, Spec{"Trade that met it: one that names this demand"});
    visit("reason", self.reason, Spec{"Why it is closed", 1, 500});
  }
};

struct Demand {
  static constexpr std::string_view kKind = "demand";

  std::string id;  // entry_id of the publication, base64url
  DemandStatus status = DemandStatus::open;
  OrgId buyer;
  DemandBody wanted;
  Date published_on;
  std::int64_t published_seq = 0;
  std::optional<Date> closed_on;
  std::optional<std::string> reason;
  std::optional<RegNo> trade;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("id", self.id, Spec{"entry_id of the demand"});
    visit("status", self.status, Spec{"Status as last set; effective_status also looks at the dates"});
    visit("buyer", self.buyer, Spec{"Buyer"});
    visit("wanted", self.wanted, Spec{"What is wanted"});
    visit("published_on", self.published_on, Spec{"Day of publication"});
    visit("published_seq", self.published_seq, Spec{"Entry of publication"});
    visit("closed_on", self.closed_on, Spec{"Day on which it was closed"});
    visit("reason", self.reason, Spec{"Why it was closed", 1, 500});
    visit("trade", self.trade, Spec{"Trade that met it"});
  }

  std::string object_id() const { return id; }
  static void indexes(const Demand& demand, IndexSink& sink);
  static constexpr std::array kDeadlines{DeadlineName{"demand", "The demand stands", "需求有效期"}};
  static std::vector<Deadline> deadlines(const Demand& demand, DeadlineCall& call);
  static void extend_json(const Demand& demand, const ReadView& view, LedgerTime now, Json& json);
};

// open, expired, met or closed.
std::string_view effective_status(const Demand& demand, Date day);

// --- what a trade answers
struct TradeOrigin {
  OrgId seller;
  OrgId buyer;
  RegNo certificate;
  std::optional<std::string> offer;
  std::optional<std::string> demand;
};
// An offer that a trade names is this seller's, of this certificate and open now; a demand is this buyer's and open.
// Refusals point to /body/offer and /body/demand.
Verdict check_trade_origin(const EntryTx& tx, const TradeOrigin& origin);

const Area& market_area();

}  // namespace dengji::contracts

template <>
struct dengji::state::EnumNames<dengji::contracts::OfferStatus> {
  static constexpr std::array names{"published", "withdrawn"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::DemandStatus> {
  static constexpr std::array names{"open", "met", "closed"};
};
