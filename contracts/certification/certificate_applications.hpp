// Applications for a platform certificate. A certificate may come without one; where there is one, the platform either
// issues (or renews) what was applied for, or refuses with a reason, and the application tells which. Verdicts are the
// certification area's (certification.hpp).
//
//   applied → issued | renewed | refused
//
// Key of this subject: "certificate_application" + data set's id → id of the application that is open for it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/state/registry.hpp"

namespace dengji::contracts {

using namespace dengji::state;  // NOLINT: contracts speak the vocabulary of state throughout

enum class CertificateGrade : std::uint8_t { excellent, good, pass };
enum class CertificateApplicationStatus : std::uint8_t { applied, issued, renewed, refused };

struct CertificateApplyBody {
  std::string dataset;
  std::string scope;
  std::optional<CertificateGrade> grade;
  std::optional<RegNo> renews;
  Hash32 commitment;
  std::optional<std::vector<Hash32>> evidence;
  std::optional<std::string> note;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("dataset", self.dataset, Spec{"Registration number of the data set, or its id", 1, 64});
    visit("scope", self.scope, Spec{"What is to be certified", 1, 1000});
    visit("grade", self.grade, Spec{"Grade that is applied for"});
    visit("renews", self.renews, Spec{"Certificate that is to be renewed; absent for a new one"});
    visit("commitment", self.commitment, Spec{"SHA-256 of the signed letter of commitment (承诺书)"});
    visit("evidence", self.evidence, Spec{.doc = "SHA-256 of reports and other evidence", .items_max = 16});
    visit("note", self.note, Spec{"Remarks", 1, 1000});
  }
};

struct CertificateApplication {
  static constexpr std::string_view kKind = "certificate_application";

  std::string id;  // entry_id of the application, base64url
  CertificateApplicationStatus status = CertificateApplicationStatus::applied;
  OrgId applicant;
  RegNo dataset_no;
  CertificateApplyBody form;  // dataset is the object id here
  Date applied_on;
  std::int64_t applied_seq = 0;
  std::optional<Date> decided_on;
  std::optional<OrgId> decided_by;
  std::optional<std::string> reason;
  std::optional<RegNo> certificate;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("id", self.id, Spec{"entry_id of the application"});
    visit("status", self.status, Spec{"Status"});
    visit("applicant", self.applicant, Spec{"Holder of the data set, who applied"});
    visit("dataset_no", self.dataset_no, Spec{"Registration number of the data set"});
    visit("form", self.form, Spec{"What was applied for; dataset is the object id here"});
    visit("applied_on", self.applied_on, Spec{"Day of the application"});
    visit("applied_seq", self.applied_seq, Spec{"Entry of the application"});
    visit("decided_on", self.decided_on, Spec{"Day of the decision"});
    visit("decided_by", self.decided_by, Spec{"Platform that decided"});
    visit("reason", self.reason, Spec{"Why it was refused", 1, 1000});
    visit("certificate", self.certificate, Spec{"Certificate that was issued or renewed"});
  }

  std::string object_id() const { return id; }
  static void indexes(const CertificateApplication& application, IndexSink& sink);
  static constexpr std::array kDeadlines{
      DeadlineName{"review", "The platform decides on the application", "平台决定是否认定"}};
  static std::vector<Deadline> deadlines(const CertificateApplication& application, DeadlineCall& call);
};

struct CertificateRefuseBody {
  std::string application;
  std::string reason;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("application", self.application, Spec{"entry_id of the application", 43, 43});
    visit("reason", self.reason, Spec{"Why it is refused", 1, 1000});
  }
};

// What answers the application that is open for a data set.
struct CertificateAnswer {
  std::string_view dataset;  // its object id
  OrgId holder;
  RegNo certificate;
  CertificateApplicationStatus status = CertificateApplicationStatus::issued;  // or renewed
};
// Closes the open application, if there is one, and returns its id: an issue answers an application for a new
// certificate, a renewal one for this certificate; another application, and one of an earlier holder, stays open.
std::optional<std::string> answer_certificate_application(EntryTx& tx, const CertificateAnswer& answer);

void add_certificate_application_types(std::vector<EntryTypeInfo>& types);

}  // namespace dengji::contracts

template <>
struct dengji::state::EnumNames<dengji::contracts::CertificateGrade> {
  static constexpr std::array names{"excellent", "good", "pass"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::CertificateApplicationStatus> {
  static constexpr std::array names{"applied", "issued", "renewed", "refused"};
};
