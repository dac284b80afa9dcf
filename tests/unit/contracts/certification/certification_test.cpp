#include "contracts/certification/certification.hpp"

#include <doctest/doctest.h>

#include "crypto/sha256.hpp"
#include "tests/unit/contracts/certification/certifying.hpp"

namespace dengji::test {
namespace {

using contracts::Certificate;
using contracts::certificate_in_force;
using contracts::CertificateStatus;
using contracts::CertificationVerdict;
using state::General;
using V = contracts::CertificationVerdict;

}  // namespace

TEST_CASE("a certificate bears the number of its holder's region and runs as long as the registration by default") {
  Certifying world;
  world.ledger.at("2026-03-17");
  const std::string dataset = world.registered("A");
  world.ledger.at("2026-04-01");
  const auto done = world.issue(dataset);
  REQUIRE(done.accepted());
  CHECK(done.number() == "ZS32050020260000001R");
  const Json shown = world.ledger.show("certificate", "ZS32050020260000001R");
  CHECK(shown.at("dataset_no") == dataset);
  CHECK(shown.at("holder") == Cast::seller);
  CHECK(shown.at("issuer") == Cast::platform);
  CHECK(shown.at("valid_from") == "2026-04-01");
  CHECK(shown.at("valid_to") == "2029-03-16");
  CHECK(shown.at("status") == "valid");
  CHECK(shown.at("effective_status") == "valid");
  CHECK(shown.at("status_index") == 0);
  CHECK_FALSE(shown.contains("certifier"));
  CHECK(world.ledger.show("dataset", dataset).at("certificate") == "ZS32050020260000001R");
}

TEST_CASE("a certifier may sign with the platform and is named") {
  Certifying world;
  const auto done =
      world.issue(world.registered("A"), {}, {{"platform", Cast::platform}, {"certifier", Cast::certifier}});
  REQUIRE(done.accepted());
  CHECK(world.ledger.show("certificate", done.number()).at("certifier") == Cast::certifier);
}

TEST_CASE("only what is registered and in force is certified") {
  Certifying world;
  const std::string id = world.accepted("A");
  const auto early = world.issue(id);
  CHECK(early.refused(CertificationVerdict::dataset_not_registered));
  CHECK(early.context() == "dataset " + id + " is notice; it must be registered");
  world.enter(id);
  world.ledger.at("2029-01-02");
  CHECK(world.issue(id).refused(CertificationVerdict::dataset_not_registered));
  CHECK(world.issue(b64_of("nothing")).refused(General::object_unknown));
}

TEST_CASE("one certificate is live at a time: another follows a revoked or expired one, not a suspended one") {
  Certifying world;
  const std::string dataset = world.registered("A");
  const auto first = world.issue(dataset, {{"valid_to", "2026-06-30"}});
  REQUIRE(first.accepted());
  const auto twice = world.issue(dataset);
  CHECK(twice.refused(CertificationVerdict::certificate_live));
  CHECK(twice.context() == "certificate " + first.number() + " is valid to 2026-06-30; revoke it first");
  REQUIRE(world.change("suspend", first.number()).accepted());
  CHECK(world.issue(dataset).refused(CertificationVerdict::certificate_live));
  world.ledger.at("2026-07-01");
  const auto second = world.issue(dataset);
  REQUIRE(second.accepted());
  REQUIRE(world.change("revoke", second.number()).accepted());
  CHECK(world.issue(dataset).accepted());
}

TEST_CASE("the validity lies within the registration's and does not start before today") {
  Certifying world;
  const std::string dataset = world.registered("A");
  const auto order = world.issue(dataset, {{"valid_from", "2026-02-01"}, {"valid_to", "2026-01-31"}});
  CHECK(order.refused(V::validity_order));
  CHECK(order.pointer() == "/body/valid_to");
  CHECK(world.issue(dataset, {{"valid_from", "2026-01-01"}}).refused(V::validity_backdated));
  const auto beyond = world.issue(dataset, {{"valid_to", "2029-01-02"}});
  CHECK(beyond.refused(V::validity_outside));
  CHECK(beyond.context() == "the registration " + dataset + " is valid to 2029-01-01");
  CHECK(world.issue(dataset, {{"valid_to", "2029-01-01"}}).accepted());
}

TEST_CASE("neither platform nor certifier is the holder or related to it") {
  Certifying world;
  ContractFixture& ledger = world.ledger;
  CHECK(world.issue(world.registered("A", Cast::platform)).refused(General::same_party));
  const std::string dataset = world.registered("B");
  const auto tie = [&](const std::string& org) {
    ledger.change<contracts::Org>(org, [&](contracts::Org& record) {
      record.ties.push_back({OrgId(Cast::seller), "affiliate", ledger.today(), ledger.today()});
    });
  };
  tie(Cast::certifier);
  const std::vector<By> both{{"platform", Cast::platform}, {"certifier", Cast::certifier}};
  CHECK(world.issue(dataset, {}, both).refused(CertificationVerdict::issuer_related));
  const auto rated = ledger.submit("rating.assess", {{"certifier", Cast::certifier}}, rating(dataset));
  CHECK(rated.refused(CertificationVerdict::assessor_related));
  CHECK(rated.pointer() == "/parties");
  REQUIRE(world.issue(dataset).accepted());
  const std::string no = ledger.show("dataset", dataset).at("certificate");
  tie(Cast::platform);
  CHECK(world.change("suspend", no).refused(CertificationVerdict::issuer_related));
  // The ties have ended.
  ledger.at("2026-01-05");
  CHECK(world.change("suspend", no).accepted());
}

TEST_CASE("only the platform certifies") {
  Certifying world;
  const std::string dataset = world.registered("A");
  CHECK(world.issue(dataset, {}, {{"platform", Cast::seller}}).refused(General::role_not_held));
  CHECK(world.issue(dataset, {}, {{"certifier", Cast::certifier}}).refused(General::signer_missing));
}

TEST_CASE("each status of a certificate allows its own changes") {
  struct Row {
    const char* status;
    std::vector<const char*> way;
    bool suspend, resume, renew, cancel, revoke;
  };
  const Row rows[] = {{"valid", {}, true, false, true, true, true},
                      {"suspended", {"suspend"}, false, true, false, true, true},
                      {"valid", {"suspend", "resume"}, true, false, true, true, true},
                      {"cancelled", {"cancel"}, false, false, false, false, false},
                      {"cancelled", {"suspend", "cancel"}, false, false, false, false, false},
                      {"replaced", {"replace"}, false, false, false, false, false},
                      {"revoked", {"revoke"}, false, false, false, false, false},
                      {"revoked", {"suspend", "revoke"}, false, false, false, false, false}};
  for (const Row& row : rows) {
    Certifying world;
    const std::string dataset = world.registered("A");
    const auto issued = world.issue(dataset, {{"valid_to", "2026-06-30"}});
    REQUIRE(issued.accepted());
    const std::string no = issued.number();
    world.ledger.at("2026-06-01");
    for (const std::string step : row.way) {
      if (step == "replace") {
        world.ledger.change<Certificate>(no, [](Certificate& record) { record.status = CertificateStatus::replaced; });
      } else {
        REQUIRE(world.change(step, no).accepted());
      }
    }
    REQUIRE(world.ledger.show("certificate", no).at("status") == row.status);
    const MemoryView before = world.ledger.view();
    for (const auto& [verb, allowed] :
         {std::pair{"suspend", row.suspend}, std::pair{"resume", row.resume}, std::pair{"renew", row.renew},
          std::pair{"cancel", row.cancel}, std::pair{"revoke", row.revoke}}) {
      CAPTURE(row.status);
      CAPTURE(verb);
      if (allowed) continue;
      const auto result = std::string_view(verb) == "renew" ? world.renew(no, "2027-06-30") : world.change(verb, no);
      CHECK(result.refused(CertificationVerdict::certificate_status));
      CHECK(result.context().starts_with("certificate " + no + " is " + row.status + "; certificate." + verb +
                                         " needs "));
      CHECK(world.ledger.view().fingerprint() == before.fingerprint());
    }
  }
}

TEST_CASE("every change that a status of a certificate allows leads where it says") {
  struct Row {
    std::vector<const char*> way;
    const char* verb;
    const char* to;
  };
  const Row rows[] = {{{}, "suspend", "suspended"},      {{}, "renew", "valid"},
                      {{}, "cancel", "cancelled"},       {{}, "revoke", "revoked"},
                      {{"suspend"}, "resume", "valid"},  {{"suspend"}, "cancel", "cancelled"},
                      {{"suspend"}, "revoke", "revoked"}};
  for (const Row& row : rows) {
    CAPTURE(row.verb);
    Certifying world;
    const auto issued = world.issue(world.registered("A"), {{"valid_to", "2026-06-30"}});
    const std::string no = issued.number();
    world.ledger.at("2026-06-01");
    for (const char* step : row.way) REQUIRE(world.change(step, no).accepted());
    const auto done =
        std::string_view(row.verb) == "renew" ? world.renew(no, "2027-06-30") : world.change(row.verb, no);
    INFO(done.context());
    REQUIRE(done.accepted());
    CHECK(world.ledger.show("certificate", no).at("status") == row.to);
    CHECK(world.ledger.object<Certificate>(no).history.size() == row.way.size() + 2);
  }
}

TEST_CASE("an expired certificate can only be revoked") {
  Certifying world;
  const auto issued = world.issue(world.registered("A"), {{"valid_to", "2026-06-30"}});
  REQUIRE(issued.accepted());
  const std::string no = issued.number();
  world.ledger.at("2026-06-30T15:59:59.999Z");
  CHECK(world.ledger.show("certificate", no).at("effective_status") == "valid");
  world.ledger.at("2026-06-30T16:00:00Z");
  CHECK(world.ledger.show("certificate", no).at("effective_status") == "expired");
  CHECK(world.change("suspend", no).refused(CertificationVerdict::certificate_expired));
  REQUIRE(world.change("revoke", no).accepted());
  CHECK(world.ledger.show("certificate", no).at("effective_status") == "revoked");
  CHECK(world.ledger.show("certificate", no).at("reason") == "抽检");
}

TEST_CASE("the effective status is the worst of certificate, registration and dates") {
  Certifying world;
  const std::string dataset = world.registered("A");
  const auto issued = world.issue(dataset, {{"valid_from", "2026-02-01"}});
  REQUIRE(issued.accepted());
  const auto effective = [&] {
    return world.ledger.show("certificate", issued.number()).at("effective_status").get<std::string>();
  };
  const auto set_dataset = [&](contracts::DatasetStatus status) {
    world.ledger.change<contracts::Dataset>(world.ledger.show("dataset", dataset).at("id").get<std::string>(),
                                            [&](contracts::Dataset& record) { record.status = status; });
  };
  CHECK(effective() == "not_yet_valid");
  world.ledger.at("2026-02-01");
  CHECK(effective() == "valid");
  set_dataset(contracts::DatasetStatus::frozen);
  CHECK(effective() == "frozen");
  REQUIRE(world.change("suspend", issued.number()).accepted());
  CHECK(effective() == "frozen");
  set_dataset(contracts::DatasetStatus::registered);
  CHECK(effective() == "suspended");
  set_dataset(contracts::DatasetStatus::cancelled);
  CHECK(effective() == "cancelled");
  set_dataset(contracts::DatasetStatus::revoked);
  CHECK(effective() == "revoked");
}

TEST_CASE("in force: from issue, not while suspended, never once revoked") {
  Certifying world;
  world.ledger.at("2026-02-02");
  const std::string no = world.issued("A");
  const LedgerTime issued = world.ledger.time();
  world.ledger.at("2026-03-02");
  REQUIRE(world.change("suspend", no).accepted());
  const LedgerTime suspended = world.ledger.time();
  world.ledger.at("2026-04-01");
  REQUIRE(world.change("resume", no).accepted());
  const LedgerTime resumed = world.ledger.time();
  CHECK_FALSE(world.in_force(no, LedgerTime{issued.ms - 1}));
  CHECK(world.in_force(no, issued));
  CHECK(world.in_force(no, LedgerTime{suspended.ms - 1}));
  CHECK_FALSE(world.in_force(no, suspended));
  CHECK_FALSE(world.in_force(no, LedgerTime{resumed.ms - 1}));
  CHECK(world.in_force(no, resumed));
  CHECK(world.in_force(no, LedgerTime{start_of_day(*parse_date("2029-02-02")).ms - 1}));
  CHECK_FALSE(world.in_force(no, start_of_day(*parse_date("2029-02-02"))));
  REQUIRE(world.change("revoke", no).accepted());
  CHECK_FALSE(world.in_force(no, issued));
  CHECK_FALSE(world.in_force(no, resumed));
}

TEST_CASE("of two changes in one millisecond the later entry counts") {
  Certifying world;
  const std::string no = world.issued("A");
  world.ledger.at("2026-02-02");
  REQUIRE(world.change("suspend", no).accepted());
  REQUIRE(world.change("resume", no).accepted());
  CHECK(world.in_force(no, world.ledger.time()));
  REQUIRE(world.change("suspend", no).accepted());
  CHECK_FALSE(world.in_force(no, world.ledger.time()));
}

TEST_CASE("the status list holds two bits per certificate, least significant first, in order of issue") {
  Certifying world;
  CHECK(contracts::certificate_status_list(world.ledger.view()).size == 0);
  CHECK(contracts::certificate_status_list(world.ledger.view()).sha256 == crypto::sha256(""));
  std::vector<std::string> numbers;
  for (int i = 0; i < 9; ++i) {
    numbers.push_back(world.issued("list " + std::to_string(i)));
    CHECK(world.ledger.show("certificate", numbers.back()).at("status_index") == i);
  }
  CHECK(contracts::certificate_status_bits(world.ledger.view()) == std::string(3, '\0'));
  REQUIRE(world.change("suspend", numbers[0]).accepted());
  REQUIRE(world.change("revoke", numbers[3]).accepted());
  REQUIRE(world.change("suspend", numbers[5]).accepted());
  REQUIRE(world.change("revoke", numbers[8]).accepted());
  const std::string bits = contracts::certificate_status_bits(world.ledger.view());
  CHECK(to_hex(bits) == "420801");
  const auto list = contracts::certificate_status_list(world.ledger.view());
  CHECK(list.size == 9);
  CHECK(list.sha256 == crypto::sha256(bits));
  REQUIRE(world.change("resume", numbers[0]).accepted());
  CHECK(to_hex(contracts::certificate_status_bits(world.ledger.view())) == "400801");
}

TEST_CASE("a first registration has its fee waived when the certificate comes, paid part owed back") {
  Certifying world;
  ContractFixture& ledger = world.ledger;
  ledger.enact("fee_schedule", "FEE-REG",
               {{"payee", Cast::platform}, {"registration_fen", 300'000}, {"service", Json::array()}});
  ledger.enact("waiver", "WAIVE-1", sample_waiver(1'000'000, 180, "down"));
  const std::string first = world.registered("A");
  const std::string second = world.registered("B");
  const std::string book = "fee/" + Cast::platform;
  const auto fee = [&](const std::string& dataset) {
    return ledger.show("dataset", dataset).at("fee").get<std::string>();
  };
  REQUIRE(world.issue(first).accepted());
  CHECK(ledger.balance(book + "/due/" + fee(first)) == 0);
  CHECK(ledger.balance(book + "/waived/first") == 300'000);
  REQUIRE(world.issue(second).accepted());
  CHECK(ledger.balance(book + "/due/" + fee(second)) == 300'000);
}

TEST_CASE("certificates are listed by data set, holder and status") {
  Certifying world;
  const std::string no = world.issued("A");
  const auto listed = [&](const char* index, const std::string& value) {
    return world.ledger.view().get(state::index_key("certificate", index, value, no)).has_value();
  };
  CHECK(listed("dataset", world.ledger.show("certificate", no).at("dataset")));
  CHECK(listed("holder", Cast::seller));
  CHECK(listed("status", "valid"));
  REQUIRE(world.change("revoke", no).accepted());
  CHECK(listed("status", "revoked"));
  CHECK_FALSE(listed("status", "valid"));
}

}  // namespace dengji::test
