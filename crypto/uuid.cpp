#include "crypto/uuid.hpp"

#include <array>
#include <cstdint>

#include "ledger/base/assert.hpp"
#include "ledger/base/hash32.hpp"

namespace dengji::crypto {

bool is_uuid_v7(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (c != '-') return false;
    } else if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
      return false;
    }
  }
  const char variant = text[19];
  return text[14] == '7' && (variant == '8' || variant == '9' || variant == 'a' || variant == 'b');
}

std::string make_uuid_v7(LedgerTime time, Rng& rng) {
  LEDGER_ASSERT(time.ms >= 0 && time.ms < (std::int64_t{1} << 48));
  std::array<std::uint8_t, 16> bytes;
  rng.fill(bytes);
  const auto ms = static_cast<std::uint64_t>(time.ms);
  for (std::size_t i = 0; i < 6; ++i) bytes[i] = static_cast<std::uint8_t>(ms >> (40 - 8 * i));
  bytes[6] = static_cast<std::uint8_t>(0x70 | (bytes[6] & 0x0f));
  bytes[8] = static_cast<std::uint8_t>(0x80 | (bytes[8] & 0x3f));
  std::string text = to_hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  for (const std::size_t dash : {8U, 13U, 18U, 23U}) text.insert(dash, 1, '-');
  return text;
}

}  // namespace dengji::crypto
