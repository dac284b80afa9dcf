#include "api/client.hpp"

#include <array>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <optional>

#include "api/http.hpp"
#include "api/http_parser.hpp"
#include "api/stream.hpp"

namespace dengji::api {

namespace {

namespace net = boost::asio;
using Tcp = net::ip::tcp;
using TlsSocket = net::ssl::stream<Tcp::socket>;

struct Url {
  bool tls = false;
  std::string host;  // without the brackets of an IPv6 address
  std::string port;
  std::string authority;  // for the Host field
};

std::optional<Url> parse_url(std::string_view text) {
  Url url;
  if (text.starts_with("https://")) {
    url.tls = true;
    text.remove_prefix(8);
  } else if (text.starts_with("http://")) {
    text.remove_prefix(7);
  } else {
    return std::nullopt;
  }
  if (text.ends_with('/')) text.remove_suffix(1);
  if (text.empty() || text.find_first_of("/?#@ \t\r\n") != std::string_view::npos) return std::nullopt;
  url.authority = text;
  std::string_view port;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    url.host = text.substr(1, end - 1);
    text.remove_prefix(end + 1);
    if (!text.empty() && text.front() != ':') return std::nullopt;
    port = text.empty() ? std::string_view{} : text.substr(1);
  } else {
    const std::size_t colon = text.find(':');
    url.host = text.substr(0, colon);
    port = colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1);
  }
  url.port = port.empty() ? (url.tls ? "443" : "80") : std::string(port);
  if (url.host.empty() || url.port.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
  return url;
}

}  // namespace

std::string_view ClientResponse::field(std::string_view name) const {
  for (const auto& [key, value] : fields)
    if (equals_ignore_case(key, name)) return value;
  return {};
}

// Operations are started asynchronously and the context is run until they end or time is up: blocking calls cannot be
// given a deadline.
struct HttpClient::Impl {
  Impl(ClientConfig c, Url u) : config(std::move(c)), url(std::move(u)) {}

  std::unexpected<Error> unreachable(const std::string& why) {
    drop();
    return fail(ErrorCode::unreachable, config.base_url + ": " + why);
  }

  void drop() {
    NetError ignored;
    if (tls) tls->lowest_layer().close(ignored);
    if (plain) plain->close(ignored);
    context.restart();
    context.run_for(std::chrono::milliseconds(10));  // what was aborted comes back here
    tls.reset();
    plain.reset();
    buffered.clear();
  }

  bool connected() const { return tls || plain; }
  Tcp::socket& socket() { return tls ? tls->next_layer() : *plain; }

  // Runs what `start` begins; its completion sets `result`. False: time is up (everything is closed then).
  template <class Start>
  bool run(Start start, NetError& result) {
    bool done = false;
    start([&](NetError ec) {
      result = ec;
      done = true;
    });
    context.restart();
    const auto end = std::chrono::steady_clock::now() + config.timeout;
    while (!done && std::chrono::steady_clock::now() < end) context.run_one_until(end);
    if (done) return true;
    NetError ignored;
    if (connected()) socket().close(ignored);
    resolver.cancel();
    context.run();  // until the cancelled operation has said so: nothing else is pending
    return false;
  }

  Result<void> connect() {
    NetError ec;
    Tcp::resolver::results_type endpoints;
    const bool resolved = run(
        [&](auto done) {
          resolver.async_resolve(url.host, url.port, [&endpoints, done](NetError e, Tcp::resolver::results_type found) {
            endpoints = std::move(found);
            done(e);
          });
        },
        ec);
    if (!resolved) return unreachable("the name did not resolve in time");
    if (ec) return unreachable(ec.message());
    if (url.tls) {
      tls.emplace(context, *tls_context);
    } else {
      plain.emplace(context);
    }
    const bool reached = run(
        [&](auto done) {
          net::async_connect(socket(), endpoints, [done](NetError e, const Tcp::endpoint&) { done(e); });
        },
        ec);
    if (!reached) return unreachable("no connection in time");
    if (ec) return unreachable(ec.message());
    socket().set_option(Tcp::no_delay(true), ec);
    return url.tls ? handshake() : Result<void>{};
  }

  Result<void> handshake() {
    NetError ec;
    tls->set_verify_callback(net::ssl::host_name_verification(url.host), ec);
    SSL_set_tlsext_host_name(tls->native_handle(), url.host.c_str());
    const bool shook = run([&](auto done) { tls->async_handshake(net::ssl::stream_base::client, done); }, ec);
    if (!shook) return unreachable("no TLS in time");
    if (ec) return unreachable("TLS: " + ec.message());
    return {};
  }

  bool write(const std::string& bytes, NetError& ec) {
    return run(
        [&](auto done) {
          const auto finish = [done](NetError e, std::size_t) { done(e); };
          if (tls) {
            net::async_write(*tls, net::buffer(bytes), finish);
          } else {
            net::async_write(*plain, net::buffer(bytes), finish);
          }
        },
        ec);
  }

