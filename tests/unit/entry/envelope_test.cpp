#include "ledger/entry/envelope.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <vector>

#include "crypto/base64.hpp"
#include "crypto/sha256.hpp"
#include "tests/unit/entry/make_entry.hpp"

using namespace dengji;
using namespace dengji::entry;
using json::Json;

namespace {

// A good payload with one thing changed.
std::string payload_with(const std::function<void(Json&)>& change, int parties = 1) {
  Json payload = *json::read_strict(write_payload(test::envelope(parties)));
  change(payload);
  return json::write_canonical(payload);
}

std::string payload_with(const char* member, Json value) {
  return payload_with([&](Json& payload) { payload[member] = std::move(value); });
}

struct Refused {
  std::string payload;
  ErrorCode code;
  std::string pointer;
};

void check_refused(const Result<SignedEntry>& result, ErrorCode code, const std::string& pointer) {
  REQUIRE_FALSE(result.has_value());
  CHECK(error_row(result.error().code).slug == error_row(code).slug);
  CHECK(result.error().pointer == pointer);
}

}  // namespace

TEST_CASE("an entry is parsed once into all that follows needs") {
  const Envelope made = test::envelope(2);
  const std::string payload = write_payload(made);
  const auto parsed = parse_entry(test::signed_text(made));
  REQUIRE(parsed.has_value());
  CHECK(parsed->envelope == made);
  CHECK(parsed->payload() == payload);
  CHECK(parsed->entry_id == crypto::sha256(payload));
  CHECK(parsed->jws_text == test::signed_text(made));
  CHECK(parsed->jws.signatures.size() == 2);
  for (int i = 0; i < 2; ++i) {
    CHECK(crypto::verify_signature(parsed->jws, static_cast<std::size_t>(i), test::key(i + 1).public_key(),
                                   crypto::kTypEntry)
              .has_value());
  }
}

TEST_CASE("white space and member order of the JWS are not part of the entry") {
  const std::string text = test::signed_text(test::envelope());
  const Json jws = Json::parse(text);
  const std::string loose =
      "{ \"signatures\" : " + jws["signatures"].dump(2) + ",\n\"payload\":" + jws["payload"].dump() + "}\n";
  const auto parsed = parse_entry(loose);
  REQUIRE(parsed.has_value());
  CHECK(parsed->jws_text == text);
}

TEST_CASE("the payload's spelling is part of the entry: it is kept as signed") {
  const std::string payload = " " + write_payload(test::envelope()) + "\n";
  const auto parsed = parse_entry(test::signed_text(payload));
  REQUIRE(parsed.has_value());
  CHECK(parsed->payload() == payload);
  CHECK(parsed->entry_id == crypto::sha256(payload));
}

TEST_CASE("only a genesis entry is without the hash of the genesis") {
  Envelope genesis = test::envelope();
  genesis.type = "genesis";
  genesis.genesis.reset();
  const auto parsed = parse_entry(test::signed_text(genesis));
  REQUIRE(parsed.has_value());
  CHECK(parsed->envelope == genesis);
}

