// A throw-away ledger for measuring: a folder with everything that dengjid needs to serve it, and one seed from which
// every key of every organisation follows. Nothing in it is secret and nothing in it is worth keeping.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/ed25519.hpp"
#include "crypto/note.hpp"
#include "ledger/base/error.hpp"
#include "ledger/base/hash32.hpp"
#include "ledger/base/ids.hpp"
#include "ledger/json/strict_json.hpp"

namespace dengji::bench {

using json::Json;

// An organisation and its one key.
struct Actor {
  OrgId org;
  KeyId kid;
  crypto::SecretKey key;
  std::string region;
};

class Ledger {
 public:
  // Writes the folder: bench.json, keys, genesis.jws and a node.toml that listens on `listen` (address:port, loopback).
  // Error: io.
  static Result<void> make(const std::filesystem::path& folder, const std::string& listen);
  // Errors: those of reading and of forms.
  static Result<Ledger> open(const std::filesystem::path& folder);

  const std::filesystem::path& folder() const { return folder_; }
  const std::string& url() const { return url_; }
  const std::string& id() const { return id_; }
  const Hash32& genesis() const { return genesis_; }
  const crypto::NoteKey& log_key() const { return log_key_; }

  // The one governor, which is bureau and registrar too.
  Actor governor() const { return actor(0, "320000"); }
  // Number 1 and up; the same number is the same organisation for ever.
  Actor actor(std::uint32_t number, std::string_view region) const;
  // A hash that only this ledger has: a voucher, a manifest root.
  Hash32 hash(std::string_view kind, std::uint64_t number) const;

 private:
  Ledger() = default;

  std::filesystem::path folder_;
  std::string url_;
  std::string id_;
  std::string seed_;
  Hash32 genesis_;
  crypto::NoteKey log_key_;
};

// The signed entry in RFC 8785 form. `signers` in the order of the parties, each with its role.
struct Signing {
  const Actor* actor = nullptr;
  std::string_view role;
};
std::string sign_entry(const Ledger& ledger, std::string_view type, const std::vector<Signing>& signers, Json body,
                       Rng& rng);

}  // namespace dengji::bench
