// GET /v1/export: the whole ledger as one file for auditors, in docs/formats.md's "Export" form. Made piece by piece as
// the reader takes it; the size is that of the checkpoint at the start.
#include "api/problem.hpp"
#include "api/receipt.hpp"
#include "api/routes.hpp"

namespace dengji::api {

namespace {

constexpr std::size_t kExportPieceBytes = 256 * 1024;

class Export : public std::enable_shared_from_this<Export> {
 public:
  explicit Export(Core& core) : core_(core), checkpoint_(core.ports.ledger.checkpoint()) {}

  void pull(PieceDone ready) {
    auto kept = std::make_shared<PieceDone>(std::move(ready));
    ReadPool::Job job = [self = shared_from_this(), kept] { (*kept)(self->next()); };
    if (!core_.pool.post(job)) (*kept)(Piece{.bytes = {}, .last = true, .failed = true});
  }

 private:
  Piece next() {
    Piece piece;
    if (next_ == 0) piece.bytes = header();
    if (next_ < checkpoint_->size) {
      auto visited = core_.ports.ledger.leaves(Seq{next_}, [&](Seq seq, std::string_view leaf) {
        if (seq.value >= checkpoint_->size) return false;
        piece.bytes.append(leaf).append("\n");
        next_ = seq.value + 1;
        return next_ < checkpoint_->size && piece.bytes.size() < kExportPieceBytes;
      });
      if (!visited) return {.bytes = {}, .last = true, .failed = true};
    }
    if (next_ < checkpoint_->size) return piece;
    piece.bytes.append(R"({"checkpoint":)");
    append_json_string(piece.bytes, checkpoint_->note);
    piece.bytes.append("}\n");
    piece.last = true;
    return piece;
  }

  std::string header() const {
    std::string line = R"({"dengji":"export","genesis":)";
    append_json_string(line, core_.ports.ledger.genesis());
    line.append(R"(,"ledger":)");
    append_json_string(line, core_.ports.ledger.ledger_id());
    return line.append(R"(,"size":)").append(std::to_string(checkpoint_->size)).append(",\"v\":1}\n");
  }

  Core& core_;
  const std::shared_ptr<const Checkpoint> checkpoint_;
  std::uint64_t next_ = 0;  // one piece at a time is under way
};

class ExportSource final : public BodySource {
 public:
  explicit ExportSource(Core& core) : export_(std::make_shared<Export>(core)) {}
  void pull(PieceDone ready) override { export_->pull(std::move(ready)); }

 private:
  const std::shared_ptr<Export> export_;
};

Response get_export(Core& core, Call& call) {
  if (!call.reader.org) return problem(ErrorCode::bad_token, "the export is for auditors: show a read token");
  if (!call.reader.may_export) return problem(ErrorCode::not_allowed, "the export is for auditors and the bureau");
  Response response;
  response.content_type = "application/x-ndjson";
  response.add_field("Content-Disposition", "attachment; filename=\"ledger.ndjson\"");
  response.source = std::make_unique<ExportSource>(core);
  return response;
}

}  // namespace

void add_export_routes(Router& router) {
  router.add({.method = Method::get,
              .path = "/v1/export",
              .summary = "The whole ledger for auditors: header line, leaves, last checkpoint",
              .tag = "log",
              .parameters = {},
              .produces = {"application/x-ndjson"},
              .consumes = {},
              .body = {},
              .schema = {},
              .read = get_export,
              .quick = {},
              .raw = {}});
}

}  // namespace dengji::api
