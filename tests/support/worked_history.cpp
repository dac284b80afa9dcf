#include "tests/support/worked_history.hpp"

#include "ledger/base/assert.hpp"
#include "tests/support/sample_policies.hpp"

namespace dengji::test {
namespace {

class History {
 public:
  History() {
    ledger_.enact("fee_schedule", "FEE-REG",
                  {{"payee", Cast::platform}, {"registration_fen", 300'000}, {"service", Json::array()}});
    ledger_.enact("waiver", "WAIVE-FIRST", sample_waiver(1'000'000, 180, "down"));
    ledger_.enact("subsidy_line", "SUB-TRD", subsidy_line());
    for (const std::string& leaf : ledger_.leaves()) {
      const Json json = Json::parse(leaf);
      sent_.push_back({json.at("entry").dump(), LedgerTime{json.at("time").get<std::int64_t>()}});
    }
  }

  std::vector<MoneyPlay::Sent> run() {
    allocate("2026-01-05", 2'000'000);
    allocate("2026-02-02", 500'000);
    register_and_certify();
    on("2026-04-10");
    const std::string trade = does("trade.agree", {{"seller", Cast::seller}, {"buyer", Cast::buyer}}, agreement());
    settle("2026-05-20", trade, 33'333'333);
    pay(claim("2026-06-01"), "2026-06-20", "2026-06-30");
    settle("2026-09-15", trade, 22'222'225);
    const std::string second = claim("2026-10-08");
    pay(second, "2026-10-26", "2026-10-30");
    on("2026-11-10");
    Json refund = money(12'345'678);
    refund["settlement"] = trade + "-000002";
    by("platform", Cast::platform, "trade.refund", refund);
    on("2026-12-01");
    by("finance", Cast::finance, "subsidy.recover", {{"subsidy", second}});
    on("2026-12-31");
    for (const char* type : {"pool.close", "pool.carry"}) {
      by("finance", Cast::finance, type, {{"pool", "POOL-A"}, {"year", 2026}});
    }
    return std::move(sent_);
  }

 private:
  void on(const char* day) { ledger_.at(day); }

  // The number that the entry assigned.
  std::string does(const std::string& type, const std::vector<By>& signers, const Json& body) {
    const Submitted done = ledger_.submit(type, signers, body);
    LEDGER_ASSERT(done.accepted());
    sent_.push_back({done.bytes, ledger_.time()});
    return done.number().empty() ? done.entry_id : done.number();
  }
  std::string by(const char* role, const std::string& org, const std::string& type, const Json& body) {
    return does(type, {{role, org}}, body);
  }

  void allocate(const char* day, std::int64_t fen) {
    on(day);
    by("finance", Cast::finance, "pool.allocate", {{"pool", "POOL-A"}, {"year", 2026}, {"amount_fen", fen}});
  }

  void register_and_certify() {
    const std::string id = by("applicant", Cast::seller, "dataset.apply", application("A"));
    on("2026-03-02");
    const std::string fee =
        by("registrar", Cast::registrar, "dataset.review", {{"dataset", id}, {"outcome", "accept"}});
    on("2026-03-05");
    Json receipt = money(120'000);
    receipt["fee"] = fee;
    by("platform", Cast::platform, "fee.receive", receipt);
    on("2026-03-17");
    by("registrar", Cast::registrar, "dataset.register", {{"dataset", id}});
    on("2026-04-01");
    certificate_ =
        by("platform", Cast::platform, "certificate.issue", {{"dataset", id}, {"scope", "roads"}, {"grade", "good"}});
    on("2026-04-03");
    by("platform", Cast::platform, "fee.refund", {{"fee", fee}, {"step", "instruct"}});
    on("2026-04-07");
    by("platform", Cast::platform, "fee.refund", {{"fee", fee}, {"step", "confirm"}});
  }

  Json agreement() const {
    return {{"certificate", certificate_},
            {"subject", "dataset"},
            {"mode", "catalogue"},
            {"purpose", "planning"},
            {"contract_hash", b64_of("contract")},
            {"price", {{"model", "one_off"}}},
            {"amount_fen", 60'000'000},
            {"tax_fen", 0},
            {"delivery", "api"}};
  }

  // Amount, voucher and bank day of today.
  Json money(std::int64_t fen) {
    return {{"amount_fen", fen},
            {"voucher", {{"hash", b64_of("V" + std::to_string(++vouchers_))}, {"line", 1}, {"total_fen", fen}}},
            {"bank_date", format_date(ledger_.today())}};
  }

  void settle(const char* day, const std::string& trade, std::int64_t fen) {
    on(day);
    Json body = money(fen);
    body["trade"] = trade;
    by("platform", Cast::platform, "trade.settle", body);
  }

  std::string claim(const char* day) {
    on(day);
    return by("claimant", Cast::seller, "subsidy.claim", {{"line", "SUB-TRD"}});
  }

  void pay(const std::string& no, const char* approved, const char* paid) {
    on(approved);
    by("platform", Cast::platform, "subsidy.review", {{"subsidy", no}});
    by("bureau", Cast::bureau, "subsidy.approve", {{"subsidy", no}});
    on(paid);
    for (const char* step : {"instruct", "confirm"}) {
      by("finance", Cast::finance, "subsidy.pay", {{"subsidy", no}, {"step", step}});
    }
  }

  ContractFixture ledger_;
  std::vector<MoneyPlay::Sent> sent_;
  std::string certificate_;
  int vouchers_ = 0;
};

}  // namespace

std::vector<MoneyPlay::Sent> worked_history() {
  return History().run();
}

}  // namespace dengji::test
