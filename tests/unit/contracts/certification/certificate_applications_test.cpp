#include "contracts/certification/certificate_applications.hpp"

#include <doctest/doctest.h>

#include "tests/unit/contracts/certification/certifying.hpp"

namespace dengji::test {
namespace {

using V = contracts::CertificationVerdict;
using contracts::Certificate;
using contracts::CertificateStatus;
using state::General;

Submitted apply_for(Certifying& world, const std::string& dataset, const Json& more = Json::object(),
                    const std::string& by = Cast::seller) {
  Json body{{"dataset", dataset}, {"scope", "全部文件"}, {"grade", "good"}, {"commitment", b64_of("commitment")}};
  if (more.is_object()) body.update(more);
  return world.ledger.submit("certificate.apply", {{"applicant", by}}, body);
}

Submitted refuse(Certifying& world, const std::string& application) {
  return world.ledger.submit("certificate.refuse", kPlatformSigns, {{"application", application}, {"reason", "不符"}});
}

std::string status_of(Certifying& world, const std::string& application) {
  return world.ledger.show("certificate_application", application).at("status");
}

}  // namespace

TEST_CASE("an application waits for a decision with a review day, and the issue answers it") {
  Certifying world;
  const std::string dataset = world.registered("A");
  const auto applied = apply_for(world, dataset);
  REQUIRE(applied.accepted());
  CHECK(applied.effect("deadline").at("what") == "review");
  CHECK(applied.effect("deadline").at("until") == "2026-01-16");  // 10 working days after Friday 2026-01-02
  CHECK(status_of(world, applied.entry_id) == "applied");
  const auto issued = world.issue(dataset);
  REQUIRE(issued.accepted());
  const Json shown = world.ledger.show("certificate_application", applied.entry_id);
  CHECK(shown.at("status") == "issued");
  CHECK(shown.at("certificate") == issued.number());
  CHECK(shown.at("decided_by") == Cast::platform);
  CHECK(world.ledger.show("certificate", issued.number()).at("application") == applied.entry_id);
}

TEST_CASE("a refusal gives its reason and lets the holder apply again") {
  Certifying world;
  const std::string dataset = world.registered("A");
  const std::string id = apply_for(world, dataset).entry_id;
  REQUIRE(refuse(world, id).accepted());
  CHECK(status_of(world, id) == "refused");
  CHECK(world.ledger.show("certificate_application", id).at("reason") == "不符");
  CHECK(apply_for(world, dataset).accepted());
}

TEST_CASE("only the holder applies, for a data set in force, one application at a time, without a live certificate") {
  Certifying world;
  const std::string unregistered = world.accepted("B");
  CHECK(apply_for(world, unregistered).refused(V::dataset_not_registered));
  const std::string dataset = world.registered("A");
  const auto stranger = apply_for(world, dataset, Json::object(), Cast::buyer);
  CHECK(stranger.refused(V::not_the_holder));
  CHECK(world.ledger.registry().verdict(stranger.verdict()).http_status == 403);
  CHECK(apply_for(world, b64_of("none")).refused(General::object_unknown));
  const auto first = apply_for(world, dataset);
  REQUIRE(first.accepted());
  const auto again = apply_for(world, dataset);
  CHECK(again.refused(V::application_open));
  CHECK(again.context().find(first.entry_id) != std::string::npos);
  REQUIRE(world.issue(dataset).accepted());
  CHECK(apply_for(world, dataset).refused(V::certificate_live));
}

TEST_CASE("each status of an application and what may still be done with it") {
  for (const char* end : {"issued", "refused", "renewed"}) {
    CAPTURE(end);
    Certifying world;
    const std::string dataset = world.registered("A");
    std::string id;
    if (std::string_view(end) == "renewed") {
      const auto issued = world.issue(dataset, {{"valid_to", "2026-06-30"}});
      world.ledger.at("2026-06-01");
      id = apply_for(world, dataset, {{"renews", issued.number()}}).entry_id;
      REQUIRE(world.renew(issued.number(), "2027-06-30").accepted());
    } else {
      id = apply_for(world, dataset).entry_id;
      REQUIRE((std::string_view(end) == "issued" ? world.issue(dataset) : refuse(world, id)).accepted());
    }
    REQUIRE(status_of(world, id) == end);
    const auto late = refuse(world, id);
    CHECK(late.refused(V::application_decided));
    CHECK(late.context().find(std::string("is ") + end) != std::string::npos);
    CHECK(status_of(world, id) == end);
  }
}

TEST_CASE("a refusal comes from a platform that is not related to the applicant") {
  Certifying world;
  ContractFixture& ledger = world.ledger;
  const std::string id = apply_for(world, world.registered("A")).entry_id;
  CHECK(ledger.submit("certificate.refuse", {{"platform", Cast::seller}}, {{"application", id}, {"reason", "x"}})
            .refused(General::role_not_held));
  ledger.change<contracts::Org>(Cast::platform, [&](contracts::Org& record) {
    record.ties.push_back({OrgId(Cast::seller), "affiliate", ledger.today(), ledger.today()});
  });
  CHECK(refuse(world, id).refused(V::issuer_related));
  CHECK(refuse(world, b64_of("none")).refused(General::object_unknown));
}

TEST_CASE("a renewal keeps the number, is asked for the data set's own certificate and comes in its last days") {
  Certifying world;
  const std::string dataset = world.registered("A");
  const auto issued = world.issue(dataset, {{"valid_to", "2026-06-30"}});
  const std::string no = issued.number();
  CHECK(apply_for(world, world.registered("B"), {{"renews", no}}).refused(V::renewal_of_other));
  CHECK(apply_for(world, dataset, {{"renews", "ZS32050020260000009X"}}).refused(General::object_unknown));
  world.ledger.at("2026-05-01");
  const auto early = world.renew(no, "2027-06-30");
  CHECK(early.refused(V::renewal_too_early));
  CHECK(early.context().find("renew it from 2026-05-02") != std::string::npos);
  world.ledger.at("2026-05-02");
  CHECK(world.renew(no, "2026-06-30").refused(V::renewal_not_longer));
  const auto beyond = world.renew(no, "2029-01-02");
  CHECK(beyond.refused(V::validity_outside));
  CHECK(beyond.pointer() == "/body/valid_to");
  const auto applied = apply_for(world, dataset, {{"renews", no}});
  REQUIRE(applied.accepted());
  const auto done = world.renew(no, "2029-01-01", {{"platform", Cast::platform}, {"certifier", Cast::certifier}});
  INFO(done.context());
  REQUIRE(done.accepted());
  CHECK(done.effect("deadline").at("what") == "validity");
  CHECK(done.effect("deadline").at("until") == "2029-01-01");
  CHECK(status_of(world, applied.entry_id) == "renewed");
  const Json shown = world.ledger.show("certificate", no);
  CHECK(shown.at("valid_to") == "2029-01-01");
  CHECK(shown.at("renewed_on") == "2026-05-02");
  CHECK(shown.at("application") == applied.entry_id);
  CHECK(shown.at("history").size() == 2);
  CHECK(world.in_force(no, world.ledger.time()));
  world.ledger.at("2026-12-31");
  CHECK(world.ledger.show("certificate", no).at("effective_status") == "valid");
}

TEST_CASE("a certificate that has expired or is no longer valid is not renewed: a new one is applied for") {
  Certifying world;
  const std::string dataset = world.registered("A");
  const std::string no = world.issue(dataset, {{"valid_to", "2026-06-30"}}).number();
  world.ledger.at("2026-07-01");
  CHECK(world.renew(no, "2027-06-30").refused(V::certificate_expired));
  CHECK(apply_for(world, dataset, {{"renews", no}}).refused(V::certificate_expired));
  REQUIRE(apply_for(world, dataset).accepted());
  REQUIRE(world.change("revoke", no).accepted());
  const auto second = world.issue(dataset);
  REQUIRE(second.accepted());
  REQUIRE(world.change("cancel", second.number()).accepted());
  CHECK(apply_for(world, dataset, {{"renews", second.number()}}).refused(V::certificate_status));
}

TEST_CASE("an application for a renewal is not answered by a new certificate") {
  Certifying world;
  const std::string dataset = world.registered("A");
  const std::string no = world.issue(dataset).number();
  const std::string id = apply_for(world, dataset, {{"renews", no}}).entry_id;
  REQUIRE(world.change("revoke", no).accepted());
  const auto fresh = world.issue(dataset);
  REQUIRE(fresh.accepted());
  CHECK(status_of(world, id) == "applied");
  CHECK_FALSE(world.ledger.show("certificate", fresh.number()).contains("application"));
  REQUIRE(refuse(world, id).accepted());
}

TEST_CASE("only the holder gives up its certificate, and what was done while it was valid stands") {
  Certifying world;
  const std::string no = world.issued("A");
  const LedgerTime issued = world.ledger.time();
  world.ledger.at("2026-02-02");
  CHECK(world.ledger.submit("certificate.cancel", {{"holder", Cast::buyer}}, {{"certificate", no}, {"reason", "x"}})
            .refused(V::not_the_holder));
  REQUIRE(world.change("cancel", no).accepted());
  CHECK(world.in_force(no, issued));
  CHECK_FALSE(world.in_force(no, world.ledger.time()));
  CHECK(world.ledger.show("certificate", no).at("effective_status") == "cancelled");
}

}  // namespace dengji::test
