#include "crypto/key_file.hpp"

#include "crypto/base64.hpp"
#include "crypto/jwk.hpp"
#include "ledger/json/strict_json.hpp"
#include "support.hpp"

namespace dengji::crypto {
namespace {

Secret passphrase(const char* text) {
  return Secret(std::string(text));
}

std::string sealed(KeyUse use = KeyUse::sign) {
  SeededRng rng(42);
  const auto bytes = seal_key(seed_of(1), use, passphrase("open sesame"), kCheapKdf, rng);
  REQUIRE(bytes.has_value());
  return *bytes;
}

Error opening_error(std::string_view bytes, const char* with = "open sesame") {
  auto opened = unseal_key(bytes, passphrase(with));
  REQUIRE_FALSE(opened.has_value());
  return opened.error();
}

// The sealed file with one member changed.
std::string altered(std::string_view pointer, const json::Json& value) {
  json::Json file = json::Json::parse(sealed());
  file[json::Json::json_pointer(std::string(pointer))] = value;
  return file.dump();
}

}  // namespace

TEST_CASE("a sealed key opens with its passphrase") {
  for (const KeyUse use : {KeyUse::sign, KeyUse::read, KeyUse::batch, KeyUse::log, KeyUse::cosign}) {
    const std::string bytes = sealed(use);
    const auto opened = unseal_key(bytes, passphrase("open sesame"));
    REQUIRE(opened.has_value());
    CHECK(opened->key.public_key() == key_of(1).public_key());
    CHECK(opened->key.sign("x") == key_of(1).sign("x"));
    CHECK(opened->use == use);
    const auto info = read_key_file(bytes);
    REQUIRE(info.has_value());
    CHECK(info->kid == thumbprint(key_of(1).public_key()));
    CHECK(info->public_key == key_of(1).public_key());
    CHECK(info->use == use);
    CHECK(info->cost.memory_bytes == kCheapKdf.memory_bytes);
    CHECK(info->cost.passes == kCheapKdf.passes);
  }
}

TEST_CASE("any passphrase of any script works, and only that one") {
  SeededRng rng(1);
  const std::string long_one(5'000, 'x');
  for (const std::string& text : {std::string("a"), std::string("登记口令"), long_one, std::string("a\0b", 3)}) {
    const auto bytes = seal_key(seed_of(1), KeyUse::sign, Secret(std::string(text)), kCheapKdf, rng);
    REQUIRE(bytes.has_value());
    CHECK(unseal_key(*bytes, Secret(std::string(text))).has_value());
    const auto wrong = unseal_key(*bytes, Secret(text + "x"));
    REQUIRE_FALSE(wrong.has_value());
    CHECK(wrong.error().code == ErrorCode::wrong_passphrase);
  }
  CHECK(opening_error(sealed(), "").code == ErrorCode::wrong_passphrase);
}

TEST_CASE("the file is one line of canonical JSON that shows no secret") {
  const std::string bytes = sealed();
  CHECK(bytes.ends_with("}\n"));
  const auto value = json::read_strict(bytes);
  REQUIRE(value.has_value());
  CHECK(json::write_canonical(*value) + "\n" == bytes);
  const std::string seed(32, '\x01');
  CHECK(bytes.find(base64url_encode(seed)) == bytes.npos);
  CHECK(bytes.find("sesame") == bytes.npos);
  // salt, nonce and box differ each time.
  SeededRng rng(43);
  CHECK(seal_key(seed_of(1), KeyUse::sign, passphrase("open sesame"), kCheapKdf, rng) != bytes);
}

TEST_CASE("a key is never written without a passphrase, nor with a cost out of bounds") {
  SeededRng rng(1);
  CHECK(seal_key(seed_of(1), KeyUse::sign, Secret(), kCheapKdf, rng).error().code == ErrorCode::usage);
  for (const KdfCost cost :
       {KdfCost{.passes = 0, .memory_bytes = 8'192}, KdfCost{.passes = 1, .memory_bytes = 8'191},
        KdfCost{.passes = 21, .memory_bytes = 8'192}, KdfCost{.passes = 1, .memory_bytes = kMaxKdfMemory + 1}}) {
    CHECK(seal_key(seed_of(1), KeyUse::sign, passphrase("x"), cost, rng).error().code == ErrorCode::usage);
  }
}

TEST_CASE("a file that asks for too much memory or time is refused before it gets any") {
  for (const auto& [pointer, value] : {std::pair<const char*, std::int64_t>{"/kdf/memory_bytes", 1'073'741'825},
                                       {"/kdf/memory_bytes", 9'007'199'254'740'991},
                                       {"/kdf/memory_bytes", 1},
                                       {"/kdf/passes", 21},
                                       {"/kdf/passes", 0}}) {
    const Error error = opening_error(altered(pointer, value));
    CHECK(error.code == ErrorCode::key_file_form);
    CHECK(error.pointer == "/kdf");
  }
}

TEST_CASE("a changed member is refused at its place, or no longer opens") {
  using enum ErrorCode;
  const auto code_and_place = [](const Error& error) { return std::pair(error.code, error.pointer); };
  const std::string other = thumbprint(key_of(2).public_key()).text;
  CHECK(code_and_place(opening_error(altered("/kind", "other"))) == std::pair(key_file_form, std::string("/kind")));
  CHECK(code_and_place(opening_error(altered("/v", 2))) == std::pair(key_file_form, std::string("/v")));
  CHECK(code_and_place(opening_error(altered("/kid", other))) == std::pair(key_file_form, std::string("/kid")));
  CHECK(code_and_place(opening_error(altered("/use", "admin"))) == std::pair(key_file_form, std::string("/use")));
  CHECK(code_and_place(opening_error(altered("/kdf/name", "none"))) ==
        std::pair(key_file_form, std::string("/kdf/name")));
  CHECK(code_and_place(opening_error(altered("/extra", 1))) == std::pair(key_file_form, std::string("/extra")));
  CHECK(code_and_place(opening_error(altered("/kdf/extra", 1))) == std::pair(key_file_form, std::string("/kdf/extra")));
  CHECK(code_and_place(opening_error(altered("/salt", "AA"))) == std::pair(key_file_form, std::string("/salt")));
  CHECK(code_and_place(opening_error(altered("/nonce", 7))) == std::pair(key_file_form, std::string("/nonce")));
  CHECK(code_and_place(opening_error(altered("/box", ""))) == std::pair(key_file_form, std::string("/box")));
  CHECK(code_and_place(opening_error(altered("/public_key", json::Json::object()))) ==
        std::pair(key_file_form, std::string("/public_key/kty")));
  CHECK(opening_error(altered("/salt", base64url_encode(std::string(16, 'x')))).code == wrong_passphrase);
  CHECK(opening_error("").code == key_file_form);
  CHECK(opening_error("[]").code == key_file_form);
  CHECK(opening_error(std::string(kMaxKeyFileBytes + 1, ' ')).code == key_file_form);
}

TEST_CASE("neither the use nor the public key can be exchanged without the passphrase") {
  // "read" and "sign" are equally long, so only what was sealed tells them apart.
  const Error use = opening_error(altered("/use", "read"));
  CHECK(use.code == ErrorCode::key_file_form);
  CHECK(use.pointer == "/use");

  json::Json file = json::Json::parse(sealed());
  file["public_key"] = to_jwk(key_of(2).public_key());
  file["kid"] = thumbprint(key_of(2).public_key()).text;
  CHECK(read_key_file(file.dump()).has_value());
  const Error key = opening_error(file.dump());
  CHECK(key.code == ErrorCode::key_file_form);
  CHECK(key.pointer == "/public_key");
}

}  // namespace dengji::crypto
