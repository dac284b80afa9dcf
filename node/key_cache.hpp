// Public keys by thumbprint for the verify pool. A kid belongs to one key for ever, so what was seen once stays true;
// whether the key is in force is judged later, in apply. A miss looks into the newest committed state.
#pragma once

#include <optional>
#include <shared_mutex>
#include <unordered_map>

#include "crypto/ed25519.hpp"
#include "ledger/base/ids.hpp"
#include "ledger/store/store.hpp"

namespace dengji::node {

class KeyCache {
 public:
  explicit KeyCache(const store::Store& store) : store_(store) {}

  // nullopt: not registered yet as of the newest commit. Any thread.
  std::optional<crypto::PublicKey> find(const KeyId& kid);

 private:
  static constexpr std::size_t kMaxKeys = 65'536;

  const store::Store& store_;
  std::shared_mutex mutex_;
  std::unordered_map<KeyId, crypto::PublicKey> known_;  // guarded by mutex_
};

}  // namespace dengji::node
