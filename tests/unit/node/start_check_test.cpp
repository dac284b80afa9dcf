// dengjid --check: what a start would refuse is refused, and nothing is written.
#include "node/start_check.hpp"

#include "running_node.hpp"

using namespace dengji;
using namespace dengji::test;

namespace {

class NewNode {
 public:
  NewNode() {
    REQUIRE(bench::Ledger::make(dir_.path(), "127.0.0.1:8080"));
    auto read = node::read_config(dir_.path() / "node.toml");
    REQUIRE(read);
    config = std::move(*read);
  }
  Result<std::vector<std::string>> check() const {
    SystemClock clock;
    return node::check_start(config, contracts::registry(), clock.now());
  }
  const std::filesystem::path& folder() const { return dir_.path(); }

  node::Config config;

 private:
  const TempDir dir_;
};

}  // namespace

TEST_CASE("a configuration that a node can start with is right, and checking it makes no store") {
  const NewNode node;
  const auto notes = node.check();
  REQUIRE(notes);
  CHECK(notes->empty());
  CHECK_FALSE(std::filesystem::exists(node.config.data));
}

TEST_CASE("what a start would refuse is not right, and the file or member is named") {
  struct Case {
    std::string named;
    void (*spoil)(node::Config&);
  };
  const Case cases[] = {
      {"ledger.genesis", [](node::Config& config) { config.genesis.clear(); }},
      {"nowhere.jws", [](node::Config& config) { config.genesis = "nowhere.jws"; }},
      {"ledger.id", [](node::Config& config) { config.ledger_id = "other.example/x"; }},
      {"node.id", [](node::Config& config) { config.node_id = "node9"; }},
      {"nowhere.key", [](node::Config& config) { config.log_key = "nowhere.key"; }},
      {"is a key for batch", [](node::Config& config) { config.log_key.replace_filename("batch.key"); }},
      {"genesis.jws", [](node::Config& config) { config.log_key = config.genesis; }},
      {"nowhere.txt", [](node::Config& config) { config.passphrase.file = "nowhere.txt"; }},
      {"TLS certificate", [](node::Config& config) { config.http.tls = {"nowhere.pem", "nowhere.pem"}; }},
      {"plain text", [](node::Config& config) { config.http.address = "0.0.0.0"; }},
      {"listen on", [](node::Config& config) { config.http.address = "localhost"; }},
  };
  for (const Case& one : cases) {
    CAPTURE(one.named);
    NewNode node;
    one.spoil(node.config);
    const auto notes = node.check();
    REQUIRE_FALSE(notes);
    CHECK_MESSAGE(notes.error().context.find(one.named) != std::string::npos, notes.error().message());
    CHECK_FALSE(std::filesystem::exists(node.folder() / "data"));
  }
}

TEST_CASE("a genesis that the rules refuse is not right") {
  NewNode node;
  SystemClock clock;
  const LedgerTime late{clock.now().ms + 60LL * 24 * 3600 * 1000};
  const auto notes = node::check_start(node.config, contracts::registry(), late);
  REQUIRE_FALSE(notes);
  CHECK(notes.error().context.find("the genesis is refused") != std::string::npos);
  CHECK(notes.error().context.find("/valid_until") != std::string::npos);
}

TEST_CASE("a wrong passphrase is told, one that is not at hand is noted") {
  NewNode node;
  REQUIRE(node::write_file(node.folder() / "wrong", "not it\n", node::FileMode::secret));
  node.config.passphrase.file = (node.folder() / "wrong").string();
  const auto wrong = node.check();
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().code == ErrorCode::wrong_passphrase);
  node.config.passphrase = {.environment = "DENGJI_A_VARIABLE_THAT_IS_NOT_SET", .file = {}, .descriptor = -1};
  const auto notes = node.check();
  REQUIRE(notes);
  REQUIRE(notes->size() == 1);
  CHECK(notes->front().find("DENGJI_A_VARIABLE_THAT_IS_NOT_SET") != std::string::npos);
}

TEST_CASE("a node without base_urls is told that it will accept no token, a store that is there is left alone") {
  Running running;
  running.stop();
  auto config = node::read_config(running.folder() / "node.toml");
  REQUIRE(config);
  config->api.audiences.clear();
  config->genesis.clear();  // not needed any more
  SystemClock clock;
  const auto notes = node::check_start(*config, contracts::registry(), clock.now());
  REQUIRE(notes);
  REQUIRE(notes->size() == 2);
  CHECK(notes->front().find("was not opened") != std::string::npos);
  CHECK(notes->back().find("http.base_urls") != std::string::npos);
}
