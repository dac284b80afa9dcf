// Policies and the calendar: policy.enact brings a fee schedule, a waiver, time limits or a subsidy line into force;
// calendar.set names the days that differ from Monday to Friday. A policy is never edited: a new version of its code
// takes over from its first day. Verdicts 901 to 999.
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
  }
};

struct CalendarSetBody {
  std::vector<CalendarDay> days;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("days", self.days, Spec{.doc = "Days that are set", .items_min = 1, .items_max = 366});
  }
};

const Area& policy_area();

}  // namespace dengji::contracts
