#include "contracts/trades.hpp"

#include <algorithm>
#include <array>

#include "contracts/certification.hpp"
#include "contracts/subsidies.hpp"
#include "ledger/base/assert.hpp"

namespace dengji::contracts {
namespace {

using V = TradeVerdict;

template <class E>
constexpr VerdictRow row(E verdict, std::string_view slug, std::string_view en, std::string_view zh, int http = 422) {
  return {static_cast<std::uint16_t>(verdict), slug, http, en, zh};
}

constexpr std::array kVerdicts = {
    row(V::platform_is_party, "platform_is_party", "A platform cannot attest or record money of its own trade",
        "平台不得见证或登记自己参与的交易", 403),
    row(V::not_the_party, "not_the_party", "The signer is not the seller or buyer of the trade",
        "签名方不是该交易的买方或卖方", 403),
    row(V::seller_not_holder, "seller_not_holder", "The seller is not the holder of the certificate",
        "卖方不是认定证书持有人", 403),
    row(V::certificate_not_in_force, "certificate_not_in_force", "The certificate is not in force", "认定证书未生效"),
    row(V::status_not_open, "trade_not_open", "The trade has ended already", "交易已结束"),
    row(V::settlement_serials_used_up, "settlement_serials_used_up", "The trade has no settlement serial left",
        "该交易结算流水号已用尽"),
    row(V::term_order, "trade_term_order", "The term ends before it starts", "期限止日早于起日"),
    row(V::bank_date_before_agreement, "bank_date_before_agreement", "The bank date lies before the agreement",
        "银行日期早于成交日"),
    row(V::bank_date_before_settlement, "bank_date_before_settlement",
        "The bank date of a refund lies before that of its settlement", "退款银行日期早于结算银行日期"),
    row(V::bank_date_future, "bank_date_future", "The bank date lies after the ledger's day", "银行日期晚于账本日期"),
    row(V::tax_exceeds_amount, "tax_exceeds_amount", "The tax is larger than the amount", "税额大于金额"),
    row(V::shares_exceed, "shares_exceed", "The shares of other beneficiaries exceed the whole or name one twice",
        "其他受益人份额超过全部或重复"),
    row(V::share_of_seller, "share_of_seller", "The seller keeps what is not shared out; it takes no share",
        "卖方享有剩余份额，不列为其他受益人"),
    row(V::over_ceiling, "over_ceiling", "More would be settled than the contract's ceiling leaves",
        "结算金额超出合同余额"),
    row(V::over_settlement, "over_settlement", "More would be refunded than is left of the settlement",
        "退款金额超出该笔结算余额"),
    row(VoucherVerdict::total_differs, "voucher_total_differs", "The voucher was recorded with another total",
        "凭证总额与先前登记不符"),
    row(VoucherVerdict::line_used, "voucher_line_used", "The line of the voucher was used before", "凭证行已被使用"),
    row(VoucherVerdict::exceeded, "voucher_exceeded", "The voucher's lines would exceed its total",
        "凭证各行合计超出总额"),
};

std::string fen_text(Fen fen) {
  return std::to_string(fen.value()) + " fen";
}

std::string account(const RegNo& trade, std::string_view name) {
  return std::string("trade/").append(trade.text).append("/").append(name);
}

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

Verdict check_shares(const std::vector<Share>& shares, const OrgId& seller) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const Share& share = shares[i];
    const std::string place = "/body/shares/" + std::to_string(i);
    if (share.org == seller) return refuse(V::share_of_seller, seller.text, place + "/org");
    const bool twice = std::any_of(shares.begin(), shares.begin() + static_cast<std::ptrdiff_t>(i),
                                   [&](const Share& earlier) { return earlier.org == share.org; });
    if (twice) return refuse(V::shares_exceed, share.org.text + " is named twice", place + "/org");
    sum += share.ppm;
    if (sum > 1'000'000) return refuse(V::shares_exceed, std::to_string(sum) + " ppm in all", place + "/ppm");
  }
  return {};
}

