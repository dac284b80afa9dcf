#include "api/problem.hpp"

#include "crypto/base64.hpp"
#include "ledger/json/strict_json.hpp"

namespace dengji::api {

namespace {

using json::Json;

struct Sentences {
  std::string_view slug;
  int status;
  std::string_view en;
  std::string_view zh;
};

// Contexts are English. What is only numbers, ids and dates reads in any language; a sentence stays with `detail`.
bool has_words(std::string_view context) {
  const auto small = [](char c) { return c >= 'a' && c <= 'z'; };
  for (std::size_t i = 0; i + 1 < context.size(); ++i)
    if (small(context[i]) && small(context[i + 1])) return true;
  return false;
}

Json problem_json(const Sentences& row, const std::string& pointer, const std::string& context) {
  const std::string detail = context.empty() ? std::string(row.en) : std::string(row.en) + ": " + context;
  const std::string detail_zh =
      context.empty() || has_words(context) ? std::string(row.zh) : std::string(row.zh) + "：" + context;
  return Json{
      {"type", "about:blank"},
      {"title", row.en},
      {"title_zh", row.zh},
      {"status", row.status},
      {"code", row.slug},
      {"detail", detail},
      {"errors",
       Json::array({{{"pointer", pointer}, {"code", row.slug}, {"detail", detail}, {"detail_zh", detail_zh}}})}};
}

Response finish(const Json& body, int status) {
  Response response;
  response.status = status;
  response.content_type = kProblemType;
  // Contexts may quote what a client sent.
  response.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  return response;
}

}  // namespace

Response problem(const Error& error, const ProblemExtras& extras) {
  const ErrorRow& row = error_row(error.code);
  Json body = problem_json({row.slug, row.http_status, row.en, row.zh}, error.pointer, error.context);
  if (extras.entry_id) body["entry_id"] = crypto::to_b64(*extras.entry_id);
  Response response = finish(body, row.http_status);
  if (extras.retry_after_s > 0) {
    response.add_field("Retry-After", std::to_string(extras.retry_after_s));
  } else if (row.http_status == 503 || row.http_status == 429) {
    response.add_field("Retry-After", "1");
  }
  if (row.http_status == 401) response.add_field("WWW-Authenticate", "Bearer");
  return response;
}

Response problem(const Refusal& refusal) {
  const state::VerdictRow& row = *refusal.row;
  Json body = problem_json({row.slug, row.http_status, row.en, row.zh}, refusal.pointer, refusal.detail);
  body["verdict"] = row.number;
  body["entry_id"] = crypto::to_b64(refusal.entry_id);
  return finish(body, row.http_status);
}

Response problem(const SubmitError& error) {
  return problem(error.error, {.entry_id = error.entry_id, .retry_after_s = error.retry_after_s});
}

}  // namespace dengji::api
