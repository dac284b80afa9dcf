// Errors as RFC 9457 problem+json:
//   {"type":"about:blank","title","title_zh","status","code","detail","entry_id"?,"verdict"?,
//    "errors":[{"pointer","code","detail","detail_zh"}]}
#pragma once

#include <optional>
#include <string>

#include "api/http.hpp"
#include "api/ports.hpp"
#include "ledger/base/error.hpp"

namespace dengji::api {

inline constexpr std::string_view kProblemType = "application/problem+json";

struct ProblemExtras {
  std::optional<Hash32> entry_id;
  int retry_after_s = 0;  // adds Retry-After
};

Response problem(const Error& error, const ProblemExtras& extras = {});
Response problem(const Refusal& refusal);
Response problem(const SubmitError& error);

inline Response problem(ErrorCode code, std::string context = {}, std::string pointer = {}) {
  return problem(Error{code, std::move(context), std::move(pointer)});
}

}  // namespace dengji::api
