// Tiles out of the store. On disk a tile is the runs of hashes that batches added to it, never rewritten; here they are
// joined again, and the tiles read last are kept.
#pragma once

#include <list>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "ledger/merkle/tile.hpp"
#include "ledger/merkle/tile_writer.hpp"
#include "ledger/store/core.hpp"

namespace dengji::store {

// The first `width` hashes of a tile, from its runs. Errors: corrupt naming the missing or malformed run, io.
Result<std::string> read_runs(const Database& database, merkle::TileId id, unsigned width);

// The same as a source, straight from the disk: for opening and checking.
class RunReader final : public merkle::HashSource {
 public:
  explicit RunReader(const Database& database) : database_(database) {}
  Result<merkle::TileBytes> read_tile(merkle::TileId id, unsigned width) const override;

 private:
  const Database& database_;
};

// Thread-safe.
class TileStore final : public merkle::HashSource {
 public:
  explicit TileStore(const Core& core) : core_(core) {}

  Result<merkle::TileBytes> read_tile(merkle::TileId id, unsigned width) const override;
  // After a commit: the tiles that it touched are the ones that receipts need.
  void remember(std::vector<merkle::TileWrite>&& writes);

 private:
  void keep(merkle::TileId id, merkle::TileBytes bytes) const;

  using Recent = std::list<std::pair<merkle::TileId, merkle::TileBytes>>;
  const Core& core_;
  mutable std::mutex mutex_;
  mutable Recent recent_;  // most recently used first
  mutable std::map<merkle::TileId, Recent::iterator> index_;
};

}  // namespace dengji::store
