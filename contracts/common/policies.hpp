// Policies in state: one object per code and version, and the question that other areas ask: which is in force on a
// day? Written only by policy.enact and policy.retire.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "contracts/common/policy_forms.hpp"
#include "contracts/common/reference_forms.hpp"
#include "ledger/state/deadlines.hpp"

namespace dengji::contracts {

struct Policy {
  static constexpr std::string_view kKind = "policy";

  PolicyKind kind = PolicyKind::fee_schedule;
  std::string code;
  std::int64_t version = 1;
  std::string title;
  std::string jurisdiction;  // region code: 320000 the province, 320500 a city
  Date effective_from;
  std::optional<Date> effective_to;  // last day
  bool retroactive = false;
  std::int64_t enacted_seq = 0;
  std::optional<FeeSchedule> fee_schedule;
  std::optional<Waiver> waiver;
  std::optional<TimeLimits> time_limits;
  std::optional<SubsidyLine> subsidy_line;
  std::optional<VocabularyForm> vocabulary;
  std::optional<ClassificationForm> classification;
  std::optional<RegionGroupsForm> region_group;
  std::optional<MeasureForm> measure;
  std::optional<ExportThresholdsForm> export_thresholds;
  std::optional<Date> retired_to;  // last day, by policy.retire
  std::optional<std::string> retire_reason;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("kind", self.kind, Spec{"Kind of policy"});
    visit("code", self.code, Spec{"Code, such as FEE-REG", 1, 32});
    visit("version", self.version, Spec{"Version, from 1", 1, 100'000});
    visit("title", self.title, Spec{"Title", 1, 200});
    visit("jurisdiction", self.jurisdiction, Spec{"Region that it holds for", 6, 6});
    visit("effective_from", self.effective_from, Spec{"First day in force"});
    visit("effective_to", self.effective_to, Spec{"Last day in force"});
    visit("retroactive", self.retroactive, Spec{"Says that it reaches back before its enactment"});
    visit("enacted_seq", self.enacted_seq, Spec{"Entry that enacted it"});
    visit("fee_schedule", self.fee_schedule, Spec{"For kind fee_schedule"});
    visit("waiver", self.waiver, Spec{"For kind waiver"});
    visit("time_limits", self.time_limits, Spec{"For kind time_limits"});
    visit("subsidy_line", self.subsidy_line, Spec{"For kind subsidy_line"});
    visit("vocabulary", self.vocabulary, Spec{"For kind vocabulary"});
    visit("classification", self.classification, Spec{"For kind classification"});
    visit("region_group", self.region_group, Spec{"For kind region_group"});
    visit("measure", self.measure, Spec{"For kind measure"});
    visit("export_thresholds", self.export_thresholds, Spec{"For kind export_thresholds"});
    visit("retired_to", self.retired_to, Spec{"Last day in force after it was retired; before effective_from: none"});
    visit("retire_reason", self.retire_reason, Spec{"Why it was retired", 1, 300});
  }

  std::string object_id() const { return rule(); }
  std::string rule() const { return code + "@" + std::to_string(version); }  // SUB-TRD@1
  // What several policies of the kind can be about side by side: the name of a vocabulary; empty for other kinds.
  std::string_view topic() const;
  static void indexes(const Policy& policy, IndexSink& sink);  // kind, code, jurisdiction, joint_cap, deadline
  static constexpr std::array kDeadlines{
      DeadlineName{"validity", "The version is in force and no later one follows it", "政策有效期，其后尚无新版本"},
      DeadlineName{"window", "The claim window of the subsidy line is open", "补贴申报窗口期"},
      DeadlineName{"claim", "An earn year of the subsidy line can be claimed", "上一计补年度的申请期限"},
      DeadlineName{"target", "The measure's target is to be reached", "措施目标期限"}};
  static std::vector<Deadline> deadlines(const Policy& policy, DeadlineCall& call);  // policy/policy_deadlines.cpp
  // The last day in force by its own terms or by its retirement.
  std::optional<Date> last_day() const;
};

// The policy of a kind in force on `day` for a region: its own city's before the province's, then the smallest code,
// then the highest version whose first day has come. nullopt if there is none.
std::optional<Policy> policy_in_force(const ReadView& view, PolicyKind kind, std::string_view region, Date day,
                                      std::string_view topic = {});
// Of a kind whose codes hold side by side: every code's version in force for exactly this jurisdiction, by code.
std::vector<Policy> policies_in_force(const ReadView& view, PolicyKind kind, std::string_view jurisdiction, Date day);
// One code: the version in force on `day`.
std::optional<Policy> policy_version_on(const ReadView& view, std::string_view code, Date day);
std::optional<Policy> policy_by_rule(const ReadView& view, std::string_view rule);
// The defaults of TimeLimits where no policy says otherwise.
TimeLimits time_limits_on(const ReadView& view, std::string_view region, Date day);

}  // namespace dengji::contracts
