// What an organisation would be due under a subsidy line now, as the API serves it. What objects came to is served from
// their kinds.
#pragma once

#include "api/ports.hpp"
#include "api/tables.hpp"

namespace dengji::node {

// `ledger` must outlive the API.
api::ReportInfo explain_report(const api::LedgerPort& ledger);

}  // namespace dengji::node
