#include "contracts/engine.hpp"

#include <algorithm>

#include "contracts/common/organisations.hpp"
#include "crypto/jwk.hpp"
#include "ledger/base/assert.hpp"
#include "ledger/state/entry_meta.hpp"

namespace dengji::contracts {
namespace {

using state::General;
using state::ReadView;
using state::refuse;
using state::Verdict;

std::string party_name(const entry::Envelope& envelope, std::size_t index) {
  const entry::Party& party = envelope.parties[index];
  return "signature " + std::to_string(index + 1) + " of " + std::to_string(envelope.parties.size()) + " (" +
         party.role + " " + party.org.text + ", key " + party.kid.text + ")";
}

std::string party_pointer(std::size_t index) {
  return "/parties/" + std::to_string(index);
}

// What `used_id_key` holds.
struct UsedId {
  Hash32 entry_id;
  Seq seq;
};

std::string encode_used_id(const UsedId& used) {
  std::string bytes(used.entry_id.view());
  for (int shift = 56; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(used.seq.value >> shift));
  return bytes;
}

std::optional<UsedId> find_used_id(const ReadView& view, const entry::Envelope& envelope) {
  const auto bytes = view.get(state::used_id_key(envelope.parties.front().org.text, envelope.id));
  if (!bytes) return std::nullopt;
  LEDGER_ASSERT(bytes->size() == 40);
  UsedId used{*Hash32::from_bytes(std::string_view(*bytes).substr(0, 32)), Seq{}};
  for (const char c : std::string_view(*bytes).substr(32))
    used.seq.value = used.seq.value << 8 | static_cast<std::uint8_t>(c);
  return used;
}

crypto::PublicKey public_key(const Key& key) {
  crypto::PublicKey result;
  result.bytes = key.x.bytes;
  return result;
}

// One entry on its way through the checks that need state. Each step leaves by refusal; together they are the fixed
// order in which several faults of one entry are told.
class Application {
 public:
  Application(const ReadView& view, const CheckedEntry& checked, Moment moment, LeafBytes leaf)
      : view_(view),
        checked_(checked),
        envelope_(checked.entry.envelope),
        moment_(moment),
        leaf_(leaf),
        tx_(view,
            {moment.seq, moment.time, checked.entry.entry_id, envelope_.ledger, envelope_.type, envelope_.parties}) {
    if (checked.type->new_keys) {
      for (const auto& key : checked.type->new_keys(*checked.body)) new_keys_.push_back(crypto::thumbprint(key));
    }
  }

  Outcome run() {
    if (auto verdict = check_ledger(); !verdict) return std::move(verdict.error());
    if (auto verdict = check_signatures(); !verdict) return std::move(verdict.error());
    if (const auto used = find_used_id(view_, envelope_)) {
      if (used->entry_id == checked_.entry.entry_id) return Seen{used->seq};
      return state::Refusal{static_cast<std::uint16_t>(General::id_reused),
                            "used by entry " + std::to_string(used->seq.value), "/id"};
    }
    if (auto verdict = check_window(); !verdict) return std::move(verdict.error());
    if (auto verdict = check_parties(); !verdict) return std::move(verdict.error());
    if (auto verdict = check_signers(); !verdict) return std::move(verdict.error());
    if (auto verdict = checked_.type->apply(tx_, *checked_.body); !verdict) return std::move(verdict.error());
    return accept();
  }

 private:
  Verdict check_ledger() {
    ledger_ = find_ledger(view_);
    const bool genesis = envelope_.type == entry::kGenesisType;
    if (!ledger_) {
      return genesis ? Verdict{} : refuse(General::genesis_missing, envelope_.type, "/type");
    }
    if (genesis) return refuse(General::genesis_twice, ledger_->id, "/type");
    if (envelope_.ledger != ledger_->id)
      return refuse(General::wrong_ledger, "this ledger is " + ledger_->id, "/ledger");
    if (envelope_.genesis != ledger_->genesis) return refuse(General::wrong_genesis, {}, "/genesis");
    return {};
  }

  bool comes_in_body(const KeyId& kid) const {
    return std::find(new_keys_.begin(), new_keys_.end(), kid) != new_keys_.end();
  }

  // Signatures by keys that the pool did not know are verified here, with the keys of the state just before.
  Verdict check_signatures() {
    keys_.resize(envelope_.parties.size());
    for (std::size_t i = 0; i < envelope_.parties.size(); ++i) {
      const KeyId& kid = envelope_.parties[i].kid;
      keys_[i] = state::find_object<Key>(view_, kid.text);
      if (comes_in_body(kid)) continue;  // verified by the pool; the contract asks that it be new
      if (!keys_[i]) return refuse(General::unknown_key, party_name(envelope_, i), party_pointer(i) + "/kid");
      if (checked_.verified[i]) continue;
      if (!crypto::verify_signature(checked_.entry.jws, i, public_key(*keys_[i]), crypto::kTypEntry)) {
        return refuse(General::bad_signature, party_name(envelope_, i), party_pointer(i));
      }
    }
    return {};
  }

