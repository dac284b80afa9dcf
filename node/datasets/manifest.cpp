#include "node/datasets/manifest.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "crypto/base64.hpp"
#include "ledger/json/strict_json.hpp"
#include "ledger/json/text.hpp"
#include "ledger/merkle/hash.hpp"
#include "ledger/merkle/proof.hpp"

namespace dengji::node {
namespace {

using json::Json;

constexpr std::size_t kMaxPathCharacters = 512;
constexpr std::size_t kMaxLineBytes = 8'192;

// The members of a list's or a proof's first object that every file format of ours has.
struct Header {
  std::string_view kind;
  const Json& object;

  bool fits() const {
    if (!object.is_object()) return false;
    const auto named = object.find("dengji");
    const auto version = object.find("v");
    return named != object.end() && *named == kind && version != object.end() && *version == 1;
  }
};

// Of a leaf's text; nullopt unless the text is the one that a writer would write.
std::optional<ManifestFile> file_of_leaf(std::string_view leaf) {
  const auto object = json::read_strict(leaf, {.max_bytes = kMaxLineBytes, .max_depth = 1});
  if (!object) return std::nullopt;
  auto file = state::from_json<ManifestFile>(*object);
  if (!file || path_fault(file->path) || contracts::manifest_leaf(*file) != leaf) return std::nullopt;
  return std::move(*file);
}

struct ListHeader {
  Hash32 root;
  Hash32 content_root;
  std::int64_t files = 0;
  std::int64_t bytes = 0;
};

std::optional<ListHeader> parse_list_header(std::string_view line) {
  auto object = json::read_strict(line, {.max_bytes = kMaxLineBytes, .max_depth = 1});
  if (!object || !Header{"manifest", *object}.fits()) return std::nullopt;
  object->erase("dengji");
  object->erase("v");
  const auto read = state::from_json<Manifest>(*object);
  if (!read || read->list) return std::nullopt;
  return ListHeader{read->root, read->content_root, read->files, read->bytes};
}

std::unexpected<Error> bad_line(std::size_t number, std::string what) {
  return fail(ErrorCode::manifest_form, "line " + std::to_string(number) + ": " + std::move(what));
}

// The largest power of two below `size`.
std::size_t split_of(std::size_t size) {
  std::size_t split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

Hash32 range_root(std::span<const Hash32> hashes) {
  if (hashes.size() == 1) return hashes.front();
  const std::size_t split = split_of(hashes.size());
  return merkle::node_hash(range_root(hashes.first(split)), range_root(hashes.subspan(split)));
}

// PATH(m, D[n]) of RFC 6962 section 2.1.1.
void append_path(std::span<const Hash32> hashes, std::size_t index, std::vector<Hash32>& path) {
  if (hashes.size() == 1) return;
  const std::size_t split = split_of(hashes.size());
  if (index < split) {
    append_path(hashes.first(split), index, path);
    path.push_back(range_root(hashes.subspan(split)));
  } else {
    append_path(hashes.subspan(split), index - split, path);
    path.push_back(range_root(hashes.first(split)));
  }
}

Json header_json(const FileList& list) {
  Json header = state::to_json(list.manifest);
  header["dengji"] = "manifest";
  header["v"] = 1;
  return header;
}

}  // namespace

std::optional<std::string> path_fault(std::string_view path) {
  if (path.empty()) return "is empty";
  if (const auto unfit = json::check_text(path)) return std::string(error_row(*unfit).en);
  if (json::count_characters(path) > kMaxPathCharacters) return "has more than 512 characters";
  if (path.front() == '/') return "is absolute";
  for (std::size_t from = 0; from <= path.size();) {
    const std::size_t end = std::min(path.find('/', from), path.size());
    const std::string_view segment = path.substr(from, end - from);
    if (segment.empty()) return "has an empty segment";
    if (segment == "." || segment == "..") return "has the segment " + std::string(segment);
    from = end + 1;
  }
  return std::nullopt;
}

std::string shown_name(std::string_view name) {
  if (!json::check_text(name)) return std::string(name);
  constexpr char kHex[] = "0123456789abcdef";
  std::string shown;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7F && byte != '\\') {
      shown.push_back(c);
    } else {
      shown.append("\\x").append(1, kHex[byte >> 4]).append(1, kHex[byte & 15]);
    }
  }
  return shown;
}

