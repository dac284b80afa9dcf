#include "contracts/certification/ratings.hpp"

#include <doctest/doctest.h>

#include "tests/support/deadline_check.hpp"
#include "tests/unit/contracts/certification/certifying.hpp"

namespace dengji::test {
namespace {

using contracts::CertificationVerdict;
using state::General;

const std::vector<By> kCertifierSigns{{"certifier", Cast::certifier}};

Json review_of(const std::string& id, const char* grade, const char* next_review) {
  Json body = rating("");
  body.erase("dataset");
  body["rating"] = id;
  body["grade"] = grade;
  body["next_review"] = next_review;
  return body;
}

}  // namespace

TEST_CASE("several ratings of one data set stand side by side, each with its review day") {
  Certifying world;
  const std::string dataset = world.registered("A");
  const auto first = world.ledger.submit("rating.assess", {{"certifier", Cast::certifier}}, rating(dataset));
  REQUIRE(first.accepted());
  CHECK(first.effect("deadline").at("until") == "2027-01-02");
  CHECK(first.effect("status").at("to") == "excellent");
  const auto second = world.ledger.submit("rating.assess", {{"certifier", Cast::certifier}}, rating(dataset));
  REQUIRE(second.accepted());
  const Json shown = world.ledger.show("rating", first.entry_id);
  CHECK(shown.at("assessor") == Cast::certifier);
  CHECK(shown.at("dataset_no") == dataset);
  CHECK(shown.at("assessment").at("scores").at("accurate") == 95);
  CHECK(shown.at("assessment").at("dataset") == world.ledger.show("dataset", dataset).at("id"));
  CHECK(shown.at("review_overdue") == false);
  CHECK_FALSE(world.ledger.show("rating", second.entry_id).is_null());
  world.ledger.at("2027-01-03");
  CHECK(world.ledger.show("rating", first.entry_id).at("review_overdue") == true);
}

TEST_CASE("a review of a rating is due from who assessed it last, until its data set's registration ends") {
  Certifying world;
  const std::string dataset = world.registered("A");
  const auto rated = world.ledger.submit("rating.assess", kCertifierSigns, rating(dataset));
  REQUIRE(rated.accepted());
  const auto limits = [&] {
    return limits_text(world.ledger.view(), *world.ledger.registry().kind("rating"), rated.entry_id,
                       world.ledger.today());
  };
  CHECK(limits() == "review 2027-01-02");
  world.ledger.at("2027-02-01");
  CHECK(limits() == "review 2027-01-02 overdue");
  REQUIRE(world.ledger.submit("rating.review", kCertifierSigns, review_of(rated.entry_id, "good", "2028-02-01"))
              .accepted());
  CHECK(limits() == "review 2028-02-01");
  REQUIRE(world.ledger
              .submit("dataset.cancel", {{"holder", Cast::seller}, {"registrar", Cast::registrar}},
                      {{"dataset", dataset}, {"reason", "停止"}})
              .accepted());
  CHECK(limits().empty());
}

TEST_CASE("a rating is of a registered data set, by a certifier that is not the holder, reviewed after today") {
  Certifying world;
  const std::string dataset = world.registered("A");
  const auto assess = [&](const Json& body) {
    return world.ledger.submit("rating.assess", {{"certifier", Cast::certifier}}, body);
  };
  Json body = rating(dataset);
  body["next_review"] = "2026-01-02";
  CHECK(assess(body).refused(CertificationVerdict::review_day_past));
  CHECK(assess(rating(world.accepted("B"))).refused(CertificationVerdict::dataset_not_registered));
  CHECK(assess(rating(world.registered("C", Cast::certifier))).refused(General::same_party));
  Json high = rating(dataset);
  high["scores"]["usable"] = 101;
  CHECK(assess(high).error->code == ErrorCode::value_range);
  CHECK(assess(high).pointer() == "/body/scores/usable");
}

TEST_CASE("a review leaves the assessment as it was and says what the rating is worth now") {
  Certifying world;
  ContractFixture& ledger = world.ledger;
  const auto first = ledger.submit("rating.assess", kCertifierSigns, rating(world.registered("A")));
  REQUIRE(first.accepted());
  ledger.at("2027-01-03");
  CHECK(ledger.show("rating", first.entry_id).at("review_overdue") == true);
  const auto worse = ledger.submit("rating.review", kCertifierSigns, review_of(first.entry_id, "pass", "2027-07-01"));
  REQUIRE(worse.accepted());
  CHECK(worse.effect("status").at("from") == "excellent");
  CHECK(worse.effect("status").at("to") == "pass");
  CHECK(worse.effect("deadline").at("what") == "review");
  CHECK(worse.effect("deadline").at("until") == "2027-07-01");
  Json shown = ledger.show("rating", first.entry_id);
  CHECK(shown.at("grade") == "pass");
  CHECK(shown.at("assessment").at("grade") == "excellent");
  CHECK(shown.at("reviews").size() == 1);
  CHECK(shown.at("reviews")[0].at("on") == "2027-01-03");
  CHECK(shown.at("review_overdue") == false);
  CHECK(ledger.view().get(state::index_key("rating", "grade", "pass", first.entry_id)).has_value());
  CHECK_FALSE(ledger.view().get(state::index_key("rating", "grade", "excellent", first.entry_id)).has_value());
  // The same grade again is no change of status.
  const auto same = ledger.submit("rating.review", kCertifierSigns, review_of(first.entry_id, "pass", "2028-01-01"));
  REQUIRE(same.accepted());
  CHECK(same.effect("status").is_null());
  shown = ledger.show("rating", first.entry_id);
  CHECK(shown.at("reviews").size() == 2);
  CHECK(shown.at("next_review") == "2028-01-01");
}

TEST_CASE("a rating is reviewed by a certifier that is not related, while the data set is registered, to a later day") {
  Certifying world;
  ContractFixture& ledger = world.ledger;
  const auto first = ledger.submit("rating.assess", kCertifierSigns, rating(world.registered("A")));
  const auto review = [&](const std::string& id, const char* next) {
    return ledger.submit("rating.review", kCertifierSigns, review_of(id, "good", next));
  };
  CHECK(review(b64_of("none"), "2027-01-01").refused(General::object_unknown));
  CHECK(review(first.entry_id, "2026-01-02").refused(CertificationVerdict::review_day_past));
  CHECK(ledger.submit("rating.review", {{"certifier", Cast::platform}}, review_of(first.entry_id, "good", "2027-01-01"))
            .refused(General::role_not_held));
  ledger.change<contracts::Org>(Cast::certifier, [&](contracts::Org& record) {
    record.ties.push_back({OrgId(Cast::seller), "affiliate", ledger.today(), ledger.today()});
  });
  CHECK(review(first.entry_id, "2027-01-01").refused(CertificationVerdict::assessor_related));
  ledger.at("2029-01-02");
  const auto late = review(first.entry_id, "2030-01-01");
  CHECK(late.refused(CertificationVerdict::dataset_not_registered));
  CHECK(late.pointer() == "/body/rating");
}

}  // namespace dengji::test
