// Renewal, cancellation, freeze, revocation, and recognition of another province's registration.
#include "contracts/certification/certification.hpp"
#include "tests/unit/contracts/registration/registration_bench.hpp"

namespace dengji::test {
namespace {

using Quick = QuickRegistry;
using V = contracts::RegistrationVerdict;
using state::General;

}  // namespace

TEST_CASE("a registration is renewed in its last 60 days, for three years from its old last day") {
  Quick registry;
  const std::string no = registry.number("A");  // to 2029-01-01
  registry.ledger.at("2028-11-02");
  const auto early = registry.renew(no);
  CHECK(early.refused(V::renew_window));
  CHECK(early.context().find("from 2028-11-03") != std::string::npos);
  registry.ledger.at("2028-11-03");
  const auto done = registry.renew(no);
  REQUIRE(done.accepted());
  CHECK(deadline_of(done).at("what") == "validity");
  CHECK(deadline_of(done).at("until") == "2032-01-01");
  const Json shown = registry.ledger.show("dataset", no);
  CHECK(shown.at("valid_from") == "2026-01-02");
  CHECK(shown.at("valid_to") == "2032-01-01");
  CHECK(shown.at("renewed_on") == "2028-11-03");
  CHECK(registry.renew(no).refused(V::renew_window));
  registry.ledger.at("2032-01-01");
  CHECK(registry.in_force(no));
  registry.ledger.at("2032-01-02");
  CHECK(registry.renew(no).refused(V::registration_expired));
}

TEST_CASE("a renewal may be shorter, never longer than the policy, nor end before it begins") {
  Quick registry;
  Json limits = limits_of_notice(0);
  limits["renew_months"] = 12;
  registry.ledger.enact("time_limits", "LIMITS", limits);
  const std::string no = registry.number("A");
  registry.ledger.at("2028-12-01");
  CHECK(registry.renew(no, {{"valid_to", "2029-01-01"}}).refused(V::renew_period));
  const auto longer = registry.renew(no, {{"valid_to", "2030-01-02"}});
  CHECK(longer.refused(V::renew_period));
  CHECK(longer.context().find("2030-01-01") != std::string::npos);
  REQUIRE(registry.renew(no, {{"valid_to", "2029-06-30"}}).accepted());
  CHECK(registry.ledger.show("dataset", no).at("valid_to") == "2029-06-30");
}

TEST_CASE("a renewal stays within the source's agreement, which may be extended with it") {
  Quick registry;
  Json form = application("A");
  form["source"]["agreement_until"] = "2026-12-31";
  const std::string no = registry.registered_form(form).at("no");
  registry.ledger.at("2026-12-01");
  const auto ended = registry.renew(no);
  CHECK(ended.refused(V::source_ended));
  CHECK(ended.pointer() == "/body/source");
  const Json source{{"kind", "licensed"}, {"agreement_until", "2028-06-30"}};
  CHECK(registry.renew(no, {{"source", source}, {"valid_to", "2028-07-01"}}).refused(V::renew_period));
  CHECK(registry.renew(no, {{"source", {{"kind", "public_authorised"}}}}).refused(V::authorisation_missing));
  REQUIRE(registry.renew(no, {{"source", source}, {"commitment", b64_of("anew")}}).accepted());
  const Json shown = registry.ledger.show("dataset", no);
  CHECK(shown.at("valid_to") == "2028-06-30");
  CHECK(shown.at("application").at("source").at("kind") == "licensed");
  CHECK(shown.at("application").at("commitment") == b64_of("anew"));
}

TEST_CASE("a frozen registration is renewed without the freeze ending") {
  Quick registry;
  const std::string no = registry.number("A");
  registry.ledger.at("2028-12-01");
  REQUIRE(registry.freeze(no, "2029-02-01").accepted());
  REQUIRE(registry.renew(no).accepted());
  CHECK(registry.effective(no) == "frozen");
  registry.ledger.at("2029-02-02");
  CHECK(registry.effective(no) == "registered");
}

TEST_CASE("a cancellation acts from now on: what was in force before stays so, the certificate ends with it") {
  Quick registry;
  const std::string no = registry.number("A");
  const std::string certificate = registry.must(registry.certify(no)).number();
  const LedgerTime before = registry.ledger.time();
  registry.ledger.at("2026-03-02");
  CHECK(registry.cancel(no, Cast::buyer).refused(V::not_the_holder));
  REQUIRE(registry.cancel(no).accepted());
  CHECK(registry.status(no) == "cancelled");
  CHECK(registry.ledger.show("dataset", no).at("standing_reason") == "不再提供");
  CHECK(registry.ledger.show("certificate", certificate).at("status") == "cancelled");
  CHECK_FALSE(registry.in_force(no));
  CHECK(contracts::registration_in_force(registry.ledger.object<contracts::Dataset>(no), before));
  CHECK(registry.certify(no).refused(contracts::CertificationVerdict::dataset_not_registered));
}

TEST_CASE("a freeze stops certificate and registration and is over by itself after its last day") {
  Quick registry;
  const std::string no = registry.number("A");
  const std::string certificate = registry.must(registry.certify(no)).number();
  registry.ledger.at("2026-03-02");
  const auto frozen = registry.freeze(no, "2026-03-31");
  REQUIRE(frozen.accepted());
  CHECK(deadline_of(frozen).at("what") == "freeze");
  CHECK(deadline_of(frozen).at("until") == "2026-03-31");
  CHECK(registry.certificate_status(certificate) == "frozen");
  const LedgerTime during = registry.ledger.time();
  registry.ledger.at("2026-03-31T15:59:59.999Z");
  CHECK(registry.effective(no) == "frozen");
  CHECK_FALSE(registry.in_force(no));
  registry.ledger.at("2026-03-31T16:00:00Z");
  CHECK(registry.effective(no) == "registered");
  CHECK(registry.status(no) == "frozen");  // as last set
  CHECK(registry.in_force(no));
  CHECK(registry.certificate_status(certificate) == "valid");
  CHECK_FALSE(contracts::registration_in_force(registry.ledger.object<contracts::Dataset>(no), during));
  // Whatever comes next takes it for registered.
  const auto cancelled = registry.cancel(no);
  REQUIRE(cancelled.accepted());
  CHECK(cancelled.effect("status").at("from") == "registered");
  CHECK_FALSE(contracts::registration_in_force(registry.ledger.object<contracts::Dataset>(no), during));
}

TEST_CASE("an earlier end of a freeze replaces the one that was set") {
  Quick registry;
  const std::string no = registry.number("A");
  REQUIRE(registry.freeze(no, "2026-03-31").accepted());
  registry.ledger.at("2026-02-02");
  REQUIRE(registry.unfreeze(no).accepted());
  const LedgerTime free = registry.ledger.time();
  CHECK(registry.in_force(no));
  registry.ledger.at("2026-03-02");
  REQUIRE(registry.freeze(no, "2026-06-30").accepted());
  registry.ledger.at("2026-04-01");
  // The first freeze's last day means nothing any more.
  CHECK_FALSE(registry.in_force(no));
  CHECK(contracts::registration_in_force(registry.ledger.object<contracts::Dataset>(no), free));
}

TEST_CASE("a freeze lasts at least today and at most what the policy allows") {
  Quick registry;
  const std::string no = registry.number("A");
  CHECK(registry.freeze(no, "2026-01-01").refused(V::freeze_period));
  const auto longer = registry.freeze(no, "2026-07-02");
  CHECK(longer.refused(V::freeze_period));
  CHECK(longer.context().find("2026-07-01") != std::string::npos);
  Json limits = limits_of_notice(0);
  limits["freeze_days"] = 10;
  registry.ledger.enact("time_limits", "LIMITS", limits);
  CHECK(registry.freeze(no, "2026-01-13").refused(V::freeze_period));
  CHECK(registry.freeze(no, "2026-01-12").accepted());
}

TEST_CASE("a revocation is void from the start, needs the bureau, and takes registration, certificate and licences") {
  Quick registry;
  const std::string no = registry.number("A");
  const std::string certificate = registry.must(registry.certify(no)).number();
  const LedgerTime before = registry.ledger.time();
  registry.ledger.at("2026-03-02");
  const Json body{{"dataset", no}, {"cause", "court_order"}, {"reason", "判决"}};
  CHECK(registry.by_registrar("dataset.revoke", body).refused(General::signer_missing));
  const auto done =
      registry.ledger.submit("dataset.revoke", {{"registrar", Cast::registrar}, {"bureau", Cast::bureau}}, body);
  REQUIRE(done.accepted());
  const Json shown = registry.ledger.show("dataset", no);
  CHECK(shown.at("status") == "revoked");
  CHECK(shown.at("revoke_cause") == "court_order");
  CHECK(shown.at("standing_reason") == "判决");
  CHECK(registry.certificate_status(certificate) == "revoked");
  CHECK_FALSE(contracts::registration_in_force(registry.ledger.object<contracts::Dataset>(no), before));
  // The root is free again.
  CHECK(registry.status(registry.accepted("A", Cast::buyer)) == "notice");
}

TEST_CASE("a subsidy for a registration is taken back when the registration is revoked") {
  Quick registry;
  ContractFixture& ledger = registry.ledger;
  Json line = subsidy_line();
  line.update({{"base", "fixed"}, {"fixed_fen", 50'000}, {"milestone", "registration"}, {"tiers", Json::array()}});
  ledger.enact("subsidy_line", "SUB-REG", line);
  RegistryBench::must(ledger.submit("pool.allocate", {{"finance", Cast::finance}},
                                    {{"pool", "POOL-A"}, {"year", 2026}, {"amount_fen", 1'000'000}}));
  const std::string no = registry.number("A");
  const auto claim = ledger.submit("subsidy.claim", {{"claimant", Cast::seller}}, {{"line", "SUB-REG"}});
  INFO(claim.context());
  REQUIRE(claim.accepted());
  const std::string bt = claim.number();
  CHECK(ledger.show("subsidy", bt).at("amount_fen") == 50'000);
  // A transfer leaves it with the first registrant.
  REQUIRE(registry.transfer(no).accepted());
  CHECK(ledger.show("subsidy", bt).at("amount_fen") == 50'000);
  REQUIRE(registry.revoke(no).accepted());
  CHECK(ledger.show("subsidy", bt).at("amount_fen") == 0);
}

TEST_CASE("another province's registration is recognised at once under a number of this ledger's own") {
  Quick registry;
  ContractFixture& ledger = registry.ledger;
  ledger.enact("fee_schedule", "FEE-REG",
               {{"payee", Cast::platform},
                {"registration_fen", 300'000},
                {"service", Json::array()},
                {"recognition_fen", 20'000}});
  const auto done = registry.recognise(application("A"));
  INFO(done.context());
  REQUIRE(done.accepted());
  const Json shown = ledger.show("dataset", done.entry_id);
  CHECK(shown.at("no") == "DJ32050020260000001B");
  CHECK(shown.at("status") == "registered");
  CHECK(shown.at("valid_from") == "2026-01-02");
  CHECK(shown.at("valid_to") == "2027-05-31");  // that of the other province
  CHECK(shown.at("recognition").at("foreign_no") == "ZJ-2025-0001");
  CHECK(shown.at("registrar") == Cast::registrar);
  CHECK(ledger.balance("fee/" + Cast::platform + "/due/" + shown.at("fee").get<std::string>()) == 20'000);
  CHECK(registry.in_force(done.entry_id));
  CHECK(registry.certify(shown.at("no")).accepted());
  // It is a registration like any other: it leads for its root and uses first registrations up.
  CHECK(registry.status(registry.accepted("A", Cast::buyer)) == "held");
  CHECK(registry.registered("B").at("first_enterprise") == false);
}

TEST_CASE("a recognition has no fee unless the schedule says so") {
  Quick registry;
  registry.ledger.enact("fee_schedule", "FEE-REG",
                        {{"payee", Cast::platform}, {"registration_fen", 300'000}, {"service", Json::array()}});
  const auto done = registry.recognise(application("A"));
  REQUIRE(done.accepted());
  CHECK_FALSE(registry.ledger.show("dataset", done.entry_id).contains("fee"));
}

TEST_CASE("what is not recognised: the own province, an ended one, the same twice, a root that is led for") {
  Quick registry;
  registry.second_key(Cast::registrar);
  const Json form = application("A");
  const auto refused = [&](const Json& more, V verdict, std::string_view member) {
    const auto result = registry.recognise(form, more);
    CAPTURE(more.dump());
    CHECK(result.refused(verdict));
    CHECK(result.pointer() == "/body/recognition/" + std::string(member));
  };
  refused({{"province", "320000"}}, V::own_province, "province");
  refused({{"province", "330100"}}, V::own_province, "province");
  refused({{"province", "990000"}}, V::own_province, "province");
  refused({{"valid_to", "2026-01-01"}}, V::foreign_ended, "valid_to");
  refused({{"registered_on", "2026-01-03"}}, V::foreign_ended, "valid_to");
  Json ended = form;
  ended["source"]["agreement_until"] = "2026-01-01";
  CHECK(registry.recognise(ended).refused(V::source_ended));
  Json core = form;
  core["grade"] = "core";
  CHECK(registry.recognise(core).pointer() == "/body/application/grade");
  CHECK(registry.recognise(form, Json::object(), Cast::registrar).refused(General::same_party));

  const std::string no = registry.must(registry.recognise(form)).number();
  CHECK(registry.recognise(application("B")).refused(V::already_recognised));
  CHECK(registry.recognise(form, {{"foreign_no", "ZJ-2025-0002"}}, Cast::buyer).refused(V::conflict_leads));
  REQUIRE(registry.cancel(no).accepted());
  CHECK(registry.recognise(application("B")).accepted());
}

TEST_CASE("the agent acts where the applicant may: it supplements and withdraws what it applied for") {
  Quick registry;
  ContractFixture& ledger = registry.ledger;
  const std::vector<By> both{{"applicant", Cast::seller}, {"agent", Cast::buyer}};
  const auto sign = [&](std::string_view type, const std::vector<By>& by, const std::string& id) {
    Json body{{"dataset", id}};
    body[type == "dataset.supplement" ? "reply" : "reason"] = "如所述";
    return ledger.submit(type, by, body);
  };
  const std::string id = RegistryBench::must(ledger.submit("dataset.apply", both, application("A"))).entry_id;
  REQUIRE(registry.review(id, "more", "缺材料").accepted());
  const auto other = sign("dataset.supplement", {{"agent", Cast::outsider}}, id);
  CHECK(other.refused(V::not_the_applicant));
  CHECK(other.context().find(Cast::buyer) != std::string::npos);
  CHECK(sign("dataset.supplement", {{"applicant", Cast::seller}, {"agent", Cast::outsider}}, id)
            .refused(V::not_the_applicant));
  REQUIRE(sign("dataset.supplement", {{"agent", Cast::buyer}}, id).accepted());
  REQUIRE(sign("dataset.withdraw", {{"agent", Cast::buyer}}, id).accepted());
  CHECK(registry.status(id) == "withdrawn");

  const std::string alone = registry.applied("B");
  const auto none = sign("dataset.withdraw", {{"agent", Cast::buyer}}, alone);
  CHECK(none.refused(V::not_the_applicant));
  CHECK(none.context().find("without an agent") != std::string::npos);
}

TEST_CASE("a registration's last day stands in the leaf as a deadline") {
  Quick registry;
  const std::string id = registry.accepted("A");
  const auto done = registry.enter(id);
  REQUIRE(done.accepted());
  CHECK(deadline_of(done).at("what") == "validity");
  CHECK(deadline_of(done).at("until") == "2029-01-01");
}

}  // namespace dengji::test
