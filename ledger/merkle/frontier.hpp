// The right edge of a growing RFC 6962 tree: the roots of its complete subtrees, at most 64 hashes. Enough to append
// leaves and to tell the root, without reading anything back.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/base/error.hpp"
#include "ledger/base/hash32.hpp"
#include "ledger/merkle/hash.hpp"

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
  void append(const Hash32& leaf_hash) {
    append(leaf_hash, [](unsigned, const Hash32&) {});
  }
  // Also hands out every complete subtree that the leaf closes, the leaf itself (height 0) first: on_node(height,
  // hash).
  template <class OnNode>
  void append(const Hash32& leaf_hash, OnNode&& on_node);
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

template <class OnNode>
void Frontier::append(const Hash32& leaf_hash, OnNode&& on_node) {
  Hash32 node = leaf_hash;
  unsigned height = 0;
  on_node(height, node);
  // Every trailing one bit of the size is a complete subtree that the new node closes into one of twice its size.
  for (std::uint64_t rest = size_; (rest & 1) != 0; rest >>= 1) {
    node = node_hash(peaks_.back(), node);
    peaks_.pop_back();
    on_node(++height, node);
  }
  peaks_.push_back(node);
  ++size_;
}

}  // namespace dengji::merkle
