// What a subsidy line counts, for whom and up to which caps.
#include "tests/unit/contracts/subsidy/subsidy_bench.hpp"

namespace dengji::contracts {
namespace {

using V = SubsidyVerdict;

TEST_CASE("the group's cap clips what is due by its headroom, the unit's own the entitlement") {
  SubsidyLine line = SubsidyBench::flat_line(100'000);
  line.cap_org_fen = Fen(80'000);
  line.cap_group_fen = Fen(100'000);
  SubsidyBench world(line);
  for (const char* id : {kSeller, kOther}) {
    Org org = world.bench.object<Org>(id);
    org.groups.push_back({"集团甲", *parse_date("2026-01-01"), std::nullopt});
    world.bench.put(org);
  }
  world.certify("ds-2", kOther, 2);
  world.sold(1'000'000);
  world.settle(world.agree(1'000'000, kOther, kBuyer, 2), 1'000'000);
  CHECK(world.amount(world.claim("SUB-TRD")) == 80'000);
  CHECK(world.cap("headroom", "G:集团甲") == 100'000);
  const std::string other = world.claim("SUB-TRD", Json::object(), kOther);
  CHECK(world.amount(other) == 20'000);
  CHECK(shown(world.bench.effects_of<WorkingEffect>().at(0), "headroom") == 20'000);
  CHECK(number_of(world.try_claim("SUB-TRD", Json::object(), kOther)) == static_cast<std::uint16_t>(V::nothing_due));
}

TEST_CASE("a group id that is no segment of an account stands as its hash") {
  SubsidyLine line = SubsidyBench::flat_line(100'000);
  line.cap_group_fen = Fen(100'000);
  SubsidyBench world(line);
  Org org = world.bench.object<Org>(kSeller);
  org.groups.push_back({"a/b", *parse_date("2026-01-01"), std::nullopt});
  world.bench.put(org);
  world.sold(1'000'000);
  const Claim claim = world.subsidy(world.claim("SUB-TRD"));
  REQUIRE(claim.caps.size() == 1);
  CHECK(claim.caps[0] == "G:#wUzdwDP2S53qgOpnXPKAoBXmclFgkKViZ4EVPcaP6hE");
  CHECK(world.cap("issue", claim.caps[0]) == 100'000);
}

TEST_CASE("a line counted per data set has its caps by DJ number beside the organisation's") {
  SubsidyLine line = SubsidyBench::flat_line(100'000);
  line.unit = SubsidyUnit::dataset;
  line.cap_dataset_fen = Fen(60'000);
  line.cap_org_fen = Fen(100'000);
  SubsidyBench world(line);
  world.certify("ds-2", kSeller, 2);
  world.sold(1'000'000);
  world.settle(world.agree(1'000'000, kSeller, kBuyer, 2), 1'000'000);
  const std::string first = world.claim("SUB-TRD", {{"dataset", "ds-1"}});
  CHECK(world.amount(first) == 60'000);
  CHECK(world.cap("issue", SubsidyBench::number("DJ", 1)) == 60'000);
  CHECK(world.amount(world.claim("SUB-TRD", {{"dataset", "ds-2"}})) == 40'000);
}

TEST_CASE("a split line pays seller and buyer their shares, each rounded once") {
  SubsidyLine line = SubsidyBench::flat_line(100'000);
  line.payee = Payee::split;
  line.seller_share_ppm = 600'000;
  SubsidyBench world(line);
  world.sold(1'000'005);
  CHECK(world.amount(world.claim("SUB-TRD", {{"side", "seller"}})) == 60'000);
  CHECK(world.amount(world.claim("SUB-TRD", {{"side", "buyer"}}, kBuyer)) == 40'000);
}

TEST_CASE("only what the line asks for counts: scope, region, scale, mode, industry, first registration, tax") {
  const auto due_under = [](const std::function<void(SubsidyLine&)>& change, const Json& more = Json::object()) {
    SubsidyBench world;
    SubsidyLine line = SubsidyBench::flat_line(100'000);
    change(line);
    world.enact("SUB-TRD", line);
    REQUIRE(accepted(world.allocate(2'500'000)));
    world.settle(world.agree(1'000'000, kSeller, kBuyer, 1, more), 1'000'000);
    world.settle(world.agree(500'000, kSeller, kBuyer, 1, more), 500'000);
    const Verdict verdict = world.try_claim("SUB-TRD");
    return verdict ? world.amount(world.bench.subject()) : -static_cast<std::int64_t>(verdict.error().verdict);
  };
  const std::int64_t nothing = -static_cast<std::int64_t>(V::nothing_due);
  CHECK(due_under([](SubsidyLine&) {}) == 150'000);
  CHECK(due_under([](SubsidyLine& line) { line.scope = SubsidyScope::first_contract; }) == 100'000);
  CHECK(due_under([](SubsidyLine& line) { line.scope = SubsidyScope::certified_dataset; }) == 150'000);
  CHECK(due_under([](SubsidyLine& line) { line.regions = {"3205"}; }) == 150'000);
  CHECK(due_under([](SubsidyLine& line) { line.regions = {"3201"}; }) == nothing);
  CHECK(due_under([](SubsidyLine& line) { line.scales = {Scale::small}; }) == 150'000);
  CHECK(due_under([](SubsidyLine& line) { line.scales = {Scale::large}; }) == nothing);
  CHECK(due_under([](SubsidyLine& line) { line.modes = {"paired"}; }) == nothing);
  CHECK(due_under([](SubsidyLine& line) { line.industries = {"transport"}; }) == 150'000);
  CHECK(due_under([](SubsidyLine& line) { line.industries = {"finance"}; }) == nothing);
  CHECK(due_under([](SubsidyLine& line) { line.requires_first_registration = true; }) == 150'000);
  CHECK(due_under([](SubsidyLine& line) { line.threshold_fen = Fen(1'500'001); }) == nothing);
  CHECK(due_under([](SubsidyLine& line) { line.base_tax = BaseTax::excl; }, {{"tax_fen", 100'000}}) == 130'000);
  CHECK(due_under([](SubsidyLine& line) { line.cross_province_bonus_ppm = 50'000; }) == 150'000);
}

TEST_CASE("related parties earn nothing, looking back to both ends of the period") {
  SubsidyLine line = SubsidyBench::flat_line(100'000);
  line.related_lookback_days = 30;
  SubsidyBench world(line);
  Org buyer = world.bench.object<Org>(kBuyer);
  buyer.ties.push_back({OrgId(kSeller), "affiliate", *parse_date("2026-01-01"), parse_date("2026-03-01")});
  world.bench.put(buyer);
  world.bench.day("2026-03-31");  // 30 days after the last day of the tie
  world.sold(1'000'000);
  CHECK(number_of(world.try_claim("SUB-TRD")) == static_cast<std::uint16_t>(V::nothing_due));
  world.bench.day("2026-04-01");
  world.sold(200'000);
  const std::string no = world.claim("SUB-TRD");
  CHECK(world.amount(no) == 20'000);
  const auto flags = world.bench.effects_of<FlagEffect>();
  REQUIRE(flags.size() == 1);
  CHECK(flags[0].members.size() == 1);
}

TEST_CASE("nasty case 6: an affiliation recorded after payment, since before the trade, claws back all of it") {
  SubsidyLine line = SubsidyBench::flat_line(100'000);
  line.related_lookback_days = 0;
  SubsidyBench world(line);
  world.bench.day("2026-03-02");
  world.sold(1'000'000);
  const std::string no = world.paid_claim("SUB-TRD");
  REQUIRE(accepted(world.act("org.affiliate",
                             {{"org", kSeller},
                              {"other", kBuyer},
                              {"relation", "affiliated"},
                              {"since", "2026-02-01"},
                              {"evidence", Json::array({b64_of(1)})}},
                             {{"platform", kReviewer}})));
  CHECK(world.pool("receivable/" + no) == 100'000);
  CHECK(world.status(no) == "clawback_due");
}

TEST_CASE("exclusive lines: a later better line pays the difference, per settlement") {
  SubsidyBench world;
  SubsidyLine low = SubsidyBench::flat_line(30'000);
  low.stacking = Stacking::exclusive;
  low.stacking_group = "trade";
  SubsidyLine high = low;
  high.tiers = {{std::nullopt, 50'000}};
  world.enact("SUB-LOW", low);
  world.enact("SUB-HIGH", high);
  REQUIRE(accepted(world.allocate(10'000'000)));
  const std::string sale = world.sold(1'000'000);
  const std::string first = world.claim("SUB-LOW");
  CHECK(world.amount(first) == 30'000);
  world.sold(2'000'000);
  // 5 % of the second, 2 % of the first, which the low line covered before.
  const std::string second = world.claim("SUB-HIGH");
  CHECK(world.amount(second) == 120'000);
  // The low line now finds the second sale covered by a better one.
  CHECK(number_of(world.try_claim("SUB-LOW")) == static_cast<std::uint16_t>(V::nothing_due));
  world.refund(sale, 500'000);
  CHECK(world.amount(first) == 15'000);
  CHECK(world.amount(second) == 110'000);
  // Once the first is gone, the high line may claim in full.
  REQUIRE(accepted(world.end("subsidy.reject", first, "bureau", kBureau)));
  CHECK(world.amount(world.claim("SUB-HIGH")) == 15'000);
}

TEST_CASE("months from an event: the first contract begins the period, the caps are of its first year") {
  SubsidyLine line = SubsidyBench::flat_line(40'000);
  line.unit = SubsidyUnit::dataset;
  line.earn = EarnPeriod::months;
  line.earn_months = 12;
  line.earn_event = EarnEvent::first_contract;
  line.cap_org_fen = Fen(2'000'000);
  SubsidyBench world(line);
  CHECK(refused_as(world.try_claim("SUB-TRD", {{"dataset", "ds-1"}}), V::earn_period_missing, "/body/line"));
  world.bench.day("2026-06-15");
  const std::string trade = world.agree(10'000'000);
  world.bench.day("2027-06-14");
  world.settle(trade, 1'000'000);
  world.bench.day("2027-06-15");
  world.settle(trade, 500'000);  // a day too late
  REQUIRE(accepted(world.allocate(1'000'000, 2027)));
  CHECK(
      refused_as(world.try_claim("SUB-TRD", {{"dataset", "ds-1"}, {"year", 2027}}), V::earn_year_wrong, "/body/year"));
  const std::string no = world.claim("SUB-TRD", {{"dataset", "ds-1"}});
  CHECK(world.amount(no) == 40'000);
  CHECK(world.subsidy(no).earn_from == *parse_date("2026-06-15"));
  CHECK(world.subsidy(no).earn_to == *parse_date("2027-06-14"));
  CHECK(world.cap("issue", kSeller, "SUB-TRD", 2026) == 2'000'000);
}

TEST_CASE("a milestone earns its sum once, while it is not void") {
  SubsidyLine line;
  line.pool = "POOL-A";
  line.base = SubsidyBase::fixed;
  line.fixed_fen = Fen(750'000);
  line.milestone = Milestone::certificate;
  SubsidyBench world(line);
  world.certify("ds-2", kSeller, 2);
  const std::string no = world.paid_claim("SUB-TRD");
  CHECK(world.amount(no) == 750'000);
  CHECK(number_of(world.try_claim("SUB-TRD")) == static_cast<std::uint16_t>(V::nothing_due));
  world.set_certificate(1, CertificateStatus::revoked);
  CHECK(world.amount(no) == 750'000);  // the other one still stands
  world.set_certificate(2, CertificateStatus::revoked);
  CHECK(world.pool("receivable/" + no) == 750'000);
}

TEST_CASE("fees that were paid and stay paid are a base of their own") {
  SubsidyLine line = SubsidyBench::flat_line(300'000);
  line.base = SubsidyBase::fee_paid;
  SubsidyBench world(line);
  Fee fee{.no = RegNo(SubsidyBench::number("FY", 1)),
          .cause = "ds-1",
          .line = "registration",
          .payer = OrgId(kSeller),
          .payee = OrgId(kPlatform),
          .assessed_fen = Fen(300'000),
          .received_fen = Fen(300'000),
          .first_paid_on = parse_date("2026-01-05")};
  world.bench.put(fee);
  CHECK(world.amount(world.paid_claim("SUB-TRD")) == 90'000);
  fee.cancelled_fen = Fen(100'000);
  world.bench.run([&](EntryTx& tx) {
    tx.put(fee);
    return on_fee_changed(tx, fee);
  });
  CHECK(world.pool("deferred") == 30'000);
}

}  // namespace
}  // namespace dengji::contracts
