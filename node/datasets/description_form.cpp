#include "node/datasets/description_form.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "ledger/json/text.hpp"
#include "node/datasets/manifest.hpp"

namespace dengji::node {
namespace {

constexpr std::size_t kDetailCharacters = 300;
constexpr std::size_t kStemCharacters = 50;

// The Spec of one member, from the record's own field list.
struct SpecFinder {
  std::string_view wanted;
  state::Spec found{};

  template <class T>
  void operator()(std::string_view name, T&, const state::Spec& spec) {
    if (name == wanted) found = spec;
  }
};

template <class T>
state::Spec spec_of(std::string_view member) {
  T value;
  SpecFinder finder{member};
  T::fields(value, finder);
  return finder.found;
}

struct FormatRow {
  std::string_view word;  // of a format or media type, as a whole token
  std::string_view modality;
};

// Tokens between the signs of "image/svg+xml", ".arrow", "application/vnd.apache.parquet".
constexpr std::array kFormats = {
    FormatRow{"csv", "tabular"},
    FormatRow{"tsv", "tabular"},
    FormatRow{"xls", "tabular"},
    FormatRow{"xlsx", "tabular"},
    FormatRow{"ods", "tabular"},
    FormatRow{"parquet", "tabular"},
    FormatRow{"arrow", "tabular"},
    FormatRow{"feather", "tabular"},
    FormatRow{"orc", "tabular"},
    FormatRow{"sqlite", "tabular"},
    FormatRow{"table", "tabular"},
    FormatRow{"geojson", "geospatial"},
    FormatRow{"topojson", "geospatial"},
    FormatRow{"shp", "geospatial"},
    FormatRow{"gpkg", "geospatial"},
    FormatRow{"kml", "geospatial"},
    FormatRow{"geotiff", "geospatial"},
    FormatRow{"image", "image"},
    FormatRow{"png", "image"},
    FormatRow{"jpg", "image"},
    FormatRow{"jpeg", "image"},
    FormatRow{"gif", "image"},
    FormatRow{"svg", "image"},
    FormatRow{"webp", "image"},
    FormatRow{"tif", "image"},
    FormatRow{"tiff", "image"},
    FormatRow{"bmp", "image"},
    FormatRow{"video", "video"},
    FormatRow{"mp4", "video"},
    FormatRow{"webm", "video"},
    FormatRow{"avi", "video"},
    FormatRow{"audio", "audio"},
    FormatRow{"wav", "audio"},
    FormatRow{"mp3", "audio"},
    FormatRow{"flac", "audio"},
    FormatRow{"las", "point_cloud"},
    FormatRow{"laz", "point_cloud"},
    FormatRow{"pcd", "point_cloud"},
    FormatRow{"ply", "point_cloud"},
    FormatRow{"txt", "text"},
    FormatRow{"md", "text"},
    FormatRow{"pdf", "text"},
    FormatRow{"html", "text"},
    FormatRow{"plain", "text"},
    FormatRow{"rdf", "graph"},
    FormatRow{"graphml", "graph"},
    FormatRow{"ttl", "graph"},
};

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return result;
}

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

// The most specific of the tokens decides: a topojson of media type text/topojson is no text.
void add_modality(std::string_view format, std::vector<std::string>& modalities) {
  const std::string text = lower(format);
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && is_word(text[end])) ++end;
    const std::string_view token = std::string_view(text).substr(at, end - at);
    for (const FormatRow& row : kFormats) {
      if (row.word != token) continue;
      if (std::find(modalities.begin(), modalities.end(), row.modality) == modalities.end()) {
        modalities.emplace_back(row.modality);
      }
    }
    at = end + 1;
  }
}

struct Terms {
  bool commercial = false;
  bool derivatives = false;
  bool redistribution = false;
};

struct TermsRow {
  std::string_view prefix;  // of the SPDX id or the URL's part, in lower case
  Terms terms;
};

// Longest prefix first where one is the beginning of another.
constexpr std::array kTerms = {
    TermsRow{"cc-by-nc-nd", {false, false, true}}, TermsRow{"cc-by-nc", {false, true, true}},
    TermsRow{"cc-by-nd", {true, false, true}},     TermsRow{"cc-by", {true, true, true}},
    TermsRow{"cc0", {true, true, true}},           TermsRow{"bsd-", {true, true, true}},
    TermsRow{"mit", {true, true, true}},           TermsRow{"isc", {true, true, true}},
    TermsRow{"apache-2.0", {true, true, true}},    TermsRow{"gpl-", {true, true, true}},
    TermsRow{"lgpl-", {true, true, true}},         TermsRow{"odbl-", {true, true, true}},
    TermsRow{"odc-by-", {true, true, true}},       TermsRow{"pddl-", {true, true, true}},
    TermsRow{"unlicense", {true, true, true}},     TermsRow{"etalab-2.0", {true, true, true}},
};

