// A number with its noun, for sentences that people read: "1 change", "2 changes". Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace dengji {

// `several` for nouns that do not take an s: counted(2, "entry", "entries").
inline std::string counted(std::uint64_t count, std::string_view one, std::string_view several = {}) {
  std::string text = std::to_string(count) + " ";
  if (count != 1 && !several.empty()) return text.append(several);
  text.append(one);
  return count == 1 ? text : text + "s";
}

}  // namespace dengji
