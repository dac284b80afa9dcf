// A small world for tests of trades: seller, buyer, platform, a certified data set, one trade; and each act on it as
// its parties would send it.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "contracts/certification/certification.hpp"
#include "contracts/invariants.hpp"
#include "contracts/trade/trade_disputes.hpp"
#include "contracts/trade/trade_performance.hpp"
#include "tests/unit/contracts/area_bench.hpp"

namespace dengji::contracts {

inline constexpr const char* kTrade = "JY32050020260000001F";
inline constexpr const char* kCertificate = "ZS32050020260000001R";
inline const AreaBench::By kBySeller{"seller", kSeller};
inline const AreaBench::By kByBuyer{"buyer", kBuyer};
inline const AreaBench::By kByPlatform{"platform", kPlatform};

// A data set of S, registered, with a certificate of P.
inline void put_certified(AreaBench& bench, CertificateStatus status = CertificateStatus::valid) {
  const LedgerTime since = *parse_time("2026-04-01T04:00:00Z");
  Dataset dataset;
  dataset.id = "ds-1";
  dataset.no = RegNo("DJ32050020260000001B");
  dataset.status = DatasetStatus::registered;
  dataset.holder = OrgId(kSeller);
  dataset.valid_from = *parse_date("2026-03-17");
  dataset.valid_to = *parse_date("2029-03-16");
  dataset.certificate = RegNo(kCertificate);
  dataset.history = {{*parse_time("2026-03-17T04:00:00Z"), DatasetStatus::registered}};
  bench.put(dataset);
  Certificate certificate;
  certificate.no = RegNo(kCertificate);
  certificate.dataset = dataset.id;
  certificate.dataset_no = *dataset.no;
  certificate.holder = OrgId(kSeller);
  certificate.issuer = OrgId(kPlatform);
  certificate.valid_from = *parse_date("2026-04-01");
  certificate.valid_to = *dataset.valid_to;
  certificate.status = status;
  certificate.history = {{since, CertificateStatus::valid}};
  if (status != CertificateStatus::valid) certificate.history.push_back({bench.time(), status});
  bench.put(certificate);
}

inline void suspend(AreaBench& bench) {
  put_certified(bench, CertificateStatus::suspended);
}

inline Json trade_terms(std::int64_t amount) {
  return {{"certificate", kCertificate}, {"subject", "dataset"},
          {"mode", "catalogue"},         {"purpose", "training"},
          {"contract_hash", b64_of(5)},  {"price", {{"model", "one_off"}}},
          {"amount_fen", amount},        {"tax_fen", 0},
          {"delivery", "download"}};
}

// S holds a certificate; the day is that of row 10 of the worked year.
struct TradeBench {
  AreaBench bench{&trade_area(), &fee_area()};
  std::uint8_t voucher = 20;

  explicit TradeBench(std::optional<std::int64_t> amount = 60'000'000, std::vector<ServiceFee> service = {}) {
    put_parties(bench);
    put_certified(bench);
    if (!service.empty()) enact(bench, fee_policy(Fen(0), std::move(service)));
    bench.day("2026-04-10");
    if (amount) REQUIRE(accepted(agree(trade_terms(*amount))));
  }

