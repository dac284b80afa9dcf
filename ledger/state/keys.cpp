#include "ledger/state/keys.hpp"

namespace dengji::state {

std::string join_key(std::initializer_list<std::string_view> parts) {
  std::size_t size = parts.size();
  for (const auto part : parts) size += part.size();
  std::string key;
  key.reserve(size);
  bool first = true;
  for (const auto part : parts) {
    if (!first) key.push_back(kSeparator);
    key.append(part);
    first = false;
  }
  return key;
}

std::string entry_meta_key(Seq seq) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex(16, '0');
  for (std::size_t i = 0; i < 16; ++i) hex[15 - i] = kDigits[seq.value >> (4 * i) & 15];
  return join_key({"e", hex});
}

}  // namespace dengji::state
