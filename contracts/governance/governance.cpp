#include "contracts/governance/governance.hpp"

#include <algorithm>
#include <array>

#include "contracts/governance/publications.hpp"
#include "contracts/governance/relations.hpp"
#include "crypto/jwk.hpp"

namespace dengji::contracts {
namespace {

using V = GovernanceVerdict;

constexpr VerdictRow row(V verdict, std::string_view slug, std::string_view en, std::string_view zh, int http = 422) {
  return {static_cast<std::uint16_t>(verdict), slug, http, en, zh};
}

constexpr std::array kVerdicts = {
    row(V::org_id_form, "org_id_form", "The organisation id is no valid USCC or foreign id", "主体代码校验不通过"),
    row(V::region_form, "region_form", "The region is no GB/T 2260 code", "行政区划代码不合规"),
    row(V::org_exists, "org_exists", "The organisation is registered already", "主体已注册"),
    row(V::key_known, "key_known", "The key was registered before; a key belongs to one organisation for ever",
        "密钥曾被登记"),
    row(V::key_unacceptable, "key_unacceptable", "The key is not OKP/Ed25519 or not an acceptable point",
        "密钥不可接受"),
    row(V::new_key_must_sign, "new_key_must_sign", "Every new key must itself sign, for its own organisation",
        "新密钥须由其本身为所属主体签名", 403),
    row(V::not_the_holder, "not_the_holder", "The signer is not the organisation concerned", "签名方不是相关主体", 403),
    row(V::key_revoked_already, "key_revoked_already", "The key is revoked already", "密钥已撤销"),
    row(V::role_held_already, "role_held_already", "The organisation holds the role already", "主体已有该角色"),
    row(V::role_not_held_now, "role_not_held_now", "The organisation does not hold the role", "主体没有该角色"),
    row(V::quorum_range, "quorum_range", "The quorum is larger than the number of governors", "法定数大于治理方数量"),
    row(V::governor_twice, "governor_twice", "An organisation is named twice", "主体重复"),
    row(V::nothing_changes, "nothing_changes", "The entry changes nothing", "条目未作任何变更"),
    row(V::group_day, "group_day", "The day does not fit the organisation's membership of groups",
        "日期与集团归属不符"),
    row(V::suspect_day, "suspect_day", "suspect_from lies in the future", "存疑起始日在未来"),
    row(V::tie_to_itself, "tie_to_itself", "An organisation has no relation to itself", "主体不能与自身建立关系"),
    row(V::tie_days, "tie_days", "A relation ends on or after its first day, and both have come",
        "关系止日不得早于起日，且均不得晚于当日"),
    row(V::tie_recorded, "tie_recorded", "The relation is recorded for some of these days already",
        "该关系在所述期间已有登记"),
    row(V::records_full, "records_full", "The organisation has as many records of this kind as there may be",
        "主体此类记录已达上限"),
    row(V::succeeded_already, "succeeded_already", "Another organisation succeeded it already", "主体已有承继主体"),
    row(V::attestation_days, "attestation_days", "An attestation has begun and ends on or after its first day",
        "认证须已生效，且止日不得早于起日"),
    row(V::document_known, "document_known", "The document was published before", "文件已发布"),
    row(V::document_url_form, "document_url_form",
        "A place on the web is https://, then printable ASCII without blanks",
        "网址须以 https:// 开头且仅含可打印字符"),
    row(V::document_replaced, "document_replaced", "The document was replaced already", "文件已被替代"),
};

crypto::PublicKey public_key(const JwkForm& jwk) {
  crypto::PublicKey key;
  key.bytes = jwk.x.bytes;
  return key;
}

KeyId thumbprint(const JwkForm& jwk) {
  return crypto::thumbprint(public_key(jwk));
}

std::vector<crypto::PublicKey> keys_of(const std::vector<NewKey>& keys) {
  std::vector<crypto::PublicKey> list;
  for (const NewKey& key : keys) list.push_back(public_key(key.jwk));
  return list;
}

template <class T>
const T& value_of(const Body& body) {
  return static_cast<const TypedBody<T>&>(body).value;
}

Verdict check_details(const OrgDetails& org, std::string_view pointer) {
  if (!is_org_id(org.id.text)) return refuse(V::org_id_form, org.id.text, std::string(pointer) + "/id");
  if (!is_region(org.region)) return refuse(V::region_form, org.region, std::string(pointer) + "/region");
  return {};
}

// Every new key is a fresh, acceptable one and signs for `org` in `role`.
Verdict add_keys(EntryTx& tx, const OrgId& org, const std::vector<NewKey>& keys, std::string_view role,
                 std::string_view pointer) {
  std::size_t index = 0;
  for (const NewKey& key : keys) {
    const std::string place = std::string(pointer) + "/" + std::to_string(index++) + "/jwk";
    const KeyId kid = thumbprint(key.jwk);
    if (key.jwk.kty != "OKP" || key.jwk.crv != "Ed25519" || !crypto::acceptable_key(public_key(key.jwk))) {
      return refuse(V::key_unacceptable, kid.text, place);
    }
    if (tx.find<Key>(kid.text)) return refuse(V::key_known, kid.text, place);
    const auto parties = tx.context().parties;
    const bool signs = std::any_of(parties.begin(), parties.end(), [&](const entry::Party& party) {
      return party.kid == kid && party.org == org && party.role == role;
    });
    if (!signs) {
      return refuse(V::new_key_must_sign, "key " + kid.text + " must sign as " + std::string(role) + " for " + org.text,
                    place);
    }
    Key record{.kid = kid,
               .org = org,
               .x = key.jwk.x,
               .use = key.use,
               .added_seq = static_cast<std::int64_t>(tx.context().seq.value)};
    tx.put(record);
    tx.status(Key::kKind, kid.text, "", name_of(record.status));
  }
  return {};
}

// The parties that sign in `role` are exactly as many as there are new keys: each was found, so none is left over.
Verdict only_new_keys(const EntryTx& tx, std::string_view role, std::size_t keys) {
  const auto parties = tx.context().parties;
  const auto count =
      std::count_if(parties.begin(), parties.end(), [&](const auto& party) { return party.role == role; });
  if (static_cast<std::size_t>(count) != keys) {
    return refuse(
        V::new_key_must_sign,
        std::to_string(count) + " parties sign as " + std::string(role) + " for " + std::to_string(keys) + " new keys",
        "/parties");
  }
  return {};
}

Org make_org(const EntryTx& tx, const OrgDetails& details, std::vector<Role> roles) {
  Org org;
  org.id = details.id;
  org.name = details.name;
  org.region = details.region;
  org.ownership = details.ownership;
  org.scale = details.scale;
  org.chain_roles = details.chain_roles;
  org.roles = std::move(roles);
  std::sort(org.roles.begin(), org.roles.end());
  org.roles.erase(std::unique(org.roles.begin(), org.roles.end()), org.roles.end());
  if (details.group) org.groups.push_back({*details.group, tx.context().day(), std::nullopt});
  org.registered_on = tx.context().day();
  org.registered_seq = static_cast<std::int64_t>(tx.context().seq.value);
  return org;
}

Verdict register_org(EntryTx& tx, const OrgDetails& details, std::vector<Role> roles, std::string_view pointer) {
  DENGJI_TRY(check_details(details, pointer));
  if (tx.find<Org>(details.id.text)) return refuse(V::org_exists, details.id.text, std::string(pointer) + "/id");
  const Org org = make_org(tx, details, std::move(roles));
  tx.put(org);
  tx.status(Org::kKind, org.id.text, "", name_of(org.status));
  return {};
}

Verdict apply_genesis(EntryTx& tx, const GenesisBody& body) {
  if (body.quorum > static_cast<std::int64_t>(body.governors.size())) {
    return refuse(V::quorum_range, std::to_string(body.governors.size()) + " governors", "/body/quorum");
  }
  Ledger ledger;
  ledger.id = tx.context().ledger;
  ledger.genesis = tx.context().entry_id;
  ledger.title = body.title;
  ledger.quorum = body.quorum;
  ledger.started_on = tx.context().day();
  std::size_t keys = 0;
  for (std::size_t i = 0; i < body.governors.size(); ++i) {
    const GovernorForm& governor = body.governors[i];
    const std::string place = "/body/governors/" + std::to_string(i);
    if (tx.find<Org>(governor.org.id.text)) return refuse(V::governor_twice, governor.org.id.text, place + "/org/id");
    DENGJI_TRY(register_org(tx, governor.org, governor.roles, place + "/org"));
    DENGJI_TRY(add_keys(tx, governor.org.id, governor.keys, kGovernor, place + "/keys"));
    ledger.governors.push_back(governor.org.id);
    keys += governor.keys.size();
  }
  DENGJI_TRY(only_new_keys(tx, kGovernor, keys));
  for (std::size_t i = 0; i < body.nodes.size(); ++i) {
    const std::string place = "/body/nodes/" + std::to_string(i);
    if (tx.find<Node>(body.nodes[i].id)) return refuse(V::governor_twice, body.nodes[i].id, place + "/id");
    Node node;
    static_cast<NodeForm&>(node) = body.nodes[i];
    tx.put(node);
    tx.status(Node::kKind, node.id, "", "member");
  }
  tx.put(ledger);
  tx.subject(Ledger::kKind, ledger.object_id());
  return {};
}

Verdict apply_org_register(EntryTx& tx, const OrgRegisterBody& body) {
  DENGJI_TRY(register_org(tx, body.org, {}, "/body/org"));
  DENGJI_TRY(add_keys(tx, body.org.id, body.keys, "registrant", "/body/keys"));
  DENGJI_TRY(only_new_keys(tx, "registrant", body.keys.size()));
  tx.subject(Org::kKind, body.org.id.text);
  tx.reader(body.org.id);
  return {};
}

// Ends the membership that runs, if there is one, on `last`.
Verdict leave_group(Org& org, Date last) {
  for (GroupSpan& span : org.groups) {
    if (span.until) continue;
    if (last < span.since) return refuse(V::group_day, "in group " + span.group + " since " + format_date(span.since));
    span.until = last;
    return {};
  }
  return {};
}

Verdict update_group(Org& org, const OrgUpdateBody& body, Date today) {
  const bool in_group = std::any_of(org.groups.begin(), org.groups.end(), [](const auto& span) { return !span.until; });
  if (body.left_group_on) {
    if (!in_group) return refuse(V::group_day, "in no group now", "/body/left_group_on");
    if (*body.left_group_on > today) return refuse(V::group_day, "a day to come", "/body/left_group_on");
    DENGJI_TRY(leave_group(org, *body.left_group_on));
  }
  if (!body.group) return {};
  const Date since = body.group_since.value_or(today);
  if (since > today) return refuse(V::group_day, "a day to come", "/body/group_since");
  DENGJI_TRY(leave_group(org, add_days(since, -1)));
  if (org.groups.size() >= Org::kMaxRecords) {
    return refuse(V::group_day, "64 memberships are on record, the most there may be", "/body/group");
  }
  org.groups.push_back({*body.group, since, std::nullopt});
  return {};
}

Verdict apply_org_update(EntryTx& tx, const OrgUpdateBody& body) {
  auto org = tx.need<Org>(body.org.text, "/body/org");
  if (!org) return std::unexpected(std::move(org.error()));
  if (const auto* holder = tx.context().party("holder"); holder && holder->org != body.org) {
    return refuse(V::not_the_holder, holder->org.text + " signs for " + body.org.text, "/body/org");
  }
  if (body.region && !is_region(*body.region)) return refuse(V::region_form, *body.region, "/body/region");
  const std::string before = encode(*org);
  if (body.name) org->name = *body.name;
  if (body.region) org->region = *body.region;
  if (body.ownership) org->ownership = *body.ownership;
  if (body.scale) org->scale = *body.scale;
  if (!body.chain_roles.empty()) org->chain_roles = body.chain_roles;
  DENGJI_TRY(update_group(*org, body, tx.context().day()));
  if (encode(*org) == before) return refuse(V::nothing_changes, body.org.text, "/body");
  tx.put(*org);
  tx.subject(Org::kKind, body.org.text);
  tx.reader(body.org);
  return body.group ? recompute_group(tx, body.org, *body.group) : Verdict{};
}

Verdict apply_key_add(EntryTx& tx, const KeyAddBody& body) {
  auto org = tx.need<Org>(body.org.text, "/body/org");
  if (!org) return std::unexpected(std::move(org.error()));
  if (const auto* holder = tx.context().party("holder"); holder && holder->org != body.org) {
    return refuse(V::not_the_holder, holder->org.text + " signs for " + body.org.text, "/body/org");
  }
  DENGJI_TRY(add_keys(tx, body.org, body.keys, "new_key", "/body/keys"));
  DENGJI_TRY(only_new_keys(tx, "new_key", body.keys.size()));
  tx.subject(Org::kKind, body.org.text);
  tx.reader(body.org);
  return {};
}

Verdict apply_key_revoke(EntryTx& tx, const KeyRevokeBody& body) {
  auto key = tx.need<Key>(body.kid.text, "/body/kid");
  if (!key) return std::unexpected(std::move(key.error()));
  if (const auto* holder = tx.context().party("holder"); holder && holder->org != key->org) {
    return refuse(V::not_the_holder, "the key belongs to " + key->org.text, "/body/kid");
  }
  if (key->status == KeyStatus::revoked) {
    return refuse(V::key_revoked_already, "revoked by entry " + std::to_string(key->revoked_seq.value_or(0)),
                  "/body/kid");
  }
  if (body.suspect_from && *body.suspect_from > tx.context().day()) {
    return refuse(V::suspect_day, format_date(*body.suspect_from), "/body/suspect_from");
  }
  tx.status(Key::kKind, body.kid.text, name_of(key->status), name_of(KeyStatus::revoked));
  if (body.suspect_from) {
    tx.flag(Key::kKind, body.kid.text, "suspect_from", {format_date(*body.suspect_from)});
  }
  key->status = KeyStatus::revoked;
  key->revoked_seq = static_cast<std::int64_t>(tx.context().seq.value);
  key->suspect_from = body.suspect_from;
  key->revoke_reason = body.reason;
  tx.put(*key);
  tx.subject(Key::kKind, body.kid.text);
  tx.reader(key->org);
  return {};
}

Verdict apply_role_grant(EntryTx& tx, const RoleBody& body) {
  auto org = tx.need<Org>(body.org.text, "/body/org");
  if (!org) return std::unexpected(std::move(org.error()));
  if (org->has_role(body.role))
    return refuse(V::role_held_already, body.org.text + " " + std::string(name_of(body.role)), "/body/role");
  org->roles.push_back(body.role);
  std::sort(org->roles.begin(), org->roles.end());
  tx.put(*org);
  tx.status("role", body.org.text + ":" + std::string(name_of(body.role)), "", "granted");
  tx.subject(Org::kKind, body.org.text);
  return {};
}

Verdict apply_role_revoke(EntryTx& tx, const RoleBody& body) {
  auto org = tx.need<Org>(body.org.text, "/body/org");
  if (!org) return std::unexpected(std::move(org.error()));
  if (!org->has_role(body.role))
    return refuse(V::role_not_held_now, body.org.text + " " + std::string(name_of(body.role)), "/body/role");
  std::erase(org->roles, body.role);
  tx.put(*org);
  tx.status("role", body.org.text + ":" + std::string(name_of(body.role)), "granted", "revoked");
  tx.subject(Org::kKind, body.org.text);
  return {};
}

std::vector<crypto::PublicKey> genesis_keys(const Body& body) {
  std::vector<crypto::PublicKey> all;
  for (const GovernorForm& governor : value_of<GenesisBody>(body).governors) {
    for (const auto& key : keys_of(governor.keys)) all.push_back(key);
  }
  return all;
}

std::vector<crypto::PublicKey> register_keys(const Body& body) {
  return keys_of(value_of<OrgRegisterBody>(body).keys);
}
std::vector<crypto::PublicKey> added_keys(const Body& body) {
  return keys_of(value_of<KeyAddBody>(body).keys);
}

const SignerRule kSponsor{{"platform", "registrar", "bureau", kGovernor}, 1, 15};
const SignerRule kGovernors{{kGovernor}, 1, 16};

std::vector<EntryTypeInfo> make_types() {
  constexpr std::string_view kArea = "governance";
  constexpr auto kPublic = Visibility::everyone;
  std::vector<EntryTypeInfo> types{
      entry_type<GenesisBody, &apply_genesis>(
          "genesis", kArea,
          {"Starts the ledger: its governors, their quorum and the first nodes", "创建账本：治理方、法定数与首批节点"},
          {kGovernors}, kPublic),
      entry_type<OrgRegisterBody, &apply_org_register>(
          "org.register", kArea,
          {"Registers an organisation with its keys; a platform, registrar, bureau or the governors vouch for it",
           "注册主体及其密钥，由平台、登记机构、数据局或治理方担保"},
          {{{"registrant"}, 1, 8}, kSponsor}, kPublic),
      entry_type<OrgUpdateBody, &apply_org_update>(
          "org.update", kArea, {"Changes what is known of an organisation, from now on", "变更主体信息，自即时起生效"},
          {{{"holder"}, 0, 1}, kSponsor}, kPublic),
      entry_type<KeyAddBody, &apply_key_add>(
          "key.add", kArea,
          {"Adds keys to an organisation; a holder's key or the governors allow it", "为主体增加密钥"},
          {{{"holder", kGovernor}, 1, 15}, {{"new_key"}, 1, 8}}, kPublic),
      entry_type<KeyRevokeBody, &apply_key_revoke>("key.revoke", kArea,
                                                   {"Revokes a key from this entry on", "自本条目起撤销密钥"},
                                                   {{{"holder", kGovernor}, 1, 16}}, kPublic),
      entry_type<RoleBody, &apply_role_grant>("role.grant", kArea, {"Gives an organisation a role", "授予主体角色"},
                                              {kGovernors}, kPublic),
      entry_type<RoleBody, &apply_role_revoke>(
          "role.revoke", kArea, {"Takes a role from an organisation", "收回主体角色"}, {kGovernors}, kPublic),
  };
  types[0].new_keys = &genesis_keys;
  types[1].new_keys = &register_keys;
  types[3].new_keys = &added_keys;
  for (auto& more : {relation_types(), publication_types()}) types.insert(types.end(), more.begin(), more.end());
  return types;
}

}  // namespace

const Area& governance_area() {
  static const std::vector<EntryTypeInfo> types = make_types();
  static const std::vector<ObjectKindInfo> kinds{
      object_kind<Org>("orgs", {"Organisations by USCC or foreign id", "主体"}, Visibility::everyone,
                       {{"region", "GB/T 2260 code"},
                        {"role", "Role granted"},
                        {"group", "Controller group"},
                        {"place", "Predecessor whose place it took"},
                        {"standard", "Standard that it meets"}}),
      object_kind<Key>("keys", {"Public keys by RFC 7638 thumbprint", "公钥"}, Visibility::everyone,
                       {{"org", "Whose key"}, {"status", "active or revoked"}}),
      object_kind<Node>("nodes", {"Nodes of the ledger and their public keys", "节点"}, Visibility::everyone, {}),
      object_kind<Ledger>("ledgers", {"The ledger itself: governors and quorum (id: self)", "账本"},
                          Visibility::everyone, {}),
      object_kind<Document>(
          "documents", {"Published documents by SHA-256", "已发布文件"}, Visibility::everyone,
          {{"kind", "notice, standard, guide, report, policy_text or other"}, {"status", "published or replaced"}}),
  };
  static const Area area{"governance", 100, types, kinds, kVerdicts};
  return area;
}

}  // namespace dengji::contracts
