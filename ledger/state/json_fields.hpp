// JSON at the edge of the state: a strict reader and a writer for every record, from its one fields() (fields.hpp).
// Read: unknown members, missing members, wrong types, ranges and forms are refused with the JSON Pointer of the place.
#pragma once

#include <string>
#include <utility>

#include "ledger/base/error.hpp"
#include "ledger/json/strict_json.hpp"
#include "ledger/state/fields.hpp"

namespace dengji::state {

using json::Json;

// The way from the root to a value, kept on the stack: it becomes text only when there is an error.
struct Path {
  const Path* parent = nullptr;
  std::string_view name;
  std::int64_t index = -1;

  std::string pointer() const;
};

namespace detail {

// Each reads one JSON value or fills `error`; the value then is unspecified.
bool read_value(const Json& from, const Spec& spec, const Path& path, bool& to, std::optional<Error>& error);
bool read_value(const Json& from, const Spec& spec, const Path& path, std::int64_t& to, std::optional<Error>& error);
bool read_value(const Json& from, const Spec& spec, const Path& path, std::string& to, std::optional<Error>& error);
bool read_value(const Json& from, const Spec& spec, const Path& path, Date& to, std::optional<Error>& error);
bool read_value(const Json& from, const Spec& spec, const Path& path, LedgerTime& to, std::optional<Error>& error);
bool read_value(const Json& from, const Spec& spec, const Path& path, Hash32& to, std::optional<Error>& error);
bool read_value(const Json& from, const Spec& spec, const Path& path, OrgId& to, std::optional<Error>& error);
bool read_value(const Json& from, const Spec& spec, const Path& path, KeyId& to, std::optional<Error>& error);
bool read_value(const Json& from, const Spec& spec, const Path& path, RegNo& to, std::optional<Error>& error);

bool read_count(const Json& from, const Spec& spec, const Path& path, std::optional<Error>& error);
void set_error(std::optional<Error>& error, ErrorCode code, std::string context, const Path& path);
std::string joined_names(const char* const* names, std::size_t count);

class JsonReader {
 public:
  JsonReader(const Json& object, const Path& path) : object_(object), path_(path) {}

  template <class T>
  void operator()(std::string_view name, T& value, const Spec& spec) {
    if (error_) return;
    const Path here{&path_, name};
    const auto found = object_.find(name);
    if (found == object_.end()) {
      if constexpr (!is_optional<T>::value) set_error(error_, ErrorCode::member_missing, std::string(name), path_);
      return;
    }
    ++seen_;
    if constexpr (is_optional<T>::value) {
      read(*found, spec, here, value.emplace());
    } else {
      read(*found, spec, here, value);
    }
    names_.push_back(name);
  }

  // After all members: whatever the object holds beyond them is refused.
  std::optional<Error> finish();

 private:
  template <class T>
  void read(const Json& from, const Spec& spec, const Path& path, T& to) {
    if constexpr (std::is_same_v<T, Fen>) {
      std::int64_t value = 0;
      if (read_value(from, spec, path, value, error_)) to = Fen(value);
    } else if constexpr (NamedEnum<T>) {
      const auto* text = from.get_ptr<const std::string*>();
      const auto value = text ? enum_of<T>(*text) : std::nullopt;
      if (value) {
        to = *value;
      } else {
        set_error(error_, text ? ErrorCode::value_range : ErrorCode::value_type,
                  "one of " + joined_names(EnumNames<T>::names.data(), EnumNames<T>::names.size()), path);
      }
    } else if constexpr (is_vector<T>::value) {
      if (!read_count(from, spec, path, error_)) return;
      to.clear();
      to.reserve(from.size());
      std::int64_t index = 0;
      for (const Json& item : from) {
        const Path here{&path, {}, index++};
        read(item, spec, here, to.emplace_back());
        if (error_) return;
      }
    } else if constexpr (Record<T>) {
      if (!from.is_object()) return set_error(error_, ErrorCode::value_type, "an object", path);
      JsonReader nested(from, path);
      T::fields(to, nested);
      error_ = nested.finish();
    } else {
      read_value(from, spec, path, to, error_);
    }
  }

  const Json& object_;
  const Path& path_;
  std::size_t seen_ = 0;
  std::vector<std::string_view> names_;
  std::optional<Error> error_;
};

Json write_value(const Hash32& value);

class JsonWriter {
 public:
  explicit JsonWriter(Json& object) : object_(object) {}

  template <class T>
  void operator()(std::string_view name, const T& value, const Spec&) {
    if constexpr (is_optional<T>::value) {
      if (value) object_.emplace(std::string(name), write(*value));
    } else {
      object_.emplace(std::string(name), write(value));
    }
  }

  template <class T>
  static Json write(const T& value) {
    if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, std::int64_t> || std::is_same_v<T, std::string>) {
      return Json(value);
    } else if constexpr (std::is_same_v<T, Fen>) {
      return Json(value.value());
    } else if constexpr (std::is_same_v<T, Date>) {
      return Json(format_date(value));
    } else if constexpr (std::is_same_v<T, LedgerTime>) {
      return Json(format_time(value));
    } else if constexpr (std::is_same_v<T, Hash32>) {
      return write_value(value);
    } else if constexpr (is_name<T>::value) {
      return Json(value.text);
    } else if constexpr (NamedEnum<T>) {
      return Json(std::string(name_of(value)));
    } else if constexpr (is_vector<T>::value) {
      Json array = Json::array();
      for (const auto& item : value) array.push_back(write(item));
      return array;
    } else {
      static_assert(Record<T>, "no JSON form for this type");
      Json object = Json::object();
      JsonWriter nested(object);
      T::fields(value, nested);
      return object;
    }
  }

 private:
  Json& object_;
};

}  // namespace detail

// `base` is put before the pointers of errors, e.g. "/body".
template <Record T>
Result<T> from_json(const Json& object, std::string_view base = {}) {
  const Path root{nullptr, base};
  if (!object.is_object()) return fail(ErrorCode::value_type, "an object", root.pointer());
  T value;
  detail::JsonReader reader(object, root);
  T::fields(value, reader);
  if (auto error = reader.finish()) return std::unexpected(std::move(*error));
  return value;
}

template <Record T>
Json to_json(const T& value) {
  return detail::JsonWriter::write(value);
}

}  // namespace dengji::state
