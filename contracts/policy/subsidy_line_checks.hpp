// What policy.enact asks of a subsidy line (SubsidyLine, policy_forms.hpp): which members belong together, and how it
// stands to other lines and to the versions before it. Part of the policy area.
#pragma once

#include <vector>

#include "contracts/common/policy_directory.hpp"
#include "contracts/policy/policies.hpp"

namespace dengji::contracts {

// The line by itself, its words as in force on its first day, and one amount for a ceiling that it shares.
Verdict check_subsidy_line_form(const EntryTx& tx, const PolicyEnactBody& body);

// One version per earn year: the last year in which a version is in force lies before the first of the next one.
Verdict check_earn_years(const std::vector<PolicySpan>& versions, const PolicyEnactBody& body);

}  // namespace dengji::contracts
