// Entries as the ledger holds them, and their proofs. Who may not see an entry is told that there is none.
#include "api/leaf_view.hpp"
#include "api/problem.hpp"
#include "api/receipt.hpp"
#include "api/routes.hpp"
#include "crypto/base64.hpp"
#include "ledger/merkle/hash.hpp"
#include "ledger/state/codec.hpp"
#include "ledger/state/keys.hpp"

namespace dengji::api {

namespace {

constexpr std::uint64_t kDefaultPage = 50;
constexpr std::uint64_t kMaxPage = 200;
constexpr int kMaxEntriesLooked = 5000;  // entries looked at for one page

std::optional<state::EntryMeta> meta_of(const state::ReadView& view, Seq seq) {
  const auto bytes = view.get(state::entry_meta_key(seq));
  if (!bytes) return std::nullopt;
  return state::decode<state::EntryMeta>(*bytes);
}

struct Found {
  Seq seq;
  bool is_public = false;
  std::string leaf;
};

// By seq or entry_id, if the reader may see it.
Result<Found> find_entry(const Core& core, const Call& call) {
  const std::string& name = call.segments[0];
  std::optional<Seq> seq;
  if (const auto number = parse_number(name)) {
    seq = Seq{*number};
  } else if (const auto id = crypto::hash_from_b64(name)) {
    if (auto known = core.ports.ledger.seq_of(*id)) seq = *known;
  } else {
    return fail(ErrorCode::bad_request, "an entry is named by its seq or by its entry_id (43 characters)");
  }
  const auto none = [&] { return fail(ErrorCode::not_in_ledger, "entry " + name); };
  const std::uint64_t size = core.size();
  if (!seq || seq->value >= size) return none();
  const auto meta = meta_of(*core.ports.ledger.view_at(size), *seq);
  if (!meta || !call.reader.may_see(core.tables.registry, *meta)) return none();
  auto leaf = core.ports.ledger.leaf(*seq);
  if (!leaf) return std::unexpected(std::move(leaf.error()));
  return Found{*seq, meta->is_public, std::move(*leaf)};
}

Response get_entry(Core& core, Call& call) {
  auto found = find_entry(core, call);
  if (!found) return problem(found.error());
  std::string body = R"({"seq":)" + std::to_string(found->seq.value);
  body.append(R"(,"entry_id":")").append(crypto::to_b64(view_leaf(found->leaf).entry_id()));
  body.append(R"(","leaf_hash":")").append(crypto::to_b64(merkle::leaf_hash(found->leaf)));
  body.append(R"(","leaf":)").append(found->leaf).append("}");
  Response response = json_response(std::move(body));
  set_caching(response, found->is_public ? Caching::immutable : Caching::none);
  return response;
}

Response get_proof(Core& core, Call& call) {
  auto found = find_entry(core, call);
  if (!found) return problem(found.error());
  const auto checkpoint = core.ports.ledger.checkpoint();
  auto hashes = core.ports.ledger.inclusion(found->seq, checkpoint->size);
  if (!hashes) return problem(hashes.error());
  const Hash32 entry_id = view_leaf(found->leaf).entry_id();
  const Hash32 leaf_hash = merkle::leaf_hash(found->leaf);
  const Receipt receipt{.created = false,
                        .seq = found->seq,
                        .entry_id = entry_id,
                        .leaf = std::move(found->leaf),
                        .leaf_hash = leaf_hash,
                        .inclusion = std::move(*hashes),
                        .checkpoint = checkpoint};
  Response response;
  if (negotiate(call.request, call.route->produces) == call.route->produces.front()) {
    response = json_response(receipt_json(receipt));
  } else {
    response.content_type = "text/plain; charset=utf-8";
    response.body = receipt_text(receipt);
  }
  if (found->is_public) {
    set_caching(response, Caching::revalidate);
    response.fields.append("Vary: Accept\r\n");
  }
  return response;
}

std::string item_json(Seq seq, const state::EntryMeta& meta, std::string_view leaf) {
  const LeafView view = view_leaf(leaf);
  std::string out = R"({"seq":)" + std::to_string(seq.value);
  out.append(R"(,"entry_id":")").append(crypto::to_b64(view.entry_id()));
  out.append(R"(","type":")").append(meta.type);
  out.append(R"(","time":")").append(format_time(view.time)).append("\"");
  if (!meta.subject_kind.empty()) {
    out.append(R"(,"subject":)");
    append_json_string(out, meta.subject_kind + "/" + meta.subject_id);
  }
  return out.append("}");
}

// Newest first; `next` is the seq to ask for with before=.
Response list_entries(Core& core, Call& call) {
  const std::uint64_t size = core.size();
  std::uint64_t before = size;
  std::uint64_t limit = kDefaultPage;
  if (const std::string* text = call.parameter("before")) {
    const auto number = parse_number(*text);
    if (!number) return problem(ErrorCode::value_format, "before must be a seq", "?before");
    before = std::min(before, *number);
  }
  if (const std::string* text = call.parameter("limit")) {
    const auto number = parse_number(*text);
    if (!number || *number == 0 || *number > kMaxPage) {
      return problem(ErrorCode::value_range, "limit must be 1 to " + std::to_string(kMaxPage), "?limit");
    }
    limit = *number;
  }
  const std::string* type = call.parameter("type");
  const auto view = core.ports.ledger.view_at(size);
  std::string items;
  std::uint64_t count = 0;
  std::uint64_t at = before;
  for (int looked = 0; at > 0 && count < limit && looked < kMaxEntriesLooked; ++looked) {
    const Seq seq{--at};
    const auto meta = meta_of(*view, seq);
    if (!meta || !call.reader.may_see(core.tables.registry, *meta) || (type != nullptr && meta->type != *type))
      continue;
    auto leaf = core.ports.ledger.leaf(seq);
    if (!leaf) return problem(leaf.error());
    items.append(count++ == 0 ? "" : ",").append(item_json(seq, *meta, *leaf));
  }
  std::string body = R"({"items":[)" + items + "]";
  if (at > 0) body.append(R"(,"next":")").append(std::to_string(at)).append("\"");
  return json_response(body + "}");
}

}  // namespace

