// The read model beside a real store: built at the start, kept up with each commit, built anew when it missed one.
#include "node/insight_feed.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>

#include "crypto/sha256.hpp"
#include "ledger/merkle/hash.hpp"
#include "ledger/state/codec.hpp"
#include "ledger/state/keys.hpp"

namespace dengji::node {
namespace {

using contracts::Org;

struct Place {
  Place() {
    std::string pattern = (std::filesystem::temp_directory_path() / "dengji-insight-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path = pattern;
    auto opened = store::Store::open((path / "store").string());
    REQUIRE(opened.has_value());
    store = std::move(*opened);
  }
  ~Place() {
    store.reset();
    std::filesystem::remove_all(path);
  }

  // One batch of so many organisations, each its own entry.
  std::vector<contracts::insight::Fact> commit(int count) {
    store::BatchCommit batch;
    batch.first = Seq{store->head().size};
    for (int i = 0; i < count; ++i) {
      Org org;
      org.id = OrgId("ORG" + std::to_string(made++));
      org.region = "320500";
      store::EntryCommit entry;
      entry.leaf = "{\"n\":" + std::to_string(made) + "}";
      entry.leaf_hash = merkle::leaf_hash(entry.leaf);
      entry.entry_id = crypto::sha256(entry.leaf);
      entry.time = LedgerTime{1'000 + made};
      entry.writes[state::object_key(Org::kKind, org.id.text)] = state::encode(org);
      entry.writes[state::object_key("key", "of no interest")] = "x";
      batch.entries.push_back(std::move(entry));
    }
    auto facts = InsightFeed::gather(batch);
    REQUIRE(store->commit(std::move(batch)).has_value());
    return facts;
  }

  std::filesystem::path path;
  std::unique_ptr<store::Store> store;
  Metrics metrics;
  int made = 0;
};

std::size_t organisations(const InsightFeed& feed, std::uint64_t size) {
  const auto model = feed.model_of(size);
  REQUIRE_MESSAGE(model.has_value(), model.error().message());
  return (*model)->tables().orgs.size();
}

// Until the model is built; a reader that asks before is told so.
std::size_t when_ready(const InsightFeed& feed, std::uint64_t size) {
  for (int tries = 0; tries < 2'000; ++tries) {
    if (const auto model = feed.model_of(size)) return (*model)->tables().orgs.size();
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return 0;
}

}  // namespace

TEST_CASE("a feed builds what the store holds and follows what is committed") {
  Place place;
  place.commit(5'000);
  InsightFeed feed(*place.store, place.metrics);
  feed.start();
  CHECK(when_ready(feed, 5'000) == 5'000);
  for (int batch = 1; batch <= 20; ++batch) {
    auto facts = place.commit(3);
    const std::uint64_t size = place.store->head().size;
    feed.push(std::move(facts), size);
    CHECK(organisations(feed, size) == 5'000 + 3 * batch);
  }
  CHECK(place.metrics.insight_rows.Value() == 5'060);
}

TEST_CASE("what is committed while the model is built is in it afterwards, once") {
  Place place;
  place.commit(3'000);
  InsightFeed feed(*place.store, place.metrics);
  feed.start();
  for (int batch = 0; batch < 50; ++batch) {
    auto facts = place.commit(2);
    feed.push(std::move(facts), place.store->head().size);
  }
  CHECK(when_ready(feed, 3'100) == 3'100);
}

TEST_CASE("entries that were never handed over are found by building anew") {
  Place place;
  place.commit(10);
  InsightFeed feed(*place.store, place.metrics);
  feed.start();
  CHECK(when_ready(feed, 10) == 10);
  place.commit(7);
  feed.rebuild(place.store->head().size);
  CHECK(when_ready(feed, 17) == 17);
}

TEST_CASE("a reader who asks for more than is committed is told how far the model has come") {
  Place place;
  place.commit(4);
  InsightFeed feed(*place.store, place.metrics);
  feed.start();
  CHECK(when_ready(feed, 4) == 4);
  const auto model = feed.model_of(5);
  REQUIRE_FALSE(model.has_value());
  CHECK(model.error().code == ErrorCode::unavailable);
  CHECK(model.error().context.find("entry 4 of 5") != std::string::npos);
}

TEST_CASE("a feed that is stopped while it builds ends at once") {
  Place place;
  place.commit(20'000);
  InsightFeed feed(*place.store, place.metrics);
  feed.start();
  feed.stop();
  feed.stop();
  CHECK_FALSE(feed.model_of(1).has_value());
}

}  // namespace dengji::node
