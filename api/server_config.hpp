// What a server may be told: where to listen, TLS, and every limit of a connection.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace dengji::api {

struct TlsConfig {
  std::string certificate_file;  // PEM chain
  std::string key_file;          // PEM
};

struct ServerLimits {
  std::size_t header_bytes = 8 * 1024;
  std::size_t websocket_message_bytes = 64 * 1024;  // incoming
  std::size_t connections = 4096;
  std::size_t connections_per_address = 1024;
  std::chrono::milliseconds handshake_timeout{10'000};
  std::chrono::milliseconds header_timeout{10'000};   // from the first byte of a request to the end of its header
  std::chrono::milliseconds body_timeout{30'000};     // for the whole body; for streamed bodies, for each piece
  std::chrono::milliseconds idle_timeout{75'000};     // between requests
  std::chrono::milliseconds answer_timeout{120'000};  // from the whole request to the answer
  std::chrono::milliseconds write_timeout{30'000};    // for a whole answer, or for each piece of a streamed one
  std::chrono::milliseconds websocket_idle_timeout{60'000};  // a ping goes out at half of it
};

struct ServerConfig {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  // 0: any free port, see Server::port()
  int threads = 1;
  TlsConfig tls;  // empty: plain text, refused outside loopback unless allow_plain
  bool allow_plain = false;
  ServerLimits limits;
};

// Counters of one server, readable from any thread.
struct ServerStats {
  std::atomic<std::uint64_t> accepted{0};
  std::atomic<std::uint64_t> refused{0};  // over a connection limit
  std::atomic<std::uint64_t> timed_out{0};
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> by_class[6]{};  // answers by status / 100
  std::atomic<std::uint64_t> open{0};
  std::atomic<std::uint64_t> websockets{0};
};

}  // namespace dengji::api
