// The routes, by subject; each lives in the file of that name.
#pragma once

#include <atomic>

#include "api/router.hpp"
#include "api/server_config.hpp"

namespace dengji::api {

void add_submit_routes(Router& router);                                                // routes_submit.cpp
void add_batch_routes(Router& router);                                                 // routes_batch.cpp
void add_entry_routes(Router& router);                                                 // routes_entries.cpp
void add_log_routes(Router& router);                                                   // routes_log.cpp
void add_export_routes(Router& router);                                                // routes_export.cpp
void add_object_routes(Router& router, const Core& core);                              // routes_objects.cpp
void add_account_routes(Router& router);                                               // routes_accounts.cpp
void add_stream_routes(Router& router);                                                // routes_stream.cpp
void add_about_routes(Router& router);                                                 // routes_about.cpp
void add_report_routes(Router& router, const Core& core);                              // routes_reports.cpp
void add_deadline_routes(Router& router);                                              // routes_deadlines.cpp
void add_health_routes(Router& router, const std::atomic<const ServerStats*>& stats);  // routes_health.cpp

// What the answer of a report is called in OpenAPI.
std::string report_schema_name(const ReportInfo& report);
// The OpenAPI 3.1 document of these routes.
std::string write_openapi(const Router& router, const Core& core);

// Adds Dengji-Size and answers.
void answer(const Core& core, Responder responder, Response response);

}  // namespace dengji::api
