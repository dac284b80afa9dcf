// The worked year of the accounts, line by line, through the very functions that a node calls: registration fee and its
// waiver, one trade, two claims under a cap, a refund with its clawback, and the pool carried over. Then its variants.
#include <doctest/doctest.h>

#include "contracts/invariants.hpp"
#include "contracts/pool/pools.hpp"
#include "contracts/subsidy/subsidies.hpp"
#include "tests/support/contract_fixture.hpp"

namespace dengji::test {
namespace {

using contracts::PoolVerdict;
using contracts::RegistrationVerdict;
using contracts::SubsidyVerdict;
using contracts::TradeVerdict;
using state::Account;

constexpr const char* kFee = "FY32050020260000001Z";
constexpr const char* kDataset = "DJ32050020260000001B";
constexpr const char* kCertificate = "ZS32050020260000001R";
constexpr const char* kTrade = "JY32050020260000001F";
constexpr const char* kFirst = "BT32050020260000001H";
constexpr const char* kSecond = "BT32050020260000002F";

class WorkedYear {
 public:
  ContractFixture ledger;
  std::string v1;
  std::string v2;

  explicit WorkedYear(const Json& line = subsidy_line()) {
    ledger.enact("fee_schedule", "FEE-REG",
                 {{"payee", Cast::platform}, {"registration_fen", 300'000}, {"service", Json::array()}});
    ledger.enact("waiver", "WAIVE-FIRST",
                 {{"line", "first"},
                  {"ppm", 1'000'000},
                  {"within_days", 180},
                  {"first_scope", "enterprise"},
                  {"borne_by", Cast::platform},
                  {"rounding", "down"}});
    ledger.enact("subsidy_line", "SUB-TRD", line);
  }

  // --- entries
  Submitted must(const std::string& type, const std::vector<By>& by, const Json& body) {
    Submitted done = ledger.submit(type, by, body);
    REQUIRE_MESSAGE(done.accepted(), type << ": " << done.verdict() << " " << done.context());
    postings_.add(ledger.leaves().size() - 1, done.effects());
    return done;
  }
  Submitted allocate(std::int64_t fen, int year = 2026) {
    return must("pool.allocate", kByFinance, {{"pool", "POOL-A"}, {"year", year}, {"amount_fen", fen}});
  }
  Json settlement(std::int64_t fen, const std::string& trade = kTrade) {
    return {{"trade", trade},
            {"amount_fen", fen},
            {"voucher", {{"hash", b64_of("V" + std::to_string(++vouchers_))}, {"line", 1}, {"total_fen", fen}}},
            {"bank_date", format_date(ledger.today())}};
  }
  std::string settle(std::int64_t fen, const std::string& trade = kTrade) {
    must("trade.settle", kByPlatform, settlement(fen, trade));
    std::int64_t n = 0;
    while (state::find_object<contracts::Settlement>(ledger.view(), contracts::Settlement::id(RegNo(trade), n + 1)))
      ++n;
    return contracts::Settlement::id(RegNo(trade), n);
  }
  void refund(const std::string& settled, std::int64_t fen) {
    Json body = settlement(fen);
    body.erase("trade");
    body["settlement"] = settled;
    must("trade.refund", kByPlatform, body);
  }
  std::string claim(const std::string& by = Cast::seller, const Json& more = Json::object()) {
    Json body{{"line", "SUB-TRD"}};
    body.update(more);
    return must("subsidy.claim", {{"claimant", by}}, body).number();
  }
  void review(const std::string& no) { must("subsidy.review", kByPlatform, {{"subsidy", no}}); }
  void approve(const std::string& no) {
    review(no);
    must("subsidy.approve", kByBureau, {{"subsidy", no}});
  }
  void pay(const std::string& no) {
    must("subsidy.pay", kByFinance, {{"subsidy", no}, {"step", "instruct"}});
    must("subsidy.pay", kByFinance, {{"subsidy", no}, {"step", "confirm"}});
  }
  void recover(const std::string& no) { must("subsidy.recover", kByFinance, {{"subsidy", no}}); }

  // --- balances
  std::int64_t fee(const std::string& name) const { return ledger.balance("fee/" + Cast::platform + "/" + name); }
  std::int64_t pool(const std::string& name, int year = 2026) const {
    return ledger.balance(contracts::pool_account("POOL-A", year, name));
  }
  std::int64_t pool_pending() const {
    return ledger.account(contracts::pool_account("POOL-A", 2026, "available")).pending_debits;
  }
  std::int64_t cap(const std::string& name) const {
    return ledger.balance("cap/SUB-TRD/2026/" + name + "/" + Cast::seller);
  }
  std::int64_t cap_pending() const {
    return ledger.account("cap/SUB-TRD/2026/headroom/" + Cast::seller).pending_debits;
  }
  std::int64_t trade(const std::string& name) const {
    return ledger.balance(std::string("trade/") + kTrade + "/" + name);
  }
  std::int64_t amount(const std::string& no) const { return ledger.object<contracts::Claim>(no).amount_fen.value(); }
  std::int64_t receivable(const std::string& no) const { return pool("receivable/" + no); }
  std::int64_t payable(const std::string& no) const { return pool("payable/" + no); }

  // --- the year, to the end of a row
  void register_and_certify() {
    ledger.at("2026-01-05");
    allocate(2'000'000);
    ledger.at("2026-02-02");
    allocate(500'000);
    const std::string id = must("dataset.apply", {{"applicant", Cast::seller}}, application("A")).entry_id;
    ledger.at("2026-03-02");
    must("dataset.review", kByRegistrar, {{"dataset", id}, {"outcome", "accept"}});
    ledger.at("2026-03-17");
    must("dataset.register", kByRegistrar, {{"dataset", id}});
    ledger.at("2026-04-01");
    must("certificate.issue", kByPlatform, {{"dataset", kDataset}, {"scope", "roads"}, {"grade", "good"}});
  }
  Json agreement(std::int64_t ceiling, const std::string& certificate = kCertificate) const {
    return {{"certificate", certificate},
            {"subject", "dataset"},
            {"mode", "catalogue"},
            {"purpose", "planning"},
            {"contract_hash", b64_of("contract")},
            {"price", {{"model", "one_off"}}},
            {"amount_fen", ceiling},
            {"tax_fen", 0},
            {"delivery", "api"}};
  }
  void to_row_11() {
    register_and_certify();
    ledger.at("2026-04-10");
    must("trade.agree", {{"seller", Cast::seller}, {"buyer", Cast::buyer}}, agreement(60'000'000));
    ledger.at("2026-05-20");
    v1 = settle(33'333'333);
  }
  void to_row_14() {
    to_row_11();
    ledger.at("2026-06-01");
    CHECK(claim() == kFirst);
    ledger.at("2026-06-20");
    approve(kFirst);
    ledger.at("2026-06-30");
    pay(kFirst);
  }
  void to_row_15() {
    to_row_14();
    ledger.at("2026-09-15");
    v2 = settle(22'222'225);
  }
  void to_row_16() {
    to_row_15();
    ledger.at("2026-10-08");
    CHECK(claim() == kSecond);
  }
  void to_row_17() {
    to_row_16();
    ledger.at("2026-10-26");
    approve(kSecond);
    ledger.at("2026-10-30");
    pay(kSecond);
    ledger.at("2026-11-10");
  }

  // All identities, from the state and from the postings alone.
  void check() const {
    for (const std::string& fault : contracts::check_invariants(ledger.view(), ledger.today())) FAIL_CHECK(fault);
    for (const std::string& fault : postings_.faults()) FAIL_CHECK(fault);
    for (const std::string& fault : postings_.compare(ledger.view())) FAIL_CHECK(fault);
  }
  ~WorkedYear() { check(); }

 private:
  contracts::PostingsLedger postings_;
  int vouchers_ = 0;
};

Json with(const std::string& member, const Json& value) {
  Json line = subsidy_line();
  line[member] = value;
  return line;
}

TEST_CASE("the worked year, row by row") {
  WorkedYear year;
  ContractFixture& ledger = year.ledger;

  ledger.at("2026-01-05");  // 1
  year.allocate(2'000'000);
  CHECK(year.pool("authority") == 2'000'000);
  CHECK(year.pool("available") == 2'000'000);

  ledger.at("2026-02-02");  // 2
  year.allocate(500'000);
  CHECK(year.pool("authority") == 2'500'000);
  CHECK(year.pool("available") == 2'500'000);

  const std::string id = year.must("dataset.apply", {{"applicant", Cast::seller}}, application("A")).entry_id;
  ledger.at("2026-03-02");  // 3
  CHECK(year.must("dataset.review", kByRegistrar, {{"dataset", id}, {"outcome", "accept"}}).number() == kFee);
  const std::string due = std::string("due/") + kFee;
  const std::string owed = std::string("owed/") + kFee;
  CHECK(year.fee(due) == 300'000);
  CHECK(year.fee("income/registration") == 300'000);

  ledger.at("2026-03-05");  // 4
  year.must("fee.receive", kByPlatform,
            {{"fee", kFee},
             {"amount_fen", 120'000},
             {"voucher", {{"hash", b64_of("fee")}, {"line", 1}, {"total_fen", 120'000}}},
             {"bank_date", "2026-03-05"}});
  CHECK(year.fee("bank") == 120'000);
  CHECK(year.fee(due) == 180'000);

  ledger.at("2026-03-16");  // 5
  CHECK(
      ledger.submit("dataset.register", kByRegistrar, {{"dataset", id}}).refused(RegistrationVerdict::notice_running));
  ledger.at("2026-03-16T15:59:59.999Z");
  CHECK(
      ledger.submit("dataset.register", kByRegistrar, {{"dataset", id}}).refused(RegistrationVerdict::notice_running));

  ledger.at("2026-03-17");  // 6
  CHECK(year.must("dataset.register", kByRegistrar, {{"dataset", id}}).number() == kDataset);
  CHECK(ledger.object<contracts::Dataset>(id).first_enterprise);

  ledger.at("2026-04-01");  // 7
  CHECK(year.must("certificate.issue", kByPlatform, {{"dataset", kDataset}, {"scope", "roads"}, {"grade", "good"}})
            .number() == kCertificate);
  CHECK(year.fee("waived/first") == 300'000);
  CHECK(year.fee(due) == 0);
  CHECK(year.fee(owed) == 120'000);
  const auto given = ledger.object<contracts::Fee>(kFee).waivers;
  REQUIRE(given.size() == 1);
  CHECK(given[0].open_fen == Fen(180'000));
  CHECK(given[0].paid_fen == Fen(120'000));

  ledger.at("2026-04-03");  // 8
  year.must("fee.refund", kByPlatform, {{"fee", kFee}, {"step", "instruct"}});
  CHECK(ledger.account("fee/" + Cast::platform + "/" + owed).pending_debits == 120'000);
  ledger.at("2026-04-07");  // 9
  year.must("fee.refund", kByPlatform, {{"fee", kFee}, {"step", "confirm"}});
  CHECK(year.fee(owed) == 0);
  CHECK(year.fee("bank") == 0);

  ledger.at("2026-04-10");  // 10
  CHECK(year.must("trade.agree", {{"seller", Cast::seller}, {"buyer", Cast::buyer}}, year.agreement(60'000'000))
            .number() == kTrade);
  CHECK(year.trade("contract") == 60'000'000);
  CHECK(year.trade("headroom") == 60'000'000);

  ledger.at("2026-05-20");  // 11
  year.v1 = year.settle(33'333'333);
  CHECK(year.trade("settled") == 33'333'333);
  CHECK(year.trade("headroom") == 26'666'667);

  ledger.at("2026-06-01");  // 12
  CHECK(year.claim() == kFirst);
  CHECK(year.pool("available") == 2'500'000);
  CHECK(year.pool_pending() == 1'199'999);
  CHECK(year.cap("issue") == 1'500'000);
  CHECK(year.cap("headroom") == 1'500'000);
  CHECK(year.cap_pending() == 1'199'999);

  ledger.at("2026-06-20");  // 13
  year.approve(kFirst);
  CHECK(year.payable(kFirst) == 1'199'999);
  CHECK(year.pool("available") == 1'300'001);
  CHECK(year.pool_pending() == 0);
  ledger.at("2026-06-30");  // 14
  year.pay(kFirst);
  CHECK(year.pool("available") == 1'300'001);
  CHECK(year.cap("headroom") == 300'001);
  CHECK(year.cap("used") == 1'199'999);
  CHECK(year.payable(kFirst) == 0);
  CHECK(year.pool("disbursed") == 1'199'999);

  ledger.at("2026-09-15");  // 15
  year.v2 = year.settle(22'222'225);
  CHECK(year.trade("settled") == 55'555'558);
  CHECK(year.trade("headroom") == 4'444'442);

  ledger.at("2026-10-08");  // 16
  CHECK(year.claim() == kSecond);
  CHECK(year.pool("available") == 1'300'001);
  CHECK(year.pool_pending() == 300'001);
  CHECK(year.cap("headroom") == 300'001);
  CHECK(year.cap_pending() == 300'001);

  ledger.at("2026-10-26");  // 17
  year.approve(kSecond);
  ledger.at("2026-10-30");
  year.pay(kSecond);
  CHECK(year.pool("available") == 1'000'000);
  CHECK(year.pool("disbursed") == 1'500'000);
  CHECK(year.cap("headroom") == 0);
  CHECK(year.cap("used") == 1'500'000);

  ledger.at("2026-11-10");  // 18
  year.refund(year.v2, 12'345'678);
  CHECK(year.trade("settled") == 43'209'880);
  CHECK(year.trade("headroom") == 16'790'120);
  CHECK(year.receivable(kSecond) == 3'704);
  CHECK(year.pool("deferred") == 3'704);
  CHECK(year.cap("used") == 1'496'296);
  CHECK(year.cap("headroom") == 3'704);

  ledger.at("2026-12-01");  // 19
  year.recover(kSecond);
  CHECK(year.pool("returned") == 3'704);
  CHECK(year.receivable(kSecond) == 0);
  CHECK(year.pool("deferred") == 0);
  CHECK(year.pool("available") == 1'003'704);

  ledger.at("2026-12-31");  // 20
  year.must("pool.close", kByFinance, {{"pool", "POOL-A"}, {"year", 2026}});
  year.must("pool.carry", kByFinance, {{"pool", "POOL-A"}, {"year", 2026}});
  CHECK(year.pool("available") == 0);
  CHECK(year.pool("carried_out") == 1'003'704);
  CHECK(year.pool("carried_in", 2027) == 1'003'704);
  CHECK(year.pool("available", 2027) == 1'003'704);
}

TEST_CASE("worked year: the working of the second claim shows base, tiers, cap and what was granted") {
  WorkedYear year;
  year.to_row_15();
  year.ledger.at("2026-10-08");
  const Json working =
      year.must("subsidy.claim", {{"claimant", Cast::seller}}, {{"line", "SUB-TRD"}}).effect("working");
  CHECK(working.at("rule") == "SUB-TRD@1");
  CHECK(working.at("rounding") == "down");
  CHECK(working.at("fen") == 300'001);
  std::vector<std::pair<std::string, std::int64_t>> steps;
  for (const Json& step : working.at("steps")) steps.emplace_back(step.at("step"), step.at("fen"));
  const std::vector<std::pair<std::string, std::int64_t>> expected{
      {"base", 55'555'558},   {"tier", 500'000},  {"tier", 1'200'000},    {"tier", 55'555},
      {"rounded", 1'755'555}, {"cap", 1'500'000}, {"granted", 1'199'999}, {"due", 300'001}};
  CHECK(steps == expected);
}

TEST_CASE("worked year with half_even: 1,200,000, then 300,000") {
  WorkedYear year(with("rounding", "half_even"));
  year.to_row_16();
  CHECK(year.ledger.object<contracts::Claim>(kFirst).approved_fen == Fen(1'200'000));
  CHECK(year.amount(kSecond) == 300'000);
}

TEST_CASE("worked year: refunds at and around the edge of the cap") {
  const auto clawed = [](std::int64_t refund) {
    WorkedYear year;
    year.to_row_17();
    year.refund(year.v2, refund);
    CHECK(year.pool("deferred") == year.receivable(kSecond) + year.receivable(kFirst));
    return year.pool("deferred");
  };
  CHECK(clawed(5'555'558) == 0);
  CHECK(clawed(12'222'224) == 0);
  CHECK(clawed(12'222'225) == 1);
  CHECK(clawed(12'345'678) == 3'704);
}

TEST_CASE("worked year: refunding all of V2, then all of V1, takes the latest claim first") {
  WorkedYear year;
  year.to_row_17();
  year.refund(year.v2, 22'222'225);
  CHECK(year.receivable(kSecond) == 300'001);
  CHECK(year.receivable(kFirst) == 0);
  year.refund(year.v1, 33'333'333);
  CHECK(year.receivable(kSecond) == 300'001);
  CHECK(year.receivable(kFirst) == 1'199'999);
  CHECK(year.pool("deferred") == 1'500'000);
  CHECK(year.cap("used") == 0);
}

TEST_CASE("worked year: a refund before the second claim lowers that claim") {
  WorkedYear year;
  year.to_row_15();
  year.refund(year.v2, 12'345'678);
  year.ledger.at("2026-10-08");
  CHECK(year.claim() == kSecond);
  CHECK(year.amount(kSecond) == 296'297);
}

TEST_CASE("worked year: a refund while the second claim is reserved is one void and one reserve") {
  WorkedYear year;
  year.to_row_16();
  year.refund(year.v2, 12'345'678);
  CHECK(year.pool_pending() == 296'297);
  CHECK(year.cap_pending() == 296'297);
  CHECK(year.pool("deferred") == 0);
  const Json last = Json::parse(year.ledger.leaves().back());
  int voids = 0;
  int reserves = 0;
  for (const Json& effect : last.at("effects")) {
    voids += effect.at("fx") == "void" ? 1 : 0;
    reserves += effect.at("fx") == "reserve" ? 1 : 0;
  }
  CHECK(voids == 1);
  CHECK(reserves == 1);
}

TEST_CASE("worked year: a refund while the second claim is approved cuts the payable, no receivable") {
  WorkedYear year;
  year.to_row_16();
  year.ledger.at("2026-10-26");
  year.approve(kSecond);
  year.refund(year.v2, 12'345'678);
  CHECK(year.payable(kSecond) == 296'297);
  CHECK(year.pool("available") == 1'003'704);
  CHECK(year.pool("deferred") == 0);
}

TEST_CASE("worked year with a cap of 5,000,000") {
  WorkedYear year(with("cap_org_fen", 5'000'000));
  year.to_row_17();
  CHECK(year.ledger.object<contracts::Claim>(kSecond).approved_fen == Fen(555'556));
  year.refund(year.v2, 12'345'678);
  CHECK(year.receivable(kSecond) == 259'259);
  year.ledger.at("2026-12-01");
  year.recover(kSecond);
  CHECK(year.pool("available") == 1'003'704);
}

TEST_CASE("worked year: settling one fen more than the headroom is refused, exactly it passes") {
  WorkedYear year;
  year.to_row_17();
  CHECK(
      year.ledger.submit("trade.settle", kByPlatform, year.settlement(4'444'443)).refused(TradeVerdict::over_ceiling));
  year.settle(4'444'442);
  CHECK(year.trade("headroom") == 0);
}

TEST_CASE("a refund that lowers more claims than a leaf holds is refused whole, and goes in parts") {
  WorkedYear year;
  year.to_row_11();
  const std::string big = year.settle(4'000'000);
  year.claim();
  for (int i = 0; i < 200; ++i) {
    year.settle(10'000);
    year.claim();
  }
  const Json all{{"settlement", big},
                 {"amount_fen", 4'000'000},
                 {"voucher", {{"hash", b64_of("big")}, {"line", 1}, {"total_fen", 4'000'000}}},
                 {"bank_date", format_date(year.ledger.today())}};
  CHECK(year.ledger.submit("trade.refund", kByPlatform, all).refused(state::General::leaf_too_large));
  for (int i = 0; i < 8; ++i) year.refund(big, 500'000);
  CHECK(year.trade("settled") == 33'333'333 + 2'000'000);
  year.check();
}

TEST_CASE("worked year pro rata: 1,000,000 over asks of 700,000, 500,000 and 333,333") {
  Json line = with("allocation", "pro_rata");
  line["window"] = "ROUND-1";
  line["window_from"] = "2026-06-01";
  line["window_to"] = "2026-06-30";
  line["tiers"] = Json::array({Json{{"ppm", 1'000'000}}});
  WorkedYear year(line);
  ContractFixture& ledger = year.ledger;
  ledger.at("2026-01-05");
  year.allocate(1'000'000);
  const std::vector<std::string> sellers{Cast::seller, Cast::second_seller, Cast::outsider};
  std::vector<std::string> ids;
  for (const std::string& seller : sellers) {
    ids.push_back(year.must("dataset.apply", {{"applicant", seller}}, application(seller)).entry_id);
    year.must("dataset.review", kByRegistrar, {{"dataset", ids.back()}, {"outcome", "accept"}});
  }
  ledger.at("2026-03-02");
  const std::vector<std::int64_t> asks{700'000, 500'000, 333'333};
  for (std::size_t i = 0; i < sellers.size(); ++i) {
    year.must("dataset.register", kByRegistrar, {{"dataset", ids[i]}});
    const std::string certificate =
        year.must("certificate.issue", kByPlatform, {{"dataset", ids[i]}, {"scope", "roads"}, {"grade", "good"}})
            .number();
    const std::string trade =
        year.must("trade.agree", {{"seller", sellers[i]}, {"buyer", Cast::buyer}}, year.agreement(asks[i], certificate))
            .number();
    year.settle(asks[i], trade);
  }
  ledger.at("2026-06-01");
  std::vector<std::string> claims;
  for (const std::string& seller : sellers) claims.push_back(year.claim(seller));
  ledger.at("2026-07-01");
  year.must("window.close", kByFinance, {{"line", "SUB-TRD"}});
  CHECK(year.amount(claims[0]) == 456'521);
  CHECK(year.amount(claims[1]) == 326'087);
  CHECK(year.amount(claims[2]) == 217'391);
  CHECK(year.pool("available") == 1);
  for (const std::string& no : claims) {
    year.approve(no);
    year.pay(no);
  }
  CHECK(year.pool("disbursed") == 999'999);
  CHECK(year.pool("available") == 1);
}

}  // namespace
}  // namespace dengji::test
