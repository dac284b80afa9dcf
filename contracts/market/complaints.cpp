#include "contracts/market/complaints.hpp"

#include <algorithm>

#include "contracts/common/calendar.hpp"
#include "contracts/common/limits.hpp"
#include "contracts/common/policies.hpp"
#include "contracts/market/market.hpp"
#include "contracts/registration/registration.hpp"
#include "crypto/base64.hpp"

namespace dengji::contracts {
namespace {

using V = MarketVerdict;

// --- complaint.file
struct Accused {
  std::string id;  // of the object
  std::vector<OrgId> orgs;
};

std::expected<Accused, Refusal> accused_of(const EntryTx& tx, const ComplaintFileBody& body) {
  switch (body.about) {
    case ComplaintSubject::org: {
      const auto org = tx.need<Org>(body.id, "/body/id");
      if (!org) return std::unexpected(org.error());
      return Accused{org->id.text, {org->id}};
    }
    case ComplaintSubject::dataset: {
      const auto dataset = tx.need<Dataset>(body.id, "/body/id");
      if (!dataset) return std::unexpected(dataset.error());
      return Accused{dataset->id, {dataset->holder}};
    }
    case ComplaintSubject::trade:
      break;
  }
  const auto trade = tx.need<Trade>(body.id, "/body/id");
  if (!trade) return std::unexpected(trade.error());
  return Accused{trade->no.text, {trade->seller, trade->buyer}};
}

void about_complaint(EntryTx& tx, const Complaint& complaint) {
  tx.subject(Complaint::kKind, complaint.id);
  for (const OrgId& org : complaint.readers()) tx.reader(org);
}

Verdict apply_complaint_file(EntryTx& tx, const ComplaintFileBody& body) {
  const OrgId& complainant = tx.context().org("complainant");
  auto accused = accused_of(tx, body);
  if (!accused) return std::unexpected(std::move(accused.error()));
  std::erase(accused->orgs, complainant);
  if (accused->orgs.empty()) {
    return refuse(V::complaint_of_own,
                  std::string(name_of(body.about)) + " " + body.id + " is the complainant's own; name another's",
                  "/body/id");
  }
  Complaint complaint{.id = crypto::to_b64(tx.context().entry_id),
                      .complainant = complainant,
                      .respondents = std::move(accused->orgs),
                      .complaint = body,
                      .filed_on = tx.context().day(),
                      .filed_seq = static_cast<std::int64_t>(tx.context().seq.value)};
  complaint.complaint.id = std::move(accused->id);
  tx.create(complaint);
  tx.status(Complaint::kKind, complaint.id, "", name_of(complaint.status));
  const auto org = tx.need<Org>(complainant.text, "/parties/0/org");
  if (!org) return std::unexpected(org.error());
  const TimeLimits limits = time_limits_on(tx.view(), org->region, complaint.filed_on);
  tx.deadline(Complaint::kKind, complaint.id, "ruling",
              working_days_after(tx.view(), complaint.filed_on, limits.review_working_days));
  about_complaint(tx, complaint);
  return {};
}

// --- complaint.rule
// The bureau that rules is neither side of the complaint, nor related to one today.
Verdict check_ruler(const EntryTx& tx, const Complaint& complaint) {
  const OrgId& bureau = tx.context().org("bureau");
  const auto ruler = tx.find<Org>(bureau.text);
  const Date day = tx.context().day();
  for (const OrgId& side : complaint.readers()) {
    if (bureau == side) {
      return refuse(General::same_party, bureau.text + " is a side of the complaint; another bureau rules", "/parties");
    }
    const auto org = tx.find<Org>(side.text);
    if (ruler && org && related(*ruler, *org, {day, day})) {
      return refuse(V::complaint_ruler_related, bureau.text + " and " + side.text + "; another bureau rules",
                    "/parties");
    }
  }
  return {};
}

Verdict check_measures(const EntryTx& tx, const Complaint& complaint, const ComplaintRuleBody& body) {
  const bool dismissed = body.outcome == ComplaintRuling::dismissed;
  if (dismissed != body.measures.empty()) {
    return refuse(V::complaint_measures,
                  std::string(name_of(body.outcome)) + " with " + std::to_string(body.measures.size()) + " measures",
                  "/body/measures");
  }
  for (std::size_t i = 0; i < body.measures.size(); ++i) {
    const RulingMeasure& measure = body.measures[i];
    const std::string place = "/body/measures/" + std::to_string(i);
    const auto& respondents = complaint.respondents;
    if (std::find(respondents.begin(), respondents.end(), measure.org) == respondents.end()) {
      return refuse(V::complaint_measures, measure.org.text + " is no respondent of complaint " + complaint.id,
                    place + "/org");
    }
    if (measure.due && *measure.due < tx.context().day()) {
      return refuse(V::complaint_measure_past, "today is " + format_date(tx.context().day()), place + "/due");
    }
  }
  return {};
}

ComplaintStatus status_of(ComplaintRuling outcome) {
  switch (outcome) {
    case ComplaintRuling::upheld:
      return ComplaintStatus::upheld;
    case ComplaintRuling::partly_upheld:
      return ComplaintStatus::partly_upheld;
    case ComplaintRuling::dismissed:
      break;
  }
  return ComplaintStatus::dismissed;
}

Verdict apply_complaint_rule(EntryTx& tx, const ComplaintRuleBody& body) {
  auto complaint = tx.need<Complaint>(body.complaint, "/body/complaint");
  if (!complaint) return std::unexpected(std::move(complaint.error()));
  DENGJI_TRY(check_ruler(tx, *complaint));
  if (complaint->status != ComplaintStatus::filed) {
    return refuse(V::complaint_ruled,
                  "complaint " + complaint->id + " is " + std::string(name_of(complaint->status)) +
                      "; only one that is filed is ruled on",
                  "/body/complaint");
  }
  DENGJI_TRY(check_measures(tx, *complaint, body));
  const ComplaintStatus to = status_of(body.outcome);
  tx.status(Complaint::kKind, complaint->id, name_of(complaint->status), name_of(to));
  complaint->status = to;
  complaint->ruled_by = tx.context().org("bureau");
  complaint->ruled_on = tx.context().day();
  complaint->reason = body.reason;
  complaint->measures = body.measures;
  tx.put(*complaint);
  for (const RulingMeasure& measure : body.measures) {
    if (measure.due) tx.deadline(Complaint::kKind, complaint->id, "measure", *measure.due);
  }
  about_complaint(tx, *complaint);
  return {};
}

}  // namespace

void Complaint::indexes(const Complaint& complaint, IndexSink& sink) {
  sink.add("complainant", complaint.complainant.text);
  for (const OrgId& respondent : complaint.respondents) sink.add("respondent", respondent.text);
  sink.add("status", name_of(complaint.status));
  sink.add("subject", complaint.complaint.id);
  if (complaint.status == ComplaintStatus::filed) index_open(sink);
  if (!complaint.measures) return;
  for (const RulingMeasure& measure : *complaint.measures) {
    if (measure.due) index_lapse(sink, *measure.due);
  }
}

std::vector<Deadline> Complaint::deadlines(const Complaint& complaint, DeadlineCall& call) {
  std::vector<Deadline> found;
  if (complaint.status == ComplaintStatus::filed) {
    const auto org = find_object<Org>(call.view(), complaint.complainant.text);
    const Date last = limit_end(call, LimitOf::review, org ? org->region : "", complaint.filed_on);
    found.push_back({"ruling", complaint.filed_on, last, "bureau", std::nullopt});
  }
  if (!complaint.measures) return found;
  for (const RulingMeasure& measure : *complaint.measures) {
    if (!measure.due) continue;
    found.push_back(
        {"measure", complaint.ruled_on.value_or(complaint.filed_on), *measure.due, "respondent", measure.org, true});
  }
  return found;
}

std::vector<OrgId> Complaint::readers() const {
  std::vector<OrgId> orgs{complainant};
  orgs.insert(orgs.end(), respondents.begin(), respondents.end());
  return orgs;
}

void add_complaint_types(std::vector<EntryTypeInfo>& types) {
  constexpr std::string_view kArea = "market";
  types.push_back(entry_type<ComplaintFileBody, &apply_complaint_file>(
      "complaint.file", kArea, {"Complains about an organisation, a data set or a trade", "投诉"},
      {{{"complainant"}, 1, 1}}, Visibility::parties));
  types.push_back(entry_type<ComplaintRuleBody, &apply_complaint_rule>(
      "complaint.rule", kArea, {"The bureau rules on a complaint, with measures if it is upheld", "投诉处理"},
      {{{"bureau"}, 1, 1}}, Visibility::parties));
}

}  // namespace dengji::contracts
