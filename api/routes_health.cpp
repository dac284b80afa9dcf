// For those who watch the node: is it alive, is it ready, how is it.
#include "api/event_feed.hpp"
#include "api/problem.hpp"
#include "api/routes.hpp"

namespace dengji::api {

namespace {

using state::Json;

Response livez(Core& core, Call&) {
  if (!core.ports.health.alive()) return problem(ErrorCode::unavailable, "the node has halted: see its log");
  return json_response(Json{{"alive", true}});
}

Response readyz(Core& core, Call&) {
  const std::vector<std::string> reasons = core.ports.health.not_ready();
  return json_response(Json{{"ready", reasons.empty()}, {"reasons", reasons}}, reasons.empty() ? 200 : 503);
}

void family(std::string& out, std::string_view name, std::string_view type, std::string_view help) {
  out.append("# HELP ").append(name).append(" ").append(help).append("\n");
  out.append("# TYPE ").append(name).append(" ").append(type).append("\n");
}

void sample(std::string& out, std::string_view name, std::string_view labels, std::uint64_t value) {
  out.append(name).append(labels).append(" ").append(std::to_string(value)).append("\n");
}

void simple(std::string& out, std::string_view name, std::string_view type, std::string_view help,
            std::uint64_t value) {
  family(out, name, type, help);
  sample(out, name, {}, value);
}

Response metrics(Core& core, const ServerStats* stats) {
  Response response;
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  std::string& out = response.body;
  out = core.ports.health.metrics();
  simple(out, "dengji_api_ledger_size", "gauge", "Published size of the ledger.", core.size());
  simple(out, "dengji_api_stream_consumers", "gauge", "Open WebSocket and SSE streams.", core.feed->consumers());
  if (stats == nullptr) return response;
  family(out, "dengji_http_responses_total", "counter", "Answers by class of status.");
  static constexpr std::string_view kClasses[] = {"", "1xx", "2xx", "3xx", "4xx", "5xx"};
  for (std::size_t i = 1; i < 6; ++i) {
    sample(out, "dengji_http_responses_total", "{class=\"" + std::string(kClasses[i]) + "\"}",
           stats->by_class[i].load());
  }
  simple(out, "dengji_http_requests_total", "counter", "Requests taken.", stats->requests.load());
  simple(out, "dengji_http_connections", "gauge", "Open connections.", stats->open.load());
  simple(out, "dengji_http_websockets", "gauge", "Open WebSockets.", stats->websockets.load());
  simple(out, "dengji_http_accepted_total", "counter", "Connections accepted.", stats->accepted.load());
  simple(out, "dengji_http_refused_total", "counter", "Connections refused over a limit.", stats->refused.load());
  simple(out, "dengji_http_timeouts_total", "counter", "Connections that ran out of time.", stats->timed_out.load());
  return response;
}

Route probe(std::string path, std::string summary, std::string_view media,
            std::function<Response(Core&, Call&)> quick) {
  return {.method = Method::get,
          .path = std::move(path),
          .summary = std::move(summary),
          .tag = "health",
          .parameters = {},
          .produces = {media},
          .consumes = {},
          .body = {},
          .schema = {},
          .read = {},
          .quick = std::move(quick),
          .raw = {}};
}

}  // namespace

void add_health_routes(Router& router, const std::atomic<const ServerStats*>& stats) {
  router.add(probe("/livez", "200 while the node is not halted", "application/json", livez));
  router.add(
      probe("/readyz", "200 while the node should get traffic, else 503 with the reasons", "application/json", readyz));
  router.add(probe("/metrics", "Prometheus metrics", "text/plain",
                   [&stats](Core& core, Call&) { return metrics(core, stats.load()); }));
}

}  // namespace dengji::api
