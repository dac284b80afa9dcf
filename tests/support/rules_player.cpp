#include "tests/support/rules_player.hpp"

#include <algorithm>
#include <set>

#include "contracts/fee/fees.hpp"
#include "contracts/filing/filings.hpp"
#include "contracts/list/lists.hpp"
#include "contracts/market/market.hpp"
#include "contracts/subsidy/subsidies.hpp"
#include "contracts/trade/settlements.hpp"
#include "contracts/trade/trade_disputes.hpp"
#include "contracts/trade/trade_performance.hpp"

namespace dengji::test {
namespace {

// How much of a history is about what: types that are not named have weight 2.
const std::map<std::string_view, int>& weights() {
  static const std::map<std::string_view, int> all{
      {"trade.settle", 24},    {"trade.agree", 16},     {"trade.refund", 10},     {"subsidy.claim", 16},
      {"subsidy.review", 10},  {"subsidy.approve", 10}, {"subsidy.pay", 14},      {"subsidy.recover", 6},
      {"fee.receive", 10},     {"fee.refund", 6},       {"dataset.apply", 8},     {"dataset.review", 8},
      {"dataset.register", 8}, {"trade.deliver", 6},    {"trade.accept", 6},      {"certificate.issue", 6},
      {"pool.allocate", 4},    {"filing.declare", 5},   {"filing.confirm", 5},    {"filing.period", 5},
      {"trade.usage", 5},      {"export.declare", 4},   {"export.decide", 4},     {"genesis", 1},
      {"org.succeed", 1},      {"role.grant", 1},       {"role.revoke", 1},       {"certificate.revoke", 1},
      {"dataset.revoke", 1},   {"dataset.cancel", 1},   {"pool.close", 1},        {"pool.carry", 1},
      {"policy.retire", 1},    {"trade.void", 1},       {"trade.terminate", 1},   {"trade.close", 1},
      {"money.reverse", 2},    {"org.register", 1},     {"certificate.cancel", 1}};
  return all;
}

// Schemas and the choice among types: a schema is made anew each time that it is asked for.
struct TypeTable {
  std::vector<const state::EntryTypeInfo*> drawn;  // each as often as its weight
  std::map<const state::EntryTypeInfo*, Json> schemas;

  TypeTable() {
    for (const state::EntryTypeInfo* type : contracts::registry().types()) {
      const auto weight = weights().find(type->type);
      drawn.insert(drawn.end(), static_cast<std::size_t>(weight == weights().end() ? 2 : weight->second), type);
      schemas[type] = type->schema();
    }
  }
};

const TypeTable& type_table() {
  static const TypeTable made;
  return made;
}

// The kind behind a member's name; nullopt if it is none.
std::optional<std::string_view> kind_named(std::string_view member, std::string_view type) {
  static const std::map<std::string_view, std::string_view> other{
      {"declaration", "export"}, {"item", "list_item"},
      {"under", "licence"},      {"policy", "policy"},
      {"offset", "subsidy"},     {"registration", "dataset"},
      {"parents", "dataset"},    {"renews", "certificate"},
      {"reserve", "reserve"},    {"application", "certificate_application"}};
  if (member == "application" && !type.starts_with("certificate.")) return std::nullopt;
  if (member == "pool" || member == "document" || member == "org") return std::nullopt;
  const auto found = other.find(member);
  if (found != other.end()) return found->second;
  if (contracts::registry().kind(member)) return member;
  return std::nullopt;
}

bool holds_a_name(std::string_view name, std::initializer_list<std::string_view> among) {
  return std::find(among.begin(), among.end(), name) != among.end();
}

}  // namespace

Step RulesPlayer::next() {
  const state::EntryTypeInfo& type = *pick(type_table().drawn);
  type_ = type.type;
  Step step;
  // Hours, mostly none: a year and more in a long history.
  step.wait_hours = one_in(4) ? static_cast<std::int64_t>(below(one_in(12) ? 24 * 20 : 30)) : 0;
  step.type = type_;
  step.body = body_of(type);
  step.by = parties_of(type, step.body);
  return step;
}

void RulesPlayer::learn(const Step& step, bool accepted) {
  if (accepted && !focus_.kind.empty()) ++fits_[step.type + "/" + focus_.status];
}

// --- what there is
std::string RulesPlayer::day(int days_from_now) {
  return format_date(add_days(world_.ledger().today(), days_from_now));
}

// Around a number, often exactly it, sometimes a fen more, now and then at the end of the range.
std::int64_t RulesPlayer::amount(std::int64_t around) {
  around = std::max<std::int64_t>(1, around);
  switch (below(12)) {
    case 0:
    case 1:
    case 2:
      return around;
    case 3:
      return around + 1;
    case 4:
      return one_in(20) ? kMaxSafeInteger : std::max<std::int64_t>(1, around - 1);
    default:
      return 1 + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(around)));
  }
}

