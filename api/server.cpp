#include "api/server.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>

#include "api/http_session.hpp"
#include "api/loop.hpp"
#include "api/stream.hpp"

namespace dengji::api {

namespace {

namespace net = boost::asio;
using Tcp = net::ip::tcp;
using Acceptor = net::basic_socket_acceptor<Tcp, net::io_context::executor_type>;

// An IPv6 peer can have any address of its /64, so that is what counts as one.
std::string address_key(const net::ip::address& address) {
  if (address.is_v4()) return address.to_string();
  const net::ip::address_v6 v6 = address.to_v6();
  if (v6.is_v4_mapped()) return net::ip::make_address_v4(net::ip::v4_mapped, v6).to_string();
  const auto bytes = v6.to_bytes();
  return std::string(reinterpret_cast<const char*>(bytes.data()), 8);
}

std::string address_text(const net::ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return net::ip::make_address_v4(net::ip::v4_mapped, address.to_v6()).to_string();
  }
  return address.to_string();
}

// How many connections each address has; holds entries only for addresses that have some.
class Census : public std::enable_shared_from_this<Census> {
 public:
  class Slot final : public ConnectionSlot {
   public:
    Slot(std::shared_ptr<Census> census, std::string key) : census_(std::move(census)), key_(std::move(key)) {}
    ~Slot() override { census_->leave(key_); }

   private:
    const std::shared_ptr<Census> census_;
    const std::string key_;
  };

  // nullptr if there are too many already.
  std::unique_ptr<ConnectionSlot> enter(const std::string& key, const ServerLimits& limits) {
    const std::lock_guard lock(mutex_);
    if (total_ >= limits.connections) return nullptr;
    std::size_t& count = by_address_[key];
    if (count >= limits.connections_per_address) return nullptr;
    ++count;
    ++total_;
    return std::make_unique<Slot>(shared_from_this(), key);
  }
  std::size_t total() const {
    const std::lock_guard lock(mutex_);
    return total_;
  }
  bool wait_empty(std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [this] { return total_ == 0; });
  }

 private:
  void leave(const std::string& key) {
    const std::lock_guard lock(mutex_);
    const auto found = by_address_.find(key);
    if (--found->second == 0) by_address_.erase(found);
    if (--total_ == 0) changed_.notify_all();
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::size_t> by_address_;
  std::size_t total_ = 0;
};

Result<std::unique_ptr<net::ssl::context>> make_tls(const TlsConfig& config) {
  auto tls = std::make_unique<net::ssl::context>(net::ssl::context::tls_server);
  SSL_CTX_set_min_proto_version(tls->native_handle(), TLS1_2_VERSION);
  tls->set_options(net::ssl::context::no_compression | SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF);
  NetError ec;
  tls->use_certificate_chain_file(config.certificate_file, ec);
  if (ec) return fail(ErrorCode::config, "TLS certificate " + config.certificate_file + ": " + ec.message());
  tls->use_private_key_file(config.key_file, net::ssl::context::pem, ec);
  if (ec) return fail(ErrorCode::config, "TLS key " + config.key_file + ": " + ec.message());
  if (SSL_CTX_check_private_key(tls->native_handle()) != 1) {
    return fail(ErrorCode::config, "TLS key " + config.key_file + " does not belong to the certificate");
  }
  return tls;
}

struct Listening {
  net::ip::address address;
  std::unique_ptr<net::ssl::context> tls;  // null: plain text
};

Result<Listening> read_listening(const ServerConfig& config) {
  NetError ec;
  Listening listening{net::ip::make_address(config.address, ec), nullptr};
  if (ec) return fail(ErrorCode::config, "'" + config.address + "' is not an IP address to listen on");
  if (!config.tls.certificate_file.empty()) {
    auto made = make_tls(config.tls);
    if (!made) return std::unexpected(std::move(made.error()));
    listening.tls = std::move(*made);
  } else if (!listening.address.is_loopback() && !config.allow_plain) {
    return fail(ErrorCode::config, "will not serve plain text on " + config.address +
                                       ": name a TLS certificate and key, or allow plain text explicitly");
  }
  return listening;
}

}  // namespace

Result<void> check_listening(const ServerConfig& config) {
  auto listening = read_listening(config);
  if (!listening) return std::unexpected(std::move(listening.error()));
  return {};
}

struct Server::Impl {
  Impl(ServerConfig c, Handler& handler)
      : config(std::move(c)),
        shared(std::make_shared<ServerShared>(handler, config.limits)),
        census(std::make_shared<Census>()) {}

