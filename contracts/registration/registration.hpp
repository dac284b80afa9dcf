// Registration of data sets: the data set as it stands, from the application to the end of its registration, and what
// other areas ask about it. A data set is known by the entry_id of its application and, once registered, by its DJ
// number as well. Bodies: registration_bodies.hpp; objections, releases and licences: registration_objects.hpp.
// Verdicts 201 to 299.
//
//   applied → (supplement ⇄) → notice → (objected ⇄) → registered ⇄ frozen → cancelled | revoked | reads as expired
//   held: another application for the same manifest root and right leads; both wait for dataset.rule
//   ends before: refused, withdrawn
//
// Keys of this area: "lead" + manifest root (base64url) + right → id of the data set that leads for them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/common/manifest.hpp"
#include "contracts/common/organisations.hpp"
#include "ledger/state/registry.hpp"

namespace dengji::contracts {

enum class RegistrationVerdict : std::uint16_t {
  core_grade = 201,
  approval_missing,
  authorisation_missing,
  manifest_inconsistent,
  co_holder_shares,
  vocabulary_unknown,
  parent_not_registered,
  licence_exceeds_parent,
  coverage_order,
  not_the_applicant,
  reviewer_related,
  wrong_status,
  reason_missing,
  conflict_leads,
  notice_running,
  source_ended,
  conflict_undecided,
  conflict_registered,
  conflict_gone,
  objection_open,
  objections_full,
  not_the_holder,
  registration_expired,
  version_taken,
  release_stale,
  release_unchanged,
  member_fixed,
  nothing_changes,
  licence_in_use,
  co_holder_must_sign,
  encumbered,
  not_encumbered,
  not_the_creditor,
  transferee_holds,
  licence_not_held,
  licence_period,
  licence_exclusive,
  renew_window,
  renew_period,
  freeze_period,
  own_province,
  already_recognised,
  foreign_ended,
  grade_barred,
  grade_needs_approval,
};

enum class Category : std::uint8_t { general, industry_general, industry_special };  // 通识 行业通识 行业专识
enum class Right : std::uint8_t { hold, process, operate };                          // 持有权 加工使用权 经营权
enum class Grade : std::uint8_t { core, important, general };                        // 核心 重要 一般
enum class SourceKind : std::uint8_t { self_collected, licensed, purchased, public_authorised };
enum class SupplyMode : std::uint8_t { assured, custom, catalogue, paired };  // 保障 定制 电商 结对子
enum class UpdateFrequency : std::uint8_t { never, yearly, quarterly, monthly, weekly, daily, hourly, realtime };
enum class DatasetStatus : std::uint8_t {
  applied,
  supplement,
  held,
  notice,
  registered,
  refused,
  withdrawn,
  frozen,
  cancelled,
  revoked,
  objected,
};
enum class RevokeCause : std::uint8_t { fraud, infringement, unlawful_source, registrar_error, court_order, other };

struct CoHolder {
  OrgId org;
  std::int64_t ppm = 0;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("org", self.org, Spec{"A registered organisation, not the applicant"});
    visit("ppm", self.ppm, Spec{"Its share; the applicant has the rest", 1, 999'999});
  }
};

struct Source {
  SourceKind kind = SourceKind::self_collected;
  std::optional<std::string> authorisation_no;
  std::optional<std::vector<Hash32>> evidence;
  std::optional<Date> agreement_until;
  std::optional<std::string> note;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("kind", self.kind, Spec{"How the applicant came by the data"});
    visit("authorisation_no", self.authorisation_no,
          Spec{"For public_authorised: number of the authorisation", 1, 100});
    visit("evidence", self.evidence, Spec{.doc = "SHA-256 of contracts and other evidence", .items_max = 16});
    visit("agreement_until", self.agreement_until, Spec{"Last day of the agreement with the source"});
    visit("note", self.note, Spec{"Where the data come from", 1, 500});
  }
};

struct Licence {
  std::string name;
  bool commercial = false;
  bool derivatives = false;
  bool redistribution = false;
  std::optional<Date> until;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("name", self.name, Spec{"SPDX id or name of the licence", 1, 200});
    visit("commercial", self.commercial, Spec{"Allows commercial use"});
    visit("derivatives", self.derivatives, Spec{"Allows derived works"});
    visit("redistribution", self.redistribution, Spec{"Allows passing on"});
    visit("until", self.until, Spec{"Last day of what it allows"});
  }
};

struct Coverage {
  std::optional<Date> from;
  std::optional<Date> to;
  std::optional<std::string> area;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("from", self.from, Spec{"First day that the data describe"});
    visit("to", self.to, Spec{"Last day that the data describe"});
    visit("area", self.area, Spec{"Area that the data describe", 1, 200});
  }
};

