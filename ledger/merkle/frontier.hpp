// The right edge of a growing RFC 6962 tree: the roots of its complete subtrees, at most 64 hashes. Enough to append
// leaves and to tell the root, without reading anything back.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/base/error.hpp"
#include "ledger/base/hash32.hpp"

namespace dengji::merkle {

class Frontier {
 public:
  Frontier() = default;  // the empty tree
  // `peaks` as peaks() gives them; their number must be the number of one bits in `size`: asserted.
  Frontier(std::uint64_t size, std::vector<Hash32> peaks);

  std::uint64_t size() const { return size_; }
  // One per one bit of size(), of the largest (leftmost) subtree first.
  const std::vector<Hash32>& peaks() const { return peaks_; }

  // O(1) hashes on average, O(log n) at worst.
  void append(const Hash32& leaf_hash);
  // O(log n) hashes; the empty tree has empty_root().
  Hash32 root() const;

  // Size as 8 bytes big endian, then the peaks.
  std::string serialise() const;
  // Error: value_format unless the length is that of the size.
  static Result<Frontier> parse(std::string_view bytes);

 private:
  std::uint64_t size_ = 0;
  std::vector<Hash32> peaks_;
};

}  // namespace dengji::merkle