// creativecommons.org/licenses/by-nc/4.0/ → cc-by-nc; spdx.org/licenses/MIT.html → mit; else the name itself.
std::string licence_id(const StatedLicence& licence) {
  const std::string url = lower(licence.url.empty() ? licence.name : licence.url);
  const auto after = [&](std::string_view part) {
    const auto at = url.find(part);
    return at == std::string::npos ? std::string() : url.substr(at + part.size());
  };
  if (const std::string cc = after("creativecommons.org/licenses/"); !cc.empty()) return "cc-" + cc;
  if (!after("creativecommons.org/publicdomain/zero").empty()) return "cc0";
  if (const std::string spdx = after("spdx.org/licenses/"); !spdx.empty()) return spdx;
  return lower(licence.name);
}

std::optional<Terms> terms_of(const StatedLicence& licence) {
  const std::string id = licence_id(licence);
  for (const TermsRow& row : kTerms) {
    const bool whole = id.size() == row.prefix.size() || !is_word(id[std::min(row.prefix.size(), id.size() - 1)]) ||
                       row.prefix.back() == '-';
    if (!id.empty() && id.starts_with(row.prefix) && whole) return row.terms;
  }
  return std::nullopt;
}

}  // namespace

std::string_view name_of(Severity severity) {
  switch (severity) {
    case Severity::note:
      return "note";
    case Severity::warning:
      return "warning";
    case Severity::error:
      return "error";
  }
  std::unreachable();
}

void Findings::add(std::string_view resource, std::string_view code, Severity severity, std::string_view detail) {
  if (severity == Severity::error) {
    const auto place = std::lower_bound(with_error_.begin(), with_error_.end(), resource);
    if (place == with_error_.end() || *place != resource) with_error_.insert(place, std::string(resource));
  }
  if (all_.size() == kMaxFindings) {
    ++dropped_;
    return;
  }
  const std::string fit = json::to_fit_text(detail.substr(0, kDetailCharacters * 8));
  all_.push_back({std::string(resource), code, severity, std::string(json::first_characters(fit, kDetailCharacters))});
}

bool Findings::has_error(std::string_view resource) const {
  return std::binary_search(with_error_.begin(), with_error_.end(), resource);
}

const std::string* FormFiller::text_of(const Json& object, const char* member) {
  const auto found = object.find(member);
  if (found == object.end() || found->is_null()) return nullptr;
  const auto* text = found->get_ptr<const std::string*>();
  if (!text) find("wrong_type", Severity::warning, std::string(member) + " is no text; ignored");
  return text;
}

const Json::array_t* FormFiller::array_of(const Json& object, const char* member) {
  const auto found = object.find(member);
  if (found == object.end() || found->is_null()) return nullptr;
  const auto* array = found->get_ptr<const Json::array_t*>();
  if (!array) find("wrong_type", Severity::warning, std::string(member) + " is no array; ignored");
  return array;
}

std::optional<std::int64_t> FormFiller::size_of(const Json& object, const char* member) {
  const auto found = object.find(member);
  if (found == object.end() || found->is_null()) return std::nullopt;
  if (const auto* size = found->get_ptr<const Json::number_unsigned_t*>();
      size && *size <= static_cast<std::uint64_t>(kMaxSafeInteger)) {
    return static_cast<std::int64_t>(*size);
  }
  find("wrong_type", Severity::warning, std::string(member) + " is no size in bytes; ignored");
  return std::nullopt;
}

std::string FormFiller::fit(std::string_view text, std::size_t max, std::string_view member) {
  std::string clean = json::to_fit_text(text);
  const std::string_view kept = json::first_characters(clean, max);
  if (kept.size() == clean.size()) return clean;
  find("text_cut", Severity::note,
       std::string(member) + " has " + std::to_string(json::count_characters(clean)) + " characters; cut to " +
           std::to_string(max));
  // A cut may leave a space at the end.
  return json::to_fit_text(kept);
}

