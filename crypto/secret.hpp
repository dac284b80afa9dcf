// Memory that wipes itself: passphrases and private keys. Neither type can be copied; a move wipes what it moved from.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace dengji::crypto {

// Overwrites in a way that the compiler may not leave out.
void wipe(void* memory, std::size_t size);

// A byte string of any length, for a passphrase or an opened box.
class Secret {
 public:
  Secret() = default;
  // Takes the bytes and wipes `source`, so that no second copy stays behind.
  explicit Secret(std::string&& source);
  explicit Secret(std::size_t size) : bytes_(std::make_unique<char[]>(size)), size_(size) {}
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret();

  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  char* data() { return bytes_.get(); }
  std::string_view view() const { return {bytes_.get(), size_}; }

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = 0;
};

// N secret bytes in place.
template <std::size_t N>
class SecretArray {
 public:
  SecretArray() = default;
  SecretArray(SecretArray&& other) noexcept : bytes_(other.bytes_) { wipe(other.bytes_.data(), N); }
  SecretArray& operator=(SecretArray&& other) noexcept {
    if (this != &other) {
      bytes_ = other.bytes_;
      wipe(other.bytes_.data(), N);
    }
    return *this;
  }
  SecretArray(const SecretArray&) = delete;
  SecretArray& operator=(const SecretArray&) = delete;
  ~SecretArray() { wipe(bytes_.data(), N); }

  std::uint8_t* data() { return bytes_.data(); }
  const std::uint8_t* data() const { return bytes_.data(); }
  static constexpr std::size_t size() { return N; }

 private:
  std::array<std::uint8_t, N> bytes_{};
};

}  // namespace dengji::crypto
