// Entries as they happen: /v1/stream over WebSocket, /v1/events as server-sent events. Both resume at any seq without a
// gap, both send only what the reader may see.
#include <mutex>

#include "api/event_feed.hpp"
#include "api/problem.hpp"
#include "api/receipt.hpp"
#include "api/routes.hpp"
#include "ledger/json/strict_json.hpp"

namespace dengji::api {

namespace {

constexpr std::uint16_t kCloseStopping = 1001;
constexpr std::uint16_t kClosePolicy = 1008;
constexpr std::uint16_t kCloseInternal = 1011;
constexpr std::uint16_t kCloseNoToken = 4001;
constexpr std::uint16_t kCloseBadToken = 4003;

// after= (exclusive) or from= (inclusive); by default only what is new. `last_id` is SSE's Last-Event-ID.
Result<EventFilter> read_filter(const Core& core, const Call& call, std::string_view last_id) {
  EventFilter filter{.from = core.size(), .types = {}};
  const std::string* after = call.parameter("after");
  const std::string* from = call.parameter("from");
  const std::string resumed(last_id);
  if (!resumed.empty()) after = &resumed;
  if (after != nullptr) {
    const auto seq = parse_number(*after);
    if (!seq) return fail(ErrorCode::value_format, "after must be a seq", "?after");
    filter.from = *seq + 1;
  } else if (from != nullptr) {
    const auto seq = parse_number(*from);
    if (!seq) return fail(ErrorCode::value_format, "from must be a seq", "?from");
    filter.from = *seq;
  }
  for (const auto& [name, value] : call.query) {
    if (name != "type") continue;
    if (core.tables.registry.type(value) == nullptr) return fail(ErrorCode::unknown_type, value, "?type");
    filter.types.push_back(value);
  }
  return filter;
}

std::uint16_t close_code(const Error& error) {
  switch (error.code) {
    case ErrorCode::unavailable:
      return kCloseStopping;
    case ErrorCode::unknown_key:
      return kCloseBadToken;
    default:
      return kCloseInternal;
  }
}

// One WebSocket consumer. Shared by the socket's callbacks and the fetches under way.
class StreamState : public std::enable_shared_from_this<StreamState> {
 public:
  StreamState(Core& core, EventFilter filter, std::shared_ptr<void> place)
      : core_(core), filter_(std::move(filter)), place_(std::move(place)) {}

  void open(std::shared_ptr<WebSocket> socket, std::optional<Reader> reader) {
    {
      const std::lock_guard lock(mutex_);
      socket_ = std::move(socket);
    }
    if (reader) return start(std::move(*reader));
    // The first message must say who reads.
    core_.waiter.wait(UINT64_MAX, SizeWaiter::Clock::now() + core_.config.first_message_wait,
                      [self = shared_from_this()](bool) {
                        if (!self->started()) self->close(kCloseNoToken, "no authorisation message came in time");
                      });
  }

  void on_text(std::string_view text) {
    if (started()) return close(kClosePolicy, "nothing more is expected from a consumer");
    auto message = json::read_strict(text, {.max_bytes = 4096});
    if (!message || !message->is_object() || message->size() != 1 || !message->contains("token") ||
        !(*message)["token"].is_string()) {
      return close(kClosePolicy, R"(the first message must be {"token":"<JWT>"})");
    }
    auto reader = read_token(core_, "Bearer " + (*message)["token"].get<std::string>());
    if (!reader) return close(kCloseBadToken, reader.error().message());
    start(std::move(*reader));
  }

  void on_close() {
    const std::lock_guard lock(mutex_);
    socket_.reset();
    subscription_.reset();
    place_.reset();
  }

 private:
  bool started() const {
    const std::lock_guard lock(mutex_);
    return started_;
  }

  std::shared_ptr<WebSocket> socket() const {
    const std::lock_guard lock(mutex_);
    return socket_;
  }

  void close(std::uint16_t code, const std::string& reason) {
    // A close frame has room for 123 bytes.
    if (const auto to = socket()) to->close(code, reason.substr(0, 120));
  }

  void start(Reader reader) {
    {
      const std::lock_guard lock(mutex_);
      started_ = true;
      if (!socket_) return;
      subscription_ = std::make_shared<Subscription>(core_, std::move(reader), std::move(filter_), std::move(place_));
    }
    fetch();
  }

  void fetch() {
    std::shared_ptr<Subscription> subscription;
    {
      const std::lock_guard lock(mutex_);
      subscription = subscription_;
    }
    if (!subscription) return;
    subscription->fetch([self = shared_from_this()](Subscription::Batch batch) { self->send(std::move(batch)); });
  }

  // The whole batch is queued; the next one is fetched when its last text has left.
  void send(Subscription::Batch batch) {
    const auto to = socket();
    if (!to) return;
    if (batch.ended) return close(close_code(*batch.ended), batch.ended->message());
    std::vector<std::string> texts;
    for (const auto& event : batch.events) texts.push_back(event->json);
    if (batch.heartbeat) texts.push_back(core_.feed->heartbeat(*batch.heartbeat));
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const bool last = i + 1 == texts.size();
      to->send(std::move(texts[i]), [self = shared_from_this(), last](bool sent) {
        if (last && sent) self->fetch();
      });
    }
  }

  Core& core_;
  mutable std::mutex mutex_;
  EventFilter filter_;
  std::shared_ptr<void> place_;
  std::shared_ptr<WebSocket> socket_;           // guarded by mutex_
  std::shared_ptr<Subscription> subscription_;  // guarded by mutex_
  bool started_ = false;                        // guarded by mutex_
};

class StreamHandler final : public WebSocketHandler {
 public:
  StreamHandler(std::shared_ptr<StreamState> state, std::optional<Reader> reader)
      : state_(std::move(state)), reader_(std::move(reader)) {}

