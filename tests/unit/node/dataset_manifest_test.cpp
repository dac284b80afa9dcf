#include <doctest/doctest.h>

#include <fstream>
#include <random>
#include <sstream>

#include "crypto/base64.hpp"
#include "crypto/sha256.hpp"
#include "ledger/merkle/frontier.hpp"
#include "ledger/merkle/proof.hpp"
#include "node/datasets/manifest.hpp"

using namespace dengji;
using node::FileList;
using node::ListDifference;
using node::ManifestFile;

namespace {

ManifestFile file(std::string path, std::string_view bytes) {
  return {std::move(path), static_cast<std::int64_t>(bytes.size()), crypto::sha256(bytes)};
}

FileList example() {
  auto list = node::make_list({file("数据/copy.csv", "pm25\n35\n"), file("stations/1.csv", "pm25\n35\n"),
                               file("readme.txt", "Air quality\n"), file("stations.csv", "id,city\n1,Suzhou\n")});
  REQUIRE(list);
  return std::move(*list);
}

std::string page() {
  std::stringstream text;
  text << std::ifstream(DENGJI_SOURCE_DIR "/docs/formats.md").rdbuf();
  return text.str();
}

FileList numbered(std::size_t count) {
  std::vector<ManifestFile> files;
  for (std::size_t i = 0; i < count; ++i) files.push_back(file("f" + std::to_string(i), std::to_string(i % 7)));
  auto list = node::make_list(std::move(files));
  REQUIRE(list);
  return std::move(*list);
}

}  // namespace

TEST_CASE("the list and the proof that docs/formats.md shows are what we write and read") {
  const FileList list = example();
  const std::string text = node::write_list(list);
  CHECK(page().find("```\n" + text + "```") != std::string::npos);
  const auto proof = node::prove_file(list, "stations/1.csv");
  REQUIRE(proof);
  CHECK(page().find("```\n" + node::write_file_proof(*proof) + "\n```") != std::string::npos);
  const auto read = node::parse_list(text);
  REQUIRE(read);
  CHECK(read->manifest.root == list.manifest.root);
  CHECK(node::write_list(*read) == text);
}

TEST_CASE("the root is that of ledger/merkle over the leaves, whatever the number of files") {
  for (const std::size_t count : {1u, 2u, 3u, 4u, 5u, 7u, 8u, 63u, 64u, 65u, 200u}) {
    CAPTURE(count);
    const FileList list = numbered(count);
    merkle::Frontier tree;
    for (const ManifestFile& one : list.files) tree.append(merkle::leaf_hash(contracts::manifest_leaf(one)));
    CHECK(tree.root() == list.manifest.root);
    CHECK(node::inline_manifest(list).list.has_value() == (count <= kMaxInlineFiles));
  }
}

TEST_CASE("every file of a list is proven by its own path and by no other") {
  for (const std::size_t count : {1u, 2u, 3u, 6u, 33u}) {
    const FileList list = numbered(count);
    for (const ManifestFile& one : list.files) {
      CAPTURE(one.path);
      const auto proof = node::prove_file(list, one.path);
      REQUIRE(proof);
      const auto read = node::parse_file_proof(node::write_file_proof(*proof));
      REQUIRE(read);
      const auto proven = node::verify_file_proof(*read, list.manifest.root);
      REQUIRE(proven);
      CHECK(proven->path == one.path);
      CHECK(proven->sha256 == one.sha256);

      auto other = *read;
      other.leaf.replace(other.leaf.find("\"bytes\":1"), 9, "\"bytes\":2");
      CHECK(node::verify_file_proof(other, list.manifest.root).error().code == ErrorCode::proof_wrong);
      other = *read;
      other.index = (other.index + 1) % (count + 1);
      CHECK(node::verify_file_proof(other, list.manifest.root).error().code == ErrorCode::proof_wrong);
      CHECK(node::verify_file_proof(*read, crypto::sha256("x")).error().code == ErrorCode::proof_wrong);
    }
    CHECK(node::prove_file(list, "g").error().code == ErrorCode::not_in_manifest);
  }
}

TEST_CASE("an inner node of the tree cannot pass for a file") {
  const FileList list = numbered(2);
  node::FileProof proof;
  proof.leaf = std::string(1, '\1') + std::string(64, 'a');
  proof.size = 1;
  proof.root = merkle::leaf_hash(proof.leaf);
  CHECK(node::verify_file_proof(proof, proof.root).error().code == ErrorCode::manifest_form);
}

