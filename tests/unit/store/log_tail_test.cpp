#include "ledger/store/log_tail.hpp"

#include <leveldb/db.h>
#include <leveldb/write_batch.h>

#include <random>

#include "ledger/store/keys.hpp"
#include "tests/unit/store/store_fixture.hpp"

using namespace dengji;
using namespace dengji::store;
using dengji::test::LossyEnv;

namespace {

// A log as LevelDB writes it: one record per size, payload bytes never zero.
std::string real_log(const std::vector<std::size_t>& sizes) {
  LossyEnv env;
  leveldb::Options options;
  options.env = &env;
  options.create_if_missing = true;
  leveldb::DB* opened = nullptr;
  REQUIRE(leveldb::DB::Open(options, "/db", &opened).ok());
  {
    const std::unique_ptr<leveldb::DB> db(opened);
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      REQUIRE(db->Put({}, leaf_key(i), std::string(sizes[i], 'v')).ok());
    }
  }
  return env.content(log_file(env));
}

std::string with_zeros(std::string log, std::size_t from, std::size_t to) {
  std::fill(log.begin() + static_cast<std::ptrdiff_t>(from), log.begin() + static_cast<std::ptrdiff_t>(to), '\0');
  return log;
}

}  // namespace

TEST_CASE("a log that LevelDB wrote is whole to its last byte") {
  for (const auto& sizes :
       std::vector<std::vector<std::size_t>>{{}, {1}, {10, 20, 30}, {32'700, 100}, {100'000, 5, 70'000}}) {
    const std::string log = real_log(sizes);
    const LogScan scan = scan_log(log);
    CHECK_FALSE(scan.bad_record);
    CHECK(scan.good_end == log.size());
  }
}

TEST_CASE("a log cut off at any byte is no damage") {
  const std::string log = real_log({300, 40'000, 300});
  for (std::size_t cut = 0; cut < log.size(); cut += 37) CHECK_FALSE(scan_log(log.substr(0, cut)).bad_record);
  CHECK_FALSE(scan_log(log + std::string(5'000, '\0')).bad_record);
}

TEST_CASE("a last record with lost sectors is torn, whatever its size") {
  for (const std::size_t size : {600UL, 5'000UL, 40'000UL, 200'000UL}) {
    CAPTURE(size);
    const std::size_t start = real_log({300, 700}).size();
    const std::string log = real_log({300, 700, size});
    std::mt19937 random(static_cast<std::uint32_t>(size));
    for (int round = 0; round < 30; ++round) {
      const std::size_t at = start + random() % (log.size() - start);
      const std::size_t sector = at / 512 * 512;
      const LogScan scan = scan_log(with_zeros(log, std::max(start, sector), std::min(log.size(), sector + 512)));
      REQUIRE(scan.bad_record);
      CHECK(*scan.bad_record == start);
      CHECK(scan.good_end == start);
      CHECK(scan.torn);
    }
  }
}

TEST_CASE("lost sectors before a later record are damage, not a torn write") {
  const std::size_t first = real_log({300}).size();
  const std::string log = real_log({300, 3'000, 300});
  const LogScan scan = scan_log(with_zeros(log, 1'024, 1'536));
  REQUIRE(scan.bad_record);
  CHECK(*scan.bad_record == first);
  CHECK_FALSE(scan.torn);
}

TEST_CASE("a flipped bit in the last record is damage, not a torn write") {
  const std::string log = real_log({300, 700});
  const std::size_t start = real_log({300}).size();
  std::mt19937 random(3);
  for (int round = 0; round < 200; ++round) {
    std::string bad = log;
    bad[start + 7 + random() % (log.size() - start - 7)] ^= static_cast<char>(1U << random() % 8);
    const LogScan scan = scan_log(bad);
    REQUIRE(scan.bad_record);
    CHECK(*scan.bad_record == start);
    CHECK_FALSE(scan.torn);
  }
}

TEST_CASE("the torn write is cut off and the store opens; nothing else is touched") {
  std::mt19937 random(6);
  LossyEnv env;
  test::Model model;
  {
    const auto store = test::open_store("/store", options_on(env));
    for (int i = 0; i < 3; ++i) test::commit(*store, model, test::random_batch(random, store->head(), 20, 300));
    env.fail_now();
  }
  env.crash(1, LossyEnv::Tear::at_byte);
  const std::string log = log_file(env);
  // A write of which the sectors in the middle never arrived.
  std::string torn = env.content(log);
  const std::size_t start = torn.size();
  torn += real_log({3'000});
  env.set_content(log, with_zeros(torn, (start / 512 + 2) * 512, (start / 512 + 3) * 512));
  const auto store = test::open_store("/store", options_on(env));
  test::check_same(*store, model, false);
}