std::string RulesPlayer::some_hash() {
  return b64_of("h" + std::to_string(one_in(3) ? below(8) : static_cast<std::uint64_t>(++made_) + 100));
}

std::string RulesPlayer::some_id(std::string_view kind) {
  const std::vector<std::string>& ids = world_.roster().of(kind);
  return ids.empty() ? "none" : pick(ids);
}

RulesPlayer::Focus RulesPlayer::focus_for(const std::string& type, std::string_view kind) {
  const std::vector<std::string>& ids = world_.roster().of(kind);
  Focus best{std::string(kind), "none", ""};
  int best_score = -1;
  for (int tries = 0; tries < 6 && !ids.empty(); ++tries) {
    const std::size_t recent = std::min<std::size_t>(ids.size(), 24);
    const std::string& id = one_in(3) ? pick(ids) : ids[ids.size() - 1 - below(recent)];
    const std::string& status = world_.roster().status(kind, id);
    const auto fit = fits_.find(type + "/" + status);
    const int score = fit == fits_.end() ? 0 : std::min(fit->second, 20);
    if (score > best_score) best = {std::string(kind), id, status};
    best_score = std::max(score, best_score);
    if (one_in(6)) break;  // whatever it is
  }
  return best;
}

// --- bodies
Json RulesPlayer::body_of(const state::EntryTypeInfo& type) {
  const Json& schema = type_table().schemas.at(&type);
  focus_ = {};
  const Json& properties = schema.at("properties");
  for (const auto& [name, member] : properties.items()) {
    const auto kind = kind_named(name, type_);
    if (!kind || (!member.contains("minLength") && !member.contains("pattern"))) continue;
    const bool needed =
        std::find(schema.at("required").begin(), schema.at("required").end(), name) != schema.at("required").end();
    if (needed) focus_ = focus_for(type_, *kind);
  }
  Json body = object_of(schema);
  improve(type_, body);
  if (one_in(10)) spoil(body, schema);
  return body;
}

Json RulesPlayer::object_of(const Json& schema) {
  Json object = Json::object();
  const Json& required = schema.at("required");
  for (const auto& [name, member] : schema.at("properties").items()) {
    const bool needed = std::find(required.begin(), required.end(), name) != required.end();
    if (needed || one_in(6)) object[name] = value_of(name, member);
  }
  if (object.contains("voucher") && object.contains("amount_fen") && !one_in(30)) {
    object["voucher"] = {{"hash", one_in(20) ? some_hash() : b64_of("v" + std::to_string(++made_))},
                         {"line", 1},
                         {"total_fen", object["amount_fen"]}};
  }
  return object;
}

Json RulesPlayer::value_of(std::string_view name, const Json& schema) {
  const std::string& type = schema.at("type").get_ref<const std::string&>();
  if (type == "boolean") return one_in(3);
  if (type == "integer") return integer_of(name, schema);
  if (type == "string") return text_of(name, schema);
  if (type == "array") {
    Json list = Json::array();
    const auto least = schema.at("minItems").get<std::uint64_t>();
    for (std::uint64_t n = std::max<std::uint64_t>(least, below(3)); n > 0; --n) {
      Json item = value_of(name, schema.at("items"));
      if (std::find(list.begin(), list.end(), item) == list.end() || list.size() < least) list.push_back(item);
    }
    return list;
  }
  return object_of(schema);
}

