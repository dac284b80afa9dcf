// Croissant 1.1 (docs.mlcommons.org/croissant), read as plain JSON with the names that its recommended context gives,
// bare or prefixed; contexts are not resolved. A document describes one data set: its files are the FileObjects of the
// distribution and what its FileSets find in the folder. Files inside an archive are covered by the archive's own
// bytes.
#include <algorithm>
#include <map>

#include "crypto/base64.hpp"
#include "ledger/base/time.hpp"
#include "node/datasets/description_form.hpp"
#include "node/datasets/export_names.hpp"
#include "node/datasets/manifest.hpp"

namespace dengji::node {
namespace {

constexpr std::size_t kMaxGlobSteps = 100'000;
constexpr std::size_t kMaxGlobBytes = 1'000;  // also bounds how deep the matching recurses

constexpr std::string_view kPrefixes[] = {"",
                                          "sc:",
                                          "cr:",
                                          "schema:",
                                          "dct:",
                                          "http://schema.org/",
                                          "https://schema.org/",
                                          "http://mlcommons.org/croissant/",
                                          "http://purl.org/dc/terms/"};

const Json* member_of(const Json& node, std::string_view name) {
  if (!node.is_object()) return nullptr;
  for (const std::string_view prefix : kPrefixes) {
    const auto found = node.find(std::string(prefix).append(name));
    if (found != node.end() && !found->is_null()) return &*found;
  }
  return nullptr;
}

// JSON-LD writes one value bare and several as a list.
template <class Use>
void each(const Json* value, Use&& use) {
  if (!value) return;
  if (!value->is_array()) return use(*value);
  for (const Json& one : *value) use(one);
}

// A text, also as {"@value": "…"} or {"@id": "…"}; "" if it is something else.
std::string text_of(const Json& value) {
  if (const auto* text = value.get_ptr<const std::string*>()) return *text;
  if (!value.is_object()) return {};
  for (const char* member : {"@value", "@id"}) {
    const auto found = value.find(member);
    if (found != value.end() && found->is_string()) return found->get<std::string>();
  }
  return {};
}

std::string first_text(const Json& node, std::string_view name) {
  std::string text;
  each(member_of(node, name), [&](const Json& one) {
    if (text.empty()) text = text_of(one);
  });
  return text;
}

std::vector<std::string> texts_of(const Json& node, std::string_view name) {
  std::vector<std::string> texts;
  each(member_of(node, name), [&](const Json& one) {
    std::string text = one.is_object() && one.contains("name") ? text_of(one["name"]) : text_of(one);
    if (!text.empty() && texts.size() < 256) texts.push_back(std::move(text));
  });
  return texts;
}

// "cr:FileObject", "http://mlcommons.org/croissant/FileObject", also one of several types.
bool is_a(const Json& node, std::string_view type) {
  bool is = false;
  if (!node.is_object() || !node.contains("@type")) return false;
  each(&node["@type"], [&](const Json& one) {
    const auto* text = one.get_ptr<const std::string*>();
    if (text && text->substr(text->find_last_of(":/#") + 1) == type) is = true;
  });
  return is;
}

std::string percent_decoded(std::string_view url) {
  std::string text;
  for (std::size_t at = 0; at < url.size(); ++at) {
    const auto byte = url[at] == '%' && at + 3 <= url.size() ? from_hex(url.substr(at + 1, 2)) : std::nullopt;
    text.append(byte ? *byte : std::string(1, url[at]));
    if (byte) at += 2;
  }
  return text;
}

class Reader {
 public:
  Reader(const Json& document, Findings& findings) : document_(document), findings_(findings) {}

