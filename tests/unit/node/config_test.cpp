#include "node/config.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

using namespace dengji;

namespace {

constexpr std::string_view kGood = R"(
[ledger]
id = "ledger.example/js-data"
genesis = "genesis.jws"
data = "data"
[node]
id = "node1"
log_key = "keys/log.key"
passphrase_env = "DENGJI_PASSPHRASE"
[http]
listen = "127.0.0.1:8080"
base_urls = ["http://127.0.0.1:8080"]
)";

Result<node::Config> with(std::string_view before, std::string_view after) {
  std::string text(kGood);
  const auto at = text.find(before);
  REQUIRE(at != std::string::npos);
  text.replace(at, before.size(), after);
  return node::parse_config(text, "/etc/dengji");
}

}  // namespace

TEST_CASE("a right file is read, its paths relative to its folder") {
  const auto config = node::parse_config(kGood, "/etc/dengji");
  REQUIRE(config);
  CHECK(config->ledger_id == "ledger.example/js-data");
  CHECK(config->data == "/etc/dengji/data");
  CHECK(config->log_key == "/etc/dengji/keys/log.key");
  CHECK(config->http.address == "127.0.0.1");
  CHECK(config->http.port == 8080);
  CHECK(with("127.0.0.1:8080", "[::1]:0")->http.address == "::1");
  CHECK(with("\"data\"", "\"/var/lib/dengji\"")->data == "/var/lib/dengji");
}

TEST_CASE("each fault names its member") {
  struct Case {
    std::string_view before;
    std::string_view after;
    std::string_view named;
  };
  const Case cases[] = {
      {"id = \"ledger.example/js-data\"", "", "ledger.id"},
      {"ledger.example/js-data", "https://ledger.example", "ledger.id"},
      {"data = \"data\"", "", "ledger.data"},
      {"data = \"data\"", "data = 5", "ledger.data"},
      {"id = \"node1\"", "", "node.id"},
      {"id = \"node1\"", "id = \"node1\"\nspeed = 5", "node.speed"},
      {"passphrase_env = \"DENGJI_PASSPHRASE\"", "passphrase_env = \"A\"\npassphrase_fd = 3", "node.passphrase_env"},
      {"passphrase_env = \"DENGJI_PASSPHRASE\"", "passphrase_fd = 5000", "node.passphrase_fd"},
      {"id = \"node1\"", "id = \"node1\"\nlog_level = \"loud\"", "node.log_level"},
      {"127.0.0.1:8080\"\nbase", "127.0.0.1\"\nbase", "http.listen"},
      {"127.0.0.1:8080\"\nbase", "127.0.0.1:70000\"\nbase", "http.listen"},
      {"base_urls = [", "tls_key = \"k\"\nbase_urls = [", "http.tls_certificate"},
      {"[http]", "[https]", "https"},
      {"[http]", "[http", "line 10"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.named);
    const auto config = with(one.before, one.after);
    REQUIRE_FALSE(config);
    CHECK(config.error().code == ErrorCode::config);
    CHECK(config.error().context.find(one.named) != std::string::npos);
  }
}

TEST_CASE("a file beyond 64 KiB is refused before it is read") {
  CHECK_FALSE(node::parse_config(std::string(70'000, '#'), "."));
}

TEST_CASE("the file that docs/formats.md shows is right, and shows every default as it is") {
  std::stringstream page;
  page << std::ifstream(DENGJI_SOURCE_DIR "/docs/formats.md").rdbuf();
  const std::string text = page.str();
  const std::string fence = "```toml\n";
  const auto begin = text.find(fence);
  REQUIRE(begin != std::string::npos);
  const auto end = text.find("```", begin + fence.size());
  REQUIRE(end != std::string::npos);
  const auto shown = node::parse_config(text.substr(begin + fence.size(), end - begin - fence.size()), "/etc/dengji");
  REQUIRE(shown);
  const node::Config defaults;
  CHECK(shown->live_cache_bytes == defaults.live_cache_bytes);
  CHECK(shown->submissions.verify_threads == defaults.submissions.verify_threads);
  CHECK(shown->submissions.max_waiting == defaults.submissions.max_waiting);
  CHECK(shown->solo.max_queued == defaults.solo.max_queued);
  CHECK(shown->solo.max_batch_entries == defaults.solo.max_batch_entries);
  CHECK(shown->log_level == defaults.log_level);
  CHECK(shown->http.allow_plain == defaults.http.allow_plain);
  CHECK(shown->http.threads == defaults.http.threads);
  CHECK(shown->api.read_threads == defaults.api.read_threads);
  CHECK(shown->api.streams == defaults.api.streams);
  CHECK(shown->api.heartbeat == defaults.api.heartbeat);
  CHECK(shown->http.limits.connections == defaults.http.limits.connections);
  CHECK(shown->http.limits.connections_per_address == defaults.http.limits.connections_per_address);
  CHECK(shown->http.limits.header_timeout == defaults.http.limits.header_timeout);
  CHECK(shown->http.limits.body_timeout == defaults.http.limits.body_timeout);
  CHECK(shown->http.limits.idle_timeout == defaults.http.limits.idle_timeout);
  CHECK(shown->http.limits.write_timeout == defaults.http.limits.write_timeout);
}
