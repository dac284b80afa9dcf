// What the parts of the store share across threads: the open database, the committed head, and the first failure.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "ledger/base/error.hpp"
#include "ledger/store/database.hpp"
#include "ledger/store/store.hpp"

namespace dengji::store {

// Thread-safe.
class Core {
 public:
  // The open database, kept open for as long as the pointer is held. Error: unavailable while it is being reopened.
  Result<std::shared_ptr<Database>> pin() const {
    const std::lock_guard lock(mutex_);
    if (database_) return database_;
    return fail(ErrorCode::unavailable, "the store is being reopened");
  }
  void set_database(std::shared_ptr<Database> database) {
    const std::lock_guard lock(mutex_);
    database_ = std::move(database);
  }
  // Hands the database out; from then on nobody can pin it.
  std::shared_ptr<Database> take_database() {
    const std::lock_guard lock(mutex_);
    return std::exchange(database_, nullptr);
  }

  Head head() const {
    const std::lock_guard lock(mutex_);
    return head_;
  }
  std::uint64_t size() const {
    const std::lock_guard lock(mutex_);
    return head_.size;
  }
  void set_head(Head head) {
    const std::lock_guard lock(mutex_);
    head_ = std::move(head);
  }

  std::optional<Error> failure() const {
    const std::lock_guard lock(mutex_);
    return failure_;
  }
  // Damage outranks everything and stays; otherwise the first failure stays. `unavailable` is none.
  void note_failure(const Error& error) const {
    if (error.code == ErrorCode::unavailable) return;
    const std::lock_guard lock(mutex_);
    if (failure_ && (failure_->code == ErrorCode::corrupt || error.code != ErrorCode::corrupt)) return;
    failure_ = error;
  }
  void clear_failure() {
    const std::lock_guard lock(mutex_);
    failure_.reset();
  }
  // For reads: damage stops the store, other errors are only the caller's.
  std::unexpected<Error> failed_read(Error error) const {
    if (error.code == ErrorCode::corrupt) note_failure(error);
    return std::unexpected(std::move(error));
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<Database> database_;
  Head head_;
  mutable std::optional<Error> failure_;  // a reader that meets damage notes it
};

}  // namespace dengji::store
