// Data leaving the country (数据出境). The holder of a data set declares an export and by which route it goes; the
// cyberspace administration accepts or refuses it. What route is needed follows from all that the exporter has had
// accepted since 1 January (Asia/Shanghai), the present declaration included, so that many small exports cannot pass
// under a threshold that they cross together. Verdicts 1101 to 1199.
//
//   declared → accepted | refused | withdrawn (by the exporter)
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/common/reference_forms.hpp"
#include "ledger/state/registry.hpp"

namespace dengji::contracts {

using namespace dengji::state;  // NOLINT: contracts speak the vocabulary of state throughout

enum class ExportVerdict : std::uint16_t {
  exporter_not_holder = 1101,
  dataset_not_in_force,
  important_not_said,
  sensitive_exceed_people,
  country_form,
  route_reference_missing,
  route_insufficient,
  authority_unfit,
  decided,
  decided_by_other,
  decider_related,
  not_the_exporter,
};

// Ascending: a stronger route also does where a weaker one would. The standard contract and the certification stand on
// one step.
enum class ExportRoute : std::uint8_t { none, contract, certification, assessment };
enum class ExportStatus : std::uint8_t { declared, accepted, refused, withdrawn };

struct ExportDeclareBody {
  std::string dataset;
  std::string country;
  std::string recipient;
  std::string purpose;
  bool important_data = false;
  std::int64_t people = 0;
  std::int64_t sensitive_people = 0;
  ExportRoute route = ExportRoute::none;
  std::optional<std::string> route_ref;
  std::optional<OrgId> authority;
  std::optional<RegNo> trade;
  std::optional<std::vector<Hash32>> evidence;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("dataset", self.dataset, Spec{"Registration number of the data set, or its id", 1, 64});
    visit("country", self.country, Spec{"Destination, ISO 3166-1 alpha-2", 2, 2});
    visit("recipient", self.recipient, Spec{"Organisation abroad that receives it", 1, 200});
    visit("purpose", self.purpose, Spec{"What it is used for there", 1, 500});
    visit("important_data", self.important_data, Spec{"Holds important data"});
    visit("people", self.people, Spec{"People whose personal data it holds"});
    visit("sensitive_people", self.sensitive_people, Spec{"Those of them whose sensitive personal data it holds"});
    visit("route", self.route, Spec{"Security assessment, standard contract, certification, or none needed"});
    visit("route_ref", self.route_ref, Spec{"Number of the assessment, contract filing or certificate", 1, 100});
    visit("authority", self.authority, Spec{"Cyberspace administration that is to decide; any if absent"});
    visit("trade", self.trade, Spec{"Trade behind it"});
    visit("evidence", self.evidence, Spec{.doc = "SHA-256 of supporting papers", .items_max = 16});
  }
};

struct ExportDecideBody {
  std::string declaration;
  bool accept = false;
  std::string reason;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("declaration", self.declaration, Spec{"entry_id of the declaration", 43, 43});
    visit("accept", self.accept, Spec{"Whether it is accepted"});
    visit("reason", self.reason, Spec{"Why", 1, 1000});
  }
};

struct ExportWithdrawBody {
  std::string declaration;
  std::string reason;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("declaration", self.declaration, Spec{"entry_id of the declaration", 43, 43});
    visit("reason", self.reason, Spec{"Why", 1, 1000});
  }
};

struct Export {
  static constexpr std::string_view kKind = "export";

  std::string id;  // entry_id of the declaration, base64url
  ExportStatus status = ExportStatus::declared;
  OrgId exporter;
  ExportDeclareBody declaration;  // dataset is the object id here
  Date declared_on;
  std::int64_t declared_seq = 0;
  std::optional<OrgId> decided_by;
  std::optional<Date> decided_on;
  std::optional<std::string> reason;
  std::optional<std::int64_t> decided_seq;
  std::optional<ExportThresholdsForm> limits;
  std::optional<Date> valid_to;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("id", self.id, Spec{"entry_id of the declaration"});
    visit("status", self.status, Spec{"Status"});
    visit("exporter", self.exporter, Spec{"Who exports"});
    visit("declaration", self.declaration, Spec{"What was declared; dataset is the object id here"});
    visit("declared_on", self.declared_on, Spec{"Day of the declaration"});
    visit("declared_seq", self.declared_seq, Spec{"Entry of the declaration"});
    visit("decided_by", self.decided_by, Spec{"Cyberspace administration that decided"});
    visit("decided_on", self.decided_on, Spec{"Day of the decision; its year is the one that it counts in"});
    visit("reason", self.reason, Spec{"Reason of the decision or the withdrawal", 1, 1000});
    visit("decided_seq", self.decided_seq, Spec{"Entry of the decision"});
    visit("limits", self.limits, Spec{"Thresholds in force at the acceptance"});
    visit("valid_to", self.valid_to, Spec{"Last day for which the acceptance holds"});
  }

  std::string object_id() const { return id; }
  static void indexes(const Export& declaration, IndexSink& sink);
  static constexpr std::array kDeadlines{
      DeadlineName{"export", "The acceptance of the export holds", "出境准予有效期"}};
  static std::vector<Deadline> deadlines(const Export& declaration, DeadlineCall& call);
  std::vector<OrgId> readers() const;  // exporter, and the authority that is to decide or has decided
};

// What an exporter has had accepted in a calendar year.
struct ExportTotal {
  static constexpr std::string_view kKind = "export_total";

  OrgId exporter;
  std::int64_t year = 0;
  std::int64_t declarations = 0;
  std::int64_t people = 0;
  std::int64_t sensitive_people = 0;
  std::int64_t important = 0;  // declarations with important data

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("exporter", self.exporter, Spec{"Who exports"});
    visit("year", self.year, Spec{"Calendar year, Asia/Shanghai"});
    visit("declarations", self.declarations, Spec{"Accepted declarations"});
    visit("people", self.people, Spec{"People, in all"});
    visit("sensitive_people", self.sensitive_people, Spec{"People with sensitive data, in all"});
    visit("important", self.important, Spec{"Accepted declarations of important data"});
  }

  std::string object_id() const { return id(exporter, year); }
  static std::string id(const OrgId& exporter, std::int64_t year);  // "<exporter>-<year>"
  static void indexes(const ExportTotal& total, IndexSink& sink);
  std::vector<OrgId> readers() const { return {exporter}; }
  static void extend_json(const ExportTotal& total, const ReadView& view, LedgerTime now, Json& json);  // adds id
};

// What the year comes to with one more declaration, and the weakest route that is enough for that one: none, contract
// (a certification does as well) or assessment. The sums bear on declarations with people in them; important data of
// earlier declarations does not stick to later ones.
struct ExportNeed {
  std::int64_t people = 0;
  std::int64_t sensitive_people = 0;
  ExportRoute route = ExportRoute::none;
};
ExportNeed export_need(const ExportTotal& so_far, const ExportDeclareBody& declaration,
                       const ExportThresholdsForm& limits);

// Is the declared route of an accepted export enough, after what `so_far` holds? By the thresholds kept with it.
bool export_route_does(const ExportTotal& so_far, const Export& declaration);

const Area& export_area();

}  // namespace dengji::contracts

template <>
struct dengji::state::EnumNames<dengji::contracts::ExportRoute> {
  static constexpr std::array names{"none", "contract", "certification", "assessment"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::ExportStatus> {
  static constexpr std::array names{"declared", "accepted", "refused", "withdrawn"};
};
