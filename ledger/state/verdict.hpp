// A contract's refusal: a result, not an error. Each area has a closed enum of at most 100 numbers, fixed for ever, and
// a table of rows that it hands to the registry (registry.hpp); the general ones, 1 to 99, are here. A refused entry
// leaves no leaf and changes nothing.
#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace dengji::state {

struct VerdictRow {
  std::uint16_t number;
  std::string_view slug;  // the `code` in problem+json; never renamed
  int http_status;        // 403 for a role, 409 for a reused id, 401 for a signature, else 422
  std::string_view en;
  std::string_view zh;
};

enum class General : std::uint16_t {
  wrong_ledger = 1,
  wrong_genesis,
  made_in_future,
  entry_expired,
  id_reused,
  unknown_key,
  bad_signature,
  key_revoked,
  key_not_for_signing,
  key_of_other_org,
  org_unknown,
  org_not_active,
  role_not_held,
  signer_missing,
  signer_not_wanted,
  quorum_missing,
  leaf_too_large,
  account_limit,
  amount_overflow,
  object_unknown,
  genesis_twice,
  genesis_missing,
  serial_exhausted,
  same_party,
};

std::span<const VerdictRow> general_verdicts();

// `context` names the object, the state it is in and what would be allowed instead; `pointer` the place in the payload.
struct [[nodiscard]] Refusal {
  std::uint16_t verdict;
  std::string context;
  std::string pointer;

  friend bool operator==(const Refusal&, const Refusal&) = default;
};

using Verdict = std::expected<void, Refusal>;

template <class E>
std::unexpected<Refusal> refuse(E verdict, std::string context = {}, std::string pointer = {}) {
  return std::unexpected(Refusal{static_cast<std::uint16_t>(verdict), std::move(context), std::move(pointer)});
}

}  // namespace dengji::state

// Leaves the calling function with the refusal, if there is one.
#define DENGJI_TRY(expression)                                 \
  do {                                                         \
    if (auto dengji_tried = (expression); !dengji_tried) {     \
      return std::unexpected(std::move(dengji_tried.error())); \
    }                                                          \
  } while (false)
