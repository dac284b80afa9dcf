// Reading an export that the caller trusts, as fast as its entries can be read: no signature is verified and no leaf,
// root or checkpoint is compared. Entries are read by threads of their own, some batches ahead, and told in order.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <future>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/engine.hpp"
#include "ledger/base/error.hpp"

namespace dengji::node {

struct ReadEntry {
  contracts::CheckedEntry checked;
  contracts::Moment moment;
};

class TrustedExport {
 public:
  using Sink = std::function<Result<void>(std::vector<ReadEntry>)>;
  using Progress = std::function<void(std::uint64_t done, std::uint64_t size)>;

  explicit TrustedExport(Sink sink, Progress progress = {}) : sink_(std::move(sink)), progress_(std::move(progress)) {}

  // Pieces of any size, as they come. Errors: value_format for what is no export, ledger_inconsistent for an entry that
  // cannot be read, and the sink's.
  Result<void> feed(std::string_view piece);
  // After the last piece: tells the entries that are still on their way.
  Result<void> finish();

  // As the header says.
  const std::string& ledger() const { return ledger_; }
  std::uint64_t size() const { return size_; }

 private:
  // The first line that cannot be read ends a batch.
  struct Batch {
    std::vector<ReadEntry> entries;
    std::optional<Error> fault;
  };

  static Batch read_all(std::vector<std::string> lines);
  Result<void> take_line(std::string_view line);
  Result<void> take_header(std::string_view line);
  void hand_over();
  Result<void> tell_oldest();

  const Sink sink_;
  const Progress progress_;
  std::string partial_;  // of the line that has not ended yet
  std::string ledger_;
  std::uint64_t size_ = 0;
  std::uint64_t lines_ = 0;  // leaves seen
  std::uint64_t told_ = 0;
  std::optional<LedgerTime> previous_;
  bool has_header_ = false;
  std::vector<std::string> waiting_;
  std::deque<std::future<Batch>> reading_;  // oldest first
};

}  // namespace dengji::node
