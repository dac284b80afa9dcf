// dengji policy dry-run: a period of the past once more under draft policies. Who gains, who loses, what the pools
// spend and when they run dry; nothing is sent anywhere.
#include <chrono>
#include <cstdio>

#include "contracts/areas.hpp"
#include "node/cli/exports.hpp"
#include "node/cli/policies.hpp"
#include "node/dry_run.hpp"
#include "node/trusted_export.hpp"

namespace dengji::cli {
namespace {

constexpr std::size_t kMostDraftBytes = 256 << 10;
constexpr const char* kDryRun = "policy dry-run";

struct DryRunOptions {
  ExportSource from;
  std::vector<std::string> drafts;
  std::string first;
  std::string last;
  std::string csv;
  std::size_t most = 100;
  bool trusted = false;
  bool timing = false;
};

Result<std::optional<Date>> period_day(const char* name, const std::string& text) {
  if (text.empty()) return std::nullopt;
  const auto day = parse_date(text);
  if (!day) return fail(ErrorCode::usage, std::string(name) + " " + text + " is no day (YYYY-MM-DD)");
  return *day;
}

Result<node::DryRunAsked> read_asked(const DryRunOptions& options) {
  node::DryRunAsked asked;
  for (const std::string& file : options.drafts) {
    const auto bytes = read_input(file, kMostDraftBytes);
    if (!bytes) return std::unexpected(bytes.error());
    auto draft = contracts::dry_run::read_draft(*bytes);
    if (!draft) return fail(draft.error().code, file + ": " + draft.error().context, draft.error().pointer);
    asked.drafts.push_back(std::move(*draft));
  }
  const auto first = period_day("--from", options.first);
  if (!first) return std::unexpected(first.error());
  const auto last = period_day("--to", options.last);
  if (!last) return std::unexpected(last.error());
  if (*first && *last && **last < **first)
    return fail(ErrorCode::usage, "--to " + options.last + " lies before --from " + options.first);
  asked.from = *first;
  asked.to = *last;
  return asked;
}

// What the rules say against a draft, on stderr, with its file and the place in it.
std::unexpected<Error> draft_refused(Shared& shared, const DryRunOptions& options,
                                     const contracts::dry_run::DraftRefused& refused) {
  const auto& row = contracts::registry().verdict(refused.refusal.verdict);
  constexpr std::string_view kBody = "/body";
  std::string_view place = refused.refusal.pointer;
  if (place.starts_with(kBody)) place.remove_prefix(kBody.size());
  std::fprintf(stderr, "dengji: %s: %.*s: %.*s (%s) at %.*s\n        %.*s\n", options.drafts[refused.draft].c_str(),
               static_cast<int>(row.slug.size()), row.slug.data(), static_cast<int>(row.en.size()), row.en.data(),
               refused.refusal.context.c_str(), static_cast<int>(place.size()), place.data(),
               static_cast<int>(row.zh.size()), row.zh.data());
  return shared.fail_told(1);
}

// An audit goes on beside the dry run; what it finds wrong ends both.
Result<void> read_audited(Shared& shared, const DryRunOptions& options, node::DryRunFeed& feed) {
  auto trust = trust_for(options.from);
  if (!trust) return std::unexpected(std::move(trust.error()));
  Result<void> taken;
  std::optional<LedgerTime> previous;
  node::ExportAudit audit(std::move(*trust), progress_of(kDryRun), [&](const node::AuditedEntry& entry) {
    if (taken)
      taken = feed.take(entry.checked, {entry.leaf.seq, entry.leaf.time, previous}, entry.effects, entry.writes);
    previous = entry.leaf.time;
  });
  const auto read = read_export(shared, options.from, [&](std::string_view piece) -> Result<void> {
    if (auto fed = audit.feed(piece); !fed) return fed;
    return taken;
  });
  if (!read) return read;
  const auto summary = audit.finish();
  if (!summary) return std::unexpected(summary.error());
  return taken;
}

Result<void> read_trusted(Shared& shared, const DryRunOptions& options, node::DryRunFeed& feed) {
  node::TrustedExport source([&](std::vector<node::ReadEntry> batch) { return feed.execute(std::move(batch)); },
                             progress_of(kDryRun));
  if (auto read = read_export(shared, options.from, [&](std::string_view piece) { return source.feed(piece); }); !read)
    return read;
  return source.finish();
}

// --- as tables
Json rows_of_organisations(const Json& answer) {
  Json rows = Json::array();
  const Json& organisations = answer.at("organisations");
  for (const Json& org : organisations) {
    Json row{{"org", org.at("org")}, {"name", org.at("name")}, {"difference_fen", org.at("difference_fen")}};
    for (const char* figure : {"fees_due_fen", "fees_waived_fen", "granted_fen", "paid_fen"}) {
      const std::string was = org.at("was").at(figure).dump();
      const std::string would = org.at("would").at(figure).dump();
      row[figure] = was == would ? was : was + " > " + would;
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

Json rows_of_lines(const Json& answer) {
  Json rows = Json::array();
  const Json& lines = answer.at("lines");
  for (const Json& line : lines) {
    rows.push_back({{"of", line.at("of")},
                    {"code", line.value("code", Json(""))},
                    {"line", line.at("line")},
                    {"was", line.at("was").at("count")},
                    {"was_fen", line.at("was").at("fen")},
                    {"would", line.at("would").at("count")},
                    {"would_fen", line.at("would").at("fen")},
                    {"difference_fen", line.at("difference_fen")}});
  }
  return rows;
}

// visit(pool, month, was, would) for every month that either run has; the one that a run lacks is null.
template <class Visit>
void each_pool_month(const Json& answer, Visit&& visit) {
  const Json& pools = answer.at("pools");
  for (const Json& pool : pools) {
    std::map<std::string, std::pair<Json, Json>> months;
    const Json& was = pool.at("was").at("months");
    for (const Json& month : was) months[month.at("month").get<std::string>()].first = month;
    const Json& would = pool.at("would").at("months");
    for (const Json& month : would) months[month.at("month").get<std::string>()].second = month;
    const std::string name = pool.at("pool").get<std::string>() + "-" + pool.at("year").dump();
    for (const auto& [month, pair] : months) visit(name, month, pair.first, pair.second);
  }
}

Json rows_of_pools(const Json& answer) {
  Json rows = Json::array();
  each_pool_month(answer, [&](const std::string& pool, const std::string& month, const Json& was, const Json& would) {
    const auto of = [](const Json& one, const char* figure) { return one.is_null() ? Json("") : one.at(figure); };
    rows.push_back({{"pool", pool},
                    {"month", month},
                    {"given_fen", of(would, "given_fen")},
                    {"granted_was", of(was, "granted_fen")},
                    {"granted_would", of(would, "granted_fen")},
                    {"paid_was", of(was, "paid_fen")},
                    {"paid_would", of(would, "paid_fen")},
                    {"free_was", of(was, "free_fen")},
                    {"free_would", of(would, "free_fen")}});
  });
  return rows;
}

void print_dry_days(const Json& answer) {
  const Json& pools = answer.at("pools");
  for (const Json& pool : pools) {
    const std::string was = pool.at("was").value("dry_on", "never");
    const std::string would = pool.at("would").value("dry_on", "never");
    std::printf("pool %s-%s runs dry: was %s, would %s\n", pool.at("pool").get<std::string>().c_str(),
                pool.at("year").dump().c_str(), was.c_str(), would.c_str());
  }
}

void print_tables(const Shared& shared, const Json& answer) {
  std::printf("%s to %s: %s entries, %s decided otherwise, %s not taken; %s gain, %s lose\n",
              answer.at("from").get<std::string>().c_str(), answer.at("to").get<std::string>().c_str(),
              answer.at("entries").dump().c_str(), answer.at("decided_otherwise").dump().c_str(),
              answer.at("not_taken_count").dump().c_str(), answer.at("winners").dump().c_str(),
              answer.at("losers").dump().c_str());
  std::printf("\nOrganisations (fen), winners first\n");
  print_rows(shared, rows_of_organisations(answer),
             {"org", "difference_fen", "fees_due_fen", "fees_waived_fen", "granted_fen", "paid_fen", "name"});
  std::printf("\nLines (fen)\n");
  print_rows(shared, rows_of_lines(answer),
             {"of", "code", "line", "was", "was_fen", "would", "would_fen", "difference_fen"});
  std::printf("\nPools at the end of each month (fen)\n");
  print_rows(shared, rows_of_pools(answer),
             {"pool", "month", "given_fen", "granted_was", "granted_would", "paid_was", "paid_would", "free_was",
              "free_would"});
  print_dry_days(answer);
  if (answer.at("not_taken_count") == 0) return;
  std::printf("\nEntries that are not in the replay\n");
  print_rows(shared, answer.at("not_taken"), {"seq", "time", "type", "org", "why", "code", "detail"});
}

// --- timing
using SteadyClock = std::chrono::steady_clock;

double seconds_since(SteadyClock::time_point start) {
  return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

Result<void> run_dry(Shared& shared, const DryRunOptions& options) {
  auto asked = read_asked(options);
  if (!asked) return std::unexpected(std::move(asked.error()));
  node::DryRunFeed feed(std::move(*asked));
  const auto start = SteadyClock::now();
  auto read = options.trusted ? read_trusted(shared, options, feed) : read_audited(shared, options, feed);
  if (feed.refused()) return draft_refused(shared, options, *feed.refused());
  if (!read) return read;
  const double seconds = seconds_since(start);
  auto answer = feed.finish(options.most);
  if (!answer) return std::unexpected(std::move(answer.error()));
  (*answer)["audited"] = !options.trusted;
  if (options.timing) {
    std::fprintf(stderr,
                 "policy dry-run: %llu entries replayed; all read and executed in %.3f s, the comparison %.3f s\n",
                 static_cast<unsigned long long>(feed.replayed()), seconds, seconds_since(start) - seconds);
  }
  if (!options.csv.empty()) {
    if (auto written = write_output(options.csv, dry_run_csv(*answer)); !written) return written;
  }
  if (shared.as_json) {
    print_object(shared, *answer);
  } else if (options.csv != "-") {
    print_tables(shared, *answer);
  }
  return {};
}

}  // namespace

std::string dry_run_csv(const Json& answer) {
  std::string csv = "table,key,line,month,figure,was,would,difference\r\n";
  const auto add = [&](const std::string& where, const std::string& figure, std::int64_t was, std::int64_t would) {
    std::int64_t difference = 0;
    if (__builtin_sub_overflow(would, was, &difference)) difference = would;
    csv.append(where).append(",").append(figure).append(",").append(std::to_string(was));
    csv.append(",").append(std::to_string(would)).append(",").append(std::to_string(difference)).append("\r\n");
  };
  // `was` or `would` is null where only the other has the row.
  const auto add_all = [&](const std::string& where, const Json& was, const Json& would) {
    const Json& known = was.is_null() ? would : was;
    for (auto row = known.begin(); row != known.end(); ++row) {
      if (!row->is_number()) continue;
      const std::string& figure = row.key();
      const auto of = [&](const Json& one) {
        std::int64_t amount = 0;
        if (!one.is_null()) one.at(figure).get_to(amount);
        return amount;
      };
      add(where, figure, of(was), of(would));
    }
  };
  const Json& organisations = answer.at("organisations");
  for (const Json& org : organisations)
    add_all("organisation," + org.at("org").get<std::string>() + ",,", org.at("was"), org.at("would"));
  const Json& lines = answer.at("lines");
  for (const Json& line : lines) {
    const std::string key = line.value("code", "") + "," + line.at("line").get<std::string>();
    add_all(line.at("of").get<std::string>() + "," + key + ",", line.at("was"), line.at("would"));
  }
  each_pool_month(answer, [&](const std::string& pool, const std::string& month, const Json& was, const Json& would) {
    add_all("pool," + pool + ",," + month, was, would);
  });
  return csv;
}

void add_policy_dry_run(CLI::App& group, Shared& shared) {
  auto options = std::make_shared<DryRunOptions>();
  auto* command = group.add_subcommand(
      "dry-run",
      "Replays a past period of an export under draft policies: who gains, who loses, what the pools spend and when\n"
      "they run dry. The export is audited on the way, or trusted; nothing is sent anywhere");
  add_export_options(*command, options->from);
  command
      ->add_option("--policy", options->drafts, "File with a draft: the body of a policy.enact; several may be given")
      ->required()
      ->type_size(1)
      ->allow_extra_args(false);
  command->add_option("--from", options->first,
                      "First day of the period, YYYY-MM-DD in UTC+8; default the earliest first day of a draft");
  command->add_option("--to", options->last, "Last day of the period; default that of the last entry");
  command->add_option("--csv", options->csv, "Also write the figures to this file as CSV; - for standard output");
  command->add_option("--most", options->most, "List at most so many entries that were not taken")
      ->capture_default_str();
  command->add_flag("--trusted", options->trusted,
                    "Only execute the entries again: no signature, leaf or checkpoint is verified");
  command->add_flag("--timing", options->timing, "Tell on standard error how long it took");
  on_run(*command, shared, [&shared, options] { return run_dry(shared, *options); });
}

}  // namespace dengji::cli
