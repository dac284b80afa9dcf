#include "node/datasets/croissant_export.hpp"

#include "node/datasets/export_names.hpp"

namespace dengji::node {
namespace {

using contracts::DatasetApplication;

constexpr std::string_view kAnyBytes = "application/octet-stream";

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

Json distribution(const FileList& list, const std::string& base_url) {
  Json files = Json::array();
  for (const ManifestFile& file : list.files) {
    const MediaType type = media_type(file.path);
    files.push_back(Json{{"@type", "cr:FileObject"},
                         {"@id", file_url("", file.path)},
                         {"name", file.path},
                         {"contentUrl", file_url(base_url, file.path)},
                         {"contentSize", std::to_string(file.bytes) + " B"},
                         {"encodingFormat", std::string(type.name.empty() ? kAnyBytes : type.name)},
                         {"sha256", to_hex(file.sha256)}});
  }
  return files;
}

Json licence_json(const contracts::Licence& licence) {
  if (is_url(licence.name)) return licence.name;
  return Json{{"@type", "CreativeWork"}, {"name", licence.name}};
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

Result<CroissantDocument> export_croissant(const Json& dataset, const ExportOptions& options) {
  const auto source = read_export_source(dataset, options);
  if (!source) return std::unexpected(source.error());
  const DatasetApplication& form = source->form;

  CroissantDocument document;
  Json& json = document.json;
  json = Json{{"@context", context()},
              {"@type", "sc:Dataset"},
              {"conformsTo", std::string(kCroissantVersion)},
              {"name", form.title},
              {"description", form.description},
              {"license", licence_json(form.licence)},
              {"distribution", distribution(source->list, options.base_url)},
              {"identifier", Json::array()}};
  add_optional(form, json);
  for (const ExportIdentifier& one : identifiers_of(*source)) {
    json["identifier"].push_back(Json{{"@type", "PropertyValue"}, {"propertyID", one.scheme}, {"value", one.code}});
  }

  const auto set = [&](const char* member, Json value, bool known) {
    if (known) {
      json[member] = std::move(value);
    } else {
      document.missing.emplace_back(member);
    }
  };
  set("url", source->url, !source->url.empty());
  Json creator = {{"@type", "Organization"}, {"name", source->creator}};
  if (!source->holder.empty()) creator["identifier"] = source->holder;
  set("creator", creator, !source->creator.empty());
  set("datePublished", source->date, !source->date.empty());
  return document;
}

}  // namespace dengji::node
