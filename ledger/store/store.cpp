#include "ledger/store/store.hpp"

#include <chrono>
#include <filesystem>
#include <map>
#include <mutex>
#include <utility>

#include "ledger/base/assert.hpp"
#include "ledger/base/limits.hpp"
#include "ledger/store/check.hpp"
#include "ledger/store/core.hpp"
#include "ledger/store/keys.hpp"
#include "ledger/store/live_state.hpp"
#include "ledger/store/store_env.hpp"
#include "ledger/store/tile_store.hpp"
#include "ledger/store/versions.hpp"

namespace dengji::store {
namespace {

constexpr std::chrono::seconds kReadersDeadline{10};
constexpr std::uint64_t kSpareBytes = 1 << 20;  // beside what reopening writes

class AsOfView final : public StateView {
 public:
  AsOfView(const Core& core, std::uint64_t size) : core_(core), size_(size) {}

  std::optional<std::string> get(std::string_view key) const override {
    const auto database = core_.pin();
    if (!database) return note(database.error()), std::nullopt;
    auto value = read_version(**database, key, size_);
    if (!value) return note(value.error()), std::nullopt;
    return std::move(*value);
  }
  void scan(std::string_view prefix, std::string_view from, const Visit& visit) const override {
    const auto database = core_.pin();
    if (!database) return note(database.error());
    if (const auto scanned = scan_versions(**database, prefix, from, size_, visit); !scanned) note(scanned.error());
  }
  std::optional<Error> fault() const override { return fault_; }

 private:
  void note(const Error& error) const {
    if (error.code == ErrorCode::corrupt) core_.note_failure(error);
    if (!fault_) fault_ = error;
  }

  const Core& core_;
  std::uint64_t size_;
  mutable std::optional<Error> fault_;
};

void put(leveldb::WriteBatch& batch, std::string_view key, std::string_view value) {
  batch.Put(slice(key), slice(value));
}

}  // namespace

class Store::Impl {
 public:
  Impl(std::string path, StoreOptions options)
      : path_(std::move(path)),
        options_(std::move(options)),
        env_(options_.env, options_.sync_dir),
        tiles_(core_),
        live_(core_, options_.live_cache_bytes) {}
  ~Impl() { flush_meta(); }

  Result<void> open();
  Result<Head> commit(BatchCommit&& batch);
  Result<Reopened> reopen();
  Result<std::optional<std::string>> get_meta(std::string_view name) const;
  Result<void> put_meta(std::string_view name, std::string_view bytes, bool sync);

  // A read of the open database: damage that it meets stops the store.
  template <class Read>
  auto reading(const Read& read) const -> decltype(read(std::declval<const Database&>())) {
    const auto database = core_.pin();
    if (!database) return std::unexpected(database.error());
    auto result = read(static_cast<const Database&>(**database));
    if (!result) return core_.failed_read(std::move(result).error());
    return result;
  }

 private:
  friend class Store;
  std::vector<Hash32> add_entries(leveldb::WriteBatch& out, const BatchCommit& batch, Head& head) const;
  Result<void> write(leveldb::WriteBatch& batch);
  Result<void> probe_space();
  Result<void> close_database();
  void flush_meta();

  const std::string path_;
  const StoreOptions options_;
  StoreEnv env_;
  Core core_;
  TileStore tiles_;
  LiveState live_;
  std::atomic<std::uint64_t> commits_{0};

  // Writer thread only.
  merkle::TileWriter writer_;
  std::optional<Head> attempted_;  // what the failed commit would have made