Verdict check_terms(const TradeTerms& terms, const OrgId& seller) {
  if (terms.starts_on && terms.ends_on && *terms.ends_on < *terms.starts_on) {
    return refuse(V::term_order, format_date(*terms.starts_on) + " to " + format_date(*terms.ends_on), "/body/ends_on");
  }
  if (terms.tax_fen > terms.amount_fen) {
    return refuse(V::tax_exceeds_amount, fen_text(terms.tax_fen) + " of " + fen_text(terms.amount_fen),
                  "/body/tax_fen");
  }
  return terms.shares ? check_shares(*terms.shares, seller) : Verdict{};
}

ServiceFeeParties fee_parties(const Trade& trade) {
  return {trade.seller, trade.buyer, trade.seller_region, trade.buyer_region};
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
  DENGJI_TRY(check_terms(terms, certificate->holder));
  Trade trade = make_trade(tx, terms, *certificate);
  auto no = tx.assign_number("JY", Trade::kKind, trade.seller_region);
  if (!no) return std::unexpected(std::move(no.error()));
  trade.no = *no;
  tx.status(Trade::kKind, trade.no.text, "", name_of(trade.status));
  trade.first_contract = tx.mark("first_contract", trade.seller.text + "/" + trade.dataset);
  if (terms.amount_fen > Fen(0)) {
    DENGJI_TRY(tx.post("trade_agreed", trade.no.text,
                       {{account(trade.no, "contract"), account(trade.no, "headroom"), terms.amount_fen}}));
  }
  auto service = assess_service_fees_on_agree(tx, trade.no.text, fee_parties(trade));
  if (!service) return std::unexpected(std::move(service.error()));
  trade.service = std::move(*service);
  tx.create(trade);
  tx.subject(Trade::kKind, trade.no.text);
  return {};
}

// --- settling
std::expected<Trade, Refusal> trade_to_record(EntryTx& tx, const RegNo& no, std::string_view pointer) {
  auto trade = tx.find<Trade>(no.text);
  if (!trade) return refuse(General::object_unknown, "trade " + no.text, std::string(pointer));
  const OrgId& platform = tx.context().org("platform");
  if (platform == trade->seller || platform == trade->buyer) {
    return refuse(V::platform_is_party, platform.text + " is a party of " + no.text, "/parties/0/org");
  }
  tx.reader(trade->seller);
  tx.reader(trade->buyer);
  return std::move(*trade);
}

Verdict check_not_future(const EntryTx& tx, Date bank_date) {
  if (bank_date <= tx.context().day()) return {};
  return refuse(V::bank_date_future, "today is " + format_date(tx.context().day()), "/body/bank_date");
}

// The next serial within a trade, kept as a counter so that the trade itself need not be written.
std::expected<std::int64_t, Refusal> next_settlement(EntryTx& tx, const RegNo& trade) {
  const std::string key = counter_key("settlement/" + trade.text);
  std::int64_t n = 0;
  if (const auto bytes = tx.get_raw(key)) Decoder(*bytes).read(n);
  if (n >= kMaxSettlements) return refuse(V::settlement_serials_used_up, "trade " + trade.text, "/body/trade");
  std::string bytes;
  Encoder(bytes).write(++n);
  tx.put_raw(key, std::move(bytes));
  return n;
}

// The account's own limit is the check: the headroom is read again only to tell what would have been possible.
Verdict post_settled(EntryTx& tx, const SettleBody& body) {
  const std::string headroom = account(body.trade, "headroom");
  auto posted =
      tx.post("trade_settled", body.trade.text, {{headroom, account(body.trade, "settled"), body.amount_fen}});
  if (posted || posted.error().verdict != static_cast<std::uint16_t>(General::account_limit)) return posted;
  return refuse(V::over_ceiling,
                "trade " + body.trade.text + " has headroom of " + fen_text(posted_balance(tx.view(), headroom)),
                "/body/amount_fen");
}

