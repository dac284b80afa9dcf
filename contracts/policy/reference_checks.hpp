// What policy.enact asks of the bodies that give words, grades, regions, measures and thresholds (reference_forms.hpp).
// Part of the policy area.
#pragma once

#include "contracts/policy/policies.hpp"

namespace dengji::contracts {

Verdict check_vocabulary_form(const VocabularyForm& form);
Verdict check_classification_form(const ClassificationForm& form);
Verdict check_region_groups_form(const RegionGroupsForm& form);
Verdict check_measure_form(const MeasureForm& form, Date effective_from);
Verdict check_export_thresholds_form(const ExportThresholdsForm& form);

}  // namespace dengji::contracts
