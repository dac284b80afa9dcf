// Inclusion and consistency proofs (RFC 6962 section 2.1, RFC 9162 section 2.1): building them from tiles, and
// verifying them with nothing but roots. Verification takes untrusted input and allocates nothing.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "ledger/base/error.hpp"
#include "ledger/base/hash32.hpp"
#include "ledger/merkle/tile.hpp"

namespace dengji::merkle {

inline constexpr std::size_t kMaxProofHashes = 64;

struct InclusionClaim {
  std::uint64_t index = 0;
  std::uint64_t size = 0;
  Hash32 leaf;  // the leaf's hash
  Hash32 root;
};
// Error: proof_wrong, saying which promise fails (index ≥ size, wrong number of hashes, another root).
Result<void> verify_inclusion(const InclusionClaim& claim, std::span<const Hash32> proof);

struct ConsistencyClaim {
  std::uint64_t old_size = 0;
  std::uint64_t new_size = 0;
  Hash32 old_root;
  Hash32 new_root;
};
// That the first old_size leaves of both trees are the same. old_size = 0: the proof must be empty and old_root that of
// the empty tree; equal sizes: empty and equal roots. Error: proof_wrong.
Result<void> verify_consistency(const ConsistencyClaim& claim, std::span<const Hash32> proof);

// Builds proofs for any tree of at most `size` leaves out of the tiles of the tree of `size` leaves. Every tile that is
// read, and every node hashed from it, is kept: make one builder for a batch of receipts, and drop it with the batch
// (up to 24 KiB per tile touched). Not thread-safe; `source` must outlive it. Errors: value_range for an impossible
// request, else the source's.
class ProofBuilder {
 public:
  ProofBuilder(const HashSource& source, std::uint64_t size) : source_(source), size_(size) {}

  // Needs index < tree_size ≤ size.
  Result<std::vector<Hash32>> inclusion(std::uint64_t index, std::uint64_t tree_size);
  // Needs old_size ≤ new_size ≤ size.
  Result<std::vector<Hash32>> consistency(std::uint64_t old_size, std::uint64_t new_size);
  // Needs tree_size ≤ size.
  Result<Hash32> root(std::uint64_t tree_size);
  // The root of the complete subtree of 2^height leaves that starts at leaf index·2^height.
  Result<Hash32> subtree(unsigned height, std::uint64_t index);

 private:
  struct Tile {
    TileBytes bytes;
    // Nodes by heap position (1 = top, 256.. = the stored hashes), hashed when first asked for.
    std::vector<Hash32> nodes;
    std::vector<bool> known;
  };
  struct Range {
    std::uint64_t first = 0;
    std::uint64_t end = 0;
  };

  Result<Tile*> tile(TileId id);
  Hash32 node(Tile& tile, unsigned heap_position, unsigned height);
  Result<Hash32> range_root(Range range);

  const HashSource& source_;
  std::uint64_t size_;
  std::map<TileId, Tile> tiles_;
};

}  // namespace dengji::merkle
