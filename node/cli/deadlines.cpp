// dengji deadline list: the time limits that run, overdue first, as a node tells them to whoever asks.
#include <algorithm>
#include <cstdio>

#include "api/http.hpp"
#include "node/cli/remote.hpp"

namespace dengji::cli {
namespace {

constexpr std::uint64_t kPageOfDeadlines = 500;  // the most that one answer of a node holds

struct DeadlineOptions {
  RemoteOptions remote;
  std::string kind;
  std::string role;
  std::string acts;
  bool overdue = false;
  std::string from;
  std::string to;
  std::string as_of;
  std::uint64_t limit = 100;
};

std::string page_target(const DeadlineOptions& options, std::uint64_t items, const std::string& cursor) {
  std::string target = "/v1/deadlines?limit=" + std::to_string(std::min(items, kPageOfDeadlines));
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) target.append("&").append(name).append("=").append(api::percent_encode(value));
  };
  add("kind", options.kind);
  add("role", options.role);
  add("org", options.acts);
  if (options.overdue) add("overdue", "true");
  add("from", options.from);
  add("to", options.to);
  add(cursor.empty() ? "as_of" : "cursor", cursor.empty() ? options.as_of : cursor);
  return target;
}

// Pages of a node put together: all items are as of the same entry.
Result<Json> fetch_deadlines(Remote& remote, const DeadlineOptions& options) {
  Json items = Json::array();
  std::string cursor;
  for (;;) {
    auto page = remote.get_json(page_target(options, options.limit - items.size(), cursor));
    if (!page) return std::unexpected(std::move(page.error()));
    if (!page->is_object()) return fail(ErrorCode::value_format, "the node's answer is no list of deadlines");
    const Json found = page->value("items", Json::array());
    for (const Json& item : found) items.push_back(item);
    cursor = text_of(*page, "next").value_or("");
    if (!cursor.empty() && items.size() < options.limit) continue;
    Json all = std::move(*page);
    all["items"] = std::move(items);
    return all;
  }
}

// 3 days left, or 12 days late.
std::string days_in_words(const Json& item) {
  if (const auto late = item.find("overdue_days"); late != item.end()) return late->dump() + " late";
  const Json left = item.value("days_left", Json());
  return left == 0 ? "today" : left.dump() + " left";
}

Result<void> list_deadlines(Shared& shared, const DeadlineOptions& options) {
  auto remote = Remote::open(shared, options.remote);
  if (!remote) return std::unexpected(std::move(remote.error()));
  const auto answer = fetch_deadlines(*remote, options);
  if (!answer) return std::unexpected(answer.error());
  if (shared.as_json) {
    print_object(shared, *answer);
    return {};
  }
  Json rows = answer->value("items", Json::array());
  for (Json& row : rows) row["days"] = days_in_words(row);
  print_rows(shared, rows, {"due", "days", "kind", "id", "what", "role", "org", "doc_zh"});
  const std::string overdue = answer->value("overdue", Json(0)).dump();
  std::fprintf(stderr, "overdue: %s\n", overdue.c_str());
  if (answer->contains("next")) std::fprintf(stderr, "there are more: ask for more with --limit\n");
  if (answer->contains("cut_off")) std::fprintf(stderr, "the node did not look at all of them: ask for one --kind\n");
  return {};
}

}  // namespace

void add_deadline_commands(CLI::App& app, Shared& shared) {
  auto* deadline = app.add_subcommand("deadline", "Time limits that run");
  deadline->require_subcommand(1);
  auto options = std::make_shared<DeadlineOptions>();
  auto* list = deadline->add_subcommand("list", "What is due when and by whom, overdue first");
  list->add_option("--kind", options->kind, "Only of this kind of object, such as dataset");
  list->add_option("--role", options->role, "Only what this role is to do, such as registrar");
  list->add_option("--acts", options->acts, "Only what this organisation is to do");
  list->add_flag("--overdue", options->overdue, "Only what is overdue");
  list->add_option("--from", options->from, "Due on this day or later");
  list->add_option("--to", options->to, "Due on this day or before");
  list->add_option("--as-of", options->as_of, "A seq, an instant or the end of a day");
  list->add_option("--limit", options->limit, "At most so many")->check(CLI::Range(1, 100'000))->capture_default_str();
  add_remote_options(*list, options->remote);
  on_run(*list, shared, [&shared, options] { return list_deadlines(shared, *options); });
}

}  // namespace dengji::cli