TEST_CASE("every wrong envelope is refused with its code and its place") {
  const auto party = [](const char* member, Json value) {
    return payload_with([&](Json& payload) { payload["parties"][0][member] = std::move(value); });
  };
  const auto until = [](const char* time) { return payload_with("valid_until", time); };
  const auto without = [](const char* member) { return payload_with([&](Json& payload) { payload.erase(member); }); };
  const std::vector<Refused> table = {
      {"", ErrorCode::json_syntax, ""},
      {"[]", ErrorCode::value_type, ""},
      {"{}", ErrorCode::member_missing, "/body"},
      {R"({"a":1,"a":2})", ErrorCode::json_duplicate_member, "/a"},
      {write_payload(test::envelope()) + "x", ErrorCode::json_trailing_bytes, ""},
      {without("body"), ErrorCode::member_missing, "/body"},
      {without("genesis"), ErrorCode::member_missing, "/genesis"},
      {without("id"), ErrorCode::member_missing, "/id"},
      {without("ledger"), ErrorCode::member_missing, "/ledger"},
      {without("made_at"), ErrorCode::member_missing, "/made_at"},
      {without("parties"), ErrorCode::member_missing, "/parties"},
      {without("salt"), ErrorCode::member_missing, "/salt"},
      {without("type"), ErrorCode::member_missing, "/type"},
      {without("v"), ErrorCode::member_missing, "/v"},
      {without("valid_until"), ErrorCode::member_missing, "/valid_until"},
      {payload_with("note", "x"), ErrorCode::member_unknown, "/note"},
      {payload_with("v", 2), ErrorCode::value_range, "/v"},
      {payload_with("v", 0), ErrorCode::value_range, "/v"},
      {payload_with("v", "1"), ErrorCode::value_type, "/v"},
      {payload_with("v", nullptr), ErrorCode::value_type, "/v"},
      {payload_with("ledger", 1), ErrorCode::value_type, "/ledger"},
      {payload_with("ledger", "https://ledger.example/js-data"), ErrorCode::value_format, "/ledger"},
      {payload_with("ledger", "ledger.example"), ErrorCode::value_format, "/ledger"},
      {payload_with("genesis", "x"), ErrorCode::value_format, "/genesis"},
      {payload_with("genesis", std::string(44, 'A')), ErrorCode::value_format, "/genesis"},
      {payload_with("genesis", std::string(42, 'A') + "B"), ErrorCode::value_format, "/genesis"},
      {payload_with("genesis", nullptr), ErrorCode::value_type, "/genesis"},
      {payload_with("type", "genesis"), ErrorCode::member_unknown, "/genesis"},
      {payload_with("type", ""), ErrorCode::value_format, "/type"},
      {payload_with("type", "Trade.agree"), ErrorCode::value_format, "/type"},
      {payload_with("type", "trade."), ErrorCode::value_format, "/type"},
      {payload_with("type", "trade.agree.more"), ErrorCode::value_format, "/type"},
      {payload_with("id", "019B77B5-4180-7000-8000-000000000001"), ErrorCode::value_format, "/id"},
      {payload_with("id", "019b77b5-4180-4000-8000-000000000001"), ErrorCode::value_format, "/id"},
      {payload_with("id", "019b77b5418070008000000000000001"), ErrorCode::value_format, "/id"},
      {payload_with("id", 7), ErrorCode::value_type, "/id"},
      {payload_with("salt", ""), ErrorCode::value_format, "/salt"},
      {payload_with("salt", crypto::base64url_encode(std::string(15, 's'))), ErrorCode::value_format, "/salt"},
      {payload_with("salt", crypto::base64url_encode(std::string(17, 's'))), ErrorCode::value_format, "/salt"},
      {payload_with("salt", crypto::base64url_encode(std::string(16, 's')) + "=="), ErrorCode::value_format, "/salt"},
      {payload_with("made_at", "2026-03-02"), ErrorCode::value_format, "/made_at"},
      {payload_with("made_at", "2026-03-02T08:00:00+08:00"), ErrorCode::value_format, "/made_at"},
      {payload_with("made_at", 1), ErrorCode::value_type, "/made_at"},
      {until("2026-02-30T08:00:00Z"), ErrorCode::value_format, "/valid_until"},
      {until("2026-03-02T07:59:59.999Z"), ErrorCode::value_range, "/valid_until"},
      {until("2026-03-09T08:00:00.001Z"), ErrorCode::value_range, "/valid_until"},
      {payload_with("body", Json::array()), ErrorCode::value_type, "/body"},
      {payload_with("body", nullptr), ErrorCode::value_type, "/body"},
      {payload_with("body", {{"Title", 1}}), ErrorCode::json_member_name, "/body/Title"},
      {payload_with("parties", Json::object()), ErrorCode::value_type, "/parties"},
      {payload_with("parties", Json::array()), ErrorCode::value_range, "/parties"},
      {payload_with("parties", {1}), ErrorCode::value_type, "/parties/0"},
      {party("role", "Enterprise"), ErrorCode::value_format, "/parties/0/role"},
      {party("role", ""), ErrorCode::value_format, "/parties/0/role"},
      {party("role", std::string(kMaxRoleBytes + 1, 'a')), ErrorCode::value_format, "/parties/0/role"},
      {party("role", 1), ErrorCode::value_type, "/parties/0/role"},
      {party("org", ""), ErrorCode::value_format, "/parties/0/org"},
      {party("org", "A|B"), ErrorCode::value_format, "/parties/0/org"},
      {party("org", "A/B"), ErrorCode::value_format, "/parties/0/org"},
      {party("org", std::string(kMaxOrgBytes + 1, 'A')), ErrorCode::value_format, "/parties/0/org"},
      {party("kid", "short"), ErrorCode::value_format, "/parties/0/kid"},
      {party("kid", std::string(43, '=')), ErrorCode::value_format, "/parties/0/kid"},
      {party("name", "x"), ErrorCode::member_unknown, "/parties/0/name"},
      {payload_with([](Json& payload) { payload["parties"][0].erase("org"); }), ErrorCode::member_missing,
       "/parties/0/org"},
  };
  for (const Refused& row : table) {
    CAPTURE(row.payload);
    check_refused(parse_entry(test::signed_text(row.payload)), row.code, row.pointer);
    // What has not been signed yet is judged alike.
    const auto payload = parse_payload(row.payload);
    REQUIRE_FALSE(payload.has_value());
    CHECK(payload.error().pointer == row.pointer);
  }
}

TEST_CASE("the limits of an envelope hold at their edge") {
  const auto accepted = [](Envelope envelope) { return parse_entry(test::signed_text(envelope)).has_value(); };
  Envelope one = test::envelope();
  one.valid_until = one.made_at;
  CHECK(accepted(one));
  one.valid_until.ms = one.made_at.ms + kMaxValidityMs;
  CHECK(accepted(one));
  one.valid_until.ms += 1;
  CHECK_FALSE(accepted(one));

  Envelope several = test::envelope(2);
  several.valid_until.ms = several.made_at.ms + kMaxValiditySeveralMs;
  CHECK(accepted(several));
  several.valid_until.ms += 1;
  CHECK_FALSE(accepted(several));

  CHECK(accepted(test::envelope(16)));
  Envelope named = test::envelope();
  named.type = "a.b_c";
  named.parties[0].role = std::string(kMaxRoleBytes, 'r');
  named.parties[0].org = OrgId("F:DE:hrb:HRB-12345.B");
  CHECK(accepted(named));
}

