// A ledger in memory behind the API's ports, with a registry of made-up kinds: things, which everyone may read, deals,
// which are for their parties, and watches and visits, the same with time limits. Real leaves, a real tree and real
// versions, so that proofs and as-of reads are what a node would give; only durability and contracts are missing.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "api/api.hpp"
#include "api/server.hpp"
#include "crypto/base64.hpp"
#include "crypto/jwk.hpp"
#include "crypto/jws.hpp"
#include "crypto/note.hpp"
#include "crypto/sha256.hpp"
#include "ledger/base/assert.hpp"
#include "ledger/entry/leaf.hpp"
#include "ledger/merkle/hash.hpp"
#include "ledger/merkle/proof.hpp"
#include "ledger/state/accounts.hpp"
#include "ledger/state/codec.hpp"
#include "ledger/state/entry_meta.hpp"
#include "ledger/state/keys.hpp"
#include "ledger/state/registry.hpp"
#include "tests/support/memory_tiles.hpp"

namespace dengji::test {

using state::Json;

inline constexpr std::string_view kLedger = "ledger.example/test";
inline constexpr std::string_view kAudience = "https://node.example";

struct ThingBody {
  std::string name;
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("name", self.name, state::Spec{"What it is called", 1, 40});
  }
};

struct Thing {
  static constexpr std::string_view kKind = "thing";
  std::string id;
  std::string color;
  std::string size;
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("id", self.id, state::Spec{"Its id", 1, 40});
    visit("color", self.color, state::Spec{"Its colour", 1, 40});
    visit("size", self.size, state::Spec{"Its size", 1, 40});
  }
  std::string object_id() const { return id; }
  static void extend_json(const Thing&, const state::ReadView&, LedgerTime now, Json& json) {
    json["read_at"] = format_time(now);
  }
};

struct Deal {
  static constexpr std::string_view kKind = "deal";
  std::string id;
  OrgId buyer;
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("id", self.id, state::Spec{"Its id", 1, 40});
    visit("buyer", self.buyer, state::Spec{"Who bought"});
  }
  std::string object_id() const { return id; }
  std::vector<OrgId> readers() const { return {buyer}; }
  // Says which entries wrote it.
  static Result<state::Explanation> explain(const Deal& deal, const state::ReadView&,
                                            const state::EntryHistory& entries, LedgerTime) {
    const std::string key = state::object_key(kKind, deal.id);
    const auto versions = entries.versions(key);
    if (!versions) return std::unexpected(versions.error());
    state::Explanation shown{.kind = std::string(kKind), .id = deal.id};
    for (const auto& version : *versions) {
      const auto told = entries.told(version.seq);
      if (!told) return std::unexpected(told.error());
      state::ExplainedChange change{.entry = {static_cast<std::int64_t>(version.seq.value), told->type, told->time}};
      change.postings = state::postings_for(told->effects, deal.id);
      shown.changes.push_back(std::move(change));
    }
    const auto last = entries.last_change(key);
    if (last && *last) shown.amount_fen = Fen(static_cast<std::int64_t>((*last)->value));
    return shown;
  }
};

struct Secret : Deal {
  static constexpr std::string_view kKind = "secret";
  static void explain() = delete;
};

// Stood to a last day; one that lapses is over by itself.
struct Watch {
  static constexpr std::string_view kKind = "watch";
  std::string id;
  OrgId owner;
  Date due;
  bool lapses = false;
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("id", self.id, state::Spec{"Its id", 1, 40});
    visit("owner", self.owner, state::Spec{"Who stands it"});
    visit("due", self.due, state::Spec{"Its last day"});
    visit("lapses", self.lapses, state::Spec{"Whether it is over by itself"});
  }
  std::string object_id() const { return id; }
  static void indexes(const Watch& watch, state::IndexSink& sink) {
    if (watch.lapses) {
      state::index_lapse(sink, watch.due);
    } else {
      state::index_open(sink);
    }
  }
  static constexpr std::array kDeadlines{state::DeadlineName{"stand", "Stands the watch", "值守"}};
  static std::vector<state::Deadline> deadlines(const Watch& watch, state::DeadlineCall&) {
    return {
        {"stand", add_days(watch.due, -10), watch.due, watch.lapses ? "guest" : "keeper", watch.owner, watch.lapses}};
  }
};

struct Visit : Watch {
  static constexpr std::string_view kKind = "visit";
  std::vector<OrgId> readers() const { return {owner}; }
  static std::vector<state::Deadline> deadlines(const Visit& visit, state::DeadlineCall& call) {
    return Watch::deadlines(visit, call);
  }
};

