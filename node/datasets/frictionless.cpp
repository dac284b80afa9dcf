// Frictionless Data Package, datapackage.json of version 1 (specs.frictionlessdata.io) and 2 (datapackage.org). Each of
// its resources is one data set. What only readers of the data need (dialects, foreign keys, views) is passed over.
#include <set>

#include "ledger/json/text.hpp"
#include "node/datasets/description_form.hpp"
#include "node/datasets/manifest.hpp"

namespace dengji::node {
namespace {

// What a resource inherits.
struct Package {
  std::vector<StatedLicence> licences;
  std::vector<std::string> keywords;
  std::string homepage;
  std::string version;
  std::string sources;
};

std::vector<StatedLicence> licences_of(const Json& object, FormFiller& filler) {
  std::vector<StatedLicence> licences;
  const auto* array = filler.array_of(object, "licenses");
  if (!array) return licences;
  for (const Json& one : *array) {
    if (licences.size() == 8) break;
    if (!one.is_object()) {
      filler.find("wrong_type", Severity::warning, "a licence is no object; ignored");
      continue;
    }
    const auto* name = filler.text_of(one, "name");
    const auto* title = filler.text_of(one, "title");
    const auto* path = filler.text_of(one, "path");
    StatedLicence licence{name ? *name : title ? *title : "", path ? *path : ""};
    if (licence.name.empty() && licence.url.empty()) continue;
    if (!name)
      filler.find("licence_without_name", Severity::note,
                  (title ? licence.name : licence.url) + ": no SPDX id is given");
    licences.push_back(std::move(licence));
  }
  return licences;
}

std::vector<std::string> column_texts(const Json& object, const char* member, FormFiller& filler) {
  std::vector<std::string> texts;
  const auto* array = filler.array_of(object, member);
  if (!array) return texts;
  for (const Json& one : *array) {
    if (const auto* text = one.get_ptr<const std::string*>()) {
      texts.push_back(*text);
    } else {
      filler.find("wrong_type", Severity::warning, std::string("an element of ") + member + " is no text; ignored");
    }
    if (texts.size() == 64) break;
  }
  return texts;
}

// Titles and links of where the data come from; addresses of persons stay out.
std::string sources_of(const Json& object, FormFiller& filler) {
  std::string text;
  const auto* array = filler.array_of(object, "sources");
  if (!array) return text;
  for (const Json& one : *array) {
    if (!one.is_object() || text.size() > 4'000) continue;
    const auto* title = filler.text_of(one, "title");
    const auto* path = filler.text_of(one, "path");
    std::string source = title ? *title : "";
    if (path) source.append(source.empty() ? "" : " ").append(*path);
    if (!source.empty()) text.append(text.empty() ? "" : "; ").append(source);
  }
  return text;
}

Package read_package(const Json& document, Findings& findings) {
  FormFiller filler("", findings);
  Package package;
  package.licences = licences_of(document, filler);
  package.keywords = column_texts(document, "keywords", filler);
  if (const auto* homepage = filler.text_of(document, "homepage")) package.homepage = *homepage;
  if (const auto* version = filler.text_of(document, "version")) package.version = *version;
  package.sources = sources_of(document, filler);
  return package;
}

// --- one resource
void add_path(const std::string& path, DescribedDataset& dataset, FormFiller& filler) {
  if (path.find("://") != std::string::npos) {
    filler.find("path_remote", Severity::error, path + " is a URL; fetch the file and name it by a local path");
    return;
  }
  if (const auto fault = path_fault(path)) {
    const bool leaves = !path.empty() && (path.front() == '/' || ("/" + path + "/").find("/../") != std::string::npos);
    filler.find(leaves ? "path_escapes" : "path_unfit", Severity::error, shown_name(path) + " " + *fault);
    return;
  }
  dataset.files.push_back({.path = path, .other_places = {}, .bytes = std::nullopt, .hash = std::nullopt});
}

void read_paths(const Json& resource, DescribedDataset& dataset, FormFiller& filler) {
  const auto path = resource.find("path");
  if (path == resource.end()) {
    const bool inside = resource.contains("data");
    filler.find(inside ? "data_inline" : "path_missing", Severity::error,
                inside ? "the data stand in the description itself; only files can be registered" : "no path");
  } else if (const auto* one = path->get_ptr<const std::string*>()) {
    add_path(*one, dataset, filler);
  } else if (path->is_array() && !path->empty()) {
    for (const Json& part : *path) {
      if (const auto* text = part.get_ptr<const std::string*>()) {
        add_path(*text, dataset, filler);
      } else {
        filler.find("path_missing", Severity::error, "a part of path is no text");
      }
    }
  } else {
    filler.find("path_missing", Severity::error, "path is neither a text nor a list of texts");
  }
}

// "sha1:…"; without a prefix it is MD5.
void read_stated(const Json& resource, DescribedDataset& dataset, FormFiller& filler) {
  const auto bytes = filler.size_of(resource, "bytes");
  const auto* hash = filler.text_of(resource, "hash");
  if (!bytes) filler.find("bytes_missing", Severity::note, "no size is stated");
  if (!hash) filler.find("hash_missing", Severity::note, "no hash is stated");
  if (dataset.files.size() != 1) {
    dataset.bytes = bytes;
    if (hash) filler.find("hash_not_compared", Severity::note, "one hash for several files");
    return;
  }
  dataset.files.front().bytes = bytes;
  if (!hash) return;
  const auto colon = hash->find(':');
  const std::string name = colon == std::string::npos ? "md5" : hash->substr(0, colon);
  const auto algorithm = crypto::foreign_algorithm(name);
  if (!algorithm) {
    filler.find("hash_unknown", Severity::warning, "the hash is a " + name.substr(0, 40) + "; not compared");
    return;
  }
  dataset.files.front().hash =
      read_hash(*algorithm, std::string_view(*hash).substr(colon == std::string::npos ? 0 : colon + 1), filler);
}

void read_schema(const Json& resource, Json& body, FormFiller& filler) {
  const auto schema = resource.find("schema");
  if (schema == resource.end() || !schema->is_object()) return;  // or the name of a file, which is not fetched
  const auto* fields = filler.array_of(*schema, "fields");
  if (!fields) return;
  std::vector<std::string> summary;
  for (const Json& field : *fields) {
    if (!field.is_object() || summary.size() == 2'000) continue;
    const auto* name = filler.text_of(field, "name");
    const auto* type = filler.text_of(field, "type");
    if (name) summary.push_back(*name + (type ? ": " + *type : ""));
  }
  filler.set_schema_summary(body, summary);
}

void read_words(const Json& resource, const Package& package, DescribedDataset& dataset, FormFiller& filler) {
  Json& body = dataset.body;
  const auto* title = filler.text_of(resource, "title");
  const auto* description = filler.text_of(resource, "description");
  filler.set_text(body, "title", title ? *title : dataset.resource);
  if (!description) filler.find("description_missing", Severity::warning, "no description; the title stands for it");
  filler.set_text(body, "description", description ? *description : title ? *title : dataset.resource);
  if (const auto* homepage = filler.text_of(resource, "homepage")) {
    filler.set_text(body, "homepage", *homepage);
  } else {
    filler.set_text(body, "homepage", package.homepage);
  }
  filler.set_text(body, "content_version", package.version);
  auto keywords = column_texts(resource, "keywords", filler);
  keywords.insert(keywords.end(), package.keywords.begin(), package.keywords.end());
  filler.set_keywords(body, keywords);
  std::string sources = sources_of(resource, filler);
  if (sources.empty()) {
    filler.find("source_missing", Severity::note, "nothing says where the data come from");
    sources = package.sources;
  }
  filler.set_source_note(body, sources);
}

void read_formats(const Json& resource, DescribedDataset& dataset, FormFiller& filler) {
  std::vector<std::string> formats;
  for (const char* member : {"type", "format", "mediatype"}) {
    if (const auto* text = filler.text_of(resource, member)) formats.push_back(*text);
  }
  for (const StatedFile& file : dataset.files) {
    if (const auto dot = file.path.rfind('.'); dot != std::string::npos) formats.push_back(file.path.substr(dot));
    if (formats.size() > 64) break;
  }
  filler.set_modalities(dataset.body, formats);
}

void read_licence(const Json& resource, const Package& package, DescribedDataset& dataset, FormFiller& filler) {
  auto licences = licences_of(resource, filler);
  if (licences.empty()) {
    filler.find("licence_missing", Severity::warning,
                package.licences.empty()
                    ? "no licence, neither here nor of the package"
                    : "no licence of its own; the package's is taken: " + package.licences[0].name);
    licences = package.licences;
  }
  set_licence(dataset.body, licences, filler);
}

std::string unique_name(const Json& resource, std::size_t index, std::set<std::string>& taken, Findings& findings) {
  const std::string place = "resource-" + std::to_string(index + 1);
  std::string name;
  if (resource.is_object()) {
    FormFiller filler(place, findings);
    if (const auto* stated = filler.text_of(resource, "name")) name = filler.fit(*stated, kNameCharacters, "name");
  }
  if (name.empty()) {
    name = place;
    findings.add(name, "name_missing", Severity::warning, "a resource has a name; this one is called by its place");
  }
  if (taken.insert(name).second) return name;
  std::string other;
  for (std::size_t n = index + 1; other.empty() || !taken.insert(other).second; ++n)
    other = name + "-" + std::to_string(n);
  findings.add(other, "name_twice", Severity::warning, "the name " + name + " is another resource's already");
  return other;
}

}  // namespace

Result<Description> read_frictionless(const Json& document, Findings& findings) {
  if (!document.is_object()) return fail(ErrorCode::value_type, "a data package is an object");
  const auto resources = document.find("resources");
  if (resources == document.end()) return fail(ErrorCode::member_missing, "resources");
  if (!resources->is_array() || resources->empty()) {
    return fail(ErrorCode::value_type, "an array of at least one resource", "/resources");
  }
  if (resources->size() > kMaxDescribedDatasets) {
    return fail(ErrorCode::value_range, "more than " + std::to_string(kMaxDescribedDatasets) + " resources",
                "/resources");
  }
  Description description{.format = "frictionless", .name = {}, .datasets = {}};
  const Package package = read_package(document, findings);
  FormFiller filler("", findings);
  if (const auto* name = filler.text_of(document, "name"))
    description.name = filler.fit(*name, kNameCharacters, "name");
  std::set<std::string> taken;
  std::size_t files = 0;
  for (std::size_t i = 0; i < resources->size(); ++i) {
    const Json& resource = (*resources)[i];
    DescribedDataset& dataset = description.datasets.emplace_back();
    dataset.resource = unique_name(resource, i, taken, findings);
    dataset.body = Json::object();
    if (!resource.is_object()) {
      findings.add(dataset.resource, "wrong_type", Severity::error, "a resource is an object");
      continue;
    }
    FormFiller form(dataset.resource, findings);
    read_paths(resource, dataset, form);
    if ((files += dataset.files.size()) > kMaxDescribedFiles) return fail(ErrorCode::value_range, "too many files");
    read_stated(resource, dataset, form);
    read_words(resource, package, dataset, form);
    read_formats(resource, dataset, form);
    read_schema(resource, dataset.body, form);
    read_licence(resource, package, dataset, form);
  }
  return description;
}

Result<Description> read_description(const Json& document, Findings& findings) {
  if (document.is_object()) {
    if (document.contains("@context") || document.contains("@graph")) return read_croissant(document, findings);
    if (document.contains("resources")) return read_frictionless(document, findings);
  }
  return fail(ErrorCode::value_format, "neither a datapackage.json (resources) nor Croissant (@context); say --format");
}

}  // namespace dengji::node
