// dengji ledger init: from a genesis file (TOML, docs/formats.md "Genesis file") and the governors' key files to entry
// 0.
#include <toml++/toml.h>

#include "contracts/areas.hpp"
#include "contracts/governance.hpp"
#include "crypto/base64.hpp"
#include "crypto/jwk.hpp"
#include "crypto/jws.hpp"
#include "crypto/random.hpp"
#include "crypto/uuid.hpp"
#include "ledger/base/environment.hpp"
#include "ledger/entry/envelope.hpp"
#include "node/cli/command.hpp"
#include "node/files.hpp"

namespace dengji::cli {
namespace {

namespace fs = std::filesystem;

struct Init {
  std::string genesis;
  std::string out;
};

struct Signer {
  OrgId org;
  fs::path key;
  KeyId kid;
};

// What the file says as the JSON body of a genesis entry, and who signs. The body's own reader does all further checks.
struct Draft {
  std::string ledger;
  Json body = Json::object();
  std::vector<Signer> signers;
};

std::unexpected<Error> wrong(std::string what) {
  return fail(ErrorCode::config, std::move(what));
}

Result<Json> jwk_of(const fs::path& file, KeyId* kid = nullptr) {
  const auto bytes = node::read_file(file, crypto::kMaxKeyFileBytes);
  if (!bytes) return std::unexpected(bytes.error());
  const auto info = crypto::read_key_file(*bytes);
  if (!info) return std::unexpected(info.error());
  if (kid) *kid = info->kid;
  return crypto::to_jwk(info->public_key);
}

std::string text_of(const toml::table& table, std::string_view member) {
  return table[member].value_or(std::string());
}

Json texts_of(const toml::table& table, std::string_view member) {
  Json texts = Json::array();
  if (const auto* array = table[member].as_array()) {
    for (const auto& item : *array) texts.push_back(item.value_or(std::string()));
  }
  return texts;
}

Result<void> add_governor(Draft& draft, const toml::table& table, const fs::path& folder) {
  Signer signer{OrgId(text_of(table, "id")), folder / text_of(table, "key"), {}};
  auto jwk = jwk_of(signer.key, &signer.kid);
  if (!jwk) return std::unexpected(jwk.error());
  Json org{{"id", signer.org.text},
           {"name", text_of(table, "name")},
           {"region", text_of(table, "region")},
           {"ownership", text_of(table, "ownership")},
           {"scale", text_of(table, "scale")},
           {"chain_roles", texts_of(table, "chain_roles")}};
  draft.body["governors"].push_back(Json{{"org", std::move(org)},
                                         {"roles", texts_of(table, "roles")},
                                         {"keys", Json::array({Json{{"jwk", std::move(*jwk)}, {"use", "sign"}}})}});
  draft.signers.push_back(std::move(signer));
  return {};
}

Result<void> add_node(Draft& draft, const toml::table& table, const fs::path& folder) {
  Json member{{"id", text_of(table, "id")}};
  for (const char* use : {"batch", "log", "cosigner"}) {
    auto jwk = jwk_of(folder / text_of(table, use));
    if (!jwk) return std::unexpected(jwk.error());
    member[use] = std::move(*jwk);
  }
  draft.body["nodes"].push_back(std::move(member));
  return {};
}

Result<Draft> read_draft(const toml::table& root, const fs::path& folder) {
  Draft draft;
  draft.ledger = text_of(root, "ledger");
  draft.body = Json{{"title", text_of(root, "title")},
                    {"quorum", root["quorum"].value_or(std::int64_t{0})},
                    {"governors", Json::array()},
                    {"nodes", Json::array()}};
  for (const auto& [name, add] : {std::pair{"governor", &add_governor}, std::pair{"node", &add_node}}) {
    const auto* array = root[name].as_array();
    if (!array) return wrong(std::string("the file needs [[") + name + "]] tables");
    for (const auto& item : *array) {
      const auto* table = item.as_table();
      if (!table) return wrong(std::string(name) + " is an array of tables");
      if (auto added = add(draft, *table, folder); !added) return std::unexpected(added.error());
    }
  }
  return draft;
}

Result<Draft> read_genesis_file(const fs::path& file) {
  const auto text = node::read_file(file, node::kMaxConfigBytes);
  if (!text) return std::unexpected(text.error());
  try {
    return read_draft(toml::parse(*text), file.parent_path());
  } catch (const toml::parse_error& error) {
    return wrong(file.string() + " line " + std::to_string(error.source().begin.line) + ": " +
                 std::string(error.description()));
  }
}

Result<void> init_ledger(const Shared& shared, const Init& options) {
  auto draft = read_genesis_file(options.genesis);
  if (!draft) return std::unexpected(draft.error());
  if (auto read = contracts::registry().type("genesis")->read(draft->body); !read) return std::unexpected(read.error());
  crypto::SystemRng rng;
  SystemClock clock;
  entry::Envelope envelope;
  envelope.ledger = draft->ledger;
  envelope.type = entry::kGenesisType;
  envelope.made_at = clock.now();
  envelope.valid_until = LedgerTime{envelope.made_at.ms + kMaxValidityMs};
  envelope.id = crypto::make_uuid_v7(envelope.made_at, rng);
  envelope.salt.resize(entry::kSaltBytes);
  rng.fill({reinterpret_cast<std::uint8_t*>(envelope.salt.data()), envelope.salt.size()});
  envelope.body = draft->body;
  for (const Signer& signer : draft->signers)
    envelope.parties.push_back({std::string(state::kGovernor), signer.org, signer.kid});
  auto jws = crypto::make_jws(entry::write_payload(envelope));
  for (const Signer& signer : draft->signers) {
    auto key = open_key_file(shared, signer.key, crypto::KeyUse::sign);
    if (!key) return std::unexpected(key.error());
    crypto::sign(jws, *key, crypto::kTypEntry);
  }
  const std::string text = crypto::write_jws(jws);
  const auto right = entry::parse_entry(text);
  if (!right) return std::unexpected(right.error());
  if (auto written = node::write_file(options.out, text + "\n", node::FileMode::open); !written) return written;
  print_object(shared,
               Json{{"ledger", draft->ledger}, {"genesis", crypto::to_b64(right->entry_id)}, {"file", options.out}});
  return {};
}

}  // namespace

void add_ledger_commands(CLI::App& app, Shared& shared) {
  auto* group = app.add_subcommand("ledger", "Start a ledger")->require_subcommand(1);
  auto options = std::make_shared<Init>();
  auto* init = group->add_subcommand("init", "Make and sign entry 0 from a genesis file");
  init->add_option("--genesis", options->genesis, "Genesis file (TOML)")->required();
  init->add_option("--out", options->out, "File for the signed entry")->required();
  on_run(*init, shared, [&shared, options] { return init_ledger(shared, *options); });
}

}  // namespace dengji::cli
