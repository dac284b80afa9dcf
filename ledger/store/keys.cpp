#include "ledger/store/keys.hpp"

#include "ledger/base/assert.hpp"
#include "ledger/merkle/tile.hpp"

namespace dengji::store {
namespace {

constexpr char kHeadVersion = 1;
constexpr std::size_t kHeadFixedBytes = 1 + 8 + 32 + 8;

std::string key_of(Kind kind, std::size_t reserve = 9) {
  std::string key;
  key.reserve(reserve);
  key.push_back(static_cast<char>(kind));
  return key;
}

std::string numbered_key(Kind kind, std::uint64_t number) {
  std::string key = key_of(kind);
  append_number(key, number);
  return key;
}

// Text as it is, anything else in hex.
std::string printable(std::string_view bytes) {
  for (const char byte : bytes) {
    if (static_cast<unsigned char>(byte) < 0x20 || byte == 0x7f) return "0x" + to_hex(bytes);
  }
  return "'" + std::string(bytes) + "'";
}

}  // namespace

void append_number(std::string& out, std::uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift));
}

std::optional<std::uint64_t> parse_number(std::string_view bytes) {
  if (bytes.size() != 8) return std::nullopt;
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<std::uint8_t>(byte);
  return value;
}

std::string number_bytes(std::uint64_t value) {
  std::string out;
  append_number(out, value);
  return out;
}

std::string head_key() {
  return key_of(Kind::head);
}

std::string leaf_key(std::uint64_t seq) {
  return numbered_key(Kind::leaf, seq);
}

std::string entry_id_key(const Hash32& entry_id) {
  std::string key = key_of(Kind::entry_id, 33);
  key.append(entry_id.view());
  return key;
}

std::string time_key(LedgerTime time) {
  LEDGER_ASSERT(time.ms >= 0);
  return numbered_key(Kind::time, static_cast<std::uint64_t>(time.ms));
}

std::string hashes_key(unsigned level, std::uint64_t position) {
  std::string key = key_of(Kind::hashes, 10);
  key.push_back(static_cast<char>(level));
  append_number(key, position);
  return key;
}

std::string meta_key(std::string_view name) {
  std::string key = key_of(Kind::meta, 1 + name.size());
  key.append(name);
  return key;
}

std::string state_prefix(std::string_view logical_key) {
  std::string key = key_of(Kind::state, logical_key.size() + 10);
  key.append(logical_key);
  key.push_back('\0');
  return key;
}

std::string state_key(std::string_view logical_key, std::uint64_t seq) {
  std::string key = state_prefix(logical_key);
  append_number(key, ~seq);
  return key;
}

std::optional<StateKey> parse_state_key(std::string_view key) {
  if (key.size() < 10 || key.front() != static_cast<char>(Kind::state) || key[key.size() - 9] != '\0')
    return std::nullopt;
  const StateKey parsed{.logical_key = key.substr(1, key.size() - 10),
                        .seq = ~*parse_number(key.substr(key.size() - 8))};
  if (parsed.logical_key.find('\0') != std::string_view::npos) return std::nullopt;
  return parsed;
}

std::optional<HashesKey> parse_hashes_key(std::string_view key) {
  if (key.size() != 10 || key.front() != static_cast<char>(Kind::hashes)) return std::nullopt;
  const auto level = static_cast<std::uint8_t>(key[1]);
  if (level > merkle::kMaxTileLevel) return std::nullopt;
  return HashesKey{.level = level, .position = *parse_number(key.substr(2))};
}

std::string write_head(const Head& head) {
  std::string out;
  out.reserve(kHeadFixedBytes + head.order_position.size());
  out.push_back(kHeadVersion);
  append_number(out, head.size);
  out.append(head.root.view());
  append_number(out, static_cast<std::uint64_t>(head.time.ms));
  out.append(head.order_position);
  return out;
}

std::optional<Head> parse_head(std::string_view bytes) {
  if (bytes.size() < kHeadFixedBytes || bytes.front() != kHeadVersion) return std::nullopt;
  const std::uint64_t ms = *parse_number(bytes.substr(41, 8));
  if (ms > static_cast<std::uint64_t>(INT64_MAX)) return std::nullopt;
  return Head{.size = *parse_number(bytes.substr(1, 8)),
              .root = *Hash32::from_bytes(bytes.substr(9, 32)),
              .time = LedgerTime{static_cast<std::int64_t>(ms)},
              .order_position = std::string(bytes.substr(kHeadFixedBytes))};
}

std::string describe_key(std::string_view key) {
  if (key.empty()) return "the empty key";
  const std::string_view rest = key.substr(1);
  const auto number = parse_number(rest);
  switch (static_cast<Kind>(key.front())) {
    case Kind::head:
      return "head";
    case Kind::entry_id:
      return "entry id " + to_hex(rest);
    case Kind::hashes:
      if (const auto parsed = parse_hashes_key(key)) {
        return "tile hashes of level " + std::to_string(parsed->level) + " from position " +
               std::to_string(parsed->position);
      }
      break;
    case Kind::leaf:
      if (number) return "leaf " + std::to_string(*number);
      break;
    case Kind::meta:
      return "meta " + printable(rest);
    case Kind::state:
      if (const auto parsed = parse_state_key(key)) {
        return "state key " + printable(parsed->logical_key) + " at entry " + std::to_string(parsed->seq);
      }
      break;
    case Kind::time:
      if (number) return "time index " + std::to_string(*number);
      break;
  }
  return "key " + printable(key);
}

}  // namespace dengji::store
