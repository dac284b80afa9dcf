#include "contracts/standing_invariants.hpp"

#include <doctest/doctest.h>

#include "contracts/export/exports.hpp"
#include "contracts/filing/filing_periods.hpp"
#include "contracts/invariants.hpp"
#include "tests/unit/contracts/certification/certifying.hpp"

namespace dengji::test {
namespace {

// A ledger with a certificate, two accepted exports and a filing with two periods, all in order.
class Standing : public Certifying {
 public:
  const std::string office = make_uscc("11320000", "MB1CYBER");
  std::string certificate = issued("A");
  std::vector<std::string> exports;
  std::string filing;

  Standing() {
    ledger.register_org({office, "320000"});
    ledger.grant(office, "cyberspace");
    const std::string dataset = ledger.show("certificate", certificate).at("dataset");
    for (int i = 0; i < 2; ++i) exports.push_back(exported(dataset));
    filing = must("filing.declare", {"declarant", Cast::seller},
                  {{"side", "seller"},
                   {"seller", Cast::seller},
                   {"buyer", Cast::buyer},
                   {"contract_hash", b64_of("contract")},
                   {"term", "periodic"},
                   {"product", "车流"},
                   {"product_kind", "api"},
                   {"manifest_root", b64_of("root")},
                   {"pricing", "per_call"},
                   {"use", "信号优化"},
                   {"starts_on", "2025-01-01"},
                   {"amount_fen", 100}})
                 .number();
    for (const char* month : {"2025-01", "2025-02"}) {
      must("filing.period", {"reporter", Cast::seller},
           {{"filing", filing},
            {"from", std::string(month) + "-01"},
            {"to", std::string(month) + "-28"},
            {"amount_fen", 7}});
    }
  }
  Submitted must(const char* type, const By& by, const Json& body) {
    auto done = ledger.submit(type, {by}, body);
    INFO(done.context());
    REQUIRE(done.accepted());
    return done;
  }
  std::string exported(const std::string& dataset) {
    const std::string id = must("export.declare", {"seller", Cast::seller},
                                {{"dataset", dataset},
                                 {"country", "SG"},
                                 {"recipient", "Harbour Data Pte"},
                                 {"purpose", "training"},
                                 {"important_data", false},
                                 {"people", 40'000},
                                 {"sensitive_people", 0},
                                 {"route", "none"}})
                               .entry_id;
    must("export.decide", {"cyberspace", office}, {{"declaration", id}, {"accept", true}, {"reason", "x"}});
    return id;
  }
  std::string fault() {
    // Asked as an audit asks: all invariants at once.
    const auto faults = contracts::check_invariants(ledger.view(), ledger.today());
    return faults.empty() ? "" : faults.front();
  }
};

}  // namespace

TEST_CASE("what stands in order has no fault") {
  Standing world;
  CHECK(world.fault().empty());
}

TEST_CASE("a certificate that outlasts its registration is found, unless it is worth nothing any more") {
  Standing world;
  const auto outlast = [&](contracts::CertificateStatus status) {
    world.ledger.change<contracts::Certificate>(world.certificate, [&](contracts::Certificate& record) {
      record.valid_to = add_days(record.valid_to, 1);
      record.status = status;
    });
  };
  outlast(contracts::CertificateStatus::suspended);
  CHECK(world.fault() == world.certificate + " outlasts its registration");
  outlast(contracts::CertificateStatus::revoked);
  CHECK(world.fault().empty());
}

TEST_CASE("an export by too weak a route is found, though the year's total agrees") {
  Standing world;
  world.ledger.change<contracts::Export>(world.exports[1],
                                         [](contracts::Export& record) { record.declaration.people = 60'000; });
  world.ledger.change<contracts::ExportTotal>(Cast::seller + "-2026",
                                              [](contracts::ExportTotal& record) { record.people = 100'000; });
  CHECK(world.fault() == "export " + world.exports[1] + " was accepted by a route that is not enough");
}

TEST_CASE("totals that are not the sum of what they count are found") {
  Standing exports;
  exports.ledger.change<contracts::ExportTotal>(Cast::seller + "-2026",
                                                [](contracts::ExportTotal& record) { --record.people; });
  CHECK(exports.fault() == "export total " + Cast::seller + "-2026 is not the sum of what was accepted");
  Standing filings;
  filings.ledger.change<contracts::Filing>(filings.filing,
                                           [](contracts::Filing& record) { record.reported->one_sided_fen = Fen(15); });
  CHECK(filings.fault() == "filing " + filings.filing + " has other sums than its periods");
}

}  // namespace dengji::test
