// One HTTP exchange as plain values: what a session (http_session.hpp) hands to the router and what it gets back. Knows
// nothing of sockets, of Beast or of the ledger.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dengji::api {

enum class Method : std::uint8_t { get, head, post, options, other };

struct Field {
  std::string_view name;
  std::string_view value;
};

// Lives in the session until its answer is given; every view points into memory of the session. `body` may be moved
// away.
struct Request {
  Method method = Method::other;
  std::string_view target;  // as sent, without scheme and host
  std::string_view path;    // target before '?', still percent-encoded
  std::string_view query;   // after '?'
  std::string_view peer;    // address in text form, without port
  std::vector<Field> fields;
  std::string body;
  bool body_refused = false;    // larger than the plan allowed: not read, and the connection ends with the answer
  bool streaming = false;       // the body comes through Responder::read_body
  const void* route = nullptr;  // the handler's own note from plan() to handle()

  // The first field of that name (ASCII case ignored), empty if none.
  std::string_view field(std::string_view name) const;
  bool has_field(std::string_view name) const;
};

bool equals_ignore_case(std::string_view a, std::string_view b);

// One piece of a body on its way in or out. After `last` or `failed` nothing follows.
struct Piece {
  std::string bytes;
  bool last = false;
  bool failed = false;  // outgoing: cut the connection, so that the reader cannot take the body for whole
};
using PieceDone = std::move_only_function<void(Piece)>;

// An answer's body made bit by bit. pull() is called on the session's thread when the previous piece has left; `ready`
// is called once, from any thread. A piece with no bytes that is not the last is allowed (nothing is sent).
class BodySource {
 public:
  virtual ~BodySource() = default;
  virtual void pull(PieceDone ready) = 0;
};

struct Response {
  int status = 200;
  std::string_view content_type;  // a literal; empty = no body
  std::string fields;             // further lines, each "Name: value\r\n"
  std::string body;
  std::unique_ptr<BodySource> source;  // instead of body: chunked
  bool close = false;

  void add_field(std::string_view name, std::string_view value);
};

std::string_view reason_phrase(int status);

class WebSocketHandler;

// The session's side of an exchange; only Responder uses it.
class Exchange {
 public:
  virtual ~Exchange() = default;
  virtual void respond(std::move_only_function<Response()> make) = 0;
  virtual void respond_now(Response response) = 0;
  virtual void read_body(PieceDone ready) = 0;
  virtual void upgrade(std::unique_ptr<WebSocketHandler> handler, std::string fields) = 0;
};

// The duty to answer, once, from any thread. Dropped unanswered, it answers 500.
class Responder {
 public:
  explicit Responder(std::shared_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {}
  Responder(Responder&&) noexcept = default;
  Responder& operator=(Responder&&) = delete;
  ~Responder();

  void operator()(Response response) { std::exchange(exchange_, nullptr)->respond_now(std::move(response)); }
  // `make` runs on the session's thread: keeps the work of writing an answer off the caller's.
  void later(std::move_only_function<Response()> make) { std::exchange(exchange_, nullptr)->respond(std::move(make)); }
  // The next piece of a streaming request's body; one call at a time, on the session's thread or any other.
  void read_body(PieceDone ready) { exchange_->read_body(std::move(ready)); }
  // Ends the HTTP exchange; `fields` go into the 101 answer.
  void upgrade(std::unique_ptr<WebSocketHandler> handler, std::string fields);
  std::shared_ptr<Exchange> share() const { return exchange_; }

 private:
  std::shared_ptr<Exchange> exchange_;
};

// How much body a request may have; asked once its header is complete.
struct BodyPlan {
  std::size_t limit = 0;
  bool streaming = false;
};

// Implemented by the router. Both run on the session's thread and must not block.
class Handler {
 public:
  virtual ~Handler() = default;
  virtual BodyPlan plan(Request& head) = 0;
  virtual void handle(Request& request, Responder responder) = 0;
  // The answer to a request that never became one: 400, 408, 431, 505.
  virtual Response malformed(int status, std::string_view detail) = 0;
};

// A connected WebSocket as its handler sees it. send and close may be called from any thread; after close() or on_close
// nothing is sent any more.
class WebSocket {
 public:
  virtual ~WebSocket() = default;
  // `sent` is called on the session's thread when the text has left, false if it never will.
  virtual void send(std::string text, std::move_only_function<void(bool)> sent) = 0;
  virtual void close(std::uint16_t code, std::string_view reason) = 0;
};

class WebSocketHandler {
 public:
  virtual ~WebSocketHandler() = default;
  virtual void on_open(std::shared_ptr<WebSocket> socket) = 0;
  virtual void on_text(std::string_view text) = 0;
  virtual void on_close() = 0;
};

inline void Responder::upgrade(std::unique_ptr<WebSocketHandler> handler, std::string fields) {
  std::exchange(exchange_, nullptr)->upgrade(std::move(handler), std::move(fields));
}

// "%41" → 'A'; '+' stays. nullopt for a broken escape.
std::optional<std::string> percent_decode(std::string_view text);
// Everything but RFC 3986 unreserved characters is escaped.
std::string percent_encode(std::string_view text);

// `a=1&b=2` decoded, in order; nullopt for broken escapes.
using Query = std::vector<std::pair<std::string, std::string>>;
std::optional<Query> parse_query(std::string_view query);

}  // namespace dengji::api
