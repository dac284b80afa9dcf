// The checkpoint that the world may know: made by the applier after each synced commit, read by everyone. The only
// thing that crosses from the apply thread to the readers.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "api/ports.hpp"
#include "crypto/ed25519.hpp"

namespace dengji::node {

class Publisher {
 public:
  using Listener = std::function<void(const std::shared_ptr<const api::Checkpoint>&)>;

  Publisher(std::string origin, crypto::SecretKey log_key) : origin_(std::move(origin)), log_key_(std::move(log_key)) {}

  // Signs and publishes. Apply thread only; never a smaller size.
  std::shared_ptr<const api::Checkpoint> publish(std::uint64_t size, const Hash32& root, LedgerTime time);
  // Never null after the first publish(). Any thread.
  std::shared_ptr<const api::Checkpoint> current() const;
  // Replaces the one listener; returns only when no call of the old one is running.
  void listen(Listener listener);

  const std::string& origin() const { return origin_; }
  const crypto::PublicKey& log_key() const { return log_key_.public_key(); }

 private:
  const std::string origin_;
  const crypto::SecretKey log_key_;
  mutable std::mutex mutex_;
  std::shared_ptr<const api::Checkpoint> current_;  // guarded by mutex_
  std::mutex listener_mutex_;
  Listener listener_;  // guarded by listener_mutex_, held while it runs
};

}  // namespace dengji::node
