// A registered or applied-for data set as dcat:Dataset of the W3C's Data Catalog Vocabulary, version 3, in JSON-LD: for
// data portals and catalogues that know no ledger. What nothing says stays out; nothing is invented to fill a property.
#pragma once

#include "node/datasets/export_source.hpp"

namespace dengji::node {

// Errors: those of read_export_source.
Result<Json> export_dcat(const Json& dataset, const ExportOptions& options);

}  // namespace dengji::node
