#include "ledger/store/check.hpp"

#include <string>
#include <utility>
#include <vector>

#include "ledger/base/assert.hpp"
#include "ledger/merkle/hash.hpp"
#include "ledger/store/keys.hpp"
#include "ledger/store/tile_store.hpp"

namespace dengji::store {
namespace {

std::unexpected<Error> bad(std::string_view key, std::string_view what) {
  return fail(ErrorCode::corrupt, describe_key(key) + ": " + std::string(what));
}

bool is_kind(std::string_view key, Kind kind) {
  return key.starts_with(static_cast<char>(kind));
}

Result<Loaded> load_empty(const Database& database) {
  Cursor cursor(database, Cursor::Caching::pass_by);
  for (bool more = cursor.seek(""); more; more = cursor.next()) {
    if (!is_kind(cursor.key(), Kind::meta))
      return bad(head_key(), "missing, though " + describe_key(cursor.key()) + " is there");
  }
  if (cursor.error()) return std::unexpected(*cursor.error());
  return Loaded{.head = {.size = 0, .root = merkle::empty_root(), .time = {}, .order_position = {}}, .writer = {}};
}

Result<void> compare_last_entry(const Database& database, const Loaded& loaded) {
  const std::uint64_t last = loaded.head.size - 1;
  const auto leaf = database.get(leaf_key(last));
  if (!leaf) return std::unexpected(leaf.error());
  if (!*leaf) return bad(leaf_key(last), "missing");
  const auto run = read_runs(database, {.level = 0, .index = last / merkle::kTileWidth},
                             static_cast<unsigned>(last % merkle::kTileWidth) + 1);
  if (!run) return std::unexpected(run.error());
  if (!run->ends_with(merkle::leaf_hash(**leaf).view()))
    return bad(leaf_key(last), "does not hash to its place in the tree");

  const auto indexed = database.get(time_key(loaded.head.time));
  if (!indexed) return std::unexpected(indexed.error());
  if (*indexed != number_bytes(last)) return bad(time_key(loaded.head.time), "does not name the last entry");

  Cursor cursor(database, Cursor::Caching::pass_by);
  if (cursor.seek(leaf_key(loaded.head.size)) && is_kind(cursor.key(), Kind::leaf)) {
    return bad(cursor.key(), "beyond the head, whose size is " + std::to_string(loaded.head.size));
  }
  if (cursor.error()) return std::unexpected(*cursor.error());
  return {};
}

// One pass over all records in the order of their keys, from one snapshot.
class Check {
 public:
  Check(const Database& database, const Progress& progress)
      : database_(database), progress_(progress), cursor_(database, Cursor::Caching::pass_by) {}

  Result<void> run() {
    for (bool more = cursor_.seek(""); more; more = cursor_.next()) {
      if (auto checked = record(); !checked) return checked;
    }
    if (cursor_.error()) return std::unexpected(*cursor_.error());
    if (leaves_ != head_.size) return bad(leaf_key(leaves_), "missing");
    if (auto flushed = flush_leaves(); !flushed) return flushed;
    if (writer_.size() > 0 && writer_.root() != head_.root) return bad(head_key(), "the leaves give another root");
    if (ids_ != head_.size) {
      return fail(ErrorCode::corrupt,
                  "entry ids: " + std::to_string(ids_) + " for " + std::to_string(head_.size) + " entries");
    }
    if (times_ != head_.size) return bad(time_key(head_.time), "the time index ends before the last entry");
    for (unsigned level = 0; level <= merkle::kMaxTileLevel; ++level) {
      const std::uint64_t expected = merkle::stored_hashes(head_.size, level);
      if (hashes_[level] != expected) return bad(hashes_key(level, hashes_[level]), "missing");
    }
    if (progress_) progress_(head_.size, head_.size);
    return {};
  }

 private:
  Result<void> record() {
    switch (static_cast<Kind>(cursor_.key().front())) {
      case Kind::head:
        return head();
      case Kind::entry_id:
        return entry_id();
      case Kind::hashes:
        return hashes();
      case Kind::leaf:
        return leaf();
      case Kind::meta:
        return {};
      case Kind::state:
        return state();
      case Kind::time:
        return time();
    }
    return bad(cursor_.key(), "no record of this store");
  }

  Result<void> head() {
    auto parsed = parse_head(cursor_.value());
    if (cursor_.key() != head_key() || !parsed) return bad(cursor_.key(), "malformed");
    head_ = std::move(*parsed);
    seen_.resize(head_.size);
    return {};
  }

  Result<void> entry_id() {
    const auto seq = parse_number(cursor_.value());
    if (cursor_.key().size() != 33 || !seq) return bad(cursor_.key(), "malformed");
    if (*seq >= head_.size) return bad(cursor_.key(), "names entry " + std::to_string(*seq) + ", beyond the head");
    if (seen_[*seq]) return bad(cursor_.key(), "names entry " + std::to_string(*seq) + ", which has another id");
    seen_[*seq] = true;
    ++ids_;
    return {};
  }

