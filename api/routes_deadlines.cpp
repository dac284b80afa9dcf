// GET /v1/deadlines: the time limits that run, overdue first, by role, organisation and kind, as of any moment.
#include <algorithm>

#include "api/deadlines.hpp"
#include "api/paging.hpp"
#include "api/problem.hpp"
#include "api/routes.hpp"

namespace dengji::api {

namespace {

using state::Json;
using state::ObjectKindInfo;

std::unexpected<Error> bad_member(ErrorCode code, std::string why, const char* name) {
  return fail(code, std::move(why), std::string("?") + name);
}

Result<std::optional<Date>> read_day(const Call& call, const char* name) {
  const std::string* text = call.parameter(name);
  if (!text) return std::nullopt;
  const auto day = parse_date(*text);
  if (!day) return bad_member(ErrorCode::value_format, "a day such as 2026-03-31", name);
  return day;
}

Result<const ObjectKindInfo*> read_kind(const state::Registry& registry, const std::string& name) {
  const ObjectKindInfo* kind = registry.kind(name);
  if (kind && kind->deadlines) return kind;
  std::string known;
  for (const ObjectKindInfo* one : registry.kinds()) {
    if (one->deadlines) known.append(known.empty() ? "" : ", ").append(one->kind);
  }
  return bad_member(ErrorCode::value_format, "kinds with time limits are " + known, "kind");
}

Result<DeadlineQuery> read_query(const Core& core, const Call& call) {
  DeadlineQuery query;
  if (const std::string* kind = call.parameter("kind")) {
    const auto found = read_kind(core.tables.registry, *kind);
    if (!found) return std::unexpected(found.error());
    query.kind = *found;
  }
  if (const std::string* role = call.parameter("role")) query.role = *role;
  if (const std::string* org = call.parameter("org")) query.org = *org;
  if (const std::string* overdue = call.parameter("overdue")) {
    if (*overdue != "true" && *overdue != "false") {
      return bad_member(ErrorCode::value_format, "true or false; leave it out for both", "overdue");
    }
    query.overdue = *overdue == "true";
  }
  const auto from = read_day(call, "from");
  if (!from) return std::unexpected(from.error());
  const auto to = read_day(call, "to");
  if (!to) return std::unexpected(to.error());
  query.from = *from;
  query.to = *to;
  return query;
}

// One listing is all that was asked: its cursor fits no other.
std::string listing_name(const Call& call) {
  std::string name = "deadlines";
  for (const char* member : {"kind", "role", "org", "overdue", "from", "to"}) {
    if (const std::string* value = call.parameter(member)) name.append("&").append(member).append("=").append(*value);
  }
  return name;
}

const state::DeadlineName* name_of_limit(const ObjectKindInfo& kind, std::string_view what) {
  const auto found = std::find_if(kind.deadline_names.begin(), kind.deadline_names.end(),
                                  [&](const state::DeadlineName& name) { return name.what == what; });
  return found == kind.deadline_names.end() ? nullptr : &*found;
}

Json deadline_json(const FoundDeadline& found, Date today) {
  const state::Deadline& deadline = found.deadline;
  Json item{{"kind", std::string(found.kind->kind)},
            {"id", found.id},
            {"what", std::string(deadline.what)},
            {"since", format_date(deadline.since)},
            {"due", format_date(deadline.due)},
            {"lapses", deadline.lapses},
            {"role", std::string(deadline.role)},
            {"href", "/v1/" + std::string(found.kind->plural) + "/" + percent_encode(found.id)}};
  const std::int32_t left = deadline.due.days - today.days;
  if (left < 0) {
    item["overdue_days"] = -left;
  } else {
    item["days_left"] = left;
  }
  if (deadline.org) item["org"] = deadline.org->text;
  if (const state::DeadlineName* name = name_of_limit(*found.kind, deadline.what)) {
    item["doc"] = std::string(name->doc);
    item["doc_zh"] = std::string(name->doc_zh);
  }
  return item;
}

Response get_deadlines(Core& core, Call& call) {
  auto query = read_query(core, call);
  if (!query) return problem(query.error());
  const std::string name = listing_name(call);
  auto page = read_page(core, call, name);
  if (!page) return problem(page.error());
  query->limit = page->limit;
  query->after = page->after;
  const auto view = core.ports.ledger.view_at(page->as_of.size);
  const Date today = shanghai_day(page->as_of.now);
  const DeadlineList list = list_deadlines(core.tables.registry, *view, today, call.reader, *query);
  Json items = Json::array();
  for (const FoundDeadline& found : list.items) items.push_back(deadline_json(found, today));
  Json body{{"items", std::move(items)}, {"overdue", list.overdue}, {"today", format_date(today)}};
  if (list.cut_off) body["cut_off"] = true;
  return page_response(std::move(body), *page, name, list.next);
}

}  // namespace

void add_deadline_routes(Router& router) {
  std::vector<Parameter> parameters = page_parameters();
  for (Parameter& parameter :
       std::vector<Parameter>{{.name = "kind", .doc = "Only of this kind of object, such as dataset"},
                              {.name = "role", .doc = "Only those that this role is to meet, such as registrar"},
                              {.name = "org", .doc = "Only those that this organisation is to meet"},
                              {.name = "overdue", .doc = "true: only what is overdue; false: only what is not"},
                              {.name = "from", .doc = "Due on this day or later"},
                              {.name = "to", .doc = "Due on this day or before"}}) {
    parameters.push_back(std::move(parameter));
  }
  router.add({.method = Method::get,
              .path = "/v1/deadlines",
              .summary = "Time limits that run, overdue first, then by their last day",
              .tag = "deadlines",
              .parameters = std::move(parameters),
              .produces = {"application/json"},
              .consumes = {},
              .body = {},
              .schema = "DeadlineList",
              .read = &get_deadlines,
              .quick = {},
              .raw = {}});
}

}  // namespace dengji::api
