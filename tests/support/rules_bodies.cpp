// Bodies of the types that a schema alone hardly ever gets right, and how a history begins. Part of RulesPlayer.
#include "contracts/filing/filing_periods.hpp"
#include "contracts/filing/filings.hpp"
#include "contracts/registration/registration.hpp"
#include "contracts/subsidy/subsidies.hpp"
#include "contracts/trade/trade_disputes.hpp"
#include "contracts/trade/trade_performance.hpp"
#include "crypto/base64.hpp"
#include "ledger/state/json_fields.hpp"
#include "tests/support/rules_player.hpp"
#include "tests/support/sample_policies.hpp"

namespace dengji::test {
namespace {

const std::vector<By> kByMoney{{"bureau", Cast::bureau}, {"finance", Cast::finance}};

std::string new_org(int number) {
  static const std::string digits = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  std::string code = "MA1NEW";
  code.push_back(digits[static_cast<std::size_t>(number / 31 % 31)]);
  code.push_back(digits[static_cast<std::size_t>(number % 31)]);
  return make_uscc("91320300", code);
}

Json policy(const char* kind, const std::string& code, const std::string& from, const Json& form) {
  return {{"kind", kind},           {"code", code}, {"title", code}, {"jurisdiction", "320000"},
          {"effective_from", from}, {kind, form}};
}

Json time_limits() {
  return {{"apply_within_working_days", 20},
          {"review_working_days", 10},
          {"notice_working_days", 0},
          {"valid_months", 36},
          {"renew_window_days", 60}};
}

std::string starts_with_type(const std::string& type) {
  return type.substr(0, type.find('.'));
}

}  // namespace

std::vector<Step> RulesPlayer::opening() {
  std::vector<Step> steps;
  const auto add = [&](std::int64_t hours, const std::string& type, const std::vector<By>& by, const Json& body) {
    steps.push_back({hours, type, by, body, {}});
  };
  add(0, "role.grant", {{"governor", Cast::bureau}}, {{"org", Cast::bureau}, {"role", "cyberspace"}});
  add(0, "policy.enact", kByMoney, policy("time_limits", "LIMITS", "2026-01-02", time_limits()));
  add(0, "policy.enact", kByMoney, policy("fee_schedule", "FEES", "2026-01-02", sample_fee_schedule()));
  add(0, "policy.enact", kByMoney, policy("waiver", "WAIVER", "2026-01-02", sample_waiver(700'000, 30, "up")));
  for (const auto& [code, change] : sample_lines()) {
    Json line = subsidy_line();
    line.update(change);
    add(0, "policy.enact", kByMoney, policy("subsidy_line", code, "2026-01-02", line));
  }
  add(0, "pool.allocate", kByFinance, {{"pool", "POOL-A"}, {"year", 2026}, {"amount_fen", 2'000'000}});
  return steps;
}

void RulesPlayer::improve(const std::string& type, Json& body) {
  const std::string area = starts_with_type(type);
  if (area == "dataset" || area == "certificate" || area == "export" || area == "offer") {
    improve_registration(type, body);
  } else if (area == "trade" || area == "demand" || area == "complaint") {
    improve_trade(type, body);
  } else if (area == "filing") {
    improve_filing(type, body);
  } else if (area == "fee" || area == "pool" || area == "subsidy" || area == "window") {
    improve_money(type, body);
  } else {
    improve_governance(type, body);
  }
}

void RulesPlayer::improve_registration(const std::string& type, Json& body) {
  const auto made_application = [&] {
    Json form = application("set " + std::to_string(one_in(6) ? below(static_cast<std::uint64_t>(made_) + 1)
                                                              : static_cast<std::uint64_t>(++made_) + 1'000));
    if (one_in(6)) form["parents"] = Json::array({some_id("dataset")});
    if (one_in(8)) form["grade"] = one_in(3) ? "core" : "important";
    if (one_in(8)) form["approval_ref"] = "P-1";
    if (one_in(12)) form["source"]["agreement_until"] = day(200 + static_cast<int>(below(600)));
    return form;
  };
  const auto dataset = state::find_object<contracts::Dataset>(
      world_.ledger().view(), state::resolve_alias(world_.ledger().view(), "dataset", focus_.id));
  if (type == "dataset.apply") body = made_application();
  if (type == "dataset.recognise") {
    body["application"] = made_application();
    body["recognition"] = {{"province", "330000"}, {"foreign_no", "ZJ-" + std::to_string(++made_)},
                           {"authority", "浙江"},  {"registered_on", "2025-06-01"},
                           {"valid_to", day(500)}, {"evidence", some_hash()}};
  }
  if (body.contains("application") && body["application"].is_object() && dataset && !one_in(6)) {
    // What must not change stays; the title does.
    body["application"] = state::to_json(dataset->application);
    if (type == "dataset.amend") body["application"]["title"] = "新名 " + std::to_string(++made_);
  }
  if (type == "dataset.correct") {
    body = {{"dataset", focus_.id}, {"reason", "笔误"}, {"title", "更正 " + std::to_string(++made_)}};
  }
  if (type == "dataset.release" && dataset) {
    const std::string name = "release " + std::to_string(++made_);
    body["manifest"] = application(name).at("manifest");
    body["parent_root"] = crypto::to_b64(dataset->application.manifest.root);
    body["version"] = std::to_string(made_);
  }
  if (type == "dataset.review") {
    body["outcome"] = one_in(6) ? "refuse" : one_in(6) ? "more" : "accept";
    body["reason"] = "审查意见";
  }
  if (type == "dataset.license") {
    body["licence"] = {{"name", "L"},
                       {"commercial", one_in(2)},
                       {"derivatives", one_in(2)},
                       {"redistribution", one_in(2)},
                       {"until", day(30 + static_cast<int>(below(300)))}};
    body["from"] = day(0);
  }
  if (type == "dataset.freeze") body["until"] = day(5 + static_cast<int>(below(60)));
  if (type == "dataset.rule") body["outcome"] = one_in(3) ? "upheld" : "dismissed";
  if (type == "certificate.issue" && !one_in(4)) {
    body.erase("valid_from");
    body.erase("valid_to");
  }
  if (type == "export.declare") {
    body["important_data"] = dataset && dataset->application.grade == contracts::Grade::important;
    body["sensitive_people"] =
        std::min(body["sensitive_people"].get<std::int64_t>(), body["people"].get<std::int64_t>());
    if (body["route"] != "none") body["route_ref"] = "R-1";
    body.erase("authority");
    body.erase("trade");
  }
  if (type == "export.decide") body["accept"] = !one_in(3);
  if (type == "offer.publish") body.erase("valid_from");
}

void RulesPlayer::improve_trade(const std::string& type, Json& body) {
  const auto& view = world_.ledger().view();
  const auto trade = state::find_object<contracts::Trade>(view, focus_.id);
  if (type == "trade.agree") {
    const std::int64_t ceiling = amount(3'000'000);
    body = {{"certificate", focus_.id}, {"subject", "dataset"},         {"mode", one_in(2) ? "catalogue" : "custom"},
            {"purpose", "训练"},        {"contract_hash", some_hash()}, {"price", {{"model", "one_off"}}},
            {"amount_fen", ceiling},    {"tax_fen", ceiling / 17},      {"delivery", "api"}};
    if (one_in(3)) body["price"] = {{"model", "per_call"}, {"unit_fen", 100}};
    if (one_in(6)) body["shares"] = Json::array({Json{{"org", trader()}, {"ppm", 100'000}}});
    if (one_in(6)) body["offer"] = some_id("offer");
    if (one_in(6)) body["demand"] = some_id("demand");
  }
  if (type == "trade.amend" && trade) {
    body = {{"trade", focus_.id},
            {"contract_hash", some_hash()},
            {"amount_fen", amount(trade->terms.amount_fen.value())},
            {"tax_fen", 0},
            {"reason", "补充协议"}};
  }
  if (type == "trade.deliver") body = {{"trade", focus_.id}, {"what", "全部"}, {"hash", some_hash()}};
  if (type == "trade.accept") {
    body = {{"delivery", focus_.id}, {"outcome", one_in(6) ? "refused" : "whole"}};
    if (body["outcome"] == "refused") body["reason"] = "不符";
  }
  if (type == "trade.usage" && trade) {
    const auto& until = trade->performance.used_until;
    body = {{"trade", focus_.id},
            {"from", format_date(until ? add_days(*until, 1) : trade->agreed_on())},
            {"to", day(0)},
            {"calls", below(1'000)}};
  }
  if (type == "trade.flag" && trade) {
    body = {{"trade", focus_.id}, {"reason", "circular"}, {"evidence", Json::array({trade->agreed_seq})}};
  }
  if (type == "complaint.file") {
    const bool of_trade = one_in(2);
    body["about"] = of_trade ? "trade" : "dataset";
    body["id"] = some_id(of_trade ? "trade" : "dataset");
  }
  if (type == "demand.close") body.erase("trade");
}

void RulesPlayer::improve_filing(const std::string& type, Json& body) {
  const auto filing = state::find_object<contracts::Filing>(world_.ledger().view(), focus_.id);
  if (type == "filing.declare") {
    const std::string seller = trader();
    const bool by_seller = one_in(2);
    std::string buyer = trader();
    for (int tries = 0; buyer == seller && tries < 4; ++tries) buyer = trader();
    const std::string hash = some_hash();
    body = {{"side", by_seller ? "seller" : "buyer"},
            {"seller", seller},
            {"buyer", buyer},
            {"contract_hash", hash},
            {"order_no", "O-1"},
            {"term", one_in(2) ? "periodic" : "one_off"},
            {"product", "车流"},
            {"product_kind", "dataset"},
            {"manifest_root", b64_of("filed root")},
            {"pricing", "fixed"},
            {"use", "规划"},
            {"starts_on", "2026-01-01"},
            {"ends_on", "2027-12-31"},
            {"amount_fen", 8'000'000}};
  }
  if ((type == "filing.confirm" || type == "filing.amend") && filing) {
    Json deal = state::to_json(filing->deal);
    deal["filing"] = focus_.id;
    if (type == "filing.amend") deal["reason"] = "更正";
    if (one_in(3)) deal["amount_fen"] = amount(filing->deal.amount_fen.value());
    body = deal;
  }
  if (type == "filing.period" && filing) {
    const int year = civil(world_.ledger().today()).year;
    const int month = 1 + static_cast<int>(below(static_cast<std::uint64_t>(civil(world_.ledger().today()).month)));
    const Date from = *make_date(year, month, 1);
    body = {{"filing", focus_.id},
            {"from", format_date(from)},
            {"to", format_date(std::min(add_days(add_months(from, 1), -1), world_.ledger().today()))},
            {"amount_fen", 100 * (1 + below(3))}};
  }
}

void RulesPlayer::improve_money(const std::string& type, Json& body) {
  const int year = civil(world_.ledger().today()).year;
  if (type == "subsidy.claim") {
    static const std::vector<std::string> lines = [] {
      std::vector<std::string> codes;
      for (const auto& [code, change] : sample_lines()) codes.push_back(code);
      return codes;
    }();
    const std::string& line = pick(lines);
    body = {{"line", line}};
    if (line == "SUB-SPLIT") body["side"] = one_in(2) ? "seller" : "buyer";
    if (line == "SUB-SET") body["dataset"] = some_id("dataset");
    if (one_in(6)) body["year"] = year - 1;
  }
  if (type == "window.close") body["line"] = "SUB-ROUND";
  if (type == "subsidy.approve" && one_in(2)) body.erase("amount_fen");
  if (type == "subsidy.rule") {
    const auto claim = state::find_object<contracts::Claim>(world_.ledger().view(), focus_.id);
    if (claim && !claim->objections.empty()) body["objector"] = pick(claim->objections).by.text;
  }
  if (type == "pool.allocate") {
    body = {{"pool", "POOL-A"}, {"year", year}, {"amount_fen", amount(400'000)}};
  } else if (type == "pool.close" || type == "pool.carry") {
    body["year"] = year - 1;
  }
  if (type == "pool.open") {
    body = {{"pool", "POOL-A"},
            {"year", year},
            {"title", "数据交易"},
            {"contributors", Json::array({Json{{"org", Cast::platform}}})}};
  }
  if (type == "fee.waive") body["borne_by"] = Cast::platform;
  if (type == "fee.assess") {
    body["cause_kind"] = "trade";
    body["cause"] = some_id("trade");
    body["line"] = "w" + std::to_string(below(40));
  }
  if (type == "fee.refund") {
    body.erase("amount_fen");
    body.erase("bank_date");
  }
}

void RulesPlayer::improve_governance(const std::string& type, Json& body) {
  const std::string& org = trader();
  if (type == "org.register") {
    const std::string id = new_org(++made_);
    body = {{"org",
             {{"id", id},
              {"name", "新主体 " + id},
              {"region", "320300"},
              {"ownership", "private"},
              {"scale", "small"},
              {"chain_roles", Json::array()}}},
            {"keys", Json::array({Json{{"jwk", ContractFixture::jwk_of(id)}, {"use", "sign"}}})}};
  }
  if (type == "key.add") {
    body = {{"org", org},
            {"keys", Json::array({Json{{"jwk", ContractFixture::jwk_of(org, ++made_)}, {"use", "sign"}}})}};
  }
  // Never a first key: with that its organisation plays on.
  if (type == "key.revoke") {
    body["kid"] = ContractFixture::kid_of(org, 1 + static_cast<int>(below(static_cast<std::uint64_t>(made_) + 1))).text;
  }
  if (type == "role.grant" || type == "role.revoke") body["role"] = "auditor";
  if (type == "org.update") {
    body = {{"org", org}, {"chain_roles", Json::array()}, {"scale", one_in(2) ? "small" : "large"}};
    if (one_in(3)) body["group"] = "G-" + std::to_string(below(2));
  }
  if (type == "org.affiliate") {
    body["relation"] = "affiliated";
    body["until"] = day(static_cast<int>(below(30)));
  }
  // The last organisation takes over from one before it that does not play.
  if (type == "org.succeed") {
    const std::vector<std::string>& orgs = world_.roster().of("org");
    if (orgs.size() > 14) body["predecessor"] = orgs[12 + below(orgs.size() - 13)];
  }
  if (type == "policy.enact") {
    const std::string from = day(1 + static_cast<int>(below(20)));
    switch (below(5)) {
      case 0:
        body = policy("fee_schedule", "FEES", from, sample_fee_schedule());
        break;
      case 1:
        body = policy("waiver", "WAIVER", from,
                      sample_waiver(100'000 * (1 + static_cast<std::int64_t>(below(10))), 30, "down"));
        break;
      case 2: {
        Json limits = time_limits();
        limits["notice_working_days"] = below(3);
        body = policy("time_limits", "LIMITS", from, limits);
        break;
      }
      case 3:
        body = policy("export_thresholds", "EXPORT", from,
                      {{"people_assessment", 1'000'000 - 100'000 * static_cast<std::int64_t>(below(4))},
                       {"people_contract", 100'000},
                       {"sensitive_assessment", 10'000},
                       {"sensitive_contract", 1},
                       {"valid_years", 3}});
        break;
      default: {
        Json line = subsidy_line();
        line["tiers"] = Json::array({Json{{"ppm", 10'000 * (1 + static_cast<std::int64_t>(below(9)))}}});
        const int year = civil(world_.ledger().today()).year + 1;
        body = policy("subsidy_line", "SUB-TRD", std::to_string(year) + "-01-01", line);
      }
    }
  }
  if (type == "policy.retire") body["policy"] = some_id("policy");
  if (type == "task.take" || type == "task.deliver" || type == "list.remove") return;
  if (type == "list.add") {
    body["list"] = one_in(2) ? "task" : "key_enterprise";
    if (body["list"] == "task") body.erase("org");
    if (body["list"] != "task") body["org"] = org;
    body.erase("dataset");
  }
  if (type == "case.submit") {
    body.erase("dataset");
    body.erase("filing");
    body["trade"] = some_id("trade");
  }
  if (type == "document.publish") body["url"] = "https://example.org/doc";
}

}  // namespace dengji::test
