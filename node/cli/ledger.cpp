// dengji ledger init: from a genesis file (TOML, docs/formats.md "Genesis file") and the governors' key files to entry
// 0.
#include "contracts/areas.hpp"
#include "contracts/engine.hpp"
#include "contracts/governance/governance.hpp"
#include "crypto/base64.hpp"
#include "crypto/jwk.hpp"
#include "crypto/jws.hpp"
#include "crypto/random.hpp"
#include "crypto/uuid.hpp"
#include "ledger/base/environment.hpp"
#include "ledger/entry/envelope.hpp"
#include "node/cli/command.hpp"
#include "node/files.hpp"
#include "node/genesis_file.hpp"

namespace dengji::cli {
namespace {

namespace fs = std::filesystem;

struct Init {
  std::string genesis;
  std::string out;
};

std::unexpected<Error> in_file(const fs::path& file, Error error) {
  error.context = file.string() + ": " + error.context;
  return std::unexpected(std::move(error));
}

Result<node::GenesisDraft> read_genesis_file(const fs::path& file) {
  const auto text = node::read_file(file, node::kMaxConfigBytes);
  if (!text) return std::unexpected(text.error());
  auto draft =
      node::parse_genesis_file(*text, file.parent_path(), [](const fs::path& key) -> Result<crypto::KeyFileInfo> {
        const auto bytes = node::read_file(key, crypto::kMaxKeyFileBytes);
        if (!bytes) return std::unexpected(bytes.error());
        return crypto::read_key_file(*bytes);
      });
  if (!draft && draft.error().code == ErrorCode::config) return in_file(file, std::move(draft.error()));
  return draft;
}

// A ledger that has not begun.
class NothingYet final : public state::ReadView {
 public:
  std::optional<std::string> get(std::string_view) const override { return std::nullopt; }
  void scan(std::string_view, std::string_view, const Visit&) const override {}
};

// What the node will say to this entry 0, said before the file is written.
Result<void> check_genesis(std::string_view text, LedgerTime now, const fs::path& file) {
  const auto checked = contracts::check_entry(text, contracts::registry(),
                                              [](const KeyId&) { return std::optional<crypto::PublicKey>(); });
  if (!checked) return in_file(file, checked.error());
  const contracts::Outcome outcome = contracts::apply_entry(NothingYet(), *checked, {Seq{0}, now, std::nullopt});
  const auto* refusal = std::get_if<state::Refusal>(&outcome);
  if (!refusal) return {};
  const state::VerdictRow& row = contracts::registry().verdict(refusal->verdict);
  return fail(ErrorCode::config,
              file.string() + ": the ledger would refuse it with " + std::string(row.slug) + ", " +
                  std::string(row.en) + (refusal->context.empty() ? "" : ": " + refusal->context),
              refusal->pointer);
}

Result<void> init_ledger(const Shared& shared, const Init& options) {
  if (fs::exists(options.out)) return fail(ErrorCode::file_exists, options.out + "; another --out, or take it away");
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
  for (const node::GenesisSigner& signer : draft->signers)
    envelope.parties.push_back({std::string(state::kGovernor), signer.org, signer.kid});
  auto jws = crypto::make_jws(entry::write_payload(envelope));
  for (const node::GenesisSigner& signer : draft->signers) {
    auto key = open_key_file(shared, signer.key, crypto::KeyUse::sign);
    if (!key) return std::unexpected(key.error());
    crypto::sign(jws, *key, crypto::kTypEntry);
  }
  const std::string text = crypto::write_jws(jws);
  const auto right = entry::parse_entry(text);
  if (!right) return std::unexpected(right.error());
  if (auto taken = check_genesis(text, envelope.made_at, options.genesis); !taken) return taken;
  if (auto written = node::write_file(options.out, text + "\n", node::FileMode::open); !written) return written;
  print_object(shared,
               Json{{"ledger", draft->ledger}, {"genesis", crypto::to_b64(right->entry_id)}, {"file", options.out}});
  return {};
}

}  // namespace

void add_ledger_commands(CLI::App& app, Shared& shared) {
  auto* group = app.add_subcommand("ledger", "Start a ledger")->require_subcommand(1);
  auto options = std::make_shared<Init>();
  auto* init =
      group->add_subcommand("init",
                            "Make and sign entry 0 from a genesis file, checked as the node will check it; prints the\n"
                            "genesis hash that every entry names (entry new --genesis)");
  init->add_option("--genesis", options->genesis, "Genesis file (TOML)")->required();
  init->add_option("--out", options->out, "File for the signed entry; it is not overwritten")->required();
  on_run(*init, shared, [&shared, options] { return init_ledger(shared, *options); });
}

}  // namespace dengji::cli
