// dengji subsidy explain / fee explain: where every fen comes from and what stopped the rest, from a running node, or
// from an export that is audited on the way.
#include <cstdio>

#include "api/http.hpp"
#include "contracts/areas.hpp"
#include "contracts/subsidy/subsidy_explain.hpp"
#include "ledger/state/keys.hpp"
#include "node/cli/accounts.hpp"
#include "node/cli/audited_entries.hpp"
#include "node/cli/exports.hpp"
#include "node/cli/verify.hpp"

namespace dengji::cli {
namespace {

struct Explain {
  ExportSource from;
  std::string export_file;
  std::string kind;
  std::string no;
  std::string line;
  std::string claimant;  // of --line; the caller's own organisation if empty
  std::string side;
  std::string dataset;
  std::int64_t year = 0;
  std::string as_of;
};

contracts::DueQuery due_query(const Explain& asked) {
  contracts::DueQuery query{{"line", asked.line},
                            {"org", asked.claimant.empty() ? asked.from.remote.org : asked.claimant}};
  if (!asked.side.empty()) query.emplace_back("side", asked.side);
  if (!asked.dataset.empty()) query.emplace_back("dataset", asked.dataset);
  if (asked.year != 0) query.emplace_back("year", std::to_string(asked.year));
  return query;
}

// --- from a node
Result<Json> explain_by_node(Shared& shared, const Explain& asked) {
  auto remote = Remote::open(shared, asked.from.remote);
  if (!remote) return std::unexpected(std::move(remote.error()));
  const std::string route = "/v1/" + std::string(contracts::registry().kind(asked.kind)->plural);
  std::string target = route + "/" + api::percent_encode(asked.no) + "/explain";
  char mark = '?';
  const auto add = [&](const std::string& name, const std::string& value) {
    target.append(1, std::exchange(mark, '&')).append(name).append("=").append(api::percent_encode(value));
  };
  if (!asked.line.empty()) {
    target = route + "/explain";
    const contracts::DueQuery query = due_query(asked);
    for (const auto& [name, value] : query) add(name, value);
  }
  if (!asked.as_of.empty()) add("as_of", asked.as_of);
  return asked.line.empty() ? remote->find_json(std::move(target)) : remote->get_json(std::move(target));
}

// --- from an export
Result<state::Explanation> explain_in(const Explain& asked, const state::ReadView& view, const AuditedEntries& entries,
                                      LedgerTime now) {
  if (!asked.line.empty()) return contracts::explain_due(view, entries, due_query(asked), now);
  const auto record = view.get(state::object_key(asked.kind, asked.no));
  if (!record) return fail(ErrorCode::not_in_ledger, asked.kind + " " + asked.no);
  return contracts::registry().kind(asked.kind)->explain(view, entries, *record, now);
}

// Asked once, of the state as it was after the last entry that counts, while the audit goes on to the end.
Result<Json> explain_by_export(Shared& shared, const Explain& asked) {
  const auto until = read_until(asked.as_of);
  if (!until) return std::unexpected(until.error());
  ExportSource source = asked.from;
  source.source = asked.export_file;
  AuditedEntries entries;
  std::optional<Result<state::Explanation>> answer;
  std::optional<entry::Leaf> last;
  const auto ask = [&](const state::ReadView& view) {
    if (answer) return;
    const LedgerTime now = until->time.value_or(last ? last->time : LedgerTime{});
    answer.emplace(explain_in(asked, view, entries, now));
  };
  const auto summary = audit_source(
      shared, source, asked.kind + " explain",
      [&](const node::AuditedEntry& entry) {
        if (!until->holds(entry.leaf)) return ask(entry.before);
        entries.take(entry);
        last = entry.leaf;
      },
      ask);
  if (!summary) return std::unexpected(summary.error());
  if (until->seq && *until->seq >= summary->size) {
    return fail(ErrorCode::usage,
                "the export has " + std::to_string(summary->size) + " entries; --as-of names the last that counts");
  }
  if (!*answer) return std::unexpected(answer->error());
  Json shown = state::to_json(**answer);
  if (last) shown["as_of"] = last->seq.value;
  return shown;
}

// --- for people
std::string yuan_of(const Json& object, const char* member) {
  const auto found = object.find(member);
  return found != object.end() && found->is_number_integer() ? yuan(found->get<std::int64_t>()) : std::string();
}

// "5 %" of 50000
std::string percent(const Json& step) {
  if (!step.contains("ppm")) return {};
  const std::int64_t ppm = step["ppm"].get<std::int64_t>();
  std::string rest = std::to_string(1'000'000 + ppm % 10'000).substr(3);
  while (!rest.empty() && rest.back() == '0') rest.pop_back();
  return std::to_string(ppm / 10'000) + (rest.empty() ? "" : "." + rest) + " %";
}

std::string name_of_entry(const Json& entry) {
  std::string name = std::to_string(entry.value("seq", std::int64_t{0})) + " " + entry.value("type", "");
  if (entry.contains("id")) name += " (" + entry["id"].get<std::string>() + ")";
  return name;
}

void print_working(const Shared& shared, const Json& working, const std::string& head) {
  std::printf("\n%s: %s yuan by %s, rounded %s\n", head.c_str(), yuan_of(working, "fen").c_str(),
              working.value("rule", "").c_str(), working.value("rounding", "").c_str());
  Json rows = Json::array();
  const Json steps = working.value("steps", Json::array());
  for (const Json& step : steps) {
    rows.push_back({{"step", step.value("step", "")},
                    {"base", yuan_of(step, "base_fen")},
                    {"rate", percent(step)},
                    {"gives", yuan_of(step, "fen")},
                    {"adds", yuan_of(step, "adds_fen")},
                    {"note", step.value("note", "")}});
  }
  print_rows(shared, rows, {"step", "base", "rate", "gives", "adds", "note"});
}

void print_changes(const Shared& shared, const Json& changes) {
  if (changes.empty()) return;
  std::printf("\nevery entry that concerned it / 相关条目\n");
  Json rows = Json::array();
  for (const Json& change : changes) {
    std::string events;
    const Json postings = change.value("postings", Json::array());
    for (const Json& posting : postings) {
      const std::string event = posting.value("event", "");
      if (events.find(event) == std::string::npos) events.append(events.empty() ? "" : ", ").append(event);
    }
    const Json entry = change.value("entry", Json::object());
    rows.push_back({{"entry", name_of_entry(entry)},
                    {"time", entry.value("time", "")},
                    {"status", change.value("status", "")},
                    {"adds", yuan_of(change, "fen")},
                    {"after", yuan_of(change, "after_fen")},
                    {"money", std::move(events)}});
  }
  print_rows(shared, rows, {"entry", "time", "status", "adds", "after", "money"});
}

void print_stops(const Shared& shared, const Json& stops) {
  if (stops.empty()) return;
  std::printf("\nwhat stopped the rest / 限制原因\n");
  Json rows = Json::array();
  for (const Json& stop : stops) {
    std::string entries;
    const Json named = stop.value("entries", Json::array());
    for (const Json& entry : named) entries.append(entries.empty() ? "" : ", ").append(name_of_entry(entry));
    rows.push_back({{"why", stop.value("why", "")},
                    {"took", yuan_of(stop, "fen")},
                    {"by entry", std::move(entries)},
                    {"note", stop.value("note", "")}});
  }
  print_rows(shared, rows, {"why", "took", "by entry", "note"});
}

void print_explanation(const Shared& shared, const Json& shown) {
  const std::string what = shown.value("id", "a claim now / 现在申请");
  const std::string status = shown.value("status", "");
  std::printf("%s%s%s: %s yuan", what.c_str(), status.empty() ? "" : " is ", status.c_str(),
              yuan_of(shown, "amount_fen").c_str());
  const Json parts = shown.value("parts", Json::array());
  for (const Json& part : parts) std::printf("; %s %s", part.value("part", "").c_str(), yuan_of(part, "fen").c_str());
  std::printf("\n");
  const Json workings = shown.value("workings", Json::array());
  for (const Json& working : workings)
    print_working(shared, working, "entry " + name_of_entry(working.value("entry", Json::object())));
  if (shown.contains("now")) print_working(shared, shown["now"], "computed anew / 重新计算");
  print_changes(shared, shown.value("changes", Json::array()));
  print_stops(shared, shown.value("stopped", Json::array()));
}

Result<void> run_explain(Shared& shared, const Explain& asked) {
  if (asked.no.empty() == asked.line.empty())
    return fail(ErrorCode::usage, "explain a number, or with --line what would be due now");
  if (!asked.line.empty() && asked.claimant.empty() && asked.from.remote.org.empty())
    return fail(ErrorCode::usage, "--line needs --org: for whom?");
  const auto shown = asked.export_file.empty() ? explain_by_node(shared, asked) : explain_by_export(shared, asked);
  if (!shown) return std::unexpected(shown.error());
  if (shared.as_json) {
    print_object(shared, *shown);
  } else {
    print_explanation(shared, *shown);
  }
  return {};
}

void add_explain_options(CLI::App& command, Explain& asked) {
  command.add_option("--as-of", asked.as_of, "As it was after a seq, at an instant or at the end of a day");
  command.add_option("--export", asked.export_file,
                     "Read this export (- for standard input) and audit it on the way, in place of asking a node");
  command.add_option("--checkpoint", asked.from.checkpoint, "An older checkpoint: must be a prefix of the export")
      ->group("Trust");
  add_log_key_option(command, asked.from.log_keys);
  add_remote_options(command, asked.from.remote, NeedUrl::no);
}

}  // namespace

void add_explain_commands(CLI::App& app, Shared& shared) {
  auto claim = std::make_shared<Explain>();
  claim->kind = "subsidy";
  auto* subsidy = app.add_subcommand("subsidy", "Subsidies")->require_subcommand(1);
  auto* of_claim = subsidy->add_subcommand("explain",
                                           "Where every fen of a claim comes from: rule, base, tiers, caps, rounding, "
                                           "what lowered it since, and the entries\n"
                                           "that stopped the rest. With --line: what a claim would get now.");
  of_claim->add_option("number", claim->no, "BT number");
  of_claim->add_option("--line", claim->line, "Code of a subsidy line: what would --org, or --for, be due?");
  of_claim->add_option("--for", claim->claimant, "Who would claim; default --org");
  of_claim->add_option("--year", claim->year, "With --line: an earlier earn year");
  of_claim->add_option("--side", claim->side, "With --line: seller or buyer, where they share it");
  of_claim->add_option("--dataset", claim->dataset, "With --line: the data set, where each counts by itself");
  add_explain_options(*of_claim, *claim);
  // Of an export the organisation is no reader: it needs no key.
  of_claim->get_option("--org")->remove_needs(of_claim->get_option("--key"));
  on_run(*of_claim, shared, [&shared, claim] { return run_explain(shared, *claim); });

  auto paid = std::make_shared<Explain>();
  paid->kind = "fee";
  auto* fee = app.add_subcommand("fee", "Fees")->require_subcommand(1);
  auto* of_fee = fee->add_subcommand(
      "explain", "Where every fen of a fee comes from, what lowered it since, and why a waiver was not given");
  of_fee->add_option("number", paid->no, "FY number")->required();
  add_explain_options(*of_fee, *paid);
  on_run(*of_fee, shared, [&shared, paid] { return run_explain(shared, *paid); });
}

}  // namespace dengji::cli
