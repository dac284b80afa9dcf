#include "contracts/filing/filing_periods.hpp"

#include <algorithm>

#include "contracts/filing/filing_acts.hpp"
#include "ledger/base/assert.hpp"

namespace dengji::contracts {
namespace {

using V = FilingVerdict;

std::string days_of(const PeriodFigures& figures) {
  return format_date(figures.from) + " to " + format_date(figures.to);
}

// The reported period that shares a day with this one, under another first day. No period is longer than
// kMaxPeriodDays, so none that starts earlier than that can reach into it.
std::optional<FilingPeriod> overlapping(const ReadView& view, const RegNo& filing, const PeriodFigures& figures) {
  const std::string prefix = object_key(FilingPeriod::kKind, filing.text + "-");
  const Date earliest = add_days(figures.from, 1 - kMaxPeriodDays);
  std::optional<FilingPeriod> found;
  view.scan(prefix, prefix + format_date(earliest), [&](std::string_view, std::string_view record) {
    auto period = decode<FilingPeriod>(record);
    if (period.figures.from > figures.to) return false;
    if (period.figures.from != figures.from && period.figures.to >= figures.from) found = std::move(period);
    return !found.has_value();
  });
  return found;
}

Verdict check_period(const EntryTx& tx, const Filing& filing, const PeriodFigures& figures) {
  if (figures.to < figures.from || figures.to.days - figures.from.days >= kMaxPeriodDays) {
    return refuse(V::period_order, days_of(figures), "/body/to");
  }
  const Deal& deal = filing.deal;
  if (figures.from < deal.starts_on || (deal.ends_on && figures.to > *deal.ends_on)) {
    return refuse(V::period_outside,
                  "the contract of " + filing.no.text + " runs from " + format_date(deal.starts_on) +
                      (deal.ends_on ? " to " + format_date(*deal.ends_on) : ""),
                  figures.from < deal.starts_on ? "/body/from" : "/body/to");
  }
  if (figures.to >= tx.context().day()) {
    return refuse(
        V::period_not_over,
        "today is " + format_date(tx.context().day()) + "; report it from the day after " + format_date(figures.to),
        "/body/to");
  }
  const auto other = overlapping(tx.view(), filing.no, figures);
  if (!other) return {};
  return refuse(V::period_overlaps, "filing " + filing.no.text + " has the period " + days_of(other->figures),
                "/body/from");
}

Fen& total_of(PeriodTotals& totals, PeriodStatus status) {
  if (status == PeriodStatus::declared) return totals.one_sided_fen;
  return status == PeriodStatus::confirmed ? totals.confirmed_fen : totals.mismatched_fen;
}

Fen all_labels(const PeriodTotals& totals) {
  return Fen(totals.confirmed_fen.value() + totals.one_sided_fen.value() + totals.mismatched_fen.value());
}

// Counts `period` in the filing's sums in place of `before`, and flags a filing whose periods exceed its contract.
Verdict count_period(EntryTx& tx, Filing& filing, const FilingPeriod& period, const FilingPeriod* before) {
  const PeriodFigures& figures = period.figures;
  PeriodTotals totals = filing.reported.value_or(PeriodTotals{.from = figures.from, .to = figures.to});
  const bool exceeded = all_labels(totals) > filing.deal.amount_fen;
  if (before) {
    Fen& total = total_of(totals, before->status);
    total = Fen(total.value() - before->figures.amount_fen.value());
  } else {
    ++totals.periods;
  }
  Fen& total = total_of(totals, period.status);
  total = Fen(total.value() + figures.amount_fen.value());
  if (!all_labels(totals).in_range()) {
    return refuse(General::amount_overflow, "the periods of filing " + filing.no.text, "/body/amount_fen");
  }
  totals.from = std::min(totals.from, figures.from);
  totals.to = std::max(totals.to, figures.to);
  if (!exceeded && all_labels(totals) > filing.deal.amount_fen) {
    tx.flag(Filing::kKind, filing.no.text, "periods_exceed_contract", {period.object_id()});
  }
  filing.reported = totals;
  tx.put(filing);
  return {};
}

Verdict finish(EntryTx& tx, Filing& filing, const FilingPeriod& period, const FilingPeriod* before) {
  const std::string id = period.object_id();
  if (!before) {
    tx.status(FilingPeriod::kKind, id, "", name_of(period.status));
  } else if (before->status != period.status) {
    tx.status(FilingPeriod::kKind, id, name_of(before->status), name_of(period.status));
  }
  DENGJI_TRY(count_period(tx, filing, period, before));
  tx.put(period);
  tx.subject(FilingPeriod::kKind, id);
  tx.reader(period.seller);
  tx.reader(period.buyer);
  return {};
}

Verdict report_first(EntryTx& tx, Filing& filing, const FilingPeriodBody& body) {
  FilingPeriod period{.filing = filing.no,
                      .seller = filing.deal.seller,
                      .buyer = filing.deal.buyer,
                      .reporter = tx.context().org("reporter"),
                      .figures = body.figures,
                      .evidence = body.evidence,
                      .reported_at = tx.context().time,
                      .reported_seq = static_cast<std::int64_t>(tx.context().seq.value)};
  return finish(tx, filing, period, nullptr);
}

// A report on a period that is known: the other party's answer, or either side's correction while they differ.
Verdict report_again(EntryTx& tx, Filing& filing, const FilingPeriod& known, const FilingPeriodBody& body) {
  const bool first = tx.context().org("reporter") == known.reporter;
  const bool open = first ? known.status == PeriodStatus::mismatched : known.status != PeriodStatus::confirmed;
  if (!open) {
    return refuse(V::period_filed,
                  "period " + known.object_id() + " is " + std::string(name_of(known.status)) +
                      (known.status == PeriodStatus::declared ? "; the other party answers it" : ""),
                  "/body/from");
  }
  FilingPeriod period = known;
  (first ? period.evidence : period.answer_evidence) = body.evidence;
  if (first) {
    period.figures = body.figures;
  } else {
    period.answer = body.figures;
    period.answered_at = tx.context().time;
  }
  period.mismatches = compare_members(to_json(period.figures), to_json(*period.answer));
  period.status = period.mismatches.empty() ? PeriodStatus::confirmed : PeriodStatus::mismatched;
  if (!period.mismatches.empty()) {
    std::vector<std::string> members;
    for (const Mismatch& mismatch : period.mismatches) members.push_back(mismatch.member);
    tx.flag(FilingPeriod::kKind, period.object_id(), "mismatched", std::move(members));
  }
  return finish(tx, filing, period, &known);
}

Verdict apply_filing_period(EntryTx& tx, const FilingPeriodBody& body) {
  auto filing = tx.need<Filing>(body.filing.text, "/body/filing");
  if (!filing) return std::unexpected(std::move(filing.error()));
  const OrgId& reporter = tx.context().org("reporter");
  if (reporter != filing->deal.seller && reporter != filing->deal.buyer) {
    return refuse(V::not_deal_party, reporter.text + " is no party of " + filing->no.text, "/parties/0/org");
  }
  DENGJI_TRY(
      check_filing_status(tx, *filing, {FilingStatus::declared, FilingStatus::confirmed, FilingStatus::mismatched}));
  if (filing->deal.term != FilingTerm::periodic) {
    return refuse(V::not_periodic, "filing " + filing->no.text + " is one_off", "/body/filing");
  }
  DENGJI_TRY(check_period(tx, *filing, body.figures));
  const auto known = tx.find<FilingPeriod>(FilingPeriod::id(filing->no, body.figures.from));
  return known ? report_again(tx, *filing, *known, body) : report_first(tx, *filing, body);
}

}  // namespace

std::string FilingPeriod::id(const RegNo& filing, Date from) {
  return filing.text + "-" + format_date(from);
}

void FilingPeriod::indexes(const FilingPeriod& period, IndexSink& sink) {
  sink.add("filing", period.filing.text);
  sink.add("seller", period.seller.text);
  sink.add("buyer", period.buyer.text);
  sink.add("status", name_of(period.status));
}

void FilingPeriod::extend_json(const FilingPeriod& period, const ReadView& view, LedgerTime, Json& json) {
  json["id"] = period.object_id();
  json["label"] = period.status == PeriodStatus::declared    ? "one_sided"
                  : period.status == PeriodStatus::confirmed ? "filed"
                                                             : "mismatched";
  const auto filing = find_object<Filing>(view, period.filing.text);
  LEDGER_ASSERT(filing);
  json["filing_status"] = std::string(name_of(filing->status));
}

void add_filing_period_types(std::vector<EntryTypeInfo>& types) {
  types.push_back(entry_type<FilingPeriodBody, &apply_filing_period>(
      "filing.period", "filing",
      {"A party reports a period of a filed running contract; the other confirms by reporting the same",
       "合同一方按期申报执行情况，对方申报一致即确认"},
      {{{"reporter"}, 1, 1}}, Visibility::parties));
}

}  // namespace dengji::contracts
