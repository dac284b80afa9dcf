// What a new area of one pair of files and one line in the list of areas gets from a node without another word: the
// routes of its objects, the schemas of its entries, its place in OpenAPI, its verdicts.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/support/fictitious_area.hpp"
#include "tests/unit/node/running_node.hpp"

namespace dengji::test {
namespace {

// The item whose member has this value; null if there is none.
Json item_with(const Json& items, const char* member, std::string_view value) {
  const auto found =
      std::find_if(items.begin(), items.end(), [&](const Json& item) { return item.at(member) == value; });
  return found == items.end() ? Json() : *found;
}

}  // namespace

TEST_CASE("a node serves a new area: submit, routes of its objects, schemas, OpenAPI, verdicts") {
  Running node(registry_with_festival());
  const auto light = [&](std::string_view name, int lights) {
    return node.post(
        node.sign(node.payload("lantern.light", "lighter", Json{{"name", std::string(name)}, {"lights", lights}})));
  };
  REQUIRE(light("moon", 8).status == 201);
  REQUIRE(light("dragon", 3).status == 201);
  const Answer twice = light("moon", 9);
  CHECK(twice.status == 422);
  CHECK(twice.code == "lantern_lit");
  CHECK(light("bright", 100).code == "value_range");

  const std::string org = node.ledger().governor().org.text;
  CHECK(node.get_json("/v1/lanterns/moon") == Json{{"name", "moon"}, {"owner", org}, {"lights", 8}});
  CHECK(node.get_json("/v1/lanterns/moon/history").at("items").at(0).at("type") == "lantern.light");
  CHECK(node.get_json("/v1/lanterns").at("items").size() == 2);
  CHECK(node.get_json("/v1/lanterns?owner=" + org + "&limit=1").at("items").at(0).at("name") == "dragon");
  CHECK(node.get("/v1/lanterns?colour=red").code == "bad_request");

  const Json kind = item_with(node.get_json("/v1/kinds").at("items"), "kind", "lantern");
  CHECK(kind.at("route") == "/v1/lanterns");
  CHECK(kind.at("filters").at(0).at("name") == "owner");
  CHECK(item_with(node.get_json("/v1/types").at("items"), "type", "lantern.light").at("area") == "festival");
  CHECK(node.get_json("/v1/types/lantern.light").at("schema").at("properties").at("lights").at("maximum") == 99);
  CHECK(item_with(node.get_json("/v1/verdicts").at("verdicts"), "code", "lantern_lit").at("number") == 1501);

  const Json api = node.get_json("/openapi.json");
  CHECK(api.at("paths").contains("/v1/lanterns"));
  CHECK(api.at("paths").contains("/v1/lanterns/{id}/history"));
  CHECK(item_with(api.at("paths").at("/v1/lanterns").at("get").at("parameters"), "name", "owner").at("in") == "query");
  const Json& schemas = api.at("components").at("schemas");
  CHECK(schemas.at("Body.lantern.light").at("required") == Json::array({"name", "lights"}));
  CHECK(schemas.at("Object.lantern").at("properties").contains("owner"));
}

TEST_CASE("a node without the area has none of it") {
  Running node;
  CHECK(node.get("/v1/lanterns").code == "not_found");
  CHECK(node.get("/v1/types/lantern.light").code == "not_found");
  CHECK(node.get_json("/openapi.json").dump().find("lantern") == std::string::npos);
}

}  // namespace dengji::test
