#include "tests/unit/store/store_fixture.hpp"

using namespace dengji;
using namespace dengji::store;
using namespace dengji::test;

namespace {

struct Run {
  Model acknowledged;
  std::optional<Model> with_last;  // plus the batch whose commit failed
};

// Opens, commits until the power goes (or `commits` are done), closes.
void run_until_power_cut(LossyEnv& env, Run& run, std::mt19937& random, int commits) {
  auto opened = Store::open("/store", options_on(env));
  if (!opened) {
    REQUIRE(env.failing());
    return;
  }
  Store& store = **opened;
  for (int i = 0; i < commits; ++i) {
    BatchCommit batch = random_batch(random, store.head(), 40, 300);
    batch.meta["mark"] = std::to_string(batch.first.value + batch.entries.size());
    Model next = run.acknowledged;
    next.add(batch);
    if (!store.commit(std::move(batch))) {
      REQUIRE(env.failing());
      REQUIRE(store.failure());
      run.with_last = std::move(next);
      return;
    }
    run.acknowledged = std::move(next);
  }
}

// What came back is what was acknowledged, or that and the whole of the last batch.
void check_recovered(LossyEnv& env, Run& run) {
  const auto store = open_store("/store", options_on(env));
  const std::uint64_t size = store->head().size;
  if (run.with_last && size == run.with_last->leaves.size()) run.acknowledged = std::move(*run.with_last);
  run.with_last.reset();
  check_same(*store, run.acknowledged, false);
  if (size > 0) CHECK(*store->get_meta("mark") == std::to_string(size));
}

}  // namespace

TEST_CASE("after a power cut at any moment everything acknowledged is there, and no half batch") {
  int with_last = 0;
  int without_last = 0;
  for (const auto tear : {LossyEnv::Tear::at_byte, LossyEnv::Tear::lost_sectors}) {
    for (std::uint32_t seed = 1; seed <= 200; ++seed) {
      CAPTURE(seed);
      std::mt19937 random(seed);
      LossyEnv env;
      Run run;
      // Three cuts over one store, so that what recovery itself writes is cut as well.
      for (int round = 0; round < 3; ++round) {
        CAPTURE(round);
        env.fail_from_operation(random() % 250);
        const std::size_t before = run.acknowledged.leaves.size();
        run_until_power_cut(env, run, random, 12);
        if (!env.failing()) env.fail_now();
        CHECK(run.acknowledged.leaves.size() >= before);
        env.crash(static_cast<std::uint32_t>(random()), tear);
        const bool attempted = run.with_last.has_value();
        const std::size_t acknowledged = run.acknowledged.leaves.size();
        check_recovered(env, run);
        if (attempted) ++(run.acknowledged.leaves.size() > acknowledged ? with_last : without_last);
      }
    }
  }
  // Both outcomes of an unanswered commit must have been seen, or the cuts hit nothing.
  CHECK(with_last > 20);
  CHECK(without_last > 20);
}

TEST_CASE("a power cut while the store is being created leaves a folder that opens") {
  for (std::uint64_t operation = 0; operation < 25; ++operation) {
    for (std::uint32_t seed = 1; seed <= 8; ++seed) {
      CAPTURE(operation);
      CAPTURE(seed);
      LossyEnv env;
      env.fail_from_operation(operation);
      {
        static_cast<void>(Store::open("/store", options_on(env)));
      }
      env.crash(seed, seed % 2 == 0 ? LossyEnv::Tear::at_byte : LossyEnv::Tear::lost_sectors);
      CHECK(open_store("/store", options_on(env))->head().size == 0);
    }
  }
}

