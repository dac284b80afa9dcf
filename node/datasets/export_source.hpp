// What every exporter of a data set starts from, whichever format it writes: the application and what stands around it,
// its list of files checked against the registered root, and who, when and where as far as that is known.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/registration/registration.hpp"
#include "node/datasets/manifest.hpp"
#include "node/foreign_json.hpp"

namespace dengji::node {

struct ExportOptions {
  std::optional<FileList> list;  // needed unless the body has its list inline
  std::string url;               // of the data set's page; else its homepage
  std::string creator;           // name of an organisation; else the holder
  std::string date_published;    // YYYY-MM-DD; else the first day of validity, or the day of the application
  std::string base_url;          // before each file's path; else the path alone, relative to the document
};

struct ExportSource {
  contracts::DatasetApplication form;
  FileList list;
  // Each "" where nothing says it.
  std::string no;       // registration number
  std::string id;       // of the data set: the entry_id of its application
  std::string holder;   // organisation id
  std::string creator;  // a name, or the holder's id
  std::string date;     // YYYY-MM-DD
  std::string url;

  // The manifest's root in base64url.
  std::string root() const;
};

// `dataset`: a body of dataset.apply, or a data set as /v1/datasets/{id} gives it. Errors: value_type, those of the
// body's reader, usage without a list, manifest_differs if the list is another manifest's.
Result<ExportSource> read_export_source(const Json& dataset, const ExportOptions& options);

struct MediaType {
  std::string_view name;    // "" if the extension says nothing
  bool registered = false;  // with IANA
};
MediaType media_type(std::string_view path);
// Of a file, percent-encoded after RFC 3986; relative without a base.
std::string file_url(const std::string& base_url, std::string_view path);
bool is_url(std::string_view text);

// scheme and code of what an exported document is known by, beside identifiers that its format has a place for.
struct ExportIdentifier {
  std::string scheme;
  std::string code;
};
// Root first, then registration number and id where there are any.
std::vector<ExportIdentifier> identifiers_of(const ExportSource& source);

}  // namespace dengji::node
