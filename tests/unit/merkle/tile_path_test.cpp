#include "ledger/merkle/tile_path.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>

#include "ledger/merkle/entry_bundle.hpp"

using namespace dengji;
using namespace dengji::merkle;

TEST_CASE("tile paths are those of c2sp.org/tlog-tiles") {
  const auto path = [](unsigned level, std::uint64_t index, unsigned width) {
    return format_tile_path({.entries = false, .id = {.level = level, .index = index}, .width = width});
  };
  CHECK(path(0, 0, 256) == "tile/0/000");
  CHECK(path(0, 273, 112) == "tile/0/273.p/112");
  CHECK(path(1, 1, 17) == "tile/1/001.p/17");
  CHECK(path(0, 1'234'067, 256) == "tile/0/x001/x234/067");
  CHECK(path(63, 1'000, 1) == "tile/63/x001/000.p/1");
  CHECK(format_tile_path({.entries = true, .id = {.level = 0, .index = 1'234'067}, .width = 8}) ==
        "tile/entries/x001/x234/067.p/8");
}

TEST_CASE("a tile path survives the round trip for random tiles") {
  std::mt19937_64 random(7);
  for (int i = 0; i < 2'000; ++i) {
    TilePath path{.entries = random() % 4 == 0,
                  .id = {.level = static_cast<unsigned>(random() % 64), .index = random() >> (random() % 64)},
                  .width = static_cast<unsigned>(1 + random() % 256)};
    if (path.entries) path.id.level = 0;
    const std::string text = format_tile_path(path);
    CAPTURE(text);
    CHECK(parse_tile_path(text) == path);
  }
}

TEST_CASE("every other spelling of a tile path is refused") {
  for (const char* bad : {"",
                          "tile",
                          "tile/",
                          "tile/0",
                          "tile/0/",
                          "/tile/0/000",
                          "tile/00/000",
                          "tile/01/000",
                          "tile/64/000",
                          "tile/-1/000",
                          "tile/+1/000",
                          "tile/0/0",
                          "tile/0/00",
                          "tile/0/0000",
                          "tile/0/x000/001",
                          "tile/0/x001",
                          "tile/0/x001/",
                          "tile/0/001/002",
                          "tile/0/x01/002",
                          "tile/0/x001/x002",
                          "tile/0/000.p",
                          "tile/0/000.p/",
                          "tile/0/000.p/0",
                          "tile/0/000.p/00",
                          "tile/0/000.p/01",
                          "tile/0/000.p/256",
                          "tile/0/000.p/1000",
                          "tile/0/000.p/-1",
                          "tile/0/000.p/1/",
                          "tile/0/000.p/1 ",
                          "tile/0/000/",
                          "tile/0/000.q/1",
                          "tile/0/X001/000",
                          "tile/0/000 ",
                          " tile/0/000",
                          "tile/data/000",
                          "tile/entries",
                          "tile/entries/",
                          "tile/entries/0",
                          "tile/ENTRIES/000",
                          "tile//000",
                          "tile/0//000",
                          "tile/0/../000",
                          "tile/0/a00",
                          "tile/8/0/000",
                          "tile/0/x018/x446/x744/x073/x709/x551/616"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_tile_path(bad));
  }
  CHECK(parse_tile_path("tile/0/x018/x446/x744/x073/x709/x551/615")->id.index == ~std::uint64_t{0});
  CHECK_FALSE(parse_tile_path(std::string("tile/0/000\0", 11)));
  CHECK_FALSE(parse_tile_path("tile/0/" + std::string(60, '0')));
}

TEST_CASE("bundles hold leaves of every length and are read back whole") {
  std::string bundle;
  std::vector<std::string> leaves{"", "a", std::string(255, 'b'), std::string(256, 'c'), std::string(65'535, 'd')};
  for (const std::string& leaf : leaves) append_to_bundle(bundle, leaf);
  const auto parsed = parse_bundle(bundle, 5);
  REQUIRE(parsed);
  for (std::size_t i = 0; i < leaves.size(); ++i) CHECK((*parsed)[i] == leaves[i]);
}

TEST_CASE("a bundle with too few, too many or cut entries is refused") {
  std::string bundle;
  append_to_bundle(bundle, "one");
  append_to_bundle(bundle, "two");
  CHECK(parse_bundle(bundle, 2));
  CHECK_FALSE(parse_bundle(bundle, 1));
  CHECK_FALSE(parse_bundle(bundle, 3));
  CHECK_FALSE(parse_bundle(bundle + '\0', 2));
  for (std::size_t cut = 0; cut < bundle.size(); ++cut) CHECK_FALSE(parse_bundle(bundle.substr(0, cut), 2));
  CHECK(parse_bundle("", 0));
}
