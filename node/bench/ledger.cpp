#include "node/bench/ledger.hpp"

#include <cstdio>
#include <tuple>

#include "contracts/common/organisations.hpp"
#include "crypto/base64.hpp"
#include "crypto/jwk.hpp"
#include "crypto/jws.hpp"
#include "crypto/key_file.hpp"
#include "crypto/random.hpp"
#include "crypto/sha256.hpp"
#include "crypto/uuid.hpp"
#include "ledger/base/assert.hpp"
#include "ledger/base/environment.hpp"
#include "ledger/entry/envelope.hpp"
#include "ledger/state/roles.hpp"
#include "node/files.hpp"

namespace dengji::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kLedgerId = "bench.example/throw-away";
constexpr std::string_view kPassphrase = "throw-away";
constexpr std::size_t kMaxTotalsBytes = 65'536;

// USCCs have two check characters: tries them until both are right.
std::string uscc(std::string_view region, std::uint32_t number) {
  static constexpr std::string_view kBody = "0123456789X";
  static constexpr std::string_view kCheck = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  char code[12];
  std::snprintf(code, sizeof code, "%08u", static_cast<unsigned>(number));
  std::string text = "91" + std::string(region) + code + "..";
  for (const char body : kBody) {
    for (const char check : kCheck) {
      text[16] = body;
      text[17] = check;
      if (contracts::is_uscc(text)) return text;
    }
  }
  assert_failed("no USCC has these characters", __FILE__, __LINE__);
}

Result<void> write_key(const fs::path& file, crypto::KeyUse use, Rng& rng, Json* jwk) {
  const crypto::Seed seed = crypto::Seed::generate(rng);
  *jwk = crypto::to_jwk(crypto::SecretKey(seed).public_key());
  const auto sealed = crypto::seal_key(seed, use, crypto::Secret(std::string(kPassphrase)), crypto::kCheapKdf, rng);
  if (!sealed) return std::unexpected(sealed.error());
  return node::write_file(file, *sealed, node::FileMode::secret);
}

std::string node_toml(const std::string& listen) {
  return "[ledger]\nid = \"" + std::string(kLedgerId) +
         "\"\ngenesis = \"genesis.jws\"\ndata = \"data\"\n"
         "[node]\nid = \"node1\"\nlog_key = \"log.key\"\npassphrase_file = \"passphrase\"\nlog_level = \"warning\"\n"
         "[http]\nlisten = \"" +
         listen + "\"\nbase_urls = [\"http://" + listen + "\"]\n";
}

Json genesis_body(const Actor& governor, Json node) {
  const Json org{{"id", governor.org.text}, {"name", "测试治理方"}, {"region", governor.region},
                 {"ownership", "public"},   {"scale", "large"},     {"chain_roles", Json::array()}};
  const Json key{{"jwk", crypto::to_jwk(governor.key.public_key())}, {"use", "sign"}};
  return {{"title", "性能测试账本"},
          {"quorum", 1},
          {"governors",
           Json::array(
               {Json{{"org", org}, {"roles", Json::array({"bureau", "registrar"})}, {"keys", Json::array({key})}}})},
          {"nodes", Json::array({std::move(node)})}};
}

std::unexpected<Error> wrong(const fs::path& file) {
  return fail(ErrorCode::config, file.string() + " is not what `dengji bench --make` wrote");
}

}  // namespace

