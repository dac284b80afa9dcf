#include "api/api.hpp"

#include <algorithm>
#include <exception>

#include "api/event_feed.hpp"
#include "api/problem.hpp"
#include "api/routes.hpp"

namespace dengji::api {

namespace {

constexpr std::string_view kMinSize = "min_size";

bool known_parameter(const Route& route, std::string_view name) {
  if (name == kMinSize) return true;
  for (const Parameter& parameter : route.parameters)
    if (!parameter.in_path && parameter.name == name) return true;
  return false;
}

Result<void> check_query(const Call& call) {
  for (auto member = call.query.begin(); member != call.query.end(); ++member) {
    const std::string& name = member->first;
    if (!known_parameter(*call.route, name)) {
      return fail(ErrorCode::bad_request, "this address knows no query member '" + name + "'", "?" + name);
    }
    if (std::any_of(call.query.begin(), member, [&](const auto& earlier) { return earlier.first == name; })) {
      return fail(ErrorCode::bad_request, "the query names '" + name + "' twice; once is meant", "?" + name);
    }
  }
  return {};
}

// Why a body of this kind is not taken, with what would be; empty if it is. JSON is UTF-8, and signed bytes are taken
// as they were sent.
std::string unfit_body(const Request& request, const Route& route) {
  if (route.consumes.empty()) return {};
  const std::string wanted = "send " + std::string(route.consumes.front());
  const std::string_view coding = request.field("Content-Encoding");
  if (!coding.empty() && !equals_ignore_case(coding, "identity")) return wanted + " without a Content-Encoding";
  if (!request.has_field("Content-Type")) return {};
  const MediaType type = parse_media_type(request.field("Content-Type"));
  const bool known = std::any_of(route.consumes.begin(), route.consumes.end(),
                                 [&](std::string_view accepted) { return equals_ignore_case(type.name, accepted); });
  if (!known) return wanted;
  return type.charset.empty() || equals_ignore_case(type.charset, "utf-8") ? std::string() : wanted + " in UTF-8";
}

// ETag, 304 and the default of telling no cache anything.
void finish_read(const Request& request, Response& response) {
  if (response.fields.find("Cache-Control:") == std::string::npos) set_caching(response, Caching::none);
  if (response.status != 200 || response.source) return;
  const std::string etag = etag_of(response.body);
  response.add_field("ETag", etag);
  if (!etag_matches(request.field("If-None-Match"), etag)) return;
  response.status = 304;
  response.content_type = {};
  response.body.clear();
}

Response run_read(Core& core, Call& call) {
  try {
    auto reader = read_token(core, call.request.field("Authorization"));
    if (!reader) {
      Response refused = problem(reader.error());
      refused.status = 401;
      set_caching(refused, Caching::none);
      return refused;
    }
    call.reader = std::move(*reader);
    Response response = call.route->read(core, call);
    finish_read(call.request, response);
    return response;
  } catch (const std::exception& error) {
    return problem(ErrorCode::internal, error.what());
  }
}

void read_on_pool(Core& core, std::unique_ptr<Call> call) {
  Call* raw = call.get();
  ReadPool::Job job = [&core, owned = std::move(call)] {
    Response response = run_read(core, *owned);
    answer(core, std::move(owned->responder), std::move(response));
  };
  if (!core.pool.post(job))
    answer(core, std::move(raw->responder), problem(ErrorCode::overloaded, "too many reads wait"));
}

void start_read(Core& core, std::unique_ptr<Call> call) {
  std::uint64_t wanted = 0;
  if (const std::string* text = call->parameter(kMinSize)) {
    const auto number = parse_number(*text);
    if (!number) {
      return answer(core, std::move(call->responder),
                    problem(ErrorCode::value_format, "min_size must be a whole number", "?min_size"));
    }
    wanted = *number;
  }
  if (wanted <= core.size()) return read_on_pool(core, std::move(call));
  const auto deadline = SizeWaiter::Clock::now() + core.config.min_size_wait;
  core.waiter.wait(wanted, deadline, [&core, owned = std::move(call), wanted](bool reached) mutable {
    if (reached) return read_on_pool(core, std::move(owned));
    answer(core, std::move(owned->responder),
           problem(ErrorCode::unavailable, "the ledger has not reached size " + std::to_string(wanted) + " yet",
                   "?min_size"));
  });
}

}  // namespace

void answer(const Core& core, Responder responder, Response response) {
  response.add_field("Dengji-Size", std::to_string(core.size()));
  responder(std::move(response));
}

struct Api::Impl {
  Impl(Ports ports, const Tables& tables, ApiConfig config) : core(ports, tables, std::move(config)) {}

