#include "tests/support/lossy_env.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace dengji::test {
namespace {

constexpr std::size_t kSector = 512;

leveldb::Status power_cut(const std::string& name) {
  return leveldb::Status::IOError(name, "power cut");
}

leveldb::Status no_such_file(const std::string& name) {
  return leveldb::Status::NotFound(name, std::strerror(ENOENT));
}

// What is left of `bytes` behind the synced part.
std::string survivors(std::string bytes, std::size_t synced, std::mt19937& random, LossyEnv::Tear tear) {
  const std::size_t unsynced = bytes.size() - synced;
  if (unsynced == 0) return bytes;
  bytes.resize(synced + random() % (unsynced + 1));
  if (tear == LossyEnv::Tear::at_byte) return bytes;
  for (std::size_t at = synced; at < bytes.size();) {
    const std::size_t end = std::min((at / kSector + 1) * kSector, bytes.size());
    if (random() % 2 == 0)
      std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(at), bytes.begin() + static_cast<std::ptrdiff_t>(end),
                '\0');
    at = end;
  }
  return bytes;
}

class MemorySequentialFile final : public leveldb::SequentialFile {
 public:
  explicit MemorySequentialFile(std::string bytes) : bytes_(std::move(bytes)) {}
  leveldb::Status Read(std::size_t n, leveldb::Slice* result, char* scratch) override {
    n = std::min(n, bytes_.size() - at_);
    std::memcpy(scratch, bytes_.data() + at_, n);
    at_ += n;
    *result = {scratch, n};
    return leveldb::Status::OK();
  }
  leveldb::Status Skip(std::uint64_t n) override {
    at_ = std::min<std::size_t>(bytes_.size(), at_ + n);
    return leveldb::Status::OK();
  }

 private:
  std::string bytes_;
  std::size_t at_ = 0;
};

class MemoryRandomAccessFile final : public leveldb::RandomAccessFile {
 public:
  explicit MemoryRandomAccessFile(std::string bytes) : bytes_(std::move(bytes)) {}
  leveldb::Status Read(std::uint64_t offset, std::size_t n, leveldb::Slice* result, char* scratch) const override {
    if (offset > bytes_.size()) return leveldb::Status::IOError("read", std::strerror(EINVAL));
    n = std::min<std::size_t>(n, bytes_.size() - offset);
    std::memcpy(scratch, bytes_.data() + offset, n);
    *result = {scratch, n};
    return leveldb::Status::OK();
  }

 private:
  std::string bytes_;
};

class SilentLogger final : public leveldb::Logger {
 public:
  void Logv(const char*, std::va_list) override {}
};

class NamedLock final : public leveldb::FileLock {
 public:
  explicit NamedLock(std::string name) : name_(std::move(name)) {}
  const std::string& name() const { return name_; }

 private:
  std::string name_;
};

}  // namespace

class LossyFile final : public leveldb::WritableFile {
 public:
  LossyFile(LossyEnv& env, LossyEnv::NodePtr node) : env_(env), node_(std::move(node)) {}
  leveldb::Status Append(const leveldb::Slice& data) override { return env_.append(*node_, data); }
  leveldb::Status Close() override { return leveldb::Status::OK(); }
  leveldb::Status Flush() override { return leveldb::Status::OK(); }
  leveldb::Status Sync() override { return env_.sync(*node_); }

 private:
  LossyEnv& env_;
  LossyEnv::NodePtr node_;
};

void LossyEnv::fail_from_operation(std::uint64_t n) {
  const std::lock_guard lock(mutex_);
  fail_from_ = n;
}

std::uint64_t LossyEnv::operations() const {
  const std::lock_guard lock(mutex_);
  return operations_;
}

bool LossyEnv::failing() const {
  const std::lock_guard lock(mutex_);
  return fail_from_ && operations_ > *fail_from_;
}

void LossyEnv::set_space(std::optional<std::uint64_t> bytes) {
  const std::lock_guard lock(mutex_);
  space_ = bytes;
}

void LossyEnv::crash(std::uint32_t seed, Tear tear) {
  const std::lock_guard lock(mutex_);
  std::mt19937 random(seed);
  // Each change of a name that was not synced may have reached the disk or not.
  for (const NameChange& change : unsynced_names_) {
    if (random() % 2 == 0) continue;
    if (!change.renamed_from.empty()) durable_names_.erase(change.renamed_from);
    if (change.node) {
      durable_names_[change.name] = change.node;
    } else {
      durable_names_.erase(change.name);
    }
  }
  names_.clear();
  for (const auto& [name, node] : durable_names_) {
    auto kept = std::make_shared<Node>();
    kept->bytes = survivors(node->bytes, node->synced, random, tear);
    kept->synced = kept->bytes.size();
    names_[name] = kept;
  }
  durable_names_ = names_;
  unsynced_names_.clear();
  locks_.clear();
  fail_from_.reset();
  operations_ = 0;
}

bool LossyEnv::sync_dir(const std::string&) {
  if (!change("the folder").ok()) return false;
  const std::lock_guard lock(mutex_);
  durable_names_ = names_;
  unsynced_names_.clear();
  return true;
}

std::vector<std::string> LossyEnv::files() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> out;
  for (const auto& [name, node] : names_) out.push_back(name);
  return out;
}

std::string LossyEnv::content(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  return names_.at(name)->bytes;
}

void LossyEnv::set_content(const std::string& name, std::string bytes) {
  const std::lock_guard lock(mutex_);
  auto node = std::make_shared<Node>();
  node->bytes = std::move(bytes);
  node->synced = node->bytes.size();
  names_[name] = node;
  durable_names_[name] = node;
}

