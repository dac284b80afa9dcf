#include "crypto/key_file.hpp"

#include <sodium.h>

#include <array>
#include <initializer_list>
#include <optional>
#include <utility>

#include "crypto/base64.hpp"
#include "crypto/jwk.hpp"
#include "ledger/json/strict_json.hpp"

namespace dengji::crypto {
namespace {

using json::Json;

constexpr std::string_view kKind = "dengji-key";
constexpr std::string_view kKdfName = "argon2id";

using Salt = std::array<std::uint8_t, crypto_pwhash_SALTBYTES>;
using Nonce = std::array<std::uint8_t, crypto_secretbox_NONCEBYTES>;

struct KeyFile {
  KeyFileInfo info;
  Salt salt{};
  Nonce nonce{};
  std::string box;
};

std::string_view view(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::optional<KeyUse> use_from(std::string_view text) {
  for (const KeyUse use : {KeyUse::sign, KeyUse::read, KeyUse::batch, KeyUse::log, KeyUse::cosign})
    if (to_text(use) == text) return use;
  return std::nullopt;
}

bool in_bounds(const KdfCost& cost) {
  return cost.passes >= crypto_pwhash_argon2id_OPSLIMIT_MIN && cost.passes <= kMaxKdfPasses &&
         cost.memory_bytes >= crypto_pwhash_argon2id_MEMLIMIT_MIN && cost.memory_bytes <= kMaxKdfMemory;
}

using BoxKey = SecretArray<crypto_secretbox_KEYBYTES>;

Result<BoxKey> derive(const Secret& passphrase, const Salt& salt, const KdfCost& cost) {
  BoxKey key;
  if (crypto_pwhash(key.data(), key.size(), passphrase.view().data(), passphrase.size(), salt.data(), cost.passes,
                    cost.memory_bytes, crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return fail(ErrorCode::internal,
                "not enough memory for the key file: " + std::to_string(cost.memory_bytes >> 20) + " MiB are needed");
  }
  return key;
}

// What is sealed: the seed, then the use, so that neither can be exchanged without the passphrase.
Secret plain_of(const Seed& seed, KeyUse use) {
  const std::string_view text = to_text(use);
  Secret plain(seed.size() + text.size());
  std::copy_n(reinterpret_cast<const char*>(seed.data()), seed.size(), plain.data());
  std::copy(text.begin(), text.end(), plain.data() + seed.size());
  return plain;
}

std::unexpected<Error> malformed(std::string why, std::string pointer) {
  return fail(ErrorCode::key_file_form, std::move(why), std::move(pointer));
}

// One file's members, read by name; every error is key_file_form at the member.
class Reader {
 public:
  Reader(const Json& object, std::string pointer) : object_(object), pointer_(std::move(pointer)) {}

  Result<void> exactly(std::initializer_list<std::string_view> names) const {
    if (!object_.is_object()) return malformed("must be an object", pointer_);
    for (const std::string_view name : names)
      if (!object_.contains(name)) return malformed("the member is missing", place(name));
    for (const auto& item : object_.items())
      if (std::ranges::find(names, std::string_view(item.key())) == names.end())
        return malformed("unknown member", place(json::pointer_token(item.key())));
    return {};
  }

  Result<std::string_view> text(std::string_view name) const {
    const Json& member = *object_.find(name);
    if (!member.is_string()) return malformed("must be a string", place(name));
    return member.get_ref<const std::string&>();
  }

  Result<void> constant(std::string_view name, std::string_view value) const {
    const auto found = text(name);
    if (!found) return std::unexpected(found.error());
    if (*found != value) return malformed("must be \"" + std::string(value) + "\"", place(name));
    return {};
  }

  Result<std::uint64_t> number(std::string_view name) const {
    const Json& member = *object_.find(name);
    if (!member.is_number_unsigned()) return malformed("must be a whole number", place(name));
    return member.get<std::uint64_t>();
  }

  template <std::size_t N>
  Result<void> bytes(std::string_view name, std::array<std::uint8_t, N>& out) const {
    const auto encoded = text(name);
    if (!encoded) return std::unexpected(encoded.error());
    if (!base64url_decode_into(*encoded, out.data(), N))
      return malformed("must be " + std::to_string(N) + " bytes in base64url", place(name));
    return {};
  }

  std::string place(std::string_view name) const { return pointer_ + "/" + std::string(name); }

 private:
  const Json& object_;
  std::string pointer_;
};

Result<KdfCost> read_cost(const Json& object) {
  const Reader reader(object, "/kdf");
  if (auto members = reader.exactly({"memory_bytes", "name", "passes"}); !members)
    return std::unexpected(members.error());
  if (auto name = reader.constant("name", kKdfName); !name) return std::unexpected(name.error());
  const auto memory = reader.number("memory_bytes");
  if (!memory) return std::unexpected(memory.error());
  const auto passes = reader.number("passes");
  if (!passes) return std::unexpected(passes.error());
  const KdfCost cost{.passes = *passes, .memory_bytes = *memory};
  if (!in_bounds(cost)) return malformed("asks for more than 1 GiB or 20 passes, or for too little", "/kdf");
  return cost;
}

Result<KeyFileInfo> read_info(const Json& object) {
  const Reader reader(object, "");
  if (auto members = reader.exactly({"box", "kdf", "kid", "kind", "nonce", "public_key", "salt", "use", "v"}); !members)
    return std::unexpected(members.error());
  if (auto kind = reader.constant("kind", kKind); !kind) return std::unexpected(kind.error());
  const auto version = reader.number("v");
  if (!version || *version != 1) return malformed("only version 1 is known", "/v");
  const auto use_text = reader.text("use");
  if (!use_text) return std::unexpected(use_text.error());
  const auto use = use_from(*use_text);
  if (!use) return malformed("must be sign, read, batch, log or cosign", "/use");
  auto key = read_jwk(object.at("public_key"), "/public_key");
  if (!key) return malformed(std::move(key.error().context), std::move(key.error().pointer));
  KeyId kid = thumbprint(*key);
  if (auto same = reader.constant("kid", kid.text); !same) return std::unexpected(same.error());
  const auto cost = read_cost(object.at("kdf"));
  if (!cost) return std::unexpected(cost.error());
  return KeyFileInfo{.kid = std::move(kid), .public_key = *key, .use = *use, .cost = *cost};
}

Result<KeyFile> parse(std::string_view bytes) {
  const auto object = json::read_strict(bytes, {.max_bytes = kMaxKeyFileBytes});
  if (!object) return malformed(object.error().message(), object.error().pointer);
  auto info = read_info(*object);
  if (!info) return std::unexpected(std::move(info.error()));
  KeyFile file{.info = std::move(*info), .salt = {}, .nonce = {}, .box = {}};
  const Reader reader(*object, "");
  if (auto salt = reader.bytes("salt", file.salt); !salt) return std::unexpected(salt.error());
  if (auto nonce = reader.bytes("nonce", file.nonce); !nonce) return std::unexpected(nonce.error());
  const auto box_text = reader.text("box");
  if (!box_text) return std::unexpected(box_text.error());
  auto box = base64url_decode(*box_text);
  if (!box || box->size() != crypto_secretbox_MACBYTES + Seed::size() + to_text(file.info.use).size())
    return malformed("must be base64url of the sealed key", "/box");
  file.box = std::move(*box);
  return file;
}

}  // namespace

std::string_view to_text(KeyUse use) {
  switch (use) {
    case KeyUse::sign:
      return "sign";
    case KeyUse::read:
      return "read";
    case KeyUse::batch:
      return "batch";
    case KeyUse::log:
      return "log";
    case KeyUse::cosign:
      return "cosign";
  }
  return {};
}

Result<std::string> seal_key(const Seed& seed, KeyUse use, const Secret& passphrase, KdfCost cost, Rng& rng) {
  if (passphrase.empty()) return fail(ErrorCode::usage, "a key file needs a passphrase that is not empty");
  if (!in_bounds(cost)) return fail(ErrorCode::usage, "the cost of the passphrase is out of bounds");
  Salt salt;
  Nonce nonce;
  rng.fill(salt);
  rng.fill(nonce);
  const auto box_key = derive(passphrase, salt, cost);
  if (!box_key) return std::unexpected(box_key.error());
  const Secret plain = plain_of(seed, use);
  std::string box(crypto_secretbox_MACBYTES + plain.size(), '\0');
  crypto_secretbox_easy(reinterpret_cast<unsigned char*>(box.data()),
                        reinterpret_cast<const unsigned char*>(plain.view().data()), plain.size(), nonce.data(),
                        box_key->data());
  const SecretKey key(seed);
  const Json file = {
      {"v", 1},
      {"kind", kKind},
      {"kid", thumbprint(key.public_key()).text},
      {"public_key", to_jwk(key.public_key())},
      {"use", to_text(use)},
      {"kdf", {{"name", kKdfName}, {"passes", cost.passes}, {"memory_bytes", cost.memory_bytes}}},
      {"salt", base64url_encode(view(salt))},
      {"nonce", base64url_encode(view(nonce))},
      {"box", base64url_encode(box)},
  };
  return json::write_canonical(file) + "\n";
}

Result<KeyFileInfo> read_key_file(std::string_view bytes) {
  auto file = parse(bytes);
  if (!file) return std::unexpected(std::move(file.error()));
  return std::move(file->info);
}

Result<OpenedKey> unseal_key(std::string_view bytes, const Secret& passphrase) {
  const auto file = parse(bytes);
  if (!file) return std::unexpected(file.error());
  const auto box_key = derive(passphrase, file->salt, file->info.cost);
  if (!box_key) return std::unexpected(box_key.error());
  Secret plain(file->box.size() - crypto_secretbox_MACBYTES);
  if (crypto_secretbox_open_easy(reinterpret_cast<unsigned char*>(plain.data()),
                                 reinterpret_cast<const unsigned char*>(file->box.data()), file->box.size(),
                                 file->nonce.data(), box_key->data()) != 0) {
    return fail(ErrorCode::wrong_passphrase, "key " + file->info.kid.text);
  }
  const auto seed = Seed::from_bytes(plain.view().substr(0, Seed::size()));
  SecretKey key(*seed);
  if (key.public_key() != file->info.public_key) return malformed("is not the sealed key's", "/public_key");
  if (plain.view().substr(Seed::size()) != to_text(file->info.use)) return malformed("is not the sealed use", "/use");
  return OpenedKey{.key = std::move(key), .use = file->info.use};
}

}  // namespace dengji::crypto
