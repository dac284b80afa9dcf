#include "contracts/certification/certification.hpp"

#include <algorithm>
#include <array>

#include "contracts/certification/certification_checks.hpp"
#include "contracts/common/certificate_status.hpp"
#include "contracts/common/policies.hpp"
#include "contracts/fee/fees.hpp"
#include "contracts/subsidy/subsidies.hpp"

namespace dengji::contracts {
namespace {

using V = CertificationVerdict;

constexpr VerdictRow row(V verdict, std::string_view slug, std::string_view en, std::string_view zh, int http = 422) {
  return {static_cast<std::uint16_t>(verdict), slug, http, en, zh};
}

constexpr std::array kVerdicts = {
    row(V::dataset_not_registered, "dataset_not_registered", "The data set is not registered, or not in force",
        "数据集未登记或登记未生效"),
    row(V::certificate_live, "certificate_live", "The data set has a certificate that is live", "数据集已有有效证书"),
    row(V::validity_order, "validity_order", "The last day of validity lies before the first", "有效期首尾颠倒"),
    row(V::validity_backdated, "validity_backdated", "The validity would start before today", "有效期不得早于签发日"),
    row(V::validity_outside, "validity_outside", "The validity reaches beyond the registration's",
        "有效期超出登记有效期"),
    row(V::issuer_related, "issuer_related", "The platform or certifier is related to the holder",
        "平台或认定机构与持有人存在关联"),
    row(V::certificate_status, "certificate_status", "The certificate's status does not allow this",
        "证书当前状态不允许此操作"),
    row(V::certificate_expired, "certificate_expired", "The certificate has expired", "证书已过期"),
    row(V::assessor_related, "assessor_related", "The assessor is related to the holder", "评测机构与持有人存在关联"),
    row(V::review_day_past, "review_day_past", "The next review must lie after today", "下次复核日须晚于今日"),
    row(V::not_the_holder, "not_dataset_holder", "Only the holder may do this", "仅持有人可以办理", 403),
    row(V::application_open, "certificate_application_open",
        "An application for a certificate of the data set is under review", "该数据集已有认定申请在审"),
    row(V::application_decided, "certificate_application_decided", "The application has been decided",
        "该申请已有结论"),
    row(V::renewal_of_other, "renewal_of_other", "The certificate to renew is another data set's",
        "拟续期的证书不属于该数据集"),
    row(V::renewal_too_early, "renewal_too_early", "The certificate is not yet in the last days in which it is renewed",
        "证书尚未进入续期期间"),
    row(V::renewal_not_longer, "renewal_not_longer", "The new last day is not after the present one",
        "续期后的止日须晚于现止日"),
    row(V::reserve_listed, "reserve_listed", "The data set stands in the reserve already", "该数据集已入库"),
    row(V::reserve_not_listed, "reserve_not_listed", "The project does not stand in the reserve any more",
        "该项目已出库"),
    row(V::reserve_dataset_ended, "reserve_dataset_ended", "The data set's application or registration has ended",
        "该数据集的申请或登记已终止"),
};

// --- certificate.issue
Verdict check_validity(const EntryTx& tx, const Dataset& dataset, const Certificate& certificate) {
  if (certificate.valid_to < certificate.valid_from) {
    return refuse(V::validity_order, "from " + format_date(certificate.valid_from), "/body/valid_to");
  }
  if (certificate.valid_from < tx.context().day()) {
    return refuse(V::validity_backdated, "today is " + format_date(tx.context().day()), "/body/valid_from");
  }
  if (certificate.valid_to > *dataset.valid_to) {
    return refuse(V::validity_outside,
                  "the registration " + dataset.label() + " is valid to " + format_date(*dataset.valid_to),
                  "/body/valid_to");
  }
  return {};
}

Certificate make_certificate(const EntryTx& tx, const CertificateIssueBody& body, const Dataset& dataset) {
  Certificate certificate;
  certificate.dataset = dataset.id;
  certificate.dataset_no = *dataset.no;
  certificate.holder = dataset.holder;
  certificate.issuer = tx.context().org("platform");
  if (const auto* certifier = tx.context().party("certifier")) certificate.certifier = certifier->org;
  certificate.scope = body.scope;
  certificate.grade = body.grade;
  certificate.valid_from = body.valid_from.value_or(tx.context().day());
  certificate.valid_to = body.valid_to.value_or(*dataset.valid_to);
  certificate.issued_on = tx.context().day();
  certificate.issued_seq = static_cast<std::int64_t>(tx.context().seq.value);
  certificate.history.push_back({tx.context().time, certificate.status, certificate.issued_seq});
  return certificate;
}

Verdict check_issuers(const EntryTx& tx, const OrgId& holder) {
  for (const entry::Party& party : tx.context().parties) {
    DENGJI_TRY(check_certifying_party(tx, party.org, holder, V::issuer_related));
  }
  return {};
}

Verdict apply_issue(EntryTx& tx, const CertificateIssueBody& body) {
  auto dataset = tx.need<Dataset>(body.dataset, "/body/dataset");
  if (!dataset) return std::unexpected(std::move(dataset.error()));
  DENGJI_TRY(check_issuers(tx, dataset->holder));
  DENGJI_TRY(check_certifiable(tx, *dataset));
  DENGJI_TRY(check_no_live_certificate(tx, *dataset));
  Certificate certificate = make_certificate(tx, body, *dataset);
  DENGJI_TRY(check_validity(tx, *dataset, certificate));

  const auto holder = tx.need<Org>(dataset->holder.text, "/body/dataset");
  if (!holder) return std::unexpected(holder.error());
  auto no = tx.assign_number("ZS", Certificate::kKind, holder->region);
  if (!no) return std::unexpected(std::move(no.error()));
  certificate.no = std::move(*no);
  certificate.status_index = append_to_status_list(tx);
  certificate.application = answer_certificate_application(
      tx, {dataset->id, certificate.holder, certificate.no, CertificateApplicationStatus::issued});
  tx.status(Certificate::kKind, certificate.no.text, "", name_of(certificate.status));
  tx.put(certificate);
  dataset->certificate = certificate.no;
  tx.put(*dataset);
  tx.subject(Certificate::kKind, certificate.no.text);
  // A first registration stays with the first registrant: whoever it was transferred to does not earn its waiver.
  const bool own = dataset->holder == dataset->original;
  return waive_first_registration(tx, {.dataset = dataset->id,
                                       .registered_on = *dataset->valid_from,
                                       .first_of_enterprise = own && dataset->first_enterprise,
                                       .first_of_group = own && dataset->first_group,
                                       .first_of_dataset = own && dataset->first_dataset});
}

// --- certificate.renew
Verdict check_status_in(const EntryTx& tx, const Certificate& certificate,
                        std::initializer_list<CertificateStatus> allowed) {
  if (std::find(allowed.begin(), allowed.end(), certificate.status) != allowed.end()) return {};
  std::string names;
  for (const auto status : allowed) names.append(names.empty() ? "" : " or ").append(name_of(status));
  return refuse(V::certificate_status,
                "certificate " + certificate.no.text + " is " + std::string(name_of(certificate.status)) + "; " +
                    std::string(tx.context().type) + " needs " + names,
                "/body/certificate");
}

Verdict check_not_expired(const EntryTx& tx, const Certificate& certificate, std::string_view instead) {
  if (certificate.valid_to >= tx.context().day()) return {};
  return refuse(V::certificate_expired,
                "certificate " + certificate.no.text + " was valid to " + format_date(certificate.valid_to) + "; " +
                    std::string(instead),
                "/body/certificate");
}

// Within the last days of its validity, to a later day that the registration still covers.
Verdict check_renewal(const EntryTx& tx, const CertificateRenewBody& body, const Certificate& certificate,
                      const Dataset& dataset) {
  const Date today = tx.context().day();
  const auto window = static_cast<int>(time_limits_on(tx.view(), dataset.region, today).renew_window_days);
  const Date first = add_days(certificate.valid_to, 1 - window);
  if (today < first) {
    return refuse(V::renewal_too_early,
                  "certificate " + certificate.no.text + " is valid to " + format_date(certificate.valid_to) +
                      "; renew it from " + format_date(first),
                  "/body/certificate");
  }
  if (body.valid_to <= certificate.valid_to) {
    return refuse(
        V::renewal_not_longer,
        "certificate " + certificate.no.text + " is valid to " + format_date(certificate.valid_to) + " already",
        "/body/valid_to");
  }
  if (body.valid_to > *dataset.valid_to) {
    return refuse(V::validity_outside,
                  "the registration " + dataset.label() + " is valid to " + format_date(*dataset.valid_to) +
                      "; renew the registration first",
                  "/body/valid_to");
  }
  return {};
}

Verdict apply_renew(EntryTx& tx, const CertificateRenewBody& body) {
  auto certificate = tx.need<Certificate>(body.certificate.text, "/body/certificate");
  if (!certificate) return std::unexpected(std::move(certificate.error()));
  DENGJI_TRY(check_issuers(tx, certificate->holder));
  DENGJI_TRY(check_status_in(tx, *certificate, {CertificateStatus::valid}));
  const auto dataset = tx.need<Dataset>(certificate->dataset, "/body/certificate");
  if (!dataset) return std::unexpected(dataset.error());
  DENGJI_TRY(check_certifiable(tx, *dataset, "/body/certificate"));
  DENGJI_TRY(check_not_expired(tx, *certificate, "issue a new one"));
  DENGJI_TRY(check_renewal(tx, body, *certificate, *dataset));
  certificate->valid_to = body.valid_to;
  certificate->renewed_on = tx.context().day();
  certificate->history.push_back(
      {tx.context().time, certificate->status, static_cast<std::int64_t>(tx.context().seq.value)});
  tx.deadline(Certificate::kKind, certificate->no.text, "validity", certificate->valid_to);
  if (auto application = answer_certificate_application(
          tx, {certificate->dataset, certificate->holder, certificate->no, CertificateApplicationStatus::renewed})) {
    certificate->application = std::move(application);
  }
  tx.put(*certificate);
  tx.subject(Certificate::kKind, certificate->no.text);
  return {};
}

// --- suspend, resume, cancel, revoke
Verdict set_certificate_status(EntryTx& tx, Certificate& certificate, CertificateStatus to, std::string_view reason) {
  tx.status(Certificate::kKind, certificate.no.text, name_of(certificate.status), name_of(to));
  certificate.status = to;
  certificate.reason = reason;
  certificate.history.push_back({tx.context().time, to, static_cast<std::int64_t>(tx.context().seq.value)});
  set_in_status_list(tx, certificate.status_index, to);
  tx.put(certificate);
  tx.subject(Certificate::kKind, certificate.no.text);
  return on_certificate_changed(tx, certificate);
}

struct Change {
  CertificateStatus to;
  std::initializer_list<CertificateStatus> from;
  bool of_expired;  // also of a certificate past its last day
};

Verdict change_certificate(EntryTx& tx, const CertificateChangeBody& body, const Change& change) {
  auto certificate = tx.need<Certificate>(body.certificate.text, "/body/certificate");
  if (!certificate) return std::unexpected(std::move(certificate.error()));
  DENGJI_TRY(check_issuers(tx, certificate->holder));
  DENGJI_TRY(check_status_in(tx, *certificate, change.from));
  if (!change.of_expired) DENGJI_TRY(check_not_expired(tx, *certificate, "it can only be revoked"));
  return set_certificate_status(tx, *certificate, change.to, body.reason);
}

Verdict apply_suspend(EntryTx& tx, const CertificateChangeBody& body) {
  return change_certificate(tx, body, {CertificateStatus::suspended, {CertificateStatus::valid}, false});
}

Verdict apply_resume(EntryTx& tx, const CertificateChangeBody& body) {
  return change_certificate(tx, body, {CertificateStatus::valid, {CertificateStatus::suspended}, false});
}

Verdict apply_revoke(EntryTx& tx, const CertificateChangeBody& body) {
  return change_certificate(
      tx, body, {CertificateStatus::revoked, {CertificateStatus::valid, CertificateStatus::suspended}, true});
}

// The holder gives it up, from now on: what was done while it was valid stands.
Verdict apply_certificate_cancel(EntryTx& tx, const CertificateChangeBody& body) {
  auto certificate = tx.need<Certificate>(body.certificate.text, "/body/certificate");
  if (!certificate) return std::unexpected(std::move(certificate.error()));
  DENGJI_TRY(
      check_certificate_holder(tx.context().org("holder"), certificate->holder, "certificate " + certificate->no.text));
  DENGJI_TRY(check_status_in(tx, *certificate, {CertificateStatus::valid, CertificateStatus::suspended}));
  DENGJI_TRY(check_not_expired(tx, *certificate, "there is nothing to give up"));
  return set_certificate_status(tx, *certificate, CertificateStatus::cancelled, body.reason);
}

std::vector<EntryTypeInfo> make_types() {
  constexpr std::string_view kArea = "certification";
  constexpr auto kPublic = Visibility::everyone;
  const std::vector<SignerRule> platform{{{"platform"}, 1, 1}};
  const std::vector<SignerRule> issuers{{{"platform"}, 1, 1}, {{"certifier"}, 0, 1}};
  std::vector<EntryTypeInfo> types;
  add_certificate_application_types(types);
  types.push_back(entry_type<CertificateIssueBody, &apply_issue>(
      "certificate.issue", kArea,
      {"Issues the platform's certificate of a registered data set; a first registration has its fee waived",
       "签发平台认定证书；首次登记按政策减免登记费"},
      issuers, kPublic));
  types.push_back(entry_type<CertificateRenewBody, &apply_renew>(
      "certificate.renew", kArea,
      {"Gives a valid certificate a later last day, in the last days of its validity", "证书有效期届满前续期"}, issuers,
      kPublic));
  types.push_back(entry_type<CertificateChangeBody, &apply_suspend>(
      "certificate.suspend", kArea, {"Suspends a certificate from now on", "暂停证书"}, platform, kPublic));
  types.push_back(entry_type<CertificateChangeBody, &apply_resume>(
      "certificate.resume", kArea, {"Makes a suspended certificate valid again", "恢复证书"}, platform, kPublic));
  types.push_back(entry_type<CertificateChangeBody, &apply_certificate_cancel>(
      "certificate.cancel", kArea, {"The holder gives up its certificate, from now on", "持有人注销证书，自即日起失效"},
      {{{"holder"}, 1, 1}}, kPublic));
  types.push_back(entry_type<CertificateChangeBody, &apply_revoke>(
      "certificate.revoke", kArea, {"Revokes a certificate: it counts as void from the start", "撤销证书，自始无效"},
      platform, kPublic));
  add_rating_types(types);
  add_reserve_types(types);
  return types;
}

// Later is worse; a certificate is what the worse of its own and its registration's condition is.
int badness(std::string_view status) {
  constexpr std::array<std::string_view, 8> kOrder{"valid",   "not_yet_valid", "suspended", "frozen",
                                                   "expired", "replaced",      "cancelled", "revoked"};
  return static_cast<int>(std::find(kOrder.begin(), kOrder.end(), status) - kOrder.begin());
}

bool runs(const Certificate& certificate) {
  return certificate.status == CertificateStatus::valid || certificate.status == CertificateStatus::suspended;
}

}  // namespace

void Certificate::indexes(const Certificate& certificate, IndexSink& sink) {
  sink.add("dataset", certificate.dataset);
  sink.add("holder", certificate.holder.text);
  sink.add("status", name_of(certificate.status));
  if (runs(certificate)) index_lapse(sink, certificate.valid_to);
}

std::vector<Deadline> Certificate::deadlines(const Certificate& certificate, DeadlineCall&) {
  if (!runs(certificate)) return {};
  return {{"validity", certificate.valid_from, certificate.valid_to, "holder", certificate.holder, true}};
}

void Certificate::extend_json(const Certificate& certificate, const ReadView& view, LedgerTime now, Json& json) {
  json["effective_status"] = std::string(effective_status(view, certificate, now));
}

std::string_view effective_status(const ReadView& view, const Certificate& certificate, LedgerTime now) {
  const Date day = shanghai_day(now);
  std::string_view worst = name_of(certificate.status);
  const auto worse = [&](std::string_view other) {
    if (badness(other) > badness(worst)) worst = other;
  };
  if (day < certificate.valid_from) worse("not_yet_valid");
  if (day > certificate.valid_to) worse("expired");
  if (const auto dataset = find_object<Dataset>(view, certificate.dataset)) {
    const std::string_view registration = effective_status(*dataset, day);
    if (registration != "registered") worse(registration);
  }
  return worst;
}

bool certificate_in_force(const ReadView& view, const Certificate& certificate, LedgerTime at) {
  return certificate_in_force(view, certificate, at, kMaxSafeInteger);
}

bool certificate_in_force(const ReadView& view, const Certificate& certificate, LedgerTime at, std::int64_t seq) {
  if (certificate.status == CertificateStatus::revoked) return false;
  const Date day = shanghai_day(at);
  if (day < certificate.valid_from || day > certificate.valid_to) return false;
  const CertificateSpan* last = nullptr;
  for (const CertificateSpan& span : certificate.history) {
    if (span.from <= at && span.seq < seq) last = &span;
  }
  if (!last || last->status != CertificateStatus::valid) return false;
  const auto dataset = find_object<Dataset>(view, certificate.dataset);
  return dataset && registration_in_force(*dataset, at);
}

const Area& certification_area() {
  static const std::vector<EntryTypeInfo> types = make_types();
  static const std::vector<ObjectKindInfo> kinds{
      object_kind<Certificate>(
          "certificates", {"Platform certificates by ZS number", "平台认定证书"}, Visibility::everyone,
          {{"dataset", "Id of the data set"}, {"holder", "Who holds it"}, {"status", "Status as last set"}}),
      object_kind<CertificateApplication>("certificate_applications",
                                          {"Applications for certificates by entry_id", "认定证书申请"},
                                          Visibility::everyone,
                                          {{"dataset", "Id of the data set"},
                                           {"applicant", "Who applied"},
                                           {"status", "applied, issued, renewed or refused"}}),
      object_kind<Rating>("ratings", {"Quality ratings of data sets by entry_id", "质量评级"}, Visibility::everyone,
                          {{"dataset", "Id of the data set"},
                           {"assessor", "Certifier that assessed"},
                           {"grade", "excellent, good, pass or fail, as the last review left it"}}),
      object_kind<Reserve>("reserves", {"Data set projects in the reserve by entry_id", "项目储备库"},
                           Visibility::everyone,
                           {{"dataset", "Id of the data set"},
                            {"holder", "Holder of the data set"},
                            {"tier", "basic, special or strategic"},
                            {"status", "listed or delisted"},
                            {"year", "Year of the list"}}),
  };
  static const Area area{"certification", 300, types, kinds, kVerdicts};
  return area;
}

}  // namespace dengji::contracts
