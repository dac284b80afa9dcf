#include "node/datasets/folder.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "crypto/sha256.hpp"
#include "ledger/json/text.hpp"

namespace dengji::node {
namespace {

constexpr std::size_t kPieceBytes = 256 << 10;
constexpr std::size_t kNamesShown = 5;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

std::unexpected<Error> system_error(const std::string& name, const char* what) {
  const int code = errno;
  const auto kind = code == ENOENT || code == ENOTDIR ? ErrorCode::not_found : ErrorCode::io;
  return fail(kind, std::string(what) + " " + name + ": " + std::strerror(code));
}

// What must stay as it is while a file is read.
struct Identity {
  explicit Identity(const struct stat& found)
      : device(found.st_dev),
        inode(found.st_ino),
        size(found.st_size),
        changed(found.st_mtim),
        touched(found.st_ctim) {}
  bool operator==(const Identity& other) const {
    const auto same = [](const timespec& a, const timespec& b) {
      return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
    };
    return device == other.device && inode == other.inode && size == other.size && same(changed, other.changed) &&
           same(touched, other.touched);
  }
  dev_t device;
  ino_t inode;
  off_t size;
  timespec changed;
  timespec touched;
};

// One walk: folders on a stack of paths, so that depth costs no descriptors.
class Walker {
 public:
  Walker(int root, const OnProgress& on_progress) : root_(root), on_progress_(on_progress) {}

