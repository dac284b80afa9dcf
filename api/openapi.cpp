// OpenAPI 3.1 from the route table and the registry: nothing is written twice.
#include "api/routes.hpp"

namespace dengji::api {

namespace {

using state::Json;

Json ref(const std::string& name) {
  return Json{{"$ref", "#/components/schemas/" + name}};
}

Json text(std::string_view description) {
  return Json{{"type", "string"}, {"description", description}};
}

Json integer(std::string_view description) {
  return Json{{"type", "integer"}, {"description", description}};
}

Json object(Json properties, std::vector<std::string> required) {
  return Json{{"type", "object"}, {"properties", std::move(properties)}, {"required", std::move(required)}};
}

Json array_of(Json items) {
  return Json{{"type", "array"}, {"items", std::move(items)}};
}

Json list_of(Json items) {
  return object({{"items", array_of(std::move(items))},
                 {"as_of", integer("Seq of the last entry that counts")},
                 {"next", text("Cursor of the next page; absent on the last")}},
                {"items"});
}

Json leaf_schema() {
  return object({{"effects", array_of(Json{{"type", "object"}})},
                 {"entry", ref("SignedEntry")},
                 {"seq", integer("Number of the entry")},
                 {"status", Json{{"type", "object"}, {"description", "Status list, in the first leaf of an hour"}}},
                 {"time", integer("Ledger time, ms since 1970")},
                 {"v", Json{{"const", 1}}}},
                {"effects", "entry", "seq", "time", "v"});
}

Json fixed_schemas() {
  const Json hash = Json{{"type", "string"}, {"pattern", "^[A-Za-z0-9_-]{43}$"}};
  Json schemas;
  schemas["SignedEntry"] = object({{"payload", text("The envelope, base64url; its body's schema is Body.<type>")},
                                   {"signatures", array_of(object({{"protected", text("{alg, kid, typ} in base64url")},
                                                                   {"signature", text("64 bytes in base64url")}},
                                                                  {"protected", "signature"}))}},
                                  {"payload", "signatures"});
  schemas["Leaf"] = leaf_schema();
  schemas["Entry"] =
      object({{"seq", integer("Number of the entry")}, {"entry_id", hash}, {"leaf_hash", hash}, {"leaf", ref("Leaf")}},
             {"seq", "entry_id", "leaf_hash", "leaf"});
  schemas["Receipt"] = schemas["Entry"];
  schemas["Receipt"]["properties"]["inclusion"] = array_of(hash);
  schemas["Receipt"]["properties"]["checkpoint"] = text("The signed note that the proof leads to");
  schemas["Receipt"]["required"] = {"seq", "entry_id", "leaf_hash", "inclusion", "checkpoint", "leaf"};
  schemas["Problem"] =
      object({{"type", text("about:blank")},
              {"title", text("What is wrong, in English")},
              {"title_zh", text("The same in Chinese")},
              {"status", integer("HTTP status")},
              {"code", text("Error or verdict, never renamed")},
              {"detail", text("This case")},
              {"verdict", integer("Number of the verdict, if a contract refused")},
              {"entry_id", hash},
              {"errors",
               array_of(object({{"pointer", text("JSON Pointer into the payload or body, or ?name of a query member")},
                                {"code", text("")},
                                {"detail", text("")},
                                {"detail_zh", text("")}},
                               {"pointer", "code", "detail", "detail_zh"}))}},
             {"type", "title", "status", "code", "errors"});
  schemas["BatchResult"] = object({{"line", integer("Line of the request, from 1")},
                                   {"status", integer("What a single submit would have answered")},
                                   {"receipt", ref("Receipt")},
                                   {"problem", ref("Problem")}},
                                  {"line", "status"});
  schemas["ConsistencyProof"] =
      object({{"from", integer("")}, {"to", integer("")}, {"proof", array_of(hash)}}, {"from", "to", "proof"});
  schemas["EntryList"] = object({{"items", array_of(object({{"seq", integer("")},
                                                            {"entry_id", hash},
                                                            {"type", text("")},
                                                            {"time", text("")},
                                                            {"subject", text("kind/id")}},
                                                           {"seq", "entry_id", "type", "time"}))},
                                 {"next", text("Value for before=")}},
                                {"items"});
  schemas["History"] = list_of(object({{"seq", integer("")},
                                       {"time", text("")},
                                       {"entry_id", hash},
                                       {"type", text("")},
                                       {"object", Json{{"description", "The object after that entry, null if gone"}}}},
                                      {"seq", "time", "entry_id", "object"}));
  schemas["DeadlineList"] = list_of(
      object({{"kind", text("Kind of the object")},
              {"id", text("The object")},
              {"what", text("Which of the kind's limits")},
              {"since", text("First day: when it began to run, or from when it can be met")},
              {"due", text("Last day, to its 24:00 in Asia/Shanghai")},
              {"overdue_days", integer("Days since then, once it has passed")},
              {"days_left", integer("Days to it; 0 = today is the last")},
              {"lapses", Json{{"type", "boolean"}, {"description", "After it nobody is late: it is over by itself"}}},
              {"role", text("Role that acts by then")},
              {"org", text("Who that is, where it is settled")},
              {"href", text("Where the object is")},
              {"doc", text("")},
              {"doc_zh", text("")}},
             {"kind", "id", "what", "since", "due", "lapses", "role", "href"}));
  schemas["DeadlineList"]["properties"]["overdue"] = integer("How many are overdue, on this page or not");
  schemas["DeadlineList"]["properties"]["today"] = text("The day that days are counted from");
  schemas["DeadlineList"]["properties"]["cut_off"] =
      Json{{"type", "boolean"}, {"description", "There are more open limits than were looked at: ask for one kind"}};
  schemas["Explanation"] = state::schema_of<state::Explanation>();
  schemas["Explanation"]["properties"]["as_of"] = integer("Seq of the last entry that counts");
  Json amounts{{"debits_fen", integer("")},          {"credits_fen", integer("")}, {"pending_debits_fen", integer("")},
               {"pending_credits_fen", integer("")}, {"balance_fen", integer("")}, {"free_fen", integer("")}};
  Json account = amounts;
  account.update(
      Json{{"account", text("")}, {"book", text("")}, {"normal", text("debit or credit")}, {"doc", text("")}});
  schemas["Account"] = object(std::move(account), {"account", "book", "normal", "balance_fen"});
  schemas["AccountList"] = list_of(ref("Account"));
  schemas["Statement"] = list_of(object({{"seq", integer("")},
                                         {"time", text("")},
                                         {"entry_id", hash},
                                         {"type", text("")},
                                         {"postings", array_of(Json{{"type", "object"}})},
                                         {"after", object(std::move(amounts), {})}},
                                        {"seq", "time", "entry_id", "postings", "after"}));
  schemas["Ledger"] = object({{"ledger", text("Ledger id")},
                              {"genesis", hash},
                              {"size", integer("Published size")},
                              {"time", text("Ledger time")},
                              {"version", text("Of the program")},
                              {"audience", text("`aud` for read tokens")}},
                             {"ledger", "size"});
  schemas["Type"] = object({{"type", text("")}, {"area", text("")}, {"doc", text("")}, {"doc_zh", text("")}}, {"type"});
  schemas["TypeList"] = object({{"items", array_of(ref("Type"))}}, {"items"});
  schemas["Schema"] = object({{"group", text("Such as policies")},
                              {"name", text("Such as fee_schedule")},
                              {"route", text("Where its schema is")},
                              {"doc", text("")},
                              {"doc_zh", text("")},
                              {"schema", Json{{"type", "object"}}}},
                             {"group", "name"});
  schemas["SchemaList"] = object({{"items", array_of(ref("Schema"))}}, {"items"});
  schemas["KindList"] = object({{"items", array_of(Json{{"type", "object"}})}}, {"items"});
  schemas["VerdictList"] =
      object({{"verdicts", array_of(Json{{"type", "object"}})}, {"errors", array_of(Json{{"type", "object"}})}},
             {"verdicts", "errors"});
  return schemas;
}

Json parameters_of(const Route& route) {
  Json list = Json::array();
  for (const Parameter& parameter : route.parameters) {
    list.push_back({{"name", parameter.name},
                    {"in", parameter.in_path ? "path" : "query"},
                    {"required", parameter.in_path},
                    {"description", parameter.doc},
                    {"schema", {{"type", "string"}}}});
  }
  if (route.read) {
    list.push_back({{"name", "min_size"},
                    {"in", "query"},
                    {"required", false},
                    {"description", "Wait until the published size is at least this"},
                    {"schema", {{"type", "integer"}}}});
  }
  return list;
}

Json content(const std::vector<std::string_view>& media, const std::string& schema) {
  Json content = Json::object();
  for (const std::string_view type : media) {
    const bool json = type == "application/json" || type == "application/jose+json" || type == "application/x-ndjson";
    content[std::string(type)] = json && !schema.empty() ? Json{{"schema", ref(schema)}}
                                                         : Json{{"schema", {{"type", json ? "object" : "string"}}}};
  }
  return content;
}

Json operation(const Route& route) {
  Json op{{"summary", route.summary}, {"tags", {route.tag}}, {"parameters", parameters_of(route)}};
  Json responses;
  const std::string ok = route.produces.empty() ? "101" : "200";
  responses[ok] = Json{{"description", route.produces.empty() ? "Switching to WebSocket" : "Done"}};
  if (!route.produces.empty()) responses[ok]["content"] = content(route.produces, route.schema);
  if (route.method == Method::post && !route.body.streaming) {
    responses["201"] = responses["200"];
    responses["201"]["description"] = "New";
    responses["200"]["description"] = "Seen before";
  }
  responses["default"] =
      Json{{"description", "A problem"}, {"content", {{"application/problem+json", {{"schema", ref("Problem")}}}}}};
  op["responses"] = std::move(responses);
  if (route.method == Method::post) {
    op["requestBody"] = Json{{"required", true}, {"content", content(route.consumes, "SignedEntry")}};
  } else if (route.read || route.raw) {
    op["security"] = Json::array({Json::object(), Json{{"read_token", Json::array()}}});
  }
  return op;
}

}  // namespace

std::string write_openapi(const Router& router, const Core& core) {
  Json paths = Json::object();
  for (const auto& route : router.routes()) {
    std::string path = route->path;
    if (const std::size_t star = path.find("*}"); star != std::string::npos) path.erase(star, 1);
    paths[path][route->method == Method::post ? "post" : "get"] = operation(*route);
  }
  Json schemas = fixed_schemas();
  for (const state::EntryTypeInfo* type : core.tables.registry.types()) {
    Json schema = type->schema();
    schema["description"] = type->doc;
    schemas["Body." + std::string(type->type)] = std::move(schema);
  }
  for (const state::ObjectKindInfo* kind : core.tables.registry.kinds()) {
    const std::string name = "Object." + std::string(kind->kind);
    schemas[name] = kind->schema();
    schemas["List." + std::string(kind->kind)] = list_of(ref(name));
  }
  for (const ReportInfo& report : core.tables.reports) {
    Json schema = report.schema;
    schema["description"] = report.doc;
    schemas[report_schema_name(report)] = std::move(schema);
  }
  const Json document{
      {"openapi", "3.1.0"},
      {"info",
       {{"title", "dengji"},
        {"version", core.config.version},
        {"description", "A ledger for registering and trading data. See docs/api.md."},
        {"license", {{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}}}},
      {"paths", std::move(paths)},
      {"components",
       {{"schemas", std::move(schemas)},
        {"securitySchemes",
         {{"read_token", {{"type", "http"}, {"scheme", "bearer"}, {"bearerFormat", "dengji-read+jwt"}}}}}}}};
  return document.dump();
}

}  // namespace dengji::api
