// A small world for subsidy tests: the parties, a certified data set of the seller, subsidy lines by hand, real trades.
// After every accepted step the invariants are checked, from the state and from the postings alone.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <string>

#include "contracts/certification/certification.hpp"
#include "contracts/common/policy_directory.hpp"
#include "contracts/governance/governance.hpp"
#include "contracts/invariants.hpp"
#include "contracts/policy/policies.hpp"
#include "contracts/subsidy/subsidies.hpp"
#include "tests/unit/contracts/area_bench.hpp"

namespace dengji::contracts {

inline constexpr const char* kFinance = "11320000000000001F";
inline constexpr const char* kBureau = "11320000000000002B";
inline constexpr const char* kReviewer = "91320000000000003R";

// What a step of a working gave.
inline std::int64_t shown(const WorkingEffect& working, std::string_view step) {
  const auto found =
      std::find_if(working.steps.begin(), working.steps.end(), [&](const WorkingStep& s) { return s.step == step; });
  REQUIRE(found != working.steps.end());
  return found->fen.value();
}

class SubsidyBench {
 public:
  AreaBench bench{&subsidy_area(), &trade_area(),         &governance_area(),
                  &fee_area(),     &certification_area(), &policy_area()};

  SubsidyBench() {
    put_parties(bench);
    bench.put(org_of(kFinance, "320000"));
    bench.put(org_of(kBureau, "320000"));
    bench.put(org_of(kReviewer, "320000"));
    bench.day("2026-01-05");
    certify("ds-1", kSeller, 1);
  }
  // With `line` in force as SUB-TRD and its pool funded.
  explicit SubsidyBench(const SubsidyLine& line, std::int64_t pool_fen = 2'500'000) : SubsidyBench() {
    enact("SUB-TRD", line);
    REQUIRE(accepted(allocate(pool_fen)));
  }

  static std::string number(const char* prefix, std::int64_t serial) {
    return make_number({prefix, "320500", 2026}, serial).text;
  }
  // A registered and certified data set, number `n`.
  void certify(const std::string& id, const char* holder, std::int64_t n) {
    Dataset dataset;
    dataset.id = id;
    dataset.no = RegNo(number("DJ", n));
    dataset.status = DatasetStatus::registered;
    dataset.holder = dataset.original = OrgId(holder);
    dataset.region = "320500";
    dataset.application.industry = "transport";
    dataset.valid_from = *parse_date("2026-01-01");
    dataset.valid_to = *parse_date("2028-12-31");
    dataset.first_enterprise = n == 1;
    dataset.history.push_back({*parse_time("2026-01-01T00:00:00Z"), DatasetStatus::registered});
    dataset.certificate = RegNo(number("ZS", n));
    bench.put(dataset);
    Certificate certificate;
    certificate.no = *dataset.certificate;
    certificate.dataset = id;
    certificate.dataset_no = *dataset.no;
    certificate.holder = OrgId(holder);
    certificate.issuer = OrgId(kPlatform);
    certificate.valid_from = *parse_date("2026-01-01");
    certificate.valid_to = *parse_date("2028-12-31");
    certificate.issued_on = *parse_date("2026-01-01");
    certificate.history.push_back({*parse_time("2026-01-01T00:00:00Z"), CertificateStatus::valid});
    bench.put(certificate);
  }
  void set_certificate(std::int64_t n, CertificateStatus status) {
    auto certificate = bench.object<Certificate>(number("ZS", n));
    certificate.status = status;
    certificate.history.push_back({bench.time(), status});
    REQUIRE(accepted(done(bench.run([&](EntryTx& tx) -> Verdict {
      tx.put(certificate);
      return on_certificate_changed(tx, certificate);
    }))));
  }

