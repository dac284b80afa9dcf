// One open LevelDB: opening with the store's options, reads that name the record they fail on, synced writes. The store
// holds it by shared pointer, so that it can be closed and opened anew while readers finish.
#pragma once

#include <leveldb/cache.h>
#include <leveldb/db.h>
#include <leveldb/env.h>
#include <leveldb/filter_policy.h>
#include <leveldb/iterator.h>
#include <leveldb/write_batch.h>

#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "ledger/base/error.hpp"
#include "ledger/store/store.hpp"
#include "ledger/store/store_env.hpp"

namespace dengji::store {

inline leveldb::Slice slice(std::string_view text) {
  return {text.data(), text.size()};
}
inline std::string_view view(const leveldb::Slice& text) {
  return {text.data(), text.size()};
}

class Database {
 public:
  // Errors: not_found, in_use, corrupt, disk_full, io.
  static Result<std::shared_ptr<Database>> open(const std::string& path, const StoreOptions& options, StoreEnv& env);

  // nullopt: absent. Errors: corrupt or io, naming the key.
  Result<std::optional<std::string>> get(std::string_view key) const;
  bool write(leveldb::WriteBatch& batch, bool sync, Error& error);
  std::uint64_t disk_bytes() const;
  // Ready once LevelDB is closed, which the last holder of the pointer does.
  std::shared_future<void> closed() const { return is_closed_; }

  ~Database();

 private:
  friend class Cursor;
  Database() = default;

  std::promise<void> closed_;
  std::shared_future<void> is_closed_ = closed_.get_future().share();
  std::unique_ptr<const leveldb::FilterPolicy> filter_;
  std::unique_ptr<leveldb::Cache> cache_;
  std::unique_ptr<leveldb::Logger> logger_;
  std::unique_ptr<leveldb::DB> db_;  // last: closed before what it uses
};

// An iterator whose every step is checked: LevelDB's own passes over a damaged block and says so only in its status.
class Cursor {
 public:
  enum class Caching { keep, pass_by };
  Cursor(const Database& database, Caching caching);

  // Each is false at the end or after a failure; error() tells which.
  bool seek(std::string_view key);
  // The last key before `key`.
  bool seek_before(std::string_view key);
  bool next();
  bool previous();

  std::string_view key() const { return view(iterator_->key()); }
  std::string_view value() const { return view(iterator_->value()); }
  const std::optional<Error>& error() const { return error_; }

 private:
  bool settled(std::string_view sought);

  std::unique_ptr<leveldb::Iterator> iterator_;
  std::string last_;
  std::optional<Error> error_;
};

}  // namespace dengji::store
