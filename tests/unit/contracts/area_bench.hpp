// Runs entry types of a few areas against a state in memory, without signatures: what a contract decides, apart from
// who was let in. Bodies go through the type's own strict reader, so that a test writes what a party would send.
#pragma once

#include <doctest/doctest.h>

#include <initializer_list>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "contracts/common/organisations.hpp"
#include "contracts/common/policy_directory.hpp"
#include "crypto/base64.hpp"
#include "ledger/base/assert.hpp"
#include "ledger/state/registry.hpp"
#include "tests/support/deadline_check.hpp"
#include "tests/support/verdicts_reached.hpp"

namespace dengji::contracts {

class EmptyView final : public ReadView {
 public:
  std::optional<std::string> get(std::string_view) const override { return std::nullopt; }
  void scan(std::string_view, std::string_view, const Visit&) const override {}
};

inline Hash32 hash_of(std::uint8_t fill) {
  Hash32 hash;
  hash.bytes.fill(fill);
  return hash;
}
inline std::string b64_of(std::uint8_t fill) {
  return crypto::to_b64(hash_of(fill));
}

// What the steps on a bench told and wrote, for explanations.
class BenchHistory final : public EntryHistory {
 public:
  void take(Told told, const Writes& writes) {
    const Seq seq{told_.size()};
    told_.push_back(std::move(told));
    for (const auto& [key, value] : writes) versions_[key].push_back({seq, value});
  }
  Result<Told> told(Seq seq) const override {
    if (seq.value >= told_.size()) return fail(ErrorCode::not_found);
    return told_[seq.value];
  }
  Result<std::vector<Version>> versions(std::string_view key) const override {
    const auto found = versions_.find(key);
    return found == versions_.end() ? std::vector<Version>{} : found->second;
  }
  Result<std::optional<Seq>> last_change(std::string_view key) const override {
    const auto found = versions_.find(key);
    return found == versions_.end() ? std::nullopt : std::optional(found->second.back().seq);
  }

 private:
  std::vector<Told> told_;
  std::map<std::string, std::vector<Version>, std::less<>> versions_;
};

class AreaBench {
 public:
  struct By {
    std::string role;
    std::string org;
  };

  explicit AreaBench(std::initializer_list<const Area*> areas) : areas_(areas) {}

  // Ledger time from here on, RFC 3339; days are those of Asia/Shanghai.
  void at(std::string_view time) {
    const auto parsed = parse_time(time);
    LEDGER_ASSERT(parsed);
    time_ = *parsed;
  }
  // Noon in Asia/Shanghai.
  void day(const std::string& date) { at(date + "T04:00:00Z"); }

  // A step outside any entry type: what other areas would do or call.
  template <class Step>
  auto run(Step&& step) {
    EntryTx tx(state_, {Seq{seq_}, time_, entry_id(), "ledger.example/test", "test", {}});
    ++seq_;
    auto result = step(tx);
    effects_ = tx.effects();
    keep("test", tx.take_writes());
    return result;
  }
  template <Object T>
  void put(const T& object) {
    run([&](EntryTx& tx) { return tx.put(object), true; });
  }

  // Nothing is kept of a refused entry.
  Verdict act(std::string_view type, const Json& body, const std::vector<By>& by) {
    std::vector<entry::Party> parties;
    for (const By& one : by) parties.push_back({one.role, OrgId(one.org), KeyId("key")});
    const EntryTypeInfo& info = find_type(type);
    const auto read = info.read(body);
    const std::string error = read ? "" : read.error().message();
    REQUIRE_MESSAGE(read.has_value(), error);
    EntryTx tx(state_, {Seq{seq_}, time_, entry_id(), "ledger.example/test", info.type, parties});
    Verdict verdict = info.apply(tx, **read);
    effects_.clear();
    if (!verdict) {
      test::verdicts_reached().insert(verdict.error().verdict);
      return verdict;
    }
    ++seq_;
    effects_ = tx.effects();
    readers_ = tx.readers();
    subject_ = tx.subject().second;
    const Writes writes = tx.take_writes();
    keep(type, writes);
    for (const std::string& fault : test::deadline_faults([&](std::string_view kind) { return find_kind(kind); },
                                                          state_, writes, effects_, time_)) {
      FAIL_CHECK(fault);
    }
    return verdict;
  }

  const ReadView& view() const { return state_; }
  const EntryHistory& history() const { return history_; }
  // Of the last step; empty if it was refused.
  const std::vector<Effect>& effects() const { return effects_; }
  const std::vector<OrgId>& readers() const { return readers_; }
  const std::string& subject() const { return subject_; }
  LedgerTime time() const { return time_; }

  template <class E>
  std::vector<E> effects_of() const {
    std::vector<E> found;
    for (const Effect& effect : effects_) {
      if (const E* one = std::get_if<E>(&effect)) found.push_back(*one);
    }
    return found;
  }
  bool flagged(std::string_view code) const {
    for (const FlagEffect& flag : effects_of<FlagEffect>()) {
      if (flag.code == code) return true;
    }
    return false;
  }

