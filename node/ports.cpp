#include "node/ports.hpp"

#include <algorithm>
#include <fstream>

#include "contracts/common/organisations.hpp"
#include "contracts/engine.hpp"
#include "crypto/base64.hpp"
#include "crypto/jwk.hpp"
#include "ledger/merkle/proof.hpp"

namespace dengji::node {
namespace {

constexpr std::size_t kHistoryChunk = 256;

std::unexpected<Error> beyond(std::uint64_t wanted, std::uint64_t size) {
  return fail(ErrorCode::not_found, std::to_string(wanted) + " is beyond the published size " + std::to_string(size));
}

// LevelDB maps its tables, and mapped pages are the kernel's to give and take: only anonymous ones are ours.
double rss_anon_bytes() {
  std::ifstream status("/proc/self/status");
  std::string name;
  std::uint64_t kib = 0;
  while (status >> name) {
    if (name == "RssAnon:" && status >> kib) return static_cast<double>(kib) * 1024;
  }
  return 0;
}

}  // namespace

std::string LedgerReader::genesis() const {
  const auto ledger = contracts::find_ledger(*store_.as_of(checkpoint()->size));
  return ledger ? crypto::to_b64(ledger->genesis) : std::string();
}

Result<std::string> LedgerReader::leaf(Seq seq) const {
  const std::uint64_t size = checkpoint()->size;
  if (seq.value >= size) return beyond(seq.value, size);
  return store_.leaf(seq);
}

Result<Seq> LedgerReader::seq_of(const Hash32& entry_id) const {
  const auto seq = store_.seq_of(entry_id);
  if (!seq) return std::unexpected(seq.error());
  if (!*seq || (*seq)->value >= checkpoint()->size)
    return fail(ErrorCode::not_found, "entry " + crypto::to_b64(entry_id));
  return **seq;
}

Result<void> LedgerReader::leaves(Seq from, const VisitLeaf& visit) const {
  const std::uint64_t size = checkpoint()->size;
  while (from.value < size) {
    auto chunk = store_.leaves({.first = from, .end = size});
    if (!chunk) return std::unexpected(std::move(chunk.error()));
    if (chunk->empty()) return fail(ErrorCode::corrupt, "leaf " + std::to_string(from.value) + " is missing");
    for (const store::LeafRecord& record : *chunk) {
      if (!visit(record.seq, record.leaf)) return {};
    }
    from.value = chunk->back().seq.value + 1;
  }
  return {};
}

Result<std::vector<Hash32>> LedgerReader::inclusion(Seq seq, std::uint64_t size) const {
  const std::uint64_t published = checkpoint()->size;
  if (size > published) return beyond(size, published);
  return merkle::ProofBuilder(store_.hashes(), published).inclusion(seq.value, size);
}

Result<std::vector<Hash32>> LedgerReader::consistency(std::uint64_t from, std::uint64_t to) const {
  const std::uint64_t published = checkpoint()->size;
  if (to > published) return beyond(to, published);
  return merkle::ProofBuilder(store_.hashes(), published).consistency(from, to);
}

Result<merkle::TileBytes> LedgerReader::tile(merkle::TileId id, unsigned width) const {
  return store_.hashes().read_tile(id, width);
}

std::unique_ptr<state::ReadView> LedgerReader::view_at(std::uint64_t size) const {
  return store_.as_of(size);
}

Result<std::uint64_t> LedgerReader::size_at(LedgerTime time) const {
  auto size = store_.size_at(time);
  if (size) *size = std::min(*size, checkpoint()->size);
  return size;
}

Result<void> LedgerReader::history(std::string_view key, std::uint64_t size, const VisitVersion& visit) const {
  store::HistoryQuery query{.key = key, .size = size, .limit = kHistoryChunk};
  while (true) {
    const auto versions = store_.history(query);
    if (!versions) return std::unexpected(versions.error());
    for (const store::Version& version : *versions) {
      const auto value = version.value ? std::optional<std::string_view>(*version.value) : std::nullopt;
      if (!visit(version.seq, value)) return {};
    }
    if (versions->size() < kHistoryChunk) return {};
    query.after = versions->back().seq;
  }
}

Result<api::ReaderKey> Authority::key(std::string_view kid) const {
  const auto record = state::find_object<contracts::Key>(*store_.as_of(store_.head().size), kid);
  if (!record) return fail(ErrorCode::unknown_key, std::string(kid) + " is not registered");
  if (record->status != contracts::KeyStatus::active) {
    return fail(ErrorCode::unknown_key, std::string(kid) + " is revoked; use another key of the organisation");
  }
  crypto::PublicKey key;
  key.bytes = record->x.bytes;
  return api::ReaderKey{record->org, key};
}

std::vector<std::string> Authority::roles(const OrgId& org) const {
  std::vector<std::string> names;
  const auto record = state::find_object<contracts::Org>(*store_.as_of(store_.head().size), org.text);
  if (!record) return names;
  for (const state::Role role : record->roles) names.emplace_back(state::name_of(role));
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> Health::not_ready() const {
  std::vector<std::string> reasons;
  if (auto trouble = applier_.trouble(); !trouble.empty()) reasons.push_back(std::move(trouble));
  return reasons;
}

std::string Health::metrics() const {
  const store::StoreStats stats = store_.stats();
  metrics_.store_bytes_written.Set(static_cast<double>(stats.bytes_written));
  metrics_.store_syncs.Set(static_cast<double>(stats.syncs));
  metrics_.rss_anon_bytes.Set(rss_anon_bytes());
  return metrics_.text();
}

std::string Health::jwks() const {
  json::Json jwk = crypto::to_jwk(publisher_.log_key());
  jwk["kid"] = crypto::thumbprint(publisher_.log_key()).text;
  jwk["use"] = "sig";
  jwk["alg"] = "EdDSA";
  return json::write_canonical(json::Json{{"keys", json::Json::array({std::move(jwk)})}});
}

}  // namespace dengji::node
