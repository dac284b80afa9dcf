#include "node/datasets/croissant_export.hpp"

#include <algorithm>
#include <array>

#include "contracts/registration.hpp"
#include "crypto/base64.hpp"
#include "node/datasets/croissant_names.hpp"

namespace dengji::node {
namespace {

using contracts::DatasetApplication;

// The context that Croissant 1.1 recommends (its appendix 1).
Json context() {
  Json context = {{"@language", "en"},
                  {"@vocab", "http://schema.org/"},
                  {"sc", "http://schema.org/"},
                  {"cr", "http://mlcommons.org/croissant/"},
                  {"rai", "http://mlcommons.org/croissant/RAI/"},
                  {"dct", "http://purl.org/dc/terms/"},
                  {"conformsTo", "dct:conformsTo"},
                  {"data", {{"@id", "cr:data"}, {"@type", "@json"}}},
                  {"dataType", {{"@id", "cr:dataType"}, {"@type", "@vocab"}}},
                  {"examples", {{"@id", "cr:examples"}, {"@type", "@json"}}}};
  for (const char* term :
       {"annotation", "arrayShape",  "citeAs",    "column",        "containedIn", "equivalentProperty",
        "excludes",   "extract",     "field",     "fileProperty",  "fileObject",  "fileSet",
        "format",     "includes",    "isArray",   "isLiveDataset", "jsonPath",    "key",
        "md5",        "parentField", "recordSet", "references",    "regex",       "readLines",
        "sdVersion",  "separator",   "source",    "subField",      "transform",   "unArchive",
        "value"}) {
    context[term] = std::string("cr:") + term;
  }
  return context;
}

struct MediaRow {
  std::string_view extension;
  std::string_view type;
};

constexpr std::array kMediaTypes = {
    MediaRow{"csv", "text/csv"},
    MediaRow{"tsv", "text/tab-separated-values"},
    MediaRow{"txt", "text/plain"},
    MediaRow{"md", "text/markdown"},
    MediaRow{"html", "text/html"},
    MediaRow{"json", "application/json"},
    MediaRow{"jsonl", "application/jsonl"},
    MediaRow{"ndjson", "application/x-ndjson"},
    MediaRow{"geojson", "application/geo+json"},
    MediaRow{"xml", "application/xml"},
    MediaRow{"pdf", "application/pdf"},
    MediaRow{"parquet", "application/vnd.apache.parquet"},
    MediaRow{"arrow", "application/vnd.apache.arrow.file"},
    MediaRow{"zip", "application/zip"},
    MediaRow{"gz", "application/gzip"},
    MediaRow{"tar", "application/x-tar"},
    MediaRow{"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    MediaRow{"png", "image/png"},
    MediaRow{"jpg", "image/jpeg"},
    MediaRow{"jpeg", "image/jpeg"},
    MediaRow{"gif", "image/gif"},
    MediaRow{"svg", "image/svg+xml"},
    MediaRow{"tif", "image/tiff"},
    MediaRow{"tiff", "image/tiff"},
    MediaRow{"wav", "audio/wav"},
    MediaRow{"mp3", "audio/mpeg"},
    MediaRow{"mp4", "video/mp4"},
};

std::string_view media_type(std::string_view path) {
  const std::string_view extension = path.substr(path.rfind('.') + 1);
  const auto found = std::find_if(kMediaTypes.begin(), kMediaTypes.end(),
                                  [&](const MediaRow& row) { return row.extension == extension; });
  return found == kMediaTypes.end() ? "application/octet-stream" : found->type;
}

// RFC 3986: everything but unreserved characters and the slashes between segments. A first segment with a colon would
// read as a scheme; it is escaped too.
std::string percent_encoded(std::string_view path) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string url;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '.' || c == '_' || c == '~' || c == '/';
    if (plain) {
      url.push_back(c);
    } else {
      url.append("%").append(1, kHex[byte >> 4]).append(1, kHex[byte & 15]);
    }
  }
  return url;
}

Json distribution(const FileList& list, const std::string& base_url) {
  const std::string base = base_url.empty() || base_url.ends_with('/') ? base_url : base_url + "/";
  Json files = Json::array();
  for (const ManifestFile& file : list.files) {
    files.push_back(Json{{"@type", "cr:FileObject"},
                         {"@id", percent_encoded(file.path)},
                         {"name", file.path},
                         {"contentUrl", base + percent_encoded(file.path)},
                         {"contentSize", std::to_string(file.bytes) + " B"},
                         {"encodingFormat", std::string(media_type(file.path))},
                         {"sha256", to_hex(file.sha256)}});
  }
  return files;
}

Json property(std::string_view id, std::string_view value) {
  return Json{{"@type", "PropertyValue"}, {"propertyID", std::string(id)}, {"value", std::string(value)}};
}

bool is_url(std::string_view text) {
  return text.starts_with("https://") || text.starts_with("http://");
}

Json licence_json(const contracts::Licence& licence) {
  if (is_url(licence.name)) return licence.name;
  return Json{{"@type", "CreativeWork"}, {"name", licence.name}};
}

// What stands around the application where the data set is an object of the ledger.
std::string member_text(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Result<FileList> list_of(const DatasetApplication& form, const CroissantOptions& options) {
  if (!options.list && !form.manifest.list) {
    return fail(ErrorCode::usage, "the body has no list of files; give the one that its holder keeps");
  }
  auto list = options.list ? Result<FileList>(*options.list) : make_list(*form.manifest.list);
  if (list && list->manifest.root != form.manifest.root) {
    return fail(ErrorCode::manifest_differs, "the list has the root " + crypto::to_b64(list->manifest.root) +
                                                 ", registered is " + crypto::to_b64(form.manifest.root));
  }
  return list;
}

void add_optional(const DatasetApplication& form, Json& json) {
  if (form.keywords) json["keywords"] = *form.keywords;
  if (form.content_version) json["version"] = *form.content_version;
  if (!form.coverage) return;
  if (form.coverage->from && form.coverage->to) {
    json["temporalCoverage"] = format_date(*form.coverage->from) + "/" + format_date(*form.coverage->to);
  }
  if (form.coverage->area) json["spatialCoverage"] = *form.coverage->area;
}

}  // namespace

Result<CroissantDocument> export_croissant(const Json& dataset, const CroissantOptions& options) {
  if (!dataset.is_object()) return fail(ErrorCode::value_type, "a data set is an object");
  const bool registered = dataset.contains("application");
  const auto form = state::from_json<DatasetApplication>(registered ? dataset.at("application") : dataset,
                                                         registered ? "/application" : "");
  if (!form) return std::unexpected(form.error());
  const auto list = list_of(*form, options);
  if (!list) return std::unexpected(list.error());

  CroissantDocument document;
  Json& json = document.json;
  json = Json{{"@context", context()},
              {"@type", "sc:Dataset"},
              {"conformsTo", std::string(kCroissantVersion)},
              {"name", form->title},
              {"description", form->description},
              {"license", licence_json(form->licence)},
              {"distribution", distribution(*list, options.base_url)}};
  add_optional(*form, json);
  json["identifier"] = Json::array({property(kCroissantRootId, crypto::to_b64(form->manifest.root))});
  if (const std::string no = member_text(dataset, "no"); !no.empty()) {
    json["identifier"].push_back(property(kCroissantNoId, no));
  }
  if (const std::string id = registered ? member_text(dataset, "id") : ""; !id.empty()) {
    json["identifier"].push_back(property(kCroissantDatasetId, id));
  }

  const auto set = [&](const char* member, Json value, bool known) {
    if (known) {
      json[member] = std::move(value);
    } else {
      document.missing.emplace_back(member);
    }
  };
  const std::string url = !options.url.empty() ? options.url : form->homepage.value_or("");
  set("url", url, !url.empty());
  const std::string holder = registered ? member_text(dataset, "holder") : "";
  Json creator = {{"@type", "Organization"}};
  creator["name"] = options.creator.empty() ? holder : options.creator;
  if (!holder.empty()) creator["identifier"] = holder;
  set("creator", creator, !options.creator.empty() || !holder.empty());
  std::string date = options.date_published;
  for (const char* member : {"valid_from", "applied_on"}) {
    if (date.empty() && registered) date = member_text(dataset, member);
  }
  set("datePublished", date, !date.empty());
  return document;
}

}  // namespace dengji::node
