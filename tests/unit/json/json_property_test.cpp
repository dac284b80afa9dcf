// Random values of the restricted JSON: what is written canonically is read back as it was, and any spelling of a value
// leads to the same canonical bytes.
#include <doctest/doctest.h>

#include <random>
#include <string>

#include "ledger/json/strict_json.hpp"

using namespace dengji;
using json::Json;

namespace {

constexpr unsigned kSeed = 20260302;

class Maker {
 public:
  explicit Maker(unsigned seed) : random_(seed) {}

  int below(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }

  std::string name() {
    static constexpr std::string_view kRest = "abcdefghijklmnopqrstuvwxyz0123456789_";
    std::string text(1, static_cast<char>('a' + below(26)));
    for (int i = below(12); i > 0; --i) text.push_back(kRest[static_cast<std::size_t>(below(int{kRest.size()}))]);
    return text;
  }

  std::string text() {
    static constexpr std::string_view kPieces[] = {"a", "Z",  " ",  "\"", "\\", "/", "~",
                                                   "é", "数", "据", "，", "😀", "한"};
    std::string result;
    for (int i = below(20); i > 0; --i) result += kPieces[below(static_cast<int>(std::size(kPieces)))];
    return result;
  }

  std::int64_t integer() {
    switch (below(4)) {
      case 0:
        return below(10);
      case 1:
        return kMaxSafeInteger - below(3);
      case 2:
        return -kMaxSafeInteger + below(3);
      default:
        return static_cast<std::int64_t>(random_() % (2 * static_cast<std::uint64_t>(kMaxSafeInteger))) -
               kMaxSafeInteger;
    }
  }

  Json value(int depth) {
    switch (below(depth > 0 ? 7 : 5)) {
      case 0:
        return nullptr;
      case 1:
        return below(2) == 0;
      case 2:
      case 3:
        return below(2) == 0 ? Json(integer()) : Json(below(100));
      case 4:
        return text();
      case 5: {
        Json array = Json::array();
        for (int i = below(5); i > 0; --i) array.push_back(value(depth - 1));
        return array;
      }
      default: {
        Json object = Json::object();
        for (int i = below(6); i > 0; --i) object[name()] = value(depth - 1);
        return object;
      }
    }
  }

  // Some spelling of the value: members in any order, white space, escapes that need not be.
  std::string spell(const Json& value) {
    std::string out;
    spell(out, value);
    return out;
  }

 private:
  void space(std::string& out) {
    for (int i = below(3); i > 0; --i) out.push_back(" \t\r\n"[below(4)]);
  }

  void spell_text(std::string& out, const std::string& text) {
    out.push_back('"');
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      if (c == '"' || c == '\\' || (byte < 0x80 && below(4) == 0)) {
        char escape[8];
        std::snprintf(escape, sizeof escape, below(2) == 0 ? "\\u%04x" : "\\u%04X", byte);
        out += escape;
      } else {
        out.push_back(c);
      }
    }
    out.push_back('"');
  }

  void spell(std::string& out, const Json& value) {
    space(out);
    if (value.is_string()) {
      spell_text(out, value.get_ref<const std::string&>());
    } else if (value.is_array()) {
      out.push_back('[');
      for (std::size_t i = 0; i < value.size(); ++i) {
        if (i > 0) out.push_back(',');
        spell(out, value[i]);
      }
      out.push_back(']');
    } else if (value.is_object()) {
      std::vector<std::string> names;
      for (const auto& [name, member] : value.items()) names.push_back(name);
      std::shuffle(names.begin(), names.end(), random_);
      out.push_back('{');
      for (std::size_t i = 0; i < names.size(); ++i) {
        if (i > 0) out.push_back(',');
        space(out);
        spell_text(out, names[i]);
        space(out);
        out.push_back(':');
        spell(out, value[names[i]]);
      }
      out.push_back('}');
    } else {
      out += value.dump();
    }
    space(out);
  }

  std::mt19937_64 random_;
};

}  // namespace

TEST_CASE("a random value survives writing and reading, and its canonical bytes are a fixed point") {
  MESSAGE("seed " << kSeed);
  Maker maker(kSeed);
  for (int round = 0; round < 2000; ++round) {
    const Json value = maker.value(6);
    const std::string text = json::write_canonical(value);
    CAPTURE(text);
    const auto again = json::read_strict(text);
    REQUIRE(again.has_value());
    CHECK(*again == value);
    CHECK(json::write_canonical(*again) == text);
  }
}

TEST_CASE("every spelling of a value has the same canonical bytes") {
  MESSAGE("seed " << kSeed + 1);
  Maker maker(kSeed + 1);
  for (int round = 0; round < 1000; ++round) {
    const Json value = maker.value(5);
    const std::string spelled = maker.spell(value);
    CAPTURE(spelled);
    const auto read = json::read_strict(spelled);
    REQUIRE(read.has_value());
    CHECK(json::write_canonical(*read) == json::write_canonical(value));
  }
}

TEST_CASE("a canonical text cut anywhere is refused") {
  MESSAGE("seed " << kSeed + 2);
  Maker maker(kSeed + 2);
  for (int round = 0; round < 100; ++round) {
    const std::string text = json::write_canonical(Json{{"a", maker.value(4)}});
    for (std::size_t size = 0; size < text.size(); ++size) {
      CAPTURE(text.substr(0, size));
      CHECK_FALSE(json::read_strict(std::string_view(text).substr(0, size)).has_value());
    }
  }
}
