#include "ledger/store/database.hpp"

#include <cstdarg>
#include <vector>

#include "ledger/store/keys.hpp"
#include "ledger/store/log_tail.hpp"

namespace dengji::store {
namespace {

// LevelDB's own log repeats what we report; on a full disk it would be one more file that cannot be written.
class SilentLogger final : public leveldb::Logger {
 public:
  void Logv(const char*, std::va_list) override {}
};

// A table that is gone or cut short comes as an IO error of the operating system; for us it is damage.
bool is_damage(const leveldb::Status& status) {
  if (status.IsCorruption() || status.IsNotFound()) return true;
  const std::string text = status.ToString();
  return status.IsIOError() && (text.ends_with("Invalid argument") || text.ends_with("No such file or directory"));
}

Error read_error(const leveldb::Status& status, std::string record) {
  const ErrorCode code = is_damage(status) ? ErrorCode::corrupt : ErrorCode::io;
  return {code, std::move(record) + ": " + status.ToString(), {}};
}

leveldb::ReadOptions read_options(bool fill_cache) {
  leveldb::ReadOptions options;
  options.verify_checksums = true;
  options.fill_cache = fill_cache;
  return options;
}

struct FolderState {
  bool has_current = false;
  bool has_data = false;  // logs or tables: LevelDB has been writing here
};

// What a reader that stood on `key` and met a bad block was about to read.
std::string successor(std::string_view key) {
  if (key.starts_with(static_cast<char>(Kind::leaf))) {
    if (const auto seq = parse_number(key.substr(1))) return describe_key(leaf_key(*seq + 1)) + " or what follows";
  }
  return "the record after " + describe_key(key);
}

FolderState look_at(const std::string& path, leveldb::Env& env) {
  FolderState state;
  std::vector<std::string> names;
  static_cast<void>(env.GetChildren(path, &names));
  for (const std::string& name : names) {
    state.has_current |= name == "CURRENT";
    state.has_data |= name.ends_with(".log") || name.ends_with(".ldb") || name.ends_with(".sst");
  }
  return state;
}

}  // namespace

Result<std::shared_ptr<Database>> Database::open(const std::string& path, const StoreOptions& options, StoreEnv& env) {
  const FolderState folder = look_at(path, env);
  if (!folder.has_current && folder.has_data) {
    // LevelDB would start an empty database among the remains of this one.
    return fail(ErrorCode::corrupt,
                path + "/CURRENT is missing beside tables or logs; restore the folder from a backup");
  }
  if (!folder.has_current && !options.create) return fail(ErrorCode::not_found, "there is no store in " + path);

  std::shared_ptr<Database> database(new Database);
  database->filter_.reset(leveldb::NewBloomFilterPolicy(10));
  database->cache_.reset(leveldb::NewLRUCache(options.block_cache_bytes));
  database->logger_ = std::make_unique<SilentLogger>();
  leveldb::Options db_options;
  db_options.create_if_missing = options.create;
  db_options.paranoid_checks = true;
  db_options.env = &env;
  db_options.info_log = database->logger_.get();
  db_options.write_buffer_size = options.write_buffer_bytes;
  db_options.max_open_files = 1000;
  db_options.block_cache = database->cache_.get();
  db_options.block_size = options.block_bytes;
  db_options.max_file_size = options.table_bytes;
  db_options.compression = options.compress ? leveldb::kSnappyCompression : leveldb::kNoCompression;
  db_options.filter_policy = database->filter_.get();

  leveldb::DB* db = nullptr;
  leveldb::Status status = leveldb::DB::Open(db_options, path, &db);
  if (status.IsCorruption() && folder.has_current) {
    // A power cut may leave the last, never acknowledged write half there; that is no damage.
    auto cut = cut_torn_log_tail(path, env);
    if (!cut) return std::unexpected(std::move(cut).error());
    if (*cut) status = leveldb::DB::Open(db_options, path, &db);
  }
  if (status.ok()) {
    database->db_.reset(db);
    return database;
  }
  if (is_lock_held(status))
    return fail(ErrorCode::in_use, "the store in " + path + " is open elsewhere: " + status.ToString());
  if (is_disk_full(status)) return fail(ErrorCode::disk_full, path + ": " + status.ToString());
  return std::unexpected(read_error(status, "the store in " + path));
}

Database::~Database() {
  db_.reset();
  closed_.set_value();
}

Result<std::optional<std::string>> Database::get(std::string_view key) const {
  std::string value;
  const leveldb::Status status = db_->Get(read_options(true), slice(key), &value);
  if (status.ok()) return value;
  if (status.IsNotFound()) return std::nullopt;
  return std::unexpected(read_error(status, describe_key(key)));
}

bool Database::write(leveldb::WriteBatch& batch, bool sync, Error& error) {
  leveldb::WriteOptions options;
  options.sync = sync;
  const leveldb::Status status = db_->Write(options, &batch);
  if (status.ok()) return true;
  error = is_disk_full(status) ? Error{ErrorCode::disk_full, status.ToString(), {}} : read_error(status, "writing");
  return false;
}

std::uint64_t Database::disk_bytes() const {
  const leveldb::Range everything(leveldb::Slice("", 0), leveldb::Slice("\xff", 1));
  std::uint64_t bytes = 0;
  db_->GetApproximateSizes(&everything, 1, &bytes);
  return bytes;
}

Cursor::Cursor(const Database& database, Caching caching)
    : iterator_(database.db_->NewIterator(read_options(caching == Caching::keep))) {}

bool Cursor::settled(std::string_view sought) {
  const leveldb::Status status = iterator_->status();
  if (!status.ok()) {
    error_ = read_error(status, std::string(sought));
    return false;
  }
  return iterator_->Valid();
}

bool Cursor::seek(std::string_view key) {
  iterator_->Seek(slice(key));
  if (iterator_->Valid() && iterator_->status().ok()) return true;
  return settled(describe_key(key) + " or what follows");
}

bool Cursor::seek_before(std::string_view key) {
  iterator_->Seek(slice(key));
  if (!iterator_->status().ok()) return settled(describe_key(key) + " or what follows");
  if (iterator_->Valid()) {
    iterator_->Prev();
  } else {
    iterator_->SeekToLast();
  }
  if (iterator_->Valid() && iterator_->status().ok()) return true;
  return settled("what is before " + describe_key(key));
}

bool Cursor::next() {
  last_.assign(key());
  iterator_->Next();
  if (iterator_->Valid() && iterator_->status().ok()) return true;
  return settled(successor(last_));
}

bool Cursor::previous() {
  last_.assign(key());
  iterator_->Prev();
  if (iterator_->Valid() && iterator_->status().ok()) return true;
  return settled("the record before " + describe_key(last_));
}

}  // namespace dengji::store
