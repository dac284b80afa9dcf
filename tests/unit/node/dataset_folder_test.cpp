#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <utility>

#include "crypto/sha256.hpp"
#include "node/datasets/folder.hpp"
#include "tests/unit/node/dataset_place.hpp"

using namespace dengji;
using test::Place;
namespace fs = std::filesystem;

TEST_CASE("a folder's files come in the order of their paths' bytes, links and pipes left out and reported") {
  const Place place;
  place.put("a/b.txt", "1");
  place.put("a.txt", "22");
  place.put("数据/一.csv", "");
  fs::create_symlink("a.txt", place.path / "link");
  fs::create_directory_symlink("/etc", place.path / "etc");
  REQUIRE(::mkfifo((place.path / "pipe").c_str(), 0600) == 0);
  const auto scanned = node::scan(place.path);
  REQUIRE(scanned);
  REQUIRE(scanned->list.files.size() == 3);
  CHECK(scanned->list.files[0].path == "a.txt");
  CHECK(scanned->list.files[1].path == "a/b.txt");
  CHECK(scanned->list.files[2].path == "数据/一.csv");
  CHECK(scanned->list.files[0].sha256 == crypto::sha256("22"));
  CHECK(scanned->list.manifest.bytes == 3);
  CHECK(scanned->skipped.size() == 3);
}

TEST_CASE("the root depends on paths and bytes only, and one byte changes it") {
  const Place place;
  const Place twin;
  for (const Place* one : {&place, &twin}) {
    one->put("x/1.bin", std::string(700'000, 'x'));
    one->put("y", "same");
  }
  fs::last_write_time(twin.path / "y", fs::file_time_type{});
  const auto first = node::scan(place.path);
  REQUIRE(first);
  CHECK(first->list.manifest.root == node::scan(twin.path)->list.manifest.root);
  std::string bytes(700'000, 'x');
  bytes[650'000] = 'y';
  twin.put("x/1.bin", bytes);
  const auto changed = node::scan(twin.path);
  CHECK(changed->list.manifest.root != first->list.manifest.root);
  const auto differences = node::compare_lists(first->list, changed->list);
  REQUIRE(differences.size() == 1);
  CHECK(differences[0].path == "x/1.bin");
}

TEST_CASE("names that a manifest cannot hold are refused by name") {
  const Place place;
  place.put("good", "1");
  place.put("bad\nname", "1");
  place.put("bad\xff", "1");
  place.put("e\xcc\x81.csv", "1");  // e and a combining accent: not NFC
  const auto scanned = node::scan(place.path);
  REQUIRE_FALSE(scanned);
  CHECK(scanned.error().code == ErrorCode::value_format);
  for (const char* shown : {"3 names", "bad\\x0aname", "bad\\xff", "e\\xcc\\x81.csv"}) {
    CAPTURE(shown);
    CHECK(scanned.error().context.find(shown) != std::string::npos);
  }
}

TEST_CASE("a file that changes while it is read is an error that names it") {
  const Place place;
  place.put("steady", "1");
  place.put("busy", std::string(600'000, 'b'));
  bool written = false;
  const auto scanned = node::scan(place.path, [&](const node::HashProgress& now) {
    if (now.bytes_done > 0 && !std::exchange(written, true)) {
      std::ofstream(place.path / "busy", std::ios::app) << "more";
    }
  });
  REQUIRE_FALSE(scanned);
  CHECK(scanned.error().code == ErrorCode::io);
  CHECK(scanned.error().context.find("busy changed") != std::string::npos);
}

TEST_CASE("one file is a manifest under its own name; a folder without files is none") {
  const Place place;
  place.put("only.csv", "1,2\n");
  const auto scanned = node::scan(place.path / "only.csv");
  REQUIRE(scanned);
  REQUIRE(scanned->list.files.size() == 1);
  CHECK(scanned->list.files[0].path == "only.csv");
  CHECK(scanned->list.manifest.root == node::scan(place.path)->list.manifest.root);
  const Place empty;
  CHECK(node::scan(empty.path).error().code == ErrorCode::value_range);
  CHECK(node::scan(empty.path / "none").error().code == ErrorCode::not_found);
}

TEST_CASE("a path is opened within the folder or not at all") {
  const Place outside;
  outside.put("secret", "s");
  const Place place;
  place.put("in/file", "f");
  fs::create_directory_symlink(outside.path, place.path / "door");
  fs::create_symlink(outside.path / "secret", place.path / "window");
  const auto folder = node::Folder::open(place.path);
  REQUIRE(folder);
  CHECK(folder->hash("in/file")->sha256 == crypto::sha256("f"));
  for (const char* path : {"door/secret", "window", "in", "in/none", "in/file/x"}) {
    CAPTURE(path);
    CHECK(folder->hash(path).error().code == ErrorCode::not_found);
    CHECK_FALSE(folder->has_file(path));
  }
  for (const std::string& path :
       {"../" + outside.path.filename().string() + "/secret", (outside.path / "secret").string()}) {
    CHECK(folder->hash(path).error().code == ErrorCode::value_format);
  }
}

TEST_CASE("digests that others use come from the same read") {
  using crypto::ForeignAlgorithm;
  const Place place;
  place.put("hello", "hello\n");
  const auto folder = node::Folder::open(place.path);
  const auto hashed = folder->hash(
      "hello", {ForeignAlgorithm::md5, ForeignAlgorithm::sha1, ForeignAlgorithm::sha512, ForeignAlgorithm::git_blob});
  REQUIRE(hashed);
  CHECK(hashed->foreign.at(ForeignAlgorithm::md5) == "b1946ac92492d2347c6235b4d2611184");
  CHECK(hashed->foreign.at(ForeignAlgorithm::sha1) == "f572d396fae9206628714fb2ce00f72e94f2258f");
  CHECK(hashed->foreign.at(ForeignAlgorithm::git_blob) == "ce013625030ba8dba906f756967f9e9ca394464a");
  CHECK(hashed->foreign.at(ForeignAlgorithm::sha512).substr(0, 16) == "e7c22b994c59d9cf");
}
