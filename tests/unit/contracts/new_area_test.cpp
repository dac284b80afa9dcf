#include <doctest/doctest.h>

#include "contracts/type_docs.hpp"
#include "tests/support/contract_fixture.hpp"
#include "tests/support/fictitious_area.hpp"

namespace dengji::test {

TEST_CASE("an area of one pair of files and one line is listed, has a schema and stands in the documents") {
  const state::Registry& registry = registry_with_festival();
  const auto* type = registry.type("lantern.light");
  REQUIRE(type);
  CHECK(type->schema().at("properties").at("lights").at("maximum") == 99);
  CHECK(type->schema().at("required") == Json::array({"name", "lights"}));
  const auto* kind = registry.kind_by_plural("lanterns");
  REQUIRE(kind);
  CHECK(kind == registry.kind("lantern"));
  CHECK(kind->indexes.front().name == "owner");
  CHECK(registry.verdict(1501).slug == "lantern_lit");

  const std::string docs = contracts::type_reference(areas_and_festival());
  for (const char* line :
       {"### Festival entries\n", "#### lantern.light\n\nLights a lantern. 点亮一盏灯。\n",
        "Signed by `lighter` (1). Read by everyone.\n", "| `lights` | integer 1–99 | Number of lights |\n",
        "### lanterns\n", "- `owner`: Who lit it\n", "### Festival, 1501 to 1599\n",
        "| 1501 | `lantern_lit` | 422 | The lantern is lit already | 灯已点亮 |\n"}) {
    CAPTURE(line);
    CHECK(docs.find(line) != std::string::npos);
  }
  CHECK(contracts::type_reference(contracts::areas()).find("lantern") == std::string::npos);
}

TEST_CASE("its entries are applied, kept, listed and refused like all others") {
  ContractFixture ledger(registry_with_festival());
  const Json body{{"name", "兔子灯"}, {"lights", 8}};
  const auto done = ledger.submit("lantern.light", {{"lighter", Cast::seller}}, body);
  REQUIRE(done.accepted());
  CHECK(done.effects() == Json::parse(R"([{"fx":"status","kind":"lantern","id":"兔子灯","to":"lit"}])"));
  CHECK(ledger.show("lantern", "兔子灯") == Json{{"name", "兔子灯"}, {"owner", Cast::seller}, {"lights", 8}});
  CHECK(ledger.view().get(state::index_key("lantern", "owner", Cast::seller, "兔子灯")).has_value());
  CHECK(ledger.submit("lantern.light", {{"lighter", Cast::buyer}}, body).refused(FestivalVerdict::lantern_lit));
  const auto many = ledger.submit("lantern.light", {{"lighter", Cast::buyer}}, {{"name", "龙灯"}, {"lights", 100}});
  REQUIRE(many.error);
  CHECK(many.error->code == ErrorCode::value_range);
  CHECK(many.pointer() == "/body/lights");
}

TEST_CASE("a ledger without the area does not know its entries") {
  ContractFixture ledger;
  const auto unknown = ledger.submit("lantern.light", {{"lighter", Cast::seller}}, {{"name", "灯"}, {"lights", 1}});
  REQUIRE(unknown.error);
  CHECK(unknown.error->code == ErrorCode::unknown_type);
}

}  // namespace dengji::test
