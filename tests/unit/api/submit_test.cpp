// Submitting: receipts, problems, batches.
#include <doctest/doctest.h>

#include "fakes.hpp"
#include "ledger/merkle/tlog_proof.hpp"
#include "tests/support/http_client.hpp"

using namespace dengji;
using namespace dengji::test;
using namespace std::chrono_literals;

namespace {

std::vector<Json> lines_of(const std::string& text) {
  std::vector<Json> lines;
  for (std::size_t begin = 0, end; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
    lines.push_back(Json::parse(text.substr(begin, end - begin)));
  }
  return lines;
}

constexpr std::string_view kNdjson = "Content-Type: application/x-ndjson\r\n";

}  // namespace

TEST_CASE("a receipt proves its leaf offline, as JSON and as tlog-proof") {
  Bench bench;
  for (int i = 0; i < 5; ++i) bench.ledger.append({});
  const auto reply = http_post(bench.port(), "/v1/entries", R"({"hello":1})");
  REQUIRE(reply);
  CHECK(reply->status == 201);
  CHECK(reply->field("Location") == "/v1/entries/5");
  CHECK(reply->field("Dengji-Size") == "6");
  CHECK(reply->field("Cache-Control") == "private, no-store");
  const Json receipt = Json::parse(reply->body);
  CHECK(receipt["seq"] == 5);
  CHECK(receipt["entry_id"] == crypto::to_b64(crypto::sha256(R"({"hello":1})")));
  const std::string leaf = json::write_canonical(receipt["leaf"]);
  CHECK(reply->body.find(leaf) != std::string::npos);
  CHECK(receipt["leaf_hash"] == crypto::to_b64(merkle::leaf_hash(leaf)));
  std::vector<Hash32> proof;
  for (const Json& hash : receipt["inclusion"]) proof.push_back(*crypto::hash_from_b64(hash.get<std::string>()));
  const auto note = crypto::parse_note(receipt["checkpoint"].get<std::string>());
  const auto checkpoint = crypto::parse_checkpoint(note->text);
  CHECK(merkle::verify_inclusion({5, checkpoint->size, merkle::leaf_hash(leaf), checkpoint->root}, proof).has_value());

  const auto text = http_post(bench.port(), "/v1/entries", R"({"hello":2})", "Accept: text/plain\r\n");
  REQUIRE(text);
  const auto parsed = merkle::parse_tlog_proof(text->body);
  REQUIRE(parsed.has_value());
  const merkle::TlogTrust trust{
      {std::string(kLedger), crypto::NoteKeyType::ed25519, bench.ledger.key().public_key()}, {}, 0};
  CHECK(merkle::verify_tlog_proof(*parsed, trust).has_value());
}

TEST_CASE("an entry seen before answers 200 with its receipt") {
  Bench bench;
  bench.submit.decide([&](std::string, api::SubmitDone done) {
    api::Receipt receipt = bench.ledger.append({});
    receipt.created = false;
    done(std::move(receipt));
  });
  CHECK(http_post(bench.port(), "/v1/entries", "{}")->status == 200);
}

TEST_CASE("a refusal carries verdict, pointer and sentences in both languages") {
  Bench bench;
  const Hash32 id = crypto::sha256("x");
  bench.submit.decide([&](std::string, api::SubmitDone done) {
    done(api::Refusal{&kVerdictRows[0], "/body/name", "thing T1 is taken; choose another", id});
  });
  const auto reply = http_post(bench.port(), "/v1/entries", "{}");
  REQUIRE(reply);
  CHECK(reply->status == 422);
  CHECK(reply->field("Content-Type") == "application/problem+json");
  const Json body = Json::parse(reply->body);
  CHECK(body["code"] == "thing_taken");
  CHECK(body["verdict"] == 901);
  CHECK(body["status"] == 422);
  CHECK(body["entry_id"] == crypto::to_b64(id));
  CHECK(body["errors"][0]["pointer"] == "/body/name");
  CHECK(body["errors"][0]["detail"].get<std::string>().find("thing T1 is taken") != std::string::npos);
  // The context is an English sentence: it stays with detail.
  CHECK(body["errors"][0]["detail_zh"] == "物品已被占用");
}

