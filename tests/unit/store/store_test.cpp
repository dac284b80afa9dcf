#include <atomic>
#include <thread>
#include <tuple>

#include "ledger/merkle/hash.hpp"
#include "tests/unit/store/store_fixture.hpp"

using namespace dengji;
using namespace dengji::store;
using namespace dengji::test;

TEST_CASE("a new store is the empty ledger") {
  const TempDir dir;
  const auto store = open_store(store_in(dir));
  CHECK(store->head().size == 0);
  CHECK(store->head().root == merkle::empty_root());
  CHECK(store->live().get("a") == std::nullopt);
  CHECK(store->as_of(0)->get("a") == std::nullopt);
  CHECK(store->leaf(Seq{0}).error().code == ErrorCode::not_found);
  CHECK(*store->size_at(LedgerTime{1'000}) == 0);
  CHECK(store->hashes().read_tile({}, 1).error().code == ErrorCode::not_found);
  CHECK(store->verify());
}

TEST_CASE("without create, a folder without a store is not_found and stays empty") {
  const TempDir dir;
  const auto opened = Store::open(store_in(dir), {.create = false});
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == ErrorCode::not_found);
  CHECK_FALSE(std::filesystem::exists(store_in(dir) + "/CURRENT"));
}

TEST_CASE("everything committed reads as the model says, at every size, before and after reopening") {
  for (std::uint32_t seed = 1; seed <= 4; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    const TempDir dir;
    Model model;
    StoreOptions options{.write_buffer_bytes = 64 << 10};
    {
      const auto store = open_store(store_in(dir), options);
      while (model.leaves.size() < 90) commit(*store, model, random_batch(random, store->head(), 9));
      check_same(*store, model, true);
    }
    const auto store = open_store(store_in(dir), options);
    check_same(*store, model, true);
    while (model.leaves.size() < 120) commit(*store, model, random_batch(random, store->head(), 9));
    check_same(*store, model, true);
  }
}

TEST_CASE("a store of many tiles, logs and tables reads as the model says") {
  std::mt19937 random(11);
  const TempDir dir;
  Model model;
  StoreOptions options{.write_buffer_bytes = 64 << 10, .live_cache_bytes = 4 << 10, .table_bytes = 1 << 20};
  {
    const auto store = open_store(store_in(dir), options);
    while (model.leaves.size() < 3'000) commit(*store, model, random_batch(random, store->head(), 120, 600));
    check_same(*store, model, false);
  }
  check_same(*open_store(store_in(dir), options), model, false);
}

TEST_CASE("an old view does not see later commits") {
  std::mt19937 random(3);
  const TempDir dir;
  Model model;
  const auto store = open_store(store_in(dir));
  while (model.leaves.size() < 40) commit(*store, model, random_batch(random, store->head(), 5));
  const std::uint64_t size = store->head().size;
  const auto view = store->as_of(size);
  const auto before = model;
  while (model.leaves.size() < 80) commit(*store, model, random_batch(random, store->head(), 5));
  for (const auto& [key, versions] : model.state) CHECK(view->get(key) == before.at(key, size));
}

TEST_CASE("the live cache stays within its bytes and never changes an answer") {
  std::mt19937 random(5);
  const TempDir dir;
  Model model;
  const auto store = open_store(store_in(dir), {.live_cache_bytes = 2'000});
  for (int round = 0; round < 200; ++round) {
    commit(*store, model, random_batch(random, store->head(), 3));
    for (int i = 0; i < 10; ++i) {
      const std::string key = random_key(random);
      CHECK(store->live().get(key) == model.at(key, store->head().size));
    }
    CHECK(store->stats().live_cache_bytes <= 2'000);
  }
  CHECK(store->stats().live_hits > 0);
  CHECK(store->stats().live_misses > 0);
}

TEST_CASE("absent keys are remembered too, until they are written; then the first read finds the value") {
  const TempDir dir;
  std::mt19937 random(1);
  Model model;
  const auto store = open_store(store_in(dir));
  CHECK(store->live().get("new") == std::nullopt);
  CHECK(store->live().get("new") == std::nullopt);
  CHECK(store->stats().live_misses == 1);
  CHECK(store->stats().live_hits == 1);
  auto batch = random_batch(random, store->head(), 1);
  batch.entries[0].writes["new"] = "value";
  commit(*store, model, std::move(batch));
  CHECK(store->live().get("new") == "value");
  CHECK(store->stats().live_misses == 2);
  CHECK(store->live().get("new") == "value");
  CHECK(store->stats().live_misses == 2);
}

TEST_CASE("an empty value is not an erased one") {
  const TempDir dir;
  std::mt19937 random(1);
  Model model;
  for (int round = 0; round < 2; ++round) {
    const auto store = open_store(store_in(dir));
    auto batch = random_batch(random, store->head(), 1);
    batch.entries[0].writes = {{"empty", std::string()}, {"gone", std::nullopt}};
    commit(*store, model, std::move(batch));
    CHECK(store->as_of(store->head().size)->get("empty") == std::string());
    CHECK(store->as_of(store->head().size)->get("gone") == std::nullopt);
  }
}

TEST_CASE("history gives versions in either direction, page by page, as of any size") {
  const TempDir dir;
  std::mt19937 random(2);
  Model model;
  const auto store = open_store(store_in(dir));
  for (int i = 0; i < 30; ++i) {
    auto batch = random_batch(random, store->head(), 3);
    for (auto& entry : batch.entries) {
      entry.writes.erase("k");
      if (random() % 2 == 0)
        entry.writes["k"] = random() % 4 == 0 ? std::nullopt : std::optional(std::to_string(random()));
      entry.writes["k0"] = "neighbour";
      entry.writes["j"] = "neighbour";
    }
    commit(*store, model, std::move(batch));
  }
  const auto& versions = model.state.at("k");
  for (const std::uint64_t size : {std::uint64_t{0}, std::uint64_t{1}, store->head().size / 2, store->head().size}) {
    for (const bool newest_first : {true, false}) {
      std::vector<std::pair<std::uint64_t, std::optional<std::string>>> expected;
      for (const auto& [seq, value] : versions) {
        if (seq < size) expected.emplace_back(seq, value);
      }
      if (newest_first) std::reverse(expected.begin(), expected.end());
      for (const std::size_t limit : {std::size_t{1}, std::size_t{4}, std::size_t{1'000}}) {
        std::vector<std::pair<std::uint64_t, std::optional<std::string>>> found;
        HistoryQuery query{.key = "k", .size = size, .newest_first = newest_first, .after = {}, .limit = limit};
        while (true) {
          const auto page = store->history(query);
          REQUIRE(page);
          CHECK(page->size() <= limit);
          if (page->empty()) break;
          for (const Version& version : *page) found.emplace_back(version.seq.value, version.value);
          query.after = page->back().seq;
        }
        CHECK(found == expected);
      }
    }
  }
  CHECK(store->history({.key = "never", .size = store->head().size})->empty());
}

TEST_CASE("all versions of a prefix are read in pieces of any size, by key and the newest first, none above the size") {
  const TempDir dir;
  std::mt19937 random(9);
  Model model;
  const auto store = open_store(store_in(dir));
  while (model.leaves.size() < 120) commit(*store, model, random_batch(random, store->head(), 9));
  for (const std::uint64_t size : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{60}, store->head().size}) {
    for (const std::string prefix : {"", "k", "k1", "none"}) {
      std::vector<std::tuple<std::string, std::uint64_t, std::optional<std::string>>> expected;
      for (const auto& [key, versions] : model.state) {
        if (!key.starts_with(prefix)) continue;
        for (auto version = versions.rbegin(); version != versions.rend(); ++version) {
          if (version->first < size) expected.emplace_back(key, version->first, version->second);
        }
      }
      for (const std::size_t limit : {std::size_t{1}, std::size_t{7}, std::size_t{1'000}}) {
        std::vector<std::tuple<std::string, std::uint64_t, std::optional<std::string>>> found;
        VersionsQuery query{.prefix = prefix, .size = size, .after_key = {}, .after_seq = {}, .limit = limit};
        while (true) {
          const auto piece = store->versions(query);
          REQUIRE(piece);
          if (piece->empty()) break;
          CHECK(piece->size() <= limit);
          for (const auto& [key, version] : *piece) found.emplace_back(key, version.seq.value, version.value);
          query.after_key = piece->back().key;
          query.after_seq = piece->back().version.seq;
        }
        CHECK(found == expected);
      }
    }
  }
}

TEST_CASE("leaves are read in chunks bounded by count and bytes") {
  const TempDir dir;
  std::mt19937 random(4);
  Model model;
  const auto store = open_store(store_in(dir));
  while (model.leaves.size() < 300) commit(*store, model, random_batch(random, store->head(), 40, 500));
  std::vector<std::string> read;
  while (read.size() < model.leaves.size()) {
    const auto chunk =
        store->leaves({.first = Seq{read.size()}, .end = ~std::uint64_t{0}, .max_count = 50, .max_bytes = 5'000});
    REQUIRE(chunk);
    REQUIRE_FALSE(chunk->empty());
    CHECK(chunk->size() <= 50);
    std::size_t bytes = 0;
    for (const LeafRecord& record : *chunk) {
      CHECK(record.seq.value == read.size());
      bytes += record.leaf.size();
      read.push_back(record.leaf);
    }
    CHECK(bytes <= 5'000);
  }
  CHECK(read == model.leaves);
  CHECK(store->leaves({.first = Seq{10}, .end = 12})->size() == 2);
  CHECK(store->leaves({.first = Seq{10}, .end = 20, .max_bytes = 1})->size() == 1);
  CHECK(store->leaves({.first = Seq{12}, .end = 12})->empty());
  CHECK(store->leaves({.first = Seq{5'000}, .end = 6'000})->empty());
}

TEST_CASE("size_at counts the entries up to a time") {
  const TempDir dir;
  std::mt19937 random(4);
  Model model;
  const auto store = open_store(store_in(dir));
  const auto at = [&](std::int64_t ms) {
    auto batch = random_batch(random, store->head(), 1);
    batch.entries[0].time = LedgerTime{ms};
    commit(*store, model, std::move(batch));
  };
  for (const std::int64_t ms : {1'000, 1'000, 1'005, 2'000}) at(ms);
  CHECK(*store->size_at(LedgerTime{-1}) == 0);
  CHECK(*store->size_at(LedgerTime{999}) == 0);
  CHECK(*store->size_at(LedgerTime{1'000}) == 2);
  CHECK(*store->size_at(LedgerTime{1'004}) == 2);
  CHECK(*store->size_at(LedgerTime{1'005}) == 3);
  CHECK(*store->size_at(LedgerTime{INT64_MAX}) == 4);
}

TEST_CASE("a commit without entries moves the order position alone") {
  const TempDir dir;
  std::mt19937 random(4);
  Model model;
  {
    const auto store = open_store(store_in(dir));
    commit(*store, model, random_batch(random, store->head(), 4));
    const Head before = store->head();
    const auto head = store->commit({.first = Seq{before.size}, .entries = {}, .order_position = "moved", .meta = {}});
    REQUIRE(head);
    CHECK(head->size == before.size);
    CHECK(head->root == before.root);
    CHECK(head->order_position == "moved");
  }
  CHECK(open_store(store_in(dir))->head().order_position == "moved");
}

TEST_CASE("meta blobs are kept: synced, riding on a commit, inside a batch, or at closing") {
  const TempDir dir;
  std::mt19937 random(4);
  {
    const auto store = open_store(store_in(dir));
    CHECK(*store->get_meta("note") == std::nullopt);
    REQUIRE(store->put_meta("synced", "1", true));
    REQUIRE(store->put_meta("riding", "2", false));
    CHECK(*store->get_meta("riding") == "2");
    auto batch = random_batch(random, store->head(), 2);
    batch.meta = {{"inside", "3"}, {"synced", std::nullopt}};
    REQUIRE(store->commit(std::move(batch)));
    REQUIRE(store->put_meta("closing", "4", false));
    CHECK(*store->get_meta("synced") == std::nullopt);
  }
  const auto store = open_store(store_in(dir));
  CHECK(*store->get_meta("synced") == std::nullopt);
  CHECK(*store->get_meta("riding") == "2");
  CHECK(*store->get_meta("inside") == "3");
  CHECK(*store->get_meta("closing") == "4");
}

TEST_CASE("one commit is one sync") {
  const TempDir dir;
  std::mt19937 random(4);
  Model model;
  const auto store = open_store(store_in(dir));
  const StoreStats before = store->stats();
  for (int i = 0; i < 20; ++i) commit(*store, model, random_batch(random, store->head(), 64));
  const StoreStats after = store->stats();
  CHECK(after.commits - before.commits == 20);
  CHECK(after.syncs - before.syncs == 20);
  std::size_t leaf_bytes = 0;
  for (const std::string& leaf : model.leaves) leaf_bytes += leaf.size();
  CHECK(after.bytes_written - before.bytes_written > leaf_bytes);
}

TEST_CASE("a store that is open elsewhere is in_use") {
  const TempDir dir;
  const auto store = open_store(store_in(dir));
  const auto second = Store::open(store_in(dir));
  REQUIRE_FALSE(second);
  CHECK(second.error().code == ErrorCode::in_use);
}

TEST_CASE("readers on other threads see whole commits while one thread writes") {
  const TempDir dir;
  std::mt19937 random(8);
  const auto store = open_store(store_in(dir), {.write_buffer_bytes = 64 << 10});
  std::atomic<bool> done = false;
  std::atomic<int> rounds = 0;
  // Every entry writes its own seq to "counter", so a view of size n must read n - 1.
  std::vector<std::thread> readers;
  std::atomic<int> wrong = 0;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      while (!done || rounds < 10) {
        const Head head = store->head();
        ++rounds;
        if (head.size == 0) continue;
        const auto view = store->as_of(head.size);
        if (view->get("counter") != std::to_string(head.size - 1) || view->fault()) ++wrong;
        if (!store->leaf(Seq{head.size - 1}) || !store->leaf_hash(Seq{head.size - 1})) ++wrong;
        merkle::Frontier frontier;
        if (const auto leaves = store->leaves({.first = Seq{0}, .end = 50}); !leaves) ++wrong;
      }
    });
  }
  for (int i = 0; i < 150; ++i) {
    auto batch = random_batch(random, store->head(), 8);
    for (std::size_t j = 0; j < batch.entries.size(); ++j)
      batch.entries[j].writes["counter"] = std::to_string(batch.first.value + j);
    REQUIRE(store->commit(std::move(batch)));
  }
  done = true;
  for (auto& reader : readers) reader.join();
  CHECK(wrong == 0);
}