  Verdict check_window() const {
    if (envelope_.made_at.ms > moment_.time.ms + kMaxClockLeadMs) {
      return refuse(General::made_in_future, "ledger time is " + format_time(moment_.time), "/made_at");
    }
    if (envelope_.valid_until < moment_.time) {
      return refuse(General::entry_expired, "ledger time is " + format_time(moment_.time) + "; make the entry anew",
                    "/valid_until");
    }
    return {};
  }

  Verdict check_parties() {
    for (std::size_t i = 0; i < envelope_.parties.size(); ++i) {
      const entry::Party& party = envelope_.parties[i];
      if (comes_in_body(party.kid)) continue;
      DENGJI_TRY(check_key(i, *keys_[i]));
      const auto org = state::find_object<Org>(view_, party.org.text);
      if (!org) return refuse(General::org_unknown, party_name(envelope_, i), party_pointer(i) + "/org");
      if (org->status != OrgStatus::active) {
        return refuse(General::org_not_active, party_name(envelope_, i) + " is " + std::string(name_of(org->status)),
                      party_pointer(i) + "/org");
      }
      DENGJI_TRY(check_role(i, *org));
    }
    return {};
  }

  Verdict check_key(std::size_t i, const Key& key) const {
    if (key.org != envelope_.parties[i].org) {
      return refuse(General::key_of_other_org, party_name(envelope_, i) + " belongs to " + key.org.text,
                    party_pointer(i) + "/org");
    }
    if (key.status == KeyStatus::revoked) {
      return refuse(General::key_revoked,
                    party_name(envelope_, i) + " was revoked by entry " + std::to_string(key.revoked_seq.value_or(0)) +
                        "; sign with another key of the organisation",
                    party_pointer(i) + "/kid");
    }
    if (key.use != KeyUse::sign)
      return refuse(General::key_not_for_signing, party_name(envelope_, i), party_pointer(i) + "/kid");
    return {};
  }

  Verdict check_role(std::size_t i, const Org& org) const {
    const std::string& role = envelope_.parties[i].role;
    if (role == state::kGovernor) {
      const auto& governors = ledger_->governors;
      if (std::find(governors.begin(), governors.end(), org.id) != governors.end()) return {};
    } else {
      const auto needed = state::needed_role(role);
      if (!needed || org.has_role(*needed)) return {};
    }
    return refuse(General::role_not_held, party_name(envelope_, i), party_pointer(i) + "/role");
  }

  Verdict check_signers() const {
    std::vector<int> counts(checked_.type->signers.size());
    std::vector<OrgId> governors;
    for (std::size_t i = 0; i < envelope_.parties.size(); ++i) {
      const entry::Party& party = envelope_.parties[i];
      if (party.role == state::kGovernor) governors.push_back(party.org);
      const auto rule = rule_for(party.role);
      if (!rule) {
        return refuse(General::signer_not_wanted, party_name(envelope_, i) + "; " + wanted(),
                      party_pointer(i) + "/role");
      }
      ++counts[*rule];
    }
    for (std::size_t r = 0; r < counts.size(); ++r) {
      const auto& rule = checked_.type->signers[r];
      if (counts[r] < rule.min) return refuse(General::signer_missing, wanted(), "/parties");
      if (counts[r] > rule.max) return refuse(General::signer_not_wanted, wanted(), "/parties");
    }
    return check_quorum(std::move(governors));
  }

  Verdict check_quorum(std::vector<OrgId> governors) const {
    if (governors.empty() || !ledger_) return {};
    std::sort(governors.begin(), governors.end());
    governors.erase(std::unique(governors.begin(), governors.end()), governors.end());
    if (static_cast<std::int64_t>(governors.size()) >= ledger_->quorum) return {};
    return refuse(
        General::quorum_missing,
        "governors signed: " + std::to_string(governors.size()) + ", must: " + std::to_string(ledger_->quorum),
        "/parties");
  }

  std::optional<std::size_t> rule_for(std::string_view role) const {
    const auto& rules = checked_.type->signers;
    for (std::size_t r = 0; r < rules.size(); ++r) {
      if (std::find(rules[r].roles.begin(), rules[r].roles.end(), role) != rules[r].roles.end()) return r;
    }
    return std::nullopt;
  }

  std::string wanted() const {
    std::string text = envelope_.type + " is signed by ";
    bool first_rule = true;
    for (const auto& rule : checked_.type->signers) {
      text += first_rule ? "" : " and ";
      first_rule = false;
      for (std::size_t i = 0; i < rule.roles.size(); ++i) text.append(i ? " or " : "").append(rule.roles[i]);
      text += " (" + std::to_string(rule.min) + " to " + std::to_string(rule.max) + ")";
    }
    return text;
  }

