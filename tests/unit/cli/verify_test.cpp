// What no honest node serves: leaves that are in the tree and yet hold something wrong.
#include "node/cli/verify.hpp"

#include <doctest/doctest.h>

#include "crypto/base64.hpp"
#include "crypto/jwk.hpp"
#include "crypto/jws.hpp"
#include "crypto/sha256.hpp"
#include "ledger/merkle/hash.hpp"

namespace dengji::cli {
namespace {

constexpr std::string_view kLedger = "ledger.example/js-data";

crypto::SecretKey key_of(std::uint8_t byte) {
  return crypto::SecretKey(*crypto::Seed::from_bytes(std::string(32, static_cast<char>(byte))));
}

entry::Party party(const crypto::SecretKey& key) {
  return {"bureau", OrgId("11320000MB151840XJ"), crypto::thumbprint(key.public_key())};
}

crypto::Jws two_parties() {
  entry::Envelope envelope;
  envelope.ledger = kLedger;
  envelope.genesis = Hash32{};
  envelope.type = "calendar.set";
  envelope.id = "019b77b5-4180-7000-8000-000000000001";
  envelope.salt = std::string(16, '\3');
  envelope.made_at = *parse_time("2026-03-02T08:00:00Z");
  envelope.valid_until = *parse_time("2026-03-03T08:00:00Z");
  envelope.parties = {party(key_of(1)), party(key_of(2))};
  envelope.body = Json::object();
  crypto::Jws jws = crypto::make_jws(entry::write_payload(envelope));
  crypto::sign(jws, key_of(1), crypto::kTypEntry);
  crypto::sign(jws, key_of(2), crypto::kTypEntry);
  return jws;
}

std::vector<crypto::NoteKey> log_keys(std::uint8_t byte = 9) {
  return {{std::string(kLedger), crypto::NoteKeyType::ed25519, key_of(byte).public_key()}};
}

// The proof of a tree of this one leaf, whose checkpoint the log key signed.
merkle::TlogProof prove_alone(const std::string& leaf, std::string_view origin = kLedger) {
  crypto::Note note;
  note.text = crypto::write_checkpoint({std::string(origin), 1, merkle::leaf_hash(leaf)});
  note.signatures.push_back(crypto::sign_note(note.text, origin, key_of(9)));
  return {.extra = leaf, .index = 0, .hashes = {}, .checkpoint = crypto::write_note(note)};
}

std::string leaf_of(const crypto::Jws& jws, std::uint64_t seq = 0) {
  auto leaf = entry::encode_leaf({.seq = Seq{seq},
                                  .time = *parse_time("2026-03-02T08:00:01Z"),
                                  .effects = Json::array(),
                                  .jws_text = crypto::write_jws(jws),
                                  .status = entry::StatusList{}});
  REQUIRE(leaf.has_value());
  return *leaf;
}

std::string entry_id_of(const crypto::Jws& jws) {
  return crypto::to_b64(crypto::sha256(jws.payload));
}

PartyKeys knowing(std::vector<crypto::PublicKey> known) {
  return [known = std::move(known)](const KeyId& kid) -> Result<std::optional<crypto::PublicKey>> {
    for (const auto& key : known)
      if (crypto::thumbprint(key) == kid) return key;
    return std::nullopt;
  };
}

}  // namespace

TEST_CASE("a leaf is proven under the log key, and every signature whose key is known is verified") {
  const auto proven = prove(prove_alone(leaf_of(two_parties())), log_keys());
  REQUIRE(proven.has_value());
  CHECK(proven->checkpoint.size == 1);
  const auto both = check_signatures(proven->entry, knowing({key_of(1).public_key(), key_of(2).public_key()}));
  REQUIRE(both.has_value());
  CHECK(count_verified(*both) == 2);
  const auto one = check_signatures(proven->entry, knowing({key_of(2).public_key()}));
  REQUIRE(one.has_value());
  CHECK_FALSE((*one)[0].verified);
  CHECK((*one)[1].verified);
}

TEST_CASE("one good and one bad signature in a proven leaf fail it, whichever is bad") {
  for (const std::size_t bad : {0U, 1U}) {
    crypto::Jws jws = two_parties();
    jws.signatures[bad].signature.bytes[5] ^= 1;
    const auto proven = prove(prove_alone(leaf_of(jws)), log_keys());
    REQUIRE(proven.has_value());
    const auto checked = check_signatures(proven->entry, knowing({key_of(1).public_key(), key_of(2).public_key()}));
    REQUIRE_FALSE(checked.has_value());
    CHECK(checked.error().code == ErrorCode::bad_signature);
    CHECK(checked.error().pointer == "/signatures/" + std::to_string(bad) + "/signature");
  }
}

TEST_CASE("a signature made for another purpose fails a proven leaf") {
  crypto::Jws jws = two_parties();
  jws.signatures.pop_back();
  crypto::sign(jws, key_of(2), crypto::kTypBatch);
  const auto proven = prove(prove_alone(leaf_of(jws)), log_keys());
  if (proven) {
    const auto checked = check_signatures(proven->entry, knowing({key_of(2).public_key()}));
    REQUIRE_FALSE(checked.has_value());
    CHECK(checked.error().code == ErrorCode::jws_typ);
  } else {
    CHECK(proven.error().code == ErrorCode::jws_typ);
  }
}

TEST_CASE("another log key, another ledger and another place are refused") {
  const std::string leaf = leaf_of(two_parties());
  CHECK(prove(prove_alone(leaf), log_keys(8)).error().code == ErrorCode::note_no_signature);
  CHECK(prove(prove_alone(leaf_of(two_parties(), 5)), log_keys()).error().code == ErrorCode::ledger_inconsistent);
  const auto elsewhere = prove_alone(leaf, "other.example/data");
  std::vector<crypto::NoteKey> other = log_keys();
  other[0].name = "other.example/data";
  CHECK(prove(elsewhere, other).error().code == ErrorCode::ledger_inconsistent);
  CHECK(prove(elsewhere, log_keys()).error().code == ErrorCode::note_no_signature);
  merkle::TlogProof bare = prove_alone(leaf);
  bare.extra.reset();
  CHECK(prove(bare, log_keys()).error().code == ErrorCode::proof_form);
}

TEST_CASE("a receipt proves the same, however its JSON is written") {
  const auto proof = prove_alone(leaf_of(two_parties()));
  const Json receipt{{"seq", 0},
                     {"inclusion", Json::array()},
                     {"checkpoint", proof.checkpoint},
                     {"leaf", Json::parse(*proof.extra)},
                     {"leaf_hash", crypto::to_b64(merkle::leaf_hash(*proof.extra))},
                     {"entry_id", entry_id_of(two_parties())},
                     {"numbers", Json::array()},
                     {"status", "new"}};
  for (const std::string& text : {receipt.dump(), receipt.dump(2), "\n " + receipt.dump(1, '\t', true)}) {
    const auto read = parse_proof(text);
    REQUIRE(read.has_value());
    CHECK(*read == proof);
  }
}

TEST_CASE("a receipt that is none is refused: members missing, numbers that are no integers, nesting without end") {
  const auto proof = prove_alone(leaf_of(two_parties()));
  const Json receipt{{"seq", 0},
                     {"inclusion", Json::array()},
                     {"checkpoint", proof.checkpoint},
                     {"leaf", Json::parse(*proof.extra)},
                     {"entry_id", entry_id_of(two_parties())},
                     {"leaf_hash", crypto::to_b64(merkle::leaf_hash(*proof.extra))}};
  CHECK(parse_proof(receipt.dump()).has_value());
  for (const auto& [member, value] : receipt.items()) {
    Json without = receipt;
    without.erase(member);
    CHECK_FALSE(parse_proof(without.dump()).has_value());
    without[member] = nullptr;
    CHECK_FALSE(parse_proof(without.dump()).has_value());
  }
  Json other = receipt;
  other["leaf_hash"] = crypto::to_b64(Hash32{});
  CHECK(parse_proof(other.dump()).error().code == ErrorCode::proof_wrong);
  other = receipt;
  other["entry_id"] = std::string(43, 'A');
  CHECK(parse_proof(other.dump()).error().pointer == "/entry_id");
  other = receipt;
  other["numbers"] = {"ZS32050020260000001X"};
  CHECK(parse_proof(other.dump()).error().pointer == "/numbers");
  other = receipt;
  other["amount_fen"] = 1;
  CHECK(parse_proof(other.dump()).error().code == ErrorCode::member_unknown);
  Json real = receipt;
  real["leaf"]["seq"] = 0.5;
  CHECK_FALSE(parse_proof(real.dump()).has_value());
  Json large = receipt;
  large["leaf"]["seq"] = std::uint64_t{1} << 60;
  CHECK_FALSE(parse_proof(large.dump()).has_value());
  CHECK_FALSE(parse_proof("{\"leaf\":" + std::string(200'000, '[')).has_value());
  CHECK_FALSE(parse_proof("{\"leaf\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}").has_value());
  CHECK_FALSE(parse_proof("").has_value());
}

TEST_CASE("brackets inside strings are no nesting, escaped quotes do not end a string") {
  const auto read =
      read_foreign(R"({"a":")" + std::string(100, '[') + R"(\"[[","b":[1,-2,18446744073709551615]})", "it");
  REQUIRE(read.has_value());
  CHECK((*read)["b"][2] == 18'446'744'073'709'551'615ULL);
  CHECK(read_foreign("[1e3]", "it").error().code == ErrorCode::value_format);
  CHECK(read_foreign("{", "it").error().context.starts_with("it: json_syntax"));
}

}  // namespace dengji::cli
