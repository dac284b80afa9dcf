#include "crypto/note.hpp"

#include "crypto/base64.hpp"
#include "crypto/sha256.hpp"
#include "support.hpp"

namespace dengji::crypto {
namespace {

constexpr std::string_view kOrigin = "ledger.example/js-data";
constexpr std::string_view kCosigner = "node1.ledger.example";
constexpr std::int64_t kTime = 1'767'225'600;
constexpr std::string_view kLogVkey = "ledger.example/js-data+f5772c43+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c";
constexpr std::string_view kCosignerVkey = "node1.ledger.example+9743ef4f+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU";
constexpr std::string_view kGolden =
    "ledger.example/js-data\n"
    "7\n"
    "IrSXADBqJ7EQoUODSDKROySgNveeL6CFhik2w/+fS7U=\n"
    "\n"
    "— ledger.example/js-data "
    "9XcsQ2h7jcTmQb2/5l5S6mbBLZ+CFno+9EsrIW72QHNUmIWNNqZg0fZJ5sGyE6009kls3wQ6N6fYD7UZpauqztTXHAI=\n"
    "— node1.ledger.example "
    "l0PvTwAAAABpVbkAikLQTRx0Q2/2BUQitksj0CCP/Cb7Sg/IPGPeqgHZi+8j0b5gCK+19x7RMXe7qi2d/M3nAaxsKyxl4ASFAoYeCA==\n";

std::vector<NoteKey> known() {
  return {{.name = std::string(kOrigin), .type = NoteKeyType::ed25519, .key = key_of(1).public_key()},
          {.name = std::string(kCosigner), .type = NoteKeyType::cosignature_v1, .key = key_of(2).public_key()}};
}

Note signed_note(std::string text) {
  Note note{.text = std::move(text), .signatures = {}};
  note.signatures.push_back(sign_note(note.text, kOrigin, key_of(1)));
  note.signatures.push_back(cosign_note(note.text, kCosigner, key_of(2), kTime));
  return note;
}

Note golden() {
  const auto root = Hash32::from_bytes(unhex("22b49700306a27b110a143834832913b24a036f79e2fa085862936c3ff9f4bb5"));
  REQUIRE(root.has_value());
  return signed_note(write_checkpoint({.origin = std::string(kOrigin), .size = 7, .root = *root}));
}

ErrorCode note_refusal(std::string_view bytes) {
  const auto note = parse_note(bytes);
  REQUIRE_FALSE(note.has_value());
  return note.error().code;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != text.npos);
  return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("verifier keys are written as other implementations write them, and read back") {
  CHECK(write_verifier_key(known()[0]) == kLogVkey);
  CHECK(write_verifier_key(known()[1]) == kCosignerVkey);
  CHECK(parse_verifier_key(kLogVkey) == known()[0]);
  CHECK(parse_verifier_key(kCosignerVkey) == known()[1]);
  // From the documentation of Go's golang.org/x/mod/sumdb/note.
  const auto peter = parse_verifier_key("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
  REQUIRE(peter.has_value());
  const auto note = parse_note(
      "If you think cryptography is the answer to your problem,\n"
      "then you don't know what your problem is.\n"
      "\n"
      "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n");
  REQUIRE(note.has_value());
  CHECK(verify_note(*note, std::span(&*peter, 1)).has_value());
}

TEST_CASE("a verifier key that is damaged or unfit is refused") {
  for (const char* text : {
           "",
           "a",
           "a+b",
           "ledger.example/js-data+f5772c43",
           "ledger.example/js-data+f5772c43+",
           "ledger.example/js-data+f5772c44+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c",
           "ledger.example/js-data+F5772C43+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c",
           "ledger.example/js-datb+f5772c43+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c",
           "ledger.example/js-data+f5772c43+AoqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c",
           "ledger.example/js-data+f5772c43+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D28=",
           "+f5772c43+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c",
           "a b+f5772c43+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c",
       }) {
    CAPTURE(text);
    const auto key = parse_verifier_key(text);
    REQUIRE_FALSE(key.has_value());
    CHECK(key.error().code == ErrorCode::note_form);
  }
  // A + T8, with its right hash.
  const NoteKey mixed{.name = "a",
                      .type = NoteKeyType::ed25519,
                      .key = public_key("9ea3f11f5bd34f0cd7147fd0a436c088f624c6100c1df6a53c0a29e05d60cea0")};
  const auto key = parse_verifier_key(write_verifier_key(mixed));
  REQUIRE_FALSE(key.has_value());
  CHECK(key.error().code == ErrorCode::bad_key);
}

TEST_CASE("the golden checkpoint is made, bit for bit") {
  CHECK(write_note(golden()) == kGolden);
}

TEST_CASE("the golden tlog-proof ends in this note") {
  const std::string proof =
      "c2sp.org/tlog-proof@v1\nextra dGhyZWU=\nindex 2\n9xWrP6pdBx5uKsS7mU1b9zWUPcw3mdoNCF55gM+5M2o=\n"
      "T1X2GdkhUjV3iyufF9b0kVsWFxIU0VI4EpNml2Teci4=\nwVNSoGEUdzQTVZfXnUuDiK7m3gJ5rbJqmQx/6vHF+yA=\n\n" +
      write_note(golden());
  CHECK(proof.size() == 503);
  CHECK(to_hex(sha256(proof)) == "d3b5da5c131e5e60850cb42fc46bb7a6af4d3d64b4bb7663e7a79efc980a6dbb");
}

TEST_CASE("the golden checkpoint verifies and names its signers") {
  const auto note = parse_note(kGolden);
  REQUIRE(note.has_value());
  CHECK(write_note(*note) == kGolden);
  const auto signers = verify_note(*note, known());
  REQUIRE(signers.has_value());
  REQUIRE(signers->size() == 2);
  CHECK((*signers)[0].key == 0);
  CHECK((*signers)[0].seconds == 0);
  CHECK((*signers)[1].key == 1);
  CHECK((*signers)[1].seconds == kTime);
  const auto checkpoint = parse_checkpoint(note->text);
  REQUIRE(checkpoint.has_value());
  CHECK(checkpoint->origin == kOrigin);
  CHECK(checkpoint->size == 7);
  CHECK(to_hex(checkpoint->root) == "22b49700306a27b110a143834832913b24a036f79e2fa085862936c3ff9f4bb5");
}

TEST_CASE("no byte of a signed checkpoint can be changed unnoticed") {
  for (std::size_t i = 0; i < kGolden.size(); ++i) {
    for (const unsigned flip : {0x01U, 0x20U, 0x80U}) {
      std::string damaged(kGolden);
      damaged[i] = static_cast<char>(static_cast<std::uint8_t>(damaged[i]) ^ flip);
      const auto note = parse_note(damaged);
      if (!note) continue;
      const auto signers = verify_note(*note, known());
      CAPTURE(i);
      // A damaged name or key hash makes the signer unknown; the other one still stands for the same text.
      CHECK((!signers || (signers->size() == 1 && kGolden.starts_with(note->text))));
    }
  }
}

TEST_CASE("signatures of unknown keys are passed over, and none that is known is an error") {
  Note note = golden();
  note.signatures.insert(note.signatures.begin(),
                         {.name = "witness.example", .key_hash = {1, 2, 3, 4}, .bytes = "any kind of signature"});
  const auto note_again = parse_note(write_note(note));
  REQUIRE(note_again.has_value());
  CHECK(*note_again == note);
  const auto both = verify_note(note, known());
  REQUIRE(both.has_value());
  CHECK(both->size() == 2);
  const std::vector<NoteKey> cosigner_only{known()[1]};
  const auto one = verify_note(note, cosigner_only);
  REQUIRE(one.has_value());
  CHECK(one->size() == 1);
  CHECK(verify_note(note, {}).error().code == ErrorCode::note_no_signature);
  std::vector<NoteKey> renamed = known();
  renamed[0].name = "other.example";
  renamed[1].key = key_of(3).public_key();
  CHECK(verify_note(note, renamed).error().code == ErrorCode::note_no_signature);
}

TEST_CASE("a bad signature of a known key refuses the note, whatever good ones stand beside it") {
  Note wrong_bytes = golden();
  wrong_bytes.signatures[1].bytes.back() ^= 1;
  CHECK(verify_note(wrong_bytes, known()).error().code == ErrorCode::bad_signature);

  Note wrong_time = golden();
  wrong_time.signatures[1].bytes[7] ^= 1;
  CHECK(verify_note(wrong_time, known()).error().code == ErrorCode::bad_signature);

  Note short_one = golden();
  short_one.signatures[0].bytes.pop_back();
  CHECK(verify_note(short_one, known()).error().code == ErrorCode::bad_signature);

  Note second_bad = golden();
  second_bad.signatures.push_back(second_bad.signatures[0]);
  CHECK(verify_note(second_bad, known())->size() == 2);
  second_bad.signatures.back().bytes[3] ^= 1;
  CHECK(verify_note(second_bad, known()).error().code == ErrorCode::bad_signature);
}

TEST_CASE("a plain signature is no cosignature, nor the other way round") {
  Note note = golden();
  // The bytes of one kind under the key hash of the other.
  note.signatures[0] = sign_note(note.text, kCosigner, key_of(2));
  note.signatures[0].key_hash = note_key_hash(known()[1]);
  note.signatures.pop_back();
  CHECK(verify_note(note, known()).error().code == ErrorCode::bad_signature);
}

TEST_CASE("a note of another form is refused") {
  using enum ErrorCode;
  const std::string good(kGolden);
  CHECK(note_refusal("") == note_form);
  CHECK(note_refusal("text\n") == note_form);
  CHECK(note_refusal("text\n\n") == note_form);
  CHECK(note_refusal("text\n— a AAAAAAA=\n") == note_form);
  CHECK(note_refusal(good.substr(0, good.size() - 1)) == note_form);
  CHECK(note_refusal(good + "\n") == note_form);
  CHECK(note_refusal(good + "x\n") == note_form);
  CHECK(note_refusal(replaced(good, "— ledger", "-- ledger")) == note_form);
  CHECK(note_refusal(replaced(good, "— ledger.example/js-data ", "— ledger.example/js-data")) == note_form);
  CHECK(note_refusal(replaced(good, "— ledger", "— +edger")) == note_form);
  CHECK(note_refusal(replaced(good, "— ledger", "— \u3000ledger")) == note_form);
  CHECK(note_refusal(replaced(good, "— ledger.example/js-data", "— ")) == note_form);
  CHECK(note_refusal(replaced(good, "HAI=", "HAI")) == note_form);
  CHECK(note_refusal(replaced(good, "HAI=\n", "HAI=\r\n")) == note_form);
  CHECK(note_refusal(replaced(good, "7\n", "7\t\n")) == note_form);
  CHECK(note_refusal(replaced(good, "7\n", "\xff\n")) == note_form);
  CHECK(note_refusal(replaced(good, "7\n", "\xc0\x80\n")) == note_form);
  CHECK(note_refusal(replaced(good, "7\n", "\xed\xa0\x80\n")) == note_form);
  CHECK(note_refusal("text\n\n— a AAAAAA==\n") == note_form);  // only a key hash
  CHECK(parse_note("text\n\n— a AAAAAAA=\n").has_value());
}

TEST_CASE("a note may have 64 signatures and 64 KiB, no more") {
  Note note{.text = "text\n", .signatures = {}};
  for (int i = 0; i < 64; ++i) note.signatures.push_back({.name = "a", .key_hash = {}, .bytes = "x"});
  const std::string full = write_note(note);
  CHECK(parse_note(full) == note);
  CHECK(note_refusal(full + "— a AAAAAHg=\n") == ErrorCode::note_form);

  note.signatures.resize(1);
  const std::size_t rest = write_note(note).size() - note.text.size();
  note.text = std::string(kMaxNoteBytes - rest - 1, 'x') + "\n";
  CHECK(parse_note(write_note(note)) == note);
  note.text = "x" + note.text;
  CHECK(note_refusal(write_note(note)) == ErrorCode::body_too_large);
}

TEST_CASE("the text of a note may hold blank lines and any script") {
  for (const char* text : {"\n", "\n\n", "a\n\nb\n", "登记\n\n", "— not a signature\n", "\U0001F4DC\n"}) {
    CAPTURE(text);
    const Note note = signed_note(text);
    CHECK(parse_note(write_note(note)) == note);
    CHECK(verify_note(note, known())->size() == 2);
  }
}

TEST_CASE("a checkpoint has exactly three lines in one spelling") {
  const std::string good(kGolden.substr(0, kGolden.find("\n\n") + 1));
  REQUIRE(parse_checkpoint(good).has_value());
  CHECK(write_checkpoint(*parse_checkpoint(good)) == good);
  const auto refused = [](const std::string& text) {
    const auto checkpoint = parse_checkpoint(text);
    return !checkpoint && checkpoint.error().code == ErrorCode::note_form;
  };
  CHECK(refused(""));
  CHECK(refused(good + "extension\n"));
  CHECK(refused(good + "\n"));
  CHECK(refused(good.substr(0, good.size() - 1)));
  CHECK(refused("\n" + good.substr(good.find('\n') + 1)));
  CHECK(refused(good.substr(good.find('\n') + 1)));
  for (const char* size : {"07", "", "-7", "+7", " 7", "7 ", "0x7", "18446744073709551616", "7.0"}) {
    CAPTURE(size);
    CHECK(refused(replaced(good, "\n7\n", "\n" + std::string(size) + "\n")));
  }
  CHECK(refused(replaced(good, "S7U=", "S7U")));
  CHECK(refused(replaced(good, "S7U=", "S7V=")));
  CHECK(refused(replaced(good, "IrSX", "")));
  for (const std::uint64_t size : {std::uint64_t{0}, std::uint64_t{1}, UINT64_MAX}) {
    const Checkpoint checkpoint{.origin = "登记.example", .size = size, .root = sha256("")};
    CHECK(parse_checkpoint(write_checkpoint(checkpoint)) == checkpoint);
  }
}

}  // namespace dengji::crypto
