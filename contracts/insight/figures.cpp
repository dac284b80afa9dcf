#include "contracts/insight/figures.hpp"

#include "crypto/base64.hpp"

namespace dengji::contracts::insight {
namespace {

using F = Figure;

constexpr std::array<FigureInfo, kFigures> kTable = {{
    {F::datasets_applied, "datasets.applied", "registration",
     "Applications, by day of registration, else of application", "登记申请数"},
    {F::datasets_registered, "datasets.registered", "registration",
     "Data sets that were registered and not revoked, by day of registration", "已登记数据集数（不含撤销）"},
    {F::datasets_in_force, "datasets.in_force", "registration", "Of these, registered today and not expired or frozen",
     "有效登记数"},
    {F::datasets_certified, "datasets.certified", "registration", "Of these, with a certificate that is valid today",
     "持有效认定证书数"},
    {F::platform_trades, "platform.trades", "platform", "Agreements on the platform, by day of agreement",
     "平台成交合同数"},
    {F::platform_settled_fen, "platform.settled_fen", "platform", "Settlements on the platform, by bank date",
     "平台结算金额"},
    {F::platform_refunded_fen, "platform.refunded_fen", "platform",
     "Money paid back of them, by the day it was recorded", "平台退款金额"},
    {F::platform_reversed_fen, "platform.reversed_fen", "platform",
     "Settlements recorded in error, by the day of the reversal", "平台红字冲销金额"},
    {F::platform_net_fen, "platform.net_fen", "platform", "Settled less refunded and reversed", "平台净结算金额"},
    {F::platform_cross_net_fen, "platform.cross_net_fen", "platform",
     "Of the net, between parties of different provinces", "跨省净结算金额"},
    {F::platform_sme_net_fen, "platform.sme_net_fen", "platform",
     "Of the net, sold by medium, small and micro enterprises", "中小微企业净销售金额"},
    {F::platform_state_net_fen, "platform.state_net_fen", "platform", "Of the net, sold by state-owned enterprises",
     "国有企业净销售金额"},
    {F::platform_flagged_trades, "platform.flagged_trades", "platform",
     "Of the agreements, those that bear a flag: they earn nothing", "被标记合同数"},
    {F::platform_flagged_net_fen, "platform.flagged_net_fen", "platform", "Of the net, from flagged agreements",
     "被标记合同净结算金额"},
    {F::filed_confirmed, "filed.confirmed", "filed",
     "Filings that both parties confirmed, by first day of the contract", "双方确认备案数"},
    {F::filed_confirmed_fen, "filed.confirmed_fen", "filed", "Amounts of these contracts", "双方确认备案金额"},
    {F::filed_one_sided, "filed.one_sided", "one_sided", "Filings of one party only", "单方备案数"},
    {F::filed_one_sided_fen, "filed.one_sided_fen", "one_sided", "Amounts of these contracts", "单方备案金额"},
    {F::filed_mismatched, "filed.mismatched", "mismatched", "Filings on which the parties differ", "不一致备案数"},
    {F::filed_mismatched_fen, "filed.mismatched_fen", "mismatched", "Amounts as first declared", "不一致备案金额"},
    {F::filed_disputed, "filed.disputed", "disputed", "Filings that a party disputes", "有争议备案数"},
    {F::filed_disputed_fen, "filed.disputed_fen", "disputed", "Amounts as declared", "有争议备案金额"},
    {F::reported_confirmed_fen, "reported.confirmed_fen", "filed",
     "Periods of running contracts on which both parties agree; a part of such a contract's amount, not beside it",
     "周期性备案双方确认金额"},
    {F::reported_one_sided_fen, "reported.one_sided_fen", "one_sided", "Periods that one party alone reported",
     "周期性备案单方申报金额"},
    {F::reported_mismatched_fen, "reported.mismatched_fen", "mismatched", "Periods on which they differ",
     "周期性备案不一致金额"},
    {F::fees_assessed_fen, "fees.assessed_fen", "fees", "Fees assessed less cancelled, by day of assessment",
     "应收费用"},
    {F::fees_waived_fen, "fees.waived_fen", "fees", "Of these waived", "减免费用"},
    {F::fees_received_fen, "fees.received_fen", "fees", "Money received for them, what is owed back included",
     "实收费用"},
    {F::subsidies_granted_fen, "subsidies.granted_fen", "subsidies",
     "Reserved or granted by live claims, net of cuts and clawbacks, by day of claim", "补贴核定金额"},
    {F::subsidies_paid_fen, "subsidies.paid_fen", "subsidies", "Of these paid", "补贴已拨付金额"},
    {F::subsidies_recovered_fen, "subsidies.recovered_fen", "subsidies", "Recovered of what was paid",
     "补贴已追回金额"},
}};

struct FilingFigures {
  F count;
  F fen;
};

// nullopt: a filing in this state is no volume of any kind.
std::optional<FilingFigures> filing_figures(FilingStatus status) {
  switch (status) {
    case FilingStatus::confirmed:
      return FilingFigures{F::filed_confirmed, F::filed_confirmed_fen};
    case FilingStatus::mismatched:
      return FilingFigures{F::filed_mismatched, F::filed_mismatched_fen};
    case FilingStatus::declared:
      return FilingFigures{F::filed_one_sided, F::filed_one_sided_fen};
    case FilingStatus::disputed:
      return FilingFigures{F::filed_disputed, F::filed_disputed_fen};
    default:
      return std::nullopt;
  }
}

void walk_datasets(const Scope& scope, const Grouper& by, const Period& period, FigureSink& sink) {
  const std::vector<bool>& certified = scope.certified();
  const auto& column = scope.tables().dataset_rows;
  for (const RowIndex index : scope.last_rows(column, &DatasetRow::dataset)) {
    const DatasetRow& row = column[index];
    const bool registered = row.registered_on.days != 0 && row.status != DatasetStatus::revoked;
    if (!period.holds(row.registered_on.days == 0 ? row.applied_on : row.registered_on)) continue;
    if (!sink.row(by.of(row), {row.seq, Dataset::kKind, row.dataset, kNone})) continue;
    sink.add(F::datasets_applied, 1);
    if (registered) sink.add(F::datasets_registered, 1);
    if (!scope.in_force(row)) continue;
    sink.add(F::datasets_in_force, 1);
    if (certified[row.dataset]) sink.add(F::datasets_certified, 1);
  }
}

void walk_trades(const Scope& scope, const Grouper& by, const Period& period, FigureSink& sink) {
  const auto& trades = scope.tables().trades;
  trades.each(scope.count(trades), [&](std::size_t index, const TradeRow& row) {
    const auto trade = static_cast<TradeIndex>(index);
    const TradeVersionRow* now = scope.trade(trade);
    if (!period.holds(row.day) || now->status == TradeStatus::voided) return;
    if (!sink.row(by.of(row, row.day), {row.seq, Trade::kKind, trade, row.buyer})) return;
    sink.add(F::platform_trades, 1);
    if (now->flagged) sink.add(F::platform_flagged_trades, 1);
  });
}

F figure_of(MoneyKind kind) {
  switch (kind) {
    case MoneyKind::settlement:
      return F::platform_settled_fen;
    case MoneyKind::refund:
      return F::platform_refunded_fen;
    case MoneyKind::reversal:
      break;
  }
  return F::platform_reversed_fen;
}

void walk_money(const Scope& scope, const Grouper& by, const Period& period, FigureSink& sink) {
  const auto& trades = scope.tables().trades;
  // All but the month follows from the trade alone.
  std::vector<Group> groups;
  const bool by_month = by.by() == GroupBy::month;
  if (!by_month) {
    groups.reserve(trades.size());
    trades.each(scope.count(trades), [&](std::size_t, const TradeRow& row) { groups.push_back(by.of(row, row.day)); });
  }
  scope.each(scope.tables().money, [&](const MoneyRow& row) {
    if (!period.holds(row.day)) return;
    const TradeRow& trade = trades[row.trade];
    const Group group = by_month ? by.of(trade, row.day) : groups[row.trade];
    if (!sink.row(group, {row.seq, Settlement::kKind, row.trade, trade.buyer})) return;
    sink.add(figure_of(row.kind), row.fen > 0 ? row.fen : -row.fen);
    sink.add(F::platform_net_fen, row.fen);
    if (trade.cross_province) sink.add(F::platform_cross_net_fen, row.fen);
    if (trade.seller_scale != Scale::large) sink.add(F::platform_sme_net_fen, row.fen);
    if (trade.seller_ownership == Ownership::state_owned) sink.add(F::platform_state_net_fen, row.fen);
    if (scope.trade(row.trade)->flagged) sink.add(F::platform_flagged_net_fen, row.fen);
  });
}

void walk_filings(const Scope& scope, const Grouper& by, const Period& period, FigureSink& sink) {
  const auto& column = scope.tables().filings;
  for (const RowIndex index : scope.last_rows(column, &FilingRow::filing)) {
    const FilingRow& row = column[index];
    const auto figures = filing_figures(row.status);
    if (!figures || !period.holds(row.day)) continue;
    if (!sink.row(by.of(row), {row.seq, Filing::kKind, row.filing, row.buyer})) continue;
    sink.add(figures->count, 1);
    sink.add(figures->fen, row.amount_fen);
    sink.add(F::reported_confirmed_fen, row.reported_fen);
    sink.add(F::reported_one_sided_fen, row.reported_one_sided_fen);
    sink.add(F::reported_mismatched_fen, row.reported_mismatched_fen);
  }
}

void walk_fees(const Scope& scope, const Grouper& by, const Period& period, FigureSink& sink) {
  const auto& column = scope.tables().fees;
  for (const RowIndex index : scope.last_rows(column, &FeeRow::fee)) {
    const FeeRow& row = column[index];
    if (!period.holds(row.assessed_on) || !sink.row(by.of(row), {row.seq, Fee::kKind, row.fee, kNone})) continue;
    sink.add(F::fees_assessed_fen, row.assessed_fen);
    sink.add(F::fees_waived_fen, row.waived_fen);
    sink.add(F::fees_received_fen, row.received_fen);
  }
}

void walk_claims(const Scope& scope, const Grouper& by, const Period& period, FigureSink& sink) {
  const auto& column = scope.tables().claims;
  for (const RowIndex index : scope.last_rows(column, &ClaimRow::claim)) {
    const ClaimRow& row = column[index];
    if (!period.holds(row.claimed_on) || !sink.row(by.of(row), {row.seq, Claim::kKind, row.claim, kNone})) continue;
    if (row.status < ClaimStatus::rejected) sink.add(F::subsidies_granted_fen, row.amount_fen);
    sink.add(F::subsidies_paid_fen, row.paid_fen);
    sink.add(F::subsidies_recovered_fen, row.recovered_fen);
  }
}

}  // namespace

const FigureInfo& figure_info(Figure figure) {
  return kTable[static_cast<std::size_t>(figure)];
}

std::optional<Figure> figure_by_id(std::string_view id) {
  for (const FigureInfo& info : kTable) {
    if (info.id == id) return info.figure;
  }
  return std::nullopt;
}

void walk_figures(const Scope& scope, const Grouper& by, const Period& period, FigureSink& sink) {
  // Some groups are of one kind of thing only.
  if (by.by() == GroupBy::line) return walk_claims(scope, by, period, sink);
  if (by.by() == GroupBy::fee_kind) return walk_fees(scope, by, period, sink);
  walk_trades(scope, by, period, sink);
  walk_money(scope, by, period, sink);
  if (by.by() == GroupBy::mode) return;
  walk_datasets(scope, by, period, sink);
  walk_filings(scope, by, period, sink);
  walk_fees(scope, by, period, sink);
  walk_claims(scope, by, period, sink);
}

std::string object_name(const Scope& scope, const Behind& behind) {
  const Tables& tables = scope.tables();
  if (behind.kind == Dataset::kKind) return crypto::to_b64(tables.datasets.name(behind.object));
  if (behind.kind == Trade::kKind || behind.kind == Settlement::kKind) {
    return std::string(tables.trades[behind.object].number());
  }
  return tables.numbers.name(behind.object);
}

}  // namespace dengji::contracts::insight
