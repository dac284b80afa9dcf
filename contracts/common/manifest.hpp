// What exactly is registered: the files of a data set as one root, and the rules that tie the root to a list of files
// (docs/formats.md, "Manifest"). Here because dataset.apply checks an inline list by them; node/datasets makes
// manifests of real folders with the same functions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ledger/base/limits.hpp"
#include "ledger/state/json_fields.hpp"

namespace dengji::contracts {

using namespace dengji::state;  // NOLINT: contracts speak the vocabulary of state throughout

struct ManifestFile {
  std::string path;
  std::int64_t bytes = 0;
  Hash32 sha256;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("path", self.path, Spec{"Path within the data set, / between folders", 1, 512});
    visit("bytes", self.bytes, Spec{"Size"});
    visit("sha256", self.sha256, Spec{"SHA-256 of the bytes"});
  }
};

// What exactly is registered. The list stays with the holder, who can prove any file of it against `root`.
struct Manifest {
  Hash32 root;
  Hash32 content_root;
  std::int64_t files = 0;
  std::int64_t bytes = 0;
  std::optional<std::vector<ManifestFile>> list;  // in the entry only; the state keeps the rest

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("root", self.root, Spec{"Root over the file list in the order of paths"});
    visit("content_root", self.content_root, Spec{"Root over the distinct file hashes in their order"});
    visit("files", self.files, Spec{"Number of files", 1});
    visit("bytes", self.bytes, Spec{"Sum of their sizes"});
    visit("list", self.list,
          Spec{.doc = "All files in the order of paths, where there are at most 64",
               .items_min = 1,
               .items_max = static_cast<std::int64_t>(kMaxInlineFiles)});
  }
};

// The bytes that the tree hashes for a file: {"bytes":N,"path":"…","sha256":"<b64url>"} in RFC 8785 form.
std::string manifest_leaf(const ManifestFile& file);
// RFC 6962 root over the leaves in the order given. `files` must be in the order of paths, by bytes: the caller's
// check.
Hash32 manifest_root(std::span<const ManifestFile> files);
// RFC 6962 root over the distinct hashes of the files, ascending, each leaf the 32 bytes of a hash. Two data sets with
// the same contents under other names have the same content root.
Hash32 manifest_content_root(std::span<const ManifestFile> files);

}  // namespace dengji::contracts
