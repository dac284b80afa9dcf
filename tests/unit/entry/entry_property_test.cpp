// Random envelopes and leaves survive writing, signing and reading.
#include <doctest/doctest.h>

#include <random>
#include <string>

#include "crypto/sha256.hpp"
#include "crypto/uuid.hpp"
#include "ledger/entry/leaf.hpp"
#include "tests/unit/entry/make_entry.hpp"

using namespace dengji;
using namespace dengji::entry;
using json::Json;

namespace {

constexpr unsigned kSeed = 20260303;

class SeededRng final : public Rng {
 public:
  explicit SeededRng(unsigned seed) : random_(seed) {}
  void fill(std::span<std::uint8_t> out) override {
    for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(random_());
  }
  std::int64_t below(std::int64_t n) { return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(n)); }

 private:
  std::mt19937_64 random_;
};

std::string random_bytes(SeededRng& rng, std::size_t size) {
  std::string bytes(size, '\0');
  rng.fill({reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()});
  return bytes;
}

std::string random_word(SeededRng& rng, std::int64_t longest) {
  std::string word;
  for (std::int64_t i = 1 + rng.below(longest); i > 0; --i) word.push_back(static_cast<char>('a' + rng.below(26)));
  return word;
}

Json random_object(SeededRng& rng, int depth) {
  Json object = Json::object();
  for (std::int64_t i = rng.below(6); i > 0; --i) {
    Json& member = object[random_word(rng, 10)];
    switch (rng.below(depth > 0 ? 5 : 3)) {
      case 0:
        member = rng.below(2 * kMaxSafeInteger) - kMaxSafeInteger;
        break;
      case 1:
        member = "数据 \"" + random_word(rng, 20);
        break;
      case 2:
        member = rng.below(2) == 0 ? Json(nullptr) : Json(true);
        break;
      case 3:
        member = Json::array({random_object(rng, depth - 1), 1});
        break;
      default:
        member = random_object(rng, depth - 1);
    }
  }
  return object;
}

Envelope random_envelope(SeededRng& rng) {
  Envelope envelope = test::envelope(static_cast<int>(1 + rng.below(4)));
  envelope.ledger = random_word(rng, 12) + ".example/" + random_word(rng, 12);
  envelope.genesis = Hash32::from_bytes(random_bytes(rng, 32));
  envelope.type = random_word(rng, 10) + "." + random_word(rng, 10);
  envelope.salt = random_bytes(rng, kSaltBytes);
  envelope.made_at = LedgerTime{rng.below(4'000'000'000'000)};
  envelope.valid_until = LedgerTime{envelope.made_at.ms + rng.below(kMaxValidityMs)};
  envelope.id = crypto::make_uuid_v7(envelope.made_at, rng);
  envelope.body = random_object(rng, 4);
  return envelope;
}

}  // namespace

TEST_CASE("a random envelope is the same after writing, signing and parsing") {
  MESSAGE("seed " << kSeed);
  SeededRng rng(kSeed);
  for (int round = 0; round < 200; ++round) {
    const Envelope made = random_envelope(rng);
    const std::string text = test::signed_text(made);
    CAPTURE(text);
    const auto parsed = parse_entry(text);
    if (!parsed) FAIL(parsed.error().message());
    CHECK(parsed->envelope == made);
    CHECK(parsed->jws_text == text);
    CHECK(parsed->entry_id == crypto::sha256(write_payload(made)));
  }
}

TEST_CASE("a random leaf is the same after encoding and decoding") {
  MESSAGE("seed " << kSeed + 1);
  SeededRng rng(kSeed + 1);
  for (int round = 0; round < 200; ++round) {
    Leaf leaf{.seq = Seq{static_cast<std::uint64_t>(rng.below(kMaxSafeInteger))},
              .time = LedgerTime{rng.below(kMaxSafeInteger)},
              .effects = Json::array(),
              .jws_text = test::signed_text(random_envelope(rng)),
              .status = {}};
    for (std::int64_t i = rng.below(5); i > 0; --i) leaf.effects.push_back(random_object(rng, 3));
    if (rng.below(2) == 0) {
      leaf.status = StatusList{.size = static_cast<std::uint64_t>(rng.below(kMaxSafeInteger)),
                               .sha256 = *Hash32::from_bytes(random_bytes(rng, 32))};
    }
    const auto bytes = encode_leaf(leaf);
    REQUIRE(bytes.has_value());
    CAPTURE(*bytes);
    const auto decoded = decode_leaf(*bytes);
    if (!decoded) FAIL(decoded.error().message());
    CHECK(*decoded == leaf);
  }
}

TEST_CASE("an entry with any one bit turned is refused or is another entry, never the same one twice") {
  MESSAGE("seed " << kSeed + 2);
  SeededRng rng(kSeed + 2);
  const std::string good = test::signed_text(random_envelope(rng));
  const auto parsed = parse_entry(good);
  REQUIRE(parsed.has_value());
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ (1 << rng.below(7)));
    const auto other = parse_entry(bad);
    if (other) CHECK_FALSE(other->jws_text == parsed->jws_text);
  }
}
