#include <algorithm>

#include "contracts/certification/certification.hpp"
#include "contracts/common/reference_policies.hpp"
#include "contracts/common/succession.hpp"
#include "contracts/market/market.hpp"
#include "contracts/subsidy/subsidies.hpp"
#include "contracts/trade/trade_acts.hpp"
#include "ledger/base/assert.hpp"

namespace dengji::contracts {
namespace {

using V = TradeVerdict;

// --- agreeing
Verdict check_parties(const EntryTx& tx) {
  const auto& context = tx.context();
  const OrgId& seller = context.org("seller");
  const OrgId& buyer = context.org("buyer");
  if (seller == buyer) return refuse(General::same_party, "seller and buyer are both " + seller.text, "/parties");
  const entry::Party* platform = context.party("platform");
  if (platform && (platform->org == seller || platform->org == buyer)) {
    return refuse(V::platform_is_party, platform->org.text, "/parties");
  }
  return {};
}

std::expected<Certificate, Refusal> check_certificate(const EntryTx& tx, const TradeTerms& terms) {
  auto certificate = tx.need<Certificate>(terms.certificate.text, "/body/certificate");
  if (!certificate) return certificate;
  if (certificate->holder != tx.context().org("seller")) {
    return refuse(V::seller_not_holder, terms.certificate.text + " is held by " + certificate->holder.text,
                  "/body/certificate");
  }
  if (!certificate_in_force(tx.view(), *certificate, tx.context().time)) {
    return refuse(V::certificate_not_in_force,
                  "certificate " + terms.certificate.text + " is " +
                      std::string(effective_status(tx.view(), *certificate, tx.context().time)) +
                      "; an agreement needs a valid one",
                  "/body/certificate");
  }
  return certificate;
}

Verdict check_shares(const EntryTx& tx, const std::vector<Share>& shares, const OrgId& seller) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const Share& share = shares[i];
    const std::string place = "/body/shares/" + std::to_string(i);
    if (share.org == seller) return refuse(V::share_of_seller, seller.text, place + "/org");
    const bool twice = std::any_of(shares.begin(), shares.begin() + static_cast<std::ptrdiff_t>(i),
                                   [&](const Share& earlier) { return earlier.org == share.org; });
    if (twice) return refuse(V::shares_exceed, share.org.text + " is named twice", place + "/org");
    const auto beneficiary = tx.need<Org>(share.org.text, place + "/org");
    if (!beneficiary) return std::unexpected(beneficiary.error());
    sum += share.ppm;
    if (sum > 1'000'000) return refuse(V::shares_exceed, std::to_string(sum) + " ppm in all", place + "/ppm");
  }
  return {};
}

Verdict check_price(const PriceTerms& price) {
  if (!price.limits_settling.value_or(false)) return {};
  if (price.model != PriceModel::one_off && price.unit_fen) return {};
  return refuse(V::limit_needs_price,
                "the price is " + std::string(name_of(price.model)) + (price.unit_fen ? "" : " without unit_fen") +
                    "; what usage is worth follows from a price per call or period",
                "/body/price/limits_settling");
}

// By the vocabularies in force today where the seller is, as an application is judged by those where its holder is.
Verdict check_words(const EntryTx& tx, const TradeTerms& terms) {
  const auto seller = tx.find<Org>(tx.context().org("seller").text);
  LEDGER_ASSERT(seller);  // the engine asked for registered parties
  const auto check = [&](Vocabulary vocabulary, std::string_view word, std::string_view pointer) -> Verdict {
    const WordsInForce words = words_on(tx.view(), vocabulary, seller->region, tx.context().day());
    if (words.has(word)) return {};
    return refuse(V::word_unknown, std::string(word) + "; one of " + words.codes(), std::string(pointer));
  };
  DENGJI_TRY(check(Vocabulary::supply_mode, name_of(terms.mode), "/body/mode"));
  return check(Vocabulary::purpose, terms.purpose, "/body/purpose");
}

Verdict check_term_and_tax(const TradeTerms& terms) {
  if (terms.starts_on && terms.ends_on && *terms.ends_on < *terms.starts_on) {
    return refuse(V::term_order, format_date(*terms.starts_on) + " to " + format_date(*terms.ends_on), "/body/ends_on");
  }
  if (terms.tax_fen > terms.amount_fen) {
    return refuse(V::tax_exceeds_amount, fen_text(terms.tax_fen) + " of " + fen_text(terms.amount_fen),
                  "/body/tax_fen");
  }
  return {};
}

