// The physical keys and records of the store, as docs/formats.md lists them: one byte of kind, then numbers big endian
// so that they sort. Knows the bytes and nothing of LevelDB; verify and error messages name records by describe_key.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ledger/base/hash32.hpp"
#include "ledger/base/seq.hpp"
#include "ledger/base/time.hpp"
#include "ledger/store/store.hpp"

namespace dengji::store {

enum class Kind : char {
  head = 'H',
  entry_id = 'e',  // 32 bytes of entry id → seq
  hashes = 'h',    // level, position of the first hash → hashes of one tile, as one batch added them
  leaf = 'l',      // seq → leaf bytes
  meta = 'm',      // name → bytes
  state = 's',     // logical key, 0x00, ~seq → flag, value
  time = 't',      // ms → last seq of that ms
};

void append_number(std::string& out, std::uint64_t value);
// nullopt unless exactly 8 bytes.
std::optional<std::uint64_t> parse_number(std::string_view bytes);
std::string number_bytes(std::uint64_t value);

std::string head_key();
std::string leaf_key(std::uint64_t seq);
std::string entry_id_key(const Hash32& entry_id);
// `ms` ≥ 0: asserted.
std::string time_key(LedgerTime time);
std::string hashes_key(unsigned level, std::uint64_t position);
std::string meta_key(std::string_view name);
// 's', logical key, 0x00: what all versions of one key start with.
std::string state_prefix(std::string_view logical_key);
// Sorts before all versions made at `seq` or earlier, and after all later ones.
std::string state_key(std::string_view logical_key, std::uint64_t seq);

struct StateKey {
  std::string_view logical_key;
  std::uint64_t seq = 0;
};
std::optional<StateKey> parse_state_key(std::string_view key);

struct HashesKey {
  unsigned level = 0;
  std::uint64_t position = 0;
};
std::optional<HashesKey> parse_hashes_key(std::string_view key);

// State values start with one byte that tells an erased key from an empty value.
inline constexpr char kErased = 0;
inline constexpr char kPresent = 1;

std::string write_head(const Head& head);
std::optional<Head> parse_head(std::string_view bytes);

// "leaf 42", "state key 'acc|…' at entry 7", for messages; never fails.
std::string describe_key(std::string_view key);

}  // namespace dengji::store
