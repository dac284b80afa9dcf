#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <set>
#include <sstream>

#include "contracts/areas.hpp"
#include "crypto/base64.hpp"
#include "crypto/sha256.hpp"
#include "ledger/json/text.hpp"
#include "node/datasets/croissant_export.hpp"
#include "node/datasets/description_form.hpp"
#include "node/datasets/import.hpp"
#include "tests/unit/node/dataset_place.hpp"

using namespace dengji;
using json::Json;
using node::ImportOptions;
using node::ImportResult;
using node::Severity;
using test::Place;

namespace {

Json defaults() {
  return Json{{"defaults",
               {{"category", "general"},
                {"industry", "other"},
                {"right", "hold"},
                {"grade", "general"},
                {"personal_data", false},
                {"cross_border", false},
                {"supply_modes", {"catalogue"}},
                {"commitment", crypto::to_b64(crypto::sha256("letter"))},
                {"source", {{"kind", "licensed"}}},
                {"licence",
                 {{"name", "as agreed"}, {"commercial", false}, {"derivatives", false}, {"redistribution", false}}}}}};
}

Json resource(const std::string& name, const std::string& path) {
  return Json{{"name", name},
              {"path", path},
              {"description", "what it is"},
              {"licenses", {{{"name", "CC-BY-4.0"}}}},
              {"sources", {{{"title", "a source"}}}}};
}

Result<ImportResult> import_text(const Place& place, std::string_view text, const Json& with = defaults()) {
  return node::import_datasets(
      {.description = place.put("datapackage.json", text), .files = std::nullopt, .defaults = with});
}

// Each code that a test meets stands in docs/formats.md.
void check_documented(const ImportResult& result) {
  static const std::string page = [] {
    std::stringstream text;
    text << std::ifstream(DENGJI_SOURCE_DIR "/docs/formats.md").rdbuf();
    return text.str();
  }();
  for (const node::Finding& finding : result.findings.all()) {
    CAPTURE(finding.code);
    CHECK(page.find("`" + std::string(finding.code) + "`") != std::string::npos);
  }
}

ImportResult import(const Place& place, const Json& document, const Json& with = defaults()) {
  auto result = import_text(place, document.dump(), with);
  REQUIRE(result);
  check_documented(*result);
  return std::move(*result);
}

bool found(const ImportResult& result, std::string_view code, std::string_view of = {}) {
  return std::any_of(result.findings.all().begin(), result.findings.all().end(), [&](const node::Finding& finding) {
    return finding.code == code && (of.empty() || finding.resource == of);
  });
}

Json package(const std::vector<Json>& resources) {
  return Json{{"name", "p"}, {"resources", resources}};
}

}  // namespace

