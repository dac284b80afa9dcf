#include "contracts/insight/column.hpp"

#include <doctest/doctest.h>

#include <string>
#include <thread>

namespace dengji::contracts::insight {

TEST_CASE("rows keep their place over many chunks, and counting stops at the first that is not below") {
  Column<std::uint64_t> column;
  for (std::uint64_t i = 0; i < 5'000; ++i) CHECK(column.push(i * 2) == i);
  const std::uint64_t* first = &column[0];
  for (std::uint64_t i = 5'000; i < 20'000; ++i) column.push(i * 2);
  CHECK(first == &column[0]);
  CHECK(column.size() == 20'000);
  CHECK(column[511] == 1'022);
  CHECK(column[512] == 1'024);
  CHECK(column[19'999] == 39'998);
  CHECK(column.count_while([](std::uint64_t value) { return value < 1'001; }) == 501);
  CHECK(column.count_while([](std::uint64_t) { return false; }) == 0);
  std::uint64_t sum = 0;
  column.each(1'500, [&](std::size_t row, std::uint64_t value) { sum += value - row; });
  CHECK(sum == 1'500 * 1'499 / 2);
}

TEST_CASE("rows of a type with memory of its own are freed with the column") {
  Column<std::string> column;
  for (int i = 0; i < 2'000; ++i) column.push(std::string(100, 'x'));
  CHECK(column[1'999].size() == 100);
}

TEST_CASE("readers see whole rows while the writer adds") {
  struct Pair {
    std::uint64_t a;
    std::uint64_t b;
  };
  Column<Pair> column;
  constexpr std::size_t kRows = 200'000;
  std::thread writer([&] {
    for (std::uint64_t i = 0; i < kRows; ++i) column.push({i, ~i});
  });
  std::size_t seen = 0;
  bool whole = true;
  while (seen < kRows) {
    const std::size_t now = column.size();
    whole = whole && now >= seen;
    if (now > 0) whole = whole && column[now - 1].a == ~column[now - 1].b && column[now - 1].a == now - 1;
    seen = now;
  }
  writer.join();
  CHECK(whole);
}

}  // namespace dengji::contracts::insight
