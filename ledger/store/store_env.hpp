// The Env that LevelDB runs on: counts what is written and synced, and makes folder entries durable where LevelDB
// leaves that to the file system (a new log file, the CURRENT rename).
#pragma once

#include <leveldb/env.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>

namespace dengji::store {

using SyncDir = std::function<bool(const std::string& dir)>;

// fsync of the folder itself.
bool sync_dir_of_system(const std::string& dir);

// Thread-safe, as every Env must be.
class StoreEnv final : public leveldb::EnvWrapper {
 public:
  // `target` null is leveldb::Env::Default().
  StoreEnv(leveldb::Env* target, SyncDir sync_dir);

  leveldb::Status NewWritableFile(const std::string& name, leveldb::WritableFile** out) override;
  leveldb::Status NewAppendableFile(const std::string& name, leveldb::WritableFile** out) override;
  leveldb::Status RenameFile(const std::string& from, const std::string& to) override;

  std::uint64_t bytes_written() const { return bytes_written_.load(std::memory_order_relaxed); }
  std::uint64_t syncs() const { return syncs_.load(std::memory_order_relaxed); }

 private:
  friend class CountedFile;
  leveldb::Status sync_dir_of_file(const std::string& name);

  SyncDir sync_dir_;
  std::atomic<std::uint64_t> bytes_written_{0};
  std::atomic<std::uint64_t> syncs_{0};
};

// The disk or the quota is full.
bool is_disk_full(const leveldb::Status& status);
// Another opener holds the lock file.
bool is_lock_held(const leveldb::Status& status);

}  // namespace dengji::store
