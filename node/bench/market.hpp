// A market on the throw-away ledger: platforms, a thousand enterprises, certified data sets and trades, put there
// through the node's batch route; and the entries that the measurement sends: settlements of those trades by the
// platforms, applications for data sets by the enterprises.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "api/client.hpp"
#include "node/bench/ledger.hpp"

namespace dengji::bench {

struct MarketSize {
  std::uint32_t organisations = 1'000;
  std::uint32_t platforms = 8;
  std::uint32_t sellers = 100;  // each has one certified data set
};

class Market {
 public:
  // Registers what is missing; a ledger that has its market already (market.json in its folder) is left as it is.
  // Errors: unreachable, or `internal` naming the first entry that was refused.
  static Result<Market> open(const Ledger& ledger, const std::string& url, MarketSize size);

  std::size_t organisations() const { return 1 + platforms_.size() + enterprises_.size(); }
  std::size_t trades() const { return trades_.size(); }

  // Entry number `n` of the measurement, signed now. Any thread. A number must not be used twice on one ledger.
  std::string settlement(std::uint64_t n, Rng& rng) const;
  std::string application(std::uint64_t n, Rng& rng) const;

 private:
  explicit Market(const Ledger& ledger) : ledger_(ledger) {}
  Result<void> build(const std::string& url);
  Result<void> save() const;
  Result<bool> load();

  const Ledger& ledger_;
  std::vector<Actor> platforms_;
  std::vector<Actor> enterprises_;  // the first ones are the sellers
  std::uint32_t sellers_ = 0;
  std::vector<std::string> trades_;  // JY numbers
};

}  // namespace dengji::bench
