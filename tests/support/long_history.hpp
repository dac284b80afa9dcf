// One long history from a seed: the money player's acts, and between them acts of every other area. What it comes to is
// the same on every machine and from every compiler; tests/support/expected_root.hpp has it for the fixed seed.
#pragma once

#include <cstdint>
#include <random>

#include "ledger/base/hash32.hpp"
#include "tests/support/money_play.hpp"

namespace dengji::test {

class LongHistory {
 public:
  explicit LongHistory(std::uint64_t seed) : random_(seed), play_(seed) {}

  // Goes on until there are so many leaves.
  void run(std::size_t leaves);

  const MoneyPlay& play() const { return play_; }
  // RFC 6962 over the leaves.
  Hash32 root() const;
  // Over every key of the state and its value, in order.
  Hash32 state() const { return play_.ledger().view().fingerprint(); }

 private:
  std::uint64_t below(std::uint64_t n) { return random_() % n; }
  const std::string& trader();
  std::string some_id(std::string_view kind);

  void other_act();
  void govern();
  void change_keys();
  void apply_for_dataset();
  void rate();
  void declare_filing();

  std::mt19937_64 random_;
  MoneyPlay play_;
  std::uint64_t made_ = 0;
  int keys_ = 0;
};

// What entries as they were sent come to, applied one after the other to an empty ledger.
struct Replay {
  Hash32 root;
  Hash32 state;
  std::vector<std::string> leaves;
};
// Asserts that each is accepted.
Replay replay(const std::vector<MoneyPlay::Sent>& sent);

Hash32 root_of(const std::vector<std::string>& leaves);

}  // namespace dengji::test