  Result<Description> read() {
    const Json* const root = find_dataset();
    if (!root) return fail(ErrorCode::value_format, "no node of the type sc:Dataset");
    Description description{.format = "croissant", .name = {}, .datasets = {}};
    DescribedDataset dataset;
    dataset.body = Json::object();
    dataset.resource = FormFiller("", findings_).fit(first_text(*root, "name"), kNameCharacters, "name");
    if (dataset.resource.empty()) {
      dataset.resource = "dataset";
      findings_.add(dataset.resource, "name_missing", Severity::warning, "a data set has a name");
    }
    description.name = dataset.resource;
    FormFiller filler(dataset.resource, findings_);
    read_words(*root, dataset, filler);
    read_provenance(*root, dataset, filler);
    read_licence(*root, dataset, filler);
    read_fields(*root, dataset, filler);
    if (auto done = read_distribution(*root, dataset, filler); !done) return std::unexpected(std::move(done.error()));
    description.datasets.push_back(std::move(dataset));
    return description;
  }

 private:
  const Json* find_dataset() {
    if (document_.is_object() && !document_.contains("@graph"))
      return is_a(document_, "Dataset") ? &document_ : nullptr;
    const Json* found = nullptr;
    each(document_.is_object() ? &document_["@graph"] : nullptr, [&](const Json& node) {
      if (is_a(node, "Dataset") && !found) found = &node;
      if (node.is_object() && node.contains("@id") && node["@id"].is_string()) by_id_[node["@id"]] = &node;
    });
    return found;
  }

  // A reference {"@id": "…"} followed, once; what is no reference stays.
  const Json& resolved(const Json& value) const {
    if (!value.is_object() || value.size() != 1 || !value.contains("@id")) return value;
    const auto found = by_id_.find(text_of(value));
    return found == by_id_.end() ? value : *found->second;
  }

  void read_words(const Json& root, DescribedDataset& dataset, FormFiller& filler) {
    Json& body = dataset.body;
    bool conforms = false;
    bool current = false;
    each(member_of(root, "conformsTo"), [&](const Json& one) {
      const std::string version = text_of(one);
      conforms = conforms || version.find("mlcommons.org/croissant/") != std::string::npos;
      current = current || version.ends_with("mlcommons.org/croissant/1.1");
    });
    if (!conforms) filler.find("conforms_to_missing", Severity::warning, "conformsTo does not name Croissant");
    if (conforms && !current) filler.find("conforms_to_other", Severity::note, "another version of Croissant than 1.1");
    filler.set_text(body, "title", dataset.resource);
    if (const std::string name = first_text(root, "name"); !name.empty()) filler.set_text(body, "title", name);
    const std::string description = first_text(root, "description");
    if (description.empty()) {
      filler.find("description_missing", Severity::warning, "no description; the name stands for it");
    }
    filler.set_text(body, "description", description.empty() ? dataset.resource : description);
    filler.set_text(body, "homepage", first_text(root, "url"));
    filler.set_text(body, "content_version", first_text(root, "version"));
    auto keywords = texts_of(root, "keywords");
    // Older documents hold one text with commas.
    if (keywords.size() == 1) {
      std::string all;
      std::swap(all, keywords.front());
      keywords.clear();
      for (std::size_t from = 0; from <= all.size();) {
        const std::size_t end = std::min(all.find(',', from), all.size());
        keywords.push_back(all.substr(from, end - from));
        from = end + 1;
      }
    }
    filler.set_keywords(body, keywords);
    read_coverage(root, body, filler);
  }

  static void read_coverage(const Json& root, Json& body, FormFiller& filler) {
    const std::string time = first_text(root, "temporalCoverage");
    const auto slash = time.find('/');
    const auto from = parse_date(time.substr(0, std::min(slash, time.size())));
    const auto to = slash == std::string::npos ? from : parse_date(time.substr(slash + 1));
    if (from && to && *from <= *to) {
      body["coverage"]["from"] = format_date(*from);
      body["coverage"]["to"] = format_date(*to);
    }
    const Json* place = member_of(root, "spatialCoverage");
    std::string area = first_text(root, "spatialCoverage");
    if (area.empty() && place && place->is_object()) area = first_text(*place, "name");
    if (std::string fit = filler.fit(area, 200, "coverage/area"); !fit.empty())
      body["coverage"]["area"] = std::move(fit);
  }

