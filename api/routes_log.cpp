// The log as C2SP has it: checkpoint, tiles, consistency. Hash tiles are public; entry bundles hold leaves and so are
// for those who may read all of them. Nothing beyond the published checkpoint is served.
#include "api/problem.hpp"
#include "api/routes.hpp"
#include "crypto/base64.hpp"
#include "ledger/merkle/entry_bundle.hpp"
#include "ledger/merkle/tile_path.hpp"

namespace dengji::api {

namespace {

Response get_checkpoint(Core& core, Call&) {
  Response response;
  response.content_type = "text/plain; charset=utf-8";
  response.body = core.ports.ledger.checkpoint()->note;
  set_caching(response, Caching::revalidate);
  return response;
}

Response get_bundle(const Core& core, const Call& call, const merkle::TilePath& path) {
  if (!call.reader.may_export) {
    return call.reader.org ? problem(ErrorCode::not_allowed, "entry bundles are for auditors")
                           : problem(ErrorCode::bad_token, "entry bundles are for auditors: show a read token");
  }
  std::string bundle;
  unsigned count = 0;
  auto visited = core.ports.ledger.leaves(Seq{path.id.index * merkle::kTileWidth}, [&](Seq, std::string_view leaf) {
    merkle::append_to_bundle(bundle, leaf);
    return ++count < path.width;
  });
  if (!visited) return problem(visited.error());
  if (count != path.width) return problem(ErrorCode::not_found, "no such bundle yet");
  Response response;
  response.content_type = "application/octet-stream";
  response.body = std::move(bundle);
  return response;
}

Response get_tile(Core& core, Call& call) {
  const auto path = merkle::parse_tile_path("tile/" + call.segments[0]);
  if (!path) return problem(ErrorCode::not_found, "not a tile path of c2sp.org/tlog-tiles");
  const std::uint64_t size = core.size();
  const unsigned available = merkle::tile_width(path->id, size);
  // A full tile is never asked for as a partial one of 256.
  if (path->width > available) return problem(ErrorCode::not_found, "the published tree has no such tile yet");
  if (path->entries) return get_bundle(core, call, *path);
  auto tile = core.ports.ledger.tile(path->id, path->width);
  if (!tile) return problem(tile.error());
  Response response;
  response.content_type = "application/octet-stream";
  response.body = (*tile)->substr(0, std::size_t{path->width} * 32);
  set_caching(response, Caching::immutable);
  return response;
}

Response get_consistency(Core& core, Call& call) {
  const std::uint64_t size = core.size();
  const std::string* from_text = call.parameter("from");
  const std::string* to_text = call.parameter("to");
  const auto from = from_text != nullptr ? parse_number(*from_text) : std::nullopt;
  const auto to = to_text != nullptr ? parse_number(*to_text) : std::optional(size);
  if (!from) return problem(ErrorCode::value_format, "from must be a tree size", "?from");
  if (!to) return problem(ErrorCode::value_format, "to must be a tree size", "?to");
  if (*from > *to) return problem(ErrorCode::value_range, "from must not be larger than to", "?from");
  if (*to > size) {
    return problem(ErrorCode::value_range, "the published size is " + std::to_string(size), "?to");
  }
  auto hashes = core.ports.ledger.consistency(*from, *to);
  if (!hashes) return problem(hashes.error());
  state::Json proof = state::Json::array();
  for (const Hash32& hash : *hashes) proof.push_back(crypto::to_b64(hash));
  Response response = json_response(state::Json{{"from", *from}, {"to", *to}, {"proof", std::move(proof)}});
  set_caching(response, to_text != nullptr ? Caching::immutable : Caching::revalidate);
  return response;
}

}  // namespace

void add_log_routes(Router& router) {
  router.add({.method = Method::get,
              .path = "/checkpoint",
              .summary = "The newest checkpoint (c2sp.org/tlog-checkpoint in a signed note)",
              .tag = "log",
              .parameters = {},
              .produces = {"text/plain"},
              .consumes = {},
              .body = {},
              .schema = {},
              .read = {},
              .quick = get_checkpoint,
              .raw = {}});
  router.add({.method = Method::get,
              .path = "/tile/{tile*}",
              .summary = "Hash tiles and, for auditors, entry bundles (c2sp.org/tlog-tiles), of any partial width",
              .tag = "log",
              .parameters = {{.name = "tile",
                              .doc = "Rest of the tile path, such as 0/x001/234 or entries/000.p/7",
                              .in_path = true}},
              .produces = {"application/octet-stream"},
              .consumes = {},
              .body = {},
              .schema = {},
              .read = get_tile,
              .quick = {},
              .raw = {}});
  router.add({.method = Method::get,
              .path = "/v1/consistency",
              .summary = "Proof that the tree of size `from` is a prefix of the tree of size `to` (RFC 9162)",
              .tag = "log",
              .parameters = {{.name = "from", .doc = "The older tree size"},
                             {.name = "to", .doc = "The newer tree size, default the published one"}},
              .produces = {"application/json"},
              .consumes = {},
              .body = {},
              .schema = "ConsistencyProof",
              .read = get_consistency,
              .quick = {},
              .raw = {}});
}

}  // namespace dengji::api
