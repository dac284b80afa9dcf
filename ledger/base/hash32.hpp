// A SHA-256 value as a type of its own. Text form in JSON is base64url (crypto/base64.hpp), in paths and logs hex.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace dengji {

struct Hash32 {
  std::array<std::uint8_t, 32> bytes{};

  friend auto operator<=>(const Hash32&, const Hash32&) = default;

  std::string_view view() const { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
  // nullopt unless exactly 32 bytes.
  static std::optional<Hash32> from_bytes(std::string_view raw);
};

std::string to_hex(std::string_view raw);
inline std::string to_hex(const Hash32& hash) {
  return to_hex(hash.view());
}
// Lower-case or upper-case digits, even length; nullopt otherwise.
std::optional<std::string> from_hex(std::string_view text);

}  // namespace dengji

template <>
struct std::hash<dengji::Hash32> {
  std::size_t operator()(const dengji::Hash32& value32) const noexcept {
    std::size_t value = 0;
    for (int i = 0; i < 8; ++i) value = value << 8 | value32.bytes[static_cast<std::size_t>(i)];
    return value;
  }
};