inline state::Verdict apply_nothing(state::EntryTx&, const ThingBody&) {
  return {};
}

inline constexpr state::VerdictRow kVerdictRows[] = {
    {901, "thing_taken", 422, "The thing is taken", "物品已被占用"},
};

inline const state::Registry& registry() {
  using state::Visibility;
  static const state::EntryTypeInfo types[] = {
      state::entry_type<ThingBody, &apply_nothing>("deal.make", "testing", {"Makes a deal.", "达成交易。"},
                                                   {{{"buyer"}}}, Visibility::parties),
      state::entry_type<ThingBody, &apply_nothing>("secret.tell", "testing", {"Tells a secret.", "告知秘密。"},
                                                   {{{"buyer"}}}, Visibility::supervised),
      state::entry_type<ThingBody, &apply_nothing>("thing.make", "testing", {"Makes a thing.", "制造物品。"},
                                                   {{{"maker"}}}, Visibility::everyone)};
  static const state::ObjectKindInfo kinds[] = {
      state::object_kind<Deal>("deals", {"Deals", "交易"}, Visibility::parties, {}),
      state::object_kind<Secret>("secrets", {"Secrets", "秘密"}, Visibility::supervised, {}),
      state::object_kind<Thing>("things", {"Things", "物品"}, Visibility::everyone,
                                {{"color", "By colour"}, {"size", "By size"}}),
      state::object_kind<Visit>("visits", {"Visits", "来访"}, Visibility::parties, {}),
      state::object_kind<Watch>("watches", {"Watches", "值守"}, Visibility::everyone, {})};
  static const state::Area areas[] = {
      {.name = "testing", .first_verdict = 900, .types = types, .kinds = kinds, .verdicts = kVerdictRows}};
  static const state::Registry made(areas);
  return made;
}

class MemoryView final : public state::ReadView {
 public:
  explicit MemoryView(std::map<std::string, std::string, std::less<>> values) : values_(std::move(values)) {}
  std::optional<std::string> get(std::string_view key) const override {
    const auto found = values_.find(key);
    return found == values_.end() ? std::nullopt : std::optional(found->second);
  }
  void scan(std::string_view prefix, std::string_view from, const Visit& visit) const override {
    for (auto at = values_.lower_bound(std::max(prefix, from)); at != values_.end(); ++at) {
      if (!at->first.starts_with(prefix) || !visit(at->first, at->second)) return;
    }
  }

 private:
  const std::map<std::string, std::string, std::less<>> values_;
};

class FakeLedger final : public api::LedgerPort {
 public:
  FakeLedger() : key_(*crypto::Seed::from_bytes(std::string(32, '\x01'))) { publish(); }

  struct Entry {
    std::string type = "thing.make";
    bool is_public = true;
    std::vector<OrgId> readers;
    std::string subject_kind;
    std::string subject_id;
    state::Writes writes;
    Json effects = Json::array();
  };

