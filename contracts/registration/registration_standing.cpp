// How long and how well a registration stands: renew (续展), cancel (注销), freeze and unfreeze, revoke (撤销).
#include <set>

#include "contracts/common/policies.hpp"
#include "contracts/registration/registration_acts.hpp"
#include "contracts/registration/registration_certificates.hpp"
#include "contracts/subsidy/subsidies.hpp"
#include "contracts/trade/trades.hpp"

namespace dengji::contracts::registering {
namespace {

Verdict check_renew_window(const EntryTx& tx, const Dataset& dataset, const TimeLimits& limits) {
  // The last n days of validity, the last one included.
  const Date opens = add_days(*dataset.valid_to, 1 - static_cast<int>(limits.renew_window_days));
  if (tx.context().day() >= opens) return {};
  return refuse(V::renew_window,
                "dataset " + dataset.label() + " is valid to " + format_date(*dataset.valid_to) +
                    "; it can be renewed from " + format_date(opens),
                "/body/dataset");
}

// A renewal goes on from the day after the old last day, within the source's agreement.
std::expected<Date, Refusal> renewed_to(const Dataset& dataset, const DatasetRenewBody& body, const Source& source,
                                        const TimeLimits& limits) {
  const Date old = *dataset.valid_to;
  const auto months = static_cast<int>(limits.longest_renewal_months());
  Date longest = add_days(add_months(add_days(old, 1), months), -1);
  if (source.agreement_until && *source.agreement_until < longest) longest = *source.agreement_until;
  if (longest <= old) {
    return refuse(V::source_ended,
                  "the agreement with the source ends on " + format_date(*source.agreement_until) +
                      "; extend it and name the source anew",
                  "/body/source");
  }
  if (const Date wanted = body.valid_to.value_or(longest); wanted > old && wanted <= longest) return wanted;
  return refuse(
      V::renew_period,
      "a renewal of dataset " + dataset.label() + " ends after " + format_date(old) + " and by " + format_date(longest),
      "/body/valid_to");
}

Verdict check_freeze_period(const EntryTx& tx, const Dataset& dataset, Date until) {
  const Date today = tx.context().day();
  const auto days = static_cast<int>(time_limits_on(tx.view(), dataset.region, today).longest_freeze_days());
  const Date latest = add_days(today, days);
  if (today <= until && until <= latest) return {};
  return refuse(V::freeze_period,
                "from " + format_date(today) + " a freeze may last to " + format_date(latest) + " at most",
                "/body/until");
}

// Void from the start: whoever was subsidised for the data set or for a trade with it is entitled anew.
Verdict recompute_all_concerned(EntryTx& tx, const Dataset& dataset) {
  std::set<OrgId> payees{dataset.original, dataset.holder};
  const std::string prefix = index_prefix(Trade::kKind, "dataset", dataset.id);
  tx.view().scan(prefix, prefix, [&](std::string_view key, std::string_view) {
    if (const auto trade = tx.find<Trade>(key.substr(prefix.size()))) {
      payees.insert(trade->seller);
      payees.insert(trade->buyer);
    }
    return true;
  });
  for (const OrgId& payee : payees) DENGJI_TRY(recompute_subsidies(tx, payee));
  return {};
}

}  // namespace

Verdict apply_renew(EntryTx& tx, const DatasetRenewBody& body) {
  auto dataset = need_dataset(tx, body.dataset);
  if (!dataset) return std::unexpected(std::move(dataset.error()));
  DENGJI_TRY(check_holder(tx, *dataset, "holder"));
  DENGJI_TRY(check_independent(tx, *dataset));
  DENGJI_TRY(check_status(tx, *dataset, {DatasetStatus::registered, DatasetStatus::frozen}));
  DENGJI_TRY(check_not_expired(tx, *dataset));
  const TimeLimits limits = time_limits_on(tx.view(), dataset->region, tx.context().day());
  DENGJI_TRY(check_renew_window(tx, *dataset, limits));
  DatasetApplication form = dataset->application;
  if (body.source) form.source = *body.source;
  if (body.commitment) form.commitment = *body.commitment;
  DENGJI_TRY(check_grade_and_source(tx, form, dataset->region, "/body"));
  const auto until = renewed_to(*dataset, body, form.source, limits);
  if (!until) return std::unexpected(until.error());
  dataset->application = std::move(form);
  dataset->valid_to = *until;
  dataset->renewed_on = tx.context().day();
  tx.flag(Dataset::kKind, dataset->id, "renewed", {format_date(*until)});
  tx.deadline(Dataset::kKind, dataset->id, "validity", *until);
  tx.put(*dataset);
  return {};
}

Verdict apply_cancel(EntryTx& tx, const DatasetReasonBody& body) {
  auto dataset = need_dataset(tx, body.dataset);
  if (!dataset) return std::unexpected(std::move(dataset.error()));
  DENGJI_TRY(check_holder(tx, *dataset, "holder"));
  DENGJI_TRY(check_independent(tx, *dataset));
  DENGJI_TRY(check_in_force(tx, *dataset));
  if (dataset->encumbrance) {
    return refuse(V::encumbered,
                  "dataset " + dataset->label() + " is pledged to " + dataset->encumbrance->creditor.text +
                      "; dataset.discharge comes first",
                  "/body/dataset");
  }
  change_standing(tx, *dataset, DatasetStatus::cancelled);
  dataset->standing_reason = body.reason;
  tx.put(*dataset);
  return end_certificate(tx, *dataset, CertificateStatus::cancelled, body.reason);
}

Verdict apply_freeze(EntryTx& tx, const DatasetFreezeBody& body) {
  auto dataset = need_dataset(tx, body.dataset);
  if (!dataset) return std::unexpected(std::move(dataset.error()));
  DENGJI_TRY(check_independent(tx, *dataset));
  DENGJI_TRY(check_in_force(tx, *dataset));
  DENGJI_TRY(check_freeze_period(tx, *dataset, body.until));
  change_standing(tx, *dataset, DatasetStatus::frozen);
  // The end stands in the history beforehand: past that day every question about an instant finds it registered.
  dataset->history.push_back({start_of_day(add_days(body.until, 1)), DatasetStatus::registered});
  dataset->frozen_until = body.until;
  dataset->standing_reason = body.reason;
  tx.deadline(Dataset::kKind, dataset->id, "freeze", body.until);
  tx.put(*dataset);
  return {};
}

Verdict apply_unfreeze(EntryTx& tx, const DatasetReasonBody& body) {
  auto dataset = need_dataset(tx, body.dataset);
  if (!dataset) return std::unexpected(std::move(dataset.error()));
  DENGJI_TRY(check_independent(tx, *dataset));
  DENGJI_TRY(check_status(tx, *dataset, {DatasetStatus::frozen}));
  change_standing(tx, *dataset, DatasetStatus::registered);
  dataset->standing_reason = body.reason;
  tx.put(*dataset);
  return {};
}

Verdict apply_revoke(EntryTx& tx, const DatasetRevokeBody& body) {
  auto dataset = need_dataset(tx, body.dataset);
  if (!dataset) return std::unexpected(std::move(dataset.error()));
  DENGJI_TRY(check_independent(tx, *dataset));
  DENGJI_TRY(check_status(tx, *dataset, {DatasetStatus::registered, DatasetStatus::frozen, DatasetStatus::cancelled}));
  change_standing(tx, *dataset, DatasetStatus::revoked);
  dataset->standing_reason = body.reason;
  dataset->revoke_cause = body.cause;
  tx.put(*dataset);
  DENGJI_TRY(end_certificate(tx, *dataset, CertificateStatus::revoked, body.reason));
  return recompute_all_concerned(tx, *dataset);
}

}  // namespace dengji::contracts::registering
