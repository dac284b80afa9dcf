// dengji account show / statement: balances and postings of one account. Amounts in yuan for people, in fen for
// programs; the running balances are computed here from the postings and compared with the node's.
#include "node/cli/accounts.hpp"

#include <algorithm>
#include <cstdio>

#include "api/http.hpp"
#include "ledger/base/time.hpp"
#include "node/cli/remote.hpp"

namespace dengji::cli {
namespace {

constexpr std::size_t kPageItems = 200;

Result<std::int64_t> fen_of(const Json& object, const char* member) {
  const auto found = object.is_object() ? object.find(member) : object.end();
  if (found == object.end() || !found->is_number_integer())
    return fail(ErrorCode::value_format, std::string("no amount ") + member, std::string("/") + member);
  return found->get<std::int64_t>();
}

// Amounts as people read them, under the name without the unit.
Json in_yuan(const Json& object) {
  Json shown = Json::object();
  for (const auto& [name, value] : object.items()) {
    if (name.ends_with("_fen") && value.is_number_integer()) {
      shown[name.substr(0, name.size() - 4)] = yuan(value.get<std::int64_t>());
    } else {
      shown[name] = value;
    }
  }
  return shown;
}

struct Show {
  RemoteOptions remote;
  std::string account;
  std::string as_of;
};

Result<void> show_account(Shared& shared, const Show& options) {
  auto remote = Remote::open(shared, options.remote);
  if (!remote) return std::unexpected(std::move(remote.error()));
  std::string target = "/v1/accounts/" + api::percent_encode(options.account);
  if (!options.as_of.empty()) target.append("?as_of=").append(api::percent_encode(options.as_of));
  const auto account = remote->find_json(std::move(target));
  if (!account) return std::unexpected(account.error());
  if (!account->is_object()) return fail(ErrorCode::value_format, "the node's answer is no account");
  print_object(shared, shared.as_json ? *account : in_yuan(*account));
  return {};
}

// --- statement
struct StatementOptions {
  RemoteOptions remote;
  std::string account;
  std::string from;
  std::string to;
};

// One posting on the account, seen from it.
struct Line {
  Json shown;
  std::int64_t change = 0;  // of the posted balance, on the account's normal side
};

// What one entry did to the account.
struct Item {
  std::vector<Line> lines;
  std::int64_t after = 0;

