#include "contracts/trade/trades.hpp"

#include <algorithm>
#include <array>

#include "contracts/trade/trade_acts.hpp"
#include "contracts/trade/trade_disputes.hpp"
#include "contracts/trade/trade_performance.hpp"

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
    row(V::disputed, "trade_disputed",
        "The trade is in dispute; until it is resolved only money and the other side's dispute are recorded",
        "交易存在争议，解决前仅可登记资金及对方争议"),
    row(V::has_money, "trade_has_money", "A trade with money recorded can be terminated, not voided",
        "已有结算的交易只可终止，不可作废"),
    row(V::ceiling_below_settled, "ceiling_below_settled", "The new ceiling lies below what is settled",
        "新上限低于已结算金额"),
    row(V::nothing_amended, "nothing_amended", "The amendment changes nothing", "变更内容与现有约定相同"),
    row(V::limit_needs_price, "limit_needs_price",
        "Settling can be limited to usage only with a unit price per call or period",
        "仅按次或按期且有单价的交易可按用量限制结算"),
    row(V::serials_used_up, "trade_serials_used_up", "The trade has no serial of this kind left",
        "该交易此类流水号已用尽"),
    row(V::delivery_judged, "delivery_judged", "The delivery was accepted whole or refused already",
        "该次交付已全部验收或拒收"),
    row(V::reason_missing, "acceptance_reason_missing", "Refusing, or accepting in part, needs a reason",
        "拒收或部分验收须说明理由"),
    row(V::accept_member, "acceptance_quantity_unfit", "A quantity belongs to an acceptance in part",
        "仅部分验收填写数量"),
    row(V::accept_too_much, "acceptance_too_much",
        "An acceptance in part is for less than was delivered, and never falls",
        "部分验收数量须小于交付数量且不得减少"),
    row(V::not_metered, "trade_not_metered", "Usage is recorded where the price is per call or per period",
        "仅按次或按期计价的交易登记用量"),
    row(V::usage_signers, "usage_signers", "Usage is signed by the platform alone, or by seller and buyer",
        "用量由平台单独签署，或由买卖双方共同签署", 403),
    row(V::usage_member, "usage_member", "The usage lacks what the price counts, or has what it does not count",
        "用量缺少计价项或含非计价项"),
    row(V::usage_period, "usage_period", "The period of use is no past period within the trade's term",
        "用量期间须在交易期限内且已届满"),
    row(V::usage_overlaps, "usage_overlaps", "The period of use begins within one recorded before",
        "用量期间与已登记期间重叠"),
    row(V::over_usage, "over_usage", "More would be settled than the usage recorded is worth",
        "结算金额超出已登记用量的价值"),
    row(V::dispute_open, "dispute_open", "This side has a dispute open about the trade", "该方对此交易已有未决争议"),
    row(V::dispute_resolved, "dispute_resolved", "The dispute was resolved already", "争议已解决"),
    row(V::judge_is_party, "judge_is_party", "Who resolves, flags or clears is a party of the trade or related to one",
        "裁决或标记方是交易一方或其关联方", 403),
    row(V::flagged_already, "trade_flagged", "The trade is flagged already", "交易已被标记"),
    row(V::not_flagged, "trade_not_flagged", "The trade is not flagged", "交易未被标记"),
    row(V::flagged_by_bureau, "flagged_by_bureau", "What the bureau flagged only the bureau clears",
        "主管部门作出的标记仅由主管部门解除", 403),
    row(V::evidence_unknown, "evidence_unknown", "The evidence names an entry that is not in the ledger",
        "所引证据条目不在账本中"),
    row(V::nothing_to_reverse, "nothing_to_reverse", "Nothing is left of the settlement", "该笔结算已无余额可冲销"),
    row(V::word_unknown, "trade_word_unknown", "The word is not in the vocabulary", "词汇表中没有该词"),
    row(VoucherVerdict::total_differs, "voucher_total_differs", "The voucher was recorded with another total",
        "凭证总额与先前登记不符"),
    row(VoucherVerdict::line_used, "voucher_line_used", "The line of the voucher was used before", "凭证行已被使用"),
    row(VoucherVerdict::exceeded, "voucher_exceeded", "The voucher's lines would exceed its total",
        "凭证各行合计超出总额"),
};

