#include "node/proven.hpp"

#include <vector>

#include "crypto/base64.hpp"
#include "ledger/merkle/hash.hpp"
#include "ledger/merkle/proof.hpp"
#include "node/foreign_json.hpp"

namespace dengji::node {
namespace {

Result<std::vector<Hash32>> hashes_of(const Json& list) {
  if (!list.is_array() || list.size() > merkle::kMaxProofHashes)
    return fail(ErrorCode::value_format, "inclusion is no list of hashes", "/inclusion");
  std::vector<Hash32> hashes;
  for (const Json& item : list) {
    const auto hash = item.is_string() ? crypto::hash_from_b64(item.get_ref<const std::string&>()) : std::nullopt;
    if (!hash) return fail(ErrorCode::value_format, "not a hash", "/inclusion/" + std::to_string(hashes.size()));
    hashes.push_back(*hash);
  }
  return hashes;
}

// A receipt, whatever white space or order of members it has got on its way.
Result<merkle::TlogProof> parse_receipt(std::string_view bytes) {
  const auto receipt = read_foreign(bytes, {.fractions = false});
  if (!receipt) return fail(ErrorCode::value_format, "the receipt: " + receipt.error().message());
  auto checkpoint = text_of(*receipt, "checkpoint");
  if (!checkpoint) return std::unexpected(std::move(checkpoint.error()));
  const auto seq = number_of(*receipt, "seq");
  if (!seq) return std::unexpected(seq.error());
  auto hashes = hashes_of(receipt->value("inclusion", Json()));
  if (!hashes) return std::unexpected(std::move(hashes.error()));
  const auto leaf = receipt->find("leaf");
  if (leaf == receipt->end() || !leaf->is_object()) return fail(ErrorCode::value_format, "no leaf", "/leaf");
  // Only what the strict reader takes has one canonical spelling.
  const auto strict =
      json::read_strict(leaf->dump(), {.max_bytes = 2 * kMaxLeafBytes, .max_depth = entry::kMaxLeafDepth});
  if (!strict) return fail(strict.error().code, strict.error().context, "/leaf" + strict.error().pointer);
  std::string bytes_of_leaf = json::write_canonical(*strict);
  const auto hash = text_of(*receipt, "leaf_hash");
  if (!hash) return std::unexpected(hash.error());
  if (crypto::hash_from_b64(*hash) != merkle::leaf_hash(bytes_of_leaf))
    return fail(ErrorCode::proof_wrong, "leaf_hash is not the hash of the leaf", "/leaf_hash");
  return merkle::TlogProof{.extra = std::move(bytes_of_leaf),
                           .index = *seq,
                           .hashes = std::move(*hashes),
                           .checkpoint = std::move(*checkpoint)};
}

}  // namespace

Result<crypto::Checkpoint> verify_log_note(std::string_view text, std::span<const crypto::NoteKey> keys) {
  const auto note = crypto::parse_note(text);
  if (!note) return std::unexpected(note.error());
  auto checkpoint = crypto::parse_checkpoint(note->text);
  if (!checkpoint || keys.empty()) return checkpoint;
  const auto signers = crypto::verify_note(*note, keys);
  if (!signers) return std::unexpected(signers.error());
  for (const auto& signer : *signers)
    if (keys[signer.key].name == checkpoint->origin) return checkpoint;
  return fail(ErrorCode::note_no_signature, "the checkpoint is of " + checkpoint->origin + ", the key is not");
}

Result<merkle::TlogProof> parse_proof(std::string_view bytes) {
  const std::size_t first = bytes.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && bytes[first] == '{') return parse_receipt(bytes);
  return merkle::parse_tlog_proof(bytes);
}

Result<Proven> prove(const merkle::TlogProof& proof, std::span<const crypto::NoteKey> keys) {
  if (!proof.extra) return fail(ErrorCode::proof_form, "the proof does not carry the leaf (extra)");
  auto checkpoint = verify_log_note(proof.checkpoint, keys);
  if (!checkpoint) return std::unexpected(std::move(checkpoint.error()));
  const merkle::InclusionClaim claim{.index = proof.index,
                                     .size = checkpoint->size,
                                     .leaf = merkle::leaf_hash(*proof.extra),
                                     .root = checkpoint->root};
  if (auto included = merkle::verify_inclusion(claim, proof.hashes); !included)
    return std::unexpected(std::move(included.error()));
  auto leaf = entry::decode_leaf(*proof.extra);
  if (!leaf) return std::unexpected(std::move(leaf.error()));
  if (leaf->seq.value != proof.index)
    return fail(ErrorCode::ledger_inconsistent,
                "leaf " + std::to_string(proof.index) + " says that it is " + std::to_string(leaf->seq.value), "/seq");
  auto entry = entry::parse_entry(leaf->jws_text);
  if (!entry) return fail(entry.error().code, entry.error().context, "/entry" + entry.error().pointer);
  if (entry->envelope.ledger != checkpoint->origin)
    return fail(ErrorCode::ledger_inconsistent, "an entry of " + entry->envelope.ledger + " in " + checkpoint->origin);
  return Proven{std::move(*checkpoint), *proof.extra, std::move(*leaf), std::move(*entry)};
}

}  // namespace dengji::node