  bool read(NetError& ec) {
    std::size_t count = 0;
    const bool in_time = run(
        [&](auto done) {
          const auto finish = [done, &count](NetError e, std::size_t n) {
            count = n;
            done(e);
          };
          if (tls) {
            tls->async_read_some(net::buffer(chunk), finish);
          } else {
            plain->async_read_some(net::buffer(chunk), finish);
          }
        },
        ec);
    buffered.append(chunk.data(), count);
    return in_time;
  }

  std::string head_of(const Request& request) const {
    std::string head(request.method);
    head.append(" ").append(request.target).append(" HTTP/1.1\r\nHost: ").append(url.authority).append("\r\n");
    for (const auto& [name, value] : request.fields) head.append(name).append(": ").append(value).append("\r\n");
    if (!request.body.empty() || request.method == "POST") {
      head.append("Content-Length: ").append(std::to_string(request.body.size())).append("\r\n");
    }
    return head.append("\r\n");
  }

  struct Exchange {
    Result<ClientResponse> response;
    bool stale = false;  // the kept connection was gone before an answer began
  };

  Exchange exchange(const Request& request, const Sink& sink) {
    const bool kept = connected();
    if (!kept) {
      if (auto made = connect(); !made) return {std::unexpected(made.error()), false};
    }
    NetError ec;
    if (!write(head_of(request) + request.body, ec)) return {unreachable("sending took too long"), false};
    if (ec && kept) return {unreachable(ec.message()), true};
    // A server may answer and close before it has read everything: look for its answer all the same.
    return read_response(request, sink, kept);
  }

  Exchange read_response(const Request& request, const Sink& sink, bool kept) {
    ResponseParser parser(request.method == "HEAD");
    ClientResponse response;
    std::string body;
    while (!parser.done()) {
      const ParseStep step = parser.feed(buffered, body);
      buffered.erase(0, step.consumed);
      if (step.error_status != 0) return {unreachable("the answer is " + std::string(step.detail)), false};
      if (parser.header_done()) {
        if (sink && parser.status() / 100 == 2) {
          if (!body.empty() && !sink(body)) return {unreachable("the download was stopped"), false};
        } else {
          response.body.append(body);
        }
        body.clear();
      }
      if (parser.done() || step.consumed > 0) continue;
      NetError ec;
      if (!read(ec)) return {unreachable("no answer in time"), false};
      if (!ec) continue;
      if (ec == net::error::eof && parser.end()) break;
      const bool nothing = !parser.header_done() && buffered.empty();
      return {unreachable(ec.message()), kept && nothing};
    }
    response.status = parser.status();
    response.fields = parser.fields();
    if (!parser.keep_alive()) drop();
    return {std::move(response), false};
  }

  const ClientConfig config;
  const Url url;
  net::io_context context{1};
  Tcp::resolver resolver{context};
  std::unique_ptr<net::ssl::context> tls_context;
  std::optional<TlsSocket> tls;
  std::optional<Tcp::socket> plain;
  std::array<char, 64 * 1024> chunk;
  std::string buffered;
};

HttpClient::HttpClient(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;
HttpClient::~HttpClient() {
  if (impl_) impl_->drop();
}

Result<HttpClient> HttpClient::make(ClientConfig config) {
  auto url = parse_url(config.base_url);
  if (!url) return fail(ErrorCode::usage, "'" + config.base_url + "' is not of the form http[s]://host[:port]");
  auto impl = std::make_unique<Impl>(std::move(config), std::move(*url));
  if (impl->url.tls) {
    impl->tls_context = std::make_unique<net::ssl::context>(net::ssl::context::tls_client);
    SSL_CTX_set_min_proto_version(impl->tls_context->native_handle(), TLS1_2_VERSION);
    impl->tls_context->set_verify_mode(net::ssl::verify_peer);
    NetError ec;
    if (impl->config.ca_file.empty()) {
      impl->tls_context->set_default_verify_paths(ec);
    } else {
      impl->tls_context->load_verify_file(impl->config.ca_file, ec);
    }
    if (ec) return fail(ErrorCode::config, "authorities in " + impl->config.ca_file + ": " + ec.message());
  }
  return HttpClient(std::move(impl));
}

Result<ClientResponse> HttpClient::send(const Request& request) {
  return download(request, nullptr);
}

Result<ClientResponse> HttpClient::get(std::string target, ClientFields fields) {
  return send({.method = "GET", .target = std::move(target), .fields = std::move(fields), .body = {}});
}

Result<ClientResponse> HttpClient::post(std::string target, std::string content_type, std::string body) {
  return send({.method = "POST",
               .target = std::move(target),
               .fields = {{"Content-Type", std::move(content_type)}},
               .body = std::move(body)});
}

Result<ClientResponse> HttpClient::download(const Request& request, const Sink& sink) {
  Impl::Exchange first = impl_->exchange(request, sink);
  if (!first.stale) return std::move(first.response);
  return impl_->exchange(request, sink).response;
}

const std::string& HttpClient::base_url() const {
  return impl_->config.base_url;
}

}  // namespace dengji::api
