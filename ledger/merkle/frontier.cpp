#include "ledger/merkle/frontier.hpp"

#include <bit>
#include <utility>

#include "ledger/base/assert.hpp"

namespace dengji::merkle {

Frontier::Frontier(std::uint64_t size, std::vector<Hash32> peaks) : size_(size), peaks_(std::move(peaks)) {
  LEDGER_ASSERT(peaks_.size() == static_cast<std::size_t>(std::popcount(size_)));
}

Hash32 Frontier::root() const {
  if (peaks_.empty()) return empty_root();
  Hash32 root = peaks_.back();
  for (std::size_t i = peaks_.size() - 1; i-- > 0;) root = node_hash(peaks_[i], root);
  return root;
}

std::string Frontier::serialise() const {
  std::string out;
  out.reserve(8 + peaks_.size() * 32);
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(size_ >> shift));
  for (const Hash32& peak : peaks_) out.append(peak.view());
  return out;
}

Result<Frontier> Frontier::parse(std::string_view bytes) {
  if (bytes.size() < 8) return fail(ErrorCode::value_format, "a frontier starts with its size in 8 bytes");
  std::uint64_t size = 0;
  for (const char byte : bytes.substr(0, 8)) size = size << 8 | static_cast<std::uint8_t>(byte);
  const auto count = static_cast<std::size_t>(std::popcount(size));
  if (bytes.size() != 8 + count * 32) {
    return fail(ErrorCode::value_format, "the frontier of a tree of " + std::to_string(size) + " leaves has " +
                                             std::to_string(count) + " hashes");
  }
  std::vector<Hash32> peaks;
  peaks.reserve(count);
  for (std::size_t i = 0; i < count; ++i) peaks.push_back(*Hash32::from_bytes(bytes.substr(8 + i * 32, 32)));
  return Frontier(size, std::move(peaks));
}

}  // namespace dengji::merkle
