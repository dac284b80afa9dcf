// A file system in memory for LevelDB that forgets, as a disk may when the power goes: what was not synced can vanish,
// in part or whole, torn at any byte or sector, and so can names (new files, renames, removals) whose folder was not
// synced. It can also run out of space after a number of bytes. Everything is drawn from a seed.
#pragma once

#include <leveldb/env.h>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace dengji::test {

class LossyEnv final : public leveldb::EnvWrapper {
 public:
  LossyEnv() : EnvWrapper(leveldb::Env::Default()) {}

  // From the n-th operation that changes something (append, sync, create, rename, remove) on, all fail: the moment of
  // the power cut. That operation itself is done in part.
  void fail_from_operation(std::uint64_t n);
  std::uint64_t operations() const;
  bool failing() const;
  // All fail now.
  void fail_now() { fail_from_operation(operations()); }

  // After this many more bytes appends answer "No space left on device", half done; nullopt: unlimited.
  void set_space(std::optional<std::uint64_t> bytes);

  enum class Tear { at_byte, lost_sectors };
  // The machine comes up again: what is on the disk now is what survived. The database must be closed.
  void crash(std::uint32_t seed, Tear tear);

  // The hook for StoreOptions::sync_dir.
  bool sync_dir(const std::string& dir);

  // For tests that damage files.
  std::vector<std::string> files() const;
  std::string content(const std::string& name) const;
  void set_content(const std::string& name, std::string bytes);
  void remove(const std::string& name);

  leveldb::Status NewSequentialFile(const std::string& name, leveldb::SequentialFile** out) override;
  leveldb::Status NewRandomAccessFile(const std::string& name, leveldb::RandomAccessFile** out) override;
  leveldb::Status NewWritableFile(const std::string& name, leveldb::WritableFile** out) override;
  leveldb::Status NewAppendableFile(const std::string& name, leveldb::WritableFile** out) override;
  bool FileExists(const std::string& name) override;
  leveldb::Status GetChildren(const std::string& dir, std::vector<std::string>* out) override;
  leveldb::Status RemoveFile(const std::string& name) override;
  leveldb::Status CreateDir(const std::string&) override { return leveldb::Status::OK(); }
  leveldb::Status RemoveDir(const std::string&) override { return leveldb::Status::OK(); }
  leveldb::Status GetFileSize(const std::string& name, std::uint64_t* out) override;
  leveldb::Status RenameFile(const std::string& from, const std::string& to) override;
  leveldb::Status LockFile(const std::string& name, leveldb::FileLock** out) override;
  leveldb::Status UnlockFile(leveldb::FileLock* lock) override;
  leveldb::Status NewLogger(const std::string&, leveldb::Logger** out) override;

 private:
  friend class LossyFile;
  struct Node {
    std::string bytes;
    std::size_t synced = 0;  // this much of `bytes` is on the disk
  };
  using NodePtr = std::shared_ptr<Node>;
  // A change of names that the folder's sync makes durable.
  struct NameChange {
    std::string name;
    NodePtr node;  // null: removed
    std::string renamed_from;
  };
  using Names = std::map<std::string, NodePtr>;

  leveldb::Status change(const std::string& name);  // counts; an error from the power cut on
  leveldb::Status append(Node& node, const leveldb::Slice& data);
  leveldb::Status sync(Node& node);

  mutable std::mutex mutex_;
  Names names_;
  Names durable_names_;
  std::vector<NameChange> unsynced_names_;
  std::set<std::string> locks_;
  std::uint64_t operations_ = 0;
  std::optional<std::uint64_t> fail_from_;
  std::optional<std::uint64_t> space_;
};

}  // namespace dengji::test
