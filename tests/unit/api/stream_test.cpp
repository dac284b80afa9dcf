// Streams: WebSocket and server-sent events, resumed without a gap, filtered by who reads, bounded for who is slow.
#include <doctest/doctest.h>

#include "fakes.hpp"
#include "tests/support/http_client.hpp"

using namespace dengji;
using namespace dengji::test;
using namespace std::chrono_literals;

namespace {

// The least of RFC 6455 that a consumer needs.
class WsClient {
 public:
  WsClient(std::uint16_t port, const std::string& target, const std::string& fields = {}, int receive_buffer = 0)
      : connection(port, receive_buffer) {
    connection.send("GET " + target + " HTTP/1.1\r\nHost: t\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
                    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" + fields + "\r\n");
    const auto reply = connection.read_reply();
    status = reply ? reply->status : 0;
    if (reply) accept = reply->field("Sec-WebSocket-Accept");
  }

  struct Frame {
    int opcode = 0;
    std::string payload;
    int close_code() const {
      return payload.size() < 2 ? 0
                                : static_cast<unsigned char>(payload[0]) * 256 + static_cast<unsigned char>(payload[1]);
    }
  };

  std::optional<Frame> read(std::chrono::milliseconds patience = 5s) {
    std::string& in = connection.buffer();
    const auto need = [&](std::size_t size) {
      while (in.size() < size)
        if (!connection.fill(patience)) return false;
      return true;
    };
    if (!need(2)) return std::nullopt;
    std::size_t size = static_cast<unsigned char>(in[1]) & 127;
    std::size_t head = 2;
    const std::size_t wide = size == 126 ? 2 : size == 127 ? 8 : 0;
    if (wide > 0) {
      if (!need(2 + wide)) return std::nullopt;
      size = 0;
      for (std::size_t i = 0; i < wide; ++i) size = size << 8 | static_cast<unsigned char>(in[2 + i]);
      head += wide;
    }
    if (!need(head + size)) return std::nullopt;
    Frame frame{in[0] & 15, in.substr(head, size)};
    in.erase(0, head + size);
    return frame;
  }
  // The next event or heartbeat, pings passed over.
  Json event(std::chrono::milliseconds patience = 5s) {
    while (true) {
      const auto frame = read(patience);
      REQUIRE(frame);
      if (frame->opcode == 9) continue;
      REQUIRE(frame->opcode == 1);
      return Json::parse(frame->payload);
    }
  }
  void text(const std::string& payload, int opcode = 1) {
    std::string frame;
    frame += static_cast<char>(0x80 | opcode);
    if (payload.size() < 126) {
      frame += static_cast<char>(0x80 | static_cast<int>(payload.size()));
    } else {
      frame += static_cast<char>(0x80 | 126);
      frame += static_cast<char>(payload.size() >> 8);
      frame += static_cast<char>(payload.size() & 255);
    }
    frame.append(4, '\0');  // a mask of zeros
    connection.send(frame + payload);
  }
  // Reads until the close frame; its code, 0 if there is none.
  int closed(std::chrono::milliseconds patience = 5s) {
    while (const auto frame = read(patience))
      if (frame->opcode == 8) return frame->close_code();
    return 0;
  }

  RawConnection connection;
  int status = 0;
  std::string accept;
};

api::ApiConfig quick() {
  api::ApiConfig config;
  config.heartbeat = 200ms;
  config.first_message_wait = 300ms;
  return config;
}

}  // namespace

TEST_CASE("a stream sends each entry as a CloudEvent, from the start or only what is new") {
  Bench bench;
  bench.ledger.make_thing("T0", "red");
  bench.ledger.make_thing("T1", "red");
  WsClient all(bench.port(), "/v1/stream?from=0");
  CHECK(all.status == 101);
  CHECK(all.accept == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");  // RFC 6455 section 1.3
  const Json event = all.event();
  CHECK(event["specversion"] == "1.0");
  CHECK(event["id"] == "0");
  CHECK(event["source"] == std::string(kLedger));
  CHECK(event["type"] == "thing.make");
  CHECK(event["subject"] == "thing/T0");
  CHECK(event["time"] == "2026-01-01T00:00:00.000Z");
  CHECK(json::write_canonical(event["data"]) == *bench.ledger.leaf(Seq{0}));
  CHECK(all.event()["id"] == "1");

  WsClient fresh(bench.port(), "/v1/stream");
  bench.ledger.make_thing("T2", "red");
  CHECK(fresh.event()["id"] == "2");
  CHECK(all.event()["id"] == "2");
}

TEST_CASE("a stream resumes after any seq without a gap, while entries keep coming") {
  Bench bench;
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    for (int i = 0; i < 600 && !stop; ++i) bench.ledger.append({});
  });
  std::uint64_t next = 0;
  for (int connection = 0; connection < 6; ++connection) {
    WsClient client(bench.port(), next == 0 ? "/v1/stream?from=0" : "/v1/stream?after=" + std::to_string(next - 1));
    for (int i = 0; i < 100; ++i) {
      const Json event = client.event();
      CHECK(event["id"] == std::to_string(next));
      ++next;
    }
  }
  stop = true;
  writer.join();
}

