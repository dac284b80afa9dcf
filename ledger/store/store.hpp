// The store: leaves, tiles, versioned state and indexes in one LevelDB, written by one synced batch per commit. The one
// place that knows LevelDB; nothing of it shows here but the test seam. docs/formats.md, "State and index keys", has
// the physical keys.
//
// Threads: commit, reopen, put_meta and live() belong to one writer thread. Everything else may be called from any
// thread at any time. What was committed never changes, so readers need no locks and no snapshots: an as-of view reads
// the versions below its size.
//
// Failure: a read that meets a damaged record answers `corrupt` naming it, and the store remembers that as its
// failure() and refuses to commit from then on. A failed write (disk full, IO) drops the whole batch and leaves the
// store failed too, still reading; reopen() finds out whether the batch is in and makes it writable again.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/base/error.hpp"
#include "ledger/base/hash32.hpp"
#include "ledger/base/seq.hpp"
#include "ledger/base/time.hpp"
#include "ledger/merkle/tile.hpp"
#include "ledger/state/view.hpp"

namespace leveldb {
class Env;
}

namespace dengji::store {

struct StoreOptions {
  bool create = true;                         // an empty store where there is none; else not_found
  std::size_t write_buffer_bytes = 16 << 20;  // up to two of these are held
  std::size_t block_cache_bytes = 32 << 20;   // decoded table blocks
  std::size_t live_cache_bytes = 64 << 20;    // newest state, for the writer
  std::size_t block_bytes = 4 << 10;
  std::size_t table_bytes = 4 << 20;
  bool compress = false;  // entries are base64: little to gain; tests/bench/store_bench.cpp measures it
  std::uint64_t scan_at_open_bytes = 64 << 20;       // a store up to this size on disk is read whole at open
  leveldb::Env* env = nullptr;                       // test seam; null is the operating system
  std::function<bool(const std::string&)> sync_dir;  // test seam; makes a folder's entries durable
};

// What one accepted entry adds. `writes` become versions at its seq; keys hold no byte 0x00.
struct EntryCommit {
  std::string leaf;
  Hash32 leaf_hash;  // merkle::leaf_hash(leaf)
  Hash32 entry_id;
  LedgerTime time;  // never before the previous entry's
  state::Writes writes;
};

using MetaWrites = std::map<std::string, std::optional<std::string>, std::less<>>;

// `first` is the head's size. No entries is allowed: then only order position and meta move.
struct BatchCommit {
  Seq first;
  std::vector<EntryCommit> entries;
  std::string order_position;  // opaque: where the ordered log stands after this batch
  MetaWrites meta;             // named blobs of the same batch; nullopt erases
};

struct Head {
  std::uint64_t size = 0;
  Hash32 root;  // of the empty tree when size = 0
  LedgerTime time;
  std::string order_position;

  friend bool operator==(const Head&, const Head&) = default;
};

// A version of the state whose reads can fail. get and scan cannot say so, hence: whoever acts on what it read asks
// fault() afterwards. A faulty read looks like an absent key.
class StateView : public state::ReadView {
 public:
  virtual std::optional<Error> fault() const = 0;
};

struct Version {
  Seq seq;
  std::optional<std::string> value;  // nullopt: erased at this seq
};

struct HistoryQuery {
  std::string_view key;
  std::uint64_t size = 0;  // as of this tree size
  bool newest_first = true;
  std::optional<Seq> after;  // continue behind this version, in the direction of reading
  std::size_t limit = 100;
};

// All versions of all keys that start with `prefix`, by key, of each the newest first.
struct VersionsQuery {
  std::string_view prefix;
  std::uint64_t size = 0;  // as of this tree size
  std::string after_key;   // continue behind this version; empty: from the start
  Seq after_seq;
  std::size_t limit = 1024;
};

struct KeyVersion {
  std::string key;
  Version version;
};

struct LeafRecord {
  Seq seq;
  std::string leaf;
};

struct LeafQuery {
  Seq first;
  std::uint64_t end = 0;  // exclusive; clipped to the head's size
  std::size_t max_count = 256;
  std::size_t max_bytes = 1 << 20;  // at least one leaf is given
};

struct StoreStats {
  std::uint64_t bytes_written = 0;  // by LevelDB to all its files, compactions included
  std::uint64_t syncs = 0;
  std::uint64_t commits = 0;
  std::uint64_t live_hits = 0;
  std::uint64_t live_misses = 0;
  std::uint64_t live_cache_bytes = 0;
};

struct Reopened {
  Head head;
  bool batch_in = false;  // the batch whose commit failed is there, durably
};

// Called with (done, total) entries, now and then.
using Progress = std::function<void(std::uint64_t, std::uint64_t)>;

class Store {
 public:
  // Errors: not_found, in_use (another process, or this one), corrupt naming the record, disk_full, io.
  static Result<std::unique_ptr<Store>> open(const std::string& path, StoreOptions options = {});
  // Whether open() would find a store rather than make one. Looks only for the file that every store has.
  static bool is_there(const std::string& path);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  Head head() const;
  // Why commits are refused, if they are.
  std::optional<Error> failure() const;

  // One synced write: all of it is durable when this returns a head, none of it counts when it returns an error. Out of
  // order seqs, time going back or a key with 0x00 are asserted. Errors: disk_full, io, or the standing failure().
  Result<Head> commit(BatchCommit&& batch);

  // After a failed commit. Checks first that the disk takes writes (disk_full otherwise, and reads go on meanwhile),
  // waits for reads under way, opens anew and compares. Views made before answer `unavailable` while it runs.
  // Errors: disk_full, io (call again later); ledger_inconsistent, corrupt (for good).
  Result<Reopened> reopen();

  // The newest state, through a cache of live_cache_bytes. Writer thread only; valid as long as the store. Its fault()
  // is the store's failure().
  const StateView& live() const;
  // The state after the first `size` entries; `size` must not be beyond the head. Any thread; each view by one thread.
  std::unique_ptr<StateView> as_of(std::uint64_t size) const;
  // Versions of one key. Cost: one seek and what is returned.
  Result<std::vector<Version>> history(const HistoryQuery& query) const;
  // For reading a kind of object whole, pieces at a time. Cost: one seek, and every version in between, later ones too.
  Result<std::vector<KeyVersion>> versions(const VersionsQuery& query) const;

  // Errors: not_found beyond the head, corrupt.
  Result<std::string> leaf(Seq seq) const;
  Result<std::vector<LeafRecord>> leaves(const LeafQuery& query) const;
  Result<Hash32> leaf_hash(Seq seq) const;
  // nullopt: no such entry.
  Result<std::optional<Seq>> seq_of(const Hash32& entry_id) const;
  // Number of entries with time ≤ `time`.
  Result<std::uint64_t> size_at(LedgerTime time) const;
  // Tiles of the committed tree, at any width up to the current one; not_found beyond.
  const merkle::HashSource& hashes() const;

  // Named blobs beside the ledger, such as the last checkpoint note.
  Result<std::optional<std::string>> get_meta(std::string_view name) const;
  Result<void> put_meta(std::string_view name, std::string_view bytes, bool sync);

  // Reads everything: leaves hash to the tiles, tiles to the root, every key well formed, every index entry in range
  // and one per entry. Errors: corrupt naming the first bad record.
  Result<void> verify(const Progress& progress = {}) const;

  StoreStats stats() const;

 private:
  class Impl;
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace dengji::store