TEST_CASE("every error code answers with the status of its row, and 503 says when to come back") {
  Bench bench;
  std::atomic<int> next{0};
  bench.submit.decide([&](std::string, api::SubmitDone done) {
    done(api::SubmitError{{error_table()[static_cast<std::size_t>(next)].code, "context", "/place"}, {}, 0});
  });
  RawConnection connection(bench.port());
  for (const ErrorRow& row : error_table()) {
    CAPTURE(row.slug);
    connection.send("POST /v1/entries HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\n\r\n{}");
    const auto reply = connection.read_reply();
    REQUIRE(reply);
    CHECK(reply->status == row.http_status);
    const Json body = Json::parse(reply->body);
    CHECK(body["code"] == std::string(row.slug));
    CHECK(body["errors"][0]["pointer"] == "/place");
    CHECK((row.http_status == 503 || row.http_status == 429) == !reply->field("Retry-After").empty());
    CHECK((row.http_status == 401) == !reply->field("WWW-Authenticate").empty());
    ++next;
  }
}

TEST_CASE("text that a client sent cannot break the problem body") {
  Bench bench;
  bench.submit.decide([&](std::string bytes, api::SubmitDone done) {
    done(api::SubmitError{{ErrorCode::json_syntax, bytes, {}}, {}, 0});
  });
  const auto reply = http_post(bench.port(), "/v1/entries", "\xff\xfe\"\\\n");
  CHECK(Json::parse(reply->body)["status"] == 400);
}

