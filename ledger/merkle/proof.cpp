#include "ledger/merkle/proof.hpp"

#include <algorithm>
#include <bit>
#include <string>
#include <string_view>
#include <utility>

#include "ledger/merkle/hash.hpp"

namespace dengji::merkle {
namespace {

std::unexpected<Error> wrong(std::string context) {
  return fail(ErrorCode::proof_wrong, std::move(context));
}

std::string number(std::uint64_t value) {
  return std::to_string(value);
}

// Where a tree of `leaves` ≥ 2 leaves splits: the largest power of two below.
std::uint64_t split(std::uint64_t leaves) {
  return std::bit_floor(leaves - 1);
}

}  // namespace

// RFC 9162 section 2.1.3.2.
Result<void> verify_inclusion(const InclusionClaim& claim, std::span<const Hash32> proof) {
  if (claim.index >= claim.size) {
    return wrong("entry " + number(claim.index) + " is not in a tree of " + number(claim.size));
  }
  std::uint64_t fn = claim.index;
  std::uint64_t sn = claim.size - 1;
  Hash32 root = claim.leaf;
  for (const Hash32& sibling : proof) {
    if (sn == 0) return wrong("the inclusion proof has too many hashes");
    if ((fn & 1) != 0 || fn == sn) {
      root = node_hash(sibling, root);
      while ((fn & 1) == 0 && fn != 0) {
        fn >>= 1;
        sn >>= 1;
      }
    } else {
      root = node_hash(root, sibling);
    }
    fn >>= 1;
    sn >>= 1;
  }
  if (sn != 0) return wrong("the inclusion proof has too few hashes");
  if (root != claim.root) {
    return wrong("entry " + number(claim.index) + " does not lead to the root of the tree of " + number(claim.size));
  }
  return {};
}

// RFC 9162 section 2.1.4.2.
Result<void> verify_consistency(const ConsistencyClaim& claim, std::span<const Hash32> proof) {
  if (claim.old_size > claim.new_size) {
    return wrong("size " + number(claim.old_size) + " is beyond " + number(claim.new_size));
  }
  if (claim.old_size == 0 || claim.old_size == claim.new_size) {
    if (!proof.empty()) return wrong("the consistency proof must be empty");
    if (claim.old_size == claim.new_size && claim.old_root != claim.new_root) {
      return wrong("two roots for size " + number(claim.new_size));
    }
    if (claim.old_size == 0 && claim.old_root != empty_root())
      return wrong("the old root is not that of the empty tree");
    return {};
  }
  // A complete old tree is itself the first node of the path and is left out of the proof.
  const bool complete = std::has_single_bit(claim.old_size);
  if (!complete && proof.empty()) return wrong("the consistency proof has too few hashes");
  std::uint64_t fn = claim.old_size - 1;
  std::uint64_t sn = claim.new_size - 1;
  while ((fn & 1) != 0) {
    fn >>= 1;
    sn >>= 1;
  }
  Hash32 old_root = complete ? claim.old_root : proof.front();
  Hash32 new_root = old_root;
  for (const Hash32& sibling : proof.subspan(complete ? 0 : 1)) {
    if (sn == 0) return wrong("the consistency proof has too many hashes");
    if ((fn & 1) != 0 || fn == sn) {
      old_root = node_hash(sibling, old_root);
      new_root = node_hash(sibling, new_root);
      while ((fn & 1) == 0 && fn != 0) {
        fn >>= 1;
        sn >>= 1;
      }
    } else {
      new_root = node_hash(new_root, sibling);
    }
    fn >>= 1;
    sn >>= 1;
  }
  if (sn != 0) return wrong("the consistency proof has too few hashes");
  if (old_root != claim.old_root) return wrong("does not lead to the old root at " + number(claim.old_size));
  if (new_root != claim.new_root) return wrong("does not lead to the new root at " + number(claim.new_size));
  return {};
}

Result<ProofBuilder::Tile*> ProofBuilder::tile(TileId id) {
  const auto found = tiles_.find(id);
  if (found != tiles_.end()) return &found->second;
  const unsigned width = tile_width(id, size_);
  auto bytes = source_.read_tile(id, width);
  if (!bytes) return std::unexpected(std::move(bytes).error());
  if ((*bytes)->size() < width * std::size_t{32}) {
    return fail(ErrorCode::corrupt, "tile " + number(id.index) + " of level " + number(id.level) + " is too short");
  }
  Tile fresh{
      .bytes = std::move(*bytes), .nodes = std::vector<Hash32>(kTileWidth), .known = std::vector<bool>(kTileWidth)};
  return &tiles_.emplace(id, std::move(fresh)).first->second;
}

Hash32 ProofBuilder::node(Tile& tile, unsigned heap_position, unsigned height) {
  if (height == 0) {
    const std::size_t offset = (heap_position - kTileWidth) * std::size_t{32};
    return *Hash32::from_bytes(std::string_view(*tile.bytes).substr(offset, 32));
  }
  if (!tile.known[heap_position]) {
    tile.nodes[heap_position] =
        node_hash(node(tile, 2 * heap_position, height - 1), node(tile, 2 * heap_position + 1, height - 1));
    tile.known[heap_position] = true;
  }
  return tile.nodes[heap_position];
}

Result<Hash32> ProofBuilder::subtree(unsigned height, std::uint64_t index) {
  const unsigned level = height / kTileHeight;
  const unsigned inner = height % kTileHeight;
  if (height >= 64 || index >= size_ >> height) {
    return fail(ErrorCode::value_range, "subtree " + number(index) + " of height " + number(height) +
                                            " is not complete in a tree of " + number(size_));
  }
  const std::uint64_t position = index << inner;
  auto found = tile({.level = level, .index = position / kTileWidth});
  if (!found) return std::unexpected(std::move(found).error());
  const auto within = static_cast<unsigned>(position % kTileWidth);
  return node(**found, (kTileWidth + within) >> inner, inner);
}

Result<Hash32> ProofBuilder::range_root(Range range) {
  // Complete subtrees from the left, each smaller than the one before; folded together from the right.
  std::vector<Hash32> parts;
  while (range.first < range.end) {
    const std::uint64_t leaves = std::bit_floor(range.end - range.first);
    const auto height = static_cast<unsigned>(std::countr_zero(leaves));
    auto part = subtree(height, range.first >> height);
    if (!part) return part;
    parts.push_back(*part);
    range.first += leaves;
  }
  if (parts.empty()) return empty_root();
  Hash32 root = parts.back();
  for (std::size_t i = parts.size() - 1; i-- > 0;) root = node_hash(parts[i], root);
  return root;
}

Result<Hash32> ProofBuilder::root(std::uint64_t tree_size) {
  if (tree_size > size_) {
    return fail(ErrorCode::value_range, "size " + number(tree_size) + " is beyond " + number(size_));
  }
  return range_root({.first = 0, .end = tree_size});
}

Result<std::vector<Hash32>> ProofBuilder::inclusion(std::uint64_t index, std::uint64_t tree_size) {
  if (tree_size > size_ || index >= tree_size) {
    return fail(ErrorCode::value_range, "entry " + number(index) + " in a tree of " + number(tree_size) +
                                            ", of which " + number(size_) + " are there");
  }
  std::vector<Hash32> proof;
  Range range{.first = 0, .end = tree_size};
  while (range.end - range.first > 1) {
    const std::uint64_t middle = range.first + split(range.end - range.first);
    const bool left = index < middle;
    auto sibling =
        range_root(left ? Range{.first = middle, .end = range.end} : Range{.first = range.first, .end = middle});
    if (!sibling) return std::unexpected(std::move(sibling).error());
    proof.push_back(*sibling);
    (left ? range.end : range.first) = middle;
  }
  std::ranges::reverse(proof);
  return proof;
}

// RFC 6962 section 2.1.2, SUBPROOF walked from the root down.
Result<std::vector<Hash32>> ProofBuilder::consistency(std::uint64_t old_size, std::uint64_t new_size) {
  if (new_size > size_ || old_size > new_size) {
    return fail(ErrorCode::value_range, "sizes " + number(old_size) + " and " + number(new_size) + ", of which " +
                                            number(size_) + " are there");
  }
  std::vector<Hash32> proof;
  if (old_size == 0) return proof;
  Range range{.first = 0, .end = new_size};
  while (range.end != old_size) {
    const std::uint64_t middle = range.first + split(range.end - range.first);
    const bool left = old_size <= middle;
    auto sibling =
        range_root(left ? Range{.first = middle, .end = range.end} : Range{.first = range.first, .end = middle});
    if (!sibling) return std::unexpected(std::move(sibling).error());
    proof.push_back(*sibling);
    (left ? range.end : range.first) = middle;
  }
  // Where the old tree ends inside the right half, its last part is no node that the verifier has.
  if (range.first != 0) {
    auto part = range_root(range);
    if (!part) return std::unexpected(std::move(part).error());
    proof.push_back(*part);
  }
  std::ranges::reverse(proof);
  return proof;
}

}  // namespace dengji::merkle