void LossyEnv::remove(const std::string& name) {
  const std::lock_guard lock(mutex_);
  names_.erase(name);
  durable_names_.erase(name);
}

leveldb::Status LossyEnv::change(const std::string& name) {
  const std::lock_guard lock(mutex_);
  const std::uint64_t number = operations_++;
  return fail_from_ && number >= *fail_from_ ? power_cut(name) : leveldb::Status::OK();
}

leveldb::Status LossyEnv::append(Node& node, const leveldb::Slice& data) {
  const std::lock_guard lock(mutex_);
  const std::uint64_t number = operations_++;
  if (fail_from_ && number >= *fail_from_) {
    // The write under way when the power went may have got some way.
    if (number == *fail_from_) node.bytes.append(data.data(), data.size() / 2);
    return power_cut("append");
  }
  const std::size_t fits = space_ ? std::min<std::uint64_t>(*space_, data.size()) : data.size();
  node.bytes.append(data.data(), fits);
  if (space_) *space_ -= fits;
  return fits == data.size() ? leveldb::Status::OK() : leveldb::Status::IOError("append", std::strerror(ENOSPC));
}

leveldb::Status LossyEnv::sync(Node& node) {
  const std::lock_guard lock(mutex_);
  const std::uint64_t number = operations_++;
  if (fail_from_ && number >= *fail_from_) {
    // Synced, but the answer never came.
    if (number == *fail_from_ && number % 2 == 0) node.synced = node.bytes.size();
    return power_cut("sync");
  }
  node.synced = node.bytes.size();
  return leveldb::Status::OK();
}

leveldb::Status LossyEnv::NewSequentialFile(const std::string& name, leveldb::SequentialFile** out) {
  const std::lock_guard lock(mutex_);
  const auto found = names_.find(name);
  *out = found == names_.end() ? nullptr : new MemorySequentialFile(found->second->bytes);
  return *out != nullptr ? leveldb::Status::OK() : no_such_file(name);
}

leveldb::Status LossyEnv::NewRandomAccessFile(const std::string& name, leveldb::RandomAccessFile** out) {
  const std::lock_guard lock(mutex_);
  const auto found = names_.find(name);
  *out = found == names_.end() ? nullptr : new MemoryRandomAccessFile(found->second->bytes);
  return *out != nullptr ? leveldb::Status::OK() : no_such_file(name);
}

leveldb::Status LossyEnv::NewWritableFile(const std::string& name, leveldb::WritableFile** out) {
  *out = nullptr;
  if (auto status = change(name); !status.ok()) return status;
  const std::lock_guard lock(mutex_);
  auto node = std::make_shared<Node>();
  names_[name] = node;
  unsynced_names_.push_back({.name = name, .node = node, .renamed_from = {}});
  *out = new LossyFile(*this, node);
  return leveldb::Status::OK();
}

leveldb::Status LossyEnv::NewAppendableFile(const std::string& name, leveldb::WritableFile** out) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = names_.find(name);
    if (found != names_.end()) {
      *out = new LossyFile(*this, found->second);
      return leveldb::Status::OK();
    }
  }
  return NewWritableFile(name, out);
}

bool LossyEnv::FileExists(const std::string& name) {
  const std::lock_guard lock(mutex_);
  return names_.contains(name);
}

leveldb::Status LossyEnv::GetChildren(const std::string& dir, std::vector<std::string>* out) {
  const std::lock_guard lock(mutex_);
  out->clear();
  for (const auto& [name, node] : names_) {
    if (name.starts_with(dir + "/")) out->push_back(name.substr(dir.size() + 1));
  }
  return leveldb::Status::OK();
}

leveldb::Status LossyEnv::RemoveFile(const std::string& name) {
  if (auto status = change(name); !status.ok()) return status;
  const std::lock_guard lock(mutex_);
  if (names_.erase(name) == 0) return no_such_file(name);
  unsynced_names_.push_back({.name = name, .node = nullptr, .renamed_from = {}});
  return leveldb::Status::OK();
}

leveldb::Status LossyEnv::GetFileSize(const std::string& name, std::uint64_t* out) {
  const std::lock_guard lock(mutex_);
  const auto found = names_.find(name);
  if (found == names_.end()) return no_such_file(name);
  *out = found->second->bytes.size();
  return leveldb::Status::OK();
}

leveldb::Status LossyEnv::RenameFile(const std::string& from, const std::string& to) {
  if (auto status = change(to); !status.ok()) return status;
  const std::lock_guard lock(mutex_);
  const auto found = names_.find(from);
  if (found == names_.end()) return no_such_file(from);
  const NodePtr node = found->second;
  names_.erase(found);
  names_[to] = node;
  unsynced_names_.push_back({.name = to, .node = node, .renamed_from = from});
  return leveldb::Status::OK();
}

leveldb::Status LossyEnv::LockFile(const std::string& name, leveldb::FileLock** out) {
  const std::lock_guard lock(mutex_);
  *out = nullptr;
  if (!locks_.insert(name).second) return leveldb::Status::IOError("lock " + name, "already held by process");
  *out = new NamedLock(name);
  return leveldb::Status::OK();
}

leveldb::Status LossyEnv::UnlockFile(leveldb::FileLock* lock) {
  const std::lock_guard guard(mutex_);
  const auto* named = static_cast<NamedLock*>(lock);
  locks_.erase(named->name());
  delete named;
  return leveldb::Status::OK();
}

leveldb::Status LossyEnv::NewLogger(const std::string&, leveldb::Logger** out) {
  *out = new SilentLogger;
  return leveldb::Status::OK();
}

}  // namespace dengji::test
