// What a receipt or a C2SP tlog-proof proves by itself: that the leaf is in a tree whose checkpoint a known log key
// signed, and which entry the leaf holds. Pure; who trusts which key is the caller's.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "crypto/note.hpp"
#include "ledger/entry/envelope.hpp"
#include "ledger/entry/leaf.hpp"
#include "ledger/merkle/tlog_proof.hpp"

namespace dengji::node {

// Signed by one of `keys` under its own name. Errors: note_form, bad_signature, note_no_signature.
Result<crypto::Checkpoint> verify_log_note(std::string_view note, std::span<const crypto::NoteKey> keys);

// A C2SP tlog-proof or a receipt (JSON), whose other members must be those of its leaf: entry_id, and numbers where
// dengji entry submit added them. Errors: proof_form, value_format, member_unknown, proof_wrong, those of the forms.
Result<merkle::TlogProof> parse_proof(std::string_view bytes);

struct Proven {
  crypto::Checkpoint checkpoint;
  std::string leaf_bytes;
  entry::Leaf leaf;
  entry::SignedEntry entry;
};
// Without `keys` the arithmetic alone. Errors: those of verify_log_note, proof_wrong, corrupt for a leaf of no ledger.
Result<Proven> prove(const merkle::TlogProof& proof, std::span<const crypto::NoteKey> keys);

}  // namespace dengji::node
