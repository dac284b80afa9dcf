// Expected failures (input, IO, a peer gone) as values. One closed table, error_codes.def, maps each code to its HTTP
// status, the dengji exit code and an English and a Chinese sentence. A contract's refusal is no Error: it is a Verdict
// (ledger/state/verdict.hpp). Sits at the bottom of the house; everything may include it.
#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace dengji {

enum class ErrorCode : std::uint16_t {
#define DENGJI_ERROR(name, http, exit, en, zh) name,
#include "ledger/base/error_codes.def"
#undef DENGJI_ERROR
};

struct ErrorRow {
  ErrorCode code;
  std::string_view slug;  // the `code` member of problem+json
  int http_status;
  int exit_code;
  std::string_view en;
  std::string_view zh;
};

// Every row, in the order of the enum.
std::span<const ErrorRow> error_table();
const ErrorRow& error_row(ErrorCode code);

// `context` names the thing and the way out in English; `pointer` is the JSON Pointer of the place ("" = the whole
// document, or no document at all).
struct [[nodiscard]] Error {
  ErrorCode code;
  std::string context;
  std::string pointer;

  // "slug: sentence (context) at pointer", for logs and stderr.
  std::string message() const;
};

template <class T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(ErrorCode code, std::string context = {}, std::string pointer = {}) {
  return std::unexpected(Error{code, std::move(context), std::move(pointer)});
}

}  // namespace dengji
