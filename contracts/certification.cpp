#include "contracts/certification.hpp"

#include <algorithm>
#include <array>

#include "contracts/common/certificate_status.hpp"
#include "contracts/fees.hpp"
#include "contracts/subsidies.hpp"
#include "crypto/base64.hpp"

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
};

std::string describe(const Dataset& dataset, Date day) {
  return "dataset " + dataset.label() + " is " + std::string(effective_status(dataset, day));
}

// `org` neither is the holder nor related to it today.
Verdict check_unrelated(const EntryTx& tx, const OrgId& org, const OrgId& holder, V verdict) {
  if (org == holder) {
    return refuse(General::same_party, org.text + " is the holder; another organisation decides", "/parties");
  }
  const auto mine = tx.find<Org>(org.text);
  const auto theirs = tx.find<Org>(holder.text);
  const Date day = tx.context().day();
  if (mine && theirs && related(*mine, *theirs, {day, day})) {
    return refuse(verdict, org.text + " and " + holder.text + "; another organisation decides", "/parties");
  }
  return {};
}

Verdict check_registered(const EntryTx& tx, const Dataset& dataset) {
  if (registration_in_force(dataset, tx.context().time)) return {};
  return refuse(V::dataset_not_registered, describe(dataset, tx.context().day()) + "; it must be registered",
                "/body/dataset");
}

// --- certificate.issue
// A certificate is live while it may still be valid again: valid or suspended, and not past its last day.
Verdict check_no_live_certificate(const EntryTx& tx, const Dataset& dataset) {
  if (!dataset.certificate) return {};
  const auto last = tx.find<Certificate>(dataset.certificate->text);
  if (!last || last->valid_to < tx.context().day()) return {};
  if (last->status != CertificateStatus::valid && last->status != CertificateStatus::suspended) return {};
  return refuse(V::certificate_live,
                "certificate " + last->no.text + " is " + std::string(name_of(last->status)) + " to " +
                    format_date(last->valid_to) + "; revoke it first",
                "/body/dataset");
}

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
    DENGJI_TRY(check_unrelated(tx, party.org, holder, V::issuer_related));
  }
  return {};
}

