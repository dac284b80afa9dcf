#include "ledger/store/versions.hpp"

#include <algorithm>
#include <utility>

#include "ledger/store/keys.hpp"

namespace dengji::store {
namespace {

// Steps over versions of the same key before a seek is cheaper.
constexpr int kStepsBeforeSeek = 3;

std::unexpected<Error> malformed(std::string_view key) {
  return fail(ErrorCode::corrupt, describe_key(key) + ": malformed");
}

// The value behind the flag; nullopt: erased. False: the flag is no flag.
bool decode(std::string_view stored, std::optional<std::string_view>& out) {
  if (stored.empty() || (stored.front() != kPresent && stored.front() != kErased)) return false;
  if (stored.front() == kErased) {
    out = std::nullopt;
    return stored.size() == 1;
  }
  out = stored.substr(1);
  return true;
}

// Sorts behind every version of the key and before the next key: no logical key holds 0x00.
std::string behind_versions(std::string_view logical_key) {
  std::string key = state_prefix(logical_key);
  key.back() = '\x01';
  return key;
}

}  // namespace

Result<std::optional<std::string>> read_version(const Database& database, std::string_view key, std::uint64_t size) {
  Cursor cursor(database, Cursor::Caching::keep);
  return read_version(cursor, key, size);
}

Result<std::optional<std::string>> read_version(Cursor& cursor, std::string_view key, std::uint64_t size) {
  if (size == 0) return std::nullopt;
  const std::string wanted = state_key(key, size - 1);
  if (!cursor.seek(wanted)) {
    if (cursor.error()) return std::unexpected(*cursor.error());
    return std::nullopt;
  }
  const std::string_view found = cursor.key();
  if (found.size() != wanted.size() || !found.starts_with(std::string_view(wanted).substr(0, wanted.size() - 8))) {
    return std::nullopt;
  }
  std::optional<std::string_view> value;
  if (!decode(cursor.value(), value)) return malformed(found);
  if (!value) return std::nullopt;
  return std::string(*value);
}

Result<void> scan_versions(const Database& database, std::string_view prefix, std::string_view from, std::uint64_t size,
                           const state::ReadView::Visit& visit) {
  Cursor cursor(database, Cursor::Caching::keep);
  std::string physical_prefix(1, static_cast<char>(Kind::state));
  physical_prefix.append(prefix);
  std::string start(1, static_cast<char>(Kind::state));
  start.append(from < prefix ? prefix : from);

  std::string logical;  // the key whose versions are being passed
  bool settled = true;  // its version is found; the rest are older
  int steps = 0;
  bool more = size > 0 && cursor.seek(start);
  while (more && cursor.key().starts_with(physical_prefix)) {
    const auto parsed = parse_state_key(cursor.key());
    if (!parsed) return malformed(cursor.key());
    if (parsed->logical_key != logical || logical.empty()) {
      logical = parsed->logical_key;
      settled = false;
      steps = 0;
    }
    if (!settled && parsed->seq < size) {
      settled = true;
      steps = 0;
      std::optional<std::string_view> value;
      if (!decode(cursor.value(), value)) return malformed(cursor.key());
      if (value && !visit(logical, *value)) return {};
    }
    if (++steps <= kStepsBeforeSeek) {
      more = cursor.next();
    } else {
      more = cursor.seek(settled ? behind_versions(logical) : state_key(logical, size - 1));
    }
  }
  if (cursor.error()) return std::unexpected(*cursor.error());
  return {};
}

Result<std::vector<Version>> read_history(const Database& database, const HistoryQuery& query) {
  std::vector<Version> out;
  if (query.size == 0 || query.limit == 0) return out;
  Cursor cursor(database, Cursor::Caching::keep);
  const std::string prefix = state_prefix(query.key);
  bool more = false;
  if (query.newest_first) {
    const std::uint64_t end = query.after ? std::min(query.after->value, query.size) : query.size;
    if (end == 0) return out;
    more = cursor.seek(state_key(query.key, end - 1));
  } else {
    more = cursor.seek_before(query.after ? state_key(query.key, query.after->value) : behind_versions(query.key));
  }
  while (more && out.size() < query.limit && cursor.key().starts_with(prefix)) {
    const auto parsed = parse_state_key(cursor.key());
    std::optional<std::string_view> value;
    if (!parsed || !decode(cursor.value(), value)) return malformed(cursor.key());
    if (parsed->seq >= query.size) break;
    out.push_back({.seq = Seq{parsed->seq}, .value = value ? std::optional(std::string(*value)) : std::nullopt});
    more = query.newest_first ? cursor.next() : cursor.previous();
  }
  if (cursor.error()) return std::unexpected(*cursor.error());
  return out;
}

Result<std::vector<KeyVersion>> read_versions(const Database& database, const VersionsQuery& query) {
  std::vector<KeyVersion> out;
  // A pass over much that is read once: the cache is for others.
  Cursor cursor(database, Cursor::Caching::pass_by);
  std::string prefix(1, static_cast<char>(Kind::state));
  prefix.append(query.prefix);
  const std::string last = query.after_key.empty() ? std::string() : state_key(query.after_key, query.after_seq.value);
  bool more = cursor.seek(last.empty() ? prefix : last);
  if (more && cursor.key() == last) more = cursor.next();
  while (more && out.size() < query.limit && cursor.key().starts_with(prefix)) {
    const auto parsed = parse_state_key(cursor.key());
    std::optional<std::string_view> value;
    if (!parsed || !decode(cursor.value(), value)) return malformed(cursor.key());
    if (parsed->seq < query.size) {
      out.push_back(
          {.key = std::string(parsed->logical_key),
           .version = {.seq = Seq{parsed->seq}, .value = value ? std::optional(std::string(*value)) : std::nullopt}});
    }
    more = cursor.next();
  }
  if (cursor.error()) return std::unexpected(*cursor.error());
  return out;
}

}  // namespace dengji::store
