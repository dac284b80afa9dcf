#include <leveldb/db.h>
#include <leveldb/write_batch.h>

#include <fstream>

#include "ledger/store/keys.hpp"
#include "tests/unit/store/store_fixture.hpp"

using namespace dengji;
using namespace dengji::store;
using namespace dengji::test;

namespace {

// A store of some hundred entries, closed.
Model fill(LossyEnv& env, std::uint32_t seed, std::size_t entries = 400) {
  std::mt19937 random(seed);
  Model model;
  const auto store = open_store("/store", options_on(env));
  while (model.leaves.size() < entries) commit(*store, model, random_batch(random, store->head(), 60, 400));
  return model;
}

// Changes records behind the store's back, as a bug or a hand would: LevelDB itself stays whole.
template <class Edit>
void edit(LossyEnv& env, const Edit& change) {
  leveldb::Options options;
  options.env = &env;
  leveldb::DB* opened = nullptr;
  REQUIRE(leveldb::DB::Open(options, "/store", &opened).ok());
  const std::unique_ptr<leveldb::DB> db(opened);
  leveldb::WriteBatch batch;
  change(batch);
  REQUIRE(db->Write({}, &batch).ok());
}

void put(leveldb::WriteBatch& batch, const std::string& key, const std::string& value) {
  batch.Put(key, value);
}

std::string refused(LossyEnv& env) {
  const auto opened = Store::open("/store", options_on(env));
  if (opened) return "opened";
  CHECK(opened.error().code == ErrorCode::corrupt);
  return opened.error().context;
}

bool mentions(const std::string& text, std::string_view part) {
  INFO(text);
  CHECK(text.find(part) != std::string::npos);
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a store with any record missing or changed refuses to open and names it") {
  const auto damaged = [](const auto& change) {
    LossyEnv env;
    const Model model = fill(env, 21, 300);
    edit(env, [&](leveldb::WriteBatch& batch) { change(batch, model); });
    return refused(env);
  };
  const auto last = [](const Model& model) { return model.leaves.size() - 1; };

  mentions(damaged([&](auto& batch, const Model& m) { put(batch, leaf_key(last(m)), "{}"); }), "leaf 3");
  mentions(damaged([&](auto& batch, const Model& m) { batch.Delete(leaf_key(last(m))); }), "missing");
  mentions(damaged([&](auto& batch, const Model& m) { put(batch, leaf_key(last(m) + 1), "{}"); }), "beyond the head");
  mentions(damaged([&](auto& batch, const Model&) { batch.Delete(head_key()); }), "head: missing");
  mentions(damaged([&](auto& batch, const Model&) { put(batch, head_key(), "\x01short"); }), "head: malformed");
  mentions(damaged([&](auto& batch, const Model& m) {
             put(batch, head_key(),
                 write_head({.size = m.leaves.size(), .root = {}, .time = {}, .order_position = {}}));
           }),
           "head: the tiles");
  mentions(
      damaged([&](auto& batch, const Model& m) { put(batch, time_key(LedgerTime{m.times.back()}), number_bytes(3)); }),
      "time index");
  mentions(damaged([&](auto& batch, const Model&) { batch.Delete(hashes_key(1, 0)); }),
           "tile hashes of level 1 from position 0");
  // Found by the full scan.
  mentions(damaged([&](auto& batch, const Model&) { put(batch, leaf_key(7), "{}"); }), "leaf 7: does not hash");
  mentions(damaged([&](auto& batch, const Model&) { batch.Delete(leaf_key(8)); }), "leaf 8: missing");
  mentions(damaged([&](auto& batch, const Model&) { batch.Delete(hashes_key(0, 0)); }),
           "tile hashes of level 0 from position 0");
  mentions(damaged([&](auto& batch, const Model& m) { batch.Delete(entry_id_key(m.ids[5])); }), "entry ids: 3");
  mentions(damaged([&](auto& batch, const Model& m) { put(batch, entry_id_key(m.ids[5]), number_bytes(6)); }),
           "entry id ");
  mentions(damaged([&](auto& batch, const Model& m) { put(batch, entry_id_key(m.ids[5]), number_bytes(9'999)); }),
           "9999, beyond the head");
  mentions(damaged([&](auto& batch, const Model&) { put(batch, state_key("acc|", 999), "\x01x"); }),
           "state key 'acc|' at entry 999");
  mentions(damaged([&](auto& batch, const Model&) { put(batch, state_key("acc|", 1), "\x07x"); }),
           "state key 'acc|' at entry 1: malformed");
  mentions(damaged([&](auto& batch, const Model&) { put(batch, "?", "x"); }), "no record of this store");
}

TEST_CASE("a flipped byte anywhere in a table is found at opening, or by reading, and stops commits") {
  int found_at_open = 0;
  int found_by_scan = 0;
  for (std::uint32_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    LossyEnv env;
    const Model model = fill(env, 77);
    {
      open_store("/store", options_on(env));
    }  // everything into tables
    std::vector<std::string> tables;
    for (const std::string& name : env.files()) {
      if (name.ends_with(".ldb")) tables.push_back(name);
    }
    REQUIRE_FALSE(tables.empty());
    const std::string& name = tables[random() % tables.size()];
    std::string bytes = env.content(name);
    // Not the last 48 bytes but one: a table's footer has unused padding.
    bytes[random() % (bytes.size() - 60)] ^= static_cast<char>(1U << random() % 8);
    env.set_content(name, bytes);

    auto without_scan = options_on(env);
    without_scan.scan_at_open_bytes = 0;
    auto opened = Store::open("/store", without_scan);
    if (!opened) {
      ++found_at_open;
      CHECK(opened.error().code == ErrorCode::corrupt);
    } else {
      const auto verified = (*opened)->verify();
      if (verified) {
        // The only bytes that no read depends on are a table's filter; then everything still reads right.
        check_same(**opened, model, false);
        continue;
      }
      ++found_by_scan;
      CHECK(verified.error().code == ErrorCode::corrupt);
      CHECK_FALSE(verified.error().context.empty());
      REQUIRE((*opened)->failure());
      CHECK((*opened)->failure()->code == ErrorCode::corrupt);
      const auto refused_commit = (*opened)->commit(random_batch(random, (*opened)->head(), 3));
      REQUIRE_FALSE(refused_commit);
      CHECK(refused_commit.error().code == ErrorCode::corrupt);
      CHECK((*opened)->reopen().error().code == ErrorCode::corrupt);
      opened->reset();
    }
    const auto with_scan = Store::open("/store", options_on(env));
    REQUIRE_FALSE(with_scan);
    CHECK(with_scan.error().code == ErrorCode::corrupt);
  }
  CHECK(found_at_open > 0);
  CHECK(found_by_scan > 0);
}

TEST_CASE("reading a damaged leaf or state version says so instead of giving another value") {
  int corrupt_leaves = 0;
  int faults = 0;
  for (std::uint32_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    LossyEnv env;
    const Model model = fill(env, 78);
    {
      open_store("/store", options_on(env));
    }
    std::vector<std::string> tables;
    for (const std::string& name : env.files()) {
      if (name.ends_with(".ldb")) tables.push_back(name);
    }
    const std::string& name = tables[random() % tables.size()];
    std::string bytes = env.content(name);
    bytes[random() % (bytes.size() - 60)] ^= 0x10;
    env.set_content(name, bytes);
    auto options = options_on(env);
    options.scan_at_open_bytes = 0;
    const auto opened = Store::open("/store", options);
    if (!opened) continue;
    const Store& store = **opened;
    for (std::uint64_t seq = 0; seq < model.leaves.size(); ++seq) {
      const auto leaf = store.leaf(Seq{seq});
      if (leaf) {
        CHECK(*leaf == model.leaves[seq]);
      } else {
        ++corrupt_leaves;
        CHECK(leaf.error().code == ErrorCode::corrupt);
        CHECK(leaf.error().context.find("leaf " + std::to_string(seq)) != std::string::npos);
      }
    }
    for (const auto& [key, versions] : model.state) {
      const auto view = store.as_of(model.leaves.size());
      const auto value = view->get(key);
      if (view->fault()) {
        ++faults;
        CHECK(value == std::nullopt);
        CHECK(view->fault()->code == ErrorCode::corrupt);
      } else {
        CHECK(value == model.at(key, model.leaves.size()));
      }
      const auto live = store.live().get(key);
      if (live != model.at(key, model.leaves.size())) CHECK(store.live().fault());
    }
  }
  CHECK(corrupt_leaves > 0);
  CHECK(faults > 0);
}

TEST_CASE("a flipped byte in the log of the last commits refuses to open and names the write") {
  int named = 0;
  for (std::uint32_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    LossyEnv env;
    Model model;
    {
      const auto store = open_store("/store", options_on(env));
      for (int i = 0; i < 4; ++i) commit(*store, model, random_batch(random, store->head(), 10, 300));
      // The process dies here: no closing, so that everything is still in the log.
      env.fail_now();
    }
    env.crash(seed, LossyEnv::Tear::at_byte);
    const std::string log = log_file(env);
    std::string bytes = env.content(log);
    // Behind the length field of the first record; a flipped length at the very end reads as a record cut by the end.
    const std::size_t at = 7 + random() % (bytes.size() - 7);
    bytes[at] ^= static_cast<char>(1U << random() % 8);
    env.set_content(log, bytes);
    const auto opened = Store::open("/store", options_on(env));
    if (opened) {
      // A flipped length made the rest of the log look unfinished: what is there is whole.
      CHECK((*opened)->head().size < model.leaves.size());
      CHECK((*opened)->verify());
      continue;
    }
    CHECK(opened.error().code == ErrorCode::corrupt);
    if (opened.error().context.find("the write that starts with leaf ") != std::string::npos) ++named;
  }
  CHECK(named > 50);
}

TEST_CASE("a missing table, manifest or CURRENT refuses to open") {
  for (const std::string ending : {".ldb", "CURRENT", "MANIFEST"}) {
    CAPTURE(ending);
    LossyEnv env;
    fill(env, 5);
    {
      open_store("/store", options_on(env));
    }
    bool removed = false;
    for (const std::string& name : env.files()) {
      if (removed || name.find(ending) == std::string::npos) continue;
      env.remove(name);
      removed = true;
    }
    REQUIRE(removed);
    const std::string why = refused(env);
    CHECK(why != "opened");
    CHECK_FALSE(why.empty());
  }
}

TEST_CASE("a folder where LevelDB was only being set up counts as new") {
  LossyEnv env;
  env.set_content("/store/MANIFEST-000001", "half written");
  CHECK(open_store("/store", options_on(env))->head().size == 0);
}