TEST_CASE("a leaf that the reader may not see gives no event, a heartbeat carries the size") {
  Bench bench({}, quick());
  bench.ledger.make_deal("D0", "BUYER");
  bench.ledger.make_thing("T1", "red");
  bench.ledger.make_deal("D2", "BUYER");
  WsClient anyone(bench.port(), "/v1/stream?from=0");
  CHECK(anyone.event()["id"] == "1");
  const Json beat = anyone.event();
  CHECK(beat["type"] == "dengji.heartbeat");
  CHECK(beat["data"]["size"] == 3);
  WsClient buyer(bench.port(), "/v1/stream?from=0", bench.as(bench.buyer));
  for (int i = 0; i < 3; ++i) CHECK(buyer.event()["id"] == std::to_string(i));
  WsClient filtered(bench.port(), "/v1/stream?from=0&type=deal.make", bench.as(bench.auditor));
  CHECK(filtered.event()["id"] == "0");
  CHECK(filtered.event()["id"] == "2");
}

TEST_CASE("a reader may say who it is in the first message, and must then do so in time") {
  Bench bench({}, quick());
  bench.ledger.make_deal("D0", "BUYER");
  WsClient buyer(bench.port(), "/v1/stream?from=0&auth=message");
  buyer.text(R"({"token":")" + bench.buyer.token(bench.buyer.claims(bench.clock.ms)) + R"("})");
  CHECK(buyer.event()["id"] == "0");
  buyer.text("{}");
  CHECK(buyer.closed() == 1008);

  WsClient silent(bench.port(), "/v1/stream?from=0&auth=message");
  CHECK(silent.closed() == 4001);
  WsClient wrong(bench.port(), "/v1/stream?from=0&auth=message");
  wrong.text(R"({"token":"x.y.z"})");
  CHECK(wrong.closed() == 4003);
  WsClient rude(bench.port(), "/v1/stream?from=0&auth=message");
  rude.text("hello");
  CHECK(rude.closed() == 1008);
}

TEST_CASE("an upgrade is refused with an HTTP status where it is wrong") {
  Bench bench;
  CHECK(WsClient(bench.port(), "/v1/stream", "Authorization: Bearer x.y.z\r\n").status == 401);
  CHECK(WsClient(bench.port(), "/v1/stream?after=x").status == 400);
  CHECK(WsClient(bench.port(), "/v1/stream?type=no.such").status == 400);
  CHECK(WsClient(bench.port(), "/v1/stream?auth=magic").status == 400);
  const auto plain = http_get(bench.port(), "/v1/stream");
  CHECK(plain->status == 426);
  CHECK(plain->field("Upgrade") == "websocket");
}

TEST_CASE("binary, oversized and unexpected messages end a stream") {
  Bench bench;
  WsClient binary(bench.port(), "/v1/stream");
  binary.text("x", 2);
  CHECK(binary.closed() == 1003);
  WsClient chatty(bench.port(), "/v1/stream");
  chatty.text("hello");
  CHECK(chatty.closed() == 1008);
  api::ServerLimits limits;
  limits.websocket_message_bytes = 1000;
  Bench small(limits);
  WsClient large(small.port(), "/v1/stream?auth=message");
  large.text(std::string(2000, 'x'));
  CHECK(large.closed() == 1009);
}

TEST_CASE("a revoked key ends its stream") {
  Bench bench({}, quick());
  WsClient buyer(bench.port(), "/v1/stream", bench.as(bench.buyer));
  bench.ledger.make_deal("D0", "BUYER");
  CHECK(buyer.event()["id"] == "0");
  bench.auth.revoke(bench.buyer);
  CHECK(buyer.closed(10s) == 4003);
}

