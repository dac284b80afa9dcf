// dengji stats and dengji inspect: the bureau's figures and what looks odd, from a running node, or from an export that
// is audited on the way, with no node at all.
#include <algorithm>
#include <cstdio>

#include "api/http.hpp"
#include "contracts/common/policies.hpp"
#include "contracts/insight/answers.hpp"
#include "contracts/list/lists.hpp"
#include "contracts/pool/pools.hpp"
#include "contracts/registration/registration.hpp"
#include "ledger/state/keys.hpp"
#include "node/cli/exports.hpp"

namespace dengji::cli {
namespace {

namespace insight = contracts::insight;

struct Asked {
  ExportSource from;
  std::string url;
  std::string as_of;
  std::uint64_t limit = 50;
  insight::Query query;
};

// The last versions of what reports look up in the state: a few records, whatever the size of the ledger.
class KeptState final : public state::ReadView {
 public:
  std::optional<std::string> get(std::string_view key) const override {
    const auto found = values_.find(key);
    return found == values_.end() ? std::nullopt : std::optional(found->second);
  }
  void scan(std::string_view prefix, std::string_view from, const Visit& visit) const override {
    for (auto at = values_.lower_bound(std::max(prefix, from)); at != values_.end(); ++at) {
      if (!at->first.starts_with(prefix) || !visit(at->first, at->second)) return;
    }
  }
  void keep(const state::Writes& writes) {
    static const std::vector<std::string> kPrefixes{state::object_prefix(contracts::Policy::kKind),
                                                    state::object_prefix(contracts::Pool::kKind),
                                                    state::account_key("pool/"),
                                                    state::object_prefix(contracts::ListItem::kKind),
                                                    state::object_prefix(contracts::Case::kKind),
                                                    state::object_prefix(contracts::Dataset::kKind),
                                                    state::join_key({"policy", ""})};
    for (const std::string& prefix : kPrefixes) {
      for (auto at = writes.lower_bound(prefix); at != writes.end() && at->first.starts_with(prefix); ++at) {
        if (at->second) values_.insert_or_assign(at->first, *at->second);
      }
    }
  }

 private:
  std::map<std::string, std::string, std::less<>> values_;
};

Result<Json> ask_export(Shared& shared, const Asked& asked, const std::string& name) {
  const auto until = read_until(asked.as_of);
  if (!until) return std::unexpected(until.error());
  insight::Model model;
  KeptState kept;
  insight::AsOf as_of;
  std::vector<insight::Fact> facts;
  const auto summary = audit_source(shared, asked.from, name, [&](const node::AuditedEntry& entry) {
    if (!until->holds(entry.leaf)) return;
    facts.clear();
    insight::add_facts(entry.writes, entry.leaf.seq.value, entry.leaf.time, facts);
    model.take(facts);
    kept.keep(entry.writes);
    as_of = {entry.leaf.seq.value + 1, entry.leaf.time};
  });
  if (!summary) return std::unexpected(summary.error());
  if (until->seq && *until->seq >= summary->size) {
    return fail(ErrorCode::value_range, "--as-of: the export holds " + std::to_string(summary->size) +
                                            " entries; as-of names the last that counts");
  }
  model.cover(as_of.size);
  if (until->time) as_of.now = *until->time;
  const insight::Scope scope(model, as_of, &kept);
  auto answer = insight::answer(name, {scope, kept, asked.query, {.limit = asked.limit, .after = {}}});
  if (answer && as_of.size > 0) (*answer)["as_of"] = as_of.size - 1;
  return answer;
}

Result<Json> ask_node(Shared& shared, const Asked& asked, const std::string& name, bool paged) {
  RemoteOptions at = asked.from.remote;
  at.url = asked.url;
  auto remote = Remote::open(shared, at);
  if (!remote) return std::unexpected(std::move(remote.error()));
  std::string target = "/v1/" + name;
  char mark = '?';
  const auto add = [&](const std::string& key, const std::string& value) {
    target.append(1, std::exchange(mark, '&')).append(key).append("=").append(api::percent_encode(value));
  };
  for (const auto& [key, value] : asked.query) add(key, value);
  if (!asked.as_of.empty()) add("as_of", asked.as_of);
  if (paged) add("limit", std::to_string(asked.limit));
  return remote->get_json(target);
}

Result<Json> ask(Shared& shared, const Asked& asked, const std::string& name, bool paged) {
  return asked.url.empty() ? ask_export(shared, asked, name) : ask_node(shared, asked, name, paged);
}

// --- stats
struct Stats : Asked {
  std::string of = "figures";
  std::string group;
  std::string from_day;
  std::string to_day;
};

Json figure_row(const Json& item) {
  const Json figures = item.value("figures", Json::object());
  Json row{{"group", item.value("key", Json("all"))}, {"name", item.value("name_zh", Json("合计"))}};
  for (const auto& [figure, told] : figures.items()) row[figure] = told.value("value", Json());
  return row;
}

void print_figures(const Shared& shared, const Json& answer) {
  static const std::vector<std::string> kColumns{"group",
                                                 "name",
                                                 "datasets.registered",
                                                 "datasets.in_force",
                                                 "platform.trades",
                                                 "platform.net_fen",
                                                 "platform.cross_net_fen",
                                                 "filed.confirmed_fen",
                                                 "filed.one_sided_fen",
                                                 "fees.waived_fen",
                                                 "subsidies.paid_fen"};
  Json rows = Json::array();
  for (const Json& item : answer.value("items", Json::array())) rows.push_back(figure_row(item));
  if (answer.value("group", Json("all")) != "all") rows.push_back(figure_row(answer.value("totals", Json::object())));
  print_rows(shared, rows, kColumns);
}

void print_flow(const Shared& shared, const Json& answer) {
  Json rows = Json::array();
  for (const Json& item : answer.value("items", Json::array())) {
    const Json platform = item.value("platform", Json::object());
    const Json filed = item.value("filed", Json::object());
    rows.push_back({{"buyers", item.value("buyers_zh", Json())},
                    {"sellers", item.value("sellers_zh", Json())},
                    {"trades", platform.value("trades", Json())},
                    {"net_fen", platform.value("net_fen", Json())},
                    {"filed", filed.value("confirmed", Json())},
                    {"filed_fen", filed.value("confirmed_fen", Json())}});
  }
  print_rows(shared, rows, {"buyers", "sellers", "trades", "net_fen", "filed", "filed_fen"});
}

Result<void> run_stats(Shared& shared, Stats& asked) {
  static const std::map<std::string, std::string> kNames{
      {"figures", "stats"}, {"flow", "stats/flow"}, {"prices", "prices"}, {"targets", "stats/targets"}};
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) asked.query.emplace_back(name, value);
  };
  if (asked.of == "figures" || asked.of == "flow") add(asked.of == "flow" ? "level" : "group", asked.group);
  add("from", asked.from_day);
  add("to", asked.to_day);
  const auto answer = ask(shared, asked, kNames.at(asked.of), false);
  if (!answer) return std::unexpected(answer.error());
  if (shared.as_json) {
    print_object(shared, *answer);
  } else if (asked.of == "figures") {
    print_figures(shared, *answer);
  } else if (asked.of == "flow") {
    print_flow(shared, *answer);
  } else if (asked.of == "targets") {
    print_rows(shared, answer->value("items", Json::array()),
               {"number", "name", "counts", "reached", "target", "by", "rule"});
  } else {
    print_rows(shared, answer->value("items", Json::array()),
               {"industry", "mode", "unit", "prices", "quartile_1_fen", "median_fen", "quartile_3_fen", "left_out"});
  }
  return {};
}

