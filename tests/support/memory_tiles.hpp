// A tree's tiles in memory, for tests: fed with what TileWriter gives out, read by proofs.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>

#include "ledger/merkle/tile_writer.hpp"

namespace dengji::test {

class MemoryTiles final : public merkle::HashSource {
 public:
  void append(std::span<const Hash32> leaf_hashes) {
    for (merkle::TileWrite& write : writer_.append(leaf_hashes)) tiles_[write.id] = std::move(write.hashes);
  }

  Result<merkle::TileBytes> read_tile(merkle::TileId id, unsigned width) const override {
    ++reads;
    const auto found = tiles_.find(id);
    if (found == tiles_.end() || found->second.size() < width * std::size_t{32}) {
      return fail(ErrorCode::not_found, "no tile of that width");
    }
    return std::make_shared<const std::string>(found->second);
  }

  const merkle::TileWriter& writer() const { return writer_; }
  const std::map<merkle::TileId, std::string>& tiles() const { return tiles_; }
  std::map<merkle::TileId, std::string>& tiles() { return tiles_; }

  mutable int reads = 0;

 private:
  merkle::TileWriter writer_;
  std::map<merkle::TileId, std::string> tiles_;
};

}  // namespace dengji::test
