// A certificate with what proves it: what dengji certificate save writes and verify reads (docs/formats.md "Saved
// certificate"), and how it is gathered from a node.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/base/time.hpp"
#include "node/cli/remote.hpp"

namespace dengji::cli {

inline constexpr std::size_t kMaxBundleBytes = 16 << 20;
inline constexpr std::size_t kMaxBundleProofs = 64;  // of status changes, and as many grounds

struct Bundle {
  Json certificate;
  std::uint64_t as_of = 0;           // last seq that the node had looked at
  std::vector<std::string> proofs;   // a tlog-proof for each item of certificate.history
  std::vector<std::string> grounds;  // of the other entries on which it rests, in the order of the ledger
  std::optional<LedgerTime> now;     // what counted as now at the node; a file does not keep it
};

Json bundle_json(const Bundle& bundle);
// Error: value_format, naming `file`.
Result<Bundle> read_bundle(std::string_view text, const std::string& file);
// The statuses since issue, oldest first. Error: value_format.
Result<const Json*> history_of(const Json& certificate);
// `as_of` as the node takes it; empty: newest. Errors: those of the way to the node, value_format.
Result<Bundle> fetch_bundle(Remote& remote, const std::string& no, const std::string& as_of);

}  // namespace dengji::cli
