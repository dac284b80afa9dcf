#include "node/datasets/import.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "contracts/areas.hpp"
#include "contracts/common/vocabularies.hpp"
#include "crypto/base64.hpp"
#include "node/datasets/description_form.hpp"
#include "node/files.hpp"

namespace dengji::node {
namespace {

constexpr std::size_t kMaxDescriptionBytes = std::size_t{64} << 20;
constexpr std::string_view kType = "dataset.apply";

// Members of `from` that `into` lacks; objects within objects alike.
void fill_up(Json& into, const Json& from) {
  for (const auto& [name, value] : from.items()) {
    const auto there = into.find(name);
    if (there == into.end()) {
      into[name] = value;
    } else if (there->is_object() && value.is_object()) {
      fill_up(*there, value);
    }
  }
}

struct Defaults {
  Json all = Json::object();
  std::map<std::string, Json> of;
};

Result<Defaults> read_defaults(const Json& json) {
  Defaults defaults;
  if (!json.is_object()) return fail(ErrorCode::usage, "the defaults are a JSON object");
  for (const auto& [name, value] : json.items()) {
    if (name != "defaults" && name != "resources") {
      return fail(ErrorCode::usage, "the defaults have the members defaults and resources, not " + name);
    }
  }
  if (const auto all = json.find("defaults"); all != json.end()) {
    if (!all->is_object()) return fail(ErrorCode::usage, "an object of members of dataset.apply", "/defaults");
    defaults.all = *all;
  }
  const auto resources = json.find("resources");
  if (resources == json.end()) return defaults;
  if (!resources->is_array()) return fail(ErrorCode::usage, "an array", "/resources");
  for (std::size_t i = 0; i < resources->size(); ++i) {
    const Json& one = (*resources)[i];
    const bool right = one.is_object() && one.size() == 2 && one.contains("resource") && one["resource"].is_string() &&
                       one.contains("set") && one["set"].is_object();
    if (!right) {
      return fail(ErrorCode::usage, "{\"resource\":name,\"set\":{…}}", "/resources/" + std::to_string(i));
    }
    Json& set = defaults.of.try_emplace(one["resource"].get<std::string>(), Json::object()).first->second;
    set.update(one["set"], true);
  }
  return defaults;
}

class Importer {
 public:
  Importer(const ImportOptions& options, const OnProgress& on_progress)
      : options_(options), on_progress_(on_progress) {}

  Result<ImportResult> run() {
    auto description = read();
    if (!description) return std::unexpected(std::move(description.error()));
    auto defaults = read_defaults(options_.defaults);
    if (!defaults) return std::unexpected(std::move(defaults.error()));
    for (const auto& [resource, set] : defaults->of) {
      const bool known = std::any_of(description->datasets.begin(), description->datasets.end(),
                                     [&](const DescribedDataset& dataset) { return dataset.resource == resource; });
      if (!known) return fail(ErrorCode::usage, "the defaults name the resource " + resource + ", which is not there");
    }
    auto folder = find_folder(*description);
    if (!folder) return std::unexpected(std::move(folder.error()));
    if (auto walked = resolve_sets(*folder, *description); !walked) return std::unexpected(std::move(walked.error()));

    result_.format = description->format;
    result_.package = description->name;
    for (const DescribedDataset& dataset : description->datasets) {
      progress_.files_total += static_cast<std::int64_t>(dataset.files.size());
    }
    for (DescribedDataset& dataset : description->datasets) take(*folder, dataset, *defaults);
    return std::move(result_);
  }

 private:
  Result<Description> read() {
    const auto text = read_file(options_.description, kMaxDescriptionBytes);
    if (!text) return std::unexpected(text.error());
    const auto document = read_foreign(*text, {.max_bytes = kMaxDescriptionBytes});
    if (!document) return std::unexpected(document.error());
    switch (options_.format) {
      case DescriptionFormat::frictionless:
        return read_frictionless(*document, result_.findings);
      case DescriptionFormat::croissant:
        return read_croissant(*document, result_.findings);
      case DescriptionFormat::any:
        break;
    }
    return read_description(*document, result_.findings);
  }

