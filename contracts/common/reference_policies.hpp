// What the reference policies in force say on a day, or what holds where no policy says anything: version 0, the plan's
// own lists and the limits of the law, built in. The forms are in reference_forms.hpp. Reads only.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/common/policies.hpp"

namespace dengji::contracts {

// The words that an entry of that day may say.
class WordsInForce {
 public:
  WordsInForce(Vocabulary vocabulary, std::optional<Policy> policy);

  // Any word of an open vocabulary: purposes, until a policy lists them.
  bool has(std::string_view code) const;
  // "INDUSTRY@2", or "built-in".
  std::string rule() const;
  // For refusals: "manufacturing, transport, … (INDUSTRY@2)".
  std::string codes() const;
  std::vector<WordForm> all() const;

 private:
  Vocabulary vocabulary_;
  std::optional<Policy> policy_;
};
WordsInForce words_on(const ReadView& view, Vocabulary vocabulary, std::string_view region, Date day);

ClassificationForm classification_on(const ReadView& view, std::string_view region, Date day);
ExportThresholdsForm export_thresholds_on(const ReadView& view, std::string_view region, Date day);
// The group that a city belongs to; nullopt outside all groups. The province's policy groups its cities.
std::optional<RegionGroupForm> region_group_on(const ReadView& view, std::string_view region, Date day);
// Every group of the province, in the order of its policy.
std::vector<RegionGroupForm> region_groups_on(const ReadView& view, std::string_view region, Date day);
// The measures in force for a jurisdiction, one per code, by code.
std::vector<Policy> measures_on(const ReadView& view, std::string_view jurisdiction, Date day);

}  // namespace dengji::contracts
