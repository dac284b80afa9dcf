// Organisations and their keys as state objects, and what other areas ask about them: who is active, who holds a role,
// who is related to whom and when. Written only by the governance area.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/state/deadlines.hpp"

namespace dengji::contracts {

using namespace dengji::state;  // NOLINT: contracts speak the vocabulary of state throughout

enum class Ownership : std::uint8_t { state_owned, private_owned, foreign, public_body };
enum class Scale : std::uint8_t { large, medium, small, micro };
enum class OrgStatus : std::uint8_t { active, suspended, succeeded };
enum class KeyUse : std::uint8_t { sign, read };
enum class KeyStatus : std::uint8_t { active, revoked };

// Membership of a controller's group over time: the last day is inclusive, absent while it lasts.
struct GroupSpan {
  std::string group;
  Date since;
  std::optional<Date> until;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("group", self.group, Spec{"Controller group id", 1, 64});
    visit("since", self.since, Spec{"First day"});
    visit("until", self.until, Spec{"Last day; absent while it lasts"});
  }
};

// A direct tie to another organisation: affiliation, or predecessor and successor. Kept on both sides.
struct Tie {
  OrgId other;
  std::string nature;  // affiliate, controller, controlled, predecessor, successor
  Date since;
  std::optional<Date> until;
  std::int64_t recorded_seq = 0;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("other", self.other, Spec{"The other organisation"});
    visit("nature", self.nature,
          Spec{"What the other is to it: affiliate, controller, controlled, predecessor or successor", 1, 32});
    visit("since", self.since, Spec{"First day"});
    visit("until", self.until, Spec{"Last day; absent while it lasts"});
    visit("recorded_seq", self.recorded_seq, Spec{"Entry that recorded it, with its evidence"});
  }
};

// A standard that the organisation meets, as somebody attested: the newest word on each standard.
struct Attestation {
  std::string standard;
  std::optional<std::string> level;
  std::string attested_by;
  Date from;
  std::optional<Date> until;
  std::int64_t recorded_seq = 0;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("standard", self.standard, Spec{"The standard, such as DCMM or ISO/IEC 27001", 1, 64});
    visit("level", self.level, Spec{"Level reached", 1, 64});
    visit("attested_by", self.attested_by, Spec{"Body that attested it", 1, 200});
    visit("from", self.from, Spec{"First day"});
    visit("until", self.until, Spec{"Last day"});
    visit("recorded_seq", self.recorded_seq, Spec{"Entry that recorded it, with its evidence"});
  }
};

struct Org {
  static constexpr std::string_view kKind = "org";
  // Groups, ties and attestations: so many of each at most.
  static constexpr std::size_t kMaxRecords = 64;

  OrgId id;
  std::string name;
  std::string region;  // GB/T 2260, six digits
  Ownership ownership = Ownership::private_owned;
  Scale scale = Scale::small;
  std::vector<std::string> chain_roles;
  OrgStatus status = OrgStatus::active;
  std::vector<Role> roles;
  std::vector<GroupSpan> groups;
  std::vector<Tie> ties;
  Date registered_on;
  std::int64_t registered_seq = 0;
  std::optional<OrgId> place;  // whose place it took in caps and bases, as a new firm without history
  std::vector<Attestation> attestations;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("id", self.id, Spec{"USCC, or F:<country>:<scheme>:<value>"});
    visit("name", self.name, Spec{"Registered name", 1, 200});
    visit("region", self.region, Spec{"GB/T 2260 code", 6, 6});
    visit("ownership", self.ownership, Spec{"Ownership"});
    visit("scale", self.scale, Spec{"Scale of the enterprise"});
    visit("chain_roles", self.chain_roles, Spec{"Roles in the data industry chain", 1, 64});
    visit("status", self.status, Spec{"Status"});
    visit("roles", self.roles, Spec{"Roles granted"});
    visit("groups", self.groups, Spec{"Controller groups over time"});
    visit("ties", self.ties, Spec{"Direct ties to other organisations"});
    visit("registered_on", self.registered_on, Spec{"Day of registration"});
    visit("registered_seq", self.registered_seq, Spec{"Entry that registered it"});
    visit("place", self.place, Spec{"Predecessor whose place it took in caps and bases"});
    visit("attestations", self.attestations, Spec{"Standards that it meets"});
  }

  std::string object_id() const { return id.text; }
  static void indexes(const Org& org, IndexSink& sink);
  static constexpr std::array kDeadlines{
      DeadlineName{"attestation", "The attestation of a standard is valid", "标准认证有效期"}};
  static std::vector<Deadline> deadlines(const Org& org, DeadlineCall& call);
  std::vector<OrgId> readers() const { return {id}; }

  bool has_role(Role role) const;
  // Its group on a day; nullptr if none.
  const std::string* group_on(Date day) const;
};

struct Key {
  static constexpr std::string_view kKind = "key";

  KeyId kid;
  OrgId org;
  Hash32 x;  // the raw Ed25519 public key
  KeyUse use = KeyUse::sign;
  KeyStatus status = KeyStatus::active;
  std::int64_t added_seq = 0;
  std::optional<std::int64_t> revoked_seq;
  std::optional<Date> suspect_from;
  std::optional<std::string> revoke_reason;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("kid", self.kid, Spec{"RFC 7638 thumbprint"});
    visit("org", self.org, Spec{"Whose key it is"});
    visit("x", self.x, Spec{"Ed25519 public key"});
    visit("use", self.use, Spec{"What it may sign"});
    visit("status", self.status, Spec{"Status"});
    visit("added_seq", self.added_seq, Spec{"Entry that added it"});
    visit("revoked_seq", self.revoked_seq, Spec{"Entry that revoked it"});
    visit("suspect_from", self.suspect_from, Spec{"Entries from this day on are in doubt"});
    visit("revoke_reason", self.revoke_reason, Spec{"Why it was revoked", 1, 200});
  }

  std::string object_id() const { return kid.text; }
  static void indexes(const Key& key, IndexSink& sink);
};

// 18 characters with both check characters right (GB 32100-2015, GB 11714).
bool is_uscc(std::string_view text);
// A USCC, or F:<ISO 3166 alpha-2>:<scheme>:<value>.
bool is_org_id(std::string_view text);
bool is_region(std::string_view text);  // six digits whose first two name a province-level division
// 苏南, 苏中, 苏北 of a Jiangsu city code; empty for others.
std::string_view region_group(std::string_view region);
bool same_province(std::string_view region_a, std::string_view region_b);

// Is a related to b on some day of [from, to], both ends included, as now known? Same group id on the same day, a
// direct affiliation, predecessor and successor; not transitive. An organisation is related to itself.
struct DayRange {
  Date from;
  Date to;
};
bool related(const Org& a, const Org& b, DayRange days);

}  // namespace dengji::contracts

template <>
struct dengji::state::EnumNames<dengji::contracts::Ownership> {
  static constexpr std::array names{"state", "private", "foreign", "public"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::Scale> {
  static constexpr std::array names{"large", "medium", "small", "micro"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::OrgStatus> {
  static constexpr std::array names{"active", "suspended", "succeeded"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::KeyUse> {
  static constexpr std::array names{"sign", "read"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::KeyStatus> {
  static constexpr std::array names{"active", "revoked"};
};
