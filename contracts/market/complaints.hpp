// Complaints (投诉) about an organisation, a data set or a trade: anyone registered files one, the bureau rules on it,
// with measures if it is upheld. A measure is an order to be followed, and changes no other object by itself: what it
// asks for is done by the entries of those who are to do it. Verdicts are the market area's (market.hpp).
//
//   filed → upheld | partly_upheld | dismissed
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/state/registry.hpp"

namespace dengji::contracts {

using namespace dengji::state;  // NOLINT: contracts speak the vocabulary of state throughout

enum class ComplaintSubject : std::uint8_t { org, dataset, trade };
enum class ComplaintStatus : std::uint8_t { filed, upheld, partly_upheld, dismissed };
enum class ComplaintRuling : std::uint8_t { upheld, partly_upheld, dismissed };
enum class MeasureKind : std::uint8_t { warning, correction, suspension, removal, referral, other };

struct ComplaintFileBody {
  ComplaintSubject about = ComplaintSubject::org;
  std::string id;
  std::string facts;
  std::optional<std::string> request;
  std::optional<std::vector<Hash32>> evidence;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("about", self.about, Spec{"What it is about"});
    visit("id", self.id, Spec{"Its id: organisation, registration number or id of a data set, JY number", 1, 96});
    visit("facts", self.facts, Spec{"What happened", 1, 2000});
    visit("request", self.request, Spec{"What is asked for", 1, 500});
    visit("evidence", self.evidence, Spec{.doc = "SHA-256 of evidence", .items_max = 16});
  }
};

struct RulingMeasure {
  MeasureKind kind = MeasureKind::warning;
  OrgId org;
  std::string text;
  std::optional<Date> due;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("kind", self.kind, Spec{"Kind of measure"});
    visit("org", self.org, Spec{"Respondent that it is for"});
    visit("text", self.text, Spec{"What is to be done", 1, 500});
    visit("due", self.due, Spec{"Day by which it is to be done"});
  }
};

struct ComplaintRuleBody {
  std::string complaint;
  ComplaintRuling outcome = ComplaintRuling::dismissed;
  std::string reason;
  std::vector<RulingMeasure> measures;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("complaint", self.complaint, Spec{"entry_id of the complaint", 43, 43});
    visit("outcome", self.outcome, Spec{"What the bureau finds"});
    visit("reason", self.reason, Spec{"Why", 1, 2000});
    visit("measures", self.measures, Spec{.doc = "Measures; none if it is dismissed", .items_max = 16});
  }
};

struct Complaint {
  static constexpr std::string_view kKind = "complaint";

  std::string id;  // entry_id of the filing, base64url
  ComplaintStatus status = ComplaintStatus::filed;
  OrgId complainant;
  std::vector<OrgId> respondents;
  ComplaintFileBody complaint;
  Date filed_on;
  std::int64_t filed_seq = 0;
  std::optional<OrgId> ruled_by;
  std::optional<Date> ruled_on;
  std::optional<std::string> reason;
  std::optional<std::vector<RulingMeasure>> measures;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("id", self.id, Spec{"entry_id of the complaint"});
    visit("status", self.status, Spec{"Status"});
    visit("complainant", self.complainant, Spec{"Who complains"});
    visit("respondents", self.respondents, Spec{"About whom: the organisation, the holder, the trade's other parties"});
    visit("complaint", self.complaint, Spec{"What was filed; a data set is named by its object id here"});
    visit("filed_on", self.filed_on, Spec{"Day of filing"});
    visit("filed_seq", self.filed_seq, Spec{"Entry of filing"});
    visit("ruled_by", self.ruled_by, Spec{"Bureau that ruled"});
    visit("ruled_on", self.ruled_on, Spec{"Day of the ruling"});
    visit("reason", self.reason, Spec{"Reason of the ruling", 1, 2000});
    visit("measures", self.measures, Spec{"Measures of the ruling"});
  }

  std::string object_id() const { return id; }
  static void indexes(const Complaint& complaint, IndexSink& sink);
  static constexpr std::array kDeadlines{
      DeadlineName{"ruling", "The bureau rules on the complaint", "投诉处理期限"},
      DeadlineName{"measure", "The organisation does what the ruling asks of it", "处理措施的履行期限"}};
  // No entry tells that a measure was carried out: its day is shown until it has passed.
  static std::vector<Deadline> deadlines(const Complaint& complaint, DeadlineCall& call);
  std::vector<OrgId> readers() const;  // complainant and respondents
};

void add_complaint_types(std::vector<EntryTypeInfo>& types);

}  // namespace dengji::contracts

template <>
struct dengji::state::EnumNames<dengji::contracts::ComplaintSubject> {
  static constexpr std::array names{"org", "dataset", "trade"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::ComplaintStatus> {
  static constexpr std::array names{"filed", "upheld", "partly_upheld", "dismissed"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::ComplaintRuling> {
  static constexpr std::array names{"upheld", "partly_upheld", "dismissed"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::MeasureKind> {
  static constexpr std::array names{"warning", "correction", "suspension", "removal", "referral", "other"};
};
