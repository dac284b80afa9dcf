// The leaf: entry number `seq` as the Merkle tree, the tiles and the export hold it, one JSON object in RFC 8785 form:
// what was asked (`entry`), what the contracts decided (`effects`), at what ledger time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ledger/base/error.hpp"
#include "ledger/base/hash32.hpp"
#include "ledger/base/limits.hpp"
#include "ledger/base/seq.hpp"
#include "ledger/base/time.hpp"
#include "ledger/json/strict_json.hpp"

namespace dengji::entry {

// An entry's own nesting stands one deeper in a leaf, an effect's two.
inline constexpr int kMaxLeafDepth = kMaxJsonDepth + 4;

// The certificate status list as it stood when its hour began.
struct StatusList {
  std::uint64_t size = 0;
  Hash32 sha256;

  friend bool operator==(const StatusList&, const StatusList&) = default;
};

struct Leaf {
  Seq seq;
  LedgerTime time;
  json::Json effects = json::Json::array();
  std::string jws_text;              // the entry's RFC 8785 form
  std::optional<StatusList> status;  // in the first leaf of each hour, see begins_hour

  friend bool operator==(const Leaf&, const Leaf&) = default;
};

// The bytes that are hashed. jws_text is put in as it is. Error: body_too_large beyond kMaxLeafBytes.
Result<std::string> encode_leaf(const Leaf& leaf);
// Takes only what encode_leaf writes, byte for byte; anything else is `corrupt`, with the place where it has one. The
// entry inside is some JSON object; parse_entry(leaf.jws_text) reads it.
Result<Leaf> decode_leaf(std::string_view bytes);

// The three parts of a leaf that a replay needs, found without looking at the rest. `bytes` must be what encode_leaf
// wrote, from a source that is trusted: another layout is `corrupt`, but not every damage is noticed.
struct LeafParts {
  Seq seq;
  LedgerTime time;
  std::string_view jws_text;  // within the bytes
};
Result<LeafParts> split_trusted_leaf(std::string_view bytes);

// Whether a leaf at `time` opens another hour than its predecessor did: floor(time / 3,600,000 ms) differs.
bool begins_hour(LedgerTime time, std::optional<LedgerTime> previous);

}  // namespace dengji::entry