  // Paths are relative to the description. Some packages keep their files in data/ all the same: taken if nothing that
  // is described lies where it should and something lies there.
  Result<Folder> find_folder(const Description& description) {
    if (options_.files) return Folder::open(*options_.files);
    const auto parent = options_.description.parent_path();
    auto here = Folder::open(parent.empty() ? "." : parent);
    if (!here) return here;
    auto data = Folder::open(parent / "data");
    if (!data) return here;
    bool in_data = false;
    for (const DescribedDataset& dataset : description.datasets) {
      for (const StatedFile& file : dataset.files) {
        if (here->has_file(file.path)) return here;
        in_data = in_data || data->has_file(file.path);
      }
    }
    if (!in_data) return here;
    result_.findings.add("", "files_in_data", Severity::note,
                         "the paths hold within data/, not beside the description");
    return data;
  }

  Result<void> resolve_sets(const Folder& folder, Description& description) {
    std::optional<Walk> walk;
    for (DescribedDataset& dataset : description.datasets) {
      if (dataset.file_sets.empty()) continue;
      if (!walk) {
        auto walked = folder.walk(on_progress_);
        if (!walked) return std::unexpected(std::move(walked.error()));
        walk = std::move(*walked);
      }
      std::set<std::string> known;
      for (const StatedFile& file : dataset.files) known.insert(file.path);
      for (const StatedFileSet& set : dataset.file_sets) {
        if (add_matching(*walk, set, known, dataset) == 0) {
          result_.findings.add(dataset.resource, "files_missing", Severity::error,
                               "no file fits the pattern " + set.includes.front());
        }
      }
    }
    return {};
  }

  static std::size_t add_matching(const Walk& walk, const StatedFileSet& set, std::set<std::string>& known,
                                  DescribedDataset& dataset) {
    const auto fits = [](const std::vector<std::string>& patterns, const std::string& path) {
      return std::any_of(patterns.begin(), patterns.end(),
                         [&](const std::string& pattern) { return glob_matches(pattern, path); });
    };
    std::size_t matched = 0;
    for (const WalkedFile& file : walk.files) {
      if (!fits(set.includes, file.path) || fits(set.excludes, file.path)) continue;
      ++matched;
      if (known.insert(file.path).second) {
        dataset.files.push_back({.path = file.path, .other_places = {}, .bytes = std::nullopt, .hash = std::nullopt});
      }
    }
    return matched;
  }

  // --- one data set
  void find(const DescribedDataset& dataset, std::string_view code, Severity severity, std::string_view detail) {
    result_.findings.add(dataset.resource, code, severity, detail);
  }

  Severity difference() const { return options_.accept_differences ? Severity::warning : Severity::error; }

  void take(const Folder& folder, DescribedDataset& dataset, const Defaults& defaults) {
    ImportedDataset& imported = result_.datasets.emplace_back();
    imported.resource = dataset.resource;
    imported.stem = unique_stem(dataset.resource);
    imported.body = std::move(dataset.body);
    fill_up(imported.body, defaults.all);
    if (const auto own = defaults.of.find(dataset.resource); own != defaults.of.end()) {
      imported.body.merge_patch(own->second);
    }
    std::vector<ManifestFile> files;
    for (const StatedFile& file : dataset.files) {
      if (auto hashed = take_file(folder, dataset, file)) files.push_back(std::move(*hashed));
      ++progress_.files_done;
    }
    if (result_.findings.has_error(dataset.resource)) return;
    auto list = make_list(std::move(files));
    if (!list) {
      const bool twice = list.error().code == ErrorCode::value_format;
      return find(dataset, twice ? "path_twice" : "files_missing", Severity::error, list.error().context);
    }
    imported.list = std::move(*list);
    compare_whole(dataset, imported);
    if (!result_.findings.has_error(dataset.resource)) finish_body(dataset, imported);
    imported.accepted = !result_.findings.has_error(dataset.resource);
  }

