#include "ledger/entry/leaf.hpp"

#include <charconv>
#include <utility>

#include "crypto/base64.hpp"
#include "ledger/base/assert.hpp"
#include "ledger/entry/members.hpp"

namespace dengji::entry {
namespace {

constexpr std::int64_t kLeafVersion = 1;
constexpr std::int64_t kHourMs = 3'600'000;

bool is_json_integer(std::uint64_t value) {
  return value <= static_cast<std::uint64_t>(kMaxSafeInteger);
}

std::int64_t hour(LedgerTime time) {
  return time.ms / kHourMs;  // ledger time is never before 1970
}

// The digits at the beginning of the text.
template <class Number>
bool read_number(std::string_view text, Number& number) {
  return std::from_chars(text.data(), text.data() + text.size(), number).ec == std::errc();
}

std::unexpected<Error> damaged(Error why) {
  return fail(ErrorCode::corrupt, why.message(), std::move(why.pointer));
}

}  // namespace

Result<std::string> encode_leaf(const Leaf& leaf) {
  LEDGER_ASSERT(leaf.effects.is_array());
  LEDGER_ASSERT(is_json_integer(leaf.seq.value));
  LEDGER_ASSERT(leaf.time.ms >= 0 && leaf.time.ms <= kMaxSafeInteger);
  std::string out;
  out.reserve(leaf.jws_text.size() + 512);
  out.append(R"({"effects":)");
  json::append_canonical(out, leaf.effects);
  out.append(R"(,"entry":)").append(leaf.jws_text);
  out.append(R"(,"seq":)").append(std::to_string(leaf.seq.value));
  if (leaf.status) {
    LEDGER_ASSERT(is_json_integer(leaf.status->size));
    out.append(R"(,"status":{"sha256":")").append(crypto::to_b64(leaf.status->sha256));
    out.append(R"(","size":)").append(std::to_string(leaf.status->size)).append("}");
  }
  out.append(R"(,"time":)").append(std::to_string(leaf.time.ms));
  out.append(R"(,"v":1})");
  if (out.size() > kMaxLeafBytes) {
    return fail(ErrorCode::body_too_large, "the leaf would have " + std::to_string(out.size()) + " bytes");
  }
  return out;
}

Result<Leaf> decode_leaf(std::string_view bytes) {
  auto value = json::read_strict(bytes, {.max_bytes = kMaxLeafBytes, .max_depth = kMaxLeafDepth});
  if (!value) return damaged(std::move(value.error()));

  Refusal refusal;
  Members members(*value, "", refusal);
  members.exactly({"effects", "entry", "seq", "time", "v"}, "status");
  if (members.integer("v") != kLeafVersion) members.refuse(ErrorCode::value_range, "v", "leaves have v 1");
  Leaf leaf;
  leaf.seq = Seq{static_cast<std::uint64_t>(members.integer("seq"))};
  leaf.time = LedgerTime{members.integer("time")};
  members.value("effects", json::Json::value_t::array);
  const json::Json& entry = members.value("entry", json::Json::value_t::object);
  if (members.has("status")) {
    Members status((*value)["status"], "/status", refusal);
    status.exactly({"sha256", "size"});
    leaf.status = StatusList{static_cast<std::uint64_t>(status.integer("size")), status.hash("sha256")};
  }
  if (!refusal.none()) return damaged(refusal.take());
  leaf.jws_text = json::write_canonical(entry);
  leaf.effects = std::move((*value)["effects"]);

  const auto again = encode_leaf(leaf);
  if (!again || *again != bytes) return fail(ErrorCode::corrupt, "the leaf is not in RFC 8785 form");
  return leaf;
}

Result<LeafParts> split_trusted_leaf(std::string_view bytes) {
  // A quote within a string is escaped, so these can only be the members of the leaf and its entry.
  constexpr std::string_view kEntry = R"(],"entry":)";
  constexpr std::string_view kJws = R"({"payload":")";
  constexpr std::string_view kSeq = R"(,"seq":)";
  constexpr std::string_view kTime = R"(,"time":)";
  const std::size_t entry = bytes.find(std::string(kEntry).append(kJws));
  const std::size_t seq = bytes.rfind(kSeq);
  const std::size_t time = bytes.rfind(kTime);
  constexpr std::size_t kNone = std::string_view::npos;
  const std::size_t jws = entry + kEntry.size();
  LeafParts parts;
  const bool whole = entry != kNone && seq != kNone && time != kNone && jws < seq && seq < time &&
                     read_number(bytes.substr(seq + kSeq.size()), parts.seq.value) &&
                     read_number(bytes.substr(time + kTime.size()), parts.time.ms);
  if (!whole) return fail(ErrorCode::corrupt, "the leaf is not in RFC 8785 form");
  parts.jws_text = bytes.substr(jws, seq - jws);
  return parts;
}

bool begins_hour(LedgerTime time, std::optional<LedgerTime> previous) {
  return !previous || hour(time) != hour(*previous);
}

}  // namespace dengji::entry
