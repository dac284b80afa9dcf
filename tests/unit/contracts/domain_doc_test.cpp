// docs/domain.md holds the reference that contracts/type_docs.cpp makes, between two marks. After a change of types,
// run this test once with DENGJI_UPDATE_DOCS=1: it writes the page anew.
#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>

#include "contracts/areas.hpp"
#include "contracts/type_docs.hpp"

namespace dengji::test {
namespace {

const std::string kPage = std::string(DENGJI_SOURCE_DIR) + "/docs/domain.md";
constexpr std::string_view kBegin = "<!-- generated from the registry: begin -->\n";
constexpr std::string_view kEnd = "<!-- generated from the registry: end -->\n";

std::string read_page() {
  std::ifstream file(kPage, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The first line in which the two differ, for the message.
std::string first_difference(std::string_view page, std::string_view made) {
  std::size_t line = 1;
  std::size_t start = 0;
  for (std::size_t i = 0; i < std::max(page.size(), made.size()); ++i) {
    if (i >= page.size() || i >= made.size() || page[i] != made[i]) break;
    if (page[i] == '\n') ++line, start = i + 1;
  }
  const auto text = [start](std::string_view all) {
    return std::string(start < all.size() ? all.substr(start, all.find('\n', start) - start) : "");
  };
  return "line " + std::to_string(line) + " of the generated part: page \"" + text(page) + "\", registry \"" +
         text(made) + "\"";
}

}  // namespace

TEST_CASE("docs/domain.md tells of every entry type, object, effect, account and verdict as the registry has them") {
  const std::string page = read_page();
  const auto begin = page.find(kBegin);
  const auto end = page.find(kEnd);
  REQUIRE(begin != std::string::npos);
  REQUIRE(end != std::string::npos);
  const std::string made = "\n" + contracts::type_reference(contracts::areas()) + "\n";
  const std::string_view there = std::string_view(page).substr(begin + kBegin.size(), end - begin - kBegin.size());
  if (std::getenv("DENGJI_UPDATE_DOCS") != nullptr && there != made) {
    std::ofstream(kPage, std::ios::binary) << page.substr(0, begin) << kBegin << made << page.substr(end);
    return;
  }
  const bool same = there == made;
  const std::string difference = same ? "" : first_difference(there, made);
  CHECK_MESSAGE(same, difference << "; DENGJI_UPDATE_DOCS=1 writes it anew");
}

TEST_CASE("every type, kind, member and verdict has its sentences, and every code stands for one thing") {
  const auto& registry = contracts::registry();
  std::set<std::string_view> slugs;
  for (const auto* row : registry.verdicts()) {
    CAPTURE(row->number);
    CHECK(slugs.insert(row->slug).second);
    CHECK_FALSE(row->en.empty());
    CHECK_FALSE(row->zh.empty());
    CHECK((row->http_status == 401 || row->http_status == 403 || row->http_status == 409 || row->http_status == 422));
  }
  for (const auto* type : registry.types()) {
    CAPTURE(type->type);
    CHECK_FALSE(type->doc.empty());
    CHECK_FALSE(type->doc_zh.empty());
    CHECK_FALSE(type->signers.empty());
    const auto members = type->schema().at("properties");
    CHECK_FALSE(members.empty());
    for (const auto& [name, schema] : members.items()) {
      CAPTURE(name);
      CHECK_FALSE(schema.value("description", "").empty());
    }
  }
  for (const auto* kind : registry.kinds()) {
    CAPTURE(kind->kind);
    CHECK_FALSE(kind->doc.empty());
    CHECK_FALSE(kind->doc_zh.empty());
    const auto members = kind->schema().at("properties");
    CHECK_FALSE(members.empty());
    for (const auto& [name, schema] : members.items()) {
      CAPTURE(name);
      CHECK_FALSE(schema.value("description", "").empty());
    }
  }
}

}  // namespace dengji::test
