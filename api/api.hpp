// The HTTP surface: every route of docs/api.md over the ports and tables that the node hands in. Give it to a Server.
#pragma once

#include <memory>

#include "api/core.hpp"
#include "api/http.hpp"
#include "api/server_config.hpp"

namespace dengji::api {

class Router;

class Api final : public Handler {
 public:
  // Ports and tables must outlive it. Listens to LedgerPort::on_publish until stop().
  Api(Ports ports, const Tables& tables, ApiConfig config);
  ~Api() override;

  BodyPlan plan(Request& head) override;
  void handle(Request& request, Responder responder) override;
  Response malformed(int status, std::string_view detail) override;

  // Adds the server's counters to /metrics; nullptr to take them out again.
  void show_stats(const ServerStats* stats);
  // Ends streams and waiting reads. Call before Server::stop.
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dengji::api
