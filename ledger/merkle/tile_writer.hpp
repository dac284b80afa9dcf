// Turns new leaf hashes into the tiles that they fill or lengthen. Keeps the one partial tile of each level (≤ 8 KiB
// per level), so that appending reads nothing back. The same function serves a commit and a rebuild from leaves.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "ledger/base/error.hpp"
#include "ledger/merkle/frontier.hpp"
#include "ledger/merkle/tile.hpp"

namespace dengji::merkle {

// One touched tile: all its hashes so far, of which the first `old_width` were there before this append.
struct TileWrite {
  TileId id;
  unsigned old_width = 0;
  std::string hashes;

  unsigned width() const { return static_cast<unsigned>(hashes.size() / 32); }
  bool full() const { return width() == kTileWidth; }
};

class TileWriter {
 public:
  TileWriter() = default;  // the empty tree
  // Reads the partial tiles of a tree of `size` leaves, at most one per level, and rebuilds the frontier from them.
  static Result<TileWriter> resume(const HashSource& source, std::uint64_t size);

  std::uint64_t size() const { return frontier_.size(); }
  const Frontier& frontier() const { return frontier_; }
  Hash32 root() const { return frontier_.root(); }
  // The partial tiles as they stand, lowest level first; a level whose last tile is full has an empty one.
  const std::vector<std::string>& edge() const { return edge_; }

  // Each touched tile once per append, ordered by level and index.
  std::vector<TileWrite> append(std::span<const Hash32> leaf_hashes);

 private:
  Frontier frontier_;
  std::vector<std::string> edge_;  // by level: the hashes of the last, partial tile
};

}  // namespace dengji::merkle
