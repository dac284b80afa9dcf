// How the pools burn down in one run of a period: what each held at the end of every month, and on which day it ran
// dry. A run tells its entries in order.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "contracts/pool/pools.hpp"

namespace dengji::contracts::dry_run {

struct PoolMonth {
  int year = 0;
  int month = 0;
  Fen given;     // budget: authority and what was carried in, net of cuts
  Fen free;      // neither granted nor reserved
  Fen reserved;  // by claims that are not decided
  Fen granted;   // approved, whether paid or not, net of what came back
  Fen paid;      // gross

  friend bool operator==(const PoolMonth&, const PoolMonth&) = default;
};

struct PoolStory {
  std::vector<PoolMonth> months;  // from its first in the period
  std::optional<Date> dry_on;     // first day on which nothing was free or a claim was refused for want of money

  friend bool operator==(const PoolStory&, const PoolStory&) = default;
};

class BurnDown {
 public:
  // Code and year.
  using PoolKey = std::pair<std::string, std::int64_t>;

  explicit BurnDown(Date from) : month_(civil(from)) {}

  // Before the first entry of a day, with the state as it then is; months that have ended are written down.
  void reach(Date day, const ReadView& view);
  // The pools whose money an entry moved; take() once its writes are in `view`.
  static std::vector<PoolKey> moved_by(const Writes& writes);
  void take(Date day, const std::vector<PoolKey>& moved, const ReadView& view);
  void exhausted(const PoolKey& pool, Date day);
  // The last day of the period, whose month is written down as it stands.
  void finish(Date last, const ReadView& view);

  const std::map<PoolKey, PoolStory>& stories() const { return stories_; }

 private:
  void write_down(const ReadView& view);

  CivilDay month_;
  std::map<PoolKey, PoolStory> stories_;
};

}  // namespace dengji::contracts::dry_run