  Verdict agree(const Json& body, std::vector<AreaBench::By> by = {kBySeller, kByBuyer, kByPlatform}) {
    return bench.act("trade.agree", body, by);
  }
  static Json settle_body(std::int64_t fen, std::uint8_t hash, std::int64_t line, std::int64_t total,
                          const char* trade = kTrade) {
    return {{"trade", trade},
            {"amount_fen", fen},
            {"voucher", {{"hash", b64_of(hash)}, {"line", line}, {"total_fen", total}}},
            {"bank_date", format_date(shanghai_day(LedgerTime{0}))}};
  }
  Verdict settle_with(Json body, AreaBench::By by = kByPlatform) {
    if (body["bank_date"] == "1970-01-01") body["bank_date"] = format_date(shanghai_day(bench.time()));
    return bench.act("trade.settle", body, {by});
  }
  Verdict settle(std::int64_t fen) { return settle_with(settle_body(fen, ++voucher, 1, fen)); }
  Json refund_body(std::int64_t fen, const char* settlement) {
    return {{"settlement", settlement},
            {"amount_fen", fen},
            {"voucher", {{"hash", b64_of(++voucher)}, {"line", 1}, {"total_fen", fen}}},
            {"bank_date", format_date(shanghai_day(bench.time()))}};
  }
  Verdict refund(std::int64_t fen, const char* settlement = "JY32050020260000001F-000001") {
    return bench.act("trade.refund", refund_body(fen, settlement), {kByPlatform});
  }
  // With a voucher of their own, told apart by a number that does not run out.
  static Json voucher_no(std::uint64_t n, std::int64_t fen) {
    Hash32 hash = hash_of(0xee);
    for (std::size_t i = 0; i < 8; ++i) hash.bytes[i] = static_cast<std::uint8_t>(n >> (8 * i));
    return {{"hash", crypto::to_b64(hash)}, {"line", 1}, {"total_fen", fen}};
  }
  Verdict settle_voucher(std::int64_t fen, std::uint64_t n) {
    Json body = settle_body(fen, 0, 1, fen);
    body["voucher"] = voucher_no(n, fen);
    return settle_with(body);
  }
  Verdict refund_voucher(std::int64_t fen, const std::string& settlement, std::uint64_t n) {
    Json body = refund_body(fen, settlement.c_str());
    body["voucher"] = voucher_no(n, fen);
    return bench.act("trade.refund", body, {kByPlatform});
  }
  Verdict end(const char* type, std::vector<AreaBench::By> by = {kBySeller, kByBuyer}) {
    return bench.act(type, {{"trade", kTrade}, {"reason", "done"}}, by);
  }
  static void add(Json& body, const Json& more) {
    if (!more.is_null()) body.update(more);
  }
  // --- what a running trade goes through, each as a party would send it
  Verdict amend(const Json& changes, std::vector<AreaBench::By> by = {kBySeller, kByBuyer, kByPlatform}) {
    Json body{{"trade", kTrade}, {"contract_hash", b64_of(6)}, {"reason", "agreed anew"}};
    body.update(changes);
    return bench.act("trade.amend", body, by);
  }
  Verdict deliver(const Json& more = Json::object(), AreaBench::By by = kBySeller) {
    Json body{{"trade", kTrade}, {"what", "first part"}, {"hash", b64_of(9)}};
    add(body, more);
    return bench.act("trade.deliver", body, {by});
  }
  Verdict accept(const char* outcome = "whole", const Json& more = Json::object(), int n = 1,
                 AreaBench::By by = kByBuyer) {
    Json body{{"delivery", DeliveryNote::id(RegNo(kTrade), n)}, {"outcome", outcome}};
    if (std::string_view(outcome) != "whole") body["reason"] = "two files lack";
    add(body, more);
    return bench.act("trade.accept", body, {by});
  }
  Verdict use(const char* from, const char* to, const Json& more = {{"calls", 10}},
              std::vector<AreaBench::By> by = {kByPlatform}) {
    Json body{{"trade", kTrade}, {"from", from}, {"to", to}};
    add(body, more);
    return bench.act("trade.usage", body, by);
  }
  Verdict reverse(const char* settlement = "JY32050020260000001F-000001", AreaBench::By by = kByPlatform) {
    return bench.act("money.reverse", {{"settlement", settlement}, {"reason", "recorded twice"}}, {by});
  }
  Verdict dispute(AreaBench::By by = kByBuyer) {
    return bench.act("trade.dispute", {{"trade", kTrade}, {"ground", "quality"}, {"statement", "labels are wrong"}},
                     {by});
  }
  Verdict resolve(const Json& more = Json::object(), int n = 1, AreaBench::By by = kByPlatform) {
    Json body{{"dispute", Dispute::id(RegNo(kTrade), n)}, {"outcome", "dismissed"}, {"reason", "as ordered"}};
    add(body, more);
    return bench.act("trade.resolve", body, {by});
  }
  Verdict flag(const char* reason = "circular", AreaBench::By by = kByPlatform, const Json& evidence = {0}) {
    return bench.act("trade.flag", {{"trade", kTrade}, {"reason", reason}, {"evidence", evidence}}, {by});
  }
  Verdict clear(AreaBench::By by = kByPlatform) {
    return bench.act("trade.clear", {{"trade", kTrade}, {"reason", "explained"}}, {by});
  }
  // A trade paid per call.
  static Json metered_terms(std::int64_t amount, std::int64_t unit_fen, bool limits_settling = false) {
    Json body = trade_terms(amount);
    body["price"] = {{"model", "per_call"}, {"unit_fen", unit_fen}};
    if (limits_settling) body["price"]["limits_settling"] = true;
    return body;
  }

  std::int64_t book(const char* name) const { return bench.balance(std::string("trade/") + kTrade + "/" + name); }
  std::string_view status() const { return name_of(trade().status); }
  DeliveryNote note(int n = 1) const { return bench.object<DeliveryNote>(DeliveryNote::id(RegNo(kTrade), n)); }
  Dispute dispute_of(int n = 1) const { return bench.object<Dispute>(Dispute::id(RegNo(kTrade), n)); }
  Json shown() const { return bench.shown("trade", kTrade); }
  Trade trade() const { return bench.object<Trade>(kTrade); }
  Settlement settlement(const char* id = "JY32050020260000001F-000001") const { return bench.object<Settlement>(id); }
};

}  // namespace dengji::contracts
