#include "contracts/common/policies.hpp"

#include <doctest/doctest.h>

#include "contracts/common/calendar.hpp"
#include "contracts/policy/policies.hpp"
#include "tests/support/contract_fixture.hpp"

namespace dengji::test {
namespace {

using contracts::PolicyKind;
using contracts::PolicyVerdict;
using state::General;

const std::vector<By> kBoth{{"bureau", Cast::bureau}, {"finance", Cast::finance}};

Json fee_form() {
  return {{"payee", Cast::platform}, {"registration_fen", 300'000}, {"service", Json::array()}};
}

Json service_line(std::string_view line) {
  return {{"line", std::string(line)}, {"side", "seller"},           {"mode", "rate"}, {"ppm", 25'000},
          {"rounding", "down"},        {"on_refund", "proportional"}};
}

Json waiver_form() {
  return {{"line", "first"},
          {"ppm", 1'000'000},
          {"within_days", 180},
          {"first_scope", "enterprise"},
          {"borne_by", Cast::platform},
          {"rounding", "down"}};
}

Json limits_form(int notice) {
  return {{"apply_within_working_days", 20},
          {"review_working_days", 10},
          {"notice_working_days", notice},
          {"valid_months", 36},
          {"renew_window_days", 60}};
}

Json policy(std::string_view kind, const Json& form) {
  return {{"kind", std::string(kind)},      {"code", "P-1"},          {"title", "政策"}, {"jurisdiction", "320000"},
          {"effective_from", "2026-01-02"}, {std::string(kind), form}};
}

Submitted enact_line(ContractFixture& ledger, const Json& line) {
  return ledger.submit("policy.enact", kBoth, policy("subsidy_line", line));
}

Json with(Json base, std::string_view member, const Json& value) {
  base[std::string(member)] = value;
  return base;
}
Json without(Json base, std::string_view member) {
  base.erase(std::string(member));
  return base;
}

Date day(std::string_view text) {
  return *parse_date(text);
}

}  // namespace

TEST_CASE("policy.enact numbers the versions of a code from 1 and shows them under code@version") {
  ContractFixture ledger;
  ledger.enact("time_limits", "LIMITS", limits_form(10));
  const auto second = ledger.enact("time_limits", "LIMITS", limits_form(5), "2026-02-01");
  CHECK(second.effect("status").at("id") == "LIMITS@2");
  CHECK(second.effect("status").at("to") == "enacted");
  const Json shown = ledger.show("policy", "LIMITS@2");
  CHECK(shown.at("version") == 2);
  CHECK(shown.at("time_limits").at("notice_working_days") == 5);
  CHECK(ledger.show("policy", "LIMITS@1").at("time_limits").at("notice_working_days") == 10);
}

TEST_CASE("a version takes over from its first day and not before") {
  ContractFixture ledger;
  ledger.enact("time_limits", "LIMITS", limits_form(10));
  ledger.enact("time_limits", "LIMITS", limits_form(5), "2026-02-01");
  CHECK(contracts::time_limits_on(ledger.view(), "320500", day("2026-01-31")).notice_working_days == 10);
  CHECK(contracts::time_limits_on(ledger.view(), "320500", day("2026-02-01")).notice_working_days == 5);
  CHECK(contracts::policy_version_on(ledger.view(), "LIMITS", day("2026-01-31"))->version == 1);
  CHECK_FALSE(contracts::policy_version_on(ledger.view(), "LIMITS", day("2026-01-01")).has_value());
  CHECK_FALSE(contracts::policy_version_on(ledger.view(), "OTHER", day("2026-02-01")).has_value());
}

TEST_CASE("a city's own policy goes before the province's, then the smallest code, and none beyond its last day") {
  ContractFixture ledger;
  const auto enact = [&](const char* code, const char* region, int notice, const char* to) {
    Json body = policy("time_limits", limits_form(notice));
    body["code"] = code;
    body["jurisdiction"] = region;
    if (*to) body["effective_to"] = to;
    REQUIRE(ledger.submit("policy.enact", {{"bureau", Cast::bureau}}, body).accepted());
  };
  enact("L-B", "320000", 12, "");
  enact("L-A", "320000", 11, "2026-03-31");
  enact("L-C", "320500", 7, "2026-06-30");
  const auto notice = [&](const char* region, const char* on) {
    return contracts::time_limits_on(ledger.view(), region, day(on)).notice_working_days;
  };
  CHECK(notice("320500", "2026-01-05") == 7);
  CHECK(notice("320505", "2026-01-05") == 7);
  CHECK(notice("320100", "2026-01-05") == 11);
  CHECK(notice("320100", "2026-04-01") == 12);
  CHECK(notice("320500", "2026-07-01") == 12);
  // Another province knows no policy: the defaults.
  CHECK(notice("440300", "2026-01-05") == 10);
  CHECK_FALSE(
      contracts::policy_in_force(ledger.view(), PolicyKind::fee_schedule, "320500", day("2026-01-05")).has_value());
}

TEST_CASE("a policy that moves money needs finance beside the bureau; time limits need the bureau alone") {
  ContractFixture ledger;
  const std::vector<By> bureau{{"bureau", Cast::bureau}};
  for (const auto& [kind, form] : {std::pair{"fee_schedule", fee_form()}, std::pair{"waiver", waiver_form()},
                                   std::pair{"subsidy_line", subsidy_line()}}) {
    CAPTURE(kind);
    const auto alone = ledger.submit("policy.enact", bureau, policy(kind, form));
    CHECK(alone.refused(General::signer_missing));
    Json body = policy(kind, form);
    body["code"] = std::string("P-") + static_cast<char>(kind[0] - 'a' + 'A');
    CHECK(ledger.submit("policy.enact", kBoth, body).accepted());
  }
  CHECK(ledger.submit("policy.enact", bureau, policy("time_limits", limits_form(0))).accepted());
  const auto finance =
      ledger.submit("policy.enact", {{"finance", Cast::finance}}, policy("time_limits", limits_form(0)));
  CHECK(finance.refused(General::signer_missing));
}

TEST_CASE("exactly the member that the kind names is present") {
  ContractFixture ledger;
  const auto missing = ledger.submit("policy.enact", kBoth, without(policy("waiver", waiver_form()), "waiver"));
  CHECK(missing.refused(PolicyVerdict::kind_mismatch));
  CHECK(missing.pointer() == "/body/waiver");
  const auto both =
      ledger.submit("policy.enact", kBoth, with(policy("waiver", waiver_form()), "fee_schedule", fee_form()));
  CHECK(both.refused(PolicyVerdict::kind_mismatch));
  CHECK(both.pointer() == "/body/fee_schedule");
}

TEST_CASE("the form of code, jurisdiction and days") {
  ContractFixture ledger;
  const Json good = policy("time_limits", limits_form(10));
  for (const char* code : {"p-1", "1P", "P_1", "P ", "标准"}) {
    CAPTURE(code);
    CHECK(ledger.submit("policy.enact", kBoth, with(good, "code", code)).refused(PolicyVerdict::code_form));
  }
  CHECK(ledger.submit("policy.enact", kBoth, with(good, "jurisdiction", "990000"))
            .refused(PolicyVerdict::jurisdiction_form));
  CHECK(ledger.submit("policy.enact", kBoth, with(good, "effective_to", "2026-01-01"))
            .refused(PolicyVerdict::effective_order));
  const auto past = ledger.submit("policy.enact", kBoth, with(good, "effective_from", "2026-01-01"));
  CHECK(past.refused(PolicyVerdict::effective_in_past));
  CHECK(past.context() == "today is 2026-01-02; start then, or set retroactive");
  CHECK(ledger.submit("policy.enact", kBoth, with(with(good, "effective_from", "2026-01-01"), "retroactive", true))
            .accepted());
}

TEST_CASE("a code stays with its kind and its jurisdiction") {
  ContractFixture ledger;
  ledger.enact("time_limits", "P-1", limits_form(10));
  const auto other = ledger.submit("policy.enact", kBoth, policy("waiver", waiver_form()));
  CHECK(other.refused(PolicyVerdict::kind_of_code));
  CHECK(other.context() == "P-1 is a time_limits of 320000; choose another code");
  CHECK(ledger.submit("policy.enact", kBoth, with(policy("time_limits", limits_form(1)), "jurisdiction", "320500"))
            .refused(PolicyVerdict::kind_of_code));
}

TEST_CASE("lines of a fee schedule: known payee, distinct names fit for account ids, amount or rate by mode") {
  ContractFixture ledger;
  const auto enact = [&](const Json& form) {
    return ledger.submit("policy.enact", kBoth, policy("fee_schedule", form));
  };
  const auto unknown = enact(with(fee_form(), "payee", make_uscc("91320000", "MA1UNKNW")));
  CHECK(unknown.refused(General::object_unknown));
  CHECK(unknown.pointer() == "/body/fee_schedule/payee");
  CHECK(enact(with(fee_form(), "service", Json::array({service_line("s"), service_line("s")})))
            .refused(PolicyVerdict::line_twice));
  CHECK(enact(with(fee_form(), "service", Json::array({service_line("registration")})))
            .refused(PolicyVerdict::line_twice));
  CHECK(enact(with(fee_form(), "service", Json::array({service_line("a/b")}))).refused(PolicyVerdict::line_name_form));
  CHECK(enact(with(fee_form(), "service", Json::array({without(service_line("s"), "ppm")})))
            .refused(PolicyVerdict::service_fee_incomplete));
  CHECK(enact(with(fee_form(), "service", Json::array({with(service_line("s"), "amount_fen", 5)})))
            .refused(PolicyVerdict::service_fee_incomplete));
  CHECK(enact(with(fee_form(), "service", Json::array({with(service_line("s"), "mode", "once")})))
            .refused(PolicyVerdict::service_fee_incomplete));
  CHECK(enact(with(fee_form(), "service", Json::array({service_line("s"), service_line("t")}))).accepted());
}

TEST_CASE("a waiver names a line and a known bearer") {
  ContractFixture ledger;
  const auto enact = [&](const Json& form) { return ledger.submit("policy.enact", kBoth, policy("waiver", form)); };
  CHECK(enact(with(waiver_form(), "line", "首次")).refused(PolicyVerdict::line_name_form));
  CHECK(enact(with(waiver_form(), "borne_by", make_uscc("91320000", "MA1UNKNW"))).refused(General::object_unknown));
  CHECK(enact(waiver_form()).accepted());
}

TEST_CASE("the subsidy line of the worked year is a policy") {
  ContractFixture ledger;
  const auto done = ledger.enact("subsidy_line", "SUB-TRD", subsidy_line());
  CHECK(done.effect("status").at("id") == "SUB-TRD@1");
  CHECK(ledger.show("policy", "SUB-TRD@1").at("subsidy_line").at("cap_org_fen") == 1'500'000);
}

TEST_CASE("a subsidy line has each member that its others need, and none that means nothing beside them") {
  ContractFixture ledger;
  const auto refused = [&](const Json& line, PolicyVerdict verdict, std::string_view pointer) {
    const auto result = enact_line(ledger, line);
    INFO(result.context());
    CHECK(result.refused(verdict));
    CHECK(result.pointer() == pointer);
  };
  const Json line = subsidy_line();
  const Json fixed = with(with(with(with(line, "base", "fixed"), "fixed_fen", 10'000'000), "milestone", "certificate"),
                          "tiers", Json::array());
  constexpr auto kIncomplete = PolicyVerdict::subsidy_line_incomplete;
  constexpr auto kExcess = PolicyVerdict::subsidy_line_excess;
  refused(with(line, "allocation", "priority"), PolicyVerdict::allocation_unsupported, "/body/subsidy_line/allocation");
  refused(with(line, "pool", "pool/a"), PolicyVerdict::code_form, "/body/subsidy_line/pool");
  refused(without(fixed, "fixed_fen"), kIncomplete, "/body/subsidy_line/fixed_fen");
  refused(without(fixed, "milestone"), kIncomplete, "/body/subsidy_line/milestone");
  refused(with(line, "fixed_fen", 1), kExcess, "/body/subsidy_line/fixed_fen");
  refused(with(line, "milestone", "certificate"), kExcess, "/body/subsidy_line/milestone");
  refused(with(line, "tiers", Json::array()), kIncomplete, "/body/subsidy_line/tiers");
  refused(with(fixed, "tiers", line.at("tiers")), kExcess, "/body/subsidy_line/tiers");
  refused(with(fixed, "cross_province_bonus_ppm", 1), kExcess, "/body/subsidy_line/cross_province_bonus_ppm");
  refused(with(line, "earn", "months"), kIncomplete, "/body/subsidy_line/earn_months");
  refused(with(with(line, "earn", "months"), "earn_months", 12), kIncomplete, "/body/subsidy_line/earn_event");
  refused(with(line, "earn_months", 12), kExcess, "/body/subsidy_line/earn_months");
  refused(with(line, "earn_event", "certificate"), kExcess, "/body/subsidy_line/earn_event");
  refused(with(line, "payee", "split"), kIncomplete, "/body/subsidy_line/seller_share_ppm");
  refused(with(line, "seller_share_ppm", 1), kExcess, "/body/subsidy_line/seller_share_ppm");
  refused(with(line, "allocation", "pro_rata"), kIncomplete, "/body/subsidy_line/window");
  refused(with(line, "window_from", "2026-01-05"), kIncomplete, "/body/subsidy_line/window");
  refused(with(line, "stacking", "exclusive"), kIncomplete, "/body/subsidy_line/stacking_group");
  refused(with(line, "stacking_group", "G"), kExcess, "/body/subsidy_line/stacking_group");
  refused(with(line, "cap_dataset_fen", 1), kExcess, "/body/subsidy_line/cap_dataset_fen");
  refused(with(line, "regions", Json::array({"320"})), PolicyVerdict::region_prefix_form,
          "/body/subsidy_line/regions/0");
  refused(with(line, "regions", Json::array({"32", "苏南"})), PolicyVerdict::region_prefix_form,
          "/body/subsidy_line/regions/1");
  refused(with(line, "industries", Json::array({"transport", "mining"})), PolicyVerdict::policy_word_unknown,
          "/body/subsidy_line/industries/1");
  refused(with(line, "modes", Json::array({"free"})), PolicyVerdict::policy_word_unknown, "/body/subsidy_line/modes/0");

  Json window = with(line, "allocation", "pro_rata");
  window["window"] = "W-2026";
  window["window_from"] = "2026-10-01";
  window["window_to"] = "2026-09-30";
  refused(window, PolicyVerdict::window_order, "/body/subsidy_line/window_to");
  refused(with(with(window, "window_to", "2026-10-31"), "window", "w/1"), PolicyVerdict::code_form,
          "/body/subsidy_line/window");
  CHECK(enact_line(ledger, with(window, "window_to", "2026-10-31")).accepted());
}

TEST_CASE("tiers ascend, and the last one alone is open") {
  ContractFixture ledger;
  const auto tier = [](int upto, int ppm) { return Json{{"upto_fen", upto}, {"ppm", ppm}}; };
  const auto refused = [&](const Json& tiers, std::string_view pointer) {
    const auto result = enact_line(ledger, with(subsidy_line(), "tiers", tiers));
    CHECK(result.refused(PolicyVerdict::tiers_order));
    CHECK(result.pointer() == pointer);
  };
  refused(Json::array({tier(100, 1)}), "/body/subsidy_line/tiers/0");
  refused(Json::array({Json{{"ppm", 1}}, Json{{"ppm", 1}}}), "/body/subsidy_line/tiers/0");
  refused(Json::array({tier(100, 1), tier(100, 2), Json{{"ppm", 1}}}), "/body/subsidy_line/tiers/1/upto_fen");
  refused(Json::array({tier(100, 1), tier(99, 2), Json{{"ppm", 1}}}), "/body/subsidy_line/tiers/1/upto_fen");
  CHECK(enact_line(ledger, with(subsidy_line(), "tiers", Json::array({Json{{"ppm", 40'000}}}))).accepted());
}

TEST_CASE("a subsidy line has one version per earn year; a new one starts in a later year") {
  ContractFixture ledger;
  Json body = policy("subsidy_line", subsidy_line());
  REQUIRE(ledger.submit("policy.enact", kBoth, body).accepted());
  for (const char* from : {"2026-01-02", "2026-07-01", "2026-12-31", "2027-01-02", "2027-07-01"}) {
    CAPTURE(from);
    const auto early = ledger.submit("policy.enact", kBoth, with(body, "effective_from", from));
    CHECK(early.refused(PolicyVerdict::earn_year_taken));
    CHECK(early.pointer() == "/body/effective_from");
  }
  CHECK(ledger.submit("policy.enact", kBoth, with(body, "effective_from", "2027-01-01")).accepted());
  // The year of a version that has ended is taken as well.
  body["code"] = "P-2";
  body["effective_to"] = "2026-06-30";
  REQUIRE(ledger.submit("policy.enact", kBoth, body).accepted());
  body.erase("effective_to");
  CHECK(ledger.submit("policy.enact", kBoth, with(body, "effective_from", "2026-07-01"))
            .refused(PolicyVerdict::earn_year_taken));
  CHECK(ledger.submit("policy.enact", kBoth, with(body, "effective_from", "2027-07-01")).accepted());
}

TEST_CASE("without an entry Monday to Friday are working days, and calendar.set names what differs") {
  ContractFixture ledger;
  CHECK(contracts::is_working_day(ledger.view(), day("2026-09-30")));
  CHECK_FALSE(contracts::is_working_day(ledger.view(), day("2026-10-03")));
  const Json holidays{{"days", Json::array({Json{{"day", "2026-10-01"}, {"working", false}},
                                            Json{{"day", "2026-10-10"}, {"working", true}},
                                            Json{{"day", "2027-01-01"}, {"working", false}}})}};
  REQUIRE(ledger.submit("calendar.set", {{"bureau", Cast::bureau}}, holidays).accepted());
  CHECK_FALSE(contracts::is_working_day(ledger.view(), day("2026-10-01")));
  CHECK(contracts::is_working_day(ledger.view(), day("2026-10-10")));
  CHECK_FALSE(contracts::is_working_day(ledger.view(), day("2027-01-01")));
  CHECK(ledger.show("calendar", "2026").at("days").size() == 2);
  CHECK(ledger.show("calendar", "2027").at("days").size() == 1);
  // A later entry replaces single days.
  const Json back{{"days", Json::array({Json{{"day", "2026-10-01"}, {"working", true}}})}};
  REQUIRE(ledger.submit("calendar.set", {{"bureau", Cast::bureau}}, back).accepted());
  CHECK(contracts::is_working_day(ledger.view(), day("2026-10-01")));
  CHECK(ledger.show("calendar", "2026").at("days").size() == 2);
}

TEST_CASE("a period of n working days starts on the next working day and ends with its n-th") {
  ContractFixture ledger;
  const auto after = [&](const char* from, int n) {
    return format_date(contracts::working_days_after(ledger.view(), day(from), n));
  };
  CHECK(after("2026-03-02", 10) == "2026-03-16");
  CHECK(after("2026-03-02", 0) == "2026-03-02");
  CHECK(after("2026-03-06", 1) == "2026-03-09");
  CHECK(after("2026-03-07", 1) == "2026-03-09");
  CHECK(after("2026-12-31", 1) == "2027-01-01");
  const Json holiday{{"days", Json::array({Json{{"day", "2026-03-03"}, {"working", false}}})}};
  REQUIRE(ledger.submit("calendar.set", {{"bureau", Cast::bureau}}, holiday).accepted());
  CHECK(after("2026-03-02", 10) == "2026-03-17");
}

TEST_CASE("calendar.set names each day once and is the bureau's") {
  ContractFixture ledger;
  const Json twice{{"days", Json::array({Json{{"day", "2026-10-01"}, {"working", false}},
                                         Json{{"day", "2026-10-01"}, {"working", true}}})}};
  CHECK(ledger.submit("calendar.set", {{"bureau", Cast::bureau}}, twice).refused(PolicyVerdict::calendar_day_twice));
  const Json once{{"days", Json::array({Json{{"day", "2026-10-01"}, {"working", false}}})}};
  CHECK(ledger.submit("calendar.set", {{"bureau", Cast::finance}}, once).refused(General::role_not_held));
  CHECK(ledger.submit("calendar.set", {{"finance", Cast::finance}}, once).refused(General::signer_not_wanted));
}

}  // namespace dengji::test
