#include "tests/unit/store/store_fixture.hpp"

#include "ledger/merkle/proof.hpp"

namespace dengji::test {
namespace {

std::map<std::string, std::string> scanned(const state::ReadView& view, const std::string& prefix,
                                           const std::string& from) {
  std::map<std::string, std::string> out;
  std::string last;
  view.scan(prefix, from, [&](std::string_view key, std::string_view value) {
    CHECK(last < key);
    last = key;
    out.emplace(key, value);
    return true;
  });
  return out;
}

void check_view(const store::StateView& view, const Model& model, std::uint64_t size) {
  CAPTURE(size);
  for (const auto& [key, versions] : model.state) CHECK(view.get(key) == model.at(key, size));
  CHECK(view.get("never") == std::nullopt);
  for (const char* prefix : {"", "a", "ab", "acc|", "z", "none"}) {
    CHECK(scanned(view, prefix, prefix) == model.scan(prefix, prefix, size));
  }
  CHECK(scanned(view, "a", "ab1") == model.scan("a", "ab1", size));
  CHECK(scanned(view, "ab", "a") == model.scan("ab", "ab", size));
  CHECK_FALSE(view.fault());
}

}  // namespace

void check_same(const store::Store& store, const Model& model, bool thorough) {
  const store::Head head = store.head();
  REQUIRE(head.size == model.leaves.size());
  CHECK(head.root == model.frontier.root());
  check_view(store.live(), model, head.size);
  for (std::uint64_t size = thorough ? 0 : head.size; size <= head.size; ++size)
    check_view(*store.as_of(size), model, size);
  if (head.size > 0) {
    CHECK(head.order_position == model.positions.back());
    CHECK(head.time.ms == model.times.back());
  }
  for (std::uint64_t seq = 0; seq < head.size; seq += thorough ? 1 : 17) {
    CAPTURE(seq);
    CHECK(*store.leaf(Seq{seq}) == model.leaves[seq]);
    CHECK(*store.seq_of(model.ids[seq]) == Seq{seq});
    CHECK(*store.leaf_hash(Seq{seq}) == merkle::leaf_hash(model.leaves[seq]));
    const auto later = std::upper_bound(model.times.begin(), model.times.end(), model.times[seq]);
    CHECK(*store.size_at(LedgerTime{model.times[seq]}) == static_cast<std::uint64_t>(later - model.times.begin()));
  }
  merkle::ProofBuilder builder(store.hashes(), head.size);
  for (std::uint64_t seq = 0; seq < head.size; seq += 13) {
    const auto proof = builder.inclusion(seq, head.size);
    REQUIRE(proof);
    CHECK(merkle::verify_inclusion(
        {.index = seq, .size = head.size, .leaf = merkle::leaf_hash(model.leaves[seq]), .root = head.root}, *proof));
  }
  const auto verified = store.verify();
  if (!verified) FAIL(verified.error().message());
}

}  // namespace dengji::test
