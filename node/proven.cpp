#include "node/proven.hpp"

#include <set>
#include <vector>

#include "crypto/base64.hpp"
#include "crypto/sha256.hpp"
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

std::vector<std::string> numbers_in(const Json& leaf) {
  std::vector<std::string> numbers;
  const Json effects = leaf.value("effects", Json::array());
  for (const Json& effect : effects) {
    if (effect.is_object() && effect.value("fx", Json()) == "number" && effect.value("no", Json()).is_string())
      numbers.push_back(effect["no"].get<std::string>());
  }
  return numbers;
}

// What a receipt says beside its proof is the leaf's to say: the entry's id, and the numbers that the command adds.
Result<void> check_told(const Json& receipt, const Json& leaf) {
  static const std::set<std::string> kMembers{"seq",       "entry_id",   "leaf",   "leaf_hash",
                                              "inclusion", "checkpoint", "status", "numbers"};
  for (const auto& [member, value] : receipt.items()) {
    if (!kMembers.contains(member))
      return fail(ErrorCode::member_unknown, member + " is no member of a receipt", "/" + member);
  }
  const auto id = text_of(receipt, "entry_id");
  if (!id) return std::unexpected(id.error());
  const auto payload = text_of(leaf.value("entry", Json::object()), "payload");
  const auto bytes = payload ? crypto::base64url_decode(*payload) : std::nullopt;
  if (!bytes || *id != crypto::to_b64(crypto::sha256(*bytes)))
    return fail(ErrorCode::proof_wrong, "entry_id is not the hash of the leaf's entry", "/entry_id");
  if (const auto numbers = receipt.find("numbers"); numbers != receipt.end() && *numbers != Json(numbers_in(leaf)))
    return fail(ErrorCode::proof_wrong, "numbers are not those that the leaf gives", "/numbers");
  return {};
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
  if (auto told = check_told(*receipt, *strict); !told) return std::unexpected(std::move(told.error()));
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
