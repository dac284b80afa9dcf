#include "tests/support/contract_fixture.hpp"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "contracts/common/organisations.hpp"
#include "crypto/base64.hpp"
#include "crypto/jwk.hpp"
#include "crypto/sha256.hpp"
#include "ledger/base/assert.hpp"
#include "tests/support/deadline_check.hpp"
#include "tests/support/verdicts_reached.hpp"

namespace dengji::test {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;

std::string uuid_of(std::uint64_t number) {
  char text[40];
  std::snprintf(text, sizeof text, "019b77b5-4180-7000-8000-%012llx", static_cast<unsigned long long>(number));
  return text;
}

Json org_form(const ContractFixture::NewOrg& org) {
  Json form{{"id", org.id},           {"name", "主体 " + org.id}, {"region", org.region},
            {"ownership", "private"}, {"scale", org.scale},       {"chain_roles", Json::array()}};
  if (!org.group.empty()) form["group"] = org.group;
  return form;
}

Json keys_form(std::string_view org) {
  return Json::array({Json{{"jwk", ContractFixture::jwk_of(org)}, {"use", "sign"}}});
}

}  // namespace

std::optional<std::string> MemoryView::get(std::string_view key) const {
  const auto found = values_.find(key);
  if (found == values_.end()) return std::nullopt;
  return found->second;
}

void MemoryView::scan(std::string_view prefix, std::string_view from, const Visit& visit) const {
  for (auto at = values_.lower_bound(from < prefix ? prefix : from); at != values_.end(); ++at) {
    if (!at->first.starts_with(prefix) || !visit(at->first, at->second)) return;
  }
}

void MemoryView::absorb(const state::Writes& writes) {
  for (const auto& [key, value] : writes) {
    if (value) {
      values_.insert_or_assign(key, *value);
    } else {
      values_.erase(key);
    }
  }
}

Hash32 MemoryView::fingerprint() const {
  crypto::Sha256 hash;
  for (const auto& [key, value] : values_) {
    hash.update(std::to_string(key.size()) + ":" + std::to_string(value.size()) + ":");
    hash.update(key);
    hash.update(value);
  }
  return hash.finish();
}

std::string make_uscc(std::string_view first_eight, std::string_view code_eight) {
  static constexpr std::string_view kDigits = "0123456789ABCDEFGHJKLMNPQRTUWXY0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  for (std::size_t body = 0; body < 36; ++body) {
    for (std::size_t check = 0; check < 31; ++check) {
      std::string text(first_eight);
      text.append(code_eight).push_back(kDigits.substr(31)[body]);
      text.push_back(kDigits[check]);
      if (contracts::is_uscc(text)) return text;
    }
  }
  assert_failed("no USCC has these characters", __FILE__, __LINE__);
}

Json Submitted::effects() const {
  Json list = Json::array();
  if (done) {
    for (const state::Effect& effect : done->effects) list.push_back(state::effect_to_json(effect));
  }
  return list;
}

Json Submitted::effect(std::string_view tag) const {
  for (const Json& effect : effects()) {
    if (effect.at("fx") == tag) return effect;
  }
  return {};
}

std::string Submitted::number() const {
  const Json found = effect("number");
  return found.is_null() ? std::string() : found.at("no").get<std::string>();
}

std::optional<contracts::CheckedEntry> entry_without_signatures(const state::Registry& registry,
                                                                const entry::Envelope& envelope) {
  contracts::CheckedEntry made;
  made.type = registry.type(envelope.type);
  if (!made.type) return std::nullopt;
  auto read = made.type->read(envelope.body);
  if (!read) return std::nullopt;
  made.body = std::move(*read);
  crypto::Jws jws = crypto::make_jws(entry::write_payload(envelope));
  auto parsed = entry::parse_payload(jws.payload);
  if (!parsed) return std::nullopt;
  for (const entry::Party& party : parsed->parties) {
    jws.signatures.push_back({crypto::make_protected(party.kid, crypto::kTypEntry),
                              {"EdDSA", party.kid, std::string(crypto::kTypEntry)},
                              {}});
  }
  made.entry.jws_text = crypto::write_jws(jws);
  made.entry.entry_id = crypto::sha256(jws.payload);
  made.entry.jws = std::move(jws);
  made.entry.envelope = std::move(*parsed);
  made.verified.assign(made.entry.envelope.parties.size(), true);
  return made;
}

ContractFixture::ContractFixture(const state::Registry& registry, Start start_as)
    : registry_(registry), signed_(start_as != Start::empty_unsigned) {
  static const bool ready = crypto::init().has_value();
  LEDGER_ASSERT(ready);
  at("2026-01-02");
  if (start_as == Start::cast) start();
}

void ContractFixture::at(std::string_view time) {
  LedgerTime wanted;
  if (const auto day = parse_date(time)) {
    wanted = LedgerTime{start_of_day(*day).ms + 10 * kHourMs};
  } else {
    const auto instant = parse_time(time);
    LEDGER_ASSERT(instant);
    wanted = *instant;
  }
  LEDGER_ASSERT(wanted >= time_);
  time_ = wanted;
}

