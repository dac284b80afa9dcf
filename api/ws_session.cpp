#include "api/ws_session.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <deque>

namespace dengji::api {

namespace {

namespace beast = boost::beast;
namespace net = boost::asio;

constexpr std::size_t kMaxQueuedTexts = 64;

// What Beast's WebSocket stands on: the type-erased stream, dressed as an AsyncStream.
class Layer {
 public:
  using executor_type = net::io_context::executor_type;

  explicit Layer(std::unique_ptr<Stream> stream) : stream_(std::move(stream)) {}
  executor_type get_executor() const { return stream_->context().get_executor(); }
  Stream& stream() { return *stream_; }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    const net::mutable_buffer into = first_of(buffers);
    return net::async_initiate<Token, void(NetError, std::size_t)>(
        [this, into](auto&& handler) { stream_->read_some(into, IoDone(std::forward<decltype(handler)>(handler))); },
        token);
  }

  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    std::array<net::const_buffer, 8> parts;
    std::size_t count = 0;
    for (auto at = net::buffer_sequence_begin(buffers); at != net::buffer_sequence_end(buffers); ++at) {
      if (count == parts.size()) break;
      parts[count++] = *at;
    }
    return net::async_initiate<Token, void(NetError, std::size_t)>(
        [this, parts, count](auto&& handler) {
          stream_->write_some({parts.data(), count}, IoDone(std::forward<decltype(handler)>(handler)));
        },
        token);
  }

 private:
  template <class Buffers>
  static net::mutable_buffer first_of(const Buffers& buffers) {
    for (auto at = net::buffer_sequence_begin(buffers); at != net::buffer_sequence_end(buffers); ++at) {
      const net::mutable_buffer part = *at;
      if (part.size() != 0) return part;
    }
    return {};
  }

  std::unique_ptr<Stream> stream_;
};

// Found by Beast through argument-dependent look-up.
template <class Handler>
void async_teardown(beast::role_type, Layer& layer, Handler&& handler) {
  layer.stream().close();
  net::post(layer.get_executor(), [handler = std::forward<Handler>(handler)]() mutable { handler(NetError{}); });
}
void beast_close_socket(Layer& layer) {
  layer.stream().close();
}

class WsSession final : public WebSocket, public Timed, public std::enable_shared_from_this<WsSession> {
 public:
  WsSession(const SessionContext& context, Upgrade upgrade)
      : loop_(context.loop),
        server_(context.server),
        slot_(std::move(upgrade.slot)),
        fields_(std::move(upgrade.fields)),
        handler_(std::move(upgrade.handler)),
        ws_(std::move(upgrade.stream)) {
    server_->stats.open.fetch_add(1, std::memory_order_relaxed);
    server_->stats.websockets.fetch_add(1, std::memory_order_relaxed);
  }
  ~WsSession() override {
    server_->stats.open.fetch_sub(1, std::memory_order_relaxed);
    server_->stats.websockets.fetch_sub(1, std::memory_order_relaxed);
  }

  void start(const std::string& head) {
    loop_->watch(shared_from_this());
    const ServerLimits& limits = server_->limits;
    ws_.set_option(beast::websocket::stream_base::timeout{.handshake_timeout = limits.handshake_timeout,
                                                          .idle_timeout = limits.websocket_idle_timeout,
                                                          .keep_alive_pings = true});
    ws_.set_option(beast::websocket::stream_base::decorator([this](beast::websocket::response_type& response) {
      std::string_view rest = fields_;
      while (!rest.empty()) {
        const std::string_view line = rest.substr(0, rest.find("\r\n"));
        rest.remove_prefix(std::min(line.size() + 2, rest.size()));
        const std::size_t colon = line.find(": ");
        if (colon == std::string_view::npos) continue;
        response.set(beast::string_view(line.data(), colon),
                     beast::string_view(line.data() + colon + 2, line.size() - colon - 2));
      }
    }));
    ws_.read_message_max(limits.websocket_message_bytes);
    ws_.text(true);
    ws_.auto_fragment(false);  // one event, one frame
    ws_.async_accept(net::buffer(head), [self = shared_from_this()](NetError ec) { self->on_accepted(ec); });
  }

