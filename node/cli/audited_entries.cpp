#include "node/cli/audited_entries.hpp"

#include "contracts/certification/certification.hpp"
#include "contracts/fee/fees.hpp"
#include "contracts/pool/pools.hpp"
#include "contracts/subsidy/subsidies.hpp"
#include "contracts/trade/trades.hpp"
#include "ledger/state/keys.hpp"

namespace dengji::cli {
namespace {

// Objects whose every version is kept with its record: those that are explained.
const std::vector<std::string>& explained_prefixes() {
  static const std::vector<std::string> prefixes{state::object_prefix(contracts::Claim::kKind),
                                                 state::object_prefix(contracts::Fee::kKind)};
  return prefixes;
}

// Objects of which it is enough to know which entries wrote them.
const std::vector<std::string>& named_prefixes() {
  static const std::vector<std::string> prefixes{state::object_prefix(contracts::Certificate::kKind),
                                                 state::object_prefix(contracts::Trade::kKind)};
  return prefixes;
}

// Keys that every other entry writes: the last one is enough.
const std::vector<std::string>& last_prefixes() {
  static const std::vector<std::string> prefixes{state::object_prefix(contracts::Pool::kKind),
                                                 state::account_key("pool/")};
  return prefixes;
}

template <class Keep>
void each_write(const state::Writes& writes, const std::vector<std::string>& prefixes, Keep&& keep) {
  for (const std::string& prefix : prefixes) {
    for (auto at = writes.lower_bound(prefix); at != writes.end() && at->first.starts_with(prefix); ++at) {
      keep(at->first, at->second);
    }
  }
}

bool tells_working(const json::Json& effects) {
  for (const json::Json& effect : effects) {
    if (effect.value("fx", "") == "working") return true;
  }
  return false;
}

}  // namespace

void AuditedEntries::take(const node::AuditedEntry& entry) {
  const Seq seq = entry.leaf.seq;
  bool told = tells_working(entry.leaf.effects);
  each_write(entry.writes, explained_prefixes(), [&](const std::string& key, const auto& value) {
    versions_[key].push_back({seq, value});
    told = true;
  });
  each_write(entry.writes, named_prefixes(),
             [&](const std::string& key, const auto&) { versions_[key].push_back({seq, std::string()}); });
  each_write(entry.writes, last_prefixes(),
             [&](const std::string& key, const auto&) { last_.insert_or_assign(key, seq); });
  entries_.push_back({std::string(entry.type), entry.leaf.time, told ? entry.leaf.effects.dump() : std::string()});
}

Result<state::EntryHistory::Told> AuditedEntries::told(Seq seq) const {
  if (seq.value >= entries_.size()) return fail(ErrorCode::not_found, "entry " + std::to_string(seq.value));
  const Kept& kept = entries_[seq.value];
  Told told{.type = kept.type, .time = kept.time, .effects = {}};
  if (kept.effects.empty()) return told;
  const json::Json effects = json::Json::parse(kept.effects);
  for (const json::Json& effect : effects) {
    auto read = state::effect_from_json(effect);
    if (!read) return std::unexpected(std::move(read.error()));
    told.effects.push_back(std::move(*read));
  }
  return told;
}

Result<std::vector<state::EntryHistory::Version>> AuditedEntries::versions(std::string_view key) const {
  const auto found = versions_.find(key);
  return found == versions_.end() ? std::vector<Version>{} : found->second;
}

Result<std::optional<Seq>> AuditedEntries::last_change(std::string_view key) const {
  const auto found = last_.find(key);
  return found == last_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace dengji::cli
