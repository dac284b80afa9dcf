// Tiles of height 8 (c2sp.org/tlog-tiles): tile n of level l holds up to 256 consecutive subtree hashes of 256^l leaves
// each. Only these levels are ever stored; everything between is hashed anew. Sits under the proofs and the store.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "ledger/base/error.hpp"
#include "ledger/base/hash32.hpp"

namespace dengji::merkle {

inline constexpr unsigned kTileHeight = 8;
inline constexpr unsigned kTileWidth = 1U << kTileHeight;
inline constexpr unsigned kMaxTileLevel = 7;  // a tree of 2^64 leaves has no more

struct TileId {
  unsigned level = 0;
  std::uint64_t index = 0;
  friend constexpr auto operator<=>(const TileId&, const TileId&) = default;
};

// How many hashes of `level` a tree of `size` leaves has stored: floor(size / 256^level).
constexpr std::uint64_t stored_hashes(std::uint64_t size, unsigned level) {
  return level > kMaxTileLevel ? 0 : size >> (kTileHeight * level);
}

// Width of a tile in a tree of `size` leaves: 256 if full, 1..255 if partial, 0 if there is none.
constexpr unsigned tile_width(TileId id, std::uint64_t size) {
  const std::uint64_t hashes = stored_hashes(size, id.level);
  if (id.index >= (std::uint64_t{1} << 56) || id.index * kTileWidth >= hashes) return 0;
  const std::uint64_t rest = hashes - id.index * kTileWidth;
  return rest >= kTileWidth ? kTileWidth : static_cast<unsigned>(rest);
}

// Concatenated 32-byte hashes, shared between a cache and its readers.
using TileBytes = std::shared_ptr<const std::string>;

// Where proofs read tiles from: the store, a folder, another node.
class HashSource {
 public:
  virtual ~HashSource() = default;
  // At least the first `width` (1..256) hashes of the tile; more is allowed, readers take the prefix. Hashes of a tile
  // never change once written, so any longer version serves. Errors are the source's own: not_found, corrupt, io.
  virtual Result<TileBytes> read_tile(TileId id, unsigned width) const = 0;
};

}  // namespace dengji::merkle
