#include "api/stream.hpp"

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

namespace dengji::api {

namespace {

namespace net = boost::asio;

// Several buffers as one cheap-to-copy sequence; the sessions never write more than this at once.
struct Gather {
  using value_type = net::const_buffer;
  using const_iterator = const net::const_buffer*;
  std::array<net::const_buffer, 8> parts;
  std::size_t count = 0;

  explicit Gather(std::span<const net::const_buffer> from) {
    for (const net::const_buffer& part : from) {
      if (count == parts.size()) break;
      if (part.size() != 0) parts[count++] = part;
    }
  }
  const_iterator begin() const { return parts.data(); }
  const_iterator end() const { return parts.data() + count; }
};

class PlainStream final : public Stream {
 public:
  explicit PlainStream(Socket socket) : socket_(std::move(socket)) {}

  net::io_context& context() override { return socket_.get_executor().context(); }
  void handshake(IoDone done) override { done({}, 0); }
  void read_some(net::mutable_buffer into, IoDone done) override { socket_.async_read_some(into, std::move(done)); }
  void write_some(std::span<const net::const_buffer> from, IoDone done) override {
    socket_.async_write_some(Gather(from), std::move(done));
  }
  void write(std::span<const net::const_buffer> from, IoDone done) override {
    net::async_write(socket_, Gather(from), std::move(done));
  }
  void finish(IoDone done) override {
    NetError ec;
    socket_.shutdown(net::socket_base::shutdown_send, ec);
    done(ec, 0);
  }
  void close() override {
    NetError ignored;
    socket_.close(ignored);
  }

 private:
  Socket socket_;
};

class TlsStream final : public Stream {
 public:
  TlsStream(Socket socket, net::ssl::context& tls) : stream_(std::move(socket), tls) {}

  net::io_context& context() override { return stream_.get_executor().context(); }
  void handshake(IoDone done) override {
    stream_.async_handshake(net::ssl::stream_base::server,
                            [done = std::move(done)](NetError ec) mutable { done(ec, 0); });
  }
  void read_some(net::mutable_buffer into, IoDone done) override { stream_.async_read_some(into, std::move(done)); }
  void write_some(std::span<const net::const_buffer> from, IoDone done) override {
    stream_.async_write_some(Gather(from), std::move(done));
  }
  void write(std::span<const net::const_buffer> from, IoDone done) override {
    net::async_write(stream_, Gather(from), std::move(done));
  }
  void finish(IoDone done) override {
    stream_.async_shutdown([done = std::move(done)](NetError ec) mutable { done(ec, 0); });
  }
  void close() override {
    NetError ignored;
    stream_.lowest_layer().close(ignored);
  }

 private:
  net::ssl::stream<Socket> stream_;
};

}  // namespace

std::unique_ptr<Stream> make_plain_stream(Socket socket) {
  return std::make_unique<PlainStream>(std::move(socket));
}

std::unique_ptr<Stream> make_tls_stream(Socket socket, net::ssl::context& tls) {
  return std::make_unique<TlsStream>(std::move(socket), tls);
}

}  // namespace dengji::api
