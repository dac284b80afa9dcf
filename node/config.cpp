#include "node/config.hpp"

#include <toml++/toml.h>

#include <limits>
#include <optional>
#include <set>

#include "ledger/entry/envelope.hpp"
#include "node/files.hpp"

namespace dengji::node {
namespace {

std::unexpected<Error> wrong(std::string member, std::string_view what) {
  return fail(ErrorCode::config, std::move(member.append(": ").append(what)));
}

// One table of the file. Members are taken out by name; whatever is left over is unknown and refused.
class Table {
 public:
  Table(const toml::table& table, std::string name) : table_(table), name_(std::move(name)) {}

  void text(std::string_view member, std::string& to) {
    if (const auto* node = take(member)) {
      if (const auto value = node->value_exact<std::string>()) {
        to = *value;
      } else {
        complain(member, "a string");
      }
    }
  }

  void flag(std::string_view member, bool& to) {
    if (const auto* node = take(member)) {
      if (const auto value = node->value_exact<bool>()) {
        to = *value;
      } else {
        complain(member, "true or false");
      }
    }
  }

  void texts(std::string_view member, std::vector<std::string>& to) {
    const auto* node = take(member);
    if (!node) return;
    const auto* array = node->as_array();
    if (!array || array->size() > 16) return complain(member, "an array of at most 16 strings");
    for (const auto& item : *array) {
      const auto value = item.value_exact<std::string>();
      if (!value) return complain(member, "an array of at most 16 strings");
      to.push_back(*value);
    }
  }

  struct Range {
    std::int64_t min;
    std::int64_t max;
  };
  template <class T>
  void integer(std::string_view member, T& to, Range range) {
    const auto* node = take(member);
    if (!node) return;
    const auto value = node->value_exact<std::int64_t>();
    if (!value || *value < range.min || *value > range.max) {
      return complain(member, std::to_string(range.min) + " to " + std::to_string(range.max));
    }
    to = T(*value);
  }

  void milliseconds(std::string_view member, std::chrono::milliseconds& to) {
    std::int64_t value = to.count();
    integer(member, value, {1, 3'600'000});
    to = std::chrono::milliseconds(value);
  }

  void require(std::string_view member, const std::string& value) {
    if (value.empty()) complain(member, "is required");
  }

  Result<void> finish() {
    for (const auto& [key, node] : table_) {
      if (!seen_.contains(std::string(key.str()))) complain(key.str(), "is not known here");
    }
    if (error_) return std::unexpected(*error_);
    return {};
  }

 private:
  const toml::node* take(std::string_view member) {
    seen_.emplace(member);
    return table_.get(member);
  }

  void complain(std::string_view member, std::string_view what) {
    if (!error_) error_ = wrong(name_ + "." + std::string(member), what).error();
  }

