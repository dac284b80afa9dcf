// Money: integers of 分 (a hundredth of a yuan), never floating. Amounts and balances stay ≤ 2^53-1 so that every JSON
// reader sees them whole; products go through 128 bits.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

#include "ledger/base/limits.hpp"

namespace dengji {

enum class Rounding : std::uint8_t { down, half_even, up };

// Always within ±(2^53-1) once made by of(); arithmetic that would leave that range gives nullopt.
class Fen {
 public:
  constexpr Fen() = default;
  constexpr explicit Fen(std::int64_t value) : value_(value) {}

  constexpr std::int64_t value() const { return value_; }
  constexpr bool in_range() const { return value_ >= -kMaxSafeInteger && value_ <= kMaxSafeInteger; }
  friend constexpr auto operator<=>(Fen, Fen) = default;

 private:
  std::int64_t value_ = 0;
};

std::optional<Fen> checked_add(Fen a, Fen b);
std::optional<Fen> checked_sub(Fen a, Fen b);

// Where both are balances of one book: sums of those stay far within 64 bits, and a posting checks its range anyway.
constexpr Fen plus(Fen a, Fen b) {
  return Fen(a.value() + b.value());
}
constexpr Fen minus(Fen a, Fen b) {
  return Fen(a.value() - b.value());
}

// numerator / denominator rounded; numerator ≥ 0, denominator > 0. nullopt if the result leaves 2^53-1.
std::optional<Fen> rounded_quotient(__int128 numerator, __int128 denominator, Rounding rounding);
// amount × ppm / 1,000,000, rounded once.
std::optional<Fen> ppm_of(Fen amount, std::int64_t ppm, Rounding rounding);

}  // namespace dengji
