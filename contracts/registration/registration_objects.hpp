// What stands beside a data set: objections to it, releases of its content, licences granted in it. Each is known by
// the entry_id of the entry that made it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/registration/registration.hpp"

namespace dengji::contracts {

enum class ObjectionStatus : std::uint8_t { open, upheld, dismissed, noted, lapsed };

// Open while it stops a registration; noted if it came after the notice and only flags; lapsed if the application ended
// otherwise.
struct Objection {
  static constexpr std::string_view kKind = "objection";

  std::string id;
  std::string dataset;
  OrgId objector;
  std::string reason;
  std::optional<std::vector<Hash32>> evidence;
  ObjectionStatus status = ObjectionStatus::open;
  Date filed_on;
  std::int64_t filed_seq = 0;
  std::optional<std::string> ruling;
  std::optional<OrgId> ruled_by;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("id", self.id, Spec{"entry_id of the objection"});
    visit("dataset", self.dataset, Spec{"Id of the data set"});
    visit("objector", self.objector, Spec{"Who objects"});
    visit("reason", self.reason, Spec{"What speaks against the registration", 1, 1000});
    visit("evidence", self.evidence, Spec{.doc = "SHA-256 of the evidence", .items_max = 16});
    visit("status", self.status, Spec{"Status"});
    visit("filed_on", self.filed_on, Spec{"Day of the objection"});
    visit("filed_seq", self.filed_seq, Spec{"Entry of the objection"});
    visit("ruling", self.ruling, Spec{"Reason of the ruling", 1, 1000});
    visit("ruled_by", self.ruled_by, Spec{"Registrar that ruled"});
  }

  std::string object_id() const { return id; }
  static void indexes(const Objection& objection, IndexSink& sink);
};

// One version of a data set's content, as dataset.release brought it.
struct Release {
  static constexpr std::string_view kKind = "release";

  std::string id;
  std::string dataset;
  RegNo dataset_no;
  OrgId holder;
  std::string version;
  Manifest manifest;
  Hash32 parent_root;
  std::optional<std::string> changes;
  Date released_on;
  std::int64_t released_seq = 0;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("id", self.id, Spec{"entry_id of the release"});
    visit("dataset", self.dataset, Spec{"Id of the data set"});
    visit("dataset_no", self.dataset_no, Spec{"Registration number of the data set"});
    visit("holder", self.holder, Spec{"Holder then"});
    visit("version", self.version, Spec{"Version of the content", 1, 64});
    visit("manifest", self.manifest, Spec{"What the data set consists of; the entry also holds the inline file list"});
    visit("parent_root", self.parent_root, Spec{"Root of the manifest that it followed"});
    visit("changes", self.changes, Spec{"What is new", 1, 2000});
    visit("released_on", self.released_on, Spec{"Day of the release"});
    visit("released_seq", self.released_seq, Spec{"Entry of the release"});
  }

  std::string object_id() const { return id; }
  static void indexes(const Release& release, IndexSink& sink);
};

// A licence that a holder, or a licensee that may pass it on, granted to one other organisation.
struct GrantedLicence {
  static constexpr std::string_view kKind = "licence";

  std::string id;
  std::string dataset;
  RegNo dataset_no;
  Right right = Right::hold;
  OrgId licensor;
  OrgId licensee;
  Licence terms;  // `until` always set
  bool exclusive = false;
  Date from;
  Hash32 agreement;
  std::optional<std::string> under;
  std::optional<std::string> scope;
  Date granted_on;
  std::int64_t granted_seq = 0;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("id", self.id, Spec{"entry_id of the licence"});
    visit("dataset", self.dataset, Spec{"Id of the data set"});
    visit("dataset_no", self.dataset_no, Spec{"Registration number of the data set"});
    visit("right", self.right, Spec{"Right that it is granted in"});
    visit("licensor", self.licensor, Spec{"Who grants it"});
    visit("licensee", self.licensee, Spec{"Who may use the data"});
    visit("terms", self.terms, Spec{"What is allowed, and to what day"});
    visit("exclusive", self.exclusive, Spec{"Nobody else is licensed at the same time"});
    visit("from", self.from, Spec{"First day"});
    visit("agreement", self.agreement, Spec{"SHA-256 of the licence agreement"});
    visit("under", self.under, Spec{"Licence that it is a sub-licence of"});
    visit("scope", self.scope, Spec{"Field of use", 1, 1000});
    visit("granted_on", self.granted_on, Spec{"Day of the grant"});
    visit("granted_seq", self.granted_seq, Spec{"Entry of the grant"});
  }

  std::string object_id() const { return id; }
  std::vector<OrgId> readers() const { return {licensor, licensee}; }
  static void indexes(const GrantedLicence& licence, IndexSink& sink);
  static constexpr std::array kDeadlines{DeadlineName{"term", "The licence lasts", "许可期限"}};
  static std::vector<Deadline> deadlines(const GrantedLicence& licence, DeadlineCall& call);
  // Adds effective_status.
  static void extend_json(const GrantedLicence& licence, const ReadView& view, LedgerTime now, Json& json);

  // Licences that exclude each other lie within the same thing: the data set, or the licence above.
  const std::string& within() const { return under ? *under : dataset; }
};

// in_force, not_yet_valid, expired, or revoked with the registration. Cancelling or transferring the registration
// leaves a licence to run off.
std::string_view effective_status(const ReadView& view, const GrantedLicence& licence, Date day);

}  // namespace dengji::contracts

template <>
struct dengji::state::EnumNames<dengji::contracts::ObjectionStatus> {
  static constexpr std::array names{"open", "upheld", "dismissed", "noted", "lapsed"};
};
