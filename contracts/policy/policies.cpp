#include "contracts/policy/policies.hpp"

#include <algorithm>
#include <array>

#include "contracts/common/policy_directory.hpp"
#include "contracts/common/reference_policies.hpp"
#include "contracts/common/text_forms.hpp"
#include "contracts/policy/reference_checks.hpp"
#include "contracts/policy/subsidy_line_checks.hpp"

namespace dengji::contracts {
namespace {

using V = PolicyVerdict;

constexpr VerdictRow row(V verdict, std::string_view slug, std::string_view en, std::string_view zh, int http = 422) {
  return {static_cast<std::uint16_t>(verdict), slug, http, en, zh};
}

constexpr std::array kVerdicts = {
    row(V::code_form, "policy_code_form",
        "A code is a capital letter, then 1 to 31 capitals, digits and hyphens; a name of a window alike",
        "编码格式不对"),
    row(V::kind_mismatch, "policy_kind_mismatch", "Exactly the member that the kind names must be present",
        "须且仅须含有与类别同名的成员"),
    row(V::kind_of_code, "policy_kind_of_code", "The code belongs to a policy of another kind or jurisdiction",
        "该编码属于其他类别或辖区的政策"),
    row(V::jurisdiction_form, "policy_jurisdiction_form", "The jurisdiction is no GB/T 2260 code", "辖区代码不合规"),
    row(V::effective_order, "policy_effective_order", "The last day lies before the first", "失效日早于生效日"),
    row(V::effective_in_past, "policy_effective_in_past",
        "The policy reaches back without saying that it is retroactive", "政策追溯生效但未注明"),
    row(V::line_name_form, "policy_line_name_form", "A line is named by letters, digits, hyphen, dot and underscore",
        "政策项目名格式不对"),
    row(V::line_twice, "policy_line_twice", "Two lines of the schedule have one name", "政策项目名重复"),
    row(V::service_fee_incomplete, "service_fee_incomplete",
        "Mode once has an amount and no rate, mode rate a rate and no amount", "按次收费须有金额，按率收费须有费率"),
    row(V::tiers_order, "tiers_order", "Tiers ascend, and only the last one is open", "分档须递增，且仅末档不设上限"),
    row(V::subsidy_line_incomplete, "subsidy_line_incomplete", "The line lacks a member that its other members need",
        "补贴条款缺少必需成员"),
    row(V::subsidy_line_excess, "subsidy_line_excess", "The line has a member that means nothing beside its others",
        "补贴条款含有无意义的成员"),
    row(V::allocation_unsupported, "allocation_unsupported",
        "Allocation by priority is not open until a rule says by what order", "优先分配须先有排序规则，暂不受理"),
    row(V::window_order, "window_order", "The last day of the window lies before its first", "窗口期首尾日期颠倒"),
    row(V::earn_year_taken, "earn_year_taken",
        "A version of the line governs that year already; a new one starts in a later year",
        "该年度已有版本适用，新版本须自以后年度起"),
    row(V::region_prefix_form, "region_prefix_form", "A region prefix is 2, 4 or 6 digits",
        "区划前缀须为 2、4 或 6 位数字"),
    row(V::policy_word_unknown, "policy_word_unknown", "The word is not in the vocabulary", "词汇表中没有该词"),
    row(V::calendar_day_twice, "calendar_day_twice", "The calendar names a day twice", "日历日期重复"),
    row(V::word_form, "policy_word_form", "A code is made of small letters, digits and underscores",
        "代码仅含小写字母、数字和下划线"),
    row(V::word_twice, "policy_word_twice", "The list has a code twice", "列表中代码重复"),
    row(V::word_fixed, "policy_word_fixed",
        "The words of this vocabulary are fixed: it can be narrowed and renamed only",
        "该词汇表的词由格式固定，仅可缩减或更名"),
    row(V::classification_lax, "classification_lax",
        "Core data is never registered, and important data never without an approval",
        "核心数据不得登记，重要数据须经批准"),
    row(V::region_of_group, "region_of_group", "A group of regions names cities, each in one group at most",
        "区域分组须由城市组成，且每个城市至多属于一组"),
    row(V::measure_list, "measure_list", "A measure names a list exactly if it counts the items of one",
        "仅统计名单项目的指标须指明名单"),
    row(V::measure_day, "measure_day", "The day of the target lies before the measure is in force",
        "目标日期早于指标生效日"),
    row(V::thresholds_order, "thresholds_order", "Contract or certification begins below the assessment",
        "合同或认证门槛须低于评估门槛"),
    row(V::joint_cap_differs, "joint_cap_differs", "Another line shares the ceiling and states another amount",
        "共用该上限的其他条款所列金额不同"),
    row(V::retired_already, "policy_retired_already", "The version was retired already", "该版本已废止"),
    row(V::retire_day, "policy_retire_day", "The version cannot end on that day", "该版本不能于该日终止"),
};

Verdict check_known_org(const EntryTx& tx, const OrgId& org, std::string_view pointer) {
  if (tx.find<Org>(org.text)) return {};
  return refuse(General::object_unknown, "org " + org.text + "; register it first", std::string(pointer));
}

// --- fee schedule and waiver
Verdict check_service_fee(const ServiceFee& fee, const std::string& pointer) {
  if (!is_line_name(fee.line)) return refuse(V::line_name_form, fee.line, pointer + "/line");
  const bool once = fee.mode == FeeMode::once;
  if (once != fee.amount_fen.has_value() || once == fee.ppm.has_value()) {
    return refuse(V::service_fee_incomplete, "line " + fee.line + " is of mode " + std::string(name_of(fee.mode)),
                  pointer);
  }
  return {};
}

Verdict check_fee_schedule(const EntryTx& tx, const FeeSchedule& schedule) {
  DENGJI_TRY(check_known_org(tx, schedule.payee, "/body/fee_schedule/payee"));
  std::vector<std::string_view> lines{"registration"};
  for (std::size_t i = 0; i < schedule.service.size(); ++i) {
    const ServiceFee& fee = schedule.service[i];
    const std::string pointer = "/body/fee_schedule/service/" + std::to_string(i);
    DENGJI_TRY(check_service_fee(fee, pointer));
    if (std::find(lines.begin(), lines.end(), fee.line) != lines.end()) {
      return refuse(V::line_twice, fee.line, pointer + "/line");
    }
    lines.push_back(fee.line);
  }
  return {};
}

Verdict check_waiver(const EntryTx& tx, const Waiver& waiver) {
  if (!is_line_name(waiver.line)) return refuse(V::line_name_form, waiver.line, "/body/waiver/line");
  return check_known_org(tx, waiver.borne_by, "/body/waiver/borne_by");
}

// --- policy.enact
Verdict check_members(const PolicyEnactBody& body) {
  const std::array present{
      body.fee_schedule.has_value(), body.waiver.has_value(),     body.time_limits.has_value(),
      body.subsidy_line.has_value(), body.vocabulary.has_value(), body.classification.has_value(),
      body.region_group.has_value(), body.measure.has_value(),    body.export_thresholds.has_value()};
  static_assert(std::tuple_size_v<decltype(present)> == EnumNames<PolicyKind>::names.size());
  for (std::size_t i = 0; i < present.size(); ++i) {
    const bool wanted = static_cast<std::size_t>(body.kind) == i;
    if (present[i] == wanted) continue;
    const std::string name(name_of(static_cast<PolicyKind>(i)));
    return refuse(
        V::kind_mismatch,
        "kind is " + std::string(name_of(body.kind)) + ", " + name + (present[i] ? " is present" : " is missing"),
        "/body/" + name);
  }
  return {};
}

Verdict check_measure(const EntryTx& tx, const PolicyEnactBody& body) {
  if (const auto& industry = body.measure->industry) {
    const WordsInForce words = words_on(tx.view(), Vocabulary::industry, body.jurisdiction, body.effective_from);
    if (!words.has(*industry)) {
      return refuse(V::policy_word_unknown, *industry + "; one of " + words.codes(), "/body/measure/industry");
    }
  }
  return check_measure_form(*body.measure, body.effective_from);
}

Verdict check_content(const EntryTx& tx, const PolicyEnactBody& body) {
  switch (body.kind) {
    case PolicyKind::fee_schedule:
      return check_fee_schedule(tx, *body.fee_schedule);
    case PolicyKind::waiver:
      return check_waiver(tx, *body.waiver);
    case PolicyKind::time_limits:
      return {};
    case PolicyKind::subsidy_line:
      return check_subsidy_line_form(tx, body);
    case PolicyKind::vocabulary:
      return check_vocabulary_form(*body.vocabulary);
    case PolicyKind::classification:
      return check_classification_form(*body.classification);
    case PolicyKind::region_group:
      return check_region_groups_form(*body.region_group);
    case PolicyKind::measure:
      return check_measure(tx, body);
    case PolicyKind::export_thresholds:
      return check_export_thresholds_form(*body.export_thresholds);
  }
  return {};
}

Verdict check_effective(const EntryTx& tx, const PolicyEnactBody& body) {
  if (body.effective_to && *body.effective_to < body.effective_from) {
    return refuse(V::effective_order, "from " + format_date(body.effective_from), "/body/effective_to");
  }
  if (body.effective_from < tx.context().day() && !body.retroactive.value_or(false)) {
    return refuse(V::effective_in_past,
                  "today is " + format_date(tx.context().day()) + "; start then, or set retroactive",
                  "/body/effective_from");
  }
  return {};
}

Policy make_policy(const EntryTx& tx, const PolicyEnactBody& body, std::int64_t version) {
  Policy policy;
  policy.kind = body.kind;
  policy.code = body.code;
  policy.version = version;
  policy.title = body.title;
  policy.jurisdiction = body.jurisdiction;
  policy.effective_from = body.effective_from;
  policy.effective_to = body.effective_to;
  policy.retroactive = body.retroactive.value_or(false);
  policy.enacted_seq = static_cast<std::int64_t>(tx.context().seq.value);
  policy.fee_schedule = body.fee_schedule;
  policy.waiver = body.waiver;
  policy.time_limits = body.time_limits;
  policy.subsidy_line = body.subsidy_line;
  policy.vocabulary = body.vocabulary;
  policy.classification = body.classification;
  policy.region_group = body.region_group;
  policy.measure = body.measure;
  policy.export_thresholds = body.export_thresholds;
  return policy;
}

bool moves_money(PolicyKind kind) {
  return kind == PolicyKind::fee_schedule || kind == PolicyKind::waiver || kind == PolicyKind::subsidy_line;
}

Verdict check_finance(const EntryTx& tx, PolicyKind kind) {
  if (!moves_money(kind) || tx.context().party("finance")) return {};
  return refuse(General::signer_missing,
                "a policy of kind " + std::string(name_of(kind)) + " moves money: finance signs it too", "/parties");
}

// A code stays with its kind and jurisdiction, that of a vocabulary with its name.
Verdict check_first_version(const EntryTx& tx, const PolicyEnactBody& body) {
  const auto first = policy_by_rule(tx.view(), body.code + "@1");
  if (!first) return {};
  const bool same_words = !first->vocabulary || !body.vocabulary || first->vocabulary->name == body.vocabulary->name;
  if (first->kind == body.kind && first->jurisdiction == body.jurisdiction && same_words) return {};
  const std::string topic = first->vocabulary ? " " + std::string(first->topic()) : "";
  return refuse(V::kind_of_code,
                body.code + " is a " + std::string(name_of(first->kind)) + topic + " of " + first->jurisdiction +
                    "; choose another code",
                "/body/code");
}

// A version that never came into force leaves no span behind: numbers go on after the highest there ever was.
std::int64_t next_version(const EntryTx& tx, const PolicyEnactBody& body, const std::vector<PolicySpan>& versions) {
  std::int64_t version = versions.empty() ? 1 : versions.back().version + 1;
  while (policy_by_rule(tx.view(), body.code + "@" + std::to_string(version))) ++version;
  return version;
}

Verdict apply_enact(EntryTx& tx, const PolicyEnactBody& body) {
  DENGJI_TRY(check_finance(tx, body.kind));
  return enact_unsigned(tx, body);
}

// --- policy.retire
// The day on which a version ends by all that is known: its own last day, or the day before the next one takes over.
std::optional<Date> known_end(const EntryTx& tx, const Policy& policy) {
  std::optional<Date> end = policy.effective_to;
  for (const PolicySpan& span : policy_versions(tx.view(), policy.code)) {
    if (span.version <= policy.version) continue;
    const Date before = add_days(span.from, -1);
    end = end ? std::min(*end, before) : before;
  }
  return end;
}

Verdict check_last_day(const EntryTx& tx, const Policy& policy, const PolicyRetireBody& body) {
  const Date today = tx.context().day();
  const bool begun = policy.effective_from <= today;
  if (const auto end = known_end(tx, policy); end && *end <= body.last_day) {
    return refuse(V::retire_day, policy.rule() + " ends on " + format_date(*end) + " anyway", "/body/last_day");
  }
  if (begun && body.last_day < policy.effective_from) {
    return refuse(V::retire_day, policy.rule() + " was in force from " + format_date(policy.effective_from) + " on",
                  "/body/last_day");
  }
  if (!begun || today <= body.last_day) return {};
  if (policy.kind == PolicyKind::subsidy_line) {
    return refuse(V::retire_day, "what was earned under a subsidy line stays; today at the earliest", "/body/last_day");
  }
  if (body.retroactive.value_or(false)) return {};
  return refuse(V::effective_in_past, "today is " + format_date(today) + "; end it then, or set retroactive",
                "/body/last_day");
}

Verdict apply_retire(EntryTx& tx, const PolicyRetireBody& body) {
  auto policy = tx.need<Policy>(body.policy, "/body/policy");
  if (!policy) return std::unexpected(std::move(policy.error()));
  DENGJI_TRY(check_finance(tx, policy->kind));
  if (policy->retired_to) {
    return refuse(V::retired_already, body.policy + " ends on " + format_date(*policy->retired_to), "/body/policy");
  }
  DENGJI_TRY(check_last_day(tx, *policy, body));
  const PolicySpan span{policy->code, policy->version, policy->effective_from, policy->effective_to};
  end_policy_span(tx, policy_code_key(policy->code), span, body.last_day);
  end_policy_span(tx, policy_kind_key(policy->kind, policy->jurisdiction, policy->topic()), span, body.last_day);
  policy->retired_to = body.last_day;
  policy->retire_reason = body.reason;
  tx.put(*policy);
  tx.status(Policy::kKind, policy->rule(), "enacted", "retired");
  tx.subject(Policy::kKind, policy->rule());
  return {};
}

// --- calendar.set
Verdict apply_calendar(EntryTx& tx, const CalendarSetBody& body) {
  std::vector<CalendarDay> days = body.days;
  std::sort(days.begin(), days.end(), [](const CalendarDay& a, const CalendarDay& b) { return a.day < b.day; });
  const auto twice = std::adjacent_find(days.begin(), days.end(),
                                        [](const CalendarDay& a, const CalendarDay& b) { return a.day == b.day; });
  if (twice != days.end()) return refuse(V::calendar_day_twice, format_date(twice->day), "/body/days");
  for (std::size_t i = 0; i < days.size();) {
    CalendarYear year;
    year.year = std::to_string(civil(days[i].day).year);
    const auto before = tx.find<CalendarYear>(year.year);
    if (before) year = *before;
    for (; i < days.size() && std::to_string(civil(days[i].day).year) == year.year; ++i) {
      std::erase_if(year.days, [&](const CalendarDay& old) { return old.day == days[i].day; });
      year.days.push_back(days[i]);
    }
    std::sort(year.days.begin(), year.days.end(),
              [](const CalendarDay& a, const CalendarDay& b) { return a.day < b.day; });
    tx.put(year);
    tx.status(CalendarYear::kKind, year.year, before ? "set" : "", "set");
    tx.subject(CalendarYear::kKind, year.year);
  }
  return {};
}

std::vector<EntryTypeInfo> make_types() {
  constexpr std::string_view kArea = "policy";
  return {
      entry_type<PolicyEnactBody, &apply_enact>(
          "policy.enact", kArea,
          {"Brings a policy, or a new version of one, into force; what moves money is signed by finance too",
           "颁布政策或其新版本；涉及资金的须财政共同签署"},
          {{{"bureau"}, 1, 1}, {{"finance"}, 0, 1}}, Visibility::everyone),
      entry_type<PolicyRetireBody, &apply_retire>(
          "policy.retire", kArea,
          {"Ends a version of a policy on a day, or before it begins; what moves money is signed by finance too",
           "废止政策的某一版本；涉及资金的须财政共同签署"},
          {{{"bureau"}, 1, 1}, {{"finance"}, 0, 1}}, Visibility::everyone),
      entry_type<CalendarSetBody, &apply_calendar>(
          "calendar.set", kArea,
          {"Names days that are, or are not, working days other than by the week", "设定工作日与休息日"},
          {{{"bureau"}, 1, 1}}, Visibility::everyone),
  };
}

}  // namespace

Verdict enact_unsigned(EntryTx& tx, const PolicyEnactBody& body) {
  if (!is_code(body.code)) return refuse(V::code_form, body.code, "/body/code");
  if (!is_region(body.jurisdiction)) return refuse(V::jurisdiction_form, body.jurisdiction, "/body/jurisdiction");
  DENGJI_TRY(check_members(body));
  DENGJI_TRY(check_first_version(tx, body));
  DENGJI_TRY(check_content(tx, body));
  DENGJI_TRY(check_effective(tx, body));
  const auto versions = policy_versions(tx.view(), body.code);
  if (body.kind == PolicyKind::subsidy_line) DENGJI_TRY(check_earn_years(versions, body));

  const Policy policy = make_policy(tx, body, next_version(tx, body, versions));
  tx.put(policy);
  const PolicySpan span{policy.code, policy.version, policy.effective_from, policy.effective_to};
  add_policy_span(tx, policy_code_key(policy.code), span);
  add_policy_span(tx, policy_kind_key(policy.kind, policy.jurisdiction, policy.topic()), span);
  tx.status(Policy::kKind, policy.rule(), "", "enacted");
  tx.subject(Policy::kKind, policy.rule());
  return {};
}

std::span<const FormInfo> policy_forms() {
  static const std::array forms = {
      form_info<FeeSchedule>("policies", "fee_schedule", {"Registration fee and service fees", "收费标准"}),
      form_info<Waiver>("policies", "waiver", {"Waiver of the first registration's fee", "首次登记减免"}),
      form_info<TimeLimits>("policies", "time_limits", {"Time limits of the procedure", "办理时限"}),
      form_info<SubsidyLine>("policies", "subsidy_line", {"A subsidy line", "补贴条款"}),
      form_info<VocabularyForm>("policies", "vocabulary", {"The words of one vocabulary", "词汇表"}),
      form_info<ClassificationForm>("policies", "classification", {"Which grade needs which approval", "数据分级规则"}),
      form_info<RegionGroupsForm>("policies", "region_group", {"Groups of cities", "区域分组"}),
      form_info<MeasureForm>("policies", "measure", {"A measure of the plan and its target", "计划指标"}),
      form_info<ExportThresholdsForm>("policies", "export_thresholds",
                                      {"From how many people on an export needs which route", "数据出境门槛"}),
  };
  static_assert(std::tuple_size_v<decltype(forms)> == EnumNames<PolicyKind>::names.size());
  return forms;
}

const Area& policy_area() {
  static const std::vector<EntryTypeInfo> types = make_types();
  static const std::vector<ObjectKindInfo> kinds{
      object_kind<Policy>(
          "policies", {"Policies by code and version, such as FEE-REG@1", "政策"}, Visibility::everyone,
          {{"kind",
            "fee_schedule, waiver, time_limits, subsidy_line, vocabulary, classification, region_group, "
            "measure or export_thresholds"},
           {"code", "Code: all its versions"},
           {"jurisdiction", "GB/T 2260 code"},
           {"joint_cap", "Code of a ceiling: the subsidy lines that share it"}}),
      object_kind<CalendarYear>("calendars", {"Days that differ from Monday to Friday, by year", "工作日历"},
                                Visibility::everyone, {}),
  };
  static const Area area{"policy", 900, types, kinds, kVerdicts};
  return area;
}

}  // namespace dengji::contracts
