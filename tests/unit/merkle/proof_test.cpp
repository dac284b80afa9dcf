#include "ledger/merkle/proof.hpp"

#include <doctest/doctest.h>

#include <random>
#include <vector>

#include "tests/support/memory_tiles.hpp"
#include "tests/unit/merkle/reference_tree.hpp"

using namespace dengji;
using namespace dengji::merkle;
using dengji::test::MemoryTiles;

namespace {

bool included(std::uint64_t index, std::uint64_t size, const Hash32& leaf, const Hash32& root,
              const std::vector<Hash32>& proof) {
  const auto verified = verify_inclusion({.index = index, .size = size, .leaf = leaf, .root = root}, proof);
  if (!verified) CHECK(verified.error().code == ErrorCode::proof_wrong);
  return verified.has_value();
}

bool consistent(std::uint64_t old_size, std::uint64_t new_size, const Hash32& old_root, const Hash32& new_root,
                const std::vector<Hash32>& proof) {
  const auto verified = verify_consistency(
      {.old_size = old_size, .new_size = new_size, .old_root = old_root, .new_root = new_root}, proof);
  if (!verified) CHECK(verified.error().code == ErrorCode::proof_wrong);
  return verified.has_value();
}

Hash32 flipped(Hash32 hash, unsigned bit) {
  hash.bytes[bit / 8 % 32] ^= static_cast<std::uint8_t>(1U << bit % 8);
  return hash;
}

// Every way to spoil one proof; `ok` must be false for each.
template <class Ok>
void check_tampered(const std::vector<Hash32>& proof, std::mt19937& random, const Ok& ok) {
  for (std::size_t i = 0; i < proof.size(); ++i) {
    auto bad = proof;
    bad[i] = flipped(bad[i], random() % 256);
    CHECK_FALSE(ok(bad));
    bad = proof;
    bad.erase(bad.begin() + static_cast<std::ptrdiff_t>(i));
    CHECK_FALSE(ok(bad));
    if (i + 1 < proof.size()) {
      bad = proof;
      std::swap(bad[i], bad[i + 1]);
      CHECK_FALSE(ok(bad));
    }
  }
  auto bad = proof;
  bad.push_back(Hash32{});
  CHECK_FALSE(ok(bad));
  bad = proof;
  bad.insert(bad.begin(), Hash32{});
  CHECK_FALSE(ok(bad));
}

}  // namespace

TEST_CASE("every proof of every tree up to 70 leaves is the RFC's and verifies") {
  const auto leaves = test::numbered_leaves(70);
  const std::span<const Hash32> all(leaves);
  MemoryTiles tiles;
  tiles.append(leaves);
  ProofBuilder builder(tiles, 70);  // serves every smaller tree too
  for (std::size_t n = 0; n <= 70; ++n) {
    const auto root = builder.root(n);
    REQUIRE(root);
    CHECK(*root == test::reference_root(all.first(n)));
    for (std::size_t i = 0; i < n; ++i) {
      const auto proof = builder.inclusion(i, n);
      REQUIRE(proof);
      CHECK(*proof == test::reference_path(i, all.first(n)));
      CHECK(included(i, n, leaves[i], *root, *proof));
    }
    for (std::size_t m = 0; m <= n; ++m) {
      const auto proof = builder.consistency(m, n);
      REQUIRE(proof);
      if (m > 0) CHECK(*proof == test::reference_subproof(m, all.first(n), true));
      CHECK(consistent(m, n, *builder.root(m), *root, *proof));
    }
  }
}

TEST_CASE("proofs across tile edges up to 600 leaves verify") {
  const auto leaves = test::numbered_leaves(600);
  const std::span<const Hash32> all(leaves);
  for (const std::size_t n : {127UL, 128UL, 129UL, 255UL, 256UL, 257UL, 258UL, 300UL, 383UL, 384UL, 385UL, 511UL, 512UL,
                              513UL, 599UL, 600UL}) {
    CAPTURE(n);
    MemoryTiles tiles;
    tiles.append(all.first(n));
    ProofBuilder builder(tiles, n);
    const Hash32 root = test::reference_root(all.first(n));
    CHECK(*builder.root(n) == root);
    for (std::size_t i = 0; i < n; ++i) {
      const auto inclusion = builder.inclusion(i, n);
      REQUIRE(inclusion);
      CHECK(included(i, n, leaves[i], root, *inclusion));
      const auto consistency = builder.consistency(i, n);
      REQUIRE(consistency);
      CHECK(consistent(i, n, *builder.root(i), root, *consistency));
    }
    CHECK(tiles.reads <= 5);
  }
}

