#include "contracts/filing/filing_periods.hpp"

#include "tests/unit/contracts/filing/filing_world.hpp"

namespace dengji::contracts {
namespace {

using V = FilingVerdict;
using World = FilingWorld;

Json period(const std::string& no, const char* from, const char* to, std::int64_t fen) {
  return {{"filing", no}, {"from", from}, {"to", to}, {"amount_fen", fen}, {"calls", 10}};
}

struct Running : World {
  std::string no = declared(kSeller, "seller", running());

  Verdict report(const char* by, const char* from, const char* to, std::int64_t fen) {
    return act("filing.period", "reporter", by, period(no, from, to, fen));
  }
  FilingPeriod stored(const char* from) const { return bench.object<FilingPeriod>(no + "-" + from); }
  PeriodTotals totals() const { return filing(no).reported.value_or(PeriodTotals{}); }
};

TEST_CASE("a period reported by one side is one-sided, by both alike it is filed, and the sums follow the label") {
  Running world;
  REQUIRE(accepted(world.report(kSeller, "2026-01-01", "2026-01-31", 1'000)));
  CHECK(world.bench.subject() == world.no + "-2026-01-01");
  CHECK(world.bench.shown("filing_period", world.bench.subject())["label"] == "one_sided");
  CHECK(world.totals().one_sided_fen == Fen(1'000));
  CHECK(world.bench.readers() == std::vector<OrgId>{OrgId(kSeller), OrgId(kBuyer)});
  REQUIRE(accepted(world.report(kBuyer, "2026-01-01", "2026-01-31", 1'000)));
  const Json shown = world.bench.shown("filing_period", world.no + "-2026-01-01");
  CHECK(shown["label"] == "filed");
  CHECK(shown["filing_status"] == "declared");
  CHECK(world.totals().confirmed_fen == Fen(1'000));
  CHECK(world.totals().one_sided_fen == Fen(0));
  REQUIRE(accepted(world.report(kBuyer, "2026-02-01", "2026-02-28", 300)));
  CHECK(world.totals().periods == 2);
  CHECK(world.totals().confirmed_fen == Fen(1'000));
  CHECK(world.totals().one_sided_fen == Fen(300));
  CHECK(world.totals().from == *parse_date("2026-01-01"));
  CHECK(world.totals().to == *parse_date("2026-02-28"));
  CHECK(world.bench.shown("filing", world.no)["reported"]["confirmed_fen"] == 1'000);
}

TEST_CASE("periods that differ list the members, and either side may report anew until they agree") {
  Running world;
  REQUIRE(accepted(world.report(kSeller, "2026-01-01", "2026-01-31", 1'000)));
  REQUIRE(accepted(world.report(kBuyer, "2026-01-01", "2026-01-30", 900)));
  FilingPeriod stored = world.stored("2026-01-01");
  CHECK(stored.status == PeriodStatus::mismatched);
  REQUIRE(stored.mismatches.size() == 2);
  CHECK(stored.mismatches[0].member == "amount_fen");
  CHECK(stored.mismatches[0].declared == "1000");
  CHECK(stored.mismatches[0].confirmed == "900");
  CHECK(stored.mismatches[1].member == "to");
  CHECK(world.bench.flagged("mismatched"));
  CHECK(world.totals().mismatched_fen == Fen(1'000));
  CHECK(world.totals().one_sided_fen == Fen(0));
  // The first side gives way in part, the other in the rest.
  REQUIRE(accepted(world.report(kSeller, "2026-01-01", "2026-01-31", 900)));
  CHECK(world.stored("2026-01-01").status == PeriodStatus::mismatched);
  CHECK(world.totals().mismatched_fen == Fen(900));
  REQUIRE(accepted(world.report(kBuyer, "2026-01-01", "2026-01-31", 900)));
  stored = world.stored("2026-01-01");
  CHECK(stored.status == PeriodStatus::confirmed);
  CHECK(stored.mismatches.empty());
  CHECK(world.totals().confirmed_fen == Fen(900));
  CHECK(world.totals().mismatched_fen == Fen(0));
}

TEST_CASE("who may report a period in which status of it") {
  struct Row {
    PeriodStatus status;
    bool first, other;
  };
  for (const Row& row : {Row{PeriodStatus::declared, false, true}, Row{PeriodStatus::confirmed, false, false},
                         Row{PeriodStatus::mismatched, true, true}}) {
    for (const bool first : {true, false}) {
      CAPTURE(name_of(row.status));
      CAPTURE(first);
      Running world;
      REQUIRE(accepted(world.report(kSeller, "2026-01-01", "2026-01-31", 10)));
      if (row.status != PeriodStatus::declared) {
        REQUIRE(accepted(
            world.report(kBuyer, "2026-01-01", "2026-01-31", row.status == PeriodStatus::confirmed ? 10 : 11)));
      }
      const Verdict verdict = world.report(first ? kSeller : kBuyer, "2026-01-01", "2026-01-31", 12);
      if (first ? row.first : row.other) {
        CHECK(accepted(verdict));
      } else {
        CHECK(refused_as(verdict, V::period_filed, "/body/from"));
        CHECK(world.stored("2026-01-01").status == row.status);
      }
    }
  }
}

TEST_CASE("a period lies within the contract's term, is over, is in order and overlaps no other") {
  Running world;
  CHECK(refused_as(world.report(kSeller, "2026-02-02", "2026-02-01", 1), V::period_order, "/body/to"));
  CHECK(refused_as(world.report(kSeller, "2026-01-01", "2027-01-02", 1), V::period_order, "/body/to"));
  CHECK(refused_as(world.report(kSeller, "2025-12-31", "2026-01-31", 1), V::period_outside, "/body/from"));
  CHECK(refused_as(world.report(kSeller, "2026-12-01", "2027-01-01", 1), V::period_outside, "/body/to"));
  // Today is 2026-06-01.
  CHECK(refused_as(world.report(kSeller, "2026-05-01", "2026-06-01", 1), V::period_not_over, "/body/to"));
  REQUIRE(accepted(world.report(kSeller, "2026-05-01", "2026-05-31", 1)));
  REQUIRE(accepted(world.report(kSeller, "2026-02-01", "2026-02-28", 1)));
  for (const auto& [from, to] : std::vector<std::pair<const char*, const char*>>{{"2026-01-15", "2026-02-01"},
                                                                                 {"2026-02-28", "2026-03-31"},
                                                                                 {"2026-02-10", "2026-02-11"},
                                                                                 {"2026-01-01", "2026-03-31"},
                                                                                 {"2026-04-01", "2026-05-01"}}) {
    CAPTURE(from);
    CHECK(refused_as(world.report(kSeller, from, to, 1), V::period_overlaps, "/body/from"));
  }
  CHECK(accepted(world.report(kSeller, "2026-03-01", "2026-04-30", 1)));
  CHECK(accepted(world.report(kSeller, "2026-01-01", "2026-01-31", 1)));
  // An answer may not reach into the next period either.
  CHECK(refused_as(world.report(kBuyer, "2026-01-01", "2026-02-01", 1), V::period_overlaps, "/body/from"));
}

TEST_CASE("periods are of a running contract whose filing stands, and reported by its parties") {
  World one_off;
  const std::string single = one_off.declared();
  CHECK(refused_as(one_off.act("filing.period", "reporter", kSeller, period(single, "2026-05-01", "2026-05-31", 1)),
                   V::not_periodic, "/body/filing"));
  Running world;
  CHECK(refused_as(world.report(kOther, "2026-01-01", "2026-01-31", 1), V::not_deal_party, "/parties/0/org"));
  const Json unknown = period("BA32010020260000001X", "2026-01-01", "2026-01-31", 1);
  CHECK(refused_as(world.act("filing.period", "reporter", kSeller, unknown), General::object_unknown, "/body/filing"));
  struct Row {
    FilingStatus status;
    bool allowed;
  };
  for (const Row& row :
       {Row{FilingStatus::declared, true}, Row{FilingStatus::confirmed, true}, Row{FilingStatus::mismatched, true},
        Row{FilingStatus::disputed, false}, Row{FilingStatus::withdrawn, false}, Row{FilingStatus::revoked, false}}) {
    CAPTURE(name_of(row.status));
    Running one;
    Filing filing = one.filing(one.no);
    filing.status = row.status;
    one.bench.put(filing);
    const Verdict verdict = one.report(kSeller, "2026-01-01", "2026-01-31", 1);
    if (row.allowed) {
      CHECK(accepted(verdict));
    } else {
      CHECK(refused_as(verdict, V::filing_status, "/body/filing"));
    }
  }
}

TEST_CASE("periods that come to more than the contract are flagged once; more than can be counted is refused") {
  Running world;
  REQUIRE(accepted(world.report(kSeller, "2026-01-01", "2026-01-31", 8'000'000)));
  CHECK_FALSE(world.bench.flagged("periods_exceed_contract"));
  REQUIRE(accepted(world.report(kSeller, "2026-02-01", "2026-02-28", 1)));
  CHECK(world.bench.flagged("periods_exceed_contract"));
  REQUIRE(accepted(world.report(kSeller, "2026-03-01", "2026-03-31", 1)));
  CHECK_FALSE(world.bench.flagged("periods_exceed_contract"));
  CHECK(refused_as(world.report(kSeller, "2026-04-01", "2026-04-30", kMaxSafeInteger), General::amount_overflow,
                   "/body/amount_fen"));
}

TEST_CASE("an amendment cannot put reported periods outside the contract") {
  Running world;
  REQUIRE(accepted(world.report(kSeller, "2026-02-01", "2026-04-30", 1)));
  const auto amend = [&](const char* member, const char* value) {
    Json body = World::running();
    body[member] = value;
    body["filing"] = world.no;
    body["reason"] = "shorter";
    return world.act("filing.amend", "declarant", kSeller, body);
  };
  CHECK(refused_as(amend("starts_on", "2026-02-02"), V::period_outside, "/body/starts_on"));
  CHECK(refused_as(amend("ends_on", "2026-04-29"), V::period_outside, "/body/ends_on"));
  CHECK(refused_as(amend("term", "one_off"), V::not_periodic, "/body/term"));
  CHECK(accepted(amend("ends_on", "2026-04-30")));
}

}  // namespace
}  // namespace dengji::contracts