  // Organisations only: what identifies natural persons never goes into an entry.
  void read_provenance(const Json& root, DescribedDataset& dataset, FormFiller& filler) {
    std::string note;
    bool persons = false;
    bool any = false;
    for (const char* role : {"creator", "publisher"}) {
      each(member_of(root, role), [&](const Json& value) {
        const Json& one = resolved(value);
        any = true;
        const std::string name = first_text(one, "name");
        if (!is_a(one, "Organization")) {
          persons = true;
        } else if (!name.empty() && note.size() < 4'000) {
          note.append(note.empty() ? "" : "; ").append(role).append(": ").append(name);
        }
      });
    }
    if (persons) filler.find("person_left_out", Severity::note, "a creator or publisher that is no Organization");
    if (!any) filler.find("source_missing", Severity::note, "nothing says who made the data");
    filler.set_source_note(dataset.body, note);
    each(member_of(root, "identifier"), [&](const Json& one) {
      if (!one.is_object() || first_text(one, "propertyID") != kExportRootId) return;
      dataset.root = crypto::hash_from_b64(first_text(one, "value"));
    });
  }

  void read_licence(const Json& root, DescribedDataset& dataset, FormFiller& filler) {
    std::vector<StatedLicence> licences;
    each(member_of(root, "license"), [&](const Json& value) {
      const Json& one = resolved(value);
      if (licences.size() == 8) return;
      StatedLicence licence;
      if (one.is_object()) {
        licence.name = first_text(one, "name");
        licence.url = first_text(one, "url");
      }
      if (licence.name.empty() && licence.url.empty()) licence.url = text_of(one);
      if (licence.name.empty()) licence.name = name_of_licence(licence.url);
      if (!licence.name.empty()) licences.push_back(std::move(licence));
    });
    if (licences.empty()) filler.find("licence_missing", Severity::warning, "no licence");
    set_licence(dataset.body, licences, filler);
  }

  // https://spdx.org/licenses/MIT.html is MIT.
  static std::string name_of_licence(const std::string& url) {
    constexpr std::string_view kSpdx = "spdx.org/licenses/";
    const auto at = url.find(kSpdx);
    if (at == std::string::npos) return url;
    std::string id = url.substr(at + kSpdx.size());
    if (id.ends_with(".html")) id.resize(id.size() - 5);
    return id.empty() ? url : id;
  }