TEST_CASE("a resource becomes a body that the registry's reader takes, its file hashed by us") {
  const Place place;
  place.put("a.csv", "x,y\n1,2\n");
  Json one = resource("a", "a.csv");
  one["title"] = "Line one\nline\ttwo  e\xcc\x81";
  one["description"] = std::string(5'000, 'd');
  one["schema"] = {{"fields", {{{"name", "x"}, {"type", "integer"}}, {{"name", "y"}}}}};
  one["keywords"] = {"one", "two", "one"};
  one["bytes"] = 8;
  one["hash"] = "sha256:" + to_hex(crypto::sha256("x,y\n1,2\n"));
  const ImportResult result = import(place, package({one}));
  REQUIRE(result.accepted() == 1);
  const Json& body = result.datasets[0].body;
  CHECK(contracts::registry().type("dataset.apply")->read(body));
  CHECK(body["title"] == "Line one line two \xc3\xa9");
  CHECK(body["description"].get<std::string>().size() == 4'000);
  CHECK(found(result, "text_cut", "a"));
  CHECK(body["schema_summary"] == "x: integer; y");
  CHECK(body["keywords"] == Json{"one", "two"});
  CHECK(body["modalities"] == Json{"tabular"});
  CHECK(body["source"] == Json{{"kind", "licensed"}, {"note", "a source"}});
  CHECK(body["licence"] ==
        Json{{"name", "CC-BY-4.0"}, {"commercial", true}, {"derivatives", true}, {"redistribution", true}});
  CHECK(body["manifest"]["list"][0] ==
        Json{{"path", "a.csv"}, {"bytes", 8}, {"sha256", crypto::to_b64(crypto::sha256("x,y\n1,2\n"))}});
}

TEST_CASE("what is stated about a file is compared with the file") {
  const Place place;
  place.put("hello", "hello\n");
  const auto with = [&](const char* member, const Json& value, bool accept = false) {
    Json one = resource("hello", "hello");
    one[member] = value;
    auto result = node::import_datasets({.description = place.put("d.json", package({one}).dump()),
                                         .files = std::nullopt,
                                         .defaults = defaults(),
                                         .accept_differences = accept});
    REQUIRE(result);
    check_documented(*result);
    return std::move(*result);
  };
  struct Case {
    const char* member;
    Json value;
    std::string_view code;
    bool accepted;
  };
  const Case cases[] = {
      {"hash", "sha1:f572d396fae9206628714fb2ce00f72e94f2258f", "hash_weak", true},
      {"hash", "sha1:ce013625030ba8dba906f756967f9e9ca394464a", "hash_is_git_blob", true},
      {"hash", "sha1:0000000000000000000000000000000000000000", "hash_differs", false},
      {"hash", "b1946ac92492d2347c6235b4d2611184", "hash_weak", true},  // MD5 has no prefix
      {"hash", "sha256:5891B5B522D5DF086D0FF0B110FBD9D21BB4FC7163AF34D08286A2E846F6BE03", "", true},
      {"hash", "sha512:" + std::string(128, '0'), "hash_differs", false},
      {"hash", "sha1:12", "hash_malformed", true},
      {"hash", "crc32:12", "hash_unknown", true},
      {"hash", 5, "wrong_type", true},
      {"bytes", 7, "bytes_differ", false},
      {"bytes", 6, "", true},
      {"bytes", -6, "wrong_type", true},
      {"bytes", "6", "wrong_type", true},
      {"bytes", 6.5, "wrong_type", true},
      {"bytes", 1e300, "wrong_type", true},
      {"path", "none", "file_absent", false},
      {"path", "", "path_unfit", false},
      {"path", "../hello", "path_escapes", false},
      {"path", "/etc/passwd", "path_escapes", false},
      {"path", "a/../../etc/passwd", "path_escapes", false},
      {"path", "https://example.org/hello", "path_remote", false},
      {"path", Json::array(), "path_missing", false},
      {"path", Json{1}, "path_missing", false},
      {"path", {{"a", 1}}, "path_missing", false},
      {"licenses", nullptr, "licence_missing", true},
      {"licenses", "MIT", "wrong_type", true},
      {"licenses", Json{"MIT"}, "wrong_type", true},
      {"licenses", {{{"title", "Mine"}}}, "licence_terms_unknown", true},
      {"sources", nullptr, "source_missing", true},
      {"description", nullptr, "description_missing", true},
      {"name", nullptr, "name_missing", true},
      {"name", "\n", "name_missing", true},
      {"title", Json::array({1}), "wrong_type", true},
      {"schema", {{"fields", 5}}, "wrong_type", true},
      {"schema", {{"fields", {5, {{"name", 6}}}}}, "wrong_type", true},
      {"keywords", {1, "good"}, "wrong_type", true},
  };
  for (const Case& one : cases) {
    CAPTURE(one.member);
    CAPTURE(one.value.dump());
    const ImportResult result = with(one.member, one.value);
    CHECK((result.accepted() == 1) == one.accepted);
    if (!one.code.empty()) CHECK(found(result, one.code));
  }
  CHECK(with("hash", "sha1:" + std::string(40, '0'), true).accepted() == 1);
  CHECK(with("bytes", 7, true).accepted() == 1);
}

TEST_CASE("data within the description, twice-named resources and equal contents are reported") {
  const Place place;
  place.put("a", "same");
  place.put("b", "same");
  Json inline_data = resource("inline", "x");
  inline_data.erase("path");
  inline_data["data"] = {1, 2};
  const ImportResult result =
      import(place, package({resource("x", "a"), resource("x", "b"), resource("X", "a"), inline_data, 5}));
  CHECK(result.accepted() == 3);
  CHECK(found(result, "name_twice", "x-2"));
  CHECK(found(result, "content_twice", "x-2"));
  CHECK(found(result, "data_inline", "inline"));
  CHECK(found(result, "wrong_type", "resource-5"));
  // Files of the three go to names that differ on any file system.
  CHECK(result.datasets[0].stem == "x");
  CHECK(result.datasets[1].stem == "x-2");
  CHECK(result.datasets[2].stem == "X-3");
}

TEST_CASE("several files of one resource are one manifest, more than 64 keep their list outside") {
  const Place place;
  Json one = resource("many", "");
  one["path"] = Json::array();
  for (int i = 0; i < 65; ++i) {
    place.put("d/" + std::to_string(i), std::to_string(i));
    one["path"].push_back("d/" + std::to_string(i));
  }
  one["bytes"] = 120;
  const ImportResult result = import(place, package({one}));
  REQUIRE(result.accepted() == 1);
  CHECK(found(result, "list_kept"));
  CHECK_FALSE(result.datasets[0].body["manifest"].contains("list"));
  CHECK(result.datasets[0].body["manifest"]["files"] == 65);
  one["path"].push_back("d/1");
  CHECK(found(import(place, package({one})), "path_twice"));
}

TEST_CASE("ten thousand resources of one name are told apart, more are refused") {
  const Place place;
  std::vector<Json> many(node::kMaxDescribedDatasets, resource("Same", "none"));
  const ImportResult result = import(place, package(many));
  CHECK(result.accepted() == 0);
  std::set<std::string> stems;
  for (const auto& one : result.datasets) stems.insert(one.stem);
  CHECK(stems.size() == many.size());
  CHECK(result.datasets[1].stem == "Same-2");
  many.push_back(many.front());
  CHECK(import_text(place, package(many).dump()).error().code == ErrorCode::value_range);
}

TEST_CASE("defaults fill what the source leaves open, overrides stand above it") {
  const Place place;
  place.put("a", "1");
  Json with = defaults();
  with["defaults"]["title"] = "not this";
  with["resources"] = {{{"resource", "a"},
                        {"set", {{"industry", "transport"}, {"source", {{"kind", "purchased"}}}, {"title", "This"}}}}};
  const ImportResult result = import(place, package({resource("a", "a")}), with);
  REQUIRE(result.accepted() == 1);
  const Json& body = result.datasets[0].body;
  CHECK(body["title"] == "This");
  CHECK(body["industry"] == "transport");
  CHECK(body["source"] == Json{{"kind", "purchased"}, {"note", "a source"}});
  CHECK(import(place, package({resource("a", "a")}), Json::object()).accepted() == 0);
  CHECK(found(import(place, package({resource("a", "a")}), Json::object()), "member_missing"));
  with["defaults"]["industry"] = "mining";
  with["resources"][0]["set"].erase("industry");
  CHECK(found(import(place, package({resource("a", "a")}), with), "body_refused"));
  with["resources"][0]["resource"] = "b";
  CHECK(import_text(place, package({resource("a", "a")}).dump(), with).error().code == ErrorCode::usage);
  for (const Json& bad : {Json(5), Json{{"default", 1}}, Json{{"defaults", 1}}, Json{{"resources", {1}}}}) {
    CHECK(import_text(place, package({resource("a", "a")}).dump(), bad).error().code == ErrorCode::usage);
  }
}

TEST_CASE("a symbolic link out of the folder is not followed") {
  const Place outside;
  outside.put("secret", "s");
  const Place place;
  std::filesystem::create_symlink(outside.path / "secret", place.path / "link");
  std::filesystem::create_directory_symlink(outside.path, place.path / "dir");
  const ImportResult result = import(place, package({resource("a", "link"), resource("b", "dir/secret")}));
  CHECK(result.accepted() == 0);
  CHECK(found(result, "file_absent", "a"));
  CHECK(found(result, "file_absent", "b"));
}

TEST_CASE("files that lie in data/ are found there, and it is said") {
  const Place place;
  place.put("data/a", "1");
  const ImportResult result = import(place, package({resource("a", "a"), resource("b", "b")}));
  CHECK(result.accepted() == 1);
  CHECK(found(result, "files_in_data"));
  CHECK(result.datasets[0].list.files[0].path == "a");
}

TEST_CASE("documents that are none are refused, whatever they hold") {
  const Place place;
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "{\"resources\":[";
  const std::string texts[] = {
      "",
      "[]",
      "5",
      "null",
      "{}",
      "\"resources\"",
      "{\"resources\":5}",
      "{\"resources\":[]}",
      "{\"resources\":{}}",
      "{\"resources\":[{}],\"resources\":[{}]}",
      "{\"resources\":[{\"name\":\"a\",\"name\":\"b\"}]}",
      "{\"resources\":[1e999]}",
      "{\"resources\":[\"\xff\"]}",
      "{\"resources\":[{}]",
      deep,
      std::string(200'000, '['),
      "{\"@context\":5}",
      "{\"@graph\":5}",
      "{\"@graph\":[5,[],{\"@type\":5},{\"@type\":[[]]}]}",
      "{\"@context\":{},\"@type\":\"Person\"}",
  };
  for (const std::string& text : texts) {
    CAPTURE(text.substr(0, 60));
    CHECK_FALSE(import_text(place, text));
  }
  CHECK_FALSE(node::read_foreign(std::string(100, ' '), {.max_bytes = 10}));
  CHECK_FALSE(node::read_foreign("[1,2,3]", {.max_values = 3}));
  CHECK(node::read_foreign("{\"a b\":\"x\\ny\",\"f\":1.5e3}"));
}

TEST_CASE("every member with a value of every other type gives findings or an error, never a crash") {
  const Place place;
  place.put("a.csv", "1");
  Json whole = package({resource("a", "a.csv")});
  whole["licenses"] = {{{"name", "MIT"}, {"path", "p"}, {"title", "t"}}};
  whole["keywords"] = {"k"};
  whole["homepage"] = "https://example.org";
  whole["resources"][0]["schema"] = {{"fields", {{{"name", "n"}, {"type", "t"}}}}};
  whole["resources"][0]["hash"] = "sha1:00";
  whole["resources"][0]["bytes"] = 1;
  Json croissant = {
      {"@context", {{"sc", "x"}}},
      {"@type", "sc:Dataset"},
      {"name", "n"},
      {"description", "d"},
      {"license", {{{"@id", "l"}, {"name", "m"}}}},
      {"keywords", {{{"name", "k"}}}},
      {"creator", {{{"@type", "Organization"}, {"name", "o"}}}},
      {"identifier", {{{"propertyID", "dengji:manifest_root"}, {"value", "v"}}}},
      {"temporalCoverage", "2020-01-01/2020-02-01"},
      {"recordSet", {{{"field", {{{"name", "f"}, {"dataType", "sc:Text"}}}}}}},
      {"distribution",
       {{{"@type", "cr:FileObject"}, {"@id", "a"}, {"contentUrl", "a.csv"}, {"contentSize", "1 B"}, {"sha256", "00"}},
        {{"@type", "cr:FileSet"}, {"@id", "b"}, {"includes", "*.csv"}, {"containedIn", {{"@id", "c"}}}}}}};
  const Json values[] = {nullptr,
                         true,
                         -1,
                         1.5,
                         1e300,
                         "",
                         "\x01\n",
                         "../../etc/passwd",
                         std::string(2'000, 'x'),
                         Json::array(),
                         Json::array({nullptr}),
                         Json::array({Json::array()}),
                         Json::object(),
                         Json{{"@id", 5}},
                         Json{{"@value", {}}}};
  std::size_t tried = 0;
  for (const Json& document : {whole, croissant}) {
    const Json flat = document.flatten();
    for (const auto& [place_of, was] : flat.items()) {
      // The leaf, and every container above it.
      for (std::string pointer = place_of; !pointer.empty(); pointer.resize(pointer.rfind('/'))) {
        for (const Json& value : values) {
          Json changed = document;
          changed[Json::json_pointer(pointer)] = value;
          const auto result = import_text(place, changed.dump());
          ++tried;
          if (!result) continue;
          for (const node::Finding& finding : result->findings.all()) CHECK_FALSE(json::check_text(finding.detail));
          for (const auto& one : result->datasets) {
            if (one.accepted) CHECK(json::read_strict(json::write_canonical(one.body)));
          }
        }
      }
    }
  }
  CHECK(tried > 1'000);
}

TEST_CASE("texts of any bytes become fit for the ledger") {
  std::mt19937 random(62'2025);
  for (int round = 0; round < 2'000; ++round) {
    std::string text;
    for (std::size_t length = random() % 40; length > 0; --length) {
      const char* const pieces[] = {"a",
                                    " ",
                                    "\n",
                                    "\xcc\x81",
                                    "e",
                                    "\xff",
                                    "\xe2\x80\xae",
                                    "\xea\xb0\x80",
                                    "\xe1\x84\x80",
                                    "\xef\xbf\xbf",
                                    "\xf0\x9f\x98\x80",
                                    "数"};
      text += pieces[random() % std::size(pieces)];
    }
    const std::string fit = json::to_fit_text(text);
    CAPTURE(round);
    CHECK_FALSE(json::check_text(fit));
    CHECK(json::to_fit_text(fit) == fit);
    const auto cut = json::first_characters(fit, 5);
    CHECK(json::count_characters(cut) == std::min<std::size_t>(5, json::count_characters(fit)));
    CHECK_FALSE(json::check_text(cut));
  }
}

TEST_CASE("file names of ours never leave their folder or hide") {
  CHECK(node::file_stem("icon_7zip") == "icon_7zip");
  CHECK(node::file_stem("../../etc/passwd") == "etc_passwd");
  CHECK(node::file_stem("...") == "dataset");
  CHECK(node::file_stem("数据 一") == "数据_一");
  CHECK(node::file_stem("/") == "dataset");
  CHECK(node::file_stem(std::string(500, 'a')).size() == 50);
  CHECK(node::file_stem("a b.c") == "a_b.c");
}

TEST_CASE("patterns find what shells find") {
  using node::glob_matches;
  CHECK(glob_matches("*.csv", "a.csv"));
  CHECK(glob_matches("*.csv", "d/e/a.csv"));
  CHECK_FALSE(glob_matches("*.csv", "a.csv.gz"));
  CHECK(glob_matches("d/*.csv", "d/a.csv"));
  CHECK_FALSE(glob_matches("d/*.csv", "d/e/a.csv"));
  CHECK(glob_matches("d/**/*.csv", "d/a.csv"));
  CHECK(glob_matches("d/**/*.csv", "d/e/f/a.csv"));
  CHECK(glob_matches("**", "d/e"));
  CHECK(glob_matches("part-[0-9]?.x", "part-10.x"));
  CHECK_FALSE(glob_matches("part-[!0-9].x", "part-1.x"));
  CHECK(glob_matches("a[b", "a[b"));
  CHECK_FALSE(glob_matches("", "a"));
  // Neither of these may take long.
  CHECK_FALSE(glob_matches("*a*a*a*a*a*a*a*a*a*a*a*b", std::string(500, 'a')));
  CHECK_FALSE(glob_matches(std::string(100'000, '*'), std::string(500, 'a')));
}

TEST_CASE("export to Croissant and import again give the same manifest and the same words") {
  const Place place;
  place.put("a b.csv", "1,2\n");
  place.put("d/数据.json", "{}");
  place.put("100%.txt", "%");
  Json one = resource("many", "");
  one["path"] = {"a b.csv", "d/数据.json", "100%.txt"};
  one["title"] = "Three files";
  one["keywords"] = {"x, with a comma", "y"};
  one["homepage"] = "https://example.org/three";
  const ImportResult first = import(place, package({one}));
  REQUIRE(first.accepted() == 1);
  const auto document =
      node::export_croissant(first.datasets[0].body, {.creator = "Somebody Ltd", .date_published = "2026-03-02"});
  REQUIRE(document);
  CHECK(document->missing.empty());
  const Json& json = document->json;
  CHECK(json["conformsTo"] == "http://mlcommons.org/croissant/1.1");
  CHECK(json["@type"] == "sc:Dataset");
  CHECK(json["distribution"].size() == 3);
  CHECK(json["distribution"][1]["sha256"] == to_hex(crypto::sha256("1,2\n")));
  CHECK(json["distribution"][1]["contentSize"] == "4 B");
  CHECK(json["distribution"][1]["contentUrl"] == "a%20b.csv");

  const ImportResult second = import(place, json);
  REQUIRE(second.accepted() == 1);
  CHECK(second.format == "croissant");
  CHECK(second.datasets[0].body["manifest"] == first.datasets[0].body["manifest"]);
  for (const char* member : {"title", "description", "keywords", "homepage", "licence"}) {
    CAPTURE(member);
    CHECK(second.datasets[0].body[member] == first.datasets[0].body[member]);
  }
  CHECK_FALSE(found(second, "conforms_to_missing"));

  place.put("a b.csv", "1,3\n");
  const ImportResult changed = import(place, json);
  CHECK(changed.accepted() == 0);
  CHECK(found(changed, "hash_differs"));

  Json without = first.datasets[0].body;
  without["manifest"].erase("list");
  CHECK(node::export_croissant(without, {}).error().code == ErrorCode::usage);
  auto files = first.datasets[0].list.files;
  files.pop_back();
  CHECK(node::export_croissant(without, {.list = *node::make_list(files)}).error().code == ErrorCode::manifest_differs);
  const auto bare = node::export_croissant(without, {.list = first.datasets[0].list});
  REQUIRE(bare);
  CHECK(bare->missing == std::vector<std::string>{"creator", "datePublished"});
  const auto object = node::export_croissant(Json{{"application", without},
                                                  {"id", "i"},
                                                  {"holder", "91320500MA1EAMPA7Y"},
                                                  {"applied_on", "2026-03-02"},
                                                  {"no", "DJ"}},
                                             {.list = first.datasets[0].list});
  REQUIRE(object);
  CHECK(object->missing.empty());
  CHECK(object->json["identifier"].size() == 3);
}

TEST_CASE("file sets, archives, repositories and remote files of Croissant") {
  const Place place;
  place.put("train/1.csv", "1");
  place.put("train/2.csv", "2");
  place.put("skip/3.csv", "3");
  place.put("all.zip", "zip");
  place.put("data.bin", "bin");
  const auto import_with = [&](const Json& distribution) {
    return import(place, Json{{"@context", "x"},
                              {"@type", "Dataset"},
                              {"name", "n"},
                              {"description", "d"},
                              {"license", "https://creativecommons.org/licenses/by-nc/4.0/"},
                              {"creator", {{"@type", "Person"}, {"name", "a person"}}},
                              {"distribution", distribution}});
  };
  const Json repository = {{"@type", "cr:FileObject"},
                           {"@id", "repo"},
                           {"contentUrl", "https://example.org/r"},
                           {"encodingFormat", "git+https"},
                           {"sha256", "https://example.org"}};
  const Json set = {{"@type", "cr:FileSet"},
                    {"@id", "s"},
                    {"includes", "*.csv"},
                    {"excludes", {"skip/*"}},
                    {"containedIn", {{"@id", "repo"}}}};
  const ImportResult from_set = import_with({repository, set});
  REQUIRE(from_set.accepted() == 1);
  CHECK(from_set.datasets[0].list.files.size() == 2);
  CHECK(found(from_set, "person_left_out"));
  CHECK(from_set.datasets[0].body.dump().find("a person") == std::string::npos);
  CHECK(from_set.datasets[0].body["licence"]["commercial"] == false);
  CHECK(from_set.datasets[0].body["licence"]["derivatives"] == true);

  const Json archive = {
      {"@type", "cr:FileObject"}, {"@id", "z"}, {"contentUrl", "all.zip"}, {"encodingFormat", "application/zip"}};
  const Json inside = {
      {"@type", "cr:FileObject"}, {"@id", "i"}, {"contentUrl", "x.csv"}, {"containedIn", {{"@id", "z"}}}};
  const ImportResult from_archive = import_with({archive, inside});
  REQUIRE(from_archive.accepted() == 1);
  CHECK(from_archive.datasets[0].list.files.size() == 1);
  CHECK(found(from_archive, "inside_container"));

  const ImportResult remote = import_with({{{"@type", "cr:FileObject"},
                                            {"@id", "x"},
                                            {"contentUrl", "https://example.org/d/data.bin?v=1"},
                                            {"contentSize", "3 kB"}}});
  REQUIRE(remote.accepted() == 1);
  CHECK(remote.datasets[0].list.files[0].path == "data.bin");
  CHECK(found(remote, "path_remote"));
  CHECK(found(remote, "bytes_inexact"));

  CHECK(found(import_with({{{"@type", "cr:FileObject"}, {"@id", "x"}, {"contentUrl", "%2e%2e/secret"}}}),
              "path_escapes"));
  CHECK(found(import_with({{{"@type", "cr:FileSet"}, {"@id", "x"}, {"includes", "*.none"}}}), "files_missing"));
  CHECK(found(import_with(Json::array()), "files_missing"));
}