Verdict apply_issue(EntryTx& tx, const CertificateIssueBody& body) {
  auto dataset = tx.need<Dataset>(body.dataset, "/body/dataset");
  if (!dataset) return std::unexpected(std::move(dataset.error()));
  DENGJI_TRY(check_issuers(tx, dataset->holder));
  DENGJI_TRY(check_registered(tx, *dataset));
  DENGJI_TRY(check_no_live_certificate(tx, *dataset));
  Certificate certificate = make_certificate(tx, body, *dataset);
  DENGJI_TRY(check_validity(tx, *dataset, certificate));

  const auto holder = tx.need<Org>(dataset->holder.text, "/body/dataset");
  if (!holder) return std::unexpected(holder.error());
  auto no = tx.assign_number("ZS", Certificate::kKind, holder->region);
  if (!no) return std::unexpected(std::move(no.error()));
  certificate.no = std::move(*no);
  certificate.status_index = append_to_status_list(tx);
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

// --- suspend, resume, revoke
struct Change {
  CertificateStatus to;
  std::initializer_list<CertificateStatus> from;
  bool of_expired;  // also of a certificate past its last day
};

Verdict change_certificate(EntryTx& tx, const CertificateChangeBody& body, const Change& change) {
  auto certificate = tx.need<Certificate>(body.certificate.text, "/body/certificate");
  if (!certificate) return std::unexpected(std::move(certificate.error()));
  DENGJI_TRY(check_unrelated(tx, tx.context().org("platform"), certificate->holder, V::issuer_related));
  if (std::find(change.from.begin(), change.from.end(), certificate->status) == change.from.end()) {
    std::string names;
    for (const auto status : change.from) names.append(names.empty() ? "" : " or ").append(name_of(status));
    return refuse(V::certificate_status,
                  "certificate " + certificate->no.text + " is " + std::string(name_of(certificate->status)) + "; " +
                      std::string(tx.context().type) + " needs " + names,
                  "/body/certificate");
  }
  if (!change.of_expired && certificate->valid_to < tx.context().day()) {
    return refuse(V::certificate_expired,
                  "certificate " + certificate->no.text + " was valid to " + format_date(certificate->valid_to) +
                      "; it can only be revoked",
                  "/body/certificate");
  }
  tx.status(Certificate::kKind, certificate->no.text, name_of(certificate->status), name_of(change.to));
  certificate->status = change.to;
  certificate->reason = body.reason;
  certificate->history.push_back({tx.context().time, change.to, static_cast<std::int64_t>(tx.context().seq.value)});
  set_in_status_list(tx, certificate->status_index, change.to);
  tx.put(*certificate);
  tx.subject(Certificate::kKind, certificate->no.text);
  return on_certificate_changed(tx, *certificate);
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

// --- rating.assess
Verdict apply_assess(EntryTx& tx, const RatingBody& body) {
  const auto dataset = tx.need<Dataset>(body.dataset, "/body/dataset");
  if (!dataset) return std::unexpected(dataset.error());
  const OrgId& assessor = tx.context().org("certifier");
  DENGJI_TRY(check_unrelated(tx, assessor, dataset->holder, V::assessor_related));
  DENGJI_TRY(check_registered(tx, *dataset));
  if (body.next_review <= tx.context().day()) {
    return refuse(V::review_day_past, "today is " + format_date(tx.context().day()), "/body/next_review");
  }
  Rating rating;
  rating.id = crypto::to_b64(tx.context().entry_id);
  rating.assessor = assessor;
  rating.holder = dataset->holder;
  rating.dataset_no = *dataset->no;
  rating.assessed_on = tx.context().day();
  rating.assessed_seq = static_cast<std::int64_t>(tx.context().seq.value);
  rating.assessment = body;
  rating.assessment.dataset = dataset->id;
  tx.put(rating);
  tx.status(Rating::kKind, rating.id, "", name_of(body.grade));
  tx.deadline(Rating::kKind, rating.id, "review", body.next_review);
  tx.subject(Rating::kKind, rating.id);
  return {};
}

std::vector<EntryTypeInfo> make_types() {
  constexpr std::string_view kArea = "certification";
  constexpr auto kPublic = Visibility::everyone;
  const std::vector<SignerRule> platform{{{"platform"}, 1, 1}};
  return {
      entry_type<CertificateIssueBody, &apply_issue>(
          "certificate.issue", kArea,
          {"Issues the platform's certificate of a registered data set; a first registration has its fee waived",
           "签发平台认定证书；首次登记按政策减免登记费"},
          {{{"platform"}, 1, 1}, {{"certifier"}, 0, 1}}, kPublic),
      entry_type<CertificateChangeBody, &apply_suspend>(
          "certificate.suspend", kArea, {"Suspends a certificate from now on", "暂停证书"}, platform, kPublic),
      entry_type<CertificateChangeBody, &apply_resume>(
          "certificate.resume", kArea, {"Makes a suspended certificate valid again", "恢复证书"}, platform, kPublic),
      entry_type<CertificateChangeBody, &apply_revoke>(
          "certificate.revoke", kArea,
          {"Revokes a certificate: it counts as void from the start", "撤销证书，自始无效"}, platform, kPublic),
      entry_type<RatingBody, &apply_assess>("rating.assess", kArea,
                                            {"Rates the quality of a registered data set", "评测数据集质量并评级"},
                                            {{{"certifier"}, 1, 1}}, kPublic),
  };
}

// Later is worse; a certificate is what the worse of its own and its registration's condition is.
int badness(std::string_view status) {
  constexpr std::array<std::string_view, 8> kOrder{"valid",   "not_yet_valid", "suspended", "frozen",
                                                   "expired", "replaced",      "cancelled", "revoked"};
  return static_cast<int>(std::find(kOrder.begin(), kOrder.end(), status) - kOrder.begin());
}

}  // namespace

void Certificate::indexes(const Certificate& certificate, IndexSink& sink) {
  sink.add("dataset", certificate.dataset);
  sink.add("holder", certificate.holder.text);
  sink.add("status", name_of(certificate.status));
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

void Rating::indexes(const Rating& rating, IndexSink& sink) {
  sink.add("dataset", rating.assessment.dataset);
  sink.add("assessor", rating.assessor.text);
  sink.add("grade", name_of(rating.assessment.grade));
}

void Rating::extend_json(const Rating& rating, const ReadView&, LedgerTime now, Json& json) {
  json["review_overdue"] = rating.assessment.next_review < shanghai_day(now);
}

const Area& certification_area() {
  static const std::vector<EntryTypeInfo> types = make_types();
  static const std::vector<ObjectKindInfo> kinds{
      object_kind<Certificate>(
          "certificates", {"Platform certificates by ZS number", "平台认定证书"}, Visibility::everyone,
          {{"dataset", "Id of the data set"}, {"holder", "Who holds it"}, {"status", "Status as last set"}}),
      object_kind<Rating>("ratings", {"Quality ratings of data sets by entry_id", "质量评级"}, Visibility::everyone,
                          {{"dataset", "Id of the data set"},
                           {"assessor", "Certifier that assessed"},
                           {"grade", "excellent, good, pass or fail"}}),
  };
  static const Area area{"certification", 300, types, kinds, kVerdicts};
  return area;
}

}  // namespace dengji::contracts
