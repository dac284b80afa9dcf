#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

#include "crypto/base64.hpp"
#include "ledger/merkle/proof.hpp"
#include "ledger/merkle/tile_writer.hpp"
#include "tests/support/memory_tiles.hpp"
#include "tests/unit/merkle/reference_tree.hpp"

using namespace dengji;
using namespace dengji::merkle;
using dengji::test::MemoryTiles;

namespace {

const std::vector<std::string> kWords{"one", "two", "three", "four", "five", "six", "seven", "eight"};
const std::vector<std::string> kWordRoots{"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                                          "d0d7360ab79f58ab1e1e3fe64ad77e2ea0bc07e36b5f46ed2223edd9298df9e9",
                                          "4f55f619d9215235778b2b9f17d6f4915b16171214d152381293669764de722e",
                                          "5aac771c899ac292e74bf1afe2e6e302f8b55883b2d1bf197b46a6bea6dabca9",
                                          "cd8d65377e6fad76003e2c5749de7d2ec536f71509b6e5b8a3674d360e58d82a",
                                          "832e609776a4b05ca208ef796bfd6f2d7cfcf00ddd46afb497d4b1b5ef19a994",
                                          "6bab16bec736784ce68fbdaf6a1ee6679770165b62bde861d9bd75ab0969e498",
                                          "22b49700306a27b110a143834832913b24a036f79e2fa085862936c3ff9f4bb5",
                                          "be1911a9a80751bd3f2c05b66658c379f736e9f444d8cdd11fb0fb2ee0e634dd"};

}  // namespace

TEST_CASE("roots of one to eight are the golden ones") {
  Frontier frontier;
  CHECK(to_hex(frontier.root()) == kWordRoots[0]);
  for (std::size_t i = 0; i < kWords.size(); ++i) {
    frontier.append(leaf_hash(kWords[i]));
    CHECK(to_hex(frontier.root()) == kWordRoots[i + 1]);
  }
}

TEST_CASE("roots of 256 and 257 numbered leaves are the golden ones") {
  MemoryTiles tiles;
  tiles.append(test::numbered_leaves(257));
  CHECK(to_hex(*ProofBuilder(tiles, 257).root(256)) ==
        "828515d033c19d8c901f37eccb8aed919667703486f8d2fff1cf7040321c5db1");
  CHECK(to_hex(tiles.writer().root()) == "1eda049a4351d86f76252bd7ec0b7746ad75b7fa0316ad5f541dbda458a312c4");
}

TEST_CASE("the golden consistency proof from 4 to 8 is one hash") {
  MemoryTiles tiles;
  std::vector<Hash32> leaves;
  for (const std::string& word : kWords) leaves.push_back(leaf_hash(word));
  tiles.append(leaves);
  const auto proof = ProofBuilder(tiles, 8).consistency(4, 8);
  REQUIRE(proof);
  REQUIRE(proof->size() == 1);
  CHECK(crypto::base64_encode(proof->front().view()) == "9V8LL+zomODz5rEqaMhv2xlCzbAQ1vkSgjjvIaTgd30=");
}

TEST_CASE("a frontier survives its serialisation at every size") {
  Frontier frontier;
  for (std::size_t i = 0; i <= 300; ++i) {
    const auto back = Frontier::parse(frontier.serialise());
    REQUIRE(back);
    CHECK(back->size() == i);
    CHECK(back->root() == frontier.root());
    frontier.append(leaf_hash(std::to_string(i)));
  }
}

TEST_CASE("a frontier of the wrong length is refused") {
  Frontier frontier;
  for (int i = 0; i < 5; ++i) frontier.append(leaf_hash("x"));
  const std::string good = frontier.serialise();
  for (const std::string& bad : {std::string(), good.substr(0, 7), good.substr(0, good.size() - 1), good + "x",
                                 good.substr(0, good.size() - 32), good + std::string(32, 'x')}) {
    const auto parsed = Frontier::parse(bad);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == ErrorCode::value_format);
  }
}

