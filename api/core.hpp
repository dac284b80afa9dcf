// What every route works with: the ports, the tables, the settings and the shared machinery of one API.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "api/ports.hpp"
#include "api/rate_limit.hpp"
#include "api/read_pool.hpp"
#include "api/size_waiter.hpp"
#include "api/tables.hpp"
#include "ledger/base/environment.hpp"

namespace dengji::api {

class EventFeed;

struct Ports {
  SubmitPort& submit;
  LedgerPort& ledger;
  AuthPort& auth;
  HealthPort& health;
  Clock& clock;
};

struct ApiConfig {
  std::vector<std::string> audiences;  // base URLs that a read token may name as `aud`
  RateLimit rate;                      // requests per address
  int read_threads = 1;
  std::size_t read_queue = 1024;
  std::size_t streams = 1024;  // WebSocket and SSE consumers at once
  std::chrono::milliseconds min_size_wait{10'000};
  std::chrono::milliseconds heartbeat{15'000};
  std::chrono::milliseconds first_message_wait{10'000};  // for a stream that wants to authorise by message
  std::string version = "0.1.0";
};

struct Core {
  Core(Ports p, const Tables& t, ApiConfig c)
      : ports(p), tables(t), config(std::move(c)), limiter(config.rate), pool(config.read_threads, config.read_queue) {}

  Ports ports;
  const Tables& tables;
  const ApiConfig config;
  RateLimiter limiter;
  ReadPool pool;
  SizeWaiter waiter;
  std::shared_ptr<EventFeed> feed;
  std::string openapi;  // made once

  std::uint64_t size() const { return ports.ledger.checkpoint()->size; }
};

}  // namespace dengji::api
