// The blocking client, plain and over TLS, against our own server.
#include "api/client.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>

#include "fakes.hpp"

using namespace dengji;
using namespace dengji::test;
using namespace std::chrono_literals;

namespace {

std::string url(std::string_view scheme, std::uint16_t port) {
  return std::string(scheme) + "://localhost:" + std::to_string(port);
}

// A self-signed certificate for localhost, made by the openssl program.
struct Certificate {
  Certificate() : folder(std::filesystem::temp_directory_path() / ("dengji-tls-" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(folder);
    const std::string command =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
        " -addext subjectAltName=DNS:localhost -keyout " +
        key() + " -out " + pem() + " 2>/dev/null";
    REQUIRE(std::system(command.c_str()) == 0);
  }
  ~Certificate() { std::filesystem::remove_all(folder); }
  std::string pem() const { return (folder / "cert.pem").string(); }
  std::string key() const { return (folder / "key.pem").string(); }
  std::filesystem::path folder;
};

}  // namespace

TEST_CASE("the client keeps its connection, reads every kind of body and survives a closed one") {
  api::ServerLimits limits;
  limits.idle_timeout = 200ms;
  Bench bench(limits);
  for (int i = 0; i < 300; ++i) bench.ledger.append({});
  auto client = api::HttpClient::make({.base_url = url("http", bench.port()), .ca_file = {}});
  REQUIRE(client.has_value());
  CHECK(client->get("/livez")->status == 200);
  CHECK(client->get("/nowhere")->status == 404);
  CHECK(client->send({.method = "HEAD", .target = "/checkpoint", .fields = {}, .body = {}})->body.empty());
  CHECK(client->post("/v1/entries", "application/json", "{}")->status == 201);
  CHECK(bench.server->stats().accepted == 1);
  const auto end = std::chrono::steady_clock::now() + 5s;
  while (bench.server->stats().open > 0 && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(10ms);
  CHECK(client->get("/livez")->status == 200);
  CHECK(bench.server->stats().accepted == 2);

  std::size_t bytes = 0;
  const std::string token = "Bearer " + bench.auditor.token(bench.auditor.claims(bench.clock.ms));
  const auto downloaded =
      client->download({.method = "GET", .target = "/v1/export", .fields = {{"Authorization", token}}, .body = {}},
                       [&](std::string_view piece) {
                         bytes += piece.size();
                         return true;
                       });
  REQUIRE(downloaded.has_value());
  CHECK(downloaded->status == 200);
  CHECK(downloaded->body.empty());
  CHECK(bytes > 300 * 100);
}

TEST_CASE("the client names what it cannot reach, and gives up in time") {
  CHECK(api::HttpClient::make({.base_url = "ftp://x", .ca_file = {}}).error().code == ErrorCode::usage);
  CHECK(api::HttpClient::make({.base_url = "http://x/path", .ca_file = {}}).error().code == ErrorCode::usage);
  std::uint16_t port = 0;
  {
    Bench bench;
    port = bench.port();
  }
  auto client = api::HttpClient::make({.base_url = url("http", port), .ca_file = {}});
  const auto refused = client->get("/livez");
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == ErrorCode::unreachable);
  CHECK(refused.error().context.find("localhost") != std::string::npos);

  std::mutex mutex;
  std::vector<api::SubmitDone> held;
  Bench bench;
  bench.submit.decide([&](std::string, api::SubmitDone done) {
    const std::lock_guard lock(mutex);
    held.push_back(std::move(done));
  });
  auto impatient = api::HttpClient::make({.base_url = url("http", bench.port()), .ca_file = {}, .timeout = 200ms});
  CHECK(impatient->post("/v1/entries", "application/json", "{}").error().code == ErrorCode::unreachable);
  const std::lock_guard lock(mutex);
  held.clear();
}

TEST_CASE("TLS serves who trusts the certificate, and refuses who does not speak it") {
  const Certificate certificate;
  Bench bench;
  bench.ledger.make_thing("T0", "red");
  api::ServerConfig config;
  config.tls = {.certificate_file = certificate.pem(), .key_file = certificate.key()};
  config.limits.handshake_timeout = 300ms;
  auto server = api::Server::start(config, *bench.api);
  REQUIRE(server.has_value());
  const std::uint16_t port = (*server)->port();

  auto trusting = api::HttpClient::make({.base_url = url("https", port), .ca_file = certificate.pem()});
  REQUIRE(trusting.has_value());
  for (int i = 0; i < 3; ++i) {
    const auto reply = trusting->get("/v1/things/T0");
    REQUIRE(reply.has_value());
    CHECK(reply->status == 200);
  }
  CHECK(trusting->post("/v1/entries", "application/json", std::string(20'000, ' ') + "{}")->status == 201);
  CHECK((*server)->stats().accepted == 1);

  auto doubting = api::HttpClient::make({.base_url = url("https", port), .ca_file = {}});
  const auto refused = doubting->get("/livez");
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().context.find("TLS") != std::string::npos);
  auto plain = api::HttpClient::make({.base_url = url("http", port), .ca_file = {}});
  CHECK_FALSE(plain->get("/livez").has_value());
  // A peer that connects and says nothing.
  {
    auto silent = api::HttpClient::make({.base_url = url("https", port), .ca_file = certificate.pem()});
    const auto end = std::chrono::steady_clock::now() + 5s;
    CHECK(silent->get("/livez").has_value());
    while ((*server)->stats().open > 2 && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(10ms);
  }
  (*server)->stop(100ms);
}