Result<FileList> make_list(std::vector<ManifestFile> files) {
  if (files.empty()) return fail(ErrorCode::value_range, "no files; a manifest has at least one");
  if (files.size() > kMaxManifestFiles) {
    return fail(ErrorCode::value_range, "more than " + std::to_string(kMaxManifestFiles) + " files");
  }
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  FileList list;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const ManifestFile& file = files[i];
    if (const auto fault = path_fault(file.path)) {
      return fail(ErrorCode::value_format, "the path " + shown_name(file.path) + ": " + *fault);
    }
    if (i > 0 && file.path == files[i - 1].path) return fail(ErrorCode::value_format, file.path + " is there twice");
    if (file.bytes < 0 || file.bytes > kMaxSafeInteger - list.manifest.bytes) {
      return fail(ErrorCode::value_range, "the sizes sum to more than 2^53-1 at " + file.path);
    }
    list.manifest.bytes += file.bytes;
  }
  list.manifest.files = static_cast<std::int64_t>(files.size());
  list.manifest.root = contracts::manifest_root(files);
  list.manifest.content_root = contracts::manifest_content_root(files);
  list.files = std::move(files);
  return list;
}

Manifest inline_manifest(const FileList& list) {
  Manifest manifest = list.manifest;
  if (list.files.size() <= kMaxInlineFiles) manifest.list = list.files;
  return manifest;
}

std::string write_list(const FileList& list) {
  std::string text = json::write_canonical(header_json(list)) + "\n";
  for (const ManifestFile& file : list.files) text.append(contracts::manifest_leaf(file)).push_back('\n');
  return text;
}

Result<FileList> parse_list(std::string_view text) {
  if (text.size() > kMaxManifestListBytes) return fail(ErrorCode::body_too_large, "the list of a manifest");
  if (text.empty() || text.back() != '\n') return fail(ErrorCode::manifest_form, "the last line does not end: cut off");
  std::optional<ListHeader> header;
  std::vector<ManifestFile> files;
  std::size_t number = 0;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t end = text.find('\n', from);
    const std::string_view line = text.substr(from, end - from);
    from = end + 1;
    if (++number == 1) {
      header = parse_list_header(line);
      if (!header) return bad_line(number, "not the header of a manifest list");
      continue;
    }
    auto file = file_of_leaf(line);
    if (!file) return bad_line(number, "not a file in the form of a leaf");
    if (!files.empty() && file->path <= files.back().path) return bad_line(number, "paths ascend by bytes and differ");
    if (files.size() == kMaxManifestFiles) return bad_line(number, "too many files");
    files.push_back(std::move(*file));
  }
  auto list = make_list(std::move(files));
  if (!list) return fail(ErrorCode::manifest_form, std::move(list.error().context));
  const Manifest& made = list->manifest;
  if (made.files != header->files || made.bytes != header->bytes || made.root != header->root ||
      made.content_root != header->content_root) {
    return bad_line(1, "the files below have the root " + crypto::to_b64(made.root) + ", " +
                           std::to_string(made.files) + " files and " + std::to_string(made.bytes) + " bytes");
  }
  return list;
}

std::string_view name_of(ListDifference::Kind kind) {
  switch (kind) {
    case ListDifference::Kind::changed:
      return "changed";
    case ListDifference::Kind::missing:
      return "missing";
    case ListDifference::Kind::extra:
      return "extra";
  }
  std::unreachable();
}

std::vector<ListDifference> compare_lists(const FileList& kept, const FileList& found) {
  using Kind = ListDifference::Kind;
  std::vector<ListDifference> differences;
  auto a = kept.files.begin();
  auto b = found.files.begin();
  while (a != kept.files.end() || b != found.files.end()) {
    if (b == found.files.end() || (a != kept.files.end() && a->path < b->path)) {
      differences.push_back({Kind::missing, (a++)->path});
    } else if (a == kept.files.end() || b->path < a->path) {
      differences.push_back({Kind::extra, (b++)->path});
    } else {
      if (a->bytes != b->bytes || a->sha256 != b->sha256) differences.push_back({Kind::changed, a->path});
      ++a, ++b;
    }
  }
  return differences;
}

