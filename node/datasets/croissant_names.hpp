// What our own Croissant documents carry beyond the standard, so that import and export agree.
#pragma once

#include <string_view>

namespace dengji::node {

// propertyID of the identifier (a schema.org PropertyValue) that holds the manifest's root, the registration number,
// the data set's id.
inline constexpr std::string_view kCroissantRootId = "dengji:manifest_root";
inline constexpr std::string_view kCroissantNoId = "dengji:registration_no";
inline constexpr std::string_view kCroissantDatasetId = "dengji:dataset";
inline constexpr std::string_view kCroissantVersion = "http://mlcommons.org/croissant/1.1";

}  // namespace dengji::node
