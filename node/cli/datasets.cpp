// dengji dataset …: manifests of real folders and proofs of single files. Import and export of descriptions are in
// dataset_descriptions.cpp.
#include "node/cli/datasets.hpp"

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>

#include "crypto/base64.hpp"
#include "node/cli/command.hpp"
#include "node/datasets/folder.hpp"
#include "node/datasets/manifest.hpp"

namespace dengji::cli {

// --- progress ------------------------------------------------------------------------------------------------------
namespace {
constexpr auto kQuiet = std::chrono::milliseconds(800);  // shorter work says nothing
constexpr auto kOnTerminal = std::chrono::milliseconds(200);
constexpr auto kInLog = std::chrono::seconds(10);
}  // namespace

Progress::Progress() : terminal_(::isatty(STDERR_FILENO) == 1), next_(Clock::now() + kQuiet) {}

Progress::~Progress() {
  if (terminal_ && shown_) std::fputs("\r\x1b[K", stderr);
}

void Progress::operator()(const node::HashProgress& now) {
  const auto time = Clock::now();
  if (time < next_) return;
  if (terminal_) {
    next_ = time + kOnTerminal;
  } else {
    next_ = time + kInLog;
  }
  shown_ = true;
  const char* const begin = terminal_ ? "\r\x1b[K" : "";
  const char* const end = terminal_ ? "" : "\n";
  if (now.files_total == 0) {
    std::fprintf(stderr, "%slooking: %lld files%s", begin, static_cast<long long>(now.files_done), end);
  } else {
    const std::string percent =
        now.bytes_total > 0 ? ", " + std::to_string(now.bytes_done * 100 / now.bytes_total) + " %" : "";
    std::fprintf(stderr, "%shashing: %lld of %lld files, %lld MB%s%s", begin, static_cast<long long>(now.files_done),
                 static_cast<long long>(now.files_total), static_cast<long long>(now.bytes_done / 1'000'000),
                 percent.c_str(), end);
  }
  std::fflush(stderr);
}

Result<node::ScannedFolder> scan_showing(const std::string& folder_or_file) {
  Progress progress;
  auto scanned = node::scan(folder_or_file, std::ref(progress));
  if (!scanned) return scanned;
  for (const node::Skipped& skipped : scanned->skipped) {
    std::fprintf(stderr, "dengji: left out: %s (%s)\n", skipped.path.c_str(), skipped.why.c_str());
  }
  return scanned;
}

Result<node::FileList> read_list(const std::string& file) {
  const auto text = read_input(file, node::kMaxManifestListBytes);
  if (!text) return std::unexpected(text.error());
  auto list = node::parse_list(*text);
  if (!list) list.error().context.append("; ").append(file);
  return list;
}

// --- manifest ------------------------------------------------------------------------------------------------------
namespace {

struct ManifestOptions {
  std::string source;
  std::string list;
  std::string check;
};

Json summary_of(const node::Manifest& manifest) {
  return Json{{"root", crypto::to_b64(manifest.root)},
              {"content_root", crypto::to_b64(manifest.content_root)},
              {"files", manifest.files},
              {"bytes", manifest.bytes}};
}

// A list within the folder that it lists would be an extra file at the next check.
Result<void> check_list_is_outside(const ManifestOptions& options) {
  std::error_code ignored;
  if (options.list.empty() || options.list == "-" || !std::filesystem::is_directory(options.source, ignored)) return {};
  const auto folder = std::filesystem::weakly_canonical(options.source, ignored);
  const auto list = std::filesystem::weakly_canonical(options.list, ignored);
  const auto inside = std::mismatch(folder.begin(), folder.end(), list.begin(), list.end());
  if (inside.first != folder.end()) return {};
  return fail(ErrorCode::usage,
              "--list " + options.list + " lies in the folder and would belong to it; keep it outside");
}

Result<void> compare(const Shared& shared, const ManifestOptions& options, const node::FileList& found) {
  const auto kept = read_list(options.check);
  if (!kept) return std::unexpected(kept.error());
  Json rows = Json::array();
  for (const auto& difference : node::compare_lists(*kept, found)) {
    rows.push_back(Json{{"difference", std::string(name_of(difference.kind))}, {"path", difference.path}});
  }
  if (shared.as_json) {
    Json object = summary_of(found.manifest);
    object["differences"] = rows;
    object["same"] = rows.empty();
    object["expected_root"] = crypto::to_b64(kept->manifest.root);
    print_object(shared, object);
  } else if (rows.empty()) {
    print_object(shared, summary_of(found.manifest));
  } else {
    print_rows(shared, rows, {"difference", "path"});
  }
  if (rows.empty()) return {};
  return fail(ErrorCode::manifest_differs, std::to_string(rows.size()) + " of " + std::to_string(kept->manifest.files) +
                                               " listed files differ; root " + crypto::to_b64(found.manifest.root) +
                                               " instead of " + crypto::to_b64(kept->manifest.root));
}

Result<void> make_manifest(const Shared& shared, const ManifestOptions& options) {
  if (options.source.empty()) return fail(ErrorCode::usage, "dengji dataset manifest FOLDER|FILE");
  if (auto outside = check_list_is_outside(options); !outside) return outside;
  const auto scanned = scan_showing(options.source);
  if (!scanned) return std::unexpected(scanned.error());
  if (!options.list.empty()) {
    if (auto written = write_output(options.list, node::write_list(scanned->list)); !written) return written;
    if (options.list == "-") return {};
  }
  if (!options.check.empty()) return compare(shared, options, scanned->list);
  Json object = summary_of(scanned->list.manifest);
  if (!scanned->skipped.empty()) {
    Json skipped = Json::array();
    for (const auto& one : scanned->skipped) skipped.push_back(Json{{"path", one.path}, {"why", one.why}});
    object["skipped"] = std::move(skipped);
  }
  print_object(shared, object);
  return {};
}

// --- prove ---------------------------------------------------------------------------------------------------------
struct ProveOptions {
  std::string source;
  std::string file;
  std::string out = "-";
  std::string verify;
  std::string root;
  std::string bytes;
};

Result<node::FileList> list_of(const std::string& source) {
  std::error_code ignored;
  if (std::filesystem::is_directory(source, ignored)) {
    auto scanned = scan_showing(source);
    if (!scanned) return std::unexpected(std::move(scanned.error()));
    return std::move(scanned->list);
  }
  return read_list(source);
}

Result<void> make_proof(const ProveOptions& options) {
  if (options.source.empty() || options.file.empty()) {
    return fail(ErrorCode::usage, "dengji dataset prove FOLDER|LIST FILE, or --verify PROOF --root ROOT");
  }
  const auto list = list_of(options.source);
  if (!list) return std::unexpected(list.error());
  const auto proof = node::prove_file(*list, options.file);
  if (!proof) return std::unexpected(proof.error());
  return write_output(options.out, node::write_file_proof(*proof) + "\n");
}

Result<void> verify_one_proof(const Shared& shared, const ProveOptions& options) {
  const auto root = crypto::hash_from_b64(options.root);
  if (!root) return fail(ErrorCode::usage, "--root is the manifest's root in base64url, 43 characters");
  const auto text = read_input(options.verify, node::kMaxFileProofBytes);
  if (!text) return std::unexpected(text.error());
  const auto proof = node::parse_file_proof(*text);
  if (!proof) return std::unexpected(proof.error());
  const auto file = node::verify_file_proof(*proof, *root);
  if (!file) return std::unexpected(file.error());
  if (!options.bytes.empty()) {
    const auto found = scan_showing(options.bytes);
    if (!found) return std::unexpected(found.error());
    const node::ManifestFile& real = found->list.files.front();
    if (found->list.files.size() != 1 || real.bytes != file->bytes || real.sha256 != file->sha256) {
      return fail(ErrorCode::manifest_differs, options.bytes + " is not the registered " + file->path);
    }
  }
  print_object(shared, Json{{"path", file->path},
                            {"bytes", file->bytes},
                            {"sha256", crypto::to_b64(file->sha256)},
                            {"index", proof->index},
                            {"size", proof->size},
                            {"root", options.root},
                            {"file_checked", !options.bytes.empty()}});
  return {};
}

void add_prove(CLI::App& parent, Shared& shared) {
  auto options = std::make_shared<ProveOptions>();
  auto* prove = parent.add_subcommand("prove", "Prove that a file belongs to a manifest, or verify such a proof");
  prove->add_option("source", options->source, "Folder, or the list that dengji dataset manifest --list wrote");
  prove->add_option("path", options->file, "The file's path within the data set");
  prove->add_option("--out", options->out, "Where the proof goes, - for standard output")->capture_default_str();
  auto* verify = prove->add_option("--verify", options->verify, "Proof to verify instead, - for standard input");
  auto* root = prove->add_option("--root", options->root, "Registered root of the manifest")->needs(verify);
  verify->needs(root);
  prove->add_option("--file", options->bytes, "Also compare this file's bytes with the proven hash")->needs(verify);
  on_run(*prove, shared, [&shared, options] {
    return options->verify.empty() ? make_proof(*options) : verify_one_proof(shared, *options);
  });
}

}  // namespace

void add_dataset_commands(CLI::App& app, Shared& shared) {
  auto* group = app.add_subcommand("dataset", "Manifests of data sets, import and export")->require_subcommand(1);
  auto options = std::make_shared<ManifestOptions>();
  auto* manifest = group->add_subcommand("manifest", "Root, content root, files and bytes of a real folder");
  manifest->add_option("source", options->source, "Folder or file");
  manifest->add_option("--list", options->list, "Also write the list of files, - for standard output alone");
  manifest->add_option("--check", options->check, "Compare with this list, naming each changed, missing, extra file");
  add_prove(*manifest, shared);
  on_run(*manifest, shared, [&shared, options, manifest]() -> Result<void> {
    if (!manifest->get_subcommands().empty()) return {};
    return make_manifest(shared, *options);
  });
  add_prove(*group, shared);
  add_description_commands(*group, shared);
}

}  // namespace dengji::cli
