// Helpers of the description readers: hostile members taken by type, texts made fit and cut to what dataset.apply
// allows.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/registration/registration.hpp"
#include "node/datasets/description.hpp"

namespace dengji::node {

// What is kept of the name of a data set or of one of its files, in characters.
constexpr std::size_t kNameCharacters = 100;

// One data set's body as it is filled, with the findings that filling it gives.
class FormFiller {
 public:
  FormFiller(std::string resource, Findings& findings) : resource_(std::move(resource)), findings_(findings) {}

  const std::string& resource() const { return resource_; }
  void find(std::string_view code, Severity severity, std::string_view detail) {
    findings_.add(resource_, code, severity, detail);
  }

  // nullptr if absent; if of another type also a finding wrong_type.
  const std::string* text_of(const Json& object, const char* member);
  const Json::array_t* array_of(const Json& object, const char* member);
  // A size in bytes: an integer from 0 to 2^53-1.
  std::optional<std::int64_t> size_of(const Json& object, const char* member);

  // Fit for the ledger and at most `max` characters; empty if nothing is left. A cut is a finding.
  std::string fit(std::string_view text, std::size_t max, std::string_view member);
  // Members of dataset.apply, their limits from its own field list. Nothing is set for an empty text.
  void set_text(Json& body, std::string_view member, std::string_view text);
  void set_keywords(Json& body, const std::vector<std::string>& keywords);
  void set_modalities(Json& body, const std::vector<std::string>& formats);
  void set_source_note(Json& body, std::string_view text);
  void set_schema_summary(Json& body, const std::vector<std::string>& fields);

 private:
  std::string resource_;
  Findings& findings_;
};

// A licence as a description gives it.
struct StatedLicence {
  std::string name;  // SPDX id or what it is called
  std::string url;   // where it is to be read
};
// Sets /licence of the body: names joined, and what it allows as far as the licences are known ones.
void set_licence(Json& body, const std::vector<StatedLicence>& licences, FormFiller& filler);

// A stated digest; nullopt with a finding if its form is wrong.
std::optional<StatedHash> read_hash(crypto::ForeignAlgorithm algorithm, std::string_view hex, FormFiller& filler);

// "../a b" → "a_b": a name for a file in a folder of ours, from what is fit; at most 50 characters, never empty or
// hidden.
std::string file_stem(std::string_view name);

}  // namespace dengji::node
