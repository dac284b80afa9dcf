// One measurement: signs entries, drives the node with them, checks proofs of the answers, and says what it cost.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "node/bench/market.hpp"

namespace dengji::bench {

struct BenchOptions {
  std::filesystem::path ledger;  // folder that Ledger::make wrote
  std::string url;               // empty: the one in the folder
  MarketSize market;
  std::uint64_t entries = 100'000;
  std::uint64_t seconds = 600;  // nothing is sent after it
  int connections = 64;
  std::uint64_t batch = 1;        // entries per request; more than 1 goes to /v1/batches
  int settle_percent = 80;        // of the entries are trade.settle, the others dataset.apply
  std::uint64_t round = 250'000;  // so many are signed ahead; then the clock stops and the next are signed
};

// The members are listed in docs/performance.md. Errors: unreachable; `internal` if an entry was refused, an answer was
// lost or a proof did not hold, naming the first one.
Result<Json> run_bench(const BenchOptions& options);

}  // namespace dengji::bench