// --- inspect
struct Inspect : Asked {
  std::string kind;
  std::string from_day;
  std::string to_day;
  std::vector<std::string> rules;
};

Result<void> run_inspect(Shared& shared, Inspect& asked) {
  if (!asked.kind.empty()) asked.query.emplace_back("kind", asked.kind);
  if (!asked.from_day.empty()) asked.query.emplace_back("from", asked.from_day);
  if (!asked.to_day.empty()) asked.query.emplace_back("to", asked.to_day);
  for (const std::string& rule : asked.rules) {
    const auto equals = rule.find('=');
    if (equals == std::string::npos) return fail(ErrorCode::usage, "--rule takes name=value, such as window_days=30");
    asked.query.emplace_back(rule.substr(0, equals), rule.substr(equals + 1));
  }
  const auto answer = ask(shared, asked, "inspections", true);
  if (!answer) return std::unexpected(answer.error());
  if (shared.as_json) {
    print_object(shared, *answer);
    return {};
  }
  print_rows(shared, answer->value("items", Json::array()), {"kind", "day", "entries", "why", "id"});
  const Json searches = answer->value("searches", Json::object());
  for (const auto& [kind, search] : searches.items()) {
    std::fprintf(stderr, "%s: %s\n", kind.c_str(), search.dump().c_str());
  }
  if (answer->contains("next")) std::fprintf(stderr, "there are more: ask for more with --limit\n");
  return {};
}

void add_source_options(CLI::App& command, Asked& asked) {
  add_export_options(command, asked.from);
  command.add_option("--url", asked.url, "Ask this node in place of reading an export");
  command.add_option("--as-of", asked.as_of, "A seq, an instant or the end of a day; default all of the ledger");
}

}  // namespace

void add_insight_commands(CLI::App& app, Shared& shared) {
  auto stats = std::make_shared<Stats>();
  auto* figures = app.add_subcommand(
      "stats", "Figures of registrations, trade, filings, fees and subsidies, from an export or a node");
  figures
      ->add_option("--of", stats->of,
                   "figures, flow (from buyers' to sellers' regions), prices, or targets of the plan")
      ->check(CLI::IsMember({"figures", "flow", "prices", "targets"}))
      ->capture_default_str();
  figures->add_option("--group", stats->group,
                      "One of " + insight::group_names() + "; for flow: province, city, region_group");
  figures->add_option("--from", stats->from_day, "First day that counts");
  figures->add_option("--to", stats->to_day, "Last day that counts");
  add_source_options(*figures, *stats);
  on_run(*figures, shared, [&shared, stats] { return run_stats(shared, *stats); });

  auto asked = std::make_shared<Inspect>();
  auto* inspect =
      app.add_subcommand("inspect", "What looks like abuse, with the entries that show it; it changes nothing");
  inspect->add_option("--kind", asked->kind,
                      "cycle, common_controller, split_contract, price_outlier or voucher_twice; default all");
  inspect->add_option("--from", asked->from_day, "First day of the last entry concerned");
  inspect->add_option("--to", asked->to_day, "Last such day");
  inspect->add_option("--limit", asked->limit, "At most so many")->check(CLI::Range(1, 500))->capture_default_str();
  inspect->add_option("--rule", asked->rules,
                      "What counts as odd, as name=value: window_days, max_length, lookback_days,\n"
                      "k_ppm, split_days, near_ppm, threshold_fen");
  add_source_options(*inspect, *asked);
  on_run(*inspect, shared, [&shared, asked] { return run_inspect(shared, *asked); });
}

}  // namespace dengji::cli
