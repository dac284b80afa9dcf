#include "contracts/market/market.hpp"

#include <array>

#include "contracts/certification/certification.hpp"
#include "crypto/base64.hpp"

namespace dengji::contracts {
namespace {

using V = MarketVerdict;

constexpr VerdictRow row(V verdict, std::string_view slug, std::string_view en, std::string_view zh, int http = 422) {
  return {static_cast<std::uint16_t>(verdict), slug, http, en, zh};
}

constexpr std::array kVerdicts = {
    row(V::offer_not_holder, "offer_not_holder", "Only the holder of a certificate offers what it certifies",
        "仅证书持有人可发布供给", 403),
    row(V::offer_certificate, "offer_certificate_not_in_force", "The certificate of the offer is not in force",
        "供给所依证书未生效"),
    row(V::offer_validity_order, "offer_validity_order", "The offer's last day lies before its first",
        "供给有效期首尾颠倒"),
    row(V::offer_validity_past, "offer_validity_past", "The offer would begin or end before today",
        "供给起止日不得早于今日"),
    row(V::offer_validity_outside, "offer_validity_outside", "The offer reaches beyond the certificate's validity",
        "供给有效期超出证书有效期"),
    row(V::not_the_offerer, "not_the_offerer", "Only the seller that published an offer withdraws it",
        "仅发布供给的卖方可以撤回", 403),
    row(V::offer_withdrawn, "offer_withdrawn", "The offer has been withdrawn already", "供给已撤回"),
    row(V::demand_validity_past, "demand_validity_past", "The demand would end before today", "需求止日不得早于今日"),
    row(V::not_the_demander, "not_the_demander", "Only the buyer that published a demand closes it",
        "仅发布需求的买方可以关闭", 403),
    row(V::demand_ended, "demand_ended", "The demand has been closed already", "需求已关闭"),
    row(V::demand_trade_other, "demand_trade_other", "The trade is not this buyer's or does not name the demand",
        "该交易不属于该买方或未引用该需求"),
    row(V::offer_other, "offer_of_other", "The offer is another seller's or of another certificate",
        "该供给属于其他卖方或其他证书"),
    row(V::offer_not_open, "offer_not_open", "The offer is not open", "该供给当前不可成交"),
    row(V::demand_other, "demand_of_other", "The demand is another buyer's", "该需求属于其他买方"),
    row(V::demand_not_open, "demand_not_open", "The demand is not open", "该需求当前不可对接"),
    row(V::complaint_of_own, "complaint_about_self", "The complaint is about nobody but the complainant",
        "不得投诉自己"),
    row(V::complaint_ruled, "complaint_ruled", "The complaint has been ruled on already", "投诉已有处理结论"),
    row(V::complaint_ruler_related, "complaint_ruler_related",
        "The bureau is related to the complainant or a respondent", "处理机构与投诉方或被投诉方存在关联"),
    row(V::complaint_measures, "complaint_measures",
        "An upheld complaint has measures against its respondents, a dismissed one has none",
        "投诉成立须对被投诉方采取措施，不成立则不得采取"),
    row(V::complaint_measure_past, "complaint_measure_past", "A measure would be due before today",
        "措施期限不得早于今日"),
};

// --- offers
Verdict check_offer_validity(const EntryTx& tx, const OfferBody& body, const Certificate& certificate) {
  const Date today = tx.context().day();
  const Date from = body.valid_from.value_or(today);
  if (body.valid_to < from) {
    return refuse(V::offer_validity_order, "from " + format_date(from) + " to " + format_date(body.valid_to),
                  "/body/valid_to");
  }
  if (from < today) return refuse(V::offer_validity_past, "today is " + format_date(today), "/body/valid_from");
  if (from < certificate.valid_from || body.valid_to > certificate.valid_to) {
    return refuse(V::offer_validity_outside,
                  "certificate " + certificate.no.text + " is valid from " + format_date(certificate.valid_from) +
                      " to " + format_date(certificate.valid_to),
                  "/body/valid_to");
  }
  return {};
}

Verdict apply_offer_publish(EntryTx& tx, const OfferBody& body) {
  const auto certificate = tx.need<Certificate>(body.certificate.text, "/body/certificate");
  if (!certificate) return std::unexpected(certificate.error());
  const OrgId& seller = tx.context().org("seller");
  if (seller != certificate->holder) {
    return refuse(V::offer_not_holder,
                  "certificate " + certificate->no.text + " is held by " + certificate->holder.text, "/parties/0/org");
  }
  if (!certificate_in_force(tx.view(), *certificate, tx.context().time)) {
    return refuse(V::offer_certificate,
                  "certificate " + certificate->no.text + " is " +
                      std::string(effective_status(tx.view(), *certificate, tx.context().time)) +
                      "; an offer needs a valid one",
                  "/body/certificate");
  }
  DENGJI_TRY(check_offer_validity(tx, body, *certificate));
  const Offer offer{.id = crypto::to_b64(tx.context().entry_id),
                    .seller = seller,
                    .dataset = certificate->dataset,
                    .dataset_no = certificate->dataset_no,
                    .terms = body,
                    .valid_from = body.valid_from.value_or(tx.context().day()),
                    .published_on = tx.context().day(),
                    .published_seq = static_cast<std::int64_t>(tx.context().seq.value)};
  tx.create(offer);
  tx.status(Offer::kKind, offer.id, "", name_of(offer.status));
  tx.deadline(Offer::kKind, offer.id, "offer", body.valid_to);
  tx.subject(Offer::kKind, offer.id);
  return {};
}

Verdict apply_offer_withdraw(EntryTx& tx, const OfferWithdrawBody& body) {
  auto offer = tx.need<Offer>(body.offer, "/body/offer");
  if (!offer) return std::unexpected(std::move(offer.error()));
  if (tx.context().org("seller") != offer->seller) {
    return refuse(V::not_the_offerer, "offer " + offer->id + " is of " + offer->seller.text, "/parties/0/org");
  }
  if (offer->status != OfferStatus::published) {
    return refuse(V::offer_withdrawn, "offer " + offer->id + " is withdrawn; nothing is left to do", "/body/offer");
  }
  tx.status(Offer::kKind, offer->id, name_of(offer->status), name_of(OfferStatus::withdrawn));
  offer->status = OfferStatus::withdrawn;
  offer->withdrawn_on = tx.context().day();
  offer->reason = body.reason;
  tx.put(*offer);
  tx.subject(Offer::kKind, offer->id);
  return {};
}

// --- demands
Verdict apply_demand_publish(EntryTx& tx, const DemandBody& body) {
  const Date today = tx.context().day();
  if (body.valid_to < today) {
    return refuse(V::demand_validity_past, "today is " + format_date(today), "/body/valid_to");
  }
  const Demand demand{.id = crypto::to_b64(tx.context().entry_id),
                      .buyer = tx.context().org("buyer"),
                      .wanted = body,
                      .published_on = today,
                      .published_seq = static_cast<std::int64_t>(tx.context().seq.value)};
  tx.create(demand);
  tx.status(Demand::kKind, demand.id, "", name_of(demand.status));
  tx.deadline(Demand::kKind, demand.id, "demand", body.valid_to);
  tx.subject(Demand::kKind, demand.id);
  return {};
}

// The trade that met a demand is the buyer's own and says that it answers it.
Verdict check_met_by(const EntryTx& tx, const Demand& demand, const RegNo& no) {
  const auto trade = tx.need<Trade>(no.text, "/body/trade");
  if (!trade) return std::unexpected(trade.error());
  if (trade->buyer == demand.buyer && trade->terms.demand == demand.id) return {};
  return refuse(V::demand_trade_other,
                "trade " + no.text +
                    (trade->buyer == demand.buyer ? " names " + trade->terms.demand.value_or("no demand")
                                                  : std::string(" is another buyer's")) +
                    "; close without trade, or with one that names " + demand.id,
                "/body/trade");
}

Verdict apply_demand_close(EntryTx& tx, const DemandCloseBody& body) {
  auto demand = tx.need<Demand>(body.demand, "/body/demand");
  if (!demand) return std::unexpected(std::move(demand.error()));
  if (tx.context().org("buyer") != demand->buyer) {
    return refuse(V::not_the_demander, "demand " + demand->id + " is of " + demand->buyer.text, "/parties/0/org");
  }
  if (demand->status != DemandStatus::open) {
    return refuse(
        V::demand_ended,
        "demand " + demand->id + " is " + std::string(name_of(demand->status)) + "; only an open one is closed",
        "/body/demand");
  }
  if (body.trade) DENGJI_TRY(check_met_by(tx, *demand, *body.trade));
  const DemandStatus to = body.trade ? DemandStatus::met : DemandStatus::closed;
  tx.status(Demand::kKind, demand->id, name_of(demand->status), name_of(to));
  demand->status = to;
  demand->closed_on = tx.context().day();
  demand->reason = body.reason;
  demand->trade = body.trade;
  tx.put(*demand);
  tx.subject(Demand::kKind, demand->id);
  return {};
}

// --- what a trade answers
Verdict check_offer_answered(const EntryTx& tx, const TradeOrigin& origin) {
  const auto offer = tx.need<Offer>(*origin.offer, "/body/offer");
  if (!offer) return std::unexpected(offer.error());
  if (offer->seller != origin.seller || offer->terms.certificate != origin.certificate) {
    return refuse(
        V::offer_other,
        "offer " + offer->id + " is of " + offer->seller.text + " and certificate " + offer->terms.certificate.text,
        "/body/offer");
  }
  const std::string_view status = effective_status(tx.view(), *offer, tx.context().time);
  if (status == "open") return {};
  return refuse(V::offer_not_open,
                "offer " + offer->id + " is " + std::string(status) + "; agree without it, or under another offer",
                "/body/offer");
}

Verdict check_demand_answered(const EntryTx& tx, const TradeOrigin& origin) {
  const auto demand = tx.need<Demand>(*origin.demand, "/body/demand");
  if (!demand) return std::unexpected(demand.error());
  if (demand->buyer != origin.buyer) {
    return refuse(V::demand_other, "demand " + demand->id + " is of " + demand->buyer.text, "/body/demand");
  }
  const std::string_view status = effective_status(*demand, tx.context().day());
  if (status == "open") return {};
  return refuse(V::demand_not_open, "demand " + demand->id + " is " + std::string(status) + "; agree without it",
                "/body/demand");
}

std::vector<EntryTypeInfo> make_types() {
  constexpr std::string_view kArea = "market";
  constexpr auto kPublic = Visibility::everyone;
  const std::vector<SignerRule> seller{{{"seller"}, 1, 1}};
  const std::vector<SignerRule> buyer{{{"buyer"}, 1, 1}};
  std::vector<EntryTypeInfo> types{
      entry_type<OfferBody, &apply_offer_publish>("offer.publish", kArea,
                                                  {"The holder of a certificate offers what it certifies", "发布供给"},
                                                  seller, kPublic),
      entry_type<OfferWithdrawBody, &apply_offer_withdraw>(
          "offer.withdraw", kArea, {"The seller withdraws an offer", "撤回供给"}, seller, kPublic),
      entry_type<DemandBody, &apply_demand_publish>(
          "demand.publish", kArea, {"A buyer says what data it looks for", "发布需求"}, buyer, kPublic),
      entry_type<DemandCloseBody, &apply_demand_close>(
          "demand.close", kArea, {"The buyer closes a demand, met by a trade or not", "关闭需求，可注明成交交易"},
          buyer, kPublic),
  };
  add_complaint_types(types);
  return types;
}

}  // namespace

void Offer::indexes(const Offer& offer, IndexSink& sink) {
  sink.add("seller", offer.seller.text);
  sink.add("certificate", offer.terms.certificate.text);
  sink.add("dataset", offer.dataset);
  sink.add("status", name_of(offer.status));
  if (offer.status == OfferStatus::published) index_lapse(sink, offer.terms.valid_to);
}

std::vector<Deadline> Offer::deadlines(const Offer& offer, DeadlineCall&) {
  if (offer.status != OfferStatus::published) return {};
  return {{"offer", offer.valid_from, offer.terms.valid_to, "seller", offer.seller, true}};
}

void Offer::extend_json(const Offer& offer, const ReadView& view, LedgerTime now, Json& json) {
  json["effective_status"] = std::string(effective_status(view, offer, now));
}

std::string_view effective_status(const ReadView& view, const Offer& offer, LedgerTime now) {
  if (offer.status == OfferStatus::withdrawn) return name_of(offer.status);
  const Date day = shanghai_day(now);
  if (day > offer.terms.valid_to) return "expired";
  const auto certificate = find_object<Certificate>(view, offer.terms.certificate.text);
  if (!certificate || certificate->holder != offer.seller || !certificate_in_force(view, *certificate, now)) {
    return "certificate_not_in_force";
  }
  return day < offer.valid_from ? "not_yet_open" : "open";
}

void Demand::indexes(const Demand& demand, IndexSink& sink) {
  sink.add("buyer", demand.buyer.text);
  sink.add("status", name_of(demand.status));
  if (demand.status == DemandStatus::open) index_lapse(sink, demand.wanted.valid_to);
}

std::vector<Deadline> Demand::deadlines(const Demand& demand, DeadlineCall&) {
  if (demand.status != DemandStatus::open) return {};
  return {{"demand", demand.published_on, demand.wanted.valid_to, "buyer", demand.buyer, true}};
}

void Demand::extend_json(const Demand& demand, const ReadView&, LedgerTime now, Json& json) {
  json["effective_status"] = std::string(effective_status(demand, shanghai_day(now)));
}

std::string_view effective_status(const Demand& demand, Date day) {
  if (demand.status == DemandStatus::open && day > demand.wanted.valid_to) return "expired";
  return name_of(demand.status);
}

Verdict check_trade_origin(const EntryTx& tx, const TradeOrigin& origin) {
  if (origin.offer) DENGJI_TRY(check_offer_answered(tx, origin));
  if (origin.demand) DENGJI_TRY(check_demand_answered(tx, origin));
  return {};
}

const Area& market_area() {
  static const std::vector<EntryTypeInfo> types = make_types();
  static const std::vector<ObjectKindInfo> kinds{
      object_kind<Offer>("offers", {"Offers by entry_id", "供给"}, Visibility::everyone,
                         {{"seller", "Seller"},
                          {"certificate", "ZS number"},
                          {"dataset", "Id of the data set"},
                          {"status", "published or withdrawn"}}),
      object_kind<Demand>("demands", {"Demands by entry_id", "需求"}, Visibility::everyone,
                          {{"buyer", "Buyer"}, {"status", "open, met or closed"}}),
      object_kind<Complaint>("complaints", {"Complaints by entry_id", "投诉"}, Visibility::parties,
                             {{"complainant", "Who complains"},
                              {"respondent", "About whom"},
                              {"status", "filed, upheld, partly_upheld or dismissed"},
                              {"subject", "Id of the organisation, data set or trade"}}),
  };
  static const Area area{"market", 1000, types, kinds, kVerdicts};
  return area;
}

}  // namespace dengji::contracts
