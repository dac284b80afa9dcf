// Writes a small ledger's public files into a folder, laid out as the paths of c2sp.org/tlog-tiles: checkpoint, an
// older checkpoint, tiles and entry bundles full and partial, and tlog-proof files. Prints the verifier key. For
// tlog_interop.py.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "crypto/note.hpp"
#include "ledger/merkle/entry_bundle.hpp"
#include "ledger/merkle/proof.hpp"
#include "ledger/merkle/tile_path.hpp"
#include "ledger/merkle/tlog_proof.hpp"
#include "tests/support/memory_tiles.hpp"

using namespace dengji;

namespace {

constexpr const char* kOrigin = "ledger.example/js-data";

void write_file(const std::filesystem::path& name, std::string_view bytes) {
  std::filesystem::create_directories(name.parent_path());
  std::ofstream(name, std::ios::binary) << bytes;
}

std::string signed_checkpoint(std::uint64_t size, const Hash32& root, const crypto::SecretKey& log,
                              const crypto::SecretKey& cosigner) {
  crypto::Note note{.text = crypto::write_checkpoint({.origin = kOrigin, .size = size, .root = root}),
                    .signatures = {}};
  note.signatures.push_back(crypto::sign_note(note.text, kOrigin, log));
  note.signatures.push_back(crypto::cosign_note(note.text, "node1.ledger.example", cosigner, 1'767'225'600));
  return crypto::write_note(note);
}

void write_bundles(const std::filesystem::path& dir, std::span<const std::string> leaves) {
  for (std::size_t first = 0; first < leaves.size(); first += merkle::kTileWidth) {
    const auto part = leaves.subspan(first, std::min<std::size_t>(merkle::kTileWidth, leaves.size() - first));
    std::string bundle;
    for (const std::string& leaf : part) merkle::append_to_bundle(bundle, leaf);
    write_file(dir / merkle::format_tile_path({.entries = true,
                                               .id = {.level = 0, .index = first / merkle::kTileWidth},
                                               .width = static_cast<unsigned>(part.size())}),
               bundle);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: tlog_dir FOLDER SIZE SEED\n");
    return 2;
  }
  const std::filesystem::path dir(argv[1]);
  const std::uint64_t size = std::strtoull(argv[2], nullptr, 10);
  std::mt19937_64 random(std::strtoull(argv[3], nullptr, 10));
  const crypto::SecretKey log(*crypto::Seed::from_bytes(std::string(32, '\x01')));
  const crypto::SecretKey cosigner(*crypto::Seed::from_bytes(std::string(32, '\x02')));

  std::vector<std::string> leaves;
  std::vector<Hash32> hashes;
  for (std::uint64_t i = 0; i < size; ++i) {
    leaves.push_back("{\"seq\":" + std::to_string(i) + ",\"x\":\"" + std::string(random() % 300, 'x') + "\"}");
    hashes.push_back(merkle::leaf_hash(leaves.back()));
  }
  const std::uint64_t old_size = size == 0 ? 0 : random() % (size + 1);
  test::MemoryTiles tiles;
  tiles.append(std::span(hashes).first(old_size));
  write_file(dir / "checkpoint.old", signed_checkpoint(old_size, tiles.writer().root(), log, cosigner));
  tiles.append(std::span(hashes).subspan(old_size));
  const std::string checkpoint = signed_checkpoint(size, tiles.writer().root(), log, cosigner);
  write_file(dir / "checkpoint", checkpoint);

  for (const auto& [id, bytes] : tiles.tiles()) {
    const merkle::TilePath path{.entries = false, .id = id, .width = static_cast<unsigned>(bytes.size() / 32)};
    write_file(dir / merkle::format_tile_path(path), bytes);
  }
  write_bundles(dir, leaves);
  merkle::ProofBuilder builder(tiles, size);
  for (int i = 0; i < 5 && size > 0; ++i) {
    const std::uint64_t index = i == 0 ? size - 1 : random() % size;
    const merkle::TlogProof proof{
        .extra = leaves[index], .index = index, .hashes = *builder.inclusion(index, size), .checkpoint = checkpoint};
    write_file(dir / ("proof-" + std::to_string(i) + ".tlog-proof"), merkle::write_tlog_proof(proof));
  }
  const crypto::NoteKey key{.name = kOrigin, .type = crypto::NoteKeyType::ed25519, .key = log.public_key()};
  std::printf("%s\n", crypto::write_verifier_key(key).c_str());
  return 0;
}
