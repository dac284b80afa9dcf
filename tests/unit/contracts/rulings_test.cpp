// The rulings on money: what the rulebook leaves open and how it was settled. kRulings says which test holds each one
// to its word; a test that is renamed or dropped is missed here. Numbers 54 and 55 were never given out.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/support/contract_fixture.hpp"
#include "tests/unit/contracts/subsidy/subsidy_bench.hpp"

namespace dengji::contracts {
namespace {

using V = SubsidyVerdict;

struct Ruling {
  int number;
  const char* settles;
  const char* test;
};

constexpr Ruling kRulings[] = {
    {1, "a calendar entry made during a running period",
     "the notice is judged with the calendar known when asked, its length as it was at acceptance"},
    {2, "a service fee of mode once", "a once fee is charged at a payer's first agreement and never again"},
    {3, "the version of a service fee", "rates are frozen at the agreement, each settlement rounded on its own"},
    {4, "a waiver below 100 %", "a waiver below 100 % takes the open part first, then the paid part"},
    {5, "reinstatement when a refund is instructed or more is owed",
     "a reinstatement leaves an instructed refund alone and takes no more than the waiver's paid part"},
    {6, "the fee of a refused or withdrawn application",
     "ruling 6: the fee of a withdrawn application stands until it is cancelled"},
    {7, "a proportional service fee after a refund",
     "a refund lowers a proportional fee to that of the new net, open part first, and leaves a kept one"},
    {8, "related within a look-back: of which date",
     "related parties earn nothing, looking back to both ends of the period"},
    {9, "who is related",
     "related: oneself, a direct tie from either side, the same group on the same day; never by way of a third"},
    {10, "two schedules or waivers in force",
     "a city's own policy goes before the province's, then the smallest code, and none beyond its last day"},
    {11, "caps, bases and first registrations of a successor",
     "R11: under a new code the same cap and base go on; what the old code earned and was granted counts"},
    {12, "whose group cap",
     "ruling 12: the group cap is that of the group on the day of the claim, and of a common id"},
    {13, "floor", "the floor lifts what is above 0, the cap comes after it"},
    {14, "a certificate suspended between approval and payment",
     "nasty case 7: a certificate suspended between approval and payment, then resumed, then revoked"},
    {15, "cert_valid_at settle: which instant",
     "a policy that looks at the certificate at settlement looks at the end of the bank day, or now if earlier"},
    {16, "a certificate revoked: from now or from the start",
     "ruling 16: revoking is void from the start for lines that look at certificates, cancelling from now"},
    {17, "exclusive lines, per settlement", "exclusive lines: a later better line pays the difference, per settlement"},
    {18, "a claim beyond what the pool has free",
     "nasty case 3: two claims that fit alone and not together, in both orders"},
    {19, "latest first, whatever the state",
     "ruling 19: an excess is borne by the latest claim by number, paid or not"},
    {20, "a clawback by decision",
     "a clawback by decision is forfeited: headroom returns, but this unit cannot claim it again"},
    {21, "vouchers", "ruling 21: a fee and a trade share a voucher, and a refund gives it nothing back"},
    {22, "a settlement reversed",
     "ruling R22: money.reverse takes all that is left, gives it back to trade and voucher, the line stays used"},
    {23, "pool-year and cap-year", "an earlier earn year is claimed from this year's pool until the deadline"},
    {24, "payments instructed, confirmed, bounced", "a payment is instructed, then confirmed or bounced"},
    {25, "closing a pool with reservations",
     "ruling 25: a pool closes over its reservations, which run on in its own book"},
    {26, "carrying over",
     "carrying over moves what is free and what is approved, not what is instructed or to be recovered"},
    {27, "offset across pool-years", "ruling 27: an offset across pool-years is refused, for books do not cross"},
    {28, "how large totals may be", "amounts up to 2^53-1 are recorded to the fen, turnover beyond it too"},
    {29, "the rest of a claim approved in part",
     "approving a part leaves the rest claimable, and a refund takes only what exceeds the entitlement"},
    {30, "a line superseded inside an earn year",
     "a subsidy line has one version per earn year; a new one starts in a later year"},
    {31, "what counts to date", "the base to date counts what no claim covers yet, so a new sale shields an older one"},
    {32, "a clawback when less was granted than the entitlement",
     "approving a part leaves the rest claimable, and a refund takes only what exceeds the entitlement"},
    {33, "a trade flagged after money was granted",
     "ruling R33: flagging takes the trade out of what was granted at once, clearing lets it be claimed again"},
    {34, "waiver_within_days", "a waiver counts calendar days up to and with its limit"},
    {35, "which waiver version", "the waiver is the one in force at acceptance, and none then is none later"},
    {36, "first_scope", "first registrations: of the enterprise, of the group, of the data set"},
    {37, "pro rata", "pro rata: the pot is shared out over all asks, the rest returns at once"},
    {38, "several caps", "the group's cap clips what is due by its headroom, the unit's own the entitlement"},
    {39, "the cap of a data set", "a line counted per data set has its caps by DJ number beside the organisation's"},
    {40, "when a cap is opened", "ruling 40: the first accepted claim opens a cap; a line without one has no cap book"},
    {41, "the order of arithmetic", "bonus and share go into the one rounding"},
    {42, "months from an event",
     "months from an event: the first contract begins the period, the caps are of its first year"},
    {43, "first contract", "ruling 43: the first contract stays the first, whatever becomes of it"},
    {44, "a refund in the next year",
     "nasty case 10: a refund in the next year after the pool closed is receivable where it was paid, and follows"},
    {45, "the claim deadline", "an earlier earn year is claimed from this year's pool until the deadline"},
    {46, "the notice of a claim", "approval waits for the end of the notice, which opens at the review"},
    {47, "a refund while the payment is instructed",
     "a refund while the payment is instructed is a receivable; if it bounces, the claim offsets itself"},
    {48, "written off, then more sales",
     "a clawback is recovered in parts, by offset within the pool-year, or written off"},
    {49, "recovery to the treasury",
     "recovered money goes to the treasury where the line says so; an offset stays in the pool"},
    {50, "bases fee_paid and fixed", "a milestone earns its sum once, while it is not void"},
    {51, "allocation by priority",
     "a subsidy line has each member that its others need, and none that means nothing beside them"},
    {52, "exports", "the route that is needed follows from the year's sums, the present declaration included"},
    {53, "a second filing by the same side",
     "the same side files a deal once, in every state; another order of the contract is another deal"},
    {56, "which of several reasons is named",
     "ruling 56: of several reasons, key and role come first, then state, then time, then amounts"},
    {57, "a fee of 0", "a fee of 0, or no schedule, gives no FY number and no posting"},
    {58, "validity", "a registration lasts to the day before its third anniversary, then reads as expired"},
    {59, "a certificate while one is live",
     "one certificate is live at a time: another follows a revoked or expired one, not a suspended one"},
    {60, "region and scale as at the entry",
     "an agreement opens the trade's book and freezes regions, scales and whether provinces are crossed"},
    {61, "lapse and withdraw", "what is rejected, withdrawn or lapsed frees its reservations and can be claimed again"},
    {62, "two changes in one millisecond", "of two changes in one millisecond the later entry counts"},
};

// All sources of this folder and those in it; a string literal that goes on in the next line is joined.
std::string sources() {
  std::string all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(DENGJI_SOURCE_DIR "/tests/unit/contracts")) {
    if (entry.path().extension() != ".cpp") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    all.append(std::istreambuf_iterator<char>(file), {});
  }
  std::string joined;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i] == '"') {
      const std::size_t next = all.find_first_not_of(" \n", i + 1);
      if (next != std::string::npos && next > i + 1 && all[next] == '"') {
        i = next;
        continue;
      }
    }
    joined += all[i];
  }
  return joined;
}

