// A world of four organisations that file deals: for the tests of filings, their changes and their periods.
#pragma once

#include "contracts/filing/filings.hpp"
#include "tests/unit/contracts/area_bench.hpp"

namespace dengji::contracts {

struct FilingWorld {
  AreaBench bench{&filing_area()};

  FilingWorld() {
    put_parties(bench);
    bench.day("2026-06-01");
  }

  static Json deal(std::uint8_t hash = 9) {
    return {
        {"seller", kSeller},       {"buyer", kBuyer},    {"contract_hash", b64_of(hash)}, {"order_no", "O-1"},
        {"term", "one_off"},       {"product", "roads"}, {"product_kind", "dataset"},     {"manifest_root", b64_of(3)},
        {"pricing", "fixed"},      {"use", "planning"},  {"starts_on", "2026-05-01"},     {"ends_on", "2026-12-31"},
        {"amount_fen", 8'000'000}, {"volume_mb", 120}};
  }
  Verdict declare(const char* by, const char* side, Json body = deal()) {
    body["side"] = side;
    return bench.act("filing.declare", body, {{"declarant", by}});
  }
  Verdict confirm(const char* by, const std::string& no, Json body = deal()) {
    body["filing"] = no;
    return bench.act("filing.confirm", body, {{"confirmer", by}});
  }
  std::string declared(const char* by = kSeller, const char* side = "seller", Json body = deal()) {
    REQUIRE(accepted(declare(by, side, std::move(body))));
    return bench.subject();
  }
  Filing filing(const std::string& no) const { return bench.object<Filing>(no); }
  Verdict act(const char* type, const char* role, const char* by, Json body) {
    return bench.act(type, body, {{role, by}});
  }
  // The contract runs from 2026-01-01 to 2026-12-31.
  static Json running() {
    Json body = deal();
    body["term"] = "periodic";
    body["starts_on"] = "2026-01-01";
    return body;
  }
};

}  // namespace dengji::contracts
