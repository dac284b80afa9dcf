// The parts of a leaf, cut out of its canonical text without parsing it: leaves come from our own store, so their form
// is known (docs/formats.md, "Leaf").
#pragma once

#include <string>
#include <string_view>

#include "ledger/base/hash32.hpp"
#include "ledger/base/time.hpp"

namespace dengji::api {

struct LeafView {
  std::string_view effects;  // a JSON array
  std::string_view payload_b64;
  LedgerTime time;

  Hash32 entry_id() const;
  std::string payload() const;
};

// LEDGER_ASSERT on text that is no leaf.
LeafView view_leaf(std::string_view leaf);

}  // namespace dengji::api