  // The line of the worked year.
  static SubsidyLine worked_line() {
    SubsidyLine line;
    line.pool = "POOL-A";
    line.tiers = {{Fen(10'000'000), 50'000}, {Fen(50'000'000), 30'000}, {std::nullopt, 10'000}};
    line.cap_org_fen = Fen(1'500'000);
    return line;
  }
  static SubsidyLine flat_line(std::int64_t ppm) {
    SubsidyLine line;
    line.pool = "POOL-A";
    line.tiers = {{std::nullopt, ppm}};
    return line;
  }
  void enact(const std::string& code, const SubsidyLine& line, const char* from = "2026-01-01",
             std::optional<std::string> to = std::nullopt) {
    const auto versions = policy_versions(bench.view(), code);
    Policy policy;
    policy.kind = PolicyKind::subsidy_line;
    policy.code = code;
    policy.version = versions.empty() ? 1 : versions.back().version + 1;
    policy.title = code;
    policy.jurisdiction = "320000";
    policy.effective_from = *parse_date(from);
    if (to) policy.effective_to = *parse_date(*to);
    policy.subsidy_line = line;
    bench.put(policy);
    bench.run([&](EntryTx& tx) {
      add_policy_span(tx, policy_code_key(code), {code, policy.version, policy.effective_from, policy.effective_to});
      return true;
    });
  }

  // --- acts
  Verdict act(std::string_view type, const Json& body, const std::vector<AreaBench::By>& by) {
    return done(bench.act(type, body, by));
  }
  Verdict allocate(std::int64_t fen, int year = 2026, const char* pool = "POOL-A", const char* by = kFinance) {
    return act("pool.allocate", {{"pool", pool}, {"year", year}, {"amount_fen", fen}}, {{"finance", by}});
  }
  Verdict adjust(std::int64_t cut, int year = 2026, const char* by = kFinance) {
    return act("pool.adjust", {{"pool", "POOL-A"}, {"year", year}, {"cut_fen", cut}, {"reason", "budget"}},
               {{"finance", by}});
  }
  // Terms for a pool-year, `more` over the title.
  Verdict open_pool(const Json& more = Json::object(), int year = 2026, const char* by = kFinance) {
    Json body{{"pool", "POOL-A"}, {"year", year}, {"title", "Data trade"}};
    body.update(more);
    return act("pool.open", body, {{"finance", by}});
  }
  Verdict close(int year = 2026, bool surrender = false, const char* by = kFinance) {
    return act("pool.close", {{"pool", "POOL-A"}, {"year", year}, {"surrender", surrender}}, {{"finance", by}});
  }
  Verdict carry(int year = 2026, const char* by = kFinance) {
    return act("pool.carry", {{"pool", "POOL-A"}, {"year", year}}, {{"finance", by}});
  }

  std::string agree(std::int64_t ceiling, const char* seller = kSeller, const char* buyer = kBuyer, std::int64_t n = 1,
                    const Json& more = Json::object()) {
    Json body{{"certificate", number("ZS", n)},
              {"subject", "dataset"},
              {"mode", "catalogue"},
              {"purpose", "planning"},
              {"contract_hash", b64_of(7)},
              {"price", {{"model", "one_off"}}},
              {"amount_fen", ceiling},
              {"tax_fen", 0},
              {"delivery", "api"}};
    body.update(more);
    REQUIRE(accepted(act("trade.agree", body, {{"seller", seller}, {"buyer", buyer}})));
    return bench.subject();
  }
  // On the day of the bank.
  std::string settle(const std::string& trade, std::int64_t fen) {
    REQUIRE(accepted(act("trade.settle",
                         {{"trade", trade}, {"amount_fen", fen}, {"voucher", voucher(fen)}, {"bank_date", today()}},
                         {{"platform", kPlatform}})));
    return bench.subject();
  }
  void refund(const std::string& settlement, std::int64_t fen) {
    REQUIRE(accepted(
        act("trade.refund",
            {{"settlement", settlement}, {"amount_fen", fen}, {"voucher", voucher(fen)}, {"bank_date", today()}},
            {{"platform", kPlatform}})));
  }
  std::string sold(std::int64_t fen) { return settle(agree(fen), fen); }

  Verdict try_claim(const std::string& line, const Json& more = Json::object(), const char* by = kSeller) {
    Json body{{"line", line}};
    body.update(more);
    return act("subsidy.claim", body, {{"claimant", by}});
  }
  std::string claim(const std::string& line, const Json& more = Json::object(), const char* by = kSeller) {
    REQUIRE(accepted(try_claim(line, more, by)));
    return bench.subject();
  }
  Verdict review(const std::string& no, const char* by = kReviewer) {
    return act("subsidy.review", {{"subsidy", no}}, {{"platform", by}});
  }
  Verdict approve(const std::string& no, std::optional<std::int64_t> fen = std::nullopt, const char* by = kBureau) {
    Json body{{"subsidy", no}};
    if (fen) body["amount_fen"] = *fen;
    return act("subsidy.approve", body, {{"bureau", by}});
  }
  Verdict object(const std::string& no, const char* by = kOther) {
    return act("subsidy.object", {{"subsidy", no}, {"reason", "sold to itself"}}, {{"objector", by}});
  }
  Verdict rule(const std::string& no, bool upheld, const char* objector = kOther, const char* by = kBureau) {
    return act("subsidy.rule", {{"subsidy", no}, {"objector", objector}, {"upheld", upheld}, {"reason", "so decided"}},
               {{"bureau", by}});
  }
  Verdict rate(const std::string& dataset, const char* grade) {
    return act("rating.assess",
               {{"dataset", dataset},
                {"scores", {{"complete", 92}, {"conforming", 88}, {"accurate", 95}, {"usable", 90}}},
                {"grade", grade},
                {"tool", {{"name", "dq-check"}, {"version", "2.1"}, {"sha256", b64_of(1)}}},
                {"sample", b64_of(2)},
                {"next_review", "2028-01-02"}},
               {{"certifier", kReviewer}});
  }
  Verdict end(const char* how, const std::string& no, const char* role, const char* by) {
    return act(how, {{"subsidy", no}, {"reason", "so decided"}}, {{role, by}});
  }
  Verdict pay(const std::string& no, const char* step, const char* by = kFinance) {
    return act("subsidy.pay", {{"subsidy", no}, {"step", step}}, {{"finance", by}});
  }
  Verdict recover(const std::string& no, const Json& more = Json::object(), const char* by = kFinance) {
    Json body{{"subsidy", no}};
    body.update(more);
    return act("subsidy.recover", body, {{"finance", by}});
  }
  Verdict decide(const char* what, const std::string& no, std::int64_t fen, const char* role, const char* by) {
    return act(what, {{"subsidy", no}, {"amount_fen", fen}, {"reason", "so decided"}}, {{role, by}});
  }
  void approved(const std::string& no) {
    REQUIRE(accepted(review(no)));
    REQUIRE(accepted(approve(no)));
  }
  void paid(const std::string& no) {
    approved(no);
    REQUIRE(accepted(pay(no, "instruct")));
    REQUIRE(accepted(pay(no, "confirm")));
  }
  std::string paid_claim(const std::string& line) {
    const std::string no = claim(line);
    paid(no);
    return no;
  }

  // --- what is there
  Claim subsidy(const std::string& no) const { return bench.object<Claim>(no); }
  std::int64_t amount(const std::string& no) const { return subsidy(no).amount_fen.value(); }
  std::string_view status(const std::string& no) const { return name_of(subsidy(no).status); }
  std::int64_t pool(const std::string& name, int year = 2026) const {
    return bench.balance(pool_account("POOL-A", year, name));
  }
  std::int64_t pool_pending(int year = 2026) const {
    return bench.account(pool_account("POOL-A", year, "available")).pending_debits;
  }
  std::int64_t cap(const char* name, const std::string& k, const std::string& line = "SUB-TRD", int year = 2026) const {
    return bench.balance("cap/" + line + "/" + std::to_string(year) + "/" + name + "/" + k);
  }
  std::string today() const { return format_date(shanghai_day(bench.time())); }

  // The whole state, to compare before and after a refusal.
  std::map<std::string, std::string> snapshot() const {
    std::map<std::string, std::string> all;
    bench.view().scan("", "", [&](std::string_view key, std::string_view value) {
      all.emplace(key, value);
      return true;
    });
    return all;
  }

  Json voucher(std::int64_t fen) {
    Hash32 hash;
    ++vouchers_;
    for (std::size_t i = 0; i < 8; ++i) hash.bytes[i] = static_cast<std::uint8_t>(vouchers_ >> (8 * i));
    return {{"hash", crypto::to_b64(hash)}, {"line", 1}, {"total_fen", fen}};
  }

 private:
  Verdict done(Verdict verdict) {
    if (!verdict) return verdict;
    Json effects = Json::array();
    for (const Effect& effect : bench.effects()) effects.push_back(effect_to_json(effect));
    postings_.add(++steps_, effects);
    for (const std::string& fault : check_money_invariants(bench.view())) FAIL_CHECK(fault);
    for (const std::string& fault : postings_.faults()) FAIL_CHECK(fault);
    for (const std::string& fault : postings_.compare(bench.view())) FAIL_CHECK(fault);
    return verdict;
  }

  PostingsLedger postings_;
  std::uint64_t steps_ = 0;
  std::uint64_t vouchers_ = 0;
};

}  // namespace dengji::contracts