// Money that came before what it is for. A delivery is worth the whole price, usage what it is worth at the unit price.
Fen prepaid(const Trade& trade, Fen settled) {
  if (trade.performance.reached() == TradeStatus::agreed) return settled;
  const bool by_usage = trade.performance.usages > 0 && trade.performance.deliveries == 0 && trade.terms.price.unit_fen;
  if (!by_usage) return Fen(0);
  return Fen(std::max<std::int64_t>(0, settled.value() - trade.performance.used_fen.value()));
}

std::vector<EntryTypeInfo> all_types() {
  std::vector<EntryTypeInfo> all;
  for (auto&& types :
       {trade_agreement_types(), trade_performance_types(), trade_money_types(), trade_dispute_types()}) {
    all.insert(all.end(), types.begin(), types.end());
  }
  return all;
}

}  // namespace

void Trade::indexes(const Trade& trade, IndexSink& sink) {
  sink.add("seller", trade.seller.text);
  sink.add("buyer", trade.buyer.text);
  sink.add("certificate", trade.terms.certificate.text);
  sink.add("dataset", trade.dataset);
  if (trade.terms.offer) sink.add("offer", *trade.terms.offer);
  if (trade.terms.demand) sink.add("demand", *trade.terms.demand);
  if (trade.flag) sink.add("flag", name_of(trade.flag->reason));
  if (trade.awaits_delivery()) index_open(sink);
  if (!trade.ended() && trade.terms.ends_on) index_lapse(sink, *trade.terms.ends_on);
}

std::vector<Deadline> Trade::deadlines(const Trade& trade, DeadlineCall&) {
  std::vector<Deadline> found;
  if (trade.awaits_delivery()) {
    found.push_back({"delivery", trade.agreed_on(), *trade.terms.deliver_by, "seller", trade.seller});
  }
  if (trade.ended() || !trade.terms.ends_on) return found;
  const Date since = trade.terms.starts_on.value_or(trade.agreed_on());
  found.push_back({"term", since, *trade.terms.ends_on, "seller", trade.seller, true});
  found.push_back({"term", since, *trade.terms.ends_on, "buyer", trade.buyer, true});
  return found;
}

std::vector<OrgId> Trade::readers() const {
  std::vector<OrgId> orgs{seller, buyer};
  if (platform) orgs.push_back(*platform);
  return orgs;
}

void Trade::extend_json(const Trade& trade, const ReadView& view, LedgerTime, Json& json) {
  const Fen settled = posted_balance(view, trade_account(trade.no, "settled"));
  json["settled_fen"] = settled.value();
  json["headroom_fen"] = posted_balance(view, trade_account(trade.no, "headroom")).value();
  json["prepaid_fen"] = prepaid(trade, settled).value();
}

const Area& trade_area() {
  static const std::vector<EntryTypeInfo> types = all_types();
  static const std::vector<ObjectKindInfo> kinds{
      object_kind<Trade>("trades", {"Trades by JY number, with what is settled, left and prepaid", "交易"},
                         Visibility::parties,
                         {{"seller", "Seller"},
                          {"buyer", "Buyer"},
                          {"certificate", "ZS number"},
                          {"dataset", "Data set behind the certificate"},
                          {"offer", "Offer that it answers"},
                          {"demand", "Demand that it answers"},
                          {"flag", "Reason of the flag that keeps it out of subsidies"}}),
      object_kind<Settlement>("settlements", {"Settlements by JY number and serial", "结算"}, Visibility::parties,
                              {{"trade", "JY number"},
                               {"seller_year", "<seller>/<year of the bank date>"},
                               {"buyer_year", "<buyer>/<year of the bank date>"}}),
      object_kind<DeliveryNote>("deliveries", {"Deliveries by JY number and serial", "交付"}, Visibility::parties,
                                {{"trade", "JY number"}}),
      object_kind<UsageRecord>("usages", {"Use of metered trades by JY number and serial", "用量"}, Visibility::parties,
                               {{"trade", "JY number"}}),
      object_kind<Dispute>("disputes", {"Disputes about trades by JY number and serial", "争议"}, Visibility::parties,
                           {{"trade", "JY number"}, {"status", "open or resolved"}}),
  };
  static const Area area{"trade", 400, types, kinds, kVerdicts};
  return area;
}

}  // namespace dengji::contracts
