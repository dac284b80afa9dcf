// The listening side: accepts connections on one address, spreads them over IO threads, counts them per peer, speaks
// TLS (1.2 or newer) when it has a certificate. Plain text is refused outside loopback unless it is asked for by name.
#pragma once

#include <chrono>
#include <memory>

#include "api/http.hpp"
#include "api/server_config.hpp"
#include "ledger/base/error.hpp"

namespace dengji::api {

// What start() would refuse before it opens a socket. Error: config (address, certificate, plain text outside
// loopback).
Result<void> check_listening(const ServerConfig& config);

class Server {
 public:
  // `handler` must outlive the server. Errors: config (address, certificate, plain text outside loopback), in_use (the
  // port), io.
  static Result<std::unique_ptr<Server>> start(ServerConfig config, Handler& handler);
  ~Server();  // stop(0)

  std::uint16_t port() const;
  const ServerStats& stats() const;
  // Accepts nothing new, lets answers that are owed leave within `patience`, then cuts the rest. Idempotent.
  void stop(std::chrono::milliseconds patience);

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace dengji::api