  Core core;
  Router router;
  const Route* submit = nullptr;
  std::atomic<const ServerStats*> stats{nullptr};
  bool stopped = false;
};

Api::Api(Ports ports, const Tables& tables, ApiConfig config)
    : impl_(std::make_unique<Impl>(ports, tables, std::move(config))) {
  Core& core = impl_->core;
  Router& router = impl_->router;
  core.feed = std::make_shared<EventFeed>(core);
  add_submit_routes(router);
  impl_->submit = router.match("/v1/entries").post;
  add_batch_routes(router);
  add_entry_routes(router);
  add_log_routes(router);
  add_export_routes(router);
  add_object_routes(router, core);
  add_account_routes(router);
  add_stream_routes(router);
  add_about_routes(router);
  add_report_routes(router, core);
  add_deadline_routes(router);
  add_health_routes(router, impl_->stats);
  core.openapi = write_openapi(router, core);
  core.waiter.publish(core.size());
  core.ports.ledger.on_publish(
      [&core](const std::shared_ptr<const Checkpoint>& checkpoint) { core.waiter.publish(checkpoint->size); });
}

Api::~Api() {
  stop();
}

void Api::stop() {
  if (impl_->stopped) return;
  impl_->stopped = true;
  impl_->core.ports.ledger.on_publish({});
  impl_->core.waiter.stop();
  impl_->core.pool.stop();
}

void Api::show_stats(const ServerStats* stats) {
  impl_->stats = stats;
}

BodyPlan Api::plan(Request& head) {
  head.route = nullptr;
  if (head.method != Method::post) return {};
  // The one path that must be fast.
  const Route* route = head.path == "/v1/entries" ? impl_->submit : impl_->router.match(head.path).post;
  head.route = route;
  return route == nullptr || !unfit_body(head, *route).empty() ? BodyPlan{} : route->body;
}

void Api::handle(Request& request, Responder responder) {
  Core& core = impl_->core;
  if (const int wait = core.limiter.take(request.peer, std::chrono::steady_clock::now()); wait > 0) {
    const Error error{ErrorCode::too_many_requests, "from " + std::string(request.peer), {}};
    return answer(core, std::move(responder), problem(error, {.entry_id = {}, .retry_after_s = wait}));
  }
  if (request.route == impl_->submit && !request.body_refused) {
    return impl_->submit->raw(core, Call{impl_->submit, request, std::move(responder), {}, {}, {}});
  }
  Router::Match match = impl_->router.match(request.path);
  if (!match.found()) {
    return answer(core, std::move(responder),
                  problem(ErrorCode::not_found, "nothing lives at " + std::string(request.path.substr(0, 200))));
  }
  if (request.method == Method::options) {
    Response response;
    response.status = 204;
    response.add_field("Allow", match.allow());
    return answer(core, std::move(responder), std::move(response));
  }
  const bool reading = request.method == Method::get || request.method == Method::head;
  const Route* route = reading ? match.get : request.method == Method::post ? match.post : nullptr;
  if (route == nullptr) {
    Response response = problem(ErrorCode::method_not_allowed, "allowed here: " + match.allow());
    response.add_field("Allow", match.allow());
    return answer(core, std::move(responder), std::move(response));
  }
  if (std::string unfit = unfit_body(request, *route); !unfit.empty()) {
    return answer(core, std::move(responder), problem(ErrorCode::unsupported_media_type, std::move(unfit)));
  }
  if (request.body_refused) {
    return answer(core, std::move(responder),
                  problem(ErrorCode::body_too_large,
                          "at most " + std::to_string(route->body.limit) + " bytes are taken at this address"));
  }
  if (!route->produces.empty() && negotiate(request, route->produces).empty()) {
    return answer(core, std::move(responder),
                  problem(ErrorCode::not_acceptable, "available: " + std::string(route->produces.front())));
  }
  auto query = parse_query(request.query);
  if (!query) {
    return answer(core, std::move(responder), problem(ErrorCode::bad_request, "the query has a broken %-escape"));
  }
  auto call = std::make_unique<Call>(
      Call{route, request, std::move(responder), std::move(match.segments), std::move(*query), {}});
  if (auto checked = check_query(*call); !checked) {
    return answer(core, std::move(call->responder), problem(checked.error()));
  }
  if (route->raw) return route->raw(core, std::move(*call));
  if (route->quick) {
    Response response = route->quick(core, *call);
    finish_read(request, response);
    return answer(core, std::move(call->responder), std::move(response));
  }
  start_read(core, std::move(call));
}

Response Api::malformed(int status, std::string_view detail) {
  const ErrorCode code = status == 408   ? ErrorCode::request_timeout
                         : status == 431 ? ErrorCode::header_too_large
                                         : ErrorCode::bad_request;
  Response response = problem(code, std::string(detail));
  response.status = status;
  response.close = true;
  response.add_field("Dengji-Size", std::to_string(impl_->core.size()));
  return response;
}

}  // namespace dengji::api
