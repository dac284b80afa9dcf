// Objections during and after the notice, rulings on them and between two applications.
#include "tests/unit/contracts/registration/registration_bench.hpp"

namespace dengji::test {
namespace {

using Registry = RegistryBench;
using Quick = QuickRegistry;
using V = contracts::RegistrationVerdict;
using state::General;

}  // namespace

TEST_CASE("an objection during the notice stops the registration until a ruling, which has a deadline") {
  Registry registry;
  registry.ledger.at("2026-03-02");
  const std::string id = registry.accepted("A");
  registry.ledger.at("2026-03-16");
  const auto objected = registry.object(id);
  REQUIRE(objected.accepted());
  CHECK(registry.status(id) == "objected");
  CHECK(objected.effect("flag").at("code") == "objection");
  CHECK(objected.effect("flag").at("members") == Json::array({objected.entry_id}));
  CHECK(deadline_of(objected).at("what") == "ruling");
  CHECK(deadline_of(objected).at("until") == "2026-03-30");
  CHECK(registry.ledger.show("objection", objected.entry_id).at("status") == "open");
  CHECK(registry.ledger.show("dataset", id).at("notice_until") == "2026-03-16");
  registry.ledger.at("2026-04-01");
  CHECK(registry.enter(id).refused(V::wrong_status));

  REQUIRE(registry.rule(id, "dismissed").accepted());
  CHECK(registry.status(id) == "notice");
  const Json objection = registry.ledger.show("objection", objected.entry_id);
  CHECK(objection.at("status") == "dismissed");
  CHECK(objection.at("ruling") == "经查");
  CHECK(objection.at("ruled_by") == Cast::registrar);
  // The notice has run out meanwhile.
  CHECK(registry.enter(id).accepted());
}

TEST_CASE("an objection that is upheld refuses the data set, and every open objection shares the ruling") {
  Registry registry;
  const std::string id = registry.accepted("A");
  const std::string first = registry.must(registry.object(id)).entry_id;
  const auto second = registry.object(id, Cast::buyer);
  REQUIRE(second.accepted());
  CHECK(deadline_of(second).is_null());  // the first one's runs
  const auto twice = registry.object(id);
  CHECK(twice.refused(V::objection_open));
  CHECK(twice.context().find(first) != std::string::npos);
  const auto ruled = registry.rule(id, "upheld");
  REQUIRE(ruled.accepted());
  CHECK(registry.status(id) == "refused");
  CHECK(registry.ledger.show("dataset", id).at("review_reason") == "经查");
  for (const std::string& objection : {first, second.entry_id}) {
    CHECK(registry.ledger.show("objection", objection).at("status") == "upheld");
  }
  // Nothing leads for its root any more.
  CHECK(registry.status(registry.accepted("A", Cast::buyer)) == "notice");
}

TEST_CASE("after a dismissal the notice goes on and another objection can come") {
  Registry registry;
  registry.ledger.at("2026-03-02");
  const std::string id = registry.accepted("A");
  REQUIRE(registry.object(id).accepted());
  REQUIRE(registry.rule(id, "dismissed").accepted());
  CHECK(registry.enter(id).refused(V::notice_running));
  CHECK(registry.object(id).accepted());
  CHECK(registry.status(id) == "objected");
}

TEST_CASE("after the notice, and after the registration, an objection is only noted") {
  Registry registry;
  registry.ledger.at("2026-03-02");
  const std::string id = registry.accepted("A");
  registry.ledger.at("2026-03-17");
  const auto late = registry.object(id);
  REQUIRE(late.accepted());
  CHECK(late.effect("flag").at("code") == "objection");
  CHECK(registry.status(id) == "notice");
  CHECK(registry.ledger.show("objection", late.entry_id).at("status") == "noted");
  REQUIRE(registry.enter(id).accepted());
  const auto after = registry.object(id);
  REQUIRE(after.accepted());
  CHECK(registry.status(id) == "registered");
  CHECK(registry.object(id).accepted());
  CHECK(registry.rule(id, "upheld").refused(V::wrong_status));
}

TEST_CASE("a withdrawn application takes its objections along") {
  Registry registry;
  const std::string id = registry.accepted("A");
  const std::string objection = registry.must(registry.object(id)).entry_id;
  REQUIRE(registry.withdraw(id).accepted());
  CHECK(registry.ledger.show("objection", objection).at("status") == "lapsed");
}

TEST_CASE("who applied does not object, and who objected does not rule") {
  Registry registry;
  ContractFixture& ledger = registry.ledger;
  const auto done =
      ledger.submit("dataset.apply", {{"applicant", Cast::seller}, {"agent", Cast::buyer}}, application("A"));
  REQUIRE(done.accepted());
  REQUIRE(registry.review(done.entry_id, "accept").accepted());
  CHECK(registry.object(done.entry_id, Cast::seller).refused(General::same_party));
  CHECK(registry.object(done.entry_id, Cast::buyer).refused(General::same_party));
  REQUIRE(registry.object(done.entry_id, Cast::registrar).accepted());
  CHECK(registry.rule(done.entry_id, "dismissed").refused(General::same_party));
  const std::string kin = make_uscc("91320500", "MA1K1NAA");
  ledger.register_org({.id = kin, .group = "G1"});
  const std::string other = registry.accepted("B");
  REQUIRE(registry.object(other, kin).accepted());
  ledger.change<contracts::Org>(
      Cast::registrar, [&](contracts::Org& org) { org.groups.push_back({"G1", ledger.today(), std::nullopt}); });
  CHECK(registry.rule(other, "dismissed").refused(V::reviewer_related));
}

TEST_CASE("as many objections are open as one ruling can decide") {
  Registry registry;
  const std::string id = registry.accepted("A");
  for (int i = 0; i < 17; ++i) {
    const std::string code = "MA1BBB" + std::to_string(10 + i);
    const std::string org = make_uscc("91320500", code);
    registry.ledger.register_org({.id = org});
    const auto result = registry.object(id, org);
    CHECK(result.accepted() == (i < 16));
    if (i == 16) CHECK(result.refused(V::objections_full));
  }
  CHECK(registry.rule(id, "dismissed").accepted());
}

TEST_CASE("of two applications for one root and right the later is held, and both wait for the ruling") {
  Quick registry;
  const std::string first = registry.applied("A", Cast::second_seller);
  const std::string second = registry.applied("A");
  Json other_right = application("A");
  other_right["right"] = "operate";
  CHECK(registry.registered_form(other_right, Cast::buyer).at("status") == "registered");

  REQUIRE(registry.review(second, "accept").accepted());
  const auto held = registry.review(first, "accept");
  REQUIRE(held.accepted());
  CHECK(registry.status(second) == "notice");
  CHECK(registry.status(first) == "held");
  CHECK(registry.ledger.show("dataset", first).at("held_behind") == second);
  CHECK(held.effect("flag").at("id") == second);
  CHECK(held.effect("flag").at("code") == "conflict");
  CHECK(held.effect("flag").at("members") == Json::array({first}));
  CHECK(deadline_of(held).at("what") == "ruling");
  CHECK(held.effect("number").is_null());

  const auto later = registry.enter(first);
  CHECK(later.refused(V::conflict_leads));
  CHECK(later.context().find(second) != std::string::npos);
  const auto leading = registry.enter(second);
  CHECK(leading.refused(V::conflict_undecided));
  CHECK(leading.context().find(first) != std::string::npos);
  CHECK(registry.review(first, "accept").refused(V::conflict_leads));

  SUBCASE("dismissed: the held one is refused and the leader goes on") {
    REQUIRE(registry.rule(first, "dismissed").accepted());
    CHECK(registry.status(first) == "refused");
    CHECK_FALSE(registry.ledger.show("dataset", first).contains("held_behind"));
    CHECK(registry.enter(second).accepted());
  }
  SUBCASE("upheld: the leader is refused and the held one takes its place, with notice and fee of its own") {
    const std::string objection = registry.must(registry.object(second)).entry_id;
    REQUIRE(registry.rule(first, "upheld").accepted());
    CHECK(registry.status(second) == "refused");
    CHECK(registry.status(first) == "notice");
    CHECK(registry.ledger.show("objection", objection).at("status") == "lapsed");
    CHECK(registry.enter(first).accepted());
  }
  SUBCASE("a third one disputes the new leader too") {
    const std::string third = registry.accepted("A", Cast::outsider);
    CHECK(registry.status(third) == "held");
    REQUIRE(registry.rule(first, "upheld").accepted());
    CHECK(registry.enter(first).refused(V::conflict_undecided));
    REQUIRE(registry.rule(third, "dismissed").accepted());
    CHECK(registry.enter(first).accepted());
  }
  SUBCASE("no ruling is needed once one of the two is gone") {
    REQUIRE(registry.withdraw(first, Cast::second_seller).accepted());
    CHECK(registry.enter(second).accepted());
  }
}

TEST_CASE("against a registration no held application wins by a ruling; when it has ended, the held one goes on") {
  Quick registry;
  const std::string leader = registry.number("A");
  const std::string held = registry.accepted("A", Cast::second_seller);
  CHECK(registry.status(held) == "held");
  const auto upheld = registry.rule(held, "upheld");
  CHECK(upheld.refused(V::conflict_registered));
  CHECK(upheld.context().find(leader) != std::string::npos);
  CHECK(registry.review(held, "accept").refused(V::conflict_leads));
  registry.ledger.at("2029-01-02");
  CHECK(registry.effective(leader) == "expired");
  CHECK(registry.rule(held, "upheld").refused(V::conflict_gone));
  REQUIRE(registry.review(held, "accept").accepted());
  CHECK_FALSE(registry.ledger.show("dataset", held).contains("held_behind"));
  CHECK(registry.enter(held).accepted());
}

TEST_CASE("a held application goes on when the leading one is withdrawn, and can itself be refused") {
  Quick registry;
  const std::string first = registry.accepted("A", Cast::second_seller);
  const std::string second = registry.accepted("A");
  REQUIRE(registry.withdraw(first, Cast::second_seller).accepted());
  const auto enter = registry.enter(second);
  CHECK(enter.refused(V::conflict_leads));
  CHECK(enter.context().find("review it again") != std::string::npos);
  REQUIRE(registry.review(second, "refuse", "不予受理").accepted());
  CHECK_FALSE(registry.ledger.show("dataset", second).contains("held_behind"));
}

TEST_CASE("who decides between two applications is unrelated to both") {
  Quick registry;
  const std::string own = registry.applied("A", Cast::registrar);
  const std::string second_registrar = make_uscc("12320100", "MB1REG2E");
  registry.ledger.register_org({.id = second_registrar});
  registry.ledger.grant(second_registrar, "registrar");
  const Json accept{{"dataset", own}, {"outcome", "accept"}};
  REQUIRE(registry.ledger.submit("dataset.review", {{"registrar", second_registrar}}, accept).accepted());
  const std::string held = registry.accepted("A");
  CHECK(registry.status(held) == "held");
  CHECK(registry.rule(held, "upheld").refused(General::same_party));
}

}  // namespace dengji::test
