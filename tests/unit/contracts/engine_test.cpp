// What the engine asks of every entry before its contract, in which order, and what it leaves behind.
#include <doctest/doctest.h>

#include "contracts/governance/governance.hpp"
#include "crypto/jwk.hpp"
#include "crypto/sha256.hpp"
#include "ledger/entry/leaf.hpp"
#include "ledger/state/entry_meta.hpp"
#include "tests/support/contract_fixture.hpp"
#include "tests/support/fictitious_area.hpp"
#include "tests/support/verdicts_reached.hpp"

namespace dengji::test {
namespace {

using contracts::Key;
using contracts::Org;
using entry::Envelope;
using state::General;

const std::vector<By> kSellerApplies{{"applicant", Cast::seller}};

Submitted tampered(ContractFixture& ledger, const std::function<void(Envelope&)>& tamper) {
  return ledger.submit("dataset.apply", kSellerApplies, application("A"), tamper);
}

}  // namespace

TEST_CASE("an entry is for one ledger and one genesis") {
  ContractFixture ledger;
  const auto other = tampered(ledger, [](Envelope& e) { e.ledger = "ledger.example/other"; });
  CHECK(other.refused(General::wrong_ledger));
  CHECK(other.pointer() == "/ledger");
  CHECK(tampered(ledger, [](Envelope& e) { e.genesis = hash_of("other"); }).refused(General::wrong_genesis));
  const auto second = ledger.submit("genesis", {{"governor", Cast::bureau}}, Json::object());
  CHECK(second.error);
}

TEST_CASE("the first entry is the genesis, and there is only one") {
  ContractFixture empty(contracts::registry(), ContractFixture::Start::empty);
  const auto early = empty.submit("dataset.apply", kSellerApplies, application("A"),
                                  [](Envelope& e) { e.genesis = hash_of("none yet"); });
  CHECK(early.refused(General::genesis_missing));

  const Json key = ContractFixture::jwk_of(Cast::bureau);
  const Json node = ContractFixture::jwk_of("node1");
  const Json org{{"id", Cast::bureau},    {"name", "省数据局"}, {"region", "320000"},
                 {"ownership", "public"}, {"scale", "large"},   {"chain_roles", Json::array()}};
  const Json body{{"title", "t"},
                  {"quorum", 1},
                  {"governors", Json::array({Json{{"org", org},
                                                  {"roles", Json::array()},
                                                  {"keys", Json::array({Json{{"jwk", key}, {"use", "sign"}}})}}})},
                  {"nodes", Json::array({Json{{"id", "node1"}, {"batch", node}, {"log", node}, {"cosigner", node}}})}};
  REQUIRE(empty.submit("genesis", {{"governor", Cast::bureau}}, body).accepted());
  const auto twice =
      empty.submit("genesis", {{"governor", Cast::bureau}}, body, [](Envelope& e) { e.genesis.reset(); });
  CHECK(twice.refused(General::genesis_twice));
}

TEST_CASE("made_at leads ledger time by at most five minutes, valid_until has not passed") {
  ContractFixture ledger;
  const LedgerTime now = ledger.time();
  const auto made = [&](std::int64_t lead) {
    return tampered(ledger, [=](Envelope& e) {
      e.made_at = LedgerTime{now.ms + lead};
      e.valid_until = LedgerTime{e.made_at.ms + 1000};
    });
  };
  CHECK(made(300'001).refused(General::made_in_future));
  CHECK(made(300'000).accepted());
  CHECK(made(-1001).refused(General::entry_expired));
  CHECK(made(-1000).accepted());
}

TEST_CASE(
    "the same entry again is known by its seq; its id with other bytes is refused; a refused one is not used up") {
  ContractFixture ledger;
  std::string id;
  const auto first = tampered(ledger, [&](Envelope& e) { id = e.id; });
  REQUIRE(first.accepted());
  const std::size_t size = ledger.leaves().size();
  const auto again = ledger.submit_bytes(first.bytes);
  REQUIRE(again.seen);
  CHECK(again.seen->seq.value == size - 1);
  CHECK(ledger.leaves().size() == size);
  const auto reused = tampered(ledger, [&](Envelope& e) {
    e.id = id;
    e.salt = std::string(entry::kSaltBytes, '\x01');
  });
  CHECK(reused.refused(General::id_reused));
  CHECK(reused.context() == "used by entry " + std::to_string(size - 1));
  CHECK(ledger.registry().verdict(reused.verdict()).http_status == 409);
  // Another organisation may use the same id.
  const auto other = ledger.submit("dataset.apply", {{"applicant", Cast::second_seller}}, application("B"),
                                   [&](Envelope& e) { e.id = id; });
  CHECK(other.accepted());

  std::string free_id;
  const auto refused =
      ledger.submit("dataset.review", {{"registrar", Cast::registrar}},
                    {{"dataset", b64_of("nothing")}, {"outcome", "accept"}}, [&](Envelope& e) { free_id = e.id; });
  CHECK(refused.refused(General::object_unknown));
  CHECK(ledger
            .submit("dataset.review", {{"registrar", Cast::registrar}},
                    {{"dataset", first.entry_id}, {"outcome", "accept"}}, [&](Envelope& e) { e.id = free_id; })
            .accepted());
}

TEST_CASE("a key is registered, its organisation's own, for signing, and not revoked") {
  ContractFixture ledger;
  const auto by = [&](const By& party) { return ledger.submit("dataset.apply", {party}, application("A")); };
  const auto unknown = by({"applicant", Cast::seller, 7});
  CHECK(unknown.refused(General::unknown_key));
  CHECK(ledger.registry().verdict(unknown.verdict()).http_status == 401);
  const auto other = tampered(ledger, [](Envelope& e) { e.parties[0].org = OrgId(Cast::buyer); });
  CHECK(other.refused(General::key_of_other_org));
  CHECK(other.pointer() == "/parties/0/org");

  const auto kid = [](int number) {
    return crypto::thumbprint(ContractFixture::key_of(Cast::seller, number).public_key());
  };
  const auto add = [&](int number, const char* use) {
    return ledger.submit(
        "key.add", {{"holder", Cast::seller}, {"new_key", Cast::seller, number}},
        {{"org", Cast::seller},
         {"keys", Json::array({Json{{"jwk", ContractFixture::jwk_of(Cast::seller, number)}, {"use", use}}})}});
  };
  REQUIRE(add(1, "read").accepted());
  CHECK(by({"applicant", Cast::seller, 1}).refused(General::key_not_for_signing));
  REQUIRE(add(2, "sign").accepted());
  CHECK(by({"applicant", Cast::seller, 2}).accepted());
  REQUIRE(
      ledger.submit("key.revoke", {{"holder", Cast::seller}}, {{"kid", kid(2).text}, {"reason", "遗失"}}).accepted());
  const auto revoked = by({"applicant", Cast::seller, 2});
  CHECK(revoked.refused(General::key_revoked));
  CHECK(revoked.context().find("was revoked by entry") != std::string::npos);
  CHECK(by({"applicant", Cast::seller}).accepted());
}

TEST_CASE("a signature that does not verify refuses the whole entry, by a known key or one found only in apply") {
  ContractFixture ledger;
  const auto good = tampered(ledger, [](Envelope&) {});
  REQUIRE(good.accepted());
  auto jws = *crypto::parse_jws(good.bytes);
  jws.signatures[0].signature.bytes[3] ^= 1;
  const auto known = ledger.submit_bytes(crypto::write_jws(jws));
  REQUIRE(known.error);
  CHECK(known.error->code == ErrorCode::bad_signature);

  // The pool did not know the key yet: apply finds it in the state and verifies there.
  auto checked =
      *contracts::check_entry(crypto::write_jws(jws), ledger.registry(), [](const KeyId&) { return std::nullopt; });
  REQUIRE_FALSE(checked.verified[0]);
  const auto outcome = contracts::apply_entry(ledger.view(), checked, {Seq{99}, ledger.time(), ledger.time()});
  const auto* refusal = std::get_if<state::Refusal>(&outcome);
  REQUIRE(refusal);
  CHECK(refusal->verdict == static_cast<std::uint16_t>(General::bad_signature));
  verdicts_reached().insert(refusal->verdict);
  CHECK(refusal->pointer == "/parties/0");
}

TEST_CASE("the organisation is registered and active") {
  ContractFixture ledger;
  ledger.change<Org>(Cast::seller, [](Org& org) { org.status = contracts::OrgStatus::suspended; });
  const auto suspended = tampered(ledger, [](Envelope&) {});
  CHECK(suspended.refused(General::org_not_active));
  CHECK(suspended.context().ends_with("is suspended"));
  // A key whose organisation is gone can only be our own doing; the check stands all the same.
  const std::string kid = crypto::thumbprint(ContractFixture::key_of(Cast::buyer).public_key()).text;
  ledger.change<Key>(kid, [](Key& key) { key.org = OrgId("91320000MA1NOBODY"); });
  const auto unknown = ledger.submit("dataset.apply", {{"applicant", Cast::buyer}}, application("B"),
                                     [](Envelope& e) { e.parties[0].org = OrgId("91320000MA1NOBODY"); });
  CHECK(unknown.refused(General::org_unknown));
}

TEST_CASE("parties suffice: a role that is held, no one missing, no one too many, governors by quorum") {
  ContractFixture ledger;
  const Json review{{"dataset", "x"}, {"outcome", "accept"}};
  CHECK(ledger.submit("dataset.review", {{"registrar", Cast::seller}}, review).refused(General::role_not_held));
  CHECK(ledger.submit("role.grant", {{"governor", Cast::seller}}, {{"org", Cast::seller}, {"role", "platform"}})
            .refused(General::role_not_held));
  CHECK(ledger.submit("dataset.apply", {{"agent", Cast::buyer}}, application("A")).refused(General::signer_missing));
  const auto odd =
      ledger.submit("dataset.apply", {{"applicant", Cast::seller}, {"witness", Cast::buyer}}, application("A"));
  CHECK(odd.refused(General::signer_not_wanted));
  CHECK(odd.context().ends_with("dataset.apply is signed by applicant (1 to 1) and agent (0 to 1)"));
  CHECK(ledger.submit("dataset.apply", {{"applicant", Cast::seller}, {"applicant", Cast::buyer}}, application("A"))
            .refused(General::signer_not_wanted));
  CHECK(ledger.registry().verdict(static_cast<std::uint16_t>(General::role_not_held)).http_status == 403);
}

TEST_CASE("an act of governance needs the quorum of distinct governors") {
  ContractFixture ledger;
  ledger.change<contracts::Ledger>("self", [](contracts::Ledger& record) {
    record.governors.push_back(OrgId(Cast::finance));
    record.governors.push_back(OrgId(Cast::auditor));
    record.quorum = 2;
  });
  const Json grant{{"org", Cast::seller}, {"role", "certifier"}};
  const auto one = ledger.submit("role.grant", {{"governor", Cast::bureau}}, grant);
  CHECK(one.refused(General::quorum_missing));
  CHECK(one.context() == "governors signed: 1, must: 2");
  const Json keys = Json::array({Json{{"jwk", ContractFixture::jwk_of(Cast::bureau, 1)}, {"use", "sign"}}});
  REQUIRE(ledger
              .submit("key.add", {{"holder", Cast::bureau}, {"new_key", Cast::bureau, 1}},
                      {{"org", Cast::bureau}, {"keys", keys}})
              .accepted());
  CHECK(ledger.submit("role.grant", {{"governor", Cast::bureau}, {"governor", Cast::bureau, 1}}, grant)
            .refused(General::quorum_missing));
  CHECK(ledger.submit("role.grant", {{"governor", Cast::bureau}, {"governor", Cast::auditor}}, grant).accepted());
}

TEST_CASE("a leaf holds the entry as it came, the effects in order, and once an hour the certificate status") {
  ContractFixture ledger;
  ledger.at("2026-03-02T02:00:00Z");
  const auto first = tampered(ledger, [](Envelope&) {});
  REQUIRE(first.accepted());
  const auto leaf = *entry::decode_leaf(ledger.leaves().back());
  CHECK(leaf.seq.value == ledger.leaves().size() - 1);
  CHECK(leaf.time == ledger.time());
  CHECK(leaf.effects == first.effects());
  REQUIRE(leaf.status);
  CHECK(leaf.status->size == 0);
  CHECK(leaf.status->sha256 == crypto::sha256(""));
  const auto parsed = *entry::parse_entry(leaf.jws_text);
  CHECK(parsed.envelope.body == application("A"));
  ledger.at("2026-03-02T02:59:59.999Z");
  REQUIRE(tampered(ledger, [](Envelope&) {}).accepted());
  CHECK_FALSE(entry::decode_leaf(ledger.leaves().back())->status);
  ledger.at("2026-03-02T03:00:00Z");
  REQUIRE(tampered(ledger, [](Envelope&) {}).accepted());
  CHECK(entry::decode_leaf(ledger.leaves().back())->status);
}

TEST_CASE("beside the leaf stands what streams must know of it: type, subject, readers") {
  ContractFixture ledger;
  const auto done = tampered(ledger, [](Envelope&) {});
  REQUIRE(done.accepted());
  const auto bytes = ledger.view().get(state::entry_meta_key(Seq{ledger.leaves().size() - 1}));
  REQUIRE(bytes);
  const auto meta = state::decode<state::EntryMeta>(*bytes);
  CHECK(meta.type == "dataset.apply");
  CHECK(meta.is_public);
  CHECK(meta.subject_kind == "dataset");
  CHECK(meta.subject_id == done.entry_id);
  CHECK(meta.readers == std::vector<OrgId>{OrgId(Cast::seller)});
}

TEST_CASE("refusals between them do not change what entries give: same leaves, same state") {
  const auto play = [](bool with_refusals) {
    ContractFixture ledger;
    for (int i = 0; i < 5; ++i) {
      // Ids are fixed, so that refusals do not shift them.
      const auto fixed = [&](Envelope& e) { e.id = "019b77b5-4180-7000-8000-f0000000000" + std::to_string(i); };
      const auto done = ledger.submit("dataset.apply", kSellerApplies, application(std::to_string(i)), fixed);
      REQUIRE(done.accepted());
      if (!with_refusals) continue;
      CHECK_FALSE(
          ledger.submit("dataset.register", {{"registrar", Cast::registrar}}, {{"dataset", done.entry_id}}).accepted());
      CHECK_FALSE(tampered(ledger, [](Envelope& e) { e.body["grade"] = "core"; }).accepted());
    }
    return std::pair{ledger.leaves(), ledger.view().fingerprint()};
  };
  CHECK(play(false) == play(true));
}

TEST_CASE("a leaf that would be too large, an account beyond its limit and an amount out of range are refused") {
  ContractFixture ledger(registry_with_festival());
  const std::vector<By> lighter{{"lighter", Cast::seller}};
  CHECK(ledger.submit("lantern.parade", lighter, {{"count", 700}}).accepted());
  const auto large = ledger.submit("lantern.parade", lighter, {{"count", 2000}});
  CHECK(large.refused(General::leaf_too_large));
  CHECK(large.context() == "2000 effects; split the act into several entries");
  const auto limit = ledger.submit("lantern.candles", lighter, {{"fen", 5}, {"owed", false}});
  CHECK(limit.refused(General::account_limit));
  CHECK(limit.context().find("short by 5 fen") != std::string::npos);
  REQUIRE(ledger.submit("lantern.candles", lighter, {{"fen", kMaxSafeInteger}, {"owed", true}}).accepted());
  CHECK(ledger.submit("lantern.candles", lighter, {{"fen", 1}, {"owed", true}}).refused(General::amount_overflow));
}

TEST_CASE("the ten millionth number of a kind, region and year is refused") {
  ContractFixture ledger;
  ledger.enact("fee_schedule", "FEE", {{"payee", Cast::platform}, {"registration_fen", 1}, {"service", Json::array()}});
  const auto applied = tampered(ledger, [](Envelope&) {});
  REQUIRE(applied.accepted());
  // The last serial of the payer's fee numbers, as the counter holds it.
  std::string last;
  state::Encoder(last).write(state::kMaxSerial);
  ledger.write(state::counter_key("FY3205002026"), last);
  const auto full = ledger.submit("dataset.review", {{"registrar", Cast::registrar}},
                                  {{"dataset", applied.entry_id}, {"outcome", "accept"}});
  CHECK(full.refused(General::serial_exhausted));
  CHECK(full.context() == "FY3205002026");
}

}  // namespace dengji::test