void FormFiller::set_text(Json& body, std::string_view member, std::string_view text) {
  const auto max = static_cast<std::size_t>(spec_of<contracts::DatasetApplication>(member).text_max());
  std::string clean = fit(text, max, member);
  if (!clean.empty()) body[std::string(member)] = std::move(clean);
}

void FormFiller::set_keywords(Json& body, const std::vector<std::string>& keywords) {
  const state::Spec spec = spec_of<contracts::DatasetApplication>("keywords");
  std::vector<std::string> kept;
  for (const std::string& keyword : keywords) {
    std::string clean = fit(keyword, static_cast<std::size_t>(spec.max), "keywords");
    if (!clean.empty() && std::find(kept.begin(), kept.end(), clean) == kept.end()) kept.push_back(std::move(clean));
    if (static_cast<std::int64_t>(kept.size()) == spec.items_max) break;
  }
  if (!kept.empty()) body["keywords"] = kept;
}

void FormFiller::set_modalities(Json& body, const std::vector<std::string>& formats) {
  std::vector<std::string> modalities;
  for (const std::string& format : formats) add_modality(std::string_view(format).substr(0, 200), modalities);
  if (modalities.empty()) modalities.emplace_back("other");
  const auto max = static_cast<std::size_t>(spec_of<contracts::DatasetApplication>("modalities").items_max);
  if (modalities.size() > max) modalities.resize(max);
  body["modalities"] = modalities;
}

void FormFiller::set_source_note(Json& body, std::string_view text) {
  const auto max = static_cast<std::size_t>(spec_of<contracts::Source>("note").text_max());
  std::string clean = fit(text, max, "source/note");
  if (!clean.empty()) body["source"]["note"] = std::move(clean);
}

void FormFiller::set_schema_summary(Json& body, const std::vector<std::string>& fields) {
  std::string summary;
  for (const std::string& field : fields) {
    if (field.empty()) continue;
    summary.append(summary.empty() ? "" : "; ").append(field);
    if (summary.size() > 100'000) break;
  }
  set_text(body, "schema_summary", summary);
}

void set_licence(Json& body, const std::vector<StatedLicence>& licences, FormFiller& filler) {
  std::string names;
  bool known = !licences.empty();
  Terms terms{true, true, true};
  for (const StatedLicence& licence : licences) {
    names.append(names.empty() ? "" : " / ").append(licence.name.empty() ? licence.url : licence.name);
    const auto one = terms_of(licence);
    known = known && one;
    if (!one) continue;
    terms.commercial = terms.commercial && one->commercial;
    terms.derivatives = terms.derivatives && one->derivatives;
    terms.redistribution = terms.redistribution && one->redistribution;
  }
  std::string name =
      filler.fit(names, static_cast<std::size_t>(spec_of<contracts::Licence>("name").text_max()), "licence");
  if (name.empty()) return;
  Json& licence = body["licence"];
  licence["name"] = std::move(name);
  if (licences.size() > 1) filler.find("licences_several", Severity::note, names);
  if (!known) {
    filler.find("licence_terms_unknown", Severity::note, names + ": what it allows comes from the defaults");
    return;
  }
  licence["commercial"] = terms.commercial;
  licence["derivatives"] = terms.derivatives;
  licence["redistribution"] = terms.redistribution;
}

std::optional<StatedHash> read_hash(crypto::ForeignAlgorithm algorithm, std::string_view hex, FormFiller& filler) {
  const bool digits =
      std::all_of(hex.begin(), hex.end(), [](char c) { return std::isxdigit(static_cast<unsigned char>(c)); });
  if (hex.size() != crypto::hex_length(algorithm) || !digits) {
    filler.find("hash_malformed", Severity::warning,
                std::string(crypto::to_text(algorithm)) + " is " + std::to_string(crypto::hex_length(algorithm)) +
                    " hex digits, not " + std::string(hex.substr(0, 140)));
    return std::nullopt;
  }
  return StatedHash{algorithm, lower(hex)};
}

std::string file_stem(std::string_view name) {
  std::string stem;
  for (const char c : json::first_characters(name, kStemCharacters)) {
    const bool good = is_word(c) || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80 || c == '-' ||
                      c == '_' || (c == '.' && !stem.empty());
    if (good) stem.push_back(c);
    if (!good && !stem.empty() && stem.back() != '_') stem.push_back('_');
  }
  while (!stem.empty() && (stem.back() == '.' || stem.back() == '_')) stem.pop_back();
  return stem.empty() ? "dataset" : stem;
}

}  // namespace dengji::node
