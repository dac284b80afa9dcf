#include "ledger/entry/envelope.hpp"

#include <algorithm>
#include <utility>

#include "crypto/base64.hpp"
#include "crypto/jwk.hpp"
#include "crypto/sha256.hpp"
#include "crypto/uuid.hpp"
#include "ledger/base/assert.hpp"
#include "ledger/entry/members.hpp"

namespace dengji::entry {
namespace {

constexpr std::int64_t kEntryVersion = 1;
constexpr std::int64_t kDayMs = 24LL * 3600 * 1000;

bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_role(std::string_view text) {
  if (text.empty() || text.size() > kMaxRoleBytes || !is_lower(text[0])) return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return is_lower(c) || c == '_'; });
}

// Form only; whether the check character is right and who the organisation is, the contracts say.
bool is_org(std::string_view text) {
  if (text.empty() || text.size() > kMaxOrgBytes) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return is_lower(c) || is_digit(c) || (c >= 'A' && c <= 'Z') || c == ':' || c == '.' || c == '-' || c == '_';
  });
}

// Parts between `separator`s, each of lower-case letters, digits and `inner`, with neither end in `inner`.
bool are_parts(std::string_view text, char separator, std::string_view inner) {
  while (true) {
    const std::size_t end = text.find(separator);
    const std::string_view part = text.substr(0, end);
    if (part.empty() || inner.find(part.front()) != std::string_view::npos ||
        inner.find(part.back()) != std::string_view::npos) {
      return false;
    }
    for (const char c : part) {
      if (!is_lower(c) && !is_digit(c) && inner.find(c) == std::string_view::npos) return false;
    }
    if (end == std::string_view::npos) return true;
    text.remove_prefix(end + 1);
  }
}

void read_window(Members& members, Envelope& envelope, Refusal& refusal) {
  envelope.made_at = members.time("made_at");
  envelope.valid_until = members.time("valid_until");
  if (!refusal.none()) return;
  const std::int64_t window = envelope.valid_until.ms - envelope.made_at.ms;
  const std::int64_t longest = envelope.parties.size() > 1 ? kMaxValiditySeveralMs : kMaxValidityMs;
  if (window < 0) members.refuse(ErrorCode::value_range, "valid_until", "lies before made_at");
  if (window > longest) {
    members.refuse(ErrorCode::value_range, "valid_until",
                   "at most " + std::to_string(longest / kDayMs) + " days after made_at");
  }
}

Party read_party(const json::Json& value, std::string_view place, Refusal& refusal) {
  Members members(value, place, refusal);
  members.exactly({"kid", "org", "role"});
  Party party{std::string(members.text("role")), OrgId(members.text("org")), KeyId(members.text("kid"))};
  if (!is_role(party.role)) members.refuse(ErrorCode::value_format, "role", "[a-z][a-z_]*, at most 32 bytes");
  if (!is_org(party.org.text)) members.refuse(ErrorCode::value_format, "org", "a USCC, or F:country:scheme:value");
  if (!crypto::is_key_id(party.kid.text)) {
    members.refuse(ErrorCode::value_format, "kid", "an RFC 7638 thumbprint, 43 characters");
  }
  return party;
}

void read_parties(Members& members, Envelope& envelope, Refusal& refusal) {
  const json::Json& list = members.value("parties", json::Json::value_t::array);
  if (!refusal.none()) return;
  if (list.empty() || list.size() > kMaxParties) {
    members.refuse(ErrorCode::value_range, "parties", "1 to " + std::to_string(kMaxParties) + " parties");
    return;
  }
  for (std::size_t i = 0; i < list.size() && refusal.none(); ++i) {
    const std::string place = "/parties/" + std::to_string(i);
    Party party = read_party(list[i], place, refusal);
    for (const Party& other : envelope.parties) {
      if (other.kid == party.kid) refusal.set(ErrorCode::envelope_form, place, "kid", "each key stands once");
    }
    envelope.parties.push_back(std::move(party));
  }
}

