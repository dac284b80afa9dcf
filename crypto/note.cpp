#include "crypto/note.hpp"

#include <algorithm>
#include <charconv>

#include "crypto/base64.hpp"
#include "crypto/sha256.hpp"
#include "ledger/base/assert.hpp"

namespace dengji::crypto {
namespace {

constexpr std::string_view kSignatureStart = "\u2014 ";  // em dash, space
constexpr std::size_t kHashBytes = 4;
constexpr std::size_t kTimeBytes = 8;
constexpr std::size_t kSignatureBytes = 64;

std::unexpected<Error> malformed_note(std::string why) {
  return fail(ErrorCode::note_form, std::move(why));
}

// The next code point of valid UTF-8, taken off `text`; nullopt for overlong forms, surrogates and stray bytes.
std::optional<char32_t> take_code_point(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t first = byte(0);
  const std::size_t length = first < 0x80             ? 1
                             : (first & 0xe0) == 0xc0 ? 2
                             : (first & 0xf0) == 0xe0 ? 3
                             : (first & 0xf8) == 0xf0 ? 4
                                                      : 0;
  if (length == 0 || text.size() < length) return std::nullopt;
  char32_t point = length == 1 ? first : first & (0x7fU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return std::nullopt;
    point = point << 6 | (byte(i) & 0x3f);
  }
  constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (point < kSmallest[length] || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return std::nullopt;
  text.remove_prefix(length);
  return point;
}

bool is_note_text(std::string_view text) {
  while (!text.empty()) {
    const auto point = take_code_point(text);
    if (!point || (*point < 0x20 && *point != '\n')) return false;
  }
  return true;
}

// Unicode's White_Space.
bool is_space(char32_t point) {
  return (point >= 0x09 && point <= 0x0d) || point == 0x20 || point == 0x85 || point == 0xa0 || point == 0x1680 ||
         (point >= 0x2000 && point <= 0x200a) || point == 0x2028 || point == 0x2029 || point == 0x202f ||
         point == 0x205f || point == 0x3000;
}

std::string_view bytes_of_note(const NoteKeyHash& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

// Type byte and key, as they are hashed and written.
std::string type_and_key(const NoteKey& key) {
  return std::string(1, static_cast<char>(key.type)).append(key.key.view());
}

// What a cosignature signs (c2sp.org/tlog-cosignature).
std::string cosigned_bytes(std::string_view text, std::int64_t seconds) {
  return "cosignature/v1\ntime " + std::to_string(seconds) + "\n" + std::string(text);
}

void check_signing(std::string_view text, std::string_view name) {
  LEDGER_ASSERT(is_note_name(name));
  LEDGER_ASSERT(text.ends_with('\n') && is_note_text(text));
}

Result<NoteSignature> parse_signature_line(std::string_view line) {
  if (!line.starts_with(kSignatureStart))
    return malformed_note("a signature line must start with an em dash and a space");
  line.remove_prefix(kSignatureStart.size());
  const std::size_t space = line.find(' ');
  if (space == line.npos) return malformed_note("a signature line must be a name, a space and base64");
  const std::string_view name = line.substr(0, space);
  if (!is_note_name(name)) return malformed_note("a signer's name may not be empty nor hold white space or '+'");
  const auto blob = base64_decode(line.substr(space + 1));
  if (!blob || blob->size() <= kHashBytes)
    return malformed_note("the signature of " + std::string(name) + " is not base64 of a key hash and a signature");
  NoteSignature signature{.name = std::string(name), .key_hash = {}, .bytes = blob->substr(kHashBytes)};
  std::copy_n(blob->begin(), kHashBytes, signature.key_hash.begin());
  return signature;
}

// The signature's time (0 if its kind has none) if it is good; nullopt if not.
std::optional<std::int64_t> good_at(const NoteKey& key, std::string_view text, std::string_view bytes) {
  std::int64_t seconds = 0;
  if (key.type == NoteKeyType::cosignature_v1) {
    if (bytes.size() != kTimeBytes + kSignatureBytes) return std::nullopt;
    std::uint64_t time = 0;
    for (const char c : bytes.substr(0, kTimeBytes)) time = time << 8 | static_cast<std::uint8_t>(c);
    if (time == 0 || time > INT64_MAX) return std::nullopt;
    seconds = static_cast<std::int64_t>(time);
    bytes.remove_prefix(kTimeBytes);
  }
  const auto signature = Signature::from_bytes(bytes);
  if (!signature) return std::nullopt;
  const bool good = key.type == NoteKeyType::cosignature_v1 ? verify(key.key, cosigned_bytes(text, seconds), *signature)
                                                            : verify(key.key, text, *signature);
  return good ? std::optional(seconds) : std::nullopt;
}

std::optional<std::string_view> take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == text.npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

std::optional<std::uint64_t> parse_decimal(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  return value;
}

}  // namespace

bool is_note_name(std::string_view name) {
  if (name.empty()) return false;
  while (!name.empty()) {
    const auto point = take_code_point(name);
    if (!point || *point < 0x20 || *point == '+' || is_space(*point)) return false;
  }
  return true;
}

NoteKeyHash note_key_hash(const NoteKey& key) {
  const Hash32 full = sha256({key.name, "\n", type_and_key(key)});
  NoteKeyHash hash;
  std::copy_n(full.bytes.begin(), hash.size(), hash.begin());
  return hash;
}

std::string write_verifier_key(const NoteKey& key) {
  return key.name + "+" + to_hex(bytes_of_note(note_key_hash(key))) + "+" + base64_encode(type_and_key(key));
}

Result<NoteKey> parse_verifier_key(std::string_view text) {
  const std::size_t first = text.find('+');
  const std::size_t second = first == text.npos ? text.npos : text.find('+', first + 1);
  if (second == text.npos) return malformed_note("a verifier key is name+hash+base64");
  const std::string_view name = text.substr(0, first);
  if (!is_note_name(name)) return malformed_note("the name of a verifier key may not be empty nor hold white space");
  const auto blob = base64_decode(text.substr(second + 1));
  if (!blob || blob->size() != 33)
    return malformed_note("a verifier key ends in base64 of a type byte and 32 bytes of key");
  const auto type = static_cast<NoteKeyType>(static_cast<std::uint8_t>(blob->front()));
  if (type != NoteKeyType::ed25519 && type != NoteKeyType::cosignature_v1)
    return malformed_note("the type of a verifier key must be 1 (Ed25519) or 4 (cosignature/v1)");
  NoteKey key{.name = std::string(name), .type = type, .key = {}};
  std::copy(blob->begin() + 1, blob->end(), key.key.bytes.begin());
  if (text.substr(first + 1, second - first - 1) != to_hex(bytes_of_note(note_key_hash(key))))
    return malformed_note("the hash in the verifier key of " + key.name + " is not its own");
  if (!acceptable_key(key.key)) return fail(ErrorCode::bad_key, "the verifier key of " + key.name);
  return key;
}

Result<Note> parse_note(std::string_view bytes) {
  if (bytes.size() > kMaxNoteBytes)
    return fail(ErrorCode::body_too_large, "a note may have " + std::to_string(kMaxNoteBytes) + " bytes");
  if (!is_note_text(bytes)) return malformed_note("not UTF-8 text, or a control character in it");
  // The last blank line: the text may hold others.
  const std::size_t split = bytes.rfind("\n\n");
  if (split == bytes.npos) return malformed_note("no blank line between text and signatures");
  Note note{.text = std::string(bytes.substr(0, split + 1)), .signatures = {}};
  std::string_view rest = bytes.substr(split + 2);
  if (rest.empty()) return malformed_note("no signature line");
  while (!rest.empty()) {
    const auto line = take_line(rest);
    if (!line) return malformed_note("the last signature line has no newline");
    if (note.signatures.size() == kMaxNoteSignatures) return malformed_note("too many signature lines");
    auto signature = parse_signature_line(*line);
    if (!signature) return std::unexpected(std::move(signature.error()));
    note.signatures.push_back(std::move(*signature));
  }
  return note;
}

std::string write_note(const Note& note) {
  LEDGER_ASSERT(!note.signatures.empty() && note.signatures.size() <= kMaxNoteSignatures);
  std::string bytes = note.text + "\n";
  for (const NoteSignature& signature : note.signatures) {
    bytes.append(kSignatureStart).append(signature.name).append(1, ' ');
    bytes.append(base64_encode(std::string(bytes_of_note(signature.key_hash)) + signature.bytes)).append(1, '\n');
  }
  return bytes;
}

NoteSignature sign_note(std::string_view text, std::string_view name, const SecretKey& key) {
  check_signing(text, name);
  const NoteKey own{.name = std::string(name), .type = NoteKeyType::ed25519, .key = key.public_key()};
  return {.name = own.name, .key_hash = note_key_hash(own), .bytes = std::string(key.sign(text).view())};
}

NoteSignature cosign_note(std::string_view text, std::string_view name, const SecretKey& key, std::int64_t seconds) {
  check_signing(text, name);
  LEDGER_ASSERT(seconds > 0);
  const NoteKey own{.name = std::string(name), .type = NoteKeyType::cosignature_v1, .key = key.public_key()};
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8)
    bytes.push_back(static_cast<char>(static_cast<std::uint64_t>(seconds) >> shift & 0xff));
  bytes.append(key.sign(cosigned_bytes(text, seconds)).view());
  return {.name = own.name, .key_hash = note_key_hash(own), .bytes = std::move(bytes)};
}

Result<std::vector<NoteSigner>> verify_note(const Note& note, std::span<const NoteKey> keys) {
  std::vector<NoteKeyHash> hashes;
  hashes.reserve(keys.size());
  for (const NoteKey& key : keys) hashes.push_back(note_key_hash(key));

  std::vector<NoteSigner> signers;
  for (const NoteSignature& signature : note.signatures) {
    bool known = false;
    bool good = false;
    // Four bytes of hash can collide: then any of the keys that share them may be the signer.
    for (std::size_t i = 0; i < keys.size() && !good; ++i) {
      if (keys[i].name != signature.name || hashes[i] != signature.key_hash) continue;
      known = true;
      const auto seconds = good_at(keys[i], note.text, signature.bytes);
      if (!seconds) continue;
      good = true;
      if (std::ranges::none_of(signers, [i](const NoteSigner& signer) { return signer.key == i; }))
        signers.push_back({.key = i, .seconds = *seconds});
    }
    if (known && !good)
      return fail(ErrorCode::bad_signature, "the signature of " + signature.name + " does not fit the note");
  }
  if (signers.empty()) return fail(ErrorCode::note_no_signature, "none of its signers is among the known keys");
  return signers;
}

std::string write_checkpoint(const Checkpoint& checkpoint) {
  LEDGER_ASSERT(!checkpoint.origin.empty() && checkpoint.origin.find('\n') == std::string::npos);
  return checkpoint.origin + "\n" + std::to_string(checkpoint.size) + "\n" + base64_encode(checkpoint.root.view()) +
         "\n";
}

Result<Checkpoint> parse_checkpoint(std::string_view text) {
  const auto origin = take_line(text);
  const auto size_text = origin ? take_line(text) : std::nullopt;
  const auto root_text = size_text ? take_line(text) : std::nullopt;
  if (!root_text || !text.empty())
    return malformed_note("a checkpoint has exactly the lines origin, size and root; no extensions here");
  if (origin->empty()) return malformed_note("the origin of the checkpoint is empty");
  const auto size = parse_decimal(*size_text);
  if (!size) return malformed_note("the size of the checkpoint is not a plain decimal number");
  const auto raw = base64_decode(*root_text);
  const auto root = raw ? Hash32::from_bytes(*raw) : std::nullopt;
  if (!root) return malformed_note("the root of the checkpoint is not base64 of 32 bytes");
  return Checkpoint{.origin = std::string(*origin), .size = *size, .root = *root};
}

}  // namespace dengji::crypto
