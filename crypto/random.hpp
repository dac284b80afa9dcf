// The system's randomness behind the Rng port; what production passes where a test passes a seeded one.
#pragma once

#include "ledger/base/environment.hpp"

namespace dengji::crypto {

// Safe from any thread. The process stops if the system gives no randomness.
class SystemRng final : public Rng {
 public:
  void fill(std::span<std::uint8_t> out) override;
};

}  // namespace dengji::crypto
