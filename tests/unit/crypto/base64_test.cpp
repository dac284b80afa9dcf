#include "crypto/base64.hpp"

#include <sodium.h>

#include "crypto/sha256.hpp"
#include "support.hpp"

namespace dengji::crypto {
namespace {

// libsodium's codec as the other implementation.
std::string sodium_text(std::string_view bytes, int variant) {
  std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                    variant);
  text.pop_back();  // its NUL
  return text;
}

std::optional<std::string> sodium_bytes(const std::string& text, int variant) {
  std::string bytes(text.size() + 1, '\0');
  std::size_t size = 0;
  const char* end = nullptr;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(), text.size(), nullptr,
                        &size, &end, variant) != 0 ||
      end != text.data() + text.size()) {
    return std::nullopt;
  }
  bytes.resize(size);
  return bytes;
}

}  // namespace

TEST_CASE("base64 gives the vectors of RFC 4648") {
  const std::pair<std::string, std::string> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) {
    CHECK(base64_encode(bytes) == text);
    CHECK(base64_decode(text) == bytes);
    const std::string bare = text.substr(0, text.find('='));
    CHECK(base64url_encode(bytes) == bare);
    CHECK(base64url_decode(bare) == bytes);
  }
  CHECK(base64url_encode("\xfb\xff\xbf") == "-_-_");
  CHECK(base64_encode("\xfb\xff\xbf") == "+/+/");
}

TEST_CASE("base64url refuses everything but the one spelling of a value") {
  for (const char* text : {"Zg==", "Zg=", "Z", "Zm9vY", "Zh", "Zm9", "Zm8\n", " Zm8", "Zm 8", "Zm+v", "Zm/v",
                           "Zm9v=", "=", "Zm9v\n", "Zm9\xc3\xb6", "Zm.v"}) {
    CAPTURE(text);
    CHECK_FALSE(base64url_decode(text).has_value());
  }
  CHECK_FALSE(base64url_decode(std::string_view("Zm\0v", 4)).has_value());
}

TEST_CASE("standard base64 wants its padding, right, and nothing else") {
  for (const char* text : {"Zg", "Zg=", "Zg===", "Zg====", "Zm9v====", "=",
                           "==", "===", "====", "Zh==", "Zm9=", "Z===", "Zm-v", "Zm_v", "Zg==\n", "Z=g=", "Zg==Zg=="}) {
    CAPTURE(text);
    CHECK_FALSE(base64_decode(text).has_value());
  }
}

TEST_CASE("base64 round trips, agrees with libsodium, and no two texts have one value") {
  constexpr std::uint64_t kSeed = 20260101;
  CAPTURE(kSeed);
  SeededRng rng(kSeed);
  for (int round = 0; round < 2'000; ++round) {
    const std::string bytes = rng.bytes(rng.below(200));
    const std::string url = base64url_encode(bytes);
    CHECK(url == sodium_text(bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING));
    CHECK(base64url_decode(url) == bytes);
    const std::string standard = base64_encode(bytes);
    CHECK(standard == sodium_text(bytes, sodium_base64_VARIANT_ORIGINAL));
    CHECK(base64_decode(standard) == bytes);

    // A damaged text is refused, or it is the one spelling of another value; libsodium says the same of ASCII.
    if (url.empty()) continue;
    std::string damaged = url;
    damaged[rng.below(damaged.size())] = static_cast<char>(rng.below(128));
    const auto decoded = base64url_decode(damaged);
    CHECK(decoded == sodium_bytes(damaged, sodium_base64_VARIANT_URLSAFE_NO_PADDING));
    if (decoded) CHECK(base64url_encode(*decoded) == damaged);
  }
}

TEST_CASE("no character outside ASCII is taken for one of the alphabet, as libsodium 1.0.18 does") {
  for (int c = 128; c < 256; ++c) {
    const std::string text = {'Z', static_cast<char>(c), '9', 'v'};
    CHECK_FALSE(base64url_decode(text).has_value());
    CHECK_FALSE(base64_decode(text).has_value());
  }
}

TEST_CASE("base64url into a buffer takes exactly the size asked for") {
  char out[4] = {'x', 'x', 'x', 'x'};
  CHECK(base64url_decode_into("Zm9v", out, 3));
  CHECK(std::string_view(out, 4) == "foox");
  CHECK_FALSE(base64url_decode_into("Zm9v", out, 2));
  CHECK_FALSE(base64url_decode_into("Zm9v", out, 4));
  CHECK_FALSE(base64url_decode_into("Zm9vYg", out, 3));
  CHECK_FALSE(base64url_decode_into("Zm!v", out, 3));
}

TEST_CASE("a hash travels as 43 characters of base64url") {
  const Hash32 hash = sha256("abc");
  const std::string text = to_b64(hash);
  CHECK(text == "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
  CHECK(hash_from_b64(text) == hash);
  CHECK_FALSE(hash_from_b64(text.substr(1)).has_value());
  CHECK_FALSE(hash_from_b64(text + "A").has_value());
  CHECK_FALSE(hash_from_b64("ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa1").has_value());
  CHECK_FALSE(hash_from_b64("").has_value());
}

TEST_CASE("the digest of a disclosure is that of its base64url text") {
  const std::string disclosure = base64url_encode(R"(["AwMDAwMDAwMDAwMDAwMDAw","contact_name","张三"])");
  CHECK(to_b64(sha256(disclosure)) == "UvsVRkbu0KrbfMToDVxdfhwxGh0BGj85dSLsgLUtEag");
}

}  // namespace dengji::crypto
