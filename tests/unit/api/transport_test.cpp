// The promises of sessions and server, over real sockets: limits, deadlines, malformed input, connections.
#include <doctest/doctest.h>
#include <netinet/in.h>

#include "fakes.hpp"
#include "tests/support/http_client.hpp"

using namespace dengji;
using namespace dengji::test;
using namespace std::chrono_literals;

namespace {

std::string get(std::string_view target) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: test\r\n\r\n";
}

int status_of(std::uint16_t port, std::string_view request) {
  RawConnection connection(port);
  connection.send(request);
  const auto reply = connection.read_reply();
  return reply ? reply->status : 0;
}

}  // namespace

TEST_CASE("one connection serves many requests, also when they come before they are asked for") {
  Bench bench;
  RawConnection connection(bench.port());
  connection.send(get("/livez"));
  CHECK(connection.read_reply()->status == 200);
  connection.send(get("/livez") + get("/nowhere") + get("/v1/things") + get("/checkpoint"));
  CHECK(connection.read_reply()->status == 200);
  CHECK(connection.read_reply()->status == 404);
  CHECK(connection.read_reply()->body.find("items") != std::string::npos);
  CHECK(connection.read_reply()->body.starts_with("ledger.example/test\n0\n"));
}

TEST_CASE("pipelined submits are answered in the order in which they were sent") {
  Bench bench;
  bench.submit.decide([&](std::string, api::SubmitDone done) {
    std::thread([&bench, done = std::move(done)]() mutable { done(bench.ledger.append({})); }).detach();
  });
  RawConnection connection(bench.port());
  std::string all;
  for (int i = 0; i < 20; ++i) all += "POST /v1/entries HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\n\r\n{}";
  connection.send(all);
  for (int i = 0; i < 20; ++i) {
    const auto reply = connection.read_reply();
    REQUIRE(reply);
    CHECK(reply->status == 201);
    CHECK(reply->field("Location") == "/v1/entries/" + std::to_string(i));
  }
}

TEST_CASE("HEAD answers like GET without a body, and the connection stays in step") {
  Bench bench;
  RawConnection connection(bench.port());
  connection.send("HEAD /checkpoint HTTP/1.1\r\nHost: t\r\n\r\n");
  const auto head = connection.read_reply(true);
  connection.send(get("/checkpoint"));
  const auto full = connection.read_reply();
  REQUIRE(head);
  REQUIRE(full);
  CHECK(head->status == 200);
  CHECK(head->field("Content-Length") == std::to_string(full->body.size()));
  CHECK(head->field("ETag") == full->field("ETag"));
}

TEST_CASE("every answer says how large the ledger is") {
  Bench bench;
  bench.ledger.make_thing("T1", "red");
  for (const std::string target : {"/livez", "/nowhere", "/v1/things", "/checkpoint", "/v1/things?limit=x"}) {
    CAPTURE(target);
    CHECK(http_get(bench.port(), target)->field("Dengji-Size") == "1");
  }
  RawConnection broken(bench.port());
  broken.send("nonsense\r\n\r\n");
  CHECK(broken.read_reply()->field("Dengji-Size") == "1");
}

