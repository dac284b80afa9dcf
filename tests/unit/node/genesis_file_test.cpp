// The genesis file of dengji ledger init: a right one becomes the body and its signers, each fault is named by its
// place.
#include "node/genesis_file.hpp"

#include <doctest/doctest.h>

#include "contracts/areas.hpp"
#include "crypto/jwk.hpp"
#include "crypto/sha256.hpp"
#include "node/config.hpp"

using namespace dengji;

namespace {

constexpr std::string_view kGoodGenesis = R"(ledger = "ledger.example/js-data"
title = "登记账本"
quorum = 1
[[governor]]
id = "91320500MA1EAMPA7Y"
name = "数据局"
region = "320000"
ownership = "state"
scale = "large"
chain_roles = ["regulator"]
roles = ["bureau"]
key = "keys/bureau.key"
[[node]]
id = "node1"
batch = "batch.key"
log = "log.key"
cosigner = "cosigner.key"
)";

// Every file is a key of its own, but for one that is not there.
Result<crypto::KeyFileInfo> key_at(const std::filesystem::path& path) {
  if (path.filename() == "missing.key") return fail(ErrorCode::not_found, path.string());
  crypto::KeyFileInfo info;
  info.public_key = crypto::SecretKey(*crypto::Seed::from_bytes(crypto::sha256(path.native()).view())).public_key();
  info.kid = crypto::thumbprint(info.public_key);
  return info;
}

Result<node::GenesisDraft> parse(std::string_view text) {
  return node::parse_genesis_file(text, "/etc/dengji", &key_at);
}

Result<node::GenesisDraft> genesis_with(std::string_view before, std::string_view after) {
  std::string text(kGoodGenesis);
  const auto at = text.find(before);
  REQUIRE(at != std::string::npos);
  return parse(text.replace(at, before.size(), after));
}

// The arrays of tables begin here; what stands before is the file's own.
constexpr std::string_view kNoGovernor = "title = \"t\"\nquorum = 1\n[[node]]\nid = \"node1\"\n";
constexpr std::string_view kNoNode = "title = \"t\"\nquorum = 1\n[[governor]]\nid = \"g\"\n";

}  // namespace

TEST_CASE("a right genesis file gives a body that its reader takes, and who signs with which key") {
  const auto draft = parse(kGoodGenesis);
  REQUIRE(draft);
  CHECK(draft->ledger == "ledger.example/js-data");
  CHECK(draft->body.at("title") == "登记账本");
  CHECK(draft->body.at("quorum") == 1);
  REQUIRE(draft->signers.size() == 1);
  CHECK(draft->signers[0].org.text == "91320500MA1EAMPA7Y");
  CHECK(draft->signers[0].key == "/etc/dengji/keys/bureau.key");
  CHECK(draft->signers[0].kid == key_at("/etc/dengji/keys/bureau.key")->kid);
  const auto& governor = draft->body.at("governors").at(0);
  CHECK(governor.at("roles") == json::Json::array({"bureau"}));
  CHECK(governor.at("keys").at(0).at("jwk") == crypto::to_jwk(key_at("/etc/dengji/keys/bureau.key")->public_key));
  const auto& node = draft->body.at("nodes").at(0);
  CHECK(node.at("id") == "node1");
  for (const char* use : {"batch", "log", "cosigner"}) {
    CAPTURE(use);
    CHECK(node.at(use) == crypto::to_jwk(key_at(std::string("/etc/dengji/") + use + ".key")->public_key));
  }
  CHECK(contracts::registry().type("genesis")->read(draft->body));
}

TEST_CASE("each fault of a genesis file names its place") {
  struct Case {
    std::string_view before;
    std::string_view after;
    std::string_view named;
  };
  const Case cases[] = {
      {"quorum = 1", "quorum = ", "line 3"},
      {"[[node]]", "[[node]", "line 13"},
      {"quorum = 1", "quorum = 1\nquorum = 1", "line 4"},
      {"ledger = \"ledger.example/js-data\"", "ledger = 5", "ledger: a string"},
      {"title = \"登记账本\"", "title = [\"登记账本\"]", "title: a string"},
      {"quorum = 1", "", "quorum: an integer"},
      {"quorum = 1", "quorum = \"1\"", "quorum: an integer"},
      {"quorum = 1", "quorum = 1.0", "quorum: an integer"},
      {"quorum = 1", "quorum = 1\ncolour = \"red\"", "file.colour"},
      {"name = \"数据局\"", "name = 5", "name: a string"},
      {"region = \"320000\"", "region = 320000", "region: a string"},
      {"name = \"数据局\"", "nmae = \"数据局\"", "governor.nmae"},
      {"chain_roles = [\"regulator\"]", "chain_roles = \"regulator\"", "chain_roles: an array of strings"},
      {"chain_roles = [\"regulator\"]", "chain_roles = [1]", "chain_roles: an array of strings"},
      {"roles = [\"bureau\"]", "roles = [\"bureau\", 1]", "roles: an array of strings"},
      {"key = \"keys/bureau.key\"", "key = 1", "key: a string"},
      {"id = \"node1\"", "id = 1", "id: a string"},
      {"id = \"node1\"", "id = \"node1\"\nspeed = 1", "node.speed"},
      {"log = \"log.key\"", "log = 1", "log: a string"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.after);
    const auto draft = genesis_with(one.before, one.after);
    REQUIRE_FALSE(draft);
    CHECK(draft.error().code == ErrorCode::config);
    CHECK_MESSAGE(draft.error().context.find(one.named) != std::string::npos, draft.error().context);
  }
}

TEST_CASE("a genesis file without governors or nodes, or with too many, says which tables it needs") {
  struct Case {
    std::string text;
    std::string_view named;
  };
  const std::string governor = "[[governor]]\nid = \"g\"\n";
  std::string many = "quorum = 1\n";
  for (int i = 0; i < 65; ++i) many += governor;
  const Case cases[] = {
      {std::string(kNoGovernor), "[[governor]]"},
      {std::string(kNoNode), "[[node]]"},
      {"quorum = 1\ngovernor = []\n", "[[governor]]"},
      {"quorum = 1\ngovernor = \"g\"\n", "[[governor]]"},
      {"quorum = 1\ngovernor = [1]\n", "governor is an array of tables"},
      {"quorum = 1\nnode = [\"n\"]\n" + governor, "node is an array of tables"},
      {many, "[[governor]]"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.text);
    const auto draft = parse(one.text);
    REQUIRE_FALSE(draft);
    CHECK(draft.error().code == ErrorCode::config);
    CHECK_MESSAGE(draft.error().context.find(one.named) != std::string::npos, draft.error().context);
  }
}

TEST_CASE("a key file that cannot be read is told with its own error, a governor's and a node's") {
  for (const auto& [before, after] : {std::pair{"keys/bureau.key", "missing.key"}, {"log.key", "missing.key"}}) {
    const auto draft = genesis_with(before, after);
    REQUIRE_FALSE(draft);
    CHECK(draft.error().code == ErrorCode::not_found);
    CHECK(draft.error().context == "/etc/dengji/missing.key");
  }
}

TEST_CASE("a genesis file beyond 64 KiB is refused before it is read") {
  const auto draft = parse(std::string(node::kMaxConfigBytes + 1, '#'));
  REQUIRE_FALSE(draft);
  CHECK(draft.error().context == "the file is larger than 64 KiB");
  CHECK(parse(std::string(kGoodGenesis) + std::string(node::kMaxConfigBytes - kGoodGenesis.size(), '#')));
}
