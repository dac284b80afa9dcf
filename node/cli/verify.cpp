#include "node/cli/verify.hpp"

#include <algorithm>
#include <map>
#include <memory>

#include "contracts/areas.hpp"
#include "crypto/base64.hpp"
#include "crypto/jwk.hpp"
#include "crypto/jws.hpp"
#include "crypto/key_file.hpp"
#include "ledger/merkle/hash.hpp"

namespace dengji::cli {
namespace {

using KeyMap = std::map<std::string, crypto::PublicKey>;

constexpr std::size_t kMaxKeySetBytes = 1 << 20;

void add_key(KeyMap& known, const crypto::PublicKey& key) {
  known.emplace(crypto::thumbprint(key).text, key);
}

// A JWK as others write it: with kid, use, alg and the like beside the key itself.
Result<void> add_jwk(KeyMap& known, const Json& jwk, const std::string& file) {
  const auto text = [&jwk](const char* member) {
    const auto found = jwk.is_object() ? jwk.find(member) : jwk.end();
    return found != jwk.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  // A set may hold keys of other kinds.
  if (text("kty") != "OKP" || text("crv") != "Ed25519") return {};
  const auto key = crypto::read_jwk(Json{{"kty", "OKP"}, {"crv", "Ed25519"}, {"x", text("x")}}, "");
  if (!key) return fail(key.error().code, file + ": " + key.error().context, key.error().pointer);
  add_key(known, *key);
  return {};
}

Result<void> read_key_source(KeyMap& known, const std::string& file) {
  const auto bytes = read_input(file, kMaxKeySetBytes);
  if (!bytes) return std::unexpected(bytes.error());
  if (const auto sealed = crypto::read_key_file(*bytes)) {
    add_key(known, sealed->public_key);
    return {};
  }
  const auto json = read_foreign(*bytes, file);
  if (!json) return std::unexpected(json.error());
  const auto set = json->is_object() ? json->find("keys") : json->end();
  if (set == json->end() || !set->is_array()) return add_jwk(known, *json, file);
  for (const Json& jwk : *set) {
    if (auto added = add_jwk(known, jwk, file); !added) return added;
  }
  return {};
}

Result<std::optional<crypto::PublicKey>> fetch_key(Remote& remote, const KeyId& kid) {
  const auto object = remote.get_json("/v1/keys/" + kid.text);
  if (!object) return std::unexpected(object.error());
  const auto x = text_of(*object, "x");
  const auto raw = x ? crypto::base64url_decode(*x) : std::nullopt;
  const auto key = raw ? crypto::PublicKey::from_bytes(*raw) : std::nullopt;
  if (!key || crypto::thumbprint(*key) != kid)
    return fail(ErrorCode::ledger_inconsistent, "the node gives another key for " + kid.text);
  return key;
}

// Keys that the entry brings along, such as those of a new organisation.
std::vector<crypto::PublicKey> keys_in_body(const entry::SignedEntry& entry) {
  const auto* type = contracts::registry().type(entry.envelope.type);
  if (!type || !type->new_keys) return {};
  const auto body = type->read(entry.envelope.body);
  return body ? type->new_keys(**body) : std::vector<crypto::PublicKey>{};
}

}  // namespace

void add_log_key_option(CLI::App& command, std::vector<std::string>& texts) {
  command
      .add_option("--log-key", texts, "Verifier key of the log, as dengji key show --origin writes it; may be repeated")
      ->allow_extra_args(false)
      ->envname("DENGJI_LOG_KEY")
      ->group("Trust");
}

Result<std::vector<crypto::NoteKey>> parse_log_keys(const std::vector<std::string>& texts) {
  std::vector<crypto::NoteKey> keys;
  for (const std::string& text : texts) {
    auto key = crypto::parse_verifier_key(text);
    if (!key || key->type != crypto::NoteKeyType::ed25519)
      return fail(ErrorCode::usage, "--log-key " + text + " is no verifier key of a log");
    keys.push_back(std::move(*key));
  }
  return keys;
}

Result<std::vector<crypto::NoteKey>> fetch_log_keys(Remote& remote) {
  const auto ledger = remote.get_json("/v1/ledger");
  if (!ledger) return std::unexpected(ledger.error());
  auto name = text_of(*ledger, "ledger");
  if (!name) return std::unexpected(std::move(name.error()));
  if (!crypto::is_note_name(*name)) return fail(ErrorCode::value_format, "the node's ledger id is no name");
  const auto set = remote.get_json("/.well-known/jwks.json");
  if (!set) return std::unexpected(set.error());
  KeyMap known;
  if (set->is_object() && set->value("keys", Json()).is_array()) {
    for (const Json& jwk : (*set)["keys"]) {
      if (auto added = add_jwk(known, jwk, "the node's keys"); !added) return std::unexpected(added.error());
    }
  }
  std::vector<crypto::NoteKey> keys;
  for (const auto& [kid, key] : known) keys.push_back({*name, crypto::NoteKeyType::ed25519, key});
  if (keys.empty()) return fail(ErrorCode::value_format, "the node names no log key");
  return keys;
}

Result<Trust> trust_of(const std::vector<std::string>& log_keys, Remote* remote, Arithmetic arithmetic) {
  auto given = parse_log_keys(log_keys);
  if (!given) return std::unexpected(std::move(given.error()));
  if (!given->empty()) return Trust{std::move(*given), "given"};
  if (arithmetic == Arithmetic::wanted) return Trust{{}, "none"};
  if (!remote) {
    return fail(ErrorCode::usage, std::string("whose signature counts? --log-key KEY, or --url for the node's word") +
                                      (arithmetic == Arithmetic::offered ? ", or --arithmetic for none" : ""));
  }
  auto fetched = fetch_log_keys(*remote);
  if (!fetched) return std::unexpected(std::move(fetched.error()));
  return Trust{std::move(*fetched), "node"};
}

Result<PartyKeys> party_keys(const std::vector<std::string>& files, Remote* remote) {
  auto known = std::make_shared<KeyMap>();
  for (const std::string& file : files) {
    if (auto read = read_key_source(*known, file); !read) return std::unexpected(std::move(read.error()));
  }
  return [known, remote](const KeyId& kid) -> Result<std::optional<crypto::PublicKey>> {
    if (const auto found = known->find(kid.text); found != known->end()) return found->second;
    if (!remote) return std::nullopt;
    auto fetched = fetch_key(*remote, kid);
    if (fetched && *fetched) add_key(*known, **fetched);
    return fetched;
  };
}

Result<std::vector<PartySignature>> check_signatures(const entry::SignedEntry& entry, const PartyKeys& keys) {
  const auto own = keys_in_body(entry);
  std::vector<PartySignature> signatures;
  // parse_entry has seen to it that there is one signature per party, in their order.
  for (std::size_t i = 0; i < entry.envelope.parties.size(); ++i) {
    const entry::Party& party = entry.envelope.parties[i];
    const auto mine = std::find_if(own.begin(), own.end(),
                                   [&](const crypto::PublicKey& key) { return crypto::thumbprint(key) == party.kid; });
    std::optional<crypto::PublicKey> key;
    if (mine != own.end()) {
      key = *mine;
    } else {
      auto found = keys(party.kid);
      if (!found) return std::unexpected(std::move(found.error()));
      key = *found;
    }
    if (key) {
      if (auto good = crypto::verify_signature(entry.jws, i, *key, crypto::kTypEntry); !good)
        return std::unexpected(std::move(good.error()));
    }
    signatures.push_back({party, key.has_value()});
  }
  return signatures;
}

std::size_t count_verified(const std::vector<PartySignature>& signatures) {
  return static_cast<std::size_t>(
      std::count_if(signatures.begin(), signatures.end(), [](const PartySignature& s) { return s.verified; }));
}

std::vector<std::string> numbers_in(const Json& effects) {
  std::vector<std::string> numbers;
  for (const Json& effect : effects) {
    if (effect.is_object() && effect.value("fx", Json()) == "number" && effect.value("no", Json()).is_string())
      numbers.push_back(effect["no"].get<std::string>());
  }
  return numbers;
}

}  // namespace dengji::cli
