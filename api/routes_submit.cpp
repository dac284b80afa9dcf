// POST /v1/entries: one entry, one receipt.
#include "api/problem.hpp"
#include "api/receipt.hpp"
#include "api/routes.hpp"

namespace dengji::api {

namespace {

Response answer_of(const Core& core, const SubmitOutcome& outcome, bool as_text) {
  Response response;
  std::uint64_t size = 0;
  if (const auto* receipt = std::get_if<Receipt>(&outcome)) {
    response.status = receipt->created ? 201 : 200;
    response.content_type = as_text ? "text/plain; charset=utf-8" : "application/json";
    response.body = as_text ? receipt_text(*receipt) : receipt_json(*receipt);
    response.fields.append("Location: /v1/entries/").append(std::to_string(receipt->seq.value)).append("\r\n");
    size = receipt->checkpoint->size;
  } else if (const auto* refusal = std::get_if<Refusal>(&outcome)) {
    response = problem(*refusal);
    size = core.size();
  } else {
    response = problem(std::get<SubmitError>(outcome));
    size = core.size();
  }
  response.fields.append("Cache-Control: private, no-store\r\nDengji-Size: ")
      .append(std::to_string(size))
      .append("\r\n");
  return response;
}

void submit(Core& core, Call call) {
  const std::string_view accept = call.request.field("Accept");
  bool as_text = false;
  if (!accept.empty() && accept != "*/*" && accept != "application/json") {
    const std::string_view chosen = negotiate(call.request, call.route->produces);
    if (chosen.empty()) {
      return answer(core, std::move(call.responder),
                    problem(ErrorCode::not_acceptable, "available: application/json, text/plain"));
    }
    as_text = chosen != call.route->produces.front();
  }
  core.ports.submit.submit(std::move(call.request.body), [responder = std::move(call.responder), &core,
                                                          as_text](SubmitOutcome outcome) mutable {
    responder.later([outcome = std::move(outcome), &core, as_text] { return answer_of(core, outcome, as_text); });
  });
}

}  // namespace

void add_submit_routes(Router& router) {
  router.add({.method = Method::post,
              .path = "/v1/entries",
              .summary = "Submit one signed entry; the answer is its receipt, sent once the entry is durable",
              .tag = "entries",
              .parameters = {},
              .produces = {"application/json", "text/plain"},
              .consumes = {"application/json", "application/jose+json"},
              .body = {.limit = kMaxSubmitBytes, .streaming = false},
              .schema = "Receipt",
              .read = {},
              .quick = {},
              .raw = submit});
}

}  // namespace dengji::api
