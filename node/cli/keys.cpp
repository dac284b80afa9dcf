// dengji key new / show: key files, always sealed.
#include <filesystem>

#include "crypto/base64.hpp"
#include "crypto/jwk.hpp"
#include "crypto/note.hpp"
#include "crypto/random.hpp"
#include "node/cli/command.hpp"
#include "node/files.hpp"

namespace dengji::cli {
namespace {

Result<crypto::KeyUse> use_of(std::string_view name) {
  using enum crypto::KeyUse;
  for (const auto use : {sign, read, batch, log, cosign}) {
    if (crypto::to_text(use) == name) return use;
  }
  return fail(ErrorCode::usage, "--use is sign, read, batch, log or cosign");
}

Json describe_key(const std::string& file, const crypto::KeyFileInfo& info) {
  return Json{{"file", file},
              {"kid", info.kid.text},
              {"use", std::string(crypto::to_text(info.use))},
              {"jwk", crypto::to_jwk(info.public_key)}};
}

struct NewKey {
  std::string file;
  std::string use = "sign";
  bool cheap = false;
};

Result<void> make_key(const Shared& shared, const NewKey& options) {
  const auto use = use_of(options.use);
  if (!use) return std::unexpected(use.error());
  if (std::filesystem::exists(options.file))
    return fail(ErrorCode::file_exists, options.file + "; keys are never overwritten");
  const auto passphrase = node::read_passphrase(shared.passphrase, "new passphrase for " + options.file);
  if (!passphrase) return std::unexpected(passphrase.error());
  crypto::SystemRng rng;
  const auto seed = crypto::Seed::generate(rng);
  const auto bytes =
      crypto::seal_key(seed, *use, *passphrase, options.cheap ? crypto::kCheapKdf : crypto::KdfCost{}, rng);
  if (!bytes) return std::unexpected(bytes.error());
  if (auto written = node::write_file(options.file, *bytes, node::FileMode::secret); !written) return written;
  const auto info = crypto::read_key_file(*bytes);
  if (!info) return std::unexpected(info.error());
  print_object(shared, describe_key(options.file, *info));
  return {};
}

struct ShowKey {
  std::string file;
  std::string origin;
};

Result<void> show_key(const Shared& shared, const ShowKey& options) {
  const auto bytes = node::read_file(options.file, crypto::kMaxKeyFileBytes);
  if (!bytes) return std::unexpected(bytes.error());
  const auto info = crypto::read_key_file(*bytes);
  if (!info) return std::unexpected(info.error());
  Json shown = describe_key(options.file, *info);
  if (!options.origin.empty()) {
    if (!crypto::is_note_name(options.origin))
      return fail(ErrorCode::usage, "--origin: no white space and no plus sign");
    const auto type =
        info->use == crypto::KeyUse::cosign ? crypto::NoteKeyType::cosignature_v1 : crypto::NoteKeyType::ed25519;
    shown["verifier_key"] = crypto::write_verifier_key({options.origin, type, info->public_key});
  }
  print_object(shared, shown);
  return {};
}

}  // namespace

void add_key_commands(CLI::App& app, Shared& shared) {
  auto* key = app.add_subcommand("key", "Make and show key files")->require_subcommand(1);

  auto made = std::make_shared<NewKey>();
  auto* make = key->add_subcommand("new", "Make a key and seal it with a passphrase");
  make->add_option("file", made->file, "Key file to write")->required();
  make->add_option("--use", made->use, "sign or read (organisations); batch, log or cosign (nodes)")
      ->capture_default_str();
  make->add_flag("--cheap-passphrase", made->cheap, "Seal with little work: for tests and throw-away keys only");
  on_run(*make, shared, [&shared, made] { return make_key(shared, *made); });

  auto shown = std::make_shared<ShowKey>();
  auto* show = key->add_subcommand("show", "Show what a key file says without its passphrase");
  show->add_option("file", shown->file, "Key file")->required();
  show->add_option("--origin", shown->origin, "Also write the C2SP verifier key under this name");
  on_run(*show, shared, [&shared, shown] { return show_key(shared, *shown); });
}

}  // namespace dengji::cli
