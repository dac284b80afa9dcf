#include "crypto/base64.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace dengji::crypto {
namespace {

constexpr std::string_view kUrlAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view kStandardAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

using DecodeTable = std::array<std::uint8_t, 256>;
constexpr std::uint8_t kForeign = 0x80;  // a bit that no value has, so that errors can be collected with |

constexpr DecodeTable decode_table(std::string_view alphabet) {
  DecodeTable table{};
  for (auto& value : table) value = kForeign;
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    table[static_cast<std::uint8_t>(alphabet[i])] = static_cast<std::uint8_t>(i);
  return table;
}

constexpr DecodeTable kUrlTable = decode_table(kUrlAlphabet);
constexpr DecodeTable kStandardTable = decode_table(kStandardAlphabet);

// Without padding: 3 bytes are 4 characters, a rest of 1 or 2 bytes is 2 or 3.
constexpr std::size_t encoded_size(std::size_t bytes) {
  return bytes / 3 * 4 + (bytes % 3 == 0 ? 0 : bytes % 3 + 1);
}
constexpr std::size_t decoded_size(std::size_t characters) {
  return characters / 4 * 3 + (characters % 4 == 0 ? 0 : characters % 4 - 1);
}

void encode(std::string_view bytes, std::string_view alphabet, char* out) {
  const auto* in = reinterpret_cast<const std::uint8_t*>(bytes.data());
  const char* const letters = alphabet.data();
  std::size_t left = bytes.size();
  for (; left >= 3; left -= 3, in += 3, out += 4) {
    out[0] = letters[in[0] >> 2];
    out[1] = letters[(in[0] & 0x03) << 4 | in[1] >> 4];
    out[2] = letters[(in[1] & 0x0f) << 2 | in[2] >> 6];
    out[3] = letters[in[2] & 0x3f];
  }
  if (left == 0) return;
  const std::uint8_t second = left == 2 ? in[1] : 0;
  out[0] = letters[in[0] >> 2];
  out[1] = letters[(in[0] & 0x03) << 4 | second >> 4];
  if (left == 2) out[2] = letters[(second & 0x0f) << 2];
}

// `out` has room for decoded_size(text.size()). False if a character is foreign or unused bits of the last are set.
bool decode(std::string_view text, const DecodeTable& table, std::uint8_t* out) {
  const auto* in = reinterpret_cast<const std::uint8_t*>(text.data());
  std::size_t left = text.size();
  if (left % 4 == 1) return false;
  unsigned seen = 0;
  for (; left >= 4; left -= 4, in += 4, out += 3) {
    const unsigned a = table[in[0]], b = table[in[1]], c = table[in[2]], d = table[in[3]];
    seen |= a | b | c | d;
    out[0] = static_cast<std::uint8_t>(a << 2 | b >> 4);
    out[1] = static_cast<std::uint8_t>(b << 4 | c >> 2);
    out[2] = static_cast<std::uint8_t>(c << 6 | d);
  }
  unsigned stray = 0;
  if (left >= 2) {
    const unsigned a = table[in[0]], b = table[in[1]];
    seen |= a | b;
    out[0] = static_cast<std::uint8_t>(a << 2 | b >> 4);
    stray = b & 0x0f;
    if (left == 3) {
      const unsigned c = table[in[2]];
      seen |= c;
      out[1] = static_cast<std::uint8_t>(b << 4 | c >> 2);
      stray = c & 0x03;
    }
  }
  return (seen & kForeign) == 0 && stray == 0;
}

std::optional<std::string> decode(std::string_view text, const DecodeTable& table) {
  std::string bytes(decoded_size(text.size()), '\0');
  if (!decode(text, table, reinterpret_cast<std::uint8_t*>(bytes.data()))) return std::nullopt;
  return bytes;
}

}  // namespace

std::string base64url_encode(std::string_view bytes) {
  std::string text(encoded_size(bytes.size()), '\0');
  encode(bytes, kUrlAlphabet, text.data());
  return text;
}

std::optional<std::string> base64url_decode(std::string_view text) {
  return decode(text, kUrlTable);
}

bool base64url_decode_into(std::string_view text, void* out, std::size_t size) {
  return text.size() == encoded_size(size) && decode(text, kUrlTable, static_cast<std::uint8_t*>(out));
}

std::string base64_encode(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4, '=');
  encode(bytes, kStandardAlphabet, text.data());
  return text;
}

std::optional<std::string> base64_decode(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  // At most two; a third stays in the text and is foreign there.
  for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
  return decode(text, kStandardTable);
}

std::string to_b64(const Hash32& hash) {
  return base64url_encode(hash.view());
}

std::optional<Hash32> hash_from_b64(std::string_view text) {
  Hash32 hash;
  if (!base64url_decode_into(text, hash.bytes.data(), hash.bytes.size())) return std::nullopt;
  return hash;
}

}  // namespace dengji::crypto
