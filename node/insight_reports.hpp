// Statistics, prices and inspections as the API serves them: each a report over the read model.
#pragma once

#include <vector>

#include "api/tables.hpp"
#include "node/insight_feed.hpp"

namespace dengji::node {

// `feed` must outlive the API.
std::vector<api::ReportInfo> insight_reports(const InsightFeed& feed);

}  // namespace dengji::node
