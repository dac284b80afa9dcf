// Reading: entries, proofs, the log, objects, accounts, tokens, caching.
#include <doctest/doctest.h>

#include "api/reader.hpp"
#include "api/router.hpp"
#include "fakes.hpp"
#include "ledger/merkle/entry_bundle.hpp"
#include "ledger/merkle/tlog_proof.hpp"
#include "tests/support/http_client.hpp"

using namespace dengji;
using namespace dengji::test;
using namespace std::chrono_literals;

namespace {

Json get_json(const Bench& bench, const std::string& target, const std::string& fields = {}) {
  const auto reply = http_get(bench.port(), target, fields);
  REQUIRE(reply);
  const std::string body = reply->body;
  REQUIRE_MESSAGE(reply->status == 200, target << " " << reply->status << " " << body);
  return Json::parse(body);
}

int status(const Bench& bench, const std::string& target, const std::string& fields = {}) {
  const auto reply = http_get(bench.port(), target, fields);
  return reply ? reply->status : 0;
}

std::vector<std::string> ids(const Json& list) {
  std::vector<std::string> out;
  for (const Json& item : list["items"]) out.push_back(item["id"]);
  return out;
}

}  // namespace

TEST_CASE("an entry is found by seq and by entry_id, with its exact leaf, and may be cached for ever") {
  Bench bench;
  bench.ledger.make_thing("T0", "red");
  const api::Receipt receipt = bench.ledger.append({}, R"({"a":1})");
  for (const std::string& name : {std::string("1"), crypto::to_b64(receipt.entry_id)}) {
    const auto reply = http_get(bench.port(), "/v1/entries/" + name);
    REQUIRE(reply);
    CHECK(reply->status == 200);
    CHECK(reply->field("Cache-Control") == "public, max-age=31536000, immutable");
    CHECK(reply->body.find(receipt.leaf) != std::string::npos);
    const Json entry = Json::parse(reply->body);
    CHECK(entry["seq"] == 1);
    CHECK(entry["leaf_hash"] == crypto::to_b64(merkle::leaf_hash(receipt.leaf)));
  }
  CHECK(status(bench, "/v1/entries/2") == 404);
  CHECK(status(bench, "/v1/entries/01") == 400);
  CHECK(status(bench, "/v1/entries/" + std::string(43, 'A')) == 404);
}

TEST_CASE("who may not see an entry or an object is told that there is none, and no cache keeps the answer") {
  Bench bench;
  bench.ledger.make_deal("D1", "BUYER");
  for (const std::string target : {"/v1/entries/0", "/v1/entries/0/proof", "/v1/deals/D1", "/v1/deals/D1/history"}) {
    CAPTURE(target);
    CHECK(status(bench, target) == 404);
    CHECK(status(bench, target, bench.as(bench.stranger)) == 404);
    const auto seen = http_get(bench.port(), target, bench.as(bench.buyer));
    CHECK(seen->status == 200);
    CHECK(seen->field("Cache-Control") == "private, no-store");
    CHECK(seen->field("Vary") == "Authorization");
    CHECK(status(bench, target, bench.as(bench.auditor)) == 200);
    CHECK(http_get(bench.port(), target)->field("Cache-Control") == "private, no-store");
  }
  CHECK(status(bench, "/v1/deals") == 401);
  CHECK(get_json(bench, "/v1/deals", bench.as(bench.stranger))["items"].empty());
  CHECK(get_json(bench, "/v1/deals", bench.as(bench.buyer))["items"].size() == 1);
  CHECK(get_json(bench, "/v1/entries")["items"].empty());
  CHECK(get_json(bench, "/v1/entries", bench.as(bench.buyer))["items"][0]["subject"] == "deal/D1");
}

