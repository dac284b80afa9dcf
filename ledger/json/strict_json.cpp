#include "ledger/json/strict_json.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "ledger/base/assert.hpp"
#include "ledger/json/text.hpp"

namespace dengji::json {
namespace {

constexpr std::size_t kMaxNameBytes = 64;

// A token that is an integer in form, whatever its size.
bool is_integer_token(std::string_view token) {
  return token.find_first_of(".eE") == std::string_view::npos;
}

// Builds the DOM from nlohmann's SAX events and refuses what its lexer lets through. The place is kept as a chain of
// open containers; a pointer is made of it only when there is an error to report.
class Reader {
 public:
  Reader(std::string_view text, ReadLimits limits) : text_(text), limits_(limits) { frames_.reserve(8); }

  bool null() { return place(nullptr); }
  bool boolean(bool value) { return place(value); }

  // nlohmann sends every number with a minus sign here, "-0" as 0.
  bool number_integer(std::int64_t value) {
    if (value >= 0) return refuse(ErrorCode::json_negative_zero);
    if (value < -kMaxSafeInteger) return refuse(ErrorCode::json_integer_range);
    return place(value);
  }

  bool number_unsigned(std::uint64_t value) {
    if (value > static_cast<std::uint64_t>(kMaxSafeInteger)) return refuse(ErrorCode::json_integer_range);
    return place(value);
  }

  // An integer beyond 64 bits arrives here as well.
  bool number_float(double, const std::string& token) {
    return refuse(is_integer_token(token) ? ErrorCode::json_integer_range : ErrorCode::json_float);
  }

  bool string(std::string& value) {
    if (const auto bad = check_text(value)) return refuse(*bad);
    return place(std::move(value));
  }

  bool binary(Json::binary_t&) { return refuse(ErrorCode::json_syntax); }

  bool start_object(std::size_t) { return open(Json::value_t::object); }
  bool start_array(std::size_t) { return open(Json::value_t::array); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }

  bool key(std::string& name) {
    Frame& frame = frames_.back();
    if (limits_.strict_names ? !is_member_name(name) : check_text(name).has_value()) return refuse_name(name);
    Json::object_t& members = *frame.object;
    // Canonical text has its members in order: then this is an append.
    if (members.empty() || members.rbegin()->first < name) {
      frame.member = members.emplace_hint(members.end(), std::move(name), nullptr);
    } else {
      const auto [member, fresh] = members.try_emplace(std::move(name), nullptr);
      frame.member = member;
      if (!fresh) {
        frame.in_member = true;
        return refuse(ErrorCode::json_duplicate_member, "member '" + member->first + "'");
      }
    }
    frame.in_member = true;
    return true;
  }

  bool parse_error(std::size_t position, const std::string& last_token, const nlohmann::detail::exception& error) {
    constexpr int kNumberOverflow = 406;
    const std::string at = "at byte " + std::to_string(position);
    if (done_) return refuse(ErrorCode::json_trailing_bytes, at);
    if (error.id == kNumberOverflow) {
      return refuse(is_integer_token(last_token) ? ErrorCode::json_integer_range : ErrorCode::json_float);
    }
    if (well_formed_prefix(text_) < std::min(position, text_.size())) return refuse(ErrorCode::json_invalid_utf8, at);
    // Inside a string only a bare control character stops the lexer on a byte below a space.
    const bool in_string = !last_token.empty() && last_token.front() == '"';
    if (in_string && position >= 1 && position <= text_.size() &&
        static_cast<unsigned char>(text_[position - 1]) < 0x20) {
      return refuse(ErrorCode::json_text, "a control character " + at);
    }
    return refuse(ErrorCode::json_syntax, at);
  }

  bool done() const { return done_; }
  Json& root() { return root_; }
  Error& error() { return error_; }

  bool refuse(ErrorCode code, std::string context = {}) {
    error_ = Error{code, std::move(context), pointer()};
    return false;
  }

