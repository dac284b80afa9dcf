// One row per code of ledger/base/error_codes.def: what is done to a running node, what comes back, and that its ledger
// stands as it did. What only another module can bring about (a damaged disk, a note of another log) has a row that
// names the test which does it.
#include <doctest/doctest.h>

#include <fstream>
#include <functional>
#include <iterator>
#include <map>

#include "crypto/base64.hpp"
#include "tests/unit/node/running_node.hpp"

namespace dengji::test {
namespace {

struct Row {
  ErrorCode code;
  int status;
  std::string_view done;
  std::function<Answer(Running&)> act;
};

// An entry whose payload is right but for one place.
Row spoilt(ErrorCode code, std::string_view done, std::string_view before, std::string_view after) {
  return {code, 400, done, [before, after](Running& node) { return node.spoilt(before, after); }};
}

std::vector<Row> rows_of_json() {
  static const std::string deep = "\"deep\":" + std::string(17, '[') + std::string(17, ']') + ",\"v\":1";
  return {
      {ErrorCode::json_syntax, 400, "half an object", [](Running& node) { return node.post("{"); }},
      spoilt(ErrorCode::json_duplicate_member, "v twice", "\"v\":1", "\"v\":1,\"v\":1"),
      {ErrorCode::json_bom, 400, "a byte order mark before the entry",
       [](Running& node) { return node.post("\xEF\xBB\xBF" + node.sign(node.payload())); }},
      {ErrorCode::json_trailing_bytes, 400, "a letter after the entry",
       [](Running& node) { return node.post(node.sign(node.payload()) + "x"); }},
      spoilt(ErrorCode::json_invalid_utf8, "a byte that is no UTF-8", "数据集 A", "\xff"),
      spoilt(ErrorCode::json_float, "3.5 files", "\"files\":3", "\"files\":3.5"),
      spoilt(ErrorCode::json_negative_zero, "-0 files", "\"files\":3", "\"files\":-0"),
      spoilt(ErrorCode::json_integer_range, "2^53 files", "\"files\":3", "\"files\":9007199254740992"),
      spoilt(ErrorCode::json_depth, "17 arrays in each other", "\"v\":1", deep),
      spoilt(ErrorCode::json_member_name, "a capital in a member's name", "\"files\":3", "\"Files\":3"),
      spoilt(ErrorCode::json_text, "a bidirectional override in a title", "数据集 A", "\u202e"),
      spoilt(ErrorCode::json_not_nfc, "an accent apart from its letter", "数据集 A", "e\u0301"),
      spoilt(ErrorCode::member_missing, "no number of files", "\"files\":3,", ""),
      spoilt(ErrorCode::member_unknown, "a member that nobody knows", "\"files\":3", "\"files\":3,\"folders\":1"),
      spoilt(ErrorCode::value_type, "a text for a number", "\"files\":3", "\"files\":\"3\""),
      spoilt(ErrorCode::value_range, "less than no files", "\"files\":3", "\"files\":-3"),
      spoilt(ErrorCode::value_format, "a hash with a star", "\"commitment\":\"", "\"commitment\":\"*"),
      spoilt(ErrorCode::unknown_type, "a type that is none", "dataset.apply", "dataset.invent"),
  };
}

// Entries that fall as a JWS, or by their signatures or keys.
std::vector<Row> rows_of_signing() {
  return {
      {ErrorCode::base64_form, 400, "a payload with a star",
       [](Running& node) {
         return node.post(Running::swapped(node.sign(node.payload()), "\"payload\":\"", "\"payload\":\"*"));
       }},
      {ErrorCode::jws_form, 400, "the flattened form",
       [](Running& node) {
         const Json jws = Json::parse(node.sign(node.payload()));
         Json flat = jws.at("signatures").at(0);
         flat["payload"] = jws.at("payload");
         return node.post(flat.dump());
       }},
      {ErrorCode::jws_header, 400, "a header with crit",
       [](Running& node) {
         Json jws = Json::parse(node.sign(node.payload()));
         Json& header = jws.at("signatures").at(0).at("protected");
         Json members = Json::parse(*crypto::base64url_decode(header.get<std::string>()));
         members["crit"] = "x";
         header = crypto::base64url_encode(members.dump());
         return node.post(jws.dump());
       }},
      {ErrorCode::jws_typ, 401, "a signature made for reading",
       [](Running& node) { return node.post(node.sign(node.payload(), 1, crypto::kTypRead)); }},
      {ErrorCode::bad_signature, 401, "the signature of another entry",
       [](Running& node) {
         Json jws = Json::parse(node.sign(node.payload()));
         jws["signatures"] = Json::parse(node.sign(node.payload())).at("signatures");
         return node.post(jws.dump());
       }},
      {ErrorCode::entry_too_large, 413, "an entry of 40 KB",
       [](Running& node) {
         return node.post(node.sign(Running::swapped(node.payload(), "数据集 A", std::string(30'000, 'x'))));
       }},
      {ErrorCode::envelope_form, 400, "two signatures of one party",
       [](Running& node) { return node.post(node.sign(node.payload(), 2)); }},
      {ErrorCode::id_reused, 409, "the id of an entry that was taken",
       [](Running& node) {
         static constexpr std::string_view kId = "\"id\":\"";
         static constexpr std::size_t kLength = 36;
         const auto genesis = crypto::parse_jws(*node::read_file(node.folder() / "genesis.jws", 65'536))->payload;
         std::string payload = node.payload();
         // The last of its members named id is the envelope's: bodies come before it.
         const auto from = Json::parse(genesis).at("id").get<std::string>();
         payload.replace(payload.find(kId) + kId.size(), kLength, from);
         return node.post(node.sign(payload));
       }},
  };
}

std::vector<Row> rows_of_requests() {
  return {
      {ErrorCode::unknown_key, 401, "a read token by a key that nobody registered",
       [](Running& node) { return node.get("/v1/export", Running::bearer(node.ledger().actor(2, "320500"))); }},
      {ErrorCode::bad_token, 401, "a read token that is none",
       [](Running& node) { return node.get("/v1/export", "Authorization: Bearer x.y\r\n"); }},
      {ErrorCode::not_allowed, 403, "the export, by one who is no auditor",
       [](Running& node) { return node.get("/v1/export", Running::bearer(node.member())); }},
      {ErrorCode::not_in_ledger, 404, "an entry beyond the last",
       [](Running& node) { return node.get("/v1/entries/4096"); }},
      {ErrorCode::not_found, 404, "an address where nothing lives",
       [](Running& node) { return node.get("/v1/nothing"); }},
      {ErrorCode::bad_request, 400, "a query member that is not known",
       [](Running& node) { return node.get("/v1/orgs?colour=red"); }},
      {ErrorCode::method_not_allowed, 405, "DELETE of the entries",
       [](Running& node) { return node.raw("DELETE /v1/entries HTTP/1.1\r\nHost: t\r\n\r\n"); }},
      {ErrorCode::not_acceptable, 406, "the organisations as HTML",
       [](Running& node) { return node.get("/v1/orgs", "Accept: text/html\r\n"); }},
      {ErrorCode::unsupported_media_type, 415, "an entry as plain text",
       [](Running& node) { return node.post(node.sign(node.payload()), "text/plain"); }},
      {ErrorCode::body_too_large, 413, "70,000 spaces",
       [](Running& node) { return node.post(std::string(70'000, ' ')); }},
      {ErrorCode::header_too_large, 431, "a header of 9 KB",
       [](Running& node) { return node.get("/livez", "X: " + std::string(9'000, 'a') + "\r\n"); }},
      {ErrorCode::upgrade_required, 426, "the stream without a WebSocket",
       [](Running& node) { return node.get("/v1/stream"); }},
      {ErrorCode::request_timeout, 408, "half a header, and no more",
       [](Running& node) {
         node.restart([](node::Config& c) { c.http.limits.header_timeout = std::chrono::milliseconds(100); });
         return node.raw("GET /livez HT");
       }},
      {ErrorCode::too_many_requests, 429, "more requests than one address has",
       [](Running& node) {
         node.restart([](node::Config& c) { c.api.rate = {.per_second = 0.01, .burst = 1}; });
         node.get("/v1/nothing");
         return node.post(node.sign(node.payload()));
       }},
      {ErrorCode::overloaded, 503, "an entry to a node whose queue is full",
       [](Running& node) {
         node.restart([](node::Config& c) { c.submissions.max_waiting = 0; });
         return node.post(node.sign(node.payload()));
       }},
      {ErrorCode::unavailable, 503, "a read as of a size that is not reached in time",
       [](Running& node) {
         node.restart([](node::Config& c) { c.api.min_size_wait = std::chrono::milliseconds(50); });
         return node.get("/v1/orgs?min_size=4096");
       }},
  };
}

// What keeps a program from starting, or a file from being read.
std::vector<Row> rows_of_files() {
  return {
      {ErrorCode::in_use, 500, "a second node on the same store",
       [](Running& node) { return answer_of(node.start()); }},
      {ErrorCode::config, 400, "a node whose configuration names another ledger",
       [](Running& node) {
         node.stop();
         return answer_of(node.start([](node::Config& c) { c.ledger_id = "other.example/ledger"; }));
       }},
      {ErrorCode::key_file_form, 400, "an entry in place of a key file",
       [](Running& node) {
         return answer_of(node::open_key(node.folder() / "genesis.jws", crypto::KeyUse::log, Running::passphrase()));
       }},
      {ErrorCode::wrong_passphrase, 403, "a key file under another passphrase",
       [](Running& node) {
         return answer_of(
             node::open_key(node.folder() / "log.key", crypto::KeyUse::log, crypto::Secret(std::string("guess"))));
       }},
      {ErrorCode::no_passphrase, 400, "a passphrase from a variable that is not set",
       [](Running&) { return answer_of(node::read_passphrase({.environment = "DENGJI_NOBODY_SETS_THIS"}, "")); }},
      {ErrorCode::io, 500, "a file in a folder that is a file",
       [](Running& node) {
         return answer_of(node::write_file(node.folder() / "genesis.jws" / "file", "x", node::FileMode::open));
       }},
  };
}

std::vector<Row> all_rows() {
  std::vector<Row> rows;
  for (auto part : {rows_of_json(), rows_of_signing(), rows_of_requests(), rows_of_files()}) {
    std::move(part.begin(), part.end(), std::back_inserter(rows));
  }
  return rows;
}

struct Elsewhere {
  ErrorCode code;
  int status;
  std::string_view file;
  std::string_view test;
};

constexpr Elsewhere kElsewhere[] = {
    {ErrorCode::bad_key, 400, "tests/unit/crypto/jwk_test.cpp",
     "a JWK of a point outside the prime-order group is a bad key"},
    {ErrorCode::note_form, 400, "tests/unit/crypto/note_test.cpp", "a note of another form is refused"},
    {ErrorCode::note_no_signature, 401, "tests/unit/crypto/note_test.cpp",
     "signatures of unknown keys are passed over, and none that is known is an error"},
    {ErrorCode::proof_form, 400, "tests/unit/merkle/tlog_proof_test.cpp", "every other spelling of a proof is refused"},
    {ErrorCode::proof_wrong, 400, "tests/unit/merkle/tlog_proof_test.cpp",
     "a changed proof is refused with the reason"},
    {ErrorCode::manifest_form, 400, "tests/unit/node/dataset_manifest_test.cpp",
     "a list with one byte changed is refused, or says the same"},
    {ErrorCode::manifest_differs, 422, "tests/unit/node/dataset_import_test.cpp",
     "export to Croissant and import again give the same manifest and the same words"},
    {ErrorCode::not_in_manifest, 404, "tests/unit/node/dataset_manifest_test.cpp",
     "every file of a list is proven by its own path and by no other"},
    {ErrorCode::revoked, 422, "tests/e2e/commands_test.py",
     "test_a_revoked_key_is_exit_code_12_and_an_entry_out_of_date_13"},
    {ErrorCode::expired, 422, "tests/e2e/commands_test.py",
     "test_a_revoked_key_is_exit_code_12_and_an_entry_out_of_date_13"},
    {ErrorCode::ledger_inconsistent, 500, "tests/unit/store/crash_test.cpp",
     "reopen refuses a disk that holds less than was acknowledged"},
    {ErrorCode::outcome_unknown, 503, "tests/unit/node/applier_test.cpp",
     "a failed write is outcome_unknown, then disk_full while it lasts, and the same entry is taken afterwards"},
    {ErrorCode::unreachable, 503, "tests/unit/api/client_test.cpp",
     "the client names what it cannot reach, and gives up in time"},
    {ErrorCode::disk_full, 503, "tests/unit/store/crash_test.cpp",
     "a full disk is disk_full, drops the whole batch, keeps reading, and writing goes on once there is space"},
    {ErrorCode::corrupt, 500, "tests/unit/store/damage_test.cpp",
     "a flipped byte anywhere in a table is found at opening, or by reading, and stops commits"},
    {ErrorCode::usage, 400, "tests/e2e/commands_test.py", "test_the_url_may_come_from_the_environment_and_must_be_one"},
    {ErrorCode::file_exists, 409, "tests/e2e/commands_test.py",
     "test_ledger_init_refuses_what_the_node_would_refuse_and_overwrites_nothing"},
    {ErrorCode::internal, 500, "tests/unit/api/transport_test.cpp", "an answer that nobody gives becomes 500"},
};

// The lines of one test, "" if the file has none of that name.
std::string body_of_test(const Elsewhere& row) {
  std::ifstream file(std::string(DENGJI_SOURCE_DIR) + "/" + std::string(row.file), std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const bool python = row.file.ends_with(".py");
  const std::string head = python ? "    def " + std::string(row.test) + "(" : "\"" + std::string(row.test) + "\")";
  const auto begin = text.find(head);
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find(python ? "\n    def " : "\nTEST_CASE(", begin) - begin);
}

std::string lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

}  // namespace

TEST_CASE("every error code has one row that brings it about, here or in the test that it names") {
  std::map<ErrorCode, int> rows;
  for (const Row& row : all_rows()) ++rows[row.code];
  for (const Elsewhere& row : kElsewhere) ++rows[row.code];
  for (const ErrorRow& row : error_table()) {
    CAPTURE(row.slug);
    CHECK(rows[row.code] == 1);
  }
}

TEST_CASE("every error code comes back with its status, and the ledger stands as it did") {
  Running node;
  for (const Row& row : all_rows()) {
    CAPTURE(error_row(row.code).slug);
    CAPTURE(row.done);
    const std::string before = node.checkpoint();
    const Answer answer = row.act(node);
    CHECK(answer.status == row.status);
    CHECK(answer.code == error_row(row.code).slug);
    CHECK(node.checkpoint() == before);
  }
  // What the rows spoilt is right as it is.
  const std::string before = node.checkpoint();
  CHECK(node.post(node.sign(node.payload())).status == 201);
  CHECK(node.checkpoint() != before);
}

TEST_CASE("the tests that the other rows name exist and speak of the code") {
  for (const Elsewhere& row : kElsewhere) {
    const ErrorRow& known = error_row(row.code);
    CAPTURE(known.slug);
    CAPTURE(row.test);
    CHECK(known.http_status == row.status);
    CHECK(lower(body_of_test(row)).find(known.slug) != std::string::npos);
  }
}

}  // namespace dengji::test