void add_entry_routes(Router& router) {
  router.add({.method = Method::get,
              .path = "/v1/entries",
              .summary = "The newest entries that the caller may see, newest first",
              .tag = "entries",
              .parameters = {{.name = "before", .doc = "Only entries with a smaller seq: the last answer's `next`"},
                             {.name = "limit", .doc = "At most so many, 1 to 200, default 50"},
                             {.name = "type", .doc = "Only entries of this type"}},
              .produces = {"application/json"},
              .consumes = {},
              .body = {},
              .schema = "EntryList",
              .read = list_entries,
              .quick = {},
              .raw = {}});
  const Parameter entry{
      .name = "entry", .doc = "The seq, or the entry_id (SHA-256 of the payload, base64url)", .in_path = true};
  router.add({.method = Method::get,
              .path = "/v1/entries/{entry}",
              .summary = "One entry: its leaf, as it was hashed",
              .tag = "entries",
              .parameters = {entry},
              .produces = {"application/json"},
              .consumes = {},
              .body = {},
              .schema = "Entry",
              .read = get_entry,
              .quick = {},
              .raw = {}});
  router.add({.method = Method::get,
              .path = "/v1/entries/{entry}/proof",
              .summary = "The entry with its inclusion proof to the newest checkpoint; as text/plain a C2SP tlog-proof",
              .tag = "entries",
              .parameters = {entry},
              .produces = {"application/json", "text/plain"},
              .consumes = {},
              .body = {},
              .schema = "Receipt",
              .read = get_proof,
              .quick = {},
              .raw = {}});
}

}  // namespace dengji::api
