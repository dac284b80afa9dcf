#include "tests/support/money_play.hpp"

#include <algorithm>

#include "contracts/subsidy/unit_entitlement.hpp"
#include "contracts/trade/trade_disputes.hpp"
#include "contracts/trade/trade_performance.hpp"
#include "crypto/base64.hpp"
#include "tests/support/sample_policies.hpp"

namespace dengji::test {
namespace {

using contracts::Claim;

}  // namespace

MoneyPlay::MoneyPlay(std::uint64_t seed) : random_(seed) {
  for (const std::string& leaf : ledger_.leaves()) {
    const Json json = Json::parse(leaf);
    postings_.add(json.at("seq"), json.at("effects"));
    sent_.push_back({json.at("entry").dump(), LedgerTime{json.at("time").get<std::int64_t>()}});
  }
  enact_lines();
  for (const std::string& org : {Cast::seller, Cast::second_seller, Cast::outsider}) register_dataset(org);
}

void MoneyPlay::enact_lines() {
  const auto enact = [&](const std::string& kind, const std::string& code, const Json& form) {
    submit("policy.enact", {{"bureau", Cast::bureau}, {"finance", Cast::finance}},
           {{"kind", kind},
            {"code", code},
            {"title", code},
            {"jurisdiction", "320000"},
            {"effective_from", "2026-01-02"},
            {kind, form}});
  };
  enact("time_limits", "LIMITS",
        {{"apply_within_working_days", 20},
         {"review_working_days", 10},
         {"notice_working_days", 0},
         {"valid_months", 36},
         {"renew_window_days", 60}});
  enact("fee_schedule", "FEES", sample_fee_schedule());
  enact("waiver", "WAIVER", sample_waiver(700'000, 30, "up"));
  for (const auto& [code, change] : sample_lines()) {
    Json line = subsidy_line();
    line.update(change);
    enact("subsidy_line", code, line);
    lines_.push_back(code);
  }
}

void MoneyPlay::register_dataset(const std::string& holder) {
  const Submitted applied =
      submit("dataset.apply", {{"applicant", holder}}, application("set " + std::to_string(++datasets_)));
  if (!applied.accepted()) return;
  submit("dataset.review", kByRegistrar, {{"dataset", applied.entry_id}, {"outcome", "accept"}});
  ledger_.at(format_time(LedgerTime{ledger_.time().ms + 24 * 3'600'000}));
  submit("dataset.register", kByRegistrar, {{"dataset", applied.entry_id}});
  submit("certificate.issue", kByPlatform, {{"dataset", applied.entry_id}, {"scope", "all"}, {"grade", "good"}});
}

Submitted MoneyPlay::submit(const std::string& type, const std::vector<By>& by, const Json& body) {
  Submitted done = ledger_.submit(type, by, body);
  if (done.accepted()) {
    ++accepted_;
    postings_.add(ledger_.leaves().size() - 1, done.effects());
    sent_.push_back({done.bytes, ledger_.time()});
  } else {
    ++refused_;
  }
  ++outcomes_[type + (done.accepted() ? " ok" : " " + std::to_string(done.verdict()))];
  return done;
}

// --- making things up
std::string MoneyPlay::pick_id(const std::string& kind) {
  const std::string prefix = state::object_prefix(kind);
  std::vector<std::string> ids;
  ledger_.view().scan(prefix, prefix, [&](std::string_view key, std::string_view) {
    ids.emplace_back(key.substr(prefix.size()));
    return true;
  });
  return ids.empty() ? "none" : pick(ids);
}

// Around a number, often exactly it, sometimes a fen more.
std::int64_t MoneyPlay::amount(std::int64_t around) {
  switch (below(5)) {
    case 0:
      return std::max<std::int64_t>(1, around);
    case 1:
      return around + 1;
    case 2:
      return std::max<std::int64_t>(1, around / 2);
    default:
      return 1 + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(std::max<std::int64_t>(1, around))));
  }
}

Json MoneyPlay::voucher(std::int64_t fen) {
  if (vouchers_.empty() || !one_in(20)) vouchers_.push_back("voucher " + std::to_string(vouchers_.size()));
  return {{"hash", b64_of(vouchers_.back())}, {"line", 1}, {"total_fen", fen}};
}

std::string MoneyPlay::bank_day() {
  return format_date(add_days(ledger_.today(), one_in(3) ? -static_cast<int>(below(40)) : 0));
}

// --- acts
void MoneyPlay::step() {
  switch (below(16)) {
    case 0:
    case 1:
      return pass_time();
    case 2:
    case 3:
    case 4:
    case 5:
      return trade_act();
    case 6:
    case 7:
      return fee_act();
    case 8:
      return pool_act();
    case 9:
      return one_in(4) ? certificate_act() : trade_act();
    case 10:
    case 11:
    case 12:
      return claim_act();
    default:
      return subsidy_act();
  }
}

void MoneyPlay::pass_time() {
  const auto hours = static_cast<std::int64_t>(below(one_in(3) ? 24 * 40 : 60));
  ledger_.at(format_time(LedgerTime{ledger_.time().ms + hours * 3'600'000}));
}

void MoneyPlay::trade_act() {
  switch (below(12)) {
    case 0:
    case 1: {
      const std::string no = pick_id("certificate");
      const auto certificate = state::find_object<contracts::Certificate>(ledger_.view(), no);
      if (!certificate) return;
      const std::int64_t ceiling = amount(3'000'000);
      submit("trade.agree", {{"seller", certificate->holder.text}, {"buyer", pick(Cast::traders())}},
             {{"certificate", no},
              {"subject", "dataset"},
              {"mode", "catalogue"},
              {"purpose", "use"},
              {"contract_hash", b64_of("contract")},
              {"price", {{"model", "one_off"}}},
              {"amount_fen", ceiling},
              {"tax_fen", ceiling / 17},
              {"delivery", "api"}});
      return;
    }
    case 2:
    case 3:
    case 4: {
      const std::string no = pick_id("trade");
      const std::int64_t fen = amount(no == "none" ? 1 : ledger_.balance("trade/" + no + "/headroom") / 2);
      submit("trade.settle", kByPlatform,
             {{"trade", no}, {"amount_fen", fen}, {"voucher", voucher(fen)}, {"bank_date", bank_day()}});
      return;
    }
    case 5:
    case 6: {
      const std::string id = pick_id("settlement");
      if (id == "none") return;
      const std::int64_t fen = amount(ledger_.object<contracts::Settlement>(id).net().value());
      submit("trade.refund", kByPlatform,
             {{"settlement", id}, {"amount_fen", fen}, {"voucher", voucher(fen)}, {"bank_date", bank_day()}});
      return;
    }
    case 7: {
      const std::string id = pick_id("settlement");
      if (id == "none") return;
      submit("money.reverse", kByPlatform, {{"settlement", id}, {"reason", "recorded twice"}});
      return;
    }
    case 8:
      return judge_trade();
    case 9:
    case 10:
      return perform_trade();
    default: {
      const std::string no = pick_id("trade");
      if (no == "none") return;
      const auto trade = ledger_.object<contracts::Trade>(no);
      const std::vector<By> both{{"seller", trade.seller.text}, {"buyer", trade.buyer.text}};
      static const std::vector<std::string> kEnds{"trade.close", "trade.terminate", "trade.void"};
      submit(pick(kEnds), both, {{"trade", no}, {"reason", "done"}});
    }
  }
}

// Flags, clears, disputes and resolves, whichever may fit.
void MoneyPlay::judge_trade() {
  const std::string no = pick_id("trade");
  if (no == "none") return;
  const auto trade = ledger_.object<contracts::Trade>(no);
  const std::vector<By> judge{one_in(3) ? By{"bureau", Cast::bureau} : By{"platform", Cast::platform}};
  if (trade.open_disputes > 0) {
    submit(
        "trade.resolve", judge,
        {{"dispute", contracts::Dispute::id(trade.no, trade.disputes)}, {"outcome", "settled"}, {"reason", "agreed"}});
    return;
  }
  if (one_in(4)) {
    submit("trade.dispute", {{"buyer", trade.buyer.text}},
           {{"trade", no}, {"ground", "quality"}, {"statement", "labels are wrong"}});
    return;
  }
  if (trade.flag) {
    submit("trade.clear", judge, {{"trade", no}, {"reason", "explained"}});
    return;
  }
  submit("trade.flag", judge, {{"trade", no}, {"reason", "circular"}, {"evidence", {trade.agreed_seq}}});
}

// Accepts what was delivered last, delivers, or amends the ceiling.
void MoneyPlay::perform_trade() {
  const std::string no = pick_id("trade");
  if (no == "none") return;
  const auto trade = ledger_.object<contracts::Trade>(no);
  const By seller{"seller", trade.seller.text};
  const By buyer{"buyer", trade.buyer.text};
  if (trade.performance.open > 0) {
    submit("trade.accept", {buyer},
           {{"delivery", contracts::DeliveryNote::id(trade.no, trade.performance.deliveries)}, {"outcome", "whole"}});
    return;
  }
  if (one_in(3)) {
    submit("trade.amend", {seller, buyer, {"platform", Cast::platform}},
           {{"trade", no},
            {"contract_hash", b64_of("supplement")},
            {"amount_fen", amount(trade.terms.amount_fen.value())},
            {"tax_fen", 0},
            {"reason", "agreed anew"}});
    return;
  }
  submit("trade.deliver", {seller}, {{"trade", no}, {"what", "all of it"}, {"hash", b64_of("delivered")}});
}

void MoneyPlay::fee_act() {
  const std::string no = pick_id("fee");
  if (no == "none") return;
  const auto fee = ledger_.object<contracts::Fee>(no);
  const contracts::FeeBalances now = contracts::fee_balances(ledger_.view(), fee);
  switch (below(8)) {
    case 0:
    case 1:
    case 2: {
      const std::int64_t fen = amount(now.open.value());
      submit("fee.receive", kByPlatform,
             {{"fee", no}, {"amount_fen", fen}, {"voucher", voucher(fen)}, {"bank_date", bank_day()}});
      return;
    }
    case 3:
      submit("fee.refund", kByPlatform, {{"fee", no}, {"step", "instruct"}});
      return;
    case 4:
      submit("fee.refund", kByPlatform, {{"fee", no}, {"step", one_in(3) ? "bounce" : "confirm"}});
      return;
    case 5:
      submit("fee.cancel", kByPlatform, {{"fee", no}, {"reason", "so decided"}});
      return;
    case 6:
      submit("fee.waive", kByPlatform,
             {{"fee", no},
              {"line", "w" + std::to_string(below(3))},
              {"amount_fen", amount(now.open.value() + now.kept.value())},
              {"borne_by", Cast::platform},
              {"reason", "so decided"}});
      return;
    default:
      submit("fee.reinstate", kByPlatform,
             {{"fee", no}, {"line", fee.waivers.empty() ? "w0" : pick(fee.waivers).line}, {"reason", "so decided"}});
  }
}

void MoneyPlay::pool_act() {
  const int year = civil(ledger_.today()).year;
  const int other = year + static_cast<int>(below(3)) - 1;
  const std::int64_t free = ledger_.balance(contracts::pool_account("POOL-A", other, "available"));
  if (one_in(16)) {
    submit("pool.open", kByFinance,
           {{"pool", "POOL-A"},
            {"year", year},
            {"title", "Data trade"},
            {"contributors", Json::array({Json{{"org", Cast::platform}}})}});
    return;
  }
  switch (below(8)) {
    case 0:
    case 1:
    case 2:
    case 3: {
      // Drawn first, here and below: compilers differ in the order of arguments.
      const std::int64_t fen = amount(400'000);
      const std::vector<By>& by = one_in(4) ? kByPlatform : kByFinance;
      submit("pool.allocate", by, {{"pool", "POOL-A"}, {"year", year}, {"amount_fen", fen}});
      return;
    }
    case 4: {
      const std::int64_t fen = amount(free);
      const std::vector<By>& by = one_in(4) ? kByPlatform : kByFinance;
      submit("pool.adjust", by, {{"pool", "POOL-A"}, {"year", other}, {"cut_fen", fen}, {"reason", "budget"}});
      return;
    }
    case 5:
    case 6:
      submit("pool.carry", kByFinance, {{"pool", "POOL-A"}, {"year", other}});
      return;
    default:
      // Mostly of a year that has ended: an early close leaves little to play with.
      submit("pool.close", kByFinance,
             {{"pool", "POOL-A"}, {"year", one_in(12) ? year : year - 1}, {"surrender", one_in(4)}});
  }
}

void MoneyPlay::claim_act() {
  Json body{{"line", one_in(5) ? "SUB-ROUND" : pick(lines_)}};
  const std::string line = body.at("line");
  if (line == "SUB-SPLIT") body["side"] = one_in(2) ? "seller" : "buyer";
  if (line == "SUB-SET") body["dataset"] = pick_id("dataset");
  if (one_in(6)) body["year"] = civil(ledger_.today()).year - 1;
  submit("subsidy.claim", {{"claimant", pick(Cast::traders())}}, body);
}

void MoneyPlay::subsidy_act() {
  if (one_in(20)) {
    submit("window.close", kByFinance, {{"line", one_in(5) ? pick(lines_) : "SUB-ROUND"}});
    return;
  }
  const std::string no = pick_id("subsidy");
  if (no == "none") return;
  const auto claim = ledger_.object<Claim>(no);
  const std::int64_t granted = claim.amount_fen.value();
  const Json named{{"subsidy", no}};
  const auto with = [&](const Json& more) {
    Json body = named;
    body.update(more);
    return body;
  };
  const Json decided = with({{"reason", "so decided"}});
  const Json decided_amount = with({{"amount_fen", amount(granted / 4)}, {"reason", "so decided"}});
  // Mostly what the claim's state asks for next, else anything.
  const std::uint64_t act = one_in(3) ? below(13) : fitting_act(claim.status);
  switch (act) {
    case 0: {
      const bool reviewed = submit("subsidy.review", kByPlatform, named).accepted();
      // A notice is short beside the steps of time: most objections must come at once to be in time.
      if (reviewed && claim.notice_days > 0 && one_in(2)) {
        submit("subsidy.object", {{"objector", pick(Cast::traders())}}, decided);
      }
      return;
    }
    case 1:
      submit("subsidy.approve", kByBureau, one_in(3) ? with({{"amount_fen", amount(granted)}}) : named);
      return;
    case 2:
      submit("subsidy.pay", kByFinance, with({{"step", "instruct"}}));
      return;
    case 3:
      submit("subsidy.pay", kByFinance, with({{"step", "confirm"}}));
      return;
    case 4:
      submit("subsidy.pay", kByFinance, with({{"step", "bounce"}}));
      return;
    case 5:
      submit("subsidy.recover", kByFinance, one_in(2) ? named : with({{"offset", pick_id("subsidy")}}));
      return;
    case 6:
      submit("subsidy.reject", kByBureau, decided);
      return;
    case 7:
      submit("subsidy.lapse", kByPlatform, decided);
      return;
    case 8:
      submit("subsidy.withdraw", {{"claimant", claim.claimant.text}}, decided);
      return;
    case 9:
      submit("subsidy.write_off", kByFinance, decided_amount);
      return;
    case 10:
      submit("subsidy.clawback", kByBureau, decided_amount);
      return;
    case 11:
      submit("subsidy.object", {{"objector", pick(Cast::traders())}}, decided);
      return;
    default: {
      const bool any = !claim.objections.empty();
      const std::string objector = any ? pick(claim.objections).by.text : Cast::platform;
      submit("subsidy.rule", kByBureau,
             with({{"objector", objector}, {"upheld", one_in(3)}, {"reason", "so decided"}}));
    }
  }
}

// The number of an act in subsidy_act.
std::uint64_t MoneyPlay::fitting_act(contracts::ClaimStatus status) {
  using contracts::ClaimStatus;
  switch (status) {
    case ClaimStatus::claimed:
      return one_in(8) ? 6 + below(3) : 0;
    case ClaimStatus::reviewed:
      return one_in(8) ? 6 + below(3) : one_in(4) ? 11 : 1;
    case ClaimStatus::objected:
      return one_in(8) ? 6 + below(3) : one_in(8) ? 11 : 12;
    case ClaimStatus::approved:
      return 2;
    case ClaimStatus::instructed:
      return one_in(3) ? 4 : 3;
    case ClaimStatus::paid:
      return one_in(4) ? 10 : 4;
    case ClaimStatus::clawback_due:
      return one_in(3) ? 9 : 5;
    default:
      return below(13);
  }
}

void MoneyPlay::certificate_act() {
  if (one_in(4)) return register_dataset(pick(Cast::traders()));
  const Json body{{"certificate", pick_id("certificate")}, {"reason", "so decided"}};
  const char* type = one_in(6) ? "certificate.revoke" : one_in(2) ? "certificate.suspend" : "certificate.resume";
  submit(type, kByPlatform, body);
}

// --- what must hold
std::vector<std::string> MoneyPlay::faults() const {
  std::vector<std::string> faults = contracts::check_invariants(ledger_.view(), ledger_.today());
  const auto add = [&](std::vector<std::string> more) { faults.insert(faults.end(), more.begin(), more.end()); };
  add(postings_.faults());
  add(postings_.compare(ledger_.view()));
  // Nobody keeps more than all that is known now entitles to. Exclusive lines are left out: a claim under one of them
  // takes settlements that shielded another, which is made up for when that one is next computed anew.
  for (const std::string& payee : Cast::traders()) {
    const auto claims = contracts::claims_of(ledger_.view(), OrgId(payee));
    for (const Claim& claim : claims) {
      if (!claim.live()) continue;
      const auto policy = contracts::policy_by_rule(ledger_.view(), claim.rule);
      if (policy->subsidy_line->stacking == contracts::Stacking::exclusive) continue;
      const contracts::EarnUnit unit = contracts::unit_of(claim);
      const Fen entitled = contracts::unit_entitlement(ledger_.view(), *policy, unit, claims).fen;
      const Fen granted = contracts::granted_to(unit, claims).live;
      if (granted > entitled) {
        faults.push_back(claim.no.text + ": granted " + std::to_string(granted.value()) + ", entitled to " +
                         std::to_string(entitled.value()));
      }
    }
  }
  return faults;
}

}  // namespace dengji::test
