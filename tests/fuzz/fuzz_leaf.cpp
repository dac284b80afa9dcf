// Leaves: what decodes is encoded to the very bytes it came from.
#include <cstdint>
#include <string_view>

#include "ledger/base/assert.hpp"
#include "ledger/entry/envelope.hpp"
#include "ledger/entry/leaf.hpp"

using namespace dengji;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto leaf = entry::decode_leaf(bytes);
  if (!leaf) {
    LEDGER_ASSERT(leaf.error().code == ErrorCode::corrupt);
    return 0;
  }
  LEDGER_ASSERT(size <= kMaxLeafBytes);
  LEDGER_ASSERT(entry::encode_leaf(*leaf) == bytes);
  if (const auto inner = entry::parse_entry(leaf->jws_text)) LEDGER_ASSERT(inner->jws_text == leaf->jws_text);
  return 0;
}
