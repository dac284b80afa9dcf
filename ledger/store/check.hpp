// Whether an open database is a store in good order: the quick comparison that every opening makes, and the full scan.
#pragma once

#include "ledger/base/error.hpp"
#include "ledger/merkle/tile_writer.hpp"
#include "ledger/store/database.hpp"
#include "ledger/store/store.hpp"

namespace dengji::store {

struct Loaded {
  Head head;
  merkle::TileWriter writer;
};

// Reads the head and compares it: the right edge of the tiles gives the root, the last leaf is there and hashes to the
// last stored hash, the time index ends with it, and no leaf is beyond. O(log n) reads. Error: corrupt naming the
// record.
Result<Loaded> load_head(const Database& database);

// Reads every record once. Error: corrupt naming the first bad one, io.
Result<void> check_everything(const Database& database, const Progress& progress);

}  // namespace dengji::store