Result<void> Ledger::make(const fs::path& folder, const std::string& listen) {
  std::error_code made;
  fs::create_directories(folder, made);
  if (made) return fail(ErrorCode::io, "creating " + folder.string() + ": " + made.message());
  crypto::SystemRng rng;
  Ledger ledger;
  ledger.id_ = kLedgerId;
  ledger.seed_.resize(32);
  rng.fill({reinterpret_cast<std::uint8_t*>(ledger.seed_.data()), ledger.seed_.size()});

  Json node{{"id", "node1"}};
  for (const auto& [name, file, use] :
       {std::tuple{"batch", "batch.key", crypto::KeyUse::batch}, std::tuple{"log", "log.key", crypto::KeyUse::log},
        std::tuple{"cosigner", "cosigner.key", crypto::KeyUse::cosign}}) {
    if (auto written = write_key(folder / file, use, rng, &node[name]); !written) return written;
  }
  const Actor governor = ledger.governor();
  const std::string genesis = sign_entry(ledger, entry::kGenesisType, {{&governor, state::kGovernor}},
                                         genesis_body(governor, std::move(node)), rng);
  const auto parsed = entry::parse_entry(genesis);
  if (!parsed) return std::unexpected(parsed.error());
  const Json about{{"url", "http://" + listen},
                   {"ledger", ledger.id_},
                   {"genesis", crypto::to_b64(parsed->entry_id)},
                   {"seed", crypto::base64url_encode(ledger.seed_)}};
  for (const auto& [name, text] : {std::pair<const char*, std::string>{"genesis.jws", genesis},
                                   {"passphrase", std::string(kPassphrase)},
                                   {"node.toml", node_toml(listen)},
                                   {"bench.json", json::write_canonical(about)}}) {
    if (auto written = node::write_file(folder / name, text + "\n", node::FileMode::open); !written) return written;
  }
  return {};
}

Result<Ledger> Ledger::open(const fs::path& folder) {
  const auto text = node::read_file(folder / "bench.json", kMaxTotalsBytes);
  if (!text) return std::unexpected(text.error());
  const auto about = json::read_strict(*text);
  if (!about) return wrong(folder / "bench.json");
  const auto member = [&](const char* name) { return about->value(name, std::string()); };
  const auto genesis = crypto::hash_from_b64(member("genesis"));
  const auto seed = crypto::base64url_decode(member("seed"));
  if (!genesis || !seed) return wrong(folder / "bench.json");
  const auto key_file = node::read_file(folder / "log.key", crypto::kMaxKeyFileBytes);
  if (!key_file) return std::unexpected(key_file.error());
  const auto log_key = crypto::read_key_file(*key_file);
  if (!log_key) return std::unexpected(log_key.error());
  Ledger ledger;
  ledger.folder_ = folder;
  ledger.url_ = member("url");
  ledger.id_ = member("ledger");
  ledger.seed_ = *seed;
  ledger.genesis_ = *genesis;
  ledger.log_key_ = {ledger.id_, crypto::NoteKeyType::ed25519, log_key->public_key};
  return ledger;
}

Actor Ledger::actor(std::uint32_t number, std::string_view region) const {
  crypto::SecretKey key(*crypto::Seed::from_bytes(hash("key", number).view()));
  KeyId kid = crypto::thumbprint(key.public_key());
  return {OrgId(uscc(region, number)), std::move(kid), std::move(key), std::string(region)};
}

Hash32 Ledger::hash(std::string_view kind, std::uint64_t number) const {
  return crypto::sha256(seed_ + std::string(kind) + ":" + std::to_string(number));
}

std::string sign_entry(const Ledger& ledger, std::string_view type, const std::vector<Signing>& signers, Json body,
                       Rng& rng) {
  SystemClock clock;
  entry::Envelope envelope;
  envelope.ledger = ledger.id();
  if (type != entry::kGenesisType) envelope.genesis = ledger.genesis();
  envelope.type = type;
  envelope.made_at = clock.now();
  envelope.valid_until = LedgerTime{envelope.made_at.ms + kMaxValidityMs};
  envelope.id = crypto::make_uuid_v7(envelope.made_at, rng);
  envelope.salt.resize(entry::kSaltBytes);
  rng.fill({reinterpret_cast<std::uint8_t*>(envelope.salt.data()), envelope.salt.size()});
  envelope.body = std::move(body);
  for (const Signing& signer : signers)
    envelope.parties.push_back({std::string(signer.role), signer.actor->org, signer.actor->kid});
  auto jws = crypto::make_jws(entry::write_payload(envelope));
  for (const Signing& signer : signers) crypto::sign(jws, signer.actor->key, crypto::kTypEntry);
  return crypto::write_jws(jws);
}

}  // namespace dengji::bench
