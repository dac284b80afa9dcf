// The story of a data set up to each step, for the tests of the registration area. Steps with a plain name submit and
// tell; those in the past participle must succeed.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "contracts/registration/registration.hpp"
#include "contracts/registration/registration_invariants.hpp"
#include "tests/support/contract_fixture.hpp"

namespace dengji::test {

inline Json limits_of_notice(int notice_working_days) {
  return {{"apply_within_working_days", 20},
          {"review_working_days", 10},
          {"notice_working_days", notice_working_days},
          {"valid_months", 36},
          {"renew_window_days", 60}};
}

class RegistryBench {
 public:
  ContractFixture ledger;

  RegistryBench() = default;
  RegistryBench(const RegistryBench&) = delete;
  RegistryBench& operator=(const RegistryBench&) = delete;
  // Whatever the story was, the rules about all registrations together hold at its end.
  ~RegistryBench() {
    for (const std::string& fault : contracts::check_registration_invariants(ledger.view(), ledger.today())) {
      FAIL_CHECK(fault);
    }
  }

  static Submitted must(Submitted submitted) {
    INFO(submitted.context());
    REQUIRE(submitted.accepted());
    return submitted;
  }

  // With a key of its own for a second part that it plays in one entry.
  void second_key(const std::string& org) {
    must(ledger.submit(
        "key.add", {{"holder", org}, {"new_key", org, 1}},
        {{"org", org}, {"keys", Json::array({Json{{"jwk", ContractFixture::jwk_of(org, 1)}, {"use", "sign"}}})}}));
  }

  // --- until the registration
  Submitted apply(const Json& form, const std::string& applicant = Cast::seller) {
    return ledger.submit("dataset.apply", {{"applicant", applicant}}, form);
  }
  std::string applied(std::string_view seed, const std::string& applicant = Cast::seller) {
    return must(apply(application(seed), applicant)).entry_id;
  }
  Submitted review(const std::string& dataset, std::string_view outcome, const std::string& reason = {}) {
    Json body{{"dataset", dataset}, {"outcome", std::string(outcome)}};
    if (!reason.empty()) body["reason"] = reason;
    return ledger.submit("dataset.review", {{"registrar", Cast::registrar}}, body);
  }
  std::string accepted(std::string_view seed, const std::string& applicant = Cast::seller) {
    const std::string id = applied(seed, applicant);
    must(review(id, "accept"));
    return id;
  }
  Submitted enter(const std::string& dataset, const std::string& registrar = Cast::registrar) {
    return ledger.submit("dataset.register", {{"registrar", registrar}}, {{"dataset", dataset}});
  }
  Submitted withdraw(const std::string& dataset, const std::string& applicant = Cast::seller) {
    return ledger.submit("dataset.withdraw", {{"applicant", applicant}}, {{"dataset", dataset}});
  }
  Submitted supplement(const std::string& dataset, const Json& form = {}, const std::string& applicant = Cast::seller) {
    Json body{{"dataset", dataset}, {"reply", "已补充"}};
    if (!form.is_null()) body["application"] = form;
    return ledger.submit("dataset.supplement", {{"applicant", applicant}}, body);
  }
  Submitted object(const std::string& dataset, const std::string& objector = Cast::outsider) {
    return ledger.submit("dataset.object", {{"objector", objector}}, {{"dataset", dataset}, {"reason", "来源存疑"}});
  }
  Submitted rule(const std::string& dataset, std::string_view outcome) {
    return ledger.submit("dataset.rule", {{"registrar", Cast::registrar}},
                         {{"dataset", dataset}, {"outcome", std::string(outcome)}, {"reason", "经查"}});
  }
  // Without a notice, from application to number in one go.
  Json registered(std::string_view seed, const std::string& applicant = Cast::seller) {
    return registered_form(application(seed), applicant);
  }
  Json registered_form(const Json& form, const std::string& applicant = Cast::seller) {
    const std::string id = must(apply(form, applicant)).entry_id;
    must(review(id, "accept"));
    must(enter(id));
    return ledger.show("dataset", id);
  }
  std::string number(std::string_view seed, const std::string& applicant = Cast::seller) {
    return registered(seed, applicant).at("no");
  }

