#include "ledger/base/error.hpp"

#include <array>

#include "ledger/base/assert.hpp"

namespace dengji {
namespace {

constexpr std::array kRows = {
#define DENGJI_ERROR(name, http, exit, en, zh) ErrorRow{ErrorCode::name, #name, http, exit, en, zh},
#include "ledger/base/error_codes.def"
#undef DENGJI_ERROR
};

}  // namespace

std::span<const ErrorRow> error_table() {
  return kRows;
}

const ErrorRow& error_row(ErrorCode code) {
  const auto index = static_cast<std::size_t>(code);
  LEDGER_ASSERT(index < kRows.size());
  return kRows[index];
}

std::string Error::message() const {
  const ErrorRow& row = error_row(code);
  std::string text;
  text.append(row.slug).append(": ").append(row.en);
  if (!context.empty()) text.append(" (").append(context).append(")");
  if (!pointer.empty()) text.append(" at ").append(pointer);
  return text;
}

}  // namespace dengji
