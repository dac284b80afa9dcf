// First registrations: who uses one up, and what nobody gets back.
#include "tests/unit/contracts/registration/registration_bench.hpp"

namespace dengji::test {
namespace {

using Registry = RegistryBench;
using Quick = QuickRegistry;

// enterprise, group, dataset
std::tuple<bool, bool, bool> firsts(const Json& shown) {
  return {shown.at("first_enterprise").get<bool>(), shown.at("first_group").get<bool>(),
          shown.at("first_dataset").get<bool>()};
}

}  // namespace

TEST_CASE("first registrations: of the enterprise, of the group, of the data set") {
  Quick registry;
  CHECK(firsts(registry.registered("A")) == std::tuple{true, true, true});
  CHECK(firsts(registry.registered("B")) == std::tuple{false, false, true});
  Json same_root = application("A");
  same_root["right"] = "process";
  CHECK(firsts(registry.registered_form(same_root, Cast::second_seller)) == std::tuple{true, true, false});
}

TEST_CASE("refused and withdrawn applications do not use a first registration up") {
  Quick registry;
  const std::string refused = registry.applied("A");
  REQUIRE(registry.review(refused, "refuse", "否").accepted());
  const std::string withdrawn = registry.applied("A");
  REQUIRE(registry.review(withdrawn, "accept").accepted());
  REQUIRE(registry.withdraw(withdrawn).accepted());
  const Json shown = registry.registered("A");
  CHECK(shown.at("first_enterprise") == true);
  CHECK(shown.at("first_dataset") == true);
}

TEST_CASE("the first registration of a group is used up by whoever is related on the day") {
  Quick registry;
  ContractFixture& ledger = registry.ledger;
  const auto member = [&](const char* code, const std::string& group) {
    const std::string id = make_uscc("91320500", code);
    ledger.register_org({.id = id, .group = group});
    return id;
  };
  const std::string a = member("MA1AAAA1", "G1");
  const std::string b = member("MA1AAAA2", "G1");
  const std::string c = member("MA1AAAA3", "");
  const std::string d = member("MA1AAAA4", "");
  CHECK(registry.registered("A", a).at("first_group") == true);
  const Json of_b = registry.registered("B", b);
  CHECK(of_b.at("first_group") == false);
  CHECK(of_b.at("first_enterprise") == true);

  // A direct tie counts like a group, whichever side registers first.
  ledger.change<contracts::Org>(
      c, [&](contracts::Org& org) { org.ties.push_back({OrgId(d), "affiliate", ledger.today(), std::nullopt}); });
  ledger.change<contracts::Org>(
      d, [&](contracts::Org& org) { org.ties.push_back({OrgId(c), "affiliate", ledger.today(), std::nullopt}); });
  CHECK(registry.registered("C", c).at("first_group") == true);
  CHECK(registry.registered("D", d).at("first_group") == false);

  // Who joins a group afterwards finds it used up; the group that it left does not forget.
  const std::string e = member("MA1AAAA5", "G1");
  CHECK(registry.registered("E", e).at("first_group") == false);
  const std::string f = member("MA1AAAA6", "G2");
  CHECK(registry.registered("F", f).at("first_group") == true);
}

TEST_CASE("an enterprise stands for its predecessors, however far back") {
  Quick registry;
  ContractFixture& ledger = registry.ledger;
  std::vector<std::string> chain;
  for (const char* code : {"MA1AAAA1", "MA1AAAA2", "MA1AAAA3"}) {
    chain.push_back(make_uscc("91320500", code));
    ledger.register_org({.id = chain.back()});
  }
  for (std::size_t i = 1; i < chain.size(); ++i) {
    ledger.change<contracts::Org>(chain[i], [&](contracts::Org& org) {
      org.ties.push_back({OrgId(chain[i - 1]), "predecessor", ledger.today(), std::nullopt});
    });
  }
  CHECK(registry.registered("A", chain[0]).at("first_enterprise") == true);
  const Json last = registry.registered("B", chain[2]);
  CHECK(last.at("first_enterprise") == false);
  CHECK(last.at("first_group") == false);
}

TEST_CASE("cancelled and registered again by the same firm, an affiliate, a successor: no scope is first again") {
  for (const bool revoked : {false, true}) {
    CAPTURE(revoked);
    Quick registry;
    ContractFixture& ledger = registry.ledger;
    const auto firm = [&](const char* code, const std::string& group = "") {
      const std::string id = make_uscc("91320500", code);
      ledger.register_org({.id = id, .group = group});
      return id;
    };
    const std::string same = firm("MA1AAAA1", "G1");
    const std::string affiliate = firm("MA1AAAA2", "G1");
    const std::string successor = firm("MA1AAAA3");
    const std::string stranger = firm("MA1AAAA4");
    const auto end = [&](const std::string& dataset, const std::string& holder) {
      const auto ended = revoked ? registry.revoke(dataset) : registry.cancel(dataset, holder);
      INFO(ended.context());
      REQUIRE(ended.accepted());
    };
    const auto once = [&](const std::string& holder) {
      const Json shown = registry.registered("A", holder);
      end(shown.at("no"), holder);
      return firsts(shown);
    };
    CHECK(once(same) == std::tuple{true, true, true});
    CHECK(once(same) == std::tuple{false, false, false});
    // Its own first, but neither the group's nor the data set's.
    CHECK(once(affiliate) == std::tuple{true, false, false});
    ledger.change<contracts::Org>(successor, [&](contracts::Org& org) {
      org.ties.push_back({OrgId(same), "predecessor", ledger.today(), std::nullopt});
    });
    CHECK(once(successor) == std::tuple{false, false, false});
    // Related to nobody: only the data set was there before.
    CHECK(once(stranger) == std::tuple{true, true, false});
    // Another data set gives none of them back.
    CHECK(firsts(registry.registered("B", same)) == std::tuple{false, false, true});
    CHECK(firsts(registry.registered("C", successor)) == std::tuple{false, false, true});
  }
}

TEST_CASE("cancelled and registered again, a waiver is earned only by whom its first_scope has not seen") {
  struct Expected {
    const char* scope;
    bool same, affiliate, successor, stranger;
  };
  for (const Expected& row :
       {Expected{"enterprise", false, true, false, true}, Expected{"group", false, false, false, true},
        Expected{"dataset", false, false, false, false}}) {
    CAPTURE(row.scope);
    Quick registry;
    ContractFixture& ledger = registry.ledger;
    ledger.enact("fee_schedule", "FEE-REG",
                 {{"payee", Cast::platform}, {"registration_fen", 300'000}, {"service", Json::array()}});
    ledger.enact("waiver", "WAIVE-1",
                 {{"line", "first"},
                  {"ppm", 1'000'000},
                  {"within_days", 180},
                  {"first_scope", row.scope},
                  {"borne_by", Cast::platform},
                  {"rounding", "down"}});
    const auto firm = [&](const char* code, const std::string& group = "") {
      const std::string id = make_uscc("91320500", code);
      ledger.register_org({.id = id, .group = group});
      return id;
    };
    // Registers, certifies and cancels; whether the fee was waived meanwhile.
    const auto waived = [&](const std::string& holder) {
      const Json shown = registry.registered("A", holder);
      registry.must(registry.certify(shown.at("no")));
      const auto open = ledger.balance("fee/" + Cast::platform + "/due/" + shown.at("fee").get<std::string>());
      registry.must(registry.cancel(shown.at("no"), holder));
      return open == 0;
    };
    const std::string same = firm("MA1AAAA1", "G1");
    const std::string successor = firm("MA1AAAA3");
    CHECK(waived(same));
    CHECK(waived(same) == row.same);
    CHECK(waived(firm("MA1AAAA2", "G1")) == row.affiliate);
    ledger.change<contracts::Org>(successor, [&](contracts::Org& org) {
      org.ties.push_back({OrgId(same), "predecessor", ledger.today(), std::nullopt});
    });
    CHECK(waived(successor) == row.successor);
    CHECK(waived(firm("MA1AAAA4")) == row.stranger);
  }
}

TEST_CASE("a version that was released is no first data set either") {
  Quick registry;
  const std::string no = registry.number("A");
  REQUIRE(registry.release(no, "A", "B", "2").accepted());
  REQUIRE(registry.cancel(no).accepted());
  CHECK(firsts(registry.registered("B", Cast::buyer)) == std::tuple{true, true, false});
}

TEST_CASE("a first registration stays with the first registrant after a transfer, and the new holder has its own") {
  Quick registry;
  const std::string no = registry.number("A");
  REQUIRE(registry.transfer(no).accepted());
  const Json shown = registry.ledger.show("dataset", no);
  CHECK(shown.at("holder") == Cast::buyer);
  CHECK(shown.at("original") == Cast::seller);
  CHECK(firsts(shown) == std::tuple{true, true, true});
  CHECK(firsts(registry.registered("B", Cast::buyer)) == std::tuple{true, true, true});
  CHECK(firsts(registry.registered("C")) == std::tuple{false, false, true});
}

}  // namespace dengji::test
