#include "contracts/governance/governance.hpp"

#include <doctest/doctest.h>

#include "crypto/jwk.hpp"
#include "tests/support/contract_fixture.hpp"

namespace dengji::test {
namespace {

using contracts::GovernanceVerdict;
using contracts::Org;
using state::General;
using V = GovernanceVerdict;

const std::vector<By> kGovernor{{"governor", Cast::bureau}};

Json key_form(std::string_view org, int number = 0, const char* use = "sign") {
  return {{"jwk", ContractFixture::jwk_of(org, number)}, {"use", use}};
}

std::string kid_of(std::string_view org, int number = 0) {
  return crypto::thumbprint(ContractFixture::key_of(org, number).public_key()).text;
}

Json org_form(const std::string& id) {
  return {{"id", id},           {"name", "苏州某公司"},
          {"region", "320500"}, {"ownership", "private"},
          {"scale", "medium"},  {"chain_roles", Json::array({"supplier"})}};
}

const std::string& newcomer() {
  static const std::string id = make_uscc("91320500", "MA1NEWAA");
  return id;
}

Submitted enrol(ContractFixture& ledger, const Json& org, const Json& keys, const std::vector<By>& by) {
  return ledger.submit("org.register", by, {{"org", org}, {"keys", keys}});
}

const std::vector<By>& newcomer_and_platform() {
  static const std::vector<By> by{{"registrant", newcomer()}, {"platform", Cast::platform}};
  return by;
}

Json genesis_body() {
  Json org = org_form(Cast::bureau);
  org["ownership"] = "public";
  const Json node = ContractFixture::jwk_of("node1");
  return {{"title", "江苏数据登记"},
          {"quorum", 1},
          {"governors", Json::array({Json{{"org", org},
                                          {"roles", Json::array({"platform", "bureau", "bureau"})},
                                          {"keys", Json::array({key_form(Cast::bureau)})}}})},
          {"nodes", Json::array({Json{{"id", "node1"}, {"batch", node}, {"log", node}, {"cosigner", node}}})}};
}

Submitted genesis(const Json& body, const std::vector<By>& by = kGovernor) {
  ContractFixture empty(contracts::registry(), ContractFixture::Start::empty);
  return empty.submit("genesis", by, body);
}

}  // namespace

TEST_CASE("genesis names governors with roles, keys and nodes, and the ledger itself") {
  ContractFixture ledger(contracts::registry(), ContractFixture::Start::empty);
  const auto done = ledger.submit("genesis", kGovernor, genesis_body());
  REQUIRE(done.accepted());
  const Json shown = ledger.show("ledger", "self");
  CHECK(shown.at("id") == "ledger.example/test");
  CHECK(shown.at("genesis") == done.entry_id);
  CHECK(shown.at("governors") == Json::array({Cast::bureau}));
  CHECK(shown.at("started_on") == "2026-01-02");
  CHECK(ledger.show("org", Cast::bureau).at("roles") == Json::array({"bureau", "platform"}));
  CHECK(ledger.show("key", kid_of(Cast::bureau)).at("org") == Cast::bureau);
  CHECK(ledger.show("node", "node1").at("id") == "node1");
}

TEST_CASE("a genesis with a quorum beyond its governors, a governor or node twice, or a key that does not sign") {
  Json body = genesis_body();
  body["quorum"] = 2;
  CHECK(genesis(body).refused(V::quorum_range));
  body = genesis_body();
  Json second = body["governors"][0];
  second["keys"] = Json::array({key_form(Cast::bureau, 1)});
  body["governors"].push_back(second);
  CHECK(genesis(body, {{"governor", Cast::bureau}, {"governor", Cast::bureau, 1}}).refused(V::governor_twice));
  body = genesis_body();
  body["nodes"].push_back(body["nodes"][0]);
  CHECK(genesis(body).refused(V::governor_twice));
  body = genesis_body();
  body["governors"][0]["keys"].push_back(key_form(Cast::bureau, 1));
  const auto silent = genesis(body);
  CHECK(silent.refused(V::new_key_must_sign));
  CHECK(silent.pointer() == "/body/governors/0/keys/1/jwk");
}

TEST_CASE("an organisation is registered with keys that sign, vouched for by a platform") {
  ContractFixture ledger;
  Json org = org_form(newcomer());
  org["group"] = "G1";
  const auto done = enrol(ledger, org, Json::array({key_form(newcomer())}), newcomer_and_platform());
  REQUIRE(done.accepted());
  const Json shown = ledger.show("org", newcomer());
  CHECK(shown.at("name") == "苏州某公司");
  CHECK(shown.at("status") == "active");
  CHECK(shown.at("roles") == Json::array());
  CHECK(shown.at("groups") == Json::array({Json{{"group", "G1"}, {"since", "2026-01-02"}}}));
  CHECK(shown.at("registered_seq") == static_cast<std::int64_t>(ledger.leaves().size()) - 1);
  CHECK(ledger.show("key", kid_of(newcomer())).at("status") == "active");
  CHECK(enrol(ledger, org, Json::array({key_form(newcomer(), 1)}),
              {{"registrant", newcomer(), 1}, {"platform", Cast::platform}})
            .refused(V::org_exists));
}

TEST_CASE("nobody vouches for itself: a new key signs as registrant and nothing else") {
  ContractFixture ledger;
  const Json keys = Json::array({key_form(newcomer()), key_form(newcomer(), 1)});
  const auto self =
      enrol(ledger, org_form(newcomer()), keys, {{"registrant", newcomer()}, {"platform", newcomer(), 1}});
  CHECK(self.refused(V::new_key_must_sign));
  CHECK(enrol(ledger, org_form(newcomer()), Json::array({key_form(newcomer())}),
              {{"registrant", newcomer()}, {"registrant", Cast::seller}, {"platform", Cast::platform}})
            .refused(V::new_key_must_sign));
  CHECK(enrol(ledger, org_form(newcomer()), Json::array({key_form(newcomer())}), {{"registrant", newcomer()}})
            .refused(General::signer_missing));
  CHECK(enrol(ledger, org_form(newcomer()), Json::array({key_form(newcomer())}),
              {{"registrant", newcomer()}, {"platform", Cast::seller}})
            .refused(General::role_not_held));
}

TEST_CASE("ids, regions and keys of new organisations have their forms") {
  ContractFixture ledger;
  const auto with = [&](const char* member, const char* value) {
    Json org = org_form(newcomer());
    org[member] = value;
    std::vector<By> by = newcomer_and_platform();
    if (std::string_view(member) == "id") by[0].org = value;
    return enrol(ledger, org, Json::array({key_form(by[0].org)}), by);
  };
  for (const char* id : {"91350100M000100Y44", "91350100M000100Y4Z", "F:us:ein:1", "F:US:ein:"}) {
    CAPTURE(id);
    CHECK(with("id", id).refused(V::org_id_form));
  }
  CHECK(with("region", "000000").refused(V::region_form));
  CHECK(with("id", "91350100M000100Y43").accepted());
  CHECK(with("id", "F:SG:uen:201912345K").accepted());

  Json other_curve = key_form(newcomer());
  other_curve["jwk"]["crv"] = "Ed448xx";
  CHECK(enrol(ledger, org_form(newcomer()), Json::array({other_curve}), newcomer_and_platform())
            .refused(V::key_unacceptable));
  const auto taken = ledger.submit("org.register", {{"registrant", Cast::seller}, {"platform", Cast::platform}},
                                   {{"org", org_form(newcomer())}, {"keys", Json::array({key_form(Cast::seller)})}},
                                   [](entry::Envelope& e) { e.parties[0].org = OrgId(newcomer()); });
  CHECK(taken.refused(V::key_known));
}

TEST_CASE("a key belongs to one organisation for ever, revoked or not") {
  ContractFixture ledger;
  const auto add = [&](const std::vector<By>& by, const Json& keys) {
    return ledger.submit("key.add", by, {{"org", Cast::seller}, {"keys", keys}});
  };
  const Json second = Json::array({key_form(Cast::seller, 1)});
  CHECK(add({{"holder", Cast::buyer}, {"new_key", Cast::seller, 1}}, second).refused(V::not_the_holder));
  REQUIRE(add({{"holder", Cast::seller}, {"new_key", Cast::seller, 1}}, second).accepted());
  CHECK(add({{"holder", Cast::seller}, {"new_key", Cast::seller, 1}}, second).refused(V::key_known));
  // Governors can help who has lost its only key.
  CHECK(add({{"governor", Cast::bureau}, {"new_key", Cast::seller, 2}}, Json::array({key_form(Cast::seller, 2)}))
            .accepted());
  const Json revoke{{"kid", kid_of(Cast::seller, 1)}, {"reason", "遗失"}, {"suspect_from", "2026-01-01"}};
  CHECK(ledger.submit("key.revoke", {{"holder", Cast::buyer}}, revoke).refused(V::not_the_holder));
  Json future = revoke;
  future["suspect_from"] = "2026-01-03";
  CHECK(ledger.submit("key.revoke", {{"holder", Cast::seller}}, future).refused(V::suspect_day));
  const auto done = ledger.submit("key.revoke", {{"holder", Cast::seller}}, revoke);
  REQUIRE(done.accepted());
  CHECK(done.effect("flag").at("members") == Json::array({"2026-01-01"}));
  CHECK(ledger.show("key", kid_of(Cast::seller, 1)).at("suspect_from") == "2026-01-01");
  CHECK(ledger.submit("key.revoke", kGovernor, revoke).refused(V::key_revoked_already));
  CHECK(add({{"holder", Cast::seller}, {"new_key", Cast::seller, 1}}, second).refused(V::key_known));
  CHECK(ledger.submit("key.revoke", kGovernor, {{"kid", kid_of("nobody")}, {"reason", "x"}})
            .refused(General::object_unknown));
}

TEST_CASE("roles are granted and revoked once, and count from the next entry") {
  ContractFixture ledger;
  const auto role = [&](const char* verb, const char* name) {
    return ledger.submit(std::string("role.") + verb, kGovernor, {{"org", Cast::seller}, {"role", name}});
  };
  CHECK(role("revoke", "certifier").refused(V::role_not_held_now));
  REQUIRE(role("grant", "certifier").accepted());
  CHECK(role("grant", "certifier").refused(V::role_held_already));
  CHECK(ledger.show("org", Cast::seller).at("roles") == Json::array({"certifier"}));
  CHECK(ledger.view().get(state::index_key("org", "role", "certifier", Cast::seller)).has_value());
  const auto revoked = role("revoke", "certifier");
  REQUIRE(revoked.accepted());
  CHECK(revoked.effect("status") == Json{{"fx", "status"},
                                         {"kind", "role"},
                                         {"id", Cast::seller + ":certifier"},
                                         {"from", "granted"},
                                         {"to", "revoked"}});
  CHECK_FALSE(ledger.view().get(state::index_key("org", "role", "certifier", Cast::seller)).has_value());
  CHECK(ledger.submit("role.grant", kGovernor, {{"org", make_uscc("91320000", "MA1UNKNW")}, {"role", "auditor"}})
            .refused(General::object_unknown));
}

TEST_CASE("what is known of an organisation changes by its own act with a sponsor, and only if it changes") {
  ContractFixture ledger;
  const auto update = [&](const Json& more, const std::string& holder = Cast::seller) {
    Json body{{"org", Cast::seller}, {"chain_roles", Json::array()}};
    body.update(more);
    return ledger.submit("org.update", {{"holder", holder}, {"platform", Cast::platform}}, body);
  };
  CHECK(update(Json::object()).refused(V::nothing_changes));
  CHECK(update({{"scale", "large"}}, Cast::buyer).refused(V::not_the_holder));
  CHECK(update({{"region", "999999"}}).refused(V::region_form));
  REQUIRE(update({{"scale", "large"}, {"region", "320100"}, {"name", "新名"}}).accepted());
  CHECK(ledger.show("org", Cast::seller).at("scale") == "large");
  CHECK(ledger.show("org", Cast::seller).at("region") == "320100");
  CHECK(ledger.view().get(state::index_key("org", "region", "320100", Cast::seller)).has_value());
}

TEST_CASE("membership of a group starts and ends on days that have come and do not overlap") {
  ContractFixture ledger;
  ledger.at("2026-03-02");
  const auto update = [&](const Json& more) {
    Json body{{"org", Cast::seller}, {"chain_roles", Json::array()}};
    body.update(more);
    return ledger.submit("org.update", {{"platform", Cast::platform}}, body);
  };
  CHECK(update({{"left_group_on", "2026-03-01"}}).refused(V::group_day));
  CHECK(update({{"group", "G1"}, {"group_since", "2026-03-03"}}).refused(V::group_day));
  REQUIRE(update({{"group", "G1"}, {"group_since", "2026-02-01"}}).accepted());
  CHECK(update({{"left_group_on", "2026-03-03"}}).refused(V::group_day));
  CHECK(update({{"left_group_on", "2026-01-31"}}).refused(V::group_day));
  // Joining another ends the first on the day before.
  REQUIRE(update({{"group", "G2"}, {"group_since", "2026-03-01"}}).accepted());
  CHECK(
      ledger.show("org", Cast::seller).at("groups") ==
      Json::parse(R"([{"group":"G1","since":"2026-02-01","until":"2026-02-28"},{"group":"G2","since":"2026-03-01"}])"));
  REQUIRE(update({{"left_group_on", "2026-03-02"}}).accepted());
  const Org org = ledger.object<Org>(Cast::seller);
  CHECK(*org.group_on(*parse_date("2026-02-28")) == "G1");
  CHECK(*org.group_on(*parse_date("2026-03-02")) == "G2");
  CHECK(org.group_on(*parse_date("2026-03-03")) == nullptr);
}

TEST_CASE("USCC checks: GB 32100 over all characters and GB 11714 over the organisation code") {
  for (const char* good : {"91350100M000100Y43", "11320000MB151840XJ", "9144030071526726XG", "914403001922038216",
                           "91320500MA1EAMPA7Y", "91320100MA1EAMPB55", "91320000MA1PLATF0T"}) {
    CAPTURE(good);
    CHECK(contracts::is_uscc(good));
  }
  for (const char* bad : {"91350100M000100Y44", "91350100M000100Y4Z", "91350100M000100Y4", "", "91350100m000100y43",
                          "91320500MA1EAMPB7Y", "91320500MA1EAMPA7I"}) {
    CAPTURE(bad);
    CHECK_FALSE(contracts::is_uscc(bad));
  }
}

TEST_CASE("regions: six digits of a province-level division; Jiangsu's cities fall into three groups") {
  CHECK(contracts::is_region("320000"));
  CHECK(contracts::is_region("440300"));
  CHECK_FALSE(contracts::is_region("990000"));
  CHECK_FALSE(contracts::is_region("32050"));
  CHECK_FALSE(contracts::is_region("32050a"));
  CHECK(contracts::region_group("320500") == "苏南");
  CHECK(contracts::region_group("320600") == "苏中");
  CHECK(contracts::region_group("321300") == "苏北");
  CHECK(contracts::region_group("440300").empty());
  CHECK(contracts::same_province("320500", "320100"));
  CHECK_FALSE(contracts::same_province("320500", "310000"));
}

TEST_CASE("related: oneself, a direct tie from either side, the same group on the same day; never by way of a third") {
  const auto org = [](const char* id) {
    Org made;
    made.id = OrgId(id);
    return made;
  };
  const auto day = [](const char* text) { return *parse_date(text); };
  const auto on = [&](const Org& a, const Org& b, const char* from, const char* to) {
    return contracts::related(a, b, {day(from), day(to)});
  };
  Org a = org("A");
  Org b = org("B");
  Org c = org("C");
  CHECK(on(a, a, "2026-01-01", "2026-01-01"));
  CHECK_FALSE(on(a, b, "2026-01-01", "2026-12-31"));
  a.ties.push_back({b.id, "affiliate", day("2026-02-01"), day("2026-02-28")});
  CHECK(on(a, b, "2026-02-28", "2026-03-31"));
  CHECK(on(b, a, "2026-01-01", "2026-02-01"));
  CHECK_FALSE(on(a, b, "2026-03-01", "2026-03-31"));
  CHECK_FALSE(on(a, b, "2026-01-01", "2026-01-31"));
  c.ties.push_back({b.id, "successor", day("2026-02-01"), std::nullopt});
  CHECK(on(b, c, "2027-01-01", "2027-01-01"));
  CHECK_FALSE(on(a, c, "2026-02-01", "2026-02-28"));
  a.groups.push_back({"G", day("2026-05-01"), day("2026-05-31")});
  c.groups.push_back({"G", day("2026-05-31"), std::nullopt});
  CHECK(on(a, c, "2026-05-01", "2026-06-30"));
  CHECK_FALSE(on(a, c, "2026-05-01", "2026-05-30"));
  c.groups[0].since = day("2026-06-01");
  CHECK_FALSE(on(a, c, "2026-05-01", "2026-06-30"));
}

}  // namespace dengji::test
