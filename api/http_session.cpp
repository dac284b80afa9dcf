#include "api/http_session.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "api/http_parser.hpp"
#include "api/ws_session.hpp"
#include "ledger/base/assert.hpp"

namespace dengji::api {

namespace {

constexpr std::size_t kBufferBytes = 16 * 1024;
constexpr std::size_t kReserveBytes = 16 * 1024;   // of a body that was announced but has not come
constexpr std::size_t kJoinBytes = 64 * 1024;      // smaller bodies leave in one buffer with their header
constexpr std::int64_t kSlowestBytesPerMs = 4;     // a streamed body slower than this runs out of time
constexpr std::size_t kLingerBytes = 1024 * 1024;  // read and thrown away after an early answer
constexpr std::chrono::milliseconds kLingerTime{1000};
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

void append_number(std::string& out, std::uint64_t value, int base = 10) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, value, base);
  out.append(digits, end.ptr);
}

class HttpSession final : public Exchange, public Timed, public std::enable_shared_from_this<HttpSession> {
 public:
  HttpSession(const SessionContext& context, std::unique_ptr<Stream> stream, std::string peer,
              std::unique_ptr<ConnectionSlot> slot)
      : loop_(context.loop),
        server_(context.server),
        stream_(std::move(stream)),
        peer_(std::move(peer)),
        slot_(std::move(slot)),
        buffer_(new char[kBufferBytes]) {
    server_->stats.open.fetch_add(1, std::memory_order_relaxed);
  }
  ~HttpSession() override { server_->stats.open.fetch_sub(1, std::memory_order_relaxed); }

  void start() {
    loop_->watch(shared_from_this());
    expect_input_until(Steady::now() + server_->limits.handshake_timeout);
    parser_.start(server_->limits.header_bytes);
    stream_->handshake([self = shared_from_this()](NetError ec, std::size_t) {
      if (ec) return self->shut();
      if (!self->closed_) self->await_request();
    });
  }

  // Exchange, from any thread.
  void respond(std::move_only_function<Response()> make) override {
    if (loop_->on_thread()) return write_answer(make());
    loop_->post([self = shared_from_this(), make = std::move(make)]() mutable { self->write_answer(make()); });
  }
  void respond_now(Response response) override {
    if (loop_->on_thread()) return write_answer(std::move(response));
    loop_->post([self = shared_from_this(), response = std::move(response)]() mutable {
      self->write_answer(std::move(response));
    });
  }
  void read_body(PieceDone ready) override {
    if (loop_->on_thread()) return want_piece(std::move(ready));
    loop_->post(
        [self = shared_from_this(), ready = std::move(ready)]() mutable { self->want_piece(std::move(ready)); });
  }
  void upgrade(std::unique_ptr<WebSocketHandler> handler, std::string fields) override {
    if (loop_->on_thread()) return hand_over(std::move(handler), std::move(fields));
    loop_->post([self = shared_from_this(), handler = std::move(handler), fields = std::move(fields)]() mutable {
      self->hand_over(std::move(handler), std::move(fields));
    });
  }

  // Timed.
  void on_deadline() override {
    if (phase_ == Phase::lingering) return shut();  // answered, and counted if that was for its slowness
    server_->stats.timed_out.fetch_add(1, std::memory_order_relaxed);
    const bool half_request = phase_ == Phase::reading && parser_.started() && !dispatched_;
    if (!half_request) return shut();
    // The peer may still be reading: tell it why. A pending read stays pending; the answer is the last thing sent.
    dispatched_ = true;
    must_close_ = true;
    input_deadline_ = Steady::time_point::max();
    write_answer(server_->handler.malformed(408, "the request did not arrive in time"));
  }
  void on_stopping() override {
    if (phase_ == Phase::reading && !parser_.started()) shut();
  }
  void on_abort() override { shut(); }

 private:
  enum class Phase : std::uint8_t { reading, handling, writing, lingering, closed };

  // A streamed body may still come in while its answer goes out, so each way has a time of its own.
  void expect_input_until(Steady::time_point time) {
    input_deadline_ = time;
    deadline = std::min(input_deadline_, output_deadline_);
  }
  void expect_output_until(Steady::time_point time) {
    output_deadline_ = time;
    deadline = std::min(input_deadline_, output_deadline_);
  }

  std::string_view unread() const { return {buffer_.get() + begin_, end_ - begin_}; }

