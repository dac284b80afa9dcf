#include "ledger/entry/members.hpp"

#include <algorithm>

#include "crypto/base64.hpp"

namespace dengji::entry {
namespace {

const json::Json kNull;

}  // namespace

void Refusal::set(ErrorCode code, std::string_view place, std::string_view member, std::string context) {
  if (error_) return;
  std::string pointer(place);
  if (!member.empty()) pointer.append("/").append(json::pointer_token(member));
  error_ = Error{code, std::move(context), std::move(pointer)};
}

void Members::exactly(std::initializer_list<std::string_view> required, std::string_view optional) {
  if (!object_.is_object()) {
    refuse(ErrorCode::value_type, {}, "an object is expected");
    return;
  }
  for (const std::string_view name : required) {
    if (!has(name)) refuse(ErrorCode::member_missing, name, {});
  }
  for (const auto& [name, value] : object_.get_ref<const json::Json::object_t&>()) {
    if (name != optional && std::find(required.begin(), required.end(), name) == required.end()) {
      refuse(ErrorCode::member_unknown, name, {});
    }
  }
}

const json::Json* Members::find(std::string_view name) const {
  const auto* members = object_.get_ptr<const json::Json::object_t*>();
  if (members == nullptr) return nullptr;
  const auto member = members->find(name);
  return member == members->end() ? nullptr : &member->second;
}

std::string_view Members::text(std::string_view name) {
  const json::Json& found = value(name, json::Json::value_t::string);
  return found.is_string() ? std::string_view(found.get_ref<const std::string&>()) : std::string_view{};
}

std::int64_t Members::integer(std::string_view name) {
  const json::Json* found = find(name);
  if (found == nullptr) return 0;
  if (!found->is_number_integer()) {
    refuse(ErrorCode::value_type, name, "an integer is expected");
    return 0;
  }
  const auto number = found->get<std::int64_t>();
  if (number < 0) refuse(ErrorCode::value_range, name, "must not be negative");
  return number;
}

LedgerTime Members::time(std::string_view name) {
  if (!refusal_.none()) return {};
  const auto parsed = parse_time(text(name));
  if (!parsed) refuse(ErrorCode::value_format, name, "RFC 3339 in UTC is expected, such as 2026-03-02T08:00:00Z");
  return parsed.value_or(LedgerTime{});
}

Hash32 Members::hash(std::string_view name) {
  if (!refusal_.none()) return {};
  const auto parsed = crypto::hash_from_b64(text(name));
  if (!parsed) refuse(ErrorCode::value_format, name, "32 bytes in base64url are expected, 43 characters");
  return parsed.value_or(Hash32{});
}

std::string Members::bytes(std::string_view name, std::size_t size) {
  if (!refusal_.none()) return {};
  auto decoded = crypto::base64url_decode(text(name));
  if (!decoded || decoded->size() != size) {
    refuse(ErrorCode::value_format, name, std::to_string(size) + " bytes in base64url without padding are expected");
    return {};
  }
  return *std::move(decoded);
}

const json::Json& Members::value(std::string_view name, json::Json::value_t type) {
  const json::Json* found = find(name);
  if (found == nullptr) return kNull;
  if (found->type() != type) {
    refuse(ErrorCode::value_type, name, std::string("the type expected is ") + json::Json(type).type_name());
    return kNull;
  }
  return *found;
}

}  // namespace dengji::entry