crypto::SecretKey ContractFixture::key_of(std::string_view org, int number) {
  const Hash32 seed = crypto::sha256("test key " + std::string(org) + " " + std::to_string(number));
  return crypto::SecretKey(*crypto::Seed::from_bytes(seed.view()));
}

Json ContractFixture::jwk_of(std::string_view org, int number) {
  return crypto::to_jwk(key_of(org, number).public_key());
}

const KeyId& ContractFixture::kid_of(const std::string& org, int number) {
  static std::map<std::pair<std::string, int>, KeyId> made;
  const auto [at, fresh] = made.try_emplace({org, number});
  if (fresh) at->second = crypto::thumbprint(key_of(org, number).public_key());
  return at->second;
}

std::string ContractFixture::sign(const entry::Envelope& envelope, const std::vector<By>& by) const {
  crypto::Jws jws = crypto::make_jws(entry::write_payload(envelope));
  for (const By& party : by) crypto::sign(jws, key_of(party.org, party.key), crypto::kTypEntry);
  return crypto::write_jws(jws);
}

Submitted ContractFixture::submit(std::string_view type, const std::vector<By>& by, const Json& body) {
  return submit(type, by, body, [](entry::Envelope&) {});
}

Submitted ContractFixture::submit(std::string_view type, const std::vector<By>& by, const Json& body,
                                  const std::function<void(entry::Envelope&)>& tamper) {
  entry::Envelope envelope{.ledger = std::string(kLedgerId),
                           .genesis = genesis_,
                           .type = std::string(type),
                           .id = uuid_of(++made_),
                           .salt = std::string(entry::kSaltBytes, '\x07'),
                           .made_at = time_,
                           .valid_until = LedgerTime{time_.ms + 24 * kHourMs},
                           .parties = {},
                           .body = body};
  for (const By& party : by) {
    envelope.parties.push_back({party.role, OrgId(party.org), kid_of(party.org, party.key)});
  }
  tamper(envelope);
  if (signed_) return submit_bytes(sign(envelope, by));
  Submitted result;
  if (const auto checked = entry_without_signatures(registry_, envelope)) {
    apply(*checked, result);
  } else {
    result.error = Error{ErrorCode::value_format, envelope.type, "/body"};
  }
  return result;
}

Submitted ContractFixture::submit_bytes(std::string_view bytes) {
  Submitted result;
  result.bytes = std::string(bytes);
  // Keys of the state, as a node's cache would give them.
  const contracts::KeyLookup keys = [&](const KeyId& kid) -> std::optional<crypto::PublicKey> {
    const auto key = state::find_object<contracts::Key>(state_, kid.text);
    if (!key) return std::nullopt;
    return crypto::PublicKey::from_bytes(key->x.view());
  };
  auto checked = contracts::check_entry(bytes, registry_, keys);
  if (!checked) {
    result.error = std::move(checked.error());
    return result;
  }
  apply(*checked, result);
  return result;
}

void ContractFixture::apply(const contracts::CheckedEntry& checked, Submitted& result) {
  result.entry_id = crypto::to_b64(checked.entry.entry_id);
  const std::optional<Hash32> before = signed_ ? std::optional(state_.fingerprint()) : std::nullopt;
  contracts::Outcome outcome = contracts::apply_entry(state_, checked, {Seq{seq_}, time_, previous_});
  if (auto* accepted = std::get_if<contracts::Accepted>(&outcome)) {
    if (seq_ == 0) genesis_ = checked.entry.entry_id;
    if (observer_) observer_(checked, *accepted);
    state_.absorb(accepted->writes);
    check_limits(*accepted);
    leaves_.push_back(accepted->leaf);
    previous_ = time_;
    ++seq_;
    result.done = std::move(*accepted);
    return;
  }
  if (before) {
    LEDGER_ASSERT(state_.fingerprint() == *before);
    ++refusals_checked_;
  }
  if (const auto* seen = std::get_if<contracts::Seen>(&outcome)) {
    result.seen = *seen;
  } else {
    result.refusal = std::get<state::Refusal>(std::move(outcome));
    // A verdict without a row asserts here.
    registry_.verdict(result.refusal->verdict);
    verdicts_reached().insert(result.refusal->verdict);
  }
}

void ContractFixture::check_limits(const contracts::Accepted& accepted) const {
  const auto kind_of = [&](std::string_view kind) { return registry_.kind(kind); };
  const auto faults = deadline_faults(kind_of, state_, accepted.writes, accepted.effects, time_);
  for (const std::string& fault : faults) std::fprintf(stderr, "time limits: %s\n", fault.c_str());
  LEDGER_ASSERT(faults.empty());
}

Submitted ContractFixture::must(Submitted submitted, std::string_view what) {
  if (!submitted.accepted()) {
    std::fprintf(stderr, "%.*s was not accepted: verdict %u %s at %s\n", static_cast<int>(what.size()), what.data(),
                 static_cast<unsigned>(submitted.verdict()), submitted.context().c_str(), submitted.pointer().c_str());
    std::abort();
  }
  return submitted;
}