  Result<void> hashes() {
    const auto key = parse_hashes_key(cursor_.key());
    const std::uint64_t count = cursor_.value().size() / 32;
    if (!key || count == 0 || cursor_.value().size() % 32 != 0) return bad(cursor_.key(), "malformed");
    if (key->position != hashes_[key->level]) return bad(hashes_key(key->level, hashes_[key->level]), "missing");
    if (key->position / merkle::kTileWidth != (key->position + count - 1) / merkle::kTileWidth) {
      return bad(cursor_.key(), "runs over the end of its tile");
    }
    hashes_[key->level] += count;
    if (hashes_[key->level] > merkle::stored_hashes(head_.size, key->level))
      return bad(cursor_.key(), "beyond the head");
    return {};
  }

  Result<void> leaf() {
    const auto seq = parse_number(cursor_.key().substr(1));
    if (!seq) return bad(cursor_.key(), "malformed");
    if (*seq != leaves_) return bad(leaf_key(leaves_), "missing");
    if (*seq >= head_.size) return bad(cursor_.key(), "beyond the head");
    pending_.push_back(merkle::leaf_hash(cursor_.value()));
    ++leaves_;
    if (pending_.size() < merkle::kTileWidth) return {};
    if (progress_) progress_(leaves_, head_.size);
    return flush_leaves();
  }

  // The leaves since the last flush, up to a whole tile, against what is stored.
  Result<void> flush_leaves() {
    const std::uint64_t first = writer_.size();
    for (const merkle::TileWrite& made : writer_.append(pending_)) {
      auto stored = read_runs(database_, made.id, made.width());
      if (!stored) return std::unexpected(std::move(stored).error());
      for (std::size_t i = 0; i < made.width(); ++i) {
        if (made.hashes.compare(i * 32, 32, *stored, i * 32, 32) == 0) continue;
        const std::uint64_t position = made.id.index * merkle::kTileWidth + i;
        if (made.id.level == 0) return bad(leaf_key(position), "does not hash to its place in the tree");
        return bad(hashes_key(made.id.level, position), "not the hash of what is below it");
      }
    }
    LEDGER_ASSERT(writer_.size() == first + pending_.size());
    pending_.clear();
    return {};
  }

  Result<void> state() {
    const auto key = parse_state_key(cursor_.key());
    const std::string_view value = cursor_.value();
    const bool erased = value == std::string_view(&kErased, 1);
    if (!key || value.empty() || (!erased && value.front() != kPresent)) return bad(cursor_.key(), "malformed");
    if (key->seq >= head_.size) return bad(cursor_.key(), "beyond the head");
    return {};
  }

  Result<void> time() {
    const auto ms = parse_number(cursor_.key().substr(1));
    const auto seq = parse_number(cursor_.value());
    if (!ms || !seq || *ms > static_cast<std::uint64_t>(head_.time.ms)) return bad(cursor_.key(), "malformed");
    if (*seq < times_ || *seq >= head_.size) return bad(cursor_.key(), "out of order or beyond the head");
    times_ = *seq + 1;
    return {};
  }

  const Database& database_;
  const Progress& progress_;
  Cursor cursor_;
  Head head_;
  std::vector<bool> seen_;       // by seq: an entry id names it
  std::vector<Hash32> pending_;  // leaf hashes not yet in writer_
  merkle::TileWriter writer_;
  std::uint64_t leaves_ = 0;
  std::uint64_t ids_ = 0;
  std::uint64_t times_ = 0;  // entries that the time index accounts for
  std::uint64_t hashes_[merkle::kMaxTileLevel + 1] = {};
};

}  // namespace

Result<Loaded> load_head(const Database& database) {
  const auto stored = database.get(head_key());
  if (!stored) return std::unexpected(stored.error());
  if (!*stored) return load_empty(database);
  auto head = parse_head(**stored);
  if (!head) return bad(head_key(), "malformed");
  auto writer = merkle::TileWriter::resume(RunReader(database), head->size);
  if (!writer) return std::unexpected(std::move(writer).error());
  if (writer->root() != head->root)
    return bad(head_key(), "the tiles of size " + std::to_string(head->size) + " give another root");
  Loaded loaded{.head = std::move(*head), .writer = std::move(*writer)};
  if (loaded.head.size > 0) {
    if (auto same = compare_last_entry(database, loaded); !same) return std::unexpected(std::move(same).error());
  }
  return loaded;
}

Result<void> check_everything(const Database& database, const Progress& progress) {
  return Check(database, progress).run();
}

}  // namespace dengji::store
