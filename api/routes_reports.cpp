// Reports: questions over the whole ledger that the node hands over as a table (tables.hpp). What is common to all is
// done here: who may ask, as of when, pages.
#include <algorithm>

#include "api/paging.hpp"
#include "api/problem.hpp"
#include "api/routes.hpp"

namespace dengji::api {

namespace {

using state::Json;

constexpr std::string_view kCommon[] = {"as_of", "min_size", "limit", "cursor"};

bool is_common(std::string_view name) {
  return std::find(std::begin(kCommon), std::end(kCommon), name) != std::end(kCommon);
}

// One listing is the route and all that was asked: its cursor fits no other.
std::string report_query_name(const ReportInfo& report, const Query& query) {
  std::string name = report.name;
  for (const auto& [key, value] : query) name.append("&").append(key).append("=").append(value);
  return name;
}

Result<Page> page_of(const ReportInfo& report, const Core& core, const Call& call, const std::string& name) {
  if (report.paged) return read_page(core, call, name);
  auto as_of = resolve_as_of(core, call.parameter("as_of"));
  if (!as_of) return std::unexpected(std::move(as_of.error()));
  Page page;
  page.as_of = *as_of;
  return page;
}

bool asks_about_itself(const ReportInfo& report, const Call& call) {
  const std::string* org = report.about.empty() ? nullptr : call.parameter(report.about);
  return org != nullptr && call.reader.org && call.reader.org->text == *org;
}

Response get_report(const ReportInfo& report, Core& core, Call& call) {
  const bool open = report.visibility == state::Visibility::everyone;
  if (!open && !call.reader.org) return problem(ErrorCode::bad_token, report.name + " needs a read token");
  if (!open && !call.reader.sees_all && !asks_about_itself(report, call)) {
    return problem(
        ErrorCode::not_allowed,
        report.name + " is for the platform, the bureau, finance and auditors" +
            (report.about.empty() ? "" : ", and for the organisation that " + std::string(report.about) + " names"));
  }
  Query query;
  for (const auto& [name, value] : call.query) {
    if (!is_common(name)) query.emplace_back(name, value);
  }
  const std::string name = report_query_name(report, query);
  auto page = page_of(report, core, call, name);
  if (!page) return problem(page.error());
  const auto view = core.ports.ledger.view_at(page->as_of.size);
  auto json = report.run({.size = page->as_of.size,
                          .now = page->as_of.now,
                          .view = *view,
                          .query = query,
                          .limit = page->limit,
                          .after = page->after});
  if (!json) return problem(json.error());
  if (report.paged && json->contains("next")) {
    (*json)["next"] = make_cursor(*page, name, (*json)["next"].get<std::string>());
  }
  if (page->as_of.size > 0) (*json)["as_of"] = page->as_of.size - 1;
  Response response = json_response(*json);
  tell_as_of(response, page->as_of);
  if (open) set_caching(response, Caching::revalidate);
  return response;
}

}  // namespace

std::string report_schema_name(const ReportInfo& report) {
  std::string name = "Report." + report.name;
  std::replace(name.begin(), name.end(), '/', '.');
  return name;
}

void add_report_routes(Router& router, const Core& core) {
  for (const ReportInfo& report : core.tables.reports) {
    std::vector<Parameter> parameters =
        report.paged
            ? page_parameters()
            : std::vector<Parameter>{
                  {.name = "as_of",
                   .doc = "The ledger as of a seq, an instant, the end of a day, or a seq on a day (41@2026-03-02)"}};
    for (const ReportParameter& parameter : report.parameters) {
      parameters.push_back({.name = parameter.name, .doc = parameter.doc});
    }
    router.add({.method = Method::get,
                .path = "/v1/" + report.name,
                .summary = report.doc,
                .tag = "reports",
                .parameters = std::move(parameters),
                .produces = {"application/json"},
                .consumes = {},
                .body = {},
                .schema = report_schema_name(report),
                .read = [&report](Core& c, Call& call) { return get_report(report, c, call); },
                .quick = {},
                .raw = {}});
  }
}

}  // namespace dengji::api