TEST_CASE("an explanation is made of the entries below the version asked for, for those who may see the object") {
  Bench bench;
  bench.ledger.make_deal("D1", "BUYER");
  bench.ledger.make_deal("D2", "BUYER");
  bench.ledger.make_deal("D1", "BUYER");
  const Json whole = get_json(bench, "/v1/deals/D1/explain", bench.as(bench.buyer));
  REQUIRE(whole["changes"].size() == 2);
  CHECK(whole["changes"][1]["entry"]["seq"] == 2);
  CHECK(whole["changes"][1]["entry"]["type"] == "deal.make");
  CHECK(whole["changes"][1]["postings"][0]["fen"] == 7);
  CHECK(whole["amount_fen"] == 2);
  CHECK(whole["as_of"] == 2);
  const Json before = get_json(bench, "/v1/deals/D1/explain?as_of=1", bench.as(bench.auditor));
  CHECK(before["changes"].size() == 1);
  CHECK(before["amount_fen"] == 0);
  CHECK(status(bench, "/v1/deals/D1/explain") == 404);
  CHECK(status(bench, "/v1/deals/D1/explain", bench.as(bench.stranger)) == 404);
  CHECK(status(bench, "/v1/things/T1/explain") == 404);
  CHECK(get_json(bench, "/openapi.json")["paths"].contains("/v1/deals/{id}/explain"));
}

TEST_CASE("a report about an organisation is also for that organisation itself") {
  Bench bench;
  CHECK(status(bench, "/v1/shares?org=BUYER") == 401);
  CHECK(status(bench, "/v1/shares?org=BUYER", bench.as(bench.stranger)) == 403);
  CHECK(status(bench, "/v1/shares", bench.as(bench.buyer)) == 403);
  CHECK(status(bench, "/v1/shares?org=BUYER", bench.as(bench.buyer)) == 200);
  CHECK(status(bench, "/v1/shares?org=BUYER", bench.as(bench.auditor)) == 200);
}

TEST_CASE("an answer as of then says what counted as now") {
  Bench bench;
  bench.ledger.make_thing("T0", "red");
  bench.ledger.make_thing("T0", "blue");
  const auto reply = http_get(bench.port(), "/v1/things/T0?as_of=0");
  REQUIRE(reply);
  CHECK(reply->field("Dengji-As-Of") == "0");
  CHECK(reply->field("Dengji-As-Of-Time") == "2026-01-01T00:00:00.000Z");
}

TEST_CASE("what is supervised is for its readers, bureau, cyberspace and auditors, not for platform and finance") {
  Bench bench;
  bench.ledger.tell_secret("S1", "BUYER");
  struct Row {
    const char* role;
    bool sees;
  };
  for (const Row& row : {Row{"bureau", true}, Row{"cyberspace", true}, Row{"auditor", true}, Row{"platform", false},
                         Row{"finance", false}, Row{"registrar", false}, Row{"certifier", false}}) {
    const Member member{row.role, '\x21'};
    bench.auth.add(member, {row.role});
    for (const std::string target : {"/v1/entries/0", "/v1/secrets/S1", "/v1/secrets/S1/history"}) {
      CAPTURE(row.role);
      CAPTURE(target);
      CHECK(status(bench, target, bench.as(member)) == (row.sees ? 200 : 404));
    }
    CHECK(get_json(bench, "/v1/secrets", bench.as(member))["items"].size() == (row.sees ? 1U : 0U));
    CHECK(get_json(bench, "/v1/entries", bench.as(member))["items"].size() == (row.sees ? 1U : 0U));
  }
  CHECK(status(bench, "/v1/secrets/S1", bench.as(bench.buyer)) == 200);
  CHECK(status(bench, "/v1/secrets/S1", bench.as(bench.stranger)) == 404);
}

TEST_CASE("a node that was told no address of its own says so to whoever shows a token") {
  Bench bench;
  const api::Core core(api::Ports{bench.submit, bench.ledger, bench.auth, bench.health, bench.clock}, bench.tables, {});
  const std::string token = bench.buyer.token(bench.buyer.claims(bench.clock.ms));
  const auto reader = api::read_token(core, "Bearer " + token);
  REQUIRE_FALSE(reader);
  CHECK(reader.error().code == ErrorCode::bad_token);
  CHECK(reader.error().context.find("http.base_urls") != std::string::npos);
}

