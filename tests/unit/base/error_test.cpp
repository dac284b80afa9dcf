#include "ledger/base/error.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace dengji;

TEST_CASE("every error code has a row with a unique slug and both languages") {
  std::set<std::string_view> slugs;
  int index = 0;
  for (const ErrorRow& row : error_table()) {
    CHECK(static_cast<int>(row.code) == index++);
    CHECK(slugs.insert(row.slug).second);
    CHECK(row.http_status >= 400);
    CHECK(row.exit_code >= 1);
    CHECK_FALSE(row.en.empty());
    CHECK_FALSE(row.zh.empty());
  }
}
