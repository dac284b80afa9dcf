#include "node/node.hpp"

#include <spdlog/spdlog.h>

#include <future>

#include "contracts/areas.hpp"
#include "contracts/policy/policies.hpp"
#include "node/explain_reports.hpp"
#include "node/files.hpp"
#include "node/insight_reports.hpp"
#include "node/membership.hpp"
#include "node/start_check.hpp"

namespace dengji::node {
namespace {

constexpr std::chrono::seconds kStopPatience{10};

store::StoreOptions store_options(const Config& config) {
  store::StoreOptions options;
  options.live_cache_bytes = static_cast<std::size_t>(config.live_cache_bytes);
  return options;
}

std::vector<api::ReportInfo> reports_of(const InsightFeed& insight, const api::LedgerPort& ledger) {
  std::vector<api::ReportInfo> reports = insight_reports(insight);
  reports.push_back(explain_report(ledger));
  return reports;
}

}  // namespace

Result<std::unique_ptr<Node>> Node::start(Config config, crypto::SecretKey log_key, const state::Registry& registry) {
  // Tried before anything is written: a folder that began with another ledger's genesis would be of no use to anyone.
  if (!store::Store::is_there(config.data.string())) {
    SystemClock clock;
    const auto genesis = right_genesis(config, log_key.public_key(), registry, clock.now());
    if (!genesis) return std::unexpected(genesis.error());
  }
  std::error_code made;
  std::filesystem::create_directories(config.data, made);
  if (made) return fail(ErrorCode::io, "creating " + config.data.string() + ": " + made.message());
  auto store = store::Store::open(config.data.string(), store_options(config));
  if (!store) return std::unexpected(std::move(store.error()));
  std::unique_ptr<Node> node(new Node(std::move(config), std::move(log_key), registry, std::move(*store)));
  if (auto begun = node->begin(); !begun) return std::unexpected(std::move(begun.error()));
  return node;
}

Node::Node(Config config, crypto::SecretKey log_key, const state::Registry& registry,
           std::unique_ptr<store::Store> store)
    : config_(std::move(config)),
      store_(std::move(store)),
      publisher_(config_.ledger_id, std::move(log_key)),
      insight_(*store_, metrics_),
      keys_(*store_),
      log_(clock_, config_.solo),
      submissions_(registry, keys_, log_, metrics_, config_.submissions),
      applier_(registry, *store_, log_, submissions_, publisher_, insight_, metrics_),
      ledger_(*store_, publisher_),
      authority_(*store_),
      health_(*store_, applier_, publisher_, metrics_),
      tables_{registry, reports_of(insight_, ledger_), contracts::policy_forms()} {}

Node::~Node() {
  stop();
}

Result<void> Node::begin() {
  const store::Head head = store_->head();
  std::string genesis;
  if (head.size == 0) {
    auto bytes = right_genesis(config_, publisher_.log_key(), tables_.registry, clock_.now());
    if (!bytes) return std::unexpected(std::move(bytes.error()));
    genesis = std::move(*bytes);
  } else {
    const auto view = store_->as_of(head.size);
    auto member = check_membership(*view, {config_.ledger_id, config_.node_id, publisher_.log_key()});
    if (auto fault = view->fault()) return std::unexpected(std::move(*fault));
    if (!member) return member;
  }
  if (auto started = log_.start(head.order_position); !started) return started;
  insight_.start();
  applier_.start();
  if (head.size == 0) {
    if (auto taken = take_genesis(std::move(genesis)); !taken) return taken;
  }
  if (const std::string note = note_on_tokens(config_); !note.empty()) spdlog::warn("{}", note);
  spdlog::info("ledger {} at size {}", config_.ledger_id, publisher_.current()->size);
  api_ =
      std::make_unique<api::Api>(api::Ports{submissions_, ledger_, authority_, health_, clock_}, tables_, config_.api);
  auto server = api::Server::start(config_.http, *api_);
  if (!server) return std::unexpected(std::move(server.error()));
  server_ = std::move(*server);
  api_->show_stats(&server_->stats());
  return {};
}

// The first entry goes the way of every other one.
Result<void> Node::take_genesis(std::string bytes) {
  std::promise<api::SubmitOutcome> promise;
  submissions_.submit(std::move(bytes),
                      [&promise](api::SubmitOutcome outcome) { promise.set_value(std::move(outcome)); });
  const api::SubmitOutcome outcome = promise.get_future().get();
  if (std::holds_alternative<api::Receipt>(outcome)) return {};
  if (const auto* refusal = std::get_if<api::Refusal>(&outcome)) {
    return fail(ErrorCode::config, "the genesis is refused: " + std::string(refusal->row->en) + " (" + refusal->detail +
                                       ") at " + refusal->pointer);
  }
  return std::unexpected(std::get<api::SubmitError>(outcome).error);
}

void Node::stop() {
  if (std::exchange(stopped_, true)) return;
  submissions_.drain();
  log_.stop();
  applier_.join();
  if (api_) api_->stop();
  if (server_) server_->stop(kStopPatience);
  if (api_) api_->show_stats(nullptr);
  server_.reset();
  publisher_.listen({});
  api_.reset();
  insight_.stop();
  submissions_.close();
}

}  // namespace dengji::node