  void await_request() {
    phase_ = Phase::reading;
    parser_.start(server_->limits.header_bytes);
    headed_ = dispatched_ = must_close_ = false;
    // One large answer must not be paid for as long as the connection lives.
    if (out_.capacity() > 2 * kJoinBytes) out_ = std::string();
    if (!tail_.empty()) tail_ = std::string();
    request_.body.clear();
    request_.body_refused = request_.streaming = false;
    piece_.clear();
    expect_output_until(Steady::time_point::max());
    expect_input_until(Steady::now() +
                       (unread().empty() ? server_->limits.idle_timeout : server_->limits.header_timeout));
    advance();
  }

  void read_more() {
    if (reading_ || closed_) return;
    if (begin_ == end_) {
      begin_ = end_ = 0;
    } else if (end_ == kBufferBytes) {
      std::memmove(buffer_.get(), buffer_.get() + begin_, end_ - begin_);
      end_ -= begin_;
      begin_ = 0;
    }
    if (end_ == kBufferBytes) return refuse_header();
    reading_ = true;
    stream_->read_some(boost::asio::buffer(buffer_.get() + end_, kBufferBytes - end_),
                       [self = shared_from_this()](NetError ec, std::size_t count) { self->on_read(ec, count); });
  }

  void on_read(NetError ec, std::size_t count) {
    reading_ = false;
    if (closed_) return;
    if (phase_ == Phase::lingering) return linger(ec, count);
    if (ec) {
      if (piece_wanted_) return deliver_piece(Piece{.bytes = {}, .last = true, .failed = true});
      if (phase_ == Phase::reading && !dispatched_) shut();
      return;
    }
    const bool first = phase_ == Phase::reading && !parser_.started();
    end_ += count;
    if (first) expect_input_until(Steady::now() + server_->limits.header_timeout);
    if (phase_ == Phase::reading || piece_wanted_) advance();
  }

  // Parses what is there; ends by reading more, by handing the request over or by refusing it.
  void advance() {
    for (;;) {
      const ParseStep step = parser_.feed(unread(), request_.streaming ? piece_ : request_.body);
      begin_ += step.consumed;
      if (step.error_status == 431) return refuse_header();
      if (step.error_status != 0) return refuse(step.error_status, step.detail);
      if (parser_.header_done() && !headed_) {
        headed_ = true;
        if (!on_head()) return;
        if (!parser_.done() && !unread().empty()) continue;
      }
      break;
    }
    if (request_.streaming) {
      if (piece_wanted_ && (parser_.done() || !piece_.empty())) return give_piece();
      if (!parser_.done()) read_more();
      return;
    }
    if (parser_.done()) return dispatch();
    read_more();
  }

  // False if the request was handed over or refused here.
  bool on_head() {
    parser_.describe(request_);
    request_.peer = peer_;
    const std::optional<std::uint64_t> length = parser_.content_length();
    const bool has_body = parser_.chunked() || length.value_or(0) > 0;
    if (!parser_.chunked() && request_.has_field("Transfer-Encoding")) {
      refuse(501, "only the chunked transfer coding is understood");
      return false;
    }
    const auto hosts = std::count_if(request_.fields.begin(), request_.fields.end(),
                                     [](const Field& field) { return equals_ignore_case(field.name, "Host"); });
    if (hosts > 1 || (hosts == 0 && parser_.http_1_1())) {
      refuse(400, "exactly one Host field is needed");
      return false;
    }
    const std::string_view expect = request_.field("Expect");
    if (!expect.empty() && !equals_ignore_case(expect, "100-continue")) {
      refuse(417, "the only expectation understood is 100-continue");
      return false;
    }
    const BodyPlan plan = server_->handler.plan(request_);
    if (length.value_or(0) > plan.limit || (parser_.chunked() && plan.limit == 0)) {
      request_.body_refused = true;
      must_close_ = true;
      dispatch();
      return false;
    }
    parser_.limit_body(plan.limit);
    if (has_body) {
      expect_input_until(Steady::now() + server_->limits.body_timeout);
      if (!plan.streaming) request_.body.reserve(std::min<std::uint64_t>(length.value_or(0), kReserveBytes));
      if (!expect.empty() && unread().empty() && !parser_.done()) send_continue();
    }
    if (!plan.streaming) return true;
    // Also without a body: whoever takes it in pieces asks for one, and learns from the last that there is nothing.
    request_.streaming = true;
    body_budget_ = server_->limits.body_timeout;
    dispatch();
    return false;
  }

  void send_continue() {
    const boost::asio::const_buffer text(kContinue.data(), kContinue.size());
    continuing_ = true;
    stream_->write({&text, 1}, [self = shared_from_this()](NetError ec, std::size_t) {
      self->continuing_ = false;
      if (ec) return self->shut();
      if (self->waiting_answer_) {
        self->waiting_answer_ = false;
        self->send_out();
      }
    });
  }