  const toml::table& table_;
  std::string name_;
  std::set<std::string, std::less<>> seen_;
  std::optional<Error> error_;
};

std::filesystem::path in_folder(const std::filesystem::path& folder, const std::string& path) {
  return path.empty() ? std::filesystem::path() : folder / path;
}

Result<void> read_ledger(Table table, const std::filesystem::path& folder, Config& config) {
  std::string genesis;
  std::string data;
  table.text("id", config.ledger_id);
  table.text("genesis", genesis);
  table.text("data", data);
  table.integer("live_cache_bytes", config.live_cache_bytes, {1 << 20, std::int64_t{1} << 34});
  table.require("id", config.ledger_id);
  table.require("data", data);
  config.genesis = in_folder(folder, genesis);
  config.data = in_folder(folder, data);
  if (auto done = table.finish(); !done) return done;
  if (!entry::is_ledger_id(config.ledger_id))
    return wrong("ledger.id", "host/name without a scheme, such as ledger.example/js-data");
  return {};
}

Result<void> read_node(Table table, const std::filesystem::path& folder, Config& config) {
  std::string log_key;
  std::string file;
  table.text("id", config.node_id);
  table.text("log_key", log_key);
  table.text("passphrase_env", config.passphrase.environment);
  table.text("passphrase_file", file);
  table.integer("passphrase_fd", config.passphrase.descriptor, {0, 1'023});
  table.integer("verify_threads", config.submissions.verify_threads, {1, 256});
  table.integer("max_waiting", config.submissions.max_waiting, {1, 1'000'000});
  table.integer("max_queued", config.solo.max_queued, {1, 1'000'000});
  table.integer("max_batch_entries", config.solo.max_batch_entries, {1, kMaxBatchEntries});
  table.text("log_level", config.log_level);
  table.require("id", config.node_id);
  table.require("log_key", log_key);
  if (auto done = table.finish(); !done) return done;
  config.log_key = in_folder(folder, log_key);
  if (!file.empty()) config.passphrase.file = in_folder(folder, file);
  const int sources = !config.passphrase.environment.empty() + !file.empty() + (config.passphrase.descriptor >= 0);
  if (sources > 1) return wrong("node.passphrase_env, _file, _fd", "at most one of them");
  static const std::set<std::string, std::less<>> levels{"trace", "debug",    "info", "warning",
                                                         "error", "critical", "off"};
  if (!levels.contains(config.log_level))
    return wrong("node.log_level", "trace, debug, info, warning, error, critical or off");
  return {};
}

Result<void> read_listen(const std::string& listen, api::ServerConfig& http) {
  const auto colon = listen.rfind(':');
  if (colon == std::string::npos || colon == 0)
    return wrong("http.listen", "address:port, such as 127.0.0.1:8080 or [::1]:8080");
  std::string address = listen.substr(0, colon);
  if (address.front() == '[' && address.back() == ']') address = address.substr(1, address.size() - 2);
  const std::string port = listen.substr(colon + 1);
  if (port.empty() || port.size() > 5 || port.find_first_not_of("0123456789") != std::string::npos ||
      std::stol(port) > 65'535) {
    return wrong("http.listen", "a port of 0 to 65535");
  }
  http.address = std::move(address);
  http.port = static_cast<std::uint16_t>(std::stol(port));
  return {};
}

Result<void> read_http(Table table, const std::filesystem::path& folder, Config& config) {
  std::string listen = "127.0.0.1:8080";
  std::string certificate;
  std::string key;
  auto& limits = config.http.limits;
  table.text("listen", listen);
  table.text("tls_certificate", certificate);
  table.text("tls_key", key);
  table.flag("allow_plain", config.http.allow_plain);
  table.texts("base_urls", config.api.audiences);
  table.integer("threads", config.http.threads, {1, 256});
  table.integer("read_threads", config.api.read_threads, {1, 256});
  table.integer("max_connections", limits.connections, {1, 1'000'000});
  table.integer("max_connections_per_address", limits.connections_per_address, {1, 1'000'000});
  table.integer("max_streams", config.api.streams, {0, 1'000'000});
  table.milliseconds("header_timeout_ms", limits.header_timeout);
  table.milliseconds("body_timeout_ms", limits.body_timeout);
  table.milliseconds("idle_timeout_ms", limits.idle_timeout);
  table.milliseconds("write_timeout_ms", limits.write_timeout);
  table.milliseconds("heartbeat_ms", config.api.heartbeat);
  std::int64_t per_second = static_cast<std::int64_t>(config.api.rate.per_second);
  std::int64_t burst = static_cast<std::int64_t>(config.api.rate.burst);
  table.integer("rate_per_second", per_second, {0, 10'000'000});
  table.integer("rate_burst", burst, {0, 10'000'000});
  if (auto done = table.finish(); !done) return done;
  config.api.rate.per_second = static_cast<decltype(config.api.rate.per_second)>(per_second);
  config.api.rate.burst = static_cast<decltype(config.api.rate.burst)>(burst);
  config.http.tls.certificate_file = in_folder(folder, certificate);
  config.http.tls.key_file = in_folder(folder, key);
  if (certificate.empty() != key.empty()) return wrong("http.tls_certificate, tls_key", "both or neither");
  return read_listen(listen, config.http);
}

Result<Config> read_tables(const toml::table& root, const std::filesystem::path& folder) {
  static const toml::table empty;
  const auto sub = [&](const char* name) -> const toml::table& {
    const auto* table = root.get_as<toml::table>(name);
    return table ? *table : empty;
  };
  for (const auto& [key, node] : root) {
    const auto name = key.str();
    if ((name != "ledger" && name != "node" && name != "http") || !node.is_table()) {
      return wrong(std::string(name), "the file has the tables ledger, node and http");
    }
  }
  Config config;
  if (auto done = read_ledger({sub("ledger"), "ledger"}, folder, config); !done) return std::unexpected(done.error());
  if (auto done = read_node({sub("node"), "node"}, folder, config); !done) return std::unexpected(done.error());
  if (auto done = read_http({sub("http"), "http"}, folder, config); !done) return std::unexpected(done.error());
  return config;
}

}  // namespace

Result<Config> parse_config(std::string_view text, const std::filesystem::path& folder) {
  if (text.size() > kMaxConfigBytes) return fail(ErrorCode::config, "the file is larger than 64 KiB");
  try {
    return read_tables(toml::parse(text), folder);
  } catch (const toml::parse_error& error) {
    return fail(ErrorCode::config,
                "line " + std::to_string(error.source().begin.line) + ": " + std::string(error.description()));
  }
}

Result<Config> read_config(const std::filesystem::path& file) {
  auto text = read_file(file, kMaxConfigBytes);
  if (!text) return std::unexpected(std::move(text.error()));
  return parse_config(*text, file.parent_path());
}

}  // namespace dengji::node