std::int64_t RulesPlayer::integer_of(std::string_view name, const Json& schema) {
  const auto min = schema.at("minimum").get<std::int64_t>();
  const auto max = schema.at("maximum").get<std::int64_t>();
  std::int64_t value = static_cast<std::int64_t>(below(100));
  if (name == "year") value = civil(world_.ledger().today()).year - static_cast<std::int64_t>(one_in(5));
  if (name.ends_with("_fen")) value = amount(amount_of_focus());
  if (name == "tax_fen") value = 0;
  if (name.ends_with("people")) value = static_cast<std::int64_t>(below(one_in(5) ? 400'000 : 4'000));
  if (name == "evidence") value = static_cast<std::int64_t>(below(world_.ledger().leaves().size()));
  if (name.ends_with("ppm")) value = static_cast<std::int64_t>(below(100'000));
  return std::clamp(value, min, max);
}

std::int64_t RulesPlayer::amount_of_focus() {
  const auto& view = world_.ledger().view();
  if (focus_.kind == "trade") return world_.ledger().balance("trade/" + focus_.id + "/headroom") / 2;
  if (const auto one = state::find_object<contracts::Settlement>(view, focus_.id)) return one->net().value();
  if (const auto one = state::find_object<contracts::Claim>(view, focus_.id)) return one->amount_fen.value() / 2;
  if (const auto one = state::find_object<contracts::Fee>(view, focus_.id)) {
    const auto now = contracts::fee_balances(view, *one);
    return std::max({now.open.value(), now.owed.value(), std::int64_t{9'980}});
  }
  return 400'000;
}

std::string RulesPlayer::date_of(std::string_view name) {
  if (holds_a_name(name, {"bank_date", "to", "on", "since", "starts_on", "from", "valid_from"})) {
    return day(one_in(3) ? -static_cast<int>(below(40)) : 0);
  }
  if (name == "day") return day(static_cast<int>(below(60)));
  if (name == "effective_from") return day(static_cast<int>(below(40)));
  return day(static_cast<int>(below(one_in(3) ? 900 : 200)));
}

std::string RulesPlayer::text_of(std::string_view name, const Json& schema) {
  if (schema.contains("enum")) {
    const Json& names = schema.at("enum");
    return names.at(one_in(2) ? 0 : below(names.size())).get<std::string>();
  }
  const std::string format = schema.value("format", "");
  if (format == "date") return date_of(name);
  if (format == "date-time") return format_time(world_.ledger().time());
  if (const auto kind = kind_named(name, type_)) return *kind == focus_.kind ? focus_.id : some_id(*kind);
  const std::string pattern = schema.value("pattern", "");
  if (pattern.ends_with("{43}$")) return some_hash();
  if (pattern.ends_with("{20}$")) return "BT32050020260000009X";
  if (!pattern.empty()) return trader();
  const auto least = schema.at("minLength").get<std::int64_t>();
  if (least == 6) return one_in(2) ? "320000" : one_in(2) ? "320500" : "320100";
  if (name == "pool") return "POOL-A";
  if (name == "country") return "SG";
  if (name == "industry") return "transport";
  if (name == "line") return one_in(2) ? "first" : "w" + std::to_string(below(3));
  std::string text = "说明";
  text.resize(std::max(text.size(), static_cast<std::size_t>(least)), 'x');
  return text;
}

// One member made anew from the far ends of its schema, or left out.
void RulesPlayer::spoil(Json& body, const Json& schema) {
  if (body.empty()) return;
  auto member = body.begin();
  std::advance(member, static_cast<std::ptrdiff_t>(below(body.size())));
  const Json& own = schema.at("properties").value(member.key(), Json());
  if (own.is_null()) return;
  if (own.at("type") == "integer") {
    *member = one_in(2) ? own.at("maximum") : own.at("minimum");
  } else if (own.value("format", "") == "date") {
    *member = one_in(2) ? "9999-12-31" : "1970-01-01";
  } else {
    *member = value_of("anything", own);
  }
}

// --- who signs
std::string RulesPlayer::bearer_of(const std::string& role) {
  static const std::map<std::string, std::string, std::less<>> granted{
      {"bureau", Cast::bureau},     {"governor", Cast::bureau},     {"finance", Cast::finance},
      {"platform", Cast::platform}, {"registrar", Cast::registrar}, {"certifier", Cast::certifier},
      {"cyberspace", Cast::bureau}};
  if (const auto found = granted.find(role); found != granted.end()) return found->second;
  const auto& view = world_.ledger().view();
  std::string dataset_id = focus_.kind == "dataset" ? state::resolve_alias(view, "dataset", focus_.id) : "";
  if (const auto one = state::find_object<contracts::DeliveryNote>(view, focus_.id)) return one->buyer.text;
  if (const auto one = state::find_object<contracts::Dataset>(view, dataset_id)) {
    if (role == "creditor" && one->encumbrance) return one->encumbrance->creditor.text;
    if (holds_a_name(role, {"applicant", "holder", "transferor", "licensor", "seller", "agent"})) {
      return one->agent && role == "agent" ? one->agent->text : one->holder.text;
    }
  }
  if (const auto one = state::find_object<contracts::Certificate>(view, focus_.id)) {
    if (holds_a_name(role, {"holder", "seller", "applicant"})) return one->holder.text;
  }
  if (const auto one = state::find_object<contracts::Trade>(view, focus_.id)) {
    if (role == "seller") return one->seller.text;
    if (role == "buyer") return one->buyer.text;
  }
  if (const auto one = state::find_object<contracts::Filing>(view, focus_.id)) {
    const bool seller = one->declarant == one->deal.seller;
    if (role == "declarant") return one->declarant.text;
    if (holds_a_name(role, {"confirmer", "disputer"})) return (seller ? one->deal.buyer : one->deal.seller).text;
    if (role == "reporter") return (one_in(2) ? one->deal.buyer : one->deal.seller).text;
  }
  if (const auto one = state::find_object<contracts::Claim>(view, focus_.id); one && role == "claimant") {
    return one->claimant.text;
  }
  if (focus_.kind == "offer") {
    if (const auto one = state::find_object<contracts::Offer>(view, focus_.id)) return one->seller.text;
  }
  if (focus_.kind == "demand") {
    if (const auto one = state::find_object<contracts::Demand>(view, focus_.id)) return one->buyer.text;
  }
  if (focus_.kind == "export") {
    if (const auto one = state::find_object<contracts::Export>(view, focus_.id)) return one->exporter.text;
  }
  if (focus_.kind == "list_item") {
    const auto one = state::find_object<contracts::ListItem>(view, focus_.id);
    if (one && one->taker) return one->taker->text;
  }
  return trader();
}

std::vector<By> RulesPlayer::parties_of(const state::EntryTypeInfo& type, const Json& body) {
  std::vector<By> parties;
  std::set<std::string> there;
  for (const state::SignerRule& rule : type.signers) {
    int wanted = rule.min + (rule.max > rule.min && one_in(4) ? 1 : 0);
    if (rule.min == 0 && type_ == "trade.usage") wanted = one_in(2) ? 1 : 0;
    for (int i = 0; i < wanted; ++i) {
      const std::string role(one_in(2) ? rule.roles.front() : rule.roles[below(rule.roles.size())]);
      std::string org = one_in(40) ? trader() : bearer_of(role);
      // Two parties of one entry are mostly two.
      for (int tries = 0; there.contains(org) && tries < 3; ++tries) org = trader();
      if (type_ == "trade.agree" && role == "seller" && body.contains("certificate")) org = bearer_of("holder");
      if (holds_a_name(role, {"registrant", "new_key"})) continue;  // with their new keys, below
      if (role == "holder" && body.contains("org") && body.at("org").is_string()) org = body.at("org");
      if (role == "successor" && !world_.roster().of("org").empty()) org = world_.roster().of("org").back();
      there.insert(org);
      parties.push_back({role, org});
    }
  }
  if ((type_ == "org.register" || type_ == "key.add") && body.contains("org")) {
    const Json& org = body.at("org");
    const std::string owner = org.is_object() ? org.value("id", Cast::seller) : org.get<std::string>();
    parties.push_back({type_ == "key.add" ? "new_key" : "registrant", owner, type_ == "key.add" ? made_ : 0});
  }
  return parties;
}

RulesHistory::RulesHistory(std::uint64_t seed) : player_(seed, world_) {
  for (Step& step : RulesPlayer::opening()) {
    world_.play(step);
    steps_.push_back(std::move(step));
  }
}

void RulesHistory::go_on() {
  Step step = player_.next();
  player_.learn(step, world_.play(step).accepted());
  steps_.push_back(std::move(step));
}

}  // namespace dengji::test
