// A whole node in the test's own process, on a ledger of its own in a temporary folder, spoken to over its socket. Its
// one governor stands in for every organisation.
#pragma once

#include <doctest/doctest.h>
#include <spdlog/spdlog.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/jwk.hpp"
#include "crypto/random.hpp"
#include "node/bench/ledger.hpp"
#include "node/files.hpp"
#include "node/node.hpp"
#include "tests/support/contract_fixture.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/temp_dir.hpp"

namespace dengji::test {

struct Answer {
  int status = 0;
  std::string code;
};

inline Answer answer_of(const std::optional<HttpReply>& reply) {
  REQUIRE(reply);
  return {reply->status, Json::parse(reply->body).value("code", "")};
}

template <class T>
Answer answer_of(const Result<T>& result) {
  REQUIRE_FALSE(result);
  const ErrorRow& row = error_row(result.error().code);
  return {row.http_status, std::string(row.slug)};
}

// A node on a ledger of its own with one governor, which stands in for every organisation.
class Running {
 public:
  using Tweak = std::function<void(node::Config&)>;

  explicit Running(const state::Registry& registry = contracts::registry()) : registry_(registry) {
    spdlog::set_level(spdlog::level::warn);
    REQUIRE(bench::Ledger::make(dir_.path(), "127.0.0.1:8080"));
    auto opened = bench::Ledger::open(dir_.path());
    REQUIRE(opened);
    ledger_.emplace(std::move(*opened));
    restart();
    register_member();
  }

  Result<std::unique_ptr<node::Node>> start(const Tweak& tweak = {}) const {
    auto config = node::read_config(dir_.path() / "node.toml");
    REQUIRE(config);
    config->http.port = 0;  // any free one
    if (tweak) tweak(*config);
    auto key = node::open_key(config->log_key, crypto::KeyUse::log, passphrase());
    REQUIRE(key);
    return node::Node::start(std::move(*config), std::move(*key), registry_);
  }
  void restart(const Tweak& tweak = {}) {
    node_.reset();
    auto started = start(tweak);
    REQUIRE(started);
    node_ = std::move(*started);
    tweaked_ = static_cast<bool>(tweak);
  }
  void stop() {
    node_.reset();
    tweaked_ = true;
  }
  static crypto::Secret passphrase() { return crypto::Secret(std::string("throw-away")); }

  // Size and root under the log's signature, of the node as it is configured.
  std::string checkpoint() {
    if (tweaked_) restart();
    const auto reply = http_get(node_->port(), "/checkpoint");
    REQUIRE(reply);
    return reply->body;
  }
  const std::filesystem::path& folder() const { return dir_.path(); }
  // An organisation without any role.
  bench::Actor member() const { return ledger_->actor(1, "320500"); }
  const bench::Ledger& ledger() const { return *ledger_; }

  Json get_json(std::string_view target) const {
    const auto reply = http_get(node_->port(), target);
    REQUIRE(reply);
    CHECK(reply->status == 200);
    return Json::parse(reply->body);
  }
  Answer get(std::string_view target, const std::string& fields = {}) const {
    return answer_of(http_get(node_->port(), target, fields));
  }
  Answer post(std::string_view bytes, std::string_view type = "application/json") const {
    return answer_of(http_post(node_->port(), "/v1/entries", bytes, "Content-Type: " + std::string(type) + "\r\n"));
  }
  Answer raw(std::string_view bytes) const {
    RawConnection connection(node_->port());
    connection.send(bytes);
    return answer_of(connection.read_reply());
  }

  // The payload of an entry that is right; each call another one.
  std::string payload(std::string_view type = "dataset.apply", std::string_view role = "applicant",
                      const Json& body = application("A")) {
    const bench::Actor governor = ledger_->governor();
    return crypto::parse_jws(bench::sign_entry(*ledger_, type, {{&governor, role}}, body, rng_))->payload;
  }
  std::string sign(std::string payload, int times = 1, std::string_view typ = crypto::kTypEntry) const {
    crypto::Jws jws = crypto::make_jws(std::move(payload));
    for (int i = 0; i < times; ++i) crypto::sign(jws, ledger_->governor().key, typ);
    return crypto::write_jws(jws);
  }
  // Sends a right entry with one place of its payload changed before it was signed.
  Answer spoilt(std::string_view before, std::string_view after) {
    return post(sign(swapped(payload(), before, after)));
  }

  static std::string swapped(std::string text, std::string_view before, std::string_view after) {
    const auto at = text.find(before);
    REQUIRE(at != std::string::npos);
    return text.replace(at, before.size(), after);
  }

  static std::string bearer(const bench::Actor& actor) {
    SystemClock clock;
    const std::int64_t now = clock.now().ms / 1000;
    const Json claims{
        {"iss", actor.org.text}, {"aud", "http://127.0.0.1:8080"}, {"iat", now}, {"exp", now + 60}, {"jti", "1"}};
    return "Authorization: Bearer " + crypto::sign_compact(claims.dump(), actor.key, crypto::kTypRead) + "\r\n";
  }

 private:
  void register_member() {
    const bench::Actor governor = ledger_->governor();
    const bench::Actor org = member();
    const Json form{{"id", org.org.text},     {"name", "测试主体"}, {"region", org.region},
                    {"ownership", "private"}, {"scale", "small"},   {"chain_roles", Json::array()}};
    const Json key{{"jwk", crypto::to_jwk(org.key.public_key())}, {"use", "sign"}};
    const Json body{{"org", form}, {"keys", Json::array({key})}};
    const auto done =
        post(bench::sign_entry(*ledger_, "org.register", {{&org, "registrant"}, {&governor, "registrar"}}, body, rng_));
    REQUIRE_MESSAGE(done.status == 201, done.code);
  }

  const state::Registry& registry_;
  const TempDir dir_;
  std::optional<bench::Ledger> ledger_;
  std::unique_ptr<node::Node> node_;
  bool tweaked_ = false;
  crypto::SystemRng rng_;
};

}  // namespace dengji::test
