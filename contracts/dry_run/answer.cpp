// The comparison as JSON.
#include <algorithm>
#include <cstdio>

#include "contracts/common/organisations.hpp"
#include "contracts/dry_run/comparison.hpp"

namespace dengji::contracts::dry_run {
namespace {

using json::Json;

std::int64_t difference(std::int64_t was, std::int64_t would) {
  std::int64_t result = 0;
  if (__builtin_sub_overflow(would, was, &result)) result = would;
  return result;
}

Json org_json(const OrgFigures& figures) {
  return {{"fees_due_fen", figures.fees_due_fen},
          {"fees_waived_fen", figures.fees_waived_fen},
          {"granted_fen", figures.granted_fen},
          {"paid_fen", figures.paid_fen}};
}

Json organisations_json(const ReadView& view, const Comparison& both) {
  using Row = std::pair<std::string, Pair<OrgFigures>>;
  std::vector<Row> rows(both.organisations.begin(), both.organisations.end());
  const auto gain = [](const Row& row) { return difference(row.second.was.net(), row.second.would.net()); };
  std::sort(rows.begin(), rows.end(),
            [&](const Row& a, const Row& b) { return gain(a) != gain(b) ? gain(a) > gain(b) : a.first < b.first; });
  Json list = Json::array();
  for (const Row& row : rows) {
    const auto org = find_object<Org>(view, row.first);
    list.push_back({{"org", row.first},
                    {"name", org ? org->name : std::string()},
                    {"was", org_json(row.second.was)},
                    {"would", org_json(row.second.would)},
                    {"difference_fen", gain(row)}});
  }
  return list;
}

Json line_json(const LineFigures& figures, bool subsidy) {
  Json json{{"count", figures.count}, {"fen", figures.fen}};
  if (subsidy) json["paid_fen"] = figures.paid_fen;
  return json;
}

Json lines_json(const Comparison& both) {
  Json list = Json::array();
  for (const auto& [key, pair] : both.lines) {
    const auto& [of, code, line] = key;
    Json row{{"of", of},
             {"line", line},
             {"was", line_json(pair.was, of == "subsidy")},
             {"would", line_json(pair.would, of == "subsidy")},
             {"difference_fen", difference(pair.was.fen, pair.would.fen)}};
    if (!code.empty()) row["code"] = code;
    list.push_back(std::move(row));
  }
  return list;
}

Json story_json(const PoolStory& story) {
  Json months = Json::array();
  for (const PoolMonth& month : story.months) {
    char name[16];
    std::snprintf(name, sizeof name, "%04d-%02d", month.year, month.month);
    months.push_back({{"month", name},
                      {"given_fen", month.given.value()},
                      {"free_fen", month.free.value()},
                      {"reserved_fen", month.reserved.value()},
                      {"granted_fen", month.granted.value()},
                      {"paid_fen", month.paid.value()}});
  }
  Json json{{"months", std::move(months)}};
  if (story.dry_on) json["dry_on"] = format_date(*story.dry_on);
  return json;
}

Json pools_json(const Comparison& both) {
  Json list = Json::array();
  for (const auto& [key, pair] : both.pools) {
    list.push_back(
        {{"pool", key.first}, {"year", key.second}, {"was", story_json(pair.was)}, {"would", story_json(pair.would)}});
  }
  return list;
}

std::string_view name_of_why(Why why) {
  switch (why) {
    case Why::refused:
      return "refused";
    case Why::nothing_there:
      return "nothing_there";
    case Why::replaced:
      return "replaced";
  }
  std::unreachable();
}

Json not_taken_json(const NotTaken& one, const Registry& registry) {
  Json json{{"seq", one.seq},      {"time", format_time(one.time)}, {"type", one.type},
            {"org", one.org.text}, {"why", name_of_why(one.why)},   {"detail", one.refusal.context}};
  if (one.why != Why::refused) return json;
  const VerdictRow& row = registry.verdict(one.refusal.verdict);
  json["code"] = row.slug;
  json["verdict"] = row.number;
  json["sentence"] = row.en;
  json["sentence_zh"] = row.zh;
  json["pointer"] = one.refusal.pointer;
  return json;
}

Json drafts_json(const std::vector<Draft>& drafts) {
  Json list = Json::array();
  for (const Draft& draft : drafts) {
    list.push_back({{"code", draft.body.code},
                    {"kind", name_of(draft.body.kind)},
                    {"title", draft.body.title},
                    {"first_day", format_date(draft.first)}});
  }
  return list;
}

}  // namespace

Json answer_of(const DryRun& run, const Registry& registry, std::size_t most) {
  const Comparison both = run.compare();
  const auto& all = run.replay().not_taken();
  Json not_taken = Json::array();
  for (std::size_t i = 0; i < std::min(most, all.size()); ++i) not_taken.push_back(not_taken_json(all[i], registry));
  std::size_t winners = 0;
  std::size_t losers = 0;
  for (const auto& [org, pair] : both.organisations) {
    const std::int64_t gain = difference(pair.was.net(), pair.would.net());
    winners += gain > 0 ? 1 : 0;
    losers += gain < 0 ? 1 : 0;
  }
  return {{"drafts", drafts_json(run.replay().drafts())},
          {"entries", run.entries()},
          {"decided_otherwise", run.replay().decided_otherwise()},
          {"winners", winners},
          {"losers", losers},
          {"organisations", organisations_json(run.was(), both)},
          {"lines", lines_json(both)},
          {"pools", pools_json(both)},
          {"not_taken", std::move(not_taken)},
          {"not_taken_count", all.size()}};
}

}  // namespace dengji::contracts::dry_run
