// Plays a history that another program makes up, one step per line, and tells what came of each: the door through which
// the model of tests/model compares itself with the contracts. Lines in and out are JSON; one answer per line, at once.
//
//   {"start":{"orgs":[{"name":"A","region":"320500","group":"G1","scale":"small","roles":["platform"]}]}}
//     → {"orgs":{"A":"91320500…","bureau":"1132…",…},"time":…}       a new ledger, the cast of the tests and these
//   {"n":7,"time":"2026-03-02T02:00:00.000Z","type":"trade.settle","parties":[{"role":"platform","org":"…"}],"body":{…}}
//     → {"n":7,"accepted":true,"names":{…},"effects":[…],"accounts":{"<id>":[debits,credits,pending debits,pending
//     credits]}} → {"n":7,"accepted":false,"verdict":414,"slug":"over_ceiling","pointer":"…","context":"…"} →
//     {"n":7,"accepted":false,"slug":"<error code>",…}             what no state was needed to refuse
//   {"end":true} → {"accounts":{…all…},"entries":N,"state":"<hash>"}
//
// In the strings of a step, $12.trade stands for the id of the trade that step 12 brought about; $12.fee.2 for its
// second fee. A step that names something which never came about is not played: {"n":7,"unresolved":"$12.trade"}.
#include <cctype>
#include <cstdio>
#include <iostream>
#include <map>
#include <string>

#include "crypto/base64.hpp"
#include "ledger/base/assert.hpp"
#include "ledger/state/accounts.hpp"
#include "ledger/state/keys.hpp"
#include "tests/support/contract_fixture.hpp"

namespace dengji::test {
namespace {

// Names of what the steps brought about: "12.trade", "12.fee.2".
using Names = std::map<std::string, std::string, std::less<>>;

Json account_json(const state::Account& account) {
  return Json::array({account.debits, account.credits, account.pending_debits, account.pending_credits});
}

class Player {
 public:
  Json start(const Json& spec);
  Json play(const Json& step);
  Json end() const;

 private:
  // The first name that is not known, or "".
  std::string resolve(Json& value) const;
  std::string resolve_text(std::string& text) const;
  Json remember(const std::string& n, const Submitted& done);

  std::optional<ContractFixture> ledger_;
  Names names_;
};

Json Player::start(const Json& spec) {
  ledger_.emplace();
  names_.clear();
  Json orgs{{"platform", Cast::platform},   {"bureau", Cast::bureau},       {"finance", Cast::finance},
            {"registrar", Cast::registrar}, {"certifier", Cast::certifier}, {"auditor", Cast::auditor}};
  int made = 0;
  for (const Json& org : spec.at("orgs")) {
    const std::string region = org.at("region");
    char code[16];
    std::snprintf(code, sizeof code, "MA1T%04d", ++made);
    const std::string id = make_uscc("91" + region, code);
    ledger_->register_org({id, region, org.value("group", ""), org.value("scale", "small")});
    for (const Json& role : org.value("roles", Json::array())) ledger_->grant(id, role.get<std::string>());
    orgs[org.at("name").get<std::string>()] = id;
  }
  return {{"orgs", orgs}, {"time", format_time(ledger_->time())}};
}

std::string Player::resolve_text(std::string& text) const {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] != '$') {
      out.push_back(text[at++]);
      continue;
    }
    std::size_t end = at + 1;
    while (end < text.size() && (std::isalnum(static_cast<unsigned char>(text[end])) || text[end] == '.')) ++end;
    const auto found = names_.find(text.substr(at + 1, end - at - 1));
    if (found == names_.end()) return text.substr(at, end - at);
    out += found->second;
    at = end;
  }
  text = out;
  return {};
}

std::string Player::resolve(Json& value) const {
  if (value.is_string()) {
    std::string text = value;
    std::string missing = resolve_text(text);
    value = text;
    return missing;
  }
  if (!value.is_structured()) return {};
  for (Json& inner : value) {
    if (std::string missing = resolve(inner); !missing.empty()) return missing;
  }
  return {};
}

// Numbered things by their numbers, the others by the id under which they became known.
Json Player::remember(const std::string& n, const Submitted& done) {
  std::map<std::string, int> count;
  Json told = Json::object();
  const auto name = [&](const std::string& kind, const std::string& id) {
    const int nth = ++count[kind];
    const std::string local = nth == 1 ? kind : kind + "." + std::to_string(nth);
    names_[n + "." + local] = id;
    told[local] = id;
  };
  for (const Json& effect : done.effects()) {
    const std::string fx = effect.at("fx");
    if (fx == "number") name(effect.at("kind"), effect.at("no"));
    if (fx != "status" || effect.contains("from")) continue;
    if (effect.at("kind") == "settlement" || done.effect("number").is_null()) name(effect.at("kind"), effect.at("id"));
  }
  return told;
}

Json Player::play(const Json& step) {
  const std::string n = step.at("n").dump();
  Json answer{{"n", step.at("n")}};
  Json body = step.at("body");
  Json parties = step.at("parties");
  for (Json* part : {&body, &parties}) {
    if (std::string missing = resolve(*part); !missing.empty()) {
      answer["unresolved"] = missing;
      return answer;
    }
  }
  ledger_->at(step.at("time").get<std::string>());
  std::vector<By> by;
  for (const Json& party : parties) by.push_back({party.at("role"), party.at("org")});
  const Submitted done = ledger_->submit(step.at("type").get<std::string>(), by, body);
  answer["accepted"] = done.accepted();
  if (!done.accepted()) {
    answer["pointer"] = done.pointer();
    answer["context"] = done.context();
    if (done.refusal) {
      answer["verdict"] = done.verdict();
      answer["slug"] = std::string(ledger_->registry().verdict(done.verdict()).slug);
    } else {
      answer["slug"] = done.error ? std::string(error_row(done.error->code).slug) : "seen";
    }
    return answer;
  }
  answer["names"] = remember(n, done);
  answer["effects"] = done.effects();
  Json accounts = Json::object();
  for (const Json& effect : answer["effects"]) {
    if (!effect.contains("lines")) continue;
    for (const Json& line : effect.at("lines")) {
      for (const char* side : {"debit", "credit"}) {
        const std::string id = line.at(side);
        accounts[id] = account_json(ledger_->account(id));
      }
    }
  }
  answer["accounts"] = accounts;
  return answer;
}

Json Player::end() const {
  Json accounts = Json::object();
  const std::string prefix = state::account_key("");
  ledger_->view().scan(prefix, prefix, [&](std::string_view key, std::string_view) {
    const std::string id(key.substr(prefix.size()));
    accounts[id] = account_json(ledger_->account(id));
    return true;
  });
  return {{"accounts", accounts},
          {"entries", ledger_->leaves().size()},
          {"state", crypto::to_b64(ledger_->view().fingerprint())}};
}

}  // namespace
}  // namespace dengji::test

int main() {
  using dengji::json::Json;
  std::ios::sync_with_stdio(false);
  dengji::test::Player player;
  std::string line;
  while (std::getline(std::cin, line)) {
    const Json asked = Json::parse(line);
    const Json answer = asked.contains("start") ? player.start(asked.at("start"))
                        : asked.contains("end") ? player.end()
                                                : player.play(asked);
    std::cout << answer.dump() << "\n" << std::flush;
  }
}
