// From the application to the number: apply, supplement, withdraw, review, register, recognise.
#include <algorithm>

#include "contracts/common/calendar.hpp"
#include "contracts/common/first_registration.hpp"
#include "contracts/common/policies.hpp"
#include "contracts/fee/fees.hpp"
#include "contracts/registration/registration_acts.hpp"
#include "crypto/base64.hpp"

namespace dengji::contracts::registering {
namespace {

// The application as the state keeps it; the inline file list stays in the entry.
DatasetApplication kept(const DatasetApplication& form) {
  DatasetApplication application = form;
  application.manifest.list.reset();
  return application;
}

Dataset new_dataset(const EntryTx& tx, const DatasetApplication& form, const Org& applicant) {
  Dataset dataset;
  dataset.id = crypto::to_b64(tx.context().entry_id);
  dataset.holder = applicant.id;
  dataset.original = applicant.id;
  if (const auto* agent = tx.context().party("agent")) dataset.agent = agent->org;
  dataset.region = applicant.region;
  dataset.application = kept(form);
  dataset.applied_on = tx.context().day();
  dataset.applied_seq = static_cast<std::int64_t>(tx.context().seq.value);
  return dataset;
}

void set_review_deadline(EntryTx& tx, const Dataset& dataset) {
  const Date today = tx.context().day();
  const TimeLimits limits = time_limits_on(tx.view(), dataset.region, today);
  tx.deadline(Dataset::kKind, dataset.id, "review", working_days_after(tx.view(), today, limits.review_working_days));
}

// The applicant, or the agent that applied for it: whoever signs is one of the two.
Verdict check_applicant(const EntryTx& tx, const Dataset& dataset) {
  for (const entry::Party& party : tx.context().parties) {
    const bool agent = party.role == "agent";
    const bool acts =
        agent ? dataset.agent && acts_for(tx, party.org, *dataset.agent) : acts_for(tx, party.org, dataset.holder);
    if (acts) continue;
    return refuse(V::not_the_applicant,
                  "dataset " + dataset.label() + " was applied for by " + dataset.holder.text +
                      (dataset.agent ? " through " + dataset.agent->text
                       : agent       ? " without an agent"
                                     : ""),
                  "/parties");
  }
  return {};
}

// Held, without notice or fee, until dataset.rule decides or the leader is gone.
Verdict hold(EntryTx& tx, Dataset& dataset, const Dataset& leader) {
  dataset.held_behind = leader.id;
  change_status(tx, dataset, DatasetStatus::held);
  tx.flag(Dataset::kKind, leader.id, "conflict", {dataset.id});
  const Date today = tx.context().day();
  const TimeLimits limits = time_limits_on(tx.view(), dataset.region, today);
  tx.deadline(Dataset::kKind, dataset.id, "ruling", working_days_after(tx.view(), today, limits.days_to_rule()));
  tx.put(dataset);
  return {};
}

// The first accepted application for a root and right leads; a later one is held.
Verdict accept(EntryTx& tx, Dataset& dataset) {
  const auto leader = leader_before(tx, dataset.application.manifest, dataset.application.right, dataset.id);
  if (!leader) return open_notice(tx, dataset);
  if (dataset.status != DatasetStatus::held) return hold(tx, dataset, *leader);
  return refuse(V::conflict_leads,
                describe(*leader, tx.context().day()) +
                    " for the same manifest root and right; dataset.rule decides between the two",
                "/body/outcome");
}

Verdict check_notice_over(const EntryTx& tx, const Dataset& dataset) {
  const Date until = *notice_until(tx.view(), dataset);
  if (*dataset.notice_working_days == 0 || tx.context().day() > until) return {};
  return refuse(V::notice_running,
                "the notice of dataset " + dataset.label() + " runs to " + format_date(until) +
                    " 24:00; register from " + format_date(add_days(until, 1)),
                "/body/dataset");
}

// What a parent allows may have changed since the application.
Verdict check_parents_still(const EntryTx& tx, const Dataset& dataset) {
  Verdict verdict = check_parents(tx, dataset.application, "");
  if (!verdict) verdict.error().pointer = "/body/dataset";
  return verdict;
}

// --- recognition
Verdict check_recognition(const EntryTx& tx, const Recognition& recognition) {
  const std::string at = "/body/recognition";
  if (!is_region(recognition.province) || !recognition.province.ends_with("0000")) {
    return refuse(V::own_province, recognition.province + " is no province; such as 330000", at + "/province");
  }
  const auto registrar = tx.find<Org>(tx.context().org("registrar").text);
  if (registrar && same_province(registrar->region, recognition.province)) {
    return refuse(V::own_province, recognition.province + " is the registrar's own; dataset.apply registers here",
                  at + "/province");
  }
  std::optional<Dataset> live;
  const std::string prefix = index_prefix(Dataset::kKind, "recognised", recognition.key());
  tx.view().scan(prefix, prefix, [&](std::string_view key, std::string_view) {
    auto found = tx.find<Dataset>(key.substr(prefix.size()));
    const std::string_view status = found ? effective_status(*found, tx.context().day()) : "";
    if (status == "registered" || status == "frozen") live = std::move(found);
    return !live;
  });
  if (live) {
    return refuse(V::already_recognised,
                  recognition.foreign_no + " of " + recognition.province + ": " + describe(*live, tx.context().day()),
                  at + "/foreign_no");
  }
  if (recognition.registered_on > tx.context().day() || recognition.valid_to < recognition.registered_on ||
      recognition.valid_to < tx.context().day()) {
    return refuse(V::foreign_ended,
                  format_date(recognition.registered_on) + " to " + format_date(recognition.valid_to) + ", today is " +
                      format_date(tx.context().day()),
                  at + "/valid_to");
  }
  return {};
}

}  // namespace

Verdict open_notice(EntryTx& tx, Dataset& dataset) {
  const auto holder = tx.need<Org>(dataset.holder.text, "/body/dataset");
  if (!holder) return std::unexpected(holder.error());
  const Date today = tx.context().day();
  dataset.accepted_on = today;
  dataset.notice_working_days = time_limits_on(tx.view(), holder->region, today).notice_working_days;
  dataset.held_behind.reset();
  tx.put_raw(lead_key(dataset.application.manifest, dataset.application.right), dataset.id);
  change_status(tx, dataset, DatasetStatus::notice);
  if (*dataset.notice_working_days > 0) {
    tx.deadline(Dataset::kKind, dataset.id, "notice", *notice_until(tx.view(), dataset));
  }
  auto fee = assess_registration_fee(tx, {.dataset = dataset.id, .payer = dataset.holder, .region = holder->region});
  if (!fee) return std::unexpected(std::move(fee.error()));
  dataset.fee = *fee;
  tx.put(dataset);
  return {};
}

Verdict set_validity(const EntryTx& tx, Dataset& dataset, std::optional<Date> latest, std::string_view pointer) {
  const Date today = tx.context().day();
  const auto months = static_cast<int>(time_limits_on(tx.view(), dataset.region, today).valid_months);
  dataset.valid_from = today;
  dataset.valid_to = add_days(add_months(today, months), -1);
  if (latest) dataset.valid_to = std::min(*dataset.valid_to, *latest);
  if (const auto& end = dataset.application.source.agreement_until; end && *end < *dataset.valid_to) {
    if (*end < today) {
      return refuse(V::source_ended, "it ended on " + format_date(*end) + "; it must reach beyond today",
                    std::string(pointer));
    }
    dataset.valid_to = *end;
  }
  return {};
}

Verdict enter_in_register(EntryTx& tx, Dataset& dataset, const Org& holder) {
  auto no = tx.assign_number("DJ", Dataset::kKind, holder.region);
  if (!no) return std::unexpected(std::move(no.error()));
  dataset.no = *no;
  dataset.registrar = tx.context().org("registrar");
  tx.alias(Dataset::kKind, no->text, dataset.id);
  if (dataset.status == DatasetStatus::registered) {
    tx.status(Dataset::kKind, dataset.id, "", name_of(dataset.status));  // recognised: new and registered at once
    dataset.history.push_back({tx.context().time, dataset.status});
  } else {
    change_standing(tx, dataset, DatasetStatus::registered);
  }
  tx.deadline(Dataset::kKind, dataset.id, "validity", *dataset.valid_to);
  const FirstScopes first = use_first_registration(tx, holder, dataset.application.manifest.root);
  dataset.first_enterprise = first.enterprise;
  dataset.first_group = first.group;
  dataset.first_dataset = first.dataset;
  tx.put(dataset);
  return {};
}

Verdict apply_apply(EntryTx& tx, const DatasetApplication& form) {
  const OrgId& applicant = tx.context().org("applicant");
  const auto org = tx.need<Org>(applicant.text, "/parties/0/org");
  if (!org) return std::unexpected(org.error());
  DENGJI_TRY(check_application(tx, form, applicant, "/body"));

  const Dataset dataset = new_dataset(tx, form, *org);
  tx.create(dataset);
  tx.status(Dataset::kKind, dataset.id, "", name_of(dataset.status));
  set_review_deadline(tx, dataset);
  tx.subject(Dataset::kKind, dataset.id);
  return {};
}

Verdict apply_supplement(EntryTx& tx, const DatasetSupplementBody& body) {
  auto dataset = need_dataset(tx, body.dataset);
  if (!dataset) return std::unexpected(std::move(dataset.error()));
  DENGJI_TRY(check_applicant(tx, *dataset));
  DENGJI_TRY(check_status(tx, *dataset, {DatasetStatus::supplement}));
  if (body.application) {
    DENGJI_TRY(check_application(tx, *body.application, dataset->holder, "/body/application"));
    dataset->application = kept(*body.application);
  }
  change_status(tx, *dataset, DatasetStatus::applied);
  set_review_deadline(tx, *dataset);
  tx.put(*dataset);
  return {};
}

Verdict apply_withdraw(EntryTx& tx, const DatasetWithdrawBody& body) {
  auto dataset = need_dataset(tx, body.dataset);
  if (!dataset) return std::unexpected(std::move(dataset.error()));
  DENGJI_TRY(check_applicant(tx, *dataset));
  DENGJI_TRY(check_status(tx, *dataset,
                          {DatasetStatus::applied, DatasetStatus::supplement, DatasetStatus::held,
                           DatasetStatus::notice, DatasetStatus::objected}));
  change_status(tx, *dataset, DatasetStatus::withdrawn);
  close_objections(tx, *dataset, ObjectionStatus::lapsed, std::nullopt);
  dataset->held_behind.reset();
  tx.put(*dataset);
  return {};
}

Verdict apply_review(EntryTx& tx, const DatasetReviewBody& body) {
  auto dataset = need_dataset(tx, body.dataset);
  if (!dataset) return std::unexpected(std::move(dataset.error()));
  DENGJI_TRY(check_independent(tx, *dataset));
  DENGJI_TRY(check_status(tx, *dataset, {DatasetStatus::applied, DatasetStatus::held}));
  if (body.outcome != ReviewOutcome::accept && !body.reason) {
    return refuse(V::reason_missing, "outcome " + std::string(name_of(body.outcome)), "/body/reason");
  }
  dataset->reviewer = tx.context().org("registrar");
  dataset->review_reason = body.reason;
  if (body.outcome == ReviewOutcome::accept) return accept(tx, *dataset);
  dataset->held_behind.reset();
  change_status(tx, *dataset,
                body.outcome == ReviewOutcome::refuse ? DatasetStatus::refused : DatasetStatus::supplement);
  tx.put(*dataset);
  return {};
}

Verdict apply_register(EntryTx& tx, const DatasetRegisterBody& body) {
  auto dataset = need_dataset(tx, body.dataset);
  if (!dataset) return std::unexpected(std::move(dataset.error()));
  DENGJI_TRY(check_independent(tx, *dataset));
  if (dataset->status == DatasetStatus::held) {
    const auto leader = leader_before(tx, dataset->application.manifest, dataset->application.right, dataset->id);
    return refuse(V::conflict_leads,
                  "dataset " + dataset->label() + " is held behind " + dataset->held_behind.value_or("another") +
                      (leader ? "; dataset.rule decides between the two" : ", which is gone: review it again"),
                  "/body/dataset");
  }
  DENGJI_TRY(check_status(tx, *dataset, {DatasetStatus::notice}));
  if (const auto other = held_against(tx.view(), *dataset)) {
    return refuse(V::conflict_undecided,
                  "dataset " + *other + " is held for the same manifest root and right; dataset.rule decides first",
                  "/body/dataset");
  }
  DENGJI_TRY(check_parents_still(tx, *dataset));
  DENGJI_TRY(check_notice_over(tx, *dataset));
  const auto holder = tx.need<Org>(dataset->holder.text, "/body/dataset");
  if (!holder) return std::unexpected(holder.error());
  dataset->region = holder->region;
  DENGJI_TRY(set_validity(tx, *dataset, std::nullopt, "/body/dataset"));
  return enter_in_register(tx, *dataset, *holder);
}

Verdict apply_recognise(EntryTx& tx, const DatasetRecogniseBody& body) {
  const OrgId& applicant = tx.context().org("applicant");
  const auto holder = tx.need<Org>(applicant.text, "/parties/0/org");
  if (!holder) return std::unexpected(holder.error());
  Dataset dataset = new_dataset(tx, body.application, *holder);
  tx.subject(Dataset::kKind, dataset.id);
  DENGJI_TRY(check_independent(tx, dataset));
  DENGJI_TRY(check_application(tx, body.application, applicant, "/body/application"));
  DENGJI_TRY(check_recognition(tx, body.recognition));
  if (const auto leader = leader_before(tx, dataset.application.manifest, dataset.application.right, dataset.id)) {
    return refuse(V::conflict_leads, describe(*leader, tx.context().day()) + " for the same manifest root and right",
                  "/body/application/manifest/root");
  }
  dataset.recognition = body.recognition;
  dataset.status = DatasetStatus::registered;
  DENGJI_TRY(set_validity(tx, dataset, body.recognition.valid_to, "/body/application/source/agreement_until"));
  tx.put_raw(lead_key(dataset.application.manifest, dataset.application.right), dataset.id);
  DENGJI_TRY(enter_in_register(tx, dataset, *holder));
  auto fee = assess_registration_fee(
      tx, {.dataset = dataset.id, .payer = applicant, .region = holder->region, .recognition = true});
  if (!fee) return std::unexpected(std::move(fee.error()));
  dataset.fee = *fee;
  tx.put(dataset);
  return {};
}

}  // namespace dengji::contracts::registering
