// Reads the fixed members of the module's few formats out of a value that the strict reader has passed. The first
// refusal sticks and later reads give empty values, so a format's rules stand one under the other without a branch
// between them. Pointers are made only for a refusal. Internal to ledger/entry.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "ledger/base/error.hpp"
#include "ledger/base/hash32.hpp"
#include "ledger/base/time.hpp"
#include "ledger/json/strict_json.hpp"

namespace dengji::entry {

// What went wrong first.
class Refusal {
 public:
  void set(ErrorCode code, std::string_view place, std::string_view member, std::string context);
  bool none() const { return !error_.has_value(); }
  Error take() { return std::move(*error_); }

 private:
  std::optional<Error> error_;
};

class Members {
 public:
  // `place` is the pointer of the object; it and the others must outlive this.
  Members(const json::Json& object, std::string_view place, Refusal& refusal)
      : object_(object), place_(place), refusal_(refusal) {}

  // An object with all of `required` and nothing but these and `optional`.
  void exactly(std::initializer_list<std::string_view> required, std::string_view optional = {});
  bool has(std::string_view name) const { return find(name) != nullptr; }

  std::string_view text(std::string_view name);
  std::int64_t integer(std::string_view name);  // ≥ 0
  LedgerTime time(std::string_view name);       // RFC 3339
  Hash32 hash(std::string_view name);           // base64url
  std::string bytes(std::string_view name, std::size_t size);
  // Null after a refusal.
  const json::Json& value(std::string_view name, json::Json::value_t type);

  void refuse(ErrorCode code, std::string_view name, std::string context) {
    refusal_.set(code, place_, name, std::move(context));
  }

 private:
  const json::Json* find(std::string_view name) const;

  const json::Json& object_;
  std::string_view place_;
  Refusal& refusal_;
};

}  // namespace dengji::entry