TEST_CASE("a full disk is disk_full, drops the whole batch, keeps reading, and writing goes on once there is space") {
  int in = 0;
  int retried = 0;
  for (std::uint32_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    LossyEnv env;
    Model model;
    const auto store = open_store("/store", options_on(env));
    for (int i = 0; i < 5; ++i) commit(*store, model, random_batch(random, store->head(), 30, 300));
    env.set_space(random() % 60'000);
    std::optional<BatchCommit> failed;
    while (!failed) {
      BatchCommit batch = random_batch(random, store->head(), 30, 300);
      BatchCommit copy = batch;
      const auto committed = store->commit(std::move(batch));
      if (committed) {
        model.add(copy);
        continue;
      }
      CHECK(committed.error().code == ErrorCode::disk_full);
      failed = std::move(copy);
    }
    REQUIRE(store->failure());
    CHECK(store->failure()->code == ErrorCode::disk_full);
    CHECK(store->head().size == model.leaves.size());
    CHECK(*store->leaf(Seq{0}) == model.leaves[0]);
    CHECK(store->as_of(model.leaves.size())->get("a") == model.at("a", model.leaves.size()));

    // No space yet: still failed, still reading.
    const auto too_early = store->reopen();
    REQUIRE_FALSE(too_early);
    CHECK(too_early.error().code == ErrorCode::disk_full);
    CHECK(*store->leaf(Seq{0}) == model.leaves[0]);
    CHECK(store->commit(BatchCommit{*failed}).error().code == ErrorCode::disk_full);

    env.set_space(std::nullopt);
    const auto reopened = store->reopen();
    REQUIRE(reopened);
    CHECK_FALSE(store->failure());
    if (reopened->batch_in) {
      ++in;
      model.add(*failed);
    } else {
      ++retried;
      commit(*store, model, std::move(*failed));
    }
    commit(*store, model, random_batch(random, store->head(), 30, 300));
    check_same(*store, model, false);
  }
  CHECK(in + retried == 60);
  CHECK(retried > 0);
}

TEST_CASE("a commit whose sync failed is found again by reopen, in or not, and never half") {
  int in = 0;
  int out = 0;
  for (std::uint32_t seed = 1; seed <= 80; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    LossyEnv env;
    Model model;
    const auto store = open_store("/store", options_on(env));
    for (int i = 0; i < 3; ++i) commit(*store, model, random_batch(random, store->head(), 20, 300));
    // The next operations: append, …, sync.
    env.fail_from_operation(env.operations() + random() % 4);
    BatchCommit batch = random_batch(random, store->head(), 3, 100);
    const BatchCommit copy = batch;
    const auto committed = store->commit(std::move(batch));
    if (committed) {
      model.add(copy);
      env.fail_from_operation(~std::uint64_t{0});
      check_same(*store, model, false);
      continue;
    }
    CHECK(committed.error().code == ErrorCode::io);
    CHECK(store->put_meta("x", "y", true).error().code == ErrorCode::io);
    env.fail_from_operation(~std::uint64_t{0});
    const auto reopened = store->reopen();
    REQUIRE(reopened);
    ++(reopened->batch_in ? in : out);
    if (reopened->batch_in) model.add(copy);
    check_same(*store, model, false);
    commit(*store, model, random_batch(random, store->head(), 20, 300));
    check_same(*store, model, false);
  }
  CHECK(in > 0);
  CHECK(out > 0);
}

TEST_CASE("reopen refuses a disk that holds less than was acknowledged") {
  std::mt19937 random(1);
  LossyEnv env;
  Model model;
  const auto store = open_store("/store", options_on(env));
  commit(*store, model, random_batch(random, store->head(), 5));
  const std::string log = log_file(env);
  const std::string before = env.content(log);
  commit(*store, model, random_batch(random, store->head(), 5));
  env.fail_now();
  CHECK_FALSE(store->commit(random_batch(random, store->head(), 5)));
  env.fail_from_operation(~std::uint64_t{0});
  env.set_content(log, before);  // the disk lied about a sync
  const auto reopened = store->reopen();
  REQUIRE_FALSE(reopened);
  CHECK(reopened.error().code == ErrorCode::ledger_inconsistent);
  CHECK(store->commit(random_batch(random, store->head(), 5)).error().code != ErrorCode::internal);
}

TEST_CASE("a log cut short anywhere opens with whole batches only") {
  std::mt19937 random(9);
  LossyEnv env;
  Model model;
  std::vector<std::size_t> sizes{0};
  {
    const auto store = open_store("/store", options_on(env));
    for (int i = 0; i < 4; ++i) {
      commit(*store, model, random_batch(random, store->head(), 8, 200));
      sizes.push_back(model.leaves.size());
    }
    env.fail_now();
  }
  env.crash(1, LossyEnv::Tear::at_byte);
  const std::string log = log_file(env);
  const std::string whole = env.content(log);
  std::map<std::string, std::string> disk;
  for (const std::string& name : env.files()) disk[name] = env.content(name);
  for (std::size_t cut = 0; cut <= whole.size(); cut += 1 + random() % 40) {
    CAPTURE(cut);
    for (const std::string& name : env.files()) env.remove(name);
    for (const auto& [name, bytes] : disk) env.set_content(name, name == log ? bytes.substr(0, cut) : bytes);
    const auto store = open_store("/store", options_on(env));
    CHECK(std::find(sizes.begin(), sizes.end(), store->head().size) != sizes.end());
    CHECK(store->verify());
  }
}