  // Adds one leaf and publishes it. One hour passes per ten entries.
  api::Receipt append(Entry entry, std::string payload = {}) {
    const std::lock_guard lock(mutex_);
    const Seq seq{leaves_.size()};
    if (payload.empty()) payload = R"({"n":)" + std::to_string(seq.value) + "}";
    crypto::Jws jws = crypto::make_jws(payload);
    crypto::sign(jws, key_, crypto::kTypEntry);
    entry::Leaf leaf;
    leaf.seq = seq;
    leaf.time = LedgerTime{kStart + static_cast<std::int64_t>(seq.value) * 360'000};
    leaf.effects = entry.effects;
    leaf.jws_text = crypto::write_jws(jws);
    leaves_.push_back(*entry::encode_leaf(leaf));
    times_.push_back(leaf.time);
    ids_[crypto::sha256(payload)] = seq;
    const Hash32 hash = merkle::leaf_hash(leaves_.back());
    tiles_.append({&hash, 1});
    entry.writes[state::entry_meta_key(seq)] = state::encode(
        state::EntryMeta{entry.type, entry.is_public, entry.subject_kind, entry.subject_id, entry.readers});
    for (auto& [key, value] : entry.writes) versions_[key][seq.value] = std::move(value);
    publish();
    api::Receipt receipt{
        .created = true,
        .seq = seq,
        .entry_id = crypto::sha256(payload),
        .leaf = leaves_.back(),
        .leaf_hash = hash,
        .inclusion = *merkle::ProofBuilder(tiles_, leaves_.size()).inclusion(seq.value, leaves_.size()),
        .checkpoint = checkpoint_};
    if (listener_) listener_(checkpoint_);
    return receipt;
  }

  void make_thing(const std::string& id, const std::string& color, const std::string& size = "small") {
    Entry entry;
    entry.subject_kind = "thing";
    entry.subject_id = id;
    entry.writes[state::object_key("thing", id)] = state::encode(Thing{id, color, size});
    entry.writes[state::index_key("thing", "color", color, id)] = "";
    entry.writes[state::index_key("thing", "size", size, id)] = "";
    append(std::move(entry));
  }
  void tell_secret(const std::string& id, const std::string& buyer) {
    Entry entry;
    entry.type = "secret.tell";
    entry.is_public = false;
    entry.readers = {OrgId(buyer)};
    entry.subject_kind = "secret";
    entry.subject_id = id;
    Secret secret;
    secret.id = id;
    secret.buyer = OrgId(buyer);
    entry.writes[state::object_key("secret", id)] = state::encode(secret);
    append(std::move(entry));
  }
  void make_deal(const std::string& id, const std::string& buyer) {
    Entry entry;
    entry.type = "deal.make";
    entry.is_public = false;
    entry.readers = {OrgId(buyer)};
    entry.subject_kind = "deal";
    entry.subject_id = id;
    entry.writes[state::object_key("deal", id)] = state::encode(Deal{id, OrgId(buyer)});
    state::PostEffect paid;
    paid.cause = id;
    paid.event = "paid";
    paid.lines = {{"a", "b", Fen(7)}};
    entry.effects.push_back(state::effect_to_json(paid));
    append(std::move(entry));
  }

  template <class T>
  void put(const T& object) {
    Entry entry;
    entry.subject_kind = T::kKind;
    entry.subject_id = object.object_id();
    const MemoryView before({});
    state::EntryTx tx(before, {Seq{0}, LedgerTime{}, Hash32{}, kLedger, "test", {}});
    tx.put(object);
    entry.writes = tx.take_writes();
    append(std::move(entry));
  }

  std::string_view ledger_id() const override { return kLedger; }
  std::string genesis() const override { return std::string(43, 'A'); }
  std::shared_ptr<const api::Checkpoint> checkpoint() const override {
    const std::lock_guard lock(mutex_);
    return checkpoint_;
  }
  Result<std::string> leaf(Seq seq) const override {
    const std::lock_guard lock(mutex_);
    if (seq.value >= leaves_.size()) return fail(ErrorCode::not_found);
    return leaves_[seq.value];
  }
  Result<Seq> seq_of(const Hash32& id) const override {
    const std::lock_guard lock(mutex_);
    const auto found = ids_.find(id);
    if (found == ids_.end()) return fail(ErrorCode::not_found);
    return found->second;
  }
  Result<void> leaves(Seq from, const VisitLeaf& visit) const override {
    for (std::uint64_t i = from.value;; ++i) {
      auto one = leaf(Seq{i});
      if (!one || !visit(Seq{i}, *one)) return {};
    }
  }
  Result<std::vector<Hash32>> inclusion(Seq seq, std::uint64_t size) const override {
    const std::lock_guard lock(mutex_);
    return merkle::ProofBuilder(tiles_, leaves_.size()).inclusion(seq.value, size);
  }
  Result<std::vector<Hash32>> consistency(std::uint64_t from, std::uint64_t to) const override {
    const std::lock_guard lock(mutex_);
    return merkle::ProofBuilder(tiles_, leaves_.size()).consistency(from, to);
  }
  Result<merkle::TileBytes> tile(merkle::TileId id, unsigned width) const override {
    const std::lock_guard lock(mutex_);
    return tiles_.read_tile(id, width);
  }
  std::unique_ptr<state::ReadView> view_at(std::uint64_t size) const override {
    const std::lock_guard lock(mutex_);
    std::map<std::string, std::string, std::less<>> values;
    for (const auto& [key, versions] : versions_) {
      const auto after = versions.lower_bound(size);
      if (after == versions.begin()) continue;
      if (const auto& value = std::prev(after)->second) values[key] = *value;
    }
    return std::make_unique<MemoryView>(std::move(values));
  }
  Result<std::uint64_t> size_at(LedgerTime time) const override {
    const std::lock_guard lock(mutex_);
    return static_cast<std::uint64_t>(std::upper_bound(times_.begin(), times_.end(), time) - times_.begin());
  }
  Result<void> history(std::string_view key, std::uint64_t size, const VisitVersion& visit) const override {
    std::map<std::uint64_t, std::optional<std::string>> versions;
    {
      const std::lock_guard lock(mutex_);
      if (const auto found = versions_.find(std::string(key)); found != versions_.end()) versions = found->second;
    }
    for (auto at = versions.rbegin(); at != versions.rend(); ++at) {
      if (at->first >= size) continue;
      if (!visit(Seq{at->first}, at->second ? std::optional<std::string_view>(*at->second) : std::nullopt)) return {};
    }
    return {};
  }
  void on_publish(std::function<void(const std::shared_ptr<const api::Checkpoint>&)> listener) override {
    const std::lock_guard lock(mutex_);
    listener_ = std::move(listener);
  }
  const crypto::SecretKey& key() const { return key_; }
  static constexpr std::int64_t kStart = 1'767'225'600'000;  // 2026-01-01T00:00:00Z

 private:
  void publish() {
    auto checkpoint = std::make_shared<api::Checkpoint>();
    checkpoint->size = leaves_.size();
    checkpoint->root = tiles_.writer().root();
    checkpoint->time = times_.empty() ? LedgerTime{} : times_.back();
    const std::string text = crypto::write_checkpoint({std::string(kLedger), checkpoint->size, checkpoint->root});
    checkpoint->note = crypto::write_note({text, {crypto::sign_note(text, kLedger, key_)}});
    checkpoint_ = std::move(checkpoint);
  }

  mutable std::mutex mutex_;
  const crypto::SecretKey key_;
  std::vector<std::string> leaves_;
  std::vector<LedgerTime> times_;
  std::map<Hash32, Seq> ids_;
  MemoryTiles tiles_;
  std::map<std::string, std::map<std::uint64_t, std::optional<std::string>>> versions_;
  std::shared_ptr<const api::Checkpoint> checkpoint_;
  std::function<void(const std::shared_ptr<const api::Checkpoint>&)> listener_;
};

// By default takes everything. `decide` may say otherwise, or keep `done` for later.
class FakeSubmit final : public api::SubmitPort {
 public:
  using Decide = std::function<void(std::string bytes, api::SubmitDone done)>;

