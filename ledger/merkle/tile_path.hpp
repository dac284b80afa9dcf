// The paths of c2sp.org/tlog-tiles as a pure module: tile/<L>/<N>[.p/<W>] and tile/entries/<N>[.p/<W>], where <N> is
// written in groups of three digits, all but the last with an x before: 1234067 is x001/x234/067. There is exactly one
// spelling per tile; every other one is refused.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ledger/merkle/tile.hpp"

namespace dengji::merkle {

inline constexpr std::size_t kMaxTilePathBytes = 64;

struct TilePath {
  bool entries = false;  // an entry bundle; `id.level` is then 0
  TileId id;
  unsigned width = kTileWidth;  // 1..255 for a partial tile, 256 for a full one

  friend bool operator==(const TilePath&, const TilePath&) = default;
};

// Without a leading slash. Level 0..63 as the specification has it; nullopt for anything that format_tile_path would
// not write.
std::optional<TilePath> parse_tile_path(std::string_view path);
// `width` must be 1..256 and `level` ≤ 63: asserted.
std::string format_tile_path(const TilePath& path);

}  // namespace dengji::merkle
