// The genesis file of dengji ledger init (TOML, docs/formats.md "Genesis file"): from its text to the JSON body of
// entry 0 and to who signs it. Pure: key files are fetched by a function of the caller.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/key_file.hpp"
#include "ledger/base/error.hpp"
#include "ledger/json/strict_json.hpp"

namespace dengji::node {

struct GenesisSigner {
  OrgId org;
  std::filesystem::path key;
  KeyId kid;
};

struct GenesisDraft {
  std::string ledger;
  json::Json body = json::Json::object();
  std::vector<GenesisSigner> signers;
};

using ReadKeyFile = std::function<Result<crypto::KeyFileInfo>(const std::filesystem::path&)>;

// Paths are relative to `folder`. Only the shape of the file is judged here: the genesis body's own reader says whether
// its values may be. Error: config, naming the member or the line; those of `read_key`.
Result<GenesisDraft> parse_genesis_file(std::string_view text, const std::filesystem::path& folder,
                                        const ReadKeyFile& read_key);

}  // namespace dengji::node
