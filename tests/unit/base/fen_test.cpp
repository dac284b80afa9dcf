#include "ledger/base/fen.hpp"

#include <doctest/doctest.h>

using namespace dengji;

TEST_CASE("rounding is named and applied once") {
  CHECK(ppm_of(Fen(23'333'333), 30'000, Rounding::down) == Fen(699'999));
  CHECK(ppm_of(Fen(23'333'333), 30'000, Rounding::half_even) == Fen(700'000));
  CHECK(rounded_quotient(5, 2, Rounding::half_even) == Fen(2));
  CHECK(rounded_quotient(7, 2, Rounding::half_even) == Fen(4));
  CHECK(rounded_quotient(1, 3, Rounding::up) == Fen(1));
}

TEST_CASE("products near 2^53 go through 128 bits and overflow is seen") {
  CHECK(ppm_of(Fen(kMaxSafeInteger), 1'000'000, Rounding::down) == Fen(kMaxSafeInteger));
  CHECK_FALSE(ppm_of(Fen(kMaxSafeInteger), 1'000'001, Rounding::up));
  CHECK_FALSE(checked_add(Fen(kMaxSafeInteger), Fen(1)));
  CHECK_FALSE(checked_sub(Fen(-kMaxSafeInteger), Fen(1)));
}