TEST_CASE("a read token must be fresh, for this node, for reading, by a known key of that organisation") {
  Bench bench;
  bench.ledger.make_deal("D1", "BUYER");
  const Member& buyer = bench.buyer;
  const std::int64_t now = bench.clock.ms;
  const auto with = [&](const Member::Claims& claims) {
    return status(bench, "/v1/deals/D1", "Authorization: Bearer " + buyer.token(claims) + "\r\n");
  };
  Member::Claims good = buyer.claims(now);
  CHECK(with(good) == 200);
  CHECK(with(good) == 200);  // again within its life

  Member::Claims claims = good;
  claims.iss = "STRANGER";
  CHECK(with(claims) == 401);
  claims = good;
  claims.aud = "https://other.example";
  CHECK(with(claims) == 401);
  claims = good;
  claims.typ = crypto::kTypEntry;
  CHECK(with(claims) == 401);
  claims = good;
  claims.exp = claims.iat + 301;
  CHECK(with(claims) == 401);
  claims = good;
  claims.iat -= 400;
  claims.exp -= 400;
  CHECK(with(claims) == 401);
  claims = good;
  claims.iat += 120;
  claims.exp += 120;
  CHECK(with(claims) == 401);

  std::string token = buyer.token(good);
  token[token.size() - 5] = token[token.size() - 5] == 'A' ? 'B' : 'A';
  CHECK(status(bench, "/v1/deals/D1", "Authorization: Bearer " + token + "\r\n") == 401);
  CHECK(status(bench, "/v1/deals/D1", "Authorization: Basic abc\r\n") == 401);
  CHECK(status(bench, "/v1/deals/D1", "Authorization: Bearer x.y\r\n") == 401);
  const std::string extra = crypto::sign_compact(
      Json{{"iss", "BUYER"}, {"aud", kAudience}, {"iat", now / 1000}, {"exp", now / 1000 + 9}, {"jti", "1"}, {"x", 1}}
          .dump(),
      buyer.key, crypto::kTypRead);
  CHECK(status(bench, "/v1/deals/D1", "Authorization: Bearer " + extra + "\r\n") == 401);
  CHECK(status(bench, "/v1/deals/D1?token=" + buyer.token(good)) == 400);  // never in the query

  bench.auth.revoke(buyer);
  const auto revoked = http_get(bench.port(), "/v1/things", bench.as(buyer));
  CHECK(revoked->status == 401);
  CHECK(revoked->field("WWW-Authenticate") == "Bearer");
  CHECK(Json::parse(revoked->body)["code"] == "unknown_key");
}

TEST_CASE("proofs lead to the served checkpoint; consistency and tiles verify") {
  Bench bench;
  for (int i = 0; i < 300; ++i) bench.ledger.append({});
  const auto text = http_get(bench.port(), "/v1/entries/77/proof", "Accept: text/plain\r\n");
  const auto proof = merkle::parse_tlog_proof(text->body);
  REQUIRE(proof.has_value());
  CHECK(proof->checkpoint == http_get(bench.port(), "/checkpoint")->body);
  const merkle::TlogTrust trust{
      {std::string(kLedger), crypto::NoteKeyType::ed25519, bench.ledger.key().public_key()}, {}, 0};
  CHECK(merkle::verify_tlog_proof(*proof, trust).has_value());
  CHECK(get_json(bench, "/v1/entries/77/proof")["inclusion"].size() == proof->hashes.size());

  const Json consistency = get_json(bench, "/v1/consistency?from=100&to=300");
  std::vector<Hash32> hashes;
  for (const Json& hash : consistency["proof"]) hashes.push_back(*crypto::hash_from_b64(hash.get<std::string>()));
  MemoryTiles small;
  for (std::uint64_t i = 0; i < 100; ++i) {
    const Hash32 hash = merkle::leaf_hash(*bench.ledger.leaf(Seq{i}));
    small.append({&hash, 1});
  }
  CHECK(merkle::verify_consistency({100, 300, small.writer().root(), bench.ledger.checkpoint()->root}, hashes)
            .has_value());
  CHECK(status(bench, "/v1/consistency?from=5&to=301") == 400);
  CHECK(status(bench, "/v1/consistency?from=5&to=4") == 400);
  CHECK(status(bench, "/v1/consistency") == 400);

  const auto tile = http_get(bench.port(), "/tile/0/000");
  CHECK(tile->status == 200);
  CHECK(tile->body.size() == 256 * 32);
  CHECK(tile->field("Cache-Control").find("immutable") != std::string::npos);
  CHECK(tile->body.substr(0, 32) == merkle::leaf_hash(*bench.ledger.leaf(Seq{0})).view());
  CHECK(http_get(bench.port(), "/tile/0/001.p/7")->body.size() == 7 * 32);
  CHECK(http_get(bench.port(), "/tile/0/001.p/44")->body.size() == 44 * 32);
  CHECK(status(bench, "/tile/0/001.p/45") == 404);
  CHECK(status(bench, "/tile/0/001") == 404);
  CHECK(http_get(bench.port(), "/tile/1/000.p/1")->body.size() == 32);
  CHECK(status(bench, "/tile/0/0") == 404);
  CHECK(status(bench, "/tile/..%2f..%2fetc") == 404);
}