struct ExternalCode {
  std::string scheme;
  std::string code;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("scheme", self.scheme, Spec{"Whose code, such as national (全国统一赋码) or doi", 1, 32});
    visit("code", self.code, Spec{"The code", 1, 128});
  }
};

// The application form; the body of dataset.apply, and part of the data set ever after.
struct DatasetApplication {
  std::string title;
  std::string description;
  Category category = Category::general;
  std::string industry;
  std::vector<std::string> modalities;
  Right right = Right::hold;
  Source source;
  Grade grade = Grade::general;
  bool personal_data = false;
  bool cross_border = false;
  Manifest manifest;
  Licence licence;
  std::vector<SupplyMode> supply_modes;
  Hash32 commitment;
  std::optional<std::string> approval_ref;
  std::optional<std::vector<CoHolder>> co_holders;
  std::optional<std::vector<std::string>> stages;
  std::optional<std::vector<std::string>> label_methods;
  std::optional<std::string> schema_summary;
  std::optional<std::vector<std::string>> standards;
  std::optional<UpdateFrequency> update_frequency;
  std::optional<Coverage> coverage;
  std::optional<std::string> storage_place;
  std::optional<std::vector<std::string>> scenarios;
  std::optional<std::string> processing_rules;
  std::optional<std::vector<std::string>> parents;
  std::optional<std::vector<ExternalCode>> external_codes;
  std::optional<std::string> task;
  std::optional<std::vector<std::string>> keywords;
  std::optional<std::string> content_version;
  std::optional<std::string> homepage;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("title", self.title, Spec{"Title", 1, 200});
    visit("description", self.description, Spec{"What the data are", 1, 4000});
    visit("category", self.category, Spec{"General knowledge, general or special knowledge of an industry"});
    visit("industry", self.industry, Spec{"Industry, from the vocabulary", 1, 32});
    visit("modalities", self.modalities,
          Spec{.doc = "Modalities, from the vocabulary", .min = 1, .max = 32, .items_min = 1, .items_max = 8});
    visit("right", self.right, Spec{"Right that is claimed: hold, process and use, operate"});
    visit("source", self.source, Spec{"How the applicant came by the data"});
    visit("grade", self.grade, Spec{"Grade after GB/T 43697; core data is never registered"});
    visit("personal_data", self.personal_data, Spec{"Holds personal data"});
    visit("cross_border", self.cross_border, Spec{"Is meant to leave the country"});
    visit("manifest", self.manifest, Spec{"What exactly is registered"});
    visit("licence", self.licence, Spec{"Under what terms it is supplied"});
    visit("supply_modes", self.supply_modes, Spec{.doc = "Modes of supply", .items_min = 1, .items_max = 4});
    visit("commitment", self.commitment, Spec{"SHA-256 of the signed letter of commitment (承诺书)"});
    visit("approval_ref", self.approval_ref, Spec{"Approval, needed for grade important", 1, 100});
    visit("co_holders", self.co_holders, Spec{.doc = "Who else holds the right", .items_max = 16});
    visit("stages", self.stages,
          Spec{.doc = "Stages of training it serves, from the vocabulary", .min = 1, .max = 32, .items_max = 8});
    visit("label_methods", self.label_methods,
          Spec{.doc = "Methods of labelling, from the vocabulary", .min = 1, .max = 32, .items_max = 8});
    visit("schema_summary", self.schema_summary, Spec{"Fields and their types, in short", 1, 4000});
    visit("standards", self.standards, Spec{.doc = "Standards it meets", .min = 1, .max = 100, .items_max = 16});
    visit("update_frequency", self.update_frequency, Spec{"How often it is renewed"});
    visit("coverage", self.coverage, Spec{"Time and area that the data describe"});
    visit("storage_place", self.storage_place, Spec{"Where the data are kept", 1, 200});
    visit("scenarios", self.scenarios, Spec{.doc = "Uses it is meant for", .min = 1, .max = 200, .items_max = 16});
    visit("processing_rules", self.processing_rules, Spec{"How it was processed", 1, 2000});
    visit(
        "parents", self.parents,
        Spec{
            .doc = "Registered data sets that it is made from: id or DJ number", .min = 1, .max = 64, .items_max = 16});
    visit("external_codes", self.external_codes, Spec{.doc = "Codes given by others", .items_max = 8});
    visit("task", self.task, Spec{"Task of the yearly list (揭榜挂帅) that it answers", 1, 64});
    visit("keywords", self.keywords, Spec{.doc = "Keywords", .min = 1, .max = 64, .items_max = 16});
    visit("content_version", self.content_version, Spec{"Version of the content", 1, 64});
    visit("homepage", self.homepage, Spec{"URL of its page", 1, 300});
  }
};