  void dispatch() {
    dispatched_ = true;
    phase_ = Phase::handling;
    expect_input_until(Steady::time_point::max());
    expect_output_until(Steady::now() + server_->limits.answer_timeout);
    server_->stats.requests.fetch_add(1, std::memory_order_relaxed);
    server_->handler.handle(request_, Responder(shared_from_this()));
  }

  void refuse_header() {
    refuse(431, "at most " + std::to_string(server_->limits.header_bytes) + " bytes and " +
                    std::to_string(kMaxHeaderFields) + " fields are taken");
  }

  void refuse(int status, std::string_view detail) {
    must_close_ = true;
    if (request_.streaming && dispatched_) {
      // The handler owns the answer: it learns that the body is broken.
      if (piece_wanted_) return deliver_piece(Piece{.bytes = {}, .last = true, .failed = true});
      piece_failed_ = true;
      return;
    }
    dispatched_ = true;
    if (status == 413) {
      request_.body_refused = true;
      return dispatch();
    }
    write_answer(server_->handler.malformed(status, detail));
  }

  // Streamed request bodies.
  void want_piece(PieceDone ready) {
    if (closed_ || piece_failed_) return ready(Piece{.bytes = {}, .last = true, .failed = true});
    LEDGER_ASSERT(!piece_wanted_ && request_.streaming);
    piece_wanted_ = std::move(ready);
    piece_since_ = Steady::now();
    expect_input_until(piece_since_ + body_budget_);
    advance();
  }

  void give_piece() {
    Piece piece{.bytes = std::move(piece_), .last = parser_.done(), .failed = false};
    piece_.clear();
    const Steady::time_point now = Steady::now();
    // Time that the peer let us wait is spent, bytes earn it back: a body that drips runs out of it.
    const std::chrono::milliseconds earned(static_cast<std::int64_t>(piece.bytes.size()) / kSlowestBytesPerMs);
    body_budget_ -= std::chrono::duration_cast<std::chrono::milliseconds>(now - piece_since_);
    body_budget_ = std::min(body_budget_ + earned, server_->limits.body_timeout);
    expect_input_until(Steady::time_point::max());
    deliver_piece(std::move(piece));
  }

  void deliver_piece(Piece piece) {
    PieceDone ready = std::exchange(piece_wanted_, nullptr);
    ready(std::move(piece));
  }

  // Answers.
  void write_answer(Response response) {
    if (closed_) return;
    phase_ = Phase::writing;
    const int status_class = std::clamp(response.status / 100, 0, 5);
    server_->stats.by_class[status_class].fetch_add(1, std::memory_order_relaxed);
    const bool known = parser_.header_done();
    const bool unread_body = known && !parser_.done() && !(request_.streaming && response.source);
    if (response.close || !known || unread_body || !parser_.keep_alive() || !parser_.http_1_1() ||
        server_->stopping.load(std::memory_order_relaxed)) {
      must_close_ = true;
    }
    const bool head_only = known && request_.method == Method::head;
    chunked_ = response.source != nullptr && known && parser_.http_1_1();
    source_ = head_only ? nullptr : std::move(response.source);
    source_done_ = false;

    out_.clear();
    out_.append("HTTP/1.1 ");
    append_number(out_, static_cast<std::uint64_t>(response.status));
    out_.append(" ").append(reason_phrase(response.status)).append("\r\n").append(loop_->date_line());
    if (!response.content_type.empty()) {
      out_.append("Content-Type: ").append(response.content_type).append("\r\n");
    }
    if (chunked_) {
      out_.append("Transfer-Encoding: chunked\r\n");
    } else if (!response.source && !source_ && response.status != 304 && response.status != 204) {
      out_.append("Content-Length: ");
      append_number(out_, response.body.size());
      out_.append("\r\n");
    }
    out_.append(response.fields);
    if (must_close_) out_.append("Connection: close\r\n");
    out_.append("\r\n");
    tail_.clear();
    if (!head_only) {
      if (response.body.size() <= kJoinBytes) {
        out_.append(response.body);
      } else {
        tail_ = std::move(response.body);
      }
    }
    if (continuing_) {
      waiting_answer_ = true;
      return;
    }
    send_out();
  }

  void send_out() {
    expect_output_until(Steady::now() + server_->limits.write_timeout);
    const std::array<boost::asio::const_buffer, 2> parts{boost::asio::buffer(out_), boost::asio::buffer(tail_)};
    stream_->write(parts, [self = shared_from_this()](NetError ec, std::size_t) { self->on_written(ec); });
  }

  void on_written(NetError ec) {
    if (closed_) return;
    if (ec) return shut();
    if (source_done_) source_.reset();
    if (source_) return pull();
    if (must_close_ || !parser_.done()) return end_connection();
    await_request();
  }

