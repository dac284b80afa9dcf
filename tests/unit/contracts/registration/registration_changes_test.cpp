// Releases, amendments and corrections of a registered data set.
#include "tests/unit/contracts/registration/registration_bench.hpp"

namespace dengji::test {
namespace {

using Quick = QuickRegistry;
using V = contracts::RegistrationVerdict;
using state::General;

Json changed(const Json& form, std::string_view pointer, const Json& value) {
  Json next = form;
  next[Json::json_pointer(std::string(pointer))] = value;
  return next;
}

}  // namespace

TEST_CASE("a release brings a manifest and a version; its record tells what it followed") {
  Quick registry;
  const std::string no = registry.number("A");
  const auto done = registry.release(no, "A", "A2", "2.0");
  REQUIRE(done.accepted());
  const Json shown = registry.ledger.show("dataset", no);
  CHECK(shown.at("application").at("manifest").at("root") == b64_of("root A2"));
  CHECK(shown.at("application").at("content_version") == "2.0");
  const Json release = registry.ledger.show("release", done.entry_id);
  CHECK(release.at("parent_root") == b64_of("root A"));
  CHECK(release.at("version") == "2.0");
  CHECK(release.at("dataset_no") == no);
  CHECK(registry.release(no, "A2", "A3", "3.0").accepted());
}

TEST_CASE("a release follows the current root, has other content and a version of its own") {
  Quick registry;
  Json form = application("A");
  form["content_version"] = "1";
  const std::string no = registry.registered_form(form).at("no");
  const auto stale = registry.release(no, "B", "A2", "2");
  CHECK(stale.refused(V::release_stale));
  CHECK(stale.context().find(b64_of("root A")) != std::string::npos);
  CHECK(registry.release(no, "A", "A", "2").refused(V::release_unchanged));
  CHECK(registry.release(no, "A", "A2", "1").refused(V::version_taken));
  REQUIRE(registry.release(no, "A", "A2", "2").accepted());
  // Back to the old content under a new version is a release; an old version name never comes back.
  CHECK(registry.release(no, "A2", "A", "1").refused(V::version_taken));
  REQUIRE(registry.release(no, "A2", "A", "3").accepted());
  CHECK(registry.release(no, "A", "A2", "2").refused(V::version_taken));
  const auto stranger = registry.release(no, "A", "A4", "4", Cast::buyer);
  CHECK(stranger.refused(V::not_the_holder));
  CHECK(registry.ledger.registry().verdict(stranger.verdict()).http_status == 403);
}

TEST_CASE("one live registration per root and right: of released roots, earlier ones and new ones") {
  Quick registry;
  const std::string a = registry.number("A");
  const std::string b = registry.number("B", Cast::buyer);
  const auto taken = registry.release(a, "A", "B", "2");
  CHECK(taken.refused(V::conflict_leads));
  CHECK(taken.context().find(b) != std::string::npos);
  REQUIRE(registry.release(a, "A", "A2", "2").accepted());
  CHECK(registry.status(registry.accepted("A", Cast::buyer)) == "held");
  CHECK(registry.status(registry.accepted("A2", Cast::buyer)) == "held");
  REQUIRE(registry.cancel(a).accepted());
  CHECK(registry.status(registry.accepted("A", Cast::outsider)) == "notice");
  CHECK(registry.status(registry.accepted("A2", Cast::outsider)) == "notice");
}

TEST_CASE("a release with a file list has to agree with it") {
  Quick registry;
  const std::string no = registry.number("A");
  const auto result =
      registry.ledger.submit("dataset.release", {{"holder", Cast::seller}},
                             {{"dataset", no},
                              {"version", "2"},
                              {"parent_root", b64_of("root A")},
                              {"manifest",
                               {{"root", b64_of("x")},
                                {"content_root", b64_of("y")},
                                {"files", 2},
                                {"bytes", 1},
                                {"list", Json::array({Json{{"path", "a"}, {"bytes", 1}, {"sha256", b64_of("a")}}})}}}});
  CHECK(result.refused(V::manifest_inconsistent));
  CHECK(result.pointer() == "/body/manifest/files");
}

TEST_CASE("an amendment names what changes; right, content and parents are not its business") {
  Quick registry;
  const std::string no = registry.number("A");
  const Json form = application("A");
  Json next = changed(form, "/title", "苏州道路车流");
  next["storage_place"] = "苏州";
  const auto done = registry.amend(no, next);
  REQUIRE(done.accepted());
  CHECK(done.effect("flag").at("code") == "amended");
  CHECK(done.effect("flag").at("members") == Json::array({"storage_place", "title"}));
  CHECK(registry.ledger.show("dataset", no).at("application").at("title") == "苏州道路车流");
  CHECK(registry.amend(no, next).refused(V::nothing_changes));
  CHECK(registry.amend(no, form).accepted());

  for (const auto& [member, value] :
       {std::pair{"right", Json("operate")}, std::pair{"content_version", Json("2")},
        std::pair{"parents", Json::array({no})}, std::pair{"manifest", application("B").at("manifest")}}) {
    CAPTURE(member);
    const auto fixed = registry.amend(no, changed(form, std::string("/") + member, value));
    CHECK(fixed.refused(V::member_fixed));
    CHECK(fixed.pointer() == std::string("/body/application/") + member);
  }
  CHECK(registry.amend(no, changed(form, "/grade", "core")).refused(V::core_grade));
  CHECK(registry.amend(no, changed(form, "/title", "x"), Cast::buyer).refused(V::not_the_holder));
}

TEST_CASE("an amendment of shares is signed by every co-holder whose share changes") {
  Quick registry;
  Json form = application("A");
  form["co_holders"] = Json::array({Json{{"org", Cast::buyer}, {"ppm", 300'000}}});
  const std::string no = registry.registered_form(form).at("no");
  Json next = form;
  next["co_holders"] =
      Json::array({Json{{"org", Cast::buyer}, {"ppm", 100'000}}, Json{{"org", Cast::outsider}, {"ppm", 5}}});
  const Json body{{"dataset", no}, {"reason", "份额变更"}, {"application", next}};
  const std::vector<By> both{{"holder", Cast::seller}, {"registrar", Cast::registrar}};
  const auto sign = [&](std::vector<std::string> co_holders) {
    std::vector<By> by = both;
    for (const std::string& org : co_holders) by.push_back({"co_holder", org});
    return registry.ledger.submit("dataset.amend", by, body);
  };
  const auto none = sign({});
  CHECK(none.refused(V::co_holder_must_sign));
  CHECK(none.context().find(Cast::buyer) != std::string::npos);
  CHECK(sign({Cast::buyer}).context().find(Cast::outsider) != std::string::npos);
  CHECK(sign({Cast::outsider}).refused(V::co_holder_must_sign));
  CHECK(sign({Cast::buyer, Cast::outsider}).accepted());
  // A share that stays needs nobody.
  CHECK(registry.amend(no, changed(next, "/title", "x")).accepted());
}

TEST_CASE("the licence is not narrowed below a data set made from it or a licence granted in it") {
  Quick registry;
  const std::string parent = registry.number("P");
  Json child = application("C");
  child["parents"] = Json::array({parent});
  child["licence"]["commercial"] = false;
  const std::string child_no = registry.registered_form(child, Cast::buyer).at("no");
  const Json form = application("P");
  const auto narrow = registry.amend(parent, changed(form, "/licence/derivatives", false));
  CHECK(narrow.refused(V::licence_in_use));
  CHECK(narrow.context().find(child_no) != std::string::npos);
  CHECK(narrow.pointer() == "/body/application/licence/derivatives");
  REQUIRE(registry.amend(parent, changed(form, "/licence/commercial", false)).accepted());
  REQUIRE(registry.amend(parent, form).accepted());

  const auto granted = registry.license(parent, {{"licence",
                                                  {{"name", "L"},
                                                   {"commercial", true},
                                                   {"derivatives", false},
                                                   {"redistribution", false},
                                                   {"until", "2026-06-30"}}}});
  REQUIRE(granted.accepted());
  const auto held = registry.amend(parent, changed(form, "/licence/commercial", false));
  CHECK(held.refused(V::licence_in_use));
  CHECK(held.context().find(granted.entry_id) != std::string::npos);
  registry.ledger.at("2026-07-01");
  CHECK(registry.amend(parent, changed(form, "/licence/commercial", false)).accepted());
}

TEST_CASE("a parent that allows less by now, or is gone, stops the registration of what is made from it") {
  Quick registry;
  const std::string parent = registry.number("P");
  Json child = application("C");
  child["parents"] = Json::array({parent});
  const std::string id = registry.must(registry.apply(child, Cast::buyer)).entry_id;
  REQUIRE(registry.review(id, "accept").accepted());
  REQUIRE(registry.amend(parent, changed(application("P"), "/licence/commercial", false)).accepted());
  const auto wider = registry.enter(id);
  CHECK(wider.refused(V::licence_exceeds_parent));
  CHECK(wider.pointer() == "/body/dataset");
  REQUIRE(registry.amend(parent, application("P")).accepted());
  REQUIRE(registry.freeze(parent, "2026-02-01").accepted());
  CHECK(registry.enter(id).refused(V::parent_not_registered));
  REQUIRE(registry.unfreeze(parent).accepted());
  CHECK(registry.enter(id).accepted());
}

TEST_CASE("the licence of a data set is not widened beyond its parent's") {
  Quick registry;
  Json parent = application("P");
  parent["licence"]["commercial"] = false;
  const std::string no = registry.registered_form(parent).at("no");
  Json child = application("C");
  child["parents"] = Json::array({no});
  child["licence"]["commercial"] = false;
  const std::string child_no = registry.registered_form(child).at("no");
  CHECK(registry.amend(child_no, changed(child, "/licence/commercial", true)).refused(V::licence_exceeds_parent));
}

TEST_CASE("an agreement with the source that ends sooner shortens registration and certificate, never the reverse") {
  Quick registry;
  const std::string no = registry.number("A");
  const std::string certificate = registry.must(registry.certify(no)).number();
  const Json form = application("A");
  const auto done = registry.amend(no, changed(form, "/source/agreement_until", "2026-12-31"));
  REQUIRE(done.accepted());
  CHECK(registry.ledger.show("dataset", no).at("valid_to") == "2026-12-31");
  CHECK(registry.ledger.show("certificate", certificate).at("valid_to") == "2026-12-31");
  REQUIRE(registry.amend(no, changed(form, "/source/agreement_until", "2030-12-31")).accepted());
  CHECK(registry.ledger.show("dataset", no).at("valid_to") == "2026-12-31");
  CHECK(registry.amend(no, changed(form, "/source/agreement_until", "2026-01-01")).refused(V::source_ended));
}

TEST_CASE("a certificate that had still to begin is cancelled with a registration cut before its first day") {
  Quick registry;
  const std::string no = registry.number("A");
  const std::string certificate = registry.must(registry.certify(no, {{"valid_from", "2026-06-01"}})).number();
  REQUIRE(registry.amend(no, changed(application("A"), "/source/agreement_until", "2026-05-01")).accepted());
  CHECK(registry.certificate_status(certificate) == "cancelled");
}

TEST_CASE("the registrar corrects obvious errors, and says which") {
  Quick registry;
  const std::string no = registry.number("A");
  const auto done = registry.correct(no, {{"title", "道路车流"}, {"keywords", Json::array({"交通"})}});
  REQUIRE(done.accepted());
  CHECK(done.effect("flag").at("code") == "corrected");
  CHECK(done.effect("flag").at("members") == Json::array({"keywords", "title"}));
  const Json form = registry.ledger.show("dataset", no).at("application");
  CHECK(form.at("title") == "道路车流");
  CHECK(form.at("description") == application("A").at("description"));
  CHECK(registry.correct(no, {{"title", "道路车流"}}).refused(V::nothing_changes));
  const auto word = registry.correct(no, {{"industry", "mining"}});
  CHECK(word.refused(V::vocabulary_unknown));
  CHECK(word.pointer() == "/body/industry");
  const Json all{{"description", "d"},
                 {"industry", "finance"},
                 {"modalities", Json::array({"text"})},
                 {"schema_summary", "s"},
                 {"standards", Json::array({"GB"})},
                 {"coverage", {{"area", "苏州"}}},
                 {"storage_place", "苏州"},
                 {"external_codes", Json::array({Json{{"scheme", "doi"}, {"code", "10/1"}}})},
                 {"homepage", "https://example.org/"}};
  const auto every = registry.correct(no, all);
  INFO(every.context());
  REQUIRE(every.accepted());
  CHECK(every.effect("flag").at("members").size() == all.size());
}

}  // namespace dengji::test