  std::optional<ManifestFile> take_file(const Folder& folder, const DescribedDataset& dataset, const StatedFile& file) {
    std::string path = file.path;
    for (const std::string& other : file.other_places) {
      if (!folder.has_file(path)) path = other;
    }
    std::vector<crypto::ForeignAlgorithm> also;
    if (file.hash && file.hash->algorithm != crypto::ForeignAlgorithm::sha256) also.push_back(file.hash->algorithm);
    if (file.hash && file.hash->algorithm == crypto::ForeignAlgorithm::sha1) {
      also.push_back(crypto::ForeignAlgorithm::git_blob);
    }
    const auto hashed = folder.hash(path, also, [&](std::size_t bytes) {
      progress_.bytes_done += static_cast<std::int64_t>(bytes);
      if (on_progress_) on_progress_(progress_);
    });
    if (!hashed) {
      const bool absent = hashed.error().code == ErrorCode::not_found;
      find(dataset, absent ? "file_absent" : "file_unreadable", Severity::error, hashed.error().context);
      return std::nullopt;
    }
    if (hashed->bytes == 0) find(dataset, "file_empty", Severity::warning, path);
    if (file.bytes && *file.bytes != hashed->bytes) {
      find(dataset, "bytes_differ", difference(),
           path + " has " + std::to_string(hashed->bytes) + " bytes, stated are " + std::to_string(*file.bytes));
    }
    if (file.hash) compare_hash(dataset, path, *file.hash, *hashed);
    return ManifestFile{path, hashed->bytes, hashed->sha256};
  }

  void compare_hash(const DescribedDataset& dataset, const std::string& path, const StatedHash& stated,
                    const HashedFile& hashed) {
    using crypto::ForeignAlgorithm;
    const auto hex_of = [&](ForeignAlgorithm algorithm) -> std::string {
      if (algorithm == ForeignAlgorithm::sha256) return to_hex(hashed.sha256);
      const auto found = hashed.foreign.find(algorithm);
      return found == hashed.foreign.end() ? "" : found->second;
    };
    const std::string name(crypto::to_text(stated.algorithm));
    const std::string real = hex_of(stated.algorithm);
    if (real.empty()) return find(dataset, "hash_not_compared", Severity::note, "this system does not offer " + name);
    if (real == stated.hex) {
      if (stated.algorithm == ForeignAlgorithm::md5 || stated.algorithm == ForeignAlgorithm::sha1) {
        find(dataset, "hash_weak", Severity::note, name + " is right but proves little; SHA-256 is registered");
      }
      return;
    }
    if (stated.algorithm == ForeignAlgorithm::sha1 && hex_of(ForeignAlgorithm::git_blob) == stated.hex) {
      return find(dataset, "hash_is_git_blob", Severity::warning,
                  path + ": what is called sha1 is git's object id of the file; the SHA-1 of its bytes is " + real);
    }
    find(dataset, "hash_differs", difference(), path + ": the " + name + " is " + real + ", stated is " + stated.hex);
  }

  void compare_whole(const DescribedDataset& dataset, const ImportedDataset& imported) {
    const Manifest& manifest = imported.list.manifest;
    if (dataset.bytes && *dataset.bytes != manifest.bytes) {
      find(dataset, "bytes_differ", difference(),
           "the files have " + std::to_string(manifest.bytes) + " bytes, stated are " + std::to_string(*dataset.bytes));
    }
    if (dataset.root && *dataset.root != manifest.root) {
      find(dataset, "root_differs", difference(),
           "the manifest's root is " + crypto::to_b64(manifest.root) + ", stated is " + crypto::to_b64(*dataset.root));
    }
    const auto [first, fresh] = by_content_.emplace(manifest.content_root, imported.resource);
    if (!fresh) find(dataset, "content_twice", Severity::warning, "the same contents as " + first->second);
  }

