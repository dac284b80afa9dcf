#include "ledger/merkle/tile_writer.hpp"

#include <bit>
#include <utility>

#include "ledger/merkle/proof.hpp"

namespace dengji::merkle {

Result<TileWriter> TileWriter::resume(const HashSource& source, std::uint64_t size) {
  TileWriter writer;
  for (unsigned level = 0; stored_hashes(size, level) > 0; ++level) {
    const TileId id{.level = level, .index = stored_hashes(size, level) / kTileWidth};
    const unsigned width = tile_width(id, size);
    std::string hashes;
    if (width > 0) {
      auto bytes = source.read_tile(id, width);
      if (!bytes) return std::unexpected(std::move(bytes).error());
      hashes = (*bytes)->substr(0, width * std::size_t{32});
    }
    writer.edge_.push_back(std::move(hashes));
  }

  ProofBuilder builder(source, size);
  std::vector<Hash32> peaks;
  for (unsigned height = 64; height-- > 0;) {
    if ((size >> height & 1) == 0) continue;
    auto peak = builder.subtree(height, (size >> height) - 1);
    if (!peak) return std::unexpected(std::move(peak).error());
    peaks.push_back(*peak);
  }
  writer.frontier_ = Frontier(size, std::move(peaks));
  return writer;
}

std::vector<TileWrite> TileWriter::append(std::span<const Hash32> leaf_hashes) {
  const std::uint64_t old_size = size();
  std::vector<std::vector<TileWrite>> touched;  // by level

  const auto store = [&](unsigned height, const Hash32& hash) {
    if (height % kTileHeight != 0) return;
    const unsigned level = height / kTileHeight;
    if (touched.size() <= level) touched.resize(level + 1);
    if (edge_.size() <= level) edge_.resize(level + 1);
    auto& writes = touched[level];
    if (writes.empty()) {
      const auto old_width = static_cast<unsigned>(edge_[level].size() / 32);
      writes.push_back({.id = {.level = level, .index = stored_hashes(old_size, level) / kTileWidth},
                        .old_width = old_width,
                        .hashes = std::move(edge_[level])});
    } else if (writes.back().full()) {
      writes.push_back(
          {.id = {.level = level, .index = writes.back().id.index + 1}, .old_width = 0, .hashes = std::string()});
    }
    writes.back().hashes.append(hash.view());
  };
  for (const Hash32& leaf : leaf_hashes) frontier_.append(leaf, store);

  std::vector<TileWrite> out;
  for (std::size_t level = 0; level < touched.size(); ++level) {
    auto& writes = touched[level];
    if (writes.empty()) continue;
    edge_[level] = writes.back().full() ? std::string() : writes.back().hashes;
    for (TileWrite& write : writes) out.push_back(std::move(write));
  }
  return out;
}

}  // namespace dengji::merkle
