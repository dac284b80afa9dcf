#include "node/datasets/export_source.hpp"

#include <algorithm>
#include <array>

#include "crypto/base64.hpp"
#include "node/datasets/export_names.hpp"

namespace dengji::node {
namespace {

using contracts::DatasetApplication;

struct MediaRow {
  std::string_view extension;
  std::string_view type;
  bool registered = true;
};

constexpr std::array kMediaTypes = {
    MediaRow{"csv", "text/csv"},
    MediaRow{"tsv", "text/tab-separated-values"},
    MediaRow{"txt", "text/plain"},
    MediaRow{"md", "text/markdown"},
    MediaRow{"html", "text/html"},
    MediaRow{"json", "application/json"},
    MediaRow{"jsonl", "application/jsonl", false},
    MediaRow{"ndjson", "application/x-ndjson", false},
    MediaRow{"geojson", "application/geo+json"},
    MediaRow{"xml", "application/xml"},
    MediaRow{"pdf", "application/pdf"},
    MediaRow{"parquet", "application/vnd.apache.parquet"},
    MediaRow{"arrow", "application/vnd.apache.arrow.file"},
    MediaRow{"zip", "application/zip"},
    MediaRow{"gz", "application/gzip"},
    MediaRow{"tar", "application/x-tar", false},
    MediaRow{"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    MediaRow{"png", "image/png"},
    MediaRow{"jpg", "image/jpeg"},
    MediaRow{"jpeg", "image/jpeg"},
    MediaRow{"gif", "image/gif"},
    MediaRow{"svg", "image/svg+xml"},
    MediaRow{"tif", "image/tiff"},
    MediaRow{"tiff", "image/tiff"},
    MediaRow{"wav", "audio/wav", false},
    MediaRow{"mp3", "audio/mpeg"},
    MediaRow{"mp4", "video/mp4"},
};

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

// What stands around the application where the data set is an object of the ledger.
std::string member_text(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Result<FileList> list_of(const DatasetApplication& form, const ExportOptions& options) {
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

}  // namespace

std::string ExportSource::root() const {
  return crypto::to_b64(form.manifest.root);
}

Result<ExportSource> read_export_source(const Json& dataset, const ExportOptions& options) {
  if (!dataset.is_object()) return fail(ErrorCode::value_type, "a data set is an object");
  const bool registered = dataset.contains("application");
  auto form = state::from_json<DatasetApplication>(registered ? dataset.at("application") : dataset,
                                                   registered ? "/application" : "");
  if (!form) return std::unexpected(form.error());
  auto list = list_of(*form, options);
  if (!list) return std::unexpected(list.error());

  ExportSource source;
  source.no = member_text(dataset, "no");
  source.id = registered ? member_text(dataset, "id") : "";
  source.holder = registered ? member_text(dataset, "holder") : "";
  source.creator = options.creator.empty() ? source.holder : options.creator;
  source.date = options.date_published;
  for (const char* member : {"valid_from", "applied_on"}) {
    if (source.date.empty() && registered) source.date = member_text(dataset, member);
  }
  source.url = !options.url.empty() ? options.url : form->homepage.value_or("");
  source.form = std::move(*form);
  source.list = std::move(*list);
  return source;
}

MediaType media_type(std::string_view path) {
  const std::string_view extension = path.substr(path.rfind('.') + 1);
  const auto found = std::find_if(kMediaTypes.begin(), kMediaTypes.end(),
                                  [&](const MediaRow& row) { return row.extension == extension; });
  return found == kMediaTypes.end() ? MediaType{} : MediaType{found->type, found->registered};
}

std::string file_url(const std::string& base_url, std::string_view path) {
  return (base_url.empty() || base_url.ends_with('/') ? base_url : base_url + "/") + percent_encoded(path);
}

bool is_url(std::string_view text) {
  return text.starts_with("https://") || text.starts_with("http://");
}

std::vector<ExportIdentifier> identifiers_of(const ExportSource& source) {
  std::vector<ExportIdentifier> all{{std::string(kExportRootId), source.root()}};
  if (!source.no.empty()) all.push_back({std::string(kExportNoId), source.no});
  if (!source.id.empty()) all.push_back({std::string(kExportDatasetId), source.id});
  return all;
}

}  // namespace dengji::node
