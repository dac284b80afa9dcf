// The number of an entry in the ledger: the first is 0.
#pragma once

#include <compare>
#include <cstdint>

namespace dengji {

struct Seq {
  std::uint64_t value = 0;
  friend constexpr auto operator<=>(Seq, Seq) = default;
};

}  // namespace dengji