  // --- the body
  void finish_body(const DescribedDataset& dataset, ImportedDataset& imported) {
    Json& body = imported.body;
    body["manifest"] = state::to_json(inline_manifest(imported.list));
    if (!body["manifest"].contains("list")) {
      find(dataset, "list_kept", Severity::note, "more than 64 files: the list is a file beside the body");
    }
    const auto too_large = [&] { return json::write_canonical(body).size() > kMaxImportedBodyBytes; };
    if (const std::string missing = missing_members(body); !missing.empty()) {
      return find(dataset, "member_missing", Severity::error, missing + "; give them in the defaults");
    }
    const auto read = contracts::registry().type(kType)->read(body);
    if (!read) return find(dataset, "body_refused", Severity::error, read.error().message());
    if (const std::string unknown = unknown_words(body); !unknown.empty()) {
      return find(dataset, "body_refused", Severity::error, unknown);
    }
    // As an entry is read: the same limits on depth and text.
    if (const auto strict = json::read_strict(json::write_canonical(body), {.max_bytes = std::size_t{1} << 20});
        !strict) {
      return find(dataset, "body_refused", Severity::error, strict.error().message());
    }
    if (too_large() && body["manifest"].erase("list") > 0) {
      find(dataset, "list_kept", Severity::note, "the body would be too large: the list is a file beside it");
    }
    if (too_large() && body.erase("schema_summary") > 0) {
      find(dataset, "text_cut", Severity::warning, "the body would be too large: without schema_summary");
    }
    if (too_large()) find(dataset, "body_refused", Severity::error, "the body is too large for an entry");
  }

  static std::string missing_members(const Json& body) {
    std::string missing;
    const Json schema = contracts::registry().type(kType)->schema();
    for (const Json& member : schema.at("required")) {
      if (body.contains(member.get<std::string>())) continue;
      missing.append(missing.empty() ? "" : ", ").append(member.get<std::string>());
    }
    return missing;
  }

  // Words that apply would refuse; shapes are the reader's business and right by now.
  static std::string unknown_words(const Json& body) {
    using contracts::Vocabulary;
    const auto check = [](Vocabulary vocabulary, const Json& word) {
      const auto& text = word.get_ref<const std::string&>();
      return contracts::find_word(vocabulary, text) ? std::string()
                                                    : text + " is not one of " + contracts::codes_of(vocabulary);
    };
    if (std::string unknown = check(Vocabulary::industry, body.at("industry")); !unknown.empty()) return unknown;
    const std::pair<const char*, Vocabulary> lists[] = {{"modalities", Vocabulary::modality},
                                                        {"stages", Vocabulary::stage},
                                                        {"label_methods", Vocabulary::label_method}};
    for (const auto& [member, vocabulary] : lists) {
      if (!body.contains(member)) continue;
      for (const Json& word : body.at(member)) {
        if (std::string unknown = check(vocabulary, word); !unknown.empty()) return unknown;
      }
    }
    return {};
  }

  std::string unique_stem(const std::string& resource) {
    const std::string stem = file_stem(resource);
    const auto folded = [](std::string text) {
      for (char& c : text) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
      return text;
    };
    std::string unique = stem;
    // The number goes on from the last one of the stem: many equal names cost no more than others.
    std::size_t& last = stems_.try_emplace(folded(stem), 0).first->second;
    if (++last == 1) return unique;
    do {
      unique = stem + "-" + std::to_string(last++);
    } while (!stems_.try_emplace(folded(unique), 1).second);
    return unique;
  }

  const ImportOptions& options_;
  const OnProgress& on_progress_;
  ImportResult result_;
  HashProgress progress_;
  std::map<Hash32, std::string> by_content_;
  std::map<std::string, std::size_t> stems_;  // in lower case, with the next number to try
};

}  // namespace

std::size_t ImportResult::accepted() const {
  return static_cast<std::size_t>(
      std::count_if(datasets.begin(), datasets.end(), [](const ImportedDataset& one) { return one.accepted; }));
}

Result<ImportResult> import_datasets(const ImportOptions& options, const OnProgress& on_progress) {
  return Importer(options, on_progress).run();
}

Json report_json(const ImportResult& result) {
  Json findings = Json::array();
  std::map<std::string, std::int64_t> counts;
  for (const Finding& finding : result.findings.all()) {
    findings.push_back(Json{{"resource", finding.resource},
                            {"code", std::string(finding.code)},
                            {"severity", std::string(name_of(finding.severity))},
                            {"detail", finding.detail}});
    ++counts[std::string(finding.code)];
  }
  return Json{{"dengji", "quality_report"},
              {"v", 1},
              {"format", std::string(result.format)},
              {"package", result.package},
              {"datasets", result.datasets.size()},
              {"accepted", result.accepted()},
              {"counts", counts},
              {"findings", std::move(findings)},
              {"findings_dropped", result.findings.dropped()}};
}

}  // namespace dengji::node