Result<FileProof> prove_file(const FileList& list, std::string_view path) {
  const auto found =
      std::lower_bound(list.files.begin(), list.files.end(), path,
                       [](const ManifestFile& file, std::string_view wanted) { return file.path < wanted; });
  if (found == list.files.end() || found->path != path) return fail(ErrorCode::not_in_manifest, shown_name(path));
  FileProof proof;
  proof.leaf = contracts::manifest_leaf(*found);
  proof.index = static_cast<std::uint64_t>(found - list.files.begin());
  proof.size = list.files.size();
  proof.root = list.manifest.root;
  std::vector<Hash32> hashes;
  hashes.reserve(list.files.size());
  for (const ManifestFile& file : list.files) hashes.push_back(merkle::leaf_hash(contracts::manifest_leaf(file)));
  append_path(hashes, proof.index, proof.inclusion);
  return proof;
}

std::string write_file_proof(const FileProof& proof) {
  Json hashes = Json::array();
  for (const Hash32& hash : proof.inclusion) hashes.push_back(crypto::to_b64(hash));
  return json::write_canonical(Json{{"dengji", "file_proof"},
                                    {"v", 1},
                                    {"leaf", proof.leaf},
                                    {"index", proof.index},
                                    {"size", proof.size},
                                    {"inclusion", std::move(hashes)},
                                    {"root", crypto::to_b64(proof.root)}});
}

namespace {

struct ProofForm {
  std::string dengji;
  std::int64_t v = 0;
  std::string leaf;
  std::int64_t index = 0;
  std::int64_t size = 0;
  std::vector<Hash32> inclusion;
  Hash32 root;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    using state::Spec;
    visit("dengji", self.dengji, Spec{"What it is", 10, 10});
    visit("v", self.v, Spec{"Version", 1, 1});
    visit("leaf", self.leaf, Spec{"The leaf", 1, static_cast<std::int64_t>(kMaxLineBytes)});
    visit("index", self.index, Spec{"Its place in the order of paths"});
    visit("size", self.size, Spec{"Number of files", 1});
    visit("inclusion", self.inclusion,
          Spec{.doc = "Hashes from sibling to top", .items_max = static_cast<std::int64_t>(merkle::kMaxProofHashes)});
    visit("root", self.root, Spec{"The root"});
  }
};

}  // namespace

Result<FileProof> parse_file_proof(std::string_view text) {
  const auto object = json::read_strict(text, {.max_bytes = kMaxFileProofBytes, .max_depth = 2});
  if (!object) return fail(ErrorCode::manifest_form, object.error().message(), object.error().pointer);
  auto form = state::from_json<ProofForm>(*object);
  if (!form) return fail(ErrorCode::manifest_form, form.error().message(), form.error().pointer);
  if (form->dengji != "file_proof") return fail(ErrorCode::manifest_form, "not file_proof", "/dengji");
  return FileProof{.leaf = std::move(form->leaf),
                   .index = static_cast<std::uint64_t>(form->index),
                   .size = static_cast<std::uint64_t>(form->size),
                   .inclusion = std::move(form->inclusion),
                   .root = form->root};
}

Result<ManifestFile> verify_file_proof(const FileProof& proof, const Hash32& root) {
  if (proof.root != root) {
    return fail(ErrorCode::proof_wrong, "the proof is for the root " + crypto::to_b64(proof.root));
  }
  if (auto right =
          merkle::verify_inclusion({proof.index, proof.size, merkle::leaf_hash(proof.leaf), root}, proof.inclusion);
      !right) {
    return std::unexpected(std::move(right.error()));
  }
  auto file = file_of_leaf(proof.leaf);
  if (!file) return fail(ErrorCode::manifest_form, "the leaf is no file in canonical form", "/leaf");
  return std::move(*file);
}

}  // namespace dengji::node
