// Tile paths and entry bundles: no input may crash, and what parses is written back the same. The first byte is the
// width that a bundle is read with.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "ledger/base/assert.hpp"
#include "ledger/merkle/entry_bundle.hpp"
#include "ledger/merkle/tile_path.hpp"

using namespace dengji;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (const auto path = merkle::parse_tile_path(input)) {
    LEDGER_ASSERT(merkle::format_tile_path(*path) == input);
    static_cast<void>(merkle::tile_width(path->id, ~std::uint64_t{0}));
  }
  if (input.empty()) return 0;
  const auto width = static_cast<unsigned>(static_cast<unsigned char>(input.front())) + 1;
  if (const auto leaves = merkle::parse_bundle(input.substr(1), width)) {
    std::string again;
    for (const std::string_view leaf : *leaves) merkle::append_to_bundle(again, leaf);
    LEDGER_ASSERT(again == input.substr(1));
  }
  return 0;
}