  void read_fields(const Json& root, DescribedDataset& dataset, FormFiller& filler) {
    std::vector<std::string> summary;
    each(member_of(root, "recordSet"), [&](const Json& value) {
      each(member_of(resolved(value), "field"), [&](const Json& reference) {
        const Json& field = resolved(reference);
        if (!field.is_object() || summary.size() == 2'000) return;
        std::string name = first_text(field, "name");
        if (name.empty() && field.contains("@id")) name = text_of(field["@id"]);
        const std::string type = first_text(field, "dataType");
        if (!name.empty())
          summary.push_back(name + (type.empty() ? "" : ": " + type.substr(type.find_last_of(":/#") + 1)));
      });
    });
    filler.set_schema_summary(dataset.body, summary);
  }

  Result<void> read_distribution(const Json& root, DescribedDataset& dataset, FormFiller& filler) {
    std::vector<std::string> formats;
    const Json* const distribution = member_of(root, "distribution");
    std::map<std::string, const Json*> containers;
    each(distribution, [&](const Json& value) {
      const Json& one = resolved(value);
      if (one.is_object() && one.contains("@id")) containers[text_of(one["@id"])] = &one;
    });
    each(distribution, [&](const Json& value) {
      const Json& one = resolved(value);
      const bool set = is_a(one, "FileSet");
      if (!set && !is_a(one, "FileObject")) {
        filler.find("wrong_type", Severity::warning, "a distribution that is neither FileObject nor FileSet; ignored");
        return;
      }
      for (std::string& format : texts_of(one, "encodingFormat")) {
        if (formats.size() < 64) formats.push_back(std::move(format));
      }
      if (lies_in_archive(one, containers)) {
        filler.find("inside_container", Severity::note, id_of(one) + " lies in an archive, whose own bytes count");
      } else if (set) {
        add_set(one, dataset, filler);
      } else if (!is_folder(one)) {
        add_file(one, dataset, filler);
      }
    });
    if (dataset.files.size() > kMaxDescribedFiles)
      return fail(ErrorCode::value_range, "too many files", "/distribution");
    if (dataset.files.empty() && dataset.file_sets.empty()) {
      filler.find("files_missing", Severity::error, "the distribution names no file");
    }
    filler.set_modalities(dataset.body, formats);
    return {};
  }

  static std::string id_of(const Json& node) {
    return node.contains("@id") ? text_of(node["@id"]) : first_text(node, "name");
  }

  // A repository as a whole stands for the folder that it was fetched into.
  static bool is_folder(const Json& file) { return first_text(file, "encodingFormat").starts_with("git+"); }

  static bool lies_in_archive(const Json& node, const std::map<std::string, const Json*>& containers) {
    bool inside = false;
    each(member_of(node, "containedIn"), [&](const Json& one) {
      const auto found = containers.find(text_of(one));
      if (found == containers.end() || !is_folder(*found->second)) inside = true;
    });
    return inside;
  }

  static void add_set(const Json& node, DescribedDataset& dataset, FormFiller& filler) {
    StatedFileSet set{texts_of(node, "includes"), texts_of(node, "excludes")};
    if (set.includes.empty()) {
      filler.find("files_missing", Severity::error, "the FileSet " + id_of(node) + " includes no pattern");
      return;
    }
    if (dataset.file_sets.size() < 64) dataset.file_sets.push_back(std::move(set));
  }

  static void add_file(const Json& node, DescribedDataset& dataset, FormFiller& filler) {
    const std::string url = first_text(node, "contentUrl");
    std::vector<std::string> places;
    const auto place = [&](std::string path) {
      if (path.starts_with("./")) path.erase(0, 2);
      if (!path_fault(path)) places.push_back(std::move(path));
    };
    if (url.empty() || url.find("://") != std::string::npos) {
      filler.find("path_remote", Severity::note, (url.empty() ? id_of(node) : url) + ": looked for by its name");
      place(first_text(node, "name"));
      place(id_of(node));
      const std::string_view whole = std::string_view(url).substr(0, url.find_first_of("?#"));
      place(percent_decoded(whole.substr(whole.rfind('/') + 1)));
    } else {
      place(percent_decoded(url));
    }
    if (places.empty()) {
      const std::string path = percent_decoded(url);
      const bool leaves =
          !path.empty() && (path.front() == '/' || ("/" + path + "/").find("/../") != std::string::npos);
      filler.find(leaves ? "path_escapes" : "path_unfit", Severity::error,
                  shown_name(path.empty() ? id_of(node) : path));
      return;
    }
    StatedFile file{
        .path = places.front(), .other_places = {}, .bytes = size_of(node, filler), .hash = hash_of(node, filler)};
    file.other_places.assign(places.begin() + 1, places.end());
    dataset.files.push_back(std::move(file));
  }

  // "3969", "3969 B"; kilo- and megabytes are rounded and so not compared.
  static std::optional<std::int64_t> size_of(const Json& node, FormFiller& filler) {
    const Json* const value = member_of(node, "contentSize");
    if (!value) {
      filler.find("bytes_missing", Severity::note, id_of(node) + ": no size is stated");
      return std::nullopt;
    }
    std::string text = value->is_number_unsigned() ? value->dump() : text_of(*value);
    const auto digits = text.find_first_not_of("0123456789");
    std::string unit = digits == std::string::npos ? "" : text.substr(digits);
    unit.erase(0, unit.find_first_not_of(' ') == std::string::npos ? unit.size() : unit.find_first_not_of(' '));
    text.resize(std::min(digits, text.size()));
    const bool plain = unit.empty() || unit == "B" || unit == "bytes" || unit == "byte";
    if (text.empty() || text.size() > 15 || !plain) {
      filler.find("bytes_inexact", Severity::note, id_of(node) + ": contentSize is no number of bytes; not compared");
      return std::nullopt;
    }
    return std::stoll(text);
  }

  static std::optional<StatedHash> hash_of(const Json& node, FormFiller& filler) {
    using crypto::ForeignAlgorithm;
    if (const std::string hex = first_text(node, "sha256"); !hex.empty()) {
      return read_hash(ForeignAlgorithm::sha256, hex, filler);
    }
    if (const std::string hex = first_text(node, "md5"); !hex.empty()) {
      return read_hash(ForeignAlgorithm::md5, hex, filler);
    }
    filler.find("hash_missing", Severity::note, id_of(node) + ": no hash is stated");
    return std::nullopt;
  }

  const Json& document_;
  Findings& findings_;
  std::map<std::string, const Json*> by_id_;
};

// --- patterns
class Glob {
 public:
  explicit Glob(std::string_view pattern) : pattern_(pattern) {}

