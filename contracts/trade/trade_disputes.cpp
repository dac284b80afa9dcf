#include "contracts/trade/trade_disputes.hpp"

#include <algorithm>

#include "contracts/common/calendar.hpp"
#include "contracts/common/policies.hpp"
#include "contracts/subsidy/subsidies.hpp"
#include "contracts/trade/trade_acts.hpp"
#include "ledger/base/assert.hpp"

namespace dengji::contracts {
namespace {

using V = TradeVerdict;

// --- disputing
// The open dispute of one side; at most one.
std::optional<Dispute> open_dispute(const ReadView& view, const Trade& trade, bool by_seller) {
  std::optional<Dispute> found;
  const std::string prefix = index_prefix(Dispute::kKind, "trade", trade.no.text);
  view.scan(prefix, prefix, [&](std::string_view key, std::string_view) {
    auto dispute = find_object<Dispute>(view, key.substr(prefix.size()));
    LEDGER_ASSERT(dispute);
    if (dispute->status == DisputeStatus::open && dispute->by_seller == by_seller) found = std::move(dispute);
    return !found;
  });
  return found;
}

Verdict apply_dispute(EntryTx& tx, const DisputeBody& body) {
  auto trade = trade_to_act_on(tx, body.trade);
  if (!trade) return std::unexpected(std::move(trade.error()));
  const entry::Party& party = tx.context().parties.front();
  const bool by_seller = party.role == "seller";
  DENGJI_TRY(check_signs_for(tx, *trade, party.role));
  if (trade->open_disputes > 0) {
    if (const auto open = open_dispute(tx.view(), *trade, by_seller)) {
      return refuse(V::dispute_open,
                    open->object_id() + " of " + format_date(open->raised_on) + " waits for trade.resolve",
                    "/body/trade");
    }
  }
  DENGJI_TRY(check_serial_left(*trade, trade->disputes, "disputes"));
  const Date today = tx.context().day();
  const TimeLimits limits = time_limits_on(tx.view(), trade->seller_region, today);
  ++trade->disputes;
  ++trade->open_disputes;
  const Dispute dispute{
      .trade = trade->no,
      .n = trade->disputes,
      .seller = trade->seller,
      .buyer = trade->buyer,
      .raised_by = party.org,
      .by_seller = by_seller,
      .ground = body.ground,
      .statement = body.statement,
      .amount_fen = body.amount_fen,
      .evidence = body.evidence.value_or(std::vector<Hash32>{}),
      .raised_on = today,
      .seq = static_cast<std::int64_t>(tx.context().seq.value),
      .answer_due = working_days_after(tx.view(), today, limits.days_to_answer()),
  };
  const std::string id = dispute.object_id();
  if (trade->status != TradeStatus::disputed) {
    trade->resumes = trade->status;
    set_trade_status(tx, *trade, TradeStatus::disputed);
  }
  tx.status(Dispute::kKind, id, "", name_of(dispute.status));
  tx.deadline(Dispute::kKind, id, "answer", dispute.answer_due);
  tx.put(*trade);
  tx.create(dispute);
  tx.subject(Dispute::kKind, id);
  return {};
}

// --- judging
// Neither a party of the trade, nor the successor of one, nor related to one today.
Verdict check_judge(const EntryTx& tx, const Trade& trade) {
  const OrgId& judge = tx.context().parties.front().org;
  const Date today = tx.context().day();
  const auto mine = tx.find<Org>(judge.text);
  LEDGER_ASSERT(mine);  // the engine asked for registered parties
  for (const OrgId* party : {&trade.seller, &trade.buyer}) {
    const auto theirs = tx.find<Org>(party->text);
    LEDGER_ASSERT(theirs);
    if (acts_for_party(tx, judge, *party) || related(*mine, *theirs, {today, today})) {
      return refuse(
          V::judge_is_party,
          judge.text + " and " + party->text + " of trade " + trade.no.text + "; another platform or bureau decides",
          "/parties/0/org");
    }
  }
  return {};
}

// Where a trade goes on when its last dispute is resolved: money may have come meanwhile.
TradeStatus resumed(const ReadView& view, const Trade& trade) {
  const TradeStatus before = trade.resumes.value_or(TradeStatus::agreed);
  const bool running =
      before != TradeStatus::closed && before != TradeStatus::terminated && before != TradeStatus::voided;
  return running && trade_has_money(view, trade.no) ? TradeStatus::settling : before;
}

Verdict apply_resolve(EntryTx& tx, const ResolveBody& body) {
  auto dispute = tx.find<Dispute>(body.dispute);
  if (!dispute) return refuse(General::object_unknown, "dispute " + body.dispute, "/body/dispute");
  auto trade = trade_to_act_on(tx, dispute->trade, "/body/dispute");
  if (!trade) return std::unexpected(std::move(trade.error()));
  DENGJI_TRY(check_judge(tx, *trade));
  if (dispute->status == DisputeStatus::resolved) {
    return refuse(V::dispute_resolved,
                  body.dispute + " was " + std::string(name_of(*dispute->outcome)) + " on " +
                      format_date(*dispute->resolved_on) + "; a new one can be raised",
                  "/body/dispute");
  }
  const TradeStatus next = resumed(tx.view(), *trade);
  const bool ended = next == TradeStatus::closed || next == TradeStatus::terminated || next == TradeStatus::voided;
  if (body.terminates.value_or(false) && ended) {
    return refuse(V::status_not_open, "trade " + trade->no.text + " was " + std::string(name_of(next)) + " before",
                  "/body/terminates");
  }
  tx.status(Dispute::kKind, body.dispute, name_of(dispute->status), name_of(DisputeStatus::resolved));
  dispute->status = DisputeStatus::resolved;
  dispute->outcome = body.outcome;
  dispute->reason = body.reason;
  dispute->ruling_hash = body.ruling_hash;
  dispute->resolved_by = tx.context().parties.front().org;
  dispute->resolved_on = tx.context().day();
  trade->resumes = body.terminates.value_or(false) ? TradeStatus::terminated : next;
  if (--trade->open_disputes == 0) {
    set_trade_status(tx, *trade, *trade->resumes);
    trade->resumes.reset();
  }
  tx.put(*dispute);
  tx.put(*trade);
  tx.subject(Dispute::kKind, body.dispute);
  return {};
}

// --- flagging
Verdict apply_flag(EntryTx& tx, const FlagBody& body) {
  auto trade = trade_to_act_on(tx, body.trade);
  if (!trade) return std::unexpected(std::move(trade.error()));
  DENGJI_TRY(check_judge(tx, *trade));
  if (trade->flag) {
    return refuse(V::flagged_already,
                  "trade " + trade->no.text + " is flagged as " + std::string(name_of(trade->flag->reason)) +
                      " since " + format_date(trade->flag->on) + "; trade.clear comes first",
                  "/body/trade");
  }
  const auto seq = static_cast<std::int64_t>(tx.context().seq.value);
  std::vector<std::string> members;
  for (std::size_t i = 0; i < body.evidence.size(); ++i) {
    if (body.evidence[i] >= seq) {
      return refuse(V::evidence_unknown,
                    "entry " + std::to_string(body.evidence[i]) + "; the last is " + std::to_string(seq - 1),
                    "/body/evidence/" + std::to_string(i));
    }
    members.push_back(std::to_string(body.evidence[i]));
  }
  const entry::Party& party = tx.context().parties.front();
  trade->flag = TradeFlag{.reason = body.reason,
                          .note = body.note,
                          .by = party.org,
                          .by_bureau = party.role == "bureau",
                          .on = tx.context().day(),
                          .evidence = body.evidence};
  tx.flag(Trade::kKind, trade->no.text, name_of(body.reason), std::move(members));
  tx.put(*trade);
  return on_trade_changed(tx, *trade);
}

Verdict apply_clear(EntryTx& tx, const ClearBody& body) {
  auto trade = trade_to_act_on(tx, body.trade);
  if (!trade) return std::unexpected(std::move(trade.error()));
  DENGJI_TRY(check_judge(tx, *trade));
  if (!trade->flag) return refuse(V::not_flagged, "trade " + trade->no.text, "/body/trade");
  if (trade->flag->by_bureau && tx.context().parties.front().role != "bureau") {
    return refuse(
        V::flagged_by_bureau,
        "trade " + trade->no.text + " was flagged by " + trade->flag->by.text + " on " + format_date(trade->flag->on),
        "/parties/0/role");
  }
  tx.flag(Trade::kKind, trade->no.text, "cleared", {std::string(name_of(trade->flag->reason))});
  trade->flag.reset();
  tx.put(*trade);
  return on_trade_changed(tx, *trade);
}

}  // namespace

std::string Dispute::id(const RegNo& trade, std::int64_t n) {
  return trade_part_id(trade, "X", n);
}

void Dispute::indexes(const Dispute& dispute, IndexSink& sink) {
  sink.add("trade", dispute.trade.text);
  sink.add("status", name_of(dispute.status));
  if (dispute.status == DisputeStatus::open) index_open(sink);
}

std::vector<Deadline> Dispute::deadlines(const Dispute& dispute, DeadlineCall&) {
  if (dispute.status != DisputeStatus::open) return {};
  const std::string_view role = dispute.by_seller ? "buyer" : "seller";
  return {{"answer", dispute.raised_on, dispute.answer_due, role, dispute.by_seller ? dispute.buyer : dispute.seller}};
}

void Dispute::extend_json(const Dispute& dispute, const ReadView&, LedgerTime, Json& json) {
  json["id"] = dispute.object_id();
}

std::vector<EntryTypeInfo> trade_dispute_types() {
  constexpr std::string_view kArea = "trade";
  constexpr auto kParties = Visibility::parties;
  const SignerRule kSide{{"seller", "buyer"}, 1, 1};
  const SignerRule kJudge{{"platform", "bureau"}, 1, 1};
  return {
      entry_type<DisputeBody, &apply_dispute>(
          "trade.dispute", kArea,
          {"Seller or buyer disputes a trade, also one that has ended; money can be recorded meanwhile",
           "提起交易争议"},
          {kSide}, kParties),
      entry_type<ResolveBody, &apply_resolve>(
          "trade.resolve", kArea,
          {"The platform or the bureau resolves a dispute and may end the trade with it", "解决交易争议"}, {kJudge},
          kParties),
      entry_type<FlagBody, &apply_flag>(
          "trade.flag", kArea,
          {"Flags a trade, such as a circular one: it earns no subsidy until it is cleared", "标记异常交易"}, {kJudge},
          kParties),
      entry_type<ClearBody, &apply_clear>("trade.clear", kArea,
                                          {"Clears a flagged trade; its settlements count again", "解除交易标记"},
                                          {kJudge}, kParties),
  };
}

}  // namespace dengji::contracts