 private:
  struct Frame {
    Json::object_t* object = nullptr;  // exactly one of the two
    Json::array_t* array = nullptr;
    Json::object_t::iterator member{};
    bool in_member = false;  // between a name and the end of its value
  };

  // Where the next value goes, and the place left for it.
  template <class Value>
  Json* slot(Value&& value) {
    if (frames_.empty()) {
      root_ = std::forward<Value>(value);
      return &root_;
    }
    Frame& frame = frames_.back();
    if (frame.array != nullptr) return &frame.array->emplace_back(std::forward<Value>(value));
    frame.member->second = std::forward<Value>(value);
    return &frame.member->second;
  }

  template <class Value>
  bool place(Value&& value) {
    slot(std::forward<Value>(value));
    finish();
    return true;
  }

  bool open(Json::value_t type) {
    if (static_cast<int>(frames_.size()) >= limits_.max_depth) {
      return refuse(ErrorCode::json_depth, "the limit here is " + std::to_string(limits_.max_depth));
    }
    Json* node = slot(Json(type));
    Frame frame;
    if (type == Json::value_t::object) {
      frame.object = node->get_ptr<Json::object_t*>();
    } else {
      frame.array = node->get_ptr<Json::array_t*>();
    }
    frames_.push_back(frame);
    return true;
  }

  bool close() {
    frames_.pop_back();
    finish();
    return true;
  }

  void finish() {
    if (frames_.empty()) {
      done_ = true;
    } else {
      frames_.back().in_member = false;
    }
  }

  // A name that is unfit as text is not repeated in the pointer: it would reach terminals and logs.
  bool refuse_name(const std::string& name) {
    const auto bad_text = check_text(name);
    refuse(limits_.strict_names ? ErrorCode::json_member_name : *bad_text, bad_text ? "in a member name" : "");
    if (!bad_text) error_.pointer += "/" + pointer_token(name);
    return false;
  }

  std::string pointer() const {
    std::string result;
    for (std::size_t i = 0; i < frames_.size(); ++i) {
      const Frame& frame = frames_[i];
      const bool innermost = i + 1 == frames_.size();
      if (frame.array != nullptr) {
        result += "/" + std::to_string(frame.array->size() - (innermost ? 0 : 1));
      } else if (frame.in_member) {
        result += "/" + pointer_token(frame.member->first);
      }
    }
    return result;
  }

  std::string_view text_;
  ReadLimits limits_;
  Json root_;
  std::vector<Frame> frames_;
  bool done_ = false;
  Error error_{};
};

void append_string(std::string& out, std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  out.push_back('"');
  std::size_t from = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0x20 && byte != '"' && byte != '\\') continue;
    out.append(text, from, i - from);
    from = i + 1;
    out.push_back('\\');
    switch (byte) {
      case '"':
      case '\\':
        out.push_back(static_cast<char>(byte));
        break;
      case '\b':
        out.push_back('b');
        break;
      case '\t':
        out.push_back('t');
        break;
      case '\n':
        out.push_back('n');
        break;
      case '\f':
        out.push_back('f');
        break;
      case '\r':
        out.push_back('r');
        break;
      default:
        out.append("u00").append(1, kHex[byte >> 4]).append(1, kHex[byte & 15]);
    }
  }
  out.append(text, from);
  out.push_back('"');
}

// RFC 8785 orders names by UTF-16 code units, the map by bytes. They differ only between U+E000…U+FFFF and what lies
// beyond, that is, when some name has a byte of 0xEE or more.
bool needs_utf16_order(const Json::object_t& members) {
  for (const auto& [name, value] : members) {
    for (const char c : name) {
      if (static_cast<unsigned char>(c) >= 0xEE) return true;
    }
  }
  return false;
}

// The first byte of a sequence decides: lift U+E000…U+FFFF (0xEE, 0xEF) above the four-byte forms, which are surrogates
// in UTF-16.
bool utf16_less(std::string_view a, std::string_view b) {
  const auto rank = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == 0xEE || byte == 0xEF ? byte + 0x10 : int{byte};
  };
  const std::size_t common = a.size() < b.size() ? a.size() : b.size();
  for (std::size_t i = 0; i < common; ++i) {
    if (a[i] != b[i]) return rank(a[i]) < rank(b[i]);
  }
  return a.size() < b.size();
}

