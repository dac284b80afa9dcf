#include "ledger/state/codec.hpp"

namespace dengji::state {

void Encoder::write_integer(std::int64_t value) {
  auto bits = static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
  while (bits >= 0x80) {
    out_.push_back(static_cast<char>(bits | 0x80));
    bits >>= 7;
  }
  out_.push_back(static_cast<char>(bits));
}

void Encoder::write_text(std::string_view text) {
  write_integer(static_cast<std::int64_t>(text.size()));
  out_.append(text);
}

std::int64_t Decoder::read_integer() {
  std::uint64_t bits = 0;
  for (unsigned shift = 0;; shift += 7) {
    LEDGER_ASSERT(!in_.empty() && shift < 64);
    const auto byte = static_cast<std::uint8_t>(in_.front());
    in_.remove_prefix(1);
    bits |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  return static_cast<std::int64_t>(bits >> 1) ^ -static_cast<std::int64_t>(bits & 1);
}

std::string_view Decoder::take(std::size_t count) {
  LEDGER_ASSERT(count <= in_.size());
  const std::string_view taken = in_.substr(0, count);
  in_.remove_prefix(count);
  return taken;
}

}  // namespace dengji::state
