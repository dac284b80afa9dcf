// Governance: the genesis, organisations, their keys and roles. Who may do what in every other area rests on the
// objects written here. Relations of organisations (relations.hpp), attestations and documents (publications.hpp)
// belong to the same area. Verdicts 101 to 199.
#pragma once

#include "contracts/common/organisations.hpp"
#include "contracts/engine.hpp"

namespace dengji::contracts {

enum class GovernanceVerdict : std::uint16_t {
  org_id_form = 101,
  region_form,
  org_exists,
  key_known,
  key_unacceptable,
  new_key_must_sign,
  not_the_holder,
  key_revoked_already,
  role_held_already,
  role_not_held_now,
  quorum_range,
  governor_twice,
  nothing_changes,
  group_day,
  suspect_day,
  tie_to_itself,
  tie_days,
  tie_recorded,
  records_full,
  succeeded_already,
  attestation_days,
  document_known,
  document_url_form,
  document_replaced,
};

// A public key as it comes in a body: RFC 8037, exactly these members.
struct JwkForm {
  std::string kty;
  std::string crv;
  Hash32 x;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("kty", self.kty, Spec{"OKP", 3, 3});
    visit("crv", self.crv, Spec{"Ed25519", 7, 7});
    visit("x", self.x, Spec{"Public key"});
  }
};

struct NewKey {
  JwkForm jwk;
  KeyUse use = KeyUse::sign;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("jwk", self.jwk, Spec{"The public key"});
    visit("use", self.use, Spec{"What it may sign"});
  }
};

struct OrgDetails {
  OrgId id;
  std::string name;
  std::string region;
  Ownership ownership = Ownership::private_owned;
  Scale scale = Scale::small;
  std::vector<std::string> chain_roles;
  std::optional<std::string> group;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("id", self.id, Spec{"USCC, or F:<country>:<scheme>:<value>"});
    visit("name", self.name, Spec{"Registered name", 1, 200});
    visit("region", self.region, Spec{"GB/T 2260 code", 6, 6});
    visit("ownership", self.ownership, Spec{"Ownership"});
    visit("scale", self.scale, Spec{"Scale of the enterprise"});
    visit("chain_roles", self.chain_roles,
          Spec{.doc = "Roles in the data industry chain", .min = 1, .max = 64, .items_max = 16});
    visit("group", self.group, Spec{"Controller group id", 1, 64});
  }
};

struct GovernorForm {
  OrgDetails org;
  std::vector<Role> roles;
  std::vector<NewKey> keys;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("org", self.org, Spec{"The organisation"});
    visit("roles", self.roles, Spec{.doc = "Roles that it holds from the start", .items_max = 7});
    visit("keys", self.keys, Spec{.doc = "Its keys; each signs", .items_min = 1, .items_max = 4});
  }
};

// A node and its public keys; the private ones stay in its key files.
struct NodeForm {
  std::string id;
  JwkForm batch;
  JwkForm log;
  JwkForm cosigner;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("id", self.id, Spec{"Node id, such as node1", 1, 32});
    visit("batch", self.batch, Spec{"Signs its records in the ordered log"});
    visit("log", self.log, Spec{"Signs checkpoints"});
    visit("cosigner", self.cosigner, Spec{"Cosigns checkpoints"});
  }
};

struct Node : NodeForm {
  static constexpr std::string_view kKind = "node";
  std::string object_id() const { return id; }
};

struct GenesisBody {
  std::string title;
  std::int64_t quorum = 1;
  std::vector<GovernorForm> governors;
  std::vector<NodeForm> nodes;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("title", self.title, Spec{"What people call the ledger", 1, 200});
    visit("quorum", self.quorum, Spec{"How many governors an act of governance needs", 1, 16});
    visit("governors", self.governors, Spec{.doc = "Who governs", .items_min = 1, .items_max = 16});
    visit("nodes", self.nodes, Spec{.doc = "The nodes it starts with", .items_min = 1, .items_max = 16});
  }
};

struct OrgRegisterBody {
  OrgDetails org;
  std::vector<NewKey> keys;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("org", self.org, Spec{"The organisation"});
    visit("keys", self.keys, Spec{.doc = "Its keys; each signs as registrant", .items_min = 1, .items_max = 8});
  }
};

struct OrgUpdateBody {
  OrgId org;
  std::optional<std::string> name;
  std::optional<std::string> region;
  std::optional<Ownership> ownership;
  std::optional<Scale> scale;
  std::vector<std::string> chain_roles;
  std::optional<std::string> group;
  std::optional<Date> group_since;
  std::optional<Date> left_group_on;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("org", self.org, Spec{"Whom it concerns"});
    visit("name", self.name, Spec{"New name", 1, 200});
    visit("region", self.region, Spec{"New region", 6, 6});
    visit("ownership", self.ownership, Spec{"New ownership"});
    visit("scale", self.scale, Spec{"New scale; earlier events keep the old one"});
    visit("chain_roles", self.chain_roles,
          Spec{.doc = "New chain roles; empty leaves them", .min = 1, .max = 64, .items_max = 16});
    visit("group", self.group, Spec{"Controller group joined", 1, 64});
    visit("group_since", self.group_since, Spec{"First day in that group; today if absent"});
    visit("left_group_on", self.left_group_on, Spec{"Last day in the group left"});
  }
};

struct KeyAddBody {
  OrgId org;
  std::vector<NewKey> keys;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("org", self.org, Spec{"Whose keys they become"});
    visit("keys", self.keys, Spec{.doc = "Each signs as new_key", .items_min = 1, .items_max = 8});
  }
};

struct KeyRevokeBody {
  KeyId kid;
  std::string reason;
  std::optional<Date> suspect_from;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("kid", self.kid, Spec{"Key to revoke, from this entry on"});
    visit("reason", self.reason, Spec{"Why", 1, 200});
    visit("suspect_from", self.suspect_from, Spec{"Entries since this day are in doubt; none is undone"});
  }
};

struct RoleBody {
  OrgId org;
  Role role = Role::auditor;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("org", self.org, Spec{"The organisation"});
    visit("role", self.role, Spec{"The role"});
  }
};

// contracts/governance/relations.cpp: org.affiliate, org.succeed.
std::vector<EntryTypeInfo> relation_types();
// contracts/governance/publications.cpp: org.attest, document.publish.
std::vector<EntryTypeInfo> publication_types();

const Area& governance_area();

}  // namespace dengji::contracts