void ContractFixture::start() {
  const Json node_key = jwk_of("node1");
  const Json body{
      {"title", "测试账本"},
      {"quorum", 1},
      {"governors", Json::array({Json{{"org", org_form({Cast::bureau, "320000", "", "large"})},
                                      {"roles", Json::array({"bureau"})},
                                      {"keys", keys_form(Cast::bureau)}}})},
      {"nodes", Json::array({Json{{"id", "node1"}, {"batch", node_key}, {"log", node_key}, {"cosigner", node_key}}})}};
  must(submit("genesis", {{"governor", Cast::bureau}}, body), "genesis");
  register_org({Cast::finance, "320000"});
  register_org({Cast::registrar, "320000"});
  register_org({Cast::platform, "320000"});
  register_org({Cast::certifier, "320000"});
  register_org({Cast::auditor, "320000"});
  grant(Cast::finance, "finance");
  grant(Cast::registrar, "registrar");
  grant(Cast::platform, "platform");
  grant(Cast::certifier, "certifier");
  grant(Cast::auditor, "auditor");
  register_org({Cast::seller, "320500"});
  register_org({Cast::second_seller, "320200"});
  register_org({Cast::buyer, "320100"});
  register_org({Cast::outsider, "440300"});
}

void ContractFixture::register_org(const NewOrg& org) {
  must(submit("org.register", {{"registrant", org.id}, {"governor", Cast::bureau}},
              {{"org", org_form(org)}, {"keys", keys_form(org.id)}}),
       "org.register " + org.id);
}

void ContractFixture::grant(const std::string& org, std::string_view role) {
  must(submit("role.grant", {{"governor", Cast::bureau}}, {{"org", org}, {"role", std::string(role)}}),
       "role.grant " + std::string(role));
}

Submitted ContractFixture::enact(std::string_view kind, std::string_view code, const Json& form,
                                 std::string_view from) {
  const std::string first = from.empty() ? format_date(today()) : std::string(from);
  const Json body{
      {"kind", std::string(kind)}, {"code", std::string(code)}, {"title", "政策 " + std::string(code)},
      {"jurisdiction", "320000"},  {"effective_from", first},   {"retroactive", parse_date(first) < today()},
      {std::string(kind), form}};
  return must(submit("policy.enact", {{"bureau", Cast::bureau}, {"finance", Cast::finance}}, body),
              "policy.enact " + std::string(code));
}

Json ContractFixture::show(std::string_view kind, std::string_view id) const {
  const state::ObjectKindInfo* info = registry_.kind(kind);
  LEDGER_ASSERT(info);
  const auto record = state_.get(state::object_key(kind, state::resolve_alias(state_, kind, id)));
  return record ? info->to_json(state_, *record, time_) : Json();
}

Hash32 hash_of(std::string_view seed) {
  return crypto::sha256(seed);
}

std::string b64_of(std::string_view seed) {
  return crypto::to_b64(hash_of(seed));
}

Json application(std::string_view seed) {
  const std::string name(seed);
  return {
      {"title", "数据集 " + name},
      {"description", "城市道路车流记录，按小时汇总"},
      {"category", "industry_general"},
      {"industry", "transport"},
      {"modalities", Json::array({"tabular", "time_series"})},
      {"right", "hold"},
      {"source", {{"kind", "self_collected"}}},
      {"grade", "general"},
      {"personal_data", false},
      {"cross_border", false},
      {"manifest",
       {{"root", b64_of("root " + name)}, {"content_root", b64_of("content " + name)}, {"files", 3}, {"bytes", 4096}}},
      {"licence", {{"name", "CC-BY-4.0"}, {"commercial", true}, {"derivatives", true}, {"redistribution", true}}},
      {"supply_modes", Json::array({"catalogue"})},
      {"commitment", b64_of("commitment " + name)}};
}

Json subsidy_line() {
  const Json none = Json::array();
  return {{"pool", "POOL-A"},
          {"payee", "seller"},
          {"allocation", "first_come"},
          {"base", "settled_net"},
          {"scope", "all"},
          {"unit", "org"},
          {"earn", "calendar"},
          {"threshold_fen", 0},
          {"tiers", Json::array({Json{{"upto_fen", 10'000'000}, {"ppm", 50'000}},
                                 Json{{"upto_fen", 50'000'000}, {"ppm", 30'000}}, Json{{"ppm", 10'000}}})},
          {"rounding", "down"},
          {"floor_fen", 0},
          {"cap_org_fen", 1'500'000},
          {"cert_valid_at", "none"},
          {"requires_first_registration", false},
          {"regions", none},
          {"industries", none},
          {"modes", none},
          {"scales", none},
          {"cross_province_bonus_ppm", 0},
          {"base_tax", "incl"},
          {"stacking", "stackable"},
          {"notice_days", 0},
          {"recovery_to", "pool"}};
}

}  // namespace dengji::test
