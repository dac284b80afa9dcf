// Accounts of the books and their statements. A statement line is what one entry did to the account, with the postings
// that its leaf holds and the balances after it.
#include "api/problem.hpp"
#include "api/routes.hpp"
#include "api/versions.hpp"
#include "ledger/state/accounts.hpp"
#include "ledger/state/codec.hpp"
#include "ledger/state/keys.hpp"
#include "ledger/state/numbers.hpp"

namespace dengji::api {

namespace {

using state::Json;

constexpr std::size_t kMaxAccountsLooked = 20'000;

std::vector<std::string_view> segments_of(std::string_view account) {
  std::vector<std::string_view> segments;
  while (true) {
    const std::size_t slash = account.find('/');
    segments.push_back(account.substr(0, slash));
    if (slash == std::string_view::npos) return segments;
    account.remove_prefix(slash + 1);
  }
}

// For the platform, the bureau, finance and auditors; for the organisation that the account names; for whoever may read
// the fee, claim or trade that it names; pool totals for whoever may read pools.
bool may_see_account(const Core& core, const state::ReadView& view, const Reader& reader, std::string_view account) {
  if (reader.sees_all) return true;
  const auto segments = segments_of(account);
  bool numbered = false;
  for (const std::string_view segment : segments) {
    if (reader.org && segment == reader.org->text) return true;
    if (!state::parse_number(segment)) continue;
    numbered = true;
    for (const state::ObjectKindInfo* kind : core.tables.registry.kinds()) {
      const auto record = view.get(state::object_key(kind->kind, segment));
      if (record && reader.may_see(*kind, *record)) return true;
    }
  }
  const state::ObjectKindInfo* pool = core.tables.registry.kind("pool");
  return !numbered && segments[0] == "pool" && pool != nullptr && pool->visibility == state::Visibility::everyone;
}

Json balances(const state::Account& account, state::Normal normal) {
  return Json{{"debits_fen", account.debits},
              {"credits_fen", account.credits},
              {"pending_debits_fen", account.pending_debits},
              {"pending_credits_fen", account.pending_credits},
              {"balance_fen", account.balance(normal)},
              {"free_fen", account.free(normal)}};
}

Json account_json(std::string_view id, const state::AccountType& type, const state::Account& account) {
  Json json = balances(account, type.normal);
  json["account"] = id;
  json["book"] = state::account_book(id, type);
  json["normal"] = type.normal == state::Normal::debit ? "debit" : "credit";
  json["doc"] = type.doc;
  return json;
}

struct FoundAccount {
  const state::AccountType* type;
  state::Account account;
};

Result<FoundAccount> find_account(const Core& core, const state::ReadView& view, const Call& call) {
  const std::string& id = call.segments[0];
  const auto none = [&] { return fail(ErrorCode::not_found, "account " + id); };
  const state::AccountType* type = state::account_type(id);
  if (type == nullptr) return none();
  const auto record = view.get(state::account_key(id));
  if (!record || !may_see_account(core, view, call.reader, id)) return none();
  return FoundAccount{type, state::decode<state::Account>(*record)};
}

Response get_account(Core& core, Call& call) {
  auto as_of = resolve_as_of(core, call.parameter("as_of"));
  if (!as_of) return problem(as_of.error());
  const auto view = core.ports.ledger.view_at(as_of->size);
  auto found = find_account(core, *view, call);
  if (!found) return problem(found.error());
  Response response = json_response(account_json(call.segments[0], *found->type, found->account));
  tell_as_of(response, *as_of);
  return response;
}

Response list_accounts(Core& core, Call& call) {
  if (!call.reader.org) return problem(ErrorCode::bad_token, "accounts are for those they concern: show a read token");
  const std::string* wanted = call.parameter("prefix");
  const std::string name = "accounts&prefix=" + (wanted != nullptr ? *wanted : std::string());
  auto page = read_page(core, call, name);
  if (!page) return problem(page.error());
  const auto view = core.ports.ledger.view_at(page->as_of.size);
  const std::string root = state::account_key("");
  const std::string prefix = state::account_key(wanted != nullptr ? *wanted : std::string());
  Json items = Json::array();
  std::string last;
  std::size_t looked = 0;
  bool more = false;
  view->scan(prefix, page->after.empty() ? prefix : root + page->after,
             [&](std::string_view key, std::string_view value) {
               const std::string_view id = key.substr(root.size());
               if (id == page->after) return true;
               if (items.size() == page->limit || looked == kMaxAccountsLooked) {
                 more = true;
                 return false;
               }
               ++looked;
               last = id;
               const state::AccountType* type = state::account_type(id);
               if (type != nullptr && may_see_account(core, *view, call.reader, id)) {
                 items.push_back(account_json(id, *type, state::decode<state::Account>(value)));
               }
               return true;
             });
  return page_response(Json{{"items", std::move(items)}}, *page, name, more ? std::optional(last) : std::nullopt);
}

// The postings of a leaf that touch the account, with what they were for.
Json postings_on(const Json& effects, const std::string& account) {
  Json postings = Json::array();
  for (const Json& effect : effects) {
    if (!effect.contains("lines")) continue;
    for (const Json& line : effect["lines"]) {
      if (line["debit"] != account && line["credit"] != account) continue;
      postings.push_back({{"fx", effect["fx"]},
                          {"event", effect["event"]},
                          {"cause", effect["cause"]},
                          {"debit", line["debit"]},
                          {"credit", line["credit"]},
                          {"fen", line["fen"]}});
    }
  }
  return postings;
}

Response get_statement(Core& core, Call& call) {
  const std::string& id = call.segments[0];
  const std::string name = "accounts/" + id + "/statement";
  auto page = read_page(core, call, name);
  if (!page) return problem(page.error());
  const auto view = core.ports.ledger.view_at(page->as_of.size);
  auto found = find_account(core, *view, call);
  if (!found) return problem(found.error());

  auto read = read_versions(core, *page, state::account_key(id));
  if (!read) return problem(read.error());

  Json items = Json::array();
  for (const auto& [seq, record] : read->versions) {
    auto leaf = core.ports.ledger.leaf(seq);
    if (!leaf) return problem(leaf.error());
    const LeafView entry = view_leaf(*leaf);
    const auto after = record ? state::decode<state::Account>(*record) : state::Account{};
    Json item = version_head(seq, entry, *view);
    item["postings"] = postings_on(Json::parse(entry.effects, nullptr, false), id);
    item["after"] = balances(after, found->type->normal);
    items.push_back(std::move(item));
  }
  Json body{{"account", account_json(id, *found->type, found->account)}, {"items", std::move(items)}};
  return page_response(std::move(body), *page, name, read->next);
}

}  // namespace

void add_account_routes(Router& router) {
  const Parameter id{
      .name = "account", .doc = "The account id as one percent-encoded segment: fee%2F…", .in_path = true};
  std::vector<Parameter> list = page_parameters();
  list.push_back({.name = "prefix", .doc = "Only accounts whose id starts so"});
  router.add({.method = Method::get,
              .path = "/v1/accounts",
              .summary = "Accounts that the caller may see",
              .tag = "accounts",
              .parameters = std::move(list),
              .produces = {"application/json"},
              .consumes = {},
              .body = {},
              .schema = "AccountList",
              .read = list_accounts,
              .quick = {},
              .raw = {}});
  router.add({.method = Method::get,
              .path = "/v1/accounts/{account}",
              .summary = "Balances of one account",
              .tag = "accounts",
              .parameters = {id, {.name = "as_of", .doc = "The ledger as of a seq, an instant or the end of a day"}},
              .produces = {"application/json"},
              .consumes = {},
              .body = {},
              .schema = "Account",
              .read = get_account,
              .quick = {},
              .raw = {}});
  std::vector<Parameter> statement = page_parameters();
  statement.push_back(id);
  router.add(
      {.method = Method::get,
       .path = "/v1/accounts/{account}/statement",
       .summary = "What each entry did to the account, newest first, with its postings and the balances after it",
       .tag = "accounts",
       .parameters = std::move(statement),
       .produces = {"application/json"},
       .consumes = {},
       .body = {},
       .schema = "Statement",
       .read = get_statement,
       .quick = {},
       .raw = {}});
}

}  // namespace dengji::api