  mutable std::mutex meta_mutex_;
  std::map<std::string, std::string, std::less<>> pending_meta_;  // rides on the next write
};

Result<void> Store::Impl::open() {
  auto database = Database::open(path_, options_, env_);
  if (!database) return std::unexpected(std::move(database).error());
  auto loaded = load_head(**database);
  if (!loaded) return std::unexpected(std::move(loaded).error());
  if (loaded->head.size > 0 && (*database)->disk_bytes() <= options_.scan_at_open_bytes) {
    if (auto checked = check_everything(**database, {}); !checked) return checked;
  }
  writer_ = std::move(loaded->writer);
  core_.set_head(std::move(loaded->head));
  core_.set_database(std::move(*database));
  return {};
}

// Leaves, indexes and state versions of the entries; `head` becomes that of the last one but for the root.
std::vector<Hash32> Store::Impl::add_entries(leveldb::WriteBatch& out, const BatchCommit& batch, Head& head) const {
  std::vector<Hash32> leaf_hashes;
  leaf_hashes.reserve(batch.entries.size());
  std::string value;
  for (std::size_t i = 0; i < batch.entries.size(); ++i) {
    const EntryCommit& entry = batch.entries[i];
    const std::uint64_t seq = head.size;
    LEDGER_ASSERT(entry.time >= head.time && entry.time.ms >= 0);
    LEDGER_ASSERT(!entry.leaf.empty() && entry.leaf.size() <= kMaxLeafBytes);
    put(out, leaf_key(seq), entry.leaf);
    put(out, entry_id_key(entry.entry_id), number_bytes(seq));
    for (const auto& [key, written] : entry.writes) {
      LEDGER_ASSERT(!key.empty() && key.find('\0') == std::string::npos);
      value.assign(1, written ? kPresent : kErased);
      if (written) value.append(*written);
      put(out, state_key(key, seq), value);
    }
    const bool last_of_ms = i + 1 == batch.entries.size() || batch.entries[i + 1].time != entry.time;
    if (last_of_ms) put(out, time_key(entry.time), number_bytes(seq));
    leaf_hashes.push_back(entry.leaf_hash);
    head.time = entry.time;
    ++head.size;
  }
  return leaf_hashes;
}

Result<Head> Store::Impl::commit(BatchCommit&& batch) {
  if (auto failed = core_.failure()) return std::unexpected(std::move(*failed));
  Head head = core_.head();
  LEDGER_ASSERT(batch.first.value == head.size);

  leveldb::WriteBatch out;
  const std::vector<Hash32> leaf_hashes = add_entries(out, batch, head);
  // On a copy (a few partial tiles): a write that fails must leave no trace.
  merkle::TileWriter writer = writer_;
  std::vector<merkle::TileWrite> tiles = writer.append(leaf_hashes);
  for (const merkle::TileWrite& tile : tiles) {
    put(out, hashes_key(tile.id.level, tile.id.index * merkle::kTileWidth + tile.old_width),
        std::string_view(tile.hashes).substr(tile.old_width * std::size_t{32}));
  }
  head.root = writer.root();
  head.order_position = std::move(batch.order_position);
  put(out, head_key(), write_head(head));
  {
    const std::lock_guard lock(meta_mutex_);
    for (const auto& [name, bytes] : pending_meta_) batch.meta.try_emplace(name, bytes);
  }
  for (const auto& [name, bytes] : batch.meta) {
    if (bytes) {
      put(out, meta_key(name), *bytes);
    } else {
      out.Delete(slice(meta_key(name)));
    }
  }

  if (auto written = write(out); !written) {
    attempted_ = std::move(head);
    return std::unexpected(std::move(written).error());
  }
  {
    const std::lock_guard lock(meta_mutex_);
    pending_meta_.clear();
  }
  writer_ = std::move(writer);
  live_.refresh();
  for (EntryCommit& entry : batch.entries) {
    for (auto& [key, value] : entry.writes) live_.written(key, std::move(value));
  }
  tiles_.remember(std::move(tiles));
  core_.set_head(head);
  commits_.fetch_add(1, std::memory_order_relaxed);
  return head;
}

Result<void> Store::Impl::write(leveldb::WriteBatch& batch) {
  const auto database = core_.pin();
  if (!database) return std::unexpected(database.error());
  Error error{};
  if ((*database)->write(batch, true, error)) return {};
  if (error.code == ErrorCode::corrupt) {
    // A compaction met damage and LevelDB does not say where; the store is of no more use, so there is time to look.
    if (auto checked = check_everything(**database, {}); !checked) error = std::move(checked).error();
  }
  core_.note_failure(error);
  return std::unexpected(std::move(error));
}

// Reopening rewrites the logs into tables. Without room for that it would close a store that can still be read.
Result<void> Store::Impl::probe_space() {
  std::uint64_t wanted = kSpareBytes;
  std::vector<std::string> names;
  static_cast<void>(env_.GetChildren(path_, &names));
  for (const std::string& name : names) {
    std::uint64_t bytes = 0;
    if (name.ends_with(".log") && env_.GetFileSize(path_ + "/" + name, &bytes).ok()) wanted += bytes;
  }
  const std::string probe = path_ + "/999998.dbtmp";
  leveldb::WritableFile* opened = nullptr;
  leveldb::Status status = env_.NewWritableFile(probe, &opened);
  {
    const std::unique_ptr<leveldb::WritableFile> file(opened);
    const std::string chunk(1 << 16, 'x');
    for (std::uint64_t done = 0; status.ok() && done < wanted; done += chunk.size()) status = file->Append(chunk);
    if (status.ok()) status = file->Sync();
    if (status.ok()) status = file->Close();
  }
  static_cast<void>(env_.RemoveFile(probe));
  if (status.ok()) return {};
  return fail(is_disk_full(status) ? ErrorCode::disk_full : ErrorCode::io, status.ToString());
}

Result<void> Store::Impl::close_database() {
  std::shared_ptr<Database> database = core_.take_database();
  if (!database) return {};
  const std::weak_ptr<Database> weak = database;
  auto closed = database->closed();
  database.reset();
  if (closed.wait_for(kReadersDeadline) == std::future_status::ready) return {};
  if (auto still_open = weak.lock()) {
    core_.set_database(std::move(still_open));
    return fail(ErrorCode::unavailable, "a reader holds the store");
  }
  return {};
}

Result<Reopened> Store::Impl::reopen() {
  const auto failed = core_.failure();
  if (failed && failed->code == ErrorCode::corrupt) return std::unexpected(*failed);
  if (auto probed = probe_space(); !probed) return std::unexpected(std::move(probed).error());
  live_.refresh();
  if (auto closed = close_database(); !closed) return std::unexpected(std::move(closed).error());

  auto database = Database::open(path_, options_, env_);
  if (!database) {
    if (database.error().code == ErrorCode::corrupt) core_.note_failure(database.error());
    return std::unexpected(std::move(database).error());
  }
  auto loaded = load_head(**database);
  if (!loaded) {
    core_.note_failure(loaded.error());
    return std::unexpected(std::move(loaded).error());
  }
  const Head acknowledged = core_.head();
  const bool batch_in = attempted_ && loaded->head == *attempted_ && loaded->head != acknowledged;
  if (!batch_in && loaded->head != acknowledged) {
    Error error{ErrorCode::ledger_inconsistent,
                "the disk holds size " + std::to_string(loaded->head.size) + ", " + std::to_string(acknowledged.size) +
                    " entries were acknowledged",
                {}};
    core_.note_failure(error);
    return std::unexpected(std::move(error));
  }
  attempted_.reset();
  live_.clear();
  writer_ = std::move(loaded->writer);
  core_.set_head(loaded->head);
  core_.clear_failure();
  core_.set_database(std::move(*database));
  return Reopened{.head = std::move(loaded->head), .batch_in = batch_in};
}

Result<std::optional<std::string>> Store::Impl::get_meta(std::string_view name) const {
  {
    const std::lock_guard lock(meta_mutex_);
    const auto found = pending_meta_.find(name);
    if (found != pending_meta_.end()) return found->second;
  }
  return reading([&](const Database& database) { return database.get(meta_key(name)); });
}

Result<void> Store::Impl::put_meta(std::string_view name, std::string_view bytes, bool sync) {
  if (auto failed = core_.failure()) return std::unexpected(std::move(*failed));
  const std::lock_guard lock(meta_mutex_);
  if (!sync) {
    // Never an unsynced write: after a power cut LevelDB could lose it in the middle of the log.
    pending_meta_.insert_or_assign(std::string(name), std::string(bytes));
    return {};
  }
  leveldb::WriteBatch out;
  put(out, meta_key(name), bytes);
  auto written = write(out);
  if (const auto found = pending_meta_.find(name); written && found != pending_meta_.end()) pending_meta_.erase(found);
  return written;
}

void Store::Impl::flush_meta() {
  if (pending_meta_.empty() || core_.failure()) return;
  leveldb::WriteBatch out;
  for (const auto& [name, bytes] : pending_meta_) put(out, meta_key(name), bytes);
  if (!write(out)) return;  // write() has made it the store's failure
  pending_meta_.clear();
}

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::open(const std::string& path, StoreOptions options) {
  auto impl = std::make_unique<Impl>(path, std::move(options));
  if (auto opened = impl->open(); !opened) return std::unexpected(std::move(opened).error());
  return std::unique_ptr<Store>(new Store(std::move(impl)));
}

bool Store::is_there(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(std::filesystem::path(path) / "CURRENT", ignored);
}

Head Store::head() const {
  return impl_->core_.head();
}

std::optional<Error> Store::failure() const {
  return impl_->core_.failure();
}

Result<Head> Store::commit(BatchCommit&& batch) {
  return impl_->commit(std::move(batch));
}

Result<Reopened> Store::reopen() {
  return impl_->reopen();
}

const StateView& Store::live() const {
  return impl_->live_;
}

std::unique_ptr<StateView> Store::as_of(std::uint64_t size) const {
  LEDGER_ASSERT(size <= impl_->core_.size());
  return std::make_unique<AsOfView>(impl_->core_, size);
}

Result<std::vector<Version>> Store::history(const HistoryQuery& query) const {
  return impl_->reading([&](const Database& database) {
    HistoryQuery committed = query;
    committed.size = std::min(query.size, impl_->core_.size());
    return read_history(database, committed);
  });
}

Result<std::vector<KeyVersion>> Store::versions(const VersionsQuery& query) const {
  return impl_->reading([&](const Database& database) {
    VersionsQuery committed = query;
    committed.size = std::min(query.size, impl_->core_.size());
    return read_versions(database, committed);
  });
}

Result<std::string> Store::leaf(Seq seq) const {
  if (seq.value >= impl_->core_.size()) return fail(ErrorCode::not_found, "entry " + std::to_string(seq.value));
  return impl_->reading([&](const Database& database) -> Result<std::string> {
    auto leaf = database.get(leaf_key(seq.value));
    if (!leaf) return std::unexpected(std::move(leaf).error());
    if (!*leaf) return fail(ErrorCode::corrupt, describe_key(leaf_key(seq.value)) + ": missing");
    return std::move(**leaf);
  });
}

Result<std::vector<LeafRecord>> Store::leaves(const LeafQuery& query) const {
  const std::uint64_t end = std::min(query.end, impl_->core_.size());
  return impl_->reading([&](const Database& database) -> Result<std::vector<LeafRecord>> {
    std::vector<LeafRecord> out;
    std::size_t bytes = 0;
    Cursor cursor(database, Cursor::Caching::pass_by);
    bool more = query.first.value < end && query.max_count > 0 && cursor.seek(leaf_key(query.first.value));
    for (std::uint64_t seq = query.first.value; seq < end && out.size() < query.max_count; ++seq) {
      if (cursor.error()) return std::unexpected(*cursor.error());
      if (!more || cursor.key() != leaf_key(seq))
        return fail(ErrorCode::corrupt, describe_key(leaf_key(seq)) + ": missing");
      bytes += cursor.value().size();
      if (!out.empty() && bytes > query.max_bytes) break;
      out.push_back({.seq = Seq{seq}, .leaf = std::string(cursor.value())});
      if (seq + 1 < end && out.size() < query.max_count) more = cursor.next();
    }
    return out;
  });
}

Result<Hash32> Store::leaf_hash(Seq seq) const {
  const auto within = static_cast<unsigned>(seq.value % merkle::kTileWidth);
  const auto tile = impl_->tiles_.read_tile({.level = 0, .index = seq.value / merkle::kTileWidth}, within + 1);
  if (!tile) return std::unexpected(tile.error());
  return *Hash32::from_bytes(std::string_view(**tile).substr(within * std::size_t{32}, 32));
}

Result<std::optional<Seq>> Store::seq_of(const Hash32& entry_id) const {
  return impl_->reading([&](const Database& database) -> Result<std::optional<Seq>> {
    const auto stored = database.get(entry_id_key(entry_id));
    if (!stored) return std::unexpected(stored.error());
    if (!*stored) return std::nullopt;
    const auto seq = parse_number(**stored);
    if (!seq) return fail(ErrorCode::corrupt, describe_key(entry_id_key(entry_id)) + ": malformed");
    // A commit under way is on disk a moment before it is acknowledged.
    if (*seq >= impl_->core_.size()) return std::nullopt;
    return Seq{*seq};
  });
}

Result<std::uint64_t> Store::size_at(LedgerTime time) const {
  if (time.ms < 0) return 0;
  return impl_->reading([&](const Database& database) -> Result<std::uint64_t> {
    Cursor cursor(database, Cursor::Caching::keep);
    const std::string behind = time_key(time) + '\0';
    if (!cursor.seek_before(behind) || !cursor.key().starts_with(static_cast<char>(Kind::time))) {
      if (cursor.error()) return std::unexpected(*cursor.error());
      return 0;
    }
    const auto seq = parse_number(cursor.value());
    if (!seq) return fail(ErrorCode::corrupt, describe_key(cursor.key()) + ": malformed");
    return std::min(*seq + 1, impl_->core_.size());
  });
}

const merkle::HashSource& Store::hashes() const {
  return impl_->tiles_;
}

Result<std::optional<std::string>> Store::get_meta(std::string_view name) const {
  return impl_->get_meta(name);
}

Result<void> Store::put_meta(std::string_view name, std::string_view bytes, bool sync) {
  return impl_->put_meta(name, bytes, sync);
}

Result<void> Store::verify(const Progress& progress) const {
  return impl_->reading([&](const Database& database) { return check_everything(database, progress); });
}

StoreStats Store::stats() const {
  return {.bytes_written = impl_->env_.bytes_written(),
          .syncs = impl_->env_.syncs(),
          .commits = impl_->commits_.load(std::memory_order_relaxed),
          .live_hits = impl_->live_.hits(),
          .live_misses = impl_->live_.misses(),
          .live_cache_bytes = impl_->live_.bytes()};
}

}  // namespace dengji::store
