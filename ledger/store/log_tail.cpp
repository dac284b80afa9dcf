#include "ledger/store/log_tail.hpp"

#include <leveldb/env.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <vector>

#include "ledger/store/keys.hpp"

namespace dengji::store {
namespace {

constexpr std::size_t kBlock = 32'768;
constexpr std::size_t kHeader = 7;  // crc32c (4, masked), length (2), type (1), little endian
constexpr std::size_t kSector = 512;
constexpr std::size_t kPeek = 64;  // enough for the first key of a write
enum Type : std::uint8_t { zero = 0, full = 1, first = 2, middle = 3, last = 4 };

constexpr std::array<std::uint32_t, 256> make_crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1) != 0 ? 0x82f63b78U : 0U);
    table[i] = crc;
  }
  return table;
}
constexpr auto kCrcTable = make_crc_table();

std::uint32_t masked_crc32c(std::string_view bytes) {
  std::uint32_t crc = ~0U;
  for (const char byte : bytes) crc = crc >> 8 ^ kCrcTable[(crc ^ static_cast<std::uint8_t>(byte)) & 0xff];
  crc = ~crc;
  return (crc >> 15 | crc << 17) + 0xa282ead8U;
}

std::uint32_t little_endian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) value = value << 8 | static_cast<std::uint8_t>(bytes[i]);
  return value;
}

struct Fragment {
  std::uint8_t type = zero;
  std::string_view payload;
  bool good = false;
  std::size_t end = 0;  // where the next one starts, as far as this header can be believed
};

std::size_t next_block(std::size_t at) {
  return (at / kBlock + 1) * kBlock;
}

// `at` leaves room for a header within the block and the file.
Fragment read_fragment(std::string_view bytes, std::size_t at) {
  const std::size_t length = little_endian(bytes.substr(at + 4, 2));
  const std::size_t end = at + kHeader + length;
  Fragment fragment{
      .type = static_cast<std::uint8_t>(bytes[at + 6]), .payload = {}, .good = false, .end = next_block(at)};
  if (end > next_block(at)) return fragment;
  fragment.payload = bytes.substr(at + kHeader, length);
  if (end > bytes.size()) return fragment;
  if (fragment.type != zero) fragment.end = end;
  fragment.good = fragment.type >= full && fragment.type <= last &&
                  masked_crc32c(bytes.substr(at + 6, 1 + length)) == little_endian(bytes.substr(at, 4));
  return fragment;
}

// Skips the trailer of a block that is too short for a header. False at the end of the file.
bool at_header(std::string_view bytes, std::size_t& at) {
  if (next_block(at) - at < kHeader) at = next_block(at);
  return at + kHeader <= bytes.size();
}

// A record that starts behind the bad one shows that writing went on: then the bad one was whole once.
bool later_record_follows(std::string_view bytes, std::size_t at) {
  while (at_header(bytes, at)) {
    const Fragment fragment = read_fragment(bytes, at);
    if (fragment.good && (fragment.type == full || fragment.type == first)) return true;
    at = fragment.end;
  }
  return false;
}

// From `from`, where a record starts: its header is never all zeros, so even a short first piece tells.
bool has_lost_sector(std::string_view bytes, std::size_t from) {
  for (std::size_t at = from; at < bytes.size();) {
    const std::size_t end = std::min((at / kSector + 1) * kSector, bytes.size());
    const std::string_view sector = bytes.substr(at, end - at);
    if (sector.find_first_not_of('\0') == std::string_view::npos) return true;
    at = end;
  }
  return false;
}

// The first key of a LevelDB write: sequence (8), count (4), then tag, key length, key.
std::string name_of(std::string_view payload) {
  if (payload.size() < 15) return "a write";
  const auto length = static_cast<std::size_t>(static_cast<std::uint8_t>(payload[13]));
  if (length == 0 || length >= 0x80 || payload.size() < 14 + length) return "a write";
  return "the write that starts with " + describe_key(payload.substr(14, length));
}

Result<std::string> read_file(const std::string& name, leveldb::Env& env) {
  std::string bytes;
  const leveldb::Status status = leveldb::ReadFileToString(&env, name, &bytes);
  if (!status.ok()) return fail(ErrorCode::corrupt, name + ": " + status.ToString());
  return bytes;
}