  explicit FakeSubmit(FakeLedger& ledger) : ledger_(ledger) {}
  void submit(std::string bytes, api::SubmitDone done) override {
    Decide decide;
    {
      const std::lock_guard lock(mutex_);
      ++calls;
      decide = decide_;
    }
    if (decide) return decide(std::move(bytes), std::move(done));
    done(ledger_.append({}, std::move(bytes)));
  }
  void decide(Decide decide) {
    const std::lock_guard lock(mutex_);
    decide_ = std::move(decide);
  }
  std::atomic<int> calls{0};

 private:
  FakeLedger& ledger_;
  std::mutex mutex_;
  Decide decide_;
};

// An organisation with a key that the ledger knows.
struct Member {
  explicit Member(std::string name, char fill)
      : org(std::move(name)),
        key(*crypto::Seed::from_bytes(std::string(32, fill))),
        kid(crypto::thumbprint(key.public_key())) {}

  struct Claims {
    std::string iss;
    std::string aud{kAudience};
    std::int64_t iat = 0;
    std::int64_t exp = 0;
    std::string typ{crypto::kTypRead};
  };
  std::string token(const Claims& claims) const {
    const Json payload{
        {"iss", claims.iss}, {"aud", claims.aud}, {"iat", claims.iat}, {"exp", claims.exp}, {"jti", "j1"}};
    return crypto::sign_compact(payload.dump(), key, claims.typ);
  }
  Claims claims(std::int64_t now_ms) const {
    return {.iss = org.text, .iat = now_ms / 1000, .exp = now_ms / 1000 + 300};
  }
  std::string bearer(std::int64_t now_ms) const { return "Authorization: Bearer " + token(claims(now_ms)) + "\r\n"; }

