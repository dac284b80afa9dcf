// Entries: what parses has a canonical form that parses to the same, an envelope within its limits, and one signature
// per party. First byte: '0' a whole entry, '1' a bare payload, else the JSON of
// a disclosure.
#include <cstdint>
#include <string_view>

#include "crypto/base64.hpp"
#include "ledger/base/assert.hpp"
#include "ledger/entry/disclosure.hpp"
#include "ledger/entry/envelope.hpp"

namespace {

using namespace dengji;

void check_envelope(const entry::Envelope& envelope) {
  LEDGER_ASSERT(envelope.genesis.has_value() == (envelope.type != entry::kGenesisType));
  LEDGER_ASSERT(!envelope.parties.empty() && envelope.parties.size() <= kMaxParties);
  LEDGER_ASSERT(envelope.salt.size() == entry::kSaltBytes);
  LEDGER_ASSERT(envelope.body.is_object());
  LEDGER_ASSERT(envelope.made_at <= envelope.valid_until);
  LEDGER_ASSERT(envelope.valid_until.ms - envelope.made_at.ms <= kMaxValiditySeveralMs);
  const std::string payload = entry::write_payload(envelope);
  // Canonical times have milliseconds, which the payload read may have left out.
  if (payload.size() > kMaxEntryBytes) return;
  const auto again = entry::parse_payload(payload);
  LEDGER_ASSERT(again.has_value());
  LEDGER_ASSERT(*again == envelope);
}

void check_entry(std::string_view text) {
  const auto parsed = entry::parse_entry(text);
  if (!parsed) return;
  LEDGER_ASSERT(parsed->jws_text.size() <= kMaxEntryBytes);
  LEDGER_ASSERT(parsed->jws.signatures.size() == parsed->envelope.parties.size());
  const auto again = entry::parse_entry(parsed->jws_text);
  LEDGER_ASSERT(again.has_value());
  LEDGER_ASSERT(again->jws_text == parsed->jws_text);
  LEDGER_ASSERT(again->entry_id == parsed->entry_id);
  LEDGER_ASSERT(again->envelope == parsed->envelope);
  check_envelope(parsed->envelope);
}

void check_disclosure(std::string_view json_text) {
  const auto parsed = entry::parse_disclosure(crypto::base64url_encode(json_text));
  if (!parsed) return;
  LEDGER_ASSERT(entry::parse_disclosure(entry::write_disclosure(*parsed)) == *parsed);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] == '0') {
    check_entry(text);
  } else if (data[0] == '1') {
    if (const auto envelope = entry::parse_payload(text)) check_envelope(*envelope);
  } else {
    check_disclosure(text);
  }
  return 0;
}
