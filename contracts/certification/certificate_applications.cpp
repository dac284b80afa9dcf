#include "contracts/certification/certificate_applications.hpp"

#include "contracts/certification/certification_checks.hpp"
#include "contracts/common/calendar.hpp"
#include "contracts/common/limits.hpp"
#include "contracts/common/policies.hpp"
#include "crypto/base64.hpp"
#include "ledger/base/assert.hpp"

namespace dengji::contracts {
namespace {

using V = CertificationVerdict;

std::string open_key(std::string_view dataset) {
  return join_key({"certificate_application", dataset});
}

// --- certificate.apply
// A renewal is asked for the data set's own certificate, while it may still be renewed.
Verdict check_renewal_asked(const EntryTx& tx, const Dataset& dataset, const RegNo& no) {
  const auto certificate = tx.need<Certificate>(no.text, "/body/renews");
  if (!certificate) return std::unexpected(certificate.error());
  if (certificate->dataset != dataset.id) {
    return refuse(
        V::renewal_of_other,
        "certificate " + no.text + " is of dataset " + certificate->dataset_no.text + ", not of " + dataset.label(),
        "/body/renews");
  }
  if (certificate->status != CertificateStatus::valid && certificate->status != CertificateStatus::suspended) {
    return refuse(V::certificate_status,
                  "certificate " + no.text + " is " + std::string(name_of(certificate->status)) +
                      "; apply for a new one, without renews",
                  "/body/renews");
  }
  if (certificate->valid_to < tx.context().day()) {
    return refuse(V::certificate_expired,
                  "certificate " + no.text + " was valid to " + format_date(certificate->valid_to) +
                      "; apply for a new one, without renews",
                  "/body/renews");
  }
  return {};
}

Verdict check_no_open_application(const EntryTx& tx, const Dataset& dataset) {
  const auto open = tx.get_raw(open_key(dataset.id));
  if (!open) return {};
  return refuse(V::application_open,
                "application " + *open + " for dataset " + dataset.label() + " is applied; it is decided first",
                "/body/dataset");
}

Verdict apply_certificate_apply(EntryTx& tx, const CertificateApplyBody& body) {
  const auto dataset = tx.need<Dataset>(body.dataset, "/body/dataset");
  if (!dataset) return std::unexpected(dataset.error());
  const OrgId& applicant = tx.context().org("applicant");
  DENGJI_TRY(check_certificate_holder(applicant, dataset->holder, "dataset " + dataset->label()));
  DENGJI_TRY(check_certifiable(tx, *dataset));
  DENGJI_TRY(check_no_open_application(tx, *dataset));
  DENGJI_TRY(body.renews ? check_renewal_asked(tx, *dataset, *body.renews) : check_no_live_certificate(tx, *dataset));

  CertificateApplication application{.id = crypto::to_b64(tx.context().entry_id),
                                     .applicant = applicant,
                                     .dataset_no = *dataset->no,
                                     .form = body,
                                     .applied_on = tx.context().day(),
                                     .applied_seq = static_cast<std::int64_t>(tx.context().seq.value)};
  application.form.dataset = dataset->id;
  tx.create(application);
  tx.put_raw(open_key(dataset->id), application.id);
  tx.status(CertificateApplication::kKind, application.id, "", name_of(application.status));
  const TimeLimits limits = time_limits_on(tx.view(), dataset->region, application.applied_on);
  tx.deadline(CertificateApplication::kKind, application.id, "review",
              working_days_after(tx.view(), application.applied_on, limits.review_working_days));
  tx.subject(CertificateApplication::kKind, application.id);
  return {};
}

void decide(EntryTx& tx, CertificateApplication& application, CertificateApplicationStatus status) {
  tx.status(CertificateApplication::kKind, application.id, name_of(application.status), name_of(status));
  application.status = status;
  application.decided_on = tx.context().day();
  application.decided_by = tx.context().org("platform");
  tx.put(application);
  tx.erase_raw(open_key(application.form.dataset));
}

// --- certificate.refuse
Verdict apply_certificate_refuse(EntryTx& tx, const CertificateRefuseBody& body) {
  auto application = tx.need<CertificateApplication>(body.application, "/body/application");
  if (!application) return std::unexpected(std::move(application.error()));
  for (const entry::Party& party : tx.context().parties) {
    DENGJI_TRY(check_certifying_party(tx, party.org, application->applicant, V::issuer_related));
  }
  if (application->status != CertificateApplicationStatus::applied) {
    return refuse(V::application_decided,
                  "application " + application->id + " is " + std::string(name_of(application->status)) +
                      "; only an open one, applied, is refused",
                  "/body/application");
  }
  application->reason = body.reason;
  decide(tx, *application, CertificateApplicationStatus::refused);
  tx.subject(CertificateApplication::kKind, application->id);
  return {};
}

}  // namespace

std::optional<std::string> answer_certificate_application(EntryTx& tx, const CertificateAnswer& answer) {
  const auto open = tx.get_raw(open_key(answer.dataset));
  if (!open) return std::nullopt;
  auto application = tx.find<CertificateApplication>(*open);
  LEDGER_ASSERT(application && application->status == CertificateApplicationStatus::applied);
  if (application->applicant != answer.holder) return std::nullopt;
  const bool renewal = answer.status == CertificateApplicationStatus::renewed;
  if (renewal ? application->form.renews != answer.certificate : application->form.renews.has_value()) {
    return std::nullopt;
  }
  application->certificate = answer.certificate;
  decide(tx, *application, answer.status);
  return application->id;
}

void CertificateApplication::indexes(const CertificateApplication& application, IndexSink& sink) {
  sink.add("dataset", application.form.dataset);
  sink.add("applicant", application.applicant.text);
  sink.add("status", name_of(application.status));
  if (application.status == CertificateApplicationStatus::applied) index_open(sink);
}

std::vector<Deadline> CertificateApplication::deadlines(const CertificateApplication& application, DeadlineCall& call) {
  if (application.status != CertificateApplicationStatus::applied) return {};
  const auto dataset = find_object<Dataset>(call.view(), application.form.dataset);
  if (!dataset) return {};
  const Date last = limit_end(call, LimitOf::review, dataset->region, application.applied_on);
  return {{"review", application.applied_on, last, "platform", std::nullopt}};
}

void add_certificate_application_types(std::vector<EntryTypeInfo>& types) {
  constexpr std::string_view kArea = "certification";
  types.push_back(entry_type<CertificateApplyBody, &apply_certificate_apply>(
      "certificate.apply", kArea,
      {"The holder of a registered data set applies for its certificate, or for the renewal of the one it has",
       "数据集持有人申请认定证书，或申请续期"},
      {{{"applicant"}, 1, 1}, {{"agent"}, 0, 1}}, Visibility::everyone));
  types.push_back(entry_type<CertificateRefuseBody, &apply_certificate_refuse>(
      "certificate.refuse", kArea, {"Refuses an application for a certificate", "不予认定"},
      {{{"platform"}, 1, 1}, {{"certifier"}, 0, 1}}, Visibility::everyone));
}

}  // namespace dengji::contracts
