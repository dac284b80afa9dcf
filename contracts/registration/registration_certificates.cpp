#include "contracts/registration/registration_certificates.hpp"

#include <algorithm>

#include "contracts/common/certificate_status.hpp"
#include "contracts/subsidy/subsidies.hpp"

namespace dengji::contracts {
namespace {

// The latest certificate while it may still be worth something: valid or suspended, and not past its last day.
std::optional<Certificate> live_certificate(const EntryTx& tx, const Dataset& dataset) {
  if (!dataset.certificate) return std::nullopt;
  auto last = tx.find<Certificate>(dataset.certificate->text);
  const bool live = last && last->valid_to >= tx.context().day() &&
                    (last->status == CertificateStatus::valid || last->status == CertificateStatus::suspended);
  return live ? std::move(last) : std::nullopt;
}

void set_certificate_status(EntryTx& tx, Certificate& certificate, CertificateStatus to, std::string_view reason) {
  tx.status(Certificate::kKind, certificate.no.text, name_of(certificate.status), name_of(to));
  certificate.status = to;
  certificate.reason = std::string(reason);
  certificate.history.push_back({tx.context().time, to, static_cast<std::int64_t>(tx.context().seq.value)});
  set_in_status_list(tx, certificate.status_index, to);
  tx.put(certificate);
}

bool issued_by_kin(const EntryTx& tx, const Certificate& certificate, const Org& holder) {
  const Date day = tx.context().day();
  const auto kin = [&](const OrgId& org) {
    const auto issuer = tx.find<Org>(org.text);
    return org == holder.id || (issuer && related(*issuer, holder, {day, day}));
  };
  return kin(certificate.issuer) || (certificate.certifier && kin(*certificate.certifier));
}

// The status that held at `at`, but for an end of the kind `ends` names that came after `agreed`: then the one before.
template <class Span, class Ends>
std::optional<Span> span_for_trade(const std::vector<Span>& history, LedgerTime agreed, LedgerTime at, Ends ends) {
  std::optional<Span> last;
  for (const Span& span : history) {
    if (span.from > at || (span.from >= agreed && ends(span.status))) break;
    last = span;
  }
  return last;
}

}  // namespace

Verdict replace_certificate(EntryTx& tx, Dataset& dataset, const Org& holder) {
  auto old = live_certificate(tx, dataset);
  if (!old) return {};
  const CertificateStatus standing = old->status;
  set_certificate_status(tx, *old, CertificateStatus::replaced, "dataset.transfer");
  if (issued_by_kin(tx, *old, holder)) return {};
  auto no = tx.assign_number("ZS", Certificate::kKind, holder.region);
  if (!no) return std::unexpected(std::move(no.error()));
  Certificate next = *old;
  next.no = std::move(*no);
  next.holder = holder.id;
  next.valid_from = std::max(old->valid_from, tx.context().day());
  next.status = standing;
  next.application.reset();
  next.renewed_on.reset();
  next.reason = "replaces " + old->no.text;
  next.status_index = append_to_status_list(tx);
  next.issued_on = tx.context().day();
  next.issued_seq = static_cast<std::int64_t>(tx.context().seq.value);
  next.history = {{tx.context().time, standing, next.issued_seq}};
  set_in_status_list(tx, next.status_index, standing);
  tx.status(Certificate::kKind, next.no.text, "", name_of(standing));
  tx.create(next);
  dataset.certificate = next.no;
  return {};
}

Verdict end_certificate(EntryTx& tx, const Dataset& dataset, CertificateStatus to, std::string_view reason) {
  if (!dataset.certificate) return {};
  auto last = tx.find<Certificate>(dataset.certificate->text);
  if (!last || last->status == CertificateStatus::revoked || last->status == to) return {};
  if (last->status == CertificateStatus::replaced && to != CertificateStatus::revoked) return {};
  set_certificate_status(tx, *last, to, reason);
  return on_certificate_changed(tx, *last);
}

Verdict shorten_certificate(EntryTx& tx, const Dataset& dataset) {
  auto last = live_certificate(tx, dataset);
  if (!last || last->valid_to <= *dataset.valid_to) return {};
  if (last->valid_from > *dataset.valid_to) {
    return end_certificate(tx, dataset, CertificateStatus::cancelled, "the registration ends before it begins");
  }
  last->valid_to = *dataset.valid_to;
  tx.deadline(Certificate::kKind, last->no.text, "validity", last->valid_to);
  tx.put(*last);
  return {};
}

bool certificate_serves_trade(const ReadView& view, const Certificate& certificate, LedgerTime agreed, LedgerTime at) {
  const auto dataset = find_object<Dataset>(view, certificate.dataset);
  if (!dataset || dataset->status == DatasetStatus::revoked) return false;
  if (certificate.status == CertificateStatus::revoked) return false;
  const Date day = shanghai_day(at);
  if (day < certificate.valid_from || day > certificate.valid_to || !dataset->valid_to || day > *dataset->valid_to) {
    return false;
  }
  const auto own = span_for_trade(certificate.history, agreed, at, [](CertificateStatus status) {
    return status == CertificateStatus::replaced || status == CertificateStatus::cancelled;
  });
  const auto registration = span_for_trade(dataset->history, agreed, at,
                                           [](DatasetStatus status) { return status == DatasetStatus::cancelled; });
  return own && own->status == CertificateStatus::valid && registration &&
         registration->status == DatasetStatus::registered;
}

}  // namespace dengji::contracts
