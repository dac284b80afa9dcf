#include "contracts/certification/certification_checks.hpp"

namespace dengji::contracts {

Verdict check_certifying_party(const EntryTx& tx, const OrgId& org, const OrgId& holder, CertificationVerdict verdict) {
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

Verdict check_certifiable(const EntryTx& tx, const Dataset& dataset, std::string_view pointer) {
  if (registration_in_force(dataset, tx.context().time)) return {};
  return refuse(CertificationVerdict::dataset_not_registered,
                "dataset " + dataset.label() + " is " + std::string(effective_status(dataset, tx.context().day())) +
                    "; it must be registered",
                std::string(pointer));
}

Verdict check_certificate_holder(const OrgId& org, const OrgId& holder, const std::string& what) {
  if (org == holder) return {};
  return refuse(CertificationVerdict::not_the_holder, what + " is held by " + holder.text, "/parties/0/org");
}

Verdict check_no_live_certificate(const EntryTx& tx, const Dataset& dataset) {
  if (!dataset.certificate) return {};
  const auto last = tx.find<Certificate>(dataset.certificate->text);
  if (!last || last->valid_to < tx.context().day()) return {};
  if (last->status != CertificateStatus::valid && last->status != CertificateStatus::suspended) return {};
  return refuse(CertificationVerdict::certificate_live,
                "certificate " + last->no.text + " is " + std::string(name_of(last->status)) + " to " +
                    format_date(last->valid_to) + "; revoke it first",
                "/body/dataset");
}

}  // namespace dengji::contracts
