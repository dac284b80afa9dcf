#include "contracts/trade/trade_performance.hpp"

#include <algorithm>

#include "contracts/trade/trade_acts.hpp"
#include "ledger/base/assert.hpp"

namespace dengji::contracts {
namespace {

using V = TradeVerdict;

Verdict refuse_uncertified(const ReadView& view, const Trade& trade, LedgerTime at) {
  const auto agreed = find_object<Certificate>(view, trade.terms.certificate.text);
  LEDGER_ASSERT(agreed);
  return refuse(V::certificate_not_in_force,
                "certificate " + agreed->no.text + " of trade " + trade.no.text + " is " +
                    std::string(effective_status(view, *agreed, at)) +
                    ", and no other of its data set was in force at " + format_time(at),
                "/body/trade");
}

// Once money was recorded a trade is settling, whatever is performed afterwards.
void follow_performance(EntryTx& tx, Trade& trade) {
  if (trade.status != TradeStatus::settling) set_trade_status(tx, trade, trade.performance.reached());
}

// --- delivering
Verdict apply_deliver(EntryTx& tx, const DeliverBody& body) {
  auto trade = trade_to_act_on(tx, body.trade);
  if (!trade) return std::unexpected(std::move(trade.error()));
  DENGJI_TRY(check_signs_for(tx, *trade, "seller"));
  DENGJI_TRY(check_running(*trade));
  DENGJI_TRY(check_serial_left(*trade, trade->performance.deliveries, "deliveries"));
  const auto certificate = trade_certificate(tx.view(), *trade, tx.context().time);
  if (!certificate) return refuse_uncertified(tx.view(), *trade, tx.context().time);
  const Date today = tx.context().day();
  ++trade->performance.deliveries;
  ++trade->performance.open;
  DeliveryNote note{.trade = trade->no,
                    .n = trade->performance.deliveries,
                    .seller = trade->seller,
                    .buyer = trade->buyer,
                    .platform = trade->platform,
                    .what = body.what,
                    .hash = body.hash,
                    .quantity = body.quantity,
                    .bytes = body.bytes,
                    .certificate = certificate->no,
                    .delivered_on = today,
                    .seq = static_cast<std::int64_t>(tx.context().seq.value),
                    .late = trade->terms.deliver_by && *trade->terms.deliver_by < today};
  const std::string id = note.object_id();
  follow_performance(tx, *trade);
  tx.status(DeliveryNote::kKind, id, "", name_of(note.status));
  if (note.late) tx.flag(DeliveryNote::kKind, id, "late", {format_date(*trade->terms.deliver_by)});
  if (const auto days = trade->terms.accept_within_days) {
    note.accept_by = add_days(today, static_cast<int>(*days));
    tx.deadline(DeliveryNote::kKind, id, "acceptance", *note.accept_by);
  }
  tx.put(*trade);
  tx.create(note);
  tx.subject(DeliveryNote::kKind, id);
  return {};
}

// --- accepting
DeliveryStatus status_after(AcceptOutcome outcome) {
  switch (outcome) {
    case AcceptOutcome::whole:
      return DeliveryStatus::accepted;
    case AcceptOutcome::part:
      return DeliveryStatus::part_accepted;
    case AcceptOutcome::refused:
      return DeliveryStatus::refused;
  }
  std::unreachable();
}

Verdict check_acceptance(const DeliveryNote& note, const AcceptBody& body) {
  if (note.status == DeliveryStatus::accepted || note.status == DeliveryStatus::refused) {
    return refuse(V::delivery_judged,
                  "delivery " + body.delivery + " is " + std::string(name_of(note.status)) +
                      "; what was refused is delivered anew, a defect found later is a dispute",
                  "/body/delivery");
  }
  if (body.outcome != AcceptOutcome::whole && !body.reason) {
    return refuse(V::reason_missing, "delivery " + body.delivery, "/body/reason");
  }
  if (!body.quantity) return {};
  if (body.outcome != AcceptOutcome::part) {
    return refuse(V::accept_member, "delivery " + body.delivery + " is " + std::string(name_of(body.outcome)),
                  "/body/quantity");
  }
  const std::int64_t before = note.accepted_quantity.value_or(0);
  if (*body.quantity < before || (note.quantity && *body.quantity >= *note.quantity)) {
    return refuse(V::accept_too_much,
                  "delivery " + body.delivery + ": " +
                      (note.quantity ? std::to_string(*note.quantity) + " delivered, " : std::string()) +
                      std::to_string(before) + " accepted before",
                  "/body/quantity");
  }
  return {};
}

Verdict apply_accept(EntryTx& tx, const AcceptBody& body) {
  auto note = tx.find<DeliveryNote>(body.delivery);
  if (!note) return refuse(General::object_unknown, "delivery " + body.delivery, "/body/delivery");
  auto trade = trade_to_act_on(tx, note->trade, "/body/delivery");
  if (!trade) return std::unexpected(std::move(trade.error()));
  DENGJI_TRY(check_signs_for(tx, *trade, "buyer"));
  DENGJI_TRY(check_running(*trade));
  DENGJI_TRY(check_acceptance(*note, body));
  const DeliveryStatus next = status_after(body.outcome);
  if (next != note->status) tx.status(DeliveryNote::kKind, body.delivery, name_of(note->status), name_of(next));
  note->status = next;
  note->judged_on = tx.context().day();
  note->reason = body.reason;
  if (body.quantity) note->accepted_quantity = body.quantity;
  if (next == DeliveryStatus::accepted) note->accepted_quantity = note->quantity;
  if (next != DeliveryStatus::part_accepted) --trade->performance.open;
  if (next == DeliveryStatus::accepted) ++trade->performance.accepted;
  follow_performance(tx, *trade);
  tx.put(*note);
  tx.put(*trade);
  tx.subject(DeliveryNote::kKind, body.delivery);
  return {};
}

// --- metering
Verdict check_usage_signers(const EntryTx& tx, const Trade& trade) {
  const bool platform = tx.context().party("platform") != nullptr;
  const bool seller = tx.context().party("seller") != nullptr;
  const bool buyer = tx.context().party("buyer") != nullptr;
  if (seller != buyer || seller == platform) {
    return refuse(V::usage_signers, "usage of trade " + trade.no.text, "/parties");
  }
  if (platform) return check_platform_apart(tx, trade);
  DENGJI_TRY(check_signs_for(tx, trade, "seller"));
  return check_signs_for(tx, trade, "buyer");
}

// In force from the first to the last instant of the period: looked at there and wherever something changed within it.
Verdict check_certified_throughout(const ReadView& view, const Trade& trade, LedgerTime from, LedgerTime to) {
  std::vector<LedgerTime> instants{from, to};
  const auto add = [&](LedgerTime at) {
    if (from < at && at < to) instants.push_back(at);
  };
  const auto dataset = find_object<Dataset>(view, trade.dataset);
  LEDGER_ASSERT(dataset);
  for (const auto& span : dataset->history) add(span.from);
  const std::string prefix = index_prefix(Certificate::kKind, "dataset", trade.dataset);
  view.scan(prefix, prefix, [&](std::string_view key, std::string_view) {
    const auto certificate = find_object<Certificate>(view, key.substr(prefix.size()));
    LEDGER_ASSERT(certificate);
    for (const auto& span : certificate->history) add(span.from);
    add(start_of_day(certificate->valid_from));
    add(start_of_day(add_days(certificate->valid_to, 1)));
    return true;
  });
  std::sort(instants.begin(), instants.end());
  for (const LedgerTime at : instants) {
    if (!trade_certificate(view, trade, at)) return refuse_uncertified(view, trade, at);
  }
  return {};
}

Verdict check_usage_period(const EntryTx& tx, const Trade& trade, const UsageBody& body) {
  const auto refuse_period = [](const std::string& why, const char* place) {
    return refuse(V::usage_period, why, place);
  };
  if (body.to < body.from) {
    return refuse_period(format_date(body.from) + " to " + format_date(body.to) + " ends before it starts", "/body/to");
  }
  if (body.to > tx.context().day()) return refuse_period("today is " + format_date(tx.context().day()), "/body/to");
  const Date first = std::max(trade.agreed_on(), trade.terms.starts_on.value_or(trade.agreed_on()));
  if (body.from < first) {
    return refuse_period("trade " + trade.no.text + " starts on " + format_date(first), "/body/from");
  }
  if (trade.terms.ends_on && body.to > *trade.terms.ends_on) {
    return refuse_period("trade " + trade.no.text + " ends on " + format_date(*trade.terms.ends_on), "/body/to");
  }
  const auto& until = trade.performance.used_until;
  if (until && body.from <= *until) {
    return refuse(
        V::usage_overlaps,
        "usage of trade " + trade.no.text + " is recorded to " + format_date(*until) + "; the next period starts later",
        "/body/from");
  }
  return {};
}

// What the price counts of it.
std::expected<std::int64_t, Refusal> units_of(const Trade& trade, const UsageBody& body) {
  if (trade.terms.price.model == PriceModel::per_period) return body.periods.value_or(1);
  if (body.periods) return refuse(V::usage_member, "trade " + trade.no.text + " is priced per call", "/body/periods");
  if (!body.calls) return refuse(V::usage_member, "trade " + trade.no.text + " is priced per call", "/body/calls");
  return *body.calls;
}

// Adds the units and their worth to the trade; the worth of these alone comes back.
std::expected<std::optional<Fen>, Refusal> add_usage(Performance& performance, const PriceTerms& price,
                                                     std::int64_t units) {
  const auto beyond = [](__int128 sum) { return sum > kMaxSafeInteger; };
  const __int128 worth = static_cast<__int128>(units) * price.unit_fen.value_or(Fen(0)).value();
  if (beyond(static_cast<__int128>(performance.used_units) + units) || beyond(worth + performance.used_fen.value())) {
    return refuse(General::amount_overflow, "the usage of the trade would be beyond 2^53-1", "/body");
  }
  performance.used_units += units;
  if (!price.unit_fen) return std::nullopt;
  const Fen fen(static_cast<std::int64_t>(worth));
  performance.used_fen = Fen(performance.used_fen.value() + fen.value());
  return fen;
}

Verdict apply_usage(EntryTx& tx, const UsageBody& body) {
  auto trade = trade_to_act_on(tx, body.trade);
  if (!trade) return std::unexpected(std::move(trade.error()));
  DENGJI_TRY(check_usage_signers(tx, *trade));
  DENGJI_TRY(check_running(*trade));
  if (trade->terms.price.model == PriceModel::one_off) {
    return refuse(V::not_metered, "trade " + trade->no.text + " has one price for all; deliver it instead",
                  "/body/trade");
  }
  DENGJI_TRY(check_serial_left(*trade, trade->performance.usages, "usage records"));
  DENGJI_TRY(check_usage_period(tx, *trade, body));
  const LedgerTime first = std::max(start_of_day(body.from), trade->agreed_at);
  const LedgerTime day_end{start_of_day(add_days(body.to, 1)).ms - 1};
  const LedgerTime last = std::min(day_end, tx.context().time);
  DENGJI_TRY(check_certified_throughout(tx.view(), *trade, first, last));
  const auto units = units_of(*trade, body);
  if (!units) return std::unexpected(units.error());
  const auto worth = add_usage(trade->performance, trade->terms.price, *units);
  if (!worth) return std::unexpected(worth.error());
  ++trade->performance.usages;
  trade->performance.used_until = body.to;
  UsageRecord usage{.trade = trade->no,
                    .n = trade->performance.usages,
                    .seller = trade->seller,
                    .buyer = trade->buyer,
                    .from = body.from,
                    .to = body.to,
                    .calls = body.calls,
                    .volume_mb = body.volume_mb,
                    .units = *units,
                    .worth_fen = *worth,
                    .log_hash = body.log_hash,
                    .certificate = trade_certificate(tx.view(), *trade, last)->no,
                    .seq = static_cast<std::int64_t>(tx.context().seq.value)};
  if (const entry::Party* platform = tx.context().party("platform")) usage.platform = platform->org;
  follow_performance(tx, *trade);
  tx.put(*trade);
  tx.create(usage);
  tx.subject(UsageRecord::kKind, usage.object_id());
  return {};
}

std::vector<OrgId> with_platform(const OrgId& seller, const OrgId& buyer, const std::optional<OrgId>& platform) {
  std::vector<OrgId> orgs{seller, buyer};
  if (platform) orgs.push_back(*platform);
  return orgs;
}

bool awaits_acceptance(const DeliveryNote& note) {
  return note.accept_by && (note.status == DeliveryStatus::delivered || note.status == DeliveryStatus::part_accepted);
}

}  // namespace

std::string DeliveryNote::id(const RegNo& trade, std::int64_t n) {
  return trade_part_id(trade, "D", n);
}

void DeliveryNote::indexes(const DeliveryNote& note, IndexSink& sink) {
  sink.add("trade", note.trade.text);
  if (awaits_acceptance(note)) index_open(sink);
}

std::vector<Deadline> DeliveryNote::deadlines(const DeliveryNote& note, DeadlineCall& call) {
  if (!awaits_acceptance(note)) return {};
  const auto trade = find_object<Trade>(call.view(), note.trade.text);
  if (!trade || trade->ended() || trade->status == TradeStatus::disputed) return {};
  return {{"acceptance", note.delivered_on, *note.accept_by, "buyer", note.buyer}};
}

std::vector<OrgId> DeliveryNote::readers() const {
  return with_platform(seller, buyer, platform);
}

void DeliveryNote::extend_json(const DeliveryNote& note, const ReadView&, LedgerTime, Json& json) {
  json["id"] = note.object_id();
}

std::string UsageRecord::id(const RegNo& trade, std::int64_t n) {
  return trade_part_id(trade, "U", n);
}

void UsageRecord::indexes(const UsageRecord& usage, IndexSink& sink) {
  sink.add("trade", usage.trade.text);
}

std::vector<OrgId> UsageRecord::readers() const {
  return with_platform(seller, buyer, platform);
}

void UsageRecord::extend_json(const UsageRecord& usage, const ReadView&, LedgerTime, Json& json) {
  json["id"] = usage.object_id();
}

std::vector<EntryTypeInfo> trade_performance_types() {
  constexpr std::string_view kArea = "trade";
  constexpr auto kParties = Visibility::parties;
  return {
      entry_type<DeliverBody, &apply_deliver>("trade.deliver", kArea,
                                              {"The seller delivers, in whole or in part", "卖方交付"},
                                              {{{"seller"}, 1, 1}}, kParties),
      entry_type<AcceptBody, &apply_accept>(
          "trade.accept", kArea,
          {"The buyer accepts a delivery whole or in part, or refuses it with a reason", "买方验收或拒收"},
          {{{"buyer"}, 1, 1}}, kParties),
      entry_type<UsageBody, &apply_usage>(
          "trade.usage", kArea,
          {"Records the use of a metered trade; the platform signs alone, or seller and buyer sign", "登记计量用量"},
          {{{"platform"}, 0, 1}, {{"seller"}, 0, 1}, {{"buyer"}, 0, 1}}, kParties),
  };
}

}  // namespace dengji::contracts
