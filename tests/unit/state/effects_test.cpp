#include "ledger/state/effects.hpp"

#include <doctest/doctest.h>

#include "ledger/state/accounts.hpp"
#include "ledger/state/entry_tx.hpp"
#include "ledger/state/keys.hpp"
#include "tests/unit/state/fixtures.hpp"

using namespace dengji;
using namespace dengji::state;

namespace {

const std::string kDue = "fee/P/due/FY1";
const std::string kIncome = "fee/P/income/registration";
const std::string kOwed = "fee/P/owed/FY1";
const std::string kBank = "fee/P/bank";

struct Books {
  test::MapView base;
  EntryTx tx{base, EntryContext{}};
};

}  // namespace

TEST_CASE("a posting moves both sides and the balances follow the normal side") {
  Books books;
  REQUIRE(books.tx.post("fee_assessed", "FY1", {{kDue, kIncome, Fen(300'000)}}));
  REQUIRE(books.tx.post("fee_paid", "FY1", {{kBank, kDue, Fen(120'000)}}));
  CHECK(posted_balance(books.tx.view(), kDue) == Fen(180'000));
  CHECK(posted_balance(books.tx.view(), kIncome) == Fen(300'000));
  CHECK(posted_balance(books.tx.view(), kBank) == Fen(120'000));
  CHECK(books.tx.effects().size() == 2);
}

TEST_CASE("an account beyond its limit refuses the whole effect and changes nothing") {
  Books books;
  REQUIRE(books.tx.post("fee_assessed", "FY1", {{kDue, kIncome, Fen(100)}}));
  const Account before = read_account(books.tx.view(), kBank);
  const auto verdict = books.tx.post("fee_paid", "FY1", {{kBank, kDue, Fen(60)}, {kBank, kDue, Fen(41)}});
  REQUIRE_FALSE(verdict);
  CHECK(verdict.error().verdict == static_cast<int>(General::account_limit));
  CHECK(read_account(books.tx.view(), kBank) == before);
  CHECK(posted_balance(books.tx.view(), kDue) == Fen(100));
  CHECK(books.tx.effects().size() == 1);
}

TEST_CASE("a reservation counts against the limit until it is taken or voided") {
  Books books;
  const std::string available = "pool/P/2026/available";
  const std::string payable = "pool/P/2026/payable/BT1";
  REQUIRE(books.tx.post("allocated", "P", {{"pool/P/2026/authority", available, Fen(100)}}));
  REQUIRE(books.tx.reserve("claimed", "BT1", {{available, payable, Fen(70)}}));
  CHECK(free_balance(books.tx.view(), available) == Fen(30));
  CHECK(posted_balance(books.tx.view(), available) == Fen(100));
  CHECK_FALSE(books.tx.reserve("claimed", "BT2", {{available, "pool/P/2026/payable/BT2", Fen(31)}}));
  CHECK_FALSE(books.tx.take("approved", "BT1", {{available, payable, Fen(71)}}));
  CHECK_FALSE(books.tx.unreserve("rejected", "BT9", {{available, payable, Fen(1)}}));
  REQUIRE(books.tx.take("approved", "BT1", {{available, payable, Fen(60)}}));
  REQUIRE(books.tx.unreserve("rest", "BT1", {{available, payable, Fen(10)}}));
  CHECK(posted_balance(books.tx.view(), available) == Fen(40));
  CHECK(free_balance(books.tx.view(), available) == Fen(40));
  CHECK(posted_balance(books.tx.view(), payable) == Fen(60));
  CHECK_FALSE(books.tx.view().get(reservation_key("BT1", available, payable)));
}

TEST_CASE("a balance cannot leave 2^53-1, turnover may") {
  Books books;
  REQUIRE(books.tx.post("a", "FY1", {{kDue, kIncome, Fen(kMaxSafeInteger)}}));
  const auto verdict = books.tx.post("a", "FY1", {{kDue, kIncome, Fen(1)}});
  REQUIRE_FALSE(verdict);
  CHECK(verdict.error().verdict == static_cast<int>(General::amount_overflow));
  REQUIRE(books.tx.post("cancel", "FY1", {{kIncome, kDue, Fen(kMaxSafeInteger)}}));
  REQUIRE(books.tx.post("a", "FY1", {{kDue, kIncome, Fen(kMaxSafeInteger)}}));
  CHECK(read_account(books.tx.view(), kDue).debits == 2 * kMaxSafeInteger);
}

TEST_CASE("numbers are gapless per prefix, region and year, and end in their check character") {
  test::MapView base;
  EntryTx tx(base, EntryContext{.time = *parse_time("2026-03-17T01:00:00Z")});
  CHECK(tx.assign_number("DJ", "dataset", "320500")->text == "DJ32050020260000001B");
  CHECK(tx.assign_number("DJ", "dataset", "320500")->text.substr(0, 19) == "DJ32050020260000002");
  CHECK(tx.assign_number("FY", "fee", "320500")->text == "FY32050020260000001Z");
  EntryTx next_year(base, EntryContext{.time = *parse_time("2026-12-31T16:00:00Z")});
  CHECK(next_year.assign_number("DJ", "dataset", "320500")->text.substr(8, 11) == "20270000001");
}

TEST_CASE("golden numbers of ISO 7064 MOD 37,36") {
  const std::pair<const char*, char> golden[] = {{"DJ32010020260000001", 'K'}, {"DJ32050020260000042", 'U'},
                                                 {"ZS32010020260000123", 'G'}, {"BA32010020260000001", '6'},
                                                 {"JY32010020260000001", 'Z'}, {"BT32000020260000001", 'J'}};
  for (const auto& [text, check] : golden) {
    CHECK(mod_37_36(text) == check);
    CHECK(parse_number(std::string(text) + check));
    CHECK_FALSE(parse_number(std::string(text) + (check == '0' ? '1' : '0')));
  }
}

TEST_CASE("a mark can be set once") {
  Books books;
  CHECK(books.tx.mark("first", "S"));
  CHECK_FALSE(books.tx.mark("first", "S"));
  CHECK(books.tx.effects().size() == 1);
}

TEST_CASE("every effect survives its JSON form, and a flipped member does not pass as another") {
  const std::vector<Effect> effects = {
      NumberEffect{RegNo("DJ32050020260000001B"), "dataset"},
      StatusEffect{"dataset", "x", std::nullopt, "applied"},
      StatusEffect{"dataset", "x", "applied", "accepted"},
      PostEffect{{"FY1", "fee_assessed", {{kDue, kIncome, Fen(1)}}}},
      ReserveEffect{{"BT1", "claimed", {{kDue, kIncome, Fen(1)}}}},
      TakeEffect{{"BT1", "approved", {{kDue, kIncome, Fen(1)}}}},
      VoidEffect{{"BT1", "rejected", {{kDue, kIncome, Fen(1)}}}},
      WorkingEffect{"BT1", "SUB-TRD@1", "", Rounding::down, {{"tier", Fen(10), 50'000, Fen(1), std::nullopt}}, Fen(1)},
      FlagEffect{"filing", "BA1", "mismatched", {"amount_fen"}},
      MarkEffect{"first", "S"},
      DeadlineEffect{"dataset", "x", "notice", *make_date(2026, 3, 16)},
  };
  for (const Effect& effect : effects) {
    const Json json = effect_to_json(effect);
    const auto back = effect_from_json(json);
    REQUIRE(back);
    CHECK(effect_to_json(*back) == json);
    Json spoiled = json;
    spoiled["fx"] = "other";
    CHECK_FALSE(effect_from_json(spoiled));
  }
  CHECK(effect_schemas().size() == std::variant_size_v<Effect>);
}

TEST_CASE("account types name the limits and books of every account") {
  CHECK(account_type("fee/P/due/FY1")->normal == Normal::debit);
  CHECK(account_type("cap/L/2026/used/S")->normal == Normal::credit);
  CHECK(account_type("fee/P/due") == nullptr);
  CHECK(account_type("fee/P/due/FY1/x") == nullptr);
  CHECK(account_type("fee//due/FY1") == nullptr);
  CHECK(account_type("fee/P/bank/") == nullptr);
  CHECK(account_type("") == nullptr);
  CHECK(account_book("cap/L/2026/used/S", *account_type("cap/L/2026/used/S")) == "cap/L/2026/S");
  CHECK(account_book("pool/P/2026/payable/BT1", *account_type("pool/P/2026/payable/BT1")) == "pool/P/2026");
}
