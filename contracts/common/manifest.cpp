#include "contracts/common/manifest.hpp"

#include <algorithm>

#include "crypto/sha256.hpp"
#include "ledger/json/strict_json.hpp"

namespace dengji::contracts {
namespace {

// RFC 6962 section 2.1 once more: contracts do not know ledger/merkle, and a root over a list in memory needs only
// this. A test compares the two.
Hash32 leaf_hash(std::string_view leaf) {
  return crypto::sha256({std::string_view("\0", 1), leaf});
}

Hash32 root_of(std::vector<Hash32> hashes) {
  if (hashes.empty()) return crypto::sha256(std::string_view{});
  // Level by level; a node without a sibling moves up unchanged, which gives the same tree as the RFC's recursion.
  while (hashes.size() > 1) {
    std::size_t put = 0;
    for (std::size_t take = 0; take < hashes.size(); take += 2, ++put) {
      hashes[put] = take + 1 == hashes.size()
                        ? hashes[take]
                        : crypto::sha256({std::string_view("\1", 1), hashes[take].view(), hashes[take + 1].view()});
    }
    hashes.resize(put);
  }
  return hashes.front();
}

}  // namespace

std::string manifest_leaf(const ManifestFile& file) {
  return json::write_canonical(state::to_json(file));
}

Hash32 manifest_root(std::span<const ManifestFile> files) {
  std::vector<Hash32> hashes;
  hashes.reserve(files.size());
  for (const ManifestFile& file : files) hashes.push_back(leaf_hash(manifest_leaf(file)));
  return root_of(std::move(hashes));
}

Hash32 manifest_content_root(std::span<const ManifestFile> files) {
  std::vector<Hash32> hashes;
  hashes.reserve(files.size());
  for (const ManifestFile& file : files) hashes.push_back(file.sha256);
  std::sort(hashes.begin(), hashes.end());
  hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
  for (Hash32& hash : hashes) hash = leaf_hash(hash.view());
  return root_of(std::move(hashes));
}

}  // namespace dengji::contracts
