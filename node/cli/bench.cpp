// dengji bench: makes a throw-away ledger, and measures a node that serves it.
#include "node/bench/bench.hpp"

#include "node/cli/command.hpp"

namespace dengji::cli {
namespace {

struct Options {
  bench::BenchOptions bench;
  std::string make;
  std::string ledger;
  std::string listen = "127.0.0.1:8080";
};

Result<void> make_or_run(const Shared& shared, Options options) {
  if (!options.make.empty()) {
    if (auto made = bench::Ledger::make(options.make, options.listen); !made) return made;
    print_object(shared, Json{{"ledger", options.make}, {"config", options.make + "/node.toml"}});
    return {};
  }
  if (options.ledger.empty()) return fail(ErrorCode::usage, "name --make or --ledger");
  options.bench.ledger = options.ledger;
  const auto summary = bench::run_bench(options.bench);
  if (!summary) return std::unexpected(summary.error());
  if (shared.as_json) {
    std::printf("%s\n", summary->dump().c_str());  // it has fractions, which canonical JSON of the ledger has not
  } else {
    print_object(shared, *summary);
  }
  return {};
}

}  // namespace

void add_bench_command(CLI::App& app, Shared& shared) {
  auto options = std::make_shared<Options>();
  auto& bench = options->bench;
  auto* command = app.add_subcommand("bench", "Measure a node that serves a throw-away ledger");
  command->add_option("--make", options->make, "Write a throw-away ledger into this folder, and end");
  command->add_option("--listen", options->listen, "With --make: address:port that its node.toml listens on");
  command->add_option("--ledger", options->ledger, "Folder of the ledger, made by --make, that the node serves");
  command->add_option("--url", bench.url, "The node, if it is not where the folder says");
  command->add_option("--entries", bench.entries, "Entries to send")->check(CLI::PositiveNumber);
  command->add_option("--seconds", bench.seconds, "Stop sending after so long")->check(CLI::PositiveNumber);
  command->add_option("--connections", bench.connections, "Connections, one request in flight on each")
      ->check(CLI::Range(1, 1000));
  command->add_option("--batch", bench.batch, "Entries per request; more than 1 goes to /v1/batches")
      ->check(CLI::Range(1, 4096));
  command->add_option("--settle-percent", bench.settle_percent, "Part of trade.settle; the rest is dataset.apply")
      ->check(CLI::Range(0, 100));
  command->add_option("--organisations", bench.market.organisations, "Organisations on the ledger")
      ->check(CLI::Range(110, 1'000'000));
  on_run(*command, shared, [&shared, options] { return make_or_run(shared, *options); });
}

}  // namespace dengji::cli
