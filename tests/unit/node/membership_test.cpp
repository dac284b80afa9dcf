// A node and its ledger belong together, or the node does not start.
#include "node/membership.hpp"

#include "crypto/key_file.hpp"
#include "running_node.hpp"

using namespace dengji;
using namespace dengji::test;

namespace {

struct Stranger {
  std::string what;
  Running::Tweak tweak;
  std::string_view named;
};

std::vector<Stranger> strangers(const std::filesystem::path& folder) {
  crypto::SystemRng rng;
  const auto sealed =
      crypto::seal_key(crypto::Seed::generate(rng), crypto::KeyUse::log, Running::passphrase(), crypto::kCheapKdf, rng);
  REQUIRE(sealed);
  REQUIRE(node::write_file(folder / "other.key", *sealed, node::FileMode::secret));
  return {{"ledger", [](node::Config& config) { config.ledger_id = "other.example/x"; }, "ledger.id"},
          {"node", [](node::Config& config) { config.node_id = "node9"; }, "node.id"},
          {"log key", [folder](node::Config& config) { config.log_key = folder / "other.key"; }, "node.log_key"}};
}

}  // namespace

TEST_CASE("a store is served under its own ledger's name, by a node that the ledger names, with that node's log key") {
  Running running;
  running.stop();
  for (const Stranger& stranger : strangers(running.folder())) {
    CAPTURE(stranger.what);
    const auto started = running.start(stranger.tweak);
    REQUIRE_FALSE(started);
    CHECK(started.error().code == ErrorCode::config);
    CHECK(started.error().context.starts_with(stranger.named));
  }
  CHECK(running.start());
}

TEST_CASE("a genesis of another ledger, node or log key begins no store, and the right one still does") {
  Running running;
  running.stop();
  const auto data = running.folder() / "new";
  for (const Stranger& stranger : strangers(running.folder())) {
    CAPTURE(stranger.what);
    const auto started = running.start([&](node::Config& config) {
      config.data = data;
      stranger.tweak(config);
    });
    REQUIRE_FALSE(started);
    CHECK(started.error().code == ErrorCode::config);
    CHECK(started.error().context.starts_with(stranger.named));
    CHECK_FALSE(std::filesystem::exists(data));
  }
  CHECK(running.start([&](node::Config& config) { config.data = data; }));
}

TEST_CASE("a ledger that has no such node says which it has") {
  Running running;
  running.stop();
  const auto started = running.start([](node::Config& config) { config.node_id = "node9"; });
  REQUIRE_FALSE(started);
  CHECK(started.error().context.find("its nodes are node1") != std::string::npos);
}