void append_member(std::string& out, char before, const std::string& name, const Json& value) {
  out.push_back(before);
  append_string(out, name);
  out.push_back(':');
  append_canonical(out, value);
}

void append_object(std::string& out, const Json::object_t& members) {
  char before = '{';
  if (members.empty()) out.push_back('{');
  if (needs_utf16_order(members)) {
    std::vector<const Json::object_t::value_type*> ordered;
    for (const auto& member : members) ordered.push_back(&member);
    std::sort(ordered.begin(), ordered.end(), [](auto* a, auto* b) { return utf16_less(a->first, b->first); });
    for (const auto* member : ordered) append_member(out, std::exchange(before, ','), member->first, member->second);
  } else {
    for (const auto& [name, value] : members) append_member(out, std::exchange(before, ','), name, value);
  }
  out.push_back('}');
}

}  // namespace

Result<Json> read_strict(std::string_view text, ReadLimits limits) {
  if (text.size() > limits.max_bytes) {
    return fail(ErrorCode::body_too_large,
                std::to_string(text.size()) + " bytes where " + std::to_string(limits.max_bytes) + " are allowed");
  }
  if (text.starts_with("\xEF\xBB\xBF")) return fail(ErrorCode::json_bom);
  Reader reader(text, limits);
  const bool complete = Json::sax_parse(text.data(), text.data() + text.size(), &reader);
  if (!complete) return std::unexpected(std::move(reader.error()));
  // The lexer takes a NUL byte between tokens for the end of the text.
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    reader.refuse(ErrorCode::json_trailing_bytes, "at byte " + std::to_string(nul + 1));
    return std::unexpected(std::move(reader.error()));
  }
  LEDGER_ASSERT(reader.done());
  return std::move(reader.root());
}

void append_canonical(std::string& out, const Json& value) {
  switch (value.type()) {
    case Json::value_t::null:
      out.append("null");
      return;
    case Json::value_t::boolean:
      out.append(value.get<bool>() ? "true" : "false");
      return;
    case Json::value_t::number_integer: {
      const auto number = value.get<std::int64_t>();
      LEDGER_ASSERT(number >= -kMaxSafeInteger && number <= kMaxSafeInteger);
      out.append(std::to_string(number));
      return;
    }
    case Json::value_t::number_unsigned: {
      const auto number = value.get<std::uint64_t>();
      LEDGER_ASSERT(number <= static_cast<std::uint64_t>(kMaxSafeInteger));
      out.append(std::to_string(number));
      return;
    }
    case Json::value_t::string:
      append_string(out, value.get_ref<const std::string&>());
      return;
    case Json::value_t::array: {
      out.push_back('[');
      bool first = true;
      for (const Json& element : value) {
        if (!std::exchange(first, false)) out.push_back(',');
        append_canonical(out, element);
      }
      out.push_back(']');
      return;
    }
    case Json::value_t::object:
      append_object(out, value.get_ref<const Json::object_t&>());
      return;
    case Json::value_t::number_float:
    case Json::value_t::binary:
    case Json::value_t::discarded:
      break;
  }
  constexpr bool kFloatOrBinaryInLedgerJson = false;
  LEDGER_ASSERT(kFloatOrBinaryInLedgerJson);
}

std::string write_canonical(const Json& value) {
  std::string out;
  append_canonical(out, value);
  return out;
}

bool is_member_name(std::string_view name) {
  if (name.empty() || name.size() > kMaxNameBytes || name[0] < 'a' || name[0] > 'z') return false;
  for (const char c : name.substr(1)) {
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) return false;
  }
  return true;
}

std::string pointer_token(std::string_view token) {
  std::string result;
  for (const char c : token) {
    if (c == '~') {
      result += "~0";
    } else if (c == '/') {
      result += "~1";
    } else {
      result.push_back(c);
    }
  }
  return result;
}

}  // namespace dengji::json