  std::int64_t change() const {
    std::int64_t sum = 0;
    for (const Line& line : lines) sum += line.change;
    return sum;
  }
};

struct Statement {
  Json account;
  std::string id;
  bool debit_normal = false;
  std::vector<Item> items;  // oldest first
};

Result<Line> read_line(const Statement& statement, const Json& item, const Json& posting) {
  const auto fen = fen_of(posting, "fen");
  const auto debit = text_of(posting, "debit");
  const auto credit = text_of(posting, "credit");
  const auto fx = text_of(posting, "fx");
  if (!fen || !debit || !credit || !fx) return fail(ErrorCode::value_format, "a posting of another form", "/postings");
  Line line;
  line.shown = Json{{"seq", item.value("seq", Json())},
                    {"time", item.value("time", Json())},
                    {"type", item.value("type", Json(""))},
                    {"fx", *fx},
                    {"event", posting.value("event", Json(""))},
                    {"cause", posting.value("cause", Json(""))},
                    {"other", *debit == statement.id ? *credit : *debit}};
  line.shown[*debit == statement.id ? "debit_fen" : "credit_fen"] = *fen;
  // What is set aside or set free again moves nothing yet.
  const bool moves = *fx == "post" || *fx == "take";
  if (moves && *debit != *credit) line.change = (*debit == statement.id) == statement.debit_normal ? *fen : -*fen;
  return line;
}

Result<Item> read_item(const Statement& statement, const Json& json) {
  Item item;
  const auto after = fen_of(json.value("after", Json()), "balance_fen");
  if (!after) return std::unexpected(after.error());
  item.after = *after;
  const Json postings = json.value("postings", Json());
  if (!postings.is_array()) return fail(ErrorCode::value_format, "an item without postings", "/items");
  for (const Json& posting : postings) {
    auto line = read_line(statement, json, posting);
    if (!line) return std::unexpected(std::move(line.error()));
    item.lines.push_back(std::move(*line));
  }
  return item;
}

// Pages come newest first; reading ends at the first entry before `from`.
Result<Statement> fetch_statement(Remote& remote, const StatementOptions& options, std::optional<LedgerTime> from) {
  Statement statement{.account = {}, .id = options.account, .debit_normal = false, .items = {}};
  const std::string path =
      "/v1/accounts/" + api::percent_encode(options.account) + "/statement?limit=" + std::to_string(kPageItems);
  std::string target = path;
  if (const std::string as_of = as_of_day(options.to); !as_of.empty()) target.append("&as_of=").append(as_of);
  for (bool more = true; more;) {
    const auto page = remote.find_json(target);
    if (!page) return std::unexpected(page.error());
    if (!page->is_object() || !page->value("items", Json()).is_array() || !page->value("account", Json()).is_object())
      return fail(ErrorCode::value_format, "the node's answer is no statement");
    if (statement.account.is_null()) {
      statement.account = (*page)["account"];
      statement.debit_normal = statement.account.value("normal", Json()) == "debit";
    }
    more = page->value("next", Json()).is_string();
    if (more) target = path + "&cursor=" + api::percent_encode((*page)["next"].get<std::string>());
    for (const Json& json : (*page)["items"]) {
      const auto text = text_of(json, "time");
      const auto time = text ? parse_time(*text) : std::nullopt;
      if (!time) return fail(ErrorCode::value_format, "an item without time", "/items");
      if (from && *time < *from) {
        more = false;
        break;
      }
      auto item = read_item(statement, json);
      if (!item) return std::unexpected(std::move(item.error()));
      statement.items.push_back(std::move(*item));
    }
  }
  std::reverse(statement.items.begin(), statement.items.end());
  return statement;
}

// Puts the running balance on every line.
Result<Json> run_balances(Statement& statement, std::int64_t opening) {
  Json rows = Json::array();
  std::int64_t balance = opening;
  for (Item& item : statement.items) {
    for (Line& line : item.lines) {
      balance += line.change;
      line.shown["balance_fen"] = balance;
      rows.push_back(std::move(line.shown));
    }
    if (balance != item.after) {
      return fail(ErrorCode::ledger_inconsistent, "the postings lead to " + yuan(balance) + ", the node says " +
                                                      yuan(item.after) + "; dengji audit finds out which is right");
    }
  }
  return rows;
}

Result<std::optional<LedgerTime>> first_instant(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const auto day = parse_date(text);
  if (!day) return fail(ErrorCode::usage, "--from " + text + " is no day (YYYY-MM-DD)");
  return start_of_day(*day);
}

Result<void> show_statement(Shared& shared, const StatementOptions& options) {
  const auto from = first_instant(options.from);
  if (!from) return std::unexpected(from.error());
  if (!options.to.empty() && !parse_date(options.to))
    return fail(ErrorCode::usage, "--to " + options.to + " is no day (YYYY-MM-DD)");
  auto remote = Remote::open(shared, options.remote);
  if (!remote) return std::unexpected(std::move(remote.error()));
  auto statement = fetch_statement(*remote, options, *from);
  if (!statement) return std::unexpected(std::move(statement.error()));
  const auto now = fen_of(statement->account, "balance_fen");
  if (!now) return std::unexpected(now.error());
  const std::int64_t opening =
      statement->items.empty() ? *now : statement->items.front().after - statement->items.front().change();
  const auto rows = run_balances(*statement, opening);
  if (!rows) return std::unexpected(rows.error());
  const std::int64_t closing = statement->items.empty() ? opening : statement->items.back().after;
  if (shared.as_json) {
    print_object(
        shared,
        Json{{"account", statement->account}, {"opening_fen", opening}, {"items", *rows}, {"closing_fen", closing}});
    return {};
  }
  Json shown = Json::array();
  for (const Json& row : *rows) shown.push_back(in_yuan(row));
  std::printf("%s: opening balance %s, closing balance %s yuan\n", options.account.c_str(), yuan(opening).c_str(),
              yuan(closing).c_str());
  print_rows(shared, shown, {"seq", "time", "type", "fx", "event", "cause", "debit", "credit", "balance"});
  return {};
}

}  // namespace

std::string yuan(std::int64_t fen) {
  const bool negative = fen < 0;
  const auto amount = negative ? ~static_cast<std::uint64_t>(fen) + 1 : static_cast<std::uint64_t>(fen);
  std::string text = std::to_string(amount / 100);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, ",");
  const std::string cents = std::to_string(amount % 100);
  return (negative ? "-" : "") + text + "." + (cents.size() < 2 ? "0" : "") + cents;
}

void add_account_commands(CLI::App& app, Shared& shared) {
  auto* group = app.add_subcommand("account", "Balances and statements of accounts")->require_subcommand(1);

  auto shown = std::make_shared<Show>();
  auto* show = group->add_subcommand("show", "Balances of one account");
  show->add_option("account", shown->account, "Account id, such as fee/FY…/due")->required();
  show->add_option("--as-of", shown->as_of, "As it was after a seq, at an instant or at the end of a day");
  add_remote_options(*show, shown->remote);
  on_run(*show, shared, [&shared, shown] { return show_account(shared, *shown); });

  auto stated = std::make_shared<StatementOptions>();
  auto* statement = group->add_subcommand(
      "statement", "Every posting on an account, oldest first, with running balances; 14 if they do not add up");
  statement->add_option("account", stated->account, "Account id")->required();
  statement->add_option("--from", stated->from, "First day, YYYY-MM-DD in UTC+8");
  statement->add_option("--to", stated->to, "Last day; default the present");
  add_remote_options(*statement, stated->remote);
  on_run(*statement, shared, [&shared, stated] { return show_statement(shared, *stated); });

  add_account_export(*group, shared);
}

}  // namespace dengji::cli
