#include "ledger/merkle/tlog_proof.hpp"

#include <charconv>
#include <utility>

#include "crypto/base64.hpp"
#include "ledger/base/assert.hpp"
#include "ledger/merkle/hash.hpp"

namespace dengji::merkle {
namespace {

constexpr std::string_view kFirstLine = "c2sp.org/tlog-proof@v1";

std::unexpected<Error> bad_form(std::size_t line, std::string_view what) {
  return fail(ErrorCode::proof_form, "line " + std::to_string(line) + ": " + std::string(what));
}

// Lines one after another, each with its newline; the rest stays where it is.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}

  // nullopt at the end, or if the last line has no newline.
  std::optional<std::string_view> next() {
    const std::size_t newline = rest_.find('\n');
    if (newline == std::string_view::npos) return std::nullopt;
    const std::string_view line = rest_.substr(0, newline);
    rest_.remove_prefix(newline + 1);
    ++number_;
    return line;
  }
  std::string_view rest() const { return rest_; }
  std::size_t number() const { return number_; }

 private:
  std::string_view rest_;
  std::size_t number_ = 0;
};

std::optional<std::uint64_t> parse_seq(std::string_view text) {
  if (text.empty() || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::string write_tlog_proof(const TlogProof& proof) {
  LEDGER_ASSERT(!proof.extra || !proof.extra->empty());
  LEDGER_ASSERT(proof.hashes.size() <= kMaxProofHashes);
  std::string out(kFirstLine);
  out.reserve(128 + (proof.extra ? proof.extra->size() * 4 / 3 : 0) + proof.hashes.size() * 45 +
              proof.checkpoint.size());
  if (proof.extra) out.append("\nextra ").append(crypto::base64_encode(*proof.extra));
  out.append("\nindex ").append(std::to_string(proof.index)).append("\n");
  for (const Hash32& hash : proof.hashes) out.append(crypto::base64_encode(hash.view())).append("\n");
  return out.append("\n").append(proof.checkpoint);
}

Result<TlogProof> parse_tlog_proof(std::string_view text) {
  if (text.size() > kMaxTlogProofBytes) {
    return fail(ErrorCode::body_too_large, "a tlog proof has at most " + std::to_string(kMaxTlogProofBytes) + " bytes");
  }
  Lines lines(text);
  if (lines.next() != kFirstLine) return bad_form(1, "must be c2sp.org/tlog-proof@v1");
  TlogProof proof;
  auto line = lines.next();
  if (line && line->starts_with("extra ")) {
    auto extra = crypto::base64_decode(line->substr(6));
    if (!extra || extra->empty()) return bad_form(lines.number(), "extra must be base64 and not empty");
    if (extra->size() > kMaxLeafBytes) return bad_form(lines.number(), "extra is larger than any leaf");
    proof.extra = std::move(*extra);
    line = lines.next();
  }
  if (!line || !line->starts_with("index ")) return bad_form(lines.number() + (line ? 0 : 1), "must be index <number>");
  const auto index = parse_seq(line->substr(6));
  if (!index) return bad_form(lines.number(), "the index must be a decimal without leading zeros");
  proof.index = *index;
  while ((line = lines.next()) && !line->empty()) {
    const auto raw = crypto::base64_decode(*line);
    const auto hash = raw ? Hash32::from_bytes(*raw) : std::nullopt;
    if (!hash) return bad_form(lines.number(), "must be a SHA-256 hash in base64");
    if (proof.hashes.size() == kMaxProofHashes) return bad_form(lines.number(), "more hashes than any tree has");
    proof.hashes.push_back(*hash);
  }
  if (!line) return bad_form(lines.number() + 1, "an empty line must follow the hashes");
  if (lines.rest().empty()) return bad_form(lines.number() + 1, "the checkpoint is missing");
  proof.checkpoint = lines.rest();
  return proof;
}

Result<VerifiedCheckpoint> verify_checkpoint(std::string_view note_text, const TlogTrust& trust) {
  auto note = crypto::parse_note(note_text);
  if (!note) return std::unexpected(std::move(note).error());
  std::vector<crypto::NoteKey> keys{trust.log};
  keys.insert(keys.end(), trust.cosigners.begin(), trust.cosigners.end());
  auto signers = crypto::verify_note(*note, keys);
  if (!signers) return std::unexpected(std::move(signers).error());
  VerifiedCheckpoint out;
  bool log_signed = false;
  for (const crypto::NoteSigner& signer : *signers) {
    if (signer.key == 0) {
      log_signed = true;
    } else {
      out.cosigners.push_back(signer.key - 1);
    }
  }
  if (!log_signed)
    return fail(ErrorCode::note_no_signature, "the signature of the log " + trust.log.name + " is missing");
  if (out.cosigners.size() < trust.quorum) {
    return fail(ErrorCode::note_no_signature, std::to_string(out.cosigners.size()) + " cosignatures of known keys, " +
                                                  std::to_string(trust.quorum) + " are needed");
  }
  auto checkpoint = crypto::parse_checkpoint(note->text);
  if (!checkpoint) return std::unexpected(std::move(checkpoint).error());
  if (checkpoint->origin != trust.log.name) {
    return fail(ErrorCode::proof_wrong, "the checkpoint is of " + checkpoint->origin + ", not of " + trust.log.name);
  }
  out.checkpoint = std::move(*checkpoint);
  return out;
}

Result<VerifiedCheckpoint> verify_tlog_proof(const TlogProof& proof, const TlogTrust& trust) {
  if (!proof.extra) return fail(ErrorCode::proof_form, "the proof does not carry the leaf (extra)");
  auto verified = verify_checkpoint(proof.checkpoint, trust);
  if (!verified) return verified;
  const InclusionClaim claim{.index = proof.index,
                             .size = verified->checkpoint.size,
                             .leaf = leaf_hash(*proof.extra),
                             .root = verified->checkpoint.root};
  if (auto included = verify_inclusion(claim, proof.hashes); !included)
    return std::unexpected(std::move(included).error());
  return verified;
}

}  // namespace dengji::merkle