  // WebSocket, from any thread.
  void send(std::string text, std::move_only_function<void(bool)> sent) override {
    if (loop_->on_thread()) return enqueue(std::move(text), std::move(sent));
    loop_->post([self = shared_from_this(), text = std::move(text), sent = std::move(sent)]() mutable {
      self->enqueue(std::move(text), std::move(sent));
    });
  }
  void close(std::uint16_t code, std::string_view reason) override {
    if (loop_->on_thread()) return say_goodbye(code, std::string(reason));
    loop_->post([self = shared_from_this(), code, why = std::string(reason)] { self->say_goodbye(code, why); });
  }

  // Timed. The only deadline is that of a text on its way out, then that of a close.
  void on_deadline() override {
    server_->stats.timed_out.fetch_add(1, std::memory_order_relaxed);
    if (closing_) return shut();
    say_goodbye(4008, "too slow: the queue did not drain in time");
  }
  void on_stopping() override { say_goodbye(1001, "the node is stopping"); }
  void on_abort() override { shut(); }

 private:
  struct Text {
    std::string bytes;
    std::move_only_function<void(bool)> sent;
  };

  void on_accepted(NetError ec) {
    if (ec || closed_) return shut();
    open_ = true;
    handler_->on_open(shared_from_this());
    if (!closed_) read();
  }

  void read() {
    ws_.async_read(incoming_, [self = shared_from_this()](NetError ec, std::size_t) { self->on_read(ec); });
  }

  void on_read(NetError ec) {
    if (ec) return shut();
    if (closed_) return;
    if (!ws_.got_text()) {
      say_goodbye(1003, "only text messages are understood");
    } else if (!closing_) {
      const auto bytes = incoming_.data();
      handler_->on_text({static_cast<const char*>(bytes.data()), bytes.size()});
    }
    incoming_.consume(incoming_.size());
    if (!closed_) read();
  }

  void enqueue(std::string text, std::move_only_function<void(bool)> sent) {
    if (closed_ || closing_) return sent(false);
    if (queue_.size() == kMaxQueuedTexts) {
      sent(false);
      return say_goodbye(4008, "too slow: the queue is full");
    }
    queue_.push_back({std::move(text), std::move(sent)});
    if (queue_.size() == 1) write();
  }

  void write() {
    deadline = Steady::now() + server_->limits.write_timeout;
    ws_.async_write(net::buffer(queue_.front().bytes),
                    [self = shared_from_this()](NetError ec, std::size_t) { self->on_written(ec); });
  }

  void on_written(NetError ec) {
    if (closed_) return;
    if (ec) return shut();
    Text done = std::move(queue_.front());
    queue_.pop_front();
    if (!closing_) {
      deadline = Steady::time_point::max();
      if (!queue_.empty()) write();
    }
    done.sent(true);
  }

  // The close frame waits behind the frame that is being written; who does not read that is cut off.
  void say_goodbye(std::uint16_t code, const std::string& reason) {
    if (closed_ || closing_) return;
    if (!open_) return shut();
    closing_ = true;
    deadline = Steady::now() + std::chrono::seconds(2);
    const beast::websocket::close_reason why{static_cast<beast::websocket::close_code>(code),
                                             beast::string_view(reason)};
    ws_.async_close(why, [self = shared_from_this()](NetError) { self->shut(); });
  }

  void shut() {
    if (closed_) return;
    closed_ = true;
    ws_.next_layer().stream().close();
    slot_.reset();
    loop_->forget(shared_from_this());
    for (Text& text : queue_)
      if (text.sent) text.sent(false);
    handler_->on_close();
  }

  const std::shared_ptr<Loop> loop_;
  const std::shared_ptr<ServerShared> server_;
  std::unique_ptr<ConnectionSlot> slot_;
  const std::string fields_;
  std::unique_ptr<WebSocketHandler> handler_;
  beast::websocket::stream<Layer, false> ws_;
  beast::flat_buffer incoming_;
  std::deque<Text> queue_;
  bool open_ = false;
  bool closing_ = false;
  bool closed_ = false;
};

}  // namespace

void start_ws_session(const SessionContext& context, Upgrade upgrade) {
  const std::string head = std::move(upgrade.head);
  std::make_shared<WsSession>(context, std::move(upgrade))->start(head);
}

}  // namespace dengji::api
