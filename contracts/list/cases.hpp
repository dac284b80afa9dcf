// Application cases (应用案例): how data was put to use, told by an organisation that took part and tied to what the
// ledger knows of it. A case is submitted once and stays. Verdicts are those of the lists (lists.hpp).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/state/registry.hpp"

namespace dengji::contracts {

using namespace dengji::state;  // NOLINT: contracts speak the vocabulary of state throughout

struct CaseSubmitBody {
  std::string title;
  std::int64_t year = 0;
  std::string summary;
  std::optional<std::string> results;
  std::optional<RegNo> trade;
  std::optional<std::string> dataset;
  std::optional<RegNo> filing;
  std::optional<std::vector<Hash32>> evidence;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("title", self.title, Spec{"Title", 1, 200});
    visit("year", self.year, Spec{"Year", 2000, 9999});
    visit("summary", self.summary, Spec{"Who used what for what", 1, 4000});
    visit("results", self.results, Spec{"What came of it", 1, 2000});
    visit("trade", self.trade, Spec{"Trade behind it, of which the submitter is a party"});
    visit("dataset", self.dataset, Spec{"Data set behind it: id or registration number", 1, 64});
    visit("filing", self.filing, Spec{"Filing behind it, of which the submitter is a party"});
    visit("evidence", self.evidence, Spec{.doc = "SHA-256 of supporting papers", .items_max = 16});
  }
};

struct Case {
  static constexpr std::string_view kKind = "case";

  std::string id;  // entry_id of the submission, base64url
  OrgId submitter;
  CaseSubmitBody submission;           // dataset is the object id here
  std::optional<std::string> dataset;  // named, or behind the trade
  Date submitted_on;
  std::int64_t submitted_seq = 0;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("id", self.id, Spec{"entry_id of the submission"});
    visit("submitter", self.submitter, Spec{"Who submitted it"});
    visit("submission", self.submission, Spec{"The case; dataset is the object id here"});
    visit("dataset", self.dataset, Spec{"Data set that is named or stands behind the trade", 1, 64});
    visit("submitted_on", self.submitted_on, Spec{"Day of submission"});
    visit("submitted_seq", self.submitted_seq, Spec{"Entry of submission"});
  }

  std::string object_id() const { return id; }
  static void indexes(const Case& submitted, IndexSink& sink);
};

void add_case_types(std::vector<EntryTypeInfo>& types);

}  // namespace dengji::contracts
