#include "node/foreign_json.hpp"

#include <string>
#include <utility>
#include <vector>

#include "ledger/json/text.hpp"

namespace dengji::node {
namespace {

// Builds the document from nlohmann's SAX events.
class Reader {
 public:
  explicit Reader(ForeignLimits limits) : limits_(limits) {}

  bool null() { return place(nullptr); }
  bool boolean(bool value) { return place(value); }
  bool number_integer(std::int64_t value) { return place(value); }
  bool number_unsigned(std::uint64_t value) { return place(value); }
  bool number_float(double value, const std::string& text) {
    return limits_.fractions ? place(value) != nullptr : refuse(ErrorCode::json_float, text);
  }
  bool string(std::string& value) { return place(std::move(value)); }
  bool binary(Json::binary_t&) { return refuse(ErrorCode::json_syntax, "binary"); }
  bool start_object(std::size_t) { return open(Json::value_t::object); }
  bool start_array(std::size_t) { return open(Json::value_t::array); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }

  bool key(std::string& name) {
    auto& members = *open_.back()->get_ptr<Json::object_t*>();
    const auto [member, fresh] = members.try_emplace(std::move(name), nullptr);
    if (!fresh) {
      return refuse(ErrorCode::json_duplicate_member, "member '" + json::to_fit_text(member->first) + "'");
    }
    next_ = &member->second;
    return true;
  }

  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& error) {
    constexpr int kNumberOverflow = 406;
    return refuse(error.id == kNumberOverflow ? ErrorCode::json_integer_range : ErrorCode::json_syntax,
                  "at byte " + std::to_string(position));
  }

  Json& root() { return root_; }
  Error& error() { return error_; }

 private:
  template <class Value>
  Json* place(Value&& value) {
    if (++values_ > limits_.max_values) {
      refuse(ErrorCode::body_too_large, "more than " + std::to_string(limits_.max_values) + " values");
      return nullptr;
    }
    if (open_.empty()) return &(root_ = std::forward<Value>(value));
    if (auto* array = open_.back()->get_ptr<Json::array_t*>()) return &array->emplace_back(std::forward<Value>(value));
    return &(*next_ = std::forward<Value>(value));
  }

  bool open(Json::value_t type) {
    if (static_cast<int>(open_.size()) >= limits_.max_depth) {
      return refuse(ErrorCode::json_depth, "the limit here is " + std::to_string(limits_.max_depth));
    }
    Json* const node = place(Json(type));
    if (node) open_.push_back(node);
    return node != nullptr;
  }

  bool close() {
    open_.pop_back();
    return true;
  }

  bool refuse(ErrorCode code, std::string context) {
    error_ = Error{code, std::move(context), {}};
    return false;
  }

  ForeignLimits limits_;
  std::size_t values_ = 0;
  Json root_;
  std::vector<Json*> open_;  // stays good: a container grows only while it is the innermost
  Json* next_ = nullptr;     // value of the member whose name came last
  Error error_{};
};

}  // namespace

Result<Json> read_foreign(std::string_view text, ForeignLimits limits) {
  if (text.size() > limits.max_bytes) {
    return fail(ErrorCode::body_too_large,
                std::to_string(text.size()) + " bytes where " + std::to_string(limits.max_bytes) + " are allowed");
  }
  if (const std::size_t good = json::well_formed_prefix(text); good != text.size()) {
    return fail(ErrorCode::json_invalid_utf8, "at byte " + std::to_string(good + 1));
  }
  Reader reader(limits);
  if (!Json::sax_parse(text.begin(), text.end(), &reader)) return std::unexpected(std::move(reader.error()));
  return std::move(reader.root());
}

Result<std::string> text_of(const Json& object, const char* member) {
  const auto found = object.is_object() ? object.find(member) : object.end();
  if (found == object.end() || !found->is_string())
    return fail(ErrorCode::value_format, std::string("no text ") + member, std::string("/") + member);
  return found->get<std::string>();
}

Result<std::uint64_t> number_of(const Json& object, const char* member) {
  const auto found = object.is_object() ? object.find(member) : object.end();
  if (found == object.end() || !found->is_number_unsigned())
    return fail(ErrorCode::value_format, std::string("no number ") + member, std::string("/") + member);
  return found->get<std::uint64_t>();
}

}  // namespace dengji::node
