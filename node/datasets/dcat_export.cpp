#include "node/datasets/dcat_export.hpp"

#include <array>
#include <utility>

namespace dengji::node {
namespace {

using contracts::DatasetApplication;
using contracts::UpdateFrequency;

Json dcat_context() {
  return {{"adms", "http://www.w3.org/ns/adms#"},
          {"cc", "http://creativecommons.org/ns#"},
          {"dcat", "http://www.w3.org/ns/dcat#"},
          {"dcterms", "http://purl.org/dc/terms/"},
          {"foaf", "http://xmlns.com/foaf/0.1/"},
          {"odrl", "http://www.w3.org/ns/odrl/2/"},
          {"rdfs", "http://www.w3.org/2000/01/rdf-schema#"},
          {"skos", "http://www.w3.org/2004/02/skos/core#"},
          {"spdx", "http://spdx.org/rdf/terms#"},
          {"xsd", "http://www.w3.org/2001/XMLSchema#"}};
}

Json iri(std::string_view text) {
  return {{"@id", std::string(text)}};
}

Json typed(std::string value, const char* type) {
  return {{"@value", std::move(value)}, {"@type", type}};
}

Json day(Date date) {
  return typed(format_date(date), "xsd:date");
}

Json labelled(const char* type, const std::string& label) {
  return {{"@type", type}, {"rdfs:label", label}};
}

Json dcat_licence(const contracts::Licence& licence) {
  return is_url(licence.name) ? iri(licence.name) : labelled("dcterms:LicenseDocument", licence.name);
}

// What the licence allows and forbids, as an ODRL policy. A policy needs an IRI: it hangs on the data set's page.
Json policy(const contracts::Licence& licence, const std::string& url) {
  Json policy = {{"@id", url.substr(0, url.find('#')) + "#licence"}, {"@type", "odrl:Set"}};
  for (const auto& [action, allowed] : {std::pair{"cc:CommercialUse", licence.commercial},
                                        {"odrl:derive", licence.derivatives},
                                        {"odrl:distribute", licence.redistribution}}) {
    Json rule = {{"odrl:action", iri(action)}};
    if (allowed && licence.until) {
      rule["odrl:constraint"] = {{"odrl:leftOperand", iri("odrl:dateTime")},
                                 {"odrl:operator", iri("odrl:lteq")},
                                 {"odrl:rightOperand", day(*licence.until)}};
    }
    policy[allowed ? "odrl:permission" : "odrl:prohibition"].push_back(std::move(rule));
  }
  return policy;
}

// Terms of the EU Publications Office's list of frequencies, which catalogues share.
Json frequency(UpdateFrequency frequency) {
  constexpr std::array kTerms = {
      std::pair{UpdateFrequency::never, "NEVER"},         std::pair{UpdateFrequency::yearly, "ANNUAL"},
      std::pair{UpdateFrequency::quarterly, "QUARTERLY"}, std::pair{UpdateFrequency::monthly, "MONTHLY"},
      std::pair{UpdateFrequency::weekly, "WEEKLY"},       std::pair{UpdateFrequency::daily, "DAILY"},
      std::pair{UpdateFrequency::hourly, "HOURLY"},       std::pair{UpdateFrequency::realtime, "UPDATE_CONT"}};
  for (const auto& [known, term] : kTerms) {
    if (known == frequency)
      return iri(std::string("http://publications.europa.eu/resource/authority/frequency/") + term);
  }
  return {};
}

Json dcat_distribution(const ManifestFile& file, const Json& licence, const std::string& base_url) {
  Json json = {{"@type", "dcat:Distribution"},
               {"dcterms:title", file.path},
               {"dcat:downloadURL", iri(file_url(base_url, file.path))},
               {"dcat:byteSize", typed(std::to_string(file.bytes), "xsd:nonNegativeInteger")},
               {"dcterms:license", licence},
               {"spdx:checksum",
                {{"@type", "spdx:Checksum"},
                 {"spdx:algorithm", iri("spdx:checksumAlgorithm_sha256")},
                 {"spdx:checksumValue", typed(to_hex(file.sha256), "xsd:hexBinary")}}}};
  const MediaType type = media_type(file.path);
  if (type.registered) {
    json["dcat:mediaType"] = iri("https://www.iana.org/assignments/media-types/" + std::string(type.name));
  } else if (!type.name.empty()) {
    json["dcterms:format"] = labelled("dcterms:MediaTypeOrExtent", std::string(type.name));
  }
  return json;
}

Json identifier(const std::string& scheme, const std::string& code) {
  return {{"@type", "adms:Identifier"}, {"skos:notation", code}, {"adms:schemaAgency", scheme}};
}

void add_coverage(const contracts::Coverage& coverage, Json& json) {
  Json period = {{"@type", "dcterms:PeriodOfTime"}};
  if (coverage.from) period["dcat:startDate"] = day(*coverage.from);
  if (coverage.to) period["dcat:endDate"] = day(*coverage.to);
  if (period.size() > 1) json["dcterms:temporal"] = std::move(period);
  if (coverage.area) json["dcterms:spatial"] = labelled("dcterms:Location", *coverage.area);
}

void add_optional_dcat(const DatasetApplication& form, Json& json) {
  if (form.keywords) json["dcat:keyword"] = *form.keywords;
  if (form.content_version) json["dcat:version"] = *form.content_version;
  if (form.update_frequency) json["dcterms:accrualPeriodicity"] = frequency(*form.update_frequency);
  if (form.coverage) add_coverage(*form.coverage, json);
  if (form.standards) {
    for (const std::string& standard : *form.standards)
      json["dcterms:conformsTo"].push_back(labelled("dcterms:Standard", standard));
  }
  if (form.parents) {
    for (const std::string& parent : *form.parents)
      json["dcterms:source"].push_back({{"@type", "dcat:Dataset"}, {"dcterms:identifier", parent}});
  }
}

void add_who_and_when(const ExportSource& source, Json& json) {
  if (!source.creator.empty()) {
    Json creator = {{"@type", "foaf:Organization"}, {"foaf:name", source.creator}};
    if (!source.holder.empty()) creator["dcterms:identifier"] = source.holder;
    json["dcterms:creator"] = std::move(creator);
  }
  if (!source.holder.empty()) {
    json["dcterms:rightsHolder"] = {{"@type", "foaf:Organization"}, {"dcterms:identifier", source.holder}};
  }
  if (!source.date.empty()) json["dcterms:issued"] = typed(source.date, "xsd:date");
  if (!source.url.empty()) {
    json["dcat:landingPage"] = iri(source.url);
    json["odrl:hasPolicy"] = policy(source.form.licence, source.url);
  }
}

}  // namespace

Result<Json> export_dcat(const Json& dataset, const ExportOptions& options) {
  const auto source = read_export_source(dataset, options);
  if (!source) return std::unexpected(source.error());
  const DatasetApplication& form = source->form;
  const Json licence = dcat_licence(form.licence);
  const std::string known_as = !source->no.empty() ? source->no : !source->id.empty() ? source->id : source->root();

  Json json = {{"@context", dcat_context()},
               {"@type", "dcat:Dataset"},
               {"dcterms:title", form.title},
               {"dcterms:description", form.description},
               {"dcterms:identifier", known_as},
               {"dcterms:license", licence},
               {"dcat:theme", {{"@type", "skos:Concept"}, {"skos:notation", form.industry}}}};
  for (const ExportIdentifier& one : identifiers_of(*source))
    json["adms:identifier"].push_back(identifier(one.scheme, one.code));
  if (form.external_codes) {
    for (const contracts::ExternalCode& one : *form.external_codes)
      json["adms:identifier"].push_back(identifier(one.scheme, one.code));
  }
  add_optional_dcat(form, json);
  add_who_and_when(*source, json);
  json["dcat:distribution"] = Json::array();
  for (const ManifestFile& file : source->list.files)
    json["dcat:distribution"].push_back(dcat_distribution(file, licence, options.base_url));
  return json;
}

}  // namespace dengji::node
