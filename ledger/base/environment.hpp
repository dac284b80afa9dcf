// What the pure core may not have by itself: a clock and randomness. Production passes the system's, a test or the
// simulator its own.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>

#include "ledger/base/time.hpp"

namespace dengji {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual LedgerTime now() = 0;
};

class Rng {
 public:
  virtual ~Rng() = default;
  virtual void fill(std::span<std::uint8_t> out) = 0;
};

class SystemClock final : public Clock {
 public:
  LedgerTime now() override {
    return LedgerTime{
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
            .count()};
  }
};

}  // namespace dengji
