#include "crypto/sha256.hpp"

#include <thread>

#include "support.hpp"

namespace dengji::crypto {

TEST_CASE("SHA-256 gives the vectors of FIPS 180-4") {
  CHECK(to_hex(sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(to_hex(sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(to_hex(sha256(std::string(1'000'000, 'a'))) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("SHA-256 of parts is that of the parts joined, wherever they are cut") {
  SeededRng rng(1);
  const std::string whole = rng.bytes(300);
  const Hash32 expected = sha256(whole);
  const std::string_view view = whole;
  for (std::size_t cut = 0; cut <= whole.size(); ++cut)
    CHECK(sha256({view.substr(0, cut), "", view.substr(cut)}) == expected);
  CHECK(sha256({}) == sha256(""));
}

TEST_CASE("the stream hash takes pieces and starts afresh after finish") {
  Sha256 stream;
  stream.update("a");
  stream.update("");
  stream.update("bc");
  CHECK(stream.finish() == sha256("abc"));
  CHECK(stream.finish() == sha256(""));
  stream.update("abc");
  // The one-shot functions use another context.
  CHECK(sha256("x") != sha256("abc"));
  CHECK(stream.finish() == sha256("abc"));
}

TEST_CASE("each thread hashes on its own") {
  const std::string text(100'000, 'q');
  const Hash32 expected = sha256(text);
  bool first = true;
  bool second = true;
  std::thread one([&] {
    for (int i = 0; i < 50; ++i) first = first && sha256(text) == expected;
  });
  std::thread two([&] {
    for (int i = 0; i < 50; ++i) second = second && sha256({text, ""}) == expected;
  });
  one.join();
  two.join();
  CHECK(first);
  CHECK(second);
}

}  // namespace dengji::crypto
