#include "ledger/state/schema.hpp"

namespace dengji::state::detail {

Json integer_schema(const Spec& spec) {
  return Json{{"type", "integer"}, {"minimum", spec.min}, {"maximum", spec.integer_max()}};
}

Json text_schema(const Spec& spec) {
  return Json{{"type", "string"}, {"minLength", spec.min}, {"maxLength", spec.text_max()}};
}

Json form_schema(std::string_view format, std::string_view pattern) {
  Json schema{{"type", "string"}};
  if (!format.empty()) schema["format"] = format;
  if (!pattern.empty()) schema["pattern"] = pattern;
  return schema;
}

Json enum_schema(const char* const* names, std::size_t count) {
  Json schema{{"type", "string"}, {"enum", Json::array()}};
  for (std::size_t i = 0; i < count; ++i) schema["enum"].push_back(names[i]);
  return schema;
}

Json SchemaWriter::described(Json schema, const Spec& spec) {
  if (!spec.doc.empty()) schema["description"] = spec.doc;
  return schema;
}

Json SchemaWriter::finish() && {
  return Json{{"type", "object"},
              {"properties", std::move(properties_)},
              {"required", std::move(required_)},
              {"additionalProperties", false}};
}

}  // namespace dengji::state::detail