Result<Envelope> read_envelope(json::Json&& payload) {
  Refusal refusal;
  Members members(payload, "", refusal);
  members.exactly({"body", "id", "ledger", "made_at", "parties", "salt", "type", "v", "valid_until"}, "genesis");
  if (members.integer("v") != kEntryVersion)
    members.refuse(ErrorCode::value_range, "v", "this ledger's entries have v 1");

  Envelope envelope;
  envelope.ledger = members.text("ledger");
  if (!is_ledger_id(envelope.ledger))
    members.refuse(ErrorCode::value_format, "ledger", "such as ledger.example/js-data");
  envelope.type = members.text("type");
  if (!is_type_name(envelope.type)) members.refuse(ErrorCode::value_format, "type", "such as trade.agree");
  if (members.has("genesis") == (envelope.type == kGenesisType)) {
    const bool absent = !members.has("genesis");
    members.refuse(absent ? ErrorCode::member_missing : ErrorCode::member_unknown, "genesis",
                   absent ? "every entry but the first names the ledger's genesis" : "a genesis entry names none");
  }
  if (members.has("genesis")) envelope.genesis = members.hash("genesis");
  envelope.id = members.text("id");
  if (!crypto::is_uuid_v7(envelope.id)) members.refuse(ErrorCode::value_format, "id", "a lower-case UUIDv7");
  envelope.salt = members.bytes("salt", kSaltBytes);
  read_parties(members, envelope, refusal);
  read_window(members, envelope, refusal);
  members.value("body", json::Json::value_t::object);
  if (!refusal.none()) return std::unexpected(refusal.take());
  envelope.body = std::move(payload["body"]);
  return envelope;
}

// One signature per party, in the parties' order, each made for an entry.
Result<void> check_signers(const crypto::Jws& jws, const Envelope& envelope) {
  if (jws.signatures.size() != envelope.parties.size()) {
    return fail(ErrorCode::envelope_form,
                std::to_string(jws.signatures.size()) + " signatures for " + std::to_string(envelope.parties.size()) +
                    " parties; each party signs once",
                "/signatures");
  }
  for (std::size_t i = 0; i < jws.signatures.size(); ++i) {
    if (jws.signatures[i].header.kid != envelope.parties[i].kid) {
      return fail(ErrorCode::envelope_form,
                  "signature " + std::to_string(i + 1) + " is not by the key of party " + std::to_string(i + 1),
                  "/signatures/" + std::to_string(i) + "/protected");
    }
  }
  return {};
}

Result<void> check_typ(const crypto::Jws& jws) {
  for (std::size_t i = 0; i < jws.signatures.size(); ++i) {
    if (jws.signatures[i].header.typ != crypto::kTypEntry) {
      return fail(ErrorCode::jws_typ, "an entry is signed as " + std::string(crypto::kTypEntry),
                  "/signatures/" + std::to_string(i) + "/protected");
    }
  }
  return {};
}

}  // namespace

Result<Envelope> parse_payload(std::string_view payload) {
  auto value = json::read_strict(payload);
  if (!value) return std::unexpected(std::move(value.error()));
  return read_envelope(*std::move(value));
}

Result<SignedEntry> parse_entry(std::string_view bytes) {
  auto jws = crypto::parse_jws(bytes);
  if (!jws) return std::unexpected(std::move(jws.error()));
  if (auto typ = check_typ(*jws); !typ) return std::unexpected(std::move(typ.error()));
  auto envelope = parse_payload(jws->payload);
  if (!envelope) return std::unexpected(std::move(envelope.error()));
  if (auto signers = check_signers(*jws, *envelope); !signers) return std::unexpected(std::move(signers.error()));

  std::string text = crypto::write_jws(*jws);
  LEDGER_ASSERT(text.size() <= kMaxEntryBytes);
  const Hash32 entry_id = crypto::sha256(jws->payload);
  return SignedEntry{*std::move(jws), std::move(text), entry_id, *std::move(envelope)};
}

std::string write_payload(const Envelope& envelope) {
  json::Json parties = json::Json::array();
  for (const Party& party : envelope.parties) {
    parties.push_back({{"kid", party.kid.text}, {"org", party.org.text}, {"role", party.role}});
  }
  json::Json payload = {
      {"id", envelope.id},
      {"ledger", envelope.ledger},
      {"made_at", format_time(envelope.made_at)},
      {"salt", crypto::base64url_encode(envelope.salt)},
      {"type", envelope.type},
      {"v", kEntryVersion},
      {"valid_until", format_time(envelope.valid_until)},
  };
  payload["body"] = envelope.body;
  payload["parties"] = std::move(parties);
  if (envelope.genesis) payload["genesis"] = crypto::to_b64(*envelope.genesis);
  return json::write_canonical(payload);
}

bool is_ledger_id(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (text.size() > kMaxLedgerIdBytes || slash == std::string_view::npos) return false;
  return are_parts(text.substr(0, slash), '.', "-") && are_parts(text.substr(slash + 1), '/', "-._");
}

bool is_type_name(std::string_view text) {
  if (text.empty() || text.size() > kMaxTypeBytes) return false;
  const std::size_t dot = text.find('.');
  const std::string_view area = text.substr(0, dot);
  if (area.empty() || !std::all_of(area.begin(), area.end(), is_lower)) return false;
  if (dot == std::string_view::npos) return true;
  const std::string_view act = text.substr(dot + 1);
  return !act.empty() && std::all_of(act.begin(), act.end(), [](char c) { return is_lower(c) || c == '_'; });
}

}  // namespace dengji::entry
