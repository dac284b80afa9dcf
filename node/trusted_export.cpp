#include "node/trusted_export.hpp"

#include "contracts/areas.hpp"
#include "ledger/entry/leaf.hpp"
#include "ledger/json/strict_json.hpp"

namespace dengji::node {
namespace {

constexpr std::size_t kBatchLines = 256;
constexpr std::size_t kBatchesAhead = 4;
constexpr std::size_t kMostLineBytes = 2 * kMaxLeafBytes;
constexpr std::uint64_t kToldEvery = 10'000;

}  // namespace

TrustedExport::Batch TrustedExport::read_all(std::vector<std::string> lines) {
  Batch batch;
  batch.entries.reserve(lines.size());
  for (const std::string& line : lines) {
    const auto parts = entry::split_trusted_leaf(line);
    auto checked = parts ? contracts::read_trusted_entry(parts->jws_text, contracts::registry())
                         : Result<contracts::CheckedEntry>(std::unexpected(parts.error()));
    if (!checked) {
      batch.fault = std::move(checked.error());
      break;
    }
    batch.entries.push_back({std::move(*checked), {parts->seq, parts->time, std::nullopt}});
  }
  return batch;
}

Result<void> TrustedExport::feed(std::string_view piece) {
  for (std::size_t end; (end = piece.find('\n')) != std::string_view::npos; piece.remove_prefix(end + 1)) {
    if (partial_.size() + end > kMostLineBytes) return fail(ErrorCode::value_format, "a line is longer than any leaf");
    std::string_view line = piece.substr(0, end);
    if (!partial_.empty()) line = partial_.append(line);
    if (auto taken = take_line(line); !taken) return taken;
    partial_.clear();
  }
  if (partial_.size() + piece.size() > kMostLineBytes)
    return fail(ErrorCode::value_format, "a line is longer than any leaf");
  partial_.append(piece);
  return {};
}

Result<void> TrustedExport::take_header(std::string_view line) {
  const auto header = json::read_strict(line, {.max_bytes = kMostLineBytes});
  if (!header || !header->is_object() || header->value("dengji", json::Json()) != "export" ||
      !header->value("ledger", json::Json()).is_string() || !header->value("size", json::Json()).is_number_unsigned()) {
    return fail(ErrorCode::value_format, "the first line is not the header of an export");
  }
  ledger_ = (*header)["ledger"].get<std::string>();
  size_ = (*header)["size"].get<std::uint64_t>();
  has_header_ = true;
  return {};
}

Result<void> TrustedExport::take_line(std::string_view line) {
  if (!has_header_) return take_header(line);
  if (lines_ == size_) return {};  // the checkpoint
  ++lines_;
  waiting_.emplace_back(line);
  if (waiting_.size() < kBatchLines) return {};
  hand_over();
  return reading_.size() > kBatchesAhead ? tell_oldest() : Result<void>{};
}

void TrustedExport::hand_over() {
  reading_.push_back(std::async(std::launch::async, &TrustedExport::read_all, std::move(waiting_)));
  waiting_.clear();
}

Result<void> TrustedExport::tell_oldest() {
  Batch batch = reading_.front().get();
  reading_.pop_front();
  const std::uint64_t told_before = told_;
  for (ReadEntry& read : batch.entries) {
    if (read.moment.seq.value != told_) {
      return fail(ErrorCode::ledger_inconsistent,
                  "entry " + std::to_string(told_) + ": the leaf says " + std::to_string(read.moment.seq.value),
                  "/seq");
    }
    read.moment.previous = previous_;
    previous_ = read.moment.time;
    ++told_;
  }
  if (auto taken = sink_(std::move(batch.entries)); !taken) return taken;
  if (batch.fault)
    return fail(ErrorCode::ledger_inconsistent, "entry " + std::to_string(told_) + ": " + batch.fault->message());
  if (progress_ && told_ / kToldEvery != told_before / kToldEvery) progress_(told_, size_);
  return {};
}

Result<void> TrustedExport::finish() {
  if (!has_header_) return fail(ErrorCode::value_format, "the export is empty");
  if (!waiting_.empty()) hand_over();
  while (!reading_.empty()) {
    if (auto taken = tell_oldest(); !taken) return taken;
  }
  if (progress_) progress_(told_, size_);
  if (told_ == size_) return {};
  return fail(ErrorCode::ledger_inconsistent, "entry " + std::to_string(told_) + " is missing");
}

}  // namespace dengji::node