  // --- once registered
  Submitted by_both(std::string_view type, Json body, const std::string& holder = Cast::seller) {
    return ledger.submit(type, {{"holder", holder}, {"registrar", Cast::registrar}}, body);
  }
  Submitted by_registrar(std::string_view type, const Json& body) {
    return ledger.submit(type, {{"registrar", Cast::registrar}}, body);
  }
  Submitted cancel(const std::string& dataset, const std::string& holder = Cast::seller) {
    return by_both("dataset.cancel", {{"dataset", dataset}, {"reason", "不再提供"}}, holder);
  }
  Submitted freeze(const std::string& dataset, const std::string& until) {
    return by_registrar("dataset.freeze", {{"dataset", dataset}, {"reason", "核查"}, {"until", until}});
  }
  Submitted unfreeze(const std::string& dataset) {
    return by_registrar("dataset.unfreeze", {{"dataset", dataset}, {"reason", "核查完毕"}});
  }
  Submitted revoke(const std::string& dataset) {
    return ledger.submit("dataset.revoke", {{"registrar", Cast::registrar}, {"bureau", Cast::bureau}},
                         {{"dataset", dataset}, {"cause", "fraud"}, {"reason", "材料虚假"}});
  }
  Submitted renew(const std::string& dataset, const Json& more = Json::object()) {
    Json body{{"dataset", dataset}};
    body.update(more);
    return by_both("dataset.renew", body);
  }
  Submitted amend(const std::string& dataset, const Json& form, const std::string& holder = Cast::seller) {
    return by_both("dataset.amend", {{"dataset", dataset}, {"reason", "变更"}, {"application", form}}, holder);
  }
  Submitted correct(const std::string& dataset, const Json& members) {
    Json body{{"dataset", dataset}, {"reason", "笔误"}};
    body.update(members);
    return by_registrar("dataset.correct", body);
  }
  Submitted release(const std::string& dataset, const std::string& parent, const std::string& next,
                    const std::string& version, const std::string& holder = Cast::seller) {
    return ledger.submit("dataset.release", {{"holder", holder}},
                         {{"dataset", dataset},
                          {"version", version},
                          {"parent_root", b64_of("root " + parent)},
                          {"manifest",
                           {{"root", b64_of("root " + next)},
                            {"content_root", b64_of("content " + next)},
                            {"files", 4},
                            {"bytes", 5000}}}});
  }
  Submitted transfer(const std::string& dataset, const std::string& from = Cast::seller,
                     const std::string& to = Cast::buyer) {
    return ledger.submit("dataset.transfer",
                         {{"transferor", from},
                          {"transferee", to, to == from || to == Cast::registrar ? 1 : 0},
                          {"registrar", Cast::registrar}},
                         {{"dataset", dataset}, {"agreement", b64_of("transfer")}});
  }
  Submitted license(const std::string& dataset, const Json& more = Json::object(),
                    const std::string& licensor = Cast::seller, const std::string& licensee = Cast::buyer) {
    Json body{{"dataset", dataset},
              {"licence", application("x").at("licence")},
              {"exclusive", false},
              {"agreement", b64_of("licence")}};
    body.update(more);
    return ledger.submit("dataset.license",
                         {{"licensor", licensor}, {"licensee", licensee, licensee == licensor ? 1 : 0}}, body);
  }
  Submitted encumber(const std::string& dataset, const std::string& creditor = Cast::outsider) {
    return ledger.submit("dataset.encumber",
                         {{"holder", Cast::seller}, {"creditor", creditor, creditor == Cast::seller ? 1 : 0}},
                         {{"dataset", dataset}, {"agreement", b64_of("pledge")}, {"secured_fen", 1'000'000}});
  }
  Submitted discharge(const std::string& dataset, const std::string& creditor = Cast::outsider) {
    return ledger.submit("dataset.discharge", {{"creditor", creditor}}, {{"dataset", dataset}});
  }
  Submitted recognise(const Json& form, const Json& more = Json::object(),
                      const std::string& applicant = Cast::seller) {
    Json recognition{
        {"province", "330000"},          {"foreign_no", "ZJ-2025-0001"}, {"authority", "浙江省数据登记机构"},
        {"registered_on", "2025-06-01"}, {"valid_to", "2027-05-31"},     {"evidence", b64_of("extract")}};
    recognition.update(more);
    return ledger.submit(
        "dataset.recognise",
        {{"applicant", applicant, applicant == Cast::registrar ? 1 : 0}, {"registrar", Cast::registrar}},
        {{"application", form}, {"recognition", recognition}});
  }
  Submitted certify(const std::string& dataset, const Json& more = Json::object()) {
    Json body{{"dataset", dataset}, {"scope", "全部"}, {"grade", "good"}};
    body.update(more);
    return ledger.submit("certificate.issue", {{"platform", Cast::platform}}, body);
  }

  // --- what there is
  std::string status(const std::string& dataset) { return ledger.show("dataset", dataset).at("status"); }
  std::string effective(const std::string& dataset) { return ledger.show("dataset", dataset).at("effective_status"); }
  std::string certificate_status(const std::string& no) {
    return ledger.show("certificate", no).at("effective_status");
  }
  bool in_force(const std::string& dataset) {
    return contracts::registration_in_force(ledger.object<contracts::Dataset>(dataset), ledger.time());
  }
};

// A ledger whose notices take no time.
class QuickRegistry : public RegistryBench {
 public:
  QuickRegistry() { ledger.enact("time_limits", "LIMITS", limits_of_notice(0)); }
};

// The last deadline effect; null if there is none.
inline Json deadline_of(const Submitted& submitted) {
  Json found;
  for (const Json& effect : submitted.effects()) {
    if (effect.at("fx") == "deadline") found = effect;
  }
  return found;
}

}  // namespace dengji::test
