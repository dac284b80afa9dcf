#include "ledger/state/view.hpp"

#include <doctest/doctest.h>

#include <random>

#include "tests/unit/state/fixtures.hpp"

using namespace dengji;

TEST_CASE("an overlay over a view reads like the view with the changes made") {
  const unsigned seed = 20260302;
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 300; ++round) {
    test::MapView base;
    for (int i = 0; i < 12; ++i) base.values["k" + std::to_string(random() % 30)] = "base";
    state::Overlay first(base);
    state::Overlay second(static_cast<const state::ReadView&>(first));
    test::MapView expected = base;
    for (int i = 0; i < 20; ++i) {
      state::Overlay& target = i < 10 ? first : second;
      const std::string key = "k" + std::to_string(random() % 30);
      if (random() % 3 == 0) {
        target.erase(key);
        expected.values.erase(key);
      } else {
        target.put(key, std::to_string(i));
        expected.values[key] = std::to_string(i);
      }
    }
    const std::string prefix = random() % 2 ? "k1" : "k";
    const std::string from = "k" + std::to_string(random() % 30);
    std::vector<std::pair<std::string, std::string>> got;
    std::vector<std::pair<std::string, std::string>> want;
    second.scan(prefix, from, [&](auto key, auto value) { return got.emplace_back(key, value), got.size() < 8; });
    expected.scan(prefix, from, [&](auto key, auto value) { return want.emplace_back(key, value), want.size() < 8; });
    CHECK(got == want);
    for (const auto& [key, value] : expected.values) CHECK(second.get(key) == value);
  }
}

TEST_CASE("a batch overlay shows the newest of its entries' changes, wherever they are moved to") {
  const unsigned seed = 20261124;
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 300; ++round) {
    test::MapView base;
    for (int i = 0; i < 12; ++i) base.values["k" + std::to_string(random() % 30)] = "base";
    test::MapView expected = base;
    state::BatchOverlay batch(base);
    std::vector<state::Writes> kept;
    for (int entry = 0; entry < 6; ++entry) {
      state::Overlay overlay(batch);
      for (int i = 0; i < 4; ++i) {
        const std::string key = "k" + std::to_string(random() % 30);
        if (random() % 3 == 0) {
          overlay.erase(key);
          expected.values.erase(key);
        } else {
          overlay.put(key, std::to_string(entry * 10 + i));
          expected.values[key] = std::to_string(entry * 10 + i);
        }
      }
      kept.push_back(overlay.take());
      batch.add(kept.back());
    }
    const std::string prefix = random() % 2 ? "k1" : "k";
    const std::string from = "k" + std::to_string(random() % 30);
    std::vector<std::pair<std::string, std::string>> got;
    std::vector<std::pair<std::string, std::string>> want;
    batch.scan(prefix, from, [&](auto key, auto value) { return got.emplace_back(key, value), got.size() < 8; });
    expected.scan(prefix, from, [&](auto key, auto value) { return want.emplace_back(key, value), want.size() < 8; });
    CHECK(got == want);
    for (int i = 0; i < 30; ++i) {
      const std::string key = "k" + std::to_string(i);
      CHECK(batch.get(key) == expected.get(key));
    }
  }
}
