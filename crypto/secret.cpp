#include "crypto/secret.hpp"

#include <sodium.h>

#include <cstring>
#include <utility>

namespace dengji::crypto {

void wipe(void* memory, std::size_t size) {
  sodium_memzero(memory, size);
}

Secret::Secret(std::string&& source) : Secret(source.size()) {
  std::memcpy(bytes_.get(), source.data(), source.size());
  // The whole allocation: a string that shrank keeps old bytes behind its end.
  source.resize(source.capacity());
  wipe(source.data(), source.size());
  source.clear();
}

Secret::Secret(Secret&& other) noexcept : bytes_(std::move(other.bytes_)), size_(std::exchange(other.size_, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    if (bytes_) wipe(bytes_.get(), size_);
    bytes_ = std::move(other.bytes_);
    size_ = std::exchange(other.size_, 0);
  }
  return *this;
}

Secret::~Secret() {
  if (bytes_) wipe(bytes_.get(), size_);
}

}  // namespace dengji::crypto
