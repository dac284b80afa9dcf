#include "ledger/merkle/tlog_proof.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "crypto/base64.hpp"
#include "crypto/note.hpp"
#include "crypto/sha256.hpp"
#include "tests/support/memory_tiles.hpp"

using namespace dengji;
using namespace dengji::merkle;

namespace {

const std::string kGolden =
    "c2sp.org/tlog-proof@v1\n"
    "extra dGhyZWU=\n"
    "index 2\n"
    "9xWrP6pdBx5uKsS7mU1b9zWUPcw3mdoNCF55gM+5M2o=\n"
    "T1X2GdkhUjV3iyufF9b0kVsWFxIU0VI4EpNml2Teci4=\n"
    "wVNSoGEUdzQTVZfXnUuDiK7m3gJ5rbJqmQx/6vHF+yA=\n"
    "\n"
    "ledger.example/js-data\n"
    "7\n"
    "IrSXADBqJ7EQoUODSDKROySgNveeL6CFhik2w/+fS7U=\n"
    "\n"
    "\u2014 ledger.example/js-data "
    "9XcsQ2h7jcTmQb2/5l5S6mbBLZ+CFno+9EsrIW72QHNUmIWNNqZg0fZJ5sGyE6009kls3wQ6N6fYD7UZpauqztTXHAI=\n"
    "\u2014 node1.ledger.example "
    "l0PvTwAAAABpVbkAikLQTRx0Q2/2BUQitksj0CCP/Cb7Sg/IPGPeqgHZi+8j0b5gCK+19x7RMXe7qi2d/M3nAaxsKyxl4ASFAoYeCA==\n";

TlogTrust golden_trust() {
  return {.log = *crypto::parse_verifier_key(
              "ledger.example/js-data+f5772c43+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c"),
          .cosigners = {*crypto::parse_verifier_key(
              "node1.ledger.example+9743ef4f+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU")},
          .quorum = 1};
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

// The error of reading and verifying `text`, or nullopt if it is a good proof.
std::optional<ErrorCode> verdict(const std::string& text, const TlogTrust& trust = golden_trust()) {
  const auto proof = parse_tlog_proof(text);
  if (!proof) return proof.error().code;
  const auto verified = verify_tlog_proof(*proof, trust);
  if (!verified) return verified.error().code;
  return std::nullopt;
}

}  // namespace

TEST_CASE("the golden proof is written byte for byte and verifies") {
  CHECK(kGolden.size() == 503);
  CHECK(to_hex(crypto::sha256(kGolden)) == "d3b5da5c131e5e60850cb42fc46bb7a6af4d3d64b4bb7663e7a79efc980a6dbb");

  test::MemoryTiles tiles;
  std::vector<Hash32> leaves;
  for (const char* word : {"one", "two", "three", "four", "five", "six", "seven"}) leaves.push_back(leaf_hash(word));
  tiles.append(leaves);
  TlogProof made{.extra = "three", .index = 2, .hashes = *ProofBuilder(tiles, 7).inclusion(2, 7), .checkpoint = {}};
  made.checkpoint = kGolden.substr(kGolden.find("\n\n") + 2);
  CHECK(write_tlog_proof(made) == kGolden);

  const auto parsed = parse_tlog_proof(kGolden);
  REQUIRE(parsed);
  CHECK(*parsed == made);
  const auto verified = verify_tlog_proof(*parsed, golden_trust());
  REQUIRE(verified);
  CHECK(verified->checkpoint.size == 7);
  CHECK(verified->checkpoint.root == tiles.writer().root());
  CHECK(verified->cosigners == std::vector<std::size_t>{0});
}

TEST_CASE("a changed proof is refused with the reason") {
  CHECK(verdict(kGolden) == std::nullopt);
  CHECK(verdict(replaced(kGolden, "dGhyZWU=", "dGhyZWE=")) == ErrorCode::proof_wrong);  // another leaf
  CHECK(verdict(replaced(kGolden, "index 2", "index 3")) == ErrorCode::proof_wrong);
  CHECK(verdict(replaced(kGolden, "index 2", "index 7")) == ErrorCode::proof_wrong);
  CHECK(verdict(replaced(kGolden, "9xWr", "9xWs")) == ErrorCode::proof_wrong);
  CHECK(verdict(replaced(kGolden, "js-data\n7\n", "js-data\n8\n")) == ErrorCode::bad_signature);
  CHECK(verdict(replaced(kGolden, "IrSX", "IrSY")) == ErrorCode::bad_signature);
  CHECK(verdict(replaced(kGolden, "extra dGhyZWU=\n", "")) == ErrorCode::proof_form);
}

TEST_CASE("only the log's own signature and a quorum make a checkpoint good") {
  auto trust = golden_trust();
  trust.quorum = 2;
  CHECK(verdict(kGolden, trust) == ErrorCode::note_no_signature);
  trust = golden_trust();
  std::swap(trust.log, trust.cosigners[0]);
  CHECK(verdict(kGolden, trust) == ErrorCode::proof_wrong);  // signed by both, but of another origin
  const std::string without_cosigner = kGolden.substr(0, kGolden.find("\u2014 node1"));
  CHECK(verdict(without_cosigner) == ErrorCode::note_no_signature);
  trust = golden_trust();
  trust.quorum = 0;
  CHECK(verdict(without_cosigner, trust) == std::nullopt);
  const std::size_t log_line = kGolden.find("\u2014 ledger");
  const std::string without_log = kGolden.substr(0, log_line) + kGolden.substr(kGolden.find("\u2014 node1"));
  CHECK(verdict(without_log, trust) == ErrorCode::note_no_signature);
}

TEST_CASE("every other spelling of a proof is refused") {
  const auto form = [](const std::string& text) {
    const auto parsed = parse_tlog_proof(text);
    return !parsed && parsed.error().code == ErrorCode::proof_form;
  };
  CHECK(form(""));
  CHECK(form("\n"));
  CHECK(form("c2sp.org/tlog-proof@v1"));
  CHECK(form(replaced(kGolden, "@v1", "@v2")));
  CHECK(form("\xEF\xBB\xBF" + kGolden));
  CHECK(form(replaced(kGolden, "@v1\n", "@v1\r\n")));
  CHECK(form(replaced(kGolden, "extra dGhyZWU=", "extra ")));
  CHECK(form(replaced(kGolden, "extra dGhyZWU=", "extra")));
  CHECK(form(replaced(kGolden, "extra dGhyZWU=", "extra dGhyZWU")));
  CHECK(form(replaced(kGolden, "extra dGhyZWU=", "extra dGhyZWV=")));  // stray bits
  CHECK(form(replaced(kGolden, "extra dGhyZWU=\n", "extra dGhyZWU=\nextra dGhyZWU=\n")));
  CHECK(form(replaced(kGolden, "index 2", "index 02")));
  CHECK(form(replaced(kGolden, "index 2", "index +2")));
  CHECK(form(replaced(kGolden, "index 2", "index 2 ")));
  CHECK(form(replaced(kGolden, "index 2", "index ")));
  CHECK(form(replaced(kGolden, "index 2", "Index 2")));
  CHECK(form(replaced(kGolden, "index 2", "index 18446744073709551616")));
  CHECK(form(
      replaced(kGolden, "9xWrP6pdBx5uKsS7mU1b9zWUPcw3mdoNCF55gM+5M2o=", "9xWrP6pdBx5uKsS7mU1b9zWUPcw3mdoNCF55gM+5M2")));
  CHECK(form(replaced(kGolden, "9xWrP6pdBx5uKsS7mU1b9zWUPcw3mdoNCF55gM+5M2o=", "dGhyZWU=")));
  CHECK(form(kGolden.substr(0, kGolden.find("\n\n") + 1)));
  CHECK(form(kGolden.substr(0, kGolden.find("\n\n") + 2)));
}

TEST_CASE("a proof within the limits passes and one beyond them does not") {
  TlogProof big{.extra = std::string(kMaxLeafBytes, 'x'),
                .index = 0,
                .hashes = std::vector<Hash32>(kMaxProofHashes),
                .checkpoint = "x\n"};
  const std::string text = write_tlog_proof(big);
  CHECK(parse_tlog_proof(text) == big);
  const std::string one_more = replaced(text, "index 0\n", "index 0\n" + crypto::base64_encode(Hash32{}.view()) + "\n");
  CHECK(parse_tlog_proof(one_more).error().code == ErrorCode::proof_form);
  const std::string bigger_leaf = replaced(text, "extra ", "extra eHh4");
  CHECK(parse_tlog_proof(bigger_leaf).error().code == ErrorCode::proof_form);
  big.checkpoint = std::string(kMaxTlogProofBytes, 'x');
  CHECK(parse_tlog_proof(write_tlog_proof(big)).error().code == ErrorCode::body_too_large);
}
