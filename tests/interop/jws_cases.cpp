// Our side of jws_interop.py. A case is one line of JSON {jws, keys, expect, why}: the text of an entry's JWS, the JWK
// of each signer in order, "good" or "bad", and what the case shows.
//   jws_cases make    prints good entries and their tampered twins
//   jws_cases check   reads cases and verifies each with crypto/; prints {why, expect, got, reason}
//   jws_cases keys N  prints a payload and N private JWKs for the other libraries to sign with
// Exits 1 if a case, made or read, came out otherwise than it should.
#include <array>
#include <charconv>
#include <cstdint>
#include <iostream>
#include <string>
#include <vector>

#include "crypto/base64.hpp"
#include "crypto/jwk.hpp"
#include "crypto/jws.hpp"

namespace {

using namespace dengji;
using namespace dengji::crypto;
using Json = json::Json;

// Keys of published seeds: they protect nothing.
Seed seed_of(std::size_t number) {
  return std::move(*Seed::from_bytes(std::string(32, static_cast<char>(number))));
}

SecretKey key_of(std::size_t number) {
  return SecretKey(seed_of(number));
}

std::string entry_payload(std::size_t filler = 0) {
  return R"({"body":{"note":")" + std::string(filler, 'x') +
         R"(","title":"公共数据产品登记"},"id":"017f22e2-79b0-7cc3-98c4-dc0c0c07398f","ledger":"ledger.example/js-data",)"
         R"("type":"trade.agree","v":1})";
}

// Every signature is good, by the key that stands at its place.
Result<void> verify_every(std::string_view text, const std::vector<PublicKey>& keys) {
  const auto jws = parse_jws(text);
  if (!jws) return std::unexpected(jws.error());
  if (jws->signatures.size() != keys.size()) return fail(ErrorCode::bad_signature, "not one signature per key");
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (jws->signatures[i].header.kid != thumbprint(keys[i]))
      return fail(ErrorCode::unknown_key, "the header names another key");
    if (auto result = verify_signature(*jws, i, keys[i], kTypEntry); !result) return result;
  }
  return {};
}

struct Case {
  std::string why;
  std::string expect;
  Jws jws;
  std::vector<PublicKey> keys;
};

Case signed_entry(std::string why, std::string payload, std::size_t parties) {
  Case made{.why = std::move(why), .expect = "good", .jws = make_jws(std::move(payload)), .keys = {}};
  for (std::size_t i = 1; i <= parties; ++i) {
    const SecretKey key = key_of(i);
    sign(made.jws, key, kTypEntry);
    made.keys.push_back(key.public_key());
  }
  return made;
}

// The good entry of two parties with `change` done to it.
template <class Change>
Case tampered(std::string why, Change change) {
  Case made = signed_entry(std::move(why), entry_payload(), 2);
  made.expect = "bad";
  change(made);
  return made;
}

// S + L, little-endian: the same signature to a verifier that reduces S.
void add_group_order(Signature& signature) {
  constexpr std::array<std::uint8_t, 32> kOrder = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7,
                                                   0xa2, 0xde, 0xf9, 0xde, 0x14, 0,    0,    0,    0,    0,    0,
                                                   0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10};
  unsigned carry = 0;
  for (std::size_t i = 0; i < kOrder.size(); ++i) {
    carry += signature.bytes[32 + i] + kOrder[i];
    signature.bytes[32 + i] = static_cast<std::uint8_t>(carry);
    carry >>= 8;
  }
}

