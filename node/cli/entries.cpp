// dengji entry new / sign / show: making entries without a node. The payload is written first, then each party signs it
// in the order of `parties`.
#include "contracts/areas.hpp"
#include "crypto/base64.hpp"
#include "crypto/jwk.hpp"
#include "crypto/jws.hpp"
#include "crypto/random.hpp"
#include "crypto/sha256.hpp"
#include "crypto/uuid.hpp"
#include "ledger/base/environment.hpp"
#include "ledger/entry/envelope.hpp"
#include "node/cli/command.hpp"

namespace dengji::cli {
namespace {

struct NewEntry {
  std::string type;
  std::string ledger;
  std::string genesis;
  std::vector<std::string> parties;
  std::string body = "-";
  std::string out = "-";
  std::int64_t valid_hours = 24;
};

Result<entry::Party> party_of(const std::string& text) {
  const auto first = text.find('=');
  const auto last = text.rfind('=');
  if (first == std::string::npos || first == last) {
    return fail(ErrorCode::usage, "--party is role=organisation=kid, not " + text);
  }
  return entry::Party{text.substr(0, first), OrgId(text.substr(first + 1, last - first - 1)),
                      KeyId(text.substr(last + 1))};
}

Result<void> make_entry(const NewEntry& options) {
  const auto* type = contracts::registry().type(options.type);
  if (!type) return fail(ErrorCode::unknown_type, options.type + "; dengji type list names them");
  const auto text = read_input(options.body, kMaxEntryBytes);
  if (!text) return std::unexpected(text.error());
  auto body = json::read_strict(*text);
  if (!body) return std::unexpected(body.error());
  if (auto read = type->read(*body); !read) return std::unexpected(read.error());
  crypto::SystemRng rng;
  SystemClock clock;
  entry::Envelope envelope;
  envelope.ledger = options.ledger;
  if (!options.genesis.empty()) {
    envelope.genesis = crypto::hash_from_b64(options.genesis);
    if (!envelope.genesis) return fail(ErrorCode::usage, "--genesis is a SHA-256 value in base64url");
  }
  envelope.type = options.type;
  envelope.made_at = clock.now();
  envelope.valid_until = LedgerTime{envelope.made_at.ms + options.valid_hours * 3'600'000};
  envelope.id = crypto::make_uuid_v7(envelope.made_at, rng);
  envelope.salt.resize(entry::kSaltBytes);
  rng.fill({reinterpret_cast<std::uint8_t*>(envelope.salt.data()), envelope.salt.size()});
  envelope.body = std::move(*body);
  for (const std::string& party : options.parties) {
    auto read = party_of(party);
    if (!read) return std::unexpected(read.error());
    envelope.parties.push_back(std::move(*read));
  }
  const std::string payload = entry::write_payload(envelope);
  if (auto right = entry::parse_payload(payload); !right) return std::unexpected(right.error());
  return write_output(options.out, payload);
}

struct SignEntry {
  std::string key;
  std::string in = "-";
  std::string out = "-";
};

// A payload that nobody has signed yet, or an entry that lacks signatures: the next party's turn either way.
Result<void> sign_entry(const Shared& shared, const SignEntry& options) {
  const auto text = read_input(options.in, kMaxEntryBytes * 2);
  if (!text) return std::unexpected(text.error());
  auto jws = crypto::parse_jws(*text);
  if (!jws) jws = crypto::make_jws(*text);
  const auto envelope = entry::parse_payload(jws->payload);
  if (!envelope) return std::unexpected(envelope.error());
  auto key = open_key_file(shared, options.key, crypto::KeyUse::sign);
  if (!key) return std::unexpected(key.error());
  const std::size_t turn = jws->signatures.size();
  if (turn >= envelope->parties.size()) return fail(ErrorCode::usage, "all parties have signed");
  const KeyId kid = crypto::thumbprint(key->public_key());
  if (envelope->parties[turn].kid != kid) {
    return fail(ErrorCode::usage, "signature " + std::to_string(turn + 1) + " is by key " +
                                      envelope->parties[turn].kid.text + ", this is key " + kid.text);
  }
  crypto::sign(*jws, *key, crypto::kTypEntry);
  return write_output(options.out, crypto::write_jws(*jws) + "\n");
}

Result<void> show_entry(const Shared& shared, const std::string& file) {
  const auto text = read_input(file, kMaxEntryBytes * 2);
  if (!text) return std::unexpected(text.error());
  const auto read = entry::parse_entry(*text);
  if (!read) return std::unexpected(read.error());
  const auto& envelope = read->envelope;
  Json parties = Json::array();
  for (const auto& party : envelope.parties) {
    parties.push_back(Json{{"role", party.role}, {"org", party.org.text}, {"kid", party.kid.text}});
  }
  print_object(shared, Json{{"entry_id", crypto::to_b64(read->entry_id)},
                            {"ledger", envelope.ledger},
                            {"type", envelope.type},
                            {"id", envelope.id},
                            {"made_at", format_time(envelope.made_at)},
                            {"valid_until", format_time(envelope.valid_until)},
                            {"parties", std::move(parties)},
                            {"body", envelope.body}});
  return {};
}

}  // namespace

void add_entry_commands(CLI::App& app, Shared& shared) {
  auto* group = app.add_subcommand("entry", "Make, sign and look at entries")->require_subcommand(1);

  auto made = std::make_shared<NewEntry>();
  auto* make = group->add_subcommand("new", "Write the payload of an entry, for its parties to sign");
  make->add_option("type", made->type, "Entry type; dengji type list names them")->required();
  make->add_option("--ledger", made->ledger, "Ledger id")->required();
  make->add_option("--genesis", made->genesis, "Genesis hash of the ledger (base64url)");
  make->add_option("--party", made->parties, "role=organisation=kid, once per party, in signing order")->required();
  make->add_option("--body", made->body, "File with the body, - for standard input")->capture_default_str();
  make->add_option("--valid-hours", made->valid_hours, "How long it may be taken")
      ->check(CLI::Range(1, 720))
      ->capture_default_str();
  make->add_option("--out", made->out, "File to write, - for standard output")->capture_default_str();
  on_run(*make, shared, [made] { return make_entry(*made); });

  auto signed_by = std::make_shared<SignEntry>();
  const auto add_sign = [&](const char* name, const char* doc) {
    auto* sign = group->add_subcommand(name, doc);
    sign->add_option("file", signed_by->in, "Payload or entry, - for standard input")->capture_default_str();
    sign->add_option("--key", signed_by->key, "Key file of the party whose turn it is")->required();
    sign->add_option("--out", signed_by->out, "File to write, - for standard output")->capture_default_str();
    on_run(*sign, shared, [&shared, signed_by] { return sign_entry(shared, *signed_by); });
  };
  add_sign("sign", "Sign a payload as its first party");
  add_sign("cosign", "Add the next party's signature");

  auto file = std::make_shared<std::string>("-");
  auto* show = group->add_subcommand("show", "Check the form of an entry and show it; verifies no signature");
  show->add_option("file", *file, "Entry, - for standard input")->capture_default_str();
  on_run(*show, shared, [&shared, file] { return show_entry(shared, *file); });
}

}  // namespace dengji::cli
