#include "contracts/fee/fees.hpp"

#include <array>
#include <random>

#include "contracts/invariants.hpp"
#include "contracts/trade/trades.hpp"
#include "tests/unit/contracts/area_bench.hpp"

namespace dengji::contracts {
namespace {

using V = FeeVerdict;

constexpr const char* kFirstFee = "FY32050020260000001Z";
const AreaBench::By kByPlatform{"platform", kPlatform};
const AreaBench::By kByPayee{"payee", kPlatform};

FirstRegistration first_of_all(const char* registered_on = "2026-03-17") {
  return {"ds-1", *parse_date(registered_on), true, true, true};
}

// An application of S accepted on 2026-03-02 under a fee of 300,000.
struct World {
  AreaBench bench{&fee_area()};

  explicit World(std::optional<Policy> waiver = waiver_policy(1'000'000), Fen fee = Fen(300'000)) {
    put_parties(bench);
    enact(bench, fee_policy(fee));
    if (waiver) enact(bench, *waiver);
    bench.day("2026-03-02");
    assess();
    bench.day("2026-03-05");
  }

  std::optional<RegNo> assess() {
    const auto no = bench.run([](EntryTx& tx) {
      return assess_registration_fee(tx, {.dataset = "ds-1", .payer = OrgId(kSeller), .region = "320500"});
    });
    REQUIRE(no.has_value());
    return *no;
  }
  Verdict certify(FirstRegistration registration = first_of_all()) {
    return bench.run([&](EntryTx& tx) { return waive_first_registration(tx, registration); });
  }
  Verdict receive(std::int64_t fen, AreaBench::By by = kByPlatform) {
    return bench.act("fee.receive", {{"fee", kFirstFee}, {"amount_fen", fen}, {"bank_date", "2026-03-05"}}, {by});
  }
  Verdict waive(std::int64_t fen, const char* line = "hardship", AreaBench::By by = kByPayee) {
    return bench.act(
        "fee.waive",
        {{"fee", kFirstFee}, {"line", line}, {"amount_fen", fen}, {"borne_by", kPlatform}, {"reason", "r"}}, {by});
  }
  Verdict refund(const char* step, Json more = Json::object()) {
    more["fee"] = kFirstFee;
    more["step"] = step;
    return bench.act("fee.refund", more, {kByPlatform});
  }
  Verdict cancel() { return bench.act("fee.cancel", {{"fee", kFirstFee}, {"reason", "r"}}, {kByPlatform}); }
  Verdict reinstate(const char* line = "first") {
    return bench.act("fee.reinstate", {{"fee", kFirstFee}, {"line", line}, {"reason", "fraud"}}, {kByPlatform});
  }

  std::int64_t fee(const char* tail) const { return bench.balance("fee/" + std::string(kPlatform) + "/" + tail); }
  std::int64_t due() const { return fee("due/FY32050020260000001Z"); }
  std::int64_t owed() const { return fee("owed/FY32050020260000001Z"); }
  std::int64_t waived(const char* line = "first") const { return fee((std::string("waived/") + line).c_str()); }
  Account owed_account() const { return bench.account("fee/" + std::string(kPlatform) + "/owed/" + kFirstFee); }
  Fee record() const { return bench.object<Fee>(kFirstFee); }
  // Looked at twice: here from the fee's own accounts, and by the invariants that an audit checks.
  bool identity_holds() const {
    const std::int64_t assessed = fee("income/registration");
    const std::int64_t all_waived = waived("first") + waived("hardship");
    return assessed == all_waived + (fee("bank") - owed()) + due() && check_money_invariants(bench.view()).empty();
  }
};

TEST_CASE("an accepted application is charged by the schedule in force, in the payer's region, frozen") {
  World world;
  const Fee fee = world.record();
  CHECK(fee.rule == "FEE-A@1");
  CHECK(fee.waiver_rule == "WAIVE-FIRST@1");
  CHECK(fee.payee.text == kPlatform);
  CHECK(fee.payer.text == kSeller);
  CHECK(fee.status == FeeStatus::due);
  CHECK(world.due() == 300'000);
  CHECK(world.fee("income/registration") == 300'000);
}

TEST_CASE("a fee of 0, or no schedule, gives no FY number and no posting") {
  World zero(waiver_policy(1'000'000), Fen(0));
  CHECK_FALSE(zero.bench.exists<Fee>(kFirstFee));
  CHECK(zero.bench.effects().empty());
  AreaBench bare{&fee_area()};
  put_parties(bare);
  bare.day("2026-03-02");
  const auto no = bare.run([](EntryTx& tx) {
    return assess_registration_fee(tx, {.dataset = "ds-1", .payer = OrgId(kSeller), .region = "320500"});
  });
  REQUIRE(no.has_value());
  CHECK_FALSE(no->has_value());
  CHECK(accepted(zero.certify()));
}

TEST_CASE("one data set, line and payer is charged once") {
  World world;
  CHECK_FALSE(world.assess().has_value());
  CHECK(world.due() == 300'000);
}

TEST_CASE("a payer who is the payee is not charged") {
  AreaBench bench{&fee_area()};
  put_parties(bench);
  enact(bench, fee_policy(Fen(300'000)));
  bench.day("2026-03-02");
  const auto no = bench.run([](EntryTx& tx) {
    return assess_registration_fee(tx, {.dataset = "ds-1", .payer = OrgId(kPlatform), .region = "320000"});
  });
  REQUIRE(no.has_value());
  CHECK_FALSE(no->has_value());
}

TEST_CASE("worked year, rows 3 to 9: assessed, paid in part, waived at the certificate, refunded") {
  World world;
  REQUIRE(accepted(world.receive(120'000)));  // row 4
  CHECK(world.fee("bank") == 120'000);
  CHECK(world.due() == 180'000);
  CHECK(world.record().status == FeeStatus::part_paid);

  world.bench.day("2026-04-01");  // row 7
  REQUIRE(accepted(world.certify()));
  CHECK(world.waived() == 300'000);
  CHECK(world.due() == 0);
  CHECK(world.owed() == 120'000);
  CHECK(world.record().status == FeeStatus::owed);
  CHECK(world.record().waivers.at(0).open_fen == Fen(180'000));
  CHECK(world.record().waivers.at(0).paid_fen == Fen(120'000));
  const auto posts = world.bench.effects_of<PostEffect>();
  REQUIRE(posts.size() == 1);
  CHECK(posts[0].event == "fee_waived");
  CHECK(posts[0].lines.size() == 2);
  CHECK(posts[0].lines[0].fen == Fen(180'000));
  CHECK(posts[0].lines[1].fen == Fen(120'000));
  CHECK(world.identity_holds());

  world.bench.day("2026-04-03");  // row 8
  REQUIRE(accepted(world.refund("instruct")));
  CHECK(world.owed_account().pending_debits == 120'000);
  CHECK(world.owed() == 120'000);
  CHECK(world.bench.shown("fee", kFirstFee)["refund_pending_fen"] == 120'000);

  world.bench.day("2026-04-07");  // row 9
  REQUIRE(accepted(world.refund("confirm", {{"bank_date", "2026-04-07"}})));
  CHECK(world.owed_account().pending_debits == 0);
  CHECK(world.owed() == 0);
  CHECK(world.fee("bank") == 0);
  CHECK(world.record().status == FeeStatus::refunded);
  CHECK(world.bench.shown("fee", kFirstFee)["refunded_fen"] == 120'000);
  CHECK(world.identity_holds());
}

TEST_CASE("nasty 4: full payment and certificate in one batch end alike in both orders") {
  World paid_first;
  REQUIRE(accepted(paid_first.receive(300'000)));
  CHECK(paid_first.record().status == FeeStatus::paid);
  REQUIRE(accepted(paid_first.certify()));
  World waived_first;
  REQUIRE(accepted(waived_first.certify()));
  CHECK(waived_first.record().status == FeeStatus::waived);
  REQUIRE(accepted(waived_first.receive(300'000)));
  for (const World* world : {&paid_first, &waived_first}) {
    CHECK(world->waived() == 300'000);
    CHECK(world->owed() == 300'000);
    CHECK(world->due() == 0);
    CHECK(world->record().status == FeeStatus::owed);
    CHECK(world->identity_holds());
  }
}

TEST_CASE("a waiver below 100 % takes the open part first, then the paid part") {
  World world(waiver_policy(500'001));
  REQUIRE(accepted(world.receive(200'000)));
  REQUIRE(accepted(world.certify()));
  CHECK(world.waived() == 150'000);  // 150,000.3 rounded down
  CHECK(world.due() == 0);
  CHECK(world.owed() == 50'000);
  World open(waiver_policy(500'000));
  REQUIRE(accepted(open.receive(100'000)));
  REQUIRE(accepted(open.certify()));
  CHECK(open.due() == 50'000);
  CHECK(open.owed() == 0);
  CHECK(open.record().status == FeeStatus::part_paid);
}

TEST_CASE("a waiver counts calendar days up to and with its limit") {
  World last;
  last.bench.day("2026-09-13");  // 180 days after 2026-03-17
  REQUIRE(accepted(last.certify()));
  CHECK(last.waived() == 300'000);
  World late;
  late.bench.day("2026-09-14");
  REQUIRE(accepted(late.certify()));
  CHECK(late.waived() == 0);
  REQUIRE(late.bench.effects_of<WorkingEffect>().size() == 1);
  CHECK(late.bench.effects_of<WorkingEffect>()[0].steps.at(0).step == "too_late");
}

TEST_CASE("a waiver looks at the first registration in its own scope") {
  struct Case {
    FirstScope scope;
    bool enterprise, group, dataset, given;
  };
  for (const Case& one :
       {Case{FirstScope::enterprise, true, false, false, true}, Case{FirstScope::enterprise, false, true, true, false},
        Case{FirstScope::group, false, true, false, true}, Case{FirstScope::group, true, false, true, false},
        Case{FirstScope::dataset, false, false, true, true}, Case{FirstScope::dataset, true, true, false, false}}) {
    World world(waiver_policy(1'000'000, one.scope));
    FirstRegistration registration = first_of_all();
    registration.first_of_enterprise = one.enterprise;
    registration.first_of_group = one.group;
    registration.first_of_dataset = one.dataset;
    REQUIRE(accepted(world.certify(registration)));
    CHECK((world.waived() == 300'000) == one.given);
  }
}

TEST_CASE("a waiver is given once, also when a second certificate is issued") {
  World world(waiver_policy(400'000));
  REQUIRE(accepted(world.certify()));
  REQUIRE(accepted(world.certify()));
  CHECK(world.waived() == 120'000);
  CHECK(world.bench.effects_of<WorkingEffect>().at(0).steps.at(0).step == "given_before");
}

TEST_CASE("the waiver is the one in force at acceptance, and none then is none later") {
  World world(std::nullopt);
  enact(world.bench, waiver_policy(1'000'000));
  REQUIRE(accepted(world.certify()));
  CHECK(world.waived() == 0);
  CHECK(world.bench.effects().empty());
}

TEST_CASE("money beyond what is due is owed back") {
  World world;
  REQUIRE(accepted(world.receive(300'005)));
  CHECK(world.due() == 0);
  CHECK(world.owed() == 5);
  CHECK(world.record().first_paid_on == parse_date("2026-03-05"));
  REQUIRE(accepted(world.receive(7)));
  CHECK(world.owed() == 12);
  CHECK(world.bench.shown("fee", kFirstFee)["received_fen"] == 300'012);
  CHECK(world.identity_holds());
}

TEST_CASE("a receipt's voucher is optional and keeps its rules") {
  World world;
  const auto with_voucher = [&](std::int64_t line, std::int64_t total, std::int64_t fen) {
    return world.bench.act("fee.receive",
                           {{"fee", kFirstFee},
                            {"amount_fen", fen},
                            {"bank_date", "2026-03-05"},
                            {"voucher", {{"hash", b64_of(7)}, {"line", line}, {"total_fen", total}}}},
                           {kByPlatform});
  };
  CHECK(accepted(with_voucher(1, 200'000, 150'000)));
  CHECK(refused_as(with_voucher(1, 200'000, 1), VoucherVerdict::line_used, "/body/voucher/line"));
  CHECK(refused_as(with_voucher(2, 200'001, 1), VoucherVerdict::total_differs, "/body/voucher/total_fen"));
  CHECK(refused_as(with_voucher(2, 200'000, 50'001), VoucherVerdict::exceeded, "/body/amount_fen"));
  CHECK(accepted(with_voucher(2, 200'000, 50'000)));
  CHECK(world.due() == 100'000);
}

TEST_CASE("a receipt of an unknown fee or from a future bank day is refused") {
  World world;
  CHECK(refused_as(
      world.bench.act("fee.receive", {{"fee", "FY32050020260000002X"}, {"amount_fen", 1}, {"bank_date", "2026-03-05"}},
                      {kByPlatform}),
      General::object_unknown, "/body/fee"));
  CHECK(refused_as(world.bench.act("fee.receive", {{"fee", kFirstFee}, {"amount_fen", 1}, {"bank_date", "2026-03-06"}},
                                   {kByPlatform}),
                   V::bank_date_future, "/body/bank_date"));
}

TEST_CASE("nobody acts on a fee that it pays, and a payee only on its own") {
  World world;
  CHECK(refused_as(world.receive(1, {"platform", kSeller}), V::own_fee, "/parties/0/org"));
  CHECK(refused_as(world.receive(1, {"payee", kBuyer}), V::not_the_payee, "/parties/0/org"));
  CHECK(accepted(world.receive(1, kByPayee)));
  CHECK(accepted(world.receive(1, {"registrar", kOther})));
  CHECK(refused_as(world.waive(1, "hardship", {"payee", kOther}), V::not_the_payee, "/parties/0/org"));
}

TEST_CASE("a discretionary waiver takes open before paid, once per line, never more than there is") {
  World world;
  REQUIRE(accepted(world.receive(200'000)));
  CHECK(refused_as(world.waive(300'001), V::waive_too_much, "/body/amount_fen"));
  CHECK(refused_as(world.waive(1, "a/b"), V::line_name, "/body/line"));
  REQUIRE(accepted(world.waive(150'000)));
  CHECK(world.due() == 0);
  CHECK(world.owed() == 50'000);
  CHECK(refused_as(world.waive(1), V::waived_already, "/body/line"));
  CHECK(world.identity_holds());
  // What is left for the automatic one is only the paid part that stayed.
  REQUIRE(accepted(world.certify()));
  CHECK(world.waived() == 150'000);
  CHECK(world.owed() == 200'000);
  CHECK(world.record().status == FeeStatus::owed);
  CHECK(world.identity_holds());
}

TEST_CASE("an entry cannot give the waiver that the certificate gave") {
  World world;
  REQUIRE(accepted(world.certify()));
  CHECK(refused_as(world.waive(1, "first"), V::waived_already, "/body/line"));
  CHECK(refused_as(world.waive(1, "hardship"), V::waive_too_much, "/body/amount_fen"));
}

TEST_CASE("a refund is instructed once at a time, then confirmed or bounced") {
  World world;
  CHECK(refused_as(world.refund("instruct"), V::nothing_owed, "/body/fee"));
  CHECK(refused_as(world.refund("confirm"), V::no_refund_pending, "/body/step"));
  CHECK(refused_as(world.refund("bounce"), V::no_refund_pending, "/body/step"));
  REQUIRE(accepted(world.receive(300'100)));
  CHECK(refused_as(world.refund("instruct", {{"amount_fen", 101}}), V::refund_too_much, "/body/amount_fen"));
  CHECK(refused_as(world.refund("instruct", {{"bank_date", "2026-03-05"}}), V::step_member, "/body/bank_date"));
  REQUIRE(accepted(world.refund("instruct", {{"amount_fen", 60}})));
  CHECK(refused_as(world.refund("instruct"), V::refund_pending, "/body/step"));
  CHECK(refused_as(world.refund("confirm", {{"amount_fen", 59}}), V::refund_amount_differs, "/body/amount_fen"));
  CHECK(refused_as(world.refund("confirm", {{"bank_date", "2026-03-06"}}), V::bank_date_future, "/body/bank_date"));
  CHECK(refused_as(world.refund("confirm", {{"bank_date", "2026-03-04"}}), V::bank_date_before_instruction,
                   "/body/bank_date"));
  CHECK(refused_as(world.refund("bounce", {{"bank_date", "2026-03-05"}}), V::step_member, "/body/bank_date"));
  REQUIRE(accepted(world.refund("bounce", {{"amount_fen", 60}})));
  CHECK(world.owed() == 100);
  CHECK(world.owed_account().pending_debits == 0);
  CHECK(world.bench.effects_of<VoidEffect>().size() == 1);
  REQUIRE(accepted(world.refund("instruct")));
  REQUIRE(accepted(world.refund("confirm")));
  CHECK(world.bench.effects_of<TakeEffect>().size() == 1);
  CHECK(world.owed() == 0);
  CHECK(world.fee("bank") == 300'000);
  CHECK(world.record().status == FeeStatus::refunded);
  CHECK(world.identity_holds());
}

TEST_CASE("a cancelled assessment lets go what is open and owes back what was paid") {
  World world;
  REQUIRE(accepted(world.receive(120'000)));
  REQUIRE(accepted(world.cancel()));
  CHECK(world.due() == 0);
  CHECK(world.owed() == 120'000);
  CHECK(world.fee("income/registration") == 0);
  CHECK(world.record().status == FeeStatus::owed);
  CHECK(world.identity_holds());
  CHECK(refused_as(world.cancel(), V::nothing_to_cancel, "/body/fee"));
  REQUIRE(accepted(world.refund("instruct")));
  REQUIRE(accepted(world.refund("confirm")));
  CHECK(world.record().status == FeeStatus::cancelled);
  // Money can still come in by mistake; it is owed back.
  REQUIRE(accepted(world.receive(5)));
  CHECK(world.owed() == 5);
  World unpaid;
  REQUIRE(accepted(unpaid.cancel()));
  CHECK(unpaid.record().status == FeeStatus::cancelled);
  World waived;
  REQUIRE(accepted(waived.certify()));
  CHECK(refused_as(waived.cancel(), V::nothing_to_cancel, "/body/fee"));
}

TEST_CASE("a reinstated waiver keeps what is still owed and makes the rest due") {
  World world;
  CHECK(refused_as(world.reinstate(), V::no_such_waiver, "/body/line"));
  REQUIRE(accepted(world.receive(120'000)));
  REQUIRE(accepted(world.certify()));
  REQUIRE(accepted(world.reinstate()));
  CHECK(world.waived() == 0);
  CHECK(world.owed() == 0);
  CHECK(world.due() == 180'000);
  CHECK(world.record().status == FeeStatus::part_paid);
  CHECK(world.identity_holds());
  CHECK(refused_as(world.reinstate(), V::waiver_reinstated, "/body/line"));
}

TEST_CASE("a reinstatement leaves an instructed refund alone and takes no more than the waiver's paid part") {
  World instructed;
  REQUIRE(accepted(instructed.receive(120'000)));
  REQUIRE(accepted(instructed.certify()));
  REQUIRE(accepted(instructed.refund("instruct", {{"amount_fen", 100'000}})));
  REQUIRE(accepted(instructed.reinstate()));
  CHECK(instructed.owed() == 100'000);
  CHECK(instructed.due() == 280'000);
  CHECK(instructed.identity_holds());
  World overpaid;
  REQUIRE(accepted(overpaid.receive(310'000)));
  REQUIRE(accepted(overpaid.certify()));
  CHECK(overpaid.owed() == 310'000);
  REQUIRE(accepted(overpaid.reinstate()));
  CHECK(overpaid.owed() == 10'000);
  CHECK(overpaid.due() == 0);
  CHECK(overpaid.identity_holds());
}

TEST_CASE("any history of receipts, waivers, refunds, cancellations and reinstatements keeps the books") {
  const std::uint32_t seed = 20260302;
  MESSAGE("seed " << seed);
  std::mt19937 random(seed);
  const auto up_to = [&](std::int64_t most) { return static_cast<std::int64_t>(random() % (most + 1)); };
  int taken = 0;
  for (int history = 0; history < 150; ++history) {
    World world(waiver_policy(1 + up_to(999'999)));
    std::int64_t refunded = 0;
    for (int step = 0; step < 30; ++step) {
      const std::int64_t pending = world.owed_account().pending_debits;
      const std::array acts{
          +[](World& w, std::int64_t fen) { return w.receive(1 + fen); },
          +[](World& w, std::int64_t fen) { return w.waive(1 + fen); },
          +[](World& w, std::int64_t) { return w.certify(); },
          +[](World& w, std::int64_t fen) { return w.refund("instruct", {{"amount_fen", 1 + fen / 2}}); },
          +[](World& w, std::int64_t) { return w.refund("confirm"); },
          +[](World& w, std::int64_t) { return w.refund("bounce"); },
          +[](World& w, std::int64_t fen) { return fen % 8 == 0 ? w.cancel() : w.receive(1 + fen); },
          +[](World& w, std::int64_t fen) { return w.reinstate(fen % 2 == 0 ? "first" : "hardship"); },
      };
      const std::size_t act = random() % acts.size();
      if (!acts[act](world, up_to(200'000))) continue;
      ++taken;
      if (act == 4) refunded += pending;
      const Fee fee = world.record();
      const FeeBalances now = fee_balances(world.bench.view(), fee);
      REQUIRE(world.identity_holds());
      REQUIRE(now.refunded.value() == refunded);
      REQUIRE(now.open >= Fen(0));
      REQUIRE(now.kept >= Fen(0));
      REQUIRE(now.owed >= now.refund_pending);
      REQUIRE(fee.waived_fen.value() == world.waived("first") + world.waived("hardship"));
      REQUIRE((fee.status == FeeStatus::due || fee.status == FeeStatus::part_paid) == (now.open > Fen(0)));
    }
  }
  CHECK(taken > 1'000);
}

TEST_CASE("a fee by decision names a known cause and is unique with those that arise by themselves") {
  World world;
  Trade trade;
  trade.no = RegNo("JY32050020260000001F");
  world.bench.put(trade);
  const auto assess = [&](const char* line, const char* cause = "JY32050020260000001F", const char* payer = kBuyer,
                          AreaBench::By by = kByPlatform) {
    return world.bench.act("fee.assess",
                           {{"payer", payer},
                            {"cause_kind", "trade"},
                            {"cause", cause},
                            {"line", line},
                            {"amount_fen", 500},
                            {"reason", "copies"}},
                           {by});
  };
  REQUIRE(accepted(assess("copies")));
  const Fee fee = world.bench.object<Fee>(world.bench.subject());
  CHECK(fee.kind == FeeKind::other);
  CHECK(fee.no.text.starts_with("FY3201002026"));
  CHECK(world.fee("income/other") == 500);
  CHECK(refused_as(assess("copies"), V::assessed_already, "/body/line"));
  CHECK(refused_as(assess("a b"), V::line_name, "/body/line"));
  CHECK(refused_as(assess("x", "JY32050020260000002D"), General::object_unknown, "/body/cause"));
  CHECK(refused_as(assess("x", "JY32050020260000001F", "91320000MA0000000X"), General::object_unknown, "/body/payer"));
  CHECK(refused_as(assess("x", "JY32050020260000001F", kPlatform), V::own_fee, "/body/payer"));
}

// --- service fees
ServiceFee once_line(const char* line, Side side, std::int64_t fen) {
  return {line, side, FeeMode::once, Fen(fen), std::nullopt, Rounding::down, OnRefund::keep};
}
ServiceFee rate_line(const char* line, Side side, std::int64_t ppm, OnRefund on_refund,
                     Rounding rounding = Rounding::half_even) {
  return {line, side, FeeMode::rate, std::nullopt, ppm, rounding, on_refund};
}

struct ServiceWorld {
  AreaBench bench{&fee_area()};
  ServiceFeeParties parties{OrgId(kSeller), OrgId(kBuyer), "320500", "320100"};
  std::optional<ServiceTerms> terms;

  explicit ServiceWorld(std::vector<ServiceFee> lines) {
    put_parties(bench);
    enact(bench, fee_policy(Fen(0), std::move(lines)));
    bench.day("2026-04-10");
    terms = agree("JY-1");
  }
  std::optional<ServiceTerms> agree(const char* trade) {
    auto result = bench.run([&](EntryTx& tx) { return assess_service_fees_on_agree(tx, trade, parties); });
    REQUIRE(result.has_value());
    return *result;
  }
  void settle(const char* settlement, std::int64_t fen) {
    REQUIRE(accepted(bench.run(
        [&](EntryTx& tx) { return assess_service_fees_on_settle(tx, terms.value(), parties, settlement, Fen(fen)); })));
  }
  void refund_to(const char* settlement, std::int64_t net) {
    REQUIRE(accepted(
        bench.run([&](EntryTx& tx) { return lower_service_fees_on_refund(tx, terms.value(), settlement, Fen(net)); })));
  }
  std::int64_t income() const { return bench.balance("fee/" + std::string(kPlatform) + "/income/service"); }
};

TEST_CASE("a once fee is charged at a payer's first agreement and never again") {
  ServiceWorld world({once_line("entry", Side::buyer, 998'000)});
  CHECK(world.income() == 998'000);
  CHECK_FALSE(world.terms.has_value());
  world.agree("JY-2");
  CHECK(world.income() == 998'000);
  world.parties.buyer = OrgId(kOther);
  world.agree("JY-3");
  CHECK(world.income() == 2 * 998'000);
}

TEST_CASE("rates are frozen at the agreement, each settlement rounded on its own") {
  ServiceWorld world({rate_line("deal", Side::seller, 25'000, OnRefund::proportional)});
  auto later = fee_policy(Fen(0), {rate_line("deal", Side::seller, 900'000, OnRefund::keep)}, "2026-04-11");
  later.version = 2;
  enact(world.bench, later);
  world.bench.day("2026-05-20");
  world.settle("JY-1-000001", 20);  // 0.5 → 0, no fee
  CHECK(world.income() == 0);
  CHECK(world.bench.effects().empty());
  world.settle("JY-1-000002", 60);  // 1.5 → 2
  CHECK(world.income() == 2);
  const auto working = world.bench.effects_of<WorkingEffect>();
  REQUIRE(working.size() == 1);
  CHECK(working[0].rule == "FEE-A@1");
  CHECK(working[0].steps.at(0).base_fen == Fen(60));
  CHECK(world.bench.object<Fee>("FY32050020260000001Z").cause == "JY-1-000002");
}

TEST_CASE("a refund lowers a proportional fee to that of the new net, open part first, and leaves a kept one") {
  ServiceWorld world({rate_line("deal", Side::seller, 25'000, OnRefund::proportional, Rounding::down),
                      rate_line("desk", Side::buyer, 10'000, OnRefund::keep)});
  world.settle("JY-1-000001", 33'333'333);
  const std::string deal = "FY32050020260000001Z";
  const std::string desk = world.bench.effects_of<NumberEffect>().at(1).no.text;
  CHECK(desk.starts_with("FY320100"));
  CHECK(world.bench.object<Fee>(deal).assessed_fen == Fen(833'333));
  REQUIRE(accepted(world.bench.act("fee.receive", {{"fee", deal}, {"amount_fen", 800'000}, {"bank_date", "2026-04-10"}},
                                   {kByPayee})));
  world.refund_to("JY-1-000001", 30'000'001);  // 750,000.025
  const Json shown = world.bench.shown("fee", deal);
  CHECK(shown["cancelled_fen"] == 83'333);
  CHECK(shown["open_fen"] == 0);
  CHECK(shown["owed_fen"] == 50'000);
  CHECK(world.bench.object<Fee>(desk).cancelled_fen == Fen(0));
  world.refund_to("JY-1-000001", 0);
  CHECK(world.bench.shown("fee", deal)["owed_fen"] == 800'000);
  CHECK(world.income() == 333'333);
}

TEST_CASE("a fee on an amount near 2^53 is exact, and books that would leave the range refuse") {
  ServiceWorld world({rate_line("deal", Side::seller, 1'000'000, OnRefund::proportional)});
  world.settle("JY-1-000001", kMaxSafeInteger);
  CHECK(world.income() == kMaxSafeInteger);
  world.refund_to("JY-1-000001", 1);
  CHECK(world.income() == 1);
  const auto verdict = world.bench.run([&](EntryTx& tx) {
    return assess_service_fees_on_settle(tx, *world.terms, world.parties, "JY-1-000002", Fen(kMaxSafeInteger));
  });
  CHECK(number_of(verdict) == static_cast<std::uint16_t>(General::amount_overflow));
}

TEST_CASE("every verdict of the fee area has a row in both languages") {
  for (std::uint16_t n = 501; n <= static_cast<std::uint16_t>(V::refund_amount_differs); ++n) {
    const auto& rows = fee_area().verdicts;
    const auto found = std::find_if(rows.begin(), rows.end(), [n](const VerdictRow& one) { return one.number == n; });
    REQUIRE(found != rows.end());
    CHECK_FALSE(found->en.empty());
    CHECK_FALSE(found->zh.empty());
  }
}

}  // namespace
}  // namespace dengji::contracts
