#include "ledger/merkle/entry_bundle.hpp"

#include "ledger/base/assert.hpp"
#include "ledger/base/limits.hpp"

namespace dengji::merkle {

void append_to_bundle(std::string& bundle, std::string_view leaf) {
  LEDGER_ASSERT(leaf.size() <= kMaxLeafBytes);
  bundle.push_back(static_cast<char>(leaf.size() >> 8));
  bundle.push_back(static_cast<char>(leaf.size()));
  bundle.append(leaf);
}

Result<std::vector<std::string_view>> parse_bundle(std::string_view bundle, unsigned width) {
  std::vector<std::string_view> leaves;
  leaves.reserve(width);
  while (!bundle.empty() && leaves.size() < width) {
    if (bundle.size() < 2) break;
    const std::size_t size =
        static_cast<std::size_t>(static_cast<std::uint8_t>(bundle[0])) << 8 | static_cast<std::uint8_t>(bundle[1]);
    if (bundle.size() - 2 < size) break;
    leaves.push_back(bundle.substr(2, size));
    bundle.remove_prefix(2 + size);
  }
  if (!bundle.empty() || leaves.size() != width) {
    return fail(ErrorCode::value_format, "the bundle does not hold exactly " + std::to_string(width) + " entries");
  }
  return leaves;
}

}  // namespace dengji::merkle