TEST_CASE("proofs of random trees up to 100,000 leaves verify and tampered ones do not") {
  const auto leaves = test::numbered_leaves(100'000);
  const std::span<const Hash32> all(leaves);
  for (std::uint32_t seed = 1; seed <= 12; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    const std::size_t n = 1 + random() % leaves.size();
    CAPTURE(n);
    MemoryTiles tiles;
    tiles.append(all.first(n));
    const Hash32 root = tiles.writer().root();
    for (int round = 0; round < 20; ++round) {
      ProofBuilder builder(tiles, n);
      tiles.reads = 0;
      const std::size_t i = random() % n;
      CAPTURE(i);
      const auto inclusion = builder.inclusion(i, n);
      REQUIRE(inclusion);
      CHECK(tiles.reads <= 6);  // ≤ 2 per level: never more than the path and the right edge
      CHECK(included(i, n, leaves[i], root, *inclusion));
      CHECK_FALSE(included(i, n, flipped(leaves[i], random() % 256), root, *inclusion));
      CHECK_FALSE(included(i, n, leaves[i], flipped(root, random() % 256), *inclusion));
      CHECK_FALSE(included(i ^ 1, n, leaves[i], root, *inclusion));
      check_tampered(*inclusion, random, [&](const auto& bad) { return included(i, n, leaves[i], root, bad); });

      const std::size_t m = 1 + random() % n;
      CAPTURE(m);
      const Hash32 old_root = *builder.root(m);
      const auto consistency = builder.consistency(m, n);
      REQUIRE(consistency);
      CHECK(consistent(m, n, old_root, root, *consistency));
      if (m == n) continue;
      CHECK_FALSE(consistent(m, n, flipped(old_root, random() % 256), root, *consistency));
      CHECK_FALSE(consistent(m, n, old_root, flipped(root, random() % 256), *consistency));
      check_tampered(*consistency, random, [&](const auto& bad) { return consistent(m, n, old_root, root, bad); });
    }
  }
}

TEST_CASE("edge cases of inclusion") {
  const Hash32 leaf = leaf_hash("one");
  CHECK(included(0, 1, leaf, leaf, {}));
  CHECK_FALSE(included(0, 1, leaf, leaf, {leaf}));
  CHECK_FALSE(included(0, 0, leaf, empty_root(), {}));
  CHECK_FALSE(included(1, 1, leaf, leaf, {}));
  CHECK_FALSE(included(~std::uint64_t{0}, ~std::uint64_t{0}, leaf, leaf, {}));
  CHECK_FALSE(included(0, ~std::uint64_t{0}, leaf, leaf, std::vector<Hash32>(64, leaf)));
}

TEST_CASE("edge cases of consistency") {
  const Hash32 a = leaf_hash("a");
  const Hash32 b = leaf_hash("b");
  CHECK(consistent(0, 0, empty_root(), empty_root(), {}));
  CHECK(consistent(0, 1, empty_root(), a, {}));
  CHECK_FALSE(consistent(0, 1, a, a, {}));
  CHECK_FALSE(consistent(0, 1, empty_root(), a, {a}));
  CHECK(consistent(1, 1, a, a, {}));
  CHECK_FALSE(consistent(1, 1, a, b, {}));
  CHECK_FALSE(consistent(1, 1, a, a, {a}));
  CHECK(consistent(1, 2, a, node_hash(a, b), {b}));
  CHECK_FALSE(consistent(1, 2, a, node_hash(a, b), {}));
  CHECK_FALSE(consistent(2, 1, a, a, {}));
  CHECK_FALSE(consistent(3, 4, a, b, {}));
}

TEST_CASE("a builder refuses what its tree does not hold") {
  MemoryTiles tiles;
  tiles.append(test::numbered_leaves(10));
  ProofBuilder builder(tiles, 10);
  const auto refused = [](const auto& result) { return !result && result.error().code == ErrorCode::value_range; };
  CHECK(refused(builder.inclusion(10, 10)));
  CHECK(refused(builder.inclusion(0, 0)));
  CHECK(refused(builder.inclusion(0, 11)));
  CHECK(refused(builder.consistency(5, 11)));
  CHECK(refused(builder.consistency(6, 5)));
  CHECK(refused(builder.root(11)));
  CHECK(refused(builder.subtree(4, 0)));
  CHECK(refused(builder.subtree(64, 0)));
  CHECK(*builder.subtree(0, 3) == leaf_hash("3"));
}

TEST_CASE("a missing tile is the source's error, not a wrong proof") {
  MemoryTiles tiles;
  tiles.append(test::numbered_leaves(600));
  tiles.tiles().erase({.level = 0, .index = 1});
  ProofBuilder builder(tiles, 600);
  const auto proof = builder.inclusion(300, 600);
  REQUIRE_FALSE(proof);
  CHECK(proof.error().code == ErrorCode::not_found);
  CHECK(builder.inclusion(10, 600).has_value());
}
