#include "api/leaf_view.hpp"

#include <charconv>

#include "crypto/base64.hpp"
#include "crypto/sha256.hpp"
#include "ledger/base/assert.hpp"

namespace dengji::api {

LeafView view_leaf(std::string_view leaf) {
  constexpr std::string_view kHead = R"({"effects":)";
  // No string can hold these: their quotes would be escaped.
  constexpr std::string_view kEntry = R"(,"entry":{"payload":")";
  constexpr std::string_view kTime = R"(,"time":)";
  const std::size_t entry = leaf.find(kEntry);
  const std::size_t time = leaf.rfind(kTime);
  LEDGER_ASSERT(leaf.starts_with(kHead) && entry != std::string_view::npos && time != std::string_view::npos);
  const std::size_t payload = entry + kEntry.size();
  const std::size_t payload_end = leaf.find('"', payload);
  LEDGER_ASSERT(payload_end != std::string_view::npos);
  LeafView view;
  view.effects = leaf.substr(kHead.size(), entry - kHead.size());
  view.payload_b64 = leaf.substr(payload, payload_end - payload);
  const char* digits = leaf.data() + time + kTime.size();
  const auto [end, ec] = std::from_chars(digits, leaf.data() + leaf.size(), view.time.ms);
  LEDGER_ASSERT(ec == std::errc{});
  return view;
}

std::string LeafView::payload() const {
  auto bytes = crypto::base64url_decode(payload_b64);
  LEDGER_ASSERT(bytes.has_value());
  return std::move(*bytes);
}

Hash32 LeafView::entry_id() const {
  return crypto::sha256(payload());
}

}  // namespace dengji::api
