// Entries made up from bytes: which type, by whom, when, and a body of the type's own schema whose ids mostly name
// objects that exist. Any bytes give some entry, the same bytes the same one, so a fuzzer that changes bytes changes
// acts. New entry types take part by themselves. Signatures are not made: an entry comes out as the verify pool would
// hand it to apply.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/engine.hpp"
#include "tests/support/contract_fixture.hpp"

namespace dengji::test {

// Bytes as decisions; once they have run out every decision is the first.
class Choices {
 public:
  explicit Choices(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  bool empty() const { return bytes_.empty(); }
  std::uint64_t below(std::uint64_t n);
  bool one_in(std::uint64_t n) { return below(n) == n - 1; }
  template <class T>
  const T& pick(const std::vector<T>& from) {
    return from[below(from.size())];
  }

 private:
  std::span<const std::uint8_t> bytes_;
};

class EntryMaker {
 public:
  EntryMaker(const state::Registry& registry, Choices& choices) : registry_(registry), choices_(choices) {}

  // How far the clock goes on before the next entry.
  std::int64_t wait_ms();
  // nullopt when what came out is no entry of its type: the strict readers refuse it.
  std::optional<contracts::CheckedEntry> make(const state::ReadView& view, LedgerTime now, const Hash32& genesis);

 private:
  Json body_of(const state::EntryTypeInfo& type);
  Json value_of(std::string_view name, const Json& schema);
  Json object_of(const Json& schema);
  Json changed(Json template_value, const Json& schema);
  std::int64_t integer_of(std::string_view name, const Json& schema);
  std::string text_of(std::string_view name, const Json& schema);
  std::string some_id(std::string_view kind);
  std::string known_text(std::string_view name);
  std::string org_text();
  std::vector<entry::Party> parties_of(const state::EntryTypeInfo& type, const Json& body, const state::Body& read);

  const state::Registry& registry_;
  Choices& choices_;
  const state::ReadView* view_ = nullptr;
  LedgerTime now_;
  std::uint64_t made_ = 0;
  std::vector<std::string> ids_made_;
};

}  // namespace dengji::test
