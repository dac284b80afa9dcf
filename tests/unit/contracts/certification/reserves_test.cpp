#include "contracts/certification/reserves.hpp"

#include <doctest/doctest.h>

#include "tests/unit/contracts/certification/certifying.hpp"

namespace dengji::test {
namespace {

using V = contracts::CertificationVerdict;
using state::General;

Submitted enlist(Certifying& world, const std::string& dataset, const char* tier) {
  return world.ledger.submit("reserve.enlist", {{"bureau", Cast::bureau}},
                             {{"dataset", dataset},
                              {"tier", tier},
                              {"project", "城市道路车流"},
                              {"year", 2026},
                              {"reason", "入选首批"},
                              {"evidence", Json::array({b64_of("paper")})}});
}

Submitted delist(Certifying& world, const std::string& id) {
  return world.ledger.submit("reserve.delist", {{"bureau", Cast::bureau}}, {{"reserve", id}, {"reason", "验收不合格"}});
}

}  // namespace

TEST_CASE("a project is enlisted in each tier of the reserve and read by tier, year and holder") {
  Certifying world;
  for (const char* tier : {"basic", "special", "strategic"}) {
    const std::string dataset = world.registered(tier);
    const auto done = enlist(world, dataset, tier);
    INFO(done.context());
    REQUIRE(done.accepted());
    const Json shown = world.ledger.show("reserve", done.entry_id);
    CHECK(shown.at("status") == "listed");
    CHECK(shown.at("listing").at("tier") == tier);
    CHECK(shown.at("listing").at("dataset") == world.ledger.show("dataset", dataset).at("id"));
    CHECK(world.ledger.view().get(state::index_key("reserve", "tier", tier, done.entry_id)).has_value());
    CHECK(world.ledger.view().get(state::index_key("reserve", "holder", Cast::seller, done.entry_id)).has_value());
  }
}

TEST_CASE("listed and delisted: each allows one thing") {
  Certifying world;
  const std::string dataset = world.registered("A");
  const auto first = enlist(world, dataset, "basic");
  REQUIRE(first.accepted());
  const auto twice = enlist(world, dataset, "strategic");
  CHECK(twice.refused(V::reserve_listed));
  CHECK(twice.context().find("is listed as basic by " + first.entry_id) != std::string::npos);
  REQUIRE(delist(world, first.entry_id).accepted());
  CHECK(world.ledger.show("reserve", first.entry_id).at("delist_reason") == "验收不合格");
  CHECK(delist(world, first.entry_id).refused(V::reserve_not_listed));
  CHECK(enlist(world, dataset, "strategic").accepted());
}

TEST_CASE("a project may stand in the reserve from its application on, not once that or the registration has ended") {
  struct Row {
    contracts::DatasetStatus status;
    bool allowed;
  };
  using S = contracts::DatasetStatus;
  const Row rows[] = {{S::applied, true},    {S::supplement, true}, {S::held, true},       {S::notice, true},
                      {S::registered, true}, {S::refused, false},   {S::withdrawn, false}, {S::frozen, true},
                      {S::cancelled, false}, {S::revoked, false}};
  for (const Row& row : rows) {
    CAPTURE(static_cast<int>(row.status));
    Certifying world;
    const std::string id = world.accepted("A");
    world.ledger.change<contracts::Dataset>(id, [&](contracts::Dataset& record) { record.status = row.status; });
    const auto done = enlist(world, id, "special");
    CHECK(done.accepted() == row.allowed);
    if (!row.allowed) CHECK(done.refused(V::reserve_dataset_ended));
  }
}

TEST_CASE("only a bureau that does not hold the data set enlists") {
  Certifying world;
  const std::string own = world.registered("A", Cast::bureau);
  CHECK(enlist(world, own, "basic").refused(General::same_party));
  CHECK(enlist(world, b64_of("none"), "basic").refused(General::object_unknown));
  CHECK(delist(world, b64_of("none")).refused(General::object_unknown));
  CHECK(
      world.ledger.submit("reserve.delist", {{"bureau", Cast::seller}}, {{"reserve", b64_of("none")}, {"reason", "x"}})
          .refused(General::role_not_held));
}

}  // namespace dengji::test
