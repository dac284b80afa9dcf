// Pro-rata rounds: the pot, the awards and what changes them.
#include "tests/unit/contracts/subsidy/subsidy_bench.hpp"

namespace dengji::contracts {
namespace {

using V = SubsidyVerdict;

TEST_CASE("pro rata: the pot is shared out over all asks, the rest returns at once") {
  SubsidyLine line = SubsidyBench::flat_line(100'000);
  line.allocation = Allocation::pro_rata;
  line.window = "SPRING";
  line.window_from = *parse_date("2026-03-01");
  line.window_to = *parse_date("2026-03-31");
  line.cap_org_fen = Fen(5'000'000);
  SubsidyBench world(line, 1'000'000);
  world.certify("ds-2", kOther, 2);
  world.certify("ds-3", kBuyer, 3);
  world.settle(world.agree(7'000'000, kSeller, kBuyer, 1), 7'000'000);
  world.settle(world.agree(5'000'000, kOther, kBuyer, 2), 5'000'000);
  world.settle(world.agree(3'333'330, kBuyer, kSeller, 3), 3'333'330);
  CHECK(refused_as(world.try_claim("SUB-TRD"), V::window_shut, "/body/line"));
  world.bench.day("2026-03-01");
  const std::string a = world.claim("SUB-TRD");
  const std::string b = world.claim("SUB-TRD", Json::object(), kOther);
  const std::string c = world.claim("SUB-TRD", Json::object(), kBuyer);
  CHECK(world.pool_pending() == 0);
  CHECK(world.bench.account("cap/SUB-TRD/2026/headroom/" + std::string(kSeller)).pending_debits == 700'000);
  REQUIRE(accepted(world.review(a)));
  CHECK(refused_as(world.approve(a), V::round_not_closed, "/body/subsidy"));
  world.bench.day("2026-03-31");
  const auto close_window = [&] { return world.act("window.close", {{"line", "SUB-TRD"}}, {{"finance", kFinance}}); };
  CHECK(refused_as(close_window(), V::window_runs, "/body/line"));
  world.bench.day("2026-04-01");
  REQUIRE(accepted(close_window()));
  CHECK(world.amount(a) == 456'521);
  CHECK(world.amount(b) == 326'087);
  CHECK(world.amount(c) == 217'391);
  CHECK(world.pool("available") == 1);
  CHECK(world.pool("round/SPRING") == 999'999);
  CHECK(world.bench.account("cap/SUB-TRD/2026/headroom/" + std::string(kSeller)).pending_debits == 456'521);
  CHECK(refused_as(close_window(), V::round_done, "/body/line"));
  // Approval in part, rejection: what is left of the round goes back to what is free.
  REQUIRE(accepted(world.approve(a, 400'000)));
  CHECK(world.pool("payable/" + a) == 400'000);
  CHECK(world.pool("available") == 56'522);
  REQUIRE(accepted(world.end("subsidy.reject", b, "bureau", kBureau)));
  world.paid(c);
  CHECK(world.pool("round/SPRING") == 0);
  CHECK(world.pool("available") == 56'522 + 326'087);
}

TEST_CASE("a refund lowers an ask before the round and an award after it") {
  SubsidyLine line = SubsidyBench::flat_line(100'000);
  line.allocation = Allocation::pro_rata;
  line.window = "SPRING";
  line.window_from = *parse_date("2026-03-01");
  line.window_to = *parse_date("2026-03-31");
  SubsidyBench world(line, 50'000);
  world.bench.day("2026-03-01");
  const std::string sale = world.sold(1'000'000);
  const std::string no = world.claim("SUB-TRD");
  world.refund(sale, 200'000);
  CHECK(world.amount(no) == 80'000);
  world.bench.day("2026-04-01");
  REQUIRE(accepted(world.act("window.close", {{"line", "SUB-TRD"}}, {{"finance", kFinance}})));
  CHECK(world.amount(no) == 50'000);
  world.refund(sale, 400'000);
  CHECK(world.amount(no) == 40'000);
  CHECK(world.pool("round/SPRING") == 40'000);
  CHECK(world.pool("available") == 10'000);
}

TEST_CASE("a round with more claims than one leaf holds goes on with the next close, by the same pot") {
  SubsidyLine line = SubsidyBench::flat_line(100'000);
  line.allocation = Allocation::pro_rata;
  line.window = "SPRING";
  line.window_from = *parse_date("2026-01-01");
  line.window_to = *parse_date("2026-03-31");
  SubsidyBench world(line, 45'000);
  for (int i = 0; i < 45; ++i) {
    const std::string id = "F:SG:uen:" + std::to_string(i);
    world.bench.put(org_of(id.c_str(), "320500"));
    world.certify("ds-f" + std::to_string(i), id.c_str(), 100 + i);
    world.settle(world.agree(20'000, id.c_str(), kBuyer, 100 + i), 20'000);
    world.claim("SUB-TRD", Json::object(), id.c_str());
  }
  world.bench.day("2026-04-01");
  const auto close_window = [&] { return world.act("window.close", {{"line", "SUB-TRD"}}, {{"finance", kFinance}}); };
  REQUIRE(accepted(close_window()));
  CHECK(world.pool("round/SPRING") == 45'000);
  REQUIRE(accepted(close_window()));
  REQUIRE(accepted(close_window()));
  CHECK(refused_as(close_window(), V::round_done, "/body/line"));
  world.bench.view().scan(object_prefix("subsidy"), object_prefix("subsidy"), [](std::string_view, std::string_view v) {
    CHECK(decode<Claim>(v).amount_fen == Fen(1'000));
    return true;
  });
}

}  // namespace
}  // namespace dengji::contracts
