// Transfers, licences and pledges.
#include "contracts/registration/registration_certificates.hpp"
#include "tests/unit/contracts/registration/registration_bench.hpp"

namespace dengji::test {
namespace {

using Quick = QuickRegistry;
using V = contracts::RegistrationVerdict;
using state::General;

Json until(const std::string& day) {
  return {{"name", "L"}, {"commercial", true}, {"derivatives", true}, {"redistribution", true}, {"until", day}};
}

}  // namespace

TEST_CASE("a transfer is signed by both sides and a registrar unrelated to either") {
  Quick registry;
  ContractFixture& ledger = registry.ledger;
  const std::string no = registry.number("A");
  registry.second_key(Cast::seller);
  registry.second_key(Cast::registrar);
  CHECK(registry.transfer(no, Cast::buyer, Cast::outsider).refused(V::not_the_holder));
  CHECK(registry.transfer(no, Cast::seller, Cast::seller).refused(General::same_party));
  CHECK(registry.transfer(no, Cast::seller, Cast::registrar).refused(General::same_party));
  const std::string kin = make_uscc("91320500", "MA1K1NAA");
  ledger.register_org({.id = kin, .group = "G1"});
  ledger.change<contracts::Org>(
      Cast::registrar, [&](contracts::Org& org) { org.groups.push_back({"G1", ledger.today(), std::nullopt}); });
  CHECK(registry.transfer(no, Cast::seller, kin).refused(V::reviewer_related));

  const auto done = registry.transfer(no);
  REQUIRE(done.accepted());
  CHECK(done.effect("flag").at("code") == "transferred");
  CHECK(done.effect("flag").at("members") == Json::array({Cast::seller, Cast::buyer}));
  const Json shown = ledger.show("dataset", no);
  CHECK(shown.at("holder") == Cast::buyer);
  CHECK(shown.at("region") == "320100");
  CHECK(shown.at("no") == no);
  // From now on the new holder acts.
  CHECK(registry.cancel(no, Cast::seller).refused(V::not_the_holder));
  CHECK(registry.cancel(no, Cast::buyer).accepted());
}

TEST_CASE("a transfer is refused while frozen or pledged, and to a co-holder") {
  Quick registry;
  const std::string no = registry.number("A");
  REQUIRE(registry.freeze(no, "2026-02-01").accepted());
  CHECK(registry.transfer(no).refused(V::wrong_status));
  REQUIRE(registry.unfreeze(no).accepted());
  REQUIRE(registry.encumber(no).accepted());
  const auto pledged = registry.transfer(no);
  CHECK(pledged.refused(V::encumbered));
  CHECK(pledged.context().find(Cast::outsider) != std::string::npos);
  CHECK(registry.cancel(no).refused(V::encumbered));
  REQUIRE(registry.discharge(no).accepted());
  CHECK(registry.transfer(no).accepted());

  Json shared = application("B");
  shared["co_holders"] = Json::array({Json{{"org", Cast::buyer}, {"ppm", 1}}});
  CHECK(registry.transfer(registry.registered_form(shared).at("no")).refused(V::transferee_holds));
}

TEST_CASE("after a transfer the certificate reads replaced and the new holder has one with a number of its own") {
  Quick registry;
  ContractFixture& ledger = registry.ledger;
  const std::string no = registry.number("A");
  const std::string old = registry.must(registry.certify(no, {{"valid_to", "2027-12-31"}})).number();
  ledger.at("2026-03-02");
  const auto done = registry.transfer(no);
  REQUIRE(done.accepted());
  const std::string next = done.number();
  CHECK(next.substr(0, 19) == "ZS32010020260000001");
  CHECK(registry.certificate_status(old) == "replaced");
  const Json shown = ledger.show("certificate", next);
  CHECK(shown.at("effective_status") == "valid");
  CHECK(shown.at("holder") == Cast::buyer);
  CHECK(shown.at("scope") == "全部");
  CHECK(shown.at("valid_from") == "2026-03-02");
  CHECK(shown.at("valid_to") == "2027-12-31");
  CHECK(shown.at("reason") == "replaces " + old);
  CHECK(ledger.show("dataset", no).at("certificate") == next);
  // The public list says so too: the old one invalid, the new one valid.
  CHECK(contracts::certificate_status_bits(ledger.view()) == std::string(1, '\x01'));
}

TEST_CASE("a suspended certificate is replaced by a suspended one") {
  Quick registry;
  const std::string no = registry.number("A");
  const std::string old = registry.must(registry.certify(no)).number();
  registry.must(registry.ledger.submit("certificate.suspend", {{"platform", Cast::platform}},
                                       {{"certificate", old}, {"reason", "抽检"}}));
  const std::string next = registry.must(registry.transfer(no)).number();
  CHECK(registry.certificate_status(next) == "suspended");
  CHECK(contracts::certificate_status_bits(registry.ledger.view()) == std::string(1, '\x09'));
}

TEST_CASE("no certificate is carried over to a new holder that is related to its issuer") {
  Quick registry;
  ContractFixture& ledger = registry.ledger;
  const std::string no = registry.number("A");
  const std::string old = registry.must(registry.certify(no)).number();
  ledger.change<contracts::Org>(
      Cast::platform, [&](contracts::Org& org) { org.groups.push_back({"G1", ledger.today(), std::nullopt}); });
  ledger.change<contracts::Org>(
      Cast::buyer, [&](contracts::Org& org) { org.groups.push_back({"G1", ledger.today(), std::nullopt}); });
  const auto done = registry.transfer(no);
  REQUIRE(done.accepted());
  CHECK(done.number().empty());
  CHECK(registry.certificate_status(old) == "replaced");
  CHECK(registry.cancel(no, Cast::buyer).accepted());
  CHECK(registry.ledger.show("certificate", old).at("status") == "replaced");
}

TEST_CASE("whoever a data set was transferred to does not earn the first registrant's waiver") {
  Quick registry;
  registry.ledger.enact("fee_schedule", "FEE-REG",
                        {{"payee", Cast::platform}, {"registration_fen", 300'000}, {"service", Json::array()}});
  registry.ledger.enact("waiver", "WAIVE-1",
                        {{"line", "first"},
                         {"ppm", 1'000'000},
                         {"within_days", 180},
                         {"first_scope", "enterprise"},
                         {"borne_by", Cast::platform},
                         {"rounding", "down"}});
  const std::string kept = registry.number("A");
  const std::string fee = registry.ledger.show("dataset", kept).at("fee");
  REQUIRE(registry.transfer(kept).accepted());
  REQUIRE(registry.certify(kept).accepted());
  CHECK(registry.ledger.balance("fee/" + Cast::platform + "/due/" + fee) == 300'000);
}

TEST_CASE(
    "a trade agreed before a transfer or a cancellation runs off; before a suspension or revocation it does not") {
  Quick registry;
  ContractFixture& ledger = registry.ledger;
  using contracts::Certificate;
  const auto serves = [&](const std::string& no, LedgerTime agreed) {
    return contracts::certificate_serves_trade(ledger.view(), ledger.object<Certificate>(no), agreed, ledger.time());
  };
  const std::string moved = registry.number("A");
  const std::string moved_zs = registry.must(registry.certify(moved, {{"valid_to", "2026-06-30"}})).number();
  const std::string ended = registry.number("B");
  const std::string ended_zs = registry.must(registry.certify(ended)).number();
  const LedgerTime agreed{ledger.time().ms + 1};
  ledger.at("2026-01-05");
  CHECK(serves(moved_zs, agreed));
  CHECK(serves(ended_zs, agreed));
  REQUIRE(registry.transfer(moved).accepted());
  REQUIRE(registry.cancel(ended).accepted());
  ledger.at("2026-01-06");
  CHECK_FALSE(contracts::certificate_in_force(ledger.view(), ledger.object<Certificate>(moved_zs), ledger.time()));
  CHECK(serves(moved_zs, agreed));
  CHECK(serves(ended_zs, agreed));
  // An agreement after the end is none.
  CHECK_FALSE(serves(moved_zs, ledger.time()));
  CHECK_FALSE(serves(ended_zs, ledger.time()));
  REQUIRE(registry.freeze(moved, "2026-01-10").accepted());
  CHECK_FALSE(serves(moved_zs, agreed));
  ledger.at("2026-01-11");
  CHECK(serves(moved_zs, agreed));
  REQUIRE(registry.revoke(ended).accepted());
  CHECK_FALSE(serves(ended_zs, agreed));
  ledger.at("2026-07-01");
  CHECK_FALSE(serves(moved_zs, agreed));
}

TEST_CASE("a licence lies within the data set's own and within its validity, and tells how long it lasts") {
  Quick registry;
  Json form = application("A");
  form["licence"] = until("2027-12-31");
  form["licence"]["redistribution"] = false;
  const std::string no = registry.registered_form(form).at("no");
  const auto plain = [&](const Json& licence) { return registry.license(no, {{"licence", licence}}); };
  Json licence = until("2027-06-30");
  const auto wide = plain(licence);
  CHECK(wide.refused(V::licence_exceeds_parent));
  CHECK(wide.pointer() == "/body/licence/redistribution");
  licence["redistribution"] = false;
  licence["until"] = "2028-01-01";
  CHECK(plain(licence).refused(V::licence_period));
  licence["until"] = "2026-01-01";
  CHECK(plain(licence).refused(V::licence_period));
  licence["until"] = "2027-06-30";
  CHECK(registry.license(no, {{"licence", licence}, {"from", "2026-01-01"}}).pointer() == "/body/from");
  licence.erase("until");
  const auto done = plain(licence);
  REQUIRE(done.accepted());
  const Json shown = registry.ledger.show("licence", done.entry_id);
  CHECK(shown.at("terms").at("until") == "2027-12-31");
  CHECK(shown.at("from") == "2026-01-02");
  CHECK(shown.at("effective_status") == "in_force");
  CHECK(deadline_of(done).at("until") == "2027-12-31");
  CHECK(registry.license(no, {{"licence", licence}}, Cast::outsider).refused(V::not_the_holder));
  registry.second_key(Cast::seller);
  CHECK(registry.license(no, {{"licence", licence}}, Cast::seller, Cast::seller).refused(General::same_party));
  registry.ledger.at("2028-01-01");
  CHECK(registry.ledger.show("licence", done.entry_id).at("effective_status") == "expired");
}

TEST_CASE("an exclusive licence shares no day with another") {
  Quick registry;
  const std::string no = registry.number("A");
  const auto grant = [&](bool exclusive, const std::string& from, const std::string& to) {
    return registry.license(no, {{"exclusive", exclusive}, {"from", from}, {"licence", until(to)}});
  };
  REQUIRE(grant(false, "2026-02-01", "2026-02-28").accepted());
  REQUIRE(grant(false, "2026-02-01", "2026-02-28").accepted());
  const auto overlap = grant(true, "2026-02-28", "2026-04-30");
  CHECK(overlap.refused(V::licence_exclusive));
  CHECK(overlap.context().find(Cast::buyer) != std::string::npos);
  const auto exclusive = grant(true, "2026-03-01", "2026-04-30");
  REQUIRE(exclusive.accepted());
  CHECK(registry.ledger.show("licence", exclusive.entry_id).at("effective_status") == "not_yet_valid");
  CHECK(grant(false, "2026-04-30", "2026-05-31").refused(V::licence_exclusive));
  CHECK(grant(true, "2026-04-01", "2026-05-31").refused(V::licence_exclusive));
  CHECK(grant(false, "2026-05-01", "2026-05-31").accepted());
}

TEST_CASE("a sub-licence lies within the licence above, whose licensee alone grants it") {
  Quick registry;
  const std::string no = registry.number("A");
  const std::string above =
      registry.must(registry.license(no, {{"exclusive", true}, {"licence", until("2026-12-31")}})).entry_id;
  const auto grant = [&](const Json& licence, const std::string& licensor = Cast::buyer,
                         const std::string& under = {}) {
    return registry.license(no, {{"licence", licence}, {"under", under.empty() ? above : under}}, licensor,
                            Cast::outsider);
  };
  CHECK(grant(until("2026-12-31"), Cast::second_seller).refused(V::licence_not_held));
  CHECK(grant(until("2026-12-31"), Cast::buyer, b64_of("none")).refused(General::object_unknown));
  CHECK(grant(until("2027-01-01")).refused(V::licence_period));
  Json narrow = until("2026-11-30");
  narrow["redistribution"] = false;
  narrow["commercial"] = false;
  const auto done = grant(narrow);
  REQUIRE(done.accepted());
  CHECK(registry.ledger.show("licence", done.entry_id).at("under") == above);
  // One that may not be passed on is not passed on, and none from another data set.
  const auto deeper =
      registry.license(no, {{"licence", narrow}, {"under", done.entry_id}}, Cast::outsider, Cast::seller);
  CHECK(deeper.refused(V::licence_exceeds_parent));
  CHECK(deeper.pointer() == "/body/under");
  const std::string other = registry.number("B");
  CHECK(registry.license(other, {{"licence", narrow}, {"under", above}}, Cast::buyer, Cast::outsider)
            .refused(V::licence_not_held));
  registry.ledger.at("2027-01-01");
  CHECK(grant(until("2027-12-31")).refused(V::licence_period));
}

TEST_CASE("licences survive a transfer and a cancellation; revoking voids them") {
  Quick registry;
  const std::string no = registry.number("A");
  const std::string id = registry.must(registry.license(no, Json::object(), Cast::seller, Cast::outsider)).entry_id;
  const auto status = [&] { return registry.ledger.show("licence", id).at("effective_status").get<std::string>(); };
  REQUIRE(registry.transfer(no).accepted());
  CHECK(status() == "in_force");
  REQUIRE(registry.cancel(no, Cast::buyer).accepted());
  CHECK(status() == "in_force");
  REQUIRE(registry.revoke(no).accepted());
  CHECK(status() == "revoked");
}

TEST_CASE("a pledge is registered once, by holder and creditor, and only its creditor discharges it") {
  Quick registry;
  const std::string no = registry.number("A");
  CHECK(registry.discharge(no).refused(V::not_encumbered));
  registry.second_key(Cast::seller);
  CHECK(registry.encumber(no, Cast::seller).refused(General::same_party));
  const auto done = registry.ledger.submit(
      "dataset.encumber", {{"holder", Cast::seller}, {"creditor", Cast::outsider}},
      {{"dataset", no}, {"agreement", b64_of("pledge")}, {"secured_fen", 1'000'000}, {"until", "2026-12-31"}});
  REQUIRE(done.accepted());
  CHECK(deadline_of(done).at("what") == "encumbrance");
  const Json pledge = registry.ledger.show("dataset", no).at("encumbrance");
  CHECK(pledge.at("creditor") == Cast::outsider);
  CHECK(pledge.at("secured_fen") == 1'000'000);
  CHECK(registry.encumber(no, Cast::buyer).refused(V::encumbered));
  CHECK(registry.discharge(no, Cast::buyer).refused(V::not_the_creditor));
  // The holder may sign along, nobody else.
  const auto along = [&](const std::string& holder) {
    return registry.ledger.submit("dataset.discharge", {{"creditor", Cast::outsider}, {"holder", holder}},
                                  {{"dataset", no}});
  };
  CHECK(along(Cast::buyer).refused(V::not_the_holder));
  REQUIRE(along(Cast::seller).accepted());
  CHECK_FALSE(registry.ledger.show("dataset", no).contains("encumbrance"));
  CHECK(registry.encumber(no, Cast::buyer).accepted());
}

TEST_CASE("a pledge outlasts freeze, expiry and revocation until it is discharged") {
  for (const char* end : {"freeze", "expire", "revoke"}) {
    CAPTURE(end);
    Quick registry;
    const std::string no = registry.number("A");
    REQUIRE(registry.encumber(no).accepted());
    if (std::string_view(end) == "freeze") REQUIRE(registry.freeze(no, "2026-02-01").accepted());
    if (std::string_view(end) == "expire") registry.ledger.at("2029-01-02");
    if (std::string_view(end) == "revoke") REQUIRE(registry.revoke(no).accepted());
    CHECK(registry.discharge(no).accepted());
  }
}

TEST_CASE("the firm that succeeded the holder acts for it") {
  Quick registry;
  ContractFixture& ledger = registry.ledger;
  const std::string no = registry.number("A");
  CHECK(registry.release(no, "A", "A2", "2", Cast::buyer).refused(V::not_the_holder));
  ledger.change<contracts::Org>(Cast::seller, [&](contracts::Org& org) {
    org.ties.push_back({OrgId(Cast::buyer), "successor", ledger.today(), std::nullopt});
  });
  CHECK(registry.release(no, "A", "A2", "2", Cast::buyer).accepted());
  const std::string pending = registry.applied("B");
  CHECK(registry.withdraw(pending, Cast::outsider).refused(V::not_the_applicant));
  CHECK(registry.withdraw(pending, Cast::buyer).accepted());
  // It can also pass the registration on.
  CHECK(registry.transfer(no, Cast::buyer, Cast::second_seller).accepted());
}

}  // namespace dengji::test