TEST_CASE("the content root depends on contents alone, not on names or copies") {
  const auto a = node::make_list({file("a", "1"), file("b", "2")});
  const auto b = node::make_list({file("x/y", "2"), file("z", "1"), file("copy of z", "1")});
  CHECK(a->manifest.content_root == b->manifest.content_root);
  CHECK(a->manifest.root != b->manifest.root);
  CHECK(node::make_list({file("a", "1"), file("b", "3")})->manifest.content_root != a->manifest.content_root);
}

TEST_CASE("changing a size, a byte or a name changes the root and is told by name") {
  const FileList kept = example();
  auto files = kept.files;
  files[1].sha256 = crypto::sha256("id,city\n2,Suzhou\n");
  files[2].path = "stations/2.csv";
  const auto found = node::make_list(files);
  REQUIRE(found);
  CHECK(found->manifest.root != kept.manifest.root);
  const auto differences = node::compare_lists(kept, *found);
  REQUIRE(differences.size() == 3);
  CHECK(differences[0].path == "stations.csv");
  CHECK(differences[0].kind == ListDifference::Kind::changed);
  CHECK(differences[1].path == "stations/1.csv");
  CHECK(differences[1].kind == ListDifference::Kind::missing);
  CHECK(differences[2].path == "stations/2.csv");
  CHECK(differences[2].kind == ListDifference::Kind::extra);
  CHECK(node::compare_lists(kept, kept).empty());
}

TEST_CASE("paths that leave the folder, are absolute, unfit or too long are refused") {
  const std::string long_name(513, 'a');
  for (const std::string_view path : std::initializer_list<std::string_view>{
           "", "/etc/passwd", "../x", "a/../b", "a/..", ".", "./a", "a//b", "a/", "a\nb", "a\x7f", "\xff", "a\xcc\x81",
           "\xe2\x80\xae"
           "fdp.exe",
           std::string_view("a\0b", 3), std::string_view(long_name)}) {
    CAPTURE(node::shown_name(path));
    CHECK(node::path_fault(path));
    CHECK(node::make_list({file(std::string(path), "x")}).error().code == ErrorCode::value_format);
  }
  for (const std::string_view path : std::initializer_list<std::string_view>{
           "a", "...", "a/..b", "á", "数据 1.csv", "a\\b", "~", std::string_view(long_name).substr(1)}) {
    CHECK_FALSE(node::path_fault(path));
  }
  CHECK(node::make_list({file("a", "x"), file("a", "y")}).error().code == ErrorCode::value_format);
  CHECK(node::make_list({}).error().code == ErrorCode::value_range);
  CHECK(node::make_list({{"a", kMaxSafeInteger, {}}, {"b", 1, {}}}).error().code == ErrorCode::value_range);
  CHECK(node::shown_name("a\xff\n") == "a\\xff\\x0a");
}

TEST_CASE("a list with one byte changed is refused, or says the same") {
  const std::string text = node::write_list(example());
  std::mt19937 random(20260302);
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string changed = text;
    changed[at] = static_cast<char>(changed[at] ^ (1 << random() % 8));
    CAPTURE(at);
    const auto read = node::parse_list(changed);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == ErrorCode::manifest_form);
  }
  for (std::size_t length = 0; length < text.size(); ++length) CHECK_FALSE(node::parse_list(text.substr(0, length)));
  CHECK_FALSE(node::parse_list(text + text));
  CHECK_FALSE(node::parse_list("\n"));
}

TEST_CASE("a proof of another form is refused") {
  const auto proof = node::prove_file(example(), "readme.txt");
  const std::string text = node::write_file_proof(*proof);
  const auto with = [&](std::string_view before, std::string_view after) {
    std::string changed = text;
    changed.replace(changed.find(before), before.size(), after);
    return node::parse_file_proof(changed);
  };
  for (const auto& read :
       {with("\"v\":1", "\"v\":2"), with("file_proof", "file_prove"), with("\"size\":4", "\"size\":0"),
        with("\"index\":0", "\"index\":-1"), with("\"index\":0", "\"index\":1e0"),
        with("\"inclusion\":[", "\"inclusion\":[[],"), with("\"v\":1", "\"v\":1,\"w\":1"), node::parse_file_proof("[]"),
        node::parse_file_proof(std::string(20'000, ' '))}) {
    REQUIRE_FALSE(read);
    CHECK(read.error().code == ErrorCode::manifest_form);
  }
}
