// dengji type list and show say what the registry says, also of an area that was only just added to it.
#include "node/cli/types.hpp"

#include <doctest/doctest.h>

#include "contracts/areas.hpp"
#include "tests/support/fictitious_area.hpp"

namespace dengji::cli {

TEST_CASE("type list has a row for every entry type, those of a new area among them") {
  const Json known = list_types(contracts::registry());
  CHECK(known.size() == contracts::registry().types().size());
  const Json with = list_types(test::registry_with_festival());
  CHECK(with.size() == known.size() + 3);
  Json rows = Json::array();
  for (const Json& row : with) {
    if (row.at("area") == "festival") rows.push_back(row.at("type"));
  }
  CHECK(rows == Json::array({"lantern.candles", "lantern.light", "lantern.parade"}));
}

TEST_CASE("type show tells who signs, who reads and the schema, or names the command that lists what there is") {
  const auto shown = show_type(test::registry_with_festival(), "lantern.light");
  REQUIRE(shown);
  CHECK(shown->at("doc") == "Lights a lantern");
  CHECK(shown->at("doc_zh") == "点亮一盏灯");
  CHECK(shown->at("public") == true);
  CHECK(shown->at("signers") == Json::array({Json{{"roles", Json::array({"lighter"})}, {"min", 1}, {"max", 1}}}));
  CHECK(shown->at("schema").at("properties").at("lights").at("maximum") == 99);
  CHECK(show_type(test::registry_with_festival(), "lantern.candles")->at("public") == false);
  const auto unknown = show_type(contracts::registry(), "lantern.light");
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().code == ErrorCode::unknown_type);
  CHECK(unknown.error().context == "lantern.light; dengji type list names them");
}

}  // namespace dengji::cli
