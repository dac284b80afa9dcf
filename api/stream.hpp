// A connected byte stream, plain TCP or TLS, behind one interface, so that the HTTP and WebSocket sessions are compiled
// once. All calls and completions happen on the stream's loop thread; at most one read and one write at a time.
#pragma once

#include <array>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>
#include <functional>
#include <memory>
#include <span>

// What boost/asio/ssl.hpp would bring is only needed where a context is made or used.
namespace boost::asio::ssl {
class context;
}

namespace dengji::api {

using NetError = boost::system::error_code;
// 16 bytes of capture fit without allocation: a shared_ptr to the session.
using IoDone = std::move_only_function<void(NetError, std::size_t)>;

// With the executor's type known: a type-erased one costs on every operation.
using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

class Stream {
 public:
  virtual ~Stream() = default;
  virtual boost::asio::io_context& context() = 0;
  // TLS only; completes at once for plain TCP.
  virtual void handshake(IoDone done) = 0;
  virtual void read_some(boost::asio::mutable_buffer into, IoDone done) = 0;
  virtual void write_some(std::span<const boost::asio::const_buffer> from, IoDone done) = 0;
  // All of it.
  virtual void write(std::span<const boost::asio::const_buffer> from, IoDone done) = 0;
  // Nothing more will be sent. For TLS that includes close_notify, best effort.
  virtual void finish(IoDone done) = 0;
  // Pending operations complete with an error.
  virtual void close() = 0;
};

std::unique_ptr<Stream> make_plain_stream(Socket socket);
std::unique_ptr<Stream> make_tls_stream(Socket socket, boost::asio::ssl::context& tls);

}  // namespace dengji::api