Verdict check_terms(const EntryTx& tx, const TradeTerms& terms, const OrgId& seller) {
  DENGJI_TRY(check_term_and_tax(terms));
  DENGJI_TRY(check_price(terms.price));
  return terms.shares ? check_shares(tx, *terms.shares, seller) : Verdict{};
}

void tell_deadlines(EntryTx& tx, const Trade& trade, const std::optional<Date>& deliver_by,
                    const std::optional<Date>& ends_on) {
  if (deliver_by) tx.deadline(Trade::kKind, trade.no.text, "delivery", *deliver_by);
  if (ends_on) tx.deadline(Trade::kKind, trade.no.text, "term", *ends_on);
}

Trade make_trade(EntryTx& tx, const TradeTerms& terms, const Certificate& certificate) {
  const auto& context = tx.context();
  const auto seller = tx.find<Org>(context.org("seller").text);
  const auto buyer = tx.find<Org>(context.org("buyer").text);
  LEDGER_ASSERT(seller && buyer);  // the engine asked for registered parties
  Trade trade;
  trade.seller = seller->id;
  trade.buyer = buyer->id;
  if (const entry::Party* platform = context.party("platform")) trade.platform = platform->org;
  trade.dataset = certificate.dataset;
  trade.terms = terms;
  trade.seller_region = seller->region;
  trade.buyer_region = buyer->region;
  trade.seller_scale = seller->scale;
  trade.buyer_scale = buyer->scale;
  trade.cross_province = !same_province(seller->region, buyer->region);
  trade.agreed_at = context.time;
  trade.agreed_seq = static_cast<std::int64_t>(context.seq.value);
  return trade;
}

Verdict apply_agree(EntryTx& tx, const TradeTerms& terms) {
  DENGJI_TRY(check_parties(tx));
  const auto certificate = check_certificate(tx, terms);
  if (!certificate) return std::unexpected(certificate.error());
  DENGJI_TRY(check_trade_origin(tx, {.seller = tx.context().org("seller"),
                                     .buyer = tx.context().org("buyer"),
                                     .certificate = terms.certificate,
                                     .offer = terms.offer,
                                     .demand = terms.demand}));
  DENGJI_TRY(check_words(tx, terms));
  DENGJI_TRY(check_terms(tx, terms, certificate->holder));
  Trade trade = make_trade(tx, terms, *certificate);
  auto no = tx.assign_number("JY", Trade::kKind, trade.seller_region);
  if (!no) return std::unexpected(std::move(no.error()));
  trade.no = *no;
  tx.status(Trade::kKind, trade.no.text, "", name_of(trade.status));
  trade.first_contract = tx.mark("first_contract", place_of(tx.view(), trade.seller).text + "/" + trade.dataset);
  if (terms.amount_fen > Fen(0)) {
    DENGJI_TRY(tx.post("trade_agreed", trade.no.text,
                       {{trade_account(trade.no, "contract"), trade_account(trade.no, "headroom"), terms.amount_fen}}));
  }
  auto service = assess_service_fees_on_agree(tx, trade.no.text, trade_fee_parties(trade));
  if (!service) return std::unexpected(std::move(service.error()));
  trade.service = std::move(*service);
  tell_deadlines(tx, trade, terms.deliver_by, terms.ends_on);
  tx.create(trade);
  tx.subject(Trade::kKind, trade.no.text);
  return {};
}

// --- amending
TradeTerms amended(const TradeTerms& terms, const AmendBody& body) {
  TradeTerms next = terms;
  if (body.amount_fen) next.amount_fen = *body.amount_fen;
  if (body.tax_fen) next.tax_fen = *body.tax_fen;
  if (body.quantity) next.quantity = body.quantity;
  if (body.starts_on) next.starts_on = body.starts_on;
  if (body.ends_on) next.ends_on = body.ends_on;
  if (body.deliver_by) next.deliver_by = body.deliver_by;
  return next;
}

// The ceiling's change moves between contract and headroom; what is settled stays covered.
Verdict move_ceiling(EntryTx& tx, const Trade& trade, Fen ceiling) {
  const std::string contract = trade_account(trade.no, "contract");
  const std::string headroom = trade_account(trade.no, "headroom");
  const std::int64_t more = ceiling.value() - trade.terms.amount_fen.value();
  if (more == 0) return {};
  if (more > 0) return tx.post("trade_amended", trade.no.text, {{contract, headroom, Fen(more)}});
  const Fen settled = posted_balance(tx.view(), trade_account(trade.no, "settled"));
  if (ceiling < settled) {
    return refuse(
        V::ceiling_below_settled,
        fen_text(settled) + " are settled of trade " + trade.no.text + "; a ceiling from there up is possible",
        "/body/amount_fen");
  }
  return tx.post("trade_amended", trade.no.text, {{headroom, contract, Fen(-more)}});
}