// When a status began; the history of an object's statuses is what "in force at an instant" is answered from.
struct DatasetSpan {
  LedgerTime from;
  DatasetStatus status = DatasetStatus::registered;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("from", self.from, Spec{"Ledger time from which it held"});
    visit("status", self.status, Spec{"The status"});
  }
};

// A pledge (质押) over the registered right; one at a time.
struct Encumbrance {
  OrgId creditor;
  Hash32 agreement;
  Date since;
  std::int64_t seq = 0;
  std::optional<Fen> secured_fen;
  std::optional<Date> until;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("creditor", self.creditor, Spec{"Secured creditor"});
    visit("agreement", self.agreement, Spec{"SHA-256 of the pledge agreement"});
    visit("since", self.since, Spec{"Day of its registration"});
    visit("seq", self.seq, Spec{"Entry that registered it"});
    visit("secured_fen", self.secured_fen, Spec{"Amount that it secures", 1});
    visit("until", self.until, Spec{"Day on which the secured debt is due; the pledge lasts until it is discharged"});
  }
};

// Where a recognised registration (互认) comes from.
struct Recognition {
  std::string province;
  std::string foreign_no;
  std::string authority;
  Date registered_on;
  Date valid_to;
  Hash32 evidence;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("province", self.province, Spec{"GB/T 2260 code of the other province, such as 330000", 6, 6});
    visit("foreign_no", self.foreign_no, Spec{"Its registration number there", 1, 64});
    visit("authority", self.authority, Spec{"Who registered it there", 1, 200});
    visit("registered_on", self.registered_on, Spec{"Day of the registration there"});
    visit("valid_to", self.valid_to, Spec{"Last day of validity there"});
    visit("evidence", self.evidence, Spec{"SHA-256 of the certificate or extract shown"});
  }

  std::string key() const { return province + "/" + foreign_no; }
};

struct Dataset {
  static constexpr std::string_view kKind = "dataset";

