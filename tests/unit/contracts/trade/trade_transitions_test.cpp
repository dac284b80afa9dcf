// Every act on a trade in every status: what it leads to or how it is refused; and money over random acts.
#include <random>

#include "tests/unit/contracts/trade/trade_bench.hpp"

namespace dengji::contracts {
namespace {

using V = TradeVerdict;

constexpr const char* kTheSettlement = "JY32050020260000001F-000001";

// One act, and what comes of it: the status that the trade has then, or a refusal.
struct Cell {
  TradeStatus to = TradeStatus::agreed;
  std::uint16_t refusal = 0;

  Cell(TradeStatus status) : to(status) {}                                 // NOLINT: a table reads better
  Cell(V verdict) : refusal(static_cast<std::uint16_t>(verdict)) {}        // NOLINT
  Cell(General verdict) : refusal(static_cast<std::uint16_t>(verdict)) {}  // NOLINT
};

struct Act {
  const char* name;
  Verdict (*run)(TradeBench&);
};

const std::vector<Act> kActs{
    {"amend", [](TradeBench& world) { return world.amend({{"amount_fen", 2'000}}); }},
    {"deliver", [](TradeBench& world) { return world.deliver(); }},
    {"accept", [](TradeBench& world) { return world.accept(); }},
    {"usage", [](TradeBench& world) { return world.use("2026-04-10", "2026-04-10"); }},
    {"settle", [](TradeBench& world) { return world.settle(10); }},
    {"refund", [](TradeBench& world) { return world.refund(1); }},
    {"reverse", [](TradeBench& world) { return world.reverse(); }},
    {"dispute", [](TradeBench& world) { return world.dispute(kBySeller); }},
    {"resolve", [](TradeBench& world) { return world.resolve(); }},
    {"close", [](TradeBench& world) { return world.end("trade.close"); }},
    {"terminate", [](TradeBench& world) { return world.end("trade.terminate"); }},
    {"void", [](TradeBench& world) { return world.end("trade.void"); }},
    {"flag", [](TradeBench& world) { return world.flag(); }},
    {"clear", [](TradeBench& world) { return world.clear(); }},
};

// A metered trade of 1,000 fen at 10 a call, brought to a status by its own acts.
void bring(TradeBench& world, TradeStatus status) {
  REQUIRE(accepted(world.agree(TradeBench::metered_terms(1'000, 10))));
  if (status == TradeStatus::agreed) return;
  REQUIRE(accepted(world.deliver()));
  if (status == TradeStatus::delivered) return;
  if (status == TradeStatus::accepted) REQUIRE(accepted(world.accept()));
  if (status == TradeStatus::accepted) return;
  if (status == TradeStatus::voided) REQUIRE(accepted(world.end("trade.void")));
  if (status == TradeStatus::voided) return;
  REQUIRE(accepted(world.settle(100)));
  if (status == TradeStatus::closed) REQUIRE(accepted(world.end("trade.close")));
  if (status == TradeStatus::terminated) REQUIRE(accepted(world.end("trade.terminate")));
  if (status == TradeStatus::disputed) REQUIRE(accepted(world.dispute(kByBuyer)));
}

TEST_CASE("every act on a trade in every status leads where the rulebook says, or is refused and named") {
  using S = TradeStatus;
  constexpr auto kUnknown = General::object_unknown;
  struct Row {
    S status;
    std::vector<Cell> cells;
  };
  // amend, deliver, accept, usage, settle, refund, reverse, dispute, resolve, close, terminate, void, flag, clear
  const std::vector<Row> rows{
      {S::agreed,
       {S::agreed, S::delivered, kUnknown, S::delivered, S::settling, kUnknown, kUnknown, S::disputed, kUnknown,
        S::closed, S::terminated, S::voided, S::agreed, V::not_flagged}},
      {S::delivered,
       {S::delivered, S::delivered, S::accepted, S::delivered, S::settling, kUnknown, kUnknown, S::disputed, kUnknown,
        S::closed, S::terminated, S::voided, S::delivered, V::not_flagged}},
      {S::accepted,
       {S::accepted, S::delivered, V::delivery_judged, S::accepted, S::settling, kUnknown, kUnknown, S::disputed,
        kUnknown, S::closed, S::terminated, S::voided, S::accepted, V::not_flagged}},
      {S::settling,
       {S::settling, S::settling, S::settling, S::settling, S::settling, S::settling, S::settling, S::disputed,
        kUnknown, S::closed, S::terminated, V::has_money, S::settling, V::not_flagged}},
      {S::disputed,
       {V::disputed, V::disputed, V::disputed, V::disputed, S::disputed, S::disputed, S::disputed, S::disputed,
        S::settling, V::disputed, V::disputed, V::disputed, S::disputed, V::not_flagged}},
      {S::closed,
       {V::status_not_open, V::status_not_open, V::status_not_open, V::status_not_open, S::closed, S::closed, S::closed,
        S::disputed, kUnknown, V::status_not_open, V::status_not_open, V::status_not_open, S::closed, V::not_flagged}},
      {S::terminated,
       {V::status_not_open, V::status_not_open, V::status_not_open, V::status_not_open, S::terminated, S::terminated,
        S::terminated, S::disputed, kUnknown, V::status_not_open, V::status_not_open, V::status_not_open, S::terminated,
        V::not_flagged}},
      {S::voided,
       {V::status_not_open, V::status_not_open, V::status_not_open, V::status_not_open, S::voided, kUnknown, kUnknown,
        S::disputed, kUnknown, V::status_not_open, V::status_not_open, V::status_not_open, S::voided, V::not_flagged}},
  };
  REQUIRE(rows.size() == EnumNames<S>::names.size());
  for (const Row& row : rows) {
    REQUIRE(row.cells.size() == kActs.size());
    for (std::size_t i = 0; i < kActs.size(); ++i) {
      CAPTURE(name_of(row.status));
      CAPTURE(kActs[i].name);
      TradeBench world(std::nullopt);
      bring(world, row.status);
      REQUIRE(world.trade().status == row.status);
      const std::string before = encode(world.trade());
      const Verdict verdict = kActs[i].run(world);
      CHECK(number_of(verdict) == row.cells[i].refusal);
      if (verdict) {
        CHECK(world.status() == name_of(row.cells[i].to));
      } else {
        CHECK_FALSE(verdict.error().context.empty());
        CHECK(encode(world.trade()) == before);
      }
      for (const std::string& fault : check_money_invariants(world.bench.view())) FAIL_CHECK(fault);
    }
  }
}

TEST_CASE("a resolved dispute gives the trade back the status it had, or settling if money came meanwhile") {
  using S = TradeStatus;
  for (const S status : {S::agreed, S::delivered, S::accepted, S::settling, S::closed, S::terminated, S::voided}) {
    for (const bool money : {false, true}) {
      CAPTURE(name_of(status));
      CAPTURE(money);
      TradeBench world(std::nullopt);
      bring(world, status);
      REQUIRE(accepted(world.dispute()));
      CHECK(world.status() == "disputed");
      if (money) REQUIRE(accepted(world.settle(10)));
      CHECK(world.status() == "disputed");
      REQUIRE(accepted(world.resolve()));
      const bool running = status == S::agreed || status == S::delivered || status == S::accepted;
      CHECK(world.status() == name_of(running && money ? S::settling : status));
      CHECK(world.trade().open_disputes == 0);
      CHECK_FALSE(world.trade().resumes.has_value());
    }
  }
}

// What one trade's book must hold, added up from its settlements and vouchers.
void check_money(const TradeBench& world) {
  std::int64_t net = 0;
  std::map<std::string, std::int64_t> by_voucher;
  const std::string prefix = index_prefix(Settlement::kKind, "trade", kTrade);
  world.bench.view().scan(prefix, prefix, [&](std::string_view key, std::string_view) {
    const auto settlement = find_object<Settlement>(world.bench.view(), key.substr(prefix.size()));
    REQUIRE(settlement.has_value());
    CHECK(settlement->net() >= Fen(0));
    net += settlement->net().value();
    by_voucher[crypto::to_b64(settlement->voucher)] +=
        settlement->amount_fen.value() - settlement->reversed_fen.value();
    return true;
  });
  CHECK(world.book("settled") == net);
  CHECK(world.book("contract") == world.trade().terms.amount_fen.value());
  CHECK(world.book("contract") == world.book("settled") + world.book("headroom"));
  for (const auto& [hash, fen] : by_voucher) CHECK(world.bench.object<Voucher>(hash).used_fen == Fen(fen));
  for (const std::string& fault : check_money_invariants(world.bench.view())) FAIL_CHECK(fault);
}

TEST_CASE("money is conserved whatever is done to a trade, in any order") {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    std::mt19937_64 random(seed);
    const auto below = [&](std::uint64_t n) { return static_cast<std::int64_t>(random() % n); };
    TradeBench world(std::nullopt, {{"deal", Side::seller, FeeMode::rate, std::nullopt, 25'000, Rounding::half_even,
                                     seed % 2 == 0 ? OnRefund::keep : OnRefund::proportional}});
    bring(world, TradeStatus::agreed);
    int done = 0;
    std::uint64_t voucher = 0;
    for (int step = 0; step < 200; ++step) {
      const std::string some = Settlement::id(RegNo(kTrade), 1 + below(20));
      Verdict verdict;
      switch (below(9)) {
        case 0:
          verdict = world.amend({{"amount_fen", below(5'000)}});
          break;
        case 1:
        case 2:
        case 3:
          verdict = world.settle_voucher(1 + below(400), ++voucher);
          break;
        case 4:
        case 5:
          verdict =
              world.bench.exists<Settlement>(some) ? world.refund_voucher(1 + below(100), some, ++voucher) : Verdict{};
          break;
        case 6:
          verdict = world.bench.exists<Settlement>(some) ? world.reverse(some.c_str()) : Verdict{};
          break;
        default:
          verdict = kActs[static_cast<std::size_t>(below(step < 120 ? 4 : kActs.size()))].run(world);
      }
      if (verdict) ++done;
      CAPTURE(seed);
      CAPTURE(step);
      check_money(world);
    }
    CHECK(done > 60);
  }
}

TEST_CASE("what has ended is not reversed into life: money after the end leaves the status") {
  TradeBench world(std::nullopt);
  bring(world, TradeStatus::closed);
  REQUIRE(accepted(world.reverse(kTheSettlement)));
  CHECK(world.status() == "closed");
  REQUIRE(accepted(world.settle(10)));
  CHECK(world.status() == "closed");
}

}  // namespace
}  // namespace dengji::contracts
