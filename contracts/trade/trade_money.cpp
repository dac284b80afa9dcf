#include <algorithm>

#include "contracts/subsidy/subsidies.hpp"
#include "contracts/trade/trade_acts.hpp"

namespace dengji::contracts {
namespace {

using V = TradeVerdict;

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
  const std::string headroom = trade_account(body.trade, "headroom");
  auto posted =
      tx.post("trade_settled", body.trade.text, {{headroom, trade_account(body.trade, "settled"), body.amount_fen}});
  if (posted || posted.error().verdict != static_cast<std::uint16_t>(General::account_limit)) return posted;
  return refuse(V::over_ceiling,
                "trade " + body.trade.text + " has headroom of " + fen_text(posted_balance(tx.view(), headroom)),
                "/body/amount_fen");
}

// Where the terms say so, no more than usage is worth; such a trade cannot be prepaid.
Verdict check_usage_covers(const EntryTx& tx, const Trade& trade, Fen amount) {
  if (!trade.terms.price.limits_settling.value_or(false)) return {};
  const Fen settled = posted_balance(tx.view(), trade_account(trade.no, "settled"));
  const std::int64_t left = trade.performance.used_fen.value() - settled.value();
  if (amount.value() <= left) return {};
  return refuse(V::over_usage,
                "usage of trade " + trade.no.text + " is worth " + fen_text(trade.performance.used_fen) + ", " +
                    fen_text(settled) + " are settled; record the usage first",
                "/body/amount_fen");
}

Verdict apply_settle(EntryTx& tx, const SettleBody& body) {
  auto trade = trade_to_record(tx, body.trade, "/body/trade");
  if (!trade) return std::unexpected(std::move(trade.error()));
  if (body.bank_date < trade->agreed_on()) {
    return refuse(V::bank_date_before_agreement, "agreed on " + format_date(trade->agreed_on()), "/body/bank_date");
  }
  DENGJI_TRY(check_not_future(tx, body.bank_date));
  DENGJI_TRY(check_usage_covers(tx, *trade, body.amount_fen));
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
                        .voucher_line = body.voucher.line,
                        .prepaid = trade->performance.reached() == TradeStatus::agreed};
  const std::string id = settlement.object_id();
  if (trade->status != TradeStatus::settling && !trade->ended() && trade->status != TradeStatus::disputed) {
    set_trade_status(tx, *trade, TradeStatus::settling);
    tx.put(*trade);
  }
  tx.status(Settlement::kKind, id, "", settlement.status());
  DENGJI_TRY(post_settled(tx, body));
  DENGJI_TRY(use_voucher(tx, body.voucher, body.amount_fen));
  tx.create(settlement);
  tx.subject(Settlement::kKind, id);
  show_shares(tx, *trade, id, body.amount_fen);
  if (trade->status == TradeStatus::voided || trade->resumes == TradeStatus::voided) {
    tx.flag(Settlement::kKind, id, "void_trade", {trade->no.text});
    return {};
  }
  if (!trade->service) return {};
  return assess_service_fees_on_settle(tx, *trade->service, trade_fee_parties(*trade), id, body.amount_fen);
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
                     {{trade_account(trade->no, "settled"), trade_account(trade->no, "headroom"), body.amount_fen}}));
  DENGJI_TRY(use_voucher(tx, body.voucher, body.amount_fen));
  tx.put(*settlement);
  tx.subject(Settlement::kKind, body.settlement);
  show_shares(tx, *trade, body.settlement, settlement->net());
  if (trade->service) {
    DENGJI_TRY(lower_service_fees_on_refund(tx, *trade->service, body.settlement, settlement->net()));
  }
  return on_settlement_changed(tx, *trade, *settlement);
}

// --- reversing
Verdict apply_reverse(EntryTx& tx, const ReverseBody& body) {
  auto settlement = tx.find<Settlement>(body.settlement);
  if (!settlement) return refuse(General::object_unknown, "settlement " + body.settlement, "/body/settlement");
  auto trade = trade_to_record(tx, settlement->trade, "/body/settlement");
  if (!trade) return std::unexpected(std::move(trade.error()));
  const Fen left = settlement->net();
  if (left == Fen(0)) {
    return refuse(
        V::nothing_to_reverse,
        "settlement " + body.settlement + " is " + std::string(settlement->status()) + "; nothing is left of it",
        "/body/settlement");
  }
  const std::string_view before = settlement->status();
  settlement->reversed_fen = left;
  tx.status(Settlement::kKind, body.settlement, before, settlement->status());
  DENGJI_TRY(tx.post("trade_reversed", trade->no.text,
                     {{trade_account(trade->no, "settled"), trade_account(trade->no, "headroom"), left}}));
  give_back_to_voucher(tx, settlement->voucher, left);
  tx.put(*settlement);
  tx.subject(Settlement::kKind, body.settlement);
  show_shares(tx, *trade, body.settlement, Fen(0));
  DENGJI_TRY(reverse_service_fees(tx, body.settlement));
  return on_settlement_changed(tx, *trade, *settlement);
}

std::string year_key(const OrgId& org, Date day) {
  return org.text + "/" + std::to_string(civil(day).year);
}

}  // namespace

std::vector<EntryTypeInfo> trade_money_types() {
  constexpr std::string_view kArea = "trade";
  constexpr auto kParties = Visibility::parties;
  const SignerRule kPlatform{{"platform"}, 1, 1};
  return {
      entry_type<SettleBody, &apply_settle>("trade.settle", kArea,
                                            {"Records money paid for a trade, with its voucher", "登记交易结算及凭证"},
                                            {kPlatform}, kParties),
      entry_type<RefundBody, &apply_refund>("trade.refund", kArea,
                                            {"Records money paid back of one settlement", "登记某笔结算的退款"},
                                            {kPlatform}, kParties),
      entry_type<ReverseBody, &apply_reverse>(
          "money.reverse", kArea,
          {"Reverses all that is left of a settlement that was recorded in error", "红字冲销误登的结算"}, {kPlatform},
          kParties),
  };
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
  if (reversed_fen > Fen(0)) return "reversed";
  if (refunded_fen == Fen(0)) return "settled";
  return refunded_fen < amount_fen ? "part_refunded" : "refunded";
}

LedgerTime Settlement::certificate_instant() const {
  const LedgerTime day_end{start_of_day(add_days(bank_date, 1)).ms - 1};
  return std::min(day_end, at);
}

}  // namespace dengji::contracts