  void on_open(std::shared_ptr<WebSocket> socket) override { state_->open(std::move(socket), std::move(reader_)); }
  void on_text(std::string_view text) override { state_->on_text(text); }
  void on_close() override { state_->on_close(); }

 private:
  const std::shared_ptr<StreamState> state_;
  std::optional<Reader> reader_;  // absent: it comes as the first message
};

bool wants_websocket(const Request& request) {
  return equals_ignore_case(request.field("Upgrade"), "websocket") && request.has_field("Sec-WebSocket-Key");
}

void open_stream(Core& core, Call& call) {
  auto reader = read_token(core, call.request.field("Authorization"));
  if (!reader) {
    Response refused = problem(reader.error());
    refused.status = 401;
    return answer(core, std::move(call.responder), std::move(refused));
  }
  auto filter = read_filter(core, call, {});
  if (!filter) return answer(core, std::move(call.responder), problem(filter.error()));
  const std::string* auth = call.parameter("auth");
  if (auth != nullptr && *auth != "message") {
    return answer(core, std::move(call.responder),
                  problem(ErrorCode::value_format, "auth can only be: message", "?auth"));
  }
  auto place = core.feed->take_place();
  if (!place)
    return answer(core, std::move(call.responder), problem(ErrorCode::overloaded, "too many streams are open"));
  std::optional<Reader> known;
  if (auth == nullptr) known = std::move(*reader);
  auto state = std::make_shared<StreamState>(core, std::move(*filter), std::move(place));
  call.responder.upgrade(std::make_unique<StreamHandler>(std::move(state), std::move(known)),
                         "Dengji-Size: " + std::to_string(core.size()) + "\r\n");
}

void stream(Core& core, Call call) {
  if (!wants_websocket(call.request)) {
    Response response = problem(ErrorCode::upgrade_required, "or read /v1/events");
    response.add_field("Upgrade", "websocket");
    return answer(core, std::move(call.responder), std::move(response));
  }
  auto owned = std::make_unique<Call>(std::move(call));
  Call* raw = owned.get();
  ReadPool::Job job = [&core, kept = std::move(owned)] { open_stream(core, *kept); };
  if (!core.pool.post(job)) answer(core, std::move(raw->responder), problem(ErrorCode::overloaded));
}

class EventSource final : public BodySource {
 public:
  EventSource(Core& core, std::shared_ptr<Subscription> subscription)
      : core_(core), subscription_(std::move(subscription)) {}

  void pull(PieceDone ready) override {
    if (!greeted_) {
      greeted_ = true;
      return ready(Piece{.bytes = "retry: 2000\n\n", .last = false, .failed = false});
    }
    subscription_->fetch(
        [&core = core_, ready = std::move(ready)](Subscription::Batch batch) mutable { ready(piece_of(core, batch)); });
  }

 private:
  static Piece piece_of(const Core& core, const Subscription::Batch& batch) {
    Piece piece;
    for (const auto& event : batch.events) {
      piece.bytes.append("id: ").append(std::to_string(event->seq.value));
      piece.bytes.append("\ndata: ").append(event->json).append("\n\n");
    }
    if (batch.heartbeat) {
      // Its id lets a client resume behind entries that it may not see.
      if (*batch.heartbeat > 0) piece.bytes.append("id: ").append(std::to_string(*batch.heartbeat - 1)).append("\n");
      piece.bytes.append("event: heartbeat\ndata: ").append(core.feed->heartbeat(*batch.heartbeat)).append("\n\n");
    }
    if (batch.ended) {
      piece.last = true;
      piece.bytes.append("event: end\ndata: ");
      append_json_string(piece.bytes, batch.ended->message());
      piece.bytes.append("\n\n");
    }
    return piece;
  }

  Core& core_;
  const std::shared_ptr<Subscription> subscription_;
  bool greeted_ = false;
};

Response get_events(Core& core, Call& call) {
  auto filter = read_filter(core, call, call.request.field("Last-Event-ID"));
  if (!filter) return problem(filter.error());
  auto place = core.feed->take_place();
  if (!place) return problem(ErrorCode::overloaded, "too many streams are open");
  auto subscription =
      std::make_shared<Subscription>(core, std::move(call.reader), std::move(*filter), std::move(place));
  Response response;
  response.content_type = "text/event-stream";
  response.fields = "Cache-Control: no-store\r\nX-Accel-Buffering: no\r\n";
  response.source = std::make_unique<EventSource>(core, std::move(subscription));
  return response;
}

}  // namespace

void add_stream_routes(Router& router) {
  const std::vector<Parameter> common{
      {.name = "after", .doc = "Only entries after this seq: where the last connection ended"},
      {.name = "from", .doc = "Only entries from this seq on (0 = all); without either, only new ones"},
      {.name = "type", .doc = "Only entries of this type; may be given several times"}};
  std::vector<Parameter> websocket = common;
  websocket.push_back({.name = "auth", .doc = "`message`: the read token comes as the first message"});
  router.add({.method = Method::get,
              .path = "/v1/stream",
              .summary = "Entries as CloudEvents over WebSocket",
              .tag = "stream",
              .parameters = std::move(websocket),
              .produces = {},
              .consumes = {},
              .body = {},
              .schema = {},
              .read = {},
              .quick = {},
              .raw = stream});
  router.add({.method = Method::get,
              .path = "/v1/events",
              .summary = "Entries as CloudEvents in server-sent events; Last-Event-ID resumes",
              .tag = "stream",
              .parameters = common,
              .produces = {"text/event-stream"},
              .consumes = {},
              .body = {},
              .schema = {},
              .read = get_events,
              .quick = {},
              .raw = {}});
}

}  // namespace dengji::api
