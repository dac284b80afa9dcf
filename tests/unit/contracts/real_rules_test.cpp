// The published subsidy rules of five places (tests/support/real_rules.hpp) over histories that reach cap, threshold,
// window, first contract, milestone and recovery. Every amount is worked by hand beside it, in fen.
#include "tests/support/real_rules.hpp"

#include "tests/unit/contracts/subsidy/subsidy_bench.hpp"

namespace dengji::contracts {
namespace {

using V = SubsidyVerdict;

class RealRules : public SubsidyBench {
 public:
  explicit RealRules(std::int64_t pool_fen) { REQUIRE(accepted(allocate(pool_fen))); }

  // Enacted as a bureau would, through every check of the form.
  void policy(const char* kind, const char* code, const char* region, const Json& form) {
    REQUIRE(accepted(act("policy.enact",
                         {{"kind", kind},
                          {"code", code},
                          {"title", code},
                          {"jurisdiction", region},
                          {"effective_from", "2026-01-05"},
                          {kind, form}},
                         {{"bureau", kBureau}, {"finance", kFinance}})));
  }
  void rule(const char* code, const char* region, const Json& line) { policy("subsidy_line", code, region, line); }
  bool nothing_due(const char* line, const Json& more = Json::object(), const char* by = kSeller) {
    return refused_as(try_claim(line, more, by), V::nothing_due, "/body/line");
  }
  std::string claimed(std::int64_t fen, const char* line, const Json& more = Json::object(), const char* by = kSeller) {
    const std::string no = claim(line, more, by);
    CHECK(amount(no) == fen);
    return no;
  }
  std::string fee(const char* dataset, const char* line, std::int64_t fen) {
    REQUIRE(accepted(act("fee.assess",
                         {{"payer", kSeller},
                          {"cause_kind", "dataset"},
                          {"cause", dataset},
                          {"line", line},
                          {"amount_fen", fen},
                          {"reason", "by the tariff"}},
                         {{"platform", kPlatform}})));
    return bench.subject();
  }
  void receive(const std::string& no, std::int64_t fen) {
    REQUIRE(accepted(
        act("fee.receive", {{"fee", no}, {"amount_fen", fen}, {"bank_date", today()}}, {{"platform", kPlatform}})));
  }
};

const Json kFirstSet{{"dataset", "ds-1"}};
const Json kSecondSet{{"dataset", "ds-2"}};

TEST_CASE("Beijing, first contracts: 4 % of each product's first contract, 2,000,000 yuan per firm") {
  RealRules world(1'000'000'000);
  world.rule("BJ-FIRST", "110000", test::beijing_first_contract());
  world.certify("ds-2", kSeller, 2);
  CHECK(refused_as(world.try_claim("BJ-FIRST", kFirstSet), V::earn_period_missing, "/body/line"));
  world.bench.day("2026-03-02");
  const std::string first = world.sold(1'000'000'000);
  world.settle(world.agree(700'000'000, kSeller, kOther), 700'000'000);  // the product's second contract
  // 1,000,000,000 × 4 % = 40,000,000
  const std::string one = world.claimed(40'000'000, "BJ-FIRST", kFirstSet);
  world.paid(one);
  world.bench.day("2026-05-04");
  world.settle(world.agree(6'000'000'000, kSeller, kBuyer, 2), 6'000'000'000);
  // 6,000,000,000 × 4 % = 240,000,000; the firm has 200,000,000 - 40,000,000 left
  const std::string two = world.claimed(160'000'000, "BJ-FIRST", kSecondSet);
  world.paid(two);
  CHECK(world.cap("headroom", kSeller, "BJ-FIRST") == 0);
  CHECK(world.nothing_due("BJ-FIRST", kSecondSet));
  // The first product is left with 500,000,000 × 4 % = 20,000,000: 20,000,000 come back, and the firm's cap has room
  // for as much of the second product, which was owed 80,000,000 more.
  world.refund(first, 500'000'000);
  CHECK(world.pool("receivable/" + one) == 20'000'000);
  CHECK(world.amount(two) == 160'000'000);
  world.claimed(20'000'000, "BJ-FIRST", kSecondSet);
}

TEST_CASE("Beijing, first contracts: the first year ends the day before its anniversary") {
  RealRules world(1'000'000'000);
  world.rule("BJ-FIRST", "110000", test::beijing_first_contract());
  world.bench.day("2026-03-02");
  const std::string trade = world.agree(1'500'000'000);
  world.bench.day("2026-12-31");
  REQUIRE(accepted(world.allocate(500'000'000, 2027)));
  world.bench.day("2027-03-01");
  world.settle(trade, 100'000'000);
  // 100,000,000 × 4 %, from the pool of 2027 under the cap of 2026
  world.claimed(4'000'000, "BJ-FIRST", kFirstSet);
  CHECK(world.pool_pending(2027) == 4'000'000);
  CHECK(world.cap("issue", kSeller, "BJ-FIRST", 2026) == 200'000'000);
  world.bench.day("2027-03-02");
  world.settle(trade, 100'000'000);
  CHECK(world.nothing_due("BJ-FIRST", kFirstSet));
}

TEST_CASE("Beijing, certificate fees: 30 % of what first registrations paid, 100,000 yuan") {
  RealRules world(100'000'000);
  world.rule("BJ-CERT", "110000", test::beijing_certificate_fees());
  world.certify("ds-2", kSeller, 2);  // no first registration
  world.receive(world.fee("ds-2", "certificate", 30'000'000), 30'000'000);
  world.receive(world.fee("ds-1", "storage", 5'000'000), 5'000'000);  // another line
  CHECK(world.nothing_due("BJ-CERT"));
  const std::string fee = world.fee("ds-1", "certificate", 40'000'000);
  CHECK(world.nothing_due("BJ-CERT"));  // assessed is not paid
  world.receive(fee, 20'000'000);
  // 20,000,000 × 30 % = 6,000,000
  world.paid(world.claimed(6'000'000, "BJ-CERT"));
  world.receive(fee, 20'000'000);
  // 40,000,000 × 30 % = 12,000,000, capped at 10,000,000, less 6,000,000
  const std::string second = world.claimed(4'000'000, "BJ-CERT");
  world.paid(second);
  REQUIRE(accepted(world.act(
      "fee.waive",
      {{"fee", fee}, {"line", "hardship"}, {"amount_fen", 10'000'000}, {"borne_by", kPlatform}, {"reason", "hardship"}},
      {{"platform", kPlatform}})));
  // 30,000,000 × 30 % = 9,000,000 against 10,000,000 granted
  CHECK(world.pool("receivable/" + second) == 1'000'000);
}

TEST_CASE("Shenzhen: 30 % of purchases from unrelated sellers, 2,000,000 yuan, shared out over one window") {
  constexpr std::int64_t kPool = 5'000'000'000;
  RealRules world(kPool);
  world.rule("SZ-BUY", "440300", test::shenzhen_purchases());
  world.bench.day("2026-09-01");
  const auto buyer = [](int i) { return "F:SG:uen:" + std::to_string(i); };
  // Thirty buyers for 800,000,000 each: 240,000,000, capped at 200,000,000. One for 1,000,000: 300,000.
  for (int i = 0; i <= 30; ++i) {
    world.bench.put(org_of(buyer(i).c_str(), "440300"));
    const std::int64_t fen = i < 30 ? 800'000'000 : 1'000'000;
    world.settle(world.agree(fen, kSeller, buyer(i).c_str()), fen);
  }
  // One is of the seller's group until three months before it buys, one is not of Shenzhen.
  Org related = org_of("F:SG:uen:related", "440300");
  related.ties.push_back({OrgId(kSeller), "affiliate", *parse_date("2020-01-01"), parse_date("2026-06-01")});
  world.bench.put(related);
  world.settle(world.agree(10'000'000, kSeller, related.id.text.c_str()), 10'000'000);
  world.settle(world.agree(10'000'000, kSeller, kBuyer), 10'000'000);
  CHECK(refused_as(world.try_claim("SZ-BUY", Json::object(), buyer(0).c_str()), V::window_shut, "/body/line"));

  world.bench.day("2026-10-01");
  std::vector<std::string> claims;
  for (int i = 0; i <= 30; ++i) claims.push_back(world.claim("SZ-BUY", Json::object(), buyer(i).c_str()));
  CHECK(world.amount(claims[0]) == 200'000'000);
  CHECK(world.amount(claims[30]) == 300'000);
  CHECK(world.nothing_due("SZ-BUY", Json::object(), related.id.text.c_str()));
  CHECK(world.nothing_due("SZ-BUY", Json::object(), kBuyer));

  world.bench.day("2026-11-02");
  // Asked for: 30 × 200,000,000 + 300,000 = 6,000,300,000 of a pool of 5,000,000,000.
  const auto close_window = [&] { return world.act("window.close", {{"line", "SZ-BUY"}}, {{"finance", kFinance}}); };
  REQUIRE(accepted(close_window()));
  REQUIRE(accepted(close_window()));
  // ⌊5,000,000,000 × 200,000,000 / 6,000,300,000⌋ = 166,658,333 and ⌊… × 300,000 / …⌋ = 249,987
  CHECK(world.amount(claims[0]) == 166'658'333);
  CHECK(world.amount(claims[29]) == 166'658'333);
  CHECK(world.amount(claims[30]) == 249'987);
  // 30 × 166,658,333 + 249,987 = 4,999,999,977
  CHECK(world.pool("round/W2026") == 4'999'999'977);
  CHECK(world.pool("available") == 23);
  world.paid(claims[30]);
  CHECK(world.pool("disbursed") == 249'987);
}

TEST_CASE("Shanghai: 100,000 yuan once for the first listing, and once for the first purchase") {
  RealRules world(10'000'000'000);
  world.rule("SH-LIST", "310000", test::shanghai_first_listing());
  world.rule("SH-BUY", "310000", test::shanghai_first_purchase());
  world.certify("ds-2", kSeller, 2);
  const std::string listed = world.claimed(10'000'000, "SH-LIST");
  world.paid(listed);
  CHECK(world.nothing_due("SH-LIST"));  // the second listing is no first one

  CHECK(refused_as(world.try_claim("SH-BUY", Json::object(), kBuyer), V::earn_period_missing, "/body/line"));
  world.bench.day("2026-03-02");
  const std::string trade = world.agree(5'000'000);
  CHECK(world.nothing_due("SH-BUY", Json::object(), kBuyer));  // nothing is paid yet
  const std::string sale = world.settle(trade, 3'000'000);
  const std::string bought = world.claimed(10'000'000, "SH-BUY", Json::object(), kBuyer);
  world.paid(bought);
  const std::string other = world.sold(2'000'000);
  world.refund(sale, 3'000'000);
  CHECK(world.amount(bought) == 10'000'000);  // another purchase of the year stands for it
  world.refund(other, 2'000'000);
  CHECK(world.pool("receivable/" + bought) == 10'000'000);
  world.settle(trade, 1'000'000);
  CHECK(world.nothing_due("SH-LIST"));
  world.claimed(10'000'000, "SH-BUY", Json::object(), kBuyer);

  // Once is for ever: no second sum in a later year.
  world.bench.day("2027-03-02");
  REQUIRE(accepted(world.allocate(100'000'000, 2027)));
  world.certify("ds-3", kSeller, 3);
  world.sold(2'000'000);
  CHECK(world.nothing_due("SH-LIST"));
  CHECK(world.nothing_due("SH-BUY", Json::object(), kBuyer));
  // Both listings of the first day revoked: the third, of the same day by its record, still stands; then none does.
  world.set_certificate(1, CertificateStatus::revoked);
  world.set_certificate(2, CertificateStatus::revoked);
  CHECK(world.amount(listed) == 10'000'000);
  world.set_certificate(3, CertificateStatus::revoked);
  CHECK(world.pool("receivable/" + listed) == 10'000'000);
}

TEST_CASE("Shanghai's service fees: a buyer pays 9,980 yuan once, a supplier 2.5 % of what is settled") {
  RealRules world(1);
  world.policy("fee_schedule", "SH-FEES", "320500", test::shanghai_service_fees(kPlatform));
  const std::string trade = world.agree(100'000'000);
  // Of the first fee of a payer in this city: the buyer's 320100, the seller's 320500.
  const auto due = [&](const char* city) {
    const std::string no = make_number({"FY", city, 2026}, 1).text;
    return world.bench.balance("fee/" + std::string(kPlatform) + "/due/" + no);
  };
  CHECK(due("320100") == 998'000);
  const std::string sale = world.settle(trade, 60'000'001);
  CHECK(due("320500") == 1'500'000);  // 60,000,001 × 2.5 % = 1,500,000.025, down
  world.refund(sale, 20'000'001);
  CHECK(due("320500") == 1'000'000);  // 40,000,000 × 2.5 %
  const auto income = [&] { return world.bench.balance("fee/" + std::string(kPlatform) + "/income/service"); };
  CHECK(income() == 1'998'000);
  world.agree(100'000'000);
  CHECK(income() == 1'998'000);  // the buyer has paid for ever
}

TEST_CASE("Baoding: 30 % of the year's spend from 300,000 yuan, at most 300,000 yuan") {
  RealRules world(1'000'000'000);
  world.rule("BD-BUY", "130600", test::baoding_spend());
  const auto nothing = [&] { return world.nothing_due("BD-BUY", Json::object(), kBuyer); };
  const std::string trade = world.agree(200'000'000);
  const std::string first = world.settle(trade, 29'999'999);
  CHECK(nothing());
  world.settle(trade, 1);
  // 30,000,000 × 30 % = 9,000,000: equal to the threshold passes, and the whole counts
  const std::string one = world.claimed(9'000'000, "BD-BUY", Json::object(), kBuyer);
  world.paid(one);
  const std::string big = world.settle(trade, 70'000'000);
  // 100,000,000 × 30 % = 30,000,000, the cap; less 9,000,000
  const std::string two = world.claimed(21'000'000, "BD-BUY", Json::object(), kBuyer);
  world.paid(two);
  world.settle(trade, 10'000'000);
  CHECK(nothing());
  // 99,999,999 × 30 % = 29,999,999.7, down: 1 comes back
  world.refund(big, 10'000'001);
  CHECK(world.pool("receivable/" + two) == 1);
  // Below the threshold nothing is left: 99,999,999 - 59,999,999 - 10,000,001 = 29,999,999
  world.refund(big, 59'999'999);
  world.refund(first, 10'000'001);
  CHECK(world.pool("receivable/" + two) == 21'000'000);
  CHECK(world.pool("receivable/" + one) == 9'000'000);
  CHECK(world.pool("deferred") == 30'000'000);
  // A year's spend is its own: the sum of two years does not reach the threshold of either.
  world.bench.day("2027-01-04");
  REQUIRE(accepted(world.allocate(100'000'000, 2027)));
  world.settle(trade, 29'999'999);
  CHECK(nothing());
  world.settle(trade, 1);
  world.claimed(9'000'000, "BD-BUY", Json::object(), kBuyer);
}

TEST_CASE("Shandong: 750,000 yuan, 750,000 more if rated excellent, all recovered if it fails") {
  RealRules world(200'000'000);
  world.rule("SD-BASE", "370000", test::shandong_base());
  world.rule("SD-TOP", "370000", test::shandong_excellent());
  const std::string base = world.claimed(75'000'000, "SD-BASE", kFirstSet);
  world.paid(base);
  REQUIRE(accepted(world.rate("ds-1", "good")));
  CHECK(world.nothing_due("SD-TOP", kFirstSet));
  world.bench.day("2026-06-01");
  REQUIRE(accepted(world.rate("ds-1", "excellent")));
  const std::string top = world.claimed(75'000'000, "SD-TOP", kFirstSet);
  world.paid(top);
  CHECK(world.pool("available") == 50'000'000);
  REQUIRE(accepted(world.rate("ds-1", "pass")));
  CHECK(world.pool("deferred") == 0);
  world.bench.day("2026-11-02");
  REQUIRE(accepted(world.rate("ds-1", "fail")));
  CHECK(world.pool("receivable/" + base) == 75'000'000);
  CHECK(world.pool("receivable/" + top) == 75'000'000);
  CHECK(world.nothing_due("SD-BASE", kFirstSet));
  CHECK(world.nothing_due("SD-TOP", kFirstSet));
  REQUIRE(accepted(world.recover(base)));
  REQUIRE(accepted(world.recover(top)));
  CHECK(world.status(base) == "recovered");
  CHECK(world.status(top) == "recovered");
  CHECK(world.pool("available") == 200'000'000);
}

}  // namespace
}  // namespace dengji::contracts