  Result<void> open() {
    auto listening = read_listening(config);
    if (!listening) return std::unexpected(std::move(listening.error()));
    tls = std::move(listening->tls);
    NetError ec;
    for (int i = 0; i < std::max(config.threads, 1); ++i) loops.push_back(std::make_shared<Loop>());
    acceptor.emplace(loops[0]->context());
    const Tcp::endpoint endpoint(listening->address, config.port);
    acceptor->open(endpoint.protocol(), ec);
    if (ec) return fail(ErrorCode::io, "opening a socket: " + ec.message());
    acceptor->set_option(net::socket_base::reuse_address(true), ec);
    acceptor->bind(endpoint, ec);
    if (ec) {
      const std::string where = config.address + " port " + std::to_string(config.port);
      const bool taken = ec == net::error::address_in_use;
      return fail(taken ? ErrorCode::in_use : ErrorCode::config, "cannot listen on " + where + ": " + ec.message());
    }
    acceptor->listen(1024, ec);
    if (ec) return fail(ErrorCode::io, "listen: " + ec.message());
    bound_port = acceptor->local_endpoint(ec).port();
    return {};
  }

  void run() {
    accept();
    for (const auto& loop : loops) loop->start();
  }

  void accept() {
    const std::size_t chosen = next_loop;
    next_loop = (next_loop + 1) % loops.size();
    acceptor->async_accept(loops[chosen]->context(), [this, chosen](NetError ec, Socket socket) {
      if (!acceptor->is_open()) return;
      if (!ec) {
        admit(chosen, std::move(socket));
      } else if (ec == net::error::no_descriptors || ec == net::error::no_buffer_space || ec == net::error::no_memory) {
        // Until something closes, accepting would spin.
        retry.emplace(loops[0]->context(), std::chrono::milliseconds(100));
        return retry->async_wait([this](NetError wait_error) {
          if (!wait_error && acceptor->is_open()) accept();
        });
      }
      accept();
    });
  }

  void admit(std::size_t chosen, Socket socket) {
    NetError ec;
    const Tcp::endpoint peer = socket.remote_endpoint(ec);
    if (ec) return;
    auto slot = census->enter(address_key(peer.address()), shared->limits);
    if (!slot) {
      shared->stats.refused.fetch_add(1, std::memory_order_relaxed);
      return;  // the socket closes
    }
    shared->stats.accepted.fetch_add(1, std::memory_order_relaxed);
    socket.set_option(Tcp::no_delay(true), ec);
    const std::shared_ptr<Loop>& loop = loops[chosen];
    auto stream = tls ? make_tls_stream(std::move(socket), *tls) : make_plain_stream(std::move(socket));
    loop->post([context = SessionContext{loop, shared}, stream = std::move(stream), text = address_text(peer.address()),
                slot = std::move(slot)]() mutable {
      start_http_session(context, std::move(stream), std::move(text), std::move(slot));
    });
  }

  void stop(std::chrono::milliseconds patience) {
    if (stopped) return;
    stopped = true;
    shared->stopping = true;
    loops[0]->post([this] {
      NetError ignored;
      acceptor->close(ignored);
      retry.reset();
    });
    for (const auto& loop : loops) loop->post([raw = loop.get()] { raw->tell_stopping(); });
    if (patience.count() > 0) census->wait_empty(patience);
    for (const auto& loop : loops) loop->post([raw = loop.get()] { raw->abort_all(); });
    census->wait_empty(std::chrono::seconds(1));
    for (const auto& loop : loops) loop->stop_and_join();
  }

  const ServerConfig config;
  const std::shared_ptr<ServerShared> shared;
  const std::shared_ptr<Census> census;
  std::unique_ptr<net::ssl::context> tls;
  std::vector<std::shared_ptr<Loop>> loops;
  std::optional<Acceptor> acceptor;        // loops[0]'s thread
  std::optional<net::steady_timer> retry;  // loops[0]'s thread
  std::size_t next_loop = 0;               // loops[0]'s thread
  std::uint16_t bound_port = 0;
  bool stopped = false;
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() {
  stop(std::chrono::milliseconds(0));
}

Result<std::unique_ptr<Server>> Server::start(ServerConfig config, Handler& handler) {
  auto impl = std::make_unique<Impl>(std::move(config), handler);
  if (auto opened = impl->open(); !opened) return std::unexpected(opened.error());
  impl->run();
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

std::uint16_t Server::port() const {
  return impl_->bound_port;
}

const ServerStats& Server::stats() const {
  return impl_->shared->stats;
}

void Server::stop(std::chrono::milliseconds patience) {
  impl_->stop(patience);
}

}  // namespace dengji::api
