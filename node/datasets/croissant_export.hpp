// A registered or applied-for data set as Croissant 1.1, for catalogues and loaders that know no ledger. Importing it
// again gives the same manifest.
#pragma once

#include <string>
#include <vector>

#include "node/datasets/export_source.hpp"

namespace dengji::node {

struct CroissantDocument {
  Json json;
  std::vector<std::string> missing;  // what Croissant requires and nothing here says
};

// Errors: those of read_export_source.
Result<CroissantDocument> export_croissant(const Json& dataset, const ExportOptions& options);

}  // namespace dengji::node
