#include "ledger/json/text.hpp"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/stringpiece.h>
#include <unicode/uchar.h>

#include <cstdint>

#include "ledger/base/assert.hpp"
#include "ledger/json/strict_json.hpp"

namespace dengji::json {
namespace {

struct Decoded {
  char32_t code_point;
  std::size_t length;  // 0: ill-formed
};

bool is_tail(std::uint8_t byte) {
  return (byte & 0xC0) == 0x80;
}

// The code point that starts at text[at], which is no ASCII byte.
Decoded decode(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) -> std::uint8_t {
    return at + i < text.size() ? static_cast<std::uint8_t>(text[at + i]) : std::uint8_t{0};
  };
  const std::uint8_t b0 = byte(0);
  const std::uint8_t b1 = byte(1);
  if (b0 < 0xC2 || b0 > 0xF4 || !is_tail(b1)) return {0, 0};
  if (b0 < 0xE0) return {static_cast<char32_t>((b0 & 0x1F) << 6 | (b1 & 0x3F)), 2};
  const std::uint8_t b2 = byte(2);
  if (!is_tail(b2)) return {0, 0};
  if (b0 < 0xF0) {
    if ((b0 == 0xE0 && b1 < 0xA0) || (b0 == 0xED && b1 > 0x9F)) return {0, 0};
    return {static_cast<char32_t>((b0 & 0x0F) << 12 | (b1 & 0x3F) << 6 | (b2 & 0x3F)), 3};
  }
  const std::uint8_t b3 = byte(3);
  if (!is_tail(b3) || (b0 == 0xF0 && b1 < 0x90) || (b0 == 0xF4 && b1 > 0x8F)) return {0, 0};
  return {static_cast<char32_t>((b0 & 0x07) << 18 | (b1 & 0x3F) << 12 | (b2 & 0x3F) << 6 | (b3 & 0x3F)), 4};
}

// Assigned long before Unicode 15.0, combining class 0 and never part of a composition: what Chinese text is made of.
// A string of nothing else is NFC.
bool is_plain_cjk(char32_t c) {
  return (c >= 0x4E00 && c <= 0x9FA5) || (c >= 0x3001 && c <= 0x3011) || (c >= 0xFF01 && c <= 0xFF5E);
}

bool is_bidi_control(char32_t c) {
  return c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

bool in_unicode_15(char32_t c) {
  const auto code_point = static_cast<UChar32>(c);
  // Noncharacters have an age but no category.
  if (u_charType(code_point) == U_UNASSIGNED) return false;
  UVersionInfo age;
  u_charAge(code_point, age);
  return age[0] > 0 && (age[0] < 15 || (age[0] == 15 && age[1] == 0));
}

const icu::Normalizer2& nfc() {
  static const icu::Normalizer2* const instance = [] {
    UErrorCode status = U_ZERO_ERROR;
    const icu::Normalizer2* got = icu::Normalizer2::getNFCInstance(status);
    LEDGER_ASSERT(U_SUCCESS(status));
    return got;
  }();
  return *instance;
}

bool is_nfc(std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  const bool normalized =
      nfc().isNormalizedUTF8(icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())), status);
  LEDGER_ASSERT(U_SUCCESS(status));
  return normalized;
}

}  // namespace

std::size_t well_formed_prefix(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    if (static_cast<std::uint8_t>(text[at]) < 0x80) {
      ++at;
      continue;
    }
    const Decoded next = decode(text, at);
    if (next.length == 0) break;
    at += next.length;
  }
  return at;
}

std::optional<ErrorCode> check_text(std::string_view text) {
  // Two sums without a branch, so that the compiler makes vector code of the pass that nearly every string needs only.
  unsigned high = 0;
  unsigned control = 0;
  for (const char c : text) {
    const auto byte = static_cast<std::uint8_t>(c);
    high |= byte;
    control |= static_cast<unsigned>(byte < 0x20) | static_cast<unsigned>(byte == 0x7F);
  }
  if (high < 0x80) return control != 0 ? std::optional(ErrorCode::json_text) : std::nullopt;
  if (well_formed_prefix(text) != text.size()) return ErrorCode::json_invalid_utf8;
  if (control != 0) return ErrorCode::json_text;

  bool plain = true;
  for (std::size_t at = 0; at < text.size();) {
    if (static_cast<std::uint8_t>(text[at]) < 0x80) {
      ++at;
      continue;
    }
    const Decoded next = decode(text, at);
    at += next.length;
    const char32_t c = next.code_point;
    if (is_plain_cjk(c)) continue;
    if (c <= 0x9F || is_bidi_control(c) || !in_unicode_15(c)) return ErrorCode::json_text;
    plain = false;
  }
  if (!plain && !is_nfc(text)) return ErrorCode::json_not_nfc;
  return std::nullopt;
}

std::string to_fit_text(std::string_view text) {
  std::string kept;
  bool gap = false;
  const auto keep = [&](std::string_view piece) {
    if (gap && !kept.empty()) kept.push_back(' ');
    gap = false;
    kept.append(piece);
  };
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = static_cast<std::uint8_t>(text[at]);
    const Decoded next = byte < 0x80 ? Decoded{byte, 1} : decode(text, at);
    if (next.length == 0) {
      ++at;
      continue;
    }
    const char32_t c = next.code_point;
    if (c <= 0x20 || (c >= 0x7F && c <= 0x9F)) {
      gap = true;
    } else if (!is_bidi_control(c) && in_unicode_15(c)) {
      keep(text.substr(at, next.length));
    }
    at += next.length;
  }
  std::string normal;
  icu::StringByteSink<std::string> sink(&normal);
  UErrorCode status = U_ZERO_ERROR;
  nfc().normalizeUTF8(0, icu::StringPiece(kept.data(), static_cast<std::int32_t>(kept.size())), sink, nullptr, status);
  LEDGER_ASSERT(U_SUCCESS(status));
  LEDGER_ASSERT(!check_text(normal));
  return normal;
}

std::size_t count_characters(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += is_tail(static_cast<std::uint8_t>(c)) ? 0 : 1;
  return count;
}

std::string_view first_characters(std::string_view text, std::size_t characters) {
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    if (!is_tail(static_cast<std::uint8_t>(text[at])) && characters-- == 0) break;
  }
  return text.substr(0, at);
}

}  // namespace dengji::json
