#include "node/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "node/config.hpp"

namespace dengji::node {
namespace {

constexpr std::size_t kMaxPassphraseBytes = 1'024;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

std::unexpected<Error> system_error(const std::filesystem::path& file, const char* what) {
  const int code = errno;
  const auto kind = code == ENOENT ? ErrorCode::not_found : code == ENOSPC ? ErrorCode::disk_full : ErrorCode::io;
  return fail(kind, std::string(what) + " " + file.string() + ": " + std::strerror(code));
}

Result<std::string> read_all(int fd, std::size_t max_bytes, const std::filesystem::path& name) {
  std::string bytes;
  char buffer[16'384];
  while (true) {
    const ssize_t got = ::read(fd, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_error(name, "reading");
    if (got == 0) return bytes;
    bytes.append(buffer, static_cast<std::size_t>(got));
    if (bytes.size() > max_bytes) {
      return fail(ErrorCode::body_too_large, name.string() + " is larger than " + std::to_string(max_bytes) + " bytes");
    }
  }
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

crypto::Secret without_newline(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return crypto::Secret(std::move(text));
}

Result<crypto::Secret> from_descriptor(int fd, const std::filesystem::path& name) {
  auto text = read_all(fd, kMaxPassphraseBytes, name);
  if (!text) return std::unexpected(std::move(text.error()));
  return without_newline(std::move(*text));
}

Result<crypto::Secret> from_terminal(std::string_view prompt) {
  const Descriptor terminal(::open("/dev/tty", O_RDWR | O_CLOEXEC));
  if (terminal.get() < 0) {
    return fail(ErrorCode::no_passphrase, "no terminal to ask for it; give it by environment, file or descriptor");
  }
  write_all(terminal.get(), std::string(prompt) + ": ");
  termios before{};
  ::tcgetattr(terminal.get(), &before);
  termios silent = before;
  silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  ::tcsetattr(terminal.get(), TCSAFLUSH, &silent);
  std::string text;
  char c = 0;
  while (text.size() < kMaxPassphraseBytes && ::read(terminal.get(), &c, 1) == 1 && c != '\n') text.push_back(c);
  ::tcsetattr(terminal.get(), TCSAFLUSH, &before);
  write_all(terminal.get(), "\n");
  return without_newline(std::move(text));
}

Error naming(const std::filesystem::path& file, Error error) {
  error.context.append(error.context.empty() ? "" : "; ").append(file.string());
  return error;
}

std::unexpected<Error> other_use(const std::filesystem::path& file, crypto::KeyUse is, crypto::KeyUse wanted) {
  return fail(ErrorCode::config, file.string() + " is a key for " + std::string(crypto::to_text(is)) + ", not for " +
                                     std::string(crypto::to_text(wanted)));
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& file, std::size_t max_bytes) {
  const Descriptor fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0) return system_error(file, "opening");
  return read_all(fd.get(), max_bytes, file);
}

Result<void> write_file(const std::filesystem::path& file, std::string_view bytes, FileMode mode) {
  const std::filesystem::path temporary = file.string() + ".new";
  {
    const Descriptor fd(
        ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode == FileMode::secret ? 0600 : 0644));
    if (fd.get() < 0) return system_error(temporary, "creating");
    if (!write_all(fd.get(), bytes) || ::fsync(fd.get()) != 0) return system_error(temporary, "writing");
  }
  if (::rename(temporary.c_str(), file.c_str()) != 0) return system_error(file, "renaming to");
  const auto parent = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  const Descriptor folder(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0 || ::fsync(folder.get()) != 0) return system_error(parent, "syncing");
  return {};
}

Result<crypto::Secret> read_passphrase(const PassphraseSource& source, std::string_view prompt) {
  if (!source.environment.empty()) {
    const char* value = std::getenv(source.environment.c_str());
    if (!value) return fail(ErrorCode::no_passphrase, "the environment variable " + source.environment + " is not set");
    return crypto::Secret(std::string(value));
  }
  if (!source.file.empty()) {
    const Descriptor fd(::open(source.file.c_str(), O_RDONLY | O_CLOEXEC));
    if (fd.get() < 0) return system_error(source.file, "opening");
    return from_descriptor(fd.get(), source.file);
  }
  if (source.descriptor >= 0)
    return from_descriptor(source.descriptor, "file descriptor " + std::to_string(source.descriptor));
  return from_terminal(prompt);
}

Result<crypto::KeyFileInfo> read_key_info(const std::filesystem::path& file, crypto::KeyUse use) {
  const auto bytes = read_file(file, crypto::kMaxKeyFileBytes);
  if (!bytes) return std::unexpected(bytes.error());
  auto info = crypto::read_key_file(*bytes);
  if (!info) return std::unexpected(naming(file, std::move(info.error())));
  if (info->use != use) return other_use(file, info->use, use);
  return info;
}

Result<crypto::SecretKey> open_key(const std::filesystem::path& file, crypto::KeyUse use,
                                   const crypto::Secret& passphrase) {
  const auto bytes = read_file(file, crypto::kMaxKeyFileBytes);
  if (!bytes) return std::unexpected(bytes.error());
  auto opened = crypto::unseal_key(*bytes, passphrase);
  if (!opened) return std::unexpected(naming(file, std::move(opened.error())));
  if (opened->use != use) return other_use(file, opened->use, use);
  return std::move(opened->key);
}

}  // namespace dengji::node
