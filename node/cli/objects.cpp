// dengji get / list: any object, account or list, as it is or as it was after a seq, at an instant or on a day. Kinds,
// routes and filters come from the registry.
#include <algorithm>
#include <cstdio>

#include "api/http.hpp"
#include "contracts/areas.hpp"
#include "node/cli/remote.hpp"

namespace dengji::cli {
namespace {

constexpr std::uint64_t kObjectsPerPage = 500;

struct Read {
  RemoteOptions remote;
  std::string kind;
  std::string id;
  std::vector<std::string> filters;
  std::string as_of;
  std::uint64_t limit = 50;
};

// Where a kind is served; accounts are beside the registry's kinds.
struct ReadRoute {
  std::string path;
  bool is_public = false;
  std::vector<std::string_view> filters;
};

std::string kind_names() {
  std::string names;
  for (const state::ObjectKindInfo* kind : contracts::registry().kinds()) names.append(kind->kind).append(", ");
  return names + "account";
}

// By the name of one or of many: dataset or datasets.
Result<ReadRoute> route_of(const std::string& name) {
  if (name == "account" || name == "accounts") return ReadRoute{"/v1/accounts", false, {"prefix"}};
  const auto& registry = contracts::registry();
  const state::ObjectKindInfo* kind = registry.kind(name);
  if (kind == nullptr) kind = registry.kind_by_plural(name);
  if (kind == nullptr) return fail(ErrorCode::usage, name + " is no kind of object; there are " + kind_names());
  ReadRoute route{"/v1/" + std::string(kind->plural), kind->visibility == state::Visibility::everyone, {}};
  for (const state::ObjectIndex& index : kind->indexes) route.filters.push_back(index.name);
  return route;
}

Result<void> get_one(Shared& shared, const Read& asked) {
  const auto route = route_of(asked.kind);
  if (!route) return std::unexpected(route.error());
  auto remote = Remote::open(shared, asked.remote);
  if (!remote) return std::unexpected(std::move(remote.error()));
  std::string target = route->path + "/" + api::percent_encode(asked.id);
  if (!asked.as_of.empty()) target.append("?as_of=").append(api::percent_encode(asked.as_of));
  Result<Json> found = fail(ErrorCode::not_in_ledger);
  if (route->is_public) {
    const auto answer = remote->get_public(target);
    if (!answer) return std::unexpected(answer.error());
    found = read_foreign(answer->body, "the answer to " + target);
  } else {
    found = remote->find_json(std::move(target));
  }
  if (!found) return std::unexpected(std::move(found.error()));
  if (!found->is_object()) return fail(ErrorCode::value_format, "the node's answer is no object");
  print_object(shared, *found);
  return {};
}

// "&name=value" of each filter.
Result<std::string> filter_query(const ReadRoute& route, const Read& asked) {
  std::string query;
  for (const std::string& filter : asked.filters) {
    const auto equals = filter.find('=');
    const std::string name = filter.substr(0, equals);
    if (equals == std::string::npos ||
        std::find(route.filters.begin(), route.filters.end(), name) == route.filters.end()) {
      std::string names;
      for (const std::string_view known : route.filters) names.append(names.empty() ? "" : ", ").append(known);
      return fail(ErrorCode::usage, "--filter takes name=value, and " + asked.kind + " is filtered by " +
                                        (names.empty() ? "nothing" : names) + "; not so: " + filter);
    }
    query.append("&").append(name).append("=").append(api::percent_encode(filter.substr(equals + 1)));
  }
  return query;
}

// The pages of one listing: the cursor holds on to the version that the first one was read from.
Result<Json> fetch_all(Remote& remote, const ReadRoute& route, const Read& asked, const std::string& filters) {
  Json whole{{"items", Json::array()}, {"more", false}};
  std::string more = asked.as_of.empty() ? std::string() : "&as_of=" + api::percent_encode(asked.as_of);
  while (true) {
    const std::uint64_t left = asked.limit - whole["items"].size();
    const auto page =
        remote.get_json(route.path + "?limit=" + std::to_string(std::min(left, kObjectsPerPage)) + filters + more);
    if (!page) return std::unexpected(page.error());
    const auto items = page->is_object() ? page->find("items") : page->end();
    if (!page->is_object() || items == page->end() || !items->is_array())
      return fail(ErrorCode::value_format, "the node's answer is no list");
    for (const Json& item : *items) whole["items"].push_back(item);
    if (page->contains("as_of")) whole["as_of"] = (*page)["as_of"];
    const auto next = page->find("next");
    if (next == page->end() || !next->is_string()) return whole;
    whole["more"] = whole["items"].size() >= asked.limit;
    if (whole["more"].get<bool>()) return whole;
    more = "&cursor=" + api::percent_encode(next->get<std::string>());
  }
}

// What tells one item from another: names first, then what the kind is filtered by, and its status.
std::vector<std::string> columns_of(const ReadRoute& route, const Json& items) {
  std::vector<std::string> columns;
  const auto add = [&](const std::string& name) {
    const bool there = std::any_of(items.begin(), items.end(), [&](const Json& item) {
      return item.is_object() && item.contains(name) && item[name].is_primitive();
    });
    if (there && std::find(columns.begin(), columns.end(), name) == columns.end()) columns.push_back(name);
  };
  for (const char* name : {"no", "id", "account", "code", "version", "title", "name"}) add(name);
  for (const std::string_view name : route.filters) add(std::string(name));
  for (const char* name : {"effective_status", "status", "balance_fen"}) add(name);
  return columns;
}

Result<void> list_all(Shared& shared, const Read& asked) {
  const auto route = route_of(asked.kind);
  if (!route) return std::unexpected(route.error());
  const auto filters = filter_query(*route, asked);
  if (!filters) return std::unexpected(filters.error());
  auto remote = Remote::open(shared, asked.remote);
  if (!remote) return std::unexpected(std::move(remote.error()));
  const auto listed = fetch_all(*remote, *route, asked, *filters);
  if (!listed) return std::unexpected(listed.error());
  if (shared.as_json) {
    print_object(shared, *listed);
    return {};
  }
  const Json& items = (*listed)["items"];
  print_rows(shared, items, columns_of(*route, items));
  if ((*listed)["more"].get<bool>()) std::fprintf(stderr, "there are more: ask for more with --limit\n");
  return {};
}

}  // namespace

void add_object_commands(CLI::App& app, Shared& shared) {
  constexpr const char* kAsOfDoc = "As it was after a seq, at an instant or at the end of a day; default now";
  auto one = std::make_shared<Read>();
  auto* get = app.add_subcommand("get", "One object: a data set, trade, fee, organisation, policy … or an account");
  get->add_option("kind", one->kind, "Such as dataset; a wrong one names them all")->required();
  get->add_option("id", one->id, "Its id or number")->required();
  get->add_option("--as-of", one->as_of, kAsOfDoc);
  add_remote_options(*get, one->remote);
  on_run(*get, shared, [&shared, one] { return get_one(shared, *one); });

  auto many = std::make_shared<Read>();
  auto* list = app.add_subcommand("list", "The objects of a kind that you may see");
  list->add_option("kind", many->kind, "Such as dataset; a wrong one names them all")->required();
  list->add_option("--filter", many->filters, "name=value, such as status=registered; all of several")
      ->allow_extra_args(false);
  list->add_option("--limit", many->limit, "At most so many")->check(CLI::Range(1, 1'000'000))->capture_default_str();
  list->add_option("--as-of", many->as_of, kAsOfDoc);
  add_remote_options(*list, many->remote);
  on_run(*list, shared, [&shared, many] { return list_all(shared, *many); });
}

}  // namespace dengji::cli
