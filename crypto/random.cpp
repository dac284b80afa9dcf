#include "crypto/random.hpp"

#include <sodium.h>

namespace dengji::crypto {

void SystemRng::fill(std::span<std::uint8_t> out) {
  randombytes_buf(out.data(), out.size());
}

}  // namespace dengji::crypto
