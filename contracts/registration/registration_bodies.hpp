// Bodies of the registration entries, from dataset.apply's companions to the acts on a registered data set. The body of
// dataset.apply itself is the application form (registration.hpp).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "contracts/registration/registration.hpp"

namespace dengji::contracts {

// --- until the registration
enum class ReviewOutcome : std::uint8_t { accept, refuse, more };

struct DatasetReviewBody {
  std::string dataset;
  ReviewOutcome outcome = ReviewOutcome::accept;
  std::optional<std::string> reason;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("dataset", self.dataset, Spec{"Id of the data set", 1, 64});
    visit("outcome", self.outcome, Spec{"Accept it, refuse it, or ask for more"});
    visit("reason", self.reason, Spec{"Why, or what is asked for; needed unless it is accepted", 1, 1000});
  }
};

struct DatasetSupplementBody {
  std::string dataset;
  std::string reply;
  std::optional<std::vector<Hash32>> evidence;
  std::optional<DatasetApplication> application;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("dataset", self.dataset, Spec{"Id of the data set", 1, 64});
    visit("reply", self.reply, Spec{"Answer to what was asked", 1, 1000});
    visit("evidence", self.evidence, Spec{.doc = "SHA-256 of what is handed in", .items_max = 16});
    visit("application", self.application, Spec{"The whole application anew, where it changes"});
  }
};

struct DatasetRegisterBody {
  std::string dataset;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("dataset", self.dataset, Spec{"Id of the data set", 1, 64});
  }
};

struct DatasetWithdrawBody {
  std::string dataset;
  std::optional<std::string> reason;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("dataset", self.dataset, Spec{"Id of the data set", 1, 64});
    visit("reason", self.reason, Spec{"Why", 1, 1000});
  }
};

// --- objections and conflicts
struct DatasetObjectBody {
  std::string dataset;
  std::string reason;
  std::optional<std::vector<Hash32>> evidence;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("dataset", self.dataset, Spec{"Id or number of the data set", 1, 64});
    visit("reason", self.reason, Spec{"What speaks against the registration", 1, 1000});
    visit("evidence", self.evidence, Spec{.doc = "SHA-256 of the evidence", .items_max = 16});
  }
};

enum class RulingOutcome : std::uint8_t { upheld, dismissed };

struct DatasetRuleBody {
  std::string dataset;
  RulingOutcome outcome = RulingOutcome::upheld;
  std::string reason;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("dataset", self.dataset, Spec{"Id of the data set that is objected to, or that is held", 1, 64});
    visit("outcome", self.outcome,
          Spec{"Of an objection: upheld refuses the data set. Of a held one: upheld puts it in the leader's place"});
    visit("reason", self.reason, Spec{"Why", 1, 1000});
  }
};

// --- changes
struct DatasetReleaseBody {
  std::string dataset;
  std::string version;
  Hash32 parent_root;
  Manifest manifest;
  std::optional<std::string> changes;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("dataset", self.dataset, Spec{"Id or number of the data set", 1, 64});
    visit("version", self.version, Spec{"Version of the content, new for this data set", 1, 64});
    visit("parent_root", self.parent_root, Spec{"Root of the manifest that it follows, the current one"});
    visit("manifest", self.manifest, Spec{"What the data set consists of from now on"});
    visit("changes", self.changes, Spec{"What is new", 1, 2000});
  }
};

struct DatasetAmendBody {
  std::string dataset;
  std::string reason;
  DatasetApplication application;
  std::optional<std::vector<Hash32>> evidence;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("dataset", self.dataset, Spec{"Id or number of the data set", 1, 64});
    visit("reason", self.reason, Spec{"Why", 1, 1000});
    visit("application", self.application,
          Spec{"The whole form as it is to read; right, manifest, parents and content_version stay"});
    visit("evidence", self.evidence, Spec{.doc = "SHA-256 of the evidence", .items_max = 16});
  }
};

// Members that are given take the place of those of the form.
struct DatasetCorrectBody {
  std::string dataset;
  std::string reason;
  std::optional<std::string> title;
  std::optional<std::string> description;
  std::optional<std::string> industry;
  std::optional<std::vector<std::string>> modalities;
  std::optional<std::string> schema_summary;
  std::optional<std::vector<std::string>> standards;
  std::optional<Coverage> coverage;
  std::optional<std::string> storage_place;
  std::optional<std::vector<ExternalCode>> external_codes;
  std::optional<std::vector<std::string>> keywords;
  std::optional<std::string> homepage;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("dataset", self.dataset, Spec{"Id or number of the data set", 1, 64});
    visit("reason", self.reason, Spec{"Why it is an obvious error", 1, 1000});
    visit("title", self.title, Spec{"Title", 1, 200});
    visit("description", self.description, Spec{"What the data are", 1, 4000});
    visit("industry", self.industry, Spec{"Industry, from the vocabulary", 1, 32});
    visit("modalities", self.modalities,
          Spec{.doc = "Modalities, from the vocabulary", .min = 1, .max = 32, .items_min = 1, .items_max = 8});
    visit("schema_summary", self.schema_summary, Spec{"Fields and their types, in short", 1, 4000});
    visit("standards", self.standards, Spec{.doc = "Standards it meets", .min = 1, .max = 100, .items_max = 16});
    visit("coverage", self.coverage, Spec{"Time and area that the data describe"});
    visit("storage_place", self.storage_place, Spec{"Where the data are kept", 1, 200});
    visit("external_codes", self.external_codes, Spec{.doc = "Codes given by others", .items_max = 8});
    visit("keywords", self.keywords, Spec{.doc = "Keywords", .min = 1, .max = 64, .items_max = 16});
    visit("homepage", self.homepage, Spec{"URL of its page", 1, 300});
  }
};

