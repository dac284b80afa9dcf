#include "node/publisher.hpp"

#include "crypto/note.hpp"
#include "ledger/base/assert.hpp"

namespace dengji::node {

std::shared_ptr<const api::Checkpoint> Publisher::publish(std::uint64_t size, const Hash32& root, LedgerTime time) {
  auto made = std::make_shared<api::Checkpoint>();
  made->size = size;
  made->root = root;
  made->time = time;
  const std::string text = crypto::write_checkpoint({origin_, size, root});
  made->note = crypto::write_note({text, {crypto::sign_note(text, origin_, log_key_)}});
  {
    const std::lock_guard lock(mutex_);
    LEDGER_ASSERT(!current_ || current_->size <= size);
    current_ = made;
  }
  const std::lock_guard lock(listener_mutex_);
  if (listener_) listener_(made);
  return made;
}

std::shared_ptr<const api::Checkpoint> Publisher::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

void Publisher::listen(Listener listener) {
  const std::lock_guard lock(listener_mutex_);
  listener_ = std::move(listener);
}

}  // namespace dengji::node
