// Platform certificates (平台认定证书) of registered data sets. A certificate is known by its ZS number; what it is
// worth at an instant follows from its own history, that of the registration, and the dates of both. The area's other
// subjects have files of their own: applications for certificates, ratings, the reserve of projects. Verdicts 301 to
// 399.
//
//   valid ⇄ suspended → cancelled (by its holder, from then on) | revoked (void from the start) | replaced
//   a valid one may be renewed in its last days: it keeps its number and gets a later last day
//
// The status list holds 2 bits per certificate in order of issue. Keys of this area: "status_list" + "size" → number of
// certificates (decimal); "status_list" + "chunk" + eight hex digits → up to 512 bytes, four certificates a byte, least
// significant bits first, as in the IETF Token Status List.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/certification/certificate_applications.hpp"
#include "contracts/certification/ratings.hpp"
#include "contracts/certification/reserves.hpp"
#include "contracts/engine.hpp"
#include "contracts/registration/registration.hpp"

namespace dengji::contracts {

enum class CertificationVerdict : std::uint16_t {
  dataset_not_registered = 301,
  certificate_live,
  validity_order,
  validity_backdated,
  validity_outside,
  issuer_related,
  certificate_status,
  certificate_expired,
  assessor_related,
  review_day_past,
  not_the_holder,
  application_open,
  application_decided,
  renewal_of_other,
  renewal_too_early,
  renewal_not_longer,
  reserve_listed,
  reserve_not_listed,
  reserve_dataset_ended,
};

enum class CertificateStatus : std::uint8_t { valid, suspended, cancelled, replaced, revoked };

struct CertificateSpan {
  LedgerTime from;
  CertificateStatus status = CertificateStatus::valid;
  std::int64_t seq = 0;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("from", self.from, Spec{"Ledger time from which it held"});
    visit("status", self.status, Spec{"The status"});
    visit("seq", self.seq, Spec{"Entry that set it"});
  }
};

struct Certificate {
  static constexpr std::string_view kKind = "certificate";

  RegNo no;
  std::string dataset;  // its object id
  RegNo dataset_no;
  OrgId holder;
  OrgId issuer;
  std::optional<OrgId> certifier;
  std::string scope;
  CertificateGrade grade = CertificateGrade::pass;
  Date valid_from;
  Date valid_to;
  CertificateStatus status = CertificateStatus::valid;
  std::optional<std::string> reason;  // of the last change
  std::int64_t status_index = 0;
  Date issued_on;
  std::int64_t issued_seq = 0;
  std::vector<CertificateSpan> history;  // a renewal is an item of it too: valid, as before
  std::optional<std::string> application;
  std::optional<Date> renewed_on;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("no", self.no, Spec{"Certificate number"});
    visit("dataset", self.dataset, Spec{"Id of the data set"});
    visit("dataset_no", self.dataset_no, Spec{"Registration number of the data set"});
    visit("holder", self.holder, Spec{"Who holds it"});
    visit("issuer", self.issuer, Spec{"Platform that issued it"});
    visit("certifier", self.certifier, Spec{"Certifier that signed with it"});
    visit("scope", self.scope, Spec{"What is certified", 1, 1000});
    visit("grade", self.grade, Spec{"Grade"});
    visit("valid_from", self.valid_from, Spec{"First day"});
    visit("valid_to", self.valid_to, Spec{"Last day"});
    visit("status", self.status, Spec{"Status as last set; effective_status also looks at the registration and dates"});
    visit("reason", self.reason, Spec{"Reason of the last change of status", 1, 1000});
    visit("status_index", self.status_index, Spec{"Place in the status list"});
    visit("issued_on", self.issued_on, Spec{"Day of issue"});
    visit("issued_seq", self.issued_seq, Spec{"Entry of issue"});
    visit("history", self.history, Spec{"Statuses since issue, renewals among them"});
    visit("application", self.application, Spec{"entry_id of the application that it answered", 43, 43});
    visit("renewed_on", self.renewed_on, Spec{"Day of the last renewal"});
  }

  std::string object_id() const { return no.text; }
  static void indexes(const Certificate& certificate, IndexSink& sink);
  static constexpr std::array kDeadlines{DeadlineName{"validity", "The certificate is valid", "证书有效期"}};
  static std::vector<Deadline> deadlines(const Certificate& certificate, DeadlineCall& call);
  // Adds effective_status: the worst of certificate, registration and dates.
  static void extend_json(const Certificate& certificate, const ReadView& view, LedgerTime now, Json& json);
};

// valid, not_yet_valid, suspended, frozen, expired, cancelled, replaced or revoked.
std::string_view effective_status(const ReadView& view, const Certificate& certificate, LedgerTime now);
// Was it worth something at `at`, as now known? Valid then by its history and dates, and its registration in force. A
// revoked certificate or registration never was: revoking is void from the start, cancelling from then on.
bool certificate_in_force(const ReadView& view, const Certificate& certificate, LedgerTime at);
// The same as entry `seq` could know it: of the changes in one millisecond only those before it count, and of later
// ones only revoking.
bool certificate_in_force(const ReadView& view, const Certificate& certificate, LedgerTime at, std::int64_t seq);

// The packed bytes that certificate_status_list() (engine.hpp) hashes.
std::string certificate_status_bits(const ReadView& view);

// --- bodies -------------------------------------------------------------------------------------------------------
struct CertificateIssueBody {
  std::string dataset;
  std::string scope;
  CertificateGrade grade = CertificateGrade::pass;
  std::optional<Date> valid_from;
  std::optional<Date> valid_to;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("dataset", self.dataset, Spec{"Registration number of the data set, or its id", 1, 64});
    visit("scope", self.scope, Spec{"What is certified", 1, 1000});
    visit("grade", self.grade, Spec{"Grade"});
    visit("valid_from", self.valid_from, Spec{"First day; the day of issue if absent"});
    visit("valid_to", self.valid_to, Spec{"Last day; that of the registration if absent"});
  }
};

struct CertificateRenewBody {
  RegNo certificate;
  Date valid_to;
  std::optional<Hash32> report;
  std::optional<std::string> note;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("certificate", self.certificate, Spec{"Certificate number"});
    visit("valid_to", self.valid_to, Spec{"New last day, within the registration's"});
    visit("report", self.report, Spec{"SHA-256 of the report on which it rests"});
    visit("note", self.note, Spec{"Remarks", 1, 1000});
  }
};

// certificate.suspend, certificate.resume, certificate.cancel and certificate.revoke.
struct CertificateChangeBody {
  RegNo certificate;
  std::string reason;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("certificate", self.certificate, Spec{"Certificate number"});
    visit("reason", self.reason, Spec{"Why", 1, 1000});
  }
};

const Area& certification_area();

}  // namespace dengji::contracts

template <>
struct dengji::state::EnumNames<dengji::contracts::CertificateStatus> {
  static constexpr std::array names{"valid", "suspended", "cancelled", "replaced", "revoked"};
};