  OrgId org;
  crypto::SecretKey key;
  KeyId kid;
};

class FakeAuth final : public api::AuthPort {
 public:
  void add(const Member& member, std::vector<std::string> roles) {
    const std::lock_guard lock(mutex_);
    keys_[member.kid.text] = {member.org, member.key.public_key()};
    roles_[member.org] = std::move(roles);
  }
  void revoke(const Member& member) {
    const std::lock_guard lock(mutex_);
    keys_.erase(member.kid.text);
  }
  Result<api::ReaderKey> key(std::string_view kid) const override {
    const std::lock_guard lock(mutex_);
    const auto found = keys_.find(std::string(kid));
    if (found == keys_.end()) return fail(ErrorCode::unknown_key, std::string(kid));
    return found->second;
  }
  std::vector<std::string> roles(const OrgId& org) const override {
    const std::lock_guard lock(mutex_);
    const auto found = roles_.find(org);
    return found == roles_.end() ? std::vector<std::string>{} : found->second;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, api::ReaderKey> keys_;
  std::map<OrgId, std::vector<std::string>> roles_;
};

class FakeHealth final : public api::HealthPort {
 public:
  std::vector<std::string> not_ready() const override {
    return ready ? std::vector<std::string>{} : std::vector<std::string>{"the disk is full"};
  }
  bool alive() const override { return living; }
  std::string metrics() const override { return "node_metric 1\n"; }
  std::string jwks() const override { return R"({"keys":[]})"; }
  std::atomic<bool> ready{true};
  std::atomic<bool> living{true};
};

class FakeClock final : public Clock {
 public:
  LedgerTime now() override { return LedgerTime{ms.load()}; }
  std::atomic<std::int64_t> ms{FakeLedger::kStart + 400LL * 24 * 3600 * 1000};
};

// Everything together, listening on a free port of loopback.
struct Bench {
  explicit Bench(api::ServerLimits limits = {}, api::ApiConfig config = {}) {
    config.audiences = {std::string(kAudience)};
    auth.add(auditor, {"auditor"});
    auth.add(buyer, {});
    auth.add(stranger, {});
    tables.reports.push_back({.name = "sums",
                              .doc = "Sums",
                              .doc_zh = "合计",
                              .visibility = state::Visibility::everyone,
                              .parameters = {{"by", "What to sum by"}},
                              .run = [](const api::ReportCall& call) -> Result<Json> {
                                return Json{{"asked", call.query.size()}, {"size", call.size}};
                              }});
    // Counts up from where the page before ended.
    tables.reports.push_back({.name = "sums/behind",
                              .doc = "What sums are made of",
                              .doc_zh = "合计明细",
                              .visibility = state::Visibility::parties,
                              .parameters = {{"by", "What to sum by"}},
                              .paged = true,
                              .run = [](const api::ReportCall& call) -> Result<Json> {
                                const int from = call.after.empty() ? 0 : std::stoi(call.after);
                                Json items = Json::array();
                                for (int i = from; i < 5 && items.size() < call.limit; ++i) items.push_back(i);
                                const auto next = static_cast<std::size_t>(from) + items.size();
                                Json body{{"items", std::move(items)}};
                                if (next < 5) body["next"] = std::to_string(next);
                                return body;
                              }});
    tables.reports.push_back(
        {.name = "shares",
         .doc = "What an organisation has",
         .doc_zh = "份额",
         .visibility = state::Visibility::parties,
         .about = "org",
         .parameters = {{"org", "Whose"}},
         .run = [](const api::ReportCall& call) -> Result<Json> { return Json{{"asked", call.query.size()}}; }});
    tables.reports.push_back(
        {.name = "late",
         .doc = "Not ready",
         .doc_zh = "未就绪",
         .visibility = state::Visibility::everyone,
         .parameters = {},
         .run = [](const api::ReportCall&) -> Result<Json> { return fail(ErrorCode::unavailable, "12 of 40 rows"); }});
    api = std::make_unique<api::Api>(api::Ports{submit, ledger, auth, health, clock}, tables, std::move(config));
    auto started = api::Server::start({.threads = 2, .limits = limits}, *api);
    LEDGER_ASSERT(started.has_value());
    server = std::move(*started);
    api->show_stats(&server->stats());
  }
  ~Bench() {
    api->stop();
    server->stop(std::chrono::milliseconds(500));
  }
  std::uint16_t port() const { return server->port(); }
  std::string as(const Member& member) { return member.bearer(clock.ms); }

  FakeLedger ledger;
  FakeSubmit submit{ledger};
  FakeAuth auth;
  FakeHealth health;
  FakeClock clock;
  Member auditor{"AUDITOR", '\x11'};
  Member buyer{"BUYER", '\x12'};
  Member stranger{"STRANGER", '\x13'};
  // Any record will do for a form.
  std::array<state::FormInfo, 1> forms{state::form_info<state::StatusEffect>("marks", "status", {"A status", "状态"})};
  api::Tables tables{registry(), {}, forms};
  std::unique_ptr<api::Api> api;
  std::unique_ptr<api::Server> server;
};

}  // namespace dengji::test
