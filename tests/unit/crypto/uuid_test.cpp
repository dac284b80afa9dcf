#include "crypto/uuid.hpp"

#include "support.hpp"

namespace dengji::crypto {

TEST_CASE("only the canonical text of a version 7 UUID is one") {
  CHECK(is_uuid_v7("017f22e2-79b0-7cc3-98c4-dc0c0c07398f"));  // RFC 9562, appendix A.6
  for (const char* text : {"017F22E2-79B0-7CC3-98C4-DC0C0C07398F", "017f22e2-79b0-4cc3-98c4-dc0c0c07398f",
                           "017f22e2-79b0-7cc3-c8c4-dc0c0c07398f", "017f22e2-79b0-7cc3-78c4-dc0c0c07398f",
                           "017f22e279b07cc398c4dc0c0c07398f", "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
                           "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0", "{17f22e2-79b0-7cc3-98c4-dc0c0c07398}",
                           "017f22e2-79b0-7cc3-98c4-dc0c0c07398g", "017f22e2-79b0-7cc3-98c40dc0c0c07398f",
                           "017f22e2--9b0-7cc3-98c4-dc0c0c07398f", ""}) {
    CAPTURE(text);
    CHECK_FALSE(is_uuid_v7(text));
  }
}

TEST_CASE("a made UUID carries its time, and later ones sort after") {
  SeededRng rng(3);
  const std::string first = make_uuid_v7(LedgerTime{0x017f22e279b0}, rng);
  CHECK(is_uuid_v7(first));
  CHECK(first.starts_with("017f22e2-79b0-7"));
  CHECK(make_uuid_v7(LedgerTime{0x017f22e279b1}, rng) > first);
  CHECK(make_uuid_v7(LedgerTime{0x017f22e279b0}, rng) != first);
  CHECK(make_uuid_v7(LedgerTime{0}, rng).starts_with("00000000-0000-7"));
  for (int i = 0; i < 1'000; ++i) REQUIRE(is_uuid_v7(make_uuid_v7(LedgerTime{1'767'225'600'000 + i}, rng)));
}

}  // namespace dengji::crypto
