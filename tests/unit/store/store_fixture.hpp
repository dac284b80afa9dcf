// What the store's tests share: a folder that goes away, random batches, and a model in plain maps that the store is
// compared with.
#pragma once

#include <doctest/doctest.h>

#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "crypto/sha256.hpp"
#include "ledger/merkle/frontier.hpp"
#include "ledger/store/store.hpp"
#include "tests/support/lossy_env.hpp"
#include "tests/support/temp_dir.hpp"

namespace dengji::test {

inline std::string store_in(const TempDir& dir) {
  return (dir.path() / "store").string();
}

// Every version of the state, leaf by leaf.
struct Model {
  std::vector<std::string> leaves;
  std::vector<Hash32> ids;
  std::vector<std::int64_t> times;
  std::vector<std::string> positions;  // order position after each entry; only the last of a batch was ever a head
  std::map<std::string, std::map<std::uint64_t, std::optional<std::string>>> state;
  merkle::Frontier frontier;

  std::optional<std::string> at(const std::string& key, std::uint64_t size) const {
    const auto versions = state.find(key);
    if (versions == state.end()) return std::nullopt;
    auto version = versions->second.lower_bound(size);
    if (version == versions->second.begin()) return std::nullopt;
    return std::prev(version)->second;
  }
  std::map<std::string, std::string> scan(const std::string& prefix, const std::string& from,
                                          std::uint64_t size) const {
    std::map<std::string, std::string> out;
    for (const auto& [key, versions] : state) {
      if (!key.starts_with(prefix) || key < from) continue;
      if (const auto value = at(key, size)) out[key] = *value;
    }
    return out;
  }
  void add(const store::BatchCommit& batch) {
    for (const store::EntryCommit& entry : batch.entries) {
      for (const auto& [key, value] : entry.writes) state[key][leaves.size()] = value;
      leaves.push_back(entry.leaf);
      ids.push_back(entry.entry_id);
      times.push_back(entry.time.ms);
      positions.push_back(batch.order_position);
      frontier.append(entry.leaf_hash);
    }
  }
};

// Few keys, of which some are prefixes of others, so that versions pile up and borders are met.
inline std::string random_key(std::mt19937& random) {
  static const char* const kHeads[] = {"a", "ab", "abc", "b", "acc|", "acc|x", "z\xff"};
  std::string key = kHeads[random() % 7];
  if (random() % 2 == 0) key += std::to_string(random() % 12);
  return key;
}

inline store::EntryCommit random_entry(std::mt19937& random, std::int64_t time_ms, std::size_t leaf_bytes = 80) {
  store::EntryCommit entry;
  entry.leaf = "{\"n\":" + std::to_string(random()) + ",\"x\":\"" + std::string(random() % leaf_bytes, 'x') + "\"}";
  entry.leaf_hash = merkle::leaf_hash(entry.leaf);
  entry.entry_id = crypto::sha256(entry.leaf + std::to_string(random()));
  entry.time = LedgerTime{time_ms};
  for (std::size_t i = random() % 6; i > 0; --i) {
    entry.writes[random_key(random)] =
        random() % 5 == 0 ? std::nullopt
                          : std::optional(std::string(random() % 30, 'v') + std::to_string(random() % 100));
  }
  return entry;
}

inline store::BatchCommit random_batch(std::mt19937& random, const store::Head& head, std::size_t max_entries,
                                       std::size_t leaf_bytes = 80) {
  store::BatchCommit batch{
      .first = Seq{head.size}, .entries = {}, .order_position = std::to_string(random()), .meta = {}};
  std::int64_t time_ms = head.time.ms + random() % 3;
  for (std::size_t i = 1 + random() % max_entries; i > 0; --i) {
    batch.entries.push_back(random_entry(random, time_ms, leaf_bytes));
    time_ms += random() % 3;
  }
  return batch;
}

inline std::unique_ptr<store::Store> open_store(const std::string& path, store::StoreOptions options = {}) {
  auto opened = store::Store::open(path, std::move(options));
  if (!opened) FAIL(opened.error().message());
  return std::move(*opened);
}

// A store in `env`, its tables small enough that a few hundred entries make several.
inline store::StoreOptions options_on(LossyEnv& env) {
  store::StoreOptions options{.write_buffer_bytes = 64 << 10, .table_bytes = 1 << 20, .env = &env};
  options.sync_dir = [&env](const std::string& dir) { return env.sync_dir(dir); };
  return options;
}

// LevelDB's log that holds the last commits: the last by name that is not empty, if one is not.
inline std::string log_file(const LossyEnv& env) {
  std::string log;
  for (const std::string& name : env.files()) {
    if (name.ends_with(".log") && (log.empty() || !env.content(name).empty())) log = name;
  }
  REQUIRE_FALSE(log.empty());
  return log;
}

// Commits and adds to the model.
inline store::Head commit(store::Store& store, Model& model, store::BatchCommit batch) {
  model.add(batch);
  auto head = store.commit(std::move(batch));
  if (!head) FAIL(head.error().message());
  return *head;
}

// Everything that the model knows, against the store; `thorough` looks at every size.
void check_same(const store::Store& store, const Model& model, bool thorough);

}  // namespace dengji::test
