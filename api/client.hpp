// A blocking HTTP/1.1 client over TCP or TLS, for the command line and for tools: keeps its connection alive, every
// step has a deadline. One thread at a time.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ledger/base/error.hpp"

namespace dengji::api {

struct ClientConfig {
  std::string base_url;  // http://host[:port] or https://host[:port], nothing behind it but perhaps '/'
  std::string ca_file;   // PEM; empty: the system's authorities
  std::chrono::milliseconds timeout{30'000};  // for connecting, and for each wait for bytes
};

using ClientFields = std::vector<std::pair<std::string, std::string>>;

struct ClientResponse {
  int status = 0;
  ClientFields fields;
  std::string body;

  // The first field of that name, case ignored; empty if none.
  std::string_view field(std::string_view name) const;
};

class HttpClient {
 public:
  // Error: usage for a URL of another form, config for an unreadable ca_file.
  static Result<HttpClient> make(ClientConfig config);
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;
  ~HttpClient();

  struct Request {
    std::string_view method = "GET";
    std::string target;  // path and query, percent-encoded
    ClientFields fields;
    std::string body;
  };
  // Any status is a response; the error is `unreachable`, naming the URL. A request on a kept connection that the
  // server had closed is sent once more on a new one: every request of ours may be repeated.
  Result<ClientResponse> send(const Request& request);
  Result<ClientResponse> get(std::string target, ClientFields fields = {});
  Result<ClientResponse> post(std::string target, std::string content_type, std::string body);

  // The body of a 2xx answer goes to `sink` piece by piece (and is empty in the result); `sink` returns false to stop.
  using Sink = std::function<bool(std::string_view)>;
  Result<ClientResponse> download(const Request& request, const Sink& sink);

  const std::string& base_url() const;

 private:
  struct Impl;
  explicit HttpClient(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace dengji::api