std::vector<Case> all_cases() {
  std::vector<Case> cases;
  for (const std::size_t parties : {1U, 2U, 3U, 16U})
    cases.push_back(signed_entry("good, " + std::to_string(parties) + " parties", entry_payload(), parties));
  cases.push_back(signed_entry("good, an empty object", "{}", 2));
  cases.push_back(signed_entry("good, as large as entries get", entry_payload(23'500), 2));

  const auto flip_payload = [](std::size_t at) {
    return [at](Case& made) {
      std::string payload = made.jws.payload;
      payload[at] ^= 1;
      made.jws.payload_b64 = base64url_encode(payload);
    };
  };
  const std::size_t last = entry_payload().size() - 1;
  cases.push_back(tampered("first payload byte flipped", flip_payload(0)));
  cases.push_back(tampered("middle payload byte flipped", flip_payload(last / 2)));
  cases.push_back(tampered("last payload byte flipped", flip_payload(last)));
  for (const std::size_t which : {0U, 1U}) {
    const std::string name = "signature " + std::to_string(which + 1);
    for (const std::size_t at : {0U, 31U, 32U, 63U}) {
      cases.push_back(tampered(name + ", byte " + std::to_string(at) + " flipped",
                               [=](Case& made) { made.jws.signatures[which].signature.bytes[at] ^= 1; }));
    }
    cases.push_back(tampered(name + " is bad, the other good: another payload was signed", [=](Case& made) {
      made.jws.signatures[which].signature = signed_entry("", "{}", 2).jws.signatures[which].signature;
    }));
    cases.push_back(
        tampered(name + " with S + L", [=](Case& made) { add_group_order(made.jws.signatures[which].signature); }));
    cases.push_back(tampered(name + " made for another purpose (typ)", [=](Case& made) {
      Jws other = make_jws(made.jws.payload);
      sign(other, key_of(which + 1), kTypBatch);
      made.jws.signatures[which] = other.signatures[0];
    }));
  }
  cases.push_back(tampered("signatures swapped between the headers", [](Case& made) {
    std::swap(made.jws.signatures[0].signature, made.jws.signatures[1].signature);
  }));
  cases.push_back(tampered("the order of the parties swapped",
                           [](Case& made) { std::swap(made.jws.signatures[0], made.jws.signatures[1]); }));
  cases.push_back(
      tampered("one party signed twice", [](Case& made) { made.jws.signatures[1] = made.jws.signatures[0]; }));
  cases.push_back(tampered("a signature stripped", [](Case& made) { made.jws.signatures.pop_back(); }));
  cases.push_back(tampered("a key that did not sign", [](Case& made) { made.keys[1] = key_of(9).public_key(); }));
  return cases;
}

int make() {
  int wrong = 0;
  for (const Case& one : all_cases()) {
    const std::string text = write_jws(one.jws);
    Json keys = Json::array();
    for (const PublicKey& key : one.keys) keys.push_back(to_jwk(key));
    std::cout << Json{{"jws", text}, {"keys", keys}, {"expect", one.expect}, {"why", one.why}}.dump() << "\n";
    if (verify_every(text, one.keys).has_value() != (one.expect == "good")) {
      std::cerr << "our own verdict is another: " << one.why << "\n";
      wrong = 1;
    }
  }
  return wrong;
}

Result<void> check_case(const Json& one) {
  std::vector<PublicKey> keys;
  for (const Json& object : one.at("keys")) {
    // Other libraries add members such as kid to a JWK.
    auto key = read_jwk(Json{{"crv", object.at("crv")}, {"kty", object.at("kty")}, {"x", object.at("x")}}, "/keys");
    if (!key) return std::unexpected(key.error());
    keys.push_back(*key);
  }
  return verify_every(one.at("jws").get_ref<const std::string&>(), keys);
}

int check() {
  int wrong = 0;
  for (std::string line; std::getline(std::cin, line);) {
    const Json one = Json::parse(line);
    const auto result = check_case(one);
    const std::string got = result ? "good" : "bad";
    if (one.at("expect") != got) wrong = 1;
    std::cout << Json{{"why", one.at("why")},
                      {"expect", one.at("expect")},
                      {"got", got},
                      {"reason", result ? "" : result.error().message()}}
                     .dump()
              << "\n";
  }
  return wrong;
}

int keys(std::size_t count) {
  Json list = Json::array();
  for (std::size_t i = 1; i <= count; ++i) {
    const Seed seed = seed_of(i);
    Json jwk = to_jwk(SecretKey(seed).public_key());
    jwk["d"] = base64url_encode({reinterpret_cast<const char*>(seed.data()), seed.size()});
    list.push_back(std::move(jwk));
  }
  std::cout << Json{{"payload", entry_payload()}, {"keys", list}}.dump() << "\n";
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string_view> arguments(argv + 1, argv + argc);
  if (arguments.size() == 1 && arguments[0] == "make") return make();
  if (arguments.size() == 1 && arguments[0] == "check") return check();
  if (arguments.size() == 2 && arguments[0] == "keys") {
    std::size_t count = 0;
    std::from_chars(arguments[1].data(), arguments[1].data() + arguments[1].size(), count);
    if (count > 0 && count <= kMaxParties) return keys(count);
  }
  std::cerr << "usage: jws_cases make | check | keys N\n";
  return 2;
}
