// One running node, put together in the order in which data flows: store, order, verify pool, apply thread, API. Stops
// in the other direction, so that everything taken is answered.
#pragma once

#include <memory>

#include "api/api.hpp"
#include "api/server.hpp"
#include "contracts/areas.hpp"
#include "ledger/base/environment.hpp"
#include "node/applier.hpp"
#include "node/config.hpp"
#include "node/ports.hpp"

namespace dengji::node {

class Node {
 public:
  // Opens the store, takes the genesis if the store is empty, serves; refuses a ledger that it does not belong to.
  // `registry` says what entries and objects there are and outlives the node. Errors: those of the store, of the key,
  // config.
  static Result<std::unique_ptr<Node>> start(Config config, crypto::SecretKey log_key,
                                             const state::Registry& registry = contracts::registry());
  ~Node();  // stop()

  std::uint16_t port() const { return server_->port(); }
  std::uint64_t size() const { return publisher_.current()->size; }
  bool halted() const { return applier_.halted(); }

  // New entries are refused, those taken are applied and answered, then the sockets close. Idempotent.
  void stop();

 private:
  Node(Config config, crypto::SecretKey log_key, const state::Registry& registry, std::unique_ptr<store::Store> store);
  Result<void> begin();
  Result<void> take_genesis(std::string bytes);

  const Config config_;
  SystemClock clock_;
  Metrics metrics_;
  std::unique_ptr<store::Store> store_;
  Publisher publisher_;
  InsightFeed insight_;
  KeyCache keys_;
  SoloLog log_;
  Submissions submissions_;
  Applier applier_;
  LedgerReader ledger_;
  Authority authority_;
  Health health_;
  const api::Tables tables_;
  std::unique_ptr<api::Api> api_;
  std::unique_ptr<api::Server> server_;
  bool stopped_ = false;
};

}  // namespace dengji::node