TEST_CASE("17 parties are one too many, whoever signs") {
  const auto result = parse_payload(write_payload(test::envelope(17)));
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().code == ErrorCode::value_range);
  CHECK(result.error().pointer == "/parties");
}

TEST_CASE("each party signs exactly once, in the parties' order, with the key that it names") {
  const std::string payload = write_payload(test::envelope(2));
  const auto sign_with = [&](std::vector<int> keys) {
    crypto::Jws jws = crypto::make_jws(payload);
    for (const int number : keys) crypto::sign(jws, test::key(number), crypto::kTypEntry);
    return parse_entry(crypto::write_jws(jws));
  };
  CHECK(sign_with({1, 2}).has_value());
  check_refused(sign_with({1}), ErrorCode::envelope_form, "/signatures");
  check_refused(sign_with({1, 2, 3}), ErrorCode::envelope_form, "/signatures");
  check_refused(sign_with({1, 2, 2}), ErrorCode::envelope_form, "/signatures");
  check_refused(sign_with({2, 1}), ErrorCode::envelope_form, "/signatures/0/protected");
  check_refused(sign_with({1, 1}), ErrorCode::envelope_form, "/signatures/1/protected");
  check_refused(sign_with({1, 3}), ErrorCode::envelope_form, "/signatures/1/protected");
}

TEST_CASE("a key stands once among the parties") {
  const std::string payload = payload_with([](Json& value) { value["parties"][1] = value["parties"][0]; }, 2);
  crypto::Jws jws = crypto::make_jws(payload);
  for (int i = 0; i < 2; ++i) crypto::sign(jws, test::key(1), crypto::kTypEntry);
  check_refused(parse_entry(crypto::write_jws(jws)), ErrorCode::envelope_form, "/parties/1/kid");
}

TEST_CASE("a signature made for another purpose is no signature of an entry") {
  const std::string payload = write_payload(test::envelope());
  for (const auto typ : {crypto::kTypBatch, crypto::kTypRead, crypto::kTypSdJwt, std::string_view("DENGJI+JWS")}) {
    check_refused(parse_entry(test::signed_text(payload, 1, typ)), ErrorCode::jws_typ, "/signatures/0/protected");
  }
}

TEST_CASE("an entry may be as large as the limit and no larger") {
  Envelope large = test::envelope();
  const auto size_with = [&](std::size_t filler) {
    large.body = {{"a", std::string(filler, 'x')}};
    return test::signed_text(large).size();
  };
  std::size_t filler = 20'000;
  while (size_with(filler + 1) <= kMaxEntryBytes) ++filler;
  const std::size_t size = size_with(filler);
  CHECK(size > kMaxEntryBytes - 2);
  CHECK(parse_entry(test::signed_text(large)).has_value());
  // White space around it does not count.
  CHECK(parse_entry(std::string(1000, ' ') + test::signed_text(large)).has_value());

  large.body = {{"a", std::string(filler + 1, 'x')}};
  check_refused(parse_entry(test::signed_text(large)), ErrorCode::entry_too_large, "");
  check_refused(parse_entry(std::string(3 * kMaxEntryBytes, ' ')), ErrorCode::entry_too_large, "");
}

TEST_CASE("a ledger id is a host and a name without a scheme") {
  for (const char* good : {"ledger.example/js-data", "a/b", "localhost/x", "l-1.example/a/b.c_d"}) {
    CAPTURE(good);
    CHECK(is_ledger_id(good));
  }
  for (const char* bad : {"", "/", "a", "a/", "/a", "a//b", "A/b", "a/B", "a b/c", "https://a/b", "a./b", ".a/b",
                          "-a/b", "a/-b", "a/b-", "a..b/c", "a/b+c", "a_b/c", "数据/a"}) {
    CAPTURE(bad);
    CHECK_FALSE(is_ledger_id(bad));
  }
  CHECK(is_ledger_id("a/" + std::string(kMaxLedgerIdBytes - 2, 'b')));
  CHECK_FALSE(is_ledger_id("a/" + std::string(kMaxLedgerIdBytes - 1, 'b')));
}

TEST_CASE("a type name is an area and an act") {
  for (const char* good : {"genesis", "trade.agree", "window.close", "subsidy.write_off"}) CHECK(is_type_name(good));
  for (const char* bad : {"", ".", "a.", ".a", "a.b.c", "a_b", "a1", "a.B", "a.b1", "a b"}) {
    CAPTURE(bad);
    CHECK_FALSE(is_type_name(bad));
  }
  CHECK(is_type_name(std::string(kMaxTypeBytes, 'a')));
  CHECK_FALSE(is_type_name(std::string(kMaxTypeBytes + 1, 'a')));
}
