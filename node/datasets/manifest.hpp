// Manifests outside the ledger: the list of files that stays with the holder, and the proof that one file belongs to a
// registered root (docs/formats.md, "Manifest"). Pure: bytes in, bytes out. Leaf and roots are those of
// contracts/common/manifest.hpp, by which dataset.apply judges.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/common/manifest.hpp"
#include "ledger/base/error.hpp"

namespace dengji::node {

using contracts::Manifest;
using contracts::ManifestFile;

inline constexpr std::size_t kMaxManifestFiles = 10'000'000;
inline constexpr std::size_t kMaxManifestListBytes = std::size_t{4} << 30;
inline constexpr std::size_t kMaxFileProofBytes = 16'384;

// Why a path cannot stand in a manifest; nullopt if it can: 1 to 512 characters of fit text (ledger/json), segments
// between single slashes, none of them "." or "..".
std::optional<std::string> path_fault(std::string_view path);
// A name as it can be shown on a terminal and in JSON, whatever its bytes: what is unfit stands as \xNN.
std::string shown_name(std::string_view name);

struct FileList {
  Manifest manifest;                // `list` is not set
  std::vector<ManifestFile> files;  // in the order of paths
};

// Sorts and sums. Errors: value_format naming the path that is unfit or there twice, value_range for no files, too
// many, or sizes beyond 2^53-1 in all.
Result<FileList> make_list(std::vector<ManifestFile> files);
// The manifest as dataset.apply carries it: with the list if there are few enough files.
Manifest inline_manifest(const FileList& list);

std::string write_list(const FileList& list);
// Also checks the header against the lines. Error: manifest_form with the line.
Result<FileList> parse_list(std::string_view text);

struct ListDifference {
  enum class Kind : std::uint8_t { changed, missing, extra };
  Kind kind = Kind::changed;
  std::string path;
};
std::string_view name_of(ListDifference::Kind kind);
// In the order of paths; empty if both have the same files.
std::vector<ListDifference> compare_lists(const FileList& kept, const FileList& found);

struct FileProof {
  std::string leaf;  // byte for byte as hashed
  std::uint64_t index = 0;
  std::uint64_t size = 0;
  std::vector<Hash32> inclusion;  // from the leaf's sibling to the root's child
  Hash32 root;
};

// O(n) hashes. Error: not_in_manifest.
Result<FileProof> prove_file(const FileList& list, std::string_view path);
std::string write_file_proof(const FileProof& proof);
// Error: manifest_form with the JSON Pointer.
Result<FileProof> parse_file_proof(std::string_view text);
// The file that the proof ties to `root`. Errors: proof_wrong for another root or a path that does not lead there,
// manifest_form for a leaf that is none.
Result<ManifestFile> verify_file_proof(const FileProof& proof, const Hash32& root);

}  // namespace dengji::node
