// Signed notes: there is one spelling per note, checkpoint and verifier key, so what parses is written back byte for
// byte. First byte: '0' a note, '1' a checkpoint's text, else a verifier key.
#include <cstdint>
#include <string_view>
#include <vector>

#include "crypto/note.hpp"
#include "ledger/base/assert.hpp"

namespace {

using namespace dengji;
using namespace dengji::crypto;

// The signers of the corpus.
const std::vector<NoteKey>& known_keys() {
  static const std::vector<NoteKey> keys = [] {
    std::vector<NoteKey> list;
    for (const char* text : {"ledger.example/js-data+f5772c43+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c",
                             "node1.ledger.example+9743ef4f+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU"}) {
      auto key = parse_verifier_key(text);
      LEDGER_ASSERT(key.has_value());
      list.push_back(std::move(*key));
    }
    return list;
  }();
  return keys;
}

void check_note(std::string_view bytes) {
  const auto note = parse_note(bytes);
  if (!note) return;
  LEDGER_ASSERT(note->text.ends_with('\n'));
  LEDGER_ASSERT(!note->signatures.empty() && note->signatures.size() <= kMaxNoteSignatures);
  LEDGER_ASSERT(write_note(*note) == bytes);
  const auto signers = verify_note(*note, known_keys());
  if (!signers) return;
  LEDGER_ASSERT(!signers->empty() && signers->size() <= known_keys().size());
  for (const NoteSigner& signer : *signers) LEDGER_ASSERT(signer.key < known_keys().size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] == '0') {
    check_note(text);
  } else if (data[0] == '1') {
    if (const auto checkpoint = parse_checkpoint(text)) LEDGER_ASSERT(write_checkpoint(*checkpoint) == text);
  } else if (const auto key = parse_verifier_key(text)) {
    LEDGER_ASSERT(write_verifier_key(*key) == text);
  }
  return 0;
}
