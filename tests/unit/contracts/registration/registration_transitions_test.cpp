// Every status a data set can be in × every act on a data set: what is allowed goes on, what is not is refused by name
// and leaves the data set where it was.
#include <functional>
#include <map>
#include <set>

#include "tests/unit/contracts/registration/registration_bench.hpp"

namespace dengji::test {
namespace {

using V = contracts::RegistrationVerdict;

// Renewable from the first day, so that the table needs no calendar.
class TableRegistry : public RegistryBench {
 public:
  TableRegistry() {
    Json limits = limits_of_notice(0);
    limits["renew_window_days"] = 3660;
    ledger.enact("time_limits", "LIMITS", limits);
  }
};

struct Row {
  const char* name;
  const char* status;  // as shown: effective_status
  std::function<std::string(RegistryBench&)> make;
  std::set<std::string> allowed;
  std::map<std::string, V> otherwise;  // where another rule than the status refuses
};

using Act = std::function<Submitted(RegistryBench&, const std::string&)>;

const std::map<std::string, Act>& acts() {
  static const std::map<std::string, Act> all{
      {"review", [](auto& r, const auto& id) { return r.review(id, "accept"); }},
      {"supplement", [](auto& r, const auto& id) { return r.supplement(id); }},
      {"withdraw", [](auto& r, const auto& id) { return r.withdraw(id); }},
      {"object", [](auto& r, const auto& id) { return r.object(id, Cast::auditor); }},
      {"rule", [](auto& r, const auto& id) { return r.rule(id, "dismissed"); }},
      {"register", [](auto& r, const auto& id) { return r.enter(id); }},
      {"release", [](auto& r, const auto& id) { return r.release(id, "A", "A2", "2"); }},
      {"amend",
       [](auto& r, const auto& id) {
         Json form = application("A");
         form["title"] = "新标题";
         return r.amend(id, form);
       }},
      {"correct", [](auto& r, const auto& id) { return r.correct(id, {{"title", "新标题"}}); }},
      {"transfer", [](auto& r, const auto& id) { return r.transfer(id); }},
      {"license", [](auto& r, const auto& id) { return r.license(id); }},
      {"encumber", [](auto& r, const auto& id) { return r.encumber(id); }},
      {"discharge", [](auto& r, const auto& id) { return r.discharge(id); }},
      {"renew", [](auto& r, const auto& id) { return r.renew(id); }},
      {"cancel", [](auto& r, const auto& id) { return r.cancel(id); }},
      {"freeze", [](auto& r, const auto& id) { return r.freeze(id, format_date(add_days(r.ledger.today(), 30))); }},
      {"unfreeze", [](auto& r, const auto& id) { return r.unfreeze(id); }},
      {"revoke", [](auto& r, const auto& id) { return r.revoke(id); }},
  };
  return all;
}

std::string held(RegistryBench& r) {
  r.accepted("A", Cast::second_seller);
  return r.accepted("A");
}

const std::vector<Row>& rows() {
  static const std::map<std::string, V> kExpired{
      {"release", V::registration_expired},  {"amend", V::registration_expired},
      {"transfer", V::registration_expired}, {"license", V::registration_expired},
      {"encumber", V::registration_expired}, {"renew", V::registration_expired},
      {"cancel", V::registration_expired},   {"freeze", V::registration_expired}};
  static const std::vector<Row> all{
      {"applied", "applied", [](auto& r) { return r.applied("A"); }, {"review", "withdraw"}, {}},
      {"supplement",
       "supplement",
       [](auto& r) {
         const std::string id = r.applied("A");
         r.must(r.review(id, "more", "缺来源协议"));
         return id;
       },
       {"supplement", "withdraw"},
       {}},
      {"held behind one that is live",
       "held",
       held,
       {"withdraw", "rule"},
       {{"review", V::conflict_leads}, {"register", V::conflict_leads}}},
      {"held, the leader gone",
       "held",
       [](auto& r) {
         const std::string first = r.accepted("A", Cast::second_seller);
         const std::string second = r.accepted("A");
         r.must(r.withdraw(first, Cast::second_seller));
         return second;
       },
       {"withdraw", "review"},
       {{"rule", V::conflict_gone}, {"register", V::conflict_leads}}},
      {"notice", "notice", [](auto& r) { return r.accepted("A"); }, {"withdraw", "object", "register"}, {}},
      {"objected",
       "objected",
       [](auto& r) {
         const std::string id = r.accepted("A");
         r.must(r.object(id));
         return id;
       },
       {"withdraw", "object", "rule"},
       {}},
      {"registered",
       "registered",
       [](auto& r) { return r.number("A"); },
       {"object", "release", "amend", "correct", "transfer", "license", "encumber", "renew", "cancel", "freeze",
        "revoke"},
       {}},
      {"frozen",
       "frozen",
       [](auto& r) {
         const std::string no = r.number("A");
         r.must(r.freeze(no, "2026-02-01"));
         return no;
       },
       {"object", "correct", "renew", "unfreeze", "revoke"},
       {}},
      {"frozen, the freeze over",
       "registered",
       [](auto& r) {
         const std::string no = r.number("A");
         r.must(r.freeze(no, "2026-02-01"));
         r.ledger.at("2026-02-02");
         return no;
       },
       {"object", "release", "amend", "correct", "transfer", "license", "encumber", "renew", "cancel", "freeze",
        "revoke"},
       {}},
      {"expired",
       "expired",
       [](auto& r) {
         const std::string no = r.number("A");
         r.ledger.at("2029-01-02");
         return no;
       },
       {"object", "correct", "revoke"},
       kExpired},
      {"cancelled",
       "cancelled",
       [](auto& r) {
         const std::string no = r.number("A");
         r.must(r.cancel(no));
         return no;
       },
       {"revoke"},
       {}},
      {"revoked",
       "revoked",
       [](auto& r) {
         const std::string no = r.number("A");
         r.must(r.revoke(no));
         return no;
       },
       {},
       {}},
      {"refused",
       "refused",
       [](auto& r) {
         const std::string id = r.applied("A");
         r.must(r.review(id, "refuse", "来源不明"));
         return id;
       },
       {},
       {}},
      {"withdrawn",
       "withdrawn",
       [](auto& r) {
         const std::string id = r.applied("A");
         r.must(r.withdraw(id));
         return id;
       },
       {},
       {}},
  };
  return all;
}

}  // namespace

TEST_CASE("each status allows its own acts, and refuses every other by name with nothing changed") {
  for (const Row& row : rows()) {
    for (const auto& [name, act] : acts()) {
      CAPTURE(row.name);
      CAPTURE(name);
      TableRegistry registry;
      const std::string id = row.make(registry);
      const Json before = registry.ledger.show("dataset", id);
      REQUIRE(before.at("effective_status") == row.status);
      const auto result = act(registry, id);
      INFO(result.context());
      CHECK(result.accepted() == row.allowed.contains(name));
      if (result.accepted()) continue;
      const auto special = row.otherwise.find(name);
      V expected = special == row.otherwise.end() ? V::wrong_status : special->second;
      if (name == "discharge") expected = V::not_encumbered;  // asks for the pledge, whatever the status
      CHECK(result.refused(expected));
      if (expected == V::wrong_status) CHECK(result.context().find(row.status) != std::string::npos);
      CHECK(registry.ledger.show("dataset", id) == before);
    }
  }
}

TEST_CASE("no status is left out of the table") {
  std::set<std::string> seen{"expired"};
  for (const Row& row : rows()) seen.insert(row.status);
  for (const char* name : state::EnumNames<contracts::DatasetStatus>::names) CHECK(seen.contains(name));
}

}  // namespace dengji::test
