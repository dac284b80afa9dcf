// Signed notes (c2sp.org/signed-note) and the checkpoint text (c2sp.org/tlog-checkpoint) that the ledger puts in them.
// Two kinds of key: 0x01, plain Ed25519 over the text (the log's own), and 0x04, cosignature/v1 over the text with a
// time (nodes and outside witnesses, c2sp.org/tlog-cosignature).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/ed25519.hpp"
#include "ledger/base/error.hpp"
#include "ledger/base/hash32.hpp"

namespace dengji::crypto {

inline constexpr std::size_t kMaxNoteBytes = 65'536;
inline constexpr std::size_t kMaxNoteSignatures = 64;

enum class NoteKeyType : std::uint8_t { ed25519 = 0x01, cosignature_v1 = 0x04 };

using NoteKeyHash = std::array<std::uint8_t, 4>;

// A known signer. Its text form, the verifier key, is "<name>+<key hash in hex>+<base64 of type and key>".
struct NoteKey {
  std::string name;  // no white space, no '+', not empty
  NoteKeyType type = NoteKeyType::ed25519;
  PublicKey key;

  friend bool operator==(const NoteKey&, const NoteKey&) = default;
};

// First 4 bytes of SHA-256(name, newline, type, key).
NoteKeyHash note_key_hash(const NoteKey& key);
std::string write_verifier_key(const NoteKey& key);
// Error: note_form; bad_key for a point that acceptable_key() refuses.
Result<NoteKey> parse_verifier_key(std::string_view text);
bool is_note_name(std::string_view name);

struct NoteSignature {
  std::string name;
  NoteKeyHash key_hash{};
  std::string bytes;  // after the key hash: 64 for ed25519, 8 of time and 64 for cosignature_v1, anything for others

  friend bool operator==(const NoteSignature&, const NoteSignature&) = default;
};

struct Note {
  std::string text;  // with its final newline; signed as it is
  std::vector<NoteSignature> signatures;

  friend bool operator==(const Note&, const Note&) = default;
};

// ≤ 64 KiB, ≤ 64 signature lines, valid UTF-8 without control characters but newline. There is one spelling per note:
// write_note(parse_note(x)) == x. Error: note_form (body_too_large beyond the size).
Result<Note> parse_note(std::string_view bytes);
std::string write_note(const Note& note);

// `name` must be a note name, `text` must end in a newline: asserted.
NoteSignature sign_note(std::string_view text, std::string_view name, const SecretKey& key);
// `seconds` since 1970, > 0.
NoteSignature cosign_note(std::string_view text, std::string_view name, const SecretKey& key, std::int64_t seconds);

struct NoteSigner {
  std::size_t key;       // index into the keys that were given
  std::int64_t seconds;  // of a cosignature; 0 for ed25519
};

// The known signers whose signature is good, each once, in the order of the note. Signatures of unknown keys are passed
// over. A signature under a known name and key hash that does not verify refuses the note (bad_signature); no good one
// at all is note_no_signature.
Result<std::vector<NoteSigner>> verify_note(const Note& note, std::span<const NoteKey> keys);

struct Checkpoint {
  std::string origin;
  std::uint64_t size = 0;
  Hash32 root;

  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

// The note text: origin, size in decimal, root in base64, each with a newline; no extension lines.
std::string write_checkpoint(const Checkpoint& checkpoint);
// Error: note_form.
Result<Checkpoint> parse_checkpoint(std::string_view text);

}  // namespace dengji::crypto
