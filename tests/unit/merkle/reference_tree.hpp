// RFC 6962 section 2.1 copied as directly as possible: the slow twin that the tree is compared with.
#pragma once

#include <bit>
#include <span>
#include <string>
#include <vector>

#include "ledger/merkle/hash.hpp"

namespace dengji::test {

inline Hash32 reference_root(std::span<const Hash32> leaves) {
  if (leaves.empty()) return merkle::empty_root();
  if (leaves.size() == 1) return leaves[0];
  const std::size_t k = std::bit_floor(leaves.size() - 1);
  return merkle::node_hash(reference_root(leaves.first(k)), reference_root(leaves.subspan(k)));
}

inline std::vector<Hash32> reference_path(std::size_t m, std::span<const Hash32> leaves) {
  if (leaves.size() <= 1) return {};
  const std::size_t k = std::bit_floor(leaves.size() - 1);
  auto path = m < k ? reference_path(m, leaves.first(k)) : reference_path(m - k, leaves.subspan(k));
  path.push_back(reference_root(m < k ? leaves.subspan(k) : leaves.first(k)));
  return path;
}

inline std::vector<Hash32> reference_subproof(std::size_t m, std::span<const Hash32> leaves, bool known) {
  if (m == leaves.size()) return known ? std::vector<Hash32>{} : std::vector<Hash32>{reference_root(leaves)};
  const std::size_t k = std::bit_floor(leaves.size() - 1);
  auto proof =
      m <= k ? reference_subproof(m, leaves.first(k), known) : reference_subproof(m - k, leaves.subspan(k), false);
  proof.push_back(reference_root(m <= k ? leaves.subspan(k) : leaves.first(k)));
  return proof;
}

inline std::vector<Hash32> numbered_leaves(std::size_t count) {
  std::vector<Hash32> leaves;
  leaves.reserve(count);
  for (std::size_t i = 0; i < count; ++i) leaves.push_back(merkle::leaf_hash(std::to_string(i)));
  return leaves;
}

}  // namespace dengji::test