TEST_CASE("a consumer that does not read is cut off, others go on, nothing piles up") {
  api::ServerLimits limits;
  limits.write_timeout = 400ms;
  Bench bench(limits);
  FakeLedger::Entry large;
  large.effects = Json::array({{{"fx", "flag"}, {"text", std::string(50'000, 'x')}}});
  WsClient slow(bench.port(), "/v1/stream?from=0", {}, 4096);
  WsClient good(bench.port(), "/v1/stream?from=0");
  for (int i = 0; i < 200; ++i) {
    bench.ledger.append(large);
    CHECK(good.event()["id"] == std::to_string(i));
  }
  const auto end = std::chrono::steady_clock::now() + 10s;
  while (bench.server->stats().websockets > 1 && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(10ms);
  CHECK(bench.server->stats().websockets == 1);
  CHECK(bench.server->stats().timed_out >= 1);
  bench.ledger.append({});
  CHECK(good.event()["id"] == "200");
}

TEST_CASE("a silent consumer is pinged, and dropped if it does not answer") {
  api::ServerLimits limits;
  limits.websocket_idle_timeout = 400ms;
  Bench bench(limits);
  WsClient client(bench.port(), "/v1/stream");
  const auto ping = client.read();
  REQUIRE(ping);
  CHECK(ping->opcode == 9);
  CHECK(client.connection.closed_within(3s));
}

TEST_CASE("only so many streams are open at once") {
  api::ApiConfig config = quick();
  config.streams = 2;
  Bench bench({}, config);
  auto first = std::make_unique<WsClient>(bench.port(), "/v1/stream");
  WsClient second(bench.port(), "/v1/stream");
  CHECK(second.status == 101);
  CHECK(WsClient(bench.port(), "/v1/stream").status == 503);
  CHECK(http_get(bench.port(), "/v1/events")->status == 503);
  first.reset();
  int status = 0;
  const auto end = std::chrono::steady_clock::now() + 5s;
  while (status != 101 && std::chrono::steady_clock::now() < end) status = WsClient(bench.port(), "/v1/stream").status;
  CHECK(status == 101);
}

TEST_CASE("stopping says goodbye to streams") {
  auto bench = std::make_unique<Bench>(api::ServerLimits{}, quick());
  WsClient client(bench->port(), "/v1/stream");
  RawConnection events(bench->port());
  events.send("GET /v1/events HTTP/1.1\r\nHost: t\r\n\r\n");
  while (events.buffer().find("retry:") == std::string::npos) REQUIRE(events.fill());
  std::thread stopper([&] { bench.reset(); });
  CHECK(client.closed() == 1001);
  CHECK(events.closed_within(5s));
  CHECK(events.buffer().find("event: end") != std::string::npos);
  stopper.join();
}

TEST_CASE("server-sent events carry the same events and resume by Last-Event-ID") {
  Bench bench({}, quick());
  bench.ledger.make_thing("T0", "red");
  bench.ledger.make_deal("D1", "BUYER");
  bench.ledger.make_thing("T2", "red");
  RawConnection connection(bench.port());
  connection.send("GET /v1/events?from=0 HTTP/1.1\r\nHost: t\r\n\r\n");
  while (connection.buffer().find("event: heartbeat") == std::string::npos) REQUIRE(connection.fill());
  const std::string text = connection.buffer();
  CHECK(text.find("Content-Type: text/event-stream\r\n") != std::string::npos);
  const std::size_t first = text.find("id: 0\ndata: {\"specversion\":\"1.0\",\"id\":\"0\"");
  const std::size_t second = text.find("id: 2\ndata: ");
  CHECK(first != std::string::npos);
  CHECK(second != std::string::npos);
  CHECK(text.find("id: 1\ndata") == std::string::npos);

  RawConnection resumed(bench.port());
  resumed.send("GET /v1/events?from=0 HTTP/1.1\r\nHost: t\r\nLast-Event-ID: 0\r\n\r\n");
  while (resumed.buffer().find("event: heartbeat") == std::string::npos) REQUIRE(resumed.fill());
  CHECK(resumed.buffer().find("id: 0\n") == std::string::npos);
  CHECK(resumed.buffer().find("id: 2\ndata: {\"specversion\"") != std::string::npos);
}
