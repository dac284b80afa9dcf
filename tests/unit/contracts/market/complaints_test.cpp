#include "contracts/market/complaints.hpp"

#include <doctest/doctest.h>

#include "contracts/market/market.hpp"
#include "tests/unit/contracts/certification/certifying.hpp"

namespace dengji::test {
namespace {

using V = contracts::MarketVerdict;
using state::General;

class Complaining : public Certifying {
 public:
  std::string dataset = registered("A");

  Submitted file(const char* about, const std::string& id, const std::string& by = Cast::buyer) {
    return ledger.submit("complaint.file", {{"complainant", by}},
                         {{"about", about},
                          {"id", id},
                          {"facts", "交付的数据与证书所载不符"},
                          {"request", "责令改正"},
                          {"evidence", Json::array({b64_of("letter")})}});
  }
  std::string filed() {
    const auto done = file("dataset", dataset);
    INFO(done.context());
    REQUIRE(done.accepted());
    return done.entry_id;
  }
  static Json measure(const std::string& org = Cast::seller, const char* due = "2026-02-01") {
    return Json::array({Json{{"kind", "correction"}, {"org", org}, {"text", "三十日内改正"}, {"due", due}}});
  }
  Submitted rule(const std::string& id, const char* outcome, const Json& measures,
                 const std::string& by = Cast::bureau) {
    return ledger.submit("complaint.rule", {{"bureau", by}},
                         {{"complaint", id}, {"outcome", outcome}, {"reason", "经核查"}, {"measures", measures}});
  }
};

}  // namespace

TEST_CASE("anyone registered complains about an organisation, a data set or a trade; the respondents follow from it") {
  Complaining world;
  const auto org = world.file("org", Cast::seller, Cast::outsider);
  REQUIRE(org.accepted());
  CHECK(org.effect("deadline").at("what") == "ruling");
  CHECK(org.effect("deadline").at("until") == "2026-01-16");
  const auto dataset = world.file("dataset", world.dataset);
  REQUIRE(dataset.accepted());
  Json shown = world.ledger.show("complaint", dataset.entry_id);
  CHECK(shown.at("respondents") == Json::array({Cast::seller}));
  CHECK(shown.at("complaint").at("id") == world.ledger.show("dataset", world.dataset).at("id"));
  const std::string certificate = world.issue(world.dataset).number();
  const auto agreed = world.ledger.submit("trade.agree", {{"seller", Cast::seller}, {"buyer", Cast::buyer}},
                                          {{"certificate", certificate},
                                           {"subject", "dataset"},
                                           {"mode", "catalogue"},
                                           {"purpose", "路网规划"},
                                           {"contract_hash", b64_of("contract")},
                                           {"price", {{"model", "one_off"}}},
                                           {"amount_fen", 1'000},
                                           {"tax_fen", 0},
                                           {"delivery", "download"}});
  INFO(agreed.context());
  REQUIRE(agreed.accepted());
  const auto by_buyer = world.file("trade", agreed.number());
  REQUIRE(by_buyer.accepted());
  CHECK(world.ledger.show("complaint", by_buyer.entry_id).at("respondents") == Json::array({Cast::seller}));
  const auto by_other = world.file("trade", agreed.number(), Cast::outsider);
  REQUIRE(by_other.accepted());
  shown = world.ledger.show("complaint", by_other.entry_id);
  CHECK(shown.at("respondents") == Json::array({Cast::seller, Cast::buyer}));
  CHECK(world.ledger.object<contracts::Complaint>(by_other.entry_id).readers() ==
        std::vector<OrgId>{OrgId(Cast::outsider), OrgId(Cast::seller), OrgId(Cast::buyer)});
}

TEST_CASE("a complaint is about something that is there and not only about oneself") {
  Complaining world;
  CHECK(world.file("org", Cast::buyer).refused(V::complaint_of_own));
  CHECK(world.file("dataset", world.dataset, Cast::seller).refused(V::complaint_of_own));
  CHECK(world.file("org", make_uscc("91320000", "MA1N0NE1")).refused(General::object_unknown));
  CHECK(world.file("dataset", b64_of("none")).refused(General::object_unknown));
  CHECK(world.file("trade", "JY32050020260000009X").refused(General::object_unknown));
}

TEST_CASE("each status of a complaint: ruled on once, upheld with measures, dismissed without") {
  struct Row {
    const char* outcome;
    bool measures;
    bool allowed;
  };
  for (const Row& row :
       {Row{"upheld", true, true}, Row{"upheld", false, false}, Row{"partly_upheld", true, true},
        Row{"partly_upheld", false, false}, Row{"dismissed", false, true}, Row{"dismissed", true, false}}) {
    CAPTURE(row.outcome);
    CAPTURE(row.measures);
    Complaining world;
    const std::string id = world.filed();
    const Json measures = row.measures ? Complaining::measure() : Json::array();
    const auto done = world.rule(id, row.outcome, measures);
    CHECK(done.accepted() == row.allowed);
    if (!row.allowed) {
      CHECK(done.refused(V::complaint_measures));
      CHECK(world.ledger.show("complaint", id).at("status") == "filed");
      continue;
    }
    const Json shown = world.ledger.show("complaint", id);
    CHECK(shown.at("status") == row.outcome);
    CHECK(shown.at("ruled_by") == Cast::bureau);
    CHECK(shown.at("measures") == measures);
    if (row.measures) CHECK(done.effect("deadline").at("what") == "measure");
    for (const char* again : {"upheld", "dismissed"}) {
      CHECK(world.rule(id, again, again == std::string_view("upheld") ? Complaining::measure() : Json::array())
                .refused(V::complaint_ruled));
    }
  }
}

TEST_CASE("measures are against respondents and due from today on") {
  Complaining world;
  const std::string id = world.filed();
  const auto stranger = world.rule(id, "upheld", Complaining::measure(Cast::outsider));
  CHECK(stranger.refused(V::complaint_measures));
  CHECK(stranger.pointer() == "/body/measures/0/org");
  const auto past = world.rule(id, "upheld", Complaining::measure(Cast::seller, "2026-01-01"));
  CHECK(past.refused(V::complaint_measure_past));
  CHECK(past.pointer() == "/body/measures/0/due");
  CHECK(world.rule(id, "upheld", Complaining::measure(Cast::seller, "2026-01-02")).accepted());
}

TEST_CASE("the bureau that rules is no side of the complaint and not related to one") {
  Complaining world;
  const auto about_bureau = world.file("org", Cast::bureau);
  REQUIRE(about_bureau.accepted());
  CHECK(world.rule(about_bureau.entry_id, "dismissed", Json::array()).refused(General::same_party));
  const std::string id = world.filed();
  CHECK(world.rule(id, "dismissed", Json::array(), Cast::platform).refused(General::role_not_held));
  CHECK(world.rule(b64_of("none"), "dismissed", Json::array()).refused(General::object_unknown));
  world.ledger.change<contracts::Org>(Cast::bureau, [&](contracts::Org& record) {
    record.ties.push_back({OrgId(Cast::seller), "affiliate", world.ledger.today(), world.ledger.today()});
  });
  CHECK(world.rule(id, "dismissed", Json::array()).refused(V::complaint_ruler_related));
}

}  // namespace dengji::test
