#include "crypto/ed25519.hpp"

#include <sodium.h>

#include <type_traits>

#include "crypto/random.hpp"
#include "support.hpp"

namespace dengji::crypto {
namespace {

constexpr std::string_view kKey = "8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c";

bool verifies(std::string_view key, std::string_view message, std::string_view signed_hex) {
  return verify(public_key(key), message, signature(signed_hex));
}

}  // namespace

TEST_CASE("this machine's library follows the ledger's rule") {
  REQUIRE(init().has_value());
  const auto result = self_test();
  if (!result) FAIL(result.error().message());
}

TEST_CASE("signing gives the vectors of RFC 8032") {
  struct {
    std::string_view seed, key, message, signature;
  } const vectors[] = {
      {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
       "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
       "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe2"
       "46551"
       "41438e7a100b"},
      {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
       "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
       "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302ae"
       "eb00d"
       "291612bb0c00"},
      {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
       "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
       "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28"
       "dc027"
       "beceea1ec40a"},
  };
  for (const auto& vector : vectors) {
    const auto seed = Seed::from_bytes(unhex(vector.seed));
    REQUIRE(seed.has_value());
    const SecretKey key(*seed);
    CHECK(key.public_key() == public_key(vector.key));
    CHECK(key.sign(unhex(vector.message)) == signature(vector.signature));
    CHECK(verifies(vector.key, unhex(vector.message), vector.signature));
  }
}

TEST_CASE("a signature verifies for its message and key only") {
  const SecretKey key = key_of(1);
  const SecretKey other = key_of(2);
  CHECK(key.public_key() == public_key(kKey));
  const Signature good = key.sign("dengji");
  CHECK(verify(key.public_key(), "dengji", good));
  CHECK_FALSE(verify(other.public_key(), "dengji", good));
  CHECK_FALSE(verify(key.public_key(), "dengjj", good));
  CHECK_FALSE(verify(key.public_key(), "", good));
  for (std::size_t bit = 0; bit < 512; ++bit) {
    Signature bad = good;
    bad.bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    CHECK_FALSE(verify(key.public_key(), "dengji", bad));
  }
}

TEST_CASE("S + L is refused: a signature has one form") {
  CHECK(verifies(
      kKey, "dengji",
      "124bc630ff57b62ac5b1e7f322741fde47b75133dd60b00c747acef1f036b5d302aa109ca157bb1087d6f2472b93b8391b7e6e300b"
      "a8c06a8c95cda643146705"));
  CHECK_FALSE(
      verifies(kKey, "dengji",
               "124bc630ff57b62ac5b1e7f322741fde47b75133dd60b00c747acef1f036b5d3ef7d06f9bbbacd685d73eaea098d974e1b7e"
               "6e300ba8c06a8c95cda643146715"));
}

TEST_CASE("R + T8, good only by the cofactored equation, is refused") {
  CHECK_FALSE(
      verifies(kKey, "dengji",
               "6a84d583f06569edb3f5ed77df65544b27d6948b4f0b2cb76f33dd8413b20719eef927a8d3809634fc37110036fd4a7e2f8c"
               "5037c56a47e88df4983635856204"));
}

TEST_CASE("an R of small order is refused, canonical or not, although the equation holds") {
  CHECK_FALSE(
      verifies(kKey, "dengji",
               "0100000000000000000000000000000000000000000000000000000000000000eb82f8835c1dec16ab7b5d96e66b92869ebf"
               "7b1a4dd643699daf5e3aa32fd005"));
  CHECK_FALSE(
      verifies(kKey, "dengji",
               "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f557324440da6d37c21cb47e3c4686c3ec17b"
               "c3a2a4fc6544abb4bfc1630d9106"));
  CHECK_FALSE(
      verifies(kKey, "dengji",
               "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa5505979e0c325b5d9e165a4cd6d44fc6735"
               "f3deeedb9301be2446be472c0a09"));
}

TEST_CASE("a key with a torsion component is refused, although its signatures satisfy the equation") {
  constexpr std::string_view kMixed = "9ea3f11f5bd34f0cd7147fd0a436c088f624c6100c1df6a53c0a29e05d60cea0";
  CHECK(verifies(
      kMixed, "dengji",
      "2f1132ca61ab38dff00f2fea3228f24c6c71d58085b80e47e19515cb27e8d0471b63d4e21df41fd4a4d68b6996da9996e3059c7d66"
      "7ea667b58bcc0aff65d406"));
  CHECK_FALSE(acceptable_key(public_key(kMixed)));
  CHECK(acceptable_key(public_key(kKey)));
}

TEST_CASE("a key of small order neither verifies nor registers") {
  constexpr std::string_view kOrder8 = "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a";
  CHECK_FALSE(
      verifies(kOrder8, "dengji0",
               "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05000000000000000000000000000000000000"
               "0000000000000000000000000000"));
  CHECK_FALSE(acceptable_key(public_key(kOrder8)));

  // With A = 1 the equation says [S]B = R for any message: R and S from any honest signature's nonce would do.
  std::array<std::uint8_t, 32> scalar{7};
  Signature forged;
  REQUIRE(crypto_scalarmult_ed25519_base_noclamp(forged.bytes.data(), scalar.data()) == 0);
  std::ranges::copy(scalar, forged.bytes.begin() + 32);
  for (const char* one : {"0100000000000000000000000000000000000000000000000000000000000000",
                          "0100000000000000000000000000000000000000000000000000000000000080",
                          "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                          "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"}) {
    CAPTURE(one);
    CHECK_FALSE(verify(public_key(one), "any message", forged));
    CHECK_FALSE(acceptable_key(public_key(one)));
  }
}

TEST_CASE("a key that is no point or no canonical encoding is refused") {
  // y = 2 is on no point; y = p + 3 is a second name of y = 3.
  for (const char* key : {"0200000000000000000000000000000000000000000000000000000000000000",
                          "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                          "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"}) {
    CAPTURE(key);
    CHECK_FALSE(acceptable_key(public_key(key)));
    CHECK_FALSE(verify(public_key(key), "dengji", key_of(1).sign("dengji")));
  }
}

TEST_CASE("keys and signatures are made of exactly their length") {
  CHECK_FALSE(PublicKey::from_bytes(std::string(31, 'a')).has_value());
  CHECK_FALSE(PublicKey::from_bytes(std::string(33, 'a')).has_value());
  CHECK_FALSE(Signature::from_bytes(std::string(63, 'a')).has_value());
  CHECK_FALSE(Signature::from_bytes("").has_value());
  CHECK_FALSE(Seed::from_bytes(std::string(64, 'a')).has_value());
}

TEST_CASE("a secret key gives back its seed, and generated seeds differ") {
  const Seed seed = key_of(9).seed();
  CHECK(SecretKey(seed).public_key() == key_of(9).public_key());
  SystemRng rng;
  CHECK(SecretKey(Seed::generate(rng)).public_key() != SecretKey(Seed::generate(rng)).public_key());
}

TEST_CASE("secrets cannot be copied, and a move wipes what it leaves") {
  static_assert(!std::is_copy_constructible_v<Seed> && !std::is_copy_assignable_v<Seed>);
  static_assert(!std::is_copy_constructible_v<SecretKey> && !std::is_copy_assignable_v<SecretKey>);
  static_assert(!std::is_copy_constructible_v<Secret> && !std::is_copy_assignable_v<Secret>);

  Seed first = seed_of(5);
  Seed second = std::move(first);
  // The wiped source is the subject here. NOLINTNEXTLINE(bugprone-use-after-move)
  CHECK(std::all_of(first.data(), first.data() + first.size(), [](std::uint8_t byte) { return byte == 0; }));
  CHECK(std::all_of(second.data(), second.data() + second.size(), [](std::uint8_t byte) { return byte == 5; }));
  first = std::move(second);
  CHECK(std::all_of(second.data(), second.data() + second.size(), [](std::uint8_t byte) { return byte == 0; }));
}

TEST_CASE("a passphrase wipes the string it was taken from, and itself when moved") {
  std::string typed = "correct horse battery staple, and more so that it is not kept in place";
  const std::string copy = typed;
  const char* const memory = typed.data();
  Secret secret(std::move(typed));
  // NOLINTNEXTLINE(bugprone-use-after-move)
  CHECK(typed.empty());
  CHECK(std::all_of(memory, memory + copy.size(), [](char c) { return c == 0; }));
  CHECK(secret.view() == copy);
  Secret moved = std::move(secret);
  CHECK(secret.empty());  // NOLINT(bugprone-use-after-move)
  CHECK(moved.view() == copy);
  moved = Secret(std::string("short"));
  CHECK(moved.view() == "short");
}

}  // namespace dengji::crypto