TEST_CASE("tiles hold what c2sp.org/tlog-tiles says for 70,000 leaves") {
  MemoryTiles tiles;
  const auto leaves = test::numbered_leaves(70'000);
  tiles.append(leaves);
  CHECK(tiles.tiles().size() == 273 + 1 + 1 + 1 + 1);
  CHECK(tiles.tiles().at({.level = 0, .index = 272}).size() == 8192);
  CHECK(tiles.tiles().at({.level = 0, .index = 273}).size() == 112 * 32);
  CHECK(tiles.tiles().at({.level = 1, .index = 0}).size() == 8192);
  CHECK(tiles.tiles().at({.level = 1, .index = 1}).size() == 17 * 32);
  CHECK(tiles.tiles().at({.level = 2, .index = 0}).size() == 32);
  CHECK(tile_width({.level = 0, .index = 273}, 70'000) == 112);
  CHECK(tile_width({.level = 0, .index = 274}, 70'000) == 0);
  CHECK(tile_width({.level = 1, .index = 1}, 70'000) == 17);
  CHECK(tile_width({.level = 8, .index = 0}, ~std::uint64_t{0}) == 0);

  const std::span<const Hash32> all(leaves);
  CHECK(tiles.tiles().at({.level = 1, .index = 1}).substr(32, 32) ==
        test::reference_root(all.subspan(257 * 256, 256)).view());
  CHECK(tiles.tiles().at({.level = 2, .index = 0}) == test::reference_root(all.first(65'536)).view());
}

TEST_CASE("appending in any batches gives the tiles and the root of appending one by one") {
  for (std::uint32_t seed = 1; seed <= 6; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    const auto leaves = test::numbered_leaves(1'000 + random() % 2'000);
    MemoryTiles single;
    for (const Hash32& leaf : leaves) single.append(std::span(&leaf, 1));
    MemoryTiles batched;
    for (std::span<const Hash32> rest(leaves); !rest.empty();) {
      const std::size_t count = std::min<std::size_t>(rest.size(), random() % 700);
      batched.append(rest.first(count));
      rest = rest.subspan(count);
    }
    CHECK(single.tiles() == batched.tiles());
    CHECK(single.writer().root() == batched.writer().root());
    CHECK(single.writer().root() == test::reference_root(leaves));
    CHECK(single.writer().edge() == batched.writer().edge());
  }
}

TEST_CASE("an append says for each tile how many hashes were there before") {
  TileWriter writer;
  const auto leaves = test::numbered_leaves(600);
  const std::span<const Hash32> all(leaves);
  CHECK(writer.append({}).empty());
  auto first = writer.append(all.first(250));
  REQUIRE(first.size() == 1);
  CHECK(first[0].old_width == 0);
  CHECK(first[0].width() == 250);
  const auto second = writer.append(all.subspan(250));
  REQUIRE(second.size() == 4);
  CHECK(second[0].id == TileId{.level = 0, .index = 0});
  CHECK(second[0].old_width == 250);
  CHECK(second[0].full());
  CHECK(second[1].id == TileId{.level = 0, .index = 1});
  CHECK(second[1].old_width == 0);
  CHECK(second[2].id == TileId{.level = 0, .index = 2});
  CHECK(second[2].width() == 88);
  CHECK(second[3].id == TileId{.level = 1, .index = 0});
  CHECK(second[3].width() == 2);
}

TEST_CASE("a writer resumed from tiles goes on as if it had never stopped") {
  const auto leaves = test::numbered_leaves(67'000);
  const std::span<const Hash32> all(leaves);
  for (const std::size_t size :
       {0UL, 1UL, 2UL, 255UL, 256UL, 257UL, 511UL, 512UL, 1'000UL, 65'535UL, 65'536UL, 65'537UL, 66'000UL}) {
    CAPTURE(size);
    MemoryTiles tiles;
    tiles.append(all.first(size));
    auto resumed = TileWriter::resume(tiles, size);
    REQUIRE(resumed);
    CHECK(resumed->root() == tiles.writer().root());
    CHECK(resumed->frontier().peaks() == tiles.writer().frontier().peaks());
    CHECK(resumed->edge() == tiles.writer().edge());
    resumed->append(all.subspan(size, 1'000));
    tiles.append(all.subspan(size, 1'000));
    CHECK(resumed->root() == tiles.writer().root());
  }
}

TEST_CASE("a writer cannot resume from a tile that is missing or short") {
  MemoryTiles tiles;
  tiles.append(test::numbered_leaves(700));
  tiles.tiles()[{.level = 0, .index = 2}].resize(32);
  const auto resumed = TileWriter::resume(tiles, 700);
  REQUIRE_FALSE(resumed);
  CHECK(resumed.error().code == ErrorCode::not_found);
}
