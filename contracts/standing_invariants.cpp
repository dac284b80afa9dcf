#include "contracts/standing_invariants.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

#include "contracts/certification/certification.hpp"
#include "contracts/export/exports.hpp"
#include "contracts/filing/filing_periods.hpp"

namespace dengji::contracts {
namespace {

using Faults = std::vector<std::string>;

template <Object T>
void each_of(const ReadView& view, const std::function<void(T)>& visit) {
  const std::string prefix = object_prefix(T::kKind);
  view.scan(prefix, prefix, [&](std::string_view, std::string_view value) {
    visit(decode<T>(value));
    return true;
  });
}

// A certificate that may still be worth something does not outlast its registration.
void check_certificates(const ReadView& view, Faults& faults) {
  each_of<Certificate>(view, [&](const Certificate& certificate) {
    if (certificate.status != CertificateStatus::valid && certificate.status != CertificateStatus::suspended) return;
    const auto dataset = find_object<Dataset>(view, certificate.dataset);
    if (!dataset || !dataset->valid_to || certificate.valid_to > *dataset->valid_to) {
      faults.push_back("certificate " + certificate.no.text + " outlasts its registration");
    }
  });
}

// Accepted exports in the order of their decisions, each against the sum of those before it in its year.
void check_exports(const ReadView& view, Faults& faults) {
  std::vector<Export> accepted;
  each_of<Export>(view, [&](Export declaration) {
    if (declaration.status == ExportStatus::accepted) accepted.push_back(std::move(declaration));
  });
  std::sort(accepted.begin(), accepted.end(),
            [](const Export& a, const Export& b) { return a.decided_seq < b.decided_seq; });
  std::map<std::string, ExportTotal> totals;
  for (const Export& declaration : accepted) {
    const std::int64_t year = declaration.decided_on ? civil(*declaration.decided_on).year : 0;
    ExportTotal& total = totals[ExportTotal::id(declaration.exporter, year)];
    if (!export_route_does(total, declaration)) {
      faults.push_back("export " + declaration.id + " was accepted by a route that is not enough");
    }
    total.people += declaration.declaration.people;
    total.sensitive_people += declaration.declaration.sensitive_people;
    ++total.declarations;
  }
  each_of<ExportTotal>(view, [&](const ExportTotal& kept) {
    const ExportTotal& made = totals[kept.object_id()];
    if (kept.declarations != made.declarations || kept.people != std::min(made.people, kMaxSafeInteger) ||
        kept.sensitive_people != std::min(made.sensitive_people, kMaxSafeInteger)) {
      faults.push_back("export total " + kept.object_id() + " is not the sum of what was accepted");
    }
  });
}

// The sums of a filing are those of its periods, label by label.
void check_periods(const ReadView& view, Faults& faults) {
  std::map<std::string, PeriodTotals> made;
  each_of<FilingPeriod>(view, [&](const FilingPeriod& period) {
    PeriodTotals& totals = made[period.filing.text];
    Fen& sum = period.status == PeriodStatus::declared    ? totals.one_sided_fen
               : period.status == PeriodStatus::confirmed ? totals.confirmed_fen
                                                          : totals.mismatched_fen;
    sum = Fen(sum.value() + period.figures.amount_fen.value());
    ++totals.periods;
  });
  each_of<Filing>(view, [&](const Filing& filing) {
    const PeriodTotals kept = filing.reported.value_or(PeriodTotals{});
    const PeriodTotals& sums = made[filing.no.text];
    if (kept.periods != sums.periods || kept.one_sided_fen != sums.one_sided_fen ||
        kept.confirmed_fen != sums.confirmed_fen || kept.mismatched_fen != sums.mismatched_fen) {
      faults.push_back("filing " + filing.no.text + " has other sums than its periods");
    }
  });
}

}  // namespace

std::vector<std::string> check_standing(const ReadView& view) {
  Faults faults;
  check_certificates(view, faults);
  check_exports(view, faults);
  check_periods(view, faults);
  return faults;
}

}  // namespace dengji::contracts
