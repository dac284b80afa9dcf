#include "contracts/registration/registration.hpp"

#include "crypto/base64.hpp"
#include "tests/unit/contracts/registration/registration_bench.hpp"

namespace dengji::test {
namespace {

using contracts::Dataset;
using contracts::DatasetStatus;
using contracts::RegistrationVerdict;
using state::General;
using V = contracts::RegistrationVerdict;

using Registry = RegistryBench;
using Quick = QuickRegistry;

Json edited(std::string_view pointer, const Json& value) {
  Json form = application("A");
  form[Json::json_pointer(std::string(pointer))] = value;
  return form;
}

}  // namespace

TEST_CASE("an application makes a data set known by its entry_id, with a deadline for its review") {
  Registry registry;
  registry.ledger.at("2026-03-02");
  const auto done = registry.apply(application("A"));
  REQUIRE(done.accepted());
  CHECK(done.effect("status").at("id") == done.entry_id);
  CHECK(done.effect("status").at("to") == "applied");
  CHECK(done.effect("status").contains("from") == false);
  CHECK(done.effect("deadline").at("what") == "review");
  CHECK(done.effect("deadline").at("until") == "2026-03-16");
  const Json shown = registry.ledger.show("dataset", done.entry_id);
  CHECK(shown.at("holder") == Cast::seller);
  CHECK(shown.at("region") == "320500");
  CHECK(shown.at("application").at("title") == "数据集 A");
  CHECK(shown.at("effective_status") == "applied");
  CHECK_FALSE(shown.contains("no"));
  CHECK_FALSE(shown.contains("notice_until"));
}

TEST_CASE("the notice of the worked year: accepted on 2 March, refused on the 16th, registered on the 17th") {
  Registry registry;
  registry.ledger.at("2026-03-02");
  const std::string id = registry.applied("A");
  const auto accepted = registry.review(id, "accept");
  REQUIRE(accepted.accepted());
  CHECK(accepted.effect("deadline").at("what") == "notice");
  CHECK(accepted.effect("deadline").at("until") == "2026-03-16");
  CHECK(registry.ledger.show("dataset", id).at("notice_until") == "2026-03-16");

  for (const char* early : {"2026-03-02", "2026-03-16", "2026-03-16T15:59:59.999Z"}) {
    CAPTURE(early);
    registry.ledger.at(early);
    const auto refused = registry.enter(id);
    CHECK(refused.refused(RegistrationVerdict::notice_running));
    CHECK(refused.context() == "the notice of dataset " + id + " runs to 2026-03-16 24:00; register from 2026-03-17");
  }
  registry.ledger.at("2026-03-16T16:00:00Z");
  const auto done = registry.enter(id);
  REQUIRE(done.accepted());
  CHECK(done.number() == "DJ32050020260000001B");
  const Json shown = registry.ledger.show("dataset", "DJ32050020260000001B");
  CHECK(shown.at("id") == id);
  CHECK(shown.at("status") == "registered");
  CHECK(shown.at("valid_from") == "2026-03-17");
  CHECK(shown.at("valid_to") == "2029-03-16");
  CHECK(shown.at("first_enterprise") == true);
  CHECK(shown.at("first_group") == true);
  CHECK(shown.at("first_dataset") == true);
}

TEST_CASE("the notice is judged with the calendar known when asked, its length as it was at acceptance") {
  Registry registry;
  registry.ledger.at("2026-03-02");
  const std::string id = registry.applied("A");
  REQUIRE(registry.review(id, "accept").accepted());
  registry.ledger.enact("time_limits", "LIMITS", limits_of_notice(1));
  const Json holiday{{"days", Json::array({Json{{"day", "2026-03-16"}, {"working", false}}})}};
  REQUIRE(registry.ledger.submit("calendar.set", {{"bureau", Cast::bureau}}, holiday).accepted());
  CHECK(registry.ledger.show("dataset", id).at("notice_until") == "2026-03-17");
  registry.ledger.at("2026-03-17");
  CHECK(registry.enter(id).refused(RegistrationVerdict::notice_running));
  registry.ledger.at("2026-03-18");
  CHECK(registry.enter(id).accepted());
}

TEST_CASE("with a notice of no days a data set can be registered at once") {
  Quick registry;
  const Json shown = registry.registered("A");
  CHECK(shown.at("no") == "DJ32050020260000001B");
  CHECK(shown.at("effective_status") == "registered");
}

TEST_CASE("numbers have no gaps per region and year, and a refusal uses none") {
  Quick registry;
  CHECK(registry.registered("A").at("no") == "DJ32050020260000001B");
  const std::string refused = registry.applied("B");
  CHECK_FALSE(registry.enter(refused).accepted());
  const std::string second = registry.registered("C").at("no");
  CHECK(second.substr(0, 19) == "DJ32050020260000002");
  CHECK(registry.registered("D", Cast::second_seller).at("no").get<std::string>().substr(0, 19) ==
        "DJ32020020260000001");
  registry.ledger.at("2026-12-31T16:00:00Z");
  CHECK(registry.registered("E").at("no").get<std::string>().substr(0, 19) == "DJ32050020270000001");
}

TEST_CASE("a registration lasts to the day before its third anniversary, then reads as expired") {
  Quick registry;
  registry.ledger.at("2026-03-17");
  const std::string no = registry.registered("A").at("no");
  registry.ledger.at("2029-03-16T15:59:59.999Z");
  CHECK(registry.ledger.show("dataset", no).at("effective_status") == "registered");
  CHECK(contracts::registration_in_force(registry.ledger.object<Dataset>(no), registry.ledger.time()));
  registry.ledger.at("2029-03-16T16:00:00Z");
  CHECK(registry.ledger.show("dataset", no).at("effective_status") == "expired");
  CHECK(registry.ledger.show("dataset", no).at("status") == "registered");
  CHECK_FALSE(contracts::registration_in_force(registry.ledger.object<Dataset>(no), registry.ledger.time()));
}

TEST_CASE("a registration is in force from its own instant, not while frozen, and never once revoked") {
  Quick registry;
  registry.ledger.at("2026-03-17");
  Dataset dataset = registry.ledger.object<Dataset>(registry.registered("A").at("no").get<std::string>());
  const LedgerTime start = registry.ledger.time();
  CHECK(contracts::registration_in_force(dataset, start));
  CHECK_FALSE(contracts::registration_in_force(dataset, LedgerTime{start.ms - 1}));
  dataset.history.push_back({LedgerTime{start.ms + 10}, DatasetStatus::frozen});
  dataset.history.push_back({LedgerTime{start.ms + 20}, DatasetStatus::registered});
  CHECK(contracts::registration_in_force(dataset, LedgerTime{start.ms + 9}));
  CHECK_FALSE(contracts::registration_in_force(dataset, LedgerTime{start.ms + 10}));
  CHECK(contracts::registration_in_force(dataset, LedgerTime{start.ms + 20}));
  dataset.status = DatasetStatus::revoked;
  CHECK_FALSE(contracts::registration_in_force(dataset, LedgerTime{start.ms + 20}));
}

TEST_CASE("a registration ends with the agreement of its source") {
  Quick registry;
  registry.ledger.at("2026-03-02");
  const Json form = edited("/source/agreement_until", "2026-12-31");
  CHECK(registry.registered_form(form).at("valid_to") == "2026-12-31");
  Json ended = application("B");
  ended["source"]["agreement_until"] = "2026-03-04";
  const auto late = registry.apply(ended);
  REQUIRE(late.accepted());
  REQUIRE(registry.review(late.entry_id, "accept").accepted());
  registry.ledger.at("2026-03-05");
  CHECK(registry.enter(late.entry_id).refused(RegistrationVerdict::source_ended));
}

TEST_CASE("what an application may not say") {
  Registry registry;
  const auto refused = [&](std::string_view member, const Json& value, auto verdict, std::string_view pointer) {
    CAPTURE(member);
    const auto result = registry.apply(edited(member, value));
    INFO(result.context());
    CHECK(result.refused(verdict));
    CHECK(result.pointer() == pointer);
  };
  refused("/grade", "core", V::core_grade, "/body/grade");
  refused("/grade", "important", V::approval_missing, "/body/approval_ref");
  refused("/source/kind", "public_authorised", V::authorisation_missing, "/body/source/authorisation_no");
  refused("/industry", "mining", V::vocabulary_unknown, "/body/industry");
  refused("/modalities/1", "smell", V::vocabulary_unknown, "/body/modalities/1");
  refused("/stages", Json::array({"later"}), V::vocabulary_unknown, "/body/stages/0");
  refused("/label_methods", Json::array({"4d", "5d"}), V::vocabulary_unknown, "/body/label_methods/1");
  refused("/coverage", Json{{"from", "2026-01-02"}, {"to", "2026-01-01"}}, V::coverage_order, "/body/coverage/to");
  refused("/parents", Json::array({"DJ32050020260000001B"}), General::object_unknown, "/body/parents/0");
}

TEST_CASE("important data is registered with its approval, public data with its authorisation") {
  Registry registry;
  Json form = application("A");
  form["grade"] = "important";
  form["approval_ref"] = "苏数审〔2026〕3号";
  form["source"] = {{"kind", "public_authorised"}, {"authorisation_no", "SQ-2026-17"}};
  CHECK(registry.apply(form).accepted());
}

TEST_CASE("a file list is whole, in the order of paths, sums to the manifest's bytes and has its roots") {
  Registry registry;
  const auto file = [](const char* path, std::int64_t bytes) {
    return Json{{"path", path}, {"bytes", bytes}, {"sha256", b64_of(path)}};
  };
  const auto apply = [&](const Json& list, std::int64_t files, std::int64_t bytes, std::string_view spoilt = {}) {
    Json form = application("A");
    form["manifest"]["list"] = list;
    form["manifest"]["files"] = files;
    form["manifest"]["bytes"] = bytes;
    std::vector<contracts::ManifestFile> read;
    for (const Json& one : list) read.push_back(*state::from_json<contracts::ManifestFile>(one));
    form["manifest"]["root"] = crypto::to_b64(contracts::manifest_root(read));
    form["manifest"]["content_root"] = crypto::to_b64(contracts::manifest_content_root(read));
    if (!spoilt.empty()) form["manifest"][std::string(spoilt)] = b64_of("another");
    return registry.apply(form);
  };
  constexpr auto kVerdict = RegistrationVerdict::manifest_inconsistent;
  CHECK(apply(Json::array({file("a", 1), file("b", 2)}), 3, 3).pointer() == "/body/manifest/files");
  CHECK(apply(Json::array({file("a", 1), file("b", 2)}), 2, 4).pointer() == "/body/manifest/bytes");
  CHECK(apply(Json::array({file("b", 1), file("a", 2)}), 2, 3).pointer() == "/body/manifest/list/1/path");
  CHECK(apply(Json::array({file("a", 1), file("a", 2)}), 2, 3).refused(kVerdict));
  CHECK(apply(Json::array({file("a", 1), file("b", 2)}), 2, 3, "root").pointer() == "/body/manifest/root");
  CHECK(apply(Json::array({file("a", 1), file("b", 2)}), 2, 3, "content_root").pointer() ==
        "/body/manifest/content_root");
  const auto good = apply(Json::array({file("a", 1), file("b", 2)}), 2, 3);
  REQUIRE(good.accepted());
  // The state keeps the roots and the counts; the list stays in the entry.
  CHECK_FALSE(registry.ledger.show("dataset", good.entry_id).at("application").at("manifest").contains("list"));
}

TEST_CASE("co-holders are registered, distinct, not the applicant, and leave the applicant a share") {
  Registry registry;
  const auto apply = [&](const Json& holders) { return registry.apply(edited("/co_holders", holders)); };
  const auto holder = [](const std::string& org, int ppm) { return Json{{"org", org}, {"ppm", ppm}}; };
  CHECK(apply(Json::array({holder(Cast::seller, 1)})).refused(RegistrationVerdict::co_holder_shares));
  CHECK(apply(Json::array({holder(Cast::buyer, 1), holder(Cast::buyer, 1)})).pointer() == "/body/co_holders/1/org");
  CHECK(apply(Json::array({holder(Cast::buyer, 500'000), holder(Cast::outsider, 500'000)})).pointer() ==
        "/body/co_holders");
  CHECK(apply(Json::array({holder(make_uscc("91320000", "MA1UNKNW"), 1)})).refused(General::object_unknown));
  CHECK(apply(Json::array({holder(Cast::buyer, 500'000), holder(Cast::outsider, 499'999)})).accepted());
}

TEST_CASE("a parent is registered, and the licence allows no more than its own") {
  Quick registry;
  Json parent_form = application("P");
  parent_form["licence"] = {
      {"name", "NC"}, {"commercial", false}, {"derivatives", true}, {"redistribution", true}, {"until", "2027-12-31"}};
  const std::string parent = registry.registered_form(parent_form).at("no");
  const std::string pending = registry.applied("Q");
  const auto apply = [&](const std::string& id, const Json& licence) {
    Json form = application("A");
    form["parents"] = Json::array({id});
    form["licence"] = licence;
    return registry.apply(form);
  };
  Json licence{
      {"name", "L"}, {"commercial", false}, {"derivatives", true}, {"redistribution", false}, {"until", "2027-12-31"}};
  const auto early = apply(pending, licence);
  CHECK(early.refused(RegistrationVerdict::parent_not_registered));
  CHECK(early.context() == "dataset " + pending + " is applied; a parent must be registered");
  licence["commercial"] = true;
  CHECK(apply(parent, licence).refused(RegistrationVerdict::licence_exceeds_parent));
  CHECK(apply(parent, licence).pointer() == "/body/licence/commercial");
  licence["commercial"] = false;
  licence["until"] = "2028-01-01";
  CHECK(apply(parent, licence).pointer() == "/body/licence/until");
  licence.erase("until");
  CHECK(apply(parent, licence).pointer() == "/body/licence/until");
  licence["until"] = "2027-12-31";
  CHECK(apply(parent, licence).accepted());
}

TEST_CASE("a review asks for more, the applicant answers with another application, and it is reviewed again") {
  Quick registry;
  const std::string id = registry.applied("A");
  CHECK(registry.review(id, "more").refused(RegistrationVerdict::reason_missing));
  CHECK(registry.review(id, "refuse").refused(RegistrationVerdict::reason_missing));
  REQUIRE(registry.review(id, "more", "标题过简").accepted());
  CHECK(registry.ledger.show("dataset", id).at("review_reason") == "标题过简");
  Json form = application("A");
  form["grade"] = "core";
  const auto bad = registry.supplement(id, form);
  CHECK(bad.refused(RegistrationVerdict::core_grade));
  CHECK(bad.pointer() == "/body/application/grade");
  form["grade"] = "general";
  form["title"] = "苏州市道路车流";
  CHECK(registry.supplement(id, form, Cast::buyer).refused(RegistrationVerdict::not_the_applicant));
  REQUIRE(registry.supplement(id, form).accepted());
  CHECK(registry.status(id) == "applied");
  CHECK(registry.ledger.show("dataset", id).at("application").at("title") == "苏州市道路车流");
  REQUIRE(registry.review(id, "accept").accepted());
  CHECK(registry.enter(id).accepted());
}

TEST_CASE("only the applicant withdraws") {
  Registry registry;
  const std::string id = registry.applied("A");
  const auto other = registry.withdraw(id, Cast::buyer);
  CHECK(other.refused(RegistrationVerdict::not_the_applicant));
  CHECK(registry.ledger.registry().verdict(other.verdict()).http_status == 403);
  CHECK(registry.withdraw(id).accepted());
}

TEST_CASE("an unknown data set is refused by name") {
  Registry registry;
  const auto result = registry.review(b64_of("nothing"), "accept");
  CHECK(result.refused(General::object_unknown));
  CHECK(result.context() == "dataset " + b64_of("nothing"));
}

TEST_CASE("who applied does not decide: not the applicant, not its agent, nobody related to it") {
  Quick registry;
  ContractFixture& ledger = registry.ledger;
  const std::string own = registry.applied("A", Cast::registrar);
  CHECK(registry.review(own, "accept").refused(General::same_party));

  const auto by_agent =
      ledger.submit("dataset.apply", {{"applicant", Cast::seller}, {"agent", Cast::registrar}}, application("B"));
  REQUIRE(by_agent.accepted());
  CHECK(ledger.show("dataset", by_agent.entry_id).at("agent") == Cast::registrar);
  CHECK(registry.review(by_agent.entry_id, "accept").refused(General::same_party));

  const std::string kin = make_uscc("91320500", "MA1K1NAA");
  ledger.register_org({.id = kin, .group = "G1"});
  const std::string id = registry.applied("C", kin);
  ledger.change<contracts::Org>(
      Cast::registrar, [&](contracts::Org& org) { org.groups.push_back({"G1", ledger.today(), std::nullopt}); });
  const auto related = registry.review(id, "accept");
  CHECK(related.refused(RegistrationVerdict::reviewer_related));
  CHECK(related.pointer() == "/parties");
  // The tie ends; the review goes on, but the registration is a decision too.
  ledger.change<contracts::Org>(Cast::registrar,
                                [&](contracts::Org& org) { org.groups.back().until = ledger.today(); });
  ledger.at("2026-01-05");
  REQUIRE(registry.review(id, "accept").accepted());
  ledger.change<contracts::Org>(Cast::registrar, [&](contracts::Org& org) { org.groups.back().until.reset(); });
  CHECK(registry.enter(id).refused(RegistrationVerdict::reviewer_related));
}

TEST_CASE("only a registrar reviews, and an applicant signs its application") {
  Registry registry;
  const std::string id = registry.applied("A");
  const Json body{{"dataset", id}, {"outcome", "accept"}};
  CHECK(registry.ledger.submit("dataset.review", {{"registrar", Cast::buyer}}, body).refused(General::role_not_held));
  CHECK(registry.ledger.submit("dataset.review", {{"platform", Cast::platform}}, body)
            .refused(General::signer_not_wanted));
  CHECK(registry.ledger.submit("dataset.apply", {{"agent", Cast::buyer}}, application("B"))
            .refused(General::signer_missing));
}

TEST_CASE("acceptance makes the fee due by the schedule in force then") {
  Quick registry;
  registry.ledger.enact("fee_schedule", "FEE-REG",
                        {{"payee", Cast::platform}, {"registration_fen", 300'000}, {"service", Json::array()}});
  const std::string id = registry.applied("A");
  const auto accepted = registry.review(id, "accept");
  REQUIRE(accepted.accepted());
  CHECK(accepted.number() == "FY32050020260000001Z");
  CHECK(registry.ledger.show("dataset", id).at("fee") == "FY32050020260000001Z");
  CHECK(registry.ledger.balance("fee/" + Cast::platform + "/due/FY32050020260000001Z") == 300'000);
  // A refused application has none; a held one neither.
  const std::string refused = registry.applied("B");
  CHECK(registry.review(refused, "refuse", "否").number().empty());
  const std::string held = registry.applied("A", Cast::second_seller);
  CHECK(registry.review(held, "accept").number().empty());
}

TEST_CASE("data sets are listed by status, holder, industry, region, category, right and root") {
  Quick registry;
  const std::string id = registry.registered("A").at("id");
  const auto listed = [&](const char* index, const std::string& value) {
    return registry.ledger.view().get(state::index_key("dataset", index, value, id)).has_value();
  };
  CHECK(listed("status", "registered"));
  CHECK_FALSE(listed("status", "applied"));
  CHECK_FALSE(listed("status", "notice"));
  CHECK(listed("holder", Cast::seller));
  CHECK(listed("industry", "transport"));
  CHECK(listed("region", "320500"));
  CHECK(listed("category", "industry_general"));
  CHECK(listed("right", "hold"));
  CHECK(listed("root", b64_of("root A")));
}

}  // namespace dengji::test