  std::string id;  // entry_id of the application, base64url
  std::optional<RegNo> no;
  DatasetStatus status = DatasetStatus::applied;
  OrgId holder;    // the applicant, then whoever it was transferred to
  OrgId original;  // to whom the first registration belongs, for ever
  std::optional<OrgId> agent;
  std::string region;  // of the holder: at the application, the registration, the last transfer
  DatasetApplication application;
  Date applied_on;
  std::int64_t applied_seq = 0;
  std::optional<OrgId> reviewer;
  std::optional<std::string> review_reason;
  std::optional<Date> accepted_on;
  std::optional<std::int64_t> notice_working_days;  // frozen at acceptance
  std::optional<std::string> held_behind;           // id of the data set that led then
  std::optional<RegNo> fee;
  std::optional<OrgId> registrar;
  std::optional<Date> valid_from;
  std::optional<Date> valid_to;
  bool first_enterprise = false;
  bool first_group = false;
  bool first_dataset = false;
  std::optional<RegNo> certificate;  // the latest
  std::vector<DatasetSpan> history;  // since registration; the end of a running freeze stands there beforehand
  std::optional<Date> frozen_until;
  std::optional<std::string> standing_reason;
  std::optional<RevokeCause> revoke_cause;
  std::optional<Encumbrance> encumbrance;
  std::optional<Recognition> recognition;
  std::optional<Date> renewed_on;
  std::optional<Date> transferred_on;
  std::optional<Date> status_on;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("id", self.id, Spec{"entry_id of the application"});
    visit("no", self.no, Spec{"Registration number"});
    visit("status", self.status, Spec{"Status as last set; effective_status also looks at the dates"});
    visit("holder", self.holder, Spec{"Who holds the right"});
    visit("original", self.original, Spec{"First registrant"});
    visit("agent", self.agent, Spec{"Agent that applied for the holder"});
    visit("region", self.region,
          Spec{"The holder's region at the application, the registration, the last transfer", 6, 6});
    visit("application", self.application, Spec{"What was applied for"});
    visit("applied_on", self.applied_on, Spec{"Day of the application"});
    visit("applied_seq", self.applied_seq, Spec{"Entry of the application; it also holds the inline file list"});
    visit("reviewer", self.reviewer, Spec{"Registrar of the last review"});
    visit("review_reason", self.review_reason, Spec{"What the last review said", 1, 1000});
    visit("accepted_on", self.accepted_on, Spec{"Day of acceptance"});
    visit("notice_working_days", self.notice_working_days, Spec{"Length of the public notice, fixed at acceptance"});
    visit("held_behind", self.held_behind,
          Spec{"Data set that led for the same manifest root and right when it was held"});
    visit("fee", self.fee, Spec{"Registration fee"});
    visit("registrar", self.registrar, Spec{"Registrar that registered it"});
    visit("valid_from", self.valid_from, Spec{"First day of validity"});
    visit("valid_to", self.valid_to, Spec{"Last day of validity"});
    visit("first_enterprise", self.first_enterprise, Spec{"First registration of the enterprise"});
    visit("first_group", self.first_group, Spec{"First registration among related enterprises"});
    visit("first_dataset", self.first_dataset, Spec{"First registration of this manifest root"});
    visit("certificate", self.certificate, Spec{"Its latest certificate"});
    visit("history", self.history,
          Spec{.doc = "Statuses since registration, with the end of a running freeze", .items_max = 10'000});
    visit("frozen_until", self.frozen_until, Spec{"Last day of the freeze, after which it is over by itself"});
    visit("standing_reason", self.standing_reason,
          Spec{"Why it was last frozen, unfrozen, cancelled or revoked", 1, 1000});
    visit("revoke_cause", self.revoke_cause, Spec{"Cause of the revocation"});
    visit("encumbrance", self.encumbrance, Spec{"Pledge over the right, until it is discharged"});
    visit("recognition", self.recognition, Spec{"The other province's registration that was recognised"});
    visit("renewed_on", self.renewed_on, Spec{"Day of the last renewal"});
    visit("transferred_on", self.transferred_on, Spec{"Day of the last transfer"});
    visit("status_on", self.status_on, Spec{"Day on which the status was last set; absent until it first changes"});
  }

  std::string object_id() const { return id; }
  static void indexes(const Dataset& dataset, IndexSink& sink);
  static constexpr std::array kDeadlines{
      DeadlineName{"review", "The registrar reviews the application", "登记机构审核申请"},
      DeadlineName{"ruling", "The registrar rules on objections or between two applications", "登记机构作出裁定"},
      DeadlineName{"notice", "The public notice runs: whoever objects does so by then", "公示期，可提出异议"},
      DeadlineName{"validity", "The registration is valid", "登记有效期"},
      DeadlineName{"renewal", "The holder renews the registration, from the day on which the window opens", "续展期间"},
      DeadlineName{"freeze", "The freeze lasts unless it is ended before", "冻结期限"},
      DeadlineName{"encumbrance", "The pledge was agreed to end; the creditor discharges it",
                   "质押期限，质权人解除质押"}};
  static std::vector<Deadline> deadlines(const Dataset& dataset, DeadlineCall& call);
  // Adds effective_status and, until it is registered or refused, notice_until by the calendar as now known.
  static void extend_json(const Dataset& dataset, const ReadView& view, LedgerTime now, Json& json);

  // The number if there is one, else the id: how refusals name it.
  const std::string& label() const { return no ? no->text : id; }
};

// registered, expired, frozen …: the status with the dates looked at. A freeze is over after its last day.
std::string_view effective_status(const Dataset& dataset, Date day);
// Registered, within its validity and not frozen at `at`; never if it was revoked (void from the start).
bool registration_in_force(const Dataset& dataset, LedgerTime at);
// Last day of the public notice, by the calendar of `view`. nullopt before acceptance.
std::optional<Date> notice_until(const ReadView& view, const Dataset& dataset);

const Area& registration_area();

}  // namespace dengji::contracts

template <>
struct dengji::state::EnumNames<dengji::contracts::Category> {
  static constexpr std::array names{"general", "industry_general", "industry_special"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::Right> {
  static constexpr std::array names{"hold", "process", "operate"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::Grade> {
  static constexpr std::array names{"core", "important", "general"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::SourceKind> {
  static constexpr std::array names{"self_collected", "licensed", "purchased", "public_authorised"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::SupplyMode> {
  static constexpr std::array names{"assured", "custom", "catalogue", "paired"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::UpdateFrequency> {
  static constexpr std::array names{"never", "yearly", "quarterly", "monthly", "weekly", "daily", "hourly", "realtime"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::DatasetStatus> {
  static constexpr std::array names{"applied",   "supplement", "held",      "notice",  "registered", "refused",
                                    "withdrawn", "frozen",     "cancelled", "revoked", "objected"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::RevokeCause> {
  static constexpr std::array names{"fraud",           "infringement", "unlawful_source",
                                    "registrar_error", "court_order",  "other"};
};
