#include "contracts/standing_invariants.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "contracts/common/organisations.hpp"
#include "contracts/common/reference_policies.hpp"
#include "contracts/filing/filing_periods.hpp"

namespace dengji::contracts {
namespace {

std::string total_of(const Export& declaration) {
  return ExportTotal::id(declaration.exporter, declaration.decided_on ? civil(*declaration.decided_on).year : 0);
}

void add_export(ExportTotal& total, const Export& declaration) {
  total.people = std::min(total.people + declaration.declaration.people, kMaxSafeInteger);
  total.sensitive_people = std::min(total.sensitive_people + declaration.declaration.sensitive_people, kMaxSafeInteger);
  total.important += declaration.declaration.important_data ? 1 : 0;
  ++total.declarations;
}

void compare_total(const ExportTotal& kept, const ExportTotal& made, Faults& faults) {
  if (kept.declarations != made.declarations || kept.people != made.people ||
      kept.sensitive_people != made.sensitive_people || kept.important != made.important) {
    faults.push_back("export total " + kept.object_id() + " is not the sum of what was accepted");
  }
}

void check_route(const ExportTotal& so_far, const Export& declaration, Faults& faults) {
  if (!export_route_does(so_far, declaration)) {
    faults.push_back("export " + declaration.id + " was accepted by a route that is not enough");
  }
}

// Accepted exports in the order of their decisions, each against the sum of those before it in its year.
void check_exports(const ReadView& view, Faults& faults) {
  std::vector<Export> accepted;
  each_record<Export>(view, [&](const Export& declaration) {
    if (declaration.status == ExportStatus::accepted) accepted.push_back(declaration);
  });
  std::sort(accepted.begin(), accepted.end(),
            [](const Export& a, const Export& b) { return a.decided_seq < b.decided_seq; });
  std::map<std::string, ExportTotal> totals;
  for (const Export& declaration : accepted) {
    ExportTotal& total = totals[total_of(declaration)];
    check_route(total, declaration, faults);
    add_export(total, declaration);
  }
  each_record<ExportTotal>(view, [&](const ExportTotal& kept) {
    const ExportTotal& made = totals[kept.object_id()];
    compare_total(kept, made, faults);
  });
}

// The sums of a filing are those of its periods, label by label.
void add_period(PeriodTotals& totals, const FilingPeriod& period) {
  Fen& sum = period.status == PeriodStatus::declared    ? totals.one_sided_fen
             : period.status == PeriodStatus::confirmed ? totals.confirmed_fen
                                                        : totals.mismatched_fen;
  sum = Fen(sum.value() + period.figures.amount_fen.value());
  ++totals.periods;
}

void compare_periods(const Filing& filing, const PeriodTotals& sums, Faults& faults) {
  const PeriodTotals kept = filing.reported.value_or(PeriodTotals{});
  if (kept.periods != sums.periods || kept.one_sided_fen != sums.one_sided_fen ||
      kept.confirmed_fen != sums.confirmed_fen || kept.mismatched_fen != sums.mismatched_fen) {
    faults.push_back("filing " + filing.no.text + " has other sums than its periods");
  }
}

void check_periods(const ReadView& view, Faults& faults) {
  std::map<std::string, PeriodTotals> made;
  each_record<FilingPeriod>(view, [&](const FilingPeriod& period) { add_period(made[period.filing.text], period); });
  each_record<Filing>(view, [&](const Filing& filing) { compare_periods(filing, made[filing.no.text], faults); });
}

}  // namespace

Faults check_standing(const ReadView& view) {
  Faults faults;
  check_exports(view, faults);
  check_periods(view, faults);
  return faults;
}

void ExportWatch::take(Touch& touch) {
  touch.each_changed<Export>([&](const std::optional<Export>& was, const Export& is) {
    if (was && was->status != ExportStatus::declared && was->status != is.status) {
      touch.fault("export " + is.id + " was decided twice");
    }
    if (is.status != ExportStatus::accepted || (was && was->status == ExportStatus::accepted)) return;
    const auto exporter = find_object<Org>(touch.before, is.exporter.text);
    if (!exporter || !is.limits ||
        encode(*is.limits) != encode(export_thresholds_on(touch.before, exporter->region, touch.entry.day()))) {
      touch.fault("export " + is.id + " was accepted by other thresholds than those of the day");
    }
    ExportTotal& total = totals_[total_of(is)];
    check_route(total, is, touch.faults);
    add_export(total, is);
  });
  touch.each_changed<ExportTotal>([&](const std::optional<ExportTotal>&, const ExportTotal& is) {
    compare_total(is, totals_[is.object_id()], touch.faults);
  });
}

void check_touched_filings(Touch& touch) {
  const auto sums_of = [&](const RegNo& no) {
    PeriodTotals sums;
    each_indexed<FilingPeriod>(touch.after(), "filing", no.text,
                               [&](const FilingPeriod& period) { add_period(sums, period); });
    return sums;
  };
  touch.each_changed<FilingPeriod>([&](const std::optional<FilingPeriod>&, const FilingPeriod& is) {
    const auto filing = find_object<Filing>(touch.after(), is.filing.text);
    if (!filing) return touch.fault("a period is of no filing " + is.filing.text);
    compare_periods(*filing, sums_of(is.filing), touch.faults);
  });
  touch.each_changed<Filing>([&](const std::optional<Filing>& was, const Filing& is) {
    if (was && encode(was->reported.value_or(PeriodTotals{})) != encode(is.reported.value_or(PeriodTotals{}))) {
      compare_periods(is, sums_of(is.no), touch.faults);
    }
  });
}

}  // namespace dengji::contracts
