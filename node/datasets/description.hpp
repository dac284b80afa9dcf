// What somebody else's description of data says, in our terms: one DescribedDataset per data set that it describes, and
// a finding for everything that is missing, wrong or strange in it. Readers of formats (frictionless.cpp,
// croissant.cpp) make one of a parsed document; import.hpp compares it with the real files. Every text in it passes
// check_text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/foreign_digest.hpp"
#include "ledger/base/error.hpp"
#include "ledger/base/hash32.hpp"
#include "node/foreign_json.hpp"

namespace dengji::node {

inline constexpr std::size_t kMaxDescribedDatasets = 10'000;
inline constexpr std::size_t kMaxDescribedFiles = 1'000'000;
inline constexpr std::size_t kMaxFindings = 100'000;

// note: worth knowing; warning: the registrar should look; error: the data set is not imported.
enum class Severity : std::uint8_t { note, warning, error };
std::string_view name_of(Severity severity);

struct Finding {
  std::string resource;   // "" = the document as a whole
  std::string_view code;  // listed in docs/formats.md, "Quality report"
  Severity severity = Severity::warning;
  std::string detail;
};

// The quality report as it grows. Beyond kMaxFindings they are counted only.
class Findings {
 public:
  // `detail` may hold anything: it is made fit and cut to 300 characters.
  void add(std::string_view resource, std::string_view code, Severity severity, std::string_view detail);
  const std::vector<Finding>& all() const { return all_; }
  std::size_t dropped() const { return dropped_; }
  bool has_error(std::string_view resource) const;

 private:
  std::vector<Finding> all_;
  std::vector<std::string> with_error_;  // sorted
  std::size_t dropped_ = 0;
};

struct StatedHash {
  crypto::ForeignAlgorithm algorithm = crypto::ForeignAlgorithm::sha256;
  std::string hex;
};

struct StatedFile {
  std::string path;                       // passes path_fault
  std::vector<std::string> other_places;  // where it may lie instead: a file that is named by its URL
  std::optional<std::int64_t> bytes;
  std::optional<StatedHash> hash;
};

// Files by pattern, from the folder itself.
struct StatedFileSet {
  std::vector<std::string> includes;
  std::vector<std::string> excludes;
};

struct DescribedDataset {
  std::string resource;  // its name in findings, unique in the document
  Json body;             // the members of dataset.apply that the description gives
  std::vector<StatedFile> files;
  std::vector<StatedFileSet> file_sets;
  std::optional<std::int64_t> bytes;  // of all files, where it is stated for them together
  std::optional<Hash32> root;         // of the manifest, where one of our own exports says so
};

struct Description {
  std::string_view format;  // "frictionless", "croissant"
  std::string name;
  std::vector<DescribedDataset> datasets;
};

// Errors (the document as a whole is none): value_type, member_missing, value_range for too many resources or files.
Result<Description> read_frictionless(const Json& document, Findings& findings);
Result<Description> read_croissant(const Json& document, Findings& findings);
// By what the document looks like. Error: value_format.
Result<Description> read_description(const Json& document, Findings& findings);

// Shell patterns as Croissant uses them: * and ? within a segment, ** across segments, [a-z]. A pattern without a slash
// is for names in any folder. Linear in the pattern and the path but for **: at most 100,000 steps, then no match.
bool glob_matches(std::string_view pattern, std::string_view path);

}  // namespace dengji::node
