#include "contracts/governance/publications.hpp"

#include <doctest/doctest.h>

#include "tests/support/contract_fixture.hpp"

namespace dengji::test {
namespace {

using contracts::GovernanceVerdict;
using contracts::Org;
using state::General;
using V = GovernanceVerdict;

Json attestation(const Json& more = Json::object()) {
  Json body{{"org", Cast::seller},
            {"standard", "DCMM"},
            {"level", "3 级 稳健级"},
            {"attested_by", "中国电子信息行业联合会"},
            {"from", "2025-07-01"},
            {"until", "2028-06-30"},
            {"evidence", Json::array({b64_of("certificate")})}};
  body.update(more);
  return body;
}

Submitted attest(ContractFixture& ledger, const Json& body,
                 const std::vector<By>& by = {{"certifier", Cast::certifier}}) {
  return ledger.submit("org.attest", by, body);
}

Json document(std::string_view seed, const Json& more = Json::object()) {
  Json body{{"hash", b64_of(seed)},
            {"title", "关于推进高质量数据集建设的通知"},
            {"kind", "notice"},
            {"url", "https://www.example.gov.cn/notice.pdf"}};
  body.update(more);
  return body;
}

Submitted publish(ContractFixture& ledger, const Json& body, const std::vector<By>& by = {{"bureau", Cast::bureau}}) {
  return ledger.submit("document.publish", by, body);
}

}  // namespace

TEST_CASE("an attested standard stands with the organisation, and the newest word on it replaces the one before") {
  ContractFixture ledger;
  ledger.at("2026-03-02");
  const auto done = attest(ledger, attestation());
  REQUIRE(done.accepted());
  CHECK(done.effect("flag").at("members") == Json::array({"DCMM", "3 级 稳健级"}));
  CHECK(ledger.view().get(state::index_key("org", "standard", "DCMM", Cast::seller)).has_value());
  REQUIRE(attest(ledger, attestation({{"level", "4 级 量化管理级"}, {"from", "2026-02-01"}})).accepted());
  REQUIRE(attest(ledger, attestation({{"standard", "ISO/IEC 27001"}})).accepted());
  const Org org = ledger.object<Org>(Cast::seller);
  REQUIRE(org.attestations.size() == 2);
  CHECK(org.attestations[0].level == "4 级 量化管理级");
  CHECK(org.attestations[1].standard == "ISO/IEC 27001");
}

TEST_CASE("an attestation has begun, does not end before it began, and is recorded by who may") {
  ContractFixture ledger;
  ledger.at("2026-03-02");
  CHECK(attest(ledger, attestation({{"from", "2026-03-03"}})).refused(V::attestation_days));
  const auto reversed = attest(ledger, attestation({{"until", "2025-06-30"}}));
  CHECK(reversed.refused(V::attestation_days));
  CHECK(reversed.pointer() == "/body/until");
  CHECK(attest(ledger, attestation({{"org", make_uscc("91320000", "MA1UNKNW")}})).refused(General::object_unknown));
  CHECK(attest(ledger, attestation(), {{"holder", Cast::buyer}, {"platform", Cast::platform}})
            .refused(V::not_the_holder));
  CHECK(attest(ledger, attestation(), {{"holder", Cast::seller}}).refused(General::signer_missing));
  CHECK(attest(ledger, attestation(), {{"holder", Cast::seller}, {"registrar", Cast::registrar}}).accepted());
  ledger.change<Org>(Cast::seller, [](Org& org) {
    for (int i = 1; i < 64; ++i) org.attestations.push_back({.standard = "S" + std::to_string(i)});
  });
  CHECK(attest(ledger, attestation({{"standard", "one more"}})).refused(V::records_full));
  CHECK(attest(ledger, attestation({{"standard", "S63"}})).accepted());
}

TEST_CASE("a document is published once, by the bureau or the governors, and may be the text of a policy") {
  ContractFixture ledger;
  REQUIRE(publish(ledger, document("A")).accepted());
  const Json shown = ledger.show("document", b64_of("A"));
  CHECK(shown.at("status") == "published");
  CHECK(shown.at("publisher") == Cast::bureau);
  CHECK(shown.at("published_on") == "2026-01-02");
  CHECK(publish(ledger, document("A")).refused(V::document_known));
  CHECK(publish(ledger, document("B"), {{"platform", Cast::platform}}).refused(General::signer_not_wanted));
  for (const char* url : {"http://www.example.gov.cn/a", "https://www.example.gov.cn/a b", "https://例.cn/a"}) {
    CAPTURE(url);
    CHECK(publish(ledger, document("B", {{"url", url}})).refused(V::document_url_form));
  }
  CHECK(publish(ledger, document("B", {{"policy", "LIMITS@1"}})).refused(General::object_unknown));
  ledger.enact("time_limits", "LIMITS",
               {{"apply_within_working_days", 20},
                {"review_working_days", 10},
                {"notice_working_days", 10},
                {"valid_months", 36},
                {"renew_window_days", 60}});
  CHECK(publish(ledger, document("B", {{"kind", "policy_text"}, {"policy", "LIMITS@1"}}), {{"governor", Cast::bureau}})
            .accepted());
}

TEST_CASE("a document replaces another, which is replaced once and stays readable") {
  ContractFixture ledger;
  REQUIRE(publish(ledger, document("A")).accepted());
  CHECK(publish(ledger, document("B", {{"replaces", b64_of("C")}})).refused(General::object_unknown));
  const auto second = publish(ledger, document("B", {{"replaces", b64_of("A")}}));
  REQUIRE(second.accepted());
  CHECK(second.effect("status").at("id") == b64_of("A"));
  CHECK(ledger.show("document", b64_of("A")).at("replaced_by") == b64_of("B"));
  const auto third = publish(ledger, document("C", {{"replaces", b64_of("A")}}));
  CHECK(third.refused(V::document_replaced));
  CHECK(third.context() == "by " + b64_of("B") + "; replace that one");
  CHECK(publish(ledger, document("C", {{"replaces", b64_of("B")}})).accepted());
}

}  // namespace dengji::test