TEST_CASE("entry bundles and the export are for auditors") {
  Bench bench;
  for (int i = 0; i < 20; ++i) bench.ledger.append({});
  for (const std::string target : {"/tile/entries/000.p/20", "/v1/export"}) {
    CHECK(status(bench, target) == 401);
    CHECK(status(bench, target, bench.as(bench.buyer)) == 403);
    CHECK(status(bench, target, bench.as(bench.auditor)) == 200);
  }
  const auto bundle = http_get(bench.port(), "/tile/entries/000.p/20", bench.as(bench.auditor));
  const auto leaves = merkle::parse_bundle(bundle->body, 20);
  REQUIRE(leaves.has_value());
  CHECK((*leaves)[7] == *bench.ledger.leaf(Seq{7}));
}

TEST_CASE("the export is a header, every leaf byte for byte, and the checkpoint that covers them") {
  Bench bench;
  FakeLedger::Entry large;
  large.effects = Json::array({{{"fx", "flag"}, {"text", std::string(30'000, 'x')}}});
  for (int i = 0; i < 50; ++i) bench.ledger.append(large);  // several pieces
  const auto reply = http_get(bench.port(), "/v1/export", bench.as(bench.auditor));
  REQUIRE(reply);
  CHECK(reply->field("Content-Type") == "application/x-ndjson");
  std::vector<std::string> lines;
  for (std::size_t begin = 0, end; (end = reply->body.find('\n', begin)) != std::string::npos; begin = end + 1) {
    lines.push_back(reply->body.substr(begin, end - begin));
  }
  REQUIRE(lines.size() == 52);
  CHECK(lines[0] == R"({"dengji":"export","genesis":")" + std::string(43, 'A') +
                        R"(","ledger":"ledger.example/test","size":50,"v":1})");
  for (std::uint64_t i = 0; i < 50; ++i) CHECK(lines[i + 1] == *bench.ledger.leaf(Seq{i}));
  CHECK(Json::parse(lines[51])["checkpoint"] == bench.ledger.checkpoint()->note);
}

TEST_CASE("a list is filtered by the kind's indexes, alone and together") {
  Bench bench;
  bench.ledger.make_thing("T1", "red", "small");
  bench.ledger.make_thing("T2", "blue", "small");
  bench.ledger.make_thing("T3", "red", "large");
  CHECK(ids(get_json(bench, "/v1/things")) == std::vector<std::string>{"T1", "T2", "T3"});
  CHECK(ids(get_json(bench, "/v1/things?color=red")) == std::vector<std::string>{"T1", "T3"});
  CHECK(ids(get_json(bench, "/v1/things?size=small&color=red")) == std::vector<std::string>{"T1"});
  CHECK(ids(get_json(bench, "/v1/things?color=green")).empty());
  const auto unknown = http_get(bench.port(), "/v1/things?colour=red");
  CHECK(unknown->status == 400);
  CHECK(Json::parse(unknown->body)["errors"][0]["pointer"] == "?colour");
  CHECK(status(bench, "/v1/things?limit=1&limit=2") == 400);
  CHECK(status(bench, "/v1/things?color=red&color=red") == 400);
  CHECK(status(bench, "/v1/things?limit=0") == 400);
  CHECK(status(bench, "/v1/things?limit=501") == 400);
  CHECK(status(bench, "/v1/things?color=%zz") == 400);
}

TEST_CASE("pages do not drift while the ledger grows") {
  const auto fill = [](Bench& bench) {
    for (int i = 10; i < 20; ++i) bench.ledger.make_thing("T" + std::to_string(i), i % 2 == 0 ? "red" : "blue");
  };
  for (const std::string filter : {"", "&color=red"}) {
    CAPTURE(filter);
    Bench bench;
    fill(bench);
    const std::size_t expected = filter.empty() ? 10 : 5;
    std::vector<std::string> all;
    Json page = get_json(bench, "/v1/things?limit=2" + filter);
    const Json as_of = page["as_of"];
    for (int turn = 0;; ++turn) {
      REQUIRE(turn < 20);
      for (std::string& id : ids(page)) all.push_back(std::move(id));
      CHECK(page["as_of"] == as_of);
      if (!page.contains("next")) break;
      bench.ledger.make_thing("T1" + std::to_string(turn) + "x", "red");  // sorts between the others
      page = get_json(bench, "/v1/things?limit=2" + filter + "&cursor=" + page["next"].get<std::string>());
    }
    CHECK(all.size() == expected);
    CHECK(std::is_sorted(all.begin(), all.end()));
    CHECK(std::adjacent_find(all.begin(), all.end()) == all.end());
  }
  Bench bench;
  fill(bench);
  const std::string cursor = get_json(bench, "/v1/things?limit=1")["next"];
  CHECK(status(bench, "/v1/things?limit=1&color=red&cursor=" + cursor) == 400);
  CHECK(status(bench, "/v1/deals?cursor=" + cursor, bench.as(bench.auditor)) == 400);
  CHECK(status(bench, "/v1/things?cursor=AAAA") == 400);
  CHECK(status(bench, "/v1/things?as_of=1&cursor=" + cursor) == 400);
}

TEST_CASE("an object reads as of a seq, an instant or a day, and tells its history") {
  Bench bench;
  bench.ledger.make_thing("T1", "red");    // seq 0, 00:00
  bench.ledger.make_thing("T1", "blue");   // seq 1, 00:06
  bench.ledger.make_thing("T2", "green");  // seq 2
  CHECK(get_json(bench, "/v1/things/T1")["color"] == "blue");
  CHECK(get_json(bench, "/v1/things/T1?as_of=0")["color"] == "red");
  CHECK(get_json(bench, "/v1/things/T1?as_of=0")["read_at"] == "2026-01-01T00:00:00.000Z");
  CHECK(get_json(bench, "/v1/things/T1?as_of=2026-01-01T00:05:59Z")["color"] == "red");
  CHECK(get_json(bench, "/v1/things/T1?as_of=2026-01-01T00:06:00Z")["color"] == "blue");
  CHECK(get_json(bench, "/v1/things/T1?as_of=2026-01-01")["color"] == "blue");
  CHECK(status(bench, "/v1/things/T1?as_of=2025-12-31") == 404);
  CHECK(status(bench, "/v1/things/T2?as_of=1") == 404);
  CHECK(status(bench, "/v1/things/T1?as_of=3") == 400);
  CHECK(status(bench, "/v1/things/T1?as_of=yesterday") == 400);
  CHECK(get_json(bench, "/v1/things/T1?as_of=0@2026-01-01")["color"] == "red");
  CHECK(get_json(bench, "/v1/things/T1?as_of=0@2026-01-02")["read_at"] == "2026-01-02T15:59:59.999Z");
  CHECK(status(bench, "/v1/things/T1?as_of=0@2025-12-31") == 400);  // before the entry
  CHECK(status(bench, "/v1/things/T1?as_of=9@2026-01-01") == 400);
  // Nobody knows what the ledger will say: the clock stands at 2027-02-05T00:00:00Z.
  CHECK(get_json(bench, "/v1/things/T1?as_of=2027-02-05")["read_at"] == "2027-02-05T00:00:00.000Z");
  for (const std::string future : {"2027-02-05T00:00:01Z", "2027-02-06", "0@2027-02-06"}) {
    CAPTURE(future);
    const auto reply = http_get(bench.port(), "/v1/things/T1?as_of=" + future);
    REQUIRE(reply);
    CHECK(reply->status == 400);
    CHECK(Json::parse(reply->body)["code"] == "value_range");
    CHECK(reply->body.find("has not come") != std::string::npos);
  }
  for (const std::string wrong : {"0@", "@2026-01-01", "0@yesterday", "0@2026-01-01T00:00:00Z"}) {
    CAPTURE(wrong);
    CHECK(status(bench, "/v1/things/T1?as_of=" + wrong) == 400);
  }
  CHECK(http_get(bench.port(), "/v1/things/T1?as_of=1")->field("Dengji-As-Of") == "1");
  CHECK(ids(get_json(bench, "/v1/things?as_of=1")) == std::vector<std::string>{"T1"});

  const Json history = get_json(bench, "/v1/things/T1/history");
  REQUIRE(history["items"].size() == 2);
  CHECK(history["items"][0]["seq"] == 1);
  CHECK(history["items"][0]["object"]["color"] == "blue");
  CHECK(history["items"][1]["object"]["color"] == "red");
  CHECK(history["items"][1]["type"] == "thing.make");
  const Json first = get_json(bench, "/v1/things/T1/history?limit=1");
  const Json second = get_json(bench, "/v1/things/T1/history?limit=1&cursor=" + first["next"].get<std::string>());
  CHECK(second["items"][0]["seq"] == 0);
  CHECK_FALSE(second.contains("next"));
  CHECK(get_json(bench, "/v1/things/T1/history?as_of=0")["items"].size() == 1);
}

TEST_CASE("an ETag spares the body, and changes with it") {
  Bench bench;
  bench.ledger.make_thing("T1", "red");
  const auto first = http_get(bench.port(), "/v1/things/T1?as_of=0");
  const std::string etag = first->field("ETag");
  CHECK(etag.starts_with("\""));
  CHECK(first->field("Cache-Control") == "public, no-cache");
  const auto same = http_get(bench.port(), "/v1/things/T1?as_of=0", "If-None-Match: \"other\", " + etag + "\r\n");
  CHECK(same->status == 304);
  CHECK(same->field("ETag") == etag);
  CHECK(same->body.empty());
  bench.ledger.make_thing("T1", "blue");
  CHECK(http_get(bench.port(), "/v1/things/T1", "If-None-Match: " + etag + "\r\n")->status == 200);
}

TEST_CASE("min_size waits for the ledger to grow, but not for ever") {
  api::ApiConfig config;
  config.min_size_wait = 300ms;
  Bench bench({}, config);
  std::thread later([&] {
    std::this_thread::sleep_for(100ms);
    bench.ledger.make_thing("T1", "red");
  });
  CHECK(ids(get_json(bench, "/v1/things?min_size=1")) == std::vector<std::string>{"T1"});
  later.join();
  const auto reply = http_get(bench.port(), "/v1/things?min_size=9");
  CHECK(reply->status == 503);
  CHECK_FALSE(reply->field("Retry-After").empty());
  CHECK(status(bench, "/v1/things?min_size=x") == 400);
}

TEST_CASE("accounts show balances and statements to those they concern") {
  Bench bench;
  const std::string id = "fee/BUYER/bank";
  const auto post = [&](std::int64_t debits, std::int64_t credits) {
    FakeLedger::Entry entry;
    entry.is_public = false;
    entry.writes[state::account_key(id)] = state::encode(state::Account{debits, credits, 0, 0});
    entry.effects =
        Json::array({{{"fx", "post"},
                      {"cause", "FY1"},
                      {"event", "fee_paid"},
                      {"lines", Json::array({{{"debit", id}, {"credit", "fee/BUYER/owed/FY1"}, {"fen", debits}},
                                             {{"debit", "fee/X/bank"}, {"credit", "fee/X/owed/FY1"}, {"fen", 1}}})}}});
    bench.ledger.append(std::move(entry));
  };
  post(700, 0);
  post(700, 200);
  const std::string target = "/v1/accounts/" + api::percent_encode(id);
  CHECK(status(bench, target) == 404);
  CHECK(status(bench, target, bench.as(bench.stranger)) == 404);
  const Json account = get_json(bench, target, bench.as(bench.buyer));
  CHECK(account["balance_fen"] == 500);
  CHECK(account["normal"] == "debit");
  CHECK(account["book"] == "fee/BUYER");
  CHECK(get_json(bench, target + "?as_of=0", bench.as(bench.auditor))["balance_fen"] == 700);

  const Json statement = get_json(bench, target + "/statement", bench.as(bench.buyer));
  REQUIRE(statement["items"].size() == 2);
  CHECK(statement["items"][0]["after"]["balance_fen"] == 500);
  CHECK(statement["items"][1]["after"]["balance_fen"] == 700);
  REQUIRE(statement["items"][1]["postings"].size() == 1);
  CHECK(statement["items"][1]["postings"][0]["event"] == "fee_paid");
  CHECK(statement["items"][1]["postings"][0]["fen"] == 700);
  CHECK(status(bench, "/v1/accounts") == 401);
  CHECK(get_json(bench, "/v1/accounts?prefix=fee%2FBUYER", bench.as(bench.buyer))["items"].size() == 1);
  CHECK(get_json(bench, "/v1/accounts", bench.as(bench.stranger))["items"].empty());
  CHECK(status(bench, "/v1/accounts/fee/BUYER/bank", bench.as(bench.buyer)) == 404);
}

TEST_CASE("what the tables hold is served: types with schemas, kinds, verdicts, reports, OpenAPI") {
  Bench bench;
  const Json types = get_json(bench, "/v1/types");
  CHECK(types["items"].size() == 3);
  const Json type = get_json(bench, "/v1/types/thing.make");
  CHECK(type["schema"]["properties"].contains("name"));
  CHECK(type["signers"][0]["roles"][0] == "maker");
  CHECK(status(bench, "/v1/types/nothing.make") == 404);
  CHECK(get_json(bench, "/v1/schemas")["items"][0]["route"] == "/v1/schemas/marks/status");
  CHECK(get_json(bench, "/v1/schemas/marks/status")["schema"]["properties"].contains("to"));
  CHECK(status(bench, "/v1/schemas/marks/other") == 404);
  CHECK(status(bench, "/v1/schemas/other/status") == 404);
  const Json kinds = get_json(bench, "/v1/kinds")["items"];
  CHECK(kinds[2]["route"] == "/v1/things");
  CHECK(kinds[2]["time_limits"].empty());
  CHECK(kinds[4]["time_limits"] == Json::array({{{"what", "stand"}, {"doc", "Stands the watch"}, {"doc_zh", "值守"}}}));
  CHECK(kinds[4]["filters"][0]["name"] == "deadline");
  bool found = false;
  const Json verdicts = get_json(bench, "/v1/verdicts");
  for (const Json& row : verdicts["verdicts"]) found = found || row["code"] == "thing_taken";
  CHECK(found);
  CHECK(get_json(bench, "/v1/sums?by=month")["asked"] == 1);
  CHECK(status(bench, "/v1/sums?for=month") == 400);
  CHECK(get_json(bench, "/v1/ledger")["ledger"] == std::string(kLedger));

  const Json openapi = get_json(bench, "/openapi.json");
  CHECK(openapi["openapi"] == "3.1.0");
  CHECK(openapi["paths"].contains("/v1/things/{id}/history"));
  CHECK(openapi["paths"]["/v1/entries"].contains("post"));
  CHECK(openapi["components"]["schemas"].contains("Body.deal.make"));
  // Every reference leads somewhere.
  const std::string text = openapi.dump();
  for (std::size_t at = 0; (at = text.find("#/components/schemas/", at)) != std::string::npos;) {
    at += 21;
    const std::string name = text.substr(at, text.find('"', at) - at);
    CHECK_MESSAGE(openapi["components"]["schemas"].contains(name), name);
  }
}

TEST_CASE(
    "a report is for whom its table says, pages hang together, and one that is not ready says when to ask again") {
  Bench bench;
  CHECK(status(bench, "/v1/sums/behind") == 401);
  CHECK(status(bench, "/v1/sums/behind", bench.as(bench.buyer)) == 403);
  const std::string token = bench.as(bench.auditor);
  Json together = Json::array();
  std::string cursor;
  for (int page = 0; page < 3; ++page) {
    const Json answer = get_json(bench, "/v1/sums/behind?by=x&limit=2" + cursor, token);
    for (const Json& item : answer["items"]) together.push_back(item);
    CHECK(answer.contains("next") == (page < 2));
    if (page < 2) cursor = "&cursor=" + answer["next"].get<std::string>();
  }
  CHECK(together == Json::array({0, 1, 2, 3, 4}));
  // The cursor of another question fits no more.
  CHECK(status(bench, "/v1/sums/behind?by=y&limit=2" + cursor, token) == 400);
  CHECK(status(bench, "/v1/sums?limit=2") == 400);
  const auto late = http_get(bench.port(), "/v1/late");
  CHECK(late->status == 503);
  CHECK(late->field("Retry-After") == "1");
  CHECK(late->body.find("12 of 40 rows") != std::string::npos);
}

TEST_CASE("health says what is wrong; metrics count what happened") {
  Bench bench;
  CHECK(status(bench, "/livez") == 200);
  CHECK(status(bench, "/readyz") == 200);
  bench.health.ready = false;
  const auto reply = http_get(bench.port(), "/readyz");
  CHECK(reply->status == 503);
  CHECK(reply->body.find("the disk is full") != std::string::npos);
  bench.health.living = false;
  CHECK(status(bench, "/livez") == 503);
  const std::string metrics = http_get(bench.port(), "/metrics")->body;
  CHECK(metrics.starts_with("node_metric 1\n"));
  CHECK(metrics.find("dengji_http_responses_total{class=\"5xx\"} 2\n") != std::string::npos);
  CHECK(get_json(bench, "/.well-known/jwks.json").contains("keys"));
}

TEST_CASE("media types are chosen by weight, the most exact range first") {
  const auto choose = [](std::string accept) {
    api::Request request;
    request.fields.push_back({"Accept", accept});
    return std::string(api::negotiate(request, {"application/json", "text/plain"}));
  };
  CHECK(choose("*/*") == "application/json");
  CHECK(choose("text/plain") == "text/plain");
  CHECK(choose("text/*;q=0.3, application/json;q=0.2") == "text/plain");
  CHECK(choose("application/json;q=0, */*") == "text/plain");
  CHECK(choose("image/png").empty());
  CHECK(choose("text/plain;q=0").empty());
}

TEST_CASE("a token bucket refills, and full buckets are forgotten when there are too many") {
  api::RateLimiter limiter({.per_second = 2, .burst = 3});
  auto now = std::chrono::steady_clock::now();
  for (int i = 0; i < 3; ++i) CHECK(limiter.take("a", now) == 0);
  CHECK(limiter.take("a", now) == 1);
  CHECK(limiter.take("b", now) == 0);
  CHECK(limiter.take("a", now + 500ms) == 0);
  CHECK(limiter.take("a", now + 500ms) == 1);
  for (int i = 0; i < 70'000; ++i) limiter.take(std::to_string(i), now + std::chrono::milliseconds(i));
  CHECK(limiter.size() <= 65'536);
}

TEST_CASE("a path segment is decoded once, and a broken escape matches nothing") {
  CHECK(api::percent_decode("a%2Fb%25") == "a/b%");
  CHECK_FALSE(api::percent_decode("a%2"));
  CHECK_FALSE(api::percent_decode("a%zz"));
  CHECK(api::percent_encode("fee/a b") == "fee%2Fa%20b");
  const auto query = api::parse_query("a=1&&b=%26&c");
  REQUIRE(query);
  CHECK(*query == api::Query{{"a", "1"}, {"b", "&"}, {"c", ""}});
}