Verdict apply_settle(EntryTx& tx, const SettleBody& body) {
  auto trade = trade_to_record(tx, body.trade, "/body/trade");
  if (!trade) return std::unexpected(std::move(trade.error()));
  if (body.bank_date < trade->agreed_on()) {
    return refuse(V::bank_date_before_agreement, "agreed on " + format_date(trade->agreed_on()), "/body/bank_date");
  }
  DENGJI_TRY(check_not_future(tx, body.bank_date));
  const auto n = next_settlement(tx, trade->no);
  if (!n) return std::unexpected(n.error());
  Settlement settlement{.trade = trade->no,
                        .n = *n,
                        .seller = trade->seller,
                        .buyer = trade->buyer,
                        .platform = tx.context().org("platform"),
                        .amount_fen = body.amount_fen,
                        .bank_date = body.bank_date,
                        .cross_province = trade->cross_province,
                        .at = tx.context().time,
                        .seq = static_cast<std::int64_t>(tx.context().seq.value),
                        .voucher = body.voucher.hash,
                        .voucher_line = body.voucher.line};
  const std::string id = settlement.object_id();
  if (trade->status == TradeStatus::agreed) {
    tx.status(Trade::kKind, trade->no.text, name_of(TradeStatus::agreed), name_of(TradeStatus::settling));
    trade->status = TradeStatus::settling;
    tx.put(*trade);
  }
  tx.status(Settlement::kKind, id, "", settlement.status());
  DENGJI_TRY(post_settled(tx, body));
  DENGJI_TRY(use_voucher(tx, body.voucher, body.amount_fen));
  tx.create(settlement);
  tx.subject(Settlement::kKind, id);
  if (!trade->service) return {};
  return assess_service_fees_on_settle(tx, *trade->service, fee_parties(*trade), id, body.amount_fen);
}

// --- refunding
Verdict apply_refund(EntryTx& tx, const RefundBody& body) {
  auto settlement = tx.find<Settlement>(body.settlement);
  if (!settlement) return refuse(General::object_unknown, "settlement " + body.settlement, "/body/settlement");
  auto trade = trade_to_record(tx, settlement->trade, "/body/settlement");
  if (!trade) return std::unexpected(std::move(trade.error()));
  if (body.bank_date < settlement->bank_date) {
    return refuse(V::bank_date_before_settlement, "settled on " + format_date(settlement->bank_date),
                  "/body/bank_date");
  }
  DENGJI_TRY(check_not_future(tx, body.bank_date));
  if (body.amount_fen > settlement->net()) {
    return refuse(V::over_settlement, fen_text(settlement->net()) + " are left of settlement " + body.settlement,
                  "/body/amount_fen");
  }
  const std::string_view before = settlement->status();
  settlement->refunded_fen = Fen(settlement->refunded_fen.value() + body.amount_fen.value());
  if (settlement->status() != before) tx.status(Settlement::kKind, body.settlement, before, settlement->status());
  DENGJI_TRY(tx.post("trade_refunded", trade->no.text,
                     {{account(trade->no, "settled"), account(trade->no, "headroom"), body.amount_fen}}));
  DENGJI_TRY(use_voucher(tx, body.voucher, body.amount_fen));
  tx.put(*settlement);
  tx.subject(Settlement::kKind, body.settlement);
  if (trade->service) {
    DENGJI_TRY(lower_service_fees_on_refund(tx, *trade->service, body.settlement, settlement->net()));
  }
  return on_settlement_changed(tx, *trade, *settlement);
}

// --- ending
Verdict end_trade(EntryTx& tx, const EndTradeBody& body, TradeStatus to) {
  auto trade = tx.find<Trade>(body.trade.text);
  if (!trade) return refuse(General::object_unknown, "trade " + body.trade.text, "/body/trade");
  if (tx.context().org("seller") != trade->seller || tx.context().org("buyer") != trade->buyer) {
    return refuse(V::not_the_party,
                  "trade " + body.trade.text + " is between " + trade->seller.text + " and " + trade->buyer.text,
                  "/parties");
  }
  if (trade->status != TradeStatus::agreed && trade->status != TradeStatus::settling) {
    return refuse(V::status_not_open,
                  "trade " + body.trade.text + " is " + std::string(name_of(trade->status)) +
                      "; only money can still be recorded",
                  "/body/trade");
  }
  tx.status(Trade::kKind, trade->no.text, name_of(trade->status), name_of(to));
  trade->status = to;
  tx.put(*trade);
  tx.subject(Trade::kKind, trade->no.text);
  return {};
}