  Result<Walk> run() {
    folders_.push_back("");
    while (!folders_.empty()) {
      const std::string folder = std::move(folders_.back());
      folders_.pop_back();
      if (auto read = read_folder(folder); !read) return std::unexpected(std::move(read.error()));
      if (on_progress_) on_progress_({static_cast<std::int64_t>(walk_.files.size()), 0, 0, 0});
    }
    if (!unfit_.empty()) {
      std::string text = std::to_string(unfit_count_) + " names cannot stand in a manifest: ";
      for (const std::string& name : unfit_) text.append(name).append("; ");
      if (unfit_count_ > unfit_.size()) text.append("…; ");
      return fail(ErrorCode::value_format, text + "rename them");
    }
    std::sort(walk_.files.begin(), walk_.files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    return std::move(walk_);
  }

 private:
  // Segment by segment, as Folder::open_file does: a folder replaced by a link meanwhile is not followed.
  Result<Descriptor> open_folder(const std::string& path) const {
    Descriptor folder(::openat(root_, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    for (std::size_t from = 0; folder.get() >= 0 && from < path.size();) {
      const std::size_t end = std::min(path.find('/', from), path.size());
      folder = Descriptor(::openat(folder.get(), path.substr(from, end - from).c_str(),
                                   O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
      from = end + 1;
    }
    if (folder.get() < 0) return system_error(path.empty() ? "the folder" : shown_name(path), "opening");
    return folder;
  }

  Result<void> read_folder(const std::string& path) {
    auto opened = open_folder(path);
    if (!opened) return std::unexpected(std::move(opened.error()));
    const std::unique_ptr<DIR, int (*)(DIR*)> folder(::fdopendir(opened->get()), &::closedir);
    if (!folder) return system_error(shown_name(path), "reading");
    opened->release();
    while (true) {
      errno = 0;
      const dirent* entry = ::readdir(folder.get());
      if (!entry) return errno == 0 ? Result<void>() : system_error(shown_name(path), "reading");
      const std::string_view name = entry->d_name;
      if (name == "." || name == "..") continue;
      if (auto taken = take(::dirfd(folder.get()), path, std::string(name)); !taken) return taken;
    }
  }

  Result<void> take(int folder, const std::string& in, const std::string& name) {
    const std::string path = in.empty() ? name : in + "/" + name;
    struct stat found{};
    if (::fstatat(folder, name.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0) {
      return system_error(shown_name(path), "looking at");
    }
    if (S_ISLNK(found.st_mode)) {
      walk_.skipped.push_back({shown_name(path), "symbolic link"});
    } else if (!S_ISREG(found.st_mode) && !S_ISDIR(found.st_mode)) {
      walk_.skipped.push_back({shown_name(path), "device, pipe or socket"});
    } else if (const auto fault = path_fault(path)) {
      if (++unfit_count_ <= kNamesShown) unfit_.push_back(shown_name(path) + " (" + *fault + ")");
    } else if (S_ISDIR(found.st_mode)) {
      if (static_cast<std::size_t>(std::count(path.begin(), path.end(), '/')) >= kMaxFolderDepth) {
        return fail(ErrorCode::value_range, "folders are nested deeper than 64 at " + path);
      }
      folders_.push_back(path);
    } else {
      if (walk_.files.size() == kMaxManifestFiles) return fail(ErrorCode::value_range, "too many files at " + path);
      walk_.files.push_back({path, static_cast<std::int64_t>(found.st_size)});
    }
    return {};
  }

  int root_;
  const OnProgress& on_progress_;
  std::vector<std::string> folders_;
  std::vector<std::string> unfit_;
  std::size_t unfit_count_ = 0;
  Walk walk_;
};

Result<ScannedFolder> scan_file(const std::filesystem::path& file, const OnProgress& on_progress) {
  const auto parent = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  const std::string name = file.filename().string();
  const auto folder = Folder::open(parent);
  if (!folder) return std::unexpected(folder.error());
  HashProgress progress{.files_total = 1};
  const auto hashed = folder->hash(name, {}, [&](std::size_t bytes) {
    progress.bytes_done += static_cast<std::int64_t>(bytes);
    if (on_progress) on_progress(progress);
  });
  if (!hashed) return std::unexpected(hashed.error());
  auto list = make_list({ManifestFile{name, hashed->bytes, hashed->sha256}});
  if (!list) return std::unexpected(std::move(list.error()));
  return ScannedFolder{std::move(*list), {}};
}

}  // namespace

Result<Folder> Folder::open(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return system_error(path.string(), "opening");
  return Folder(fd, path);
}

Folder::Folder(Folder&& other) noexcept : fd_(std::exchange(other.fd_, -1)), name_(std::move(other.name_)) {}

Folder& Folder::operator=(Folder&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(name_, other.name_);
  return *this;
}

Folder::~Folder() {
  if (fd_ >= 0) ::close(fd_);
}

Result<Walk> Folder::walk(const OnProgress& on_progress) const {
  return Walker(fd_, on_progress).run();
}

Result<int> Folder::open_file(const std::string& path) const {
  if (const auto fault = path_fault(path)) return fail(ErrorCode::value_format, shown_name(path) + ": " + *fault);
  Descriptor place(::openat(fd_, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  for (std::size_t from = 0; from <= path.size();) {
    const std::size_t end = std::min(path.find('/', from), path.size());
    // Non-blocking: opening a pipe that nobody writes to must not hang.
    const int kind = end == path.size() ? O_NONBLOCK : O_DIRECTORY;
    Descriptor next(
        ::openat(place.get(), path.substr(from, end - from).c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | kind));
    if (next.get() < 0) {
      if (errno == ELOOP) return fail(ErrorCode::not_found, path + " leads through a symbolic link");
      return system_error(path, "opening");
    }
    place = std::move(next);
    from = end + 1;
  }
  return place.release();
}

bool Folder::has_file(const std::string& path) const {
  const auto opened = open_file(path);
  if (!opened) return false;
  const Descriptor fd(*opened);
  struct stat found{};
  return ::fstat(fd.get(), &found) == 0 && S_ISREG(found.st_mode);
}

Result<HashedFile> Folder::hash(const std::string& path, const std::vector<crypto::ForeignAlgorithm>& also,
                                const std::function<void(std::size_t)>& on_bytes) const {
  const auto opened = open_file(path);
  if (!opened) return std::unexpected(opened.error());
  const Descriptor fd(*opened);
  struct stat found{};
  if (::fstat(fd.get(), &found) != 0) return system_error(path, "looking at");
  if (!S_ISREG(found.st_mode)) return fail(ErrorCode::not_found, path + " is not a regular file");
  const Identity before(found);
  ::posix_fadvise(fd.get(), 0, 0, POSIX_FADV_SEQUENTIAL);

  HashedFile hashed;
  crypto::Sha256 sha256;
  std::map<crypto::ForeignAlgorithm, crypto::ForeignDigest> foreign;
  for (const auto algorithm : also) {
    if (auto digest = crypto::ForeignDigest::start(algorithm, static_cast<std::uint64_t>(found.st_size))) {
      foreign.insert_or_assign(algorithm, std::move(*digest));
    }
  }
  std::string piece(kPieceBytes, '\0');
  while (true) {
    const ssize_t got = ::read(fd.get(), piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_error(path, "reading");
    if (got == 0) break;
    const std::string_view bytes(piece.data(), static_cast<std::size_t>(got));
    sha256.update(bytes);
    for (auto& [algorithm, digest] : foreign) digest.update(bytes);
    hashed.bytes += got;
    if (on_bytes) on_bytes(bytes.size());
    if (hashed.bytes > found.st_size) break;  // it grows: do not follow it for ever
  }
  if (::fstat(fd.get(), &found) != 0) return system_error(path, "looking at");
  if (!(Identity(found) == before) || hashed.bytes != before.size) {
    return fail(ErrorCode::io, path + " changed while it was read; start again when nothing writes to it");
  }
  hashed.sha256 = sha256.finish();
  for (auto& [algorithm, digest] : foreign) hashed.foreign.emplace(algorithm, digest.finish_hex());
  return hashed;
}

Result<ScannedFolder> scan(const std::filesystem::path& folder_or_file, const OnProgress& on_progress) {
  std::error_code ignored;
  if (std::filesystem::is_regular_file(folder_or_file, ignored)) return scan_file(folder_or_file, on_progress);
  const auto folder = Folder::open(folder_or_file);
  if (!folder) return std::unexpected(folder.error());
  auto walk = folder->walk(on_progress);
  if (!walk) return std::unexpected(std::move(walk.error()));
  HashProgress progress{.files_total = static_cast<std::int64_t>(walk->files.size())};
  for (const WalkedFile& file : walk->files) progress.bytes_total += file.bytes;
  std::vector<ManifestFile> files;
  files.reserve(walk->files.size());
  for (const WalkedFile& file : walk->files) {
    const auto hashed = folder->hash(file.path, {}, [&](std::size_t bytes) {
      progress.bytes_done += static_cast<std::int64_t>(bytes);
      if (on_progress) on_progress(progress);
    });
    if (!hashed) return std::unexpected(hashed.error());
    files.push_back({file.path, hashed->bytes, hashed->sha256});
    ++progress.files_done;
  }
  auto list = make_list(std::move(files));
  if (!list) return std::unexpected(std::move(list.error()));
  return ScannedFolder{std::move(*list), std::move(walk->skipped)};
}

}  // namespace dengji::node
