// The strict reader: it agrees with nlohmann's own parser on whatever it takes, its canonical form is a fixed point and
// never longer, and a refusal points to a place that is spelled as RFC 6901 says. First byte: which limits.
#include <cstdint>
#include <string_view>

#include "ledger/base/assert.hpp"
#include "ledger/json/strict_json.hpp"

namespace {

using namespace dengji;

bool is_pointer(std::string_view pointer) {
  if (!pointer.empty() && pointer[0] != '/') return false;
  for (std::size_t i = 0; i < pointer.size(); ++i) {
    if (pointer[i] == '~' && (i + 1 == pointer.size() || (pointer[i + 1] != '0' && pointer[i + 1] != '1')))
      return false;
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  json::ReadLimits limits;
  limits.strict_names = (data[0] & 1) == 0;
  if ((data[0] & 2) != 0) limits.max_depth = 3;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);

  const auto value = json::read_strict(text, limits);
  if (!value) {
    LEDGER_ASSERT(is_pointer(value.error().pointer));
    LEDGER_ASSERT(!json::check_text(value.error().pointer).has_value());
    return 0;
  }
  LEDGER_ASSERT(*value == json::Json::parse(text));
  const std::string canonical = json::write_canonical(*value);
  LEDGER_ASSERT(canonical.size() <= text.size());
  const auto again = json::read_strict(canonical, limits);
  LEDGER_ASSERT(again.has_value());
  LEDGER_ASSERT(*again == *value);
  LEDGER_ASSERT(json::write_canonical(*again) == canonical);
  return 0;
}