Result<void> replace_file(const std::string& name, std::string_view bytes, StoreEnv& env) {
  const std::string temporary = name.substr(0, name.rfind('/') + 1) + "999999.dbtmp";  // LevelDB sweeps *.dbtmp up
  leveldb::WritableFile* opened = nullptr;
  leveldb::Status status = env.NewWritableFile(temporary, &opened);
  const std::unique_ptr<leveldb::WritableFile> file(opened);
  if (status.ok()) status = file->Append({bytes.data(), bytes.size()});
  if (status.ok()) status = file->Sync();
  if (status.ok()) status = file->Close();
  if (status.ok()) status = env.RenameFile(temporary, name);
  if (status.ok()) return {};
  return fail(is_disk_full(status) ? ErrorCode::disk_full : ErrorCode::io, name + ": " + status.ToString());
}

Result<bool> cut_torn_tail(const std::string& name, StoreEnv& env) {
  const auto bytes = read_file(name, env);
  if (!bytes) return std::unexpected(bytes.error());
  const LogScan scan = scan_log(*bytes);
  if (!scan.bad_record) return false;
  if (!scan.torn) {
    std::string what =
        name + ", byte " + std::to_string(*scan.bad_record) + ": " + name_of(scan.bad_payload) + " is damaged";
    if (!scan.last_good_payload.empty()) what += "; the last good one is " + name_of(scan.last_good_payload);
    return fail(ErrorCode::corrupt, std::move(what));
  }
  if (auto replaced = replace_file(name, std::string_view(*bytes).substr(0, scan.good_end), env); !replaced) {
    return std::unexpected(std::move(replaced).error());
  }
  return true;
}

std::string newest_log(const std::string& path, leveldb::Env& env) {
  std::vector<std::string> names;
  static_cast<void>(env.GetChildren(path, &names));
  std::uint64_t best = 0;
  std::string found;
  for (const std::string& name : names) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (error != std::errc() || std::string_view(end) != ".log" || number < best) continue;
    best = number;
    found = name;
  }
  return found;
}

}  // namespace

LogScan scan_log(std::string_view bytes) {
  LogScan scan;
  std::size_t at = 0;
  std::size_t record = 0;  // where the record under way starts
  bool open = false;
  std::string_view payload;  // of its first fragment
  const auto bad = [&](std::string_view seen) {
    scan.bad_record = record;
    scan.bad_payload = (open ? payload : seen).substr(0, kPeek);
    scan.torn = has_lost_sector(bytes, scan.good_end) && !later_record_follows(bytes, at);
  };
  while (at_header(bytes, at)) {
    const Fragment fragment = read_fragment(bytes, at);
    const bool starts = fragment.type == full || fragment.type == first;
    if (!open) record = at;
    if (!fragment.good || starts == open) {
      const bool cut_by_end =
          at + kHeader + little_endian(bytes.substr(at + 4, 2)) > bytes.size() && next_block(at) > bytes.size();
      const bool blank = !open && bytes.find_first_not_of('\0', at) == std::string_view::npos;
      // Neither stops LevelDB: a record that the end of the file cuts, and zeros to the end.
      if (!cut_by_end && !blank) bad(fragment.payload);
      return scan;
    }
    if (starts) payload = fragment.payload;
    open = fragment.type == first || fragment.type == middle;
    at = fragment.end;
    if (!open) {
      scan.good_end = at;
      scan.last_good_payload = payload.substr(0, kPeek);
    }
  }
  return scan;
}

Result<bool> cut_torn_log_tail(const std::string& path, StoreEnv& env) {
  leveldb::FileLock* lock = nullptr;
  const leveldb::Status locked = env.LockFile(path + "/LOCK", &lock);
  if (!locked.ok()) return fail(is_lock_held(locked) ? ErrorCode::in_use : ErrorCode::io, locked.ToString());
  const auto release = [&env](leveldb::FileLock* held) { static_cast<void>(env.UnlockFile(held)); };
  const std::unique_ptr<leveldb::FileLock, decltype(release)> guard(lock, release);

  bool cut = false;
  const auto current = read_file(path + "/CURRENT", env);
  if (!current) return std::unexpected(current.error());
  std::vector<std::string> names;
  if (current->starts_with("MANIFEST-") && current->ends_with('\n'))
    names.push_back(current->substr(0, current->size() - 1));
  if (std::string log = newest_log(path, env); !log.empty()) names.push_back(std::move(log));
  for (const std::string& name : names) {
    auto done = cut_torn_tail(path + "/" + name, env);
    if (!done) return done;
    cut |= *done;
  }
  return cut;
}

}  // namespace dengji::store