Verdict apply_close(EntryTx& tx, const EndTradeBody& body) {
  return end_trade(tx, body, TradeStatus::closed);
}

Verdict apply_terminate(EntryTx& tx, const EndTradeBody& body) {
  return end_trade(tx, body, TradeStatus::terminated);
}

std::string year_key(const OrgId& org, Date day) {
  return org.text + "/" + std::to_string(civil(day).year);
}

std::vector<EntryTypeInfo> make_types() {
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
      entry_type<SettleBody, &apply_settle>("trade.settle", kArea,
                                            {"Records money paid for a trade, with its voucher", "登记交易结算及凭证"},
                                            {kPlatform}, kParties),
      entry_type<RefundBody, &apply_refund>("trade.refund", kArea,
                                            {"Records money paid back of one settlement", "登记某笔结算的退款"},
                                            {kPlatform}, kParties),
      entry_type<EndTradeBody, &apply_close>("trade.close", kArea,
                                             {"Seller and buyer declare the trade fulfilled", "双方确认交易履行完毕"},
                                             {kSeller, kBuyer}, kParties),
      entry_type<EndTradeBody, &apply_terminate>("trade.terminate", kArea,
                                                 {"Seller and buyer end the trade early", "双方提前终止交易"},
                                                 {kSeller, kBuyer}, kParties),
  };
}

}  // namespace

void Trade::indexes(const Trade& trade, IndexSink& sink) {
  sink.add("seller", trade.seller.text);
  sink.add("buyer", trade.buyer.text);
  sink.add("certificate", trade.terms.certificate.text);
  sink.add("dataset", trade.dataset);
}

std::vector<OrgId> Trade::readers() const {
  std::vector<OrgId> orgs{seller, buyer};
  if (platform) orgs.push_back(*platform);
  return orgs;
}

void Trade::extend_json(const Trade& trade, const ReadView& view, LedgerTime, Json& json) {
  json["settled_fen"] = posted_balance(view, account(trade.no, "settled")).value();
  json["headroom_fen"] = posted_balance(view, account(trade.no, "headroom")).value();
}

std::string Settlement::id(const RegNo& trade, std::int64_t n) {
  std::string digits = std::to_string(n);
  return trade.text + "-" + std::string(6 - std::min<std::size_t>(6, digits.size()), '0') + digits;
}

void Settlement::indexes(const Settlement& settlement, IndexSink& sink) {
  sink.add("trade", settlement.trade.text);
  sink.add("seller_year", year_key(settlement.seller, settlement.bank_date));
  sink.add("buyer_year", year_key(settlement.buyer, settlement.bank_date));
}

void Settlement::extend_json(const Settlement& settlement, const ReadView&, LedgerTime, Json& json) {
  json["id"] = settlement.object_id();
  json["status"] = std::string(settlement.status());
  json["net_fen"] = settlement.net().value();
}

std::string_view Settlement::status() const {
  if (refunded_fen == Fen(0)) return "settled";
  return refunded_fen < amount_fen ? "part_refunded" : "refunded";
}

LedgerTime Settlement::certificate_instant() const {
  const LedgerTime day_end{start_of_day(add_days(bank_date, 1)).ms - 1};
  return std::min(day_end, at);
}

const Area& trade_area() {
  static const std::vector<EntryTypeInfo> types = make_types();
  static const std::vector<ObjectKindInfo> kinds{
      object_kind<Trade>("trades", {"Trades by JY number, with what is settled and left", "交易"}, Visibility::parties,
                         {{"seller", "Seller"},
                          {"buyer", "Buyer"},
                          {"certificate", "ZS number"},
                          {"dataset", "Data set behind the certificate"}}),
      object_kind<Settlement>("settlements", {"Settlements by JY number and serial", "结算"}, Visibility::parties,
                              {{"trade", "JY number"},
                               {"seller_year", "<seller>/<year of the bank date>"},
                               {"buyer_year", "<buyer>/<year of the bank date>"}}),
  };
  static const Area area{"trade", 400, types, kinds, kVerdicts};
  return area;
}

}  // namespace dengji::contracts
