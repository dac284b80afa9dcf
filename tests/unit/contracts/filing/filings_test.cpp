#include "contracts/filing/filings.hpp"

#include "tests/unit/contracts/filing/filing_world.hpp"

namespace dengji::contracts {
namespace {

using V = FilingVerdict;

using World = FilingWorld;

TEST_CASE("a declaration gets a BA number in the declarant's region and is labelled one-sided") {
  World world;
  const std::string no = world.declared();
  CHECK(no.starts_with("BA32050020260000001"));
  CHECK(world.filing(no).status == FilingStatus::declared);
  CHECK(world.bench.shown("filing", no)["one_sided"] == true);
  CHECK(world.bench.readers() == std::vector<OrgId>{OrgId(kSeller), OrgId(kBuyer)});
  World by_buyer;
  CHECK(by_buyer.declared(kBuyer, "buyer").starts_with("BA32010020260000001"));
}

TEST_CASE("the other party confirms by repeating the fields") {
  World world;
  const std::string no = world.declared();
  REQUIRE(accepted(world.confirm(kBuyer, no)));
  const Filing filing = world.filing(no);
  CHECK(filing.status == FilingStatus::confirmed);
  CHECK(filing.mismatches.empty());
  CHECK(filing.answered_at == world.bench.time());
  CHECK(world.bench.shown("filing", no)["one_sided"] == false);
  CHECK(world.bench.effects_of<StatusEffect>().at(0).to == "confirmed");
}

TEST_CASE("what differs is listed member by member with both values, in the record and as a flag") {
  World world;
  const std::string no = world.declared();
  Json other = World::deal();
  other["amount_fen"] = 7'999'999;
  other["use"] = "routing";
  other.erase("volume_mb");
  other["calls"] = 5;
  REQUIRE(accepted(world.confirm(kBuyer, no, other)));
  const Filing filing = world.filing(no);
  CHECK(filing.status == FilingStatus::mismatched);
  REQUIRE(filing.mismatches.size() == 4);
  CHECK(filing.mismatches[0].member == "amount_fen");
  CHECK(filing.mismatches[0].declared == "8000000");
  CHECK(filing.mismatches[0].confirmed == "7999999");
  CHECK(filing.mismatches[1].member == "calls");
  CHECK_FALSE(filing.mismatches[1].declared.has_value());
  CHECK(filing.mismatches[1].confirmed == "5");
  CHECK(filing.mismatches[2].member == "use");
  CHECK(filing.mismatches[2].confirmed == "\"routing\"");
  CHECK(filing.mismatches[3].member == "volume_mb");
  CHECK_FALSE(filing.mismatches[3].confirmed.has_value());
  const auto flags = world.bench.effects_of<FlagEffect>();
  REQUIRE(flags.size() == 1);
  CHECK(flags[0].code == "mismatched");
  CHECK(flags[0].members == std::vector<std::string>{"amount_fen", "calls", "use", "volume_mb"});
  // The parties may still come to agree.
  REQUIRE(accepted(world.confirm(kBuyer, no)));
  CHECK(world.filing(no).status == FilingStatus::confirmed);
  CHECK(world.filing(no).mismatches.empty());
}

TEST_CASE("each member of a deal is compared") {
  const std::vector<std::pair<const char*, Json>> changes{{"order_no", "O-2"},
                                                          {"term", "periodic"},
                                                          {"product", "rails"},
                                                          {"product_kind", "api"},
                                                          {"registration", "DJ32050020260000001B"},
                                                          {"manifest_root", b64_of(4)},
                                                          {"pricing", "free"},
                                                          {"use", "x"},
                                                          {"starts_on", "2026-05-02"},
                                                          {"ends_on", "2027-01-01"},
                                                          {"amount_fen", 1},
                                                          {"volume_mb", 1},
                                                          {"calls", 1},
                                                          {"contract_hash", b64_of(1)},
                                                          {"seller", kOther}};
  for (const auto& [member, value] : changes) {
    World world;
    const std::string no = world.declared();
    Json other = World::deal();
    other[member] = value;
    REQUIRE(accepted(world.confirm(kBuyer, no, other)));
    REQUIRE(world.filing(no).mismatches.size() == 1);
    CHECK(world.filing(no).mismatches[0].member == member);
  }
}

TEST_CASE("a second declaration by the other side is its confirmation, without a number of its own") {
  World world;
  const std::string no = world.declared();
  REQUIRE(accepted(world.declare(kBuyer, "buyer")));
  CHECK(world.bench.subject() == no);
  CHECK(world.bench.effects_of<NumberEffect>().empty());
  CHECK(world.filing(no).status == FilingStatus::confirmed);
  World differs;
  const std::string other_no = differs.declared();
  Json other = World::deal();
  other["amount_fen"] = 1;
  REQUIRE(accepted(differs.declare(kBuyer, "buyer", other)));
  CHECK(differs.filing(other_no).status == FilingStatus::mismatched);
  CHECK(refused_as(differs.declare(kBuyer, "buyer", other), V::already_filed, "/body/contract_hash"));
}

TEST_CASE("the same side files a deal once, in every state; another order of the contract is another deal") {
  World world;
  const std::string no = world.declared();
  CHECK(refused_as(world.declare(kSeller, "seller"), V::already_filed, "/body/contract_hash"));
  REQUIRE(accepted(world.confirm(kBuyer, no)));
  CHECK(refused_as(world.declare(kSeller, "seller"), V::already_filed, "/body/contract_hash"));
  CHECK(refused_as(world.declare(kBuyer, "buyer"), V::already_filed, "/body/contract_hash"));
  Json second = World::deal();
  second["order_no"] = "O-2";
  CHECK(world.declared(kSeller, "seller", second) != no);
  second.erase("order_no");
  CHECK(accepted(world.declare(kSeller, "seller", second)));
}

TEST_CASE("nasty 9: a third party that files the contract hash first blocks nobody") {
  World world;
  Json stolen = World::deal();
  stolen["seller"] = kOther;
  REQUIRE(accepted(world.declare(kOther, "seller", stolen)));
  // Nor can it speak for a deal it is no party of.
  CHECK(refused_as(world.declare(kOther, "seller"), V::declarant_not_party, "/body/side"));
  const std::string no = world.declared();
  CHECK_FALSE(world.bench.flagged("suspected_duplicate"));
  REQUIRE(accepted(world.declare(kBuyer, "buyer")));
  CHECK(world.filing(no).status == FilingStatus::confirmed);
}

TEST_CASE("same parties, first day and amount under another hash is a suspected duplicate, and only that") {
  World world;
  const std::string first = world.declared();
  const std::string second = world.declared(kSeller, "seller", World::deal(10));
  CHECK(world.bench.flagged("suspected_duplicate"));
  REQUIRE(world.filing(second).suspected_duplicates.size() == 1);
  CHECK(world.filing(second).suspected_duplicates[0].text == first);
  // Both are named: in the flag and in each other.
  CHECK(world.bench.effects_of<FlagEffect>().at(0).id == second);
  CHECK(world.bench.effects_of<FlagEffect>().at(0).members == std::vector<std::string>{first});
  REQUIRE(world.filing(first).suspected_duplicates.size() == 1);
  CHECK(world.filing(first).suspected_duplicates[0].text == second);
  CHECK(world.filing(second).status == FilingStatus::declared);
  Json other_amount = World::deal(11);
  other_amount["amount_fen"] = 1;
  world.declared(kSeller, "seller", other_amount);
  CHECK_FALSE(world.bench.flagged("suspected_duplicate"));
  // Another order under the same contract is no duplicate of its sister, only of the one under another hash.
  Json sister = World::deal();
  sister["order_no"] = "O-2";
  const std::string third = world.declared(kSeller, "seller", sister);
  REQUIRE(world.filing(third).suspected_duplicates.size() == 1);
  CHECK(world.filing(third).suspected_duplicates[0].text == second);
}

TEST_CASE("only the other party confirms, and only what is not confirmed") {
  World world;
  const std::string no = world.declared();
  CHECK(refused_as(world.confirm(kSeller, no), V::not_other_party, "/parties/0/org"));
  CHECK(refused_as(world.confirm(kOther, no), V::not_other_party, "/parties/0/org"));
  CHECK(refused_as(world.confirm(kBuyer, "BA32010020260000001X"), General::object_unknown, "/body/filing"));
  REQUIRE(accepted(world.confirm(kBuyer, no)));
  CHECK(refused_as(world.confirm(kBuyer, no), V::confirmed_already, "/body/filing"));
}

TEST_CASE("a deal that cannot be is refused") {
  World world;
  const auto with = [](const char* member, const Json& value) {
    Json body = World::deal();
    body[member] = value;
    return body;
  };
  CHECK(refused_as(world.declare(kBuyer, "seller"), V::declarant_not_party, "/body/side"));
  CHECK(refused_as(world.declare(kSeller, "seller", with("buyer", kSeller)), General::same_party, "/body/buyer"));
  CHECK(refused_as(world.declare(kSeller, "seller", with("buyer", "91320100MA1EAMPB56")), V::party_id_form,
                   "/body/buyer"));
  CHECK(refused_as(world.declare(kSeller, "seller", with("ends_on", "2026-04-30")), V::term_order, "/body/ends_on"));
  Json bare = World::deal();
  bare.erase("manifest_root");
  CHECK(refused_as(world.declare(kSeller, "seller", bare), V::subject_missing, "/body"));
  const std::string no = world.declared();
  CHECK(refused_as(world.confirm(kBuyer, no, with("ends_on", "2026-04-30")), V::term_order, "/body/ends_on"));
  CHECK(refused_as(world.confirm(kBuyer, no, with("seller", "x")), V::party_id_form, "/body/seller"));
}

TEST_CASE("the other party need not be registered to be named; a foreign one neither") {
  World world;
  Json foreign = World::deal();
  foreign["buyer"] = "F:DE:HRB:12345";
  const std::string no = world.declared(kSeller, "seller", foreign);
  CHECK(world.filing(no).status == FilingStatus::declared);
}

TEST_CASE("every verdict of the filing area has a row in both languages") {
  for (std::uint16_t n = 701; n <= static_cast<std::uint16_t>(V::period_filed); ++n) {
    const auto& rows = filing_area().verdicts;
    const auto found = std::find_if(rows.begin(), rows.end(), [n](const VerdictRow& one) { return one.number == n; });
    REQUIRE(found != rows.end());
    CHECK_FALSE(found->en.empty());
    CHECK_FALSE(found->zh.empty());
  }
}

}  // namespace
}  // namespace dengji::contracts
