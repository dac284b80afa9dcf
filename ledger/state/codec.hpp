// The binary form of state objects: members in the order of fields(), integers as zigzag varints, strings and vectors
// with a length before them, optionals with one byte. Written and read only by our own store, whose checksums guard it,
// so bytes that do not decode are our bug, not input. Members added later at the end of a record read as their
// defaults.
#pragma once

#include <string>
#include <string_view>

#include "ledger/base/assert.hpp"
#include "ledger/state/fields.hpp"

namespace dengji::state {

class Encoder {
 public:
  explicit Encoder(std::string& out) : out_(out) {}

  template <class T>
  void operator()(std::string_view, const T& value, const Spec&) {
    write(value);
  }

  template <class T>
  void write(const T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      out_.push_back(value ? 1 : 0);
    } else if constexpr (std::is_same_v<T, std::int64_t>) {
      write_integer(value);
    } else if constexpr (std::is_same_v<T, Fen>) {
      write_integer(value.value());
    } else if constexpr (std::is_same_v<T, Date>) {
      write_integer(value.days);
    } else if constexpr (std::is_same_v<T, LedgerTime>) {
      write_integer(value.ms);
    } else if constexpr (std::is_same_v<T, std::string>) {
      write_text(value);
    } else if constexpr (is_name<T>::value) {
      write_text(value.text);
    } else if constexpr (std::is_same_v<T, Hash32>) {
      out_.append(value.view());
    } else if constexpr (NamedEnum<T>) {
      write_integer(static_cast<std::int64_t>(value));
    } else if constexpr (is_optional<T>::value) {
      out_.push_back(value ? 1 : 0);
      if (value) write(*value);
    } else if constexpr (is_vector<T>::value) {
      write_integer(static_cast<std::int64_t>(value.size()));
      for (const auto& item : value) write(item);
    } else {
      static_assert(Record<T>, "no codec for this type");
      // A nested record is sized so that it, too, may grow at its end.
      std::string inner;
      Encoder nested(inner);
      T::fields(value, nested);
      write_text(inner);
    }
  }

 private:
  void write_integer(std::int64_t value);
  void write_text(std::string_view text);

  std::string& out_;
};

class Decoder {
 public:
  explicit Decoder(std::string_view in) : in_(in) {}

  template <class T>
  void operator()(std::string_view, T& value, const Spec&) {
    if (!in_.empty()) read(value);
  }

  template <class T>
  void read(T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      value = take(1)[0] != 0;
    } else if constexpr (std::is_same_v<T, std::int64_t>) {
      value = read_integer();
    } else if constexpr (std::is_same_v<T, Fen>) {
      value = Fen(read_integer());
    } else if constexpr (std::is_same_v<T, Date>) {
      value.days = static_cast<std::int32_t>(read_integer());
    } else if constexpr (std::is_same_v<T, LedgerTime>) {
      value.ms = read_integer();
    } else if constexpr (std::is_same_v<T, std::string>) {
      value = std::string(take(static_cast<std::size_t>(read_integer())));
    } else if constexpr (is_name<T>::value) {
      value.text = std::string(take(static_cast<std::size_t>(read_integer())));
    } else if constexpr (std::is_same_v<T, Hash32>) {
      value = *Hash32::from_bytes(take(32));
    } else if constexpr (NamedEnum<T>) {
      value = static_cast<T>(read_integer());
    } else if constexpr (is_optional<T>::value) {
      value.reset();
      if (take(1)[0] != 0) read(value.emplace());
    } else if constexpr (is_vector<T>::value) {
      value.clear();
      const auto count = static_cast<std::size_t>(read_integer());
      LEDGER_ASSERT(count <= in_.size() + 1);
      value.reserve(count);
      for (std::size_t i = 0; i < count; ++i) read(value.emplace_back());
    } else {
      static_assert(Record<T>, "no codec for this type");
      Decoder nested(take(static_cast<std::size_t>(read_integer())));
      T::fields(value, nested);
    }
  }

 private:
  std::int64_t read_integer();
  std::string_view take(std::size_t count);

  std::string_view in_;
};

template <Record T>
std::string encode(const T& value) {
  std::string out;
  Encoder encoder(out);
  T::fields(value, encoder);
  return out;
}

template <Record T>
T decode(std::string_view bytes) {
  T value;
  Decoder decoder(bytes);
  T::fields(value, decoder);
  return value;
}

}  // namespace dengji::state
