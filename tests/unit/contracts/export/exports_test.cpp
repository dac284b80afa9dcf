#include "contracts/export/exports.hpp"

#include <doctest/doctest.h>

#include "tests/unit/contracts/certification/certifying.hpp"

namespace dengji::test {
namespace {

using V = contracts::ExportVerdict;
using contracts::ExportDeclareBody;
using contracts::ExportRoute;
using contracts::ExportTotal;
using state::General;

const std::string kCyberspace = make_uscc("11320000", "MB1CYBER");
const std::string kOtherOffice = make_uscc("11320000", "MB1CYB2R");

class Exporting : public Certifying {
 public:
  std::string dataset;

  Exporting() {
    for (const std::string& office : {kCyberspace, kOtherOffice}) {
      ledger.register_org({office, "320000"});
      ledger.grant(office, "cyberspace");
    }
    dataset = registered("A");
  }
  Submitted declare(const Json& more, const std::string& by = Cast::seller) {
    Json body{{"dataset", dataset},      {"country", "SG"}, {"recipient", "Harbour Data Pte"}, {"purpose", "training"},
              {"important_data", false}, {"people", 0},     {"sensitive_people", 0},           {"route", "none"}};
    if (more.is_object()) body.update(more);
    if (body["route"] != "none" && !more.contains("route_ref")) body["route_ref"] = "苏出境〔2026〕1号";
    if (body.value("route_ref", Json()) == "") body.erase("route_ref");
    return ledger.submit("export.declare", {{"seller", by}}, body);
  }
  std::string declared(const Json& more) {
    const auto done = declare(more);
    INFO(done.context());
    REQUIRE(done.accepted());
    return done.entry_id;
  }
  Submitted decide(const std::string& id, bool accept, const std::string& by = kCyberspace) {
    return ledger.submit("export.decide", {{"cyberspace", by}},
                         {{"declaration", id}, {"accept", accept}, {"reason", "材料齐全"}});
  }
  Submitted withdraw(const std::string& id, const std::string& by = Cast::seller) {
    return ledger.submit("export.withdraw", {{"seller", by}}, {{"declaration", id}, {"reason", "改期"}});
  }
  std::string status_of(const std::string& id) { return ledger.show("export", id).at("status"); }
  Json total(const char* year) { return ledger.show("export_total", Cast::seller + "-" + year); }
};

}  // namespace

TEST_CASE("the route that is needed follows from the year's sums, the present declaration included") {
  struct Row {
    std::int64_t people, sensitive;     // accepted so far
    std::int64_t more, more_sensitive;  // the present one
    bool important;
    ExportRoute need;
  };
  using R = ExportRoute;
  const Row rows[] = {{0, 0, 0, 0, false, R::none},
                      {0, 0, 99'999, 0, false, R::none},
                      {0, 0, 100'000, 0, false, R::contract},
                      {99'999, 0, 1, 0, false, R::contract},
                      {0, 0, 1, 1, false, R::contract},
                      {0, 0, 9'999, 9'999, false, R::contract},
                      {1, 1, 9'999, 9'999, false, R::assessment},
                      {0, 0, 10'000, 10'000, false, R::assessment},
                      {0, 0, 999'999, 0, false, R::contract},
                      {0, 0, 1'000'000, 0, false, R::assessment},
                      {999'999, 0, 1, 0, false, R::assessment},
                      {0, 0, 0, 0, true, R::assessment},
                      // Nobody's data in it: the year's people do not bear on it.
                      {5'000'000, 20'000, 0, 0, false, R::none},
                      {5'000'000, 0, 1, 0, false, R::assessment}};
  for (const Row& row : rows) {
    CAPTURE(row.more);
    CAPTURE(row.people);
    const ExportTotal so_far{.people = row.people, .sensitive_people = row.sensitive, .important = 3};
    ExportDeclareBody body;
    body.people = row.more;
    body.sensitive_people = row.more_sensitive;
    body.important_data = row.important;
    CHECK(export_need(so_far, body, contracts::ExportThresholdsForm{}).route == row.need);
  }
}

TEST_CASE("each route does for what needs it or less, and not for more") {
  struct Row {
    const char* route;
    bool none, contract, assessment;  // enough where this is needed
  };
  for (const Row& row : {Row{"none", true, false, false}, Row{"contract", true, true, false},
                         Row{"certification", true, true, false}, Row{"assessment", true, true, true}}) {
    for (const auto& [people, enough] :
         {std::pair{1, row.none}, std::pair{100'000, row.contract}, std::pair{1'000'000, row.assessment}}) {
      CAPTURE(row.route);
      CAPTURE(people);
      Exporting world;
      const auto done = world.declare({{"people", people}, {"route", row.route}});
      CHECK(done.accepted() == enough);
      if (enough) continue;
      CHECK(done.refused(V::route_insufficient));
      CHECK(done.pointer() == "/body/route");
      CHECK(done.context().find("is needed, not " + std::string(row.route)) != std::string::npos);
    }
  }
}

TEST_CASE("ten exports under the threshold that together cross it: the crossing one needs the stronger route") {
  Exporting world;
  // 9 × 11,000 = 99,000 people; the tenth makes 110,000.
  for (int i = 0; i < 9; ++i) {
    REQUIRE(world.decide(world.declared({{"people", 11'000}}), true).accepted());
  }
  const auto tenth = world.declare({{"people", 11'000}});
  CHECK(tenth.refused(V::route_insufficient));
  CHECK(tenth.context().find("99000 people") != std::string::npos);
  CHECK(tenth.context().find("110000 people") != std::string::npos);
  CHECK(world.total("2026").at("people") == 99'000);
  CHECK(world.total("2026").at("declarations") == 9);
  REQUIRE(world.decide(world.declared({{"people", 11'000}, {"route", "contract"}}), true).accepted());
  CHECK(world.total("2026").at("people") == 110'000);
}

TEST_CASE("ten exports declared side by side: whichever is accepted last meets the sum of the others") {
  Exporting world;
  std::vector<std::string> ids;
  for (int i = 0; i < 10; ++i) ids.push_back(world.declared({{"people", 11'000}}));
  for (int i = 9; i > 0; --i) REQUIRE(world.decide(ids[static_cast<std::size_t>(i)], true).accepted());
  const auto last = world.decide(ids[0], true);
  CHECK(last.refused(V::route_insufficient));
  CHECK(last.pointer() == "/body/accept");
  CHECK(world.status_of(ids[0]) == "declared");
  REQUIRE(world.decide(ids[0], false).accepted());
  CHECK(world.total("2026").at("people") == 99'000);
}

TEST_CASE("only what is accepted counts, in the year of the decision, and a new year starts from nothing") {
  Exporting world;
  REQUIRE(world.decide(world.declared({{"people", 90'000}}), false).accepted());
  REQUIRE(world.withdraw(world.declared({{"people", 90'000}})).accepted());
  CHECK(world.total("2026").is_null());
  world.ledger.at("2026-12-31T15:59:59.999Z");
  const std::string old = world.declared({{"people", 60'000}});
  REQUIRE(world.decide(world.declared({{"people", 60'000}}), true).accepted());
  world.ledger.at("2026-12-31T16:00:00Z");
  REQUIRE(world.decide(old, true).accepted());
  CHECK(world.total("2026").at("people") == 60'000);
  CHECK(world.total("2027").at("people") == 60'000);
}

TEST_CASE("the thresholds are those of the policy in force at the decision, which stay with the export") {
  Exporting world;
  const std::string before = world.declared({{"people", 50'000}});
  world.ledger.enact("export_thresholds", "EXPORT",
                     {{"people_contract", 20'000},
                      {"people_assessment", 200'000},
                      {"sensitive_contract", 1},
                      {"sensitive_assessment", 100},
                      {"valid_years", 2}});
  CHECK(world.decide(before, true).refused(V::route_insufficient));
  CHECK(world.declare({{"people", 200'000}, {"route", "contract"}}).refused(V::route_insufficient));
  const std::string id = world.declared({{"people", 50'000}, {"route", "contract"}});
  const auto done = world.decide(id, true);
  REQUIRE(done.accepted());
  CHECK(done.effect("deadline").at("until") == "2028-01-01");
  const Json shown = world.ledger.show("export", id);
  CHECK(shown.at("limits").at("people_contract") == 20'000);
  CHECK(shown.at("valid_to") == "2028-01-01");
}

TEST_CASE("important data needs an assessment, and an earlier one does not stick to later exports") {
  Exporting world;
  CHECK(world.declare({{"important_data", true}, {"route", "contract"}}).refused(V::route_insufficient));
  REQUIRE(world.decide(world.declared({{"important_data", true}, {"route", "assessment"}}), true).accepted());
  CHECK(world.total("2026").at("important") == 1);
  CHECK(world.declare({{"people", 1}}).accepted());
  const std::string id = world.ledger.show("dataset", world.dataset).at("id");
  world.ledger.change<contracts::Dataset>(
      id, [](contracts::Dataset& record) { record.application.grade = contracts::Grade::important; });
  const auto unsaid = world.declare({});
  CHECK(unsaid.refused(V::important_not_said));
  CHECK(unsaid.pointer() == "/body/important_data");
}

TEST_CASE("each status of a declaration and what may still be done with it") {
  for (const std::string status : {"declared", "accepted", "refused", "withdrawn"}) {
    for (const std::string act : {"accept", "refuse", "withdraw"}) {
      CAPTURE(status);
      CAPTURE(act);
      Exporting world;
      const std::string id = world.declared({{"people", 5}});
      if (status == "accepted") REQUIRE(world.decide(id, true).accepted());
      if (status == "refused") REQUIRE(world.decide(id, false).accepted());
      if (status == "withdrawn") REQUIRE(world.withdraw(id).accepted());
      REQUIRE(world.status_of(id) == status);
      const auto done = act == "withdraw" ? world.withdraw(id) : world.decide(id, act == "accept");
      CHECK(done.accepted() == (status == "declared"));
      if (status == "declared") continue;
      CHECK(done.refused(V::decided));
      CHECK(world.status_of(id) == status);
    }
  }
}

TEST_CASE("who declares, withdraws and decides") {
  Exporting world;
  CHECK(world.declare({}, Cast::buyer).refused(V::exporter_not_holder));
  CHECK(world.declare({{"authority", Cast::registrar}}).refused(V::authority_unfit));
  CHECK(world.declare({{"authority", make_uscc("11320000", "MB1N0NE1")}}).refused(General::object_unknown));
  const std::string id = world.declared({{"authority", kCyberspace}});
  CHECK(world.ledger.show("export", id).at("declaration").at("authority") == kCyberspace);
  CHECK(world.decide(id, true, Cast::registrar).refused(General::role_not_held));
  const auto other = world.decide(id, true, kOtherOffice);
  CHECK(other.refused(V::decided_by_other));
  CHECK(world.ledger.registry().verdict(other.verdict()).http_status == 403);
  CHECK(world.withdraw(id, Cast::buyer).refused(V::not_the_exporter));
  world.ledger.change<contracts::Org>(kCyberspace, [&](contracts::Org& record) {
    record.ties.push_back({OrgId(Cast::seller), "affiliate", world.ledger.today(), world.ledger.today()});
  });
  CHECK(world.decide(id, true).refused(V::decider_related));
  CHECK(world.decide(world.declared({}), true, kOtherOffice).accepted());
  CHECK(world.decide(b64_of("none"), true).refused(General::object_unknown));
  CHECK(world.withdraw(b64_of("none")).refused(General::object_unknown));
  world.ledger.grant(Cast::seller, "cyberspace");
  CHECK(world.decide(world.declared({}), true, Cast::seller).refused(General::same_party));
}

TEST_CASE("a declaration is of a registered data set and in itself consistent") {
  Exporting world;
  const auto with = [&](const Json& more) { return world.declare(more); };
  CHECK(with({{"dataset", b64_of("none")}}).refused(General::object_unknown));
  CHECK(with({{"dataset", world.accepted("B")}}).refused(V::dataset_not_in_force));
  for (const char* country : {"CN", "sg", "S1"}) CHECK(with({{"country", country}}).refused(V::country_form));
  CHECK(with({{"people", 1}, {"sensitive_people", 2}}).refused(V::sensitive_exceed_people));
  CHECK(with({{"route", "contract"}, {"route_ref", ""}}).refused(V::route_reference_missing));
  CHECK(with({{"trade", "JY32050020260000001F"}}).refused(General::object_unknown));
  const auto done = with({{"people", 3}});
  REQUIRE(done.accepted());
  CHECK(done.effect("flag").at("code") == "registration_differs");
  CHECK(done.effect("flag").at("members") == Json::array({"cross_border", "personal_data"}));
  // What has ended since is not accepted any more.
  world.ledger.at("2029-01-02");
  const auto late = world.decide(done.entry_id, true);
  CHECK(late.refused(V::dataset_not_in_force));
  CHECK(world.decide(done.entry_id, false).accepted());
}

TEST_CASE("a declaration is read by its exporter and the authority that is named or has decided") {
  Exporting world;
  const std::string id = world.declared({{"authority", kCyberspace}});
  CHECK(world.ledger.object<contracts::Export>(id).readers() ==
        std::vector<OrgId>{OrgId(Cast::seller), OrgId(kCyberspace)});
  const std::string open = world.declared({});
  REQUIRE(world.decide(open, true, kOtherOffice).accepted());
  CHECK(world.ledger.object<contracts::Export>(open).readers() ==
        std::vector<OrgId>{OrgId(Cast::seller), OrgId(kOtherOffice)});
}

}  // namespace dengji::test
