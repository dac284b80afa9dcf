// Policies and the calendar: policy.enact brings a fee schedule, a waiver, time limits, a subsidy line or a reference
// (words, grades, regions, measures, thresholds) into force, policy.retire ends one; calendar.set names the days that
// differ from Monday to Friday. A policy is never edited: a new version of its code takes over from its first day.
// Verdicts 901 to 999.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "contracts/common/calendar.hpp"
#include "contracts/common/policies.hpp"
#include "ledger/state/registry.hpp"

namespace dengji::contracts {

enum class PolicyVerdict : std::uint16_t {
  code_form = 901,
  kind_mismatch,
  kind_of_code,
  jurisdiction_form,
  effective_order,
  effective_in_past,
  line_name_form,
  line_twice,
  service_fee_incomplete,
  tiers_order,
  subsidy_line_incomplete,
  subsidy_line_excess,
  allocation_unsupported,
  window_order,
  earn_year_taken,
  region_prefix_form,
  policy_word_unknown,
  calendar_day_twice,
  word_form,
  word_twice,
  word_fixed,
  classification_lax,
  region_of_group,
  measure_list,
  measure_day,
  thresholds_order,
  joint_cap_differs,
  retired_already,
  retire_day,
};

struct PolicyEnactBody {
  PolicyKind kind = PolicyKind::fee_schedule;
  std::string code;
  std::string title;
  std::string jurisdiction;
  Date effective_from;
  std::optional<Date> effective_to;
  std::optional<bool> retroactive;
  std::optional<FeeSchedule> fee_schedule;
  std::optional<Waiver> waiver;
  std::optional<TimeLimits> time_limits;
  std::optional<SubsidyLine> subsidy_line;
  std::optional<VocabularyForm> vocabulary;
  std::optional<ClassificationForm> classification;
  std::optional<RegionGroupsForm> region_group;
  std::optional<MeasureForm> measure;
  std::optional<ExportThresholdsForm> export_thresholds;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("kind", self.kind, Spec{"Kind of policy: exactly the member of this name is present"});
    visit("code", self.code, Spec{"Code: a capital letter, then capitals, digits and hyphens", 2, 32});
    visit("title", self.title, Spec{"Title", 1, 200});
    visit("jurisdiction", self.jurisdiction, Spec{"GB/T 2260 code of the region that it holds for", 6, 6});
    visit("effective_from", self.effective_from, Spec{"First day in force; not before today unless retroactive"});
    visit("effective_to", self.effective_to, Spec{"Last day in force"});
    visit("retroactive", self.retroactive, Spec{"Says that it reaches back before its enactment"});
    visit("fee_schedule", self.fee_schedule, Spec{"For kind fee_schedule"});
    visit("waiver", self.waiver, Spec{"For kind waiver"});
    visit("time_limits", self.time_limits, Spec{"For kind time_limits"});
    visit("subsidy_line", self.subsidy_line, Spec{"For kind subsidy_line"});
    visit("vocabulary", self.vocabulary, Spec{"For kind vocabulary"});
    visit("classification", self.classification, Spec{"For kind classification"});
    visit("region_group", self.region_group, Spec{"For kind region_group"});
    visit("measure", self.measure, Spec{"For kind measure"});
    visit("export_thresholds", self.export_thresholds, Spec{"For kind export_thresholds"});
  }
};

struct PolicyRetireBody {
  std::string policy;
  Date last_day;
  std::optional<bool> retroactive;
  std::string reason;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("policy", self.policy, Spec{"Policy and version, such as FEE-REG@1", 4, 80});
    visit("last_day", self.last_day, Spec{"Last day in force; not before today unless retroactive"});
    visit("retroactive", self.retroactive, Spec{"Says that it reaches back before its retirement"});
    visit("reason", self.reason, Spec{"Why", 1, 300});
  }
};

struct CalendarSetBody {
  std::vector<CalendarDay> days;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("days", self.days, Spec{.doc = "Days that are set", .items_min = 1, .items_max = 366});
  }
};

// What policy.enact does, whoever signed: every rule on the policy itself. For a dry run, which tries a draft that
// nobody has signed yet.
Verdict enact_unsigned(EntryTx& tx, const PolicyEnactBody& body);

// The body of each kind of policy as a form, for GET /v1/schemas and for the command line.
std::span<const FormInfo> policy_forms();

const Area& policy_area();

}  // namespace dengji::contracts
