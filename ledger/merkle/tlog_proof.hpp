// Offline proofs as text (c2sp.org/tlog-proof@v1): `extra` carries the leaf, then index, inclusion hashes and the
// signed checkpoint. Everything is untrusted until verify_tlog_proof has tied the leaf to a checkpoint signed by
// trusted keys.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/note.hpp"
#include "ledger/base/error.hpp"
#include "ledger/base/hash32.hpp"
#include "ledger/base/limits.hpp"
#include "ledger/merkle/proof.hpp"

namespace dengji::merkle {

// The largest leaf in base64, 64 hashes, a full note and the fixed lines.
inline constexpr std::size_t kMaxTlogProofBytes =
    (kMaxLeafBytes + 2) / 3 * 4 + kMaxProofHashes * 45 + crypto::kMaxNoteBytes + 128;

struct TlogProof {
  std::optional<std::string> extra;  // the leaf; never present and empty
  std::uint64_t index = 0;
  std::vector<Hash32> hashes;  // ≤ 64, from the leaf's sibling to the root's child
  std::string checkpoint;      // the signed note, verbatim

  friend bool operator==(const TlogProof&, const TlogProof&) = default;
};

std::string write_tlog_proof(const TlogProof& proof);
// One spelling per proof: write_tlog_proof(parse_tlog_proof(x)) == x. The note itself is not parsed here. Error:
// proof_form with the line, body_too_large.
Result<TlogProof> parse_tlog_proof(std::string_view text);

// Whose signatures a reader trusts: the log's own, and at least `quorum` of the cosigners.
struct TlogTrust {
  crypto::NoteKey log;  // its name is the origin
  std::vector<crypto::NoteKey> cosigners;
  std::size_t quorum = 0;
};

struct VerifiedCheckpoint {
  crypto::Checkpoint checkpoint;
  std::vector<std::size_t> cosigners;  // indices into TlogTrust::cosigners
};

// Errors: note_form, bad_signature, note_no_signature (the log's is missing, or the quorum), proof_wrong (another
// origin).
Result<VerifiedCheckpoint> verify_checkpoint(std::string_view note, const TlogTrust& trust);

// The leaf is `extra`, hashed anew. Errors: proof_form without extra, those of verify_checkpoint, proof_wrong.
Result<VerifiedCheckpoint> verify_tlog_proof(const TlogProof& proof, const TlogTrust& trust);

}  // namespace dengji::merkle
