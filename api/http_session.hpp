// One accepted connection that speaks HTTP/1.1: reads a request within its limits, hands it to the Handler, writes the
// answer, and again, until either side ends it. Requests that come early (pipelining) wait in the buffer. Everything of
// a session happens on its loop's thread; only the Exchange functions may be called from others.
#pragma once

#include <memory>
#include <string>

#include "api/http.hpp"
#include "api/loop.hpp"
#include "api/server_config.hpp"
#include "api/stream.hpp"

namespace dengji::api {

// Holds a place among the connections of its address while it lives.
class ConnectionSlot {
 public:
  virtual ~ConnectionSlot() = default;
};

// What the sessions of one server share; outlives the server if an answer is still owed somewhere.
struct ServerShared {
  ServerShared(Handler& h, ServerLimits l) : handler(h), limits(l) {}

  Handler& handler;  // used on the loops' threads only, which end before it does
  const ServerLimits limits;
  ServerStats stats;
  std::atomic<bool> stopping{false};
};

struct SessionContext {
  std::shared_ptr<Loop> loop;
  std::shared_ptr<ServerShared> server;
};

// On the loop's thread. `peer` is the address in text form.
void start_http_session(const SessionContext& context, std::unique_ptr<Stream> stream, std::string peer,
                        std::unique_ptr<ConnectionSlot> slot);

}  // namespace dengji::api