TEST_CASE("a batch answers one line per line, in order, whatever order the outcomes come in") {
  Bench bench;
  std::mutex mutex;
  std::vector<std::pair<std::string, api::SubmitDone>> held;
  bench.submit.decide([&](std::string bytes, api::SubmitDone done) {
    std::vector<std::pair<std::string, api::SubmitDone>> ready;
    {
      const std::lock_guard lock(mutex);
      held.emplace_back(std::move(bytes), std::move(done));
      if (held.size() == 10) ready.swap(held);
    }
    std::reverse(ready.begin(), ready.end());
    for (auto& [text, answer] : ready) {
      if (text == "bad") {
        answer(api::SubmitError{{ErrorCode::json_syntax, "line " + text, {}}, {}, 0});
      } else {
        answer(bench.ledger.append({}, text));
      }
    }
  });
  std::string body;
  for (int i = 0; i < 100; ++i) body += i % 10 == 3 ? "bad\n" : "{\"n\":" + std::to_string(i) + "}\r\n";
  RawConnection connection(bench.port());
  for (int round = 0; round < 2; ++round) {
    connection.send("POST /v1/batches HTTP/1.1\r\nHost: t\r\n" + std::string(kNdjson) +
                    "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    const auto reply = connection.read_reply();
    REQUIRE(reply);
    CHECK(reply->status == 200);
    CHECK(reply->field("Content-Type") == "application/x-ndjson");
    const auto lines = lines_of(reply->body);
    REQUIRE(lines.size() == 100);
    for (int i = 0; i < 100; ++i) {
      CHECK(lines[i]["line"] == i + 1);
      CHECK(lines[i]["status"] == (i % 10 == 3 ? 400 : 201));
      if (i % 10 != 3) {
        CHECK(lines[i]["receipt"]["entry_id"] == crypto::to_b64(crypto::sha256("{\"n\":" + std::to_string(i) + "}")));
      } else {
        CHECK(lines[i]["problem"]["code"] == "json_syntax");
      }
    }
  }
}

TEST_CASE("results of a batch come while its body is still being sent") {
  Bench bench;
  RawConnection connection(bench.port());
  connection.send("POST /v1/batches HTTP/1.1\r\nHost: t\r\n" + std::string(kNdjson) +
                  "Transfer-Encoding: chunked\r\n\r\n");
  connection.send("9\r\n{\"n\":  1}\r\n1\r\n\n\r\n");
  while (connection.buffer().find("\"line\":1") == std::string::npos) REQUIRE(connection.fill());
  connection.send("9\r\n{\"n\":  2}\r\n0\r\n\r\n");
  while (connection.buffer().find("\"line\":2") == std::string::npos) REQUIRE(connection.fill());
  while (!connection.buffer().ends_with("0\r\n\r\n")) REQUIRE(connection.fill());
}

TEST_CASE("only so many entries of a batch are undecided at once") {
  Bench bench;
  std::mutex mutex;
  std::vector<api::SubmitDone> held;
  std::atomic<bool> hold{true};
  bench.submit.decide([&](std::string, api::SubmitDone done) {
    {
      const std::lock_guard lock(mutex);
      if (hold) {
        held.push_back(std::move(done));
        return;
      }
    }
    done(bench.ledger.append({}));
  });
  std::string body;
  for (int i = 0; i < 2000; ++i) body += "{\"n\":" + std::string(100, '1') + "}\n";
  std::thread sender;
  RawConnection connection(bench.port());
  sender = std::thread([&] {
    connection.send("POST /v1/batches HTTP/1.1\r\nHost: t\r\n" + std::string(kNdjson) +
                    "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  });
  std::size_t count = 0;
  const auto end = std::chrono::steady_clock::now() + 5s;
  while (count < 256 && std::chrono::steady_clock::now() < end) {
    const std::lock_guard lock(mutex);
    count = held.size();
  }
  std::this_thread::sleep_for(100ms);
  std::vector<api::SubmitDone> ready;
  {
    const std::lock_guard lock(mutex);
    CHECK(held.size() >= 256);
    CHECK(held.size() < 256 + 200);  // and what stood in the piece that crossed the limit
    hold = false;
    ready.swap(held);
  }
  for (auto& done : ready) done(bench.ledger.append({}));
  const auto reply = connection.read_reply();
  sender.join();
  REQUIRE(reply);
  CHECK(lines_of(reply->body).size() == 2000);
}

TEST_CASE("a batch line that is too long or one too many is refused alone") {
  Bench bench;
  const std::string body = "{\"n\":1}\n" + std::string(200'000, 'x') + "\n{\"n\":3}\n\n";
  const auto reply = http_post(bench.port(), "/v1/batches", body, kNdjson);
  REQUIRE(reply);
  const auto lines = lines_of(reply->body);
  REQUIRE(lines.size() == 4);
  CHECK(lines[0]["status"] == 201);
  CHECK(lines[1]["status"] == 413);
  CHECK(lines[2]["status"] == 201);
  CHECK(lines[2]["receipt"]["entry_id"] == crypto::to_b64(crypto::sha256("{\"n\":3}")));

  std::string many;
  for (int i = 0; i < 4100; ++i) many += "{}\n";
  const auto results = lines_of(http_post(bench.port(), "/v1/batches", many, kNdjson)->body);
  REQUIRE(results.size() == 4100);
  CHECK(results[4095]["status"] == 201);
  CHECK(results[4096]["status"] == 413);
}

TEST_CASE("a batch without a body is answered with no lines, however it says that it has none") {
  Bench bench;
  RawConnection connection(bench.port());
  const std::string kinds[] = {std::string(kNdjson), ""};
  const std::string endings[] = {"Content-Length: 0\r\n\r\n", "\r\n",
                                 "Expect: 100-continue\r\nContent-Length: 0\r\n\r\n",
                                 "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"};
  for (const std::string& kind : kinds) {
    for (const std::string& ending : endings) {
      CAPTURE(ending);
      connection.send("POST /v1/batches HTTP/1.1\r\nHost: t\r\n" + kind + ending);
      const auto reply = connection.read_reply();
      REQUIRE(reply);
      CHECK(reply->status == 200);
      CHECK(reply->body.empty());
    }
  }
  // Pipelined: what follows is a request of its own, not a body.
  const std::string empty = "POST /v1/batches HTTP/1.1\r\nHost: t\r\nContent-Length: 0\r\n\r\n";
  connection.send(empty + "GET /livez HTTP/1.1\r\nHost: t\r\n\r\n" + empty);
  for (int i = 0; i < 3; ++i) CHECK(connection.read_reply()->status == 200);

  RawConnection old(bench.port());
  old.send("POST /v1/batches HTTP/1.0\r\n\r\n");
  CHECK(old.closed_within(5s));
  CHECK(old.buffer().starts_with("HTTP/1.1 200 "));
  CHECK(bench.submit.calls == 0);
}

TEST_CASE("a batch whose body breaks off is cut off, not ended well") {
  Bench bench;
  RawConnection connection(bench.port());
  connection.send("POST /v1/batches HTTP/1.1\r\nHost: t\r\n" + std::string(kNdjson) +
                  "Content-Length: 1000\r\n\r\n{\"n\":1}\n{\"n\"");
  while (connection.buffer().find("\"line\":1") == std::string::npos) REQUIRE(connection.fill());
  connection.end_sending();
  CHECK(connection.closed_within(5s));
  CHECK_FALSE(connection.buffer().ends_with("0\r\n\r\n"));
}

TEST_CASE("a batch body that drips is cut off") {
  api::ServerLimits limits;
  limits.body_timeout = 300ms;
  Bench bench(limits);
  RawConnection connection(bench.port());
  connection.send("POST /v1/batches HTTP/1.1\r\nHost: t\r\n" + std::string(kNdjson) + "Content-Length: 100000\r\n\r\n");
  const auto start = std::chrono::steady_clock::now();
  while (!connection.closed_within(20ms) && std::chrono::steady_clock::now() - start < 5s) connection.send("x");
  CHECK(std::chrono::steady_clock::now() - start < 3s);
}
