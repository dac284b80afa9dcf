// What this ledger and this node are: its id, its entry types with their schemas, its verdicts and errors, OpenAPI,
// keys.
#include "api/problem.hpp"
#include "api/routes.hpp"

namespace dengji::api {

namespace {

using state::Json;

Json type_json(const state::EntryTypeInfo& type, bool with_schema) {
  Json signers = Json::array();
  for (const state::SignerRule& rule : type.signers) {
    Json roles = Json::array();
    for (const std::string_view role : rule.roles) roles.push_back(role);
    signers.push_back({{"roles", std::move(roles)}, {"min", rule.min}, {"max", rule.max}});
  }
  Json json{{"type", type.type},
            {"area", type.area},
            {"doc", type.doc},
            {"doc_zh", type.doc_zh},
            {"signers", std::move(signers)},
            {"visibility", state::name_of(type.visibility)}};
  if (with_schema) json["schema"] = type.schema();
  return json;
}

Response get_ledger(Core& core, Call&) {
  const auto checkpoint = core.ports.ledger.checkpoint();
  Json json{{"ledger", core.ports.ledger.ledger_id()},
            {"size", checkpoint->size},
            {"time", format_time(checkpoint->time)},
            {"version", core.config.version}};
  if (const std::string genesis = core.ports.ledger.genesis(); !genesis.empty()) json["genesis"] = genesis;
  if (!core.config.audiences.empty()) json["audience"] = core.config.audiences.front();
  Response response = json_response(json);
  set_caching(response, Caching::revalidate);
  return response;
}

Response list_types(Core& core, Call&) {
  Json items = Json::array();
  for (const state::EntryTypeInfo* type : core.tables.registry.types()) items.push_back(type_json(*type, false));
  Response response = json_response(Json{{"items", std::move(items)}});
  set_caching(response, Caching::revalidate);
  return response;
}

Response get_type(Core& core, Call& call) {
  const state::EntryTypeInfo* type = core.tables.registry.type(call.segments[0]);
  if (type == nullptr) return problem(ErrorCode::not_found, "entry type " + call.segments[0]);
  Response response = json_response(type_json(*type, true));
  set_caching(response, Caching::revalidate);
  return response;
}

Json form_json(const state::FormInfo& form) {
  return {{"group", form.group},
          {"name", form.name},
          {"route", "/v1/schemas/" + std::string(form.group) + "/" + std::string(form.name)},
          {"doc", form.doc},
          {"doc_zh", form.doc_zh}};
}

Response list_schemas(Core& core, Call&) {
  Json items = Json::array();
  for (const state::FormInfo& form : core.tables.forms) items.push_back(form_json(form));
  Response response = json_response(Json{{"items", std::move(items)}});
  set_caching(response, Caching::revalidate);
  return response;
}

Response get_schema(Core& core, Call& call) {
  for (const state::FormInfo& form : core.tables.forms) {
    if (form.group != call.segments[0] || form.name != call.segments[1]) continue;
    Json json = form_json(form);
    json["schema"] = form.schema();
    Response response = json_response(json);
    set_caching(response, Caching::revalidate);
    return response;
  }
  return problem(ErrorCode::not_found, "schema " + call.segments[0] + "/" + call.segments[1]);
}

Response list_kinds(Core& core, Call&) {
  Json items = Json::array();
  for (const state::ObjectKindInfo* kind : core.tables.registry.kinds()) {
    Json filters = Json::array();
    for (const state::ObjectIndex& index : kind->indexes) filters.push_back({{"name", index.name}, {"doc", index.doc}});
    Json limits = Json::array();
    for (const state::DeadlineName& name : kind->deadline_names) {
      limits.push_back({{"what", name.what}, {"doc", name.doc}, {"doc_zh", name.doc_zh}});
    }
    items.push_back({{"kind", kind->kind},
                     {"route", "/v1/" + std::string(kind->plural)},
                     {"doc", kind->doc},
                     {"doc_zh", kind->doc_zh},
                     {"visibility", state::name_of(kind->visibility)},
                     {"filters", std::move(filters)},
                     {"time_limits", std::move(limits)}});
  }
  Response response = json_response(Json{{"items", std::move(items)}});
  set_caching(response, Caching::revalidate);
  return response;
}

Response list_verdicts(Core& core, Call&) {
  Json verdicts = Json::array();
  for (const state::VerdictRow* row : core.tables.registry.verdicts()) {
    verdicts.push_back({{"number", row->number},
                        {"code", row->slug},
                        {"status", row->http_status},
                        {"title", row->en},
                        {"title_zh", row->zh}});
  }
  Json errors = Json::array();
  for (const ErrorRow& row : error_table()) {
    errors.push_back({{"code", row.slug}, {"status", row.http_status}, {"title", row.en}, {"title_zh", row.zh}});
  }
  Response response = json_response(Json{{"verdicts", std::move(verdicts)}, {"errors", std::move(errors)}});
  set_caching(response, Caching::revalidate);
  return response;
}

Response get_openapi(Core& core, Call&) {
  Response response = json_response(core.openapi);
  set_caching(response, Caching::revalidate);
  return response;
}

Response get_jwks(Core& core, Call&) {
  Response response = json_response(core.ports.health.jwks());
  set_caching(response, Caching::revalidate);
  return response;
}

Route plain(std::string path, std::string summary, std::string schema, Response (*read)(Core&, Call&)) {
  return {.method = Method::get,
          .path = std::move(path),
          .summary = std::move(summary),
          .tag = "about",
          .parameters = {},
          .produces = {"application/json"},
          .consumes = {},
          .body = {},
          .schema = std::move(schema),
          .read = read,
          .quick = {},
          .raw = {}};
}

}  // namespace

void add_about_routes(Router& router) {
  router.add(plain("/v1/ledger", "Which ledger this is, and how large", "Ledger", get_ledger));
  router.add(plain("/v1/types", "Every entry type", "TypeList", list_types));
  Route type = plain("/v1/types/{type}", "One entry type with the JSON Schema of its body", "Type", get_type);
  type.parameters = {{.name = "type", .doc = "Such as trade.agree", .in_path = true}};
  router.add(std::move(type));
  router.add(plain("/v1/schemas", "Every form that has a JSON Schema of its own", "SchemaList", list_schemas));
  Route form = plain("/v1/schemas/{group}/{name}", "The JSON Schema of a form, such as the body of one kind of policy",
                     "Schema", get_schema);
  form.parameters = {{.name = "group", .doc = "Such as policies", .in_path = true},
                     {.name = "name", .doc = "Such as fee_schedule", .in_path = true}};
  router.add(std::move(form));
  router.add(
      plain("/v1/kinds", "Every kind of object: its route, its filters, its time limits", "KindList", list_kinds));
  router.add(plain("/v1/verdicts", "Every verdict and error code with its sentences", "VerdictList", list_verdicts));
  router.add(plain("/openapi.json", "This surface as OpenAPI 3.1", {}, get_openapi));
  router.add(plain("/.well-known/jwks.json", "The node's public keys", {}, get_jwks));
}

}  // namespace dengji::api
