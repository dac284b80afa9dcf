// A data set as DCAT 3: what is known stands in the W3C's terms, what is not stands nowhere.
#include <doctest/doctest.h>

#include <set>

#include "crypto/base64.hpp"
#include "crypto/sha256.hpp"
#include "node/datasets/croissant_export.hpp"
#include "node/datasets/dcat_export.hpp"
#include "tests/support/contract_fixture.hpp"

using namespace dengji;
using json::Json;
using test::Cast;

namespace {

const node::FileList& files() {
  static const node::FileList list = [] {
    auto made = node::make_list({{"a b.csv", 4, crypto::sha256("1,2\n")},
                                 {"d/数据.jsonl", 2, crypto::sha256("{}")},
                                 {"raw.bin", 1, crypto::sha256("x")}});
    REQUIRE(made);
    return *made;
  }();
  return list;
}

// A body of dataset.apply that says no more than it must.
Json bare_body() {
  Json body = test::application("A");
  body["manifest"] = {{"root", crypto::to_b64(files().manifest.root)},
                      {"content_root", crypto::to_b64(files().manifest.content_root)},
                      {"files", files().manifest.files},
                      {"bytes", files().manifest.bytes}};
  return body;
}

Json full_body() {
  Json body = bare_body();
  body["keywords"] = {"traffic", "hourly"};
  body["content_version"] = "2.1";
  body["update_frequency"] = "monthly";
  body["coverage"] = {{"from", "2025-01-01"}, {"to", "2025-12-31"}, {"area", "苏州"}};
  body["standards"] = {"GB/T 36073"};
  body["parents"] = {"DJ32050020260000001B"};
  body["external_codes"] = {{{"scheme", "doi"}, {"code", "10.1000/182"}}};
  body["homepage"] = "https://example.org/traffic#top";
  body["licence"] = {{"name", "CC-BY-NC-4.0"},
                     {"commercial", false},
                     {"derivatives", true},
                     {"redistribution", true},
                     {"until", "2028-12-31"}};
  return body;
}

Json registered(const Json& body) {
  return {{"application", body},    {"id", "entry-id"},           {"no", "DJ32050020260000002F"},
          {"holder", Cast::seller}, {"applied_on", "2026-03-02"}, {"valid_from", "2026-03-17"}};
}

Json exported(const Json& dataset, node::ExportOptions options = {}) {
  options.list = files();
  const auto document = node::export_dcat(dataset, options);
  REQUIRE(document);
  return *document;
}

// Every name with a prefix that stands in the document, as a member, a type or an IRI.
void collect_prefixes(const Json& value, std::set<std::string>& prefixes) {
  const auto note = [&](const std::string& text) {
    const auto colon = text.find(':');
    if (colon != std::string::npos && text.substr(colon, 3) != "://") prefixes.insert(text.substr(0, colon));
  };
  if (value.is_array()) {
    for (const Json& item : value) collect_prefixes(item, prefixes);
  }
  if (!value.is_object()) return;
  for (const auto& [name, member] : value.items()) {
    if (name == "@context") continue;
    note(name);
    if (name == "@type" || name == "@id") note(member.get<std::string>());
    collect_prefixes(member, prefixes);
  }
}

}  // namespace

TEST_CASE("a registered data set with all its members is a dcat:Dataset with one distribution per file") {
  const Json json =
      exported(registered(full_body()), {.creator = "苏州数据公司", .base_url = "https://data.example/t"});
  CHECK(json["@type"] == "dcat:Dataset");
  CHECK(json["dcterms:title"] == "数据集 A");
  CHECK(json["dcterms:identifier"] == "DJ32050020260000002F");
  CHECK(json["dcterms:license"] == Json{{"@type", "dcterms:LicenseDocument"}, {"rdfs:label", "CC-BY-NC-4.0"}});
  CHECK(json["dcat:theme"]["skos:notation"] == "transport");
  CHECK(json["dcat:keyword"] == Json::array({"traffic", "hourly"}));
  CHECK(json["dcat:version"] == "2.1");
  CHECK(json["dcterms:accrualPeriodicity"]["@id"] ==
        "http://publications.europa.eu/resource/authority/frequency/MONTHLY");
  CHECK(json["dcterms:temporal"]["dcat:startDate"] == Json{{"@value", "2025-01-01"}, {"@type", "xsd:date"}});
  CHECK(json["dcterms:temporal"]["dcat:endDate"]["@value"] == "2025-12-31");
  CHECK(json["dcterms:spatial"]["rdfs:label"] == "苏州");
  CHECK(json["dcterms:conformsTo"][0]["rdfs:label"] == "GB/T 36073");
  CHECK(json["dcterms:source"][0]["dcterms:identifier"] == "DJ32050020260000001B");
  CHECK(json["dcterms:creator"]["foaf:name"] == "苏州数据公司");
  CHECK(json["dcterms:rightsHolder"]["dcterms:identifier"] == Cast::seller);
  CHECK(json["dcterms:issued"]["@value"] == "2026-03-17");
  CHECK(json["dcat:landingPage"]["@id"] == "https://example.org/traffic#top");

  Json identifiers = Json::object();
  for (const Json& one : json["adms:identifier"])
    identifiers[one["adms:schemaAgency"].get<std::string>()] = one["skos:notation"];
  CHECK(identifiers == Json{{"dengji:manifest_root", crypto::to_b64(files().manifest.root)},
                            {"dengji:registration_no", "DJ32050020260000002F"},
                            {"dengji:dataset", "entry-id"},
                            {"doi", "10.1000/182"}});

  const Json& distributions = json["dcat:distribution"];
  REQUIRE(distributions.size() == 3);
  const Json& first = distributions[0];
  CHECK(first["@type"] == "dcat:Distribution");
  CHECK(first["dcterms:title"] == "a b.csv");
  CHECK(first["dcat:downloadURL"]["@id"] == "https://data.example/t/a%20b.csv");
  CHECK(first["dcat:byteSize"] == Json{{"@value", "4"}, {"@type", "xsd:nonNegativeInteger"}});
  CHECK(first["dcat:mediaType"]["@id"] == "https://www.iana.org/assignments/media-types/text/csv");
  CHECK(first["dcterms:license"] == json["dcterms:license"]);
  CHECK(first["spdx:checksum"] ==
        Json{{"@type", "spdx:Checksum"},
             {"spdx:algorithm", {{"@id", "spdx:checksumAlgorithm_sha256"}}},
             {"spdx:checksumValue", {{"@value", to_hex(crypto::sha256("1,2\n"))}, {"@type", "xsd:hexBinary"}}}});
}

