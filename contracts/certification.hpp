// Platform certificates (平台认定证书) of registered data sets, and their ratings. A certificate is known by its ZS
// number; what it is worth at an instant follows from its own history, that of the registration, and the dates of both.
// Verdicts 301 to 399.
//
// The status list holds 2 bits per certificate in order of issue. Keys of this area: "status_list" + "size" → number of
// certificates (decimal); "status_list" + "chunk" + eight hex digits → up to 512 bytes, four certificates a byte, least
// significant bits first, as in the IETF Token Status List.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/engine.hpp"
#include "contracts/registration.hpp"

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
};

enum class CertificateStatus : std::uint8_t { valid, suspended, cancelled, replaced, revoked };
enum class CertificateGrade : std::uint8_t { excellent, good, pass };
enum class RatingGrade : std::uint8_t { excellent, good, pass, fail };

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
  std::vector<CertificateSpan> history;

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
    visit("history", self.history, Spec{"Statuses since issue"});
  }

  std::string object_id() const { return no.text; }
  static void indexes(const Certificate& certificate, IndexSink& sink);
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

// --- ratings ------------------------------------------------------------------------------------------------------
struct Scores {
  std::int64_t complete = 0;
  std::int64_t conforming = 0;
  std::int64_t accurate = 0;
  std::int64_t usable = 0;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("complete", self.complete, Spec{"Complete (完整)", 0, 100});
    visit("conforming", self.conforming, Spec{"Conforming (规范)", 0, 100});
    visit("accurate", self.accurate, Spec{"Accurate (准确)", 0, 100});
    visit("usable", self.usable, Spec{"Usable (实用)", 0, 100});
  }
};

struct Tool {
  std::string name;
  std::string version;
  Hash32 sha256;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("name", self.name, Spec{"Name", 1, 100});
    visit("version", self.version, Spec{"Version", 1, 50});
    visit("sha256", self.sha256, Spec{"SHA-256 of the tool"});
  }
};

struct RatingBody {
  std::string dataset;
  Scores scores;
  RatingGrade grade = RatingGrade::pass;
  Tool tool;
  Hash32 sample;
  Date next_review;
  std::optional<Hash32> report;
  std::optional<std::string> note;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("dataset", self.dataset, Spec{"Id or registration number of the data set", 1, 64});
    visit("scores", self.scores, Spec{"Scores from 0 to 100"});
    visit("grade", self.grade, Spec{"Grade that follows"});
    visit("tool", self.tool, Spec{"Tool that was used"});
    visit("sample", self.sample, Spec{"SHA-256 of the list of sampled records"});
    visit("next_review", self.next_review, Spec{"Day by which it is to be reviewed"});
    visit("report", self.report, Spec{"SHA-256 of the report"});
    visit("note", self.note, Spec{"Remarks", 1, 1000});
  }
};

struct Rating {
  static constexpr std::string_view kKind = "rating";

  std::string id;  // entry_id of the assessment, base64url
  OrgId assessor;
  OrgId holder;
  RegNo dataset_no;
  Date assessed_on;
  std::int64_t assessed_seq = 0;
  RatingBody assessment;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("id", self.id, Spec{"entry_id of the assessment"});
    visit("assessor", self.assessor, Spec{"Certifier that assessed"});
    visit("holder", self.holder, Spec{"Holder of the data set then"});
    visit("dataset_no", self.dataset_no, Spec{"Registration number"});
    visit("assessed_on", self.assessed_on, Spec{"Day of the assessment"});
    visit("assessed_seq", self.assessed_seq, Spec{"Entry of the assessment"});
    visit("assessment", self.assessment, Spec{"What was assessed; dataset is the object id here"});
  }

  std::string object_id() const { return id; }
  static void indexes(const Rating& rating, IndexSink& sink);
  // Adds review_overdue.
  static void extend_json(const Rating& rating, const ReadView& view, LedgerTime now, Json& json);
};

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

// certificate.suspend, certificate.resume and certificate.revoke.
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
template <>
struct dengji::state::EnumNames<dengji::contracts::CertificateGrade> {
  static constexpr std::array names{"excellent", "good", "pass"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::RatingGrade> {
  static constexpr std::array names{"excellent", "good", "pass", "fail"};
};
