// The bodies of policies that say what words, grades, regions and figures mean: vocabularies, the classification of
// data, groups of regions, measures of a plan and thresholds of export. They stand in policy.enact and in state beside
// the policies that move money and time (policy_forms.hpp).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "contracts/common/vocabularies.hpp"
#include "ledger/state/fields.hpp"

namespace dengji::contracts {

using namespace dengji::state;  // NOLINT: contracts speak the vocabulary of state throughout

struct WordForm {
  std::string code;
  std::string en;
  std::string zh;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("code", self.code, Spec{"What an entry says: small letters, digits and underscores", 1, 32});
    visit("en", self.en, Spec{"English name", 1, 64});
    visit("zh", self.zh, Spec{"Chinese name", 1, 64});
  }
};

struct VocabularyForm {
  Vocabulary name = Vocabulary::industry;
  std::vector<WordForm> words;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("name", self.name, Spec{"Which vocabulary; a code stays with one"});
    visit("words", self.words,
          Spec{.doc = "All its words, those that stay included", .items_min = 1, .items_max = 200});
  }
};

// What an application of a grade needs: nothing, the reference of an approval, or it is not registered at all.
enum class GradeApproval : std::uint8_t { none, reference, never };

struct GradeRule {
  GradeApproval approval = GradeApproval::none;
  std::optional<std::string> authority;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("approval", self.approval, Spec{"What an application of this grade needs"});
    visit("authority", self.authority, Spec{"Who approves", 1, 100});
  }
};

struct ClassificationForm {
  GradeRule core{GradeApproval::never, std::nullopt};
  GradeRule important{GradeApproval::reference, std::nullopt};
  GradeRule general;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("core", self.core, Spec{"Core data: never"});
    visit("important", self.important, Spec{"Important data: reference or never"});
    visit("general", self.general, Spec{"General data"});
  }
};

struct RegionGroupForm {
  std::string code;
  std::string en;
  std::string zh;
  std::vector<std::string> regions;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("code", self.code, Spec{"Code: small letters, digits and underscores", 1, 32});
    visit("en", self.en, Spec{"English name", 1, 64});
    visit("zh", self.zh, Spec{"Chinese name, such as 苏南", 1, 64});
    visit("regions", self.regions, Spec{.doc = "GB/T 2260 codes of its cities", .min = 6, .max = 6, .items_min = 1});
  }
};

struct RegionGroupsForm {
  std::vector<RegionGroupForm> groups;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("groups", self.groups, Spec{.doc = "The groups; a city is in one at most", .items_min = 1, .items_max = 16});
  }
};

enum class MeasureCount : std::uint8_t {
  registered_datasets,
  certified_datasets,
  cases,
  list_items,
  organisations,
  trades,
  settled_fen,
  filings,
};

// A measure of the plan with its target, which statistics count by.
struct MeasureForm {
  std::int64_t number = 1;
  std::string name;
  MeasureCount counts = MeasureCount::registered_datasets;
  std::optional<std::string> list;
  std::optional<std::string> industry;
  std::int64_t target = 0;
  Date by;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("number", self.number, Spec{"Number of the measure in the plan", 1, 999});
    visit("name", self.name, Spec{"What it is called", 1, 200});
    visit("counts", self.counts, Spec{"What counts"});
    visit("list", self.list, Spec{"For counts list_items: the list whose items count", 1, 64});
    visit("industry", self.industry, Spec{"Only of this industry", 1, 32});
    visit("target", self.target, Spec{"How much is to be reached", 1});
    visit("by", self.by, Spec{"Last day"});
  }
};

// From how many people on, since 1 January, an exporter needs which route. Important data always needs the assessment.
struct ExportThresholdsForm {
  std::int64_t people_contract = 100'000;
  std::int64_t people_assessment = 1'000'000;
  std::int64_t sensitive_contract = 1;
  std::int64_t sensitive_assessment = 10'000;
  std::int64_t valid_years = 3;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("people_contract", self.people_contract, Spec{"People from which on contract or certification is needed", 1});
    visit("people_assessment", self.people_assessment, Spec{"People from which on the assessment is needed", 1});
    visit("sensitive_contract", self.sensitive_contract,
          Spec{"People whose sensitive data goes, from which on contract or certification is needed", 1});
    visit("sensitive_assessment", self.sensitive_assessment,
          Spec{"People whose sensitive data goes, from which on the assessment is needed", 1});
    visit("valid_years", self.valid_years, Spec{"Years for which a decision holds", 1, 10});
  }
};

}  // namespace dengji::contracts

template <>
struct dengji::state::EnumNames<dengji::contracts::Vocabulary> {
  static constexpr std::array names{"industry", "modality",    "stage",  "label_method",
                                    "category", "supply_mode", "purpose"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::GradeApproval> {
  static constexpr std::array names{"none", "reference", "never"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::MeasureCount> {
  static constexpr std::array names{"registered_datasets",
                                    "certified_datasets",
                                    "cases",
                                    "list_items",
                                    "organisations",
                                    "trades",
                                    "settled_fen",
                                    "filings"};
};
