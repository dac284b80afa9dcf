// The node's one configuration file, TOML (docs/formats.md "Config"). parse_config is pure; unknown members, wrong
// types and values out of range are refused with the member's name. Paths are relative to the file's own folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "api/core.hpp"
#include "api/server_config.hpp"
#include "ledger/base/error.hpp"
#include "node/ordering/solo_log.hpp"
#include "node/submissions.hpp"

namespace dengji::node {

inline constexpr std::size_t kMaxConfigBytes = 65'536;

// Where a passphrase comes from: exactly one is set; none = ask on the terminal.
struct PassphraseSource {
  std::string environment;  // name of a variable
  std::string file;
  int descriptor = -1;
};

struct Config {
  std::string ledger_id;
  std::filesystem::path genesis;  // the signed entry 0; needed while the store is empty
  std::filesystem::path data;
  std::string node_id;
  std::filesystem::path log_key;
  PassphraseSource passphrase;
  api::ServerConfig http;
  api::ApiConfig api;
  SubmissionLimits submissions;
  SoloLimits solo;
  std::int64_t live_cache_bytes = 64 << 20;
  std::string log_level = "info";
};

// Error: config, naming the member and what it may be.
Result<Config> parse_config(std::string_view text, const std::filesystem::path& folder);
Result<Config> read_config(const std::filesystem::path& file);

}  // namespace dengji::node