  std::int64_t balance(std::string_view account) const { return posted_balance(state_, account).value(); }
  Account account(std::string_view id) const { return read_account(state_, id); }
  template <Object T>
  T object(std::string_view id) const {
    auto found = find_object<T>(state_, id);
    REQUIRE(found.has_value());
    return *found;
  }
  template <Object T>
  bool exists(std::string_view id) const {
    return find_object<T>(state_, id).has_value();
  }
  // What the API shows of it.
  Json shown(std::string_view kind, std::string_view id) const {
    const ObjectKindInfo* info = find_kind(kind);
    return info ? info->to_json(state_, *state_.get(object_key(kind, id)), time_) : Json();
  }
  // The time limits that run for it today: "delivery 2026-06-30 overdue, …".
  std::string limits(std::string_view kind, std::string_view id) const {
    return test::limits_text(state_, *find_kind(kind), id, shanghai_day(time_));
  }

 private:
  void keep(std::string_view type, const Writes& writes) {
    history_.take({std::string(type), time_, effects_}, writes);
    state_.absorb(writes);
  }

  // Its own for each entry.
  Hash32 entry_id() const {
    Hash32 id;
    for (std::size_t i = 0; i < 8; ++i) id.bytes[i] = static_cast<std::uint8_t>(seq_ >> (8 * i));
    return id;
  }

  const ObjectKindInfo* find_kind(std::string_view kind) const {
    for (const Area* area : areas_) {
      for (const ObjectKindInfo& info : area->kinds) {
        if (info.kind == kind) return &info;
      }
    }
    return nullptr;
  }

  const EntryTypeInfo& find_type(std::string_view type) const {
    for (const Area* area : areas_) {
      for (const EntryTypeInfo& info : area->types) {
        if (info.type == type) return info;
      }
    }
    LEDGER_ASSERT(!"an entry type of the areas on the bench");
    std::abort();
  }

  EmptyView empty_;
  Overlay state_{empty_};
  BenchHistory history_;
  std::vector<const Area*> areas_;
  LedgerTime time_;
  std::uint64_t seq_ = 0;
  std::vector<Effect> effects_;
  std::vector<OrgId> readers_;
  std::string subject_;
};

// 0 if it was accepted.
inline std::uint16_t number_of(const Verdict& verdict) {
  return verdict ? 0 : verdict.error().verdict;
}
template <class E>
bool refused_as(const Verdict& verdict, E expected, std::string_view pointer) {
  if (number_of(verdict) != static_cast<std::uint16_t>(expected)) {
    MESSAGE("verdict " << number_of(verdict) << (verdict ? "" : ": " + verdict.error().context));
    return false;
  }
  if (verdict.error().pointer != pointer) MESSAGE("points to " << verdict.error().pointer);
  return verdict.error().pointer == pointer;
}
inline bool accepted(const Verdict& verdict) {
  if (!verdict) MESSAGE("verdict " << verdict.error().verdict << ": " << verdict.error().context);
  return verdict.has_value();
}

// Parties of the worked year and a few more.
inline constexpr const char* kSeller = "91320500MA1EAMPA7Y";
inline constexpr const char* kBuyer = "91320100MA1EAMPB55";
inline constexpr const char* kPlatform = "91320000MA1PLATF0T";
inline constexpr const char* kOther = "914403001922038216";  // Shenzhen

inline Org org_of(const char* id, const char* region) {
  Org org;
  org.id = OrgId(id);
  org.name = id;
  org.region = region;
  return org;
}

inline void put_parties(AreaBench& bench) {
  bench.put(org_of(kSeller, "320500"));
  bench.put(org_of(kBuyer, "320100"));
  bench.put(org_of(kPlatform, "320000"));
  bench.put(org_of(kOther, "440300"));
}

// As policy.enact leaves it.
inline void enact(AreaBench& bench, const Policy& policy) {
  bench.run([&](EntryTx& tx) {
    tx.put(policy);
    add_policy_span(tx, policy_kind_key(policy.kind, policy.jurisdiction, policy.topic()),
                    {policy.code, policy.version, policy.effective_from, policy.effective_to});
    return true;
  });
}

inline Policy fee_policy(Fen registration, std::vector<ServiceFee> service = {}, const char* from = "2026-01-01") {
  Policy policy;
  policy.kind = PolicyKind::fee_schedule;
  policy.code = "FEE-A";
  policy.title = "fees";
  policy.jurisdiction = "320000";
  policy.effective_from = *parse_date(from);
  policy.fee_schedule = FeeSchedule{OrgId(kPlatform), registration, std::move(service)};
  return policy;
}

inline Policy waiver_policy(std::int64_t ppm, FirstScope scope = FirstScope::enterprise) {
  Policy policy;
  policy.kind = PolicyKind::waiver;
  policy.code = "WAIVE-FIRST";
  policy.title = "waiver";
  policy.jurisdiction = "320000";
  policy.effective_from = *parse_date("2026-01-01");
  policy.waiver = Waiver{"first", ppm, 180, scope, OrgId(kPlatform), Rounding::down};
  return policy;
}

}  // namespace dengji::contracts
