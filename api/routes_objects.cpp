// Objects of every kind that the registry lists: /v1/<plural>, /v1/<plural>/{id}, /v1/<plural>/{id}/history, and for
// kinds that hold money /v1/<plural>/{id}/explain. Nothing here knows what a kind means.
#include "api/entry_history.hpp"
#include "api/problem.hpp"
#include "api/routes.hpp"
#include "api/versions.hpp"
#include "ledger/state/codec.hpp"
#include "ledger/state/keys.hpp"

namespace dengji::api {

namespace {

using state::Json;
using state::ObjectKindInfo;

constexpr std::size_t kMaxRecordsLooked = 20'000;  // records looked at for one page

// One filter: an index of the kind and the value that it must have.
struct Filter {
  std::string_view index;
  std::string value;
};

std::vector<Filter> filters_of(const ObjectKindInfo& kind, const Call& call) {
  std::vector<Filter> filters;
  for (const state::ObjectIndex& index : kind.indexes)
    if (const std::string* value = call.parameter(index.name)) filters.push_back({index.name, *value});
  return filters;
}

std::string query_name(const ObjectKindInfo& kind, const std::vector<Filter>& filters) {
  std::string name(kind.plural);
  for (const Filter& filter : filters) name.append("&").append(filter.index).append("=").append(filter.value);
  return name;
}

bool passes(const state::ReadView& view, const ObjectKindInfo& kind, const std::vector<Filter>& filters,
            std::size_t first, std::string_view id) {
  for (std::size_t i = first; i < filters.size(); ++i) {
    if (!view.get(state::index_key(kind.kind, filters[i].index, filters[i].value, id))) return false;
  }
  return true;
}

Response list_objects(const ObjectKindInfo& kind, Core& core, Call& call) {
  if (kind.visibility != state::Visibility::everyone && !call.reader.org) {
    return problem(ErrorCode::bad_token, std::string(kind.plural) + " are for their parties: show a read token");
  }
  const std::vector<Filter> filters = filters_of(kind, call);
  const std::string name = query_name(kind, filters);
  auto page = read_page(core, call, name);
  if (!page) return problem(page.error());
  const auto view = core.ports.ledger.view_at(page->as_of.size);

  // Through the first filter's index if there is one, else through all records; both are in order of the id.
  const std::string prefix = filters.empty() ? state::object_prefix(kind.kind)
                                             : state::index_prefix(kind.kind, filters[0].index, filters[0].value);
  Json items = Json::array();
  std::string last;
  std::size_t looked = 0;
  bool more = false;
  view->scan(prefix, prefix + page->after, [&](std::string_view key, std::string_view value) {
    const std::string_view id = key.substr(prefix.size());
    if (id == page->after && !page->after.empty()) return true;
    if (items.size() == page->limit || looked == kMaxRecordsLooked) {
      more = true;
      return false;
    }
    ++looked;
    last = id;
    std::string fetched;
    std::string_view record = value;
    if (!filters.empty()) {
      if (!passes(*view, kind, filters, 1, id)) return true;
      auto stored = view->get(state::object_key(kind.kind, id));
      if (!stored) return true;
      fetched = std::move(*stored);
      record = fetched;
    }
    if (call.reader.may_see(kind, record)) items.push_back(kind.to_json(*view, record, page->as_of.now));
    return true;
  });

  Response response =
      page_response(Json{{"items", std::move(items)}}, *page, name, more ? std::optional(last) : std::nullopt);
  if (kind.visibility == state::Visibility::everyone) set_caching(response, Caching::revalidate);
  return response;
}

struct FoundObject {
  std::string id;
  std::string record;
};

// By id or by another name that the kind knows; not_found also for what the reader may not see.
Result<FoundObject> find_visible(const ObjectKindInfo& kind, const state::ReadView& view, const Call& call) {
  const std::string& name = call.segments[0];
  const auto none = [&] { return fail(ErrorCode::not_found, std::string(kind.kind) + " " + name); };
  // Keys are joined by control characters and never empty.
  for (const char c : name)
    if (static_cast<unsigned char>(c) < 0x20) return none();
  std::string id = state::resolve_alias(view, kind.kind, name);
  auto record = view.get(state::object_key(kind.kind, id));
  if (!record || !call.reader.may_see(kind, *record)) return none();
  return FoundObject{std::move(id), std::move(*record)};
}

Response get_object(const ObjectKindInfo& kind, Core& core, Call& call) {
  auto as_of = resolve_as_of(core, call.parameter("as_of"));
  if (!as_of) return problem(as_of.error());
  const auto view = core.ports.ledger.view_at(as_of->size);
  auto found = find_visible(kind, *view, call);
  if (!found) return problem(found.error());
  Response response = json_response(kind.to_json(*view, found->record, as_of->now));
  tell_as_of(response, *as_of);
  if (kind.visibility == state::Visibility::everyone) set_caching(response, Caching::revalidate);
  return response;
}

// One version of an object: what it was after the entry `seq`, and which entry that was.
Result<Json> version_json(const ObjectKindInfo& kind, const Core& core, Seq seq,
                          const std::optional<std::string>& record) {
  auto leaf = core.ports.ledger.leaf(seq);
  if (!leaf) return std::unexpected(std::move(leaf.error()));
  const LeafView entry = view_leaf(*leaf);
  const auto view = core.ports.ledger.view_at(seq.value + 1);
  Json item = version_head(seq, entry, *view);
  item["object"] = record ? kind.to_json(*view, *record, entry.time) : Json(nullptr);
  return item;
}

Response get_history(const ObjectKindInfo& kind, Core& core, Call& call) {
  const std::string name = std::string(kind.plural) + "/" + call.segments[0] + "/history";
  auto page = read_page(core, call, name);
  if (!page) return problem(page.error());
  const auto view = core.ports.ledger.view_at(page->as_of.size);
  auto found = find_visible(kind, *view, call);
  if (!found) return problem(found.error());

  auto read = read_versions(core, *page, state::object_key(kind.kind, found->id));
  if (!read) return problem(read.error());

  Json items = Json::array();
  for (const auto& [seq, record] : read->versions) {
    auto item = version_json(kind, core, seq, record);
    if (!item) return problem(item.error());
    items.push_back(std::move(*item));
  }
  Response response = page_response(Json{{"items", std::move(items)}}, *page, name, read->next);
  if (kind.visibility == state::Visibility::everyone) set_caching(response, Caching::revalidate);
  return response;
}

Response get_explanation(const ObjectKindInfo& kind, Core& core, Call& call) {
  auto as_of = resolve_as_of(core, call.parameter("as_of"));
  if (!as_of) return problem(as_of.error());
  const auto view = core.ports.ledger.view_at(as_of->size);
  auto found = find_visible(kind, *view, call);
  if (!found) return problem(found.error());
  const LedgerEntries entries(core.ports.ledger, *view, as_of->size);
  auto explanation = kind.explain(*view, entries, found->record, as_of->now);
  if (!explanation) return problem(explanation.error());
  Json body = state::to_json(*explanation);
  if (as_of->size > 0) body["as_of"] = as_of->size - 1;
  Response response = json_response(body);
  tell_as_of(response, *as_of);
  return response;
}

}  // namespace

void add_object_routes(Router& router, const Core& core) {
  for (const ObjectKindInfo* kind : core.tables.registry.kinds()) {
    const std::string base = "/v1/" + std::string(kind->plural);
    const Parameter id{.name = "id", .doc = "The object's id, or another name that it has", .in_path = true};
    std::vector<Parameter> filters = page_parameters();
    for (const state::ObjectIndex& index : kind->indexes) {
      filters.push_back({.name = std::string(index.name), .doc = std::string(index.doc)});
    }
    const std::string tag(kind->plural);
    router.add({.method = Method::get,
                .path = base,
                .summary = "List: " + std::string(kind->doc),
                .tag = tag,
                .parameters = std::move(filters),
                .produces = {"application/json"},
                .consumes = {},
                .body = {},
                .schema = "List." + std::string(kind->kind),
                .read = [kind](Core& c, Call& call) { return list_objects(*kind, c, call); },
                .quick = {},
                .raw = {}});
    router.add({.method = Method::get,
                .path = base + "/{id}",
                .summary = "One object: " + std::string(kind->doc),
                .tag = tag,
                .parameters = {id, {.name = "as_of", .doc = "The ledger as of a seq, an instant or the end of a day"}},
                .produces = {"application/json"},
                .consumes = {},
                .body = {},
                .schema = "Object." + std::string(kind->kind),
                .read = [kind](Core& c, Call& call) { return get_object(*kind, c, call); },
                .quick = {},
                .raw = {}});
    std::vector<Parameter> pages = page_parameters();
    pages.push_back(id);
    router.add({.method = Method::get,
                .path = base + "/{id}/history",
                .summary = "Every version of the object, newest first, with the entry that made it",
                .tag = tag,
                .parameters = std::move(pages),
                .produces = {"application/json"},
                .consumes = {},
                .body = {},
                .schema = "History",
                .read = [kind](Core& c, Call& call) { return get_history(*kind, c, call); },
                .quick = {},
                .raw = {}});
    if (kind->explain == nullptr) continue;
    router.add({.method = Method::get,
                .path = base + "/{id}/explain",
                .summary = "How its amount came about, to the fen, and what stopped the rest",
                .tag = tag,
                .parameters = {id, {.name = "as_of", .doc = "The ledger as of a seq, an instant or the end of a day"}},
                .produces = {"application/json"},
                .consumes = {},
                .body = {},
                .schema = "Explanation",
                .read = [kind](Core& c, Call& call) { return get_explanation(*kind, c, call); },
                .quick = {},
                .raw = {}});
  }
}

}  // namespace dengji::api
