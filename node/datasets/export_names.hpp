// What the documents that we write in other people's formats carry beyond the standard, so that import and export
// agree.
#pragma once

#include <string_view>

namespace dengji::node {

// Scheme of the identifier that holds the manifest's root, the registration number, the data set's id: in Croissant
// the propertyID of a schema.org PropertyValue, in DCAT the agency of an adms:Identifier.
inline constexpr std::string_view kExportRootId = "dengji:manifest_root";
inline constexpr std::string_view kExportNoId = "dengji:registration_no";
inline constexpr std::string_view kExportDatasetId = "dengji:dataset";
inline constexpr std::string_view kCroissantVersion = "http://mlcommons.org/croissant/1.1";

}  // namespace dengji::node
