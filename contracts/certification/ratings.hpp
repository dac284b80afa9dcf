// Quality ratings of registered data sets (评测), and their periodic review (定期复核): a certifier that is not related
// to the holder scores a data set and names the day by which it is to be looked at again. What was assessed stays as it
// was; each review is added to it, and the last one is what the rating says now. Verdicts are the certification area's.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/state/registry.hpp"

namespace dengji::contracts {

using namespace dengji::state;  // NOLINT: contracts speak the vocabulary of state throughout

enum class RatingGrade : std::uint8_t { excellent, good, pass, fail };

struct Scores {
  std::int64_t complete = 0;
  std::int64_t conforming = 0;
  std::int64_t accurate = 0;
  std::int64_t usable = 0;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("complete", self.complete, Spec{"Complete (完整)", 0, 100});
    visit("conforming", self.conforming, Spec{"Conforming (规范)", 0, 100});
    visit("accurate", self.accurate, Spec{"Accurate (准确)", 0, 100});
    visit("usable", self.usable, Spec{"Usable (实用)", 0, 100});
  }
};

struct Tool {
  std::string name;
  std::string version;
  Hash32 sha256;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("name", self.name, Spec{"Name", 1, 100});
    visit("version", self.version, Spec{"Version", 1, 50});
    visit("sha256", self.sha256, Spec{"SHA-256 of the tool"});
  }
};

// What a certifier found, the first time or at a review.
struct Assessment {
  Scores scores;
  RatingGrade grade = RatingGrade::pass;
  Tool tool;
  Hash32 sample;
  Date next_review;
  std::optional<Hash32> report;
  std::optional<std::string> note;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("scores", self.scores, Spec{"Scores from 0 to 100"});
    visit("grade", self.grade, Spec{"Grade that follows"});
    visit("tool", self.tool, Spec{"Tool that was used"});
    visit("sample", self.sample, Spec{"SHA-256 of the list of sampled records"});
    visit("next_review", self.next_review, Spec{"Day by which it is to be reviewed"});
    visit("report", self.report, Spec{"SHA-256 of the report"});
    visit("note", self.note, Spec{"Remarks", 1, 1000});
  }
};

struct RatingBody : Assessment {
  std::string dataset;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("dataset", self.dataset, Spec{"Id or registration number of the data set", 1, 64});
    Assessment::fields(self, visit);
  }
};

struct RatingReviewBody : Assessment {
  std::string rating;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("rating", self.rating, Spec{"entry_id of the assessment that is reviewed", 43, 43});
    Assessment::fields(self, visit);
  }
};

struct RatingReview : Assessment {
  OrgId assessor;
  Date on;
  std::int64_t seq = 0;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("assessor", self.assessor, Spec{"Certifier that reviewed"});
    visit("on", self.on, Spec{"Day of the review"});
    visit("seq", self.seq, Spec{"Entry of the review"});
    Assessment::fields(self, visit);
  }
};

struct Rating {
  static constexpr std::string_view kKind = "rating";

  std::string id;  // entry_id of the assessment, base64url
  OrgId assessor;
  OrgId holder;
  RegNo dataset_no;
  Date assessed_on;
  std::int64_t assessed_seq = 0;
  RatingBody assessment;
  std::optional<std::vector<RatingReview>> reviews;  // oldest first

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("id", self.id, Spec{"entry_id of the assessment"});
    visit("assessor", self.assessor, Spec{"Certifier that assessed"});
    visit("holder", self.holder, Spec{"Holder of the data set then"});
    visit("dataset_no", self.dataset_no, Spec{"Registration number"});
    visit("assessed_on", self.assessed_on, Spec{"Day of the assessment"});
    visit("assessed_seq", self.assessed_seq, Spec{"Entry of the assessment"});
    visit("assessment", self.assessment, Spec{"What was assessed; dataset is the object id here"});
    visit("reviews", self.reviews, Spec{"Later reviews, oldest first"});
  }

  std::string object_id() const { return id; }
  static void indexes(const Rating& rating, IndexSink& sink);
  static constexpr std::array kDeadlines{
      DeadlineName{"review", "A certifier looks at the rated data set again", "评测机构定期复核评级"}};
  // While its data set is registered; who assessed it last is the one to look again.
  static std::vector<Deadline> deadlines(const Rating& rating, DeadlineCall& call);
  // Adds grade and next_review as the last review left them, and review_overdue.
  static void extend_json(const Rating& rating, const ReadView& view, LedgerTime now, Json& json);

  // As the last review left it; the first assessment if there was none.
  const Assessment& latest() const;
  std::int64_t latest_seq() const;
  // The day on which it was first found excellent, by the assessment or a review, whatever it was found later.
  std::optional<Date> first_excellent_on() const;
};

void add_rating_types(std::vector<EntryTypeInfo>& types);

}  // namespace dengji::contracts

template <>
struct dengji::state::EnumNames<dengji::contracts::RatingGrade> {
  static constexpr std::array names{"excellent", "good", "pass", "fail"};
};
