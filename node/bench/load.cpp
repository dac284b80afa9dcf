#include "node/bench/load.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>

namespace dengji::bench {
namespace {

using Steady = std::chrono::steady_clock;

constexpr int kSilenceMs = 60'000;  // no answer at all for so long ends the run
constexpr std::size_t kReadBytes = 64 * 1024;

class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

std::unexpected<Error> broken(const std::string& what) {
  return fail(ErrorCode::unreachable, what + ": " + std::strerror(errno));
}

Result<Descriptor> connect_to(const Target& target) {
  Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (socket.get() < 0) return broken("socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(target.port);
  ::inet_pton(AF_INET, target.host.c_str(), &address.sin_addr);
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return broken("connecting to " + target.host + ":" + std::to_string(target.port));
  const int on = 1;
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::fcntl(socket.get(), F_SETFL, ::fcntl(socket.get(), F_GETFL) | O_NONBLOCK);
  return socket;
}

// How much of an HTTP answer is there.
struct Progress {
  int status = 0;
  std::size_t whole = 0;  // its length once known
  bool chunked = false;

  bool complete(std::string_view text) {
    if (status == 0 && !read_header(text)) return false;
    // A body of ours holds no bare CR, so this can only be its end.
    return chunked ? text.ends_with("\r\n0\r\n\r\n") : text.size() >= whole;
  }

 private:
  bool read_header(std::string_view text) {
    static constexpr std::string_view kLength = "Content-Length: ";
    const std::size_t end = text.find("\r\n\r\n");
    if (end == std::string_view::npos) return false;
    const std::string_view header = text.substr(0, end);
    if (header.size() > 12) std::from_chars(header.data() + 9, header.data() + 12, status);
    const std::size_t at = header.find(kLength);
    chunked = at == std::string_view::npos;
    std::size_t length = 0;
    if (!chunked) std::from_chars(header.data() + at + kLength.size(), header.data() + header.size(), length);
    whole = end + 4 + length;
    return true;
  }
};

struct Connection {
  Descriptor socket;
  std::string_view unsent;
  std::string text;  // of the answer
  Progress progress;
  Steady::time_point since;
  bool wants_write = false;
  bool busy = false;
};

class Run {
 public:
  Run(const LoadOptions& options, const std::vector<std::string>& requests) : options_(options), requests_(requests) {
    result_.micros.reserve(requests.size());
  }

  Result<LoadResult> go() {
    if (auto opened = open(); !opened) return std::unexpected(opened.error());
    began_ = Steady::now();
    for (auto& connection : connections_) {
      if (auto sent = next(*connection); !sent) return std::unexpected(sent.error());
    }
    std::vector<epoll_event> events(connections_.size());
    while (in_flight_ > 0) {
      const int ready = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), kSilenceMs);
      if (ready == 0) return fail(ErrorCode::unreachable, "no answer for a minute");
      if (ready < 0 && errno != EINTR) return broken("waiting");
      for (int i = 0; i < ready; ++i) {
        if (auto done = serve(*static_cast<Connection*>(events[static_cast<std::size_t>(i)].data.ptr)); !done)
          return std::unexpected(done.error());
      }
    }
    result_.seconds = std::chrono::duration<double>(Steady::now() - began_).count();
    return std::move(result_);
  }

 private:
  Result<void> open() {
    if (epoll_.get() < 0) return broken("epoll");
    for (int i = 0; i < options_.connections; ++i) {
      auto socket = connect_to(options_.target);
      if (!socket) return std::unexpected(socket.error());
      connections_.push_back(std::make_unique<Connection>(std::move(*socket)));
      connections_.back()->text.reserve(kReadBytes);
      if (auto watched = watch(*connections_.back(), EPOLL_CTL_ADD); !watched) return watched;
    }
    return {};
  }

  Result<void> watch(Connection& connection, int operation) {
    epoll_event event{};
    event.events = connection.wants_write ? EPOLLIN | EPOLLOUT : EPOLLIN;
    event.data.ptr = &connection;
    if (::epoll_ctl(epoll_.get(), operation, connection.socket.get(), &event) != 0) return broken("epoll");
    return {};
  }

