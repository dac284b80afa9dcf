// JSON Schema (2020-12) of a record, from its fields(): what the node serves under /v1/types and puts into its OpenAPI.
#pragma once

#include "ledger/state/json_fields.hpp"

namespace dengji::state {
namespace detail {

Json integer_schema(const Spec& spec);
Json text_schema(const Spec& spec);
Json form_schema(std::string_view format, std::string_view pattern);
Json enum_schema(const char* const* names, std::size_t count);

class SchemaWriter {
 public:
  template <class T>
  void operator()(std::string_view name, T&, const Spec& spec) {
    if constexpr (is_optional<T>::value) {
      properties_[std::string(name)] = described(of<typename T::value_type>(spec), spec);
    } else {
      properties_[std::string(name)] = described(of<T>(spec), spec);
      required_.push_back(name);
    }
  }

  template <class T>
  static Json of(const Spec& spec) {
    if constexpr (std::is_same_v<T, bool>) {
      return Json{{"type", "boolean"}};
    } else if constexpr (std::is_same_v<T, std::int64_t> || std::is_same_v<T, Fen>) {
      return integer_schema(spec);
    } else if constexpr (std::is_same_v<T, std::string>) {
      return text_schema(spec);
    } else if constexpr (std::is_same_v<T, Date>) {
      return form_schema("date", {});
    } else if constexpr (std::is_same_v<T, LedgerTime>) {
      return form_schema("date-time", {});
    } else if constexpr (std::is_same_v<T, Hash32> || std::is_same_v<T, KeyId>) {
      return form_schema({}, "^[A-Za-z0-9_-]{43}$");
    } else if constexpr (std::is_same_v<T, RegNo>) {
      return form_schema({}, "^[A-Z0-9]{20}$");
    } else if constexpr (std::is_same_v<T, OrgId>) {
      return form_schema({}, "^[A-Za-z0-9:._-]{1,64}$");
    } else if constexpr (NamedEnum<T>) {
      return enum_schema(EnumNames<T>::names.data(), EnumNames<T>::names.size());
    } else if constexpr (is_vector<T>::value) {
      return Json{{"type", "array"},
                  {"items", of<typename T::value_type>(spec)},
                  {"minItems", spec.items_min},
                  {"maxItems", spec.items_max}};
    } else {
      static_assert(Record<T>, "no schema for this type");
      T value;
      SchemaWriter nested;
      T::fields(value, nested);
      return nested.finish();
    }
  }

  Json finish() &&;
  Json finish() & { return std::move(*this).finish(); }

 private:
  static Json described(Json schema, const Spec& spec);

  Json properties_ = Json::object();
  Json required_ = Json::array();
};

}  // namespace detail

template <Record T>
Json schema_of() {
  return detail::SchemaWriter::of<T>(Spec{});
}

}  // namespace dengji::state
