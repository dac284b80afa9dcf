// Worlds of registered data sets for the tests of certificates, their applications, ratings and the reserve.
#pragma once

#include <doctest/doctest.h>

#include "contracts/certification/certification.hpp"
#include "tests/support/sample_policies.hpp"

namespace dengji::test {

inline const std::vector<By> kPlatformSigns{{"platform", Cast::platform}};

// A ledger with registrations that need no notice.
class Certifying {
 public:
  ContractFixture ledger;

  Certifying() {
    ledger.enact("time_limits", "LIMITS",
                 {{"apply_within_working_days", 20},
                  {"review_working_days", 10},
                  {"notice_working_days", 0},
                  {"valid_months", 36},
                  {"renew_window_days", 60}});
  }
  std::string accepted(std::string_view seed, const std::string& holder = Cast::seller) {
    const auto done = ledger.submit("dataset.apply", {{"applicant", holder}}, application(seed));
    REQUIRE(done.accepted());
    const Json review{{"dataset", done.entry_id}, {"outcome", "accept"}};
    REQUIRE(ledger.submit("dataset.review", {{"registrar", Cast::registrar}}, review).accepted());
    return done.entry_id;
  }
  void enter(const std::string& id) {
    REQUIRE(ledger.submit("dataset.register", {{"registrar", Cast::registrar}}, {{"dataset", id}}).accepted());
  }
  // Its DJ number.
  std::string registered(std::string_view seed, const std::string& holder = Cast::seller) {
    const std::string id = accepted(seed, holder);
    enter(id);
    return ledger.show("dataset", id).at("no");
  }
  Submitted issue(const std::string& dataset, const Json& more = {}, const std::vector<By>& by = kPlatformSigns) {
    Json body{{"dataset", dataset}, {"scope", "全部文件"}, {"grade", "good"}};
    if (more.is_object()) body.update(more);
    return ledger.submit("certificate.issue", by, body);
  }
  std::string issued(std::string_view seed) {
    const auto done = issue(registered(seed));
    INFO(done.context());
    REQUIRE(done.accepted());
    return done.number();
  }
  Submitted change(std::string_view verb, const std::string& certificate) {
    const By by = verb == "cancel" ? By{"holder", Cast::seller} : By{"platform", Cast::platform};
    return ledger.submit("certificate." + std::string(verb), {by}, {{"certificate", certificate}, {"reason", "抽检"}});
  }
  Submitted renew(const std::string& certificate, const std::string& valid_to,
                  const std::vector<By>& by = kPlatformSigns) {
    return ledger.submit("certificate.renew", by, {{"certificate", certificate}, {"valid_to", valid_to}});
  }
  bool in_force(const std::string& certificate, LedgerTime at) {
    return contracts::certificate_in_force(ledger.view(), ledger.object<contracts::Certificate>(certificate), at);
  }
};

inline Json rating(const std::string& dataset) {
  return {{"dataset", dataset},
          {"scores", {{"complete", 92}, {"conforming", 88}, {"accurate", 95}, {"usable", 90}}},
          {"grade", "excellent"},
          {"tool", {{"name", "dq-check"}, {"version", "2.1"}, {"sha256", b64_of("tool")}}},
          {"sample", b64_of("sample")},
          {"next_review", "2027-01-02"}};
}

}  // namespace dengji::test
