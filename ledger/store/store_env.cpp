#include "ledger/store/store_env.hpp"

#include <fcntl.h>
#include <leveldb/slice.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

namespace dengji::store {

bool sync_dir_of_system(const std::string& dir) {
  const int fd = ::open(dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool synced = ::fsync(fd) == 0;
  ::close(fd);
  return synced;
}

class CountedFile final : public leveldb::WritableFile {
 public:
  CountedFile(StoreEnv& env, std::string name, leveldb::WritableFile* target)
      : env_(env), name_(std::move(name)), target_(target) {}

  leveldb::Status Append(const leveldb::Slice& data) override {
    env_.bytes_written_.fetch_add(data.size(), std::memory_order_relaxed);
    return target_->Append(data);
  }
  leveldb::Status Close() override { return target_->Close(); }
  leveldb::Status Flush() override { return target_->Flush(); }
  leveldb::Status Sync() override {
    env_.syncs_.fetch_add(1, std::memory_order_relaxed);
    leveldb::Status status = target_->Sync();
    // Content that is durable under a name that is not would be lost with the name.
    if (status.ok() && !name_synced_) {
      status = env_.sync_dir_of_file(name_);
      name_synced_ = status.ok();
    }
    return status;
  }

 private:
  StoreEnv& env_;
  std::string name_;
  std::unique_ptr<leveldb::WritableFile> target_;
  bool name_synced_ = false;
};

StoreEnv::StoreEnv(leveldb::Env* target, SyncDir sync_dir)
    : EnvWrapper(target != nullptr ? target : leveldb::Env::Default()),
      sync_dir_(sync_dir ? std::move(sync_dir) : SyncDir(&sync_dir_of_system)) {}

leveldb::Status StoreEnv::NewWritableFile(const std::string& name, leveldb::WritableFile** out) {
  leveldb::WritableFile* file = nullptr;
  leveldb::Status status = target()->NewWritableFile(name, &file);
  *out = status.ok() ? new CountedFile(*this, name, file) : nullptr;
  return status;
}

leveldb::Status StoreEnv::NewAppendableFile(const std::string& name, leveldb::WritableFile** out) {
  leveldb::WritableFile* file = nullptr;
  leveldb::Status status = target()->NewAppendableFile(name, &file);
  *out = status.ok() ? new CountedFile(*this, name, file) : nullptr;
  return status;
}

leveldb::Status StoreEnv::RenameFile(const std::string& from, const std::string& to) {
  leveldb::Status status = target()->RenameFile(from, to);
  return status.ok() ? sync_dir_of_file(to) : status;
}

leveldb::Status StoreEnv::sync_dir_of_file(const std::string& name) {
  const std::size_t slash = name.rfind('/');
  const std::string dir = slash == std::string::npos ? "." : name.substr(0, slash);
  if (sync_dir_(dir)) return leveldb::Status::OK();
  return leveldb::Status::IOError(dir, std::strerror(errno));
}

bool is_disk_full(const leveldb::Status& status) {
  if (!status.IsIOError()) return false;
  const std::string text = status.ToString();
  return text.ends_with(std::strerror(ENOSPC)) || text.ends_with(std::strerror(EDQUOT));
}

bool is_lock_held(const leveldb::Status& status) {
  return status.IsIOError() && status.ToString().starts_with("IO error: lock ");
}

}  // namespace dengji::store
