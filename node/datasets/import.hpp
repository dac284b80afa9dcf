// From somebody else's description and the real files to bodies of dataset.apply. Every file is read and hashed; what
// is stated about it is compared, and all that is wrong or missing stands in the findings (docs/formats.md, "Quality
// report"). A data set with an error is not written; the others are.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "node/datasets/description.hpp"
#include "node/datasets/folder.hpp"

namespace dengji::node {

// Of the body in canonical form: an entry must stay below kMaxEntryBytes with its base64url and its signatures.
inline constexpr std::size_t kMaxImportedBodyBytes = 22'000;

enum class DescriptionFormat : std::uint8_t { any, frictionless, croissant };

struct ImportOptions {
  std::filesystem::path description;  // the JSON file
  DescriptionFormat format = DescriptionFormat::any;
  std::optional<std::filesystem::path> files;  // folder of the files; else the description's own, or its data/
  // {"defaults":{members of dataset.apply}, "resources":[{"resource":name,"set":{members}}]}: what the description
  // leaves open comes from defaults, what `set` says stands above all. Objects are merged member by member.
  Json defaults = Json::object();
  bool accept_differences = false;  // sizes and hashes that differ are warnings, not errors
};

struct ImportedDataset {
  std::string resource;
  std::string stem;  // for file names; unique, whatever the case of letters
  bool accepted = false;
  Json body;
  FileList list;  // empty if the files could not all be read
};

struct ImportResult {
  std::string_view format;
  std::string package;
  std::vector<ImportedDataset> datasets;  // in the order of the description
  Findings findings;

  std::size_t accepted() const;
};

// Errors: those of reading and parsing the description, usage for defaults of the wrong form or a resource that the
// description does not have.
Result<ImportResult> import_datasets(const ImportOptions& options, const OnProgress& on_progress = {});

// The quality report as JSON.
Json report_json(const ImportResult& result);

}  // namespace dengji::node
