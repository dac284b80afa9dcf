#include "ledger/state/json_fields.hpp"

#include <algorithm>

#include "crypto/base64.hpp"
#include "ledger/base/counted.hpp"
#include "ledger/base/limits.hpp"

namespace dengji::state {
namespace {

std::int64_t code_points(std::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
}

const std::string* text_of(const Json& from, const Path& path, std::optional<Error>& error) {
  const auto* text = from.get_ptr<const std::string*>();
  if (!text) detail::set_error(error, ErrorCode::value_type, "a string", path);
  return text;
}

bool of_alphabet(std::string_view text, bool (*allowed)(char)) {
  return std::all_of(text.begin(), text.end(), allowed);
}

bool id_character(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
         c == ':' || c == '.';
}

}  // namespace

std::string Path::pointer() const {
  std::string text = parent ? parent->pointer() : std::string();
  if (!parent) return text.append(name);
  text.push_back('/');
  return text.append(index >= 0 ? std::to_string(index) : json::pointer_token(name));
}

namespace detail {

void set_error(std::optional<Error>& error, ErrorCode code, std::string context, const Path& path) {
  if (!error) error = Error{code, std::move(context), path.pointer()};
}

std::string joined_names(const char* const* names, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text.append(i ? ", " : "").append(names[i]);
  return text;
}

bool read_value(const Json& from, const Spec&, const Path& path, bool& to, std::optional<Error>& error) {
  if (!from.is_boolean()) return set_error(error, ErrorCode::value_type, "true or false", path), false;
  to = from.get<bool>();
  return true;
}

bool read_value(const Json& from, const Spec& spec, const Path& path, std::int64_t& to, std::optional<Error>& error) {
  if (!from.is_number_integer()) return set_error(error, ErrorCode::value_type, "an integer", path), false;
  to = from.get<std::int64_t>();
  if (to < spec.min || to > spec.integer_max()) {
    set_error(error, ErrorCode::value_range, std::to_string(spec.min) + " to " + std::to_string(spec.integer_max()),
              path);
    return false;
  }
  return true;
}

bool read_value(const Json& from, const Spec& spec, const Path& path, std::string& to, std::optional<Error>& error) {
  const auto* text = text_of(from, path, error);
  if (!text) return false;
  const std::int64_t length = code_points(*text);
  if (length < spec.min || length > spec.text_max()) {
    const std::string at_most = counted(static_cast<std::uint64_t>(spec.text_max()), "character");
    set_error(error, ErrorCode::value_range,
              (spec.min == spec.text_max() ? "exactly " : std::to_string(spec.min) + " to ") + at_most, path);
    return false;
  }
  to = *text;
  return true;
}

bool read_value(const Json& from, const Spec&, const Path& path, Date& to, std::optional<Error>& error) {
  const auto* text = text_of(from, path, error);
  if (!text) return false;
  const auto date = parse_date(*text);
  if (!date) return set_error(error, ErrorCode::value_format, "a day, YYYY-MM-DD", path), false;
  to = *date;
  return true;
}

bool read_value(const Json& from, const Spec&, const Path& path, LedgerTime& to, std::optional<Error>& error) {
  const auto* text = text_of(from, path, error);
  if (!text) return false;
  const auto time = parse_time(*text);
  if (!time) return set_error(error, ErrorCode::value_format, "an RFC 3339 time in UTC with Z", path), false;
  to = *time;
  return true;
}

bool read_value(const Json& from, const Spec&, const Path& path, Hash32& to, std::optional<Error>& error) {
  const auto* text = text_of(from, path, error);
  if (!text) return false;
  const auto hash = crypto::hash_from_b64(*text);
  if (!hash)
    return set_error(error, ErrorCode::value_format, "a SHA-256 value in base64url, 43 characters", path), false;
  to = *hash;
  return true;
}

// The check characters of a USCC are the contracts' business; here only the characters that keys and paths can bear.
bool read_value(const Json& from, const Spec&, const Path& path, OrgId& to, std::optional<Error>& error) {
  const auto* text = text_of(from, path, error);
  if (!text) return false;
  if (text->empty() || text->size() > kMaxOrgBytes || !of_alphabet(*text, id_character)) {
    return set_error(error, ErrorCode::value_format,
                     "an organisation id (USCC, or F:<country>:<scheme>:<value>), letters, digits and :._- , 1 to " +
                         std::to_string(kMaxOrgBytes) + " of them; this has " + std::to_string(text->size()),
                     path),
           false;
  }
  to.text = *text;
  return true;
}

bool read_value(const Json& from, const Spec&, const Path& path, KeyId& to, std::optional<Error>& error) {
  const auto* text = text_of(from, path, error);
  if (!text) return false;
  if (!crypto::hash_from_b64(*text)) {
    return set_error(error, ErrorCode::value_format, "an RFC 7638 thumbprint, 43 characters", path), false;
  }
  to.text = *text;
  return true;
}

bool read_value(const Json& from, const Spec&, const Path& path, RegNo& to, std::optional<Error>& error) {
  const auto* text = text_of(from, path, error);
  if (!text) return false;
  const auto upper = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); };
  if (text->size() != 20 || !of_alphabet(*text, upper)) {
    return set_error(error, ErrorCode::value_format, "a number of 20 characters such as DJ32050020260000001B", path),
           false;
  }
  to.text = *text;
  return true;
}

bool read_count(const Json& from, const Spec& spec, const Path& path, std::optional<Error>& error) {
  if (!from.is_array()) return set_error(error, ErrorCode::value_type, "an array", path), false;
  const auto count = static_cast<std::int64_t>(from.size());
  if (count < spec.items_min || count > spec.items_max) {
    set_error(error, ErrorCode::value_range,
              std::to_string(spec.items_min) + " to " + std::to_string(spec.items_max) + " items", path);
    return false;
  }
  return true;
}

std::optional<Error> JsonReader::finish() {
  if (!error_ && seen_ != object_.size()) {
    for (const auto& [name, value] : object_.items()) {
      if (std::find(names_.begin(), names_.end(), name) != names_.end()) continue;
      set_error(error_, ErrorCode::member_unknown, name, Path{&path_, name});
      break;
    }
  }
  return std::move(error_);
}

Json write_value(const Hash32& value) {
  return Json(crypto::to_b64(value));
}

}  // namespace detail
}  // namespace dengji::state