  bool matches(std::size_t at, std::string_view text) {
    while (at < pattern_.size()) {
      if (++steps_ > kMaxGlobSteps) return false;
      const char c = pattern_[at];
      if (c == '*') {
        const bool deep = at + 1 < pattern_.size() && pattern_[at + 1] == '*';
        std::size_t rest = at + (deep ? 2 : 1);
        if (deep && rest < pattern_.size() && pattern_[rest] == '/') {
          if (matches(rest + 1, text)) return true;  // ** stands for no folder as well
        }
        for (std::size_t taken = 0;; ++taken) {
          if (matches(rest, text.substr(taken))) return true;
          if (taken == text.size() || (!deep && text[taken] == '/') || steps_ > kMaxGlobSteps) return false;
        }
      }
      if (text.empty()) return false;
      if (c == '[' ? !in_class(at, text.front()) : c == '?' ? text.front() == '/' : c != text.front()) return false;
      if (c != '[') ++at;
      text.remove_prefix(1);
    }
    return text.empty();
  }

 private:
  // [abc], [a-z], [!abc]; moves `at` behind it. An open bracket without an end stands for itself.
  bool in_class(std::size_t& at, char c) {
    const std::size_t end = pattern_.find(']', at + 2);
    if (end == std::string_view::npos) return pattern_[at++] == c;
    std::string_view set = pattern_.substr(at + 1, end - at - 1);
    at = end + 1;
    const bool negated = set.front() == '!' || set.front() == '^';
    if (negated) set.remove_prefix(1);
    bool in = false;
    for (std::size_t i = 0; i < set.size(); ++i) {
      const bool range = i + 2 < set.size() && set[i + 1] == '-';
      in = in || (range ? c >= set[i] && c <= set[i + 2] : c == set[i]);
      if (range) i += 2;
    }
    return in != negated && c != '/';
  }

  std::string_view pattern_;
  std::size_t steps_ = 0;
};

}  // namespace

bool glob_matches(std::string_view pattern, std::string_view path) {
  if (pattern.size() > kMaxGlobBytes) return false;
  if (pattern.starts_with("./")) pattern.remove_prefix(2);
  if (pattern.find('/') == std::string_view::npos) path.remove_prefix(path.rfind('/') + 1);
  return Glob(pattern).matches(0, path);
}

Result<Description> read_croissant(const Json& document, Findings& findings) {
  return Reader(document, findings).read();
}

}  // namespace dengji::node
