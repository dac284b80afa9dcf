// The time limits of data sets and of the licences granted in them.
#include "contracts/common/limits.hpp"
#include "contracts/registration/registration_acts.hpp"
#include "contracts/registration/registration_objects.hpp"

namespace dengji::contracts {
namespace {

bool stands(const Dataset& dataset) {
  return dataset.status == DatasetStatus::registered || dataset.status == DatasetStatus::frozen;
}

bool notice_runs(const Dataset& dataset) {
  const bool open = dataset.status == DatasetStatus::notice || dataset.status == DatasetStatus::objected;
  return open && dataset.accepted_on && dataset.notice_working_days.value_or(0) > 0;
}

bool waits_for_ruling(const Dataset& dataset) {
  return dataset.status == DatasetStatus::objected || dataset.status == DatasetStatus::held;
}

// First day on which it can be renewed, by the time limits in force today; after the last day where there is no window.
Date window_opens(DeadlineCall& call, const Dataset& dataset) {
  const auto days = call.once("renew " + dataset.region, [&] {
    return time_limits_on(call.view(), dataset.region, call.today()).renew_window_days;
  });
  return add_days(*dataset.valid_to, 1 - static_cast<int>(days));
}

void add_standing(const Dataset& dataset, DeadlineCall& call, std::vector<Deadline>& found) {
  const Date last = *dataset.valid_to;
  found.push_back({"validity", *dataset.valid_from, last, "holder", dataset.holder, true});
  if (const Date opens = window_opens(call, dataset); opens <= last) {
    found.push_back({"renewal", opens, last, "holder", dataset.holder, true});
  }
  if (dataset.status == DatasetStatus::frozen && dataset.frozen_until) {
    found.push_back({"freeze", dataset.status_on.value_or(*dataset.valid_from), *dataset.frozen_until, "registrar",
                     std::nullopt, true});
  }
}

}  // namespace

std::vector<Deadline> Dataset::deadlines(const Dataset& dataset, DeadlineCall& call) {
  std::vector<Deadline> found;
  const Date since = dataset.status_on.value_or(dataset.applied_on);
  if (dataset.status == DatasetStatus::applied) {
    found.push_back(
        {"review", since, limit_end(call, LimitOf::review, dataset.region, since), "registrar", std::nullopt});
  }
  if (waits_for_ruling(dataset)) {
    found.push_back(
        {"ruling", since, limit_end(call, LimitOf::ruling, dataset.region, since), "registrar", std::nullopt});
  }
  if (notice_runs(dataset)) {
    const Date last = working_days_end(call, *dataset.accepted_on, *dataset.notice_working_days);
    found.push_back({"notice", *dataset.accepted_on, last, "objector", std::nullopt, true});
  }
  if (stands(dataset) && dataset.valid_from && dataset.valid_to) add_standing(dataset, call, found);
  // A pledge outlasts the registration until it is discharged.
  if (const auto& pledge = dataset.encumbrance; pledge && pledge->until) {
    found.push_back({"encumbrance", pledge->since, *pledge->until, "creditor", pledge->creditor});
  }
  return found;
}

std::vector<Deadline> GrantedLicence::deadlines(const GrantedLicence& licence, DeadlineCall& call) {
  if (effective_status(call.view(), licence, call.today()) == "revoked") return {};
  return {{"term", licence.from, *licence.terms.until, "licensee", licence.licensee, true}};
}

namespace registering {

void index_deadlines(const Dataset& dataset, IndexSink& sink) {
  const bool pledged = dataset.encumbrance && dataset.encumbrance->until;
  if (dataset.status == DatasetStatus::applied || waits_for_ruling(dataset) || notice_runs(dataset) || pledged) {
    index_open(sink);
  }
  if (!stands(dataset)) return;
  if (dataset.valid_to) index_lapse(sink, *dataset.valid_to);
  if (dataset.status == DatasetStatus::frozen && dataset.frozen_until) index_lapse(sink, *dataset.frozen_until);
}

}  // namespace registering
}  // namespace dengji::contracts
