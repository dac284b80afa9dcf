// Bodies made from a type's schema alone: as much as it allows, and every place in it that can be spoilt. For tables
// over all types, so that a new type stands in them by itself.
#pragma once

#include <functional>
#include <string>

#include "tests/support/contract_fixture.hpp"

namespace dengji::test {

// Every member present, every list at its longest, every text of Chinese characters at its longest, every number at its
// largest; `texts` and `items` cut texts and lists down to so many characters and items, where the schema allows.
Json largest_body(const Json& schema, std::int64_t texts = 1'000'000, std::int64_t items = 1'000'000);

// Calls `visit` for every member and first list item of an object that is no object or list itself: its schema, the
// JSON Pointer from the root, and the place in `body` to be changed (and changed back).
using PlaceVisit = std::function<void(const Json& schema, const std::string& pointer, Json& place)>;
void each_place(const Json& schema, Json& body, const std::string& pointer, const PlaceVisit& visit);

}  // namespace dengji::test
