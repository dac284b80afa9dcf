// What the subjects of the certification area ask alike: who may decide about a holder's data set, and whether the data
// set is registered.
#pragma once

#include "contracts/certification/certification.hpp"

namespace dengji::contracts {

// `org` neither is the holder (same_party) nor related to it today (`verdict`).
Verdict check_certifying_party(const EntryTx& tx, const OrgId& org, const OrgId& holder, CertificationVerdict verdict);
// Registered and in force now. `pointer` is where the body names it.
Verdict check_certifiable(const EntryTx& tx, const Dataset& dataset, std::string_view pointer = "/body/dataset");
// `org` holds the thing that `what` names.
Verdict check_certificate_holder(const OrgId& org, const OrgId& holder, const std::string& what);
// No certificate of the data set may still be valid, now or again: valid or suspended, and not past its last day.
Verdict check_no_live_certificate(const EntryTx& tx, const Dataset& dataset);

}  // namespace dengji::contracts
