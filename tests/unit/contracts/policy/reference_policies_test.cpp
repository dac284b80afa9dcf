#include "contracts/common/reference_policies.hpp"

#include <doctest/doctest.h>

#include "contracts/policy/policies.hpp"
#include "contracts/registration/registration.hpp"
#include "tests/support/contract_fixture.hpp"

namespace dengji::test {
namespace {

using contracts::GradeApproval;
using contracts::PolicyKind;
using contracts::PolicyVerdict;
using contracts::Vocabulary;
using state::General;
using V = PolicyVerdict;

const std::vector<By> kByTheBureau{{"bureau", Cast::bureau}};

Json word(const char* code, const char* zh = "词") {
  return {{"code", code}, {"en", "word"}, {"zh", zh}};
}

Json vocabulary(const char* name, const std::vector<const char*>& codes) {
  Json words = Json::array();
  for (const char* code : codes) words.push_back(word(code));
  return {{"name", name}, {"words", words}};
}

Json classification(const char* core, const char* important, const char* general) {
  return {{"core", {{"approval", core}}},
          {"important", {{"approval", important}, {"authority", "省级主管部门"}}},
          {"general", {{"approval", general}}}};
}

Json group(const char* code, const std::vector<const char*>& regions) {
  return {{"code", code}, {"en", "group"}, {"zh", "组"}, {"regions", regions}};
}

Json measure(const Json& more = Json::object()) {
  Json form{{"number", 1},
            {"name", "高质量数据集"},
            {"counts", "registered_datasets"},
            {"target", 1000},
            {"by", "2027-12-31"}};
  form.update(more);
  return form;
}

Json thresholds(std::int64_t people_contract, std::int64_t people, std::int64_t sensitive_contract,
                std::int64_t sensitive) {
  return {{"people_contract", people_contract},
          {"people_assessment", people},
          {"sensitive_contract", sensitive_contract},
          {"sensitive_assessment", sensitive},
          {"valid_years", 3}};
}

Json reference_policy(const char* kind, const char* code, const Json& form, const char* jurisdiction = "320000",
                      const char* from = "2026-01-02") {
  return {{"kind", kind},           {"code", code},           {"title", "政策"}, {"jurisdiction", jurisdiction},
          {"effective_from", from}, {std::string(kind), form}};
}

Date day_of(std::string_view text) {
  return *parse_date(text);
}

}  // namespace

TEST_CASE("where no policy says anything the built-in version 0 holds: the plan's lists and the law's limits") {
  ContractFixture ledger;
  const auto industry = contracts::words_on(ledger.view(), Vocabulary::industry, "320500", day_of("2026-01-02"));
  CHECK(industry.rule() == "built-in");
  CHECK(industry.all().size() == 21);
  CHECK(industry.has("smart_ocean"));
  CHECK_FALSE(industry.has("mining"));
  CHECK(contracts::words_on(ledger.view(), Vocabulary::category, "320500", day_of("2026-01-02")).all().size() == 3);
  CHECK(contracts::words_on(ledger.view(), Vocabulary::purpose, "320500", day_of("2026-01-02")).has("任何用途"));
  const auto grades = contracts::classification_on(ledger.view(), "320500", day_of("2026-01-02"));
  CHECK(grades.core.approval == GradeApproval::never);
  CHECK(grades.important.approval == GradeApproval::reference);
  CHECK(grades.general.approval == GradeApproval::none);
  const auto limits = contracts::export_thresholds_on(ledger.view(), "320500", day_of("2026-01-02"));
  CHECK(limits.people_contract == 100'000);
  CHECK(limits.people_assessment == 1'000'000);
  CHECK(limits.sensitive_contract == 1);
  CHECK(limits.sensitive_assessment == 10'000);
  CHECK(contracts::region_group_on(ledger.view(), "320500", day_of("2026-01-02"))->zh == "苏南");
  CHECK(contracts::region_groups_on(ledger.view(), "320500", day_of("2026-01-02"))[1].regions ==
        std::vector<std::string>{"320600", "321000", "321200"});
  CHECK_FALSE(contracts::region_group_on(ledger.view(), "440300", day_of("2026-01-02")).has_value());
  CHECK(contracts::measures_on(ledger.view(), "320000", day_of("2026-01-02")).empty());
}

TEST_CASE("a vocabulary takes over from its first day, by name, the city's before the province's") {
  ContractFixture ledger;
  const auto enact = [&](const Json& body) { REQUIRE(ledger.submit("policy.enact", kByTheBureau, body).accepted()); };
  enact(reference_policy("vocabulary", "INDUSTRY", vocabulary("industry", {"transport", "mining"}), "320000",
                         "2026-02-01"));
  enact(reference_policy("vocabulary", "MODALITY", vocabulary("modality", {"text"}), "320000", "2026-02-01"));
  enact(reference_policy("vocabulary", "INDUSTRY-SZ", vocabulary("industry", {"silk"}), "320500", "2026-03-01"));
  enact(reference_policy("vocabulary", "INDUSTRY", vocabulary("industry", {"mining"}), "320000", "2026-04-01"));
  const auto rule = [&](Vocabulary name, const char* region, const char* on) {
    return contracts::words_on(ledger.view(), name, region, day_of(on)).rule();
  };
  CHECK(rule(Vocabulary::industry, "320500", "2026-01-31") == "built-in");
  CHECK(rule(Vocabulary::industry, "320500", "2026-02-01") == "INDUSTRY@1");
  CHECK(rule(Vocabulary::modality, "320500", "2026-02-01") == "MODALITY@1");
  CHECK(rule(Vocabulary::stage, "320500", "2026-02-01") == "built-in");
  CHECK(rule(Vocabulary::industry, "320500", "2026-03-01") == "INDUSTRY-SZ@1");
  CHECK(rule(Vocabulary::industry, "320100", "2026-03-01") == "INDUSTRY@1");
  CHECK(rule(Vocabulary::industry, "320100", "2026-04-01") == "INDUSTRY@2");
  const auto words = contracts::words_on(ledger.view(), Vocabulary::industry, "320100", day_of("2026-02-01"));
  CHECK(words.has("mining"));
  CHECK_FALSE(words.has("finance"));
  CHECK(words.codes() == "transport, mining (INDUSTRY@1)");
  // A subsidy line is read with the words of its own first day.
  Json line = reference_policy("subsidy_line", "SUB-A", subsidy_line(), "320000", "2027-01-01");
  line["subsidy_line"]["industries"] = Json::array({"finance"});
  const std::vector<By> both{{"bureau", Cast::bureau}, {"finance", Cast::finance}};
  CHECK(ledger.submit("policy.enact", both, line).refused(V::policy_word_unknown));
  line["subsidy_line"]["industries"] = Json::array({"mining"});
  CHECK(ledger.submit("policy.enact", both, line).accepted());
}

TEST_CASE("the code of a vocabulary stays with its name; words have codes, once each, and fixed ones no new ones") {
  ContractFixture ledger;
  const auto enact = [&](const Json& form, const char* code = "V-1") {
    return ledger.submit("policy.enact", kByTheBureau, reference_policy("vocabulary", code, form));
  };
  CHECK(enact(vocabulary("stage", {"pre_training", "Fine-tuning"})).refused(V::word_form));
  const auto twice = enact(vocabulary("stage", {"a", "b", "a"}));
  CHECK(twice.refused(V::word_twice));
  CHECK(twice.pointer() == "/body/vocabulary/words/2/code");
  CHECK(enact(vocabulary("category", {"general", "secret"})).refused(V::word_fixed));
  REQUIRE(enact(vocabulary("category", {"general"})).accepted());
  CHECK(enact(vocabulary("supply_mode", {"custom"})).refused(V::kind_of_code));
  CHECK(enact(vocabulary("supply_mode", {"custom"}), "V-2").accepted());
}

TEST_CASE("a classification may be stricter than the law and never laxer") {
  ContractFixture ledger;
  const auto enact = [&](const Json& form) {
    return ledger.submit("policy.enact", kByTheBureau, reference_policy("classification", "GRADES", form));
  };
  const auto lax = enact(classification("reference", "reference", "none"));
  CHECK(lax.refused(V::classification_lax));
  CHECK(lax.pointer() == "/body/classification/core/approval");
  CHECK(enact(classification("never", "none", "none")).refused(V::classification_lax));
  REQUIRE(enact(classification("never", "never", "reference")).accepted());
  const auto grades = contracts::classification_on(ledger.view(), "320500", day_of("2026-01-02"));
  CHECK(grades.important.approval == GradeApproval::never);
  CHECK(grades.important.authority == "省级主管部门");
  CHECK(grades.general.approval == GradeApproval::reference);
}

TEST_CASE("groups of regions name cities, each once, and hold for the whole province") {
  ContractFixture ledger;
  const auto enact = [&](const Json& groups) {
    return ledger.submit("policy.enact", kByTheBureau,
                         reference_policy("region_group", "REGIONS", {{"groups", groups}}));
  };
  CHECK(enact(Json::array({group("a", {"320000"})})).refused(V::region_of_group));
  CHECK(enact(Json::array({group("a", {"320505"})})).refused(V::region_of_group));
  const auto twice = enact(Json::array({group("a", {"320500"}), group("b", {"320100", "320500"})}));
  CHECK(twice.refused(V::region_of_group));
  CHECK(twice.pointer() == "/body/region_group/groups/1/regions/1");
  CHECK(enact(Json::array({group("a", {"320500"}), group("a", {"320100"})})).refused(V::word_twice));
  REQUIRE(enact(Json::array({group("lake", {"320500", "320200"}), group("coast", {"320600"})})).accepted());
  CHECK(contracts::region_group_on(ledger.view(), "320505", day_of("2026-01-02"))->code == "lake");
  CHECK_FALSE(contracts::region_group_on(ledger.view(), "320100", day_of("2026-01-02")).has_value());
}

TEST_CASE("measures hold side by side, one version each") {
  ContractFixture ledger;
  const auto enact = [&](const char* code, const Json& form, const char* from = "2026-01-02") {
    return ledger.submit("policy.enact", kByTheBureau, reference_policy("measure", code, form, "320000", from));
  };
  CHECK(enact("M-1", measure({{"list", "bases"}})).refused(V::measure_list));
  CHECK(enact("M-1", measure({{"counts", "list_items"}})).refused(V::measure_list));
  CHECK(enact("M-1", measure({{"by", "2026-01-01"}})).refused(V::measure_day));
  CHECK(enact("M-1", measure({{"industry", "mining"}})).refused(V::policy_word_unknown));
  REQUIRE(
      enact("M-2", measure({{"number", 2}, {"counts", "list_items"}, {"list", "bases"}, {"target", 3}})).accepted());
  REQUIRE(enact("M-1", measure({{"industry", "transport"}})).accepted());
  REQUIRE(enact("M-1", measure({{"target", 1200}}), "2026-07-01").accepted());
  const auto now = contracts::measures_on(ledger.view(), "320000", day_of("2026-01-02"));
  REQUIRE(now.size() == 2);
  CHECK(now[0].measure->target == 1000);
  CHECK(now[1].measure->list == "bases");
  CHECK(contracts::measures_on(ledger.view(), "320000", day_of("2026-07-01"))[0].measure->target == 1200);
}

TEST_CASE("thresholds of export begin with the contract and end with the assessment") {
  ContractFixture ledger;
  const auto enact = [&](const Json& form) {
    return ledger.submit("policy.enact", kByTheBureau, reference_policy("export_thresholds", "EXPORT", form));
  };
  CHECK(enact(thresholds(1'000'000, 1'000'000, 1, 10'000)).refused(V::thresholds_order));
  const auto sensitive = enact(thresholds(100'000, 1'000'000, 10'001, 10'000));
  CHECK(sensitive.refused(V::thresholds_order));
  CHECK(sensitive.pointer() == "/body/export_thresholds/sensitive_contract");
  REQUIRE(enact(thresholds(50'000, 500'000, 1, 5'000)).accepted());
  CHECK(contracts::export_thresholds_on(ledger.view(), "320500", day_of("2026-01-02")).people_assessment == 500'000);
}

TEST_CASE("a reference_policy of each kind reaches back only if it says so") {
  ContractFixture ledger;
  const std::vector<std::pair<const char*, Json>> forms{
      {"vocabulary", vocabulary("stage", {"a"})},
      {"classification", classification("never", "reference", "none")},
      {"region_group", {{"groups", Json::array({group("a", {"320500"})})}}},
      {"measure", measure()},
      {"export_thresholds", thresholds(1, 2, 1, 2)}};
  for (const auto& [kind, form] : forms) {
    CAPTURE(kind);
    Json body = reference_policy(kind, "P-1", form, "320000", "2026-01-01");
    body["code"] = "P-" + std::to_string(form.dump().size());
    CHECK(ledger.submit("policy.enact", kByTheBureau, body).refused(V::effective_in_past));
    body["retroactive"] = true;
    CHECK(ledger.submit("policy.enact", kByTheBureau, body).accepted());
  }
}

TEST_CASE("an application is read with the words and the grades in force where its holder is, on that day") {
  ContractFixture ledger;
  const auto enact = [&](const Json& body) { REQUIRE(ledger.submit("policy.enact", kByTheBureau, body).accepted()); };
  enact(reference_policy("vocabulary", "INDUSTRY", vocabulary("industry", {"transport", "mining"}), "320500",
                         "2026-02-01"));
  enact(
      reference_policy("vocabulary", "CATEGORY", vocabulary("category", {"industry_special"}), "320200", "2026-02-01"));
  enact(reference_policy("classification", "GRADES", classification("never", "never", "reference"), "320500",
                         "2026-03-01"));
  const auto apply = [&](const char* seed, const Json& more, const std::string& by = Cast::seller) {
    Json body = application(seed);
    body.update(more);
    return ledger.submit("dataset.apply", {{"applicant", by}}, body);
  };
  using R = contracts::RegistrationVerdict;
  CHECK(apply("A", {{"industry", "mining"}}).refused(R::vocabulary_unknown));
  ledger.at("2026-02-01");
  CHECK(apply("A", {{"industry", "mining"}}).accepted());
  const auto gone = apply("B", {{"industry", "finance"}});
  CHECK(gone.refused(R::vocabulary_unknown));
  CHECK(gone.context() == "finance; one of transport, mining (INDUSTRY@1)");
  CHECK(apply("B", {{"industry", "finance"}, {"category", "general"}}, Cast::outsider).accepted());
  const auto category = apply("C", {{"category", "general"}}, Cast::second_seller);
  CHECK(category.refused(R::vocabulary_unknown));
  CHECK(category.pointer() == "/body/category");
  enact(reference_policy("vocabulary", "MODES", vocabulary("supply_mode", {"custom"}), "320200", "2026-02-01"));
  const auto mode = apply("C", {{"category", "industry_special"}}, Cast::second_seller);
  CHECK(mode.refused(R::vocabulary_unknown));
  CHECK(mode.pointer() == "/body/supply_modes/0");
  ledger.at("2026-03-01");
  CHECK(apply("D", {{"industry", "mining"}, {"grade", "important"}, {"approval_ref", "批 1 号"}})
            .refused(R::grade_barred));
  CHECK(apply("D", {{"industry", "mining"}, {"grade", "general"}}).refused(R::grade_needs_approval));
  CHECK(apply("D", {{"industry", "mining"}, {"grade", "general"}, {"approval_ref", "批 1 号"}}).accepted());
}

TEST_CASE("every kind of reference_policy has a form whose schema is that of its member in policy.enact") {
  const Json body = contracts::registry().type("policy.enact")->schema();
  CHECK(contracts::policy_forms().size() == state::EnumNames<PolicyKind>::names.size());
  for (const auto& form : contracts::policy_forms()) {
    CAPTURE(form.name);
    Json member = body.at("properties").at(std::string(form.name));
    member.erase("description");
    CHECK(member == form.schema());
    CHECK(state::enum_of<PolicyKind>(form.name).has_value());
  }
}

}  // namespace dengji::test