TEST_CASE("malformed messages are refused and end the connection") {
  Bench bench;
  const std::string body_fields = "POST /v1/entries HTTP/1.1\r\nHost: t\r\n";
  struct Case {
    std::string request;
    int status;
  };
  const Case cases[] = {
      {"nonsense\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n\r\n", 400},                        // no Host
      {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},  // two of them
      {"GET / HTTP/3.0\r\nHost: a\r\n\r\n", 505},
      {"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 505},
      {"GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400},
      {body_fields + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", 400},
      {body_fields + "Content-Length: -1\r\n\r\n", 400},
      {body_fields + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}", 400},
      {body_fields + "Transfer-Encoding: gzip\r\n\r\n", 501},
      {body_fields + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
      {body_fields + "Expect: the-unexpected\r\nContent-Length: 2\r\n\r\n", 417},
      {"GET /" + std::string(20'000, 'a') + " HTTP/1.1\r\nHost: t\r\n\r\n", 431},
      {"GET / HTTP/1.1\r\nHost: t\r\nX: " + std::string(9'000, 'a') + "\r\n\r\n", 431},
  };
  for (const Case& one : cases) {
    CAPTURE(one.request.substr(0, 120));
    RawConnection connection(bench.port());
    connection.send(one.request);
    const auto reply = connection.read_reply();
    REQUIRE(reply);
    CHECK(reply->status == one.status);
    CHECK(reply->field("Content-Type") == "application/problem+json");
    CHECK(reply->field("Connection") == "close");
    CHECK(connection.closed_within(3s));
  }
  CHECK(bench.submit.calls == 0);
}

TEST_CASE("more header fields than the limit are refused") {
  Bench bench;
  std::string request = "GET /livez HTTP/1.1\r\nHost: t\r\n";
  for (int i = 0; i < 70; ++i) request += "X-" + std::to_string(i) + ": y\r\n";
  CHECK(status_of(bench.port(), request + "\r\n") == 431);
}

TEST_CASE("methods, media types and sizes have statuses of their own") {
  Bench bench;
  const std::uint16_t port = bench.port();
  CHECK(status_of(port, "DELETE /v1/things HTTP/1.1\r\nHost: t\r\n\r\n") == 405);
  CHECK(status_of(port, "DELETE /nowhere HTTP/1.1\r\nHost: t\r\n\r\n") == 404);
  CHECK(status_of(port, "PUT /v1/entries HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\n\r\n{} ") == 405);
  CHECK(http_get(port, "/v1/things", "Accept: text/html\r\n")->status == 406);
  CHECK(http_get(port, "/v1/things", "Accept: text/html, application/*;q=0.5\r\n")->status == 200);
  CHECK(http_post(port, "/v1/entries", "{}", "Content-Type: text/plain\r\n")->status == 415);
  CHECK(http_post(port, "/v1/entries", "{}", "Content-Type: application/json; charset=utf-8\r\n")->status == 201);
  CHECK(http_post(port, "/v1/entries", "{}", "Content-Type: application/json;charset=\"UTF-8\"\r\n")->status == 201);
  CHECK(http_post(port, "/v1/entries", "{}", "Content-Type: application/json; charset=gbk\r\n")->status == 415);
  CHECK(http_post(port, "/v1/entries", "{}", "Content-Type:\r\n")->status == 415);
  CHECK(http_post(port, "/v1/entries", "{}", "Content-Encoding: gzip\r\n")->status == 415);
  CHECK(http_post(port, "/v1/entries", "{}", "Content-Encoding: identity\r\n")->status == 201);
  CHECK(http_post(port, "/v1/entries", std::string(70'000, ' '))->status == 413);
  CHECK(http_post(port, "/nowhere", std::string(70'000, ' '))->status == 404);

  RawConnection options(port);
  options.send("OPTIONS /v1/entries HTTP/1.1\r\nHost: t\r\n\r\n");
  const auto reply = options.read_reply();
  CHECK(reply->status == 204);
  CHECK(reply->field("Allow") == "GET, HEAD, POST, OPTIONS");
}

TEST_CASE("a target in absolute form is taken for its path and query") {
  Bench bench;
  bench.ledger.make_thing("T1", "red");
  CHECK(status_of(bench.port(), get("http://node.example/livez")) == 200);
  CHECK(status_of(bench.port(), get("HTTPS://node.example:8080/v1/things?color=red")) == 200);
  CHECK(status_of(bench.port(), get("http://node.example/v1/things?colour=red")) == 400);
  CHECK(status_of(bench.port(), get("http://node.example")) == status_of(bench.port(), get("/")));
}

TEST_CASE("a header beyond the limits is told the limits") {
  Bench bench;
  const auto reply = http_get(bench.port(), "/" + std::string(20'000, 'a'));
  REQUIRE(reply);
  CHECK(reply->body.find("8192 bytes and 64 fields") != std::string::npos);
}

TEST_CASE("a chunked body is taken, and cut off where it grows too large") {
  Bench bench;
  const std::string head = "POST /v1/entries HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n";
  CHECK(status_of(bench.port(), head + "1\r\n{\r\n1\r\n}\r\n0\r\n\r\n") == 201);
  std::string big = head;
  for (int i = 0; i < 20; ++i) big += "1000\r\n" + std::string(4096, ' ') + "\r\n";
  CHECK(status_of(bench.port(), big + "0\r\n\r\n") == 413);
}

TEST_CASE("100-continue is answered before the body is sent, and not if the body is not wanted") {
  Bench bench;
  RawConnection connection(bench.port());
  connection.send("POST /v1/entries HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  CHECK(connection.read_reply()->status == 100);
  connection.send("{}");
  CHECK(connection.read_reply()->status == 201);

  RawConnection unwanted(bench.port());
  unwanted.send("POST /v1/entries HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: 99999999\r\n\r\n");
  CHECK(unwanted.read_reply()->status == 413);
}

TEST_CASE("who is slow is cut off: in the header, in the body, between requests") {
  api::ServerLimits limits;
  limits.header_timeout = 200ms;
  limits.body_timeout = 200ms;
  limits.idle_timeout = 400ms;
  Bench bench(limits);

  RawConnection header(bench.port());
  header.send("GET /livez HT");
  const auto late = header.read_reply();
  REQUIRE(late);
  CHECK(late->status == 408);
  CHECK(header.closed_within(2s));

  RawConnection dripping(bench.port());
  const auto start = std::chrono::steady_clock::now();
  dripping.send("GET /livez HTTP/1.1\r\n");
  while (!dripping.closed_within(20ms) && std::chrono::steady_clock::now() - start < 5s) dripping.send("X: y\r\n");
  CHECK(std::chrono::steady_clock::now() - start < 3s);

  RawConnection body(bench.port());
  body.send("POST /v1/entries HTTP/1.1\r\nHost: t\r\nContent-Length: 100\r\n\r\n{");
  CHECK(body.read_reply()->status == 408);
  CHECK(body.closed_within(2s));

  RawConnection idle(bench.port());
  CHECK(idle.closed_within(2s));
  CHECK(bench.server->stats().timed_out == 4);  // each once, also those that were told so first
}

TEST_CASE("who does not read its answer is cut off, and the memory comes back") {
  api::ServerLimits limits;
  limits.write_timeout = 300ms;
  Bench bench(limits);
  FakeLedger::Entry entry;
  entry.effects = Json::array({{{"fx", "flag"}, {"text", std::string(50'000, 'x')}}});
  for (int i = 0; i < 200; ++i) bench.ledger.append(entry);
  RawConnection lazy(bench.port(), 4096);
  lazy.send("GET /v1/export HTTP/1.1\r\nHost: t\r\n" + bench.as(bench.auditor) + "\r\n");
  const auto end = std::chrono::steady_clock::now() + 5s;
  while (bench.server->stats().timed_out == 0 && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(10ms);
  CHECK(bench.server->stats().timed_out == 1);
  while (bench.server->stats().open > 0 && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(10ms);
  CHECK(bench.server->stats().open == 0);
}

TEST_CASE("one address has only so many connections") {
  api::ServerLimits limits;
  limits.connections_per_address = 3;
  Bench bench(limits);
  RawConnection a(bench.port());
  RawConnection b(bench.port());
  {
    RawConnection c(bench.port());
    for (RawConnection* connection : {&a, &b, &c}) {
      connection->send(get("/livez"));
      CHECK(connection->read_reply()->status == 200);
    }
    RawConnection d(bench.port());
    CHECK(d.closed_within(2s));
    CHECK(bench.server->stats().refused == 1);
  }
  const auto end = std::chrono::steady_clock::now() + 5s;
  int status = 0;
  while (status != 200 && std::chrono::steady_clock::now() < end) status = status_of(bench.port(), get("/livez"));
  CHECK(status == 200);
}

TEST_CASE("a flooding address is told to wait, others are not") {
  api::ApiConfig config;
  config.rate = {.per_second = 1, .burst = 5};
  Bench bench({}, config);
  RawConnection connection(bench.port());
  int refused = 0;
  for (int i = 0; i < 8; ++i) {
    connection.send(get("/livez"));
    const auto reply = connection.read_reply();
    REQUIRE(reply);
    if (reply->status != 429) continue;
    ++refused;
    CHECK(reply->field("Retry-After") == "1");
  }
  CHECK(refused == 3);
}

TEST_CASE("stopping lets an owed answer leave, and takes nothing new") {
  auto bench = std::make_unique<Bench>();
  std::mutex mutex;
  std::optional<api::SubmitDone> held;
  bench->submit.decide([&](std::string, api::SubmitDone done) {
    const std::lock_guard lock(mutex);
    held = std::move(done);
  });
  RawConnection connection(bench->port());
  connection.send("POST /v1/entries HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\n\r\n{}");
  const std::uint16_t port = bench->port();
  const auto end = std::chrono::steady_clock::now() + 5s;
  while (std::chrono::steady_clock::now() < end) {
    const std::lock_guard lock(mutex);
    if (held) break;
  }
  REQUIRE(held);
  std::thread stopper([&] { bench->server->stop(5s); });
  std::this_thread::sleep_for(50ms);
  CHECK_THROWS(RawConnection{port});
  (*held)(bench->ledger.append({}));
  const auto reply = connection.read_reply();
  REQUIRE(reply);
  CHECK(reply->status == 201);
  CHECK(reply->field("Connection") == "close");
  stopper.join();
}

TEST_CASE("an answer that nobody gives becomes 500") {
  Bench bench;
  bench.submit.decide([](std::string, api::SubmitDone) {});
  const auto reply = http_post(bench.port(), "/v1/entries", "{}");
  CHECK(reply->status == 500);
  CHECK(Json::parse(reply->body)["code"] == "internal");
}

TEST_CASE("plain text outside loopback has to be asked for, and a port is taken once") {
  Bench bench;
  api::ServerConfig config;
  config.address = "0.0.0.0";
  const auto plain = api::Server::start(config, *bench.api);
  REQUIRE_FALSE(plain.has_value());
  CHECK(plain.error().code == ErrorCode::config);
  config.address = "not-an-address";
  CHECK(api::Server::start(config, *bench.api).error().code == ErrorCode::config);
  config.address = "127.0.0.1";
  config.port = bench.port();
  CHECK(api::Server::start(config, *bench.api).error().code == ErrorCode::in_use);
  config.port = 0;
  config.tls = {.certificate_file = "/nowhere/cert.pem", .key_file = "/nowhere/key.pem"};
  CHECK(api::Server::start(config, *bench.api).error().code == ErrorCode::config);
}

TEST_CASE("HTTP/1.0 gets whole answers and a closed connection") {
  Bench bench;
  bench.ledger.make_thing("T1", "red");
  RawConnection connection(bench.port());
  connection.send("GET /checkpoint HTTP/1.0\r\n\r\n");
  CHECK(connection.read_reply()->status == 200);
  CHECK(connection.closed_within(2s));
  RawConnection streamed(bench.port());
  streamed.send("GET /v1/export HTTP/1.0\r\n" + bench.as(bench.auditor) + "\r\n");
  CHECK(streamed.closed_within(3s));
  CHECK(streamed.buffer().find("chunked") == std::string::npos);
  CHECK(streamed.buffer().ends_with("}\n"));
}
