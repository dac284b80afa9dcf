#include "ledger/store/tile_store.hpp"

#include <memory>
#include <string>

#include "ledger/store/keys.hpp"

namespace dengji::store {
namespace {

constexpr std::size_t kTilesKept = 128;  // 1 MiB at most

}  // namespace

Result<std::string> read_runs(const Database& database, merkle::TileId id, unsigned width) {
  const std::uint64_t first = id.index * merkle::kTileWidth;
  const auto missing = [&](std::uint64_t position) {
    return fail(ErrorCode::corrupt, describe_key(hashes_key(id.level, position)) + ": missing or malformed");
  };
  std::string hashes;
  hashes.reserve(width * std::size_t{32});
  Cursor cursor(database, Cursor::Caching::pass_by);
  bool more = cursor.seek(hashes_key(id.level, first));
  while (hashes.size() < width * std::size_t{32}) {
    const std::uint64_t position = first + hashes.size() / 32;
    if (!more) return cursor.error() ? std::unexpected(*cursor.error()) : missing(position);
    const auto key = parse_hashes_key(cursor.key());
    const std::string_view run = cursor.value();
    if (!key || key->level != id.level || key->position != position) return missing(position);
    if (run.empty() || run.size() % 32 != 0 || hashes.size() + run.size() > merkle::kTileWidth * std::size_t{32}) {
      return missing(position);
    }
    hashes.append(run);
    if (hashes.size() < width * std::size_t{32}) more = cursor.next();
  }
  return hashes;
}

Result<merkle::TileBytes> RunReader::read_tile(merkle::TileId id, unsigned width) const {
  auto hashes = read_runs(database_, id, width);
  if (!hashes) return std::unexpected(std::move(hashes).error());
  return std::make_shared<const std::string>(std::move(*hashes));
}

Result<merkle::TileBytes> TileStore::read_tile(merkle::TileId id, unsigned width) const {
  {
    const std::lock_guard lock(mutex_);
    const auto found = index_.find(id);
    if (found != index_.end() && found->second->second->size() >= width * std::size_t{32}) {
      recent_.splice(recent_.begin(), recent_, found->second);
      return found->second->second;
    }
  }
  const std::uint64_t size = core_.size();
  const unsigned there = merkle::tile_width(id, size);
  if (width == 0 || width > there) {
    return fail(ErrorCode::not_found, "tile " + std::to_string(id.index) + " of level " + std::to_string(id.level) +
                                          " has " + std::to_string(there) + " hashes at size " + std::to_string(size));
  }
  const auto database = core_.pin();
  if (!database) return std::unexpected(database.error());
  auto hashes = read_runs(**database, id, there);
  if (!hashes) return core_.failed_read(std::move(hashes).error());
  auto bytes = std::make_shared<const std::string>(std::move(*hashes));
  keep(id, bytes);
  return bytes;
}

void TileStore::remember(std::vector<merkle::TileWrite>&& writes) {
  for (merkle::TileWrite& write : writes) keep(write.id, std::make_shared<const std::string>(std::move(write.hashes)));
}

void TileStore::keep(merkle::TileId id, merkle::TileBytes bytes) const {
  const std::lock_guard lock(mutex_);
  const auto found = index_.find(id);
  if (found != index_.end()) {
    // A slow reader must not put back a shorter version than a commit has set since.
    if (found->second->second->size() < bytes->size()) found->second->second = std::move(bytes);
    recent_.splice(recent_.begin(), recent_, found->second);
    return;
  }
  recent_.emplace_front(id, std::move(bytes));
  index_.emplace(id, recent_.begin());
  if (recent_.size() > kTilesKept) {
    index_.erase(recent_.back().first);
    recent_.pop_back();
  }
}

}  // namespace dengji::store
