// One connection after its upgrade to WebSocket (RFC 6455). ws_session.cpp is the only unit that includes Beast
// WebSocket.
#pragma once

#include <memory>
#include <string>

#include "api/http_session.hpp"

namespace dengji::api {

struct Upgrade {
  std::unique_ptr<Stream> stream;
  std::unique_ptr<ConnectionSlot> slot;
  std::string head;    // the upgrade request as text, and whatever came after it
  std::string fields;  // for the 101 answer
  std::unique_ptr<WebSocketHandler> handler;
};

void start_ws_session(const SessionContext& context, Upgrade upgrade);

}  // namespace dengji::api