TEST_CASE("what the licence allows and forbids is an ODRL policy of the data set's page") {
  const Json policy = exported(registered(full_body()))["odrl:hasPolicy"];
  CHECK(policy["@id"] == "https://example.org/traffic#licence");
  CHECK(policy["@type"] == "odrl:Set");
  REQUIRE(policy["odrl:permission"].size() == 2);
  CHECK(policy["odrl:permission"][0]["odrl:action"]["@id"] == "odrl:derive");
  CHECK(policy["odrl:permission"][1]["odrl:action"]["@id"] == "odrl:distribute");
  const Json& constraint = policy["odrl:permission"][0]["odrl:constraint"];
  CHECK(constraint["odrl:operator"]["@id"] == "odrl:lteq");
  CHECK(constraint["odrl:rightOperand"]["@value"] == "2028-12-31");
  // What is forbidden stays so after the last day.
  CHECK(policy["odrl:prohibition"] == Json::array({Json{{"odrl:action", {{"@id", "cc:CommercialUse"}}}}}));
}

TEST_CASE("what nothing says stays out of a DCAT document") {
  const Json json = exported(bare_body());
  std::set<std::string> members;
  for (const auto& [name, value] : json.items()) members.insert(name);
  CHECK(members == std::set<std::string>{"@context", "@type", "adms:identifier", "dcat:distribution", "dcat:theme",
                                         "dcterms:description", "dcterms:identifier", "dcterms:license",
                                         "dcterms:title"});
  CHECK(json["dcterms:identifier"] == crypto::to_b64(files().manifest.root));
  CHECK(json["dcat:distribution"][0]["dcat:downloadURL"]["@id"] == "a%20b.csv");
  // A type that IANA does not know is a format, an extension that says nothing is neither.
  const Json& lines = json["dcat:distribution"][1];
  CHECK_FALSE(lines.contains("dcat:mediaType"));
  CHECK(lines["dcterms:format"]["rdfs:label"] == "application/jsonl");
  const Json& bytes = json["dcat:distribution"][2];
  CHECK_FALSE(bytes.contains("dcat:mediaType"));
  CHECK_FALSE(bytes.contains("dcterms:format"));
  Json half = bare_body();
  half["coverage"] = {{"area", "苏州"}};
  CHECK_FALSE(exported(half).contains("dcterms:temporal"));
  CHECK(exported(half).contains("dcterms:spatial"));
}

TEST_CASE("a licence that is a URL is linked, another one named") {
  Json body = bare_body();
  body["licence"]["name"] = "https://creativecommons.org/licenses/by/4.0/";
  CHECK(exported(body)["dcterms:license"] == Json{{"@id", "https://creativecommons.org/licenses/by/4.0/"}});
}

TEST_CASE("every prefix that a DCAT document uses stands in its context") {
  const Json json = exported(registered(full_body()));
  std::set<std::string> used;
  collect_prefixes(json, used);
  std::set<std::string> declared;
  for (const auto& [prefix, name] : json["@context"].items()) declared.insert(prefix);
  CHECK(used == declared);
}

TEST_CASE("DCAT and Croissant refuse alike: no list, another manifest's list, no object") {
  const Json body = bare_body();
  CHECK(node::export_dcat(body, {}).error().code == ErrorCode::usage);
  auto fewer = files().files;
  fewer.pop_back();
  CHECK(node::export_dcat(body, {.list = *node::make_list(fewer)}).error().code == ErrorCode::manifest_differs);
  CHECK(node::export_dcat(Json::array(), {}).error().code == ErrorCode::value_type);
  Json wrong = body;
  wrong["grade"] = "secret";
  CHECK(node::export_dcat(wrong, {.list = files()}).error().pointer == "/grade");
  const auto croissant = node::export_croissant(body, {.list = files()});
  REQUIRE(croissant);
  CHECK(croissant->json["distribution"][2]["encodingFormat"] == "application/octet-stream");
}
