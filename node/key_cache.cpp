#include "node/key_cache.hpp"

#include <mutex>

#include "contracts/common/organisations.hpp"

namespace dengji::node {

std::optional<crypto::PublicKey> KeyCache::find(const KeyId& kid) {
  {
    const std::shared_lock lock(mutex_);
    if (const auto found = known_.find(kid); found != known_.end()) return found->second;
  }
  const auto view = store_.as_of(store_.head().size);
  const auto record = state::find_object<contracts::Key>(*view, kid.text);
  if (!record) return std::nullopt;
  crypto::PublicKey key;
  key.bytes = record->x.bytes;
  const std::unique_lock lock(mutex_);
  if (known_.size() >= kMaxKeys) known_.clear();
  known_.emplace(kid, key);
  return key;
}

}  // namespace dengji::node
