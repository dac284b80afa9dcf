// POST /v1/batches: many entries as NDJSON, one result line per entry line, in the same order. Entries are independent:
// one may be refused and the next accepted. Body and answer stream; at most kInFlight entries are undecided and at most
// kMaxWaiting bytes of results unread before reading pauses.
#include <deque>
#include <mutex>
#include <optional>

#include "api/problem.hpp"
#include "api/receipt.hpp"
#include "api/routes.hpp"
#include "ledger/base/limits.hpp"

namespace dengji::api {

namespace {

constexpr std::size_t kInFlight = 256;
constexpr std::size_t kMaxWaiting = std::size_t{32} << 20;
constexpr std::size_t kResultsPieceBytes = 64 * 1024;

std::string result_line(std::uint64_t line, const SubmitOutcome& outcome) {
  std::string out = R"({"line":)" + std::to_string(line) + R"(,"status":)";
  if (const auto* receipt = std::get_if<Receipt>(&outcome)) {
    return out.append(receipt->created ? "201" : "200")
        .append(R"(,"receipt":)")
        .append(receipt_json(*receipt))
        .append("}\n");
  }
  const auto* refusal = std::get_if<Refusal>(&outcome);
  const Response refused = refusal != nullptr ? problem(*refusal) : problem(std::get<SubmitError>(outcome));
  return out.append(std::to_string(refused.status)).append(R"(,"problem":)").append(refused.body).append("}\n");
}

// Lives as long as the body, the answer or an entry's outcome is outstanding.
class Batch : public std::enable_shared_from_this<Batch> {
 public:
  Batch(Core& core, std::shared_ptr<Exchange> exchange) : core_(core), exchange_(std::move(exchange)) {}

  // From the answer's source: what is ready, or later.
  void pull(PieceDone ready) {
    const auto self = shared_from_this();  // the last piece ends the source that called
    {
      const std::lock_guard lock(mutex_);
      ready_ = std::move(ready);
    }
    step();
  }

  // The answer will not be read any more.
  void abandon() {
    const std::lock_guard lock(mutex_);
    abandoned_ = true;
    results_.clear();
    waiting_bytes_ = 0;
  }

 private:
  struct Result {
    std::optional<std::string> text;  // absent while undecided
  };

  void on_piece(const Piece& piece) {
    partial_.append(piece.bytes);
    if (!piece.failed) take_lines(piece.last);
    {
      const std::lock_guard lock(mutex_);
      reading_ = false;
      input_ended_ = piece.last || piece.failed;
      broken_ = piece.failed;
    }
    step();
  }

  // Splits what has come into lines and submits them. Runs for one piece at a time.
  void take_lines(bool last) {
    std::size_t begin = 0;
    for (std::size_t end; (end = partial_.find('\n', begin)) != std::string::npos; begin = end + 1) {
      take_line(std::string_view(partial_).substr(begin, end - begin));
    }
    partial_.erase(0, begin);
    if (partial_.size() > kMaxSubmitBytes && !last) {
      // The line is lost, not the batch: its result is fixed, the rest of it is thrown away as it comes.
      if (!skipping_) submit_line({}, true);
      skipping_ = true;
      partial_.clear();
    }
    if (!last) return;
    if (!partial_.empty()) take_line(partial_);
    partial_.clear();
  }

  void take_line(std::string_view line) {
    if (skipping_) {
      skipping_ = false;  // the end of a line that was too long
      return;
    }
    if (line.ends_with('\r')) line.remove_suffix(1);
    submit_line(line, line.size() > kMaxSubmitBytes);
  }

  void submit_line(std::string_view line, bool too_long) {
    std::uint64_t number = 0;
    {
      const std::lock_guard lock(mutex_);
      number = first_line_ + results_.size();
      if (abandoned_) return;
      results_.emplace_back();
      ++undecided_;
    }
    if (number > kMaxBatchEntries) {
      return decide(number, SubmitError{{ErrorCode::body_too_large, "a batch has at most 4096 lines", {}}, {}, 0});
    }
    if (too_long) return decide(number, SubmitError{{ErrorCode::entry_too_large, {}, {}}, {}, 0});
    core_.ports.submit.submit(std::string(line), [self = shared_from_this(), number](SubmitOutcome outcome) {
      self->decide(number, outcome);
      self->step();
    });
  }

  void decide(std::uint64_t line, const SubmitOutcome& outcome) {
    std::string text = result_line(line, outcome);
    const std::lock_guard lock(mutex_);
    --undecided_;
    if (abandoned_) return;
    waiting_bytes_ += text.size();
    results_[line - first_line_].text = std::move(text);
  }

  // Sends what is ready at the head of the line, and reads on if there is room.
  void step() {
    PieceDone ready;
    Piece piece;
    bool read = false;
    {
      const std::lock_guard lock(mutex_);
      if (ready_) {
        while (!results_.empty() && results_.front().text && piece.bytes.size() < kResultsPieceBytes) {
          waiting_bytes_ -= results_.front().text->size();
          piece.bytes.append(*results_.front().text);
          results_.pop_front();
          ++first_line_;
        }
        piece.last = input_ended_ && results_.empty();
        piece.failed = broken_ && piece.last;
        if (!piece.bytes.empty() || piece.last) ready = std::exchange(ready_, nullptr);
      }
      if (!input_ended_ && !reading_ && undecided_ < kInFlight && waiting_bytes_ < kMaxWaiting) {
        reading_ = true;
        read = true;
      }
    }
    if (ready) ready(std::move(piece));
    if (read) {
      exchange_->read_body([self = shared_from_this()](Piece next) { self->on_piece(next); });
    }
  }

  Core& core_;
  const std::shared_ptr<Exchange> exchange_;
  std::string partial_;    // of the piece being read
  bool skipping_ = false;  // likewise

  std::mutex mutex_;
  std::deque<Result> results_;  // guarded by mutex_, from first_line_ on
  std::uint64_t first_line_ = 1;
  std::size_t undecided_ = 0;
  std::size_t waiting_bytes_ = 0;
  bool reading_ = false;  // until a piece is taken whole
  bool input_ended_ = false;
  bool broken_ = false;  // the body did not come whole: the answer is cut, too
  bool abandoned_ = false;
  PieceDone ready_;
};

class BatchAnswer final : public BodySource {
 public:
  explicit BatchAnswer(std::shared_ptr<Batch> batch) : batch_(std::move(batch)) {}
  ~BatchAnswer() override { batch_->abandon(); }
  void pull(PieceDone ready) override { batch_->pull(std::move(ready)); }

 private:
  const std::shared_ptr<Batch> batch_;
};

void take_batch(Core& core, Call call) {
  auto batch = std::make_shared<Batch>(core, call.responder.share());
  Response response;
  response.content_type = "application/x-ndjson";
  response.fields = "Cache-Control: private, no-store\r\n";
  response.source = std::make_unique<BatchAnswer>(std::move(batch));
  answer(core, std::move(call.responder), std::move(response));
}

}  // namespace

void add_batch_routes(Router& router) {
  router.add({.method = Method::post,
              .path = "/v1/batches",
              .summary = "Submit up to 4096 entries, one JSON text per line; one result line per entry, in order",
              .tag = "entries",
              .parameters = {},
              .produces = {"application/x-ndjson"},
              .consumes = {"application/x-ndjson", "application/jsonl"},
              .body = {.limit = kMaxBatchEntries * (kMaxSubmitBytes / 2 + 2), .streaming = true},
              .schema = "BatchResult",
              .read = {},
              .quick = {},
              .raw = take_batch});
}

}  // namespace dengji::api
