#include "contracts/common/reference_policies.hpp"

#include <algorithm>
#include <array>

namespace dengji::contracts {
namespace {

struct BuiltInGroup {
  std::string_view code;
  std::string_view en;
  std::string_view zh;
};
constexpr std::array kGroups = {
    BuiltInGroup{"south", "Southern Jiangsu", "苏南"},
    BuiltInGroup{"middle", "Central Jiangsu", "苏中"},
    BuiltInGroup{"north", "Northern Jiangsu", "苏北"},
};

std::vector<RegionGroupForm> built_in_groups() {
  std::vector<RegionGroupForm> groups;
  for (const BuiltInGroup& group : kGroups) {
    RegionGroupForm form{std::string(group.code), std::string(group.en), std::string(group.zh), {}};
    for (int city = 1; city <= 13; ++city) {
      const std::string region = "32" + std::string(city < 10 ? "0" : "") + std::to_string(city) + "00";
      if (region_group(region) == group.zh) form.regions.push_back(region);
    }
    groups.push_back(std::move(form));
  }
  return groups;
}

}  // namespace

WordsInForce::WordsInForce(Vocabulary vocabulary, std::optional<Policy> policy)
    : vocabulary_(vocabulary), policy_(std::move(policy)) {}

bool WordsInForce::has(std::string_view code) const {
  if (!policy_) return vocabulary_ == Vocabulary::purpose || find_word(vocabulary_, code);
  const auto& words = policy_->vocabulary->words;
  return std::any_of(words.begin(), words.end(), [&](const WordForm& word) { return word.code == code; });
}

std::string WordsInForce::rule() const {
  return policy_ ? policy_->rule() : "built-in";
}

std::string WordsInForce::codes() const {
  if (!policy_) return codes_of(vocabulary_);
  std::string text;
  for (const WordForm& word : policy_->vocabulary->words) text.append(text.empty() ? "" : ", ").append(word.code);
  return text + " (" + policy_->rule() + ")";
}

std::vector<WordForm> WordsInForce::all() const {
  if (policy_) return policy_->vocabulary->words;
  std::vector<WordForm> all;
  for (const Word& word : words(vocabulary_)) {
    all.push_back({std::string(word.code), std::string(word.en), std::string(word.zh)});
  }
  return all;
}

WordsInForce words_on(const ReadView& view, Vocabulary vocabulary, std::string_view region, Date day) {
  return {vocabulary, policy_in_force(view, PolicyKind::vocabulary, region, day, name_of(vocabulary))};
}

ClassificationForm classification_on(const ReadView& view, std::string_view region, Date day) {
  const auto policy = policy_in_force(view, PolicyKind::classification, region, day);
  return policy ? *policy->classification : ClassificationForm{};
}

ExportThresholdsForm export_thresholds_on(const ReadView& view, std::string_view region, Date day) {
  const auto policy = policy_in_force(view, PolicyKind::export_thresholds, region, day);
  return policy ? *policy->export_thresholds : ExportThresholdsForm{};
}

std::vector<RegionGroupForm> region_groups_on(const ReadView& view, std::string_view region, Date day) {
  if (const auto policy = policy_in_force(view, PolicyKind::region_group, region, day)) {
    return policy->region_group->groups;
  }
  return region.starts_with("32") ? built_in_groups() : std::vector<RegionGroupForm>{};
}

std::optional<RegionGroupForm> region_group_on(const ReadView& view, std::string_view region, Date day) {
  for (RegionGroupForm& group : region_groups_on(view, region, day)) {
    const bool inside = std::any_of(group.regions.begin(), group.regions.end(),
                                    [&](const std::string& city) { return city.substr(0, 4) == region.substr(0, 4); });
    if (inside) return std::move(group);
  }
  return std::nullopt;
}

std::vector<Policy> measures_on(const ReadView& view, std::string_view jurisdiction, Date day) {
  return policies_in_force(view, PolicyKind::measure, jurisdiction, day);
}

}  // namespace dengji::contracts