  void pull() {
    expect_output_until(Steady::time_point::max());  // a source may have nothing to say for long
    source_->pull([self = shared_from_this()](Piece piece) {
      if (self->loop_->on_thread()) return self->send_piece(std::move(piece));
      Loop& loop = *self->loop_;
      loop.post([self, piece = std::move(piece)]() mutable { self->send_piece(std::move(piece)); });
    });
  }

  void send_piece(Piece piece) {
    if (closed_) return;
    if (piece.failed) return shut();
    if (piece.bytes.empty() && !piece.last) {
      return loop_->post([self = shared_from_this()] {
        if (!self->closed_) self->pull();
      });
    }
    out_.clear();
    tail_.clear();
    if (!chunked_) {
      out_ = std::move(piece.bytes);  // HTTP/1.0: the end of the connection is the end of the body
    } else if (!piece.bytes.empty()) {
      append_number(out_, piece.bytes.size(), 16);
      out_.append("\r\n").append(piece.bytes).append("\r\n");
    }
    if (piece.last) {
      if (chunked_) out_.append("0\r\n\r\n");
      source_done_ = true;  // the source may be what called us: it goes once this has left
    }
    send_out();
  }

  // Says that no more will come, then lets the peer read the answer before the connection goes: closing with unread
  // input would reset it.
  void end_connection() {
    phase_ = Phase::lingering;
    expect_output_until(Steady::time_point::max());
    expect_input_until(Steady::now() + kLingerTime);
    lingered_ = 0;
    stream_->finish([self = shared_from_this()](NetError ec, std::size_t) {
      if (ec) return self->shut();
      if (!self->closed_) self->linger({}, 0);
    });
  }

  void linger(NetError ec, std::size_t count) {
    lingered_ += count;
    if (ec || lingered_ > kLingerBytes) return shut();
    if (reading_) return;
    begin_ = end_ = 0;
    read_more();
  }

  void shut() {
    if (closed_) return;
    closed_ = true;
    phase_ = Phase::closed;
    stream_->close();
    slot_.reset();
    const auto self = shared_from_this();
    loop_->forget(self);
    // The source may be what called us.
    loop_->post([self] { self->source_.reset(); });
    if (piece_wanted_) deliver_piece(Piece{.bytes = {}, .last = true, .failed = true});
  }

  void hand_over(std::unique_ptr<WebSocketHandler> handler, std::string fields) {
    if (closed_) return handler->on_close();
    std::string head = "GET ";
    head.append(request_.target).append(" HTTP/1.1\r\n");
    for (const Field& field : request_.fields) head.append(field.name).append(": ").append(field.value).append("\r\n");
    head.append("\r\n").append(unread());
    closed_ = true;
    phase_ = Phase::closed;
    loop_->forget(shared_from_this());
    server_->stats.by_class[1].fetch_add(1, std::memory_order_relaxed);
    start_ws_session({.loop = loop_, .server = server_}, Upgrade{.stream = std::move(stream_),
                                                                 .slot = std::move(slot_),
                                                                 .head = std::move(head),
                                                                 .fields = std::move(fields),
                                                                 .handler = std::move(handler)});
  }

  const std::shared_ptr<Loop> loop_;
  const std::shared_ptr<ServerShared> server_;
  std::unique_ptr<Stream> stream_;
  const std::string peer_;
  std::unique_ptr<ConnectionSlot> slot_;

  Phase phase_ = Phase::reading;
  bool closed_ = false;
  bool reading_ = false;     // a read is under way
  bool headed_ = false;      // the header was looked at
  bool dispatched_ = false;  // the request went to the handler, or was refused
  bool must_close_ = false;
  bool chunked_ = false;
  bool continuing_ = false;      // "100 Continue" is under way
  bool waiting_answer_ = false;  // out_ waits for it
  bool piece_failed_ = false;
  Steady::time_point input_deadline_ = Steady::time_point::max();
  Steady::time_point output_deadline_ = Steady::time_point::max();

  std::unique_ptr<char[]> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  RequestParser parser_;
  Request request_;
  std::string piece_;
  Steady::time_point piece_since_;
  std::chrono::milliseconds body_budget_{0};
  PieceDone piece_wanted_;

  std::string out_;
  std::string tail_;
  std::unique_ptr<BodySource> source_;
  bool source_done_ = false;
  std::size_t lingered_ = 0;
};

}  // namespace

void start_http_session(const SessionContext& context, std::unique_ptr<Stream> stream, std::string peer,
                        std::unique_ptr<ConnectionSlot> slot) {
  std::make_shared<HttpSession>(context, std::move(stream), std::move(peer), std::move(slot))->start();
}

}  // namespace dengji::api