  Result<void> next(Connection& connection) {
    if (sent_ == requests_.size() || Steady::now() - began_ >= options_.time_limit) return {};
    connection.unsent = requests_[sent_++];
    connection.text.clear();
    connection.progress = {};
    connection.since = Steady::now();
    connection.busy = true;
    ++in_flight_;
    return send(connection);
  }

  Result<void> send(Connection& connection) {
    while (!connection.unsent.empty()) {
      const ssize_t count =
          ::send(connection.socket.get(), connection.unsent.data(), connection.unsent.size(), MSG_NOSIGNAL);
      if (count < 0 && errno != EAGAIN) return broken("sending");
      if (count < 0) break;
      connection.unsent.remove_prefix(static_cast<std::size_t>(count));
    }
    if (connection.wants_write == !connection.unsent.empty()) return {};
    connection.wants_write = !connection.unsent.empty();
    return watch(connection, EPOLL_CTL_MOD);
  }

  Result<void> serve(Connection& connection) {
    if (connection.wants_write) {
      if (auto sent = send(connection); !sent) return sent;
    }
    const ssize_t count = ::recv(connection.socket.get(), buffer_.get(), kReadBytes, 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return {};
    if (count < 0) return broken("reading");
    if (count == 0) return fail(ErrorCode::unreachable, "the node closed a connection");
    connection.text.append(buffer_.get(), static_cast<std::size_t>(count));
    if (!connection.busy || !connection.progress.complete(connection.text)) return {};
    take(connection);
    return next(connection);
  }

  void take(Connection& connection) {
    connection.busy = false;
    --in_flight_;
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(Steady::now() - connection.since);
    result_.micros.push_back(static_cast<std::uint32_t>(took.count()));
    const int status = connection.progress.status;
    const bool good = status == (options_.streamed ? 200 : 201);
    result_.created += good;
    if (!good && result_.first_other.empty()) result_.first_other = connection.text;
    const bool keep = options_.streamed || (options_.keep_every > 0 && result_.answered % options_.keep_every == 0);
    if (good && keep) result_.kept.push_back({status, connection.text});
    ++result_.answered;
  }

  const LoadOptions& options_;
  const std::vector<std::string>& requests_;
  Descriptor epoll_{::epoll_create1(EPOLL_CLOEXEC)};
  std::vector<std::unique_ptr<Connection>> connections_;
  const std::unique_ptr<char[]> buffer_{new char[kReadBytes]};
  Steady::time_point began_;
  std::size_t sent_ = 0;
  std::size_t in_flight_ = 0;
  LoadResult result_;
};

}  // namespace

Result<Target> parse_target(const std::string& url) {
  static constexpr std::string_view kScheme = "http://";
  Target target;
  std::string_view rest = url;
  if (rest.ends_with('/')) rest.remove_suffix(1);
  const std::size_t colon = rest.rfind(':');
  if (rest.starts_with(kScheme) && colon > kScheme.size() && colon != std::string_view::npos) {
    target.host = rest.substr(kScheme.size(), colon - kScheme.size());
    const auto [end, error] = std::from_chars(rest.data() + colon + 1, rest.data() + rest.size(), target.port);
    in_addr address{};
    const bool right = error == std::errc{} && end == rest.data() + rest.size();
    if (right && ::inet_pton(AF_INET, target.host.c_str(), &address) == 1) return target;
  }
  return fail(ErrorCode::usage, url + ": the load goes to http://<IPv4 address>:<port>");
}

std::string make_request(std::string_view path, std::string_view content_type, std::string_view body) {
  std::string request;
  request.reserve(body.size() + 160);
  request.append("POST ").append(path).append(" HTTP/1.1\r\nHost: bench\r\nContent-Type: ").append(content_type);
  request.append("\r\nContent-Length: ").append(std::to_string(body.size())).append("\r\n\r\n").append(body);
  return request;
}

Result<LoadResult> run_load(const LoadOptions& options, const std::vector<std::string>& requests) {
  return Run(options, requests).go();
}

}  // namespace dengji::bench
