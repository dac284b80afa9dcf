// One description per record, many uses. A body, policy or state object is a plain struct with one
//
//   template <class Self, class Visit>
//   static void fields(Self& self, Visit& visit) {
//     visit("title", self.title, Spec{"Title of the data set", 1, 200});
//     ...
//   }
//
// from which come the binary codec (codec.hpp), the strict JSON reader, the JSON view (json_fields.hpp) and the JSON
// Schema (schema.hpp). No hand-written twins. New members go at the end and are optional, so old bytes stay readable.
//
// Member types: bool, std::int64_t, Fen, std::string, Date, LedgerTime, Hash32, OrgId, KeyId, RegNo, an enum with
// EnumNames, a record, std::optional<T> and std::vector<T> of any of these.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "ledger/base/fen.hpp"
#include "ledger/base/hash32.hpp"
#include "ledger/base/ids.hpp"
#include "ledger/base/limits.hpp"
#include "ledger/base/time.hpp"

namespace dengji::state {

// What a member may hold. min..max: length in code points for strings, value for integers and Fen (each element's, in a
// vector). items_min..items_max: count of a vector.
struct Spec {
  std::string_view doc;
  std::int64_t min = 0;
  std::int64_t max = -1;  // -1: 1000 for strings, 2^53-1 for integers
  std::int64_t items_min = 0;
  std::int64_t items_max = 64;

  constexpr std::int64_t text_max() const { return max < 0 ? 1000 : max; }
  constexpr std::int64_t integer_max() const { return max < 0 ? kMaxSafeInteger : max; }
};

// Specialise for each enum that stands in a record: names in the order of the enumerators, which count from 0.
//   template <> struct EnumNames<Right> { static constexpr std::array names{"hold", "process", "operate"}; };
template <class E>
struct EnumNames;

template <class E>
concept NamedEnum = std::is_enum_v<E> && requires { EnumNames<E>::names.size(); };

template <>
struct EnumNames<Rounding> {
  static constexpr std::array names{"down", "half_even", "up"};
};

template <NamedEnum E>
constexpr std::string_view name_of(E value) {
  return EnumNames<E>::names[static_cast<std::size_t>(value)];
}

template <NamedEnum E>
constexpr std::optional<E> enum_of(std::string_view name) {
  for (std::size_t i = 0; i < EnumNames<E>::names.size(); ++i) {
    if (name == EnumNames<E>::names[i]) return static_cast<E>(i);
  }
  return std::nullopt;
}

namespace detail {
struct AnyVisit {
  template <class T>
  void operator()(std::string_view, T&, const Spec&) {}
};
}  // namespace detail

template <class T>
concept Record = std::is_class_v<T> && requires(T& value, detail::AnyVisit& visit) { T::fields(value, visit); };

template <class T>
struct is_optional : std::false_type {};
template <class T>
struct is_optional<std::optional<T>> : std::true_type {};
template <class T>
struct is_vector : std::false_type {};
template <class T>
struct is_vector<std::vector<T>> : std::true_type {};
template <class T>
struct is_name : std::false_type {};
template <class Tag>
struct is_name<Name<Tag>> : std::true_type {};

}  // namespace dengji::state
