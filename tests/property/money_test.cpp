// Random histories over every entry type that moves money. A failing seed is printed; run it alone with
// DENGJI_MONEY_SEED=<seed>, more of them with DENGJI_MONEY_SEEDS=<count>.
#include <doctest/doctest.h>

#include <cstdlib>

#include "tests/support/long_history.hpp"

namespace dengji::test {
namespace {

constexpr int kStepsPerSeed = 500;

std::vector<std::uint64_t> seeds() {
  if (const char* one = std::getenv("DENGJI_MONEY_SEED")) return {std::strtoull(one, nullptr, 10)};
  const char* count = std::getenv("DENGJI_MONEY_SEEDS");
  std::vector<std::uint64_t> all(count ? std::strtoull(count, nullptr, 10) : 6);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = 20'260'000 + i;
  return all;
}

TEST_CASE("money is conserved in random histories, and refused entries leave no trace") {
  std::map<std::string, int> outcomes;
  for (const std::uint64_t seed : seeds()) {
    MESSAGE("seed " << seed);
    MoneyPlay play(seed);
    for (int i = 0; i < kStepsPerSeed; ++i) {
      const int before = play.accepted();
      play.step();
      if (play.accepted() == before) continue;
      const std::vector<std::string> faults = play.faults();
      for (const std::string& fault : faults) FAIL_CHECK("seed " << seed << " step " << i << ": " << fault);
      if (!faults.empty()) return;
    }
    CHECK_MESSAGE(play.accepted() > kStepsPerSeed / 4, "seed ", seed);
    CHECK_MESSAGE(play.refused() > kStepsPerSeed / 10, "seed ", seed);
    const Replay again = replay(play.sent());
    CHECK_MESSAGE(again.state == play.ledger().view().fingerprint(), "seed ", seed);
    CHECK_MESSAGE(again.leaves == play.ledger().leaves(), "seed ", seed);
    for (const auto& [what, count] : play.outcomes()) outcomes[what] += count;
  }
  if (std::getenv("DENGJI_MONEY_SEED")) {
    for (const auto& [what, count] : outcomes) MESSAGE(what << " " << count);
    return;
  }
  // The player must not have walked past what it is there to try.
  for (const char* what :
       {"trade.settle ok",       "trade.refund ok",   "fee.receive ok",      "fee.refund ok",       "fee.cancel ok",
        "fee.waive ok",          "fee.reinstate ok",  "pool.allocate ok",    "pool.adjust ok",      "pool.close ok",
        "pool.carry ok",         "subsidy.claim ok",  "subsidy.review ok",   "subsidy.approve ok",  "subsidy.pay ok",
        "subsidy.recover ok",    "subsidy.reject ok", "subsidy.withdraw ok", "subsidy.clawback ok", "window.close ok",
        "certificate.revoke ok", "trade.amend ok",    "trade.deliver ok",    "trade.accept ok",     "trade.dispute ok",
        "trade.resolve ok",      "trade.flag ok",     "trade.clear ok",      "trade.void ok",       "money.reverse ok",
        "pool.open ok",          "subsidy.object ok", "subsidy.rule ok"}) {
    CHECK_MESSAGE(outcomes[what] > 0, std::string(what));
  }
}

}  // namespace
}  // namespace dengji::test
