// A registered or applied-for data set as Croissant 1.1, for catalogues and loaders that know no ledger. Importing it
// again gives the same manifest.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "node/datasets/manifest.hpp"
#include "node/foreign_json.hpp"

namespace dengji::node {

struct CroissantOptions {
  std::optional<FileList> list;  // needed unless the body has its list inline
  std::string url;               // of the data set's page; else its homepage
  std::string creator;           // name of an organisation; else the holder
  std::string date_published;    // YYYY-MM-DD; else the first day of validity, or the day of the application
  std::string base_url;          // before each file's path; else the path alone, relative to the document
};

struct CroissantDocument {
  Json json;
  std::vector<std::string> missing;  // what Croissant requires and nothing here says
};

// `dataset`: a body of dataset.apply, or a data set as /v1/datasets/{id} gives it. Errors: those of the body's reader,
// usage without a list, manifest_differs if the list is another manifest's.
Result<CroissantDocument> export_croissant(const Json& dataset, const CroissantOptions& options);

}  // namespace dengji::node