TEST_CASE("every ruling on money names the test that holds it") {
  std::string code = sources();
  // A test case begins its own line, or the line after TEST_CASE( where it is long.
  std::erase_if(code, [](char c) { return c == '\n'; });
  int last = 0;
  for (const Ruling& ruling : kRulings) {
    CHECK(ruling.number > last);
    last = ruling.number;
    const std::string name = std::string("\"") + ruling.test + "\"";
    const bool found =
        code.find("TEST_CASE(" + name) != std::string::npos || code.find("TEST_CASE(    " + name) != std::string::npos;
    CHECK_MESSAGE(found, ruling.number << ", " << std::string(ruling.settles) << ": no test " << name);
  }
}

TEST_CASE("ruling 6: the fee of a withdrawn application stands until it is cancelled") {
  test::ContractFixture ledger;
  ledger.enact("fee_schedule", "FEE-REG",
               {{"payee", test::Cast::platform}, {"registration_fen", 300'000}, {"service", Json::array()}});
  const auto applied = ledger.submit("dataset.apply", {{"applicant", test::Cast::seller}}, test::application("A"));
  const Json named{{"dataset", applied.entry_id}};
  REQUIRE(ledger
              .submit("dataset.review", {{"registrar", test::Cast::registrar}},
                      {{"dataset", applied.entry_id}, {"outcome", "accept"}})
              .accepted());
  const std::string fee = "FY32050020260000001Z";
  const std::string due = "fee/" + test::Cast::platform + "/due/" + fee;
  CHECK(ledger.balance(due) == 300'000);
  REQUIRE(ledger.submit("dataset.withdraw", {{"applicant", test::Cast::seller}}, named).accepted());
  CHECK(ledger.balance(due) == 300'000);
  CHECK(ledger.show("fee", fee).at("status") == "due");
  REQUIRE(ledger
              .submit("fee.cancel", {{"platform", test::Cast::platform}},
                      {{"fee", fee}, {"reason", "the application was withdrawn"}})
              .accepted());
  CHECK(ledger.balance(due) == 0);
  CHECK(ledger.show("fee", fee).at("status") == "cancelled");
}

TEST_CASE("ruling 12: the group cap is that of the group on the day of the claim, and of a common id") {
  SubsidyLine line = SubsidyBench::flat_line(100'000);
  line.cap_group_fen = Fen(50'000);
  SubsidyBench world(line);
  world.certify("ds-2", kOther, 2);
  // Affiliates without a common id: each claims in full, neither has a group's cap.
  Org other = world.bench.object<Org>(kOther);
  other.ties.push_back({OrgId(kSeller), "affiliate", *parse_date("2026-01-01"), std::nullopt});
  world.bench.put(other);
  world.sold(1'000'000);
  world.settle(world.agree(1'000'000, kOther, kBuyer, 2), 1'000'000);
  const std::string alone = world.claim("SUB-TRD");
  CHECK(world.amount(alone) == 100'000);
  CHECK(world.subsidy(alone).caps.empty());
  CHECK(world.amount(world.claim("SUB-TRD", Json::object(), kOther)) == 100'000);
  // In a group from the next day on: its cap holds what is claimed from then, and nothing of before.
  world.bench.day("2026-01-06");
  Org seller = world.bench.object<Org>(kSeller);
  seller.groups.push_back({"G1", *parse_date("2026-01-06"), std::nullopt});
  world.bench.put(seller);
  world.sold(800'000);
  const std::string grouped = world.claim("SUB-TRD");
  CHECK(world.amount(grouped) == 50'000);
  CHECK(world.subsidy(grouped).caps == std::vector<std::string>{"G:G1"});
}

TEST_CASE("ruling 16: revoking is void from the start for lines that look at certificates, cancelling from now") {
  const auto after = [](CertValidAt at, CertificateStatus status) {
    SubsidyLine line = SubsidyBench::flat_line(100'000);
    line.cert_valid_at = at;
    SubsidyBench world(line);
    world.sold(1'000'000);
    const std::string no = world.paid_claim("SUB-TRD");
    world.bench.day("2026-03-02");
    world.set_certificate(1, status);
    return world.amount(no);
  };
  CHECK(after(CertValidAt::agree, CertificateStatus::revoked) == 0);
  CHECK(after(CertValidAt::settle, CertificateStatus::revoked) == 0);
  CHECK(after(CertValidAt::both, CertificateStatus::cancelled) == 100'000);
  CHECK(after(CertValidAt::none, CertificateStatus::revoked) == 100'000);
}

TEST_CASE("ruling 19: an excess is borne by the latest claim by number, paid or not") {
  SubsidyBench world(SubsidyBench::flat_line(100'000));
  const std::string sale = world.sold(1'000'000);
  const std::string first = world.claim("SUB-TRD");  // stays reserved
  world.sold(200'000);
  const std::string second = world.paid_claim("SUB-TRD");
  world.refund(sale, 150'000);
  CHECK(world.amount(first) == 100'000);
  CHECK(world.amount(second) == 5'000);
  CHECK(world.pool("receivable/" + second) == 15'000);
  world.refund(sale, 100'000);
  CHECK(world.amount(second) == 0);
  CHECK(world.pool("receivable/" + second) == 20'000);
  CHECK(world.amount(first) == 95'000);
  CHECK(world.pool_pending() == 95'000);
}

TEST_CASE("ruling 21: a fee and a trade share a voucher, and a refund gives it nothing back") {
  SubsidyBench world;
  const Json paper{{"hash", b64_of(9)}, {"line", 1}, {"total_fen", 1'000}};
  const auto on_line = [&](std::int64_t line) {
    Json voucher = paper;
    voucher["line"] = line;
    return voucher;
  };
  REQUIRE(accepted(world.act("fee.assess",
                             {{"payer", kSeller},
                              {"cause_kind", "dataset"},
                              {"cause", "ds-1"},
                              {"line", "storage"},
                              {"amount_fen", 900},
                              {"reason", "tariff"}},
                             {{"platform", kPlatform}})));
  const std::string fee = world.bench.subject();
  const std::string trade = world.agree(5'000);
  const auto settle = [&](std::int64_t fen, std::int64_t line) {
    return world.act("trade.settle",
                     {{"trade", trade}, {"amount_fen", fen}, {"voucher", on_line(line)}, {"bank_date", world.today()}},
                     {{"platform", kPlatform}});
  };
  const auto receive = [&](std::int64_t fen, std::optional<Json> voucher) {
    Json body{{"fee", fee}, {"amount_fen", fen}, {"bank_date", world.today()}};
    if (voucher) body["voucher"] = *voucher;
    return world.act("fee.receive", body, {{"platform", kPlatform}});
  };
  REQUIRE(accepted(settle(700, 1)));
  const std::string settlement = world.bench.subject();
  CHECK(refused_as(receive(300, on_line(1)), VoucherVerdict::line_used, "/body/voucher/line"));
  CHECK(refused_as(receive(301, on_line(2)), VoucherVerdict::exceeded, "/body/amount_fen"));
  REQUIRE(accepted(receive(300, on_line(2))));
  world.refund(settlement, 700);
  CHECK(refused_as(settle(1, 3), VoucherVerdict::exceeded, "/body/amount_fen"));
  CHECK(accepted(receive(600, std::nullopt)));  // optional on a receipt
}

TEST_CASE("ruling 25: a pool closes over its reservations, which run on in its own book") {
  SubsidyBench world(SubsidyBench::flat_line(100'000), 200'000);
  world.sold(1'000'000);
  const std::string no = world.claim("SUB-TRD");
  REQUIRE(accepted(world.close()));
  CHECK(world.pool_pending() == 100'000);
  world.sold(500'000);
  CHECK(refused_as(world.try_claim("SUB-TRD"), V::pool_not_open, "/body/line"));
  CHECK(refused_as(world.allocate(1), PoolVerdict::pool_closed, "/body/pool"));
  world.paid(no);
  CHECK(world.pool("disbursed") == 100'000);
  CHECK(world.pool("available") == 100'000);
}

TEST_CASE("ruling 27: an offset across pool-years is refused, for books do not cross") {
  SubsidyBench world(SubsidyBench::flat_line(100'000));
  const std::string sale = world.sold(1'000'000);
  const std::string old = world.paid_claim("SUB-TRD");
  world.bench.day("2027-01-04");
  REQUIRE(accepted(world.allocate(1'000'000, 2027)));
  world.refund(sale, 400'000);
  world.sold(500'000);
  const std::string next = world.claim("SUB-TRD");
  world.approved(next);
  const auto before = world.snapshot();
  CHECK(refused_as(world.recover(old, {{"offset", next}}), V::offset_other_pool, "/body/offset"));
  CHECK(world.snapshot() == before);
  CHECK(world.pool("receivable/" + old) == 40'000);
}

TEST_CASE("ruling 40: the first accepted claim opens a cap; a line without one has no cap book") {
  SubsidyBench world(SubsidyBench::worked_line(), 600'000);
  world.sold(33'333'333);
  // Refused for the pool: no cap is opened.
  CHECK(refused_as(world.try_claim("SUB-TRD"), V::pool_exhausted, "/body/line"));
  CHECK(world.cap("issue", kSeller) == 0);
  REQUIRE(accepted(world.allocate(1'000'000)));
  world.claim("SUB-TRD");
  CHECK(world.cap("issue", kSeller) == 1'500'000);
  world.enact("SUB-FREE", SubsidyBench::flat_line(1'000));
  const std::string no = world.claim("SUB-FREE");
  CHECK(world.subsidy(no).caps.empty());
  CHECK(world.cap("issue", kSeller, "SUB-FREE") == 0);
}

TEST_CASE("ruling 43: the first contract stays the first, whatever becomes of it") {
  SubsidyLine line = SubsidyBench::flat_line(100'000);
  line.scope = SubsidyScope::first_contract;
  SubsidyBench world(line);
  const std::string first = world.agree(1'000'000);
  REQUIRE(accepted(world.act("trade.terminate", {{"trade", first}, {"reason", "given up"}},
                             {{"seller", kSeller}, {"buyer", kBuyer}})));
  const std::string second = world.agree(1'000'000, kSeller, kOther);
  CHECK_FALSE(world.bench.object<Trade>(second).first_contract);
  world.settle(second, 1'000'000);
  CHECK(refused_as(world.try_claim("SUB-TRD"), V::nothing_due, "/body/line"));
  // Another data set of the same seller has its own.
  world.certify("ds-2", kSeller, 2);
  CHECK(world.bench.object<Trade>(world.agree(1'000'000, kSeller, kBuyer, 2)).first_contract);
}

TEST_CASE("ruling 56: of several reasons, key and role come first, then state, then time, then amounts") {
  SubsidyLine line = SubsidyBench::flat_line(100'000);
  line.notice_days = 3;
  SubsidyBench world(line);
  world.sold(1'000'000);
  const std::string no = world.claim("SUB-TRD");
  constexpr std::int64_t kTooMuch = 100'001;
  CHECK(refused_as(world.approve(no, kTooMuch, kSeller), V::own_claim, "/parties/0/org"));
  CHECK(refused_as(world.approve(no, kTooMuch), V::claim_status, "/body/subsidy"));
  REQUIRE(accepted(world.review(no)));
  CHECK(refused_as(world.approve(no, kTooMuch), V::notice_runs, "/body/subsidy"));
  world.bench.day("2026-01-12");
  CHECK(refused_as(world.approve(no, kTooMuch), V::approve_too_much, "/body/amount_fen"));
  CHECK(accepted(world.approve(no)));
}

}  // namespace
}  // namespace dengji::contracts