Verdict check_both_sides(const EntryTx& tx, const Trade& trade) {
  DENGJI_TRY(check_signs_for(tx, trade, "seller"));
  return check_signs_for(tx, trade, "buyer");
}

Verdict apply_amend(EntryTx& tx, const AmendBody& body) {
  auto trade = trade_to_act_on(tx, body.trade);
  if (!trade) return std::unexpected(std::move(trade.error()));
  DENGJI_TRY(check_both_sides(tx, *trade));
  DENGJI_TRY(check_platform_apart(tx, *trade));
  DENGJI_TRY(check_running(*trade));
  const TradeTerms terms = amended(trade->terms, body);
  if (encode(terms) == encode(trade->terms)) {
    return refuse(V::nothing_amended, "trade " + trade->no.text + " has these terms already; name what changes",
                  "/body");
  }
  DENGJI_TRY(check_term_and_tax(terms));
  DENGJI_TRY(move_ceiling(tx, *trade, terms.amount_fen));
  const bool new_base = terms.amount_fen != trade->terms.amount_fen || terms.tax_fen != trade->terms.tax_fen;
  trade->terms = terms;
  trade->amended_hash = body.contract_hash;
  ++trade->amendments;
  tell_deadlines(tx, *trade, body.deliver_by, body.ends_on);
  tx.put(*trade);
  // The part of the price that is tax decides the base of lines that leave it out.
  return new_base ? on_trade_changed(tx, *trade) : Verdict{};
}

// --- ending
Verdict end_trade(EntryTx& tx, const EndTradeBody& body, TradeStatus to) {
  auto trade = trade_to_act_on(tx, body.trade);
  if (!trade) return std::unexpected(std::move(trade.error()));
  DENGJI_TRY(check_both_sides(tx, *trade));
  DENGJI_TRY(check_running(*trade));
  if (to == TradeStatus::voided && trade_has_money(tx.view(), trade->no)) {
    return refuse(V::has_money,
                  "money was recorded for trade " + trade->no.text + "; trade.terminate ends it from now on",
                  "/body/trade");
  }
  set_trade_status(tx, *trade, to);
  tx.put(*trade);
  return {};
}

Verdict apply_close(EntryTx& tx, const EndTradeBody& body) {
  return end_trade(tx, body, TradeStatus::closed);
}

Verdict apply_terminate(EntryTx& tx, const EndTradeBody& body) {
  return end_trade(tx, body, TradeStatus::terminated);
}

Verdict apply_void(EntryTx& tx, const EndTradeBody& body) {
  return end_trade(tx, body, TradeStatus::voided);
}

}  // namespace

std::vector<EntryTypeInfo> trade_agreement_types() {
  constexpr std::string_view kArea = "trade";
  constexpr auto kParties = Visibility::parties;
  const SignerRule kSeller{{"seller"}, 1, 1};
  const SignerRule kBuyer{{"buyer"}, 1, 1};
  const SignerRule kAttestor{{"platform"}, 0, 1};
  const SignerRule kPlatform{{"platform"}, 1, 1};
  return {
      entry_type<TradeTerms, &apply_agree>(
          "trade.agree", kArea,
          {"Seller and buyer agree on a trade of certified data; a platform may attest it",
           "买卖双方达成交易，平台可见证"},
          {kSeller, kBuyer, kAttestor}, kParties),
      entry_type<AmendBody, &apply_amend>(
          "trade.amend", kArea,
          {"Seller and buyer change ceiling, tax, quantity or term of a running trade, attested by the platform",
           "双方变更交易上限、税额、数量或期限，平台见证"},
          {kSeller, kBuyer, kPlatform}, kParties),
      entry_type<EndTradeBody, &apply_close>("trade.close", kArea,
                                             {"Seller and buyer declare the trade fulfilled", "双方确认交易履行完毕"},
                                             {kSeller, kBuyer}, kParties),
      entry_type<EndTradeBody, &apply_terminate>("trade.terminate", kArea,
                                                 {"Seller and buyer end the trade early", "双方提前终止交易"},
                                                 {kSeller, kBuyer}, kParties),
      entry_type<EndTradeBody, &apply_void>(
          "trade.void", kArea,
          {"Seller and buyer void a trade for which no money was recorded", "双方作废尚未结算的交易"},
          {kSeller, kBuyer}, kParties),
  };
}

}  // namespace dengji::contracts
