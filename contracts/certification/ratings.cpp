#include "contracts/certification/ratings.hpp"

#include "contracts/certification/certification_checks.hpp"
#include "contracts/subsidy/subsidies.hpp"
#include "crypto/base64.hpp"

namespace dengji::contracts {
namespace {

using V = CertificationVerdict;

// The data set, once the certifier may rate it.
std::expected<Dataset, Refusal> rateable(const EntryTx& tx, std::string_view id, std::string_view pointer) {
  auto dataset = tx.need<Dataset>(id, pointer);
  if (!dataset) return dataset;
  if (auto may = check_certifying_party(tx, tx.context().org("certifier"), dataset->holder, V::assessor_related);
      !may) {
    return std::unexpected(std::move(may.error()));
  }
  if (auto may = check_certifiable(tx, *dataset, pointer); !may) return std::unexpected(std::move(may.error()));
  return dataset;
}

Verdict check_review_day(const EntryTx& tx, Date next_review) {
  if (next_review > tx.context().day()) return {};
  return refuse(V::review_day_past, "today is " + format_date(tx.context().day()), "/body/next_review");
}

// --- rating.assess
Verdict apply_assess(EntryTx& tx, const RatingBody& body) {
  const auto dataset = rateable(tx, body.dataset, "/body/dataset");
  if (!dataset) return std::unexpected(dataset.error());
  DENGJI_TRY(check_review_day(tx, body.next_review));
  Rating rating;
  rating.id = crypto::to_b64(tx.context().entry_id);
  rating.assessor = tx.context().org("certifier");
  rating.holder = dataset->holder;
  rating.dataset_no = *dataset->no;
  rating.assessed_on = tx.context().day();
  rating.assessed_seq = static_cast<std::int64_t>(tx.context().seq.value);
  rating.assessment = body;
  rating.assessment.dataset = dataset->id;
  tx.put(rating);
  tx.status(Rating::kKind, rating.id, "", name_of(body.grade));
  tx.deadline(Rating::kKind, rating.id, "review", body.next_review);
  tx.subject(Rating::kKind, rating.id);
  return body.grade == RatingGrade::fail ? on_rating_changed(tx, rating) : Verdict{};
}

// --- rating.review
Verdict apply_rating_review(EntryTx& tx, const RatingReviewBody& body) {
  auto rating = tx.need<Rating>(body.rating, "/body/rating");
  if (!rating) return std::unexpected(std::move(rating.error()));
  const auto dataset = rateable(tx, rating->assessment.dataset, "/body/rating");
  if (!dataset) return std::unexpected(dataset.error());
  DENGJI_TRY(check_review_day(tx, body.next_review));
  const RatingGrade before = rating->latest().grade;
  RatingReview review;
  static_cast<Assessment&>(review) = body;
  review.assessor = tx.context().org("certifier");
  review.on = tx.context().day();
  review.seq = static_cast<std::int64_t>(tx.context().seq.value);
  if (!rating->reviews) rating->reviews.emplace();
  rating->reviews->push_back(std::move(review));
  tx.put(*rating);
  if (before != body.grade) tx.status(Rating::kKind, rating->id, name_of(before), name_of(body.grade));
  tx.deadline(Rating::kKind, rating->id, "review", body.next_review);
  tx.subject(Rating::kKind, rating->id);
  return body.grade == RatingGrade::fail ? on_rating_changed(tx, *rating) : Verdict{};
}

}  // namespace

const Assessment& Rating::latest() const {
  if (reviews && !reviews->empty()) return reviews->back();
  return assessment;
}

std::int64_t Rating::latest_seq() const {
  return reviews && !reviews->empty() ? reviews->back().seq : assessed_seq;
}

std::optional<Date> Rating::first_excellent_on() const {
  if (assessment.grade == RatingGrade::excellent) return assessed_on;
  if (!reviews) return std::nullopt;
  for (const RatingReview& review : *reviews) {
    if (review.grade == RatingGrade::excellent) return review.on;
  }
  return std::nullopt;
}

void Rating::indexes(const Rating& rating, IndexSink& sink) {
  sink.add("dataset", rating.assessment.dataset);
  sink.add("assessor", rating.assessor.text);
  sink.add("grade", name_of(rating.latest().grade));
  index_open(sink);
}

std::vector<Deadline> Rating::deadlines(const Rating& rating, DeadlineCall& call) {
  const auto dataset = find_object<Dataset>(call.view(), rating.assessment.dataset);
  const std::string_view status = dataset ? effective_status(*dataset, call.today()) : "";
  if (status != "registered" && status != "frozen") return {};
  const bool reviewed = rating.reviews && !rating.reviews->empty();
  const Date since = reviewed ? rating.reviews->back().on : rating.assessed_on;
  const OrgId& assessor = reviewed ? rating.reviews->back().assessor : rating.assessor;
  return {{"review", since, rating.latest().next_review, "certifier", assessor}};
}

void Rating::extend_json(const Rating& rating, const ReadView&, LedgerTime now, Json& json) {
  const Assessment& latest = rating.latest();
  json["grade"] = std::string(name_of(latest.grade));
  json["next_review"] = format_date(latest.next_review);
  json["review_overdue"] = latest.next_review < shanghai_day(now);
}

void add_rating_types(std::vector<EntryTypeInfo>& types) {
  constexpr std::string_view kArea = "certification";
  const std::vector<SignerRule> certifier{{{"certifier"}, 1, 1}};
  types.push_back(entry_type<RatingBody, &apply_assess>(
      "rating.assess", kArea, {"Rates the quality of a registered data set", "评测数据集质量并评级"}, certifier,
      Visibility::everyone));
  types.push_back(entry_type<RatingReviewBody, &apply_rating_review>(
      "rating.review", kArea,
      {"Looks at a rated data set again: scores and grade anew, and the day of the next review", "定期复核评级"},
      certifier, Visibility::everyone));
}

}  // namespace dengji::contracts
