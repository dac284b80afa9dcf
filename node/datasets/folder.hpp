// A real folder as a list of files: a walk that follows no symbolic link and leaves the folder nowhere, and one
// streaming read per file that gives its SHA-256 and whatever else a foreign description states. What is found is
// untrusted: names are checked before they are used, and a file that changes while it is read is an error.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "crypto/foreign_digest.hpp"
#include "ledger/base/error.hpp"
#include "node/datasets/manifest.hpp"

namespace dengji::node {

inline constexpr std::size_t kMaxFolderDepth = 64;

struct HashProgress {
  std::int64_t files_done = 0;
  std::int64_t bytes_done = 0;
  std::int64_t files_total = 0;  // 0 while the folder is still being walked
  std::int64_t bytes_total = 0;
};
// Called after each piece of a file (256 KiB) and each folder; must be cheap.
using OnProgress = std::function<void(const HashProgress&)>;

struct HashedFile {
  std::int64_t bytes = 0;
  Hash32 sha256;
  std::map<crypto::ForeignAlgorithm, std::string> foreign;  // hex, of those asked for
};

struct WalkedFile {
  std::string path;
  std::int64_t bytes = 0;  // as the walk saw it
};
struct Skipped {
  std::string path;  // as shown_name gives it
  std::string why;   // "symbolic link", "device, pipe or socket"
};
struct Walk {
  std::vector<WalkedFile> files;  // in the order of paths
  std::vector<Skipped> skipped;
};

class Folder {
 public:
  // Errors: not_found, io.
  static Result<Folder> open(const std::filesystem::path& path);
  Folder(Folder&& other) noexcept;
  Folder& operator=(Folder&& other) noexcept;
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder();

  // Errors: value_format naming up to five names that a manifest cannot hold, value_range beyond kMaxManifestFiles or
  // kMaxFolderDepth, io.
  Result<Walk> walk(const OnProgress& on_progress = {}) const;
  // Opens segment by segment, none through a symbolic link; so the file lies in the folder. Errors: value_format for a
  // path that path_fault refuses, not_found (also for a link or what is no regular file, saying so), io also if the
  // file changed while it was read.
  Result<HashedFile> hash(const std::string& path, const std::vector<crypto::ForeignAlgorithm>& also = {},
                          const std::function<void(std::size_t)>& on_bytes = {}) const;
  bool has_file(const std::string& path) const;

 private:
  explicit Folder(int fd, std::filesystem::path name) : fd_(fd), name_(std::move(name)) {}
  Result<int> open_file(const std::string& path) const;

  int fd_ = -1;
  std::filesystem::path name_;
};

struct ScannedFolder {
  FileList list;
  std::vector<Skipped> skipped;
};
// The manifest of a folder, or of one file under its own name. Errors: those of walk, hash and make_list.
Result<ScannedFolder> scan(const std::filesystem::path& folder_or_file, const OnProgress& on_progress = {});

}  // namespace dengji::node
