#include "contracts/filing/filing_changes.hpp"

#include "tests/unit/contracts/filing/filing_world.hpp"

namespace dengji::contracts {
namespace {

using V = FilingVerdict;
using S = FilingStatus;
using World = FilingWorld;

std::vector<AreaBench::By> signers(const char* declarant, const char* confirmer = nullptr) {
  std::vector<AreaBench::By> by{{"declarant", declarant}};
  if (confirmer) by.push_back({"confirmer", confirmer});
  return by;
}

Verdict amend(World& world, const std::string& no, Json body, const std::vector<AreaBench::By>& by = signers(kSeller)) {
  body["filing"] = no;
  body["reason"] = "typing error";
  return world.bench.act("filing.amend", body, by);
}
Verdict withdraw(World& world, const std::string& no, const std::vector<AreaBench::By>& by = signers(kSeller)) {
  return world.bench.act("filing.withdraw", {{"filing", no}, {"reason", "fell through"}}, by);
}
Verdict dispute(World& world, const std::string& no, const char* by = kBuyer) {
  return world.act("filing.dispute", "disputer", by, {{"filing", no}, {"reason", "never signed"}});
}
Verdict revoke(World& world, const std::string& no, const char* by = kPlatform) {
  return world.act("filing.revoke", "platform", by, {{"filing", no}, {"reason", "forged"}});
}

Json with_amount(std::int64_t fen) {
  Json body = World::deal();
  body["amount_fen"] = fen;
  return body;
}

// A filing by the seller in each status.
std::string filing_in(World& world, S status) {
  const std::string no = world.declared();
  switch (status) {
    case S::declared:
      break;
    case S::confirmed:
      REQUIRE(accepted(world.confirm(kBuyer, no)));
      break;
    case S::mismatched:
      REQUIRE(accepted(world.confirm(kBuyer, no, with_amount(1))));
      break;
    case S::disputed:
      REQUIRE(accepted(dispute(world, no)));
      break;
    case S::withdrawn:
      REQUIRE(accepted(withdraw(world, no)));
      break;
    case S::revoked:
      REQUIRE(accepted(revoke(world, no)));
      break;
  }
  REQUIRE(world.filing(no).status == status);
  return no;
}

constexpr S kAll[] = {S::declared, S::confirmed, S::mismatched, S::disputed, S::withdrawn, S::revoked};

TEST_CASE("each status of a filing and what each act makes of it") {
  constexpr const char* kNo = nullptr;  // refused for its status
  struct Row {
    S from;
    const char* confirm;
    const char* amend;
    const char* amend_both;
    const char* dispute;
    const char* withdraw_both;
    const char* revoke;
  };
  const Row rows[] = {
      {S::declared, "confirmed", "declared", "confirmed", "disputed", "withdrawn", "revoked"},
      {S::confirmed, kNo, "declared", "confirmed", "disputed", "withdrawn", "revoked"},
      {S::mismatched, "confirmed", "declared", "confirmed", "disputed", "withdrawn", "revoked"},
      {S::disputed, "confirmed", "disputed", "confirmed", kNo, "withdrawn", "revoked"},
      {S::withdrawn, kNo, kNo, kNo, kNo, kNo, kNo},
      {S::revoked, kNo, kNo, kNo, kNo, kNo, kNo},
  };
  for (const Row& row : rows) {
    const std::pair<const char*, const char*> acts[] = {{"confirm", row.confirm},
                                                        {"amend", row.amend},
                                                        {"amend_both", row.amend_both},
                                                        {"dispute", row.dispute},
                                                        {"withdraw_both", row.withdraw_both},
                                                        {"revoke", row.revoke}};
    for (const auto& [act, to] : acts) {
      CAPTURE(name_of(row.from));
      CAPTURE(act);
      World world;
      const std::string no = filing_in(world, row.from);
      const std::string_view what(act);
      const Verdict verdict = what == "confirm"         ? world.confirm(kBuyer, no)
                              : what == "amend"         ? amend(world, no, with_amount(9))
                              : what == "amend_both"    ? amend(world, no, with_amount(9), signers(kSeller, kBuyer))
                              : what == "dispute"       ? dispute(world, no)
                              : what == "withdraw_both" ? withdraw(world, no, signers(kSeller, kBuyer))
                                                        : revoke(world, no);
      if (to) {
        REQUIRE(accepted(verdict));
        CHECK(name_of(world.filing(no).status) == to);
        continue;
      }
      const V expected = what == "confirm" && row.from == S::confirmed ? V::confirmed_already : V::filing_status;
      CHECK(refused_as(verdict, expected, "/body/filing"));
      CHECK(world.filing(no).status == row.from);
    }
  }
}

TEST_CASE("every figure of a filing carries its label: one-sided, filed and disputed are never one heading") {
  const char* labels[] = {"one_sided", "filed", "mismatched", "disputed", "withdrawn", "revoked"};
  for (const S status : kAll) {
    World world;
    const std::string no = filing_in(world, status);
    const Json shown = world.bench.shown("filing", no);
    CHECK(shown["label"] == labels[static_cast<std::size_t>(status)]);
    CHECK(shown["one_sided"] == (status == S::declared));
  }
}

TEST_CASE("an amendment tells what changed it, asks for the other party anew and keeps the deal's identity") {
  World world;
  const std::string no = filing_in(world, S::confirmed);
  REQUIRE(accepted(amend(world, no, with_amount(7))));
  Filing filing = world.filing(no);
  CHECK(filing.deal.amount_fen == Fen(7));
  CHECK(filing.amendments == 1);
  CHECK(filing.reason == "typing error");
  CHECK(filing.changed_at == world.bench.time());
  CHECK_FALSE(filing.answered_at.has_value());
  CHECK(world.bench.readers() == std::vector<OrgId>{OrgId(kSeller), OrgId(kBuyer)});
  // The other side's declaration is its answer, as it was the first time.
  REQUIRE(accepted(world.declare(kBuyer, "buyer", with_amount(7))));
  CHECK(world.filing(no).status == S::confirmed);
  for (const auto& [member, value] : std::vector<std::pair<const char*, Json>>{
           {"contract_hash", b64_of(77)}, {"order_no", "O-9"}, {"buyer", kOther}, {"seller", kOther}}) {
    CAPTURE(member);
    Json body = World::deal();
    body[member] = value;
    CHECK(refused_as(amend(world, no, body), V::deal_identity, "/body"));
  }
  Json bad = World::deal();
  bad["ends_on"] = "2026-01-01";
  CHECK(refused_as(amend(world, no, bad), V::term_order, "/body/ends_on"));
}

TEST_CASE("an amendment that makes two filings look alike flags both") {
  World world;
  const std::string first = world.declared();
  Json other = World::deal(10);
  other["amount_fen"] = 5;
  const std::string second = world.declared(kSeller, "seller", other);
  CHECK_FALSE(world.bench.flagged("suspected_duplicate"));
  other["amount_fen"] = World::deal()["amount_fen"];
  REQUIRE(accepted(amend(world, second, other)));
  CHECK(world.bench.flagged("suspected_duplicate"));
  CHECK(world.filing(first).suspected_duplicates.at(0).text == second);
  CHECK(world.filing(second).suspected_duplicates.at(0).text == first);
}

TEST_CASE("a withdrawn or revoked filing is no suspected duplicate, and its deal may be filed anew") {
  for (const S end : {S::withdrawn, S::revoked}) {
    World world;
    const std::string no = filing_in(world, end);
    const std::string again = world.declared();
    CHECK(again != no);
    CHECK_FALSE(world.bench.flagged("suspected_duplicate"));
    world.declared(kSeller, "seller", World::deal(11));
    REQUIRE(world.bench.flagged("suspected_duplicate"));
    CHECK(world.bench.effects_of<FlagEffect>().at(0).members == std::vector<std::string>{again});
  }
}

TEST_CASE("who may amend, withdraw, dispute and revoke") {
  World world;
  const std::string no = world.declared();
  CHECK(refused_as(amend(world, no, World::deal(), signers(kBuyer)), V::not_the_declarant, "/parties/0/org"));
  CHECK(refused_as(withdraw(world, no, signers(kOther)), V::not_the_declarant, "/parties/0/org"));
  CHECK(refused_as(amend(world, no, World::deal(), signers(kSeller, kOther)), V::not_other_party, "/parties"));
  CHECK(refused_as(dispute(world, no, kSeller), V::not_other_party, "/parties/0/org"));
  CHECK(refused_as(dispute(world, no, kOther), V::not_other_party, "/parties/0/org"));
  CHECK(refused_as(revoke(world, no, kSeller), V::platform_in_deal, "/parties/0/org"));
  CHECK(refused_as(revoke(world, "BA32010020260000001X"), General::object_unknown, "/body/filing"));
  CHECK(refused_as(dispute(world, "BA32010020260000001X"), General::object_unknown, "/body/filing"));
  CHECK(refused_as(withdraw(world, "BA32010020260000001X"), General::object_unknown, "/body/filing"));
  CHECK(refused_as(amend(world, "BA32010020260000001X", World::deal()), General::object_unknown, "/body/filing"));
  REQUIRE(accepted(world.confirm(kBuyer, no)));
  CHECK(refused_as(withdraw(world, no), V::confirmer_missing, "/parties"));
  CHECK(accepted(withdraw(world, no, signers(kSeller, kBuyer))));
}

TEST_CASE("a party that is named wrongly disputes the filing, which then stands as disputed until it is settled") {
  World world;
  Json stolen = World::deal();
  stolen["seller"] = kOther;
  REQUIRE(accepted(world.declare(kOther, "seller", stolen)));
  const std::string no = world.bench.subject();
  REQUIRE(accepted(dispute(world, no)));
  CHECK(world.filing(no).reason == "never signed");
  // Neither a declaration nor the declarant's own amendment makes the dispute go away.
  CHECK(refused_as(world.declare(kBuyer, "buyer", stolen), V::already_filed, "/body/contract_hash"));
  REQUIRE(accepted(amend(world, no, stolen, signers(kOther))));
  CHECK(world.filing(no).status == S::disputed);
  // The true seller files the same contract under its own name all the while.
  CHECK(world.declared().starts_with("BA320500"));
  CHECK(world.bench.view().get(index_key("filing", "contract_hash", b64_of(9), no)).has_value());
}

}  // namespace
}  // namespace dengji::contracts
