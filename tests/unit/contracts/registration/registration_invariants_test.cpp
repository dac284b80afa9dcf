// The rules about all registrations together, each broken once behind the contracts' back and found.
#include "contracts/registration/registration_invariants.hpp"

#include "contracts/certification/certification.hpp"
#include "contracts/registration/registration_objects.hpp"
#include "tests/unit/contracts/registration/registration_bench.hpp"

namespace dengji::test {
namespace {

using contracts::Certificate;
using contracts::Dataset;
using contracts::GrantedLicence;

class Breaking : public QuickRegistry {
 public:
  // The faults while `edit` is done to the object; afterwards it is as it was.
  template <class T>
  std::vector<std::string> faults_with(const std::string& id, const std::function<void(T&)>& edit) {
    const T before = ledger.object<T>(id);
    ledger.change<T>(before.object_id(), edit);
    auto faults = contracts::check_registration_invariants(ledger.view(), ledger.today());
    ledger.change<T>(before.object_id(), [&](T& object) { object = before; });
    return faults;
  }
};

}  // namespace

TEST_CASE("a whole history of lawful acts breaks no rule about registrations") {
  Breaking registry;
  const std::string parent = registry.number("P");
  Json child = application("C");
  child["parents"] = Json::array({parent});
  const std::string no = registry.registered_form(child, Cast::buyer).at("no");
  registry.must(registry.certify(parent));
  registry.must(registry.license(parent));
  registry.must(registry.release(parent, "P", "P2", "2"));
  registry.must(registry.transfer(parent, Cast::seller, Cast::outsider));
  registry.must(registry.cancel(no, Cast::buyer));
  CHECK(contracts::check_registration_invariants(registry.ledger.view(), registry.ledger.today()).empty());
}

TEST_CASE("each broken rule about registrations is named") {
  Breaking registry;
  const std::string a = registry.number("A");
  const std::string b = registry.number("B");
  Json form = application("C");
  form["parents"] = Json::array({a});
  const std::string c = registry.registered_form(form, Cast::buyer).at("no");
  const std::string certificate = registry.must(registry.certify(a)).number();
  const std::string licence = registry
                                  .must(registry.license(a, {{"licence",
                                                              {{"name", "L"},
                                                               {"commercial", true},
                                                               {"derivatives", true},
                                                               {"redistribution", true},
                                                               {"until", "2026-06-30"}}}}))
                                  .entry_id;
  const std::string sub =
      registry.must(registry.license(a, {{"under", licence}}, Cast::buyer, Cast::outsider)).entry_id;
  const std::string second = registry.must(registry.license(a, {{"from", "2026-07-01"}})).entry_id;

  const auto one = [](const std::vector<std::string>& faults, std::string_view part) {
    REQUIRE(faults.size() == 1);
    CHECK(faults.front().find(part) != std::string::npos);
  };
  const auto root_of_a = registry.ledger.object<Dataset>(a).application.manifest.root;
  one(registry.faults_with<Dataset>(b,
                                    [&](Dataset& d) {
                                      d.application.manifest.root = root_of_a;
                                      d.first_dataset = false;
                                    }),
      "both live");
  one(registry.faults_with<Dataset>(b, [](Dataset& d) { d.first_enterprise = true; }), "both first");
  one(registry.faults_with<Dataset>(b, [](Dataset& d) { d.application.source.agreement_until = d.valid_from; }),
      "outlasts its source");
  one(registry.faults_with<Dataset>(c, [](Dataset& d) { d.application.parents->front() = "none"; }), "unknown parent");
  CHECK(registry.faults_with<Dataset>(a, [](Dataset& d) { d.application.licence.commercial = false; }).size() == 3);
  one(registry.faults_with<Certificate>(certificate, [](Certificate& z) { z.valid_to = add_days(z.valid_to, 1); }),
      "outlasts its registration");
  one(registry.faults_with<Certificate>(certificate, [](Certificate& z) { z.holder = OrgId(Cast::buyer); }),
      "not the holder's");
  one(registry.faults_with<Dataset>(a, [](Dataset& d) { d.status = contracts::DatasetStatus::revoked; }),
      "its registration is not");
  one(registry.faults_with<GrantedLicence>(licence, [](GrantedLicence& l) { l.terms.commercial = false; }),
      "licence " + sub);
  one(registry.faults_with<GrantedLicence>(sub, [](GrantedLicence& l) { l.under = "none"; }), "lies under none");
  one(registry.faults_with<GrantedLicence>(second,
                                           [](GrantedLicence& l) {
                                             l.exclusive = true;
                                             l.from = add_days(l.from, -1);
                                           }),
      "exclude each other");
}

}  // namespace dengji::test
