#include "contracts/policy/reference_checks.hpp"

#include <algorithm>
#include <set>

namespace dengji::contracts {
namespace {

using V = PolicyVerdict;

std::string place_of_item(std::string_view list, std::size_t i, std::string_view member) {
  return "/body/" + std::string(list) + "/" + std::to_string(i) + "/" + std::string(member);
}

// What entries and filters say: "smart_ocean", "4d".
bool is_word_code(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

Verdict check_code(std::set<std::string>& seen, const std::string& code, const std::string& pointer) {
  if (!is_word_code(code)) return refuse(V::word_form, code, pointer);
  if (!seen.insert(code).second) return refuse(V::word_twice, code, pointer);
  return {};
}

Verdict check_order(std::int64_t contract, std::int64_t assessment, std::string_view member) {
  if (contract < assessment) return {};
  return refuse(V::thresholds_order,
                "contract from " + std::to_string(contract) + ", assessment from " + std::to_string(assessment),
                "/body/export_thresholds/" + std::string(member));
}

}  // namespace

Verdict check_vocabulary_form(const VocabularyForm& form) {
  std::set<std::string> seen;
  for (std::size_t i = 0; i < form.words.size(); ++i) {
    const std::string pointer = place_of_item("vocabulary/words", i, "code");
    DENGJI_TRY(check_code(seen, form.words[i].code, pointer));
    if (is_fixed(form.name) && !find_word(form.name, form.words[i].code)) {
      return refuse(V::word_fixed, form.words[i].code + "; of " + codes_of(form.name), pointer);
    }
  }
  return {};
}

Verdict check_classification_form(const ClassificationForm& form) {
  if (form.core.approval != GradeApproval::never) {
    return refuse(V::classification_lax, "core data: never", "/body/classification/core/approval");
  }
  if (form.important.approval == GradeApproval::none) {
    return refuse(V::classification_lax, "important data: reference or never",
                  "/body/classification/important/approval");
  }
  return {};
}

Verdict check_region_groups_form(const RegionGroupsForm& form) {
  std::set<std::string> codes;
  std::set<std::string> cities;
  for (std::size_t g = 0; g < form.groups.size(); ++g) {
    DENGJI_TRY(check_code(codes, form.groups[g].code, place_of_item("region_group/groups", g, "code")));
    const auto& regions = form.groups[g].regions;
    for (std::size_t i = 0; i < regions.size(); ++i) {
      const std::string pointer = place_of_item("region_group/groups", g, "regions/" + std::to_string(i));
      if (!is_region(regions[i]) || !regions[i].ends_with("00") || regions[i].ends_with("0000")) {
        return refuse(V::region_of_group, regions[i] + " is no city", pointer);
      }
      if (!cities.insert(regions[i]).second) {
        return refuse(V::region_of_group, regions[i] + " is in a group already", pointer);
      }
    }
  }
  return {};
}

Verdict check_measure_form(const MeasureForm& form, Date effective_from) {
  const bool of_list = form.counts == MeasureCount::list_items;
  if (of_list != form.list.has_value()) {
    return refuse(V::measure_list, "counts is " + std::string(name_of(form.counts)), "/body/measure/list");
  }
  if (form.by < effective_from) {
    return refuse(V::measure_day, "in force from " + format_date(effective_from), "/body/measure/by");
  }
  return {};
}

Verdict check_export_thresholds_form(const ExportThresholdsForm& form) {
  DENGJI_TRY(check_order(form.people_contract, form.people_assessment, "people_contract"));
  return check_order(form.sensitive_contract, form.sensitive_assessment, "sensitive_contract");
}

}  // namespace dengji::contracts
