#include "tests/support/schema_bodies.hpp"

#include <algorithm>

namespace dengji::test {
namespace {

std::string largest_text(const Json& schema, std::int64_t texts) {
  if (schema.contains("enum")) return schema.at("enum").back().get<std::string>();
  const std::string format = schema.value("format", "");
  if (format == "date") return "9999-12-31";
  if (format == "date-time") return "9999-12-31T00:00:00.000Z";
  const std::string pattern = schema.value("pattern", "");
  if (pattern.ends_with("{43}$")) return b64_of("largest");
  if (pattern.ends_with("{20}$")) return "DJ32050020260000001B";
  if (!pattern.empty()) return std::string(Cast::seller);
  const auto most = schema.at("maxLength").get<std::int64_t>();
  const auto least = schema.at("minLength").get<std::int64_t>();
  std::string text;
  for (std::int64_t i = 0; i < std::max(least, std::min(most, texts)); ++i) text += "登";
  return text;
}

}  // namespace

Json largest_body(const Json& schema, std::int64_t texts, std::int64_t items) {
  const std::string& type = schema.at("type").get_ref<const std::string&>();
  if (type == "boolean") return true;
  if (type == "integer") return schema.at("maximum");
  if (type == "string") return largest_text(schema, texts);
  if (type == "array") {
    const auto least = schema.at("minItems").get<std::int64_t>();
    const auto most = schema.at("maxItems").get<std::int64_t>();
    const Json item = largest_body(schema.at("items"), texts, items);
    Json list = Json::array();
    for (std::int64_t i = 0; i < std::max(least, std::min(most, items)); ++i) list.push_back(item);
    return list;
  }
  const Json& properties = schema.at("properties");
  if (properties.contains("kty")) return ContractFixture::jwk_of("largest");
  Json object = Json::object();
  for (const auto& [name, member] : properties.items()) object[name] = largest_body(member, texts, items);
  return object;
}

void each_place(const Json& schema, Json& body, const std::string& pointer, const PlaceVisit& visit) {
  const std::string& type = schema.at("type").get_ref<const std::string&>();
  if (type == "object") {
    for (const auto& [name, member] : schema.at("properties").items()) {
      if (body.contains(name)) each_place(member, body[name], pointer + "/" + name, visit);
    }
  } else if (type == "array") {
    if (!body.empty()) each_place(schema.at("items"), body[0], pointer + "/0", visit);
  } else {
    visit(schema, pointer, body);
  }
}

}  // namespace dengji::test
