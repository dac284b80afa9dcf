// A blocking HTTP client on a bare socket for tests: sends exactly the bytes it is told to, also wrong ones, and reads
// answers with a deadline. No TLS, no library: what it sees is what is on the wire.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cctype>
#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dengji::test {

struct HttpReply {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> fields;
  std::string body;

  std::string field(std::string_view name) const {
    for (const auto& [key, value] : fields) {
      if (key.size() != name.size()) continue;
      bool same = true;
      for (std::size_t i = 0; i < name.size(); ++i) {
        same = same &&
               std::tolower(static_cast<unsigned char>(key[i])) == std::tolower(static_cast<unsigned char>(name[i]));
      }
      if (same) return value;
    }
    return {};
  }
};

class RawConnection {
 public:
  explicit RawConnection(std::uint16_t port, int receive_buffer = 0) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    if (receive_buffer > 0) ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      ::close(socket_);
      throw std::runtime_error("connect failed");
    }
  }
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;
  ~RawConnection() { ::close(socket_); }

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) return;  // the server cut us off: the test sees it when it reads
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
  }
  void end_sending() { ::shutdown(socket_, SHUT_WR); }

  // Reads what comes next into the buffer; false at the end of the stream or when time is up.
  bool fill(std::chrono::milliseconds patience = std::chrono::seconds(10)) {
    pollfd wait{socket_, POLLIN, 0};
    if (::poll(&wait, 1, static_cast<int>(patience.count())) <= 0) return false;
    char chunk[16 * 1024];
    const ssize_t count = ::recv(socket_, chunk, sizeof chunk, 0);
    if (count <= 0) {
      ended_ = true;
      return false;
    }
    buffer_.append(chunk, static_cast<std::size_t>(count));
    return true;
  }
  // True if the server ended the connection within that time; what it sent before is in buffer().
  bool closed_within(std::chrono::milliseconds patience) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!ended_) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
      if (left.count() <= 0) return false;
      fill(left);
    }
    return true;
  }
  std::string& buffer() { return buffer_; }

  // nullopt if the stream ends or stalls first. `head`: the answer to HEAD has no body.
  std::optional<HttpReply> read_reply(bool head = false) {
    std::size_t end;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos)
      if (!fill()) return std::nullopt;
    HttpReply reply = parse_head(buffer_.substr(0, end));
    buffer_.erase(0, end + 4);
    if (head || reply.status == 304 || reply.status == 204 || reply.status / 100 == 1) return reply;
    if (reply.field("Transfer-Encoding") == "chunked") return read_chunks(std::move(reply));
    const std::string length = reply.field("Content-Length");
    const std::size_t size = length.empty() ? 0 : std::stoul(length);
    while (buffer_.size() < size)
      if (!fill()) return std::nullopt;
    reply.body = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return reply;
  }
  // The next line without its end; nullopt if the stream ends or stalls first.
  std::optional<std::string> read_line(std::chrono::milliseconds patience = std::chrono::seconds(10)) {
    std::size_t end;
    while ((end = buffer_.find('\n')) == std::string::npos)
      if (!fill(patience)) return std::nullopt;
    std::string line = buffer_.substr(0, end);
    buffer_.erase(0, end + 1);
    if (line.ends_with('\r')) line.pop_back();
    return line;
  }

 private:
  static HttpReply parse_head(std::string_view head) {
    HttpReply reply;
    bool first = true;
    while (!head.empty()) {
      const std::size_t end = std::min(head.find("\r\n"), head.size());
      const std::string_view line = head.substr(0, end);
      head.remove_prefix(std::min(end + 2, head.size()));
      if (first) {
        reply.status = std::stoi(std::string(line.substr(9, 3)));
        first = false;
        continue;
      }
      const std::size_t colon = line.find(": ");
      if (colon != std::string_view::npos) reply.fields.emplace_back(line.substr(0, colon), line.substr(colon + 2));
    }
    return reply;
  }

  std::optional<HttpReply> read_chunks(HttpReply reply) {
    while (true) {
      const auto line = read_line();
      if (!line) return std::nullopt;
      const std::size_t size = std::stoul(*line, nullptr, 16);
      while (buffer_.size() < size + 2)
        if (!fill()) return std::nullopt;
      reply.body.append(buffer_, 0, size);
      buffer_.erase(0, size + 2);
      if (size == 0) return reply;
    }
  }

  int socket_;
  std::string buffer_;
  bool ended_ = false;
};

// One request, one answer.
inline std::optional<HttpReply> http_get(std::uint16_t port, std::string_view target, std::string_view fields = {}) {
  RawConnection connection(port);
  connection.send("GET " + std::string(target) + " HTTP/1.1\r\nHost: test\r\n" + std::string(fields) + "\r\n");
  return connection.read_reply();
}

inline std::optional<HttpReply> http_post(std::uint16_t port, std::string_view target, std::string_view body,
                                          std::string_view fields = "Content-Type: application/json\r\n") {
  RawConnection connection(port);
  connection.send("POST " + std::string(target) + " HTTP/1.1\r\nHost: test\r\nContent-Length: " +
                  std::to_string(body.size()) + "\r\n" + std::string(fields) + "\r\n" + std::string(body));
  return connection.read_reply();
}

}  // namespace dengji::test