// --- rights in it
struct DatasetTransferBody {
  std::string dataset;
  Hash32 agreement;
  std::optional<std::string> reason;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("dataset", self.dataset, Spec{"Id or number of the data set", 1, 64});
    visit("agreement", self.agreement, Spec{"SHA-256 of the transfer agreement"});
    visit("reason", self.reason, Spec{"Why: sale, merger, inheritance …", 1, 1000});
  }
};

struct DatasetLicenseBody {
  std::string dataset;
  Licence licence;
  bool exclusive = false;
  Hash32 agreement;
  std::optional<Date> from;
  std::optional<std::string> under;
  std::optional<std::string> scope;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("dataset", self.dataset, Spec{"Id or number of the data set", 1, 64});
    visit("licence", self.licence, Spec{"What is allowed, and to what day; as long as may be if that is absent"});
    visit("exclusive", self.exclusive, Spec{"Nobody else is licensed at the same time"});
    visit("agreement", self.agreement, Spec{"SHA-256 of the licence agreement"});
    visit("from", self.from, Spec{"First day; today if absent"});
    visit("under", self.under, Spec{"Id of the licence that a sub-licence is granted under", 1, 64});
    visit("scope", self.scope, Spec{"Field of use", 1, 1000});
  }
};

struct DatasetEncumberBody {
  std::string dataset;
  Hash32 agreement;
  std::optional<Fen> secured_fen;
  std::optional<Date> until;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("dataset", self.dataset, Spec{"Id or number of the data set", 1, 64});
    visit("agreement", self.agreement, Spec{"SHA-256 of the pledge agreement"});
    visit("secured_fen", self.secured_fen, Spec{"Amount that it secures", 1});
    visit("until", self.until, Spec{"Day on which the secured debt is due"});
  }
};

struct DatasetDischargeBody {
  std::string dataset;
  std::optional<std::string> reason;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("dataset", self.dataset, Spec{"Id or number of the data set", 1, 64});
    visit("reason", self.reason, Spec{"Why: paid, waived …", 1, 1000});
  }
};

// --- standing
struct DatasetRenewBody {
  std::string dataset;
  std::optional<Date> valid_to;
  std::optional<Source> source;
  std::optional<Hash32> commitment;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("dataset", self.dataset, Spec{"Id or number of the data set", 1, 64});
    visit("valid_to", self.valid_to, Spec{"New last day; the longest that is allowed if absent"});
    visit("source", self.source, Spec{"The source anew, where its agreement was extended"});
    visit("commitment", self.commitment, Spec{"SHA-256 of a new letter of commitment (承诺书)"});
  }
};

// dataset.cancel and dataset.unfreeze.
struct DatasetReasonBody {
  std::string dataset;
  std::string reason;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("dataset", self.dataset, Spec{"Id or number of the data set", 1, 64});
    visit("reason", self.reason, Spec{"Why", 1, 1000});
  }
};

struct DatasetFreezeBody {
  std::string dataset;
  std::string reason;
  Date until;
  std::optional<std::vector<Hash32>> evidence;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("dataset", self.dataset, Spec{"Id or number of the data set", 1, 64});
    visit("reason", self.reason, Spec{"Why", 1, 1000});
    visit("until", self.until, Spec{"Last day of the freeze"});
    visit("evidence", self.evidence, Spec{.doc = "SHA-256 of the evidence", .items_max = 16});
  }
};

struct DatasetRevokeBody {
  std::string dataset;
  RevokeCause cause = RevokeCause::fraud;
  std::string reason;
  std::optional<std::vector<Hash32>> evidence;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("dataset", self.dataset, Spec{"Id or number of the data set", 1, 64});
    visit("cause", self.cause, Spec{"Cause"});
    visit("reason", self.reason, Spec{"Why", 1, 1000});
    visit("evidence", self.evidence, Spec{.doc = "SHA-256 of the evidence", .items_max = 16});
  }
};

struct DatasetRecogniseBody {
  DatasetApplication application;
  Recognition recognition;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("application", self.application, Spec{"The data set, as an application describes it"});
    visit("recognition", self.recognition, Spec{"The registration that is recognised"});
  }
};

}  // namespace dengji::contracts

template <>
struct dengji::state::EnumNames<dengji::contracts::ReviewOutcome> {
  static constexpr std::array names{"accept", "refuse", "more"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::RulingOutcome> {
  static constexpr std::array names{"upheld", "dismissed"};
};