  Outcome accept() {
    std::string bytes;
    if (leaf_ == LeafBytes::made) {
      auto made = leaf_bytes();
      if (!made) return std::move(made.error());
      bytes = std::move(*made);
    }
    tx_.put_raw(state::used_id_key(envelope_.parties.front().org.text, envelope_.id),
                encode_used_id({checked_.entry.entry_id, moment_.seq}));
    tx_.put_raw(state::entry_meta_key(moment_.seq), encode(meta()));
    return Accepted{std::move(bytes), tx_.take_writes(), tx_.effects()};
  }

  std::expected<std::string, state::Refusal> leaf_bytes() const {
    entry::Leaf leaf{moment_.seq, moment_.time, json::Json::array(), checked_.entry.jws_text, std::nullopt};
    for (const state::Effect& effect : tx_.effects()) leaf.effects.push_back(state::effect_to_json(effect));
    if (entry::begins_hour(moment_.time, moment_.previous)) leaf.status = certificate_status_list(view_);
    auto bytes = entry::encode_leaf(leaf);
    if (bytes) return std::move(*bytes);
    return refuse(General::leaf_too_large,
                  std::to_string(leaf.effects.size()) + " effects; split the act into several entries");
  }

  state::EntryMeta meta() const {
    state::EntryMeta meta{.type = envelope_.type,
                          .is_public = checked_.type->visibility == state::Visibility::everyone,
                          .subject_kind = tx_.subject().first,
                          .subject_id = tx_.subject().second,
                          .readers = {}};
    const auto add = [&](const OrgId& org) {
      if (std::find(meta.readers.begin(), meta.readers.end(), org) == meta.readers.end()) meta.readers.push_back(org);
    };
    for (const entry::Party& party : envelope_.parties) add(party.org);
    for (const OrgId& org : tx_.readers()) add(org);
    return meta;
  }

  const ReadView& view_;
  const CheckedEntry& checked_;
  const entry::Envelope& envelope_;
  const Moment moment_;
  const LeafBytes leaf_;
  state::EntryTx tx_;
  std::vector<KeyId> new_keys_;
  std::vector<std::optional<Key>> keys_;
  std::optional<Ledger> ledger_;
};

// Error of the first signature that does not verify; marks those that do.
Result<void> verify_known(CheckedEntry& checked, const KeyLookup& keys,
                          const std::vector<crypto::PublicKey>& new_keys) {
  const auto& signatures = checked.entry.jws.signatures;
  checked.verified.assign(signatures.size(), false);
  for (std::size_t i = 0; i < signatures.size(); ++i) {
    const KeyId& kid = checked.entry.envelope.parties[i].kid;
    auto key = keys(kid);
    for (const auto& candidate : new_keys) {
      if (!key && crypto::thumbprint(candidate) == kid) key = candidate;
    }
    if (!key) continue;
    if (auto good = crypto::verify_signature(checked.entry.jws, i, *key, crypto::kTypEntry); !good) {
      good.error().context = party_name(checked.entry.envelope, i);
      return good;
    }
    checked.verified[i] = true;
  }
  return {};
}

// Envelope, type and body, all without signatures.
Result<CheckedEntry> read_entry(std::string_view bytes, const state::Registry& registry) {
  auto parsed = entry::parse_entry(bytes);
  if (!parsed) return std::unexpected(std::move(parsed.error()));
  CheckedEntry checked{std::move(*parsed), nullptr, nullptr, {}};
  checked.type = registry.type(checked.entry.envelope.type);
  if (!checked.type) return fail(ErrorCode::unknown_type, checked.entry.envelope.type, "/type");
  auto body = checked.type->read(checked.entry.envelope.body);
  if (!body) return std::unexpected(std::move(body.error()));
  checked.body = std::move(*body);
  checked.entry.envelope.body = nullptr;  // freed by the thread that made it
  return checked;
}

}  // namespace

Result<CheckedEntry> check_entry(std::string_view bytes, const state::Registry& registry, const KeyLookup& keys) {
  auto checked = read_entry(bytes, registry);
  if (!checked) return checked;
  const auto new_keys =
      checked->type->new_keys ? checked->type->new_keys(*checked->body) : std::vector<crypto::PublicKey>{};
  if (auto good = verify_known(*checked, keys, new_keys); !good) return std::unexpected(std::move(good.error()));
  return checked;
}

Result<CheckedEntry> read_trusted_entry(std::string_view bytes, const state::Registry& registry) {
  auto checked = read_entry(bytes, registry);
  if (checked) checked->verified.assign(checked->entry.jws.signatures.size(), true);
  return checked;
}

Outcome apply_entry(const ReadView& view, const CheckedEntry& entry, Moment moment, LeafBytes leaf) {
  return Application(view, entry, moment, leaf).run();
}

std::optional<Ledger> find_ledger(const ReadView& view) {
  return state::find_object<Ledger>(view, "self");
}

}  // namespace dengji::contracts
