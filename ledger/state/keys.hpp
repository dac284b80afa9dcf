// Logical state keys. Parts are joined by 0x1f, which no string of the ledger can hold (strict JSON refuses control
// characters), so keys cannot collide and prefixes are exact. docs/formats.md lists them.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "ledger/base/seq.hpp"

namespace dengji::state {

inline constexpr char kSeparator = '\x1f';

std::string join_key(std::initializer_list<std::string_view> parts);

inline std::string object_key(std::string_view kind, std::string_view id) {
  return join_key({"o", kind, id});
}
inline std::string object_prefix(std::string_view kind) {
  return join_key({"o", kind, ""});
}
// Another name of an object; the value is its id.
inline std::string alias_key(std::string_view kind, std::string_view alias) {
  return join_key({"l", kind, alias});
}
// Secondary index: present (value "") while the object has this value.
inline std::string index_key(std::string_view kind, std::string_view index, std::string_view value,
                             std::string_view id) {
  return join_key({"x", kind, index, value, id});
}
inline std::string index_prefix(std::string_view kind, std::string_view index, std::string_view value) {
  return join_key({"x", kind, index, value, ""});
}
inline std::string account_key(std::string_view account) {
  return join_key({"a", account});
}
// What is reserved between two accounts for a cause.
inline std::string reservation_key(std::string_view cause, std::string_view debit, std::string_view credit) {
  return join_key({"r", cause, debit, credit});
}
inline std::string counter_key(std::string_view name) {
  return join_key({"n", name});
}
inline std::string mark_key(std::string_view scope, std::string_view key) {
  return join_key({"m", scope, key});
}
// (organisation, UUID) → entry_id (32 bytes) and seq (8 bytes, big-endian).
inline std::string used_id_key(std::string_view org, std::string_view uuid) {
  return join_key({"u", org, uuid});
}
// What the API must know of an entry without reading its leaf: entry_meta.hpp.
std::string entry_meta_key(Seq seq);

}  // namespace dengji::state
