// dengjid: the node. Reads one configuration file, serves until SIGTERM or SIGINT, exits 0 after a clean stop.
#include <signal.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <time.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "contracts/areas.hpp"
#include "crypto/ed25519.hpp"
#include "ledger/base/environment.hpp"
#include "node/files.hpp"
#include "node/node.hpp"
#include "node/start_check.hpp"

namespace {

using namespace dengji;

int report(const Error& error) {
  std::fprintf(stderr, "dengjid: %s\n", error.message().c_str());
  return error_row(error.code).exit_code;
}

// Blocked in every thread, taken by the main one alone.
sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signal(SIGPIPE, SIG_IGN);
  return set;
}

// True when a signal came, false when the node has halted by itself.
bool wait_for_stop(const sigset_t& signals, const node::Node& running) {
  const timespec tick{1, 0};
  while (!running.halted()) {
    if (sigtimedwait(&signals, nullptr, &tick) > 0) return true;
  }
  return false;
}

int check(const node::Config& config, const std::string& file) {
  if (auto ready = crypto::init(); !ready) return report(ready.error());
  SystemClock clock;
  const auto notes = node::check_start(config, contracts::registry(), clock.now());
  if (!notes) return report(notes.error());
  for (const std::string& note : *notes) std::fprintf(stderr, "dengjid: note: %s\n", note.c_str());
  std::printf("%s: right; ledger %s, node %s, listening on %s:%u\n", file.c_str(), config.ledger_id.c_str(),
              config.node_id.c_str(), config.http.address.c_str(), config.http.port);
  return 0;
}

int serve(node::Config config) {
  const sigset_t signals = stop_signals();
  if (auto ready = crypto::init(); !ready) return report(ready.error());
  if (auto good = crypto::self_test(); !good) return report(good.error());
  const auto passphrase = node::read_passphrase(config.passphrase, "passphrase of " + config.log_key.string());
  if (!passphrase) return report(passphrase.error());
  auto key = node::open_key(config.log_key, crypto::KeyUse::log, *passphrase);
  if (!key) return report(key.error());
  auto running = node::Node::start(std::move(config), std::move(*key));
  if (!running) return report(running.error());
  spdlog::info("listening on port {}", (*running)->port());
  const bool asked = wait_for_stop(signals, **running);
  if (asked) {
    spdlog::info("stopping");
    (*running)->stop();
    spdlog::info("stopped at size {}", (*running)->size());
    return 0;
  }
  // Halted: go on answering reads, so that an operator can look, until told to stop.
  int signal_number = 0;
  sigwait(&signals, &signal_number);
  (*running)->stop();
  return error_row(ErrorCode::ledger_inconsistent).exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"dengjid, the node of a dengji ledger"};
  std::string file;
  bool only_check = false;
  app.add_option("--config", file, "Configuration file (TOML)")->required();
  app.add_flag("--check", only_check,
               "Say what a start would refuse: configuration, key file, TLS, address, genesis; open nothing, and exit");
  app.set_version_flag("--version", "dengjid 0.1.0");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  spdlog::set_default_logger(spdlog::stderr_color_mt("dengjid"));
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
  auto config = node::read_config(file);
  if (!config) return report(config.error());
  spdlog::set_level(spdlog::level::from_str(config->log_level));
  if (only_check) return check(*config, file);
  return serve(std::move(*config));
}
