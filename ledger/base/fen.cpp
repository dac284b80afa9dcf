#include "ledger/base/fen.hpp"

#include "ledger/base/assert.hpp"

namespace dengji {

std::optional<Fen> checked_add(Fen a, Fen b) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(a.value(), b.value(), &sum)) return std::nullopt;
  const Fen result(sum);
  if (!result.in_range()) return std::nullopt;
  return result;
}

std::optional<Fen> checked_sub(Fen a, Fen b) {
  std::int64_t difference = 0;
  if (__builtin_sub_overflow(a.value(), b.value(), &difference)) return std::nullopt;
  const Fen result(difference);
  if (!result.in_range()) return std::nullopt;
  return result;
}

std::optional<Fen> rounded_quotient(__int128 numerator, __int128 denominator, Rounding rounding) {
  LEDGER_ASSERT(numerator >= 0 && denominator > 0);
  __int128 quotient = numerator / denominator;
  const __int128 rest = numerator % denominator;
  switch (rounding) {
    case Rounding::down:
      break;
    case Rounding::up:
      if (rest != 0) ++quotient;
      break;
    case Rounding::half_even: {
      const __int128 other = denominator - rest;
      if (rest > other || (rest == other && quotient % 2 != 0)) ++quotient;
      break;
    }
  }
  if (quotient > kMaxSafeInteger) return std::nullopt;
  return Fen(static_cast<std::int64_t>(quotient));
}

std::optional<Fen> ppm_of(Fen amount, std::int64_t ppm, Rounding rounding) {
  return rounded_quotient(static_cast<__int128>(amount.value()) * ppm, 1'000'000, rounding);
}

}  // namespace dengji
